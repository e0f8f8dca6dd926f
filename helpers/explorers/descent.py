"""Lesson 04: gradient descent, iteration by iteration, with the gradient set to zero or not."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
import torch
from matplotlib.figure import Figure

from helpers.checks.by_hand import alike, gradient_by_hand
from helpers.compute.descent import descend, step
from helpers.compute.gradients import as_tensors, autograd_gradient
from helpers.compute.problems import Problem, student_batch, student_sum, study_hours
from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.explorers.readers import held_against, remarks
from helpers.show import plots
from helpers.show.colours import COLOURS
from helpers.show.controls import button, menu, slider, tick, whole_slider
from helpers.show.words import Reading, Words, agreement, number_or_none


@dataclass(frozen=True)
class Students:
    """Whom the loss is taken over, and how the gradients of several become one."""

    problem: Problem
    reduce: Callable

    @property
    def best_w(self):
        """The weight with the least loss, (Σ xᵢ·yᵢ) / (Σ xᵢ²)."""
        x, y = self.samples
        return float((x @ y) / (x @ x))

    @property
    def samples(self):
        """Hours and scores, each of shape (students,)."""
        return torch.atleast_1d(self.at["x"]), torch.atleast_1d(self.at["y"])

    @property
    def at(self):
        return as_tensors(self.problem.at, torch.float64)


@dataclass(frozen=True)
class DescentState:
    """A run of gradient descent up to some iteration.

    ``weights`` and ``losses`` begin with the start. ``by_autograd`` is the gradient of the loss
    at the last weight, ``held`` what ``w.grad`` holds there: without zeroing, the sum of all.
    """

    students: str
    learning_rate: float
    zeroed: bool
    weights: tuple[float, ...]
    losses: tuple[float, ...]
    by_hand: float | None
    by_autograd: float
    agree: bool | None
    held: float
    next_w: float
    best_w: float

    @property
    def iteration(self):
        return len(self.weights) - 1

    @property
    def w(self):
        return self.weights[-1]

    @property
    def loss(self):
        return self.losses[-1]

    @property
    def share_of_the_way(self):
        """By what the next step multiplies the distance to the best weight."""
        return (self.next_w - self.best_w) / (self.w - self.best_w)


CHOICES = {
    "one student": Students(study_hours, torch.mean),
    "three, mean of their losses": Students(student_batch, torch.mean),
    "three, sum of their losses": Students(student_sum, torch.sum),
}


def by_hand_for(students, gradient, w):
    """The reader's derivative for each student at ``w``, put together as the losses are."""
    samples = zip(*(values.tolist() for values in students.samples), strict=True)
    each = [gradient_by_hand(gradient, wrt="w", at={"w": w, "x": x, "y": y}) for x, y in samples]
    if None in each:
        return None
    return students.reduce(torch.stack([one["w"].double() for one in each])).item()


def run_to(iteration, gradient, *, students, learning_rate, zeroed):
    """The ``DescentState`` after so many steps. ``gradient`` may be anything a reader wrote."""
    chosen = CHOICES[students]
    problem = chosen.problem
    run = descend(
        problem.loss,
        wrt="w",
        at=chosen.at,
        learning_rate=learning_rate,
        steps=iteration,
        zero_gradient=zeroed,
    )
    weights, held = run.parameters["w"].tolist(), run.gradients["w"][-1].item()
    here = {**chosen.at, "w": weights[-1]}
    by_autograd = autograd_gradient(problem.loss, wrt="w", at=here)["w"].item()
    by_hand = by_hand_for(chosen, gradient, weights[-1])
    return DescentState(
        students=students,
        learning_rate=learning_rate,
        zeroed=zeroed,
        weights=tuple(weights),
        losses=tuple(run.losses.tolist()),
        by_hand=by_hand,
        by_autograd=by_autograd,
        agree=None if by_hand is None else alike(by_hand, by_autograd),
        held=held,
        next_w=step(weights[-1], held, learning_rate),
        best_w=chosen.best_w,
    )


