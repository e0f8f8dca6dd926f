"""The picture of an autograd graph: the values forward, and the gradients on the way back.

Each box holds a value and the gradient of the loss by it. A solid arrow leads from an input to
what is made of it. The dashed arrow beside it leads back, with the local derivative that the
gradient is multiplied by on that way. A dotted box is a fact: no way leads back to it.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from helpers.compute.texts import value_text
from helpers.show.colours import COLOURS, NORMAL, SMALL
from helpers.show.plots import plot_text

BOX_WIDTH, BOX_HEIGHT = 0.72, 0.56  # of a column and of a row
INCHES = 2.2, 1.15  # a column and a row
LEGEND = 0.4  # inches above the first row
BESIDE = 0.09  # inches between the way forward and the way back


def structure(nodes):
    """What the boxes and ways of a record depend on: its names, formulas and inputs."""
    return tuple(
        (node.name, node.formula, tuple(name for name, _ in node.inputs)) for node in nodes.values()
    )


def draw_boxes(nodes, *, ax):
    """Draws all of a record but its numbers, and makes the figure as large as it needs."""
    layout, loss = _layout(structure(nodes)), list(nodes)[-1]
    columns, rows = max(2, *map(len, layout.rows)), len(layout.rows)
    ax.figure.set_size_inches(columns * INCHES[0], rows * INCHES[1] + LEGEND)
    ax.set(xlim=(-columns / 2, columns / 2), ylim=(rows - 0.5, -0.5 - LEGEND / INCHES[1]))
    for node in nodes.values():
        _draw_box(ax, node, *layout.places[node.name], is_loss=node.name == loss)
    for way in layout.ways:
        ax.add_patch(_arrow(way.points, COLOURS["path"], "-"))
        if nodes[way.start].gradient is not None:
            ax.add_patch(_arrow(way.back, COLOURS["gradient"], (0, (3, 1.5))))
    _add_legend(ax)
    return ax


def draw_numbers(nodes, *, ax):
    """Writes the values and gradients of a record into its boxes, and the factors beside ways."""
    layout = _layout(structure(nodes))
    for node in nodes.values():
        lines = _lines(node)
        for what, text in lines.items():
            place = _line_place(layout.places[node.name], list(lines).index(what) + 1, len(lines))
            role = "gradient" if what == "gradient" else "data"
            _write(*place, f"{what} {text}", f"{what} {node.name}", ax, role)
    factors = [factor for node in nodes.values() for _, factor in node.inputs]
    for way, factor in zip(layout.ways, factors, strict=True):
        if factor is not None and nodes[way.start].gradient is not None:
            _write_factor(ax, factor, way.back[1], way.back[0], f"factor {way.name}")
    return ax


def _lines(node):
    """what -> text of what changes in a box."""
    lines = {"value": value_text(node.value)}
    if node.gradient is not None:
        lines["gradient"] = value_text(node.gradient)
    return lines


def _line_place(box, line, lines):
    """Where a line stands in a box, below the title, which is line 0."""
    return box[0], box[1] + BOX_HEIGHT * 0.29 * (line - lines / 2)


def _write(x, y, text, gid, ax, role, **style):
    style = {"va": "center_baseline", "fontsize": SMALL, "zorder": 4, **style}
    return plot_text(x, y, text, ax=ax, gid=gid, role=role, **style)


# --- Where everything goes -----------------------------------------------------------------


@dataclass(frozen=True)
class _Way:
    """From an input to a result, with a stop in each row between.

    Attributes:
        points, back: the places that it leads over, forward, and beside it on the way back.
    """

    name: str
    start: str
    end: str
    points: tuple = ()

    @property
    def back(self):
        aside = _aside(self.points)
        return [(x + aside, y) for x, y in reversed(self.points)]


@dataclass(frozen=True)
class _Layout:
    """The rows of names and stops, from top to bottom and left to right; name -> (x, y); ways."""

    rows: list
    places: dict
    ways: list


@lru_cache(maxsize=16)
def _layout(nodes):
    """The ``_Layout`` of what ``structure`` gives."""
    inputs, row = {name: names for name, _, names in nodes}, {}
    for name in inputs:
        row[name] = 1 + max((row[start] for start in inputs[name]), default=-1)
    for leaf in [name for name in inputs if not inputs[name]]:
        users = [row[name] for name in inputs if leaf in inputs[name]]
        row[leaf] = min(users, default=1) - 1
    rows = [[name for name in inputs if row[name] == r] for r in range(max(row.values()) + 1)]
    routes = {}
    for name, start, end in _ways(inputs):
        stops = [(name, r) for r in range(row[start] + 1, row[end])]
        routes[name] = [start, *stops, end]
        for stop in stops:
            rows[stop[-1]].append(stop)
    _sort_upwards(rows, routes)
    places = _places(rows)
    ways = [
        _Way(name, route[0], route[-1], tuple(_points(name, routes, places)))
        for name, route in routes.items()
    ]
    return _Layout(rows, places, ways)


def _ways(inputs):
    """(name, input, result) of every way; a second way between the same two is numbered."""
    for end, starts in inputs.items():
        for position, start in enumerate(starts):
            again = starts[: position + 1].count(start)
            yield f"{start} {end}" + (f" {again}" if again > 1 else ""), start, end


def _sort_upwards(rows, routes):
    """Puts each row in the order of what its items lead to, so that few ways cross."""
    pairs = [pair for route in routes.values() for pair in pairwise(route)]
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


def _points(name, routes, places):
    """Where a way leads: it leaves and reaches boxes side by side with others."""
    route = routes[name]
    yield _port(name, routes, places, 0, -1)
    yield from (places[stop] for stop in route[1:-1])
    yield _port(name, routes, places, -1, 0)


def _port(name, routes, places, this, other):
    """Where a way meets its box at this end of it."""
    box = routes[name][this]
    together = [one for one, route in routes.items() if route[this] == box]
    together.sort(key=lambda one: places[routes[one][other]][0])
    x, y = places[box]
    across = BOX_WIDTH * ((together.index(name) + 1) / (len(together) + 1) - 0.5)
    return x + across, y + BOX_HEIGHT / 2 * (1 if this == 0 else -1)


def _aside(points):
    """How far to the right the way back is moved, so that it stays clear of the way forward."""
    slants = [
        abs((x - left) * INCHES[0] / ((y - top) * INCHES[1]))
        for (left, top), (x, y) in pairwise(points)
    ]
    return min(BESIDE * (1 + max(slants) ** 2) ** 0.5 / INCHES[0], 0.2)


# --- How it looks --------------------------------------------------------------------------


def _draw_box(ax, node, x, y, is_loss):
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
        )
    )
    title = f"{node.name} = {node.formula}" if node.formula else node.name
    ax.text(
        *_line_place((x, y), 0, len(_lines(node))),
        title,
        ha="center",
        va="center_baseline",
        fontsize=min(NORMAL, 15 / len(title) * NORMAL),
        fontweight="bold",
        color=COLOURS["data"],
        zorder=4,
    )


def _write_factor(ax, factor, start, end, gid):
    """Writes a local derivative beside the middle of a way, on its right side."""
    across, down = (end[0] - start[0]) * INCHES[0], (end[1] - start[1]) * INCHES[1]
    length = (across**2 + down**2) ** 0.5
    right, below = down / length, -across / length  # of length 1, at a right angle to the way
    _write(
        (start[0] + end[0]) / 2 + 0.05 * right / INCHES[0],
        (start[1] + end[1]) / 2 + 0.05 * below / INCHES[1],
        f"× {value_text(factor)}",
        gid,
        ax,
        "gradient",
        ha="left" if right > 0.4 else "center",
        va="center" if abs(below) < 0.4 else "top" if below > 0 else "bottom",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5},
        zorder=5,
    )


def _arrow(points, colour, style):
    return FancyArrowPatch(
        path=Path(points),
        arrowstyle="-|>",
        mutation_scale=11,
        color=colour,
        linestyle=style,
        lw=1.6,
        zorder=2,
    )


def _add_legend(ax):
    forward = {"color": COLOURS["path"], "marker": "v", "label": "forward"}
    label = "backward, × local derivative"
    backward = {"color": COLOURS["gradient"], "marker": "^", "label": label, "ls": (0, (3, 1.5))}
    ax.legend(
        handles=[Line2D([], [], lw=1.6, **style) for style in (forward, backward)],
        loc="upper center",
        ncol=2,
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.1,
        handlelength=2.4,
    )
