"""What a model predicts for its samples, and how far each prediction is from its target."""

import math
from dataclasses import dataclass
from operator import mul

import numpy as np

from helpers.compute.gradients import autograd_gradient
from helpers.compute.problems import squared_residuals
from helpers.compute.steps import NOTHING, numbers

CONTENT = 1e-6  # a gradient of a sample below it counts as 0


@dataclass(frozen=True)
class Fit:
    """Targets and predictions, one of each for every sample."""

    targets: tuple[float, ...]
    predictions: tuple[float, ...]

    @property
    def residuals(self):
        """Predictions less targets: ŷ − y."""
        return tuple(there - y for there, y in zip(self.predictions, self.targets, strict=True))

    @property
    def prediction(self):
        return self.predictions[0]

    @property
    def residual(self):
        """Of the first sample."""
        return self.residuals[0]


def fit_one(w, x, y):
    """The ``Fit`` of ŷ = w·x to one sample."""
    return Fit((y,), (w * x,))


def fit_rows(W, X, Y, b=0.0):
    """The ``Fit`` of ŷ = X·W + b, with X of shape (N, D), W of (D, 1) and Y of (N, 1)."""
    return Fit(tuple(Y.flatten().tolist()), tuple((X @ W + b).flatten().tolist()))


def biases_that_fit(W, X, Y):
    """The b with which a line of weight W goes through each sample: one row a weight of W."""
    return Y.double().numpy().ravel() - np.outer(W, X.double().numpy().ravel())


@dataclass(frozen=True)
class Pulls:
    """The gradient of each sample by itself, and their mean. Samples are counted from 1."""

    each: tuple[tuple[float, ...], ...]
    mean: tuple[float, ...]

    @property
    def content(self):
        """The first sample whose gradient is 0, or None."""
        return self._first(lambda gradient: math.hypot(*gradient) < CONTENT)

    @property
    def against(self):
        """The first sample that by itself would take the weights the other way, or None."""
        return self._first(lambda gradient: sum(map(mul, gradient, self.mean)) < -NOTHING)

    def _first(self, holds):
        return next((count for count, gradient in enumerate(self.each, 1) if holds(gradient)), None)


def pulls(problem, at):
    """The ``Pulls`` of the samples on the weights of a problem, by autograd."""
    rows = range(len(at["X"]))
    places = [at, *({**at, "X": at["X"][[row]], "Y": at["Y"][[row]]} for row in rows)]
    gradients = (autograd_gradient(problem.loss, wrt=problem.wrt, at=place) for place in places)
    mean, *each = (numbers(gradient, (problem.wrt,)) for gradient in gradients)
    return Pulls(tuple(each), mean)


def losses_of_lines(W, b, X, Y):
    """The summed squared errors of many lines, W and b of one shape: an array of that shape."""
    return squared_residuals(W, b, X.double().numpy(), Y.double().numpy()).sum(axis=-1)


def losses_of_pairs(w1, w2, X, Y):
    """The mean squared errors of many pairs of weights, of one shape: an array of that shape."""
    pairs = np.stack([np.ravel(w1), np.ravel(w2)])
    residuals = X.double().numpy() @ pairs - Y.double().numpy()
    return (residuals**2).mean(axis=0).reshape(np.shape(w1))
