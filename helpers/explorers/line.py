"""Lesson 03: a weight and a bias, the line that they make, and the loss over both of them."""

import numpy as np

from helpers.compute.problems import two_points, weight_and_bias
from helpers.compute.samples import biases_that_fit, fit_rows, losses_of_lines
from helpers.compute.steps import take_step
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients
from helpers.explorers.phrases import FALLS
from helpers.show import plots
from helpers.show.controls import Menu, Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

POINTS = {"one point": weight_and_bias, "two points": two_points}
LEVELS = np.arange(0.5, 30, 2)
DASHES = (0, (3, 1.5))
PHRASES = {
    "one point": {
        "data": "the data point",
        "shape": "a straight valley",
        "bottom": "valley",
        "here": "this pair fits the point, and so does every other pair on the dashed line.",
    },
    "two points": {
        "data": "the two data points",
        "shape": "a round bowl",
        "bottom": "bottom",
        "here": "this is the bottom of the bowl, the one pair that fits both points.",
    },
}


class LineExplorer(Explorer):
    """The explorer of lesson 03."""

    problem, walks, many, still_follows = two_points, ("W", "b"), 10, ("points",)
    controls = {
        "W": Slider("weight W", 2.3, -1, 5),
        "b": Slider("bias b", 1.4, -1, 3),
        "learning_rate": Slider("learning rate η", weight_and_bias.learning_rate, 0, 0.6, 0.005),
        "points": Menu("data", tuple(POINTS)),
    }
    panels = (
        Panel("input x", "target y, prediction ŷ", (-2.2, 2.2), (-4, 8), share=0.87),
        Panel("weight W", "bias b", (-1, 5), (-1, 3), settings={"aspect": "equal"}),
    )
    size = (9, 3.9)
    picture = (
        "Left, {data} and the line ŷ = {W} · x + {b}. Right, the loss over W and b as contours, "
        "{shape}: at W = {W}, b = {b} the loss is {loss}, and the next step leads to "
        "W = {next_W}, b = {next_b}."
    )
    readings = (
        Reading("W", "weight W"),
        Reading("b", "bias b"),
        Reading("sum", "W + b"),
        Reading("difference", "W − b"),
        Reading("loss", "loss", "loss"),
        *both_gradients("dL/dW", "dL/db"),
        Reading("next_W", "next W", "step"),
        Reading("next_b", "next b", "step"),
    )
    sentences = {
        "diverged": "W and b have grown beyond every number: this descent has diverged.",
        "flat": "Both gradients are 0: {here}",
        "no length": "With a learning rate of 0 the step has no length.",
        "lands": "The step lands in the {bottom}, where the loss is 0.",
        "towards": "The step goes against the gradient, straight towards the {bottom}: {falls}.",
        "lower": "The step jumps over the {bottom}, yet lands lower: {falls}.",
        "level": "The step jumps over the {bottom}, to the same height on the other side.",
        "higher": "The step jumps over the {bottom} and lands higher: {falls}. It diverges.",
    }

    def compute(self, points, learning_rate, W, b):
        step = take_step(POINTS[points], {"W": W, "b": b}, learning_rate)
        return {"sum": W + b, "difference": W - b}, fit_rows(**step.at), step

    def phrases(self, state):
        return {**PHRASES[state.points], "falls": FALLS}

    def draw_still(self, state, left, right):
        X, Y = state.at["X"], state.at["Y"]
        plots.plot_contours(lambda W, b: losses_of_lines(W, b, X, Y), LEVELS, ax=right)
        ends = np.array([*right.get_xlim(), np.nan])
        lines = np.tile(ends, len(X)), biases_that_fit(ends, X, Y).T
        style = {"gid": "fit", "role": "prediction", "ls": "--", "lw": 1.8}
        plots.plot_line(*lines, ax=right, label="fits a point", **style)

    def draw(self, state, left, right):
        ends, x = np.array(left.get_xlim()), state.at["X"]
        plots.plot_prediction(ends, state.W * ends + state.b, ax=left, label="ŷ = W·x + b")
        plots.plot_residuals(x, state.targets, state.predictions, ax=left)
        plots.plot_predicted(x, state.predictions, ax=left)
        plots.plot_data(x, state.targets, ax=left)

        here = state.W, state.b
        path = [past.start for past in (*state.path, state)]
        plots.plot_path(*zip(*path, strict=True), ax=right)
        plots.plot_point(*here, ax=right, label="W and b now", size=7.5, zorder=8)
        uphill = np.add(here, state.by_autograd)
        style = {"head": "->", "linestyle": DASHES, "zorder": 5}
        plots.plot_arrow(here, uphill, ax=right, role="gradient", label="gradient", **style)
        plots.plot_arrow(here, state.end, ax=right)
        plots.plot_next(*state.end, ax=right, label="next W, b", size=7.5, zorder=7)


def explore_line(gradient=None):
    """Sliders for W, b and the learning rate, over the loss of a line for one point or for two.

    Args:
        gradient: your own derivatives of the summed loss, a function of W, b, X and Y that
            returns one by W and one by b. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return LineExplorer(gradient)
