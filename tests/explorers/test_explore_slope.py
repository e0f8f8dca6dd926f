"""The explorer of lesson 02: the tangent, the slope over x, and a slope by hand beside it."""

import numpy as np
import pytest

from helpers.explorers import explore_slope
from tests.explorers.seen import drawn, reading


def test_the_figure_of_the_document():
    state = explore_slope().state
    assert (state.x, state.y, state.by_hand, state.by_autograd) == (2.0, 9.0, 6.0, 6.0)
    assert state.agree is True


@pytest.mark.parametrize("x", [-5.0, -2.3, -1.0, 0.0, 2.0, 3.0])
def test_what_is_drawn_is_the_mathematics(x):
    explorer = explore_slope()
    explorer.controls["x"].value = x
    y, slope = x**2 + 2 * x + 1, 2 * x + 2
    assert drawn(explorer, "point").ravel() == pytest.approx([x, y])
    assert drawn(explorer, "slope_point").ravel() == pytest.approx([x, slope])
    (left, right), (low, high) = drawn(explorer, "tangent")
    assert (high - low) / (right - left) == pytest.approx(slope)
    xs, ys = drawn(explorer, "rise")
    assert xs == pytest.approx([x, x + 1, x + 1]) and ys == pytest.approx([y, y, y + slope])
    assert reading(explorer, "by_autograd") == reading(explorer, "by_hand")


def test_the_curves_are_the_function_and_its_derivative():
    explorer = explore_slope()
    (hand_x, by_hand), (grid, slopes) = (drawn(explorer, name) for name in ("by_hand", "slope"))
    xs, ys = drawn(explorer, "loss")
    assert ys == pytest.approx(xs**2 + 2 * xs + 1)
    assert slopes == pytest.approx(2 * grid + 2)
    assert by_hand == pytest.approx(2 * hand_x + 2)


def test_the_point_never_leaves_the_picture():
    explorer = explore_slope()
    for x in np.linspace(-5, 3, 9):
        explorer.controls["x"].value = float(x)
        for ax, name in zip(explorer.figure.axes, ("point", "slope_point"), strict=True):
            (px,), (py,) = drawn(explorer, name)
            assert ax.get_xlim()[0] < px < ax.get_xlim()[1]
            assert ax.get_ylim()[0] < py < ax.get_ylim()[1]


@pytest.mark.parametrize(
    ("x", "words"),
    [(-1.0, "lies flat"), (2.0, "goes 6 up"), (-4.0, "goes 6 down")],
)
def test_the_words_say_how_the_tangent_goes(x, words):
    explorer = explore_slope()
    explorer.controls["x"].value = x
    assert words in explorer.words.notice


def test_a_slope_that_is_right_at_one_place_alone_leaves_the_line_elsewhere():
    explorer = explore_slope(lambda x: 3 * x)
    assert explorer.state.agree and explorer.report.ok is False
    assert explorer.report.hint in explorer.words.notice
    assert "crosses that leave it" in explorer.words.picture
    xs, crosses = drawn(explorer, "by_hand")
    assert [x for x, cross in zip(xs, crosses, strict=True) if cross == 2 * x + 2] == [2.0]
    explorer.controls["x"].value = 0.0
    assert reading(explorer, "by_hand") == "0.0000"
    assert reading(explorer, "by_autograd") == "2.0000"
    assert explorer.state.agree is False


def test_the_readers_right_derivative_lies_on_the_line():
    explorer = explore_slope(lambda x: 2 * (x + 1))
    assert explorer.report.ok is True
    assert "and crosses on it" in explorer.words.picture
    assert "check says" not in explorer.words.notice
