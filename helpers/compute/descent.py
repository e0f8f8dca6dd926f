"""Gradient descent: one step, and a whole run that is recorded."""

from dataclasses import dataclass

import torch

from helpers.compute.gradients import as_names, as_tensors, evaluate, value_and_gradient


@dataclass(frozen=True)
class Descent:
    """A run of gradient descent, from its start to its last step.

    Attributes:
        parameters: name -> tensor of shape (steps + 1, *shape of the parameter), the start first.
        losses: tensor of shape (steps + 1,), the loss at each row of the parameters.
        gradients: name -> tensor like ``parameters``, the gradient at each row: row k is the one
            that step k + 1 used, and the last row is that of the place where the run ended.
        learning_rate: η.

    Values that are no longer finite are recorded like any other: divergence is a result.
    """

    parameters: dict[str, torch.Tensor]
    losses: torch.Tensor
    gradients: dict[str, torch.Tensor]
    learning_rate: float

    @property
    def steps(self):
        return len(self.losses) - 1


def step(parameter, gradient, learning_rate):
    """The parameter after one step: θ - η·gradient."""
    return parameter - learning_rate * gradient


def descend(loss, *, wrt, at, learning_rate, steps, gradient=None, zero_gradient=True):
    """Gradient descent on ``loss``, recorded.

    Args:
        loss, wrt, at: as in ``autograd_gradient``.
        learning_rate: η, the factor of the gradient in each step.
        steps: how many steps to take, 0 or more.
        gradient: a derivative by hand, called with the arguments of the loss; it returns one
            value for one name in ``wrt``, a tuple in the order of ``wrt`` for several.
            Autograd where it is None.
        zero_gradient: False adds each new gradient to all earlier ones, as torch does where
            ``.grad`` is never reset; ``gradients`` then holds these sums.

    Returns:
        Descent

    Raises:
        ValueError, TypeError: as ``autograd_gradient``; ValueError for fewer steps than 0.
    """
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}.")
    names = as_names(wrt)
    point = as_tensors(at)
    rows, losses, slopes = [], [], []
    for _ in range(steps + 1):
        value, slope = _value_and_gradient(loss, gradient, names, point)
        if slopes and not zero_gradient:
            slope = {name: slopes[-1][name] + slope[name] for name in names}
        rows.append({name: point[name] for name in names})
        losses.append(value)
        slopes.append(slope)
        moved = {name: step(point[name], slope[name], learning_rate) for name in names}
        point = {**point, **moved}
    return Descent(
        parameters=_stacked(rows, names),
        losses=torch.stack(losses),
        gradients=_stacked(slopes, names),
        learning_rate=learning_rate,
    )


def _value_and_gradient(loss, gradient, names, point):
    if gradient is None:
        return value_and_gradient(loss, wrt=names, at=point)
    values = gradient(**point)
    values = values if len(names) > 1 else (values,)
    return evaluate(loss, point).detach(), {
        name: torch.as_tensor(value, dtype=point[name].dtype).detach().reshape(point[name].shape)
        for name, value in zip(names, values, strict=True)
    }


def _stacked(rows, names):
    return {name: torch.stack([row[name] for row in rows]) for name in names}
