"""The catalogue of known mistakes in a training loop: the way each would take, and its hint.

A loop is judged by the rows that it returned in several runs, and where it broke off, by what it
raised. The rules are those of ``helpers.mistakes``. To add a mistake, write its walk in
``helpers.walks`` and add an entry to ``LOOP_RULES``.
"""

import re
from functools import partial
from itertools import chain, combinations, permutations

from helpers.mistakes import BLANK, CUT, RAISED, Rule, raising
from helpers.texts import listed, number_text
from helpers.walks import (
    adding_up,
    ascending,
    crossed,
    moving_only,
    one_after_the_other,
    returned_in,
    right_walk,
    stale,
    stale_adding_up,
    standing_still,
    walk_with,
)


def rebound(outcome):
    """The parameter was bound to the result of its own update, which has no .grad."""
    leafless = any("not a leaf Tensor" in warning for warning in outcome.warnings)
    return {} if leafless and outcome.error is not None else None


def used_after_reset(outcome):
    since_backward = outcome.events.rpartition("b")[2]
    before_backward = "b" not in outcome.events
    return {} if _met_none(outcome) and (before_backward or "z" in since_backward) else None


def no_gradient_came(outcome):
    return {} if _met_none(outcome) else None


def _met_none(outcome):
    return (
        isinstance(outcome.error, (TypeError, AttributeError)) and "NoneType" in outcome.error_text
    )


LOOP_ACCIDENTS = (
    BLANK,
    Rule(
        "inside-graph",
        raising("leaf Variable that requires grad"),
        "The update itself is being recorded in the graph. Which block tells torch not to?",
    ),
    Rule(
        "inside-graph",
        rebound,
        "After the first update the parameter is a result in the graph, and has no .grad. "
        "Update it in place, where torch records nothing.",
    ),
    Rule(
        "stale-forward",
        raising("backward through the graph a second time", "modified by an inplace operation"),
        "backward runs again on a graph that is used up. "
        "Prediction and loss belong inside the loop.",
    ),
    CUT,
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
        "Look for .item(), .detach() or a new tensor on the way to the loss.",
    ),
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
    return {} if any(run.aliased for run in runs) else None


def zeroed_before_update(runs):
    watched = all(re.search("bz+u", run.events) for run in runs)
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
            return {"what": f"The rows are right, but not in the order {listed(names)}"}
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
    (0, 0): "The rows begin with the start, before any step, and lack the last step",
    (0, 1): "The rows begin with the start, before any step",
    (1, 1): "There is one row more than there are steps",
    (1, -1): "There is one row fewer than there are steps",
    (2, 0): "The rows begin only after the second step",
    (2, -1): "The rows begin only after the second step",
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


def another_rate(runs):
    rates = [_fitted_rate(run) if _as_asked(run) else None for run in runs]
    pairs = list(zip(runs, rates, strict=True))
    if not all(rate is not None and run.follows(walk_with(run, rate=rate)) for run, rate in pairs):
        return None
    run, rate = max(pairs, key=lambda pair: abs(pair[1] - pair[0].learning_rate))
    return {"rate": number_text(rate, 6), "asked": number_text(run.learning_rate, 6)}


def _fitted_rate(run):
    """The rate that explains the first row, by least squares over all parameters.

    Where the gradient of the start is 0, any rate does: that which was asked for.
    """
    slope, first = run.slope(run.start), run.rows[0]
    if any(first[n].numel() != slope[n].numel() for n in run.names):
        return None
    way = [(run.at[n].flatten() - first[n].flatten(), slope[n].flatten()) for n in run.names]
    length = sum(float(gradient @ gradient) for _, gradient in way)
    along = sum(float(step.double() @ gradient.double()) for step, gradient in way)
    return along / length if length else run.learning_rate


def not_finite_rows(runs):
    for run in runs:
        for count, (row, right) in enumerate(zip(run.rows, run.right, strict=False), 1):
            for name in run.names:
                if right[name].isfinite().all() and not row[name].isfinite().all():
                    return {"name": name, "count": count}
    return None


def other_length(runs):
    wrong = [run for run in runs if not _as_asked(run)]
    return {"rows": len(wrong[0].rows), "steps": wrong[0].steps} if wrong else None


def right_from_here_only(runs):
    return {} if runs[0].is_right() else None


def nothing_known(runs):
    """The first step that is wrong in the reader's own run."""
    for count, fits in enumerate(runs[0].matches(iter(runs[0].right)), 1):
        for name, right in fits.items():
            if not right:
                return {"name": name, "count": count}
    return {"name": "your loop", "count": 1}


LOOP_RULES = (
    Rule(
        "not-updated",
        one_tensor,
        "Every row is the same tensor, so all of them show its last value. "
        "Keep what it was after each step: w.item() or w.clone().",
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
        "The parameters never move: every row is the start. Does the update reach the parameter?",
    ),
    Rule(
        "ascent",
        on_walk(ascending),
        "Your steps have the right size and lead uphill. Which way does the gradient point?",
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
        "{what}. There should be one row after each step.",
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
        "wrong-rate",
        another_rate,
        "Your steps are those of a learning rate of {rate}, where {asked} was asked for.",
    ),
    Rule(
        "not-finite",
        not_finite_rows,
        "{name} is not finite after step {count}, where the right loop still gives a number.",
    ),
    Rule(
        "unknown",
        other_length,
        "Your loop returned {rows} rows where {steps} steps were asked for.",
    ),
    Rule(
        "unknown",
        right_from_here_only,
        "Your loop is right at your numbers and wrong at others. "
        "Does it use what it is called with, or numbers of its own?",
    ),
    Rule(
        "unknown",
        nothing_known,
        "At step {count}, {name} leaves the right way. It fits no known mistake: work that step "
        "out by hand, and check the gradient by itself.",
    ),
)
"""The first that explains every run is named."""
