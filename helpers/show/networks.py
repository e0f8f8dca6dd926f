"""A network as circles and lines: a circle is a value, a line is a weight.

A line is as thick as its weight. It is solid where the weight is above 0, and dashed and of
another colour where it is below.
"""

from dataclasses import dataclass

from helpers.show.colours import COLOURS, SMALL
from helpers.show.plots import named, plot_line, plot_text

ABOVE, BELOW = ("prediction", "-"), ("data", (0, (2.5, 1.5)))
THINNEST, THICKEST = 0.8, 9.0  # points
POINTS_A_UNIT = 1.5
OFF = "#DCDCDC"
LINE = 16  # pixels from one line of text to the next


@dataclass(frozen=True)
class Circle:
    """A value of a network, at a place of the plane.

    Attributes:
        place: (horizontal, vertical).
        text, back: what stands in it: the value forward, and what comes back to it.
        is_off: whether it is a neuron that is off, which is shown in grey.
        size: its diameter in points.
    """

    place: tuple[float, float]
    text: str = ""
    back: str = ""
    is_off: bool = False
    size: float = 50.0


@dataclass(frozen=True)
class Edge:
    """A weight between two circles, with the text of its value and of its gradient beside it.

    ``along`` says where on the line the texts stand: 0 at its entry, 1 at its exit.
    """

    start: str
    end: str
    weight: float
    text: str = ""
    back: str = ""
    along: float = 0.5


def column(x, count, *, spread=1.0):
    """The places of so many circles below each other, from the top down, around the middle."""
    return [(x, spread * ((count - 1) / 2 - row)) for row in range(count)]


def width_of(weight):
    """How thick a line is, in points; as thick as can be where its weight is beyond all numbers."""
    return min(THICKEST, THINNEST + POINTS_A_UNIT * abs(weight))  # in this order, also for nan


def plot_network(circles, edges, *, ax):
    """Draws circles, name -> ``Circle``, and the edges between them."""
    for number, edge in enumerate(edges):
        _plot_edge(edge, circles[edge.start].place, circles[edge.end].place, ax, 2 + number / 1000)
    for name, circle in circles.items():
        _plot_circle(name, circle, ax)
    return ax


def _plot_edge(edge, start, end, ax, zorder):
    gid = f"{edge.start} {edge.end}"
    line = named(ax, gid, lambda: ax.plot([], [], solid_capstyle="butt")[0])
    role, style = ABOVE if edge.weight >= 0 else BELOW
    line.set_data(*zip(start, end, strict=True))
    line.set(color=COLOURS[role], ls=style, lw=width_of(edge.weight), zorder=zorder)
    if edge.text:
        x, y = (tail + edge.along * (tip - tail) for tail, tip in zip(start, end, strict=True))
        plot_note(x, y, edge.text, edge.back, ax=ax, gid=gid, background=True)


def plot_note(x, y, text, back, *, ax, gid, background=False):
    """A value with its gradient below it, in their colours, together centred on a place."""
    bottom, top = ax.get_ylim()
    line = LINE * (top - bottom) / ax.figure.bbox.height  # a panel without axes fills it
    lines, behind = text.count("\n") + 1, bool(back)
    style = {"fontsize": SMALL, "zorder": 5, "va": "center"}
    if background:
        style["behind"] = "white"
    plot_text(x, y + behind * line / 2, text, ax=ax, gid=f"{gid} text", **style)
    y -= lines * line / 2
    return plot_text(x, y, back, ax=ax, gid=f"{gid} back", role="gradient", **style)


def _plot_circle(name, circle, ax):
    style = {"marker": "o", "ms": circle.size, "mec": COLOURS["path"], "mew": 1.5, "zorder": 3}
    marker = named(ax, name, lambda: ax.plot([], [], **style)[0])
    marker.set_data(*([number] for number in circle.place))
    marker.set(markerfacecolor=OFF if circle.is_off else "white", markersize=circle.size)
    if circle.text:
        plot_note(*circle.place, circle.text, circle.back, ax=ax, gid=name)


def plot_signs(*places, ax):
    """Says which lines are above 0 and which below, each from a place on; at a third, gradient."""
    left, right = ax.get_xlim()
    length, style = 0.06 * (right - left), {"fontsize": SMALL, "ha": "left"}
    signs = (*ABOVE, "weight above 0"), (*BELOW, "weight below 0")
    for (x, y), (role, ls, text) in zip(places, signs, strict=False):
        ends = (x, x + length), (y, y)
        plot_line(*ends, ax=ax, gid=f"sign {text}", role=role, ls=ls, lw=2.5)
        plot_text(x + 1.2 * length, y, text, ax=ax, gid=f"{text} text", **style)
    for x, y in places[len(signs) :]:
        plot_text(x, y, "gradient", ax=ax, gid="gradient text", role="gradient", **style)
    return ax
