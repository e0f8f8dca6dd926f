"""The reader's own derivative at one place, for what is drawn beside autograd's."""

import math

import torch

from helpers.checks.calling import call_with
from helpers.checks.reading import UnreadableError, read_parameters
from helpers.compute.gradients import as_names, as_tensors


def gradient_by_hand(gradient, *, wrt, at):
    """The gradient by the reader's own function, whatever that is and does.

    Args:
        gradient: called with the arguments in ``at``, as tensors.
        wrt, at: as in ``autograd_gradient``.

    Returns:
        dict: name -> tensor shaped like ``at[name]``; or None, where the function gives no such
        numbers.
    """
    arguments = as_tensors(at)
    shapes = {name: arguments[name].shape for name in as_names(wrt)}
    outcome = _called(gradient, as_names(wrt), at)
    if outcome.error is not None:
        return None
    try:
        values = read_parameters(outcome.value, shapes)
    except UnreadableError:
        return None
    if any(values[name].numel() != shape.numel() for name, shape in shapes.items()):
        return None
    return {name: values[name].reshape(shape) for name, shape in shapes.items()}


def _called(gradient, names, at):
    """The Outcome of the first way to call it that works: it may want what the check tries too."""
    for dtype in (None, torch.float32):
        for tracked in ((), names):
            outcome = call_with(gradient, at, dtype=dtype, tracked=tracked)
            if outcome.error is None:
                return outcome
    return outcome


def alike(by_hand, by_autograd):
    """Whether two numbers are the same but for rounding, or both none."""
    both_nan = math.isnan(by_hand) and math.isnan(by_autograd)
    return both_nan or math.isclose(by_hand, by_autograd, rel_tol=1e-5, abs_tol=1e-9)
