"""The catalogue of known mistakes in a training loop: the way each would take, and its hint.

A loop is judged by the rows that it returned in several runs, and where it broke off, by what it
raised. The rules are those of ``helpers.mistakes``. To add a mistake, write its walk in
``helpers.walks`` and add an entry to ``LOOP_RULES``.
"""

import re
from functools import partial
from itertools import chain, combinations, permutations
from math import isfinite

from helpers.checks.mistakes import BLANK, CUT, NOTHING, POWER, RAISED, Rule, raising
from helpers.checks.walks import (
    adding_up,
    ascending,
    ascending_adding_up,
    crossed,
    moving_once,
    moving_only,
    one_after_the_other,
    returned_in,
    right_walk,
    stale,
    stale_adding_up,
    standing_still,
    walk_with,
)
from helpers.compute.texts import entry_text, listed, significant


def rebound(outcome):
    """The parameter was bound to the result of its own update, which has no .grad."""
    leafless = any("not a leaf Tensor" in warning for warning in outcome.warnings)
    return {} if leafless and _met_no_gradient(outcome) else None


def rebound_untracked(outcome):
    """The same where nothing was recorded: backward ran once, and then torch lost the parameter."""
    no_graph = outcome.events.count("b") > 1 and CUT.find(outcome) is not None
    no_gradient = re.search("b.*N", outcome.events) and _met_no_gradient(outcome)
    return {} if no_graph or no_gradient else None


def backward_once(outcome):
    """The only backward was followed by as many updates as resets: the order was right."""
    before, _, since = outcome.events.partition("b")
    whole_step = re.fullmatch("[uz]*n", since) and since.count("u") >= since.count("z") > 0
    return {} if not before and whole_step and _met_no_gradient(outcome) else None


def used_after_reset(outcome):
    since_backward = outcome.events.rpartition("b")[2]
    too_early = "b" not in outcome.events or "z" in since_backward
    return {} if too_early and _met_no_gradient(outcome) else None


def no_gradient_came(outcome):
    return {} if _met_no_gradient(outcome) else None


def _met_no_gradient(outcome):
    """Whether what failed was to use a .grad of None, in an update that torch refused or before.

    A None of the reader's own, as of ``rows = rows.append(…)``, is no concern of torch's.
    """
    used_none = (
        isinstance(outcome.error, (TypeError, AttributeError)) and "NoneType" in outcome.error_text
    )
    return used_none and re.search("[nN]u?$", outcome.events)


def empty_list(outcome):
    empty = type(outcome.value) in (list, tuple) and len(outcome.value) == 0
    return {} if empty else None


LOOP_ACCIDENTS = (
    NOTHING,
    BLANK,
    Rule(
        "unknown",
        empty_list,
        "Your loop returned an empty list: append the new value to it in each step.",
    ),
    Rule(
        "inside-graph",
        raising("leaf Variable that requires grad"),
        "The update itself is being recorded in the graph. Which block tells torch not to?",
    ),
    Rule(
        "inside-graph",
        rebound,
        "Your update makes a new tensor, the result of a computation, and torch gives it no .grad. "
        "Change the parameter itself, with -=, where torch takes no notes.",
    ),
    Rule(
        "stale-forward",
        raising("backward through the graph a second time", "modified by an inplace operation"),
        "Your loop calls backward again on a graph that is used up. "
        "Prediction and loss belong inside the loop.",
    ),
    Rule(
        "graph-cut",
        rebound_untracked,
        "The first step made a new tensor, and torch does not keep track of that one. "
        "Change the parameter itself, with -=.",
    ),
    CUT,
    Rule(
        "stale-forward",
        backward_once,
        "backward ran only once, so after the first reset there is no gradient left. "
        "Prediction, loss and backward belong inside the loop.",
    ),
    Rule(
        "zeroed-too-early",
        used_after_reset,
        "A gradient is used or reset where .grad is still None. In which order do backward, "
        "update and reset come?",
    ),
    Rule(
        "graph-cut",
        no_gradient_came,
        "backward left a .grad at None: the graph does not reach that parameter. "
        "Look for .item() or a new tensor on the way to the loss.",
    ),
    POWER,
    RAISED,
)


# --- Rules for training loops --------------------------------------------------------------


def on_walk(walk):
    """A rule's ``find``: every run follows ``walk(run)``."""

    def find(runs):
        return {} if _all_follow(runs, walk) else None

    return find


def _all_follow(runs, walk):
    return all(_as_asked(run) and run.follows(walk(run)) for run in runs)


def _as_asked(run):
    return len(run.rows) == run.steps


def _subsets(names, largest):
    sizes = range(1, largest + 1)
    return chain.from_iterable(combinations(names, size) for size in sizes)


