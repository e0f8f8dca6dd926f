"""The reader's derivative, or training loop, held against the right one.

``check_gradient`` and ``check_descent`` call what the reader wrote at several sets of numbers, and
hand what came back to the catalogue of ``mistakes``. They never raise for what the reader wrote,
and leave everything of the reader's as it was: arguments, random numbers, settings.
"""

from dataclasses import replace
from functools import partial

import torch

from helpers.checks.answers import (
    Outcome,
    UnreadableError,
    call,
    call_with,
    kind,
    random_numbers_kept,
    read_parameters,
    read_rows,
    same_storage,
)
from helpers.checks.evidence import Evidence, Place
from helpers.checks.loop_mistakes import LOOP_ACCIDENTS, LOOP_RULES
from helpers.checks.mistakes import (
    BLANK,
    DIFFERENT_EACH_TIME,
    GRADIENT_ACCIDENTS,
    LEAKING_LOSS,
    Finding,
    diagnose_gradient,
    first_rule,
    is_blank,
)
from helpers.checks.points import question
from helpers.checks.reports import DescentReport, DescentRow, GradientReport, GradientRow
from helpers.checks.walks import Run
from helpers.compute.answers import told
from helpers.compute.gradients import finite_difference
from helpers.compute.texts import listed, numbers_text, significant

MOST_DIFFERENCES = 1_000
"""A parameter with more numbers than this gets no finite difference: each takes two losses."""


class _NoNumbersError(Exception):
    """A call that gave nothing to compare; it carries the Finding."""

    def __init__(self, finding, where=""):
        super().__init__(finding.hint)
        hint = f"{finding.hint} That was at {where}." if where else finding.hint
        self.finding = replace(finding, hint=hint)


@told
def check_gradient(manual, loss, *, wrt, at, learning_rate=None, seed=0):
    """The reader's derivative, held against autograd and the finite difference.

    It is called at the reader's numbers and at seeded random ones of the same shapes, in float64,
    so that an answer that is right only because some number is 1 does not pass.

    Args:
        manual: the derivative; it takes the arguments of the loss, and returns a number, list,
            array or tensor shaped like the parameter; for several, one each in the order of
            ``wrt``.
        loss, wrt, at: as in ``autograd_gradient``.
        learning_rate: η, where there is one, to recognise it in a wrong answer.
        seed: of the random numbers.

    Returns:
        GradientReport

    Raises:
        TypeError, ValueError: for a wrong use of the check, never for what ``manual`` does.
    """
    with random_numbers_kept():
        asked = question(loss, wrt=wrt, at=at, seed=seed)
        points = asked.points()
        try:
            evidence = _evidence(manual, asked, points, learning_rate)
        except _NoNumbersError as error:
            rows = _gradient_rows(asked, points[0], None)
            return _report(GradientReport, error.finding, rows)
        finding = _judged(evidence, asked, points)
        shown = _place_to_show(evidence)
        where = "" if shown is evidence.places[0] else shown.text()
        return _report(GradientReport, finding, _gradient_rows(asked, shown, shown), where)


@told
def check_descent(train, loss, *, wrt, at, learning_rate, steps):
    """The reader's training loop, held against gradient descent.

    It runs from the reader's numbers, and twice more for a few steps from numbers near them, the
    last time with a smaller learning rate.

    Args:
        train: ``train(**at, learning_rate=…, steps=…)`` returns the parameter after each step: a
            list of numbers or tensors; of tuples, in the order of ``wrt``, for several.
        loss, wrt, at: as in ``autograd_gradient``. The loop gets tensors in the reader's dtypes,
            which require a gradient where those of ``at`` do.
        learning_rate: η.
        steps: how many steps to take, 1 or more.

    Returns:
        DescentReport

    Raises:
        TypeError, ValueError: for a wrong use of the check, never for what ``train`` does.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps must be a whole number, 1 or more, not {steps!r}.")
    with random_numbers_kept():
        asked = question(loss, wrt=wrt, at=at, seed=0)
        tasks = _tasks(asked, float(learning_rate), steps)
        try:
            runs = _runs(train, asked, tasks)
        except _NoNumbersError as error:
            return _report(DescentReport, error.finding, _descent_rows(tasks[0]))
        wrong = [run for run in runs if not run.is_right()]
        shown = wrong[0] if wrong else runs[0]
        where = "" if shown is runs[0] else _task_text(shown)
        finding = first_rule(LOOP_RULES, runs) if wrong else None
        return _report(DescentReport, finding, _descent_rows(shown), where)


def _report(report, finding, rows, where=""):
    if finding is None:
        return report(True, None, report.praise, rows)
    ok = None if finding.slug == "not-filled-in" else False
    return report(ok, finding.slug, finding.hint, rows, where)


def _expect_function(written):
    if is_blank(written):
        raise _NoNumbersError(first_rule((BLANK,), Outcome(written)))
    if not callable(written):
        hint = f"Give the check a function; this is {kind(written)}."
        raise _NoNumbersError(Finding("unknown", hint))


def _wanted(shapes):
    """'one number', 'a tensor of shape (2, 1)', 'a tuple of 2, for w and b'."""
    if len(shapes) > 1:
        return f"a tuple of {len(shapes)}, for {listed(list(shapes))}"
    (shape,) = shapes.values()
    return f"a tensor of shape {tuple(shape)}" if shape else "one number"


# --- Derivatives ---------------------------------------------------------------------------


def _evidence(manual, asked, points, learning_rate):
    """The reader's answers at all points. Raises _NoNumbersError."""
    _expect_function(manual)
    ask = _manner(manual, asked)
    first, *others = points
    own = _place(ask, asked, first)
    again = _place(ask, asked, first)
    if not all(own.same_answer(again, name) for name in asked.names):
        raise _NoNumbersError(DIFFERENT_EACH_TIME)
    places = [_place(ask, asked, point, numbers_text(point.at)) for point in others]
    return Evidence((own, *places), learning_rate, _resized_place(ask, asked))


