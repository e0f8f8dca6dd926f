"""The evidence: how far off is wrong, in which shape and precision, and for how many samples."""

from functools import partial

import pytest
import torch

from helpers.checks import evidence, points, walks
from helpers.checks.evidence import TOLERANCES, Place
from tests.checks.planted import (
    BATCH,
    MATRIX,
    ONE,
    RIGHT,
    RIGHT_DERIVATIVES,
    RIGHT_TRAINING,
    SUM,
    TANH,
    Loss,
    made,
)

FIRST = [(loss, answers[0]) for loss, answers in RIGHT.items()]

# --- How far off is wrong ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("factor", [1.0005, 0.9995])
@pytest.mark.parametrize(("loss", "answer"), FIRST, ids=lambda part: getattr(part, "text", ""))
def test_errors_of_half_a_thousandth_fail(loss, answer, factor, dtype):
    right = made(loss.defined(answer))

    def off(position):
        def written(**at):
            at = {n: t.to(dtype) if t.is_floating_point() else t for n, t in at.items()}
            parts = right(**at)
            parts = list(parts) if isinstance(parts, tuple) else [parts]
            parts[position] = parts[position] * factor
            return tuple(parts)

        return written

    for position in range(1 if isinstance(loss.wrt, str) else len(loss.wrt)):
        assert loss.report(off(position)).ok is False


@pytest.mark.parametrize("entry", range(6))
def test_one_number_of_a_matrix_off_by_half_a_thousandth_fails(entry):
    loss = Loss("((X @ W - Y) ** 2).sum()", "W")
    at = {"W": torch.ones(2, 3), "X": torch.ones(4, 2), "Y": torch.zeros(4, 3)}

    def written(W, X, Y):
        gradient = 2 * X.T @ (X @ W - Y)
        gradient.view(-1)[entry] *= 1.0005
        return gradient

    report = loss.report(partial(written), at=at)
    assert report.mistake == "unknown" and f"W[{entry // 3}, {entry % 3}]" in report.hint


@pytest.mark.parametrize("size", [1e-8, 1e-3, 1e4, 1e8])
def test_the_size_of_the_numbers_does_not_matter(size):
    at = {"w": 1.5 * size, "x": 0.7 * size, "y": -1.3 * size}
    for answer in RIGHT[ONE][:2]:
        assert ONE.report(answer, at=at).ok
    for answer in ("(w * x - y) * x", "0.0", "2.001 * (w * x - y) * x"):
        assert ONE.report(answer, at=at).ok is False


def test_a_minimum_is_right_and_wrong_as_elsewhere(monkeypatch):
    """There the gradient is 0, and rounding leaves a little of it in another arrangement."""
    at, expanded = {"w": 7.6, "x": 6.8, "y": 7.6 * 6.8}, "2 * w * x ** 2 - 2 * x * y"
    assert ONE.report(expanded, at=at).ok
    assert ONE.report("(w * x - y) * x", at=at).mistake == "missing-factor-2"
    monkeypatch.setattr(points, "near", lambda tensor, generator: tensor)
    assert ONE.report(expanded, at=at).ok is False


@pytest.mark.parametrize("dtype", ["torch.float16", "torch.bfloat16"])
def test_half_precision_passes_within_its_own_error(dtype):
    assert ONE.report(f"(2 * (w * x - y) * x).to({dtype})").ok
    assert ONE.report(f"(2.2 * (w * x - y) * x).to({dtype})").ok is False


def test_float32_is_held_against_what_it_makes_of_the_gradient():
    """Where a tanh is almost 1, three digits are left of 1 - tanh²."""
    at = {"w": 1.14, "b": 0.71, "x": 2.16, "y": 0.0}
    lines = "w, b, x, y = (t.float() for t in (w, b, x, y))\nt = torch.tanh(w * x + b)\nd = "
    slope, back = "2 * (t - y) * (1 - t ** 2)", "\nreturn d * x, d"
    assert TANH.report(lines + slope + back, at=at).ok
    assert TANH.report(lines + "1.002 * " + slope + back, at=at).ok is False


# --- Tolerances that are broken ------------------------------------------------------------


def test_a_wide_tolerance_lets_errors_through(monkeypatch):
    off = "2.001 * (w * x - y) * x"
    assert ONE.report(off).ok is False
    monkeypatch.setattr(evidence, "TOLERANCES", dict.fromkeys(TOLERANCES, (1e-3, 1e-3)))
    assert ONE.report(off).ok


def test_a_narrow_tolerance_refuses_right_derivatives(monkeypatch):
    monkeypatch.setattr(evidence, "EXACT", (1e-18, 1e-18))
    monkeypatch.setattr(evidence, "TOLERANCES", dict.fromkeys(TOLERANCES, (1e-18, 1e-18)))
    assert not all(plant.report().ok for plant in RIGHT_DERIVATIVES[::3])


def test_a_narrow_tolerance_refuses_right_loops(monkeypatch):
    monkeypatch.setattr(walks, "STEP_RTOL", 1e-18)
    monkeypatch.setattr(walks, "VALUE_RTOL", 1e-18)
    assert not all(plant.report().ok for plant in RIGHT_TRAINING)


# --- One place -----------------------------------------------------------------------------


