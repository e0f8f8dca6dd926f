"""``check_gradient``: a derivative by hand, held against autograd and the finite difference."""

from dataclasses import replace
from functools import partial

from helpers.checks import cells
from helpers.checks.calling import call_with, one_thread, random_numbers_kept
from helpers.checks.diagnosis import Diagnosis, diagnose
from helpers.checks.errors import Finding
from helpers.checks.evidence import Evidence, Place
from helpers.checks.failures import (
    NoNumbersError,
    call_hint,
    expect_function,
    explained_failure,
    wanted,
)
from helpers.checks.mistakes import DIFFERENT_EACH_TIME, LEAKING_LOSS
from helpers.checks.names import decimal_comma
from helpers.checks.points import question
from helpers.checks.reading import UnreadableError, read_parameters
from helpers.checks.reports import GradientReport, GradientRow
from helpers.checks.search import locate
from helpers.compute.answers import told
from helpers.compute.gradients import finite_difference
from helpers.compute.texts import SHOWN_OF_MANY, numbers_text


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
    with random_numbers_kept(), one_thread():
        asked = question(loss, wrt=wrt, at=at, seed=seed)
        unread = cells.unread()
        if unread:
            return _report(unread.finding, unread.spot, [])
        points = asked.points()
        try:
            evidence, ask = _evidence(manual, asked, points, learning_rate)
        except NoNumbersError as error:
            comma = decimal_comma(manual) if error.worth_mending else None
            if comma:
                return _report(comma[0], comma[1].spot, _rows(asked, points))
            spot = error.spot
            located = (
                _mend(manual, asked, points, error.finding.slug) if error.worth_mending else None
            )
            return _report(error.finding, located.spot if located else spot, _rows(asked, points))
        diagnosis = _judged(evidence, asked, points, manual, ask)
        shown = _place_to_show(evidence)
        where = "" if shown is evidence.places[0] else shown.text()
        rows = _rows(asked, [shown], shown)
        if diagnosis is None:
            praise = GradientReport.praise if asked.finite else GradientReport.praise_elsewhere
            hint = praise + asked.corners_not_met(points) + asked.not_finite_there(points)
            return GradientReport(True, None, hint, rows)
        spot = diagnosis.located and diagnosis.located.spot
        finding = diagnosis.finding
        finding = replace(finding, hint=finding.hint + asked.not_finite_there(points))
        return _report(finding, spot, rows, where)


def _report(finding, spot, rows, where=""):
    ok = None if finding.slug == "not-filled-in" else False
    return GradientReport(ok, finding.slug, finding.hint, rows, where, spot)


# --- The reader's answers ------------------------------------------------------------------


def _evidence(manual, asked, points, learning_rate):
    """The reader's answers at all points, and how to ask for them. Raises NoNumbersError."""
    expect_function(manual)
    ask = _way_to_ask(manual, asked)
    first, *others = points
    own = _place(ask, asked, first, learning_rate)
    again = _place(ask, asked, first, learning_rate)
    if not all(own.same_answer(again, name) for name in asked.names):
        raise NoNumbersError(DIFFERENT_EACH_TIME)
    places = [_place(ask, asked, p, learning_rate, numbers_text(p.at)) for p in others]
    resized = _resized_place(ask, asked, learning_rate)
    return Evidence((own, *places), learning_rate, resized), ask


def _way_to_ask(manual, asked):
    """How to call ``manual``: a function from numbers to an Outcome. Raises NoNumbersError.

    Plain tensors in float64 come first. A derivative by autograd may want parameters that require
    a gradient, and one with tensors of its own may want the reader's dtype.
    """
    outcomes = []
    for way in WAYS:
        ask = partial(_ask, manual, asked, way)
        outcomes.append(ask(asked.at, aloud=not outcomes))
        if outcomes[-1].error is None:
            return ask
    plain, tracked = outcomes[:2]
    telling = tracked if "does not require grad" in plain.error_text else plain
    raise explained_failure(telling, manual, asked)


WAYS = ((False, False), (False, True), (True, False), (True, True))
"""Whether in the reader's own dtypes, and whether with parameters that require a gradient."""


