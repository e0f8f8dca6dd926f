"""The checks: what is planted gets its name, what is right passes, and nothing breaks them."""

import itertools
import math
import random
import sys
import time
from collections import Counter, namedtuple
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from helpers.checks.loop_mistakes import LOOP_ACCIDENTS, LOOP_RULES
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpers.checks import check_descent, check_gradient
from helpers.checks.mistakes import GRADIENT_ACCIDENTS, GRADIENT_RULES, LAST_RESORTS, LEAKING_LOSS
from helpers.compute import problems
from helpers.compute.descent import descend
from helpers.compute.gradients import autograd_gradient
from helpers.show.colours import COLOURS
from tests.catalogue import descent_report, gradient_report, main, numbers, score, table
from tests.checks import planted

ENOUGH = 0.97
FEW = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))

GRADIENT_SLUGS = [
    "sign",
    "missing-factor-2",
    "constant-factor",
    "sum-not-mean",
    "mean-not-sum",
    "chain-rule",
    "wrong-variable",
    "swapped",
    "missing-term",
    "only-here",
    "value-not-gradient",
    "step-not-gradient",
    "shape",
    "not-reduced",
    "broadcast",
    "graph-cut",
    "not-filled-in",
    "raised",
    "not-finite",
    "unknown",
]
LOOP_SLUGS = [
    "not-zeroed",
    "ascent",
    "not-updated",
    "wrong-rate",
    "stale-forward",
    "one-parameter-only",
    "swapped",
    "sequential",
    "zeroed-too-early",
    "off-by-one",
    "graph-cut",
    "inside-graph",
    "not-filled-in",
    "raised",
    "not-finite",
    "unknown",
]


def check_one(manual, at=None, **options):
    """The report for one weight and one sample, (w·x - y)²."""
    at = at or {"w": 1.0, "x": 1.0, "y": 2.0}
    return check_gradient(manual, problems.squared_error, wrt="w", at=at, **options)


def right(w, x, y):
    return 2 * (w * x - y) * x


def with_slug(cases, slug):
    return [case for case in cases if case.slug == slug]


# --- The catalogue -------------------------------------------------------------------------


def test_catalogue_holds_every_slug_of_the_design():
    of_gradients = (*GRADIENT_RULES, *LAST_RESORTS, *GRADIENT_ACCIDENTS, LEAKING_LOSS)
    assert {rule.slug for rule in of_gradients} == set(GRADIENT_SLUGS)
    assert {rule.slug for rule in (*LOOP_RULES, *LOOP_ACCIDENTS)} == set(LOOP_SLUGS)


@pytest.mark.parametrize("slug", GRADIENT_SLUGS)
def test_mistakes_in_derivatives_get_their_name(slug):
    cases = with_slug(planted.GRADIENT_MISTAKES, slug)
    result = score(cases, gradient_report, slice(0, 2))
    assert len(cases) >= 6
    assert len({case.task.name for case in cases}) >= 2
    assert result.share() >= ENOUGH, result.names


@pytest.mark.parametrize("slug", LOOP_SLUGS)
def test_mistakes_in_loops_get_their_name(slug):
    cases = with_slug(planted.LOOP_MISTAKES, slug)
    result = score(cases, descent_report, slice(0, 2))
    assert len(cases) >= 6
    assert result.share() >= ENOUGH, result.names


def test_right_derivatives_are_right():
    assert len(planted.RIGHT_GRADIENTS) >= 100
    result = score(planted.RIGHT_GRADIENTS, gradient_report, slice(0, 2))
    assert result.share() == 1, result.names


def test_right_loops_are_right():
    assert len(planted.RIGHT_LOOPS) >= 100
    result = score(planted.RIGHT_LOOPS, descent_report, slice(0, 2))
    assert result.share() == 1, result.names


def drawn(data, task, rows=None):
    """Numbers that Hypothesis draws: 0, 1, repeated ones and minima among them."""
    number = st.integers(-300, 300).map(lambda hundredths: hundredths / 100)
    return task.at(lambda: data.draw(number), rows or data.draw(st.integers(2, 5)))


@FEW
@given(st.data(), st.sampled_from(planted.RIGHT_GRADIENTS))
def test_right_derivatives_are_right_at_any_numbers(data, case):
    if case.task.name == "one weight":
        assume((at := drawn(data, case.task))["x"])
    else:
        at = drawn(data, case.task)
    report = gradient_report(case, at)
    assert report.ok, report


@FEW
@given(st.data(), st.sampled_from(planted.GRADIENT_MISTAKES))
def test_mistakes_get_their_name_at_any_numbers(data, case):
    at = drawn(data, case.task)
    # A frozen answer of 0 is 0 everywhere, and some divide by x.
    assume(not case.of_numbers or all(torch.as_tensor(t).all() for t in at.values()))
    report = gradient_report(case, at)
    assert report.mistake == case.slug, report


def test_loop_in_float32_where_a_tanh_is_almost_one():
    at = {"w": 1.63, "b": 0.01, "x": 2.09, "y": 0.0}
    case = next(
        case
        for case in planted.RIGHT_LOOPS
        if case.task.name == "tanh neuron" and "in_float32" in case.written.__qualname__
    )
    report = descent_report(case, {n: torch.tensor(v).double() for n, v in at.items()}, 8)
    assert report.ok and all(row.agrees for row in report.rows)


