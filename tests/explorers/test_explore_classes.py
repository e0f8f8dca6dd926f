"""The explorer of lesson 11: scores, probabilities and the gradient, one bar for each class."""

import math

import numpy as np
import pytest
import torch

from helpers.explorers import explore_classes
from tests.explorers.seen import drawn, reading, set_to


def heights(explorer, name):
    """How high the three bars of that name are, and that they stand at 0, 1 and 2."""
    corners = explorer.artists[name].get_path().vertices.reshape(3, 5, 2)
    assert corners[:, :4, 0].mean(axis=1) == pytest.approx([0, 1, 2])
    assert not corners[:, [0, 3], 1].any()
    return corners[:, 1, 1]


def softmax(z):
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


def test_the_first_state_is_the_example_of_the_lesson():
    explorer = explore_classes()
    state = explorer.state
    assert (state.z0, state.z1, state.z2) == (0, math.log(2), math.log(5)) and state.right == "1"
    assert [reading(explorer, f"probabilities.{k}") for k in range(3)] == [
        "0.1250",
        "0.2500",
        "0.6250",
    ]
    assert reading(explorer, "loss") == "1.3863" and reading(explorer, "total") == "0.0000"
    assert state.by_autograd == pytest.approx((0.125, -0.75, 0.625)) and state.agree
    assert explorer.words.notice == (
        "The step raises p₁ to 0.5433: the loss goes from 1.3863 to 0.6101."
    )


@pytest.mark.parametrize("times", ["once", "twice"])
@pytest.mark.parametrize("right", ["0", "2"])
def test_what_is_drawn_is_the_mathematics(right, times):
    explorer = explore_classes()
    z, target = np.array([-1.5, 0.4, 2.0]), np.eye(3)[int(right)]
    set_to(explorer, z0=-1.5, z1=0.4, z2=2.0, added=1.5, right=right, softmax=times)
    set_to(explorer, learning_rate=2.0)
    p = q = softmax(z)
    gradient = p - target
    if times == "twice":
        p = softmax(q)
        gradient = q * (p - target - q @ (p - target))
    assert heights(explorer, "stems") == pytest.approx(z + 1.5)
    for place, score in enumerate(z):
        assert drawn(explorer, f"score {place}").ravel() == pytest.approx([place, score + 1.5])
    following = drawn(explorer, "next")
    assert following == pytest.approx(np.array([[0, 1, 2], z + 1.5 - 2 * gradient]))
    assert heights(explorer, "probabilities") == pytest.approx(p)
    assert heights(explorer, "target") == pytest.approx(target)
    assert heights(explorer, "gradient") == pytest.approx(gradient)
    assert heights(explorer, "residuals") == pytest.approx(p - target)
    assert explorer.state.loss == pytest.approx(-np.log(p @ target)) and explorer.state.agree


def test_what_is_added_to_all_moves_the_scores_alone_and_no_step_moves_it():
    explorer, other = explore_classes(), explore_classes()
    set_to(explorer, added=5.0)
    for _ in range(3):
        for name in "probabilities", "gradient":
            assert heights(explorer, name) == pytest.approx(heights(other, name))
        assert heights(explorer, "stems") == pytest.approx(heights(other, "stems") + 5)
        for one in explorer, other:
            one.controls["step"].click()
    assert explorer.values["added"] == 5.0
    assert "Adding 5 to all scores changes none of the probabilities." in explorer.words.notice
    assert "Adding" not in other.words.notice


def test_softmax_twice_stays_above_its_lowest_loss_and_says_so():
    once, twice = explore_classes(), explore_classes()
    set_to(twice, softmax="twice")
    for one in once, twice:
        set_to(one, learning_rate=4.0)
        for _ in range(10):
            one.controls["steps"].click()
    lowest = math.log(math.e + 2) - 1
    assert once.state.loss < 0.01 and lowest < twice.state.loss < lowest + 0.01
    assert "cannot fall to 0." in twice.words.notice
    assert "cannot fall" not in once.words.notice
    assert "less than can be read here" in twice.words.notice  # and not: from 0.5522 to 0.5522


def test_the_readers_own_derivative_is_that_of_softmax_once():
    def p_alone(z0, z1, z2, right):
        p = torch.softmax(torch.stack([z0, z1, z2]), dim=0)
        p[right] = p[right] - 1
        return tuple(p)

    explorer = explore_classes(p_alone)
    for right in "012":
        set_to(explorer, right=right, added=2.0)
        assert explorer.report.ok and explorer.state.agree
    set_to(explorer, softmax="twice")
    assert explorer.state.by_hand is None and explorer.state.agree is None
    wrong = explore_classes(lambda z0, z1, z2, right: (z0, z1, z2))
    assert wrong.state.agree is False and wrong.report.hint in wrong.words.notice
