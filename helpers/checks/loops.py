"""``check_descent``: a training loop, held against gradient descent."""

import re
from dataclasses import replace
from itertools import islice
from types import GeneratorType

import torch

from helpers.checks import cells
from helpers.checks.calling import call, one_thread, random_numbers_kept
from helpers.checks.diagnosis import PUT_IN, Diagnosis
from helpers.checks.errors import CUT_WORDS, Finding
from helpers.checks.failures import (
    NoNumbersError,
    call_hint,
    expect_function,
    explained_failure,
    spot_of_error,
    wanted,
)
from helpers.checks.loop_rules import (
    ACCIDENTS,
    LATE,
    LEFT,
    WALKS,
    cut_hint,
    diagnose_steps,
    first_of,
)
from helpers.checks.mistakes import DIFFERENT_EACH_TIME, SHUFFLED
from helpers.checks.names import odd_names
from helpers.checks.points import question
from helpers.checks.reading import UnreadableError, read_rows, same_storage
from helpers.checks.reports import DescentReport, DescentRow
from helpers.checks.returned import named_result
from helpers.checks.search import locate
from helpers.checks.source import source_of
from helpers.checks.walks import Run
from helpers.compute.answers import told
from helpers.compute.texts import numbers_text, significant

OF_AN_OPTIMIZER = 8
"""So much more goes on in a loop with an optimizer than is seen of its calls of torch."""


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
    with random_numbers_kept(), one_thread():
        asked = question(loss, wrt=wrt, at=at, seed=0)
        unread = cells.unread()
        if unread:
            return _report(Diagnosis(unread.finding), unread.spot, [])
        tasks = _tasks(asked, float(learning_rate), steps)
        try:
            runs = _runs(train, asked, tasks)
        except NoNumbersError as error:
            slug = error.finding.slug
            located = _mend(train, asked, tasks, slug) if error.worth_mending else None
            rows = _rows(tasks[0])
            return _report(Diagnosis(error.finding, located), error.spot, rows)
        wrong = [run for run in runs if not run.is_right()]
        if not wrong:
            shown = runs[0] if asked.finite else runs[1]
            hint = DescentReport.praise + asked.not_finite_there(runs[1:])
            return DescentReport(True, None, hint, _rows(shown))
        where = "" if wrong[0] is runs[0] else _task_text(wrong[0])
        diagnosis = _diagnosed(runs, train, asked, tasks)
        return _report(diagnosis, None, _rows(wrong[0]), where)


def _report(diagnosis, spot, rows, where=""):
    finding = diagnosis.finding
    ok = None if finding.slug == "not-filled-in" else False
    spot = diagnosis.located.spot if diagnosis.located else spot
    return DescentReport(ok, finding.slug, finding.hint, rows, where, spot)


def _tasks(asked, learning_rate, steps):
    """The Runs to make, without their rows. The short ones take other numbers of steps."""
    one, other = asked.starts(2)
    return [
        Run(asked.loss, asked.names, asked.at, learning_rate, steps),
        Run(asked.loss, asked.names, one, learning_rate, 3 if steps != 3 else 4),
        Run(asked.loss, asked.names, other, 0.75 * learning_rate, 5 if steps != 5 else 6),
    ]


def _runs(train, asked, tasks):
    """The same with what the reader's loop returned. Raises NoNumbersError."""
    expect_function(train)
    own, *others = tasks
    return [_run(train, asked, own), *(_run(train, asked, t, _task_text(t)) for t in others)]


def _called(train, asked, task, aloud=False):
    settings = {"learning_rate": task.learning_rate, "steps": task.steps}
    outcome = call(train, {**asked.as_called(task.at), **settings}, aloud=aloud)
    if "float" in outcome.error_text:  # it may be written for tensors, whatever at holds
        outcome = call(train, {**asked.as_given(task.at), **settings})
    if isinstance(outcome.value, GeneratorType):
        listed = call(lambda: list(islice(outcome.value, 100 + 2 * task.steps)), {})
        outcome = replace(outcome, value=listed.value, error=listed.error)
    return outcome


