"""Lesson 02: the autograd graph of a loss, alive: a slider for each number that goes into it."""

import math
from dataclasses import dataclass

import torch
from matplotlib.figure import Figure

from helpers.compute.gradients import as_tensors
from helpers.compute.graph import Node, record_graph, say_graph, say_way_back
from helpers.compute.problems import slope
from helpers.compute.texts import decimals
from helpers.explorers.base import Explorer
from helpers.show import plots
from helpers.show.controls import button, slider
from helpers.show.graph import draw_graph, fill_graph, fitting_axes
from helpers.show.live import LiveFigure
from helpers.show.words import Reading, Words

CHANGING = "value ", "gradient ", "factor "


@dataclass(frozen=True)
class GraphState:
    """The record of a loss at some numbers.

    Attributes:
        nodes: name -> Node, as of ``record_graph``.
        problem: why there is no record at the present numbers; ``nodes`` is then the last one.
    """

    nodes: dict[str, Node]
    problem: str = ""


class GraphExplorer(Explorer):
    """The explorer of the graph of a loss. A tensor of several numbers has no slider."""

    def __init__(self, loss, wrt, at, names=()):
        self.loss, self.wrt, self.names = loss, wrt, names
        self.nodes = self._record(at)
        self.at = as_tensors(at)
        start = {
            name: tensor.item()
            for name, tensor in self.at.items()
            if name in self.nodes and tensor.numel() == 1 and tensor.is_floating_point()
        }
        controls = {name: _slider(name, value) for name, value in start.items()}
        controls["reset"] = button("Reset", "Puts every slider back to where it began")
        figure, moving = self._figure()
        super().__init__(controls, figure, moving, start=start)

    def _record(self, at):
        return record_graph(self.loss, wrt=self.wrt, at=at, names=self.names)

    def _figure(self):
        figure = Figure(dpi=100)
        ax = draw_graph(self.nodes, ax=fitting_axes(self.nodes, figure))
        self._drawn = _steps(self.nodes)
        drawn = plots.artists(ax)
        return figure, {name: drawn[name] for name in drawn if name.startswith(CHANGING)}

    def compute(self, values):
        at = {name: torch.full_like(self.at[name], value) for name, value in values.items()}
        try:
            self.nodes = self._record({**self.at, **at})
        except Exception as error:  # the loss is the reader's, and may not take every number
            return GraphState(self.nodes, f"{type(error).__name__}: {error}")
        return GraphState(self.nodes)

    def draw(self, state):
        if _steps(state.nodes) != self._drawn:  # a loss may take other steps at other numbers
            self.figure, self.artists = self._figure()
            self._live = LiveFigure(self.figure, self.artists.values())
        fill_graph(self.artists, state.nodes)

    def describe(self, state):
        nodes = state.nodes.values()
        loss = list(nodes)[-1]
        single = [node for node in nodes if node.value.numel() == 1]
        readings = [_reading(node) for node in single if node.kind != "result"]
        readings += [_reading(node, "loss") for node in single if node is loss]
        asked = [node for node in single if node.kind == "parameter"]
        readings += [
            Reading(
                f"d{node.name}", f"d{loss.name}/d{node.name}", decimals(node.gradient), "gradient"
            )
            for node in asked
        ]
        notice = " ".join(say_way_back(state.nodes, node.name) for node in asked)
        if state.problem:
            notice = f"There is no graph at these numbers, but an error. {state.problem}"
        return Words(say_graph(state.nodes), tuple(readings), notice)


def explore_graph(loss=None, *, wrt=None, at=None, names=()):
    """Sliders for the numbers that go into a loss, over its autograd graph.

    Each box holds a value and the gradient of the loss by it. A solid arrow leads from an input
    to what is made of it. The dashed arrow beside it leads back, with the local derivative that
    the gradient is multiplied by on that way. A dotted box is a fact: no way leads back to it.

    Args:
        loss: a function; ``loss(**at)`` gives a scalar tensor. None shows that of lesson 02.
        wrt, at: as in ``autograd_gradient``.
        names: of the results, in the order in which they are computed; those left over are
            called v1, v2 and so on.

    Returns:
        Explorer

    Raises:
        ValueError, TypeError: as ``record_graph``.
    """
    if loss is None and wrt is None and at is None:
        loss, wrt, at, names = slope.loss, slope.wrt, slope.at, ("a", "c", "s", "y")
    if loss is None or wrt is None or at is None:
        raise ValueError("Give the loss, wrt and at together, or none of them.")
    return GraphExplorer(loss, wrt, at, names)


def _slider(name, value):
    """A slider around a value, with whole numbers at its ends and as fine as the value needs."""
    value = value if math.isfinite(value) else 0.0
    reach = max(3, math.ceil(abs(value)))
    step = 1.0 if reach > 30 else 0.1 if math.isclose(value, round(value, 1)) else 0.01
    return slider(name, value, math.floor(value) - reach, math.ceil(value) + reach, step)


def _steps(nodes):
    return [
        (n.name, n.formula, n.inputs and [name for name, _ in n.inputs]) for n in nodes.values()
    ]


def _reading(node, role=None):
    return Reading(node.name, node.name, decimals(node.value), role)
