"""Lesson 01: one gradient step on (w·x - y)², for one sample."""

import numpy as np

from helpers.compute.problems import one_weight, squared_error
from helpers.compute.samples import fit_one
from helpers.compute.texts import short
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients
from helpers.explorers.phrases import FALLS, course, side
from helpers.show import plots
from helpers.show.controls import Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

BELOW = -0.6  # the height of the step, in units of the loss


class StepExplorer(Explorer):
    """The explorer of lesson 01."""

    problem, walks = one_weight, ("w",)
    controls = {
        "w": Slider("weight w", 1.0, -2, 5),
        "learning_rate": Slider("learning rate η", one_weight.learning_rate, 0, 1.5, 0.005),
        "x": Slider("input x", 1.0, -3, 3),
        "y": Slider("target y", 2.0, -5, 5),
    }
    panels = (
        Panel("weight w", "loss", (-2, 5), (-1.2, 10)),
        Panel("input x", "target y, prediction ŷ", (-3.4, 3.4), (-6, 6)),
    )
    picture = (
        "Left, the loss over the weight: the current w is {w} with loss {loss}, its tangent "
        "{course}, and the arrow leads to w = {next_w}. Right, the data point ({x}, {y}) and the "
        "line of predictions, which is {gap} it."
    )
    readings = (
        Reading("w", "weight w"),
        Reading("prediction", "prediction ŷ", "prediction"),
        Reading("residual", "residual ŷ − y", "loss"),
        Reading("loss", "loss", "loss"),
        *both_gradients("gradient"),
        Reading("next_w", "next w", "step"),
    )
    sentences = {
        "diverged": "The weight has grown beyond every number: this descent has diverged.",
        "flat": "The gradient is 0: this is the minimum, and a step goes nowhere.",
        "no length": "With a learning rate of 0 the step has no length.",
        "lands": "The step goes {way} and lands on the minimum.",
        "towards": "The step goes {way}, towards the minimum: {falls}.",
        "lower": "The step goes {way} and jumps over the minimum, yet lands lower: {falls}.",
        "level": "The step goes {way}, over the minimum, to the same height on the other side.",
        "higher": "The step goes {way}, over the minimum, and lands higher: {falls}. It diverges.",
    }

    def compute(self, w, x, y, learning_rate):
        return fit_one(w, x, y), super().compute(learning_rate, w=w, x=x, y=y)

    def phrases(self, state):
        return {
            "course": course(state.by_autograd),
            "gap": f"{short(abs(state.residual))} {side(state.residual)}",
            "way": "right" if state.next_w > state.w else "left",
            "falls": FALLS,
        }

    def notices(self, state):
        if state.x == 0 and state.outcome == "flat":
            yield "With x = 0 the prediction is 0 for every w: the loss is flat, its gradient is 0."
        else:
            yield from super().notices(state)

    def draw_still(self, state, left, right):
        plots.plot_level(0, ax=left)

    def draw(self, state, left, right):
        plots.plot_function(lambda w: squared_error(w, state.x, state.y), ax=left)
        plots.plot_tangent(state.w, state.loss, state.by_autograd, ax=left)
        path = [*state.path, state]
        plots.plot_path([past.w for past in path], [past.loss for past in path], ax=left)
        plots.plot_point(state.w, state.loss, ax=left, label="current w")
        plots.plot_arrow((state.w, BELOW), (state.next_w, BELOW), ax=left, label="step")
        plots.plot_next(state.next_w, state.next_loss, ax=left, label="next w")

        ends = np.array(right.get_xlim())
        plots.plot_prediction(ends, state.w * ends, ax=right)
        plots.plot_residuals(state.x, state.y, state.prediction, ax=right)
        plots.plot_predicted(state.x, state.prediction, ax=right)
        plots.plot_data(state.x, state.y, ax=right)


def explore_step(gradient=None, *, w=None, x=None, y=None, learning_rate=None):
    """Sliders for one gradient step on (w·x - y)².

    Args:
        gradient: your own derivative of the loss by w, a function of w, x and y. It is shown
            beside autograd's, whatever it gives.
        w, x, y, learning_rate: where it begins; those of lesson 01 where they are not given.

    Returns:
        Explorer
    """
    return StepExplorer(gradient).begin_at(w=w, x=x, y=y, learning_rate=learning_rate)
