"""Lesson 02: the slope of y = x² + 2x + 1, as a tangent and as a function of its own."""

import math
from functools import cached_property

import numpy as np

from helpers.compute.problems import slope
from helpers.compute.slopes import slope_at
from helpers.compute.texts import short
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients, side_by_side
from helpers.explorers.phrases import course
from helpers.show import plots
from helpers.show.controls import Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

LOW, HIGH, CROSSES = -5, 3, 17
X_LIMITS = (-5.6, 4.2)


class SlopeExplorer(Explorer):
    """The explorer of lesson 02: left the function with its tangent, right its slope over x."""

    problem = slope
    controls = {"x": Slider("x", slope.at["x"], LOW, HIGH)}
    panels = (
        Panel("x", "y", X_LIMITS, (-3, 17), settings={"yticks": [0, 5, 10, 15]}),
        Panel("x", "slope of y", X_LIMITS, (-10, 11)),
    )
    picture = (
        "Left, the curve y = x² + 2x + 1 with its tangent at x = {x}, where y = {y}: it "
        "{course}. Right, the slope over x, a straight line, with a point at ({x}, "
        "{by_autograd}){crosses}."
    )
    readings = (
        Reading("x", "x"),
        Reading("y", "y", "loss"),
        *both_gradients("slope", role_by_hand="data"),
    )

    def compute(self, x):
        return slope_at(self.problem, x)

    def phrases(self, state):
        return {
            "course": course(state.by_autograd),
            "crosses": self.where_crosses_lie,
            "rise": short(abs(state.by_autograd)),
        }

    def notices(self, state):
        if state.by_autograd == 0:
            yield "The slope is 0: the tangent lies flat, at the lowest point of the curve."
        else:
            way = "up" if state.by_autograd > 0 else "down"
            yield f"One to the right, the tangent goes {{rise}} {way}."

    @cached_property
    def slopes_by_hand(self):
        """Parts of the state at a few places, with the slope by hand and by autograd."""
        states = [slope_at(self.problem, x) for x in np.linspace(LOW, HIGH, CROSSES).tolist()]
        return [side_by_side(self.by_hand(state), state.gradient) for state in states]

    @cached_property
    def where_crosses_lie(self):
        """What the picture shows of the slope by hand, as the end of a sentence."""
        agree = [slope["agree"] for slope in self.slopes_by_hand]
        if set(agree) == {None}:
            return ""
        return " and crosses on it" if all(agree) else ", and crosses that leave it"

    def draw_still(self, state, left, right):
        for ax in left, right:
            plots.plot_level(0, ax=ax)
        plots.plot_function(self.problem.loss, ax=left, label="y")
        xs = np.linspace(*X_LIMITS, 99)
        slopes = [slope_at(self.problem, x).gradient[0] for x in xs.tolist()]
        plots.plot_slope(xs, slopes, ax=right, label="by autograd")
        by_hand = [slope["by_hand"] for slope in self.slopes_by_hand]
        by_hand = [math.nan if slope is None else slope for slope in by_hand]
        xs = np.linspace(LOW, HIGH, CROSSES)
        plots.plot_slope(xs, by_hand, ax=right, label="by hand", by_hand=True)

    def draw(self, state, left, right):
        x, y, by_autograd = state.x, state.y, state.by_autograd
        plots.plot_tangent(x, y, by_autograd, ax=left, label="tangent")
        rise = {"gid": "rise", "role": "gradient", "lw": 1.2, "label": "1 to the right"}
        plots.plot_line([x, x + 1, x + 1], [y, y, y + by_autograd], ax=left, **rise)
        plots.plot_point(x, y, ax=left)
        plots.plot_point(x, by_autograd, ax=right, gid="slope_point", role="gradient")


def explore_slope(gradient=None):
    """A slider for x along y = x² + 2x + 1, with the tangent and the slope.

    Args:
        gradient: your own derivative of y by x, a function of x. It is shown beside autograd's,
            whatever it gives.

    Returns:
        Explorer
    """
    return SlopeExplorer(gradient)
