"""Lesson 05: two weights and a batch, each sample's gradient beside their mean, and the shapes."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure

from helpers.checks.by_hand import alike, gradient_by_hand
from helpers.compute.descent import descend
from helpers.compute.gradients import as_tensors, autograd_gradient
from helpers.compute.problems import loss_of_columns, students, two_features
from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.explorers.readers import held_against, remarks
from helpers.show import plots
from helpers.show.colours import COLOURS, NORMAL
from helpers.show.controls import button, slider, whole_slider
from helpers.show.words import Reading, Words, agreement, number_or_none

MANY = 10
LONGEST_PATH = 200
MOST_SAMPLES = 3


@dataclass(frozen=True)
class BatchState:
    """One step on the mean squared error of X·W, for W of two weights.

    Pairs are of the first and the second weight. ``each`` holds the gradient of every sample by
    itself, ``mean`` that of the loss, both by autograd.
    """

    samples: int
    sample: int
    learning_rate: float
    W: tuple[float, float]
    predictions: tuple[float, ...]
    residuals: tuple[float, ...]
    loss: float
    each: tuple[tuple[float, float], ...]
    mean: tuple[float, float]
    by_hand: tuple[float, float] | None
    agree: bool | None
    after: tuple[float, float]
    next_loss: float
    path: tuple[tuple[float, float], ...] = ()


def arguments(samples, W):
    """The arguments of the loss, in float64, for so many samples and a pair of weights."""
    X, Y = students(samples)
    weights = torch.tensor(W, dtype=torch.float64).reshape(2, 1)
    return as_tensors({"W": weights, "X": X, "Y": Y}, torch.float64)


def one_by_one(at):
    """The arguments of the loss for each sample by itself."""
    for row in range(len(at["X"])):
        yield {**at, "X": at["X"][row : row + 1], "Y": at["Y"][row : row + 1]}


def batch_state(problem, gradient, path, *, w1, w2, learning_rate, samples, sample):
    """The ``BatchState`` at these numbers. ``gradient`` may be anything that a reader wrote."""
    at = arguments(samples, (w1, w2))
    mean = _pair(autograd_gradient(problem.loss, wrt="W", at=at)["W"])
    each = [autograd_gradient(problem.loss, wrt="W", at=one)["W"] for one in one_by_one(at)]
    by_hand = gradient_by_hand(gradient, wrt="W", at=at)
    by_hand = by_hand and _pair(by_hand["W"])
    run = descend(problem.loss, wrt="W", at=at, learning_rate=learning_rate, steps=1)
    predictions = at["X"] @ at["W"]
    return BatchState(
        samples=samples,
        sample=min(sample, samples),
        learning_rate=learning_rate,
        W=(w1, w2),
        predictions=tuple(predictions.flatten().tolist()),
        residuals=tuple((predictions - at["Y"]).flatten().tolist()),
        loss=run.losses[0].item(),
        each=tuple(map(_pair, each)),
        mean=mean,
        by_hand=by_hand,
        agree=None if by_hand is None else all(map(alike, by_hand, mean)),
        after=_pair(run.parameters["W"][1]),
        next_loss=run.losses[1].item(),
        path=path,
    )


class BatchExplorer(Explorer):
    """The explorer of lesson 05. Buttons: ``on_step``, ``on_steps`` and ``on_reset``."""

    w1_limits, w2_limits = (-1.0, 3.0), (-1.0, 2.5)
    levels = (0.02, 0.1, 0.34, 1, 2, 4, 7, 11, 16, 24, 34)
    reach = 0.5  # of a gradient's length
    corners = {  # noqa: RUF012
        "X": (2, 2.0),
        "W": (5, 2.0),
        "ŷ": (7, 2.0),
        "residual": (5, 8.2),
        "gradient": (7, 8.2),
    }
    transposed_right, transposed_top = 4, 8.2

    def __init__(self, gradient=None):
        self.problem = two_features
        self.gradient, self.report = held_against(gradient, two_features)
        self.path = ()
        counts = range(1, MOST_SAMPLES + 1)
        self.contours = {count: self._contours(count) for count in counts}
        w1, w2 = two_features.at["W"].flatten().tolist()
        controls = {
            "w1": slider("weight W₁", w1, *self.w1_limits, 0.05),
            "w2": slider("weight W₂", w2, *self.w2_limits, 0.05),
            "learning_rate": slider(
                "learning rate η", two_features.learning_rate, 0, 0.4, 0.005, readout_format=".3f"
            ),
            "samples": whole_slider("samples N", len(two_features.at["X"]), 1, MOST_SAMPLES),
            "sample": whole_slider("marked sample", 2, 1, MOST_SAMPLES),
            "step": button("Take a step", "Moves W by −η times the mean gradient"),
            "steps": button(f"Take {MANY} steps", f"Does the same {MANY} times"),
            "reset": button("Reset", "Puts everything back to where it began"),
        }
        figure, moving = self._figure()
        seldom = [name for name in moving if name.startswith(("X[", "Xᵀ[", "factor", "contours"))]
        seldom += [name for name in moving if name.endswith((" label", " grid", " marked"))]
        super().__init__(controls, figure, moving, seldom)

    def _contours(self, samples):
        w1, w2 = (np.linspace(*limits, 141) for limits in (self.w1_limits, self.w2_limits))
        pairs = torch.tensor(np.stack([axis.ravel() for axis in np.meshgrid(w1, w2)]))
        losses = loss_of_columns(pairs, *(part.double() for part in students(samples)))
        return plots.contour_lines(w1, w2, losses.reshape(len(w2), len(w1)), self.levels)

    def _figure(self):
        figure = Figure(figsize=(9, 4.1), dpi=100)
        left, right = (
            figure.add_axes((0.075, 0.135, 0.355, 0.65)),
            figure.add_axes((0.42, 0, 0.58, 1)),
        )
        moving = {**self._plane(left), **self._shapes(right)}
        return figure, moving

    def _plane(self, ax):
        plots.label_axes(ax, x="weight W₁ (hours)", y="weight W₂ (water)")
        plots.plot_contour_lines([0, 1], [0, 1], np.zeros((2, 2)), [], ax=ax)
        plots.plot_path([], [], ax=ax)
        plots.plot_point([], [], ax=ax, label="W now")
        ax.plot(
            [], [], "--", marker=">", color=COLOURS["gradient"], lw=1.4, label="a sample’s gradient"
        )
        for count in range(1, MOST_SAMPLES + 1):
            plots.plot_arrow((0, 0), (1, 1), role="gradient", ax=ax, gid=f"arrow {count}")
            ax.text(
                0, 0, str(count), fontsize=NORMAL, color=COLOURS["gradient"], gid=f"tip {count}"
            )
        plots.plot_arrow((0, 0), (1, 1), role="gradient", ax=ax, label="mean gradient", gid="mean")
        plots.plot_arrow((0, 0), (1, 1), role="step", ax=ax)
        plots.plot_next(ax=ax, label="next W")
        ax.set(xlim=self.w1_limits, ylim=self.w2_limits, aspect="equal")
        plots.add_legend(ax, columns=2)
        moving = plots.artists(ax)
        moving["point"].set(clip_on=False, markersize=7.5, zorder=9)
        moving["next"].set(markersize=7.5, zorder=8)
        moving["mean"].set_linewidth(3.2)
        for count in range(1, MOST_SAMPLES + 1):
            moving[f"tip {count}"].set(ha="center", va="center")
            moving[f"arrow {count}"].set(arrowstyle="->", mutation_scale=11, zorder=7)
        return moving

    def _shapes(self, ax):
        ax.set(xlim=(0.1, 8.4), ylim=(11.9, 0))
        ax.set_axis_off()
        most = {"X": (MOST_SAMPLES, 2), "Xᵀ": (2, MOST_SAMPLES), "W": (2, 1), "gradient": (2, 1)}
        roles = {"ŷ": "prediction", "residual": "loss", "gradient": "gradient"}
        for name in (*self.corners, "Xᵀ"):
            size = most.get(name, (MOST_SAMPLES, 1))
            plots.plot_matrix(name, size, role=roles.get(name, "data"), ax=ax)
        for top in (self.corners["X"][1], self.transposed_top):
            for x, sign in ((4.5, "@"), (6.5, "=")):
                ax.text(x, top + 1, sign, ha="center", va="center", fontsize=NORMAL)
        ax.text(0, 0, "", ha="right", va="center", fontsize=NORMAL, gid="factor")
        return plots.artists(ax)

    def reader_moved(self, name):
        if name in ("w1", "w2", "samples"):
            self.path = ()
        samples, sample = self.values["samples"], self.values["sample"]
        if sample > samples:  # a sample beyond the batch cannot be marked
            if name == "sample":
                self.path = ()
                self.move(samples=sample)
            else:
                self.move(sample=samples)

    def on_step(self, _button=None):
        """Moves W by one step."""
        self._walk(1)

    def on_steps(self, _button=None):
        """Moves W by several steps."""
        self._walk(MANY)

    def _walk(self, steps):
        at = arguments(self.state.samples, self.state.W)
        run = descend(
            self.problem.loss,
            wrt="W",
            at=at,
            learning_rate=self.state.learning_rate,
            steps=steps,
        )
        places = [_pair(W) for W in run.parameters["W"]]
        self.path = (*self.path, *places[:-1])[-LONGEST_PATH:]
        w1, w2 = places[-1]
        self.move(w1=w1, w2=w2)

    def on_reset(self, _button=None):
        self.path = ()
        super().on_reset()

    def compute(self, values):
        return batch_state(self.problem, self.gradient, self.path, **values)

    def draw(self, state):
        self._draw_plane(state)
        self._draw_shapes(state)

    def _draw_plane(self, state):
        a, ax = self.artists, self.artists["point"].axes
        a["contours"].set_data(*self.contours[state.samples])
        a["path"].set_data(*np.clip(list(zip(*(*state.path, state.W), strict=True)), -1e3, 1e3))
        place = plots.inside(ax, state.W)
        a["point"].set_data([place[0]], [place[1]])
        a["point"].set_marker("o" if place == state.W else "D")
        a["step"].set_visible(self._point_arrow("step", place, state.after) and place == state.W)
        a["next"].set_data([state.after[0]], [state.after[1]])
        a["next"].set_visible(a["step"].get_visible())
        arrows = {"mean": state.mean}
        arrows |= {f"arrow {count}": gradient for count, gradient in enumerate(state.each, 1)}
        for count in range(1, MOST_SAMPLES + 1):
            a[f"arrow {count}"].set_visible(False)
            a[f"tip {count}"].set_visible(False)
            marked = count == state.sample
            a[f"arrow {count}"].set(linestyle=(0, (4, 2)), linewidth=2.2 if marked else 1.2)
            a[f"tip {count}"].set_fontweight("bold" if marked else "normal")
        for name, gradient in arrows.items():
            tip = tuple(np.add(state.W, np.multiply(self.reach, gradient)))
            seen = place == state.W and self._point_arrow(name, place, tip)
            a[name].set_visible(seen)
            if name != "mean":
                self._number_tip(name.removeprefix("arrow "), place, seen)

    def _point_arrow(self, name, start, tip):
        """Draws an arrow as far as the edge; gives whether it is long enough to be seen."""
        if not all(map(math.isfinite, tip)):
            return False
        head = "->" if name.startswith("arrow") else "-|>"
        self._tip = plots.aim_arrow(self.artists[name], start, tip, head)
        return math.dist(start, self._tip) > 0.02

    def _number_tip(self, count, start, seen):
        text = self.artists[f"tip {count}"]
        text.set_visible(seen)
        if seen:
            away = np.subtract(self._tip, start)
            x, y = np.add(self._tip, 0.14 * away / np.hypot(*away))
            text.set_position(plots.inside(text.axes, (x, y)))

    def _draw_shapes(self, state):
        X, _ = students(state.samples)
        row, whole = slice(state.sample - 1, state.sample), slice(0, 1)
        column = np.reshape
        matrices = {
            "X": (X, "X", (row, slice(0, 2))),
            "W": (column(state.W, (-1, 1)), "W", None),
            "ŷ": (column(state.predictions, (-1, 1)), "ŷ", (row, whole)),
            "residual": (column(state.residuals, (-1, 1)), "ŷ − Y", (row, whole)),
            "gradient": (column(state.mean, (-1, 1)), "gradient", None),
        }
        for name, (values, label, marked) in matrices.items():
            plots.fill_matrix(
                self.artists, name, values, self.corners[name], label=label, marked=marked
            )
        corner = (self.transposed_right - state.samples, self.transposed_top)
        plots.fill_matrix(self.artists, "Xᵀ", X.T, corner, label="Xᵀ", marked=(slice(0, 2), row))
        factor = "2 ·" if state.samples == 1 else f"2/{state.samples} ·"
        self.artists["factor"].set(position=(corner[0] - 0.15, corner[1] + 1), text=factor)

    def describe(self, state):
        N = state.samples
        each = ", ".join(f"sample {i}: {_both(g)}" for i, g in enumerate(state.each, 1))
        picture = (
            f"Left, the plane of the two weights with lines of equal loss: at W = {_both(state.W)} "
            f"the gradients, drawn at half their length, are {each}; their mean is "
            f"{_both(state.mean)}, and the next step leads to {_both(state.after)}. Right, X of "
            f"shape ({N}, 2) times W (2, 1) is ŷ ({N}, 1), and 2/{N} times Xᵀ (2, {N}) times "
            f"ŷ − Y ({N}, 1) is the gradient (2, 1). The shaded cells are those of sample "
            f"{state.sample}."
        )
        i, by_hand = state.sample, state.by_hand or (None, None)
        readings = (
            *_pair_of_readings("W", "{}", state.W),
            Reading("y_hat", f"ŷ of sample {i}", decimals(state.predictions[i - 1]), "prediction"),
            Reading("residual", "its residual", decimals(state.residuals[i - 1]), "loss"),
            *_pair_of_readings("each", "its ∂L/∂{}", state.each[i - 1], "gradient"),
            *_pair_of_readings("mean", "mean ∂L/∂{}", state.mean, "gradient"),
            *_pair_of_readings("by_hand", "by hand ∂L/∂{}", by_hand, "gradient"),
            Reading("agree", "the two", agreement(state.agree)),
            Reading("loss", "loss", decimals(state.loss), "loss"),
            *_pair_of_readings("after", "next {}", state.after, "step"),
        )
        return Words(picture, readings, " ".join(self._notices(state)))

    def _notices(self, state):
        yield _what_the_step_does(state)
        if plots.inside(self.artists["point"].axes, state.W) != state.W:
            yield "W is outside the picture: the diamond at its edge shows where."
        yield from remarks(self.report)


def explore_batch(gradient=None):
    """Sliders for two weights and the learning rate, over the loss of a batch of one to three.

    Args:
        gradient: your own derivative of the mean squared error of X @ W by W, a function of W, X
            and Y, shaped like W. It is shown beside autograd's, whatever it gives.

    Returns:
        Explorer
    """
    return BatchExplorer(gradient)


def _what_the_step_does(state):
    if not all(map(math.isfinite, (*state.W, state.loss))):
        return "W has grown beyond every number: this descent has diverged."
    if max(map(abs, state.mean)) < 1e-9:
        if state.samples == 1:
            return "The gradient of the one sample is 0: nothing moves."
        return "The mean gradient is 0: the samples pull no longer, or their pulls cancel."
    if state.learning_rate == 0:
        return "With a learning rate of 0 the step has no length."
    before, after = short(state.loss), short(state.next_loss)
    falls = f"the loss goes from {before} to {after}"
    if before == after:
        falls = f"the loss stays at about {after}"
    if state.next_loss > state.loss * (1 + 1e-9):
        return f"The step leads across the valley and higher: {falls}. It diverges."
    content = [i for i, g in enumerate(state.each, 1) if np.hypot(*g) < 1e-6]
    if content and state.samples > 1:
        return f"Sample {content[0]} is content: its gradient is 0. The others move W: {falls}."
    against = [i for i, g in enumerate(state.each, 1) if np.dot(g, state.mean) < -1e-9]
    if against:
        return f"Sample {against[0]} alone would take W the other way. With the mean, {falls}."
    return f"The step goes against the mean gradient: {falls}."


def _pair(tensor):
    first, second = tensor.flatten().tolist()
    return first, second


def _pair_of_readings(name, label, pair, role=None):
    for count, (weight, value) in enumerate(zip(("W₁", "W₂"), pair, strict=True), 1):
        yield Reading(f"{name}{count}", label.format(weight), number_or_none(value), role)


def _both(pair):
    return f"({', '.join(map(short, pair))})"