@FEW
@given(st.data(), st.sampled_from(planted.RIGHT_LOOPS))
def test_right_loops_are_right_at_any_numbers(data, case):
    report = descent_report(case, drawn(data, case.task), data.draw(st.integers(1, 8)))
    assert report.ok, report


@FEW
@given(st.data(), st.sampled_from(planted.LOOP_MISTAKES))
def test_loop_mistakes_get_their_name_at_any_numbers(data, case):
    at = drawn(data, case.task)
    # Where a tanh is saturated nothing moves, and where an input is almost 0 the gradient stays as
    # it is from step to step; so one loop is like another.
    numbers = torch.cat([torch.as_tensor(value).flatten() for value in at.values()]).abs()
    assume(not ((numbers > 0) & (numbers < 0.05)).any())
    steps = data.draw(st.integers(1, 8))
    assume(steps > 1 or case.slug != "raised")  # what append returns is met in the second step
    slopes = autograd_gradient(case.task.loss, wrt=case.task.wrt, at=at).values()
    assume(all(slope.abs().max() > 0.01 for slope in slopes))
    report = descent_report(case, at, steps)
    assert report.mistake == case.slug, report


def test_table_counts_what_was_named():
    result = score(with_slug(planted.GRADIENT_MISTAKES, "swapped"), gradient_report, slice(0, 1))
    lines = list(table("derivatives", result))
    assert lines[1].split() == ["swapped", "7", "7", "0"]
    assert lines[-1].split() == ["named", "100.0", "%"]
    result.add("swapped", "sign")
    assert list(table("derivatives", result))[1].split() == ["swapped", "8", "7", "1", "1", "sign"]
    assert callable(main)


# --- How far off is wrong ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("factor", [1.0005, 0.9995])
@pytest.mark.parametrize("task", planted.TASKS, ids=lambda task: task.name)
def test_errors_of_half_a_thousandth_fail(task, factor, dtype):
    def off_by(position):
        def written(**at):
            parts = task.right(**{name: tensor.to(dtype) for name, tensor in at.items()})
            parts = list(parts) if isinstance(parts, tuple) else [parts]
            parts[position] = parts[position] * factor
            return tuple(parts)

        return planted.Planted(None, task, written)

    for position in range(len(task.names)):
        report = gradient_report(off_by(position), planted.example(task))
        assert report.ok is False, report


@pytest.mark.parametrize("element", range(6))
def test_one_number_of_a_matrix_off_by_half_a_thousandth_fails(element):
    W, X, Y = torch.ones(2, 3), torch.ones(4, 2), torch.zeros(4, 3)

    def loss(W, X, Y):
        return ((X @ W - Y) ** 2).sum()

    def manual(W, X, Y):
        gradient = 2 * X.T @ (X @ W - Y)
        gradient.view(-1)[element] *= 1.0005
        return gradient

    at = {"W": W, "X": X, "Y": Y}
    report = check_gradient(manual, loss, wrt="W", at=at)
    assert report.mistake == "unknown"
    assert f"W[{element // 3}, {element % 3}]" in report.hint


@pytest.mark.parametrize("size", [1e-8, 1e-3, 1e4, 1e8])
def test_scale_of_the_numbers_does_not_matter(size):
    at = {"w": 1.5 * size, "x": 0.7 * size, "y": -1.3 * size}
    assert check_one(right, at).ok
    assert check_one(lambda w, x, y: 2 * w * x**2 - 2 * x * y, at).ok
    assert check_one(lambda w, x, y: (w * x - y) * x, at).mistake == "missing-factor-2"
    assert check_one(lambda w, x, y: 0.0, at).ok is False
    assert check_one(lambda w, x, y: 1.0005 * right(w, x, y), at).ok is False


@pytest.mark.parametrize("task", planted.TASKS, ids=lambda task: task.name)
def test_zeros_never_pass(task):
    case = planted.Planted(None, task, planted.times(task, 0.0))
    for at in numbers(task):
        assert gradient_report(case, at).ok is False


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_passes_within_its_own_error(dtype):
    assert check_one(lambda w, x, y: right(w, x, y).to(dtype)).ok
    assert check_one(lambda w, x, y: (1.1 * right(w, x, y)).to(dtype)).ok is False


def test_minimum_is_right_and_wrong_as_elsewhere():
    at = {"w": 2.0, "x": 3.0, "y": 6.0}
    assert check_one(right, at).ok
    assert check_one(lambda w, x, y: (w * x - y) * x, at).mistake == "missing-factor-2"


# --- What tells one mistake from another ---------------------------------------------------


