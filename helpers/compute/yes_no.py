"""Yes or no: a score, the probability that it stands for, and two losses to train it with."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from helpers.compute.problems import Problem
from helpers.compute.steps import take_step


def softplus(z):
    """ln(1 + eᶻ), entry by entry: finite where z is. It is -ln(1 - p) with p = sigmoid(z)."""
    # torch's own softplus is rounded above 20, and its logsigmoid starts threads for four numbers.
    return torch.logaddexp(z, torch.zeros_like(z))


def cross_entropy(z, y):
    """-(y·ln p + (1 - y)·ln(1 - p)) with p = sigmoid(z), entry by entry: finite where z is."""
    return y * softplus(-z) + (1 - y) * softplus(z)


def cross_entropy_slope(z, y):
    """By z: p - y."""
    return torch.sigmoid(z) - y


def squared_error(z, y):
    """(p - y)² with p = sigmoid(z), entry by entry."""
    return (torch.sigmoid(z) - y) ** 2


def squared_error_slope(z, y):
    """By z: 2·(p - y)·p·(1 - p)."""
    p = torch.sigmoid(z)
    return 2 * (p - y) * p * (1 - p)


@dataclass(frozen=True)
class ScoreLoss:
    """A loss of a score z and a label y, 0 or 1, and its slope by z, both of tensors."""

    name: str
    function: Callable
    slope: Callable


LOSSES = {
    one.name: one
    for one in (
        ScoreLoss("cross-entropy", cross_entropy, cross_entropy_slope),
        ScoreLoss("squared error", squared_error, squared_error_slope),
    )
}


def mean_of(score_loss, at, learning_rate):
    """The mean of a loss of the scores w·x + b, with x and y of any one shape, as ``Problem``.

    Its gradient by hand: by w the mean of dL/dz·x, by b that of dL/dz.
    """

    def loss(w, b, x, y):
        return score_loss.function(w * x + b, y).mean()

    def gradient(w, b, x, y):
        d_z = score_loss.slope(w * x + b, y)
        return (d_z * x).mean(), d_z.mean()

    return Problem(loss, gradient, ("w", "b"), at, learning_rate)


def probability(w, b, x):
    """sigmoid(w·x + b), in float64 and in the shape of x, which may be numbers or a tensor."""
    return torch.sigmoid(w * torch.as_tensor(x, dtype=torch.float64) + b)


@dataclass(frozen=True)
class Answers:
    """What the model says of every sample, and how it stands with its label.

    Attributes:
        inputs, labels, scores, probabilities, losses, slopes: one of each for every sample; the
            slopes are those of its loss by its score.
        boundary: the input at which p is ½, or "none" where w is 0.
    """

    inputs: tuple[float, ...]
    labels: tuple[float, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    losses: tuple[float, ...]
    slopes: tuple[float, ...]
    boundary: float | str

    @property
    def right(self):
        """How many are on the side of the boundary that their label says; on it, none is."""
        return sum(z * (2 * y - 1) > 0 for z, y in zip(self.scores, self.labels, strict=True))

    @property
    def right_of_all(self):
        return f"{self.right} of {len(self.labels)}"

    @property
    def misses(self):
        """How far each probability is from its label, from 0 to 1."""
        return tuple(abs(p - y) for p, y in zip(self.probabilities, self.labels, strict=True))

    @property
    def worst(self):
        """The place of the sample whose probability is furthest from its label."""
        return max(range(len(self.labels)), key=self.misses.__getitem__)


def answers(score_loss, w, b, x, y):
    """The ``Answers`` of the scores w·x + b; x and y are tensors of shape (N,)."""
    z = w * x + b
    return Answers(
        *(tuple(one.tolist()) for one in (x, y, z, torch.sigmoid(z))),
        losses=tuple(score_loss.function(z, y).tolist()),
        slopes=tuple(score_loss.slope(z, y).tolist()),
        boundary=-b / w if w else "none",
    )


def answers_at(name, w, b, learning_rate):
    """The ``Answers`` for the four students with the loss of that name, and the next ``Step``."""
    step = take_step(FOUR_STUDENTS[name], {"w": w, "b": b}, learning_rate)
    return answers(LOSSES[name], w, b, step.at["x"], step.at["y"]), step


HOURS = {
    "w": 0.0,
    "b": 0.0,
    "x": torch.tensor([1.0, 2.0, 3.0, 4.0]),
    "y": torch.tensor([0.0, 1.0, 0.0, 1.0]),
}
FOUR_STUDENTS = {name: mean_of(one, HOURS, learning_rate=0.5) for name, one in LOSSES.items()}

passed_or_failed = FOUR_STUDENTS["cross-entropy"]
passed_or_failed_squared = FOUR_STUDENTS["squared error"]
