"""The loss, differentiated forward, with one rule wrong at a time.

``Tape`` runs a loss once at given numbers and keeps every operation, with the derivative of its
result by each parameter. Since a change in one operation's derivative reaches the loss by way of
the gradient of the loss by that operation's result, what a reader gets who follows one wrong rule
takes only a few more operations.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property, wraps

import torch
from torch.nn import functional

from helpers.checks.scores import scores_of
from helpers.checks.wrong_rules import RULES
from helpers.compute.gradients import evaluate
from helpers.compute.graph import Recorder, formula_text, key

MOST_OPERATIONS = 120
"""A loss with more operations than this is not followed: it would take too long."""
MOST_NUMBERS = 200_000
"""Neither is one whose operations have more numbers than this, times the entries looked at."""
MOST_ENTRIES = 8
"""Of a larger parameter, so many of its numbers are looked at."""


UNFOLLOWED = (RuntimeError, NotImplementedError, IndexError)
"""What is raised where a loss does something that cannot be followed."""


# --- What torch does in one operation, and a reader in several -----------------------------


def _reduced(value, reduction):
    return {"mean": value.mean, "sum": value.sum}.get(reduction, lambda: value)()


def _mse(prediction, target, *, reduction="mean", **_):
    return _reduced((prediction - target) ** 2, reduction)


def _absolute(prediction, target, *, reduction="mean", **_):
    return _reduced(torch.abs(prediction - target), reduction)


def _binary(p, y, weight=None, *, reduction="mean", **_):
    return _reduced(-(y * torch.log(p) + (1 - y) * torch.log(1 - p)), reduction)


def _binary_of_scores(z, y, weight=None, *, reduction="mean", **_):
    return _binary(torch.sigmoid(z), y, reduction=reduction)


def _cross_entropy(scores, target, weight=None, *, reduction="mean", **_):
    axis = -1 if scores.ndim <= 2 else 1
    logs = torch.log_softmax(scores, dim=axis)
    return _negative_logs(logs, target, reduction, axis)


def _negative_logs(logs, target, reduction="mean", axis=-1):
    if not target.is_floating_point():
        target = functional.one_hot(target, logs.shape[axis]).to(logs.dtype)
    return _reduced(-(target * logs).sum(dim=axis), reduction)


ACTIVATIONS = ("relu(u)", "tanh(u)", "sigmoid(u)", "clamp(u)", "softplus(u)")

IN_PARTS = {
    "mse_loss": _mse,
    "l1_loss": _absolute,
    "binary_cross_entropy": _binary,
    "binary_cross_entropy_with_logits": _binary_of_scores,
    "cross_entropy": _cross_entropy,
}


# --- Operations ----------------------------------------------------------------------------

_SAME = {
    "multiply": "mul",
    "__rmul__": "mul",
    "subtract": "sub",
    "__rsub__": "rsub",
    "divide": "div",
    "true_divide": "div",
    "__rdiv__": "rdiv",
    "__rtruediv__": "rdiv",
    "__rpow__": "rpow",
    "float_power": "pow",
    "negative": "neg",
    "absolute": "abs",
    "relu_": "relu",
}
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "rsub": "-", "rdiv": "/"}
_SIGNS |= {"rpow": "**", "matmul": "@", "mm": "@"}
_UNLIKE = ("mean(u)", "sum(u)", "u @ v")  # what goes in has another shape than what comes out


BY_PART = {
    ("u * v", "u"): "c * u",
    ("u * v", "v"): "c * u",
    ("u / v", "u"): "u / c",
    ("u / v", "v"): "c / u",
    ("u + v", "u"): "u + c",
    ("u + v", "v"): "u + c",
    ("u - v", "u"): "u - c",
    ("u - v", "v"): "c - u",
}
"""(pattern, what moves in it) -> the pattern where the other part is a constant."""


@dataclass(frozen=True)
class Operation:
    """One operation of the loss.

    Attributes:
        pattern: how it stands in the table of rules: "u * v", "sin(u)"; or "" for others.
        values: name in a formula -> value: u, v, c, n and f.
        text: the operation in the names of the loss.
        other: the constant in it, in the same names.
        position: among the results of the loss.
        inputs: name in a formula (u, v) -> position of what goes in.
        call: as it was recorded.
        axis: along which a softmax, a mean or a sum is taken; None for all of them.
    """

    pattern: str
    values: dict
    text: str
    other: str
    inputs: dict
    call: object
    axis: int | None = None


def _described(call, places, known):
    """The Operation of a recorded call. ``places``: id of a tensor that depends -> where it is."""
    name = _SAME.get(call.name, call.name)
    operands = list(call.arguments)
    if name == "square":
        name, operands = "pow", [operands[0], 2]
    if name == "reciprocal":
        name, operands = "rdiv", [operands[0], 1]
    if name in ("rsub", "rdiv", "rpow") and len(operands) == 2:
        operands.reverse()
    depends = [isinstance(o, torch.Tensor) and id(o) in places for o in operands]
    text = formula_text(call, known)
    if name in _SIGNS and len(operands) == 2 and any(depends):
        if _SIGNS[name] == "@":
            return _matrix_product(operands, depends, call, places, text)
        return _binary_operation(_SIGNS[name], operands, depends, call, places, text, known)
    if name == "neg":
        return _unary("-u", operands[0], call, places, text)
    if name in ("clamp", "clamp_min", "clamp_max") and depends[:1] == [True]:
        return _unary("clamp(u)", operands[0], call, places, text)
    if name == "leaky_relu" and depends[:1] == [True]:
        slope = call.keywords.get("negative_slope", (*operands, 0.01)[1])
        return _unary("leaky_relu(u)", operands[0], call, places, text, {"c": torch.tensor(slope)})
    if name == "where" and len(operands) == 3 and any(depends[1:]):
        return _choice(operands, depends, call, places, text)
    if f"{name}(u)" in RULES and depends[:1] == [True]:
        return _unary(f"{name}(u)", operands[0], call, places, text)
    inputs = {f"in{i}": places[id(o)] for i, o in enumerate(operands) if depends[i]}
    return Operation("", {"f": call.numbers}, text, "", inputs, call)


def _binary_operation(sign, operands, depends, call, places, text, known):
    shape = call.numbers.shape
    dtype = call.numbers.dtype
    left, right = (
        o.detach().expand(shape) if isinstance(o, torch.Tensor) else torch.tensor(o, dtype=dtype)
        for o in operands
    )
    if all(depends):
        names = ("u", "v")
    elif sign == "**" and depends[0]:
        names = ("u", "n")
    else:
        names = ("u", "c") if depends[0] else ("c", "u")
    values = dict(zip(names, (left, right), strict=True))
    pattern = f"{names[0]} {sign} {names[1]}"
    pattern = {"u * c": "c * u", "c + u": "u + c"}.get(pattern, pattern)
    constant = [o for o, moves in zip(operands, depends, strict=True) if not moves]
    other = known.get(key(constant[0]), "") if constant else ""
    if constant and not other:
        tensor = torch.as_tensor(constant[0])
        other = f"{tensor.item():g}" if tensor.numel() == 1 else "the constant"
    inputs = {n: places[id(o)] for n, o in zip(names, operands, strict=True) if n in "uv"}
    pattern = pattern if pattern in RULES else ""
    return Operation(pattern, {**values, "f": call.numbers}, text, other, inputs, call)


def _matrix_product(operands, depends, call, places, text):
    both = all(depends) and all(o.ndim == 2 for o in operands)
    inputs = {
        n: places[id(o)] for n, o, moves in zip("uv", operands, depends, strict=True) if moves
    }
    values = {n: o.detach() for n, o in zip("uv", operands, strict=True)} if both else {}
    return Operation("u @ v" if both else "", {**values, "f": call.numbers}, text, "", inputs, call)


def _choice(operands, depends, call, places, text):
    """Torch's where: u where the condition c is true, and v elsewhere."""
    shape, dtype = call.numbers.shape, call.numbers.dtype
    values = [torch.as_tensor(o).detach().expand(shape) for o in operands]
    values = dict(zip("cuv", (values[0], *(v.to(dtype) for v in values[1:])), strict=True))
    inputs = {n: places[id(operands[i])] for i, n in ((1, "u"), (2, "v")) if depends[i]}
    return Operation("where(c, u, v)", {**values, "f": call.numbers}, text, "", inputs, call)


