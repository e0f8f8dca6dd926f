"""The panels of a picture: their labels and limits, and the room that they need, measured once."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from helpers.show.colours import NORMAL, SMALL

DOTS_AN_INCH = 100
GAP = 5  # pixels


@dataclass(frozen=True)
class Panel:
    """One panel of a picture.

    Attributes:
        x, y: the labels of its axes. A panel without them has no axes, and fills its column.
        xlim, ylim: from where to where.
        share: its width beside that of other panels.
        settings: more of what ``Axes.set`` takes, such as ``{"yscale": "log"}``.
    """

    x: str = ""
    y: str = ""
    xlim: tuple[float, float] = (0.0, 1.0)
    ylim: tuple[float, float] = (0.0, 1.0)
    share: float = 1.0
    settings: tuple | dict = ()

    @property
    def is_bare(self):
        return not (self.x or self.y)

    def prepare(self, ax):
        """Names the axes, in the sizes of the series, with a light grid behind."""
        ax.set(xlim=self.xlim, ylim=self.ylim, **dict(self.settings))
        if self.is_bare:
            ax.set_axis_off()
            return
        ax.set_xlabel(self.x, fontsize=NORMAL)
        ax.set_ylabel(self.y, fontsize=NORMAL)
        ax.tick_params(labelsize=SMALL)
        ax.grid(True, color="#E3E3E3", linewidth=0.8)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)


def make_axes(figure, panels):
    """Axes side by side on a figure, one for each panel."""
    shares = [panel.share for panel in panels]
    axes = figure.subplots(1, len(panels), width_ratios=shares, squeeze=False)[0]
    for ax, panel in zip(axes, panels, strict=True):
        panel.prepare(ax)
    return tuple(axes)


def lay_out(figure, panels):
    """Puts a legend above each panel, and gives all labels the room that they need, once."""
    edges = np.cumsum([0, *(panel.share for panel in panels)])
    columns = list(pairwise(edges / edges[-1] * figure.bbox.width))
    margins = np.zeros((len(figure.axes), 4))
    # A legend takes room, and with other room an axis has other numbers. So it is measured until
    # nothing changes; where it would go to and fro, the larger margin stays.
    for turn in range(5):
        known, margins = margins, np.array([_margins(ax) for ax in figure.axes])
        if turn > 1:
            margins = np.maximum(known, margins)
        if (margins == known).all():
            return
        _, bottom, _, top = margins.max(axis=0)
        for ax, panel, (before, _, after, _), (left, right) in zip(
            figure.axes, panels, margins, columns, strict=True
        ):
            corners = [(left + before, bottom), (right - after, figure.bbox.height - top)]
            if panel.is_bare:
                corners = [(left, 0), (right, figure.bbox.height)]
            ax.set_position(Bbox(figure.transFigure.inverted().transform(corners)))
            ax.apply_aspect()
            _fit_legend(ax, right)


def _fit_legend(ax, edge):
    """Adds a legend in as many columns as there is room for, as far as an edge."""
    legend = ax.get_legend()
    columns = legend._ncols if legend else len(ax.get_legend_handles_labels()[1])
    while columns:
        legend = legend or add_legend(ax, columns)
        if legend.get_window_extent().x1 <= edge:
            return
        legend, columns = None, columns - 1


def add_legend(ax, columns):
    """A legend above the Axes, where it hides nothing."""
    return ax.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncol=columns,
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.4,
        borderpad=0,
        handlelength=1.6,
        handletextpad=0.6,
        columnspacing=1.1,
    )


def _margins(ax):
    """The pixels that what belongs to the Axes takes at their left, bottom, right and top."""
    inner, legend = ax.get_window_extent(), ax.get_legend()
    axes = (ax.xaxis, ax.yaxis) if ax.axison else ()
    # ax.get_tightbbox does the same, and measures every number three times.
    outer = Bbox.union([inner, *(_with_label(axis, inner) for axis in axes)])
    top = max([outer.y1] + ([legend.get_window_extent().y1] if legend else [])) - inner.y1
    return (
        inner.x0 - outer.x0 + GAP,
        inner.y0 - outer.y0 + GAP,
        outer.x1 - inner.x1 + GAP,
        top + GAP,
    )


def _with_label(axis, inner):
    """The box of the numbers along an axis and of its label, which stands outside of them."""
    box = Bbox.union([inner, *(number.get_window_extent() for number in _numbers(axis))])
    if not axis.label.get_text():
        return box
    size = axis.label.get_window_extent()
    away = axis.labelpad * axis.figure.dpi / 72
    if axis.axis_name == "x":
        low = (inner.x0 + inner.x1 - size.width) / 2, box.y0 - away - size.height
    else:
        low = box.x0 - away - size.width, (inner.y0 + inner.y1 - size.height) / 2
    return Bbox.union([box, Bbox.from_bounds(*low, size.width, size.height)])


def _numbers(axis):
    """The texts along an axis that are seen: matplotlib has one more beyond either end."""
    on_paper = axis.get_transform().transform
    low, high = sorted(on_paper(axis.get_view_interval()))
    room = (high - low) / 1000  # for rounding
    for text in axis.get_majorticklabels():
        (place,) = on_paper([text.get_position()[axis.axis_name == "y"]])
        if low - room <= place <= high + room and text.get_text():
            yield text


def new_figure(size):
    """A figure of that size in inches, with no window and no cell of its own."""
    return Figure(figsize=size, dpi=DOTS_AN_INCH)