def _manner(manual, asked):
    """How to call ``manual``: a function from numbers to an Outcome. Raises _NoNumbersError.

    Plain tensors in float64 come first. A derivative by autograd may want parameters that require
    a gradient, and one with tensors of its own may want the reader's dtype.
    """
    outcomes = []
    for in_own_dtype in (False, True):
        for tracked in (False, True):
            ask = partial(_ask, manual, asked, in_own_dtype, tracked)
            outcomes.append(ask(asked.at, aloud=not outcomes))
            if outcomes[-1].error is None:
                return ask
    plain, tracked = outcomes[:2]
    telling = tracked if "does not require grad" in plain.error_text else plain
    raise _NoNumbersError(first_rule(GRADIENT_ACCIDENTS, telling))


def _ask(manual, asked, in_own_dtype, tracked, at, aloud=False):
    at = asked.as_given(at) if in_own_dtype else at
    return call_with(manual, at, tracked=asked.names if tracked else (), aloud=aloud)


def _place(ask, asked, point, where=""):
    """The Place with the reader's answers at ``point``. Raises _NoNumbersError."""
    outcome = ask(point.at)
    accident = first_rule(GRADIENT_ACCIDENTS, outcome)
    if accident:
        raise _NoNumbersError(accident, where)
    try:
        given = read_parameters(outcome.value, asked.shapes)
    except UnreadableError as error:
        hint = f"Your function returned {error}. Wanted is {_wanted(asked.shapes)}."
        raise _NoNumbersError(Finding(error.slug, hint), where) from None
    return Place(asked.loss, asked.names, point.at, point.right, point.scale, given)


def _resized_place(ask, asked):
    point = asked.resized()
    try:
        return point and _place(ask, asked, point)
    except _NoNumbersError:
        return None


def _judged(evidence, asked, points):
    """The Finding for the answers, or None where they are right."""
    if points[1:] and all(map(asked.leaks, points[1:])):
        return LEAKING_LOSS
    return diagnose_gradient(evidence) if evidence.wrong() else None


def _place_to_show(evidence):
    """The reader's own numbers, unless what is wrong happens to be right just there."""
    own, wrong = evidence.places[0], evidence.wrong()
    hidden = wrong and all(own.agrees(name) for name in wrong)
    return evidence.telling(wrong[0]) if hidden else own


def _gradient_rows(asked, point, place):
    return [
        GradientRow(
            name=name,
            by_hand=place and place.given[name],
            autograd=point.right[name],
            finite_difference=_difference(asked.loss, name, point.at),
            agrees=place and place.agrees(name),
        )
        for name in asked.names
    ]


def _difference(loss, name, at):
    if at[name].numel() > MOST_DIFFERENCES:
        return None
    try:
        return finite_difference(loss, wrt=name, at=at)[name]
    except RuntimeError:
        return None


# --- Training loops ------------------------------------------------------------------------


def _tasks(asked, learning_rate, steps):
    """The Runs to make, without their rows. The short ones take other numbers of steps."""
    one, other = asked.starts(2)
    return [
        Run(asked.loss, asked.names, asked.at, learning_rate, steps),
        Run(asked.loss, asked.names, one, learning_rate, 3 if steps != 3 else 4),
        Run(asked.loss, asked.names, other, 0.75 * learning_rate, 5 if steps != 5 else 6),
    ]


def _runs(train, asked, tasks):
    """The same with what the reader's loop returned. Raises _NoNumbersError."""
    _expect_function(train)
    own, *others = tasks
    return [_run(train, asked, own), *(_run(train, asked, t, _task_text(t)) for t in others)]


def _run(train, asked, task, where=""):
    settings = {"learning_rate": task.learning_rate, "steps": task.steps}
    outcome = call(train, {**asked.as_called(task.at), **settings}, aloud=not where)
    if "float" in outcome.error_text:  # it may be written for tensors, whatever at holds
        outcome = call(train, {**asked.as_given(task.at), **settings})
    accident = first_rule(LOOP_ACCIDENTS, outcome)
    if accident:
        raise _NoNumbersError(accident, where)
    try:
        rows = read_rows(outcome.value, asked.shapes)
    except UnreadableError as error:
        wanted = f"a list with {_wanted(asked.shapes)} for each step"
        hint = f"Your loop returned {error}. Wanted is {wanted}."
        raise _NoNumbersError(Finding("unknown", hint), where) from None
    columns = {name: [row[name] for row in rows] for name in asked.names}
    aliased = any(same_storage(c) and _moved(c[0], task.at[name]) for name, c in columns.items())
    return replace(task, rows=rows, events=outcome.events, aliased=aliased)


def _moved(value, start):
    return value.shape == start.shape and not torch.equal(value.double(), start.double())


def _task_text(task):
    numbers, rate = numbers_text(task.at), significant(task.learning_rate)
    return f"{numbers}, learning_rate = {rate}, steps = {task.steps}"


def _descent_rows(run):
    verdicts = list(run.matches(iter(run.right)))
    return [
        DescentRow(
            step=step,
            name=name,
            by_loop=run.rows[step - 1][name] if step <= len(run.rows) else None,
            right=point[name],
            agrees=verdicts[step - 1][name] if step <= len(verdicts) else None,
        )
        for step, point in enumerate(run.right, 1)
        for name in run.names
    ]