def test_input_of_one_hides_nothing():
    report = check_one(lambda w, x, y: 2 * (w * x - y))
    assert report.mistake == "chain-rule"
    assert report.where.startswith("w = ")
    assert report.rows[0].agrees is False


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        (lambda w, x, y: ((w * x - y) * x).mean(), "missing-factor-2"),
        (lambda w, x, y: (2 * (w * x - y) * x).sum(), "sum-not-mean"),
        (lambda w, x, y: (2 * (w * x - y) * x).mean() / len(x), "mean-not-sum"),
        (lambda w, x, y: (4 * (w * x - y) * x).mean(), "constant-factor"),
    ],
)
def test_two_samples_do_not_hide_a_two(written, slug):
    at = {"w": 0.5, "x": torch.tensor([1.0, 2.0]), "y": torch.tensor([2.0, 3.0])}
    assert check_gradient(written, problems.batch_mean, wrt="w", at=at).mistake == slug


@pytest.mark.parametrize(
    "written",
    [
        lambda W, X, Y: X.T @ (X @ W - Y),
        lambda W, X, Y: 2 / 2 * X.T @ (X @ W - Y),
        lambda W, X, Y: (X @ W - Y)[0, 0] * X[:1].T + (X[1:].T @ (X @ W - Y)[1:]),
    ],
)
def test_right_for_two_samples_only(written):
    """With N = 2, the 2 of the square and the division by N cancel."""
    problem = problems.two_features
    report = check_gradient(written, problem.loss, wrt="W", at=problem.at)
    assert report.mistake == "only-here"
    assert "right for 2 samples only: with 5 it is 2.5 times" in report.hint
    assert "X of shape (5, 2)" in report.where
    assert report.rows[0].agrees is False


@pytest.mark.parametrize(
    ("loss", "written"),
    [
        # The loss itself holds the number of samples.
        (lambda W, X, Y: ((X @ W - Y) ** 2).sum() / 2, lambda W, X, Y: X.T @ (X @ W - Y)),
        (
            lambda W, X, Y: ((X @ W - Y) ** 2).sum() / 2,
            lambda W, X, Y: 2 * ((X @ W - Y) * X).mean(0)[:, None],
        ),
        # What comes with other samples is no multiple, or nothing at all.
        (
            problems.matrix_mean,
            lambda W, X, Y: sum((X[i] @ W - Y[i]) * X[i, :, None] for i in range(2)),
        ),
        (problems.matrix_mean, lambda W, X, Y: X.T @ (X @ W - Y.reshape(2, 1))),
        (
            lambda W, X, Y: ((X @ W - Y) ** 2).mean() + (W**2).sum(),
            lambda W, X, Y: X.T @ (X @ W - Y) + 2 * W,
        ),
    ],
)
def test_doubt_about_the_number_of_samples_is_no_mistake(loss, written):
    at = problems.two_features.at
    assert check_gradient(written, loss, wrt="W", at=at).ok


def test_one_sample_is_its_own_mean():
    at = {"W": torch.ones(2, 1), "X": torch.ones(1, 2), "Y": torch.zeros(1, 1)}
    for loss in (problems.matrix_mean, planted.MATRIX_SUM.loss):
        for written in (problems.matrix_mean_gradient, planted.MATRIX_SUM.right):
            assert check_gradient(written, loss, wrt="W", at=at).ok


def test_letter_too_many_hides_at_one():
    report = check_one(lambda w, x, y: 2 * (w * x - y) * w * x)
    assert report.mistake == "only-here"
    assert "a letter or a power" in report.hint


def test_missing_operation_of_torch_is_no_blank():
    for written in (lambda w, x, y: w & 1, lambda w, x, y: torch.nn.Module()(w)):
        report = check_one(written)
        assert report.mistake == "raised" and "NotImplementedError" in report.hint
    own = check_one(lambda w, x, y: thrown(NotImplementedError("to do: aten::mine")))
    assert own.mistake == "not-filled-in"


def test_hint_says_which_parameter():
    task = planted.NEURON
    case = planted.Planted(None, task, planted.with_first(task, lambda g, at: -g))
    assert "with respect to w" in gradient_report(case, planted.example(task)).hint
    case = replace(case, written=planted.times(task, -1))
    assert "Each of your derivatives" in gradient_report(case, planted.example(task)).hint


def test_two_mistakes_are_both_told():
    def written(w, b, x, y):
        return -2 * (w * x + b - y) * x, w * x + b - y

    at = planted.example(planted.NEURON)
    report = check_gradient(written, problems.neuron, wrt=("w", "b"), at=at)
    assert report.mistake == "sign"
    assert "opposite sign" in report.hint
    assert "respect to b is half" in report.hint


def test_factor_is_told():
    assert "3 times" in check_one(lambda w, x, y: 3 * right(w, x, y)).hint


@pytest.mark.parametrize("rate", [0.1, None])
def test_new_weight_is_no_gradient(rate):
    report = check_one(lambda w, x, y: w - 0.1 * right(w, x, y), learning_rate=rate)
    assert report.mistake == "step-not-gradient"


def test_learning_rate_given_names_the_step():
    def stepping(w, x, y):
        return 0.1 * right(w, x, y)

    assert check_one(stepping, learning_rate=0.1).mistake == "step-not-gradient"
    assert check_one(stepping).mistake == "constant-factor"


def test_accident_at_other_numbers_says_where():
    def fussy(w, x, y):
        return right(w, x, y) if float(x) == 1 else 1 / 0

    report = check_one(fussy)
    assert report.mistake == "raised"
    assert "That was at w = " in report.hint


