"""Lesson 06: a line that is trained on noisy points, from its random start to its last epoch."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure

from helpers.compute.descent import step
from helpers.compute.gradients import as_tensors
from helpers.compute.problems import noisy_line, squared_residuals, training
from helpers.compute.texts import decimals, short
from helpers.explorers.base import Explorer
from helpers.explorers.pairs import Slopes, slopes
from helpers.explorers.readers import held_against, remarks
from helpers.show import plots
from helpers.show.colours import COLOURS
from helpers.show.controls import button, slider
from helpers.show.words import Reading, Words

TRUE = (2.0, 1.0)


@dataclass(frozen=True)
class TrainingState:
    """A run of gradient descent on the mean squared error, from its start to its last epoch.

    Pairs are of W and b, in this order; the rows of ``path`` and ``losses`` begin with the start.
    """

    learning_rate: float
    epochs: int
    noise: float
    targets: tuple[float, ...]
    path: tuple[tuple[float, float], ...]
    losses: tuple[float, ...]
    exact: tuple[float, float]
    least_loss: float
    slopes: Slopes

    @property
    def place(self):
        return self.path[-1]

    @property
    def loss(self):
        return self.losses[-1]

    @property
    def percent_off(self):
        """How far W and b are from the exact answer, in percent of it: the larger of the two."""
        shares = [abs(here / there - 1) for here, there in zip(self.place, self.exact, strict=True)]
        return 100 * (math.nan if any(map(math.isnan, shares)) else max(shares))


def data(noise):
    """The lesson's points with this much noise: X and Y in float64, each of shape (10, 1)."""
    X, Y = noisy_line(noise=noise)
    return X.double(), Y.double()


def exact_answer(X, Y):
    """The W and b with the least mean squared error: 'least squares'."""
    rows = torch.cat([X, torch.ones_like(X)], dim=1)
    return tuple(torch.linalg.lstsq(rows, Y).solution.flatten().tolist())


def trained(problem, X, Y, *, learning_rate, epochs):
    """The pairs of W and b from the start to the last epoch, as an array of (epochs + 1, 2).

    In NumPy with the gradient by hand, because a slider cannot wait for hundreds of graphs.
    """
    X, Y = X.numpy(), Y.numpy()
    W, b = (problem.at[name].double().numpy() for name in "Wb")
    path = [(W.item(), b.item())]
    for _ in range(epochs):
        by_W, by_b = problem.gradient(W, b, X, Y)
        W, b = step(W, by_W, learning_rate), step(b, by_b, learning_rate)
        path.append((W.item(), b.item()))
    return np.array(path)


def mean_losses(path, X, Y):
    """The mean squared error at each pair of a path, or of a grid: the last axis is W and b."""
    return squared_residuals(path[..., 0], path[..., 1], X.numpy(), Y.numpy()).mean(axis=-1)


def training_state(problem, gradient, *, learning_rate, epochs, noise):
    """The ``TrainingState`` at these numbers. ``gradient`` may be anything that a reader wrote."""
    X, Y = data(noise)
    path = trained(problem, X, Y, learning_rate=learning_rate, epochs=epochs)
    W, b = path[-1]
    at = as_tensors({"W": torch.tensor([[W]]), "b": torch.tensor([b]), "X": X, "Y": Y})
    exact = exact_answer(X, Y)
    return TrainingState(
        learning_rate=learning_rate,
        epochs=epochs,
        noise=noise,
        targets=tuple(Y.flatten().tolist()),
        path=tuple(map(tuple, path.tolist())),
        losses=tuple(mean_losses(path, X, Y).tolist()),
        exact=exact,
        least_loss=mean_losses(np.array(exact), X, Y).item(),
        slopes=slopes(problem, gradient, at),
    )


