"""The explorer of lesson 07: a line with its bend, whose slope multiplies on the way back."""

import numpy as np
import pytest
import torch

from helpers.explorers import explore_bend
from tests.explorers.seen import drawn, is_seen, reading, set_to

BENDS = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: 1.0 * (z > 0)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
}


def test_the_figures_of_the_lesson():
    explorer = explore_bend()
    assert explorer.state.by_autograd == explorer.state.by_hand == (12.0, 4.0)
    expected = {"z": 5, "prediction": 5, "loss": 4, "arrives": 4, "slope": 1, "passes": 4}
    for name, number in {**expected, "corner": 0.5}.items():
        assert reading(explorer, name) == f"{number:.4f}"
    assert "towards the target: the loss goes from 4 to 0.64." in explorer.words.notice
    set_to(explorer, b=-7.0)
    assert explorer.state.by_autograd == explorer.state.by_hand == (0.0, 0.0)
    assert reading(explorer, "loss") == "9.0000" and reading(explorer, "arrives") == "−6.0000"
    assert reading(explorer, "slope") == reading(explorer, "passes") == "0.0000"


@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize(
    ("w", "b", "x"), [(2.0, -1.0, 3.0), (-1.5, 1.0, 2.0), (0.0, 0.5, -1.0), (1.0, -2.5, 3.5)]
)
def test_what_is_drawn_is_the_mathematics(activation, w, b, x):
    explorer, (bend, slope) = explore_bend(), BENDS[activation]
    set_to(explorer, activation=activation, w=w, b=b, x=x, y=2.0, learning_rate=0.1)
    z = w * x + b
    passes = 2 * (bend(z) - 2) * slope(z)
    next_w, next_b = w - 0.1 * passes * x, b - 0.1 * passes
    assert explorer.state.by_autograd == pytest.approx((passes * x, passes), abs=1e-12)
    assert explorer.state.agree is True

    xs, line = drawn(explorer, "prediction")
    assert line == pytest.approx(bend(w * xs + b)) and (xs[0], xs[-1]) == (-4.2, 4.2)
    xs, line = drawn(explorer, "next prediction")
    assert line == pytest.approx(bend(next_w * xs + next_b))
    corner = -b / w if w else np.nan
    assert drawn(explorer, "corner").ravel() == pytest.approx([corner, bend(0.0)], nan_ok=True)
    assert drawn(explorer, "data").ravel().tolist() == [x, 2]
    assert drawn(explorer, "predicted").ravel() == pytest.approx([x, bend(z)])
    assert drawn(explorer, "residual")[:, :2].tolist() == [[x, x], [2, pytest.approx(bend(z))]]

    zs, slopes = drawn(explorer, "slope")
    at_zero = np.abs(zs) < 1e-9
    assert at_zero.sum() == 1 and np.isnan(slopes[at_zero]).all() == (activation == "relu")
    assert slopes[~at_zero] == pytest.approx(slope(zs[~at_zero]))
    assert drawn(explorer, "point").ravel() == pytest.approx([z, slope(z)])
    assert drawn(explorer, "down").ravel() == pytest.approx([z, z, 0, slope(z)])
    next_z = next_w * x + next_b
    assert drawn(explorer, "next").ravel() == pytest.approx([next_z, slope(next_z)], abs=1e-6)


def test_the_slope_that_stands_still_follows_the_menu():
    explorer = explore_bend()
    for activation in (*BENDS, "relu"):
        set_to(explorer, activation=activation)
        _, slopes = drawn(explorer, "slope")
        assert np.nanmax(slopes) == pytest.approx({"sigmoid": 0.25}.get(activation, 1.0))


@pytest.mark.parametrize("activation", BENDS)
def test_the_button_moves_both_by_the_rule(activation):
    explorer, (bend, slope) = explore_bend(), BENDS[activation]
    set_to(explorer, activation=activation, w=0.5, b=-0.5, x=2.0, y=1.0, learning_rate=0.1)
    w, b = 0.5, -0.5
    for _ in range(5):
        passes = 2 * (bend(2 * w + b) - 1) * slope(2 * w + b)
        w, b = w - 0.1 * passes * 2, b - 0.1 * passes
        assert explorer.state.end == pytest.approx((w, b))
        explorer.controls["step"].click()
        assert (explorer.values["w"], explorer.values["b"]) == pytest.approx((w, b))
        assert explorer.controls["w"].value == pytest.approx(w, abs=0.05)  # nearest stop


