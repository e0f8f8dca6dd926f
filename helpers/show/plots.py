"""Axes-level drawing: data first, options by keyword, ``ax=None`` for the current Axes.

Every function returns the Axes and names what it drew by the artist's gid, so that a moving
figure, or a test, finds it again: ``artists(ax)["tangent"]``.
"""

import numpy as np
from contourpy import contour_generator
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.compute.texts import narrow
from helpers.show.colours import COLOURS, NORMAL, SMALL


def artists(*axes):
    """gid -> artist, for all that was drawn by name on these Axes."""
    return {child.get_gid(): child for ax in axes for child in ax.get_children() if child.get_gid()}


def _axes(ax):
    if ax is not None:
        return ax
    from matplotlib import pyplot  # only a figure in a cell needs it, and it is slow to import

    return pyplot.gca()


def _as_array(values):
    values = values.detach() if hasattr(values, "detach") else values
    return np.atleast_1d(np.asarray(values, dtype=float))


def label_axes(ax, *, x, y):
    """Names the axes of a panel, in the sizes of the series, with a light grid behind."""
    ax.set_xlabel(x, fontsize=NORMAL)
    ax.set_ylabel(y, fontsize=NORMAL)
    ax.tick_params(labelsize=SMALL)
    ax.grid(True, color="#E3E3E3", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def add_legend(ax, *, columns=3):
    """A legend above the panel, where it hides nothing."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncol=columns,
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.2,
        handlelength=1.6,
        columnspacing=1.2,
    )
    return ax


def plot_loss(parameter, losses, *, ax=None, label="loss"):
    """The loss over the values of one parameter, both of shape (points,)."""
    ax = _axes(ax)
    ax.plot(
        _as_array(parameter),
        _as_array(losses),
        color=COLOURS["loss"],
        lw=2,
        label=label,
        gid="loss",
    )
    return ax


def plot_point(parameter, loss, *, ax=None, label="here", gid="point"):
    """Where on the loss the parameter stands."""
    ax = _axes(ax)
    ax.plot(
        _as_array(parameter),
        _as_array(loss),
        "o",
        color=COLOURS["loss"],
        ms=9,
        mec="white",
        mew=1.2,
        zorder=5,
        label=label,
        gid=gid,
    )
    return ax


def tangent_ends(parameter, loss, gradient, reach=1.2):
    """The two ends of the tangent: parameters and losses, each of shape (2,)."""
    ends = np.array([parameter - reach, parameter + reach], dtype=float)
    return ends, loss + gradient * (ends - parameter)


def plot_tangent(parameter, loss, gradient, *, reach=1.2, ax=None, label="slope = gradient"):
    """The straight line that touches the loss at a point; its slope is the gradient."""
    ax = _axes(ax)
    ends = tangent_ends(float(parameter), float(loss), float(gradient), reach)
    ax.plot(*ends, "--", color=COLOURS["gradient"], lw=2, zorder=4, label=label, gid="tangent")
    return ax


def plot_step(start, end, height, *, ax=None, label="next step"):
    """An arrow from one value of a parameter to the next, at the height of a loss."""
    start, end, height = float(start), float(end), float(height)
    return plot_arrow((start, height), (end, height), ax=ax, label=label)


def plot_path(parameter, losses, *, ax=None, label="steps so far", gid="path"):
    """The places that a descent has been to, joined in their order."""
    ax = _axes(ax)
    ax.plot(
        _as_array(parameter),
        _as_array(losses),
        ":",
        marker=".",
        ms=7,
        lw=1.2,
        color=COLOURS["path"],
        zorder=3,
        label=label,
        gid=gid,
    )
    return ax


def plot_data(x, y, *, ax=None, label="data"):
    """Samples: inputs and targets, each of shape (N,)."""
    ax = _axes(ax)
    ax.plot(
        _as_array(x).ravel(),
        _as_array(y).ravel(),
        "s",
        color=COLOURS["data"],
        ms=7,
        zorder=5,
        label=label,
        gid="data",
    )
    return ax


def plot_prediction(x, y_hat, *, ax=None, label="prediction ŷ"):
    """The line of predictions over the input, both of shape (points,)."""
    ax = _axes(ax)
    ax.plot(
        _as_array(x).ravel(),
        _as_array(y_hat).ravel(),
        color=COLOURS["prediction"],
        lw=2,
        zorder=3,
        label=label,
        gid="prediction",
    )
    return ax


def residual_lines(x, y, y_hat):
    """Vertical strokes from each target to its prediction, as one broken line: xs and ys."""
    x, y, y_hat = (_as_array(values).ravel() for values in (x, y, y_hat))
    gap = np.full_like(x, np.nan)
    return np.stack([x, x, gap], axis=1).ravel(), np.stack([y, y_hat, gap], axis=1).ravel()


def plot_residuals(x, y, y_hat, *, ax=None, label="residual ŷ − y"):
    """How far each prediction is from its target; x, y and y_hat of shape (N,)."""
    ax = _axes(ax)
    ax.plot(
        *residual_lines(x, y, y_hat),
        color=COLOURS["loss"],
        lw=2,
        ls=(0, (2, 1)),
        zorder=4,
        label=label,
        gid="residual",
    )
    return ax


def plot_arrow(start, end, *, role="step", ax=None, label=None, gid=None):
    """An arrow between two points of a plane, each (horizontal, vertical), in a role's colour."""
    ax = _axes(ax)
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=13,
        shrinkA=0,
        shrinkB=0,
        color=COLOURS[role],
        lw=2,
        zorder=6,
        gid=gid or role,
    )
    ax.add_patch(arrow)
    if label:
        ax.plot([], [], color=COLOURS[role], lw=2, marker=">", label=label)
    return ax