def one_tensor(runs):
    moved = not _all_follow(runs, standing_still)
    return {} if moved and any(run.aliased for run in runs) else None


def zeroed_before_update(runs):
    watched = all(re.search("bz[zn]*u", run.events) for run in runs)
    return {} if watched and _all_follow(runs, standing_still) else None


def never_zeroed(runs):
    names = runs[0].names
    for which in reversed(list(_subsets(names, len(names)))):
        if _all_follow(runs, partial(adding_up, names=which)):
            some = f" (the one of {listed(which)})" if len(which) < len(names) else ""
            return {"some": some}
    return None


def some_frozen(runs):
    names = runs[0].names
    for which in _subsets(names, len(names) - 1):
        if _all_follow(runs, partial(moving_only, names=which)):
            return {"moving": listed(which)}
    return None


def mixed_up(runs):
    names = runs[0].names
    alike = len({runs[0].at[name].shape for name in names}) == 1
    for order in permutations(names) if 1 < len(names) <= 4 else ():
        if order == names:
            continue
        if _all_follow(runs, partial(returned_in, order=order)):
            return {"what": f"The numbers are right, but not in the order {listed(names)}"}
        if alike and _all_follow(runs, partial(crossed, order=order)):
            return {"what": "Each parameter moves by the gradient of another"}
    return None


def in_sequence(runs):
    names = runs[0].names
    for order in permutations(names) if 1 < len(names) <= 4 else ():
        if _all_follow(runs, partial(one_after_the_other, order=order)):
            return {"first": order[0], "then": listed(order[1:])}
    return None


_SHIFTS = {
    (0, 0): "Your list begins with the start, before any step, and lacks the last step",
    (0, 1): "Your list begins with the start, before any step",
    (1, 1): "Your list has one entry more than there are steps",
    (1, -1): "Your list has one entry fewer than there are steps",
    (2, 0): "Your list begins only after the second step",
    (2, -1): "Your list begins only after the second step",
}


def shifted(runs):
    for (offset, more), words in _SHIFTS.items():
        if all(len(r.rows) == r.steps + more and r.follows(_from(r, offset)) for r in runs):
            return {"what": words}
    return None


def _from(run, offset):
    walk = chain([run.start], right_walk(run))
    for _ in range(offset):
        next(walk)
    return walk


def first_alone(runs):
    return {} if all(len(run.rows) == 1 and run.follows(run.right) for run in runs) else None


def last_alone(runs):
    return {} if all(len(run.rows) == 1 and run.follows(run.right[-1:]) for run in runs) else None


def another_rate(runs):
    """The rate is the one asked for times a constant; or it is a constant, whatever is asked for.

    The numbers told are those of the run that is shown.
    """
    if not all(map(_as_asked, runs)):
        return None
    asked = _first_wrong(runs).learning_rate
    factor = _fitted(runs, lambda run: run.learning_rate)
    constant = _fitted(runs, lambda run: 1)
    if _all_follow(runs, lambda run: walk_with(run, rate=factor * run.learning_rate)):
        rate = factor * asked
        cause = "Either the learning rate or a constant factor of the gradient can be the cause."
    elif asked and _all_follow(runs, partial(walk_with, rate=constant)):
        rate, cause = constant, "Does your loop use the learning_rate that it is called with?"
    else:
        return None
    words = {"rate": significant(rate, 6), "asked": significant(asked, 6), "cause": cause}
    return {"how": _length_text(rate / asked), **words}


def _fitted(runs, unit):
    """How many times ``unit(run)`` the rate of the first steps is, by least squares; else 0.

    Over all runs, since where the gradient of the start is 0, a run tells nothing.
    """
    along = length = 0.0
    for run in runs:
        slope, first = run.slope(run.start), run.rows[0]
        if any(first[name].numel() != slope[name].numel() for name in run.names):
            return 0
        for name in run.names:
            step = (run.at[name].flatten() - first[name].flatten()).double()
            way = unit(run) * slope[name].flatten().double()
            along, length = along + float(step @ way), length + float(way @ way)
    return along / length if length and isfinite(along / length) else 0


def _length_text(ratio):
    """'is half as long', 'leads uphill and is 3 times as long'."""
    size = significant(abs(ratio), 5)
    times = {"0.5": "half", "2": "twice"}.get(size, f"{size} times")
    return f"{'leads uphill and ' if ratio < 0 else ''}is {times} as long"


def _first_wrong(runs):
    """The run that is shown: the reader's own, unless that is right."""
    return next(run for run in runs if not run.is_right())


def not_finite_rows(runs):
    for run in runs:
        for count, (row, right) in enumerate(zip(run.rows, run.right, strict=False), 1):
            for name in run.names:
                if right[name].isfinite().all() and not row[name].isfinite().all():
                    return {"name": name, "count": count}
    return None


