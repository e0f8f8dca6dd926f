"""Axes-level drawing: data first, options by keyword. Every function returns the Axes.

What is drawn has a name, its gid. A second call for a name that a ``LiveFigure`` has hidden moves
what the first one drew: so one function, written like any plot, also moves a picture. How it
looks, the first call has settled. A test finds it by its name: ``artists(ax)["tangent"]``.
"""

import math
from functools import lru_cache
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
import torch
from contourpy import contour_generator
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path

from helpers.show.colours import COLOURS, NORMAL
from helpers.show.letters import Letters

_named = WeakKeyDictionary()  # Axes -> gid -> artist, both weakly: an artist holds its Axes

FARTHEST = 1e4  # where a path still ends that goes on, for no renderer takes 1e300
SPECK = 1.5  # pixels: what is shorter is no arrow


def artists(*axes):
    """gid -> artist, for all that was drawn by name on these Axes."""
    return {gid: artist for ax in axes for gid, artist in _named.get(ax, {}).items()}


def named(ax, gid, make):
    """The artist of that name on the Axes: the hidden one, made visible, or else ``make()``.

    Raises ValueError where one of that name is to be seen already.
    """
    drawn = _named.setdefault(ax, WeakValueDictionary())
    artist = drawn.get(gid)
    if artist is None:
        artist = drawn[gid] = make()
        artist.set_gid(gid)
    elif artist.get_visible():
        raise ValueError(f"Two things in one panel are called {gid!r}: give one another gid.")
    artist.set_visible(True)
    return artist


def as_array(values):
    """Numbers or a tensor of them as a NumPy array of one dimension."""
    values = values.detach() if hasattr(values, "detach") else values
    return np.asarray(values, dtype=float).ravel()


# --- Lines and points ----------------------------------------------------------------------


def plot_line(xs, ys, *, ax, gid, label=None, role="data", **style):
    """A line, or markers, in the colour of a role; xs and ys of shape (points,).

    The roles are data, prediction, loss, gradient, step and path.
    """
    _line(xs, ys, ax, gid, label, role, style)
    return ax


def _line(xs, ys, ax, gid, label, role, style):
    """The artist of that name with these data, drawn or moved."""
    style = {"color": COLOURS[role], "label": label, **style}
    line = named(ax, gid, lambda: ax.plot([], [], **style)[0])
    line.set_data(as_array(xs), as_array(ys))
    return line


@lru_cache
def _grid(limits, points):
    return torch.linspace(*limits, points, dtype=torch.float64)


def plot_function(function, *, ax, points=161, gid="loss", label=None, role="loss", **style):
    """A function over the whole width of the Axes; it is called with a tensor, (points,)."""
    xs, style = _grid(ax.get_xlim(), points), {"lw": 2, **style}
    ys = function(xs.clone())
    return plot_line(xs, ys, ax=ax, gid=gid, label=label, role=role, **style)


def plot_losses(losses, by_hand, *, ax):
    """The losses of a run over its steps, and where ``by_hand`` is not None, those of a second."""
    plot_loss(range(len(losses)), losses, ax=ax, label="by autograd" if by_hand else "loss")
    if by_hand:
        style = {"gid": "by_hand", "role": "gradient", "lw": 2, "ls": "--"}
        plot_line(range(len(by_hand)), by_hand, ax=ax, label="by yours", **style)
    return ax


def plot_level(y, *, ax, gid="level", label=None, role="path", **style):
    """A horizontal line across the Axes."""
    style = {"lw": 0.8, **style}
    return plot_line(ax.get_xlim(), (y, y), ax=ax, gid=gid, label=label, role=role, **style)


def plot_loss(parameter, losses, *, ax, label=None):
    """The loss over the values of one parameter, both of shape (points,)."""
    return plot_line(parameter, losses, ax=ax, gid="loss", label=label, role="loss", lw=2)


def plot_point(x, y, *, ax, label="here", gid="point", role="loss", size=9, **style):
    """A point: where it lies outside the Axes, a diamond at their edge shows where."""
    place = inside(ax, (float(x), float(y)))
    style = {"ls": "", "ms": size, "mec": "white", "mew": 1.2, "zorder": 5, **style}
    point = _line(*place, ax, gid, label, role, {"clip_on": False, **style})
    point.set_marker("o" if place == (x, y) else "D")
    return ax


def plot_next(x, y, *, ax, label="next", size=9, **style):
    """Where a step leads: a ring, to be seen where that lies inside the Axes."""
    style = {"mfc": "white", "mec": COLOURS["step"], "zorder": 5, **style}
    style = {"ls": "", "marker": "o", "ms": size, "mew": 1.2, **style}
    return plot_line(x, y, ax=ax, gid="next", label=label, **style)


