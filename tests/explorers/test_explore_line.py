"""The explorer of lesson 03: one point and its valley, two points and their bowl."""

import math

import numpy as np
import pytest
import torch

from helpers.compute.gradients import autograd_gradient
from helpers.compute.problems import squared_residuals, two_points, weight_and_bias
from helpers.explorers import explore_line
from helpers.explorers.line import LEVELS
from tests.explorers.seen import arrow, drawn, reading, set_to

POINTS = {"one point": [(1.0, 3.0)], "two points": [(1.0, 3.0), (-1.0, -1.0)]}


def losses(W, b, points):
    return sum((W * x + b - y) ** 2 for x, y in POINTS[points])


def slopes(W, b, points):
    residuals = [(W * x + b - y, x) for x, y in POINTS[points]]
    return sum(2 * r * x for r, x in residuals), sum(2 * r for r, _ in residuals)


def test_the_five_epochs_of_the_document():
    explorer = explore_line()
    rows = []
    for _ in range(5):
        loss, (by_W, by_b) = explorer.state.loss, explorer.state.by_autograd
        explorer.controls["step"].click()
        rows.append((loss, by_W, by_b, explorer.state.W, explorer.state.b))
    assert np.array(rows) == pytest.approx(
        np.array(
            [
                (0.4900, 1.4, 1.4, 2.16, 1.26),
                (0.1764, 0.84, 0.84, 2.076, 1.176),
                (0.0635, 0.504, 0.504, 2.0256, 1.1256),
                (0.0229, 0.3024, 0.3024, 1.9954, 1.0954),
                (0.0082, 0.1814, 0.1814, 1.9772, 1.0772),
            ]
        ),
        abs=5e-5,
    )


@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize(("W", "b"), [(2.3, 1.4), (0.5, 0.0), (4.2, -0.7)])
def test_what_is_drawn_is_the_mathematics(W, b, points):
    explorer = explore_line()
    set_to(explorer, W=W, b=b, points=points)
    x, y = np.array(POINTS[points]).T
    ends, line = drawn(explorer, "prediction")
    assert line == pytest.approx(W * ends + b)
    assert drawn(explorer, "data") == pytest.approx(np.array([x, y]))
    assert drawn(explorer, "residual")[1][1::3] == pytest.approx(W * x + b)
    assert drawn(explorer, "point") == pytest.approx(np.array([[W], [b]]))
    assert explorer.state.loss == pytest.approx(losses(W, b, points))
    assert explorer.state.by_autograd == pytest.approx(slopes(W, b, points))
    assert explorer.state.next_loss == pytest.approx(losses(*explorer.state.end, points))
    for at_W, at_b in drawn(explorer, "fit").T:
        fits = [abs(at_W * px + at_b - py) < 1e-6 for px, py in POINTS[points]]
        assert math.isnan(at_W) or any(fits)


@pytest.mark.parametrize("points", POINTS)
def test_each_contour_joins_places_of_one_loss(points):
    explorer = explore_line()
    set_to(explorer, points=points)
    W, b = drawn(explorer, "contours")
    found = losses(W, b, points)
    found = found[~np.isnan(found)]
    levels = np.asarray(LEVELS)
    nearest = np.abs(found[:, None] - levels).min(axis=1)
    assert nearest.max() < 0.01
    reached = levels[levels < found.max() + 1]
    assert all(np.abs(found - level).min() < 0.01 for level in reached)


@pytest.mark.parametrize("points", POINTS)
def test_the_gradient_points_uphill_across_the_contours_and_the_step_downhill(points):
    explorer = explore_line()
    set_to(explorer, W=2.5, b=1.1, points=points)
    slope = np.array(slopes(2.5, 1.1, points))
    (start, tip), (_, end) = arrow(explorer, "gradient"), arrow(explorer, "step")
    assert start == pytest.approx((2.5, 1.1))
    assert np.subtract(tip, start) == pytest.approx(slope)
    assert np.subtract(end, start) == pytest.approx(-0.1 * slope)


