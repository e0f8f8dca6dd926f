"""Lesson 09: a hidden layer that learns XOR, step by step, from a start that the reader chooses."""

import numpy as np

from helpers.compute.layers import STARTS, XOR, run_layer, xor
from helpers.compute.texts import decimals, listed
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import by_autograd_alone
from helpers.show import plots
from helpers.show.controls import Menu, Slider
from helpers.show.networks import Circle, Edge, column, plot_network, plot_signs
from helpers.show.panels import Panel
from helpers.show.words import Reading

MOST_STEPS, MOST_NEURONS = 300, 8
CHOSEN = STARTS[0]
FAR = 20.0
SWITCH, LOG = (-0.45, 1.45), {"yscale": "log"}


class LayerExplorer(Explorer):
    """The explorer of lesson 09."""

    problem, still_follows = xor, ("neurons",)
    controls = {
        "steps": Slider("steps", 100, 0, MOST_STEPS, 1),
        "learning_rate": Slider("learning rate η", xor.learning_rate, 0, 0.5, 0.01),
        "start": Menu("start", STARTS),
        "neurons": Slider("neurons", 2, 1, MOST_NEURONS, 1),
        "seed": Slider("seed", 0, 0, 99, 1),
    }
    panels = (
        Panel(xlim=(-0.22, 2.22), ylim=(-1.6, 1.25), share=1.1),
        Panel(
            "step", "loss (powers of ten)", (0, MOST_STEPS), (1e-5, 30), settings={"yscale": "log"}
        ),
        Panel(
            "first switch",
            "second switch",
            (-0.45, 1.45),
            (-0.45, 1.45),
            settings={"aspect": "equal"},
        ),
    )
    size = (9, 3.7)
    picture = (
        "Left, the network with {neurons_text} after {steps} steps with η = {learning_rate}, each "
        "weight as a line. Middle, the loss over the steps, from {first_loss} to {loss}. Right, "
        "the four samples with their predictions: {predictions_text}."
    )
    readings = (
        Reading("loss", "loss", "loss"),
        Reading("loss_by_hand", "loss by your gradient", "gradient"),
        Reading("predictions.0", "ŷ, both down", "prediction"),
        Reading("predictions.1", "ŷ, second up", "prediction"),
        Reading("predictions.2", "ŷ, first up", "prediction"),
        Reading("predictions.3", "ŷ, both up", "prediction"),
        Reading("agreement", "both gradients"),
    )
    sentences = {
        "diverged": "The parameters have grown beyond every number: this run has diverged.",
        "not moved": "This is the start: nothing has moved yet.",
        "learned": "The network knows when the light is on.",
        "on its way": "",
    }

    def compute(self, **values):
        own = self._derivative.function if self.report is not None else None
        return run_layer(**values, gradient=own)

    def follows(self, name, values):
        if name == "start" and values["start"] == CHOSEN:
            return {"neurons": 2}
        if name == "neurons" and values["neurons"] != 2 and values["start"] == CHOSEN:
            return {"start": "random"}
        return {"start": "random"} if name == "seed" and values["seed"] else {}

    def phrases(self, state):
        neurons = f"{state.neurons} neuron{'s' if state.neurons > 1 else ''}"
        return {
            "neurons_text": neurons,
            "predictions_text": ", ".join(decimals(one, 2) for one in state.predictions),
        }

    def notices(self, state):
        yield from super().notices(state)
        if state.dead:
            names = listed([str(one) for one in state.dead])
            who = f"Neuron {names} is" if len(state.dead) == 1 else f"Neurons {names} are"
            yield f"{who} off for all four rows."

    def read(self, state):
        shown = super().read(state)
        if self.report is None:
            return by_autograd_alone(shown)
        own = state.losses_by_hand is not None
        return [one for one in shown if own or one.name != "loss_by_hand"]

    def draw_still(self, state, network, curve, plane):
        plot_signs((0.3, -1.32), (0.3, -1.48), ax=network)

    def draw(self, state, network, curve, plane):
        self._draw_network(state, network)
        plots.plot_losses(state.losses, state.losses_by_hand, ax=curve)
        self._draw_plane(state, plane)

    def _draw_network(self, state, ax):
        W1, W2 = (state.at[name].tolist() for name in ("W1", "W2"))
        count = len(W2)
        hidden = column(1, count, spread=2 / max(count, 2))
        ends = {"x₁": (0, 0.5), "x₂": (0, -0.5), "ŷ": (2, 0)}
        circles = {name: Circle(place, name, size=30) for name, place in ends.items()}
        size = min(30, 160 / count)
        for place, (k, zs) in zip(hidden, enumerate(zip(*state.Z, strict=True)), strict=True):
            circles[f"h{k}"] = Circle(place, str(k + 1), is_off=max(zs) <= 0, size=size)
        edges = [
            Edge(start, f"h{k}", weight)
            for start, row in zip(("x₁", "x₂"), W1, strict=True)
            for k, weight in enumerate(row)
        ]
        edges += [Edge(f"h{k}", "ŷ", weight) for k, (weight,) in enumerate(W2)]
        plot_network(circles, edges, ax=ax)

    def _draw_plane(self, state, ax):
        W1, b1 = state.at["W1"].numpy(), state.at["b1"].numpy()
        lines = [corner_line(*W1[:, k], b1[k]) for k in range(len(b1))]
        style = {"gid": "corners", "role": "path", "lw": 1.4, "ls": "--"}
        plots.plot_line(*np.concatenate(lines).T, ax=ax, label="corner of a neuron", **style)
        X, Y = XOR[0].numpy(), XOR[1].numpy().ravel() > 0.5
        for on, label in ((True, "light on"), (False, "light off")):
            style = {"ls": "", "marker": "s", "ms": 9, "mfc": None if on else "white", "zorder": 5}
            plots.plot_line(*X[on == Y].T, ax=ax, gid=label, label=label, **style)
        for (x, y), prediction in zip(X, state.predictions, strict=True):
            gid, text = f"ŷ {x:.0f}{y:.0f}", decimals(prediction, 2)
            plots.plot_text(x, y + 0.2, text, ax=ax, gid=gid, role="prediction", zorder=6)


def corner_line(first, second, bias):
    """The places where z is 0: two ends far away, and a gap; all gaps where there is no weight."""
    length = np.hypot(first, second)
    if not 0 < length < np.inf:
        return np.full((3, 2), np.nan)
    foot = -bias / length**2 * np.array([first, second])
    along = FAR / length * np.array([-second, first])
    return np.array([foot - along, foot + along, (np.nan, np.nan)])


def explore_layer(gradient=None):
    """Sliders for a run of descent on XOR: its start, the neurons of its hidden layer, its steps.

    Args:
        gradient: your own derivatives of the mean squared error, a function of W1, b1, W2, b2, X
            and Y that returns four tables. The losses of a run by it are drawn beside those of
            autograd's, whatever it gives.

    Returns:
        Explorer
    """
    return LayerExplorer(gradient)
