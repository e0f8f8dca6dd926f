"""Lesson 07: one neuron, the line with its bend, and the slope that multiplies on the way back."""

import numpy as np
import torch

from helpers.compute.bends import ACTIVATIONS, NEURONS, bend_at, one_sample
from helpers.compute.steps import NOTHING
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients
from helpers.explorers.phrases import falls
from helpers.show import plots
from helpers.show.controls import Button, Menu, Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading


def after_a_step(**values):
    """What a step makes of w and b."""
    return dict(zip("wb", bend_at(**values)[1].end, strict=True))


class BendExplorer(Explorer):
    """The explorer of lesson 07."""

    problem, still_follows = one_sample, ("activation",)
    controls = {
        "w": Slider("weight w", 2.0, -3, 3),
        "b": Slider("bias b", -1.0, -8, 8),
        "x": Slider("input x", 3.0, -4, 4),
        "y": Slider("target y", 3.0, -2, 8),
        "learning_rate": Slider("learning rate η", 0.03, 0, 0.5, 0.005),
        "activation": Menu("activation", tuple(ACTIVATIONS)),
        "step": Button("Take a step", "Moves w and b by −η times the gradient", after_a_step),
    }
    panels = (
        Panel("input x", "target y, prediction ŷ", (-4.2, 4.2), (-2.4, 8.4)),
        Panel("z = w·x + b", "slope of the bend", (-8, 8), (-0.08, 1.15)),
    )
    picture = (
        "Left, a neuron with {activation} over the input, with z = 0 at x = {corner}: at x = {x} "
        "it predicts {prediction}, and the target is {y}. Right, the slope of the bend over z: at "
        "z = {z} it is {slope}. The next step leads to w = {end.0}, b = {end.1}."
    )
    readings = (
        Reading("z", "z = w·x + b"),
        Reading("prediction", "prediction ŷ", "prediction"),
        Reading("loss", "loss", "loss"),
        Reading("arrives", "comes back to ŷ: 2(ŷ − y)", "gradient"),
        Reading("slope", "times the slope at z"),
        Reading("passes", "comes back to z", "gradient"),
        *both_gradients("dL/dw", "dL/db"),
        Reading("end.0", "next w", "step"),
        Reading("end.1", "next b", "step"),
        Reading("corner", "z = 0 at x"),
    )
    sentences = {
        "diverged": "w and b have grown beyond every number: this descent has diverged.",
        "flat": "Both gradients are {nothing}.",
        "no length": "With a learning rate of 0 the step has no length.",
        "lands": "The step lands where {landed}.",
        "towards": "The step goes towards the target: {falls}.",
        "lower": "The step goes past the target, yet lands nearer: {falls}.",
        "level": "The step goes past the target and lands as far from it as before.",
        "higher": "The step goes past the target and lands further away: {falls}.",
    }

    def compute(self, **values):
        return bend_at(**values)

    def by_hand(self, state):
        """The derivative by hand is that of relu; for another bend, the one of its problem."""
        if state.activation == "relu":
            return super().by_hand(state)
        if self.report is not None:
            return None
        return tuple(part.item() for part in NEURONS[state.activation].gradient(**state.at))

    def phrases(self, state):
        meets, flat = "the prediction meets the target", "the bend is all but flat"
        at_rest = f"0: {meets}", f"next to 0: {flat} at this z, and no step leads away"
        return {
            "nothing": at_rest[state.loss > NOTHING],
            "landed": f"{flat}, and no step leads on" if state.next_loss > NOTHING else meets,
            "falls": falls(state),
        }

    def notices(self, state):
        is_relu = state.activation == "relu"
        if is_relu and state.slope == 0 and state.residual:
            yield (
                "z is not above 0: the neuron is off for this sample. The slope is 0, so both "
                "gradients are 0, and no step leads away from here."
            )
        elif is_relu and state.next_z <= 0 and state.y != 0:
            yield "The step leads to z = {next_z}: there the neuron is off, and no step leads back."
        else:
            yield from super().notices(state)

    def draw_still(self, state, left, right):
        grid = torch.linspace(*right.get_xlim(), 161, dtype=torch.float64)
        slopes = ACTIVATIONS[state.activation].slope(grid)
        if state.activation == "relu":
            slopes[80] = torch.nan  # the corner, where there is none
        plots.plot_slope(grid, slopes, ax=right, label="slope")

    def draw(self, state, left, right):
        bend = ACTIVATIONS[state.activation].function
        xs = np.linspace(*left.get_xlim(), 241)
        w, b = state.end
        style = {"gid": "next prediction", "role": "step", "lw": 1.4, "ls": "--"}
        plots.plot_line(xs, bend(torch.tensor(w * xs + b)), ax=left, label="next ŷ", **style)
        plots.plot_prediction(xs, bend(torch.tensor(state.w * xs + state.b)), ax=left, label="ŷ")
        plots.plot_residuals(state.x, state.y, state.prediction, ax=left, label="ŷ − y")
        plots.plot_predicted(state.x, state.prediction, ax=left)
        corner = np.nan if state.corner == "none" else state.corner
        style = {"gid": "corner", "role": "path", "ls": "", "marker": "^", "ms": 9, "zorder": 6}
        plots.plot_line(corner, bend(torch.tensor(0.0)), ax=left, label="z = 0", **style)
        plots.plot_data(state.x, state.y, ax=left)

        style = {"gid": "down", "role": "gradient", "lw": 1, "ls": ":"}
        plots.plot_line((state.z, state.z), (0, state.slope), ax=right, **style)
        plots.plot_point(state.z, state.slope, ax=right, role="gradient", label="at this z")
        slope = ACTIVATIONS[state.activation].slope(torch.tensor(state.next_z))
        plots.plot_next(state.next_z, slope, ax=right, label="after the step", zorder=4)


def explore_bend(gradient=None):
    """Sliders for one neuron on one sample, with a menu for its activation.

    Args:
        gradient: your own derivatives of (relu(w·x + b) - y)², a function of w, b, x and y that
            returns one by w and one by b. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return BendExplorer(gradient)