def test_an_arrow_longer_than_the_picture_keeps_its_direction():
    explorer = explore_line()
    set_to(explorer, W=4.0, b=2.5)
    start, tip = arrow(explorer, "gradient")
    assert tip[0] <= 5.0 and tip[1] == pytest.approx(3.0)
    assert np.subtract(tip, start)[0] == pytest.approx(np.subtract(tip, start)[1])


def test_one_point_ends_in_its_valley_where_the_start_sends_it():
    for W, b in [(2.3, 1.4), (0.5, 0.0), (4.0, 0.0)]:
        explorer = explore_line()
        set_to(explorer, W=W, b=b)
        for _ in range(8):
            explorer.controls["steps"].click()
        assert explorer.state.W + explorer.state.b == pytest.approx(3)
        assert explorer.state.W - explorer.state.b == pytest.approx(W - b)
        assert "every other pair on the dashed line" in explorer.words.notice
    assert reading(explorer, "sum") == "3.0000" and reading(explorer, "difference") == "4.0000"


def test_two_points_end_at_the_bottom_of_the_bowl_from_anywhere():
    for W, b in [(2.3, 1.4), (-1.0, 3.0), (5.0, 0.0)]:
        explorer = explore_line()
        set_to(explorer, W=W, b=b, points="two points")
        for _ in range(8):
            explorer.controls["steps"].click()
        assert explorer.state.start == pytest.approx((2, 1))
        assert "the one pair that fits both points" in explorer.words.notice


@pytest.mark.parametrize("name", ["W", "b", "points"])
def test_the_path_ends_where_the_reader_moves_the_point_or_the_data(name):
    explorer = explore_line()
    explorer.controls["step"].click()
    set_to(explorer, learning_rate=0.2)
    assert [past.start for past in explorer.state.path] == [(2.3, 1.4)]
    set_to(explorer, **{name: "two points" if name == "points" else 0.0})
    assert explorer.state.path == ()


@pytest.mark.parametrize(
    ("points", "rate", "words"),
    [
        ("one point", 0.1, "straight towards the valley"),
        ("one point", 0.25, "lands in the valley"),
        ("one point", 0.3, "over the valley, yet lands lower"),
        ("one point", 0.5, "same height"),
        ("one point", 0.6, "lands higher"),
        ("two points", 0.1, "straight towards the bottom"),
        ("two points", 0.25, "lands in the bottom"),
        ("two points", 0.6, "lands higher"),
        ("two points", 0.0, "no length"),
    ],
)
def test_the_words_say_what_the_step_does(points, rate, words):
    explorer = explore_line()
    set_to(explorer, points=points, learning_rate=rate)
    assert words in explorer.words.notice


def test_the_readers_own_derivative_stands_beside_autograds():
    explorer = explore_line(lambda W, b, X, Y: ((2 * (X @ W + b - Y)).sum(),) * 2)
    assert explorer.state.agree  # at x = 1 the missing x does not show
    set_to(explorer, points="two points")
    assert reading(explorer, "by_hand.0") == "1.6000"
    assert reading(explorer, "by_autograd.0") == "1.2000"
    assert explorer.state.agree is False
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice
    right = explore_line(two_points.gradient)
    assert right.report.ok is True and right.state.agree


@pytest.mark.parametrize("problem", [weight_and_bias, two_points])
def test_the_problems_have_the_gradients_of_their_losses(problem):
    right = autograd_gradient(problem.loss, wrt=problem.wrt, at=problem.at)
    for name, by_hand in zip(problem.wrt, problem.gradient(**problem.at), strict=True):
        torch.testing.assert_close(by_hand.reshape(right[name].shape), right[name])


def test_losses_of_many_lines_are_those_of_each():
    at = two_points.at
    W, b = torch.meshgrid(torch.tensor([0.5, 2.0]), torch.tensor([0.0, 1.0, 3.0]), indexing="ij")
    many = squared_residuals(W, b, at["X"], at["Y"]).sum(dim=-1)
    for i, j in np.ndindex(2, 3):
        one = two_points.loss(W[i, j].reshape(1, 1), b[i, j], at["X"], at["Y"])
        assert many[i, j].item() == pytest.approx(one.item())
