"""A network as circles and lines, by the data of its artists."""

import math

import numpy as np
import pytest

from helpers.show.colours import COLOURS
from helpers.show.networks import Circle, Edge, column, plot_network, plot_note, plot_signs
from helpers.show.panels import Panel, make_axes, new_figure
from helpers.show.plots import artists
from tests.show.test_plots import EYES, lab, linear

PLACES = {"x": (0.0, 0.0), "h": (1.0, 0.5), "ŷ": (2.0, -0.5)}
PIXELS = 400


@pytest.fixture
def ax():
    (ax,) = make_axes(new_figure((4, PIXELS / 100)), [Panel(xlim=(-0.5, 2.5), ylim=(-1, 1))])
    ax.set_position((0, 0, 1, 1))
    return ax


def line_of(weight, ax, **options):
    """The one edge of a network with that weight."""
    for artist in artists(ax).values():
        artist.set_visible(False)
    circles = {name: Circle(place) for name, place in PLACES.items()}
    plot_network(circles, [Edge("x", "h", weight, **options)], ax=ax)
    return artists(ax)["x h"]


def at(artist):
    """Where a circle or a text is."""
    if hasattr(artist, "get_position"):
        return artist.get_position()
    return tuple(float(row[0]) for row in artist.get_data())


def test_circles_are_at_their_places_and_edges_lead_from_middle_to_middle(ax):
    circles = {name: Circle(place, size=20 + place[0]) for name, place in PLACES.items()}
    circles["off"] = Circle((1.0, -0.5), is_off=True)
    edges = [Edge("x", "h", 1.0), Edge("h", "ŷ", -2.0)]
    assert plot_network(circles, edges, ax=ax) is ax
    for name, place in PLACES.items():
        circle = artists(ax)[name]
        assert at(circle) == place and circle.get_markersize() == 20 + place[0]
        assert circle.get_markerfacecolor() == "white" and circle.get_marker() == "o"
    assert at(artists(ax)["off"]) == (1.0, -0.5)
    grey = artists(ax)["off"].get_markerfacecolor()
    assert np.ptp(linear(grey)) == 0 and grey.upper() != "#FFFFFF"
    for edge in edges:
        line = artists(ax)[f"{edge.start} {edge.end}"]
        ends = [tuple(map(float, end)) for end in zip(*line.get_data(), strict=True)]
        assert ends == [PLACES[edge.start], PLACES[edge.end]]
        assert line.get_zorder() < min(artists(ax)[name].get_zorder() for name in circles)
    assert set(artists(ax)) == {*circles, "x h", "h ŷ"}  # no texts where none are asked for


def test_a_column_goes_down_around_the_middle():
    assert column(1, 1) == [(1, 0)] and column(2, 2, spread=1.2) == [(2, 0.6), (2, -0.6)]
    assert column(0, 3) == [(0, 1), (0, 0), (0, -1)]


def test_the_width_of_an_edge_grows_with_its_weight_up_to_a_bound(ax):
    weights = [0.0, 0.1, 0.5, 1.0, 2.0, 4.0]
    widths = [line_of(weight, ax).get_linewidth() for weight in weights]
    assert widths[0] > 0 and np.diff(widths).min() > 0
    assert np.diff(widths) / np.diff(weights) == pytest.approx(1.5)
    assert [line_of(-weight, ax).get_linewidth() for weight in weights] == widths
    bound = line_of(1e300, ax).get_linewidth()
    assert max(widths) < bound < 20
    for huge in (7.0, -1e6, math.inf, -math.inf, math.nan):
        assert line_of(huge, ax).get_linewidth() == bound


@pytest.mark.parametrize("weight", [0.1, 1.0, 5.0, 1e300])
def test_the_sign_is_told_by_colour_and_without_it(ax, weight):
    looks = []
    for sign in (1, -1):
        line = line_of(sign * weight, ax)
        looks.append((line.get_color(), line.get_linestyle(), line._dash_pattern))
    (colour, style, whole), (other, other_style, dashes) = looks
    assert style == "-" and whole[1] is None
    assert other_style != "-" and len(dashes[1]) == 2 and min(dashes[1]) > 0
    assert (colour, other) == (COLOURS["prediction"], COLOURS["data"])
    for eye in EYES.values():
        assert np.linalg.norm(lab(eye @ linear(colour)) - lab(eye @ linear(other))) > 20
    line = line_of(weight, ax)  # and one that has changed its sign is moved, not drawn anew
    assert line.get_linestyle() == "-" and line.get_color() == colour and len(ax.lines) == 4


@pytest.mark.parametrize("along", [0.0, 0.25, 0.5, 1.0])
def test_the_values_of_an_edge_stand_on_it(ax, along):
    line_of(2.0, ax, text="w 2", back="−12", along=along)
    value, gradient = artists(ax)["x h text"], artists(ax)["x h back"]
    assert (value.get_text(), gradient.get_text()) == ("w 2", "−12")
    (x, y), (x_back, y_back) = at(value), at(gradient)
    place = (along, 0.5 * along)
    assert x == x_back == place[0] and (y + y_back) / 2 == pytest.approx(place[1])
    assert value.get_color() == COLOURS["data"]
    assert gradient.get_color() == COLOURS["gradient"]
    for text in value, gradient:
        assert text.behind == "white"  # no line goes through it
        assert text.get_zorder() > artists(ax)["h"].get_zorder()


@pytest.mark.parametrize(("text", "lines"), [("5", 1), ("h\n5", 2), ("h\n5\n6", 3)])
@pytest.mark.parametrize("back", ["", "−6"])
def test_what_stands_in_a_circle_is_centred_and_does_not_overlap(ax, text, lines, back):
    plot_network({"h": Circle((1.0, 0.5), text, back)}, [], ax=ax)
    value, gradient = artists(ax)["h text"], artists(ax)["h back"]
    assert (value.get_text(), gradient.get_text()) == (text, back)
    line = 16 * 2 / PIXELS  # pixels of a line, in units of a panel that is 2 high
    top, bottom = at(value)[1] + lines * line / 2, at(value)[1] - lines * line / 2
    if back:
        assert at(gradient)[1] == pytest.approx(bottom - line / 2)
        bottom -= line
        assert not value.get_window_extent().padded(-1).overlaps(gradient.get_window_extent())
    assert at(value)[0] == 1 and (top + bottom) / 2 == pytest.approx(0.5)
    assert value.behind is None


def test_a_note_stands_where_it_is_told(ax):
    plot_note(0.5, -0.5, "b 1", "4", ax=ax, gid="b")
    (x, y), (_, y_back) = at(artists(ax)["b text"]), at(artists(ax)["b back"])
    assert x == 0.5 and (y + y_back) / 2 == pytest.approx(-0.5) and y > y_back


@pytest.mark.parametrize("places", [2, 3])
def test_the_signs_are_explained_as_they_are_drawn(ax, places):
    plot_signs(*[(0.1, -0.9), (0.9, -0.9), (1.7, -0.9)][:places], ax=ax)
    for weight, words in (2.0, "weight above 0"), (-2.0, "weight below 0"):
        sign = artists(ax)[f"sign {words}"]
        shown = sign.get_color(), sign.get_linestyle(), artists(ax)[f"{words} text"].get_text()
        edge = line_of(weight, ax)
        assert shown == (edge.get_color(), edge.get_linestyle(), words)
    assert ("gradient text" in artists(ax)) == (places == 3)
