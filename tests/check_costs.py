"""``python3 -m tests check_costs`` prints what a check costs, from 2 to 100,000 parameters.

The loss is a mean squared error of X @ W. Both sides of a ratio are measured in turn, in one run.
The number of losses does not depend on the machine: a test holds it.
"""

import statistics
import sys
import time
from contextlib import suppress

import torch

from helpers.checks import check_gradient
from helpers.compute.gradients import autograd_gradient

SIZES = ((2, 10), (100, 10), (100, 1_000), (100, 10_000), (1_000, 1_000), (100_000, 10))
"""Pairs of a number of parameters and one of samples."""
MOST_FOR_GRADCHECK = 1_000


def mean_squared_error(W, X, Y):
    return ((X @ W - Y) ** 2).mean()


def right(W, X, Y):
    return 2 / len(X) * X.T @ (X @ W - Y)


def wrong(W, X, Y):
    return 2 / len(X) * X.T @ (X @ W + Y) ** 2


def numbers(parameters, samples):
    """Arguments of the loss: X of shape (samples, parameters)."""
    draw = torch.Generator().manual_seed(0)
    shapes = {"W": (parameters, 1), "X": (samples, parameters), "Y": (samples, 1)}
    return {n: torch.randn(s, generator=draw, dtype=torch.float64) for n, s in shapes.items()}


def losses(derivative, at):
    """How often a check of this derivative computes the loss."""
    counted = []

    def loss(W, X, Y):
        counted.append(1)
        return mean_squared_error(W, X, Y)

    check_gradient(derivative, loss, wrt="W", at=at)
    return len(counted)


def gradcheck(at):
    """Torch's own comparison with finite differences, which says whether they agree."""
    W = at["W"].clone().requires_grad_()
    return torch.autograd.gradcheck(lambda W: mean_squared_error(W, at["X"], at["Y"]), (W,))


def measured(actions, rounds=3):
    """name -> ms, the median of a few rounds of all, in turn."""
    times = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(taken) for name, taken in times.items()}


def row(parameters, samples):
    """The cells of one line of the table."""
    at = numbers(parameters, samples)
    actions = {
        "autograd": lambda: autograd_gradient(mean_squared_error, wrt="W", at=at),
        "right": lambda: check_gradient(right, mean_squared_error, wrt="W", at=at),
        "wrong": lambda: check_gradient(wrong, mean_squared_error, wrt="W", at=at),
    }
    if parameters <= MOST_FOR_GRADCHECK:
        actions["gradcheck"] = lambda: gradcheck(at)
    taken = measured(actions)
    counts = losses(right, at), losses(wrong, at)
    ratios = [f"{taken[name] / taken['autograd']:.0f}" for name in ("right", "wrong")]
    torchs = f"{taken['gradcheck'] / taken['autograd']:.0f}" if "gradcheck" in taken else "—"
    sizes = [f"{size:,}" for size in (parameters, samples)]
    return [*sizes, f"{taken['autograd']:.1f}", *ratios, torchs, *map(str, counts)]


def main(arguments):
    sizes = SIZES[: int(arguments[0])] if arguments else SIZES
    titles = "parameters", "samples", "one autograd gradient, ms", "a right answer, times that"
    titles += "a wrong one", "torch's gradcheck", "losses for a right answer", "for a wrong one"
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for size in sizes:
        with suppress(MemoryError):
            print(f"| {' | '.join(row(*size))} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
