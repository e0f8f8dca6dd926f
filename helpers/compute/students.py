"""Gradient descent for one student and for three, iteration by iteration, as in lesson 04."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from helpers.compute.descent import descend, step
from helpers.compute.gradients import as_tensors, autograd_gradient
from helpers.compute.problems import Problem, student_batch, student_sum, study_hours
from helpers.compute.steps import NOTHING


@dataclass(frozen=True)
class Students:
    """Whom the loss is taken over, and how the gradients of several become one."""

    problem: Problem
    reduce: Callable

    @property
    def at(self):
        return as_tensors(self.problem.at, torch.float64)

    @property
    def samples(self):
        """Hours and scores, each of shape (students,)."""
        return torch.atleast_1d(self.at["x"]), torch.atleast_1d(self.at["y"])

    @property
    def best_w(self):
        """The weight with the least loss, (Σ xᵢ·yᵢ) / (Σ xᵢ²)."""
        x, y = self.samples
        return float((x @ y) / (x @ x))

    def losses(self, weights):
        """The loss at each weight of an array."""
        at = self.at
        return [self.problem.loss(w, at["x"], at["y"]).item() for w in weights.tolist()]

    def one_by_one(self, w):
        """The arguments of the loss of each student alone, at a weight."""
        x, y = (values.tolist() for values in self.samples)
        return [{"w": w, "x": hours, "y": score} for hours, score in zip(x, y, strict=True)]


STUDENTS = {
    "one student": Students(study_hours, torch.mean),
    "three, mean of their losses": Students(student_batch, torch.mean),
    "three, sum of their losses": Students(student_sum, torch.sum),
}


@dataclass(frozen=True)
class Iteration:
    """A run of gradient descent up to some iteration.

    Attributes:
        at: the arguments of the loss at the last weight.
        weights, losses: from the start on.
        gradient: of the loss at the last weight, by autograd, as a tuple of one number.
        held: what ``w.grad`` holds there: without zeroing, the sum of all.
        next_w: where the next step leads.
        best_w: the weight with the least loss.
    """

    at: dict = field(compare=False, repr=False)
    weights: tuple[float, ...]
    losses: tuple[float, ...]
    gradient: tuple[float]
    held: float
    next_w: float
    best_w: float

    @property
    def w(self):
        return self.weights[-1]

    @property
    def loss(self):
        return self.losses[-1]

    @property
    def share(self):
        """By what the next step multiplies the way to the best weight; NaN where there is none."""
        way = self.w - self.best_w
        return (self.next_w - self.best_w) / way if way else math.nan

    @property
    def is_finite(self):
        return math.isfinite(self.w) and math.isfinite(self.loss)

    @property
    def outcome(self):
        """What the next step does, with the gradient set to zero after each step, in a word."""
        if abs(self.gradient[0]) < NOTHING:
            return "flat"
        if abs(self.share) < NOTHING:
            return "lands"
        if self.share > 0:
            return "towards"
        if abs(self.share + 1) <= NOTHING:
            return "level"
        return "lower" if self.share > -1 else "higher"


def descend_to(iteration, *, students, learning_rate, zeroed):
    """The ``Iteration`` after so many steps from the weight of the lesson."""
    problem, at = students.problem, students.at
    run = descend(
        problem.loss,
        wrt="w",
        at=at,
        learning_rate=learning_rate,
        steps=iteration,
        zero_gradient=zeroed,
    )
    weights, held = tuple(run.parameters["w"].tolist()), run.gradients["w"][-1].item()
    here = {**at, "w": run.parameters["w"][-1]}
    return Iteration(
        at=here,
        weights=weights,
        losses=tuple(run.losses.tolist()),
        gradient=(autograd_gradient(problem.loss, wrt="w", at=here)["w"].item(),),
        held=held,
        next_w=step(weights[-1], held, learning_rate),
        best_w=students.best_w,
    )
