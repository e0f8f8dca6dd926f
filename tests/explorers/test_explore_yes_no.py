"""The explorer of lesson 10: probabilities, and two losses over the score."""

import numpy as np
import pytest

from helpers.explorers import explore_yes_no
from tests.explorers.seen import drawn, is_seen, reading, set_to

HOURS, LABELS = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])
LOSSES = {
    "cross-entropy": lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
    "squared error": lambda p, y: (p - y) ** 2,
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_the_figures_of_the_lesson():
    explorer = explore_yes_no()
    assert explorer.state.by_autograd == pytest.approx((-0.25, 0)) and explorer.state.agree
    assert reading(explorer, "boundary") == "none"
    assert reading(explorer, "right_of_all") == "0 of 4"
    for _ in range(10):
        explorer.controls["steps"].click()
    assert reading(explorer, "next_w") == "0.9082" and reading(explorer, "next_b") == "−2.2705"
    assert reading(explorer, "loss") == "0.5869" and reading(explorer, "boundary") == "2.5000"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("w", "b"), [(0.0, 0.0), (-2.0, 4.0), (1.5, -3.0)])
def test_what_is_drawn_is_the_mathematics(loss, w, b):
    explorer = explore_yes_no()
    set_to(explorer, w=w, b=b, learning_rate=2.0, loss_function=loss)
    xs, curve = drawn(explorer, "prediction")
    assert curve == pytest.approx(sigmoid(w * xs + b))
    _, curve = drawn(explorer, "next probability")
    assert curve == pytest.approx(sigmoid(explorer.state.next_w * xs + explorer.state.next_b))
    assert drawn(explorer, "boundary")[0] == pytest.approx(
        [-b / w if w else np.nan] * 2, nan_ok=True
    )
    assert drawn(explorer, "passed").tolist() == [[2, 4], [1, 1]]
    assert drawn(explorer, "failed").tolist() == [[1, 3], [0, 0]]
    assert drawn(explorer, "residual")[1].reshape(4, 3)[:, 1] == pytest.approx(
        sigmoid(w * HOURS + b)
    )

    for gid, y in ("who passed", 1), ("who failed", 0):
        zs, curve = drawn(explorer, gid)
        assert curve == pytest.approx(LOSSES[loss](sigmoid(zs), y))
    slopes = drawn(explorer, "slopes").reshape(2, 4, 3)
    for x, y, (z1, z2, _), (low, high, _) in zip(HOURS, LABELS, *slopes, strict=True):
        z, h = w * x + b, 1e-4
        place = drawn(explorer, f"at x = {x:.0f}").ravel()
        assert place == pytest.approx([z, LOSSES[loss](sigmoid(z), y)])
        rise = LOSSES[loss](sigmoid(z + h), y) - LOSSES[loss](sigmoid(z - h), y)
        assert (high - low) / (z2 - z1) == pytest.approx(rise / (2 * h), abs=1e-6)


def test_who_passed_and_who_failed_are_told_apart_without_colour():
    explorer = explore_yes_no()
    for passed, failed in ("passed", "failed"), ("at x = 2", "at x = 1"):
        fills = [explorer.artists[one].get_markerfacecolor() for one in (passed, failed)]
        assert fills[0] != "white" and fills[1] == "white"
    lines = [explorer.artists[one]._dash_pattern for one in ("who passed", "who failed")]
    assert lines[0] != lines[1]
    # At the start all are in one place: the smaller ring lies on the larger dot.
    dot, ring = (explorer.artists[f"at x = {x}"] for x in (4, 1))
    assert ring.get_zorder() > dot.get_zorder() and ring.get_markersize() < dot.get_markersize()


def test_a_certain_and_wrong_answer_is_steep_for_one_loss_and_flat_for_the_other():
    explorer = explore_yes_no()
    assert "certain and wrong" not in explorer.words.notice
    set_to(explorer, w=-3.0, b=7.5)
    assert "At x = 1 the answer is certain and wrong" in explorer.words.notice
    assert "its slope by z 0.989." in explorer.words.notice
    set_to(explorer, loss_function="squared error")
    assert "its slope by z 0.0215." in explorer.words.notice
    assert "changes by less than 0.0001" in explorer.words.notice
    set_to(explorer, w=6.0, b=15.0)
    assert "flat here, and no step leads away" in explorer.words.notice
    for x, edge in (1, 1.0), (2, 0.0):  # z = 21 and 27, which is outside
        assert drawn(explorer, f"at x = {x}").ravel() == pytest.approx([8, edge])
        assert explorer.artists[f"at x = {x}"].get_marker() == "D"
    assert is_seen(explorer, "at x = 1") and "outside the picture" in explorer.words.notice


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "leads lower: the loss goes from 0.6931"),
        ({"learning_rate": 0.0}, "no length"),
        ({"w": 0.9, "b": -2.2, "learning_rate": 5.0}, "goes too far"),
        ({"w": 0.0, "b": 1.0}, "It is the same for all hours."),
        ({"w": 2.0, "b": -7.0}, "It is ½ at x = 3.5."),
    ],
)
def test_the_words_say_what_is_to_be_seen(values, words):
    explorer = explore_yes_no()
    set_to(explorer, **values)
    assert words in f"{explorer.words.picture} {explorer.words.notice}"


def test_the_lowest_place_is_said():
    explorer = explore_yes_no()
    explorer.walk(1500)
    assert "Both gradients are 0: the loss is lowest here." in explorer.words.notice


def test_the_readers_derivative_is_that_of_the_cross_entropy():
    def gradient(w, b, x, y):
        residual = (w * x + b).sigmoid() - y
        return (residual * x).sum(), residual.sum()

    explorer = explore_yes_no(gradient)
    assert explorer.report.mistake == "sum-not-mean"
    assert explorer.report.hint in explorer.words.notice
    assert reading(explorer, "by_hand.0") == "−1.0000" and explorer.state.agree is False
    set_to(explorer, loss_function="squared error")
    assert reading(explorer, "by_hand.0") == "none yet" and explorer.state.agree is None
    set_to(own := explore_yes_no(), loss_function="squared error", w=1.0)
    assert own.state.agree is True
