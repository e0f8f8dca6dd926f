"""One of many classes: scores, their softmax, and the cross-entropy of lesson 11."""

import math
from dataclasses import dataclass
from operator import sub

import torch

from helpers.compute.problems import Problem
from helpers.compute.steps import take_step

PARAMETERS = ("z0", "z1", "z2")


def softmax(z):
    """e^z over the sum of its row, for scores z of shape (..., K); the same shape.

    The largest score of a row is taken from all of it first. No share changes by that, and
    without it e^1000 is beyond every number.
    """
    powers = torch.exp(z - z.amax(dim=-1, keepdim=True))
    return powers / powers.sum(dim=-1, keepdim=True)


def one_hot(right, z):
    """1 at the class numbers ``right``, of shape (...,), and 0 elsewhere: like z, (..., K).

    Raises ValueError where one of them is no whole number from 0 to K - 1.
    """
    classes = z.shape[-1]
    here = torch.as_tensor(right)[..., None] == torch.arange(classes)
    if not here.any(dim=-1).all():
        raise ValueError(f"right must hold whole numbers from 0 to {classes - 1}.")
    return here.to(z.dtype)


def cross_entropy(z, right):
    """The mean of -ln p at the right classes, p = softmax(z).

    Scores z are of shape (..., K) and class numbers ``right`` of (...,): ValueError as in
    ``one_hot``. It is computed as ln Σ e^z less the right score, which is finite for any scores.
    """
    return (torch.logsumexp(z, dim=-1) - (z * one_hot(right, z)).sum(dim=-1)).mean()


def cross_entropy_gradient(z, right):
    """By z: softmax(z) less the one-hot rows, over the number of rows; shaped like z."""
    return (softmax(z) - one_hot(right, z)) * z.shape[-1] / z.numel()


def twice_cross_entropy(z, right):
    """The cross-entropy of the mistake that takes probabilities for scores: softmax twice."""
    return cross_entropy(softmax(z), right)


def twice_cross_entropy_gradient(z, right):
    """With p = softmax(z) and d_p what comes back to p: p·(d_p - Σ p·d_p), shaped like z."""
    p = softmax(z)
    d_p = cross_entropy_gradient(p, right)
    return p * (d_p - (p * d_p).sum(dim=-1, keepdim=True))


def _problem(loss, gradient):
    """The loss of three scores as a Problem."""
    return Problem(
        loss=lambda z0, z1, z2, right: loss(torch.stack((z0, z1, z2), dim=-1), right),
        gradient=lambda z0, z1, z2, right: gradient(
            torch.stack((z0, z1, z2), dim=-1), right
        ).unbind(dim=-1),
        wrt=PARAMETERS,
        at={"z0": 0.0, "z1": math.log(2), "z2": math.log(5), "right": torch.tensor(1)},
        learning_rate=1.0,
    )


one_of_three = _problem(cross_entropy, cross_entropy_gradient)
softmax_twice = _problem(twice_cross_entropy, twice_cross_entropy_gradient)

SOFTMAX = {"once": one_of_three, "twice": softmax_twice}


@dataclass(frozen=True)
class Scored:
    """Three scores at one sample, their probabilities, and where the next step leads.

    Attributes:
        scores, next_scores: with what is added to all of them, now and after the step.
        end: z0, z1 and z2 after the step, without it.
        probabilities, next_probabilities: those that the loss is of, now and after the step.
        target: 1 for the right class, and 0 for the others.
        total: the sum of the gradient.
    """

    scores: tuple[float, ...]
    next_scores: tuple[float, ...]
    end: tuple[float, ...]
    probabilities: tuple[float, ...]
    next_probabilities: tuple[float, ...]
    target: tuple[float, ...]
    total: float

    @property
    def residuals(self):
        """p - target: the gradient of the cross-entropy, where softmax is applied once."""
        return tuple(map(sub, self.probabilities, self.target))


def classes_at(times, z0, z1, z2, right, added, learning_rate):
    """The ``Scored`` of three scores, and the ``Step`` that they take.

    Args:
        times: "once" or "twice", how often softmax is applied.
        z0, z1, z2: the scores; ``added`` is added to each of them.
        right: the number of the right class, 0, 1 or 2.
        learning_rate: η.
    """
    at = {name: z + added for name, z in zip(PARAMETERS, (z0, z1, z2), strict=True)}
    step = take_step(SOFTMAX[times], {**at, "right": torch.tensor(right)}, learning_rate)
    scored = Scored(
        scores=step.start,
        next_scores=step.end,
        end=tuple(z - added for z in step.end),
        probabilities=_probabilities(times, step.start),
        next_probabilities=_probabilities(times, step.end),
        target=tuple(float(place == right) for place in range(len(PARAMETERS))),
        total=sum(step.gradient),
    )
    return scored, step


def _probabilities(times, scores):
    p = softmax(torch.tensor(scores, dtype=torch.float64))
    return tuple((softmax(p) if times == "twice" else p).tolist())