# --- Losses that need care -----------------------------------------------------------------


def test_logarithm_keeps_to_positive_numbers():
    report = check_gradient(
        lambda w, x: 1 / w + x,
        lambda w, x: torch.log(w) + w * x,
        wrt="w",
        at={"w": 2.0, "x": 1.0},
    )
    assert report.ok
    half = check_gradient(
        lambda w: 0.5 / w, lambda w: torch.log(torch.log(w)), wrt="w", at={"w": 3.0}
    )
    assert half.ok is False


def test_whole_numbers_and_flags_stay():
    def loss(w, index, flag, x):
        assert flag
        return (w[index] * x).sum()

    def manual(w, index, flag, x):
        gradient = torch.zeros_like(w)
        return gradient.index_add(0, index, x)

    at = {
        "w": torch.tensor([1.0, 2.0, 3.0]),
        "index": torch.tensor([0, 2, 2]),
        "flag": True,
        "x": torch.tensor([1.0, 1.0, 2.0]),
    }
    assert check_gradient(manual, loss, wrt="w", at=at).ok


def test_loss_with_float32_data_of_its_own():
    X, Y = problems.noisy_line()

    def loss(W, b):
        return ((X @ W + b - Y) ** 2).mean()

    def manual(W, b):
        residual = X @ W + b - Y
        return 2 * X.T @ residual / len(X), 2 * residual.mean()

    at = {"W": torch.ones(1, 1), "b": torch.tensor(0.5)}
    assert check_gradient(manual, loss, wrt=("W", "b"), at=at).ok
    halves = check_gradient(
        lambda W, b: tuple(g / 2 for g in manual(W, b)), loss, wrt=("W", "b"), at=at
    )
    assert halves.mistake == "missing-factor-2"


def test_loss_of_a_number_with_float32_data_of_its_own():
    """It comes out in float32: its finite difference is coarse, and no sign of a cut graph."""
    X, Y = (part.flatten() for part in problems.noisy_line())

    def loss(w):
        return ((X * w - Y) ** 2).mean()

    right = check_gradient(lambda w: 2 * ((X * w - Y) * X).mean(), loss, wrt="w", at={"w": 1.3})
    assert right.ok
    (row,) = right.rows
    assert row.finite_difference.item() == pytest.approx(row.autograd.item(), rel=1e-3)
    wrong = check_gradient(lambda w: ((X * w - Y) * X).mean(), loss, wrt="w", at={"w": 1.3})
    assert wrong.mistake == "missing-factor-2"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_loss_with_coarse_data_of_its_own(dtype):
    X, Y = (part.flatten().to(dtype) for part in problems.noisy_line())
    assert check_gradient(
        lambda w: 2 * ((X * w - Y) * X).mean(),
        lambda w: ((X * w - Y) ** 2).mean(),
        wrt="w",
        at={"w": 1.3},
    ).ok


@pytest.mark.parametrize(
    "cut",
    [
        lambda w, X, Y: ((w.detach() * X - Y) ** 2).mean(),
        lambda w, X, Y: ((w * X - Y).detach() * (w * X - Y)).mean(),
    ],
)
def test_cut_loss_with_float32_data_of_its_own(cut):
    X, Y = (part.flatten() for part in problems.noisy_line())
    right = check_gradient(
        lambda w: 2 * ((w * X - Y) * X).mean(), lambda w: cut(w, X, Y), wrt="w", at={"w": 1.3}
    )
    assert right.mistake == "graph-cut"


def test_answer_in_float32_where_a_tanh_is_almost_one():
    """What float32 leaves of 1 - tanh² has only three digits there: right is what it can be."""

    def manual(w, b, x, y):
        w, b, x, y = (number.float() for number in (w, b, x, y))
        return planted.tanh_gradient(w, b, x, y)

    at = {"w": 1.14, "b": 0.71, "x": 2.16, "y": 0.0}
    assert check_gradient(manual, planted.tanh_neuron, wrt=("w", "b"), at=at).ok
    off = check_gradient(
        lambda **at: [1.002 * part for part in manual(**at)],
        planted.tanh_neuron,
        wrt=("w", "b"),
        at=at,
    )
    assert off.ok is False


def test_answer_with_float32_tensors_of_its_own():
    def manual(W, X, Y):
        return 2 * (torch.ones(1, 3) @ ((X @ W - Y) * X)).T / len(X)

    at = planted.example(planted.MATRIX)
    at = {name: tensor.float() for name, tensor in at.items()}
    assert check_gradient(manual, problems.matrix_mean, wrt="W", at=at).ok


@pytest.mark.parametrize(
    "name",
    ["one_weight", "study_hours", "slope", "weight_and_bias", "student_batch", "two_features"],
)
def test_lesson_problems_pass_and_are_quick(name):
    problem = getattr(problems, name)
    options = {"wrt": problem.wrt, "at": problem.at}
    assert check_gradient(problem.gradient, problem.loss, **options).ok
    start = time.process_time()
    assert check_gradient(lambda **at: 1.2345, problem.loss, **options).ok is False
    assert time.process_time() - start < 0.3


