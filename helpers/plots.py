"""Axes-level drawing: data first, options by keyword, ``ax=None`` for the current Axes.

Every function returns the Axes and names what it drew by the artist's gid, so that a moving
figure, or a test, finds it again: ``artists(ax)["tangent"]``.
"""

import numpy as np
from matplotlib.patches import FancyArrowPatch

from helpers.style import COLOURS, NORMAL, SMALL


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


def label_axes(ax, *, x, y, title=""):
    """Names the axes of a panel, in the sizes of the series, with a light grid behind."""
    ax.set_xlabel(x, fontsize=NORMAL)
    ax.set_ylabel(y, fontsize=NORMAL)
    ax.set_title(title, fontsize=NORMAL, loc="left")
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


def plot_path(parameter, losses, *, ax=None, label="steps so far"):
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
        gid="path",
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


def plot_contours(first, second, losses, *, levels=None, ax=None):
    """The loss over two parameters as contour lines, at equal ratios.

    ``first`` of shape (columns,), ``second`` of shape (rows,), ``losses`` of shape
    (rows, columns).
    """
    ax = _axes(ax)
    losses = _as_array(losses)
    if levels is None:
        low = max(losses.min(), losses.max() * 1e-4)
        levels = np.geomspace(low, losses.max(), 10)
    ax.contour(
        _as_array(first),
        _as_array(second),
        losses,
        levels=levels,
        colors=COLOURS["loss"],
        linewidths=0.9,
        alpha=0.55,
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
