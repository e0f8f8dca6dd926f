"""The explorer of lesson 05: its figures, its arrows, its shapes, its controls."""

import re

import numpy as np
import pytest
import torch

from helpers.compute.problems import matrix_mean, two_features
from helpers.compute.samples import losses_of_pairs
from helpers.explorers import batch as explorer_of_batch
from helpers.explorers import explore_batch
from helpers.show import plots
from tests.explorers.seen import arrow, drawn, is_seen, reading, set_to

X = np.array([[1, 1.2], [2, 1.2], [3, 1.3]])
Y = np.array([[2.0], [4.0], [6.0]])


def readings(explorer, name):
    return [reading(explorer, f"{name}.{count}") for count in (0, 1)]


def cells(explorer, name):
    """The texts in the cells of a matrix, row by row, without the empty ones."""
    found = {}
    for gid, artist in explorer.artists.items():
        if gid.startswith(f"{name}[") and artist.get_visible():
            found[tuple(map(int, gid[len(name) + 1 : -1].split(",")))] = artist.get_text()
    rows, columns = (max(place[axis] for place in found) + 1 for axis in (0, 1))
    return [[found[row, column] for column in range(columns)] for row in range(rows)]


def by_formula(W, samples):
    residual = X[:samples] @ W - Y[:samples]
    return (2 / samples * X[:samples].T @ residual).ravel()


def test_it_opens_with_the_lessons_example():
    explorer = explore_batch()
    assert (reading(explorer, "w1"), reading(explorer, "w2")) == ("1.0000", "1.0000")
    assert readings(explorer, "by_autograd") == ["−1.4000", "−0.7200"]
    assert explorer.state.predictions == pytest.approx((2.2, 3.2))
    assert explorer.state.each == (
        pytest.approx((0.4, 0.48)),
        pytest.approx((-3.2, -1.92)),
    )


def test_three_steps_give_the_lessons_figures():
    explorer = explore_batch()
    gradients = [(-1.4, -0.72), (-0.4408, -0.0086), (-0.2173, 0.1525)]
    weights = [(1.14, 1.072), (1.1841, 1.0729), (1.2058, 1.0576)]
    for gradient, W in zip(gradients, weights, strict=True):
        assert explorer.state.gradient == pytest.approx(gradient, abs=5e-5)
        predictions = explorer.state.predictions
        explorer.controls["step"].click()
        assert list(explorer.state.start) == pytest.approx(W, abs=5e-5)
    assert predictions == pytest.approx((2.4715, 3.6556), abs=5e-5)
    assert len(drawn(explorer, "path")[0]) == 4


@pytest.mark.parametrize("samples", [1, 2, 3])
@pytest.mark.parametrize("W", [(1.0, 1.0), (2.5, -0.5), (-0.3, 2.0), (1.8, 0.3)])
def test_what_is_drawn_is_the_mathematics(W, samples):
    explorer = explore_batch()
    explorer.move(w1=W[0], w2=W[1], samples=samples)
    column = np.array(W).reshape(2, 1)
    assert explorer.state.gradient == pytest.approx(by_formula(column, samples))
    assert np.mean(explorer.state.each, axis=0) == pytest.approx(explorer.state.gradient)
    assert explorer.state.end == pytest.approx(np.subtract(W, 0.1 * by_formula(column, samples)))
    names = {"mean": explorer.state.gradient}
    for count, gradient in enumerate(explorer.state.each, 1):
        marked = " marked" if count == explorer.state.sample else ""
        names[f"arrow {count}{marked}"] = gradient
    for name, gradient in names.items():
        start, end = arrow(explorer, name)
        vector, wanted = end - start, 0.5 * np.array(gradient)
        share = np.linalg.norm(vector) / np.linalg.norm(wanted)
        assert share <= 1 + 1e-9 and vector == pytest.approx(share * wanted)
        tip, ax = tuple(np.add(W, wanted)), explorer.artists[name].axes
        assert is_seen(explorer, name) and is_seen(explorer, f"{name} tip") is (name != "mean")
        if plots.inside(ax, tip) == tip:
            assert share == pytest.approx(1)
    seen = {name for name in explorer.artists if is_seen(explorer, name)}
    assert {n for n in seen if re.fullmatch(r"arrow \d( marked)?", n)} == set(names) - {"mean"}


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_the_shapes_and_their_numbers(samples):
    explorer = explore_batch()
    explorer.controls["samples"].value = samples
    show = np.vectorize(lambda value: f"{value:.2f}".replace("-", "−"))
    W = np.ones((2, 1))
    residual = X[:samples] @ W - Y[:samples]
    wanted = {
        "X": X[:samples],
        "W": W,
        "ŷ": X[:samples] @ W,
        "Xᵀ": X[:samples].T,
        "ŷ − Y": residual,
        "gradient": by_formula(W, samples).reshape(2, 1),
    }
    for name, values in wanted.items():
        assert cells(explorer, name) == show(values).tolist(), name
        assert f"\n{values.shape}" in explorer.artists[f"{name} label"].get_text()
        xs, ys = drawn(explorer, f"{name} grid")
        assert np.nanmax(xs) - np.nanmin(xs) == values.shape[1]
        assert np.nanmax(ys) - np.nanmin(ys) == values.shape[0]


