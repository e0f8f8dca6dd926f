"""A line that is trained on noisy points, from its random start to its last epoch."""

import math
from dataclasses import dataclass, field

import numpy as np
import torch

from helpers.compute.descent import step
from helpers.compute.gradients import autograd_gradient
from helpers.compute.problems import noisy_line, squared_residuals, training
from helpers.compute.steps import numbers

CLOSE = 1  # percent of the exact answer


@dataclass(frozen=True)
class Training:
    """A run of gradient descent on the mean squared error, from its start to its last epoch.

    Pairs are of W and b, in this order.

    Attributes:
        at: the arguments of the loss at the end.
        path, losses: one row an epoch, the start first.
        gradient: at the end, by autograd.
        exact, least_loss: the W and b with the least loss, and that loss.
    """

    at: dict = field(compare=False, repr=False)
    path: tuple[tuple[float, float], ...]
    losses: tuple[float, ...]
    gradient: tuple[float, float]
    exact: tuple[float, float]
    least_loss: float

    @property
    def start(self):
        return self.path[0]

    @property
    def first_loss(self):
        return self.losses[0]

    @property
    def end(self):
        return self.path[-1]

    @property
    def loss(self):
        return self.losses[-1]

    @property
    def percent_off(self):
        """How far W and b are from the exact answer, in percent of it: the larger of the two."""
        shares = [abs(here / there - 1) for here, there in zip(self.end, self.exact, strict=True)]
        return 100 * (math.nan if any(map(math.isnan, shares)) else max(shares))

    @property
    def outcome(self):
        """How it went, in a word."""
        if not math.isfinite(self.loss):
            return "diverged"
        if self.end == self.start:
            return "not moved"
        if self.loss > self.first_loss:
            return "diverges"
        return "close" if self.percent_off <= CLOSE else "on its way"


def noisy_points(noise):
    """The lesson's points with this much noise: X and Y in float64, each of shape (10, 1)."""
    X, Y = noisy_line(noise=noise)
    return X.double(), Y.double()


def exact_answer(X, Y):
    """The W and b with the least mean squared error: 'least squares'."""
    rows = torch.cat([X, torch.ones_like(X)], dim=1)
    return tuple(torch.linalg.lstsq(rows, Y).solution.flatten().tolist())


def mean_losses(W, b, X, Y):
    """The mean squared error of many lines, W and b of one shape: an array of that shape."""
    return squared_residuals(np.asarray(W), np.asarray(b), X.numpy(), Y.numpy()).mean(axis=-1)


def path_of(X, Y, *, learning_rate, epochs):
    """The pairs of W and b from the start to the last epoch, as an array of (epochs + 1, 2).

    In NumPy with the gradient by hand, because a slider cannot wait for hundreds of graphs.
    """
    X, Y = X.numpy(), Y.numpy()
    W, b = (training.at[name].double().numpy() for name in "Wb")
    path = [(W.item(), b.item())]
    for _ in range(epochs):
        by_W, by_b = training.gradient(W, b, X, Y)
        W, b = step(W, by_W, learning_rate), step(b, by_b, learning_rate)
        path.append((W.item(), b.item()))
    return np.array(path)


def train_line(*, learning_rate, epochs, noise):
    """The ``Training`` with this learning rate, for so many epochs, on points of this noise."""
    X, Y = noisy_points(noise)
    path = path_of(X, Y, learning_rate=learning_rate, epochs=epochs)
    W, b = torch.from_numpy(path[-1])
    at = {"W": W.reshape(1, 1), "b": b.reshape(1), "X": X, "Y": Y}
    gradient = autograd_gradient(training.loss, wrt=training.wrt, at=at)
    exact = exact_answer(X, Y)
    return Training(
        at=at,
        path=tuple(map(tuple, path.tolist())),
        losses=tuple(mean_losses(*path.T, X, Y).tolist()),
        gradient=numbers(gradient, training.wrt),
        exact=exact,
        least_loss=mean_losses(*exact, X, Y).item(),
    )
