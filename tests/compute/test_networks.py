"""The networks of lessons 07 to 09: bends, their slopes, and runs from many starts."""

import pytest
import torch

from helpers.compute import bends, layers, networks
from helpers.compute.descent import descend
from helpers.compute.gradients import finite_difference


@pytest.mark.parametrize("activation", bends.ACTIVATIONS.values(), ids=lambda one: one.name)
def test_the_slope_of_an_activation_is_its_derivative(activation):
    z = torch.tensor([-3.0, -0.4, 0.3, 2.0], dtype=torch.float64)
    found = finite_difference(lambda z: activation.function(z).sum(), wrt="z", at={"z": z})["z"]
    torch.testing.assert_close(activation.slope(z), found, rtol=1e-7, atol=1e-9)


def test_two_neurons_make_the_tent():
    tent = networks.tent.at
    roof = networks.network(1.0, 0.0, 1.0, -1.0, 1.0, -2.0, 0.0, tent["x"])
    assert torch.equal(roof, tent["y"])


def run_of(start, steps):
    at = {
        **dict(zip(layers.PARAMETERS, start, strict=True)),
        "X": layers.XOR[0],
        "Y": layers.XOR[1],
    }
    return descend(layers.layer_mean, wrt=layers.PARAMETERS, at=at, learning_rate=0.1, steps=steps)


@pytest.mark.parametrize("neurons", [1, 3])
def test_runs_from_seeds_are_the_runs_one_by_one(neurons):
    together = layers.losses_from_seeds(neurons, seeds=4, steps=60)
    alone = [run_of(layers.random_start(neurons, seed), 60).losses[-1] for seed in range(4)]
    torch.testing.assert_close(together, torch.stack(alone), rtol=1e-4, atol=1e-6)


def test_two_neurons_solve_xor_from_few_starts_and_eight_from_most():
    solved = {k: (layers.losses_from_seeds(k) < 0.01).sum().item() for k in (1, 2, 8)}
    assert solved[1] == 0
    assert solved[2] == pytest.approx(18, abs=3) and solved[8] == pytest.approx(85, abs=3)


def test_a_start_is_of_parts_that_are_the_same_on_every_machine():
    W1, b1, W2, b2 = layers.random_start(15, seed=0)
    assert [tuple(part.shape) for part in (W1, b1, W2, b2)] == [(2, 15), (15,), (15, 1), (1,)]
    assert W1[0, 0].item() == pytest.approx(1.5410, abs=1e-4)  # as in lesson 02


@pytest.mark.parametrize("neurons", [0, 16])
def test_too_many_neurons_are_a_clear_error(neurons):
    with pytest.raises(ValueError, match="from 1 to 15"):
        layers.losses_from_seeds(neurons)
