"""A matrix as a table of cells, all of one size on the same Axes, so that shapes compare."""

import numpy as np
from matplotlib.patches import Rectangle

from helpers.compute.texts import narrow
from helpers.show.colours import COLOURS, SMALL
from helpers.show.plots import named, plot_line, plot_text


def grid_lines(rows, columns, corner):
    """The lines between cells of 1 by 1, downwards from a corner, as one broken line: xs and ys."""
    left, top = corner
    across = [((left, top + row), (left + columns, top + row)) for row in range(rows + 1)]
    down = [((left + col, top), (left + col, top + rows)) for col in range(columns + 1)]
    gap = (np.nan, np.nan)
    return np.array([point for ends in across + down for point in (*ends, gap)]).T


def plot_cells(name, shape, corner, *, ax, marked=None, role="data"):
    """The empty cells of a matrix of that shape, with its name and its shape above them.

    ``corner`` is the left and the top of the first cell; ``marked`` a pair of slices whose cells
    are shaded.
    """
    (rows, columns), (left, top) = shape, corner
    style = {"fontsize": SMALL, "linespacing": 1.15}
    title = f"{name}\n({rows}, {columns})"
    plot_text(left + columns / 2, top - 0.95, title, ax=ax, gid=f"{name} label", role=role, **style)
    if marked:
        _shade(ax, f"{name} marked", marked, corner, COLOURS[role])
    lines = grid_lines(rows, columns, corner)
    return plot_line(*lines, ax=ax, gid=f"{name} grid", role=role, lw=1)


def _shade(ax, gid, marked, corner, colour):
    (row, column), (left, top) = (np.r_[part] for part in marked), corner
    style = {"color": colour, "alpha": 0.16}
    shade = named(ax, gid, lambda: ax.add_patch(Rectangle((0, 0), 0, 0, **style)))
    shade.set_bounds(left + min(column), top + min(row), len(column), len(row))


def plot_numbers(name, values, corner, *, ax, role="data"):
    """The numbers of a matrix, one in each of its cells."""
    for (row, column), value in np.ndenumerate(np.asarray(values, dtype=float)):
        place = corner[0] + column + 0.5, corner[1] + row + 0.52
        gid = f"{name}[{row}, {column}]"
        style = {"fontsize": SMALL, "zorder": 4}
        plot_text(*place, narrow(value), ax=ax, gid=gid, role=role, **style)
    return ax
