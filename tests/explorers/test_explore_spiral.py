"""The explorer of lesson 12: training in pieces, regions, rings and the reader's own run."""

from itertools import combinations

import numpy as np
import pytest
import torch

from helpers.compute.spiral import forward, spiral, spiral_mean_gradient
from helpers.explorers import explore_spiral
from helpers.show.regions import TINTS
from tests.explorers.seen import drawn, is_seen, reading, set_to
from tests.show.test_plots import EYES, lab, linear

X, Y = spiral()


def by_the_sum(W1, b1, W2, b2, X, Y):
    """The gradient of the sum, as readers take it who forget to divide by N."""
    H = torch.tanh(X @ W1 + b1)
    d_S = torch.softmax(H @ W2 + b2, dim=1) - torch.nn.functional.one_hot(Y, 3)
    d_Z = (d_S @ W2.T) * (1 - H**2)
    return X.T @ d_Z, d_Z.sum(dim=0), H.T @ d_S, d_S.sum(dim=0)


def tint_at(explorer, x, y):
    """The colour of the region at a place, as #RRGGBB."""
    image = explorer.artists["regions"]
    left, right, bottom, top = image.get_extent()
    rows, columns = image.get_array().shape[:2]
    row = min(int((y - bottom) / (top - bottom) * rows), rows - 1)
    column = min(int((x - left) / (right - left) * columns), columns - 1)
    return "#{:02X}{:02X}{:02X}".format(*image.get_array()[row, column])


def test_play_trains_in_pieces_and_its_progress_is_the_slider():
    explorer = explore_spiral()
    play, slider = explorer.controls["play"], explorer.controls["steps"]
    assert (play.min, play.max, play.step, play.value) == (0, 2000, slider.step, 100)
    play.value += play.step
    assert slider.value == explorer.values["steps"] == 125
    slider.value = 500
    assert play.value == 500 and len(explorer.state.losses) == 501
    (left, here), (_, end) = drawn(explorer, "progress")[0], drawn(explorer, "track")[0]
    assert here - left == pytest.approx((end - left) / 4)
    assert explorer.artists["progress text"].get_text() == "step 500 of 2000 · 150 of 150 right"


@pytest.mark.parametrize(("steps", "neurons"), [(0, 16), (100, 16), (500, 4), (2000, 0)])
def test_what_is_drawn_is_what_the_network_says(steps, neurons):
    explorer = explore_spiral()
    set_to(explorer, steps=steps, neurons=neurons)
    at = explorer.state.at
    predicted = forward(at["W1"], at["b1"], at["W2"], at["b2"], X.double())[1].argmax(dim=1)
    wrong = predicted != Y
    assert drawn(explorer, "rings") == pytest.approx(X[wrong].T.numpy())
    assert reading(explorer, "wrong") == str(wrong.sum().item())
    assert reading(explorer, "right") == str((~wrong).sum().item())
    for number in range(3):
        assert drawn(explorer, f"class {number}") == pytest.approx(X[number == Y].T.numpy())
    tints = [tint_at(explorer, *point) for point in X.tolist()]
    agree = [tint == TINTS[one] for tint, one in zip(tints, predicted.tolist(), strict=True)]
    assert np.mean(agree) > 0.95  # but for points at a boundary
    xs, losses = drawn(explorer, "loss")
    assert xs.tolist() == list(range(steps + 1)) and losses[-1] == explorer.state.loss
    assert explorer.figure.axes[1].get_xlim()[1] >= steps


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"steps": 0}, "nothing has moved"),
        ({"learning_rate": 0.0}, "nothing has moved"),
        ({}, "on its way: 12 points are still wrong"),
        ({"steps": 200}, "on its way: 1 point is still wrong"),
        ({"steps": 500}, "All 150 points are right"),
        ({"neurons": 0}, "every boundary between two classes is a straight line"),
        ({"neurons": 1}, "74 points"),
    ],
)
def test_the_words_say_how_it_goes(values, words):
    explorer = explore_spiral()
    set_to(explorer, **values)
    assert words in str(explorer.words).replace("\n", " ")


def test_divergence_is_said():
    explorer = explore_spiral()
    explorer.values["learning_rate"] = 1e308  # beyond the slider
    explorer.update()
    assert explorer.error is None and "has diverged" in explorer.words.notice
    assert reading(explorer, "right") == "0" and tint_at(explorer, 0.5, 0.5) == "#FFFFFF"


def test_the_run_by_the_readers_derivative_is_drawn_beside():
    explorer = explore_spiral(by_the_sum)
    assert explorer.report.mistake == "sum-not-mean"
    assert reading(explorer, "agreement") == "differ here"
    state = explorer.state
    largest = max(abs(149 * number) for number in state.by_autograd)
    assert float(reading(explorer, "difference")) == pytest.approx(largest, rel=1e-2)
    assert drawn(explorer, "by_hand")[1].tolist() == list(state.losses_by_hand)
    assert state.loss_by_hand > state.loss
    set_to(explorer, neurons=0)
    assert not is_seen(explorer, "by_hand") and "gives nothing here" in explorer.words.notice

    right = explore_spiral(spiral_mean_gradient)
    assert right.report.ok and reading(right, "difference") == "below 1e−9"
    assert drawn(right, "by_hand") == pytest.approx(drawn(right, "loss"), rel=1e-6)
    assert {"difference", "loss_by_hand"}.isdisjoint(
        one.name for one in explore_spiral().words.readings
    )


@pytest.mark.parametrize("eye", EYES)
def test_the_tints_stay_apart_for_every_eye_and_in_grey(eye):
    seen = [lab(EYES[eye] @ linear(tint)) for tint in TINTS]
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(one - other) > 20 and abs(one[0] - other[0]) > 8


def test_a_saved_picture_is_small():
    explorer = explore_spiral()
    for steps in (0, 100, 2000):
        set_to(explorer, steps=steps)
        assert len(explorer._png()) < 80_000


def test_torch_keeps_its_threads():
    before = torch.get_num_threads()
    explore_spiral()
    assert torch.get_num_threads() == before
