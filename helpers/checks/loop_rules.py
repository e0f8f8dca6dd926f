"""The catalogue of mistakes in a training loop: the way that each would take, and its hint.

A loop is judged by the rows that it returned in several runs, and where it broke off, by what torch
was seen doing. A rule is a slug, a function that gives the words for the hint where the mistake
shows (None where it does not), and the hint. ``ACCIDENTS`` look at the Outcome of a call that broke
off; ``WALKS`` and ``LEFT`` look at the Runs. To add a mistake, write its walk in ``walks.py``, add
a row to ``WALKS``, and a change to a right loop in ``tests/checks/planted.py``. The first row that
explains every run gives the name, so the particular stands before the general. A new slug goes with
every edit of the reader's source; a row in ``GOES_WITH`` of ``edits.py`` narrows that down.
"""

import ast
import re
from functools import partial
from itertools import chain, combinations, permutations
from math import isfinite

import torch

from helpers.checks.diagnosis import by_numbers
from helpers.checks.errors import CUT_WORDS, Finding
from helpers.checks.evidence import Evidence, Place
from helpers.checks.mistakes import Mistake, each_once
from helpers.checks.returned import holds_gradients, named_result
from helpers.checks.walks import (
    adding_up,
    ascending,
    ascending_adding_up,
    clipped,
    crossed,
    in_batches,
    lagging,
    length_of,
    moving_once,
    moving_only,
    one_after_the_other,
    right_walk,
    stale,
    stale_adding_up,
    standing_still,
    walk_with,
    with_momentum,
)
from helpers.compute.texts import entry_text, listed, significant


def first_of(rules, seen):
    """The Finding of the first rule that fits, or None."""
    for rule in rules:
        words = rule.find(seen)
        if words is not None:
            return Finding(rule.slug, rule.hint.format(**words))
    return None


def raising(*parts):
    """A rule's ``find``: the message of what was raised holds one of ``parts``."""

    def find(outcome):
        return {} if any(part in outcome.error_text for part in parts) else None

    return find


def cut_hint(source):
    """What to ask where backward found no graph, from the Source of the reader's function."""
    text = source.data.decode() if source else ""
    of_loss = [line for line in text.splitlines() if "append" not in line and "return" not in line]
    if not re.search(r"requires_grad|Parameter\(|nn\.", text):
        return (
            "No tensor in your loop requires a gradient, so torch keeps track of nothing. How is a "
            "tensor told that it does?"
        )
    if source and _backward_without_notes(source.node):
        return (
            "backward found no graph behind the loss: it is computed inside the block of no_grad, "
            "where torch takes no notes. Which lines belong into that block?"
        )
    if re.search(r"torch\.(as_)?tensor\(\s*\(*\w*(loss|hat|pred|error)", text):
        return (
            "backward found no graph behind the loss: a new tensor was made of its number. Is that "
            "still the one that was computed from the parameter?"
        )
    if re.search(r"\.item\(\)|float\(|\.detach\(|\.numpy\(", "\n".join(of_loss)):
        return (
            "backward found no graph behind the loss. Somewhere between it and the parameter a "
            "number was taken out of the graph, by .item(), float, .detach or .numpy."
        )
    return (
        "backward found no graph behind the loss. Which tensor requires a gradient, and is the "
        "loss computed from that one? An update that makes a new tensor loses it, too."
    )