def place(given, right, name="W", loss=MATRIX, **at):
    given, right = (torch.as_tensor(numbers, dtype=torch.float64) for numbers in (given, right))
    at = {n: torch.as_tensor(t, dtype=torch.float64) for n, t in {**loss.at, **at}.items()}
    return Place(loss.function, (name,), at, {name: right}, {name: 2.0}, {name: given})


@pytest.mark.parametrize(
    ("given", "right", "agrees"),
    [
        ([[1], [2]], [[1], [2]], True),
        ([[1], [2.00002]], [[1], [2]], True),
        ([[1], [2.0001]], [[1], [2]], False),
        ([[1e-6], [2]], [[0], [2]], True),
        ([[1e-5], [2]], [[0], [2]], False),
        ([[1, 2]], [[1], [2]], False),
        ([1, 2], [[1], [2]], False),
        ([[float("nan")], [2]], [[float("nan")], [2]], True),
        ([[float("inf")], [2]], [[float("inf")], [2]], False),
    ],
)
def test_what_agrees(given, right, agrees):
    assert place(given, right).agrees("W") is agrees


@pytest.mark.parametrize("given", [3.0, [3.0], [[3.0]]])
def test_one_number_agrees_in_any_shape(given):
    assert place(given, 3.0, "w", ONE).agrees("w")
    assert place(given, [[3.0]], W=[[1.0]]).agrees("W")


def test_the_same_answer_is_the_same_to_the_last_digit():
    assert place([1, float("nan")], 0).same_answer(place([1, float("nan")], 5), "W")
    for other in ([1, 2 + 1e-15], [1, 2, 3], [[1, 2]]):
        assert not place([1, 2], 0).same_answer(place(other, 0), "W")


def test_what_a_place_knows_of_the_samples():
    here = place([[1], [2]], [[1], [2]])
    assert (list(here.data), here.rows, here.counts) == (["X", "Y"], {3}, [3, 6, 3, 3])
    alone = place(1.0, 1.0, "w", ONE)
    assert (alone.data, alone.rows, alone.counts) == ({}, set(), [1, 1, 1])


def test_what_else_a_place_can_tell():
    here = place(1.0, 1.0, "w", ONE)
    by_hand = {"w": 2 * (1.3 * 1.6 - 2.5) * 1.6, "x": 2 * (1.3 * 1.6 - 2.5) * 1.3}
    for name, slope in by_hand.items():
        assert here.by_argument[name].item() == pytest.approx(slope)
    assert here.without["y"]["w"].item() == pytest.approx(2 * 1.3 * 1.6**2)
    assert here.loss_at({"w": torch.tensor(0.0)}).item() == pytest.approx(2.5**2)
    batch = place(1.0, 1.0, "w", BATCH)
    crossed = (2 * (1.3 * batch.at["xs"] - batch.at["ys"][:, None]) * batch.at["xs"]).mean()
    torch.testing.assert_close(batch.reshaped["ys", (-1, 1)]["w"], crossed)


# --- How many samples ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "answer"),
    [
        (BATCH, "(2 * (w * xs - ys) * xs).sum() / 3"),
        (MATRIX, "2 / 3 * X.T @ (X @ W - Y)"),
        (MATRIX, "(X @ W - Y)[0, 0] * X[:1].T * 2 / 3 + 2 / 3 * X[1:].T @ (X @ W - Y)[1:]"),
    ],
)
def test_right_for_so_many_samples_only(loss, answer):
    report = loss.report(answer)
    assert report.mistake == "only-here" and report.rows[0].agrees is False
    assert "right for 3 samples only: with 6 it is 2 times" in report.hint
    assert "of shape (6," in report.where


@pytest.mark.parametrize(
    ("loss", "answer"),
    [
        # The loss itself holds the number of samples.
        (Loss("((w * xs - ys) ** 2).sum() / 3", "w"), "(2 * (w * xs - ys) * xs).sum() / 3"),
        (Loss("((w * xs - ys) ** 2).sum() / 3", "w"), "(2 * (w * xs - ys) * xs).mean()"),
        # What comes with other samples is no multiple, or nothing at all.
        (MATRIX, "sum((X[i] @ W - Y[i]) * X[i, :, None] for i in range(3)) * 2 / 3"),
        (MATRIX, "2 / 3 * X.T @ (X @ W - Y.reshape(3, 1))"),
        (
            Loss("((X @ W - Y) ** 2).mean() + (W ** 2).sum()", "W"),
            "2 / 3 * X.T @ (X @ W - Y) + 2 * W",
        ),
    ],
)
def test_in_doubt_the_number_of_samples_is_no_mistake(loss, answer):
    assert loss.report(answer).ok


def test_one_sample_is_its_own_mean():
    at = {name: torch.tensor([1.7]) if name in ("xs", "ys") else 0.4 for name in BATCH.at}
    for loss in (BATCH, SUM):
        for answer in ("(2 * (w * xs - ys) * xs).mean()", "(2 * (w * xs - ys) * xs).sum()"):
            assert loss.report(answer, at=at).ok


def test_more_samples_tell_a_lost_2_from_a_lost_mean(monkeypatch):
    at = {"w": 0.5, "xs": torch.tensor([1.0, 2.0]), "ys": torch.tensor([2.0, 3.0])}
    answer = "(2 * (w * xs - ys) * xs).mean()"
    assert SUM.report(answer, at=at).mistake == "mean-not-sum"
    monkeypatch.setattr(points.Question, "resized", lambda self: None)
    assert SUM.report(answer, at=at).mistake == "missing-factor-2"
