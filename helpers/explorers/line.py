"""Lesson 03: a weight and a bias, the line that they make, and the loss over both of them."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure

from helpers.compute.descent import descend
from helpers.compute.gradients import as_tensors
from helpers.compute.problems import squared_residuals, two_points, weight_and_bias
from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.explorers.pairs import Slopes, pair, slopes
from helpers.explorers.readers import held_against, remarks
from helpers.show import plots
from helpers.show.colours import COLOURS
from helpers.show.controls import button, menu, slider
from helpers.show.words import Reading, Words

MANY = 10
LONGEST_PATH = 200


@dataclass(frozen=True)
class LineState:
    """One step on the summed squared error of W·x + b, and where earlier steps have been.

    Pairs are of W and b, in this order; ``predictions`` are those at the data points.
    """

    points: str
    W: float
    b: float
    learning_rate: float
    predictions: tuple[float, ...]
    loss: float
    slopes: Slopes
    after: tuple[float, float]
    next_loss: float
    jumps_over: bool
    path: tuple[tuple[float, float], ...] = ()

    @property
    def place(self):
        return self.W, self.b


def arguments(problem, W, b):
    """The arguments of the loss of a line, in float64, with these two numbers for W and b."""
    weight = torch.tensor([[W]], dtype=torch.float64)
    return as_tensors({**problem.at, "W": weight, "b": b}, torch.float64)


def line_state(problem, gradient, path, *, W, b, learning_rate, points):
    """The ``LineState`` at these numbers. ``gradient`` may be anything that a reader wrote."""
    at = arguments(problem, W, b)
    run = descend(
        problem.loss,
        wrt=problem.wrt,
        at=at,
        learning_rate=learning_rate,
        steps=1,
        gradient=problem.gradient,
    )
    ahead = sum(float((slopes[0] * slopes[1]).sum()) for slopes in run.gradients.values())
    return LineState(
        points=points,
        W=W,
        b=b,
        learning_rate=learning_rate,
        predictions=tuple((at["X"] @ at["W"] + at["b"]).flatten().tolist()),
        loss=run.losses[0].item(),
        slopes=slopes(problem, gradient, at),
        after=pair({name: rows[1] for name, rows in run.parameters.items()}),
        next_loss=run.losses[1].item(),
        jumps_over=ahead < 0,
        path=path,
    )


def bias_that_fits(W, x, y):
    """The b with which the line of weight W goes through the point (x, y)."""
    return y - W * x


class LineExplorer(Explorer):
    """The explorer of lesson 03. Buttons: ``on_step``, ``on_steps`` and ``on_reset``."""

    x_limits, y_limits = (-2.2, 2.2), (-4.0, 8.0)
    W_limits, b_limits = (-1.0, 5.0), (-1.0, 3.0)
    levels = np.arange(0.5, 30, 2)
    problems = {"one point": weight_and_bias, "two points": two_points}  # noqa: RUF012

    def __init__(self, gradient=None):
        self.gradient, self.report = held_against(gradient, two_points)
        self.path = ()
        self.contours = {count: self._contours(p.at) for count, p in self.problems.items()}
        W, b = pair(weight_and_bias.at)
        controls = {
            "W": slider("weight W", round(W, 6), *self.W_limits, 0.1),
            "b": slider("bias b", round(b, 6), *self.b_limits, 0.1),
            "learning_rate": slider(
                "learning rate η", weight_and_bias.learning_rate, 0, 0.6, 0.005, ".3f"
            ),
            "points": menu("data", list(self.problems)),
            "step": button("Take a step", "Moves W and b by −η times their gradients"),
            "steps": button(f"Take {MANY} steps", f"Does the same {MANY} times"),
            "reset": button("Reset", "Puts everything back to where it began"),
        }
        super().__init__(controls, *self._figure(), seldom=["contours"])

    def _contours(self, at):
        W, b = (np.linspace(*limits, 81) for limits in (self.W_limits, self.b_limits))
        X, Y = (at[name].numpy() for name in "XY")
        losses = squared_residuals(*np.meshgrid(W, b), X, Y).sum(axis=-1)
        return plots.contour_lines(W, b, losses, self.levels)

    def _figure(self):
        figure = Figure(figsize=(9, 3.9), dpi=100)
        left, right = figure.subplots(1, 2, width_ratios=(0.82, 1))
        figure.subplots_adjust(left=0.07, right=0.985, top=0.81, bottom=0.145, wspace=0.2)

        plots.label_axes(left, x="input x", y="target y, prediction ŷ")
        plots.plot_prediction(self.x_limits, self.x_limits, ax=left, label="ŷ = W·x + b")
        plots.plot_residuals([], [], [], ax=left)
        left.plot([], [], "o", color=COLOURS["prediction"], ms=7, zorder=5, gid="predicted")
        plots.plot_data([], [], ax=left)
        left.set(xlim=self.x_limits, ylim=self.y_limits)
        plots.add_legend(left, columns=2)

        plots.label_axes(right, x="weight W", y="bias b")
        style = {"color": COLOURS["prediction"], "ls": "--", "lw": 1.8}
        right.plot([], [], label="fits a point", gid="fit", **style)
        plots.plot_contour_lines([0, 1], [0, 1], np.zeros((2, 2)), [], ax=right)
        plots.plot_path([], [], ax=right)
        plots.plot_point([], [], ax=right, label="W and b now")
        plots.plot_arrow((0, 0), (1, 1), role="gradient", ax=right)
        dashes = {"color": COLOURS["gradient"], "lw": 2, "ls": (0, (3, 1.5))}
        right.plot([], [], marker=">", label="gradient", **dashes)
        plots.plot_arrow((0, 0), (1, 1), role="step", ax=right)
        plots.plot_next(ax=right, label="next W, b")
        right.set(xlim=self.W_limits, ylim=self.b_limits, aspect="equal")
        plots.add_legend(right)

        moving = plots.artists(left, right)
        moving["gradient"].set(arrowstyle="->", linestyle=dashes["ls"], zorder=5)
        moving["point"].set(clip_on=False, markersize=7.5, zorder=8)
        moving["next"].set(markersize=7.5, zorder=7)
        return figure, moving

    def reader_moved(self, name):
        if name != "learning_rate":
            self.path = ()

    def on_step(self, _button=None):
        """Moves W and b by one step."""
        self._walk(1)

    def on_steps(self, _button=None):
        """Moves W and b by several steps."""
        self._walk(MANY)

    def _walk(self, steps):
        problem = self.problems[self.state.points]
        run = descend(
            problem.loss,
            wrt=problem.wrt,
            at=arguments(problem, *self.state.place),
            learning_rate=self.state.learning_rate,
            steps=steps,
            gradient=problem.gradient,
        )
        places = list(zip(*(run.parameters[n].flatten().tolist() for n in "Wb"), strict=True))
        self.path = (*self.path, *places[:-1])[-LONGEST_PATH:]
        W, b = places[-1]
        self.move(W=W, b=b)

    def on_reset(self, _button=None):
        self.path = ()
        super().on_reset()

    def compute(self, values):
        problem = self.problems[values["points"]]
        return line_state(problem, self.gradient, self.path, **values)

    def draw(self, state):
        a, right = self.artists, self.artists["point"].axes
        x, y = (self.problems[state.points].at[name].flatten().numpy() for name in "XY")
        a["prediction"].set_ydata(np.array(self.x_limits) * state.W + state.b)
        a["residual"].set_data(*plots.residual_lines(x, y, state.predictions))
        a["predicted"].set_data(x, state.predictions)
        a["data"].set_data(x, y)

        a["contours"].set_data(*self.contours[state.points])
        a["fit"].set_data(*self._pairs_that_fit(x, y))
        a["path"].set_data(*zip(*(*state.path, state.place), strict=True))
        point = plots.inside(right, state.place)
        a["point"].set_data([point[0]], [point[1]])
        a["point"].set_marker("o" if point == state.place else "D")
        uphill = tuple(np.add(state.place, state.slopes.by_autograd))
        for name, tip, head in (("gradient", uphill, "->"), ("step", state.after, "-|>")):
            end = plots.aim_arrow(a[name], point, tip, head)
            a[name].set_visible(point == state.place and math.dist(point, end) > 0.02)
        a["next"].set_data([state.after[0]], [state.after[1]])
        a["next"].set_visible(a["step"].get_visible())

    def _pairs_that_fit(self, x, y):
        """A straight line over W for each data point, with a gap behind each."""
        ends = np.array([*self.W_limits, np.nan])
        biases = [bias_that_fits(ends, *point) for point in zip(x, y, strict=True)]
        return np.tile(ends, len(x)), np.concatenate(biases)

    def describe(self, state):
        data = "the data point" if state.points == "one point" else "the two data points"
        picture = (
            f"Left, {data} and the line ŷ = {short(state.W)} · x + {short(state.b)}. Right, the "
            f"loss over W and b as contours, {_SHAPES[state.points]}: at W = {short(state.W)}, "
            f"b = {short(state.b)} the loss is {short(state.loss)}, and the next step leads to "
            f"W = {short(state.after[0])}, b = {short(state.after[1])}."
        )
        readings = (
            Reading("W", "weight W", decimals(state.W)),
            Reading("b", "bias b", decimals(state.b)),
            Reading("sum", "W + b", decimals(state.W + state.b)),
            Reading("difference", "W − b", decimals(state.W - state.b)),
            Reading("loss", "loss", decimals(state.loss), "loss"),
            *state.slopes.readings(),
            Reading("next_W", "next W", decimals(state.after[0]), "step"),
            Reading("next_b", "next b", decimals(state.after[1]), "step"),
        )
        return Words(picture, readings, " ".join(self._notices(state)))

    def _notices(self, state):
        yield _what_the_step_does(state)
        right = self.artists["point"].axes
        if plots.inside(right, state.place) != state.place:
            yield "W and b are outside the picture: the diamond at its edge shows where."
        yield from remarks(self.report)


def explore_line(gradient=None):
    """Sliders for W, b and the learning rate, over the loss of a line for one point or for two.

    Args:
        gradient: your own derivatives of the summed loss, a function of W, b, X and Y that
            returns one by W and one by b. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return LineExplorer(gradient)


