"""The network of lesson 12: its gradient, its training, and torch's own modules beside both."""

from functools import partial

import numpy as np
import pytest
import torch

from helpers.checks.calling import one_thread
from helpers.compute import spiral
from helpers.compute.gradients import as_tensors, autograd_gradient, finite_difference

X, Y = spiral.spiral()


def place(neurons, seed, scale=1.0):
    """The arguments of the loss at a start, in float64, with biases that are not 0."""
    start = [part.double() for part in spiral.spiral_start(neurons, seed)]
    start[1], start[3] = start[1] + 0.3, start[3] - torch.tensor([0.1, 0.0, 0.4])
    arguments = (*(scale * part for part in start), X.double(), Y)
    return dict(zip((*spiral.PARAMETERS, "X", "Y"), arguments, strict=True))


def test_the_points_lie_on_three_arms_of_fifty():
    assert X.shape == (150, 2) and Y.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    radius = X.norm(dim=1).reshape(3, 50)
    torch.testing.assert_close(radius, torch.linspace(0.1, 1, 50).expand(3, 50))
    torch.testing.assert_close(X[0], torch.tensor([0.1, 0.0]))
    turn = torch.tensor(4 + 4 * torch.pi / 3)
    torch.testing.assert_close(X[149], torch.stack([turn.cos(), turn.sin()]))


def test_the_start_is_drawn_as_the_lesson_draws_it():
    torch.manual_seed(3)
    W1, W2 = torch.randn(2, 16), torch.randn(16, 3)
    start = spiral.spiral_start(16, 3)
    assert torch.equal(start[0], W1) and torch.equal(start[2], W2)
    assert not start[1].any() and not start[3].any()
    with pytest.raises(ValueError, match="0 or more"):
        spiral.spiral_start(-1, 0)


@pytest.mark.parametrize("neurons", [0, 1, 5])
def test_the_loss_is_torchs_and_its_gradient_that_of_both_routes(neurons):
    at = place(neurons, seed=neurons)
    S = at["X"] @ at["W1"] + at["b1"]
    S = (S.tanh() if neurons else at["X"]) @ at["W2"] + at["b2"]
    torch.testing.assert_close(spiral.spiral_mean(**at), torch.nn.functional.cross_entropy(S, Y))
    by_hand = spiral.spiral_mean_gradient(**at)
    for route in autograd_gradient, finite_difference:
        found = route(spiral.spiral_mean, wrt=spiral.PARAMETERS, at=at)
        for name, part in zip(spiral.PARAMETERS, by_hand, strict=True):
            torch.testing.assert_close(part, found[name], rtol=1e-7, atol=1e-9)


def test_arrays_give_what_tensors_give_and_large_scores_stay_finite():
    at = place(16, seed=1, scale=500.0)
    arrays = {name: tensor.numpy() for name, tensor in at.items()}
    assert spiral.spiral_mean(**at).isfinite()
    assert spiral.spiral_mean(**arrays) == pytest.approx(spiral.spiral_mean(**at).item())
    pairs = zip(
        spiral.spiral_mean_gradient(**arrays), spiral.spiral_mean_gradient(**at), strict=True
    )
    for array, tensor in pairs:
        assert array == pytest.approx(tensor.numpy(), abs=1e-12)


def test_the_lessons_network_learns_and_one_without_a_hidden_layer_does_not():
    found = {steps: spiral.run_spiral(steps=steps) for steps in (0, 100, 500, 2000)}
    assert [run.right for run in found.values()] == [49, 138, 150, 150]
    losses = [run.loss for run in found.values()]
    assert losses == pytest.approx([2.248, 0.2849, 0.03331, 0.005249], rel=5e-4)
    assert len(found[0].gradient) == 99
    assert [run.outcome for run in found.values()] == [
        "not moved",
        "on its way",
        *["all right"] * 2,
    ]
    straight = spiral.run_spiral(neurons=0, steps=2000)
    assert straight.share_right == pytest.approx(0.52) and len(straight.gradient) == 9
    assert straight.loss == pytest.approx(0.7762, abs=5e-5)