def _unary(pattern, operand, call, places, text, more=None):
    axis = call.keywords.get("dim", call.keywords.get("axis"))
    if axis is None and len(call.arguments) > 1 and isinstance(call.arguments[1], int):
        axis = call.arguments[1]
    keeps = pattern in ("mean(u)", "sum(u)")
    if isinstance(axis, (tuple, list)) or (keeps and axis is not None):
        return Operation("", {"f": call.numbers}, text, "", {"u": places[id(operand)]}, call)
    if axis is not None and axis >= 0:
        axis -= operand.ndim
    values = {"u": operand.detach(), "f": call.numbers, "count": operand.numel(), **(more or {})}
    return Operation(pattern, values, text, "", {"u": places[id(operand)]}, call, axis)


@cache
def _compiled(formula):
    return compile(formula, formula, "eval")


def _applied(formula, operation, derivatives, more=None):
    """What a formula gives at an operation, for the derivatives of what goes in."""

    def total(value):
        if operation.axis is not None:
            return value.sum(dim=operation.axis, keepdim=True)
        return value.sum(dim=tuple(range(1, value.ndim))) if value.ndim > 1 else value

    names = {**operation.values, **{f"d{n}": d for n, d in derivatives.items()}, **(more or {})}
    return eval(_compiled(formula), {"torch": torch, "math": math, "total": total}, names)


