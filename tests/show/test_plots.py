"""Drawings, by the data of their artists, and the colours by what an eye can tell apart."""

import math

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

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
    return Figure().subplots()


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
    plots.plot_step(1.0, 1.2, -0.5, ax=ax)
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
    assert 1.19 < arrow[:, 0].max() < 1.2001


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


def test_functions_return_the_axes_and_draw_on_the_current_one_by_default():
    from matplotlib import pyplot

    figure, ax = pyplot.subplots()
    try:
        assert plots.plot_loss([0, 1], [1, 0]) is ax
    finally:
        pyplot.close(figure)


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