def tangent_ends(x, y, slope, reach=1.2):
    """The two ends of the tangent: xs and ys, each of shape (2,)."""
    ends = np.array([x - reach, x + reach], dtype=float)
    return ends, y + slope * (ends - x)


def plot_tangent(x, y, slope, *, ax, reach=1.2, label="slope = gradient"):
    """The straight line that touches a curve at a point; its slope is the gradient."""
    ends = tangent_ends(float(x), float(y), float(slope), reach)
    style = {"ls": "--", "lw": 2, "zorder": 4}
    return plot_line(*ends, ax=ax, gid="tangent", label=label, role="gradient", **style)


def plot_path(xs, ys, *, ax, label="steps so far", gid="path", **style):
    """The places that a descent has been to, joined in their order."""
    xs, ys = (np.clip(as_array(values), -FARTHEST, FARTHEST) for values in (xs, ys))
    style = {"ls": ":", "marker": ".", "ms": 7, "lw": 1.2, "zorder": 3, **style}
    return plot_line(xs, ys, ax=ax, gid=gid, label=label, role="path", **style)


def plot_data(x, y, *, ax, label="data"):
    """Samples: inputs and targets, each of shape (N,)."""
    style = {"ls": "", "marker": "s", "ms": 7, "zorder": 5}
    return plot_line(x, y, ax=ax, gid="data", label=label, **style)


def plot_prediction(x, y_hat, *, ax, label="prediction ŷ", gid="prediction", **style):
    """The line of predictions over the input, both of shape (points,)."""
    style = {"lw": 2, "zorder": 3, **style}
    return plot_line(x, y_hat, ax=ax, gid=gid, label=label, role="prediction", **style)


def plot_predicted(x, y_hat, *, ax):
    """The predictions at the samples, as dots; both of shape (N,)."""
    style = {"ls": "", "marker": "o", "ms": 7, "zorder": 5}
    return plot_prediction(x, y_hat, ax=ax, label=None, gid="predicted", **style)


def residual_lines(x, y, y_hat):
    """Vertical strokes from each target to its prediction, as one broken line: xs and ys."""
    x, y, y_hat = map(as_array, (x, y, y_hat))
    gap = np.full_like(x, np.nan)
    return np.stack([x, x, gap], axis=1).ravel(), np.stack([y, y_hat, gap], axis=1).ravel()


def plot_residuals(x, y, y_hat, *, ax, label="residual ŷ − y"):
    """How far each prediction is from its target; x, y and y_hat of shape (N,)."""
    strokes, style = residual_lines(x, y, y_hat), {"lw": 2, "ls": (0, (2, 1)), "zorder": 4}
    return plot_line(*strokes, ax=ax, gid="residual", label=label, role="loss", **style)


def plot_slope(x, slopes, *, ax, by_hand=False, label="slope"):
    """A derivative over x, both of shape (points,): a line, or crosses where it is by hand."""
    if by_hand:
        style = {"ls": "", "marker": "x", "ms": 6, "mew": 1.4}
        return plot_line(x, slopes, ax=ax, gid="by_hand", label=label, **style)
    return plot_line(x, slopes, ax=ax, gid="slope", label=label, role="gradient", lw=2)


def plot_text(x, y, text, *, ax, gid, role="data", **style):
    """A text in the colour of a role, centred on a place."""
    style = {"fontsize": NORMAL, "ha": "center", "va": "center", "color": COLOURS[role], **style}
    artist = named(ax, gid, lambda: ax.add_artist(Letters(clip_on=False, **style)))
    artist.set_text(text)
    artist.set_position((x, y))
    return ax


# --- Bars ----------------------------------------------------------------------------------


def bar_outlines(heights, width=0.6):
    """Upright bars on the line y = 0, at x = 0, 1, 2 …, as one path; heights of shape (bars,)."""
    heights = np.clip(np.nan_to_num(as_array(heights)), -FARTHEST, FARTHEST)
    half, corners = width / 2, []
    for x, height in enumerate(heights):
        left, right = x - half, x + half
        corners += [(left, 0), (left, height), (right, height), (right, 0), (left, 0)]
    kinds = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(heights)
    return Path(corners, kinds)


def plot_bars(heights, *, ax, gid="bars", label=None, role="data", filled=True, width=0.6, **style):
    """Upright bars at x = 0, 1, 2 …, filled or as outlines; heights of shape (bars,)."""
    path = bar_outlines(heights, width)
    ink = {"fc": COLOURS[role], "ec": "none"} if filled else {"fc": "none", "ec": COLOURS[role]}
    style = {"lw": 1.5, "zorder": 2 if filled else 4, "label": label, **ink, **style}
    named(ax, gid, lambda: ax.add_patch(PathPatch(path, **style))).set_path(path)
    return ax


