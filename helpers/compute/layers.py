"""A hidden layer in matrix form: the network of lesson 09, XOR, and runs from many starts."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import torch

from helpers.compute.descent import descend, step
from helpers.compute.gradients import as_tensors, autograd_gradient
from helpers.compute.problems import Problem
from helpers.compute.steps import Losses, numbers

PARAMETERS = ("W1", "b1", "W2", "b2")


def forward(W1, b1, W2, b2, X):
    """Z and H, each of shape (N, K), and the predictions, (N, 1), of K relu neurons.

    X is (N, D), W1 (D, K), b1 (K,), W2 (K, 1) and b2 (1,). The parameters may have one more
    dimension in front, with a network in each of its entries, where the biases are (..., 1, K)
    and (..., 1, 1). All may be NumPy arrays as well.
    """
    Z = X @ W1 + b1
    H = torch.relu(Z) if isinstance(Z, torch.Tensor) else np.maximum(Z, 0)
    return Z, H, H @ W2 + b2


def layer_mean(W1, b1, W2, b2, X, Y):
    """The mean squared error of ``forward``, with Y of shape (N, 1)."""
    return ((forward(W1, b1, W2, b2, X)[2] - Y) ** 2).mean()


def layer_mean_gradient(W1, b1, W2, b2, X, Y):
    """By W1 Xᵀ·dZ and by W2 Hᵀ·dŶ, by the biases the sums of the columns of dZ and dŶ."""
    Z, H, Y_hat = forward(W1, b1, W2, b2, X)
    d_Y_hat = 2 * (Y_hat - Y) / len(X)
    d_Z = (d_Y_hat @ W2.mT) * (Z > 0)
    sums = [part.sum(axis=-2).reshape(b.shape) for part, b in ((d_Z, b1), (d_Y_hat, b2))]
    return X.T @ d_Z, sums[0], H.mT @ d_Y_hat, sums[1]


XOR = (
    torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
    torch.tensor([[0.0], [1.0], [1.0], [0.0]]),
)

xor = Problem(
    loss=layer_mean,
    gradient=layer_mean_gradient,
    wrt=PARAMETERS,
    at={
        "W1": torch.tensor([[1.0, -1.0], [1.0, -1.0]]),
        "b1": torch.tensor([-0.5, 0.5]),
        "W2": torch.tensor([[-1.0], [-1.0]]),
        "b2": torch.tensor([0.0]),
        "X": XOR[0],
        "Y": XOR[1],
    },
    learning_rate=0.1,
)


def random_start(neurons, seed):
    """W1, b1, W2 and b2 for two inputs: weights from a standard normal, biases 0.

    Drawn in parts of fewer than 16 numbers, which are the same on every machine.
    """
    if not 1 <= neurons <= 15:
        raise ValueError(f"neurons must be from 1 to 15, not {neurons}.")
    generator = torch.Generator().manual_seed(seed)
    first, second, behind = (torch.randn(neurons, generator=generator) for _ in range(3))
    return torch.stack([first, second]), torch.zeros(neurons), behind[:, None], torch.zeros(1)


def losses_from_seeds(neurons, *, seeds=100, learning_rate=0.1, steps=1000):
    """The losses on XOR at the end of descent from many random starts, of shape (seeds,).

    Args:
        neurons: in the hidden layer, 1 to 15.
        seeds: how many starts: the seeds are 0, 1, 2 and so on.
        learning_rate, steps: of each run.

    All networks are trained at once, as one with a dimension in front.
    """
    starts = [random_start(neurons, seed) for seed in range(seeds)]
    W1, b1, W2, b2 = (torch.stack(parts) for parts in zip(*starts, strict=True))
    parameters = W1, b1[:, None, :], W2, b2[:, None, :]
    for _ in range(steps):
        gradients = layer_mean_gradient(*parameters, *XOR)
        parameters = [
            step(one, gradient, learning_rate)
            for one, gradient in zip(parameters, gradients, strict=True)
        ]
    return ((forward(*parameters, XOR[0])[2] - XOR[1]) ** 2).mean(dim=(1, 2))


STARTS = ("as in the lesson", "zeros", "ones", "random")
SOLVED = 0.01  # a loss below it counts as XOR learned


def start_of(start, neurons, seed=0):
    """W1, b1, W2 and b2 of a start in STARTS; that of the lesson has two neurons."""
    if start == "as in the lesson":
        return tuple(xor.at[name] for name in PARAMETERS)
    if start == "random":
        return random_start(neurons, seed)
    shapes = (2, neurons), (neurons,), (neurons, 1), (1,)
    return tuple(torch.full(shape, float(start == "ones")) for shape in shapes)


class _Run:
    """A run from a start, taken as far as it has been asked for.

    In NumPy with the gradient by hand, because a slider cannot wait for hundreds of graphs.
    """

    def __init__(self, start, neurons, seed, learning_rate):
        self.learning_rate = learning_rate
        self.path = [[part.double().numpy() for part in start_of(start, neurons, seed)]]

    def up_to(self, steps):
        """The parameters at each step, the start first, as lists of arrays."""
        X, Y = (part.double().numpy() for part in XOR)
        while len(self.path) <= steps:
            gradients = layer_mean_gradient(*self.path[-1], X, Y)
            pairs = zip(self.path[-1], gradients, strict=True)
            self.path.append([step(*pair, self.learning_rate) for pair in pairs])
        return self.path[: steps + 1]


_run = lru_cache(maxsize=64)(_Run)


def _losses(path):
    """The loss at each row of a path."""
    X, Y = (part.double().numpy() for part in XOR)
    W1, b1, W2, b2 = (np.stack(parts) for parts in zip(*path, strict=True))
    residuals = forward(W1, b1[:, None], W2, b2[:, None], X)[2] - Y
    return tuple((residuals**2).mean(axis=(1, 2)).tolist())


@dataclass(frozen=True)
class LayerRun(Losses):
    """A run of descent on XOR, up to a step.

    Attributes:
        at, gradient: the arguments of the loss at that step, and the gradient by autograd there.
        losses: one a step, the start first.
        losses_by_hand: those of the same run by the reader's own derivative, or None.
        Z: what goes into the bends, one row a sample; predictions: one a sample.
    """

    at: dict = field(compare=False, repr=False)
    gradient: tuple[float, ...]
    losses: tuple[float, ...]
    losses_by_hand: tuple[float, ...] | None
    Z: tuple[tuple[float, ...], ...]
    predictions: tuple[float, ...]

    @property
    def dead(self):
        """Which neurons are off for all samples, counted from 1."""
        return [place for place, zs in enumerate(zip(*self.Z, strict=True), 1) if max(zs) <= 0]

    @property
    def outcome(self):
        """How it went, in a word."""
        if not math.isfinite(self.loss):
            return "diverged"
        if len(self.losses) == 1:
            return "not moved"
        return "learned" if self.loss < SOLVED else "on its way"


def run_layer(start, neurons, seed, learning_rate, steps, *, gradient=None):
    """The ``LayerRun`` from a start in STARTS, for so many steps.

    ``gradient`` is the reader's own derivative, whatever that is and does.
    """
    options = start, neurons, seed, learning_rate
    path = _run(*options).up_to(steps)
    here = dict(zip(PARAMETERS, map(torch.from_numpy, path[-1]), strict=True))
    at = as_tensors({**here, "X": XOR[0].double(), "Y": XOR[1].double()})
    Z, _, predictions = forward(*(at[name] for name in PARAMETERS), at["X"])
    return LayerRun(
        at=at,
        gradient=numbers(autograd_gradient(layer_mean, wrt=PARAMETERS, at=at), PARAMETERS),
        losses=_losses(path),
        losses_by_hand=_losses_by_hand(gradient, *options, steps) if callable(gradient) else None,
        Z=tuple(map(tuple, Z.tolist())),
        predictions=tuple(predictions.flatten().tolist()),
    )


@lru_cache(maxsize=64)
def _losses_by_hand(gradient, start, neurons, seed, learning_rate, steps):
    """The losses of the same run by a reader's own derivative, or None where it has none."""
    begin = dict(zip(PARAMETERS, start_of(start, neurons, seed), strict=True))
    at = as_tensors({**begin, "X": XOR[0], "Y": XOR[1]}, torch.float64)
    options = {"learning_rate": learning_rate, "steps": steps, "gradient": gradient}
    try:
        return tuple(descend(layer_mean, wrt=PARAMETERS, at=at, **options).losses.tolist())
    except Exception:
        return None