class TrainingExplorer(Explorer):
    """The explorer of lesson 06."""

    x_limits, y_limits = (-2.6, 2.6), (-5.0, 7.0)
    W_limits, b_limits = (-0.4, 3.2), (-0.9, 2.9)
    most_epochs, loss_limits = 400, (1e-4, 100.0)
    levels = tuple(2.0 ** np.arange(-5, 6))

    def __init__(self, gradient=None):
        self.problem = training
        self.gradient, self.report = held_against(gradient, training)
        axes = [np.linspace(*limits, 41) for limits in (self.W_limits, self.b_limits)]
        self.W_axis, self.b_axis = axes
        self.plane = np.stack(np.meshgrid(*axes), axis=-1)
        controls = {
            "learning_rate": slider("learning rate η", training.learning_rate, 0, 0.8, 0.01),
            "epochs": slider("epochs", 200, 0, self.most_epochs, 10, readout_format=".0f"),
            "noise": slider("noise", 0.1, 0, 1, 0.05),
            "reset": button("Reset", "Puts every slider back to where it began"),
        }
        super().__init__(controls, *self._figure(), seldom=["contours"])

    def _figure(self):
        figure = Figure(figsize=(9, 3.9), dpi=100)
        fit, curve, plane = figure.subplots(1, 3, width_ratios=(1, 1, 1.12))
        figure.subplots_adjust(left=0.073, right=0.99, top=0.81, bottom=0.145, wspace=0.36)
        ends = np.array(self.x_limits)

        plots.label_axes(fit, x="input x", y="target y, prediction ŷ")
        fit.plot(ends, TRUE[0] * ends + TRUE[1], ":", color=COLOURS["data"], lw=1.2, label="2x + 1")
        plots.plot_prediction(ends, ends, ax=fit, label="ŷ")
        plots.plot_residuals([], [], [], ax=fit, label="ŷ − y")
        plots.plot_data(data(0)[0], data(0)[1], ax=fit)
        fit.set(xlim=self.x_limits, ylim=self.y_limits)
        plots.add_legend(fit, columns=2)

        plots.label_axes(curve, x="epoch", y="loss (powers of ten)")
        plots.plot_loss([], [], ax=curve)
        curve.plot([], [], "--", color=COLOURS["data"], lw=1.2, label="least possible", gid="least")
        curve.set(xlim=(0, self.most_epochs), ylim=self.loss_limits, yscale="log")
        plots.add_legend(curve, columns=1)

        plots.label_axes(plane, x="weight W", y="bias b")
        plots.plot_contour_lines([0, 1], [0, 1], np.zeros((2, 2)), [], ax=plane)
        plots.plot_path([], [], ax=plane, label="path")
        plots.plot_point([], [], ax=plane, label="end")
        marks = {"ls": "", "color": COLOURS["data"], "zorder": 6}
        plane.plot([], [], marker="*", ms=12, mec="white", label="exact", gid="exact", **marks)
        plane.set(xlim=self.W_limits, ylim=self.b_limits, aspect="equal")
        plots.add_legend(plane, columns=2)

        moving = plots.artists(fit, curve, plane)
        moving["path"].set_markevery(10)
        return figure, moving

    def compute(self, values):
        values["epochs"] = round(values["epochs"])
        return training_state(self.problem, self.gradient, **values)

    def draw(self, state):
        a, plane = self.artists, self.artists["point"].axes
        X, Y = data(state.noise)
        x, (W, b) = X.numpy().ravel(), state.place
        a["prediction"].set_ydata(np.array(self.x_limits) * W + b)
        a["residual"].set_data(*plots.residual_lines(x, state.targets, x * W + b))
        a["data"].set_data(x, state.targets)

        a["loss"].set_data(range(len(state.losses)), state.losses)
        a["least"].set_data([0, self.most_epochs], [state.least_loss] * 2)

        losses = mean_losses(self.plane, X, Y)
        lines = plots.contour_lines(self.W_axis, self.b_axis, losses, self.levels)
        a["contours"].set_data(*lines)
        a["path"].set_data(*zip(*state.path, strict=True))
        point = plots.inside(plane, state.place)
        a["point"].set_data([point[0]], [point[1]])
        a["point"].set_marker("o" if point == state.place else "D")
        a["exact"].set_data([state.exact[0]], [state.exact[1]])

    def describe(self, state):
        W, b = map(short, state.place)
        exact_W, exact_b = map(short, state.exact)
        picture = (
            f"Left, ten points with noise {short(state.noise)} and the line ŷ = {W} · x + {b}. "
            f"Middle, the loss over {state.epochs} epochs, from {short(state.losses[0])} to "
            f"{short(state.loss)}. Right, the path over the contours of the loss, from "
            f"W = {short(state.path[0][0])}, b = {short(state.path[0][1])} to the end at W = {W}, "
            f"b = {b}; the exact answer is at W = {exact_W}, b = {exact_b}."
        )
        readings = (
            Reading("W", "W at the end", decimals(state.place[0])),
            Reading("b", "b at the end", decimals(state.place[1])),
            Reading("loss", "loss at the end", decimals(state.loss), "loss"),
            Reading("exact_W", "exact W", decimals(state.exact[0]), "data"),
            Reading("exact_b", "exact b", decimals(state.exact[1]), "data"),
            Reading("least_loss", "least loss possible", decimals(state.least_loss), "data"),
            Reading("percent_off", "off the exact, in %", decimals(state.percent_off)),
            *state.slopes.readings(),
        )
        return Words(picture, readings, " ".join(self._notices(state)))

    def _notices(self, state):
        yield _how_it_went(state)
        plane = self.artists["point"].axes
        if plots.inside(plane, state.place) != state.place:
            yield "W and b are outside the picture: the diamond at its edge shows where."
        yield from remarks(self.report)


def explore_training(gradient=None):
    """Sliders for the learning rate, the epochs and the noise of a whole training run.

    Args:
        gradient: your own derivatives of the mean squared error, a function of W, b, X and Y that
            returns one by W and one by b. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return TrainingExplorer(gradient)


def _how_it_went(state):
    rate = f"With η = {short(state.learning_rate)} and {state.epochs} epochs"
    if not math.isfinite(state.loss):
        return f"{rate} the run has diverged: W and b have grown beyond every number."
    if state.epochs == 0 or state.learning_rate == 0:
        return f"{rate} nothing has moved yet: this is the random start."
    if state.loss > state.losses[0]:
        return f"{rate} the run diverges: the loss is higher than at the start."
    if state.percent_off <= 1:
        left = "What is left of the loss is noise: no line has less."
        left = left if state.noise else "There is no noise, so the loss can fall to 0."
        return f"{rate} the run has come within 1 % of the exact answer. {left}"
    return f"{rate} the run is still on its way: the exact answer lies lower."
