"""The explorer of lesson 04: its figures, its controls, and what it draws and says."""

import numpy as np
import pytest
import torch

from helpers.explorers import explore_descent
from helpers.show import plots
from tests.explorers.seen import drawn, reading

MEAN, SUM = "three, mean of their losses", "three, sum of their losses"
ONE = {"x": torch.tensor(2.0).double(), "y": torch.tensor(4.0).double(), "reduce": torch.mean}
THREE = {"x": torch.tensor([1.0, 2.0, 3.0]).double(), "y": torch.tensor([2.0, 4.0, 6.0]).double()}
EACH = [
    ("one student", ONE),
    (MEAN, {**THREE, "reduce": torch.mean}),
    (SUM, {**THREE, "reduce": torch.sum}),
]


def loop(steps, rate, zeroed, x, y, reduce):
    """The training loop of the lesson: the weights, and what w.grad held at each of them."""
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    weights, held = [w.item()], []
    for _ in range(steps + 1):
        reduce((w * x - y) ** 2).backward()
        held.append(w.grad.item())
        with torch.no_grad():
            w -= rate * w.grad
        if zeroed:
            w.grad.zero_()
        weights.append(w.item())
    return weights[:-1], held


def test_it_opens_at_the_end_of_the_lessons_table():
    explorer = explore_descent()
    assert explorer.state.weights == pytest.approx([1, 1.8, 1.96, 1.992])
    assert explorer.state.learning_rate == 0.1 and explorer.state.zeroed is True
    explorer.controls["iteration"].value = 0
    for gradient in (-8, -1.6, -0.32):
        assert explorer.state.by_autograd == pytest.approx(gradient) == explorer.state.held
        explorer.controls["on"].click()
    assert reading(explorer, "w") == "1.9920"


def test_without_zeroing_the_second_gradient_is_added_to_the_first():
    explorer = explore_descent()
    explorer.controls["zeroed"].value = False
    explorer.controls["iteration"].value = 1
    assert reading(explorer, "held") == "−9.6000" and reading(explorer, "by_autograd") == "−1.6000"
    assert "sum of 2 gradients, −9.6; the gradient here is −1.6" in explorer.words.notice
    explorer.controls["iteration"].value = 2
    assert reading(explorer, "w") == "2.7600"
    assert "opposite ways, so the step goes uphill" in explorer.words.notice


@pytest.mark.parametrize(
    ("students", "weights", "loss"),
    [
        ("one student", [1, 1.8, 1.96, 1.992], 4),
        (MEAN, [1, 1.9333, 1.9956, 1.9997], 4.6667),
        (SUM, [1, 3.8, -1.24, 7.832], 14),
    ],
)
def test_the_figures_of_the_lesson(students, weights, loss):
    explorer = explore_descent()
    explorer.controls["students"].value = students
    assert explorer.state.weights == pytest.approx(weights, abs=5e-5)
    assert explorer.state.losses[0] == pytest.approx(loss, abs=5e-5)


@pytest.mark.parametrize("zeroed", [True, False])
@pytest.mark.parametrize("rate", [0.05, 0.1, 0.25, 0.5])
@pytest.mark.parametrize(("students", "sample"), EACH)
def test_what_is_drawn_is_the_loop(students, sample, rate, zeroed):
    explorer = explore_descent()
    explorer.move(students=students, learning_rate=rate, zeroed=zeroed, iteration=6)
    weights, held = loop(6, rate, zeroed, **sample)
    assert explorer.state.weights == pytest.approx(weights)
    assert explorer.state.held == pytest.approx(held[-1])
    steps, path = drawn(explorer, "weights")
    assert steps.tolist() == list(range(7))
    assert path == pytest.approx(np.clip(weights, -1e4, 1e4))
    grid, losses = drawn(explorer, "loss")
    wanted = [sample["reduce"]((w * sample["x"] - sample["y"]) ** 2).item() for w in grid]
    assert losses == pytest.approx(wanted)
    (low, high), ends = drawn(explorer, "tangent")
    assert (ends[1] - ends[0]) / (high - low) == pytest.approx(explorer.state.by_autograd)


def test_play_and_its_buttons_and_the_slider_stay_together():
    explorer = explore_descent()
    controls = explorer.controls
    controls["play"].value = 7
    assert explorer.state.iteration == controls["iteration"].value == 7
    controls["on"].click()
    assert explorer.state.iteration == controls["play"].value == 8
    controls["back"].click()
    controls["back"].click()
    assert explorer.state.iteration == controls["play"].value == 6
    controls["iteration"].value = 12
    assert controls["play"].value == 12
    controls["first"].click()
    assert explorer.state.iteration == controls["play"].value == 0
    controls["back"].click()
    assert explorer.state.iteration == 0
    controls["iteration"].value = 20
    controls["on"].click()
    assert explorer.state.iteration == 20
    controls["reset"].click()
    assert explorer.state.iteration == controls["play"].value == controls["iteration"].value == 3


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.1, "from the same side"),
        (0.125, "lands on the minimum"),
        (0.2, "nearer on the other side"),
        (0.25, "comes no nearer"),
        (0.3, "It diverges"),
        (0.0, "no step has any length"),
    ],
)
def test_the_words_say_how_the_descent_goes(rate, words):
    explorer = explore_descent()
    explorer.controls["iteration"].value = 0
    explorer.controls["learning_rate"].value = rate
    assert words in explorer.words.notice


def test_not_zeroed_it_never_settles_and_runs_away_from_twice_the_rate():
    explorer = explore_descent()
    explorer.move(zeroed=False, learning_rate=0.1, iteration=20)
    assert max(explorer.state.losses[14:]) > 4
    explorer.move(learning_rate=0.495)
    assert max(map(abs, explorer.state.weights)) < 20
    explorer.move(learning_rate=0.505)
    assert max(map(abs, explorer.state.weights)) > 20


def test_where_the_weight_leaves_the_picture_a_diamond_says_so():
    explorer = explore_descent()
    explorer.move(students=SUM, learning_rate=0.6, iteration=20)
    for name in ("point", "weight_now"):
        assert explorer.artists[name].get_marker() == "D"
        (x,), (y,) = drawn(explorer, name)
        assert plots.inside(explorer.artists[name].axes, (x, y)) == (x, y)
    assert "outside the picture" in explorer.words.notice


def test_the_readers_derivative_stands_beside_autograds():
    explorer = explore_descent(lambda w, x, y: (w * x - y) * x)
    explorer.controls["iteration"].value = 0
    assert reading(explorer, "by_hand") == "−4.0000" and explorer.state.agree is False
    assert explorer.report.hint in explorer.words.notice
    right = explore_descent(lambda w, x, y: 2 * (w * x - y) * x)
    for students, value in (("one student", "−8.0000"), (MEAN, "−9.3333"), (SUM, "−28.0000")):
        right.move(students=students, iteration=0)
        assert reading(right, "by_hand") == reading(right, "by_autograd") == value
        assert right.state.agree
    assert right.report.ok is True and "The check says" not in right.words.notice