def contour_lines(first, second, losses, levels):
    """The lines of equal loss over two parameters, as one broken line: xs and ys.

    ``first`` of shape (columns,), ``second`` of shape (rows,), ``losses`` of shape
    (rows, columns). A line for a moving figure: ``set_data(*contour_lines(...))``.
    """
    generator = contour_generator(_as_array(first), _as_array(second), _as_array(losses))
    gap = np.full((1, 2), np.nan)
    pieces = [part for level in levels for line in generator.lines(level) for part in (line, gap)]
    return np.concatenate(pieces).T if pieces else np.empty((2, 0))


def plot_contour_lines(first, second, losses, levels, *, ax=None, label="equal loss"):
    """The loss over two parameters, drawn as the one line of ``contour_lines``."""
    ax = _axes(ax)
    ax.plot(
        *contour_lines(first, second, losses, levels),
        color=COLOURS["loss"],
        lw=0.9,
        alpha=0.55,
        label=label,
        gid="contours",
    )
    return ax


def inside(ax, point):
    """A point of the plane, or the place at the edge of the Axes that is nearest to it."""
    limits = ax.get_xlim(), ax.get_ylim()
    return tuple(
        low if np.isnan(value) else min(max(value, low), high)
        for value, (low, high) in zip(point, limits, strict=True)
    )


def cut_arrow(ax, start, end):
    """The end of an arrow from a point inside the Axes, drawn back along it to their edge."""
    share = 1.0
    for tail, tip, (low, high) in zip(start, end, (ax.get_xlim(), ax.get_ylim()), strict=True):
        if tip > high:
            share = min(share, (high - tail) / (tip - tail))
        if tip < low:
            share = min(share, (low - tail) / (tip - tail))
    return tuple(tail + share * (tip - tail) for tail, tip in zip(start, end, strict=True))


def aim_arrow(arrow, start, tip, head="-|>"):
    """Draws an arrow from a point, as far as the edge of its Axes; gives where it ends.

    One that goes on beyond the edge has no head.
    """
    end = cut_arrow(arrow.axes, start, tip)
    arrow.set_arrowstyle(head if np.allclose(end, tip) else "-")
    arrow.set_positions(start, end)
    return end


def plot_next(*, ax=None, label="next"):
    """Where a step leads: a ring, to be placed by ``set_data``."""
    ax = plot_point([], [], ax=_axes(ax), label=label, gid="next")
    artists(ax)["next"].set(markerfacecolor="white", markeredgecolor=COLOURS["step"])
    return ax


def plot_slope(x, slopes, *, by_hand=False, ax=None, label="slope"):
    """A derivative over x, both of shape (points,): a line, or crosses where it is by hand."""
    ax = _axes(ax)
    style = {"ls": "", "marker": "x", "ms": 6, "mew": 1.4} if by_hand else {"lw": 2}
    ax.plot(
        _as_array(x),
        _as_array(slopes),
        color=COLOURS["data" if by_hand else "gradient"],
        label=label,
        gid="by_hand" if by_hand else "slope",
        **style,
    )
    return ax


def grid_lines(rows, columns, corner):
    """The lines between cells of 1 by 1, downwards from a corner, as one broken line: xs and ys."""
    left, top = corner
    across = [((left, top + row), (left + columns, top + row)) for row in range(rows + 1)]
    down = [((left + col, top), (left + col, top + rows)) for col in range(columns + 1)]
    gap = (np.nan, np.nan)
    return np.array([point for ends in across + down for point in (*ends, gap)]).T


def plot_matrix(name, most, *, role="data", ax=None):
    """Room for a matrix of at most ``most`` (rows, columns), for ``fill_matrix`` to fill.

    Its cells are as large as those of every other matrix on these Axes, so shapes compare.
    """
    ax = _axes(ax)
    style = {"ha": "center", "va": "center", "color": COLOURS[role], "zorder": 4}
    ax.add_patch(Rectangle((0, 0), 0, 0, color=COLOURS[role], alpha=0.16, gid=f"{name} marked"))
    ax.plot([], [], color=COLOURS[role], lw=1, gid=f"{name} grid")
    ax.text(0, 0, "", fontsize=SMALL, gid=f"{name} label", linespacing=1.15, **style)
    for row, column in np.ndindex(most):
        ax.text(0, 0, "", fontsize=SMALL, gid=f"{name}[{row}, {column}]", **style)
    return ax


def fill_matrix(drawn, name, values, corner, *, label="", marked=None):
    """Puts numbers of shape (rows, columns) into a matrix, with its name and shape above it.

    ``drawn`` is ``artists(ax)``, ``corner`` the left and top of the first cell, and ``marked`` a
    pair of slices whose cells are shaded.
    """
    values, (left, top) = np.asarray(values, dtype=float), corner
    rows, columns = values.shape
    drawn[f"{name} grid"].set_data(*grid_lines(rows, columns, corner))
    title = drawn[f"{name} label"]
    title.set_position((left + columns / 2, top - 0.95))
    title.set_text(f"{label}\n({rows}, {columns})")
    row, column = (np.r_[part] for part in marked) if marked else ([], [])
    drawn[f"{name} marked"].set_bounds(
        (left + min(column), top + min(row), len(column), len(row)) if marked else (0, 0, 0, 0)
    )
    for gid, artist in drawn.items():
        if gid.startswith(f"{name}["):
            place = tuple(int(part) for part in gid[len(name) + 1 : -1].split(","))
            there = place[0] < rows and place[1] < columns
            artist.set_text(narrow(values[place]) if there else "")
            artist.set_position((left + place[1] + 0.5, top + place[0] + 0.52))