# --- Wrong use of the check ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"wrt": "v"}, ValueError),
        ({"wrt": ()}, TypeError),
        ({"wrt": ("w", "v")}, ValueError),
        ({"at": {"w": torch.tensor(1), "x": 1.0, "y": 2.0}}, TypeError),
        ({"at": {"w": "1", "x": 1.0, "y": 2.0}}, TypeError),
        ({"at": {"w": 1.0}}, TypeError),
        ({"at": [1.0, 1.0, 2.0]}, TypeError),
        ({"at": {"w": math.nan, "x": 1.0, "y": 2.0}}, ValueError),
        ({"loss": 3}, TypeError),
        ({"loss": lambda w, x, y: "text"}, TypeError),
        ({"loss": lambda w, x, y: torch.stack([w, x])}, ValueError),
        ({"loss": lambda w, x, y: w * torch.rand(())}, ValueError),
    ],
)
def test_wrong_use_raises(changes, error):
    use = {"loss": problems.squared_error, "wrt": "w", "at": {"w": 1.0, "x": 1.0, "y": 2.0}}
    use |= changes
    with pytest.raises(error):
        check_gradient(right, use.pop("loss"), **use)


@pytest.mark.parametrize("steps", [0, -1, 1.5, True, "3"])
def test_wrong_number_of_steps_raises(steps):
    task = planted.ONE
    with pytest.raises(ValueError, match="steps must be"):
        check_descent(
            planted.by_hand(task),
            task.loss,
            wrt="w",
            at=planted.example(task),
            learning_rate=0.1,
            steps=steps,
        )


# --- Whatever a reader may return ----------------------------------------------------------


class Hostile:
    """Raises at whatever is asked of it."""

    def __getattribute__(self, name):
        raise RuntimeError("hostile")

    def __repr__(self):
        raise RuntimeError("hostile")


class HostileError(Exception):
    def __str__(self):
        raise RuntimeError("hostile")


class HostileFloat:
    def __float__(self):
        raise SystemExit


def looped():
    value = []
    value.append(value)
    return value


def thrown(error):
    raise error


Pair = namedtuple("Pair", "w b")

ODD = [
    lambda: None,
    lambda: ...,
    lambda: "text",
    lambda: b"bytes",
    lambda: {},
    lambda: {"w": "x"},
    lambda: {"w": 1.0, "b": None},
    lambda: {1, 2},
    lambda: [],
    lambda: (),
    lambda: [[]],
    lambda: [[1.0], [1.0, 2.0]],
    lambda: looped(),
    lambda: Pair(1.0, 2.0),
    lambda: object(),
    lambda: Hostile(),
    lambda: HostileFloat(),
    lambda: print,
    lambda: float,
    lambda: itertools.count(),
    lambda: (x for x in itertools.count()),
    lambda: range(10**9),
    lambda: 10**400,
    lambda: -(10**18),
    lambda: 1e308,
    lambda: 5e-324,
    lambda: 1j,
    lambda: True,
    lambda: Decimal("1.5"),
    lambda: Fraction(1, 3),
    lambda: math.nan,
    lambda: -math.inf,
    lambda: np.float16(2),
    lambda: np.array("text"),
    lambda: np.array([1, None]),
    lambda: np.array([]),
    lambda: np.zeros((3, 0, 2)),
    lambda: np.array(1 + 2j),
    lambda: np.ma.masked_array([1.0], mask=[True]),
    lambda: torch.empty(0),
    lambda: torch.tensor(True),
    lambda: torch.tensor(3),
    lambda: torch.tensor(1j),
    lambda: torch.zeros(2, 3, 4),
    lambda: torch.zeros(1).expand(10**12),
    lambda: torch.zeros(10**6),
    lambda: [0.0] * 10**6,
    lambda: [[0.0] * 1000] * 1000,
    lambda: torch.zeros(2, device="meta"),
    lambda: torch.eye(2).to_sparse(),
    lambda: torch.zeros(2, dtype=torch.uint8),
    lambda: torch.full((2, 1), math.nan),
    lambda: torch.nn.Parameter(torch.ones(())),
    lambda: torch.nn.Linear(1, 1),
    lambda: thrown(HostileError()),
    lambda: thrown(SystemExit()),
    lambda: thrown(GeneratorExit()),
    lambda: thrown(MemoryError()),
    lambda: thrown(StopIteration()),
    lambda: thrown(NotImplementedError()),
    lambda: thrown(AssertionError("x" * 10_000)),
    lambda: thrown(Warning("{braces} %s")),
    lambda: torch.set_default_dtype(torch.float64),
    lambda: torch.set_grad_enabled(False) and 1.0,
    lambda: torch.manual_seed(1) and 1.0,
    lambda: random.seed(1) or np.random.seed(1),
    lambda: torch.rand(()),
    lambda: random.random(),
    lambda: print("loud") or 1.0,
]
"""What a function may do, each one a call."""