# --- Arrows and edges ----------------------------------------------------------------------


def plot_arrow(
    start, end, *, ax, role="step", label=None, gid=None, head="-|>", tip="", tip_style=(), **style
):
    """An arrow between two points of the plane, each (horizontal, vertical), in a role's colour.

    Only what lies inside the Axes is drawn: an arrow that goes on beyond their edge has no head.
    ``tip`` is a short text beside its tip.
    """
    style = {"color": COLOURS[role], "lw": 2, "zorder": 6, "mutation_scale": 13, **style}
    arrow = named(ax, gid or role, lambda: _new_arrow(ax, label, style))
    part = part_inside(ax, start, end)
    arrow.set_visible(part is not None and _pixels(ax, *part) >= SPECK)
    if part is not None:
        arrow.set_positions(*part)
        arrow.set_arrowstyle(head if part[1] == tuple(end) else "-")
    if tip and arrow.get_visible():
        gid = f"{gid or role} tip"
        plot_text(*_beyond(ax, *part), tip, ax=ax, gid=gid, role=role, **dict(tip_style))
    return ax


def _beyond(ax, start, end):
    """A place a little further along, yet inside the Axes."""
    away = np.subtract(end, start)
    left, right = ax.get_xlim()
    return inside(ax, end + 0.035 * (right - left) * away / np.hypot(*away))


def _new_arrow(ax, label, style):
    if label:
        line = {key: style[key] for key in ("color", "lw", "linestyle") if key in style}
        ax.plot([], [], marker=">", label=label, **line)
    return ax.add_patch(FancyArrowPatch((0, 0), (1, 1), shrinkA=0, shrinkB=0, **style))


def _pixels(ax, start, end):
    return math.dist(*ax.transData.transform([start, end]))


def part_inside(ax, start, end):
    """The two ends of that part of a straight line which lies inside the Axes, or None.

    Source: Liang and Barsky, A new concept and method for line clipping, 1984.
    """
    if not all(map(math.isfinite, (*start, *end))):
        return None
    first, last = 0.0, 1.0
    for tail, tip, (low, high) in zip(start, end, (ax.get_xlim(), ax.get_ylim()), strict=True):
        if tail == tip and not low <= tail <= high:
            return None
        if tail != tip:
            shares = sorted(((low - tail) / (tip - tail), (high - tail) / (tip - tail)))
            first, last = max(first, shares[0]), min(last, shares[1])
    if first >= last:
        return None
    return _between(start, end, first), _between(start, end, last)


def _between(start, end, share):
    if share in (0, 1):
        return tuple(end if share else start)
    return tuple(tail + share * (tip - tail) for tail, tip in zip(start, end, strict=True))


def inside(ax, point):
    """A point of the plane, or the place at the edge of the Axes that is nearest to it."""
    limits = ax.get_xlim(), ax.get_ylim()
    return tuple(
        low if math.isnan(value) else min(max(value, low), high)
        for value, (low, high) in zip(point, limits, strict=True)
    )


def point_is_outside(ax):
    """Whether a point of ``plot_point`` lies outside these Axes, and shows as a diamond."""
    lines = (line for line in ax.lines if line.get_marker() == "D")
    return any(line.get_visible() for line in lines)


# --- Contours ------------------------------------------------------------------------------


def contour_lines(first, second, losses, levels):
    """The lines of equal loss over two parameters, as one broken line: xs and ys.

    ``first`` of shape (columns,), ``second`` of shape (rows,), ``losses`` of shape
    (rows, columns).
    """
    generator = contour_generator(np.asarray(first), np.asarray(second), np.asarray(losses))
    gap = np.full((1, 2), np.nan)
    pieces = [part for level in levels for line in generator.lines(level) for part in (line, gap)]
    return np.concatenate(pieces).T if pieces else np.empty((2, 0))


def plot_contours(losses, levels, *, ax, points=81, label="equal loss"):
    """Lines of equal loss over two parameters, one across the Axes and one up.

    ``losses`` is called with both, each of shape (points, points), and gives the same shape.
    """
    first, second = (np.linspace(*limits, points) for limits in (ax.get_xlim(), ax.get_ylim()))
    lines = contour_lines(first, second, losses(*np.meshgrid(first, second)), levels)
    style = {"lw": 0.9, "alpha": 0.55}
    return plot_line(*lines, ax=ax, gid="contours", label=label, role="loss", **style)