class DescentExplorer(Explorer):
    """The explorer of lesson 04. Buttons: ``on_first``, ``on_back``, ``on_on``, ``on_reset``."""

    last = 20
    w_limits, loss_limits = (-1.0, 5.0), (-2.4, 16.0)
    arrow_height = -1.2

    def __init__(self, gradient=None):
        self.gradient, self.report = held_against(gradient, study_hours)
        self.grid = np.linspace(*self.w_limits, 121)
        self.curves = {name: self._curve(chosen) for name, chosen in CHOICES.items()}
        start = 3
        controls = {
            "learning_rate": slider(
                "learning rate η", study_hours.learning_rate, 0, 0.6, 0.005, readout_format=".3f"
            ),
            "iteration": whole_slider("steps taken", start, 0, self.last),
            "students": menu("students", list(CHOICES)),
            "zeroed": tick("zero the gradient after each step", True),
            "play": widgets.Play(value=start, min=0, max=self.last, interval=700),
            "first": button("Back to the start", "Shows the weight before any step"),
            "back": button("One step back", "Takes the last step back"),
            "on": button("One step on", "Takes the next step"),
            "reset": button("Reset", "Puts everything back to where it began"),
        }
        super().__init__(controls, *self._figure())

    def _curve(self, students):
        at, loss = students.at, students.problem.loss
        return [loss(w, at["x"], at["y"]).item() for w in self.grid.tolist()]

    def _figure(self):
        figure = Figure(figsize=(9, 3.7), dpi=100)
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.07, right=0.985, top=0.85, bottom=0.155, wspace=0.2)

        plots.label_axes(left, x="weight w", y="loss")
        plots.plot_loss(self.grid, self.grid, ax=left, label="_loss")
        plots.plot_tangent(0, 0, 0, reach=0.8, ax=left)
        plots.plot_path([], [], ax=left)
        plots.plot_point([], [], ax=left, label="w now")
        plots.plot_step(0, 1, self.arrow_height, ax=left)
        left.axhline(0, color=COLOURS["path"], lw=0.8)
        left.set(xlim=self.w_limits, ylim=self.loss_limits, yticks=range(0, 16, 5))
        plots.add_legend(left, columns=2)

        plots.label_axes(right, x="steps taken", y="weight w")
        best = CHOICES["one student"].best_w
        right.axhline(best, color=COLOURS["loss"], lw=1.5, ls="--", label="loss is 0 here")
        plots.plot_path([], [], ax=right, label="w after each step", gid="weights")
        plots.plot_point([], [], ax=right, label="w now", gid="weight_now")
        right.set(
            xlim=(-0.6, self.last + 0.6), ylim=self.w_limits, xticks=range(0, self.last + 1, 5)
        )
        plots.add_legend(right, columns=2)

        moving = plots.artists(left, right)
        for name in ("point", "step", "weight_now"):
            moving[name].set_clip_on(False)
        return figure, moving

    def reader_moved(self, name):
        if name == "iteration":
            self.controls["play"].value = self.values["iteration"]

    def on_play(self, change):
        self._go_to(change["new"])

    def on_first(self, _button=None):
        self._go_to(0)

    def on_back(self, _button=None):
        self._go_to(max(0, self.values["iteration"] - 1))

    def on_on(self, _button=None):
        self._go_to(min(self.last, self.values["iteration"] + 1))

    def on_reset(self, _button=None):
        super().on_reset()
        self.controls["play"].value = self.values["iteration"]

    def _go_to(self, iteration):
        if iteration != self.values["iteration"]:
            self.move(iteration=iteration)
            self.controls["play"].value = iteration

    def compute(self, values):
        return run_to(values.pop("iteration"), self.gradient, **values)

    def draw(self, state):
        a, (left, right) = self.artists, self.figure.axes
        weights, losses = (np.clip(v, -1e3, 1e3) for v in (state.weights, state.losses))
        a["loss"].set_ydata(self.curves[state.students])
        a["tangent"].set_data(*plots.tangent_ends(state.w, state.loss, state.by_autograd, 0.8))
        a["path"].set_data(weights, losses)
        place = plots.inside(left, (state.w, state.loss))
        _mark(a["point"], place, place == (state.w, state.loss))
        tip = plots.inside(left, (state.next_w, self.arrow_height))
        a["step"].set_positions((place[0], self.arrow_height), tip)
        a["step"].set_visible(abs(tip[0] - place[0]) > 0.02)
        a["weights"].set_data(range(state.iteration + 1), weights)
        place = plots.inside(right, (state.iteration, state.w))
        _mark(a["weight_now"], place, place[1] == state.w)

    def describe(self, state):
        steps = "1 step" if state.iteration == 1 else f"{state.iteration} steps"
        zeroed = "set to zero after each step" if state.zeroed else "never set to zero"
        picture = (
            f"Left, the loss over the weight for {_WHOM[state.students]}, and the path of {steps} "
            f"with η = {short(state.learning_rate)}, the gradient {zeroed}: w went from "
            f"{short(state.weights[0])} to {short(state.w)}, where the loss is "
            f"{short(state.loss)}. Right, w after each step, and the line w = "
            f"{short(state.best_w)}, where the loss is 0."
        )
        readings = (
            Reading("iteration", "steps taken", str(state.iteration)),
            Reading("w", "weight w", decimals(state.w)),
            Reading("loss", "loss", decimals(state.loss), "loss"),
            Reading("by_hand", "gradient by hand", number_or_none(state.by_hand), "gradient"),
            Reading("by_autograd", "gradient by autograd", decimals(state.by_autograd), "gradient"),
            Reading("agree", "the two", agreement(state.agree)),
            Reading("held", "w.grad holds", decimals(state.held), "step"),
            Reading("next_w", "next w", decimals(state.next_w), "step"),
        )
        return Words(picture, readings, " ".join(self._notices(state)))

    def _notices(self, state):
        yield _how_it_goes(state)
        left, right = self.figure.axes
        places = (left, (state.w, state.loss)), (right, (state.iteration, state.w))
        if any(plots.inside(ax, place) != place for ax, place in places):
            yield "The point is outside the picture: the diamond at its edge shows where."
        yield from remarks(self.report)


