"""The autograd graph of a loss: what was computed forward, and the gradients on the way back.

``record_graph`` runs a loss once, on tensors of its own, and walks the graph that torch has made
of it; ``plot_graph`` draws that record, and ``fill_graph`` puts the numbers of another one into
the drawing. Nothing of the reader's is used up or changed.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from torch.overrides import TorchFunctionMode

from helpers.gradients import as_names, as_tensors, autograd_gradient
from helpers.style import COLOURS, NORMAL, SMALL

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
class _Call:
    """What was called with what, tensors and numbers given by name among it, and what it gave."""

    function: str
    arguments: tuple
    value: torch.Tensor


class _Recorder(TorchFunctionMode):
    """Keeps every call that gives a tensor: with a gradient in ``steps``, without in ``facts``."""

    def __init__(self):
        super().__init__()
        self.steps, self.facts = {}, []  # grad_fn -> _Call; (the tensor itself, _Call)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        value = func(*args, **kwargs)
        if isinstance(value, torch.Tensor):
            name = func.__name__
            if name == "__get__":  # of an attribute, such as W.T
                name = getattr(getattr(func, "__self__", None), "__name__", name)
            named = [part for part in kwargs.values() if type(part) in (torch.Tensor, int, float)]
            call = _Call(name, (*args, *named), value.detach().clone())
            if value.grad_fn is not None:
                self.steps[value.grad_fn] = call
            else:
                self.facts.append((value, call))
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
    with torch.enable_grad(), _Recorder() as recorder:
        value = loss(**given)
    if getattr(value, "grad_fn", None) is None:
        raise ValueError("The loss does not reach its parameters through autograd.")
    calls = recorder.steps
    calls.setdefault(value.grad_fn, _Call(_operation(value.grad_fn), (), value.detach()))
    below = _below(value.grad_fn)
    steps = [step for step in calls if step in below]
    if len(steps) > MOST_RESULTS:
        raise ValueError(f"The graph has {len(steps)} results, too many to read in a picture.")
    known = {id(tensor): name for name, tensor in given.items()}
    known |= dict(zip(steps, _result_names(names, len(steps), given), strict=True))
    sources = {id(given[name]): (name,) for name in given if name not in parameters}
    for tensor, call in recorder.facts:
        came_from = _sources(call, sources)
        if came_from and id(tensor) not in known:
            known[id(tensor)], sources[id(tensor)] = _formula(call, known), came_from
    gradients, factors = _walk_back(value, parameters, steps, below)
    results = []
    for step in steps:
        ways = list(_ways_down(step, known, factors, calls[step].value.numel() == 1))
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
        name = known.get(_key(child))
        if name:
            single = one_number and factor is not None and factor.numel() == 1
            yield name, factor.item() if single else None
        elif child is not None:
            yield from _ways_down(child, known, factors, one_number)


def _sources(call, sources):
    """The facts that went into a call, without those that came by way of a result."""
    tensors = [argument for argument in _flat(call.arguments) if isinstance(argument, torch.Tensor)]
    names = [name for t in tensors if not t.requires_grad for name in sources.get(id(t), ())]
    return tuple(dict.fromkeys(names))


def _flat(arguments):
    for argument in arguments:
        yield from _flat(argument) if isinstance(argument, (list, tuple)) else (argument,)


def _result(name, call, ways, known, gradient):
    """The Node of one step."""
    texts = [_argument(argument, known) for argument in _flat(call.arguments)]
    ways.sort(key=lambda way: texts.index(way[0]) if way[0] in texts else len(texts))
    return Node(name, "result", _formula(call, known), call.value, gradient, tuple(ways))


def _key(item):
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


def _formula(call, known):
    """A call in names and numbers, as it would be written by hand."""
    function, texts = call.function, [_argument(argument, known) for argument in call.arguments]
    if function == "mul" and len(texts) == 2 and texts[1].lstrip("(−")[0].isdigit():
        texts = texts[::-1]  # torch is given 2 * x as x * 2
    if function == "pow" and len(texts) == 2:
        power = {"2": "²", "3": "³"}.get(texts[1], f" ^ {texts[1]}")
        return f"{texts[0]}{power}"
    if function in _SIGNS and _SIGNS[function].count("{") == len(texts):
        return _SIGNS[function].format(*texts)
    return f"{function.strip('_')}({', '.join(texts)})"


def _argument(argument, known):
    """An argument of an operation as text: its name, its number, or what it is."""
    if isinstance(argument, str):
        return argument
    if isinstance(argument, (list, tuple)):
        return f"[{', '.join(_argument(part, known) for part in argument)}]"
    if isinstance(argument, (int, float)):
        argument = torch.tensor(argument, dtype=torch.float64)
    if not isinstance(argument, torch.Tensor):
        return "…"
    text = known.get(_key(argument)) or _number(argument)
    return f"({text})" if text[0] == "−" or " " in text else text


def _number(tensor):
    """A number in five digits, of which four are decimals at the most; without trailing zeros.

    A power of ten where that is too short, and of a larger tensor, the shape.
    """
    if tensor.numel() != 1:
        return f"[{' × '.join(map(str, tensor.shape))}]"
    value = tensor.item()
    if not abs(value) < 1e5:
        return f"{value:.1e}".replace("-", "−") if value == value else "not a number"
    decimals = 5 - len(str(int(abs(value))))
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if decimals else text
    return {"-0": "0"}.get(text, text).replace("-", "−")


def say_graph(nodes):
    """What a drawing of a record shows, in two sentences: the values, and the gradients."""
    values = ", ".join(_equation(node) for node in nodes.values())
    slopes = [node for node in reversed(nodes.values()) if node.gradient is not None]
    gradients = ", ".join(f"{node.name} {_said(node.gradient)}" for node in slopes)
    loss = list(nodes)[-1]
    return (
        f"The graph of {loss}, from the top down: {values}. "
        f"Back up from {loss}, the gradients: {gradients}."
    )


def say_way_back(nodes, name):
    """How the gradient of a node adds up, in a sentence: what each way back to it brings."""
    brought = [
        (f"{_said(node.gradient)} × {_said(_one(factor))}", node.name)
        for node in nodes.values()
        for start, factor in node.inputs
        if start == name and factor is not None
    ]
    if not brought:
        return f"To {name} no single number leads back."
    ways = " and ".join(f"{product} by way of {end}" for product, end in brought)
    sums = "together" if len(brought) > 1 else "that is"
    return f"Back to {name}: {ways}, {sums} {_said(nodes[name].gradient)}."


def _equation(node):
    return " = ".join(part for part in (node.name, node.formula, _said(node.value)) if part)


def _said(tensor):
    """A number as the values beside the picture have it: with the minus of the keyboard."""
    return _number(tensor).replace("−", "-")


def _one(number):
    return torch.tensor(number, dtype=torch.float64)


# --- The drawing ---------------------------------------------------------------------------

BOX_WIDTH, BOX_HEIGHT = 0.72, 0.56  # of a column and of a row
INCHES = 2.2, 1.15  # a column and a row
BESIDE = 0.09  # inches between the way forward and the way back


def plot_graph(loss, *, wrt, at, names=(), ax=None):
    """Draws how a loss is computed, and how ``backward`` walks back from it.

    Each box holds a value and the gradient of the loss by it. A solid arrow leads from an input
    to what is made of it. The dashed arrow beside it leads back, with the local derivative that
    the gradient is multiplied by on that way. A dotted box is a fact: no way leads back to it.

    Args:
        loss, wrt, at, names: as in ``record_graph``.
        ax: where to draw; None makes a figure that fits the graph.

    Returns:
        the Axes. The artists are named "box", "title", "value" and "gradient" with the name of
        a node; "forward", "backward" and "factor" with those of an input and of its result, and
        a number from the second way between the same two on.
    """
    nodes = record_graph(loss, wrt=wrt, at=at, names=names)
    if ax is None:
        from matplotlib import pyplot  # only a figure in a cell needs it, and it is slow to import

        ax = fitting_axes(nodes, pyplot.figure())
    return draw_graph(nodes, ax=ax)


def fitting_axes(nodes, figure):
    """Axes that fill a figure, which is made as large as a record needs."""
    rows, _ = _layout(nodes)
    width, height = _columns(rows) * INCHES[0], len(rows) * INCHES[1] + 0.4
    figure.set_size_inches(width, height)
    return figure.add_axes((0, 0, 1, 1 - 0.4 / height))


def draw_graph(nodes, *, ax):
    """Draws a record on Axes, as ``plot_graph`` says, and returns them."""
    rows, ways = _layout(nodes)
    columns, loss = _columns(rows), list(nodes)[-1]
    ax.set(xlim=(-columns / 2, columns / 2), ylim=(len(rows) - 0.5, -0.5))
    ax.set_axis_off()
    places = _places(rows)
    for node in nodes.values():
        _draw_node(ax, node, *places[node.name], is_loss=node.name == loss)
    ports = _ports(ways, places)
    for way, (start, end) in zip(ways, ports, strict=True):
        _draw_way(ax, nodes, way, [start, *(places[stop] for stop in way.stops), end])
    _add_legend(ax)
    return ax


def fill_graph(drawn, nodes):
    """Puts the numbers of a record into the drawing of another one with the same boxes.

    ``drawn`` is ``artists(ax)`` of the drawing. What has no box or no way in it is left out.
    """
    texts = {}
    for node in nodes.values():
        texts |= _lines(node)
    for gid, _, _, factor in _pairs(nodes):
        texts[f"factor {gid}"] = _factor(factor)
    for gid in drawn.keys() & texts.keys():
        drawn[gid].set_text(texts[gid])


def _columns(rows):
    return max(2, *map(len, rows))


def _pairs(nodes):
    """(name, input, result, local derivative) of every way, from the first result to the last."""
    for node in nodes.values():
        seen = []
        for name, factor in node.inputs:
            seen.append(name)
            again = seen.count(name)
            gid = f"{name} {node.name}" + (f" {again}" if again > 1 else "")
            yield gid, name, node.name, factor


def _lines(node):
    """name -> text of what changes in a box."""
    lines = {f"value {node.name}": f"value {_number(node.value)}"}
    if node.gradient is not None:
        lines[f"gradient {node.name}"] = f"gradient {_number(node.gradient)}"
    return lines


def _factor(factor):
    return "" if factor is None else f"× {_number(_one(factor))}"


@dataclass(frozen=True)
class _Way:
    """From an input to a result, with a stop in each row between."""

    gid: str
    start: str
    end: str
    factor: float | None
    stops: tuple


def _layout(nodes):
    """The rows of names and stops from top to bottom, each from left to right; and the ways."""
    row = {}
    for node in nodes.values():
        row[node.name] = 1 + max((row[name] for name, _ in node.inputs), default=-1)
    for leaf in [node.name for node in nodes.values() if not node.inputs]:
        users = [n.name for n in nodes.values() if leaf in dict(n.inputs)]
        row[leaf] = min((row[user] for user in users), default=1) - 1
    rows = [[name for name in nodes if row[name] == r] for r in range(max(row.values()) + 1)]
    ways = []
    for gid, start, end, factor in _pairs(nodes):
        stops = [(gid, r) for r in range(row[start] + 1, row[end])]
        ways.append(_Way(gid, start, end, factor, tuple(stops)))
        for stop in stops:
            rows[stop[-1]].append(stop)
    _sort_upwards(rows, ways)
    return rows, ways


def _sort_upwards(rows, ways):
    """Puts each row in the order of what its items lead to, so that few ways cross."""
    pairs = [pair for way in ways for pair in pairwise([way.start, *way.stops, way.end])]
    for upper, lower in zip(reversed(rows[:-1]), reversed(rows), strict=False):
        middle = (len(lower) - 1) / 2
        leads_to = {item: [] for item in upper}
        for rank, (item, target) in enumerate(pairs):
            if item in leads_to and target in lower:
                leads_to[item].append(lower.index(target) - middle + rank / 1e3)
        upper.sort(key=lambda item: sum(leads_to[item]) / max(1, len(leads_to[item])))


def _places(rows):
    return {
        item: (position - (len(row) - 1) / 2, number)
        for number, row in enumerate(rows)
        for position, item in enumerate(row)
    }


def _ports(ways, places):
    """Where each way leaves its first box and reaches its last: side by side where they meet."""

    def spread(way, end):
        together = [w for w in ways if getattr(w, end) == getattr(way, end)]
        other = "start" if end == "end" else "end"
        together.sort(key=lambda w: places[getattr(w, other)][0])
        offset = BOX_WIDTH * ((together.index(way) + 1) / (len(together) + 1) - 0.5)
        x, y = places[getattr(way, end)]
        return x + offset, y + BOX_HEIGHT / 2 * (1 if end == "start" else -1)

    return [(spread(way, "start"), spread(way, "end")) for way in ways]


def _draw_node(ax, node, x, y, is_loss):
    edge = {"parameter": COLOURS["gradient"], "fact": COLOURS["path"]}.get(
        node.kind, COLOURS["loss"] if is_loss else COLOURS["path"]
    )
    ax.add_patch(
        FancyBboxPatch(
            (x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2),
            BOX_WIDTH,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.04",
            mutation_aspect=INCHES[0] / INCHES[1],
            facecolor="white",
            edgecolor=edge,
            linewidth=2 if node.kind == "parameter" or is_loss else 1,
            linestyle=":" if node.kind == "fact" else "-",
            zorder=3,
            gid=f"box {node.name}",
        )
    )
    title = f"{node.name} = {node.formula}" if node.formula else node.name
    lines = {f"title {node.name}": title, **_lines(node)}
    for line, (gid, text) in enumerate(lines.items()):
        what = gid.split()[0]
        ax.text(
            x,
            y + BOX_HEIGHT * 0.29 * (line - (len(lines) - 1) / 2),
            text,
            ha="center",
            va="center_baseline",
            fontsize=min(NORMAL, 15 / len(text) * NORMAL) if what == "title" else SMALL,
            fontweight="bold" if what == "title" else "normal",
            color=COLOURS["gradient" if what == "gradient" else "data"],
            zorder=4,
            gid=gid,
        )


def _draw_way(ax, nodes, way, points):
    ax.add_patch(_arrow(points, COLOURS["path"], "-", f"forward {way.gid}"))
    if nodes[way.start].gradient is None:
        return
    aside = _aside(points)
    back = [(x + aside, y) for x, y in reversed(points)]
    ax.add_patch(_arrow(back, COLOURS["gradient"], (0, (3, 1.5)), f"backward {way.gid}"))
    if way.factor is not None:
        _write_factor(ax, way.factor, back[1], back[0], f"factor {way.gid}")


def _aside(points):
    """How far to the right the way back is moved, so that it stays clear of the way forward."""
    slants = [
        abs((x - left) * INCHES[0] / ((y - top) * INCHES[1]))
        for (left, top), (x, y) in pairwise(points)
    ]
    return min(BESIDE * (1 + max(slants) ** 2) ** 0.5 / INCHES[0], 0.2)


def _write_factor(ax, factor, start, end, gid):
    """Writes a local derivative beside the middle of a way, on its right side."""
    across, down = (end[0] - start[0]) * INCHES[0], (end[1] - start[1]) * INCHES[1]
    length = (across**2 + down**2) ** 0.5
    right, below = down / length, -across / length  # of length 1, at a right angle to the way
    ax.text(
        (start[0] + end[0]) / 2 + 0.05 * right / INCHES[0],
        (start[1] + end[1]) / 2 + 0.05 * below / INCHES[1],
        _factor(factor),
        ha="left" if right > 0.4 else "center",
        va="center" if abs(below) < 0.4 else "top" if below > 0 else "bottom",
        fontsize=SMALL,
        color=COLOURS["gradient"],
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5},
        zorder=5,
        gid=gid,
    )


def _arrow(points, colour, style, gid):
    return FancyArrowPatch(
        path=Path(points),
        arrowstyle="-|>",
        mutation_scale=11,
        color=colour,
        linestyle=style,
        lw=1.6,
        zorder=2,
        gid=gid,
    )


def _add_legend(ax):
    forward = Line2D([], [], color=COLOURS["path"], lw=1.6, marker="v", label="forward")
    backward = Line2D(
        [],
        [],
        color=COLOURS["gradient"],
        lw=1.6,
        ls=(0, (3, 1.5)),
        marker="^",
        label="backward, × local derivative",
    )
    ax.legend(
        handles=[forward, backward],
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncol=2,
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.1,
        handlelength=2.4,
    )
