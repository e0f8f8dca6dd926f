"""The slope of a function of one number, at one place and over many."""

from dataclasses import dataclass, field

from helpers.compute.gradients import as_tensors, autograd_gradient, evaluate


@dataclass(frozen=True)
class Slope:
    """A function's value at one place, and its slope there.

    Attributes:
        at: the argument, by name.
        y: the value of the function.
        gradient: by autograd, as a tuple of one number.
    """

    at: dict = field(compare=False, repr=False)
    y: float
    gradient: tuple[float]


def slope_at(problem, x):
    """The ``Slope`` of a problem's function of one number at x."""
    at = as_tensors({problem.wrt: x})
    slope = autograd_gradient(problem.loss, wrt=problem.wrt, at=at)[problem.wrt].item()
    return Slope(at, evaluate(problem.loss, at).item(), (slope,))
