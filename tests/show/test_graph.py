"""The drawing of an autograd graph: every number, and nothing over anything else."""

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.compute.graph import record_graph
from helpers.show.colours import COLOURS
from helpers.show.graph import draw_boxes, draw_numbers
from helpers.show.panels import Panel, lay_out, make_axes, new_figure
from helpers.show.plots import artists
from tests.compute.test_graph import LOSSES, NEURON


class Drawing:
    """A record, drawn: its texts by name, its boxes and its ways in order."""

    def __init__(self, **options):
        self.nodes = record_graph(**options)
        (self.ax,) = make_axes(new_figure((4, 4)), [Panel()])
        draw_boxes(self.nodes, ax=self.ax)
        draw_numbers(self.nodes, ax=self.ax)
        lay_out(self.ax.figure, [Panel()])
        boxes = (patch for patch in self.ax.patches if isinstance(patch, FancyBboxPatch))
        self.boxes = dict(zip(self.nodes, boxes, strict=True))
        self.ways = [patch for patch in self.ax.patches if isinstance(patch, FancyArrowPatch)]
        self.texts = {name: artist.get_text() for name, artist in artists(self.ax).items()}
        self.titles = [text for text in self.ax.texts if not text.get_gid()]


def ways_by_colour(drawing, role):
    return [way for way in drawing.ways if way.get_edgecolor()[:3] == colour(role)]


def colour(role):
    return tuple(int(COLOURS[role][i : i + 2], 16) / 255 for i in (1, 3, 5))


def test_it_says_every_number():
    drawing = Drawing(**NEURON)
    titles = [title.get_text() for title in drawing.titles]
    assert "a = w · x" in titles and "w" in titles
    assert drawing.texts["value r"] == "value −3" and drawing.texts["gradient w"] == "gradient −12"
    assert drawing.texts["factor w a"] == "× 2" and drawing.texts["factor r L"] == "× −6"
    assert artists(drawing.ax)["gradient w"].get_color() == COLOURS["gradient"]


def test_no_way_leads_back_to_a_fact():
    some, all_of_it = Drawing(**NEURON), Drawing(**{**NEURON, "wrt": ("w", "b", "x", "y")})
    assert "gradient x" not in some.texts and some.boxes["x"].get_linestyle() == ":"
    assert len(ways_by_colour(some, "path")) == 7 and len(ways_by_colour(some, "gradient")) == 5
    assert "gradient x" in all_of_it.texts and len(ways_by_colour(all_of_it, "gradient")) == 7


def test_arrows_lead_down_on_the_way_forward_and_up_on_the_way_back():
    drawing = Drawing(**NEURON)
    assert drawing.ax.yaxis_inverted()
    for role, leads_down in (("path", True), ("gradient", False)):
        for way in ways_by_colour(drawing, role):
            start, end = way.get_path().vertices[:2, 1]  # what follows is the arrow's head
            assert (start < end) == leads_down


def test_two_ways_between_the_same_boxes_do_not_lie_on_each_other():
    drawing = Drawing(loss=lambda w: w * w, wrt="w", at={"w": 3.0}, names=("y",))
    first, second = (way.get_path().vertices[0, 0] for way in ways_by_colour(drawing, "path"))
    assert abs(first - second) > 0.1
    assert drawing.texts["factor w y"] == drawing.texts["factor w y 2"] == "× 3"


@pytest.mark.parametrize("case", LOSSES.values(), ids=LOSSES)
def test_nothing_overlaps_and_every_text_fits_into_its_box(case):
    loss, wrt, at = case
    drawing = Drawing(loss=loss, wrt=wrt, at=at)
    figure = drawing.ax.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    extents = {name: box.get_window_extent(renderer) for name, box in drawing.boxes.items()}
    for (one, first), (other, second) in combinations(extents.items(), 2):
        assert not first.overlaps(second), (one, other)
    named = list(artists(drawing.ax).items())
    titles = [(f"title {name}", t) for name, t in zip(drawing.nodes, drawing.titles, strict=True)]
    for gid, artist in named + titles:
        what, name = gid.split(" ", 1)
        extent = artist.get_window_extent(renderer)
        if what != "factor":
            box = extents[name]
            assert box.x0 <= extent.x0 and extent.x1 <= box.x1, gid
            assert box.y0 - 2 <= extent.y0 and extent.y1 <= box.y1 + 2, gid
        assert figure.bbox.x0 <= extent.x0 and extent.x1 <= figure.bbox.x1, gid
    legend = drawing.ax.get_legend().get_window_extent(renderer)
    assert not any(legend.overlaps(extent) for extent in extents.values())