# --- The tape ------------------------------------------------------------------------------


def _remembered(method):
    """Makes a method of a Tape work out each answer once: several rules may ask for it."""

    @wraps(method)
    def asked(tape, *arguments):
        key = (method.__name__, *arguments)
        if key not in tape.answers:
            tape.answers[key] = method(tape, *arguments)
        return tape.answers[key]

    return asked


class Tape:
    """One run of a loss, operation by operation.

    Attributes:
        operations: those through which the parameters reach the loss, in order; none where the
            loss is too large to follow, or changes its tensors in place.
        entries: name -> which numbers of the flattened parameter are looked at.
        parts: name -> their slice in a vector of derivatives.
    """

    def __init__(self, loss, names, at, rate=None):
        self.rate = 0.1 if rate is None else rate
        fresh = {name: tensor.detach().clone() for name, tensor in at.items()}
        self.parameters = {name: fresh[name].requires_grad_() for name in names}
        with torch.enable_grad():
            with Recorder(IN_PARTS) as recorder:
                value = loss(**fresh)
            self.loss = evaluate(lambda: value, {})
        self.entries = {n: _entries(p) for n, p in self.parameters.items()}
        sizes = [len(e) for e in self.entries.values()]
        ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
        self.parts = {n: slice(e - s, e) for n, e, s in zip(names, ends, sizes, strict=True)}
        self._places = {id(p): i for i, p in enumerate(self.parameters.values())}
        self._tensors = list(self.parameters.values())
        self.operations = []
        self.answers = {}
        self._record(recorder.calls, fresh, sum(sizes))

    def _record(self, calls, given, entries):
        moving = [call for call in calls if call.grad_fn is not None]
        size = sum(call.numbers.numel() for call in moving) * entries
        in_place = any(c.name.endswith("_") and not c.name.endswith("__") for c in moving)
        if len(moving) > MOST_OPERATIONS or size > MOST_NUMBERS or in_place:
            return
        known = {key(tensor): name for name, tensor in given.items()}
        for call in calls:
            if call.grad_fn is None:
                known.setdefault(key(call.value), formula_text(call, known))
                continue
            if id(call.value) in self._places:  # a view that is its own input
                continue
            operation = _described(call, self._places, known)
            known[key(call.value)] = operation.text
            self._places[id(call.value)] = len(self._tensors)
            self._tensors.append(call.value)
            self.operations.append(operation)

    @property
    def places(self):
        """How many places there are: of the parameters, and behind them of the operations."""
        return len(self.parameters) + len(self.operations) if self.operations else 0

    @property
    def values(self):
        """What each operation gives, in order."""
        return [operation.call.numbers for operation in self.operations]

    @cached_property
    def upstream(self):
        """For each operation the gradient of the loss by its result; None where there is none."""
        if not self.operations:
            return []
        results = [operation.call.value for operation in self.operations]
        return torch.autograd.grad(self.loss, results, retain_graph=True, allow_unused=True)

    @cached_property
    def derivatives(self):
        """For each place the derivative of what is there, by every entry of the parameters.

        Places are the parameters and then the operations. Shape (entries, *shape of the value).
        """
        count = max((part.stop for part in self.parts.values()), default=0)
        found = []
        for name, parameter in self.parameters.items():
            seed = torch.zeros(count, parameter.numel(), dtype=parameter.dtype)
            rows = torch.arange(self.parts[name].start, self.parts[name].stop)
            seed[rows, self.entries[name]] = 1
            found.append(seed.reshape(count, *parameter.shape))
        for operation in self.operations:
            found.append(self._derivative(operation, found, count))
        return found

    def _derivative(self, operation, found, count):
        if operation.pattern:
            inner = self._inner(operation, found)
            return _applied(RULES[operation.pattern].right, operation, inner)
        return _by_torch(operation.call, self._places, found, count)

    def _inner(self, operation, found):
        """The derivatives of what goes into an operation, in the shape of the operation."""
        shape = operation.values["f"].shape
        inner = {name: found[place] for name, place in operation.inputs.items()}
        if operation.pattern in _UNLIKE:
            return inner
        inner = {n: _widened(d, shape) for n, d in inner.items()}
        if operation.pattern == "where(c, u, v)":  # one of its two sides may be a constant
            still = torch.zeros_like(next(iter(inner.values())))
            inner = {"u": still, "v": still, **inner}
        return inner

    @cached_property
    def _by_parameters(self):
        parameters = self._tensors[: len(self.parameters)]
        options = {"retain_graph": True, "materialize_grads": True}
        return torch.autograd.grad(self.loss, parameters, **options)

    @cached_property
    def right(self):
        """The derivative of the loss by every entry."""
        pairs = zip(self._by_parameters, self.entries.values(), strict=True)
        return torch.cat([gradient.flatten()[entries] for gradient, entries in pairs])

    @_remembered
    def followed(self, position, formula, other=None, part=None):
        """The derivative of the loss, where the operation there is differentiated by a formula.

        ``other``: the position of another activation, whose result is g in the formula.
        ``part``: what moves in the operation, where only one thing does.

        None where it cannot be: the formula wants what is not there, or is not finite.
        """
        operation, upstream = self.seen(position, part), self.upstream[position]
        if upstream is None:
            return None
        here = self.derivatives[len(self.parameters) + position]
        try:
            inner = self._inner(operation, self.derivatives)
            elsewhere = self._elsewhere(formula, operation)
            if other is not None:
                elsewhere["g"] = self.operations[other].values["f"]
            wrong = _applied(formula, operation, inner, elsewhere)
        except (NameError, RuntimeError):
            return None
        change = (torch.zeros_like(here) + wrong - here) * upstream
        change = change.flatten(1).sum(1) if change.ndim > 1 else change
        return self.right + change

    def _elsewhere(self, formula, operation):
        """What a formula may want beside what goes in: values before a bend, or after a step."""
        if not re.search(r"\bd[uv]\b|kept_", formula) and self._is_of_parameters(operation):
            raise NameError("a parameter has no inner derivative to forget")
        wanted = re.findall(r"(before|moved|kept)_([uv])", formula)
        alone = {}
        if re.search(r"\bp\b", formula) and len(self.parameters) == 1:
            (parameter,) = self._tensors[:1]
            if parameter.numel() == 1:
                alone = {"p": parameter.detach().reshape(())}
        return alone | {
            f"{what}_{n}": getattr(self, f"_{what}")(operation.inputs[n]) for what, n in wanted
        }

    def _is_of_parameters(self, operation):
        return all(place < len(self.parameters) for place in operation.inputs.values())

    def _kept(self, place):
        """The derivative of what stands at a place, where its constant term is not dropped."""
        made_by = self.made_by(place)
        if made_by is None or made_by.pattern not in ("u + c", "u - c"):
            raise NameError("no constant term")
        constant = made_by.values["c"]
        sign = 1 if made_by.pattern == "u + c" else -1
        return self.derivatives[place] + sign * constant

    def made_by(self, place):
        """The operation whose result stands at a place; None for a parameter."""
        count = len(self.parameters)
        return self.operations[place - count] if place >= count else None

    def _before(self, place):
        """What went into the activation whose result stands at a place."""
        made_by = self.made_by(place)
        if made_by is None or made_by.pattern not in ACTIVATIONS:
            raise NameError("no activation")
        return made_by.values["u"]

    def _moved(self, place):
        """The parameter at a place after a step of gradient descent."""
        if place >= len(self.parameters):
            raise NameError("no parameter")
        parameter = self._tensors[place]
        (gradient,) = torch.autograd.grad(self.loss, [parameter], retain_graph=True)
        return parameter.detach() - self.rate * gradient

    @_remembered
    def followed_everywhere(self, pattern, formula):
        """The same, where every operation of a pattern is differentiated by it."""
        count = len(self.right)
        found = self.derivatives[: len(self.parameters)]
        try:
            for operation in self.operations:
                if operation.pattern == pattern:
                    if not re.search(r"\bd[uv]\b", formula) and self._is_of_parameters(operation):
                        return None
                    inner = self._inner(operation, found)
                    shape = (count, *operation.values["f"].shape)
                    wrong = torch.as_tensor(_applied(formula, operation, inner))
                    found = [*found, wrong + torch.zeros(shape, dtype=self.loss.dtype)]
                else:
                    found = [*found, self._derivative(operation, found, count)]
        except (NameError, RuntimeError):
            return None
        return found[-1].reshape(count) if self.operations else None

    def moving_part(self, position, names):
        """Which of two things that go into an operation depends on the parameters: u, v or None.

        None where both do, or where there are not two.
        """
        operation = self.operations[position]
        moving = [
            part
            for part, place in operation.inputs.items()
            if any(self.depends(place, name) for name in names)
        ]
        return moving[0] if len(moving) == 1 and (operation.pattern, moving[0]) in BY_PART else None

    def seen(self, position, part):
        """The Operation there, where only one part of it moves: the other one is a constant."""
        operation = self.operations[position]
        if part is None:
            return operation
        (other,) = operation.inputs.keys() - {part}
        values = operation.values
        return replace(
            operation,
            pattern=BY_PART[operation.pattern, part],
            values={"u": values[part], "c": values[other], "f": values["f"]},
            inputs={"u": operation.inputs[part]},
            other=self.text(operation.inputs[other]),
        )

    def activations(self):
        """The positions of the activations."""
        every = enumerate(self.operations)
        return [position for position, operation in every if operation.pattern in ACTIVATIONS]

    def value(self, place):
        """What stands at a place: a parameter, or the result of an operation."""
        count = len(self.parameters)
        return self._tensors[place].detach() if place < count else self.values[place - count]

    def gradient(self, place):
        """The gradient of the loss by what stands at a place; None where there is none."""
        count = len(self.parameters)
        return self._by_parameters[place] if place < count else self.upstream[place - count]

    def text(self, place):
        """What stands at a place, in the names of the loss."""
        count = len(self.parameters)
        return (
            list(self.parameters)[place] if place < count else self.operations[place - count].text
        )

    def scores(self, place, at):
        """pattern -> the Scores at a place. ``at``: the arguments of the loss."""
        if place not in self._scores:
            self._scores[place] = scores_of(self, place, at)
        return self._scores[place]

    @cached_property
    def _scores(self):
        return {}

    def back_from(self, place, pattern, formula, at):
        """The derivative of the loss, where the gradient by the scores at a place is a formula's.

        None where there are no such scores, or not all that the formula names.
        """
        scores = self.scores(place, at).get(pattern)
        if scores is None:
            return None
        try:
            wrong = eval(_compiled(formula), {"torch": torch}, scores.names)
            change = self.derivatives[place] * ((wrong - scores.right) * scores.share)
        except (NameError, RuntimeError, TypeError):
            return None
        return self.right + (change.flatten(1).sum(1) if change.ndim > 1 else change)

    def by_letter(self, position, other):
        """The derivative of the loss, where an operation is differentiated by another letter.

        ``other``: the Tape of the same loss by that letter.
        """
        here, upstream = self.operations[position], self.upstream[position]
        own = self.derivatives[len(self.parameters) + position]
        found = [i for i, operation in enumerate(other.operations) if operation.text == here.text]
        if upstream is None or not found or len(own) != 1:
            return None
        theirs = other.derivatives[len(other.parameters) + found[0]]
        if theirs.shape != own.shape:
            return None
        return self.right + ((theirs - own) * upstream).sum()

    def constant_by_letter(self, position, other):
        """The same, where the constant factor of an operation is differentiated as well."""
        here, upstream = self.operations[position], self.upstream[position]
        found = [i for i, operation in enumerate(other.operations) if operation.text == here.other]
        if here.pattern != "c * u" or upstream is None or not found:
            return None
        constant = other.derivatives[len(other.parameters) + found[0]]
        inner = self._inner(here, self.derivatives)["u"]
        own = self.derivatives[len(self.parameters) + position]
        if len(own) != 1 or constant.shape[1:] != own.shape[1:]:
            return None
        return self.right + ((constant * inner - own) * upstream).sum()

    def outer(self, position, name):
        """The gradient of the loss by the result of an operation, shaped like a parameter."""
        upstream, parameter = self.upstream[position], self.parameters[name]
        if upstream is None or not self.reaches(position, name):
            return None
        return _fitted(upstream, parameter.shape)

    def inner(self, position, name):
        """The derivative of an operation's result by a parameter's entries, summed."""
        if self.upstream[position] is None or not self.reaches(position, name):
            return None
        return self._summed(position)[self.parts[name]]

    def averaged(self, position, name, *, summed=False):
        """The derivative, where every number of a result gets the mean of their gradients."""
        upstream = self.upstream[position]
        if upstream is None or not self.reaches(position, name):
            return None
        share = upstream.sum() if summed else upstream.mean()
        return share * self._summed(position)[self.parts[name]]

    def _summed(self, position):
        derivative = self.derivatives[len(self.parameters) + position]
        return derivative.flatten(1).sum(1) if derivative.ndim > 1 else derivative

    def reaches(self, position, name):
        """Whether an operation depends on a parameter."""
        return self.depends(len(self.parameters) + position, name)

    def depends(self, place, name):
        """Whether what stands at a place depends on a parameter."""
        return name in self._depends[place]

    @cached_property
    def _depends(self):
        """For each place the names of the parameters that it depends on."""
        found = [{name} for name in self.parameters]
        for operation in self.operations:
            found.append(set().union(*(found[place] for place in operation.inputs.values())))
        return found