def other_length(runs):
    run = _first_wrong(runs)
    return None if _as_asked(run) else {"entries": len(run.rows), "steps": run.steps}


def right_from_here_only(runs):
    return _wrong_step(runs) if runs[0].is_right() else None


def nothing_known(runs):
    return _wrong_step(runs)


def _wrong_step(runs):
    """The first wrong step of the run that is shown, beside the gradient that it implies."""
    run = _first_wrong(runs)
    verdicts = enumerate(run.matches(iter(run.right)))
    step, name = next((i, n) for i, fits in verdicts for n, right in fits.items() if not right)
    before = (run.start, *run.right)[step]
    after, slope = run.rows[step][name], run.slope(before)[name]
    if after.numel() != slope.numel():
        return {"count": step + 1, "name": name, "gradients": ""}
    implied = (before[name] - after.reshape(slope.shape)) / run.learning_rate
    worst = int((implied - slope).abs().argmax())
    spot = entry_text(name, worst, slope.shape) if slope.ndim else name
    given, right = (significant(g.flatten()[worst]) for g in (implied, slope))
    told = f": your step is one with the gradient {given} for {spot}, where {right} is right"
    return {"count": step + 1, "name": name, "gradients": told}


LOOP_RULES = (
    Rule(
        "not-updated",
        one_tensor,
        "Every entry of your list is the same tensor, so all of them show its last value. "
        "Keep a copy after each step, such as w.clone(), or write w = w - …, "
        "which makes a new tensor.",
    ),
    Rule(
        "zeroed-too-early",
        zeroed_before_update,
        "The parameters never move: each gradient is reset after backward and before the update "
        "uses it.",
    ),
    Rule(
        "not-updated",
        on_walk(standing_still),
        "Nothing moves: after every step the numbers are those of the start. "
        "Is the new value only computed, or also put in the place of the old one?",
    ),
    Rule(
        "ascent",
        on_walk(ascending),
        "Your steps have the right size and lead uphill. Which way does the gradient point?",
    ),
    Rule(
        "ascent",
        on_walk(ascending_adding_up),
        "Your steps lead uphill: which way does the gradient point? From the second on, the "
        "gradient holds all earlier ones as well: what does backward do with a .grad that is "
        "already there?",
    ),
    Rule(
        "not-zeroed",
        never_zeroed,
        "The first step is right; from the second on, the gradient{some} holds all earlier ones "
        "as well. What does backward do with a .grad that is already there?",
    ),
    Rule(
        "off-by-one",
        shifted,
        "{what}. There should be one entry after each step.",
    ),
    Rule(
        "swapped",
        mixed_up,
        "{what}. Check which name stands where.",
    ),
    Rule(
        "sequential",
        in_sequence,
        "The gradient of {then} is taken after {first} has already moved. "
        "Both belong to the same point: compute every gradient first, then update.",
    ),
    Rule(
        "one-parameter-only",
        some_frozen,
        "Only {moving} moves; the rest stays at the start.",
    ),
    Rule(
        "stale-forward",
        on_walk(stale),
        "Every step uses the gradient of the start. Prediction and loss belong inside the loop.",
    ),
    Rule(
        "stale-forward",
        on_walk(stale_adding_up),
        "Every step adds the gradient of the start once more. "
        "Prediction and loss belong inside the loop.",
    ),
    Rule(
        "stale-forward",
        on_walk(moving_once),
        "Only the first step moves: after the reset there is no new gradient. "
        "Prediction, loss and backward belong inside the loop.",
    ),
    Rule(
        "wrong-rate",
        another_rate,
        "Each of your steps {how} as it should be, as with a learning rate of {rate} in place of "
        "{asked}. {cause}",
    ),
    Rule(
        "not-finite",
        not_finite_rows,
        "{name} is not finite after step {count}, where the right loop still gives a number.",
    ),
    Rule(
        "unknown",
        first_alone,
        "Your list holds the first step alone. "
        "Is return indented too far, so that it stands inside the loop?",
    ),
    Rule(
        "unknown",
        last_alone,
        "Your list holds the last step alone. "
        "Is append indented too little, so that it stands after the loop?",
    ),
    Rule(
        "unknown",
        other_length,
        "What you return has {entries} entries, where {steps} steps were asked for. "
        "Return a list with one entry for each step.",
    ),
    Rule(
        "unknown",
        right_from_here_only,
        "Your loop is right at your numbers and wrong at others, from step {count} on{gradients}. "
        "Does it use what it is called with? check_gradient can tell more about its derivative.",
    ),
    Rule(
        "unknown",
        nothing_known,
        "At step {count}, {name} leaves the right way{gradients}. "
        "That fits no known mistake. check_gradient can tell more about a derivative by hand.",
    ),
)
"""The first that explains every run is named."""