def test_the_marked_sample_is_a_row_of_x_and_a_column_of_its_transpose():
    explorer = explore_batch()
    explorer.move(samples=3, sample=1)
    marked = {n: explorer.artists[f"{n} marked"].get_bbox().size.tolist() for n in ("X", "Xᵀ", "ŷ")}
    assert marked == {"X": [2, 1], "Xᵀ": [1, 2], "ŷ": [1, 1]}
    names = "arrow 1 marked", "arrow 2", "arrow 3"
    widths = [explorer.artists[name].get_linewidth() for name in names]
    assert widths[0] > widths[1] == widths[2]
    assert reading(explorer, "its_prediction") == "2.2000"
    assert readings(explorer, "its_gradient") == ["0.4000", "0.4800"]


def test_the_marked_sample_is_one_of_the_batch():
    explorer = explore_batch()
    explorer.controls["sample"].value = 3
    assert (explorer.state.samples, explorer.controls["samples"].value) == (3, 3)
    explorer.controls["samples"].value = 1
    assert (explorer.state.sample, explorer.controls["sample"].value) == (1, 1)
    assert "shaded cells are those of sample 1." in explorer.words.picture


def test_the_contours_are_those_of_the_loss():
    W = torch.randn(2, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    at = {name: two_features.at[name].double() for name in "XY"}
    losses = losses_of_pairs(*W.numpy(), **at)
    assert losses.tolist() == pytest.approx([matrix_mean(w[:, None], **at).item() for w in W.T])
    explorer = explore_batch()
    for samples in (1, 2, 3):
        explorer.controls["samples"].value = samples
        xs, ys = drawn(explorer, "contours")
        there = ~np.isnan(xs)
        residual = X[:samples] @ np.stack([xs[there], ys[there]]) - Y[:samples]
        losses = (residual**2).mean(axis=0)
        levels = np.array(explorer_of_batch.LEVELS)
        assert np.abs(losses[:, None] / levels - 1).min(axis=1).max() < 0.06


def test_a_path_ends_where_the_reader_takes_over():
    explorer = explore_batch()
    explorer.controls["steps"].click()
    set_to(explorer, sample=1)
    assert len(explorer.state.path) == 10
    set_to(explorer, samples=3)
    assert explorer.state.path == ()


def test_it_walks_to_the_weights_that_fit():
    explorer = explore_batch()
    for _ in range(100):
        explorer.controls["steps"].click()
    assert list(explorer.state.start) == pytest.approx([2, 0], abs=1e-3)
    assert len(explorer.state.path) <= 200


def test_divergence_is_drawn_and_said():
    explorer = explore_batch()
    explorer.controls["learning_rate"].value = 0.4
    explorer.controls["step"].click()
    assert "higher" in explorer.words.notice
    for _ in range(80):
        explorer.controls["steps"].click()
    assert "diverged" in explorer.words.notice and "outside the picture" in explorer.words.notice
    assert explorer.artists["point"].get_marker() == "D"
    assert cells(explorer, "W")


def test_the_words_say_where_a_sample_disagrees():
    explorer = explore_batch()
    assert "Sample 1 alone would take W the other way" in explorer.words.notice
    explorer.controls["samples"].value = 1
    assert "alone" not in explorer.words.notice


@pytest.mark.parametrize(("w1", "w2"), [(0.8, 1.0), (1.4, 0.5), (0.2, 1.5)])
def test_the_words_say_where_a_sample_is_content(w1, w2):
    explorer = explore_batch()
    explorer.move(w1=w1, w2=w2)
    assert "Sample 1 is content" in explorer.words.notice
    assert "other way" not in explorer.words.notice


def test_the_words_fit_the_end_of_a_descent_on_one_sample():
    explorer = explore_batch()
    explorer.controls["samples"].value = 1
    said = set()
    for _ in range(12):
        explorer.controls["steps"].click()
        said.add(explorer.words.notice)
    assert not any("from 0 to 0" in words or "samples" in words for words in said)


def test_the_readers_derivative_stands_beside_autograds():
    explorer = explore_batch(lambda W, X, Y: 2 * X.T @ (X @ W - Y))
    assert readings(explorer, "by_hand") == ["−2.8000", "−1.4400"]
    assert explorer.state.agree is False
    assert explorer.report.hint in explorer.words.notice
    right = explore_batch(lambda W, X, Y: 2 / len(X) * X.T @ (X @ W - Y))
    right.move(w1=0.35, samples=3)
    assert readings(right, "by_hand") == readings(right, "by_autograd")
    assert right.state.agree and "The check says" not in right.words.notice