def _entries(parameter):
    count = parameter.numel()
    if count <= MOST_ENTRIES:
        return torch.arange(count)
    spread = torch.Generator().manual_seed(count)
    return torch.randperm(count, generator=spread)[:MOST_ENTRIES].sort().values


def _widened(derivative, shape):
    """A derivative of (entries, *shape of an input), with the shape of the result."""
    missing = len(shape) - (derivative.ndim - 1)
    if missing > 0:
        derivative = derivative.reshape(len(derivative), *(1,) * missing, *derivative.shape[1:])
    if missing < 0 or derivative.shape[1:] != shape:
        derivative = derivative.expand(len(derivative), *shape)
    return derivative


def _by_torch(call, places, found, count):
    """The derivative of a call's result by torch's own rules."""
    moving = [o for o in call.arguments if isinstance(o, torch.Tensor) and id(o) in places]
    inside = [
        part
        for o in call.arguments
        if isinstance(o, (list, tuple))
        for part in o
        if isinstance(part, torch.Tensor) and id(part) in places
    ]
    moving = list({id(tensor): tensor for tensor in (*moving, *inside)}.values())

    def again(*values):
        put = dict(zip(map(id, moving), values, strict=True))

        def placed(o):
            if isinstance(o, (list, tuple)):
                return type(o)(map(placed, o))
            return put.get(id(o), o) if isinstance(o, torch.Tensor) else o

        return call.function(*map(placed, call.arguments), **call.keywords)

    # The way forward is the way back of the way back. Torch's own, torch.func.jvp, takes half a
    # second to compile when it is first asked.
    slopes = tuple(found[places[id(tensor)]] for tensor in moving)
    with torch.enable_grad():
        values = [tensor.detach().requires_grad_() for tensor in moving]
        value = again(*values)
        flat = torch.zeros(count, *value.shape, dtype=slopes[0].dtype)
        if not value.requires_grad:
            return flat
        arriving = torch.zeros_like(value, requires_grad=True)
        back = torch.autograd.grad(value, values, arriving, create_graph=True)
    ways = [(part, slope) for part, slope in zip(back, slopes, strict=True) if part.requires_grad]
    if not ways:  # a step, as torch.sign
        return flat
    parts, slopes = zip(*ways, strict=True)
    return torch.autograd.grad(parts, arriving, slopes, is_grads_batched=True)[0]


def _fitted(gradient, shape):
    """``gradient`` summed, or else repeated, to ``shape``; None where it cannot be."""
    try:
        return gradient.sum_to_size(shape)
    except RuntimeError:
        pass
    try:
        return gradient.expand(shape)
    except RuntimeError:
        return None
