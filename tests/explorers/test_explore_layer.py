"""The explorer of lesson 09: a hidden layer on XOR, run from the start that the reader chooses."""

import numpy as np
import pytest

from helpers.explorers import explore_layer
from helpers.show.colours import COLOURS
from tests.explorers.seen import drawn, is_seen, reading, set_to

X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
PLACES = [f"ŷ {x:.0f}{y:.0f}" for x, y in X]
LESSON = [np.array([[1.0, -1], [1, -1]]), np.array([-0.5, 0.5]), np.array([[-1.0], [-1]]), [0.0]]
CASES = [
    {},
    {"steps": 0},
    {"steps": 300, "learning_rate": 0.29},
    {"start": "ones", "neurons": 3, "steps": 40},
    {"start": "zeros", "steps": 20},
    {"neurons": 5, "seed": 3, "steps": 150},
    {"neurons": 1, "steps": 30},
]


def gradient_of(W1, b1, W2, b2):
    """The four derivatives of the mean squared error, in plain NumPy."""
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    d_Y_hat = 2 * (H @ W2 + b2 - Y) / 4
    d_Z = (d_Y_hat @ W2.T) * (Z > 0)
    return X.T @ d_Z, d_Z.sum(axis=0), H.T @ d_Y_hat, d_Y_hat.sum(axis=0)


def predicted(W1, b1, W2, b2):
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


def run(parameters, rate, steps, gradient=gradient_of):
    """The losses of a run, the start first, and the parameters at its end."""
    losses = [np.mean((predicted(*parameters) - Y) ** 2)]
    for _ in range(steps):
        slopes = gradient(*parameters)
        parameters = [one - rate * slope for one, slope in zip(parameters, slopes, strict=True)]
        losses.append(np.mean((predicted(*parameters) - Y) ** 2))
    return losses, parameters


def start_of(explorer):
    """The parameters that a run begins at; of a random start, what the explorer shows of it."""
    start, k = explorer.values["start"], explorer.values["neurons"]
    if start == "as in the lesson":
        return LESSON
    if start == "random":
        other = explore_layer()
        other.move(**{**explorer.values, "steps": 0})
        return [other.state.at[name].numpy() for name in ("W1", "b1", "W2", "b2")]
    return [np.full(shape, float(start == "ones")) for shape in ((2, k), k, (k, 1), 1)]


@pytest.mark.parametrize("values", CASES, ids=str)
def test_what_is_drawn_is_a_plain_run(values):
    explorer = explore_layer()
    set_to(explorer, **values)
    rate, steps = explorer.values["learning_rate"], explorer.values["steps"]
    losses, parameters = run(start_of(explorer), rate, steps)
    W1, b1, W2, _ = parameters
    rows, curve = drawn(explorer, "loss")
    assert rows.tolist() == list(range(steps + 1)) and curve == pytest.approx(losses)
    assert explorer.figure.axes[1].get_yscale() == "log"

    predictions = predicted(*parameters).ravel()
    for place, (gid, (x, y)) in enumerate(zip(PLACES, X, strict=True)):
        text = explorer.artists[gid]
        assert float(text.get_text().replace("−", "-")) == pytest.approx(
            predictions[place], abs=0.0051
        )
        assert text.get_position()[0] == x and 0.1 < text.get_position()[1] - y < 0.3
        shown = float(reading(explorer, f"predictions.{place}").replace("−", "-"))
        assert shown == pytest.approx(predictions[place], abs=6e-5)
    assert drawn(explorer, "light on").T.tolist() == [[0, 1], [1, 0]]
    assert drawn(explorer, "light off").T.tolist() == [[0, 0], [1, 1]]
    fills = [explorer.artists[gid].get_markerfacecolor() for gid in ("light on", "light off")]
    assert fills[0] != "white" and fills[1] == "white"

    corners = drawn(explorer, "corners").T.reshape(-1, 3, 2)
    assert len(corners) == explorer.values["neurons"]
    assert explorer.artists["corners"].get_linestyle() == "--"
    for k, (one, other, gap) in enumerate(corners):
        assert np.isnan(gap).all()
        if np.any(W1[:, k]):
            for end in (one, other):
                assert end @ W1[:, k] + b1[k] == pytest.approx(0, abs=1e-9)
            assert np.linalg.norm(one - other) > 10 * np.sqrt(2)  # from edge to edge
        else:
            assert np.isnan((one, other)).all()

    dead = [k + 1 for k in range(len(W2)) if (X @ W1 + b1)[:, k].max() <= 0]
    greys = [k + 1 for k in range(len(W2)) if is_grey(explorer, k)]
    assert explorer.state.dead == greys == dead
    assert ("off for all four rows" in explorer.words.notice) == bool(dead)
    for k, weights in enumerate(W1.T):
        assert explorer.artists[f"h{k} text"].get_text() == str(k + 1)
        for start, weight in (("x₁", weights[0]), ("x₂", weights[1])):
            assert (explorer.artists[f"{start} h{k}"].get_linestyle() != "-") == (weight < 0)
        assert (explorer.artists[f"h{k} ŷ"].get_linestyle() != "-") == (W2[k, 0] < 0)


def is_grey(explorer, k):
    return explorer.artists[f"h{k}"].get_markerfacecolor() != "white"


