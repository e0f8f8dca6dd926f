"""Notebook 00: one slider, one line, one point to meet."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.show import plots
from helpers.show.controls import button, slider
from helpers.show.words import Reading, Words, side


@dataclass(frozen=True)
class WeightState:
    """The prediction w·x for one sample, and how far it is from its target."""

    w: float
    x: float
    y: float

    @property
    def prediction(self):
        return self.w * self.x

    @property
    def residual(self):
        return self.prediction - self.y


class WeightExplorer(Explorer):
    """The explorer of notebook 00: one slider, one line, one point."""

    x_limits, y_limits = (0.0, 4.0), (-1.0, 10.0)

    def __init__(self, x=3.0, y=6.0):
        self.x, self.y = x, y
        controls = {
            "w": slider("weight w", 1.0, -0.2, 2.4, 0.1),
            "reset": button("Reset", "Puts the slider back to where it began"),
        }
        super().__init__(controls, *self._figure())

    def _figure(self):
        figure = Figure(figsize=(6.4, 3.6), dpi=100)
        ax = figure.subplots()
        figure.subplots_adjust(left=0.09, right=0.98, top=0.9, bottom=0.15)
        plots.label_axes(ax, x="input x", y="target y, prediction ŷ")
        plots.plot_prediction(self.x_limits, self.x_limits, ax=ax)
        plots.plot_residuals([], [], [], ax=ax, label="prediction − target")
        plots.plot_data([self.x], [self.y], ax=ax, label="the point")
        ax.set(xlim=self.x_limits, ylim=self.y_limits)
        plots.add_legend(ax)
        return figure, plots.artists(ax)

    def compute(self, values):
        return WeightState(values["w"], self.x, self.y)

    def draw(self, state):
        ends = np.array(self.x_limits)
        self.artists["prediction"].set_data(ends, state.w * ends)
        residual = plots.residual_lines(state.x, state.y, state.prediction)
        self.artists["residual"].set_data(*residual)

    def describe(self, state):
        gap = short(abs(state.residual))
        where = "through the point" if gap == "0" else f"{gap} {side(state.residual)} the point"
        picture = (
            f"The line ŷ = {short(state.w)} · x passes {where} "
            f"at x = {short(state.x)}, y = {short(state.y)}."
        )
        readings = (
            Reading("w", "weight w", decimals(state.w)),
            Reading("prediction", "prediction ŷ", decimals(state.prediction), "prediction"),
            Reading("residual", "prediction − target", decimals(state.residual), "loss"),
        )
        return Words(picture, readings, "The line meets the point." if gap == "0" else "")


def explore_weight():
    """A slider for the weight of the line ŷ = w·x, beside one point to meet."""
    return WeightExplorer()