def _ask(manual, asked, way, at, aloud=False):
    own_dtypes, tracked = way
    at = asked.as_given(at) if own_dtypes else at
    return call_with(manual, at, tracked=asked.names if tracked else (), aloud=aloud)


def _place(ask, asked, point, rate=None, where=""):
    """The Place with the reader's answers at ``point``. Raises NoNumbersError."""
    outcome = ask(point.at)
    failure = explained_failure(outcome, ask.args[0], asked, where)
    if failure:
        raise failure
    try:
        given = read_parameters(outcome.value, asked.shapes)
    except UnreadableError as error:
        advice = error.advice or f"Wanted is {wanted(asked.shapes)}."
        hint = f"Your function returned {error}. {advice}{call_hint(error)}"
        finding = Finding(error.slug, hint)
        raise NoNumbersError(finding, where, worth_mending=True) from None
    return Place(asked.loss, asked.names, point.at, point.right, point.scale, given, rate)


def _resized_place(ask, asked, rate):
    point = asked.resized()
    try:
        return point and _place(ask, asked, point, rate)
    except NoNumbersError:
        return None


# --- The verdict ---------------------------------------------------------------------------


def _judged(evidence, asked, points, manual, ask):
    """The Diagnosis of the answers, or None where they are right."""
    if points[1:] and all(map(asked.leaks, points[1:])):
        return Diagnosis(LEAKING_LOSS)
    if not evidence.wrong():
        return None
    places = [*evidence.places, *([evidence.resized] if evidence.resized else [])]
    places.sort(key=lambda place: sum(not place.agrees(name) for name in asked.names))
    right = {name for name in asked.names if places[-1].agrees(name)}
    return diagnose(evidence, manual, _verdict(asked, places, ask.args[2], right))


def _verdict(asked, points, way, right=frozenset()):
    """``verdict(changed, thorough)`` for the search of an edit: the names that are right.

    At the last of the points, where a mistake hides least, or at all of them. ``right`` are the
    names that are right at the last point unchanged: none is, where no other one is mended.
    """
    last, *others = (
        Place(asked.loss, asked.names, point.at, point.right, point.scale, {})
        for point in reversed(points)
    )

    def place_of(changed, place):
        own_dtypes, tracked = way
        at = asked.as_given(place.at) if own_dtypes else place.at
        at = {n: t.clone().requires_grad_(tracked and n in asked.names) for n, t in at.items()}
        return replace(place, given=read_parameters(changed(**at), asked.shapes))

    def verdict(changed, thorough):
        place = place_of(changed, last)
        mended = {name for name in asked.names if name not in right and place.agrees(name)}
        if not mended:
            return mended
        found = mended | set(filter(place.agrees, right))
        for other in others if thorough else ():
            found = found and set(filter(place_of(changed, other).agrees, found))
        return found

    return verdict


def _mend(manual, asked, points, slug):
    """The Located of the edit with which a function that gives no numbers gives the right ones."""
    resized = asked.resized()
    places = [*points, *([resized] if resized else [])]
    work = 10 + 10 * sum(tensor.numel() for tensor in asked.at.values()) // 2_000
    for way in WAYS[:2]:
        verdict = _verdict(asked, places, way)
        located = locate(
            manual, verdict, names=asked.names, arguments=tuple(asked.at), slug=slug, work=work
        )
        if located:
            return located
    return None


def _place_to_show(evidence):
    """The reader's own numbers, unless something that is wrong happens to be right just there."""
    wrong = evidence.wrong()
    if not wrong:
        return evidence.places[0]

    def seen(place):
        return sum(not place.agrees(name) for name in wrong)

    most = max(evidence.places, key=seen)
    return most if seen(most) else evidence.of(wrong[0]).telling


def _rows(asked, points, place=None):
    point = points[0]
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
    """The finite difference: of a large parameter, of as many of its numbers as are shown."""
    size = at[name].numel()
    entries = None if size <= SHOWN_OF_MANY * 2 else range(SHOWN_OF_MANY)
    try:
        return finite_difference(loss, wrt=name, at=at, entries=entries)[name]
    except RuntimeError:
        return None
