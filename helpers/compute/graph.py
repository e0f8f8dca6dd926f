"""The autograd graph of a loss: what was computed forward, and the gradients on the way back.

``record_graph`` runs a loss once, on tensors of its own, and walks the graph that torch has made
of it. Nothing of the reader's is used up or changed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.overrides import TorchFunctionMode

from helpers.compute.gradients import as_names, as_tensors, autograd_gradient
from helpers.compute.texts import value_text

MOST_RESULTS = 40

# --- The record ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """One number or tensor of a computation.

    Attributes:
        name: of a parameter or a fact as in ``at``, of a result as the reader named it.
        kind: "parameter" (a gradient by it is wanted), "fact" (none is) or "result".
        formula: how a result was computed, in names and numbers: "w · x".
        value: from the forward pass.
        gradient: of the loss by this value; None where none is wanted.
        inputs: pairs of the name of an input and the local derivative, which is that of this
            result by that input alone; None for a fact, and where it is more than one number.
    """

    name: str
    kind: str
    formula: str
    value: torch.Tensor
    gradient: torch.Tensor | None = None
    inputs: tuple[tuple[str, float | None], ...] = ()


@dataclass(frozen=True)
class Call:
    """One operation of torch as it was called, and what it gave.

    Attributes:
        name: of the operation, as in torch: "mul", "__rsub__"; of an attribute such as W.T, "T".
        function, arguments, keywords: to call it again.
        value: the tensor that it gave.
        numbers, grad_fn: what that tensor held, and where it stood in the graph, when it was new.
    """

    name: str
    function: Callable
    arguments: tuple
    keywords: dict
    value: torch.Tensor
    numbers: torch.Tensor
    grad_fn: object

    @property
    def operands(self):
        """The arguments, with the tensors and numbers among those given by name."""
        named = self.keywords.values()
        return (*self.arguments, *(v for v in named if type(v) in (torch.Tensor, int, float)))


class Recorder(TorchFunctionMode):
    """Keeps, in order, every Call that gives a tensor.

    ``in_parts``: name -> a function that does the same by several operations, to be recorded in
    its place.
    """

    def __init__(self, in_parts=None):
        super().__init__()
        self.calls, self._in_parts = [], in_parts or {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs, name = kwargs or {}, func.__name__
        if name in self._in_parts:
            with self:
                return self._in_parts[name](*args, **kwargs)
        value = func(*args, **kwargs)
        if isinstance(value, torch.Tensor):
            if name == "__get__":  # of an attribute
                name = getattr(getattr(func, "__self__", None), "__name__", name)
            new = value.detach().clone(), value.grad_fn
            self.calls.append(Call(name, func, args, kwargs, value, *new))
        return value


def record_graph(loss, *, wrt, at, names=()):
    """The graph of a loss, found by the ``grad_fn`` of its value.

    Args:
        loss, wrt, at: as in ``autograd_gradient``.
        names: of the results, in the order in which they are computed; those left over are
            called v1, v2 and so on.

    Returns:
        dict: name -> Node, every input before what is made of it, the loss last.

    Raises:
        ValueError, TypeError: as ``autograd_gradient``; for a loss that does not reach ``wrt``
            through autograd, for more names than results, and for more results than MOST_RESULTS.
    """
    autograd_gradient(loss, wrt=wrt, at=at)  # complains where there is no gradient to be had
    given = as_tensors(at)
    parameters = {name: given[name].requires_grad_() for name in as_names(wrt)}
    with torch.enable_grad(), Recorder() as recorder:
        value = loss(**given)
    if getattr(value, "grad_fn", None) is None:
        raise ValueError("The loss does not reach its parameters through autograd.")
    calls = {call.grad_fn: call for call in recorder.calls if call.grad_fn}
    last = value.grad_fn
    calls.setdefault(last, Call(_operation(last), None, (), {}, value, value.detach(), last))
    below = _below(value.grad_fn)
    steps = [step for step in calls if step in below]
    if len(steps) > MOST_RESULTS:
        raise ValueError(f"The graph has {len(steps)} results, too many to read in a picture.")
    known = {id(tensor): name for name, tensor in given.items()}
    known |= dict(zip(steps, _result_names(names, len(steps), given), strict=True))
    sources = {id(given[name]): (name,) for name in given if name not in parameters}
    for call in recorder.calls:
        if call.grad_fn is None and id(call.value) not in known:
            came_from, place = _sources(call, sources), id(call.value)
            if came_from:
                known[place], sources[place] = formula_text(call, known), came_from
    gradients, factors = _walk_back(value, parameters, steps, below)
    results = []
    for step in steps:
        ways = list(_ways_down(step, known, factors, calls[step].numbers.numel() == 1))
        ways += [(name, None) for name in _sources(calls[step], sources)]
        results.append(_result(known[step], calls[step], ways, known, gradients.get(step)))
    used = {name for result in results for name, _ in result.inputs}
    leaves = [
        Node(name, "parameter", "", tensor.detach(), gradients[name])
        if name in parameters
        else Node(name, "fact", "", tensor)
        for name, tensor in given.items()
        if name in used or name in parameters
    ]
    return {node.name: node for node in (*leaves, *results)}


def _below(root):
    """Every operation of the graph from ``root`` down, itself included; leaves are none."""
    found, waiting = set(), [root]
    while waiting:
        step = waiting.pop()
        if step is not None and step.next_functions and step not in found:
            found.add(step)
            waiting.extend(child for child, _ in step.next_functions)
    return found


def _result_names(names, count, given):
    names = (names,) if isinstance(names, str) else tuple(names)
    if len(names) > count or len({*names, *given}) < len(names) + len(given):
        raise ValueError(f"The {count} results need names of their own; given were {names}.")
    free = (f"v{number}" for number in range(len(names) + 1, count + len({*names, *given}) + 1))
    others = [name for name in free if name not in {*names, *given}]
    return [*names, *others[: count - len(names)]]


def _walk_back(value, parameters, steps, below):
    """The gradient at each step and parameter, and what each operation hands on for a 1.

    It goes twice: once as ``backward`` does, and once with a 1 given to every step, so that what
    the step hands on is its local derivative.
    """
    gradients, factors = {}, {}

    def keep_gradient(step):
        return step.register_prehook(lambda arriving: gradients.update({step: arriving[0]}))

    def give_one(step):
        return step.register_prehook(lambda arriving: tuple(map(torch.ones_like, arriving)))

    def keep_factors(operation):
        return operation.register_hook(lambda on, _: factors.update({operation: on}))

    by_parameter = _gradients(value, parameters, [keep_gradient(step) for step in steps])
    _gradients(value, parameters, [*map(give_one, steps), *map(keep_factors, below)])
    return {**gradients, **by_parameter}, factors


def _gradients(value, parameters, hooks):
    """name -> gradient; the hooks, which are set already, are removed."""
    gradients = torch.autograd.grad(
        value,
        list(parameters.values()),
        torch.ones_like(value),
        retain_graph=True,
        materialize_grads=True,
    )
    for hook in hooks:
        hook.remove()
    return dict(zip(parameters, gradients, strict=True))


def _ways_down(step, known, factors, one_number):
    """Pairs of an input's name and the local derivative, through what torch did on the way.

    Of a result of several numbers, torch has added up what it hands on to a single one.
    """
    handed_on = factors.get(step, [None] * len(step.next_functions))
    for (child, _), factor in zip(step.next_functions, handed_on, strict=True):
        name = known.get(key(child))
        if name:
            single = one_number and factor is not None and factor.numel() == 1
            yield name, factor.item() if single else None
        elif child is not None:
            yield from _ways_down(child, known, factors, one_number)


def _sources(call, sources):
    """The facts that went into a call, without those that came by way of a result."""
    tensors = [argument for argument in _flat(call.operands) if isinstance(argument, torch.Tensor)]
    names = [name for t in tensors if not t.requires_grad for name in sources.get(id(t), ())]
    return tuple(dict.fromkeys(names))


def _flat(arguments):
    for argument in arguments:
        yield from _flat(argument) if isinstance(argument, (list, tuple)) else (argument,)


def _result(name, call, ways, known, gradient):
    """The Node of one step."""
    texts = [_factor(argument, known) for argument in _flat(call.operands)]
    ways.sort(key=lambda way: texts.index(way[0]) if way[0] in texts else len(texts))
    return Node(name, "result", formula_text(call, known), call.numbers, gradient, tuple(ways))


def key(item):
    """What a tensor, or a place in the graph, is known by."""
    if isinstance(item, torch.Tensor):
        return item.grad_fn or id(item)
    return id(item.variable) if hasattr(item, "variable") else item


# --- In words ------------------------------------------------------------------------------


def _operation(step):
    return step.name().split("Backward")[0].lower()


_SIGNS = {
    "add": "{} + {}",
    "sub": "{} − {}",
    "mul": "{} · {}",
    "div": "{} / {}",
    "matmul": "{} @ {}",
    "neg": "−{}",
    "square": "{}²",
    "__rsub__": "{1} − {0}",
    "__rdiv__": "{1} / {0}",
    "__rpow__": "{1} ^ {0}",
}


def formula_text(call, known):
    """A call in names and numbers, as it would be written by hand."""
    function, parts = call.name, call.operands
    if function == "mul" and len(parts) == 2 and _text(parts[1], known).lstrip("−")[0].isdigit():
        parts = parts[::-1]  # torch is given 2 * x as x * 2
    if function == "pow" and len(parts) == 2:
        base, exponent = (_factor(part, known) for part in parts)
        base = f"({base})" if base[-1] in "²³" else base
        return base + {"2": "²", "3": "³"}.get(exponent, f" ^ {exponent}")
    sign = _SIGNS.get(function, "")
    if sign.count("{") == len(parts) > 0:
        write = _term if function in ("add", "sub") else _factor
        return sign.format(*(write(part, known) for part in parts))
    return f"{function.strip('_')}({', '.join(_text(part, known) for part in parts)})"


def _text(argument, known):
    """An argument of an operation as text: its name, its number, or what it is."""
    if isinstance(argument, str):
        return argument
    if isinstance(argument, (list, tuple)):
        return f"[{', '.join(_text(part, known) for part in argument)}]"
    if isinstance(argument, torch.Tensor):
        return known.get(key(argument)) or value_text(argument)
    return value_text(argument) if isinstance(argument, (int, float)) else "…"


def _term(argument, known):
    """The same as a term of a sum, in brackets where it is a sum itself."""
    text = _text(argument, known)
    outside = _outside_brackets(text)
    return f"({text})" if text[0] == "−" or " + " in outside or " − " in outside else text


def _factor(argument, known):
    """The same as a factor, in brackets where it is more than one name, number or call."""
    text = _text(argument, known)
    return f"({text})" if text[0] == "−" or " " in _outside_brackets(text) else text


def _outside_brackets(text):
    while text != (text := re.sub(r"\([^()]*\)", "", text)):
        pass
    return text


def say_graph(nodes):
    """What a drawing of a record shows, in two sentences: the values, and the gradients."""
    values = ", ".join(_equation(node) for node in nodes.values())
    slopes = [node for node in reversed(nodes.values()) if node.gradient is not None]
    gradients = ", ".join(f"{node.name} {value_text(node.gradient)}" for node in slopes)
    loss = list(nodes)[-1]
    return (
        f"The graph of {loss}, from the top down: {values}. "
        f"Back up from {loss}, the gradients: {gradients}."
    )


def say_way_back(nodes, name):
    """How the gradient of a node adds up, in a sentence: what each way back to it brings."""
    brought = [
        (f"{value_text(node.gradient)} × {value_text(factor)}", node.name)
        for node in nodes.values()
        for start, factor in node.inputs
        if start == name and factor is not None
    ]
    if not brought:
        return f"To {name} no single number leads back."
    ways = " and ".join(f"{product} by way of {end}" for product, end in brought)
    sums = "together" if len(brought) > 1 else "that is"
    return f"Back to {name}: {ways}, {sums} {value_text(nodes[name].gradient)}."


def _equation(node):
    return " = ".join(part for part in (node.name, node.formula, value_text(node.value)) if part)
