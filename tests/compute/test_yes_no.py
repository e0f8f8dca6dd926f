"""Scores, probabilities and the two losses of lesson 10."""

import math

import pytest
import torch

from helpers.compute import yes_no
from helpers.compute.descent import descend
from helpers.compute.gradients import autograd_gradient, finite_difference

ROUTES = [autograd_gradient, finite_difference]
SCORES = torch.tensor([-3.0, -0.4, 0.0, 0.3, 2.0], dtype=torch.float64)
BOTH = pytest.mark.parametrize("loss", yes_no.LOSSES.values(), ids=lambda one: one.name)


def answers_at(w, b, name="cross-entropy", learning_rate=0.5):
    return yes_no.answers_at(name, w=w, b=b, learning_rate=learning_rate)


@BOTH
@pytest.mark.parametrize("y", [0.0, 1.0])
@pytest.mark.parametrize("route", ROUTES)
def test_the_slope_of_a_loss_is_its_derivative(loss, y, route):
    found = route(lambda z: loss.function(z, y).sum(), wrt="z", at={"z": SCORES})["z"]
    torch.testing.assert_close(loss.slope(SCORES, y), found, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("problem", yes_no.FOUR_STUDENTS.values(), ids=yes_no.FOUR_STUDENTS)
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("w", "b"), [(0.0, 0.0), (-3.0, 7.5), (0.9, -2.2), (6.0, 15.0)])
def test_the_gradient_by_hand_is_right_away_from_the_start(problem, route, w, b):
    at = {
        name: torch.as_tensor(value, dtype=torch.float64)
        for name, value in {**problem.at, "w": w, "b": b}.items()
    }
    found = route(problem.loss, wrt=("w", "b"), at=at)
    torch.testing.assert_close(
        torch.stack(problem.gradient(**at)), torch.stack([*found.values()]), rtol=1e-6, atol=1e-8
    )


def test_the_losses_are_the_formulas_where_these_can_be_computed():
    p = torch.sigmoid(SCORES)
    for y in 0.0, 1.0:
        formula = -(y * p.log() + (1 - y) * (1 - p).log())
        torch.testing.assert_close(yes_no.cross_entropy(SCORES, y), formula)
        torch.testing.assert_close(yes_no.squared_error(SCORES, y), (p - y) ** 2)


@pytest.mark.parametrize("size", [30.0, 1e3, 1e300])
def test_at_extreme_scores_one_loss_is_a_line_and_the_other_is_flat(size):
    z, wrong = torch.tensor([-size, size], dtype=torch.float64), torch.tensor([1.0, 0.0])
    assert yes_no.cross_entropy(z, wrong).tolist() == pytest.approx([size, size])
    assert yes_no.cross_entropy_slope(z, wrong).tolist() == pytest.approx([-1, 1])
    assert yes_no.cross_entropy(z, 1 - wrong).tolist() == pytest.approx([0, 0], abs=1e-12)
    assert yes_no.squared_error(z, wrong).tolist() == pytest.approx([1, 1])
    assert yes_no.squared_error_slope(z, wrong).tolist() == pytest.approx([0, 0], abs=1e-12)
    at = {**yes_no.HOURS, "w": size, "b": 0.0}
    found = autograd_gradient(yes_no.passed_or_failed.loss, wrt=("w", "b"), at=at)
    assert (found["w"].item(), found["b"].item()) == pytest.approx((1, 0.5))


def test_the_figures_of_the_lesson():
    start, step = answers_at(0.0, 0.0)
    assert step.gradient == pytest.approx((-0.25, 0)) and step.loss == pytest.approx(math.log(2))
    assert start.probabilities == (0.5,) * 4 and start.right_of_all == "0 of 4"
    problem = yes_no.passed_or_failed
    run = descend(problem.loss, wrt=("w", "b"), at=problem.at, learning_rate=0.5, steps=1000)
    w, b = (run.parameters[name][-1].item() for name in "wb")
    end, step = answers_at(w, b)
    assert (w, b) == pytest.approx((0.908, -2.270), abs=5e-4)
    assert (end.boundary, step.loss) == pytest.approx((2.5, 0.5869), abs=5e-5)


def test_answers_are_counted_and_the_worst_is_found():
    turned, _ = answers_at(-3.0, 7.5)
    assert turned.scores == (4.5, 1.5, -1.5, -4.5) and turned.boundary == 2.5
    assert turned.right == 2 and turned.worst in (0, 3)
    late, _ = answers_at(2.0, -7.0)
    assert late.right_of_all == "3 of 4" and late.boundary == 3.5 and late.worst == 1
    level, _ = answers_at(0.0, 2.0)
    assert level.boundary == "none" and level.right == 2
    on_the_boundary, _ = answers_at(1.0, -2.0)
    assert on_the_boundary.right_of_all == "2 of 4"
