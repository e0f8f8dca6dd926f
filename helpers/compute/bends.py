"""A line with a bend behind it: the activations of lesson 07, and the loss of one neuron."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from helpers.compute.problems import Problem
from helpers.compute.steps import take_step


@dataclass(frozen=True)
class Activation:
    """A function behind a line, and its slope, both of tensors, entry by entry.

    At the corner of relu, where there is no slope, it is 0, as in torch.
    """

    name: str
    function: Callable
    slope: Callable


ACTIVATIONS = {
    one.name: one
    for one in (
        Activation("relu", torch.relu, lambda z: (z > 0).to(z.dtype)),
        Activation("tanh", torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
        Activation("sigmoid", torch.sigmoid, lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
    )
}


def neuron(activation, at, learning_rate=0.1):
    """The mean squared error of one neuron, φ(w·x + b), with x and y of any one shape, as Problem.

    Its gradient by hand: with d_z = 2·(φ(z) - y)·φ'(z), by w the mean of d_z·x, by b that of d_z.
    """

    def loss(w, b, x, y):
        return ((activation.function(w * x + b) - y) ** 2).mean()

    def gradient(w, b, x, y):
        z = w * x + b
        d_z = 2 * (activation.function(z) - y) * activation.slope(z)
        return (d_z * x).mean(), d_z.mean()

    return Problem(loss, gradient, ("w", "b"), at, learning_rate)


@dataclass(frozen=True)
class Bent:
    """One neuron at one sample, and where its next step leads.

    Attributes:
        z, next_z: what goes into the bend, now and after the step.
        slope: of the bend at z.
        prediction, residual: φ(z), and that less the target.
        corner: the input at which z is 0, or "none" where w is 0.
    """

    z: float
    next_z: float
    slope: float
    prediction: float
    residual: float
    corner: float | str

    @property
    def arrives(self):
        """What comes back to the prediction: 2·(ŷ - y)."""
        return 2 * self.residual

    @property
    def passes(self):
        """What the bend lets through of it, which is dL/dz."""
        return self.arrives * self.slope


def bend_at(activation, w, b, x, y, learning_rate):
    """The ``Bent`` of a neuron with the activation of that name, and the ``Step`` that it takes."""
    problem, bend = NEURONS[activation], ACTIVATIONS[activation]
    step = take_step(problem, {"w": w, "b": b, "x": x, "y": y}, learning_rate)
    z = torch.tensor(w * x + b, dtype=torch.float64)
    prediction, (next_w, next_b) = bend.function(z).item(), step.end
    bent = Bent(
        z=z.item(),
        next_z=next_w * x + next_b,
        slope=bend.slope(z).item(),
        prediction=prediction,
        residual=prediction - y,
        corner=-b / w if w else "none",
    )
    return bent, step


SAMPLE = {"w": 2.0, "b": -1.0, "x": 3.0, "y": 3.0}
NEURONS = {name: neuron(activation, SAMPLE) for name, activation in ACTIVATIONS.items()}

one_sample = NEURONS["relu"]

car_park = neuron(
    ACTIVATIONS["relu"],
    {"w": 2.0, "b": 1.0, "x": torch.tensor([1.0, 2.0, 3.0]), "y": torch.tensor([0.0, 1.0, 2.0])},
)
