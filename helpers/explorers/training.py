"""Lesson 06: a line that is trained on noisy points, from its random start to its last epoch."""

import numpy as np

from helpers.compute.problems import training
from helpers.compute.samples import fit_rows
from helpers.compute.training import mean_losses, train_line
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients
from helpers.show import plots
from helpers.show.controls import Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

MOST_EPOCHS = 400
LEVELS = 2.0 ** np.arange(-5, 6)


class TrainingExplorer(Explorer):
    """The explorer of lesson 06."""

    problem, still_follows = training, ("noise",)
    controls = {
        "learning_rate": Slider("learning rate η", training.learning_rate, 0, 0.8, 0.01),
        "epochs": Slider("epochs", 200, 0, MOST_EPOCHS, 10),
        "noise": Slider("noise", 0.1, 0, 1, 0.05),
    }
    panels = (
        Panel("input x", "target y, prediction ŷ", (-2.6, 2.6), (-5, 7)),
        Panel(
            "epoch",
            "loss (powers of ten)",
            (0, MOST_EPOCHS),
            (1e-4, 100),
            settings={"yscale": "log"},
        ),
        Panel("weight W", "bias b", (-0.4, 3.2), (-0.9, 2.9), settings={"aspect": "equal"}),
    )
    size = (9, 3.9)
    picture = (
        "Left, ten points with noise {noise} and the line ŷ = {end.0} · x + {end.1}. Middle, the "
        "loss over {epochs} epochs, from {first_loss} to {loss}. Right, the path over the contours "
        "of the loss, from W = {start.0}, b = {start.1} to the end at W = {end.0}, b = {end.1}; "
        "the exact answer is at W = {exact.0}, b = {exact.1}."
    )
    readings = (
        Reading("end.0", "W at the end"),
        Reading("end.1", "b at the end"),
        Reading("loss", "loss at the end", "loss"),
        Reading("exact.0", "exact W", "data"),
        Reading("exact.1", "exact b", "data"),
        Reading("least_loss", "least loss possible", "data"),
        Reading("percent_off", "off the exact, in %"),
        *both_gradients("dL/dW", "dL/db"),
    )
    sentences = {
        "diverged": "{rate} the run has diverged: W and b have grown beyond every number.",
        "not moved": "{rate} nothing has moved yet: this is the random start.",
        "diverges": "{rate} the run diverges: the loss is higher than at the start.",
        "close": "{rate} the run has come within 1 % of the exact answer. {left}",
        "on its way": "{rate} the run is still on its way: the exact answer lies lower.",
    }

    def compute(self, **options):
        run = train_line(**options)
        return run, fit_rows(**run.at)

    def phrases(self, state):
        left = "There is no noise, so the loss can fall to 0."
        left = "What is left of the loss is noise: no line has less." if state.noise else left
        return {"rate": "With η = {learning_rate} and {epochs} epochs", "left": left}

    def draw_still(self, state, fit, curve, plane):
        x, X, Y = np.array(fit.get_xlim()), state.at["X"], state.at["Y"]
        style = {"gid": "rule", "ls": ":", "lw": 1.2}
        plots.plot_line(x, 2 * x + 1, ax=fit, label="2x + 1", **style)
        plots.plot_contours(lambda W, b: mean_losses(W, b, X, Y), LEVELS, ax=plane, points=41)

    def draw(self, state, fit, curve, plane):
        ends, x, (W, b) = np.array(fit.get_xlim()), state.at["X"], state.end
        plots.plot_prediction(ends, W * ends + b, ax=fit, label="ŷ")
        plots.plot_residuals(x, state.targets, state.predictions, ax=fit, label="ŷ − y")
        plots.plot_data(x, state.targets, ax=fit)

        plots.plot_loss(range(len(state.losses)), state.losses, ax=curve, label="loss")
        style = {"gid": "least", "role": "data", "ls": "--", "lw": 1.2}
        plots.plot_level(state.least_loss, ax=curve, label="least possible", **style)

        plots.plot_path(*zip(*state.path, strict=True), ax=plane, label="path", markevery=10)
        plots.plot_point(W, b, ax=plane, label="end")
        style = {"gid": "exact", "ls": "", "marker": "*", "ms": 12, "mec": "white", "zorder": 6}
        plots.plot_line(*state.exact, ax=plane, label="exact", **style)


def explore_training(gradient=None):
    """Sliders for the learning rate, the epochs and the noise of a whole training run.

    Args:
        gradient: your own derivatives of the mean squared error, a function of W, b, X and Y that
            returns one by W and one by b. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return TrainingExplorer(gradient)