def _run(train, asked, task, where=""):
    outcome = _called(train, asked, task, aloud=not where)
    _refuse(outcome, train, asked, where)
    try:
        rows = read_rows(outcome.value, asked.shapes)
    except UnreadableError as error:
        named = named_result(outcome.value, task)
        of_each = f"a list with {wanted(asked.shapes)} for each step"
        hint = named or f"Your loop returned {error}. Wanted is {of_each}.{call_hint(error)}"
        slug = "wrong-result" if named else "unknown"
        raise NoNumbersError(Finding(slug, hint), where, worth_mending=True) from None
    columns = {name: [row[name] for row in rows] for name in asked.names}
    aliased = any(same_storage(c) and _moved(c[0], task.at[name]) for name, c in columns.items())
    return replace(task, rows=rows, events=outcome.events, aliased=aliased, calls=outcome.calls)


def _refuse(outcome, train, asked, where):
    """Raises NoNumbersError for a call that gave nothing to read."""
    accident = first_of(ACCIDENTS, outcome)
    if accident:
        spot = spot_of_error(outcome.error) if outcome.error else None
        raise NoNumbersError(accident, where, spot, worth_mending=True)
    if outcome.error is not None and CUT_WORDS in outcome.error_text:
        source = source_of(train)
        finding = Finding("graph-cut", cut_hint(source))
        raise NoNumbersError(finding, where, spot_of_error(outcome.error), worth_mending=True)
    failure = explained_failure(outcome, train, asked, where)
    if failure:
        raise failure


def _moved(value, start):
    return value.shape == start.shape and not torch.equal(value.double(), start.double())


def _task_text(task):
    numbers, rate = numbers_text(task.at), significant(task.learning_rate)
    return f"{numbers}, learning_rate = {rate}, steps = {task.steps}"


# --- The diagnosis -------------------------------------------------------------------------


def _diagnosed(runs, train, asked, tasks):
    """The Diagnosis of a loop that goes wrong in one of its runs."""
    found = first_of(WALKS, runs)
    if found:
        return Diagnosis(found, _shown(_mend(train, asked, tasks, found.slug, runs[0].calls)))
    if not _same_rows(_run(train, asked, tasks[0]), runs[0]):
        return Diagnosis(_different_each_time(train))
    by_steps = diagnose_steps(runs)
    late = by_steps or first_of(LATE, runs)
    slug = late.slug if late and not by_steps else None
    located = _mend(train, asked, tasks, slug, runs[0].calls)
    if late:
        return Diagnosis(late, _shown(located))
    if located:
        return Diagnosis(Finding(located.slug, located.question), located)
    elsewhere = odd_names(train, tuple(asked.at))
    return Diagnosis(*elsewhere) if elsewhere else Diagnosis(first_of(LEFT, runs))


def _different_each_time(train):
    source = source_of(train)
    orders = source and re.search(rb"randperm|shuffle|permutation", source.data)
    return SHUFFLED if orders else DIFFERENT_EACH_TIME


def _same_rows(one, other):
    pairs = zip(one.rows, other.rows, strict=False)
    same = all(_same(a[n], b[n]) for a, b in pairs for n in one.names)
    return same and len(one.rows) == len(other.rows)


def _same(one, other):
    return one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)


def _shown(located):
    """The Located, unless something is put in there: that may be anywhere in a loop."""
    return None if located and located.edit.kind in PUT_IN else located


def _mend(train, asked, tasks, slug, calls=40):
    """The Located of the edit with which a loop goes right, or None.

    ``slug``: what is known of the mistake; ``calls``: how often torch is called in the first run.
    """
    short = replace(tasks[1], steps=2)
    calls = 2 * calls // tasks[0].steps
    ways = {task.steps: task.right_ways() for task in (short, *tasks)}
    source = source_of(train)
    if source and re.search(rb"optim|nn\.", source.data):
        calls *= OF_AN_OPTIMIZER
    calls += calls * sum(tensor.numel() for tensor in asked.at.values()) // 2_000

    def right_in(changed, task):
        settings = {"learning_rate": task.learning_rate, "steps": task.steps}
        value = changed(**asked.as_called(task.at), **settings)
        run = replace(task, rows=read_rows(value, asked.shapes))
        goes_right = len(run.rows) == run.steps and any(map(run.follows, ways[task.steps]))
        return set(asked.names) if goes_right else set()

    def verdict(changed, thorough):
        right = right_in(changed, short)
        for task in tasks if thorough and right else ():
            right &= right_in(changed, task)
        return right

    return locate(
        train,
        verdict,
        names=asked.names,
        arguments=tuple(asked.at),
        loop=True,
        work=calls,
        slug=slug,
    )


def _rows(run):
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