def _settings():
    """Everything of the reader's that a check must leave as it is."""
    return (
        torch.get_rng_state().tolist(),
        random.getstate(),
        np.random.get_state()[1].tolist(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        sys.stdout,
    )


def _untouched(report, at, before, settings_before, seconds):
    assert seconds < 1
    assert _settings() == settings_before
    for name, value in planted.as_numbers(at).items():
        assert torch.equal(value, before[name])
        assert getattr(at[name], "grad", None) is None
    assert report.ok is not True
    assert str(report).startswith(("Not yet", "Nothing filled in yet"))
    assert report.mistake
    assert report.hint.endswith((".", "?", "…"))
    assert ("<table" in report._repr_html_()) == (report.ok is False)
    with pytest.raises(AssertionError):
        report.raise_if_wrong()


def _timed(check):
    start = time.process_time()
    return check(), time.process_time() - start


@pytest.mark.parametrize("task", [planted.ONE, planted.NEURON])
@pytest.mark.parametrize("position", range(len(ODD)))
def test_odd_answers_get_a_report(position, task):
    at = planted.example(task)
    before, kept = planted.as_numbers(at), _settings()
    case = planted.Planted("", task, lambda **at: ODD[position]())
    report, seconds = _timed(lambda: gradient_report(case, at))
    _untouched(report, at, before, kept, seconds)


@pytest.mark.parametrize(
    ("task", "listed"), [(planted.ONE, False), (planted.ONE, True), (planted.NEURON, True)]
)
@pytest.mark.parametrize("position", range(len(ODD)))
def test_odd_loops_get_a_report(position, task, listed):
    at = planted.example(task)
    before, kept = planted.as_numbers(at), _settings()

    def train(learning_rate, steps, **at):
        return [ODD[position]() for _ in range(steps)] if listed else ODD[position]()

    report, seconds = _timed(lambda: descent_report(planted.Planted("", task, train), at))
    _untouched(report, at, before, kept, seconds)


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.binary(max_size=5),
        st.complex_numbers(),
        st.lists(st.integers(0, 4), max_size=3).map(lambda shape: torch.ones(shape)),
        st.lists(st.integers(0, 4), max_size=3).map(lambda shape: np.ones(shape)),
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=4),
        st.lists(parts, max_size=4).map(tuple),
        st.dictionaries(st.sampled_from(["w", "b", "W", "x"]), parts, max_size=3),
    ),
    max_leaves=12,
)


@FEW
@given(ANYTHING, st.sampled_from([planted.ONE, planted.NEURON, planted.BATCH, planted.MATRIX]))
def test_any_answer_gets_a_report(value, task):
    at = planted.example(task)
    gradient = gradient_report(planted.Planted("", task, lambda **at: value), at)
    loop = descent_report(planted.Planted("", task, lambda **at: value), at)
    assert gradient.ok is not True and loop.ok is not True
    assert str(gradient) and str(loop)


@pytest.mark.parametrize("make", [list, str, Hostile, dict, lambda: 3, lambda: torch.ones(2)])
def test_no_function_gets_a_report(make):
    written = make()
    assert check_one(written).mistake == "unknown"
    case = planted.Planted("", planted.ONE, written)
    assert descent_report(case, planted.example(planted.ONE)).mistake == "unknown"


def test_keyboard_interrupt_passes():
    with pytest.raises(KeyboardInterrupt):
        check_one(lambda w, x, y: thrown(KeyboardInterrupt()))


def test_arguments_of_the_reader_stay():
    w = torch.tensor([[1.0], [2.0]], requires_grad=True)
    at = {"W": w, "X": torch.ones(3, 2), "Y": torch.zeros(3, 1)}

    def greedy(W, X, Y):
        gradient = planted.MATRIX.right(W, X, Y)
        for tensor in (W, X, Y):
            tensor.detach().fill_(7)
            tensor.requires_grad_(True)
        return gradient

    with torch.no_grad():
        report = check_gradient(greedy, problems.matrix_mean, wrt="W", at=at)
        assert not torch.is_grad_enabled()
    assert report.ok
    assert w.requires_grad and w.grad is None and w.tolist() == [[1], [2]]
    assert not at["X"].requires_grad and at["X"].eq(1).all()


def test_prints_are_heard_once(capsys):
    def talking(w, x, y):
        print("w is", float(w))
        return right(w, x, y)

    assert check_one(talking).ok
    assert capsys.readouterr().out == "w is 1.0\n"


def test_warnings_are_not_shown(recwarn):
    check_one(lambda w, x, y: float(w.requires_grad_()) * 0 + float(right(w, x, y)))
    assert not recwarn.list


def test_answer_that_remembers_is_found():
    calls = Counter()

    def remembering(w, x, y):
        calls["all"] += 1
        return right(w, x, y) * calls["all"]

    assert "different answers" in check_one(remembering).hint


# --- The report ----------------------------------------------------------------------------


def test_text_of_a_right_answer():
    assert str(check_one(right)) == (
        "Right. By hand, autograd and the finite difference agree, here and at other numbers.\n"
        "\n"
        "    by hand   autograd   finite difference\n"
        "w        -2         -2                  -2   agrees"
    )