# w, b, x, y, η: the task of the explorer, and then the step of the car park, car by car.
KILLS = [
    ((2.0, -1.0, 3.0, 3.0, 0.13), -0.2),
    ((2.0, 1.0, 2.0, 1.0, 0.2), -3.0),
    ((2.0, 1.0, 3.0, 2.0, 0.2), -13.0),
]
LETS_LIVE = [(2.0, -1.0, 3.0, 3.0, 0.12), (2.0, 1.0, 1.0, 0.0, 0.2), (2.0, 1.0, 3.0, 2.0, 0.065)]
NAMES = ("w", "b", "x", "y", "learning_rate")


@pytest.mark.parametrize(("numbers", "next_z"), KILLS)
def test_one_step_kills_and_no_other_brings_it_back(numbers, next_z):
    explorer = explore_bend()
    set_to(explorer, **dict(zip(NAMES, numbers, strict=True)))
    assert explorer.state.next_z == pytest.approx(next_z)
    assert explorer.words.notice == (
        f"The step leads to z = {next_z:g}: there the neuron is off, and no step leads back."
    ).replace("-", "−")
    explorer.controls["step"].click()
    dead = explorer.state.start
    assert dead == pytest.approx(explorer.state.end) and explorer.state.z == pytest.approx(next_z)
    assert explorer.words.notice.startswith("z is not above 0: the neuron is off for this sample.")
    assert "both gradients are 0, and no step leads away from here" in explorer.words.notice
    for _ in range(3):
        explorer.controls["step"].click()
    assert explorer.state.start == dead and explorer.state.prediction == 0
    set_to(explorer, activation="tanh")
    assert "is off" not in explorer.words.notice


@pytest.mark.parametrize("numbers", LETS_LIVE)
def test_a_shorter_step_leaves_it_on(numbers):
    explorer = explore_bend()
    set_to(explorer, **dict(zip(NAMES, numbers, strict=True)))
    assert " off" not in explorer.words.notice
    explorer.controls["step"].click()
    assert explorer.state.slope == 1.0 and "is off" not in explorer.words.notice


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learning_rate": 0.05}, "lands where the prediction meets"),
        ({"learning_rate": 0.0}, "no length"),
        ({"learning_rate": 0.07}, "past the target, yet lands nearer"),
        ({"learning_rate": 0.1}, "past the target and lands as far from it as before"),
        ({"learning_rate": 0.11}, "past the target and lands further away"),
        ({"b": -3.0}, "Both gradients are 0: the prediction meets the target"),
        ({"b": -6.0}, "z is not above 0"),
        ({"b": -8.0, "y": 0.0}, "Both gradients are 0: the prediction meets the target"),
        ({"y": 0.0, "learning_rate": 0.5}, "lands where the prediction meets the target"),
        # Far from the corner, the other bends are next to flat, yet never quite off.
        (
            {"activation": "tanh", "w": -1.0, "b": -4.0},
            "towards the target: the loss changes by less than 0.0001",
        ),
        ({"activation": "tanh", "w": 3.0, "b": 5.0}, "are next to 0: the bend is all but flat"),
        ({"activation": "tanh", "w": 3.0, "b": 8.0, "x": 4.0}, "no step leads away"),
        ({"activation": "tanh", "w": 0.0, "b": 0.0, "learning_rate": 0.5}, "no step leads on"),
        ({"activation": "tanh", "w": 3.0, "b": 8.0, "y": 1.0}, "0: the prediction meets"),
        (
            {"activation": "sigmoid", "w": 3.0, "b": 8.0, "x": 4.0, "y": 2.0},
            "towards the target: the loss changes by less than 0.0001",
        ),
    ],
)
def test_the_words_say_what_the_step_does(values, words):
    explorer = explore_bend()
    set_to(explorer, **values)
    assert words in explorer.words.notice
    smooth = explorer.values["activation"] != "relu"
    assert not (smooth and "neuron is off" in explorer.words.notice)


def test_a_place_outside_the_picture_is_shown_at_its_edge():
    explorer = explore_bend()
    set_to(explorer, w=3.0, x=4.0, b=-1.0)
    assert drawn(explorer, "point").ravel().tolist() == [8, 1]  # z = 11
    assert is_seen(explorer, "point") and "outside the picture" in explorer.words.notice


def test_the_readers_derivative_is_that_of_relu():
    def slope_forgotten(w, b, x, y):
        passes = 2 * (torch.relu(w * x + b) - y)
        return passes * x, passes

    explorer = explore_bend(slope_forgotten)
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice
    assert explorer.state.by_hand == (12.0, 4.0) and explorer.state.agree is True
    set_to(explorer, b=-7.0)
    assert explorer.state.by_hand == (-18.0, -6.0) and explorer.state.by_autograd == (0.0, 0.0)
    assert reading(explorer, "by_hand.0") == "−18.0000" and explorer.state.agree is False
    for activation in "tanh", "sigmoid":
        set_to(explorer, activation=activation)
        assert reading(explorer, "by_hand.0") == "none yet" and explorer.state.agree is None
