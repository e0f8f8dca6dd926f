"""The two automatic routes against derivatives by hand, in every shape, and their errors."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.compute import bends, classes, layers, networks, problems, yes_no
from helpers.compute.gradients import as_names, autograd_gradient, finite_difference

ROUTES = [autograd_gradient, finite_difference]
PROBLEMS = {
    f"{file.__name__.split('.')[-1]}.{name}": problem
    for file in (problems, bends, networks, layers, yes_no, classes)
    for name, problem in vars(file).items()
    if isinstance(problem, problems.Problem)
}
numbers = st.floats(-3, 3)


def by_hand(problem, at):
    values = problem.gradient(**{k: torch.as_tensor(v, dtype=torch.float64) for k, v in at.items()})
    names = as_names(problem.wrt)
    return dict(zip(names, values if len(names) > 1 else (values,), strict=True))


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", PROBLEMS)
def test_both_routes_give_the_derivative_by_hand_of_every_problem(name, route):
    problem = PROBLEMS[name]
    found = route(problem.loss, wrt=problem.wrt, at=problem.at)
    for parameter, right in by_hand(problem, problem.at).items():
        shape = torch.as_tensor(problem.at[parameter]).shape
        assert found[parameter].shape == shape
        torch.testing.assert_close(
            found[parameter].double(), right.reshape(shape), rtol=1e-6, atol=1e-6
        )


@given(w=numbers, x=numbers, y=numbers)
@settings(max_examples=50, deadline=None)
def test_both_routes_agree_anywhere(w, x, y):
    at = {"w": w, "x": x, "y": y}
    for route in ROUTES:
        found = route(problems.squared_error, wrt=("w", "x", "y"), at=at)
        r = w * x - y
        for name, right in {"w": 2 * r * x, "x": 2 * r * w, "y": -2 * r}.items():
            assert found[name].item() == pytest.approx(right, rel=1e-6, abs=1e-6)


def test_the_figures_of_the_documents():
    assert (
        autograd_gradient(problems.squared_error, wrt="w", at={"w": 1.0, "x": 1.0, "y": 2.0})[
            "w"
        ].item()
        == -2
    )
    line = {"w": 0.5, "b": 0.0, "x": 1.0, "y": 2.0}
    assert autograd_gradient(problems.neuron, wrt=("w", "b"), at=line)["w"].item() == -3
    assert autograd_gradient(problems.polynomial, wrt="x", at={"x": 2.0})["x"].item() == 6


def test_a_finite_difference_keeps_its_digits_far_from_zero():
    found = finite_difference(lambda w: w**2, wrt="w", at={"w": 1e6})["w"].item()
    assert found == pytest.approx(2e6, rel=1e-9)


X = torch.tensor([[1.0, 1.2], [2.0, 1.2], [3.0, 1.3]])
Y = torch.tensor([[2.0], [4.0], [6.0]])


@pytest.mark.parametrize(
    ("loss", "at"),
    [
        (lambda w: ((X[:, 0] * w - Y[:, 0]) ** 2).mean(), {"w": 1.3}),
        (lambda W: ((X @ W - Y) ** 2).mean(), {"W": torch.tensor([[1.0], [-0.5]])}),
        (lambda W: (X @ W).exp().mean().log(), {"W": torch.tensor([[0.7], [0.1]])}),
    ],
)
def test_a_loss_may_hold_float32_data_of_its_own(loss, at):
    (name,) = at
    right = autograd_gradient(loss, wrt=name, at=at)[name].double()
    found = finite_difference(loss, wrt=name, at=at)[name]
    assert found.dtype == torch.float64 and found.shape == right.shape
    torch.testing.assert_close(found, right, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_of_the_caller_is_changed(route):
    W = torch.ones(2, 1, requires_grad=True)
    state = torch.get_rng_state()
    with torch.no_grad():
        route(
            lambda W: W.mul_(2).sum() if not W.requires_grad else (2 * W).sum(),
            wrt="W",
            at={"W": W},
        )
    assert W.grad is None and W.tolist() == [[1.0], [1.0]] and W.requires_grad
    assert torch.equal(state, torch.get_rng_state())


def test_what_autograd_cannot_reach_is_zero():
    at = {"w": 2.0, "v": 3.0}
    assert autograd_gradient(lambda w, v: w.item() ** 2, wrt="w", at=at)["w"].item() == 0
    assert autograd_gradient(lambda w, v: w**2, wrt=("w", "v"), at=at)["v"].item() == 0
    assert finite_difference(lambda w, v: w.item() ** 2, wrt="w", at=at)["w"].item() == (
        pytest.approx(4)
    )


def test_values_that_are_not_finite_come_back_as_they_are():
    at = {"w": float("inf"), "x": 1.0, "y": 2.0}
    assert math.isinf(autograd_gradient(problems.squared_error, wrt="w", at=at)["w"].item())


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("error", "sentence", "loss", "wrt", "at"),
    [
        (ValueError, "'v'", lambda w: w, "v", {"w": 1.0}),
        (ValueError, "one number", lambda W: W * 2, "W", {"W": torch.ones(2, 1)}),
        (TypeError, "one number", lambda w: "text", "w", {"w": 1.0}),
        (TypeError, "function", 3, "w", {"w": 1.0}),
        (TypeError, "whole numbers", lambda W: W.sum(), "W", {"W": torch.tensor([1, 2])}),
        (TypeError, "x", lambda w: w, "w", {"w": 1.0, "x": 2.0}),
    ],
)
def test_a_wrong_use_is_a_clear_error(route, error, sentence, loss, wrt, at):
    with pytest.raises(error, match=sentence):
        route(loss, wrt=wrt, at=at)
