"""Notebook 00: one slider, one line, one point to meet."""

import numpy as np

from helpers.compute.samples import fit_one
from helpers.compute.texts import short
from helpers.explorers.base import Explorer
from helpers.explorers.phrases import side
from helpers.show import plots
from helpers.show.controls import Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

X, Y = 3.0, 6.0


class WeightExplorer(Explorer):
    """The explorer of notebook 00."""

    controls = {"w": Slider("weight w", 1.0, -0.2, 2.4)}
    panels = (Panel("input x", "target y, prediction ŷ", (0, 4), (-1, 10)),)
    size = (6.4, 3.6)
    picture = f"The line ŷ = {{w}} · x passes {{where}} at x = {short(X)}, y = {short(Y)}."
    readings = (
        Reading("w", "weight w"),
        Reading("prediction", "prediction ŷ", "prediction"),
        Reading("residual", "prediction − target", "loss"),
    )

    def compute(self, w):
        return fit_one(w, X, Y)

    def phrases(self, state):
        gap = short(abs(state.residual))
        if gap == "0":
            return {"where": "through the point", "meets": "The line meets the point."}
        return {"where": f"{gap} {side(state.residual)} the point", "meets": ""}

    def notices(self, state):
        yield "{meets}"

    def draw_still(self, state, ax):
        plots.plot_data(X, Y, ax=ax, label="the point")

    def draw(self, state, ax):
        ends = np.array(ax.get_xlim())
        plots.plot_prediction(ends, state.w * ends, ax=ax)
        plots.plot_residuals(X, Y, state.prediction, ax=ax, label="prediction − target")


def explore_weight():
    """A slider for the weight of the line ŷ = w·x, beside one point to meet."""
    return WeightExplorer()