def test_the_figures_of_the_lesson():
    explorer = explore_layer()
    assert reading(explorer, "loss") == "0.0003" and explorer.state.first_loss == 1.75
    assert explorer.state.agree is True and explorer.words.notice.startswith("The network knows")
    first, second = drawn(explorer, "corners").T.reshape(-1, 3, 2)[:, :2]
    for corner in first, second:  # each between its own sample and the other three
        (x1, y1), (x2, y2) = corner
        assert (y2 - y1) / (x2 - x1) == pytest.approx(-1, abs=1e-6)


def test_dead_neurons_are_named():
    explorer = explore_layer()
    set_to(explorer, learning_rate=0.28, steps=300)
    assert explorer.words.notice == "The network knows when the light is on."
    set_to(explorer, learning_rate=0.29)
    assert explorer.words.notice == "Neuron 1 is off for all four rows."
    assert explorer.state.loss == pytest.approx(1 / 6, abs=1e-3)
    set_to(explorer, start="zeros", neurons=3)
    assert explorer.words.notice == "Neurons 1, 2 and 3 are off for all four rows."
    set_to(explorer, start="random", neurons=2, steps=0)
    assert explorer.words.notice.startswith("This is the start: nothing has moved yet.")


def test_twins_stay_twins():
    explorer = explore_layer()
    set_to(explorer, start="ones", steps=120)
    first, second = drawn(explorer, "corners").T.reshape(-1, 3, 2)[:, :2]
    assert first == pytest.approx(second) and explorer.state.loss > 0.1


def test_start_neurons_and_seed_follow_one_another():
    explorer = explore_layer()

    def now():
        kinds = [explorer.values[name] for name in ("start", "neurons", "seed")]
        assert kinds == [explorer.controls[name].value for name in ("start", "neurons", "seed")]
        assert len(explorer.state.Z[0]) == kinds[1]
        return tuple(kinds)

    moves = [
        ({"neurons": 4}, ("random", 4, 0)),  # the start of the lesson has two neurons
        ({"start": "as in the lesson"}, ("as in the lesson", 2, 0)),
        ({"neurons": 2}, ("as in the lesson", 2, 0)),
        ({"seed": 7}, ("random", 2, 7)),  # only a random start has a seed
        ({"seed": 0}, ("random", 2, 0)),
        ({"start": "ones"}, ("ones", 2, 0)),
        ({"neurons": 6}, ("ones", 6, 0)),
        ({"start": "zeros"}, ("zeros", 6, 0)),
        ({"seed": 3}, ("random", 6, 3)),
        ({"start": "as in the lesson"}, ("as in the lesson", 2, 3)),
        ({"neurons": 1}, ("random", 1, 3)),
    ]
    for move, ends in moves:
        set_to(explorer, **move)
        assert now() == ends
    other, seeds = explore_layer(), []
    for seed in (1, 2):
        set_to(other, seed=seed, steps=0)
        seeds.append(drawn(other, "corners").tolist())
    assert seeds[0] != seeds[1]


def test_divergence_is_said():
    explorer = explore_layer()
    explorer.values["learning_rate"] = 1e30  # beyond the slider
    explorer.update()
    assert explorer.error is None and "this run has diverged" in explorer.words.notice


def test_the_run_by_the_readers_derivative_is_drawn_beside():
    def sum_forgotten(W1, b1, W2, b2, X, Y):
        """The biases get the last row, where the rows should be added."""
        Z = X @ W1 + b1
        d_Y_hat = 2 * (Z.relu() @ W2 + b2 - Y) / len(X)
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        return X.T @ d_Z, d_Z[-1], Z.relu().T @ d_Y_hat, d_Y_hat[-1]

    def the_same(W1, b1, W2, b2):
        Z = X @ W1 + b1
        d_Y_hat = 2 * (predicted(W1, b1, W2, b2) - Y) / 4
        d_Z = (d_Y_hat @ W2.T) * (Z > 0)
        return X.T @ d_Z, d_Z[-1], np.maximum(Z, 0).T @ d_Y_hat, d_Y_hat[-1]

    explorer = explore_layer(sum_forgotten)
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice
    assert reading(explorer, "agreement") == "differ here"
    for steps in 100, 7:
        set_to(explorer, steps=steps)
        losses, _ = run(LESSON, 0.1, steps, the_same)
        rows, curve = drawn(explorer, "by_hand")
        assert rows.tolist() == list(range(steps + 1)) and curve == pytest.approx(losses)
        assert drawn(explorer, "loss")[1] == pytest.approx(run(LESSON, 0.1, steps)[0])
        assert float(reading(explorer, "loss_by_hand")) == pytest.approx(losses[-1], abs=6e-5)
    line = explorer.artists["by_hand"]
    assert line.get_color() == COLOURS["gradient"] and line.get_linestyle() == "--"
    labels = [one.get_text() for one in explorer.figure.axes[1].get_legend().get_texts()]
    assert labels == ["by autograd", "by yours"]

    plain = explore_layer()
    assert not is_seen(plain, "by_hand")
    assert "loss_by_hand" not in [one.name for one in plain.words.readings]
    blank = explore_layer(lambda **_: ...)
    assert not is_seen(blank, "by_hand") and reading(blank, "agreement") == "cannot be compared"
