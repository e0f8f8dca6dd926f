"""The picture of an autograd graph: the values forward, and the gradients on the way back."""

from dataclasses import dataclass
from itertools import pairwise

from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from helpers.compute.graph import record_graph
from helpers.compute.texts import value_text
from helpers.show.colours import COLOURS, NORMAL, SMALL

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
    lines = {f"value {node.name}": f"value {value_text(node.value)}"}
    if node.gradient is not None:
        lines[f"gradient {node.name}"] = f"gradient {value_text(node.gradient)}"
    return lines


def _factor(factor):
    return "" if factor is None else f"× {value_text(factor)}"


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
