"""Lesson 05: two weights and a batch, each sample's gradient beside their mean, and the shapes."""

import numpy as np
import torch

from helpers.compute.problems import students, two_features
from helpers.compute.samples import fit_rows, losses_of_pairs, pulls
from helpers.compute.steps import take_step
from helpers.explorers.base import Explorer
from helpers.explorers.phrases import FALLS
from helpers.explorers.state import as_text
from helpers.show import plots
from helpers.show.colours import NORMAL
from helpers.show.controls import Slider
from helpers.show.matrices import plot_cells, plot_numbers
from helpers.show.panels import Panel
from helpers.show.words import Reading

MOST_SAMPLES = 3
LEVELS = (0.02, 0.1, 0.34, 1, 2, 4, 7, 11, 16, 24, 34)
REACH = 0.5  # of a gradient's length
ABOVE, BELOW = 2.0, 8.2  # the tops of the two rows of matrices
ALONE = "The gradient of the one sample is 0: nothing moves."
TOGETHER = "The mean gradient is 0: the samples pull no longer, or their pulls cancel."


class BatchExplorer(Explorer):
    """The explorer of lesson 05."""

    problem, walks, many = two_features, ("w1", "w2"), 10
    keeps_path, still_follows = ("learning_rate", "sample"), ("samples", "sample")
    controls = {
        "w1": Slider("weight W₁", 1.0, -1, 3, 0.05),
        "w2": Slider("weight W₂", 1.0, -1, 2.5, 0.05),
        "learning_rate": Slider("learning rate η", two_features.learning_rate, 0, 0.4, 0.005),
        "samples": Slider("samples N", 2, 1, MOST_SAMPLES, 1),
        "sample": Slider("marked sample", 2, 1, MOST_SAMPLES, 1),
    }
    panels = (
        Panel("weight W₁ (hours)", "weight W₂ (water)", (-1, 3), (-1, 2.5), 0.84, {"aspect": 1}),
        Panel(xlim=(0.1, 8.4), ylim=(11.9, 0)),
    )
    size = (9, 4.1)
    picture = (
        "Left, the plane of the two weights with lines of equal loss: at W = {start} the "
        "gradients, drawn at half their length, are {listed}; their mean is {gradient}, and the "
        "next step leads to {end}. Right, X of shape ({samples}, 2) times W (2, 1) is ŷ "
        "({samples}, 1), and 2/{samples} times Xᵀ (2, {samples}) times ŷ − Y ({samples}, 1) is "
        "the gradient (2, 1). The shaded cells are those of sample {sample}."
    )
    readings = (
        Reading("w1", "W₁"),
        Reading("w2", "W₂"),
        Reading("its_prediction", "ŷ of sample {sample}", "prediction"),
        Reading("its_residual", "its residual", "loss"),
        Reading("its_gradient.0", "its ∂L/∂W₁", "gradient"),
        Reading("its_gradient.1", "its ∂L/∂W₂", "gradient"),
        Reading("by_autograd.0", "mean ∂L/∂W₁", "gradient"),
        Reading("by_autograd.1", "mean ∂L/∂W₂", "gradient"),
        Reading("by_hand.0", "by hand ∂L/∂W₁", "gradient"),
        Reading("by_hand.1", "by hand ∂L/∂W₂", "gradient"),
        Reading("agreement", "the two"),
        Reading("loss", "loss", "loss"),
        Reading("next_w1", "next W₁", "step"),
        Reading("next_w2", "next W₂", "step"),
    )

    sentences = {
        "diverged": "W has grown beyond every number: this descent has diverged.",
        "flat": "{still}",
        "no length": "With a learning rate of 0 the step has no length.",
        "higher": "The step leads across the valley and higher: {falls}. It diverges.",
    }

    def follows(self, name, values):
        """A sample beyond the batch cannot be marked."""
        if values["sample"] <= values["samples"]:
            return {}
        if name == "sample":
            return {"samples": values["sample"]}
        return {"sample": values["samples"]}

    def compute(self, w1, w2, learning_rate, samples, sample):
        X, Y = students(samples)
        at = {"W": torch.tensor([[w1], [w2]], dtype=torch.float64), "X": X, "Y": Y}
        step = take_step(self.problem, at, learning_rate)
        fit, pull = fit_rows(**step.at), pulls(self.problem, step.at)
        marked = {
            "its_prediction": fit.predictions[sample - 1],
            "its_residual": fit.residuals[sample - 1],
            "its_gradient": pull.each[sample - 1],
        }
        return marked, pull, fit, step

    def phrases(self, state):
        each = enumerate(map(as_text, state.each), 1)
        stays = as_text(state.loss) == as_text(state.next_loss)
        return {
            "listed": ", ".join(f"sample {count}: {gradient}" for count, gradient in each),
            "still": ALONE if state.samples == 1 else TOGETHER,
            "falls": "the loss stays at about {next_loss}" if stays else FALLS,
        }

    def notices(self, state):
        if state.outcome in self.sentences:
            yield self.sentences[state.outcome]
        elif state.content and state.samples > 1:
            yield "Sample {content} is content: its gradient is 0. The others move W: {falls}."
        elif state.against:
            yield "Sample {against} alone would take W the other way. With the mean, {falls}."
        else:
            yield "The step goes against the mean gradient: {falls}."

    def draw_still(self, state, plane, shapes):
        X, Y = students(state.samples)
        plots.plot_contours(
            lambda w1, w2: losses_of_pairs(w1, w2, X, Y), LEVELS, ax=plane, points=141
        )
        for name, (values, corner, role, marked) in matrices(state).items():
            plot_cells(name, np.shape(values), corner, ax=shapes, role=role, marked=marked)
            if name in ("X", "Xᵀ"):
                plot_numbers(name, values, corner, ax=shapes)
        for top in ABOVE, BELOW:
            for x, sign in (4.5, "@"), (6.5, "="):
                shapes.text(x, top + 1, sign, ha="center", va="center", fontsize=NORMAL)
        factor = "2 ·" if state.samples == 1 else f"2/{state.samples} ·"
        plots.plot_text(
            3.85 - state.samples, BELOW + 1, factor, ax=shapes, gid="factor", ha="right"
        )

    def draw(self, state, plane, shapes):
        self.draw_plane(state, plane)
        for name, (values, corner, role, _) in matrices(state).items():
            if name not in ("X", "Xᵀ"):
                plot_numbers(name, values, corner, ax=shapes, role=role)

    def draw_plane(self, state, ax):
        here, path = state.start, [past.start for past in (*state.path, state)]
        plots.plot_path(*zip(*path, strict=True), ax=ax)
        plots.plot_point(*here, ax=ax, label="W now", size=7.5, zorder=9)
        style = {"head": "->", "linestyle": (0, (4, 2)), "mutation_scale": 11, "zorder": 7}
        for count, gradient in enumerate(state.each, 1):
            marked = count == state.sample
            plots.plot_arrow(
                here,
                uphill(here, gradient),
                ax=ax,
                role="gradient",
                label="" if count > 1 else "a sample’s gradient",
                gid=f"arrow {count} marked" if marked else f"arrow {count}",
                tip=str(count),
                tip_style={"fontweight": "bold" if marked else "normal"},
                lw=2.2 if marked else 1.2,
                **style,
            )
        tip = uphill(here, state.gradient)
        plots.plot_arrow(
            here, tip, ax=ax, role="gradient", label="mean gradient", gid="mean", lw=3.2
        )
        plots.plot_arrow(here, state.end, ax=ax)
        plots.plot_next(*state.end, ax=ax, label="next W", size=7.5, zorder=8)


