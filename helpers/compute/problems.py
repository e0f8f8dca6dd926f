"""The worked examples of the lessons: numbers, loss and hand-derived gradient side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Problem:
    """A loss with the numbers of a lesson.

    Attributes:
        loss: ``loss(**at)`` gives a scalar tensor.
        gradient: its derivative by hand, with the same arguments; one value for one name in
            ``wrt``, a tuple in the order of ``wrt`` for several.
        wrt: the name of the parameter, or a tuple of names.
        at: name -> number or tensor, for every argument of the loss.
        learning_rate: η of the lesson.
    """

    loss: Callable
    gradient: Callable
    wrt: str | tuple[str, ...]
    at: dict
    learning_rate: float = 0.1


def squared_error(w, x, y):
    """(w·x - y)², for one weight and one sample."""
    return (w * x - y) ** 2


def squared_error_gradient(w, x, y):
    """d/dw (w·x - y)² = 2·(w·x - y)·x."""
    return 2 * (w * x - y) * x


def polynomial(x):
    """x² + 2x + 1."""
    return x**2 + 2 * x + 1


def polynomial_gradient(x):
    """d/dx (x² + 2x + 1) = 2x + 2."""
    return 2 * x + 2


def neuron(w, b, x, y):
    """(w·x + b - y)², for one sample."""
    return (w * x + b - y) ** 2


def neuron_gradient(w, b, x, y):
    """By w: 2·(w·x + b - y)·x. By b: 2·(w·x + b - y)."""
    residual = w * x + b - y
    return 2 * residual * x, 2 * residual


def line_sum(W, b, X, Y):
    """Σ (X·W + b - Y)², with X of shape (N, 1), W of (1, 1) and Y of (N, 1)."""
    return ((X @ W + b - Y) ** 2).sum()


def line_sum_gradient(W, b, X, Y):
    """By W: 2·Xᵀ(X·W + b - Y). By b: 2·Σ (X·W + b - Y)."""
    residual = X @ W + b - Y
    return 2 * X.T @ residual, 2 * residual.sum()


def line_mean(W, b, X, Y):
    """The mean squared error of X·W + b, with X of shape (N, D), W of (D, 1) and Y of (N, 1)."""
    return ((X @ W + b - Y) ** 2).mean()


def line_mean_gradient(W, b, X, Y):
    """By W: 2/N·Xᵀ(X·W + b - Y). By b: 2/N·Σ (X·W + b - Y), shaped like b."""
    residual = X @ W + b - Y
    return 2 * X.T @ residual / len(X), (2 * residual.mean()).reshape(b.shape)


def batch_mean(w, x, y):
    """The mean squared error of w·x over a batch, with x and y of shape (N,)."""
    return ((w * x - y) ** 2).mean()


def batch_mean_gradient(w, x, y):
    """2/N·Σ (w·xᵢ - yᵢ)·xᵢ."""
    return (2 * (w * x - y) * x).mean()


def matrix_mean(W, X, Y):
    """The mean squared error of X·W, with X of shape (N, D), W of (D, 1) and Y of (N, 1)."""
    return ((X @ W - Y) ** 2).mean()


def matrix_mean_gradient(W, X, Y):
    """2/N·Xᵀ(X·W - Y)."""
    return 2 * X.T @ (X @ W - Y) / len(X)


def noisy_line(samples=10, noise=0.1, seed=0):
    """Points on y = 2x + 1 with noise of standard deviation ``noise``: X and Y, each (samples, 1).

    Of fewer than 16 samples, torch draws the same numbers on every machine.
    """
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(samples, 1, generator=generator)
    return X, 2 * X + 1 + noise * torch.randn(samples, 1, generator=generator)


one_weight = Problem(
    loss=squared_error,
    gradient=squared_error_gradient,
    wrt="w",
    at={"w": 1.0, "x": 1.0, "y": 2.0},
    learning_rate=0.1,
)

study_hours = Problem(
    loss=squared_error,
    gradient=squared_error_gradient,
    wrt="w",
    at={"w": 1.0, "x": 2.0, "y": 4.0},
    learning_rate=0.1,
)

slope = Problem(
    loss=polynomial,
    gradient=polynomial_gradient,
    wrt="x",
    at={"x": 2.0},
    learning_rate=0.1,
)

weight_and_bias = Problem(
    loss=line_sum,
    gradient=line_sum_gradient,
    wrt=("W", "b"),
    at={
        "W": torch.tensor([[2.3]]),
        "b": torch.tensor(1.4),
        "X": torch.tensor([[1.0]]),
        "Y": torch.tensor([[3.0]]),
    },
    learning_rate=0.1,
)

student_batch = Problem(
    loss=batch_mean,
    gradient=batch_mean_gradient,
    wrt="w",
    at={"w": 1.0, "x": torch.tensor([1.0, 2.0, 3.0]), "y": torch.tensor([2.0, 4.0, 6.0])},
    learning_rate=0.1,
)

two_features = Problem(
    loss=matrix_mean,
    gradient=matrix_mean_gradient,
    wrt="W",
    at={
        "W": torch.tensor([[1.0], [1.0]]),
        "X": torch.tensor([[1.0, 1.2], [2.0, 1.2]]),
        "Y": torch.tensor([[2.0], [4.0]]),
    },
    learning_rate=0.1,
)


def squared_residuals(W, b, X, Y):
    """The squared errors of many lines at once: W and b of one shape, X and Y of (N, 1).

    Gives shape (*shape of W, N); the sum or mean over the last axis is the loss of each line.
    """
    return (W[..., None] * X.ravel() + b[..., None] - Y.ravel()) ** 2


def random_parameters(seed=9):
    """A random weight of shape (1, 1) and bias of shape (1,) for a line to begin at."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, 1, generator=generator), torch.randn(1, generator=generator)


two_points = Problem(
    loss=line_sum,
    gradient=line_sum_gradient,
    wrt=("W", "b"),
    at={
        "W": torch.tensor([[2.3]]),
        "b": torch.tensor(1.4),
        "X": torch.tensor([[1.0], [-1.0]]),
        "Y": torch.tensor([[3.0], [-1.0]]),
    },
    learning_rate=0.1,
)

training = Problem(
    loss=line_mean,
    gradient=line_mean_gradient,
    wrt=("W", "b"),
    at=dict(zip("WbXY", (*random_parameters(), *noisy_line()), strict=True)),
    learning_rate=0.01,
)


def batch_sum(w, x, y):
    """The squared errors of w·x over a batch, summed, with x and y of shape (N,)."""
    return ((w * x - y) ** 2).sum()


def batch_sum_gradient(w, x, y):
    """2·Σ (w·xᵢ - yᵢ)·xᵢ."""
    return (2 * (w * x - y) * x).sum()


student_sum = Problem(
    loss=batch_sum,
    gradient=batch_sum_gradient,
    wrt="w",
    at=student_batch.at,
    learning_rate=0.1,
)


STUDENTS = torch.tensor([[1.0, 1.2], [2.0, 1.2], [3.0, 1.3]])


def students(samples):
    """X of shape (samples, 2), hours studied and litres drunk, and Y = 2·hours; 3 at the most."""
    X = STUDENTS[:samples].clone()
    return X, 2 * X[:, :1]
