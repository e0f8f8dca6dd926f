"""Drawings, by the data of their artists, and the colours by what an eye can tell apart."""

import math

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.patches import ArrowStyle

from helpers.show import plots
from helpers.show.colours import COLOURS

# Severity 1.0 of Machado, Oliveira and Fernandes (2009), on linear RGB.
EYES = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@pytest.fixture
def ax():
    ax = Figure().subplots()
    ax.set(xlim=(0, 4), ylim=(-1, 5))
    return ax


def drawn(ax, name):
    xs, ys = plots.artists(ax)[name].get_data()
    return np.asarray(xs).tolist(), np.asarray(ys).tolist()


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = np.clip(TO_XYZ @ rgb, 0, None) / [0.9505, 1, 1.089]
    fx, fy, fz = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def test_every_function_draws_the_data_it_is_given(ax):
    plots.plot_loss([0, 1, 2], torch.tensor([4.0, 1.0, 0.0], requires_grad=True), ax=ax)
    plots.plot_point(1, 1, ax=ax)
    plots.plot_tangent(1.0, 1.0, -2.0, reach=0.5, ax=ax)
    plots.plot_path([1.0, 1.2], [1.0, 0.64], ax=ax)
    plots.plot_data(torch.ones(2, 1), [2.0, 3.0], ax=ax)
    plots.plot_prediction([0, 1], [0, 2], ax=ax)
    plots.plot_residuals([1, 2], [2, 4], [1, 2], ax=ax)
    plots.plot_arrow((1.0, -0.5), (1.2, -0.5), ax=ax)
    assert drawn(ax, "loss") == ([0, 1, 2], [4, 1, 0])
    assert drawn(ax, "point") == ([1], [1])
    assert drawn(ax, "tangent") == ([0.5, 1.5], [2.0, 0.0])
    assert drawn(ax, "path") == ([1.0, 1.2], [1.0, 0.64])
    assert drawn(ax, "data") == ([1, 1], [2, 3])
    assert drawn(ax, "prediction") == ([0, 1], [0, 2])
    xs, ys = drawn(ax, "residual")
    assert xs[:2] == [1, 1] and ys[:2] == [2, 1] and math.isnan(ys[2]) and ys[3:5] == [4, 2]
    arrow = plots.artists(ax)["step"].get_path().vertices
    assert arrow[0] == pytest.approx([1.0, -0.5])
    assert 1.15 < arrow[:, 0].max() < 1.2001


def test_the_slope_of_the_tangent_is_the_gradient():
    xs, ys = plots.tangent_ends(3.0, 5.0, -1.5)
    assert (ys[1] - ys[0]) / (xs[1] - xs[0]) == pytest.approx(-1.5)
    assert ys.mean() == pytest.approx(5.0)


def test_each_role_has_its_colour(ax):
    plots.plot_loss([0], [0], ax=ax)
    plots.plot_tangent(0, 0, 0, ax=ax)
    plots.plot_data([0], [0], ax=ax)
    plots.plot_prediction([0], [0], ax=ax)
    plots.plot_path([0], [0], ax=ax)
    roles = {"loss": "loss", "tangent": "gradient", "data": "data", "prediction": "prediction"}
    for gid, role in {**roles, "path": "path"}.items():
        assert plots.artists(ax)[gid].get_color() == COLOURS[role]


def test_a_second_call_for_what_was_hidden_moves_it(ax):
    plots.plot_loss([0, 1], [4, 1], ax=ax)
    plots.artists(ax)["loss"].set_visible(False)
    assert plots.plot_loss([0, 2], [1, 4], ax=ax) is ax
    assert drawn(ax, "loss") == ([0, 2], [1, 4]) and len(ax.lines) == 1


@pytest.mark.parametrize(
    ("start", "end", "part"),
    [
        ((1, 1), (2, 2), ((1, 1), (2, 2))),
        ((1, 1), (7, 4), ((1, 1), (3, 2))),
        ((1, 1), (-3, 0), ((1, 1), (0, 0.75))),
        ((-1, 1), (9, 1), ((0, 1), (4, 1))),
        ((-1, 1), (-1, 0), None),
        ((-3, 1), (0, 5), None),
        ((1, 1), (math.inf, 1), None),
        ((math.nan, 1), (1, 1), None),
    ],
)
def test_arrows_are_held_inside_the_axes(ax, start, end, part):
    ax.set(xlim=(0, 4), ylim=(0, 2))
    found = plots.part_inside(ax, start, end)
    assert found == (None if part is None else (pytest.approx(part[0]), pytest.approx(part[1])))
    plots.plot_arrow(start, end, ax=ax)
    arrow = plots.artists(ax)["step"]
    assert arrow.get_visible() is (part is not None)
    has_head = not isinstance(arrow.get_arrowstyle(), ArrowStyle.Curve)
    assert has_head is (part is None or part[1] == end)


def test_a_point_outside_is_a_diamond_at_the_edge(ax):
    ax.set(xlim=(0, 4), ylim=(0, 2))
    plots.plot_point(1, 1, ax=ax, gid="inside")
    assert not plots.point_is_outside(ax)
    for place, shown in {(9, 1): (4, 1), (1, math.nan): (1, 0), (-1, math.inf): (0, 2)}.items():
        plots.plot_point(*place, ax=ax, gid=str(place))
        assert drawn(ax, str(place)) == ([shown[0]], [shown[1]]) and plots.point_is_outside(ax)


def test_contours_join_places_of_one_loss(ax):
    ax.set(xlim=(-1, 1), ylim=(-1, 1))
    plots.plot_contours(lambda a, b: a**2 + b**2, [0.25, 5.0], ax=ax)
    xs, ys = map(np.array, drawn(ax, "contours"))
    assert np.nanmax(np.abs(np.hypot(xs, ys) - 0.5)) < 1e-3
    assert plots.contour_lines([0, 1], [0, 1], np.zeros((2, 2)), [5.0]).shape == (2, 0)


def test_bars_stand_on_zero_and_are_moved(ax):
    plots.plot_bars([2.0, -1.0, math.nan, math.inf], ax=ax, width=0.5)
    bars = plots.artists(ax)["bars"]
    corners = bars.get_path().vertices.reshape(4, 5, 2)
    assert corners[:2].tolist() == [
        [[-0.25, 0], [-0.25, 2], [0.25, 2], [0.25, 0], [-0.25, 0]],
        [[0.75, 0], [0.75, -1], [1.25, -1], [1.25, 0], [0.75, 0]],
    ]
    assert corners[2:, 1, 1].tolist() == [0, plots.FARTHEST]
    bars.set_visible(False)
    plots.plot_bars(torch.ones(2), ax=ax, width=0.5)
    assert bars.get_visible() and bars.get_path().vertices[:, 1].max() == 1 and len(ax.patches) == 1


@pytest.mark.parametrize("role", COLOURS)
def test_every_colour_can_be_read_on_white(role):
    luminance = TO_XYZ[1] @ linear(COLOURS[role])
    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize("eye", EYES)
def test_any_two_roles_stay_apart_for_every_eye(eye):
    seen = {role: lab(EYES[eye] @ linear(colour)) for role, colour in COLOURS.items()}
    for one in seen:
        for other in set(seen) - {one}:
            assert np.linalg.norm(seen[one] - seen[other]) > 20, (one, other)
