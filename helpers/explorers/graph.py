"""Lesson 02: the autograd graph of a loss, alive: a slider for each number that goes into it."""

import math

import torch

from helpers.compute.gradients import as_tensors
from helpers.compute.graph import record_graph, say_graph, say_way_back
from helpers.compute.problems import slope
from helpers.compute.texts import decimals
from helpers.explorers.base import Explorer
from helpers.show.controls import Slider
from helpers.show.graph import draw_boxes, draw_numbers, structure
from helpers.show.panels import Panel
from helpers.show.words import Reading


class GraphExplorer(Explorer):
    """The explorer of the graph of a loss. A tensor of several numbers has no slider."""

    panels, picture = (Panel(),), "{said}"

    def __init__(self, loss, wrt, at, names=()):
        self.loss, self.wrt, self.names = loss, wrt, names
        self.at, nodes = as_tensors(at), record_graph(loss, wrt=wrt, at=at, names=names)
        self.controls = {
            name: around(name, tensor.item())
            for name, tensor in self.at.items()
            if name in nodes and tensor.numel() == 1 and tensor.is_floating_point()
        }
        super().__init__()

    def compute(self, **values):
        at = {name: torch.full_like(self.at[name], value) for name, value in values.items()}
        at = {**self.at, **at}
        return {"nodes": record_graph(self.loss, wrt=self.wrt, at=at, names=self.names)}

    def phrases(self, state):
        asked = [name for name, node in state.nodes.items() if node.kind == "parameter"]
        single = [name for name in asked if state.nodes[name].value.numel() == 1]
        ways = " ".join(say_way_back(state.nodes, name) for name in single)
        return {"said": say_graph(state.nodes), "ways": ways}

    def notices(self, state):
        yield "{ways}"

    def read(self, state):
        *nodes, loss = (node for node in state.nodes.values() if node.value.numel() == 1)
        for node in nodes:
            if node.kind != "result":
                yield Reading(node.name, node.name, None, decimals(node.value))
        yield Reading(loss.name, loss.name, "loss", decimals(loss.value))
        for node in nodes:
            if node.kind == "parameter":
                label = f"d{loss.name}/d{node.name}"
                yield Reading(f"d{node.name}", label, "gradient", decimals(node.gradient))

    def still_key(self, state):
        return structure(state.nodes)

    def draw_still(self, state, ax):
        draw_boxes(state.nodes, ax=ax)

    def draw(self, state, ax):
        draw_numbers(state.nodes, ax=ax)


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


def around(name, value):
    """A slider around a value, with whole numbers at its ends and as fine as the value needs."""
    middle = value if math.isfinite(value) else 0.0
    reach = max(3, math.ceil(abs(middle)))
    step = 1.0 if reach > 30 else 0.1 if math.isclose(middle, round(middle, 1)) else 0.01
    return Slider(name, value, math.floor(middle) - reach, math.ceil(middle) + reach, step)