def test_text_of_a_wrong_answer():
    report = check_one(lambda w, x, y: (w * x - y) * x)
    assert report.ok is False
    assert report.mistake == "missing-factor-2"
    assert str(report) == (
        "Not yet. Your derivative is half of the gradient at every point tried: a factor 2 is "
        "missing. Look at the square: what does its exponent do when you differentiate?\n"
        "\n"
        "    by hand   autograd   finite difference\n"
        "w        -1         -2                  -2   differs"
    )


def test_text_of_a_blank():
    report = check_one(lambda w, x, y: ...)
    assert report.ok is None
    assert report.mistake == "not-filled-in"
    assert str(report) == f"Nothing filled in yet. {report.hint}"
    assert "-2" not in report._repr_html_()  # the answer, before the reader has tried


def test_rows_hold_the_numbers():
    (row,) = check_one(lambda w, x, y: 3.0).rows
    assert row.name == "w"
    assert (float(row.by_hand), float(row.autograd)) == (3, -2)
    assert float(row.finite_difference) == pytest.approx(-2, abs=1e-8)
    assert row.agrees is False


def test_raise_if_wrong():
    assert check_one(right).raise_if_wrong() is None
    with pytest.raises(AssertionError, match="opposite sign"):
        check_one(lambda w, x, y: -right(w, x, y)).raise_if_wrong()


@pytest.mark.parametrize("written", [right, lambda w, x, y: 1.23, lambda w, x, y: None])
def test_report_is_the_same_each_time(written):
    first, second = check_one(written), check_one(written)
    assert str(first) == repr(second)
    assert first._repr_html_() == second._repr_html_()


def test_html_says_in_words_what_it_colours():
    wrong = check_one(lambda w, x, y: 1.23)._repr_html_()
    assert "✗ differs" in wrong and COLOURS["gradient"] in wrong
    sound = check_one(right)._repr_html_()
    assert "✓ agrees" in sound and COLOURS["step"] in sound
    assert sound.count("<tr>") == 2
    assert sound.count("#FFFFFF") > 6  # each cell has its ground, whatever the theme


def test_html_is_escaped():
    page = check_one(lambda w, x, y: thrown(ValueError("<script>")))._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_numbers_are_rounded_alike():
    at = {"w": 0.12345, "x": 1.0, "y": 0.0}
    (line,) = str(check_one(right, at)).splitlines()[-1:]
    assert len(set(line.split()[1:4])) == 1
    assert "-0 " not in str(check_one(lambda w, x, y: -0.0, {"w": 2.0, "x": 1.0, "y": 2.0}))


def test_large_tensors_are_cut_short():
    def loss(w):
        return (w**2).sum()

    text = str(check_gradient(lambda w: 2 * w, loss, wrt="w", at={"w": torch.arange(2000.0)}))
    assert "[0, 2, 4, … 2000 numbers]" in text
    assert "—" in text  # no finite difference of so many numbers
    assert max(map(len, text.splitlines())) < 120


def test_descent_rows_show_where_it_goes_wrong():
    case = planted.Planted(None, planted.ONE, planted.loop(planted.ONE, planted.downhill))
    at = planted.example(planted.ONE)
    long = descent_report(case, at, steps=200)
    assert len(long.rows) == 200
    assert len(str(long).splitlines()) < 20
    assert "after step 200" in str(long)
    drift = descent_report(replace(case, written=planted.drifting(planted.ONE)), at, steps=200)
    assert "after step 2 " in str(drift)
    assert "differs" in str(drift)


# --- Training loops ------------------------------------------------------------------------


def test_descend_is_a_right_loop():
    """The recorded descent of the helpers and the check agree on every step."""
    for task in planted.TASKS:

        def train(learning_rate, steps, *, task=task, **at):
            run = descend(task.loss, wrt=task.wrt, at=at, learning_rate=learning_rate, steps=steps)
            return list(zip(*(run.parameters[name][1:] for name in task.names), strict=True))

        assert descent_report(planted.Planted(None, task, train), planted.example(task)).ok


@pytest.mark.parametrize("factor", [1.0005, 0.9995])
def test_rate_off_by_half_a_thousandth_fails(factor):
    for task in planted.LOOP_TASKS:
        written = planted.loop(task, planted.at_rate(lambda rate: factor * rate))
        report = descent_report(planted.Planted(None, task, written), planted.example(task))
        assert report.mistake == "wrong-rate", report


def descended(gradient, at):
    """The report for a loop with the derivative ``gradient``, and a learning rate of 0.1."""
    task = replace(planted.ONE, right=gradient)
    options = {"wrt": "w", "at": at, "learning_rate": 0.1, "steps": 4}
    return check_descent(planted.by_hand(task), problems.squared_error, **options)


@pytest.mark.parametrize(
    ("gradient", "hint"),
    [
        (lambda w, x, y: (w * x - y) * x, "half as long as it should be"),
        (lambda w, x, y: (w * x - y) * x, "a learning rate of 0.05 in place of 0.1."),
        (lambda w, x, y: 20 * (w * x - y) * x, "a learning rate of 1 in place of 0.1."),
        (lambda w, x, y: 2 * (w * x - y), "gradient -4 for w, where -8 is right"),
        (lambda w, x, y: 2 * (w * x - y) * w, "gradient -4 for w, where -8 is right"),
    ],
)
def test_hint_of_a_loop_has_the_numbers_of_its_table(gradient, hint):
    report = descended(gradient, {"w": 1.0, "x": 2.0, "y": 4.0})
    assert hint in report.hint
    assert not report.where


