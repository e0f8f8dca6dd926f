"""The explorers of notebook 00 and lesson 01: one weight, one step."""

import numpy as np
import pytest

from helpers.explorers import explore_step, explore_weight
from tests.explorers.seen import arrow, drawn, is_seen, reading, set_to


def test_the_slider_of_notebook_00():
    explorer = explore_weight()
    assert "3 below the point" in explorer.words.picture
    set_to(explorer, w=2.0)
    assert explorer.state.residual == 0
    assert "through the point" in explorer.words.picture
    assert explorer.words.notice == "The line meets the point."


def test_the_figures_of_the_first_lesson():
    state = explore_step().state
    assert (state.prediction, state.loss, state.by_autograd) == (1.0, 1.0, -2.0)
    assert state.by_hand == -2.0 and state.agree is True
    assert state.next_w == pytest.approx(1.2) and state.next_loss == pytest.approx(0.64)


@pytest.mark.parametrize("w", [-2.0, 0.3, 5.0])
@pytest.mark.parametrize("x", [-3.0, 0.0, 0.7, 3.0])
def test_what_is_drawn_is_the_mathematics(w, x):
    explorer = explore_step()
    set_to(explorer, x=x, w=w)
    state, loss = explorer.state, (w * x - 2) ** 2
    grid, losses = drawn(explorer, "loss")
    assert losses == pytest.approx((grid * x - 2) ** 2)
    (left, right), (low, high) = drawn(explorer, "tangent")
    assert (high - low) / (right - left) == pytest.approx(2 * (w * x - 2) * x)
    assert drawn(explorer, "data").tolist() == [[x], [2.0]]
    ends, line = drawn(explorer, "prediction")
    assert line == pytest.approx(w * ends)
    assert state.next_w == pytest.approx(w - 0.1 * 2 * (w * x - 2) * x)
    assert drawn(explorer, "next").ravel() == pytest.approx([state.next_w, state.next_loss])
    if loss <= 10:
        assert drawn(explorer, "point").ravel() == pytest.approx([w, loss])


def test_steps_walk_the_rule_and_leave_a_path():
    explorer = explore_step()
    weights = [1.0]
    for _ in range(3):
        explorer.controls["step"].click()
        weights.append(weights[-1] - 0.1 * 2 * (weights[-1] - 2))
        assert explorer.state.w == pytest.approx(weights[-1])
        assert explorer.controls["w"].value == pytest.approx(weights[-1], abs=0.05)  # nearest stop
    path = drawn(explorer, "path")
    assert path[0] == pytest.approx(weights) and path[1] == pytest.approx(np.square(path[0] - 2))


@pytest.mark.parametrize("name", ["x", "y", "w"])
def test_a_path_ends_where_the_loss_is_another_one(name):
    explorer = explore_step()
    explorer.controls["step"].click()
    set_to(explorer, **{name: -1.0})
    assert explorer.state.path == () and drawn(explorer, "path").shape == (2, 1)


@pytest.mark.parametrize(
    ("x", "rate", "words"),
    [
        (1.0, 0.1, "towards the minimum"),
        (1.0, 0.5, "lands on the minimum"),
        (2.0, 0.125, "lands on the minimum"),
        (1.0, 0.7, "lands lower"),
        (1.0, 1.0, "same height"),
        (1.0, 1.1, "lands higher"),
        (2.0, 0.25, "the minimum"),
        (0.0, 0.1, "flat"),
        (1.0, 0.0, "no length"),
    ],
)
def test_the_words_say_what_the_step_does(x, rate, words):
    explorer = explore_step()
    set_to(explorer, w=0.4, x=x, learning_rate=rate)
    assert words in explorer.words.notice


def test_the_step_is_drawn_as_far_as_it_can_be_seen():
    explorer = explore_step()
    start, end = arrow(explorer, "step")
    assert start[0] == 1.0 and end[0] == pytest.approx(1.2) and is_seen(explorer, "step")
    set_to(explorer, w=5.0, learning_rate=1.5)
    assert arrow(explorer, "step")[1][0] == -2.0  # it leads to −4
    set_to(explorer, learning_rate=0.0)
    assert not is_seen(explorer, "step")


def test_the_readers_own_derivative_stands_beside_autograds():
    explorer = explore_step(lambda w, x, y: 2 * (w * x - y))
    set_to(explorer, x=2.0)
    assert reading(explorer, "by_hand") == "0.0000" and explorer.state.agree is True
    set_to(explorer, x=3.0)
    assert reading(explorer, "by_hand") == "2.0000" and reading(explorer, "by_autograd") == "6.0000"
    assert explorer.state.agree is False
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice


def test_a_derivative_that_calls_backward_is_shown():
    def by_torch(w, x, y):
        loss = (w * x - y) ** 2
        loss.backward()
        return w.grad

    explorer = explore_step(by_torch)
    set_to(explorer, w=1.5)
    assert explorer.report.ok and explorer.state.agree


def test_it_begins_where_it_is_told_and_comes_back_there():
    explorer = explore_step(w=0.5, x=2, y=3)
    assert (explorer.state.w, explorer.state.x, explorer.state.y) == (0.5, 2, 3)
    assert explorer.state.loss == 4 and explorer.state.by_autograd == -8
    assert explorer.values["learning_rate"] == explore_step().values["learning_rate"]
    explorer.controls["step"].click()
    assert explorer.state.w != 0.5 and explorer.path
    explorer.controls["reset"].click()
    assert explorer.state.w == 0.5 and not explorer.path
