"""Lesson 02: the slope of y = x² + 2x + 1, as a tangent and as a function of its own."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from helpers.checks.by_hand import alike, gradient_by_hand
from helpers.compute.gradients import as_tensors, autograd_gradient, evaluate
from helpers.compute.problems import slope
from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.explorers.readers import held_against, remarks
from helpers.show import plots
from helpers.show.colours import COLOURS
from helpers.show.controls import button, slider
from helpers.show.words import Reading, Words, agreement, number_or_none


@dataclass(frozen=True)
class SlopeState:
    """A function's value at x, and its slope there by hand and by autograd."""

    x: float
    y: float
    by_hand: float | None
    by_autograd: float

    @property
    def agree(self):
        """None where there is no slope by hand."""
        if self.by_hand is None:
            return None
        return alike(self.by_hand, self.by_autograd)


def slope_at(problem, gradient, x):
    """The ``SlopeState`` at x. ``gradient`` may be anything that a reader wrote."""
    at = as_tensors({"x": x})
    by_hand = gradient_by_hand(gradient, wrt="x", at=at)
    return SlopeState(
        x=x,
        y=evaluate(problem.loss, at).item(),
        by_hand=by_hand and by_hand["x"].item(),
        by_autograd=autograd_gradient(problem.loss, wrt="x", at=at)["x"].item(),
    )


class SlopeExplorer(Explorer):
    """The explorer of lesson 02: left the function with its tangent, right its slope over x."""

    x_range = (-5.0, 3.0)
    x_limits, y_limits, slope_limits = (-5.6, 4.2), (-3.0, 17.0), (-10.0, 11.0)

    def __init__(self, gradient=None):
        self.problem = slope
        self.gradient, self.report = held_against(gradient, slope)
        controls = {
            "x": slider("x", slope.at["x"], *self.x_range, 0.1),
            "reset": button("Reset", "Puts the slider back to where it began"),
        }
        figure, moving = self._figure()
        super().__init__(controls, figure, moving)

    def _figure(self):
        figure = Figure(figsize=(9, 3.7), dpi=100)
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.06, right=0.985, top=0.85, bottom=0.155, wspace=0.2)

        curve = self._states(np.linspace(*self.x_limits, 99))
        plots.label_axes(left, x="x", y="y")
        plots.plot_loss(*_columns(curve, "y"), ax=left, label="y")
        plots.plot_tangent(0, 0, 0, ax=left, label="tangent")
        left.plot([], [], color=COLOURS["gradient"], lw=1.2, label="1 to the right", gid="rise")
        plots.plot_point([], [], ax=left)
        left.set(xlim=self.x_limits, ylim=self.y_limits, yticks=[0, 5, 10, 15])
        plots.add_legend(left, columns=4)

        plots.label_axes(right, x="x", y="slope of y")
        plots.plot_slope(*_columns(curve, "by_autograd"), ax=right, label="by autograd")
        by_hand = self._states(np.linspace(*self.x_range, 17))
        self._crosses = _where_crosses_lie([state.agree for state in by_hand])
        plots.plot_slope(*_columns(by_hand, "by_hand"), ax=right, label="by hand", by_hand=True)
        plots.plot_point([], [], ax=right, gid="slope_point")
        plots.artists(right)["slope_point"].set_markerfacecolor(COLOURS["gradient"])
        right.set(xlim=self.x_limits, ylim=self.slope_limits)
        plots.add_legend(right)

        for ax in (left, right):
            ax.axhline(0, color=COLOURS["path"], lw=0.8)
        drawn = plots.artists(left, right)
        return figure, {n: drawn[n] for n in ("tangent", "rise", "point", "slope_point")}

    def _states(self, xs):
        return [slope_at(self.problem, self.gradient, x) for x in xs.tolist()]

    def compute(self, values):
        return slope_at(self.problem, self.gradient, values["x"])

    def draw(self, state):
        a, x, y, by_autograd = self.artists, state.x, state.y, state.by_autograd
        a["tangent"].set_data(*plots.tangent_ends(x, y, by_autograd))
        a["rise"].set_data([x, x + 1, x + 1], [y, y, y + by_autograd])
        a["point"].set_data([x], [y])
        a["slope_point"].set_data([x], [by_autograd])

    def describe(self, state):
        picture = (
            f"Left, the curve y = x² + 2x + 1 with its tangent at x = {short(state.x)}, "
            f"where y = {short(state.y)}: it {_course(state)}. Right, the slope over x, a straight "
            f"line, with a point at ({short(state.x)}, {short(state.by_autograd)}){self._crosses}."
        )
        readings = (
            Reading("x", "x", decimals(state.x)),
            Reading("y", "y", decimals(state.y), "loss"),
            Reading("by_hand", "slope by hand", number_or_none(state.by_hand), "data"),
            Reading("by_autograd", "slope by autograd", decimals(state.by_autograd), "gradient"),
            Reading("agree", "the two", agreement(state.agree)),
        )
        return Words(picture, readings, " ".join(self._notices(state)))

    def _notices(self, state):
        if state.by_autograd == 0:
            yield "The slope is 0: the tangent lies flat, at the lowest point of the curve."
        else:
            way = "up" if state.by_autograd > 0 else "down"
            yield f"One to the right, the tangent goes {short(abs(state.by_autograd))} {way}."
        yield from remarks(self.report)


def explore_slope(gradient=None):
    """A slider for x along y = x² + 2x + 1, with the tangent and the slope.

    Args:
        gradient: your own derivative of y by x, a function of x. It is shown beside autograd's,
            whatever it gives.

    Returns:
        Explorer
    """
    return SlopeExplorer(gradient)


def _columns(states, name):
    """The x and one other value of several states; NaN where there is none."""
    values = [getattr(state, name) for state in states]
    return [state.x for state in states], [math.nan if v is None else v for v in values]


def _where_crosses_lie(agreements):
    """What the picture shows of the slope by hand, as the end of a sentence."""
    if set(agreements) == {None}:
        return ""
    return " and crosses on it" if all(agreements) else ", and crosses that leave it"


def _course(state):
    if state.by_autograd == 0:
        return "lies flat"
    return f"{'rises' if state.by_autograd > 0 else 'falls'} to the right"