def uphill(start, gradient):
    """The tip of a gradient that is drawn at its share of the length."""
    return tuple(np.add(start, np.multiply(REACH, gradient)))


def matrices(state):
    """name -> (numbers, left and top, role, what is shaded), of all that is multiplied."""
    X, row, cell = state.at["X"].numpy(), slice(state.sample - 1, state.sample), slice(0, 1)
    column, pair = (lambda numbers: np.reshape(numbers, (-1, 1))), slice(0, 2)
    return {
        "X": (X, (2, ABOVE), "data", (row, pair)),
        "W": (column(state.start), (5, ABOVE), "data", None),
        "ŷ": (column(state.predictions), (7, ABOVE), "prediction", (row, cell)),
        "Xᵀ": (X.T, (4 - state.samples, BELOW), "data", (pair, row)),
        "ŷ − Y": (column(state.residuals), (5, BELOW), "loss", (row, cell)),
        "gradient": (column(state.gradient), (7, BELOW), "gradient", None),
    }


def explore_batch(gradient=None):
    """Sliders for two weights and the learning rate, over the loss of a batch of one to three.

    Args:
        gradient: your own derivative of the mean squared error of X @ W by W, a function of W, X
            and Y, shaped like W. It is shown beside autograd's, whatever it gives.

    Returns:
        Explorer
    """
    return BatchExplorer(gradient)
