"""Two hidden neurons side by side: the network of lesson 08, with its seven parameters."""

from dataclasses import dataclass, replace

import torch

from helpers.compute.descent import step
from helpers.compute.problems import Problem
from helpers.compute.steps import arguments

PARAMETERS = ("w1", "b1", "w2", "b2", "v1", "v2", "c")


def network(w1, b1, w2, b2, v1, v2, c, x):
    """v1·relu(w1·x + b1) + v2·relu(w2·x + b2) + c, for x of any shape."""
    return v1 * torch.relu(w1 * x + b1) + v2 * torch.relu(w2 * x + b2) + c


def network_mean(w1, b1, w2, b2, v1, v2, c, x, y):
    """The mean squared error of ``network``, with x and y of any one shape."""
    return ((network(w1, b1, w2, b2, v1, v2, c, x) - y) ** 2).mean()


def network_mean_gradient(w1, b1, w2, b2, v1, v2, c, x, y):
    """By each of PARAMETERS: what comes back to its exit times the value at its entry, averaged."""
    z1, z2 = w1 * x + b1, w2 * x + b2
    d_y_hat = 2 * (network(w1, b1, w2, b2, v1, v2, c, x) - y)
    d_z1, d_z2 = d_y_hat * v1 * (z1 > 0), d_y_hat * v2 * (z2 > 0)
    d_v1, d_v2 = d_y_hat * torch.relu(z1), d_y_hat * torch.relu(z2)
    return tuple(part.mean() for part in (d_z1 * x, d_z1, d_z2 * x, d_z2, d_v1, d_v2, d_y_hat))


def _problem(numbers, x, y, learning_rate):
    at = {**dict(zip(PARAMETERS, numbers, strict=True)), "x": x, "y": y}
    return Problem(network_mean, network_mean_gradient, PARAMETERS, at, learning_rate)


seven_gradients = _problem((-1.0, 5.0, 2.0, 1.0, -3.0, 2.0, 0.0), 2.0, 0.0, 0.01)

_ROOF = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 1.0, 0.0])
tent = _problem((1.0, 0.5, 1.0, -0.5, 1.0, -1.0, 0.0), *_ROOF, 0.05)
tent_too_fast = replace(tent, learning_rate=0.2)


def walk(problem, at, steps):
    """The seven parameters after so many steps of descent from a place, name -> number."""
    at = arguments(problem, at)
    for _ in range(steps):
        slopes = dict(zip(PARAMETERS, problem.gradient(**at), strict=True))
        at |= {name: step(at[name], slopes[name], problem.learning_rate) for name in PARAMETERS}
    return {name: at[name].item() for name in PARAMETERS}


@dataclass(frozen=True)
class Pass:
    """One pass through the network at one input, forward and back.

    Attributes:
        z1, h1, z2, h2, prediction: forward. first, second: what each neuron adds to the prediction.
        d_y_hat, d_z1, d_z2: what comes back to the prediction, and to z1 and z2.
    """

    z1: float
    h1: float
    z2: float
    h2: float
    prediction: float
    first: float
    second: float
    d_y_hat: float
    d_z1: float
    d_z2: float


def pass_at(w1, b1, w2, b2, v1, v2, c, x, y):
    """The ``Pass`` at one sample."""
    z1, z2 = w1 * x + b1, w2 * x + b2
    h1, h2 = max(z1, 0.0), max(z2, 0.0)
    first, second = v1 * h1, v2 * h2
    prediction = first + second + c
    d_y_hat = 2 * (prediction - y)
    d_z1, d_z2 = d_y_hat * v1 * (z1 > 0), d_y_hat * v2 * (z2 > 0)
    return Pass(z1, h1, z2, h2, prediction, first, second, d_y_hat, d_z1, d_z2)
