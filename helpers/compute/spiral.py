"""Three classes on a spiral, the network of lesson 12 that tells them apart, and its training."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch

from helpers.compute.descent import step
from helpers.compute.gradients import autograd_gradient
from helpers.compute.problems import Problem
from helpers.compute.steps import Losses, numbers

PARAMETERS = ("W1", "b1", "W2", "b2")
CLASSES, EACH = 3, 50
KEPT = 25  # a run keeps its parameters at each step that is a multiple of it
NO_CLASS = -1  # of a point whose scores are no numbers
GRID_POINTS, REACH = 100, 1.15


def spiral():
    """X (150, 2), 50 points on each of three arms of a spiral, and Y (150,), their class numbers.

    Point t of class k, with t from 0 to 1, has the radius 0.1 + 0.9 t and the angle 4 t + 2πk/3.
    """
    t, k = torch.linspace(0, 1, EACH), torch.arange(CLASSES)[:, None]
    radius, angle = 0.1 + 0.9 * t, 4 * t + 2 * math.pi * k / CLASSES
    X = torch.stack([radius * torch.cos(angle), radius * torch.sin(angle)], dim=-1)
    return X.reshape(-1, 2), torch.arange(CLASSES).repeat_interleave(EACH)


def spiral_start(neurons=16, seed=0):
    """W1, b1, W2 and b2 for so many tanh neurons: weights from a standard normal, biases 0.

    Drawn as after ``torch.manual_seed(seed)``. With 0 neurons there is no hidden layer: W1 and b1
    are empty, and W2 is of shape (2, 3).
    """
    if neurons < 0:
        raise ValueError(f"neurons must be 0 or more, not {neurons}.")
    generator = torch.Generator().manual_seed(seed)
    W1 = torch.randn(2, neurons, generator=generator)
    W2 = torch.randn(neurons or 2, CLASSES, generator=generator)
    return W1, torch.zeros(neurons), W2, torch.zeros(CLASSES)


# --- The network, of tensors and of arrays -------------------------------------------------------


def forward(W1, b1, W2, b2, X):
    """H (N, K), what K tanh neurons make of X (N, 2), and the scores (N, 3).

    W1 is (2, K), b1 (K,), W2 (K, 3) and b2 (3,). Where K is 0, H is X.
    """
    H = _tanh(X @ W1 + b1) if len(b1) else X
    return H, H @ W2 + b2


def spiral_mean(W1, b1, W2, b2, X, Y):
    """The mean cross-entropy of the scores, with the class numbers Y of shape (N,)."""
    return _mean_of(_log_softmax(forward(W1, b1, W2, b2, X)[1]), Y)


def spiral_mean_gradient(W1, b1, W2, b2, X, Y):
    """By W1 Xᵀ·dZ and by W2 Hᵀ·dS, by the biases the sums of the columns of dZ and dS."""
    H, S = forward(W1, b1, W2, b2, X)
    return _way_back(W2, b1, X, H, _log_softmax(S), Y)


def _way_back(W2, b1, X, H, log_P, Y):
    library = torch if torch.is_tensor(log_P) else np
    one_hot = Y[:, None] == library.arange(CLASSES)
    d_S = (library.exp(log_P) - 1.0 * one_hot) / len(Y)
    d_Z = (d_S @ W2.T) * (1 - H * H) if len(b1) else d_S[:, :0]
    return X.T @ d_Z, d_Z.sum(axis=0), H.T @ d_S, d_S.sum(axis=0)


def _tanh(Z):
    return torch.tanh(Z) if torch.is_tensor(Z) else np.tanh(Z)


def _log_softmax(S):
    if torch.is_tensor(S):
        return torch.log_softmax(S, dim=1)
    S = S - S.max(axis=1, keepdims=True)
    return S - np.log(np.exp(S).sum(axis=1, keepdims=True))


def _mean_of(log_P, Y):
    return -log_P[_rows(Y), Y].mean()


def _rows(Y):
    return torch.arange(len(Y)) if torch.is_tensor(Y) else np.arange(len(Y))


def predicted_classes(parameters, X):
    """The class with the largest score at each row of an array X; NO_CLASS where none is."""
    S = forward(*parameters, X)[1]
    return np.where(np.isfinite(S).all(axis=1), S.argmax(axis=1), NO_CLASS)


@lru_cache
def _grid():
    side = np.linspace(-REACH, REACH, GRID_POINTS, dtype=np.float32)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


def regions(parameters):
    """The class at each point of a grid from −REACH to REACH, lowest row first."""
    single = [part.astype(np.float32) for part in parameters]
    return predicted_classes(single, _grid()).reshape(GRID_POINTS, GRID_POINTS)


X, Y = spiral()
spiral_network = Problem(
    loss=spiral_mean,
    gradient=spiral_mean_gradient,
    wrt=PARAMETERS,
    at=dict(zip((*PARAMETERS, "X", "Y"), (*spiral_start(), X, Y), strict=True)),
    learning_rate=1.0,
)
DATA = X.double().numpy(), Y.numpy()


# --- Its training --------------------------------------------------------------------------------


class _Run:
    """A run from a start, taken as far as it has been asked for.

    In NumPy with the gradient by hand, because a slider cannot wait for thousands of graphs.
    ``gradient`` is that of ``spiral_mean``, of arrays, or one of the reader's, of tensors.
    """

    def __init__(self, neurons, seed, learning_rate, gradient=None):
        self.learning_rate, self.gradient = learning_rate, gradient
        self.here = [part.double().numpy() for part in spiral_start(neurons, seed)]
        self.kept, self.losses = [], []

    def up_to(self, steps):
        """The parameters at a step, and the losses at all steps up to it, the start first."""
        while len(self.losses) <= steps:
            loss, after = self._step(self.here)
            if len(self.losses) % KEPT == 0:
                self.kept.append(self.here)
            self.losses.append(loss)
            self.here = after
        parameters = self.kept[steps // KEPT]
        for _ in range(steps % KEPT):
            parameters = self._step(parameters)[1]
        return parameters, tuple(self.losses[: steps + 1])

    def _step(self, parameters):
        """The loss at a place, and the parameters one step on."""
        W1, b1, W2, b2 = parameters
        H, S = forward(W1, b1, W2, b2, DATA[0])
        log_P = _log_softmax(S)
        if self.gradient is None:
            slopes = _way_back(W2, b1, DATA[0], H, log_P, DATA[1])
        else:
            slopes = _arrays_of(self.gradient, parameters)
        pairs = zip(parameters, slopes, strict=True)
        after = [step(*pair, self.learning_rate) for pair in pairs]
        return _mean_of(log_P, DATA[1]).item(), after


def _arrays_of(gradient, parameters):
    """What a reader's own derivative gives, as arrays shaped like the parameters."""
    values = gradient(**_arguments(parameters))
    return [
        torch.as_tensor(value, dtype=torch.float64).detach().reshape(part.shape).numpy()
        for value, part in zip(values, parameters, strict=True)
    ]