def test_letter_missing_in_a_loop_shows_where_it_is_not_one():
    report = descended(lambda w, x, y: 2 * (w * x - y), {"w": 1.0, "x": 1.0, "y": 2.0})
    assert report.mistake == "unknown"
    first = report.rows[0]
    at = dict(part.split(" = ") for part in report.where.split(", "))
    implied = (float(at["w"]) - float(first.by_loop)) / float(at["learning_rate"])
    assert f"gradient {implied:.4g} for w" in report.hint


def test_rate_of_its_own_is_told_where_it_shows():
    written = planted.loop(planted.ONE, planted.at_rate(lambda rate: 0.1))
    report = descent_report(planted.Planted("", planted.ONE, written), {"w": 1, "x": 1, "y": 2})
    assert "learning_rate = 0.075" in report.where
    assert "a learning rate of 0.1 in place of 0.075." in report.hint


@pytest.mark.parametrize("rate", [0.0, -0.1, math.nan, math.inf, 1e-300, 1e300])
def test_odd_rates_get_a_report(rate):
    for make in (planted.by_hand, lambda task: planted.by_hand(task, sign=1)):
        at = planted.example(planted.NEURON)
        options = {"wrt": ("w", "b"), "at": at, "learning_rate": rate, "steps": 3}
        assert str(check_descent(make(planted.NEURON), problems.neuron, **options))
        fixed = planted.loop(planted.NEURON, planted.at_rate(lambda rate: 0.1))
        assert str(check_descent(fixed, problems.neuron, **options))


def test_divergence_is_no_mistake():
    """Past the stable rates a right loop runs away, in float32 as far as inf and nan."""
    at = {"w": torch.tensor(1.0), "x": torch.tensor(4.0), "y": torch.tensor(2.0)}
    for make in (planted.loop(planted.ONE, planted.downhill), planted.by_hand(planted.ONE)):
        report = check_descent(
            make, problems.squared_error, wrt="w", at=at, learning_rate=1.0, steps=60
        )
        assert report.ok, report


def test_long_loop_in_float32_is_right():
    X, Y = problems.noisy_line()
    at = {"W": torch.ones(1, 1), "b": torch.zeros(1), "X": X, "Y": Y}
    task = planted.LINE
    case = planted.loop(task, planted.downhill)
    options = {"wrt": task.wrt, "at": at, "learning_rate": 0.01, "steps": 200}
    start = time.process_time()
    assert check_descent(case, task.loss, **options).ok
    assert time.process_time() - start < 1


def test_parameters_require_gradients_where_the_readers_do():
    def train(w, x, y, learning_rate, steps):
        rows = []
        for _ in range(steps):
            ((w * x - y) ** 2).backward()
            with torch.no_grad():
                w -= learning_rate * w.grad
                w.grad.zero_()
            rows.append(w.item())
        return rows

    at = {"w": torch.tensor(1.0, requires_grad=True), "x": 2.0, "y": 4.0}
    options = {"wrt": "w", "learning_rate": 0.1, "steps": 3}
    assert check_descent(train, problems.squared_error, at=at, **options).ok
    assert at["w"].grad is None and at["w"].item() == 1
    plain = {**at, "w": 1.0}
    report = check_descent(train, problems.squared_error, at=plain, **options)
    assert report.mistake == "graph-cut"


LINE_AT = {"W": 0.5, "b": 0.0, "x": 1.0, "y": 2.0}


def line_of_numbers(W, b, x, y):
    return (W * x + b - y) ** 2


def in_place_with_numbers(W, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        residual = W * x + b - y
        W -= learning_rate * 2 * residual * x
        b -= learning_rate * 2 * residual
        pairs.append((W, b))
    return pairs


def without_the_bias(W, b, x, y, learning_rate, steps):
    pairs = []
    for _ in range(steps):
        W -= learning_rate * 2 * (W * x + b - y) * x
        pairs.append((W, b))
    return pairs


@pytest.mark.parametrize("make", [float, torch.tensor], ids=["numbers", "tensors"])
def test_a_loop_gets_numbers_where_the_reader_gives_numbers(make):
    seen = []

    def train(learning_rate, steps, **arguments):
        seen.append({type(value) for value in arguments.values()})
        return ...

    at = {name: make(value) for name, value in LINE_AT.items()}
    check_descent(train, line_of_numbers, wrt=("W", "b"), at=at, learning_rate=0.1, steps=3)
    assert seen[0] == {type(make(1.0))}


def test_a_loop_in_place_is_right_with_numbers():
    task = {"wrt": ("W", "b"), "at": LINE_AT, "learning_rate": 0.1, "steps": 3}
    assert check_descent(in_place_with_numbers, line_of_numbers, **task).ok is True
    report = check_descent(without_the_bias, line_of_numbers, **task)
    assert report.mistake == "one-parameter-only"
