"""The explorer of lesson 06: a whole training run at every move of a slider."""

import math

import numpy as np
import pytest
import torch

from helpers.compute.descent import descend
from helpers.compute.problems import noisy_line, random_parameters, training
from helpers.compute.texts import read_number
from helpers.explorers import explore_training
from helpers.explorers.training import LEVELS
from tests.explorers.seen import drawn, reading, set_to


def points(noise):
    X, Y = noisy_line(noise=noise)
    return {"X": X.double(), "Y": Y.double()}


def test_it_begins_where_the_lesson_draws_its_random_numbers():
    torch.manual_seed(0)
    X, noise = torch.randn(10, 1), torch.randn(10, 1)
    torch.manual_seed(9)
    W, b = torch.randn(1, 1), torch.randn(1)
    assert torch.equal(training.at["X"], X)
    assert torch.equal(training.at["Y"], 2 * X + 1 + 0.1 * noise)
    assert torch.equal(random_parameters()[0], W) and torch.equal(random_parameters()[1], b)
    assert explore_training().state.path[0] == (W.item(), b.item())


def test_the_first_state_is_the_lessons_run():
    explorer = explore_training()
    assert explorer.state.end == pytest.approx((2.012, 0.964), abs=5e-4)
    assert explorer.state.exact == pytest.approx((2.0247, 0.9696), abs=5e-5)
    assert explorer.state.losses[0] == pytest.approx(6.6945, abs=5e-5)
    assert reading(explorer, "least_loss") == "0.0050"
    assert "within 1 %" in explorer.words.notice
    set_to(explorer, epochs=170)
    assert explorer.state.percent_off > 1 and "still on its way" in explorer.words.notice
    set_to(explorer, epochs=180)
    assert explorer.state.percent_off < 1


@pytest.mark.parametrize(
    ("rate", "epochs", "noise"), [(0.01, 200, 0.1), (0.3, 40, 0.0), (0.7, 90, 1.0), (0.05, 0, 0.5)]
)
def test_the_fast_run_is_descent_by_autograd(rate, epochs, noise):
    explorer = explore_training()
    set_to(explorer, learning_rate=rate, epochs=epochs, noise=noise)
    W, b = random_parameters()
    at = {"W": W.double(), "b": b.double(), **points(noise)}
    run = descend(training.loss, wrt=("W", "b"), at=at, learning_rate=rate, steps=epochs)
    path = np.stack([run.parameters[n].flatten().numpy() for n in "Wb"], axis=1)
    assert np.array(explorer.state.path) == pytest.approx(path, rel=1e-9)
    assert explorer.state.losses == pytest.approx(run.losses.tolist(), rel=1e-9, abs=1e-12)
    last = [run.gradients[n][-1].item() for n in "Wb"]
    assert explorer.state.by_autograd == pytest.approx(last, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("noise", [0.0, 0.1, 1.0])
def test_what_is_drawn_is_the_mathematics(noise):
    explorer = explore_training()
    set_to(explorer, noise=noise, epochs=50)
    state, at = explorer.state, points(noise)
    x, y = at["X"].numpy().ravel(), at["Y"].numpy().ravel()
    W, b = state.end
    ends, line = drawn(explorer, "prediction")
    assert line == pytest.approx(W * ends + b)
    assert drawn(explorer, "data") == pytest.approx(np.array([x, y]))
    assert drawn(explorer, "residual")[1][1::3] == pytest.approx(W * x + b)
    assert drawn(explorer, "loss") == pytest.approx(np.array([range(51), state.losses]))
    assert drawn(explorer, "path") == pytest.approx(np.array(state.path).T)
    assert drawn(explorer, "exact").ravel() == pytest.approx(np.polyfit(x, y, 1))
    residual = np.polyval(np.polyfit(x, y, 1), x) - y
    assert drawn(explorer, "least")[1] == pytest.approx([(residual**2).mean()] * 2, abs=1e-12)
    W, b = drawn(explorer, "contours")
    found = ((W[:, None] * x + b[:, None] - y) ** 2).mean(axis=1)
    found = found[~np.isnan(found)]
    off = np.abs(np.log(found[:, None] / np.array(LEVELS))).min(axis=1)
    assert off.max() < 0.2  # a coarse grid near the bottom; lines are a factor of 2 apart


def test_the_exact_answer_has_no_slope_and_no_line_has_less_loss():
    explorer = explore_training()
    set_to(explorer, noise=0.8)
    (W, b), at = explorer.state.exact, points(0.8)
    W = torch.tensor([[W]], dtype=torch.float64)
    b = torch.tensor([b], dtype=torch.float64)
    assert all(part.abs().max() < 1e-9 for part in training.gradient(W, b, **at))
    for shift in (-0.1, 0.1):
        assert training.loss(W + shift, b, **at) > explorer.state.least_loss
        assert training.loss(W, b + shift, **at) > explorer.state.least_loss


def test_without_noise_the_end_is_the_rule_and_the_loss_falls_to_nothing():
    explorer = explore_training()
    set_to(explorer, noise=0.0, epochs=400, learning_rate=0.1)
    assert explorer.state.end == pytest.approx((2, 1), abs=1e-6)
    assert "There is no noise" in explorer.words.notice


@pytest.mark.parametrize(
    ("rate", "epochs", "words"),
    [
        (0.01, 0, "random start"),
        (0.0, 100, "random start"),
        (0.01, 50, "still on its way"),
        (0.04, 50, "within 1 %"),
        (0.17, 10, "within 1 %"),
        (0.16, 10, "still on its way"),
        (0.70, 400, "within 1 %"),
        (0.71, 400, "still on its way"),
        (0.72, 400, "diverges"),
    ],
)
def test_the_words_say_how_it_went(rate, epochs, words):
    explorer = explore_training()
    set_to(explorer, learning_rate=rate, epochs=epochs)
    assert words in explorer.words.notice


def test_divergence_is_drawn_and_said():
    explorer = explore_training()
    set_to(explorer, learning_rate=0.8, epochs=400)
    assert "outside the picture" in explorer.words.notice
    assert explorer.artists["point"].get_marker() == "D"
    explorer.values["learning_rate"] = 8.0  # beyond the slider: to the end of all numbers
    explorer.update()
    assert not math.isfinite(explorer.state.loss) and "has diverged" in explorer.words.notice
    explorer.controls["reset"].click()
    assert explorer.artists["point"].get_marker() == "o"


def test_the_readers_own_derivative_stands_beside_autograds():
    def summed(W, b, X, Y):
        residual = X @ W + b - Y
        return (2 * residual * X).sum(), (2 * residual).mean()

    explorer = explore_training(summed)
    assert explorer.state.agree is False
    assert read_number(reading(explorer, "by_hand.0")) == pytest.approx(-0.28, abs=1e-3)
    assert reading(explorer, "by_autograd.0") == "−0.0280"
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice
    right = explore_training(training.gradient)
    assert right.report.ok is True and right.state.agree
