"""Softmax and cross-entropy: the figures of lesson 11, and the gradients by hand."""

import math

import pytest
import torch

from helpers.compute import classes
from helpers.compute.gradients import autograd_gradient, finite_difference
from helpers.compute.steps import take_step

EXAMPLE = torch.tensor([0.0, math.log(2), math.log(5)], dtype=torch.float64)
ROWS = torch.tensor([[0.3, -1.2, 2.0, 0.0], [5.0, 5.0, 5.0, -5.0]], dtype=torch.float64)
BY_HAND = {
    classes.cross_entropy: classes.cross_entropy_gradient,
    classes.twice_cross_entropy: classes.twice_cross_entropy_gradient,
}
PLACES = [
    (EXAMPLE, torch.tensor(1)),
    (ROWS, torch.tensor([2, 3])),
    (EXAMPLE.expand(2, 2, 3), torch.tensor([[0, 1], [2, 0]])),
]


def test_the_figures_of_the_lesson():
    step = take_step(classes.one_of_three, {}, 1.0)
    assert classes.softmax(EXAMPLE).tolist() == pytest.approx([1 / 8, 2 / 8, 5 / 8])
    assert step.loss == pytest.approx(math.log(4)) and step.loss == pytest.approx(1.3863, abs=5e-5)
    assert step.gradient == pytest.approx((0.125, -0.75, 0.625))
    assert sum(step.gradient) == pytest.approx(0, abs=1e-12)
    after = classes.softmax(torch.tensor(step.end))
    assert after[1].item() == pytest.approx(0.5433, abs=5e-5)


@pytest.mark.parametrize("route", [autograd_gradient, finite_difference])
@pytest.mark.parametrize(("z", "right"), PLACES, ids=["one", "rows", "a table of rows"])
@pytest.mark.parametrize("loss", BY_HAND, ids=["once", "twice"])
def test_the_gradients_by_hand_are_those_of_both_routes(loss, z, right, route):
    found = route(loss, wrt="z", at={"z": z, "right": right})["z"]
    by_hand = BY_HAND[loss](z, right)
    torch.testing.assert_close(by_hand, found, rtol=1e-7, atol=1e-9)
    torch.testing.assert_close(by_hand.sum(-1), torch.zeros(z.shape[:-1]).double())


def test_the_loss_is_that_of_torch():
    (z, right) = PLACES[1]
    found = torch.nn.functional.cross_entropy(z, right)
    torch.testing.assert_close(classes.cross_entropy(z, right), found)


@pytest.mark.parametrize("sign", [1, -1])
def test_scores_of_a_thousand_have_a_loss_and_a_gradient(sign):
    z = sign * torch.tensor([1000.0, -1000.0, 0.0])
    p = [1.0, 0.0, 0.0] if sign > 0 else [0.0, 1.0, 0.0]
    assert classes.softmax(z).tolist() == p
    assert classes.cross_entropy(z, 1).item() == (2000 if sign > 0 else 0)
    for loss, by_hand in BY_HAND.items():
        found = autograd_gradient(loss, wrt="z", at={"z": z, "right": torch.tensor(1)})["z"]
        torch.testing.assert_close(found, by_hand(z, 1))


def test_what_is_added_to_all_scores_changes_nothing():
    torch.testing.assert_close(classes.softmax(EXAMPLE + 1000), classes.softmax(EXAMPLE))
    plain, shifted = (classes.classes_at("once", *EXAMPLE.tolist(), 1, c, 1.0) for c in (0, 5.0))
    assert shifted[0].scores == pytest.approx([z + 5 for z in plain[0].scores])
    assert shifted[0].probabilities == pytest.approx(plain[0].probabilities)
    assert shifted[0].end == pytest.approx(plain[0].end)
    assert shifted[1].loss == pytest.approx(plain[1].loss)


@pytest.mark.parametrize("count", [2, 3, 10])
def test_no_loss_of_softmax_twice_falls_below_its_lowest(count):
    lowest = math.log(math.e + count - 1) - 1
    scores = 8 * torch.randn(2000, count, generator=torch.Generator().manual_seed(0))
    losses = [classes.twice_cross_entropy(z, 0).item() for z in scores.double()]
    assert min(losses) >= lowest - 1e-12
    sure = torch.tensor([50.0] + [0.0] * (count - 1), dtype=torch.float64)
    assert classes.twice_cross_entropy(sure, 0).item() == pytest.approx(lowest)


@pytest.mark.parametrize("right", [3, -1, 0.5, torch.tensor([0, 4])])
def test_a_class_that_is_none_is_a_clear_error(right):
    with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
        classes.cross_entropy(torch.zeros(2, 3), right)
