"""The autograd graph of a loss, taken apart: what the gradient would be with one part of it wrong.

A forgotten factor of the chain rule is an edge of the graph that hands on what it got; a forgotten
term is an edge that hands on nothing. So every such slip can be foreseen, whatever the loss is.
"""

from functools import cached_property
from itertools import islice

import torch
from torch.overrides import TorchFunctionMode

from helpers.compute.gradients import evaluate

MAX_EDGES = 200
"""Graphs with more edges than this are not taken apart: it would take too long."""


class _Recorder(TorchFunctionMode):
    """Keeps every tensor of floating point numbers that is computed."""

    def __init__(self):
        super().__init__()
        self.values = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        value = func(*args, **(kwargs or {}))
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            self.values.append(value)
        return value


class LossGraph:
    """The autograd graph of one value of the loss, whose backward pass can be altered.

    An edge is a pair (node, index): the way from an operation back to one of its inputs. A
    forgotten factor of the chain rule is an edge that hands on what it got; a forgotten term is
    an edge that hands on nothing.

    Attributes:
        values: every tensor that the loss computed, in order; the last is the loss. Of a large
            graph, only that.
        edges: every edge, from the loss downwards; of a large graph, none.
        outer: how many edges at the top belong to operations that only scale and add up.
    """

    def __init__(self, loss, names, at):
        fresh = {name: tensor.detach().clone() for name, tensor in at.items()}
        self.parameters = {name: fresh[name].requires_grad_() for name in names}
        with torch.enable_grad(), _Recorder() as recorder:
            self.value = evaluate(loss, fresh)
        edges = list(islice(_edges_below(self.value.grad_fn), MAX_EDGES + 1))
        small = len(edges) <= MAX_EDGES
        self.values = [*recorder.values, self.value] if small else [self.value]
        self.edges = edges if small else []
        self.outer = _outer_length(self.edges)
        self._altered = {}

    def altered(self, position, alter):
        """name -> gradient, where edge ``position`` hands on ``alter(right, incoming)``.

        None where there is no such edge.
        """
        if position >= len(self.edges):
            return None
        key = position, alter
        if key not in self._altered:
            self._altered[key] = self._backward_through(*self.edges[position], alter)
        return self._altered[key]

    def operation(self, position):
        """The operation of an edge, as torch calls it: 'Pow', 'Mul', 'Mean'."""
        node, _ = self.edges[position]
        return _operation(node)

    def is_outermost(self, position):
        """Whether an edge belongs to the first function, from the loss down, that is not linear."""
        top = self.edges[self.outer : self.outer + 1]
        return any(node is self.edges[position][0] for node, _ in top)

    def _backward_through(self, node, index, alter):
        def hook(handed_on, incoming):
            if len(incoming) != 1 or incoming[0] is None or handed_on[index] is None:
                return None
            changed = list(handed_on)
            changed[index] = alter(handed_on[index], incoming[0])
            return tuple(changed)

        handle = node.register_hook(hook)
        try:
            return self._backward(self.value)
        finally:
            handle.remove()

    def _backward(self, value):
        parameters = list(self.parameters.values())
        gradients = torch.autograd.grad(value, parameters, retain_graph=True, allow_unused=True)
        return dict(zip(self.parameters, gradients, strict=True))

    @cached_property
    def upstream(self):
        """position in ``values`` -> the gradient of the loss by that value."""
        reached = [i for i, value in enumerate(self.values) if value.requires_grad]
        if not self.value.requires_grad:
            return {}
        by_value = torch.autograd.grad(
            self.value, [self.values[i] for i in reached], retain_graph=True, allow_unused=True
        )
        return {i: g for i, g in zip(reached, by_value, strict=True) if g is not None}

    @cached_property
    def downstream(self):
        """position in ``values`` -> name -> the gradient of that value, summed.

        None where the value does not depend on the parameter.
        """
        return {i: self._backward(self.values[i].sum()) for i in self.upstream}

    def averaged(self, position):
        """name -> gradient, where every number of a value gets the mean of their gradients."""
        mean = self.upstream[position].mean()
        return self._backward((self.values[position] * mean).sum())


def _edges_below(root):
    waiting, seen = [root] if root else [], set()
    while waiting:
        node = waiting.pop(0)
        for index, (below, _) in enumerate(node.next_functions):
            if below is not None:
                yield node, index
                if below not in seen:
                    seen.add(below)
                    waiting.append(below)


_LINEAR = {"Mul", "Div", "Neg", "Add", "Sub", "Mean", "Sum", "View", "Reshape", "Squeeze"}


def _outer_length(edges):
    """How many edges, from the loss down, lie above the first function that is not linear."""
    for position, (node, _) in enumerate(edges):
        alone = sum(other is node for other, _ in edges) == 1
        if not alone or _operation(node) not in _LINEAR:
            return position
    return len(edges)


def _operation(node):
    return node.name().split("Backward")[0]


def skipped(right, incoming):
    """The edge hands on what it got, as if the derivative of its operation were 1."""
    return fitted(incoming, right.shape)


def cut(right, incoming):
    return torch.zeros_like(right)


def halved(right, incoming):
    return right / 2


def turned(right, incoming):
    return -right


def fitted(gradient, shape):
    """``gradient`` summed, or else repeated, to ``shape``; zeros where it cannot be."""
    try:
        return gradient.sum_to_size(shape)
    except RuntimeError:
        pass
    try:
        return gradient.expand(shape)
    except RuntimeError:
        return torch.zeros(shape, dtype=gradient.dtype)
