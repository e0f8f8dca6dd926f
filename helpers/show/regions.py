"""Classes in a plane: the points of each by a marker, and a tint where each is predicted."""

import numpy as np

from helpers.show.colours import COLOURS
from helpers.show.plots import as_array, named, plot_line

MARKERS = ("o", "s", "^")
TINTS = ("#FFF6D8", "#ABD8F7", "#D6A9B0")
"""Of three classes: apart for every eye, and in grey; black on each is easy to read."""

NOWHERE = (255, 255, 255)
_PALETTE = np.array(
    [*([int(tint[i : i + 2], 16) for i in (1, 3, 5)] for tint in TINTS), NOWHERE], dtype=np.uint8
)


def plot_regions(classes, *, ax, gid="regions"):
    """A tint for each entry of a grid of class numbers, over the whole Axes; white for −1.

    ``classes`` is of shape (rows, columns), the lowest row first.
    """
    extent = (*ax.get_xlim(), *ax.get_ylim())
    style = {"extent": extent, "origin": "lower", "interpolation": "nearest", "zorder": 1}
    pixels = _PALETTE[np.asarray(classes)]
    image = named(ax, gid, lambda: ax.imshow(pixels, aspect=ax.get_aspect(), **style))
    image.set_data(pixels)
    return ax


def plot_classes(X, Y, *, ax):
    """Points of shape (N, 2), each with the marker and the tint of its class in Y, (N,)."""
    x, y, numbers = as_array(X[:, 0]), as_array(X[:, 1]), as_array(Y)
    for number, (marker, tint) in enumerate(zip(MARKERS, TINTS, strict=True)):
        here = numbers == number
        style = {"ls": "", "marker": marker, "ms": 5.5, "mfc": tint, "mew": 1, "zorder": 4}
        gid, label = f"class {number}", str(number) if number else "class 0"
        plot_line(x[here], y[here], ax=ax, gid=gid, label=label, **style)
    return ax


def plot_rings(X, *, ax, label="wrong", gid="rings"):
    """A ring around each of the points of shape (N, 2)."""
    style = {"ls": "", "marker": "o", "ms": 10, "mfc": "none", "mew": 1.2, "zorder": 5}
    x, y = as_array(X[:, 0]), as_array(X[:, 1])
    style["mec"] = COLOURS["loss"]
    return plot_line(x, y, ax=ax, gid=gid, label=label, role="loss", **style)