def _backward_without_notes(tree):
    """Whether backward is called inside a block of no_grad."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and "no_grad" in ast.unparse(node.items[0]):
            inside = [n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)]
            if "backward" in inside:
                return True
    return False


def rebound(outcome):
    """The parameter was bound to the result of its own update, which has no .grad."""
    leafless = any("not a leaf Tensor" in warning for warning in outcome.warnings)
    return {} if leafless and _met_no_gradient(outcome) else None


def rebound_untracked(outcome):
    """The same where nothing was recorded: backward ran once, and then torch lost the parameter."""
    no_graph = outcome.events.count("backward") > 1 and CUT_WORDS in outcome.error_text
    no_gradient = re.search("backward.*untracked", outcome.events) and _met_no_gradient(outcome)
    return {} if no_graph or no_gradient else None


def backward_once(outcome):
    """The only backward was followed by as many updates as resets: the order was right."""
    before, _, since = outcome.events.partition("backward")
    whole_step = re.fullmatch("( update| reset)* none", since)
    whole_step = whole_step and since.count("update") >= since.count("reset") > 0
    return {} if not before and whole_step and _met_no_gradient(outcome) else None


def used_after_reset(outcome):
    since_backward = outcome.events.rpartition("backward")[2]
    too_early = "backward" in outcome.events and "reset" in since_backward
    return {} if too_early and _met_no_gradient(outcome) else None


def never_backward(outcome):
    """A .grad was used, and backward has not been called at all."""
    return {} if "backward" not in outcome.events and _met_no_gradient(outcome) else None


def no_gradient_came(outcome):
    return {} if _met_no_gradient(outcome) else None


def _met_no_gradient(outcome):
    """Whether what failed was to use a .grad of None, in an update that torch refused or before.

    A None of the reader's own, as of ``rows = rows.append(…)``, is no concern of torch's.
    """
    used_none = (
        isinstance(outcome.error, (TypeError, AttributeError)) and "NoneType" in outcome.error_text
    )
    return used_none and re.search("(none|untracked)( update)?$", outcome.events)


def empty_list(outcome):
    empty = type(outcome.value) in (list, tuple) and len(outcome.value) == 0
    return {} if empty else None


ACCIDENTS = (
    Mistake(
        "never-appended",
        empty_list,
        "Your list is empty at the end. In which line does a new value come into it?",
    ),
    Mistake(
        "inside-graph",
        raising("leaf Variable that requires grad"),
        "The update itself is being recorded in the graph. Which block tells torch not to?",
    ),
    Mistake(
        "inside-graph",
        rebound,
        "A .grad is asked of a tensor that is the result of a computation, and torch keeps none "
        "there. Which tensor did you make yourself, and does its name still stand for it after "
        "the update?",
    ),
    Mistake(
        "stale-forward",
        raising("backward through the graph a second time", "modified by an inplace operation"),
        "Your loop calls backward again on a graph that is used up. "
        "Prediction and loss belong inside the loop.",
    ),
    Mistake(
        "graph-cut",
        rebound_untracked,
        "Torch does not keep track of a tensor whose gradient you use. Either it was never told "
        "to, or the update made a new tensor where the old one should have been changed.",
    ),
    Mistake(
        "stale-forward",
        backward_once,
        "backward ran only once, so after the first reset there is no gradient left. "
        "Prediction, loss and backward belong inside the loop.",
    ),
    Mistake(
        "no-backward",
        never_backward,
        "A gradient is used or reset, and .grad is still None: backward has not run before this "
        "line. Is it called, and before what?",
    ),
    Mistake(
        "zeroed-too-early",
        used_after_reset,
        "A gradient is used or reset where .grad is None again. In which order do backward, "
        "update and reset come?",
    ),
    Mistake(
        "graph-cut",
        no_gradient_came,
        "backward left a .grad at None: the graph does not reach that parameter. "
        "Look for .item(), a new tensor, or another name on the way to the loss.",
    ),
)
"""What broke off, the most telling first."""


# --- Rules for training loops --------------------------------------------------------------


def optimizer_elsewhere(runs):
    stepped = all(_with_optimizer(run) for run in runs)
    return {} if stepped and _all_follow(runs, standing_still) else None


def optimizer_without_gradient(runs):
    stepped = optimizer_elsewhere(runs) is not None
    return {} if stepped and not any("backward" in run.events for run in runs) else None


def _with_optimizer(run):
    return "optimizer" in run.events


def moving_at_rate_0(runs):
    """Numbers that move where the learning rate is 0."""
    for run in runs:
        for row in run.rows if run.learning_rate == 0 else ():
            for name in run.names:
                if not _as_large(run, row) or not torch.equal(
                    _in_place(run, row)[name], run.at[name]
                ):
                    return {"name": name}
    return None


def _as_large(run, row):
    """Whether a row has as many numbers for each parameter as it began with."""
    return all(row[n].numel() == run.at[n].numel() for n in run.names)


def _in_place(run, row):
    """A row as parameters: in their shapes and dtypes."""
    return {n: row[n].reshape(run.at[n].shape).to(run.at[n].dtype) for n in run.names}


def turned_over(runs):
    """The right numbers, with the rows of a parameter where its columns belong."""
    turned = [
        run.with_rows([{n: v.T if v.ndim == 2 else v for n, v in row.items()} for row in run.rows])
        for run in runs
    ]
    return {} if all(run.is_right() for run in turned) else None


def cut_off(runs):
    """Steps of a gradient that is cut off where it is large, as a clipped one is."""
    if not all(_as_asked(run) and run.learning_rate for run in runs):
        return None
    for by_entry in (False, True):
        most = _longest_step(runs, by_entry)
        if most and _all_follow(runs, partial(clipped, most=most, by_entry=by_entry)):
            return {
                "most": significant(most, 3),
                "what": "entry of a gradient" if by_entry else "gradient",
            }
    return None


def _longest_step(runs, by_entry):
    """The gradient of the first step that is shorter than it should be; 0 where there is none."""
    found = 0.0
    for run in runs:
        row = run.rows[0]
        if not _as_large(run, row):
            return 0.0
        after, slope = _in_place(run, row), run.slope(run.start)
        implied = {n: (run.at[n] - after[n]) / run.learning_rate for n in run.names}
        sizes = [
            max(float(g.abs().max()) for g in part.values()) if by_entry else length_of(part)
            for part in (implied, slope)
        ]
        if sizes[0] < 0.999 * sizes[1]:
            found = max(found, sizes[0])
    return found if isfinite(found) else 0.0


def several_batches(runs):
    """A step for each sample, or for each few of them, in the place of one for all."""
    counts = {len(t) for n, t in runs[0].at.items() if n not in runs[0].names and t.ndim > 0}
    (count,) = counts if len(counts) == 1 else (0,)
    for size in range(1, count):
        if _all_follow(runs, partial(in_batches, size=size)):
            words = "sample" if size == 1 else f"{size} samples"
            return {"size": words, "count": -(-count // size)}
    return None


def momentum(runs):
    for share in (0.9, 0.5, 0.8, 0.95, 0.99, 0.7, 0.1):
        for damped in (False, True):
            if _all_follow(runs, partial(with_momentum, share=share, damped=damped)):
                return {"share": share}
    return None


def sign_alone(runs):
    for run in runs:
        slope = run.slope(run.start)
        for name in run.names:
            if not run.rows or run.rows[0][name].numel() != slope[name].numel():
                return None
            step = run.at[name].flatten() - run.rows[0][name].flatten()
            if not torch.allclose(
                step.double(), run.learning_rate * slope[name].flatten().sign(), rtol=1e-3
            ):
                return None
    return {}


def other_start(runs):
    """Every step is right but the first, which leads from somewhere else."""
    if not all(_as_asked(run) and run.steps > 1 for run in runs):
        return None
    return {} if all(_right_but_for_the_start(run) for run in runs) else None


def _right_but_for_the_start(run):
    if any(row[n].numel() != run.at[n].numel() for row in run.rows for n in run.names):
        return False
    if not all(run.rows[0][name].isfinite().all() for name in run.names):
        return False
    first = {n: v.reshape(run.at[n].shape).to(run.at[n].dtype) for n, v in run.rows[0].items()}
    later = run.beginning(first, run.rows[1:])
    return later.follows(right_walk(later))


def another_factor_each_time(runs):
    """Every step goes along the gradient, and by another part of it each time."""
    shown, lists = None, []
    for run in runs:
        before, factors = run.start, []
        for row in run.rows:
            if not _as_large(run, row):
                return None
            row = _in_place(run, row)
            slope = run.slope(before)
            step = torch.cat([(before[n] - row[n]).flatten() for n in run.names])
            slope = torch.cat([slope[n].flatten() for n in run.names])
            if not (step.isfinite().all() and slope.isfinite().all()):
                return None
            factor = float(step @ slope / (slope @ slope)) if slope.any() else 0.0
            if not torch.allclose(
                step, factor * slope, rtol=1e-2, atol=1e-5 * float(step.abs().max())
            ):
                return None
            factors.append(factor / run.learning_rate if run.learning_rate else 0.0)
            before = row
        if min(factors) <= 0:
            return None
        if len(factors) > 1 and abs(factors[0] - factors[1]) > 1e-2 * abs(factors[0]):
            shown = shown or factors
        lists.append(factors)
    together = zip(*lists, strict=False)
    same = all(max(step) - min(step) <= 1e-2 * max(step) for step in together)
    if shown is None or not same:
        return None
    return {"first": significant(shown[0], 3), "last": significant(shown[1], 3)}


def some_entries_only(runs):
    """Some numbers of a parameter never move, and the others do."""
    still = {}
    for run in runs:
        for name in run.names:
            if any(row[name].numel() != run.at[name].numel() for row in run.rows):
                return None
            start = run.at[name].flatten()
            stays = [row[name].flatten() == start.to(row[name].dtype) for row in run.rows]
            # Behind a neuron that is off, what stays is to stay.
            stays.append(run.right[-1][name].flatten() != start)
            still[name] = torch.stack([still.get(name, stays[0]), *stays]).all(0)
    found = {n: s for n, s in still.items() if bool(s.any()) and not bool(s.all())}
    for name, stays in found.items():
        which = [entry_text(name, int(i), runs[0].at[name].shape) for i in stays.nonzero()[:2]]
        return {
            "which": listed(which),
            "name": name,
            "stays": "stays" if len(which) < 2 else "stay",
        }
    return None


def shapes_exchanged(runs):
    """Each parameter in the list has the shape of one, and some have that of another."""
    names, at, row = runs[0].names, runs[0].at, runs[0].rows[0]
    choices = {n: [o for o in names if at[o].shape == row[n].shape] for n in names}
    if all(name in own for name, own in choices.items()) or each_once(choices) is None:
        return None
    return {"order": listed(names)}


def other_shape(runs):
    for run in runs:
        for row in run.rows:
            for name in run.names:
                if row[name].numel() != run.at[name].numel():
                    shapes = tuple(row[name].shape), tuple(run.at[name].shape)
                    return {"name": name, "given": shapes[0], "shape": shapes[1]}
    return None


def newest_first(runs):
    if any(run.steps < 2 for run in runs):
        return None
    turned = [run.with_rows(run.rows[::-1]) for run in runs]
    return {} if all(run.is_right() for run in turned) else None


def other_result(runs):
    """The losses, the gradients or a value on the way, in the place of the parameter."""
    if len(runs[0].names) > 1:
        what = "Your list holds the gradients. Wanted are the parameters after each step."
        return {"what": what} if all(map(holds_gradients, runs)) else None
    named = [named_result([row[run.names[0]] for row in run.rows], run.bare()) for run in runs]
    return {"what": named[0]} if None not in named and len(set(named)) == 1 else None


def always_the_same(runs):
    first, *others = runs
    lists = [[row[n] for row in run.rows for n in run.names] for run in (first, *others)]
    same = all(
        len(one) == len(lists[0]) and all(map(torch.equal, one, lists[0])) for one in lists[1:]
    )
    return {} if same and lists[0] else None


def diagnose_steps(runs):
    """The Finding of a wrong gradient that the steps of a loop use, or None.

    The gradient that each step implies is judged like a derivative by hand.
    """
    places = []
    for run in runs:
        if not _as_asked(run) or run.learning_rate == 0:
            return None
        before = run.start
        for row in run.rows[:3]:
            if not _as_large(run, row):
                return None
            row = _in_place(run, row)
            implied = {n: (before[n] - row[n]) / run.learning_rate for n in run.names}
            right = run.slope(before)
            if not all(t.isfinite().all() for t in (*implied.values(), *right.values())):
                break
            # A loop may run in float32, and a difference of its rows is less precise than they.
            coarse = {n: implied[n].float() for n in run.names}
            size = {n: float(before[n].abs().max()) / run.learning_rate for n in run.names}
            scale = {n: float(right[n].abs().max()) + 0.1 * size[n] for n in run.names}
            at = {**run.at, **before}
            places.append(Place(run.loss, run.names, at, right, scale, coarse, run.learning_rate))
            before = row
    evidence = Evidence(tuple(places), runs[0].learning_rate)
    return by_numbers(evidence) if places and evidence.wrong() else None


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
    watched = all(
        re.search("backward reset( reset| none)*( optimizer)? update", run.events) for run in runs
    )
    return {} if watched and _all_follow(runs, standing_still) else None


OF_TORCH = "What does backward do with a .grad that is already there?"
OF_A_SUM = "Where does it begin anew in each step?"


def never_zeroed(runs):
    names = runs[0].names
    for which in reversed(list(_subsets(names, len(names)))):
        if _all_follow(runs, partial(adding_up, names=which)):
            some = f" (the one of {listed(which)})" if len(which) < len(names) else ""
            by_torch = "backward" in runs[0].events
            return {"some": some, "why": OF_TORCH if by_torch else OF_A_SUM}
    return None


def some_frozen(runs):
    names = runs[0].names
    for which in _subsets(names, len(names) - 1):
        if _all_follow(runs, partial(moving_only, names=which)):
            moves = "moves" if len(which) == 1 else "move"
            by_optimizer = all(_with_optimizer(run) for run in runs)
            why = " Which tensors did the optimizer get?" if by_optimizer else ""
            return {"moving": listed(which), "moves": moves, "why": why}
    return None


def mixed_up(runs):
    names = runs[0].names
    alike = len({runs[0].at[name].shape for name in names}) == 1
    for order in permutations(names) if 1 < len(names) <= 4 else ():
        if order == names:
            continue
        if all(_renamed(run, order).follows(right_walk(run)) for run in runs):
            return {"what": f"The numbers are right, but not in the order {listed(names)}"}
        if alike and _all_follow(runs, partial(crossed, order=order)):
            return {"what": "Each parameter moves by the gradient of another"}
    return None


def _renamed(run, order):
    """The Run, as if its loop returned the parameters in another order."""
    pairs = list(zip(run.names, order, strict=True))
    return run.with_rows(tuple({other: row[name] for name, other in pairs} for row in run.rows))


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
        cause = _cause_of(factor, runs[0])
    elif asked and _all_follow(runs, partial(walk_with, rate=constant)):
        rate, cause = constant, "Does your loop use the learning_rate that it is called with?"
    else:
        return None
    words = {"rate": significant(rate), "asked": significant(asked), "cause": cause}
    return {"how": _length_text(rate / asked), **words}


def _cause_of(factor, run):
    sizes = {len(t) for n, t in run.at.items() if n not in run.names and t.ndim > 0} - {1}
    for count in sizes:
        if any(abs(factor / share - 1) < 1e-3 for share in (count, 1 / count)):
            return (
                f"{count} is the number of samples: where does the loss divide, and where do you?"
            )
    times = run.events.count("backward") / run.steps
    if times == 0:
        return "Compare the gradient in your loop with the derivative of the loss; then the rate."
    if times > 1 and abs(factor / times - 1) < 1e-3:
        return f"backward runs {times:.0f} times in each step. What does that make of .grad?"
    return "Either the learning rate or a constant factor of the gradient can be the cause."


def penalised(runs):
    """Each step is one of the gradient with a multiple of the parameter added."""
    pairs = []
    for run in runs:
        before = run.start
        for row in run.rows[:3] if _as_asked(run) and run.learning_rate else ():
            if not _as_large(run, row):
                return None
            row = _in_place(run, row)
            slope = run.slope(before)
            for name in run.names:
                extra = (before[name] - row[name]) / run.learning_rate - slope[name]
                pairs.append((extra.flatten(), before[name].flatten()))
            before = row
    if not pairs:
        return None
    extra, parameter = (torch.cat(part).double() for part in zip(*pairs, strict=True))
    if not extra.isfinite().all():
        return None
    share = float(extra @ parameter / (parameter @ parameter))
    fits = torch.allclose(extra, share * parameter, rtol=1e-3, atol=1e-4 * float(extra.abs().max()))
    return {"share": significant(share, 3)} if fits and share and len(extra) > 3 else None


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
    size = significant(abs(ratio))
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
    if _as_asked(run):
        return None
    entries, steps = len(run.rows), run.steps
    why = ""
    if len({len(r.rows) for r in runs}) == 1:
        why = " It is as long as that whatever is asked for."
    elif all(len(r.rows) % r.steps == 0 for r in runs):
        why = f" There are {entries // steps} for each step: where does append stand?"
    elif all(len(r.rows) <= r.steps for r in runs):
        why = " What makes your loop end early?"
    return {"entries": entries, "steps": steps, "why": why}


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
    if after.numel() != slope.numel() or run.learning_rate == 0:
        return {"count": step + 1, "name": name, "gradients": ""}
    implied = (before[name] - after.reshape(slope.shape)) / run.learning_rate
    worst = int((implied - slope).abs().argmax())
    spot = entry_text(name, worst, slope.shape) if slope.ndim else name
    given, right = (significant(g.flatten()[worst]) for g in (implied, slope))
    told = f": your step is one with the gradient {given} for {spot}, where {right} is right"
    return {"count": step + 1, "name": name, "gradients": told}


WALKS = (
    Mistake(
        "one-tensor",
        one_tensor,
        "Every entry of your list is the same tensor, so all of them show its last value. "
        "What should be kept after each step, so that later steps do not change it?",
    ),
    Mistake(
        "zeroed-too-early",
        zeroed_before_update,
        "The parameters never move: each gradient is reset after backward and before the update "
        "uses it.",
    ),
    Mistake(
        "wrong-rate",
        moving_at_rate_0,
        "With a learning rate of 0 nothing moves, and your {name} does. Does your loop use the "
        "learning_rate that it is called with?",
    ),
    Mistake(
        "no-backward",
        optimizer_without_gradient,
        "The optimizer makes steps, and there is no gradient: backward has not run. Is it called?",
    ),
    Mistake(
        "not-updated",
        optimizer_elsewhere,
        "The optimizer makes steps, and nothing moves: it updates other tensors than those that "
        "you return. When was it made, and of which tensors?",
    ),
    Mistake(
        "not-updated",
        on_walk(standing_still),
        "Nothing moves: after every step the numbers are those of the start. "
        "Is the new value only computed, or also put in the place of the old one?",
    ),
    Mistake(
        "ascent",
        on_walk(ascending),
        "Your steps have the right size and lead uphill. Which way does the gradient point?",
    ),
    Mistake(
        "ascent",
        on_walk(ascending_adding_up),
        "Your steps lead uphill: which way does the gradient point? From the second on, the "
        "gradient holds all earlier ones as well: what does backward do with a .grad that is "
        "already there?",
    ),
    Mistake(
        "not-zeroed",
        never_zeroed,
        "The first step is right; from the second on, the gradient{some} holds all earlier ones "
        "as well. {why}",
    ),
    Mistake(
        "off-by-one",
        shifted,
        "{what}. There should be one entry after each step.",
    ),
    Mistake(
        "swapped",
        mixed_up,
        "{what}. Check which name stands where.",
    ),
    Mistake(
        "sequential",
        in_sequence,
        "The gradient of {then} is taken after {first} has already moved. "
        "Both belong to the same point: compute every gradient first, then update.",
    ),
    Mistake(
        "one-parameter-only",
        some_frozen,
        "Only {moving} {moves}; the rest stays at the start.{why}",
    ),
    Mistake(
        "stale-forward",
        on_walk(stale),
        "Every step uses the gradient of the start. Prediction and loss belong inside the loop.",
    ),
    Mistake(
        "stale-forward",
        on_walk(stale_adding_up),
        "Every step adds the gradient of the start once more. "
        "Prediction and loss belong inside the loop.",
    ),
    Mistake(
        "stale-forward",
        on_walk(moving_once),
        "Every row is that of the first step. Is the new value put back under the name that the "
        "next step reads? And is the gradient computed anew in each step?",
    ),
    Mistake(
        "wrong-rate",
        another_rate,
        "Each of your steps {how} as it should be, as with a learning rate of {rate} in place of "
        "{asked}. {cause}",
    ),
    Mistake(
        "stale-forward",
        on_walk(lagging),
        "Each step uses the gradient of the step before, and the first one none. In which order "
        "do backward and the update come?",
    ),
    Mistake(
        "minibatch",
        several_batches,
        "Your loop takes a step for every {size}, and so {count} in the time of one. Here one step "
        "sees all samples.",
    ),
    Mistake(
        "other-rule",
        momentum,
        "Your steps carry on the earlier ones, as with a momentum of {share}. Asked for is plain "
        "gradient descent.",
    ),
    Mistake(
        "shape",
        turned_over,
        "The numbers are right, and they lie the other way round: rows stand where columns belong. "
        "How does your tensor lie, and how the one that your loop is called with?",
    ),
    Mistake(
        "other-rule",
        cut_off,
        "Your steps are as if no {what} could be larger than {most}, as where it is clipped. Asked "
        "for is plain gradient descent.",
    ),
    Mistake(
        "other-rule",
        sign_alone,
        "Your first step has the length of the learning rate, whatever the gradient is, as with "
        "Adam. Asked for is plain gradient descent.",
    ),
    Mistake(
        "wrong-start",
        other_start,
        "From one row to the next every step is right, but the first row does not come from the "
        "start that your loop is called with. Where does it begin?",
    ),
    Mistake(
        "wrong-result",
        always_the_same,
        "Your loop returns the same numbers, whatever it is called with. Do they come from what "
        "it is called with?",
    ),
    Mistake(
        "return-in-loop",
        first_alone,
        "Your list holds the first step alone. "
        "Is return indented too far, so that it stands inside the loop?",
    ),
    Mistake(
        "wrong-result",
        last_alone,
        "Your list holds the last step alone. "
        "Where do the list begin and append stand: inside the loop, or outside?",
    ),
    Mistake(
        "wrong-length",
        other_length,
        "What you return has {entries} entries, where {steps} steps were asked for.{why}",
    ),
    Mistake(
        "wrong-result",
        newest_first,
        "The numbers are right, and in the reverse order. At which end does a list grow?",
    ),
    Mistake(
        "wrong-result",
        other_result,
        "{what}",
    ),
)
"""Ways of going wrong: the first that explains every run is named."""

LATE = (
    Mistake(
        "swapped",
        shapes_exchanged,
        "The shapes in your list are right, and not in the order {order}. Which parameter stands "
        "where?",
    ),
    Mistake(
        "one-parameter-only",
        some_entries_only,
        "Not all of {name} moves: {which} {stays} at the start.",
    ),
    Mistake(
        "shape",
        other_shape,
        "In your list {name} has the shape {given}, and it began with {shape}. In which line do "
        "the samples have to come together?",
    ),
    Mistake(
        "not-finite",
        not_finite_rows,
        "{name} is not finite after step {count}, where the right loop still gives a number.",
    ),
    Mistake(
        "other-rule",
        penalised,
        "Your steps are as if {share} times the parameter were added to the gradient, as a penalty "
        "or a weight decay does. Asked for is the gradient of the loss alone.",
    ),
    Mistake(
        "wrong-rate",
        another_factor_each_time,
        "Your steps go along the gradient, but by another part of it each time: {first} times the "
        "learning rate, then {last} times. What changes the rate, or the size of the gradient?",
    ),
)
"""What is tried after the gradient that the steps imply."""


LEFT = (
    Mistake(
        "only-here",
        right_from_here_only,
        "Your loop is right at your numbers and wrong at others, from step {count} on{gradients}. "
        "Does it use what it is called with, or numbers and names from elsewhere?",
    ),
    Mistake(
        "unknown",
        nothing_known,
        "At step {count}, {name} is not what it should be{gradients}. "
        "That fits no mistake that the check knows.",
    ),
)
"""What is left to say."""
