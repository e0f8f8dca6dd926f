"""One step of gradient descent, and what it does to the loss."""

import math
import operator
from dataclasses import dataclass, field

import torch

from helpers.compute.descent import step
from helpers.compute.gradients import as_names, as_tensors, value_and_gradient

NOTHING = 1e-9  # a gradient below it counts as 0
AS_GOOD_AS = 1e-9  # two losses that are nearer than this share of them count as equal


class Losses:
    """What follows from the ``losses`` of a run, the start first, and from its second, by hand."""

    @property
    def loss(self):
        return self.losses[-1]

    @property
    def first_loss(self):
        return self.losses[0]

    @property
    def loss_by_hand(self):
        return self.losses_by_hand and self.losses_by_hand[-1]


@dataclass(frozen=True)
class Step:
    """One step of gradient descent on a loss, from where it starts to where it ends.

    Attributes:
        at: the arguments of the loss, as tensors in float64.
        start, gradient, end, next_gradient: the numbers of the parameters and of the gradient by
            autograd, before the step and after it, flattened and in the order of ``wrt``.
        loss, next_loss: before the step and after it.
        learning_rate: η.
    """

    at: dict = field(compare=False, repr=False)
    start: tuple[float, ...]
    gradient: tuple[float, ...]
    end: tuple[float, ...]
    next_gradient: tuple[float, ...]
    loss: float
    next_loss: float
    learning_rate: float

    @property
    def outcome(self):
        """What the step does, in a word.

        "diverged": it starts beyond every number. "flat": there is no gradient. "no length": η
        is 0. "lands": it ends where there is no gradient. "towards": it ends lower, if only by
        next to nothing, on the same side of the minimum. "lower", "level" and "higher": it ends
        on the other side.
        """
        if not all(map(math.isfinite, (*self.start, self.loss))):
            return "diverged"
        if _is_nothing(self.gradient):
            return "flat"
        if self.learning_rate == 0:
            return "no length"
        if _is_nothing(self.next_gradient):
            return "lands"
        tolerance = AS_GOOD_AS * abs(self.loss)
        if not self.next_loss <= self.loss + tolerance:
            return "higher"
        if sum(map(operator.mul, self.gradient, self.next_gradient)) > 0:
            return "towards"
        return "lower" if self.next_loss < self.loss - tolerance else "level"


def _is_nothing(gradient):
    return all(abs(number) < NOTHING for number in gradient)


def take_step(problem, at, learning_rate):
    """The ``Step`` on the loss of a problem from a place.

    Args:
        problem: a ``Problem``.
        at: name -> number or tensor, where they are others than those of the problem. A number
            takes the shape that the problem has for it.
        learning_rate: η.
    """
    names = as_names(problem.wrt)
    at = arguments(problem, at)
    loss, gradient = value_and_gradient(problem.loss, wrt=names, at=at)
    after = {**at, **{name: step(at[name], gradient[name], learning_rate) for name in names}}
    next_loss, next_gradient = value_and_gradient(problem.loss, wrt=names, at=after)
    return Step(
        at=at,
        start=numbers(at, names),
        gradient=numbers(gradient, names),
        end=numbers(after, names),
        next_gradient=numbers(next_gradient, names),
        loss=loss.item(),
        next_loss=next_loss.item(),
        learning_rate=learning_rate,
    )


def arguments(problem, at):
    """The arguments of a problem's loss in float64, with those in ``at`` in place of its own."""
    at = {name: at.get(name, own) for name, own in problem.at.items()}
    tensors = as_tensors(at, torch.float64)
    for name, own in problem.at.items():
        shape = getattr(own, "shape", torch.Size())
        if tensors[name].shape != shape and tensors[name].numel() == shape.numel():
            tensors[name] = tensors[name].reshape(shape)
    return tensors


def numbers(tensors, names):
    """All numbers of these tensors, flattened, in the order of the names."""
    return tuple(number for name in names for number in tensors[name].flatten().tolist())