def test_a_run_is_the_same_in_pieces_at_once_and_backwards():
    pieces, at_once = spiral._Run(4, 7, 2.0), spiral._Run(4, 7, 2.0)
    for steps in (0, 25, 30, 80, 130):
        pieces.up_to(steps)
    for steps in (130, 75, 61, 0):
        (here, losses), (there, others) = pieces.up_to(steps), at_once.up_to(steps)
        assert losses == others and len(losses) == steps + 1
        assert all(map(np.array_equal, here, there))
        at = {**dict(zip(spiral.PARAMETERS, map(torch.tensor, here), strict=True))}
        loss = spiral.spiral_mean(**at, X=X.double(), Y=Y).item()
        assert losses[-1] == pytest.approx(loss, rel=1e-12)
    assert len(pieces.kept) == 6  # not one for each of 131


def test_a_move_to_the_next_stop_costs_its_own_steps_only(monkeypatch):
    run, taken = spiral._Run(3, 5, 1.0), []
    step = run._step
    monkeypatch.setattr(run, "_step", lambda parameters: taken.append(1) or step(parameters))
    for steps, costs in ((100, 101), (125, 25), (50, 0), (125, 0)):
        taken.clear()
        run.up_to(steps)
        assert len(taken) == costs


def test_the_run_by_a_readers_derivative_is_descent_by_it():
    def in_place(W1, b1, W2, b2, X, Y):
        """Changes what it is given, which must not reach the run."""
        found = spiral.spiral_mean_gradient(W1, b1, W2, b2, X, Y)
        for part in (W1, b1, W2, b2, X):
            part.zero_()
        return found

    run = partial(spiral.run_spiral, 8, 2, 1.0, 60)
    for right in spiral.spiral_mean_gradient, in_place:
        found = run(gradient=right)
        assert found.losses_by_hand == pytest.approx(found.losses, rel=1e-9)
    uphill = run(gradient=lambda **at: [-part for part in spiral.spiral_mean_gradient(**at)])
    assert uphill.loss_by_hand > 10 * uphill.loss
    assert run(gradient=lambda **at: 1).losses_by_hand is None
    assert run(gradient=lambda **at: (1, 2, 3)).losses_by_hand is None


def torchs_own(start):
    """The same network of torch's modules."""
    network = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 3))
    W1, b1, W2, b2 = start
    for own, part in zip(network.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        own.data = part.clone()
    return network


@one_thread()
def test_by_hand_and_by_torchs_modules_the_training_is_the_same():
    """In float32, as in the lesson: over 2000 steps the gradients differ by rounding alone."""
    by_hand = as_tensors(spiral.spiral_network.at)
    network = torchs_own(spiral.spiral_start())
    loss_of, largest = torch.nn.CrossEntropyLoss(), 0.0
    descent = torch.optim.SGD(network.parameters(), lr=1.0)
    for _ in range(2000):
        gradient = spiral.spiral_mean_gradient(**by_hand)
        descent.zero_grad()
        loss_of(network(X), Y).backward()
        theirs = [own.grad.T if own.dim() > 1 else own.grad for own in network.parameters()]
        for one, other in zip(gradient, theirs, strict=True):
            largest = max(largest, (one - other).abs().max().item())
        descent.step()
        for name, part in zip(spiral.PARAMETERS, gradient, strict=True):
            by_hand[name] = by_hand[name] - part
    assert largest < 1e-5, largest  # 6e-7, where this was written
    loss = spiral.spiral_mean(**by_hand).item()
    assert loss == pytest.approx(0.005249, rel=5e-4)
    assert loss == pytest.approx(loss_of(network(X), Y).item(), rel=1e-4)


def test_a_place_has_the_class_of_its_largest_score_and_none_beyond_all_numbers():
    run = spiral.run_spiral(steps=500)
    S = spiral.forward(*(run.at[name] for name in spiral.PARAMETERS), X.double())[1]
    assert run.predicted == tuple(S.argmax(dim=1).tolist())
    assert run.regions.shape == (spiral.GRID_POINTS, spiral.GRID_POINTS)
    cells = ((X + spiral.REACH) / (2 * spiral.REACH) * (spiral.GRID_POINTS - 1)).round().int()
    at_points = run.regions[cells[:, 1], cells[:, 0]]
    assert (at_points == np.array(run.predicted)).mean() > 0.97
    with np.errstate(all="ignore"):
        gone = spiral.run_spiral(steps=25, learning_rate=1e308)
    assert gone.outcome == "diverged" and gone.right == 0 and (gone.regions == -1).all()