_SHAPES = {"one point": "a straight valley", "two points": "a round bowl"}
_BOTTOMS = {
    "one point": "this pair fits the point, and so does every other pair on the dashed line.",
    "two points": "this is the bottom of the bowl, the one pair that fits both points.",
}


def _what_the_step_does(state):
    if not all(map(math.isfinite, (*state.place, state.loss))):
        return "W and b have grown beyond every number: this descent has diverged."
    if max(map(abs, state.slopes.by_autograd)) < 1e-9:
        return f"Both gradients are 0: {_BOTTOMS[state.points]}"
    if state.learning_rate == 0:
        return "With a learning rate of 0 the step has no length."
    falls = f"the loss goes from {short(state.loss)} to {short(state.next_loss)}"
    bottom = "valley" if state.points == "one point" else "bottom"
    if state.next_loss < 1e-18:
        return f"The step lands in the {bottom}, where the loss is 0."
    if not state.jumps_over:
        return f"The step goes against the gradient, straight towards the {bottom}: {falls}."
    if state.next_loss < state.loss * (1 - 1e-9):
        return f"The step jumps over the {bottom}, yet lands lower: {falls}."
    if state.next_loss <= state.loss * (1 + 1e-9):
        return f"The step jumps over the {bottom}, to the same height on the other side."
    return f"The step jumps over the {bottom} and lands higher: {falls}. It diverges."
