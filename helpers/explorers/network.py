"""Lesson 08: two hidden neurons, the curve that they make, and the network as circles and lines."""

import numpy as np
import torch

from helpers.compute.networks import (
    PARAMETERS,
    network,
    pass_at,
    seven_gradients,
    tent,
    tent_too_fast,
    walk,
)
from helpers.compute.steps import take_step
from helpers.compute.texts import listed, significant
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients, by_autograd_alone
from helpers.explorers.phrases import falls
from helpers.show import plots
from helpers.show.controls import Button, Menu, Slider
from helpers.show.networks import Circle, Edge, column, plot_network, plot_note, plot_signs
from helpers.show.panels import Panel
from helpers.show.words import Reading

LABELS = dict(zip(PARAMETERS, ("w₁", "b₁", "w₂", "b₂", "v₁", "v₂", "c"), strict=True))
DATA = {
    "one sample": seven_gradients,
    "the tent, η = 0.05": tent,
    "the tent, η = 0.2": tent_too_fast,
}
SAMPLE = "one sample"
HEIGHTS = {SAMPLE: (-11, 11)}
LOW = (-2.2, 2.2)
STEPS = 50
PLACES = {
    "x": (0, 0),
    **dict(zip(("h₁", "h₂"), column(1, 2, spread=1.3), strict=True)),
    "ŷ": (2, 0),
}
WAYS = {"w1": ("x", "h₁"), "w2": ("x", "h₂"), "v1": ("h₁", "ŷ"), "v2": ("h₂", "ŷ")}
BIASES = {"b1": (1, 1.17), "b2": (1, -1.17), "c": (2, 0.52)}
SIGNS = (-0.1, -1.62), (0.8, -1.62), (1.7, -1.62)


def place(data, x, **parameters):
    """The arguments that a choice of data leaves open."""
    return {**parameters, "x": x} if data == SAMPLE else parameters


def walks(steps):
    """What a button does that takes so many steps."""
    return lambda data, **values: walk(DATA[data], place(data, **values), steps)


