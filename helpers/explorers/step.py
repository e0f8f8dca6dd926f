"""Lesson 01: one gradient step on (w·x - y)², for one sample."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from helpers.checks.by_hand import alike, gradient_by_hand
from helpers.compute.descent import step
from helpers.compute.gradients import as_tensors, autograd_gradient, evaluate
from helpers.compute.problems import one_weight
from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.explorers.readers import held_against, remarks
from helpers.show import plots
from helpers.show.colours import COLOURS
from helpers.show.controls import button, slider
from helpers.show.words import Reading, Words, agreement, number_or_none, side


@dataclass(frozen=True)
class StepState:
    """One gradient step on (w·x - y)², and the weights that earlier steps have been to."""

    w: float
    x: float
    y: float
    learning_rate: float
    prediction: float
    loss: float
    by_hand: float | None
    by_autograd: float
    agree: bool | None
    next_w: float
    next_loss: float
    path: tuple[float, ...] = ()

    @property
    def residual(self):
        return self.prediction - self.y

    @property
    def next_residual(self):
        return self.next_w * self.x - self.y


def one_step(problem, gradient, path, *, w, x, y, learning_rate):
    """The ``StepState`` at these numbers. ``gradient`` may be anything that a reader wrote."""
    at = as_tensors({"w": w, "x": x, "y": y})
    by_autograd = autograd_gradient(problem.loss, wrt="w", at=at)["w"].item()
    by_hand = gradient_by_hand(gradient, wrt="w", at=at)
    by_hand = by_hand and by_hand["w"].item()
    next_w = step(w, by_autograd, learning_rate)
    return StepState(
        w=w,
        x=x,
        y=y,
        learning_rate=learning_rate,
        prediction=w * x,
        loss=evaluate(problem.loss, at).item(),
        by_hand=by_hand,
        by_autograd=by_autograd,
        agree=None if by_hand is None else alike(by_hand, by_autograd),
        next_w=next_w,
        next_loss=evaluate(problem.loss, as_tensors({"w": next_w, "x": x, "y": y})).item(),
        path=path,
    )


class StepExplorer(Explorer):
    """The explorer of lesson 01. Buttons: ``on_step`` and ``on_reset``."""

    w_limits, loss_limits = (-2.0, 5.0), (-1.2, 10.0)
    x_limits, y_limits = (-3.4, 3.4), (-6.0, 6.0)
    arrow_height = -0.6

    def __init__(self, gradient=None):
        self.problem = one_weight
        self.gradient, self.report = held_against(gradient, one_weight)
        self.path = ()
        start = one_weight.at
        controls = {
            "w": slider("weight w", start["w"], -2, 5, 0.1),
            "learning_rate": slider(
                "learning rate η", one_weight.learning_rate, 0, 1.5, 0.005, readout_format=".3f"
            ),
            "x": slider("input x", start["x"], -3, 3, 0.1),
            "y": slider("target y", start["y"], -5, 5, 0.1),
            "step": button("Take a step", "Moves w by −η times the gradient"),
            "reset": button("Reset", "Puts every slider back to where it began"),
        }
        super().__init__(controls, *self._figure())

    def _figure(self):
        figure = Figure(figsize=(9, 3.7), dpi=100)
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.07, right=0.985, top=0.85, bottom=0.155, wspace=0.22)

        plots.label_axes(left, x="weight w", y="loss")
        plots.plot_loss(self._grid(), self._grid(), ax=left, label="_loss")
        plots.plot_tangent(0, 0, 0, ax=left)
        plots.plot_path([], [], ax=left)
        plots.plot_point([], [], ax=left, label="current w")
        plots.plot_step(0, 1, self.arrow_height, ax=left, label="step")
        plots.plot_next(ax=left, label="next w")
        moving = plots.artists(left)
        for name in ("point", "next", "step"):
            moving[name].set_clip_on(False)
        left.axhline(0, color=COLOURS["path"], lw=0.8)
        left.set(xlim=self.w_limits, ylim=self.loss_limits)
        plots.add_legend(left)

        plots.label_axes(right, x="input x", y="target y, prediction ŷ")
        plots.plot_prediction(self.x_limits, self.x_limits, ax=right)
        plots.plot_residuals([], [], [], ax=right)
        right.plot([], [], "o", color=COLOURS["prediction"], ms=7, zorder=5, gid="predicted")
        plots.plot_data([], [], ax=right)
        right.set(xlim=self.x_limits, ylim=self.y_limits)
        plots.add_legend(right)

        return figure, {**moving, **plots.artists(right)}

    def _grid(self):
        return np.linspace(*self.w_limits, 161)

    def reader_moved(self, name):
        if name == "w":
            self.path = ()

    def on_step(self, _button=None):
        """Replaces w by w − η·gradient."""
        self.path = (*self.path, self.state.w)[-50:]
        self.move(w=self.state.next_w)

    def on_reset(self, _button=None):
        self.path = ()
        super().on_reset()

    def compute(self, values):
        return one_step(self.problem, self.gradient, self.path, **values)

    def draw(self, state):
        a, grid = self.artists, self._grid()
        path = np.array((*state.path, state.w))
        a["loss"].set_ydata(self.problem.loss(grid, state.x, state.y))
        a["path"].set_data(path, self.problem.loss(path, state.x, state.y))
        a["tangent"].set_data(*plots.tangent_ends(state.w, state.loss, state.by_autograd))
        edge_w, edge_loss = self._at_edge(state.w, state.loss)
        a["point"].set_data([edge_w], [edge_loss])
        a["point"].set_marker("o" if (edge_w, edge_loss) == (state.w, state.loss) else "D")
        next_w, next_loss = self._at_edge(state.next_w, state.next_loss)
        a["next"].set_data([next_w], [next_loss])
        a["step"].set_positions((edge_w, self.arrow_height), (next_w, self.arrow_height))
        a["step"].set_visible(abs(next_w - edge_w) > 0.02)
        a["prediction"].set_ydata(np.array(self.x_limits) * state.w)
        a["residual"].set_data(*plots.residual_lines(state.x, state.y, state.prediction))
        a["predicted"].set_data([state.x], [state.prediction])
        a["data"].set_data([state.x], [state.y])

    def _at_edge(self, w, loss):
        return _clip(w, *self.w_limits), _clip(loss, *self.loss_limits)

    def describe(self, state):
        slope = "falls to the right" if state.by_autograd < 0 else "rises to the right"
        slope = "lies flat" if state.by_autograd == 0 else slope
        picture = (
            f"Left, the loss over the weight: the current w is {short(state.w)} "
            f"with loss {short(state.loss)}, its tangent {slope}, and the arrow leads to "
            f"w = {short(state.next_w)}. Right, the data point ({short(state.x)}, "
            f"{short(state.y)}) and the line of predictions, which is "
            f"{short(abs(state.residual))} {side(state.residual)} it."
        )
        readings = (
            Reading("w", "weight w", decimals(state.w)),
            Reading("prediction", "prediction ŷ", decimals(state.prediction), "prediction"),
            Reading("residual", "residual ŷ − y", decimals(state.residual), "loss"),
            Reading("loss", "loss", decimals(state.loss), "loss"),
            Reading("by_hand", "gradient by hand", number_or_none(state.by_hand), "gradient"),
            Reading("by_autograd", "gradient by autograd", decimals(state.by_autograd), "gradient"),
            Reading("agree", "the two", agreement(state.agree)),
            Reading("next_w", "next w", decimals(state.next_w), "step"),
        )
        return Words(picture, readings, " ".join(self._notices(state)))

    def _notices(self, state):
        yield _what_the_step_does(state)
        if self._at_edge(state.w, state.loss) != (state.w, state.loss):
            yield "The point is outside the picture: the diamond at its edge shows where."
        yield from remarks(self.report)


def explore_step(gradient=None):
    """Sliders for one gradient step on (w·x - y)².

    Args:
        gradient: your own derivative of the loss by w, a function of w, x and y. It is shown
            beside autograd's, whatever it gives.

    Returns:
        Explorer
    """
    return StepExplorer(gradient)


def _what_the_step_does(state):
    if not (math.isfinite(state.w) and math.isfinite(state.loss)):
        return "The weight has grown beyond every number: this descent has diverged."
    if state.x == 0:
        return "With x = 0 the prediction is 0 for every w: the loss is flat, its gradient is 0."
    if abs(state.by_autograd) < 1e-9:
        return "The gradient is 0: this is the minimum, and a step goes nowhere."
    if state.learning_rate == 0:
        return "With a learning rate of 0 the step has no length."
    way = "right" if state.next_w > state.w else "left"
    falls = f"the loss goes from {short(state.loss)} to {short(state.next_loss)}"
    if abs(state.next_residual) < 1e-9:
        return f"The step goes {way} and lands on the minimum."
    if state.next_residual * state.residual > 0:
        return f"The step goes {way}, towards the minimum: {falls}."
    if state.next_loss < state.loss * (1 - 1e-9):
        return f"The step goes {way} and jumps over the minimum, yet lands lower: {falls}."
    if state.next_loss <= state.loss * (1 + 1e-9):
        return f"The step goes {way}, over the minimum, to the same height on the other side."
    return f"The step goes {way}, over the minimum, and lands higher: {falls}. It diverges."


def _clip(value, low, high):
    return low if math.isnan(value) else min(max(value, low), high)