def _arguments(parameters):
    """All arguments of the loss, as fresh tensors."""
    arrays = zip((*PARAMETERS, "X", "Y"), (*parameters, *DATA), strict=True)
    return {name: torch.tensor(array) for name, array in arrays}


_run = lru_cache(maxsize=64)(_Run)


@dataclass(frozen=True)
class SpiralRun(Losses):
    """A run of descent on the spiral, up to a step.

    Attributes:
        at, gradient: the arguments of the loss at that step, and the gradient by autograd there.
        losses: one a step, the start first.
        losses_by_hand: those of the same run by the reader's own derivative, or None.
        predicted: the class with the largest score, one a point.
        regions: the same at each point of a grid.
    """

    at: dict = field(compare=False, repr=False)
    gradient: tuple[float, ...]
    losses: tuple[float, ...]
    losses_by_hand: tuple[float, ...] | None
    predicted: tuple[int, ...]
    regions: np.ndarray = field(compare=False, repr=False)

    @property
    def is_wrong(self):
        """Whether a point's predicted class is not its own, an array of (150,)."""
        return np.array(self.predicted) != DATA[1]

    @property
    def wrong(self):
        """How many points are wrong."""
        return int(self.is_wrong.sum())

    @property
    def right(self):
        """How many points are right."""
        return len(self.predicted) - self.wrong

    @property
    def share_right(self):
        return self.right / len(self.predicted)

    @property
    def outcome(self):
        """How it went, in a word."""
        if not math.isfinite(self.loss):
            return "diverged"
        if len(set(self.losses)) == 1:
            return "not moved"
        return "on its way" if self.wrong else "all right"


def run_spiral(neurons=16, seed=0, learning_rate=1.0, steps=100, *, gradient=None):
    """The ``SpiralRun`` from ``spiral_start(neurons, seed)``, for so many steps.

    ``gradient`` is the reader's own derivative, whatever that is and does.
    """
    options = neurons, seed, learning_rate
    parameters, losses = _run(*options).up_to(steps)
    at = _arguments(parameters)
    return SpiralRun(
        at=at,
        gradient=numbers(autograd_gradient(spiral_mean, wrt=PARAMETERS, at=at), PARAMETERS),
        losses=losses,
        losses_by_hand=_losses_by_hand(gradient, options, steps) if callable(gradient) else None,
        predicted=tuple(predicted_classes(parameters, DATA[0]).tolist()),
        regions=regions(parameters),
    )


def _losses_by_hand(gradient, options, steps):
    """The losses of the same run by a reader's own derivative, or None where it has none."""
    try:
        return _run(*options, gradient).up_to(steps)[1]
    except Exception:
        return None