def explore_descent(gradient=None):
    """Gradient descent through its iterations: the learning rate, the students, zeroing or not.

    Args:
        gradient: your own derivative of (w·x - y)² by w, a function of w, x and y, for one
            student. It is shown beside autograd's; for three students, the mean or sum of it.

    Returns:
        Explorer
    """
    return DescentExplorer(gradient)


_WHOM = {
    "one student": "one student",
    "three, mean of their losses": "three students by the mean",
    "three, sum of their losses": "three students by the sum",
}


def _how_it_goes(state):
    if not (math.isfinite(state.w) and math.isfinite(state.loss)):
        return "The weight has grown beyond every number: this descent has diverged."
    if state.learning_rate == 0:
        return "With a learning rate of 0 no step has any length."
    if state.zeroed:
        return _with_zeroing(state)
    if state.iteration == 0:
        return "Before the first step there is nothing to add up: w.grad holds this gradient only."
    sums = (
        f"w.grad holds the sum of {state.iteration + 1} gradients, {short(state.held)}; "
        f"the gradient here is {short(state.by_autograd)}."
    )
    if state.held * state.by_autograd < 0:
        return f"{sums} They point in opposite ways, so the step goes uphill."
    return sums


def _with_zeroing(state):
    if abs(state.by_autograd) < 1e-9:
        return "The gradient is 0: the descent has arrived, and a step goes nowhere."
    share = state.share_of_the_way
    says = f"The next step multiplies the way to w = {short(state.best_w)} by {short(share)}:"
    if abs(share) < 1e-9:
        return f"{says} it lands on the minimum."
    if share > 0:
        return f"{says} w comes nearer from the same side."
    if share > -1 + 1e-9:
        return f"{says} w jumps over the minimum and comes nearer on the other side."
    if share >= -1 - 1e-9:
        return f"{says} w jumps from side to side and comes no nearer."
    return f"{says} each jump is longer than the last. It diverges."


def _mark(point, place, inside):
    point.set_data([place[0]], [place[1]])
    point.set_marker("o" if inside else "D")