class NetworkExplorer(Explorer):
    """The explorer of lesson 08."""

    problem, still_follows = seven_gradients, ("data",)
    controls = {
        **{
            name: Slider(f"{'bias' if name[0] in 'bc' else 'weight'} {label}", value, -6, 6)
            for (name, label), value in zip(
                LABELS.items(), map(seven_gradients.at.get, PARAMETERS), strict=True
            )
        },
        "x": Slider("input x", 2.0, -1, 3),
        "data": Menu("data", tuple(DATA)),
        "step": Button("Take a step", "Moves by −η times the gradient", walks(1)),
        "steps": Button(f"Take {STEPS} steps", f"Does it {STEPS} times", walks(STEPS)),
    }
    panels = (
        Panel("input x", "target y, prediction ŷ", (-1.1, 3.1), (-11, 11), share=0.8),
        Panel(xlim=(-0.25, 2.25), ylim=(-1.75, 1.5)),
    )
    size = (9, 3.9)
    picture = (
        "Left, over the input, what each neuron adds to the prediction, and their sum with c: at "
        "x = {x} they add {first} and {second}, and the prediction is {prediction}. Right, the "
        "network: x leads to h₁ = {h1} and h₂ = {h2}, and these to ŷ. {weights}"
    )
    readings = (
        Reading("prediction", "prediction ŷ at x", "prediction"),
        Reading("loss", "loss", "loss"),
        Reading("next_loss", "loss after a step", "step"),
        *both_gradients(*(f"dL/d{label}" for label in LABELS.values())),
    )
    sentences = {
        "diverged": "The parameters have grown beyond every number: this descent has diverged.",
        "flat": "All gradients are 0: no step moves anything.",
        "lands": "The step lands where all gradients are 0.",
        "towards": "The step leads lower: {falls}.",
        "lower": "The step leads lower: {falls}.",
        "level": "The step leads to the same height.",
        "higher": "The step leads higher: {falls}.",
    }

    def __init__(self, gradient=None, *, shows_gradients=True):
        self.shows_gradients, self._drawn_for = shows_gradients, None
        if not shows_gradients:
            self.readings = self.readings[:2]
            self.controls = {name: self.controls[name] for name in (*PARAMETERS, "x", "data")}
        super().__init__(gradient)

    def compute(self, **values):
        problem = DATA[values["data"]]
        step = take_step(problem, place(**values), problem.learning_rate)
        parameters = {name: values[name] for name in PARAMETERS}
        return pass_at(**parameters, x=values["x"], y=0.0), step

    def follows(self, name, values):
        """Each choice of data begins at a start of its own."""
        problem = DATA[values["data"]]
        return {one: problem.at[one] for one in PARAMETERS} if name == "data" else {}

    def by_hand(self, state):
        """By the derivative for one sample: where there are several, their mean."""
        xs, ys = (state.at[name].reshape(-1) for name in "xy")
        each = [
            self._derivative.at({**state.at, "x": x, "y": y}) for x, y in zip(xs, ys, strict=True)
        ]
        return None if None in each else tuple(np.mean(each, axis=0).tolist())

    def phrases(self, state):
        numbers = (f"{LABELS[name]} = {{{name}}}" for name in PARAMETERS)
        return {"weights": f"The parameters are {', '.join(numbers)}.", "falls": falls(state)}

    def notices(self, state):
        off = [label for label, z in (("h₁", state.z1), ("h₂", state.z2)) if z <= 0]
        if off:
            yield f"At this input {listed(off)} {'are' if len(off) > 1 else 'is'} off."
        if self.shows_gradients:
            yield from super().notices(state)

    def read(self, state):
        shown = super().read(state)
        return by_autograd_alone(shown) if self.report is None else shown

    def _draw(self):
        if self._drawn_for != self.state.data:
            self._drawn_for, self._live, self._still_at = self.state.data, None, None
        super()._draw()

    def draw_still(self, state, left, right):
        left.set_ylim(HEIGHTS.get(state.data, LOW))
        plot_signs(*SIGNS[: 3 if self.shows_gradients else 2], ax=right)

    def draw(self, state, left, right):
        xs = np.linspace(*left.get_xlim(), 211)
        h1, h2 = (
            np.maximum(w * xs + b, 0) for w, b in ((state.w1, state.b1), (state.w2, state.b2))
        )
        for gid, label, ys, ls in (
            ("first", "v₁·h₁", state.v1 * h1, "--"),
            ("second", "v₂·h₂", state.v2 * h2, ":"),
        ):
            plots.plot_line(xs, ys, ax=left, gid=gid, label=label, role="path", lw=1.6, ls=ls)
        if self.shows_gradients:
            ys = network(*state.end, torch.tensor(xs))
            style = {"gid": "next prediction", "role": "step", "lw": 1.2, "ls": "--"}
            plots.plot_line(xs, ys, ax=left, label="next ŷ", **style)
        plots.plot_prediction(xs, state.v1 * h1 + state.v2 * h2 + state.c, ax=left, label="ŷ")
        plots.plot_predicted(state.x, state.prediction, ax=left)
        plots.plot_data(state.at["x"], state.at["y"], ax=left)
        self._draw_network(state, right)

    def _draw_network(self, state, ax):
        values = {"h₁": (state.h1, state.d_z1), "h₂": (state.h2, state.d_z2)}
        values["ŷ"] = state.prediction, state.d_y_hat
        circles = {"x": Circle(PLACES["x"], f"x\n{rounded(state.x)}")}
        for name, (value, comes_back) in values.items():
            back = rounded(comes_back) if state.at["x"].numel() == 1 else ""
            off = name != "ŷ" and value == 0
            circles[name] = Circle(PLACES[name], f"{name}\n{rounded(value)}", self._back(back), off)
        notes = {
            name: (f"{LABELS[name]} {rounded(getattr(state, name))}", self._back(rounded(slope)))
            for name, slope in zip(PARAMETERS, state.gradient, strict=True)
        }
        edges = [Edge(*way, getattr(state, name), *notes[name]) for name, way in WAYS.items()]
        plot_network(circles, edges, ax=ax)
        for name, place in BIASES.items():
            plot_note(*place, *notes[name], ax=ax, gid=name)

    def _back(self, text):
        return text if self.shows_gradients else ""


def rounded(value):
    """A number in few digits, and 0 where there is next to nothing left of it."""
    return significant(round(value, 4), 3)


def explore_network(gradient=None, *, shows_gradients=True):
    """Sliders for the seven parameters of two hidden neurons, beside the network as a picture.

    Args:
        gradient: your own derivatives of the squared error for one sample, a function of w1, b1,
            w2, b2, v1, v2, c, x and y that returns seven values in the order of these names.
            They are shown beside autograd's, whatever they are.
        shows_gradients: False leaves the way back out, for a first look.

    Returns:
        Explorer
    """
    return NetworkExplorer(gradient, shows_gradients=shows_gradients)
