"""Descents against the figures of the documents, and against themselves."""

import dataclasses

import pytest
import torch

from helpers.compute import problems
from helpers.compute.descent import descend
from tests.compute.test_gradients import PROBLEMS


def run(problem, steps, **options):
    return descend(
        problem.loss,
        wrt=problem.wrt,
        at=problem.at,
        learning_rate=problem.learning_rate,
        steps=steps,
        **options,
    )


def rounded(tensor, digits):
    return [round(value, digits) for value in tensor.flatten().tolist()]


def test_the_figures_of_the_documents():
    assert rounded(run(problems.one_weight, 1).parameters["w"], 4) == [1.0, 1.2]

    hours = run(problems.study_hours, 3)
    assert rounded(hours.parameters["w"], 3) == [1.0, 1.8, 1.96, 1.992]
    assert rounded(hours.gradients["w"][:3], 2) == [-8.0, -1.6, -0.32]

    line = run(problems.weight_and_bias, 5)
    assert rounded(line.losses[:5], 4) == [0.49, 0.1764, 0.0635, 0.0229, 0.0082]
    assert rounded(line.parameters["W"][1:], 4) == [2.16, 2.076, 2.0256, 1.9954, 1.9772]
    assert rounded(line.parameters["b"][1:], 4) == [1.26, 1.176, 1.1256, 1.0954, 1.0772]

    batch = run(problems.student_batch, 3)
    assert rounded(batch.gradients["w"][:3], 3) == [-9.333, -0.622, -0.041]
    assert rounded(batch.losses[:3], 4) == [4.6667, 0.0207, 0.0001]

    matrix = run(problems.two_features, 3)
    assert rounded(matrix.parameters["W"][1:], 4) == [1.14, 1.072, 1.1841, 1.0729, 1.2058, 1.0576]


def test_a_gradient_that_is_not_zeroed_adds_up():
    hours = run(problems.study_hours, 2, zero_gradient=False)
    assert rounded(hours.gradients["w"][:2], 4) == [-8.0, -9.6]


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_derivative_by_hand_walks_the_same_way(name):
    problem = PROBLEMS[name]
    auto, hand = run(problem, 4), run(problem, 4, gradient=problem.gradient)
    for parameter, rows in auto.parameters.items():
        assert rows.shape == (5, *torch.as_tensor(problem.at[parameter]).shape)
        torch.testing.assert_close(rows, hand.parameters[parameter])
    assert auto.losses.shape == (5,) and auto.steps == 4


def test_divergence_is_recorded_and_nothing_is_raised():
    far = descend(
        problems.squared_error,
        wrt="w",
        at={"w": 1.0, "x": 3.0, "y": 2.0},
        learning_rate=1.5,
        steps=400,
    )
    assert not torch.isfinite(far.losses[-1])
    assert far.losses.shape == (401,)


def test_no_steps_record_the_start():
    still = run(problems.one_weight, 0)
    assert still.parameters["w"].tolist() == [1.0] and still.losses.tolist() == [1.0]


def test_a_descent_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        run(problems.one_weight, 1).learning_rate = 2


def test_noise_is_seeded_and_its_line_is_2x_plus_1():
    X, Y = problems.noisy_line(samples=10, noise=0.1, seed=0)
    again, _ = problems.noisy_line(samples=10, noise=0.1, seed=0)
    other, _ = problems.noisy_line(samples=10, noise=0.1, seed=1)
    assert torch.equal(X, again) and not torch.equal(X, other)
    assert 0.02 < (Y - 2 * X - 1).std() < 0.3
