"""The catalogue of mistakes that the numbers of a derivative show, with their hints.

A rule judges one parameter at a time. It is a slug, a function that looks at a ``Seen`` and gives
the words that fill in the hint where the numbers bear the mistake out (None where they do not),
and the hint; ``{It}`` stands for the derivative that is wrong. To add one, add a row to one of the
tables below, and an answer that has the mistake into ``tests/checks/planted.py``.

``SURE``, ``SCALED`` and ``MIXED`` are tried first, with the wrong rules along the loss
(``wrong_rules.py``); then the edits of the reader's source (``edits.py``), ``LIKELY``, ``OTHERS``,
and at last what is ``LEFT`` to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from math import isfinite

import torch

from helpers.checks.differentiate import UNFOLLOWED
from helpers.checks.errors import Finding
from helpers.compute.texts import entry_text, listed, significant


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its slug, ``find(seen)``, and what the reader is told."""

    slug: str
    find: Callable
    hint: str


MOST_SAMPLES = 100
"""Of more samples, no derivative is taken one by one."""


def guessing(guesses):
    """A rule's ``find`` from a generator of guesses.

    ``guesses(seen)`` yields pairs (words, value), where ``value(here)`` is what the answer would
    be. The first guess that is the answer at every place wins.
    """

    def find(seen):
        fitting = (words for words, value in guesses(seen) if seen.is_everywhere(value))
        try:
            return next(fitting, None)
        except UNFOLLOWED:
            return None

    return find


def everywhere(value):
    """A rule's ``find``: the answer is ``value(here)`` at every place."""
    return guessing(lambda seen: [({}, value)])


# --- Calls that gave no numbers ------------------------------------------------------------

BLANKS = (None, Ellipsis, NotImplemented)


def is_blank(value):
    """Whether a blank was left as it was, or a part of a short tuple or list."""
    if any(value is blank for blank in BLANKS):
        return True
    parts = value.values() if type(value) is dict else value
    short = type(value) in (tuple, list, dict) and len(value) <= 100
    return short and any(any(part is blank for blank in BLANKS) for part in parts)


STILL_BLANK = Finding(
    "not-filled-in", "The blank is still there: put your answer in its place, and return it."
)
NO_RETURN = Finding(
    "no-return",
    "Your function gives nothing back. Which word hands a result to the one who called? "
    "A print shows it, and does not hand it back.",
)
NONE_RETURNED = Finding(
    "no-return",
    "Your function returns None. What in the line with return is None: a .grad before any "
    "backward, or the result of a method that gives nothing, as backward itself?",
)
DIFFERENT_EACH_TIME = Finding(
    "unknown",
    "Your function gives different answers for the same numbers: it draws random numbers, "
    "or keeps something from one call to the next.",
)
SHUFFLED = Finding(
    "shuffled",
    "Your loop puts the samples into a random order, and each call gives other numbers. Does each "
    "label still stand beside its sample, and does each step see all samples?",
)
LEAKING_LOSS = Finding(
    "graph-cut",
    "Autograd and the finite difference of the loss itself disagree: part of the loss left the "
    "graph. Look for .item() or a new tensor in the loss.",
)
CUT = Finding(
    "graph-cut",
    "backward found no graph behind the loss. Does the parameter require a gradient? "
    "If so, look for .item(), no_grad or a new tensor between it and the loss.",
)


# --- Sure ----------------------------------------------------------------------------------


def another_order(seen):
    """All answers are right ones, and this one and others are those by another parameter."""
    evidence = seen.evidence
    choices = {
        one: [other for other in evidence.names if _is_that_of(evidence.of(one), other)]
        for one in evidence.names
    }
    whose = each_once(choices)
    moved = whose and whose[seen.name] != seen.name
    return {"order": listed(evidence.names)} if moved else None


def _is_that_of(seen, other):
    return seen.is_everywhere(lambda here: here.place.right[other])


def each_once(choices, taken=()):
    """name -> one of its choices, each taken once; None where there is no such way."""
    if not choices:
        return {}
    (name, own), *others = choices.items()
    for choice in own:
        rest = None if choice in taken else each_once(dict(others), (*taken, choice))
        if rest is not None:
            return {name: choice, **rest}
    return None


def times_samples(power):
    """A rule's ``find``: the gradient times, or for −1 divided by, the number of samples."""

    @guessing
    def find(seen):
        for position, count in enumerate(seen.own.place.counts):
            yield {"count": count}, lambda here, p=position: here.right * here.count(p) ** power

    return find


@guessing
def one_of_classes(seen):
    """The gradient divided by the number of classes, as by a mean over their table."""
    place = seen.own.place
    found = (place.tape.scores(i, place.at) for i in range(place.tape.places))
    tables = (scores["softmax(u)"].names["p"] for scores in found if "softmax(u)" in scores)
    for count in {table.shape[-1] for table in tables}:
        yield {"count": count}, lambda here, n=count: here.right / n


@guessing
def known_step(seen):
    """The answer holds the learning rate that the check was told of."""
    rate = seen.evidence.learning_rate
    if rate is None:
        return
    step, new = "the step, learning rate included", "the parameter after the step"
    yield {"what": step}, lambda here: rate * here.right
    yield {"what": step}, lambda here: -rate * here.right
    yield {"what": new}, lambda here: here.parameter - rate * here.right
    yield {"what": new}, lambda here: here.parameter + rate * here.right


SURE = (
    Mistake(
        "swapped",
        another_order,
        "{It} is the one with respect to another parameter. Do they come in "
        "the order {order}, and with respect to which letter is each of them taken?",
    ),
    Mistake(
        "sign",
        everywhere(lambda here: -here.right),
        "{It} has the right size and the opposite sign at every point tried. "
        "Follow each minus sign from the loss down to the parameter.",
    ),
)
"""Mistakes that nothing else looks like."""

SCALED = (
    Mistake(
        "constant-factor",
        one_of_classes,
        "{It} is the gradient divided by {count}, the number of classes. By what does the loss "
        "divide, and by what do you?",
    ),
    Mistake(
        "missing-factor-2",
        everywhere(lambda here: here.right / 2),
        "{It} is half of the gradient at every point tried. Which step should bring in a factor, "
        "or which one divides once too often?",
    ),
    Mistake(
        "sum-not-mean",
        times_samples(1),
        "{It} is the gradient times {count}, the number of samples. "
        "Where does the loss divide by it, and where do you?",
    ),
    Mistake(
        "mean-not-sum",
        times_samples(-1),
        "{It} is the gradient divided by {count}, the number of samples. "
        "How often does the loss divide by it, and how often do you?",
    ),
    Mistake(
        "step-not-gradient",
        known_step,
        "{It} gives {what}. The gradient is the slope alone: the learning rate comes later.",
    ),
)
"""The gradient times something: tried behind the chain rule, whose inner derivative may be 2."""


# --- Likely --------------------------------------------------------------------------------


@guessing
def constant_factor(seen):
    factor = factor_between(seen.other.given, seen.other.right)
    if factor:
        yield {"factor": significant(factor, 6)}, lambda here: factor * here.right


def factor_between(answer, value):
    """How many times ``value`` the answer is, by least squares; 0 where it cannot be.

    What rounding leaves of a sum that is 0 is no factor.
    """
    answer, value = answer.flatten().double(), value.flatten().double()
    if answer.shape != value.shape or not value.any():
        return 0
    factor = float(answer @ value / (value @ value))
    return factor if isfinite(factor) and abs(factor) > 1e-9 else 0


def learning_rate_like(seen):
    """A constant factor that looks like a learning rate: 0.1, 0.01, or either with a minus."""
    words = constant_factor(seen)
    rates = {f"{sign}{rate}" for sign in ("", "−") for rate in (0.1, 0.01, 0.05, 0.001, 0.2)}
    return words if words and words["factor"] in rates else None


def times_samples_and_factor(power, one_over=False):
    """The gradient times samples, and one more constant; with ``one_over``, 1/2, 1/3 and so on.

    Only with several numbers of samples, which tell the one from the other.
    """

    @guessing
    def find(seen):
        first, last = seen.own.place, seen.other
        for position, count in enumerate(first.counts):
            if last.place.counts == first.counts or position >= len(last.place.counts):
                continue
            factor = factor_between(last.given, last.right * last.count(position) ** power)
            words = {"count": count, "factor": significant(factor), "divisor": _divisor(factor)}
            if factor and (words["divisor"] or not one_over):
                yield (
                    words,
                    lambda here, p=position, c=factor: c * here.right * here.count(p) ** power,
                )

    return find


def _divisor(factor):
    """The whole number, 2 or more, that a factor is one over; or None."""
    divisor = round(1 / factor) if 1e-6 < factor < 0.9 else 0
    return divisor if divisor > 1 and abs(divisor * factor - 1) < 1e-4 else None


@guessing
def without_rate(seen):
    if seen.own.place.rate:
        yield {}, lambda here: here.right / here.place.rate


@guessing
def some_step(seen):
    """The answer is the parameter less the gradient times one small number, whatever that is."""
    last = seen.other
    if last.given.shape == last.parameter.shape:
        rate = factor_between(last.parameter - last.given, last.right)
        if 0 < rate < 1:
            new = "the parameter after a step"
            yield {"what": new}, lambda here: here.parameter - rate * here.right


def of_operations(value):
    """A rule's ``find``: the answer is ``value(tape, position, name)`` for one operation."""

    @guessing
    def find(seen):
        for position in range(len(seen.other.place.tape.operations)):
            yield {}, lambda here, p=position: _entries_of(here, value, p)

    return find


def _entries_of(here, value, position):
    """A value for every entry of a small parameter, shaped like it."""
    tape = here.place.tape
    if position >= len(tape.operations):
        return None
    found = value(tape, position, here.name)
    if found is None or found.numel() != here.parameter.numel():
        return None
    return found.reshape(here.parameter.shape)


@guessing
def some_value(seen):
    for argument in seen.own.at:
        yield {"what": f"{argument} itself"}, lambda here, n=argument: here.at[n]
    tape = seen.other.place.tape
    yield {"what": "the loss itself"}, lambda here: here.place.tape.loss.detach()
    for position, operation in enumerate(tape.operations[:-1]):
        what = f"{operation.text} itself" if len(operation.text) <= 40 else "a part of the loss"
        for sign in (1, -1):
            yield {"what": what}, lambda here, p=position, s=sign: s * here.place.tape.values[p]


@guessing
def other_variable(seen):
    for other in seen.own.place.by_argument:
        if other != seen.name:
            yield {"other": other}, lambda here, n=other: here.place.by_argument[n]


@guessing
def left_out(seen):
    for other in seen.own.at:
        yield {"other": other}, lambda here, n=other: here.place.without.get(n, {}).get(here.name)


@guessing
def first_sample_only(seen):
    """The derivative of one sample's loss, in the place of all."""
    for which, word in ((0, "first"), (-1, "last")):
        for share in (1.0, None):
            yield {"which": word}, lambda here, w=which, s=share: _of_sample(here, w, s)


def _of_sample(here, which, share):
    rows = here.place.rows
    if len(rows) != 1:
        return None
    (count,) = rows
    alone = {
        n: t[which:][:1] if n in here.place.data and len(t) == count else t
        for n, t in here.at.items()
    }
    gradient = here.place.gradient_at(alone).get(here.name)
    return None if gradient is None else gradient * (share or 1 / count)


@guessing
def per_sample(seen):
    """The answer has a row for each sample; together they are the gradient, or a multiple."""
    first, last = seen.own, seen.other
    totals = [_total(here, torch.sum) for here in (first, last)]
    if any(total is None for total in totals):
        return
    count = len(first.given)
    for how in (torch.sum, torch.mean):
        words = {"count": count, "how": f"their {how.__name__} is right"}
        yield words, lambda here, h=how: _answer_by_sample(here, h)
    factor = factor_between(totals[1], last.right)
    words = {"count": count, "how": f"their sum is {significant(factor)} times the gradient"}
    yield words, lambda here: _answer_by_sample(here, torch.sum, factor)


def _answer_by_sample(here, together, factor=1):
    """The answer itself, where its rows together are the gradient."""
    total = _total(here, together)
    fits = total is not None and factor and here.place.close(total, factor * here.right, here.name)
    return here.given if fits else None


def _total(here, together):
    """The rows of the answer taken together, shaped like the parameter; None where it has none."""
    answer, right = here.given, here.right
    if answer.ndim == 0 or len(answer) not in here.place.rows or answer.shape == right.shape:
        return None
    total = together(answer, dim=0)
    return total.reshape(right.shape) if total.numel() == right.numel() else None


@guessing
def met_every_sample(seen):
    """N residuals became N × N by broadcasting, before or after the loss's own arithmetic."""
    yield {}, _square_answer
    for layout in seen.own.place.reshaped:
        yield {}, lambda here, key=layout: here.place.reshaped.get(key, {}).get(here.name)
    for position in range(len(seen.other.place.tape.operations)):
        for summed in (False, True):
            yield {}, lambda here, p=position, s=summed: _entries_of(here, _averaged(s), p)


def _averaged(summed):
    return lambda tape, position, name: tape.averaged(position, name, summed=summed)


def _square_answer(here):
    """The answer itself, where it has a row or column too many for each sample."""
    if _is_wide(here.place, here.name):
        return here.given
    beside_one = any(_is_wide(here.place, name) for name in here.place.names)
    too_many = here.given.numel() in here.place.rows and not here.place.fits(here.name)
    return here.given if beside_one and too_many else None


def _is_wide(place, name):
    answer, shape = place.given[name], place.at[name].shape
    wide = {(rows, rows) for rows in place.rows}
    if len(shape) == 2:
        wide |= {(shape[0], rows) for rows in place.rows}
    return tuple(answer.shape) in wide and answer.shape != shape


BENDS = ("tanh", "relu", "sigmoid")


@guessing
def other_function(seen):
    """The gradient of the loss with another activation in the place of its own."""
    used = {operation.pattern.partition("(")[0] for operation in seen.own.place.tape.operations}
    for function in BENDS:
        for other in BENDS if function in used else ():
            if other != function:
                pair = function, other
                words = {"function": function}
                yield words, lambda here, p=pair: here.place.gradient_with(*p).get(here.name)


MOST_ORDERS = 4
"""The rows of so many samples are tried in every order, those of more in a few."""


@guessing
def samples_apart(seen):
    """The rows of one argument in another order, and those of the others not."""
    place = seen.own.place
    several = [n for n, t in place.data.items() if len(t) in place.rows]
    for name in several if len(place.rows) == 1 and len(several) > 1 else ():
        for order in _orders(len(place.at[name])):
            yield {"name": name}, lambda here, n=name, o=order: _in_order(here, n, o)
        yield {"name": name}, lambda here, n=name: _in_order(here, n, None)


def _orders(count):
    own = list(range(count))
    if count <= MOST_ORDERS:
        return [list(order) for order in permutations(own) if list(order) != own]
    return [own[::-1], own[1:] + own[:1], own[-1:] + own[:-1]]


def _in_order(here, name, order):
    data = here.at[name]
    rows = data.sort(dim=0).values if order is None else data[order]
    return here.place.gradient_at({**here.at, name: rows}).get(here.name)


@guessing
def coarse_difference(seen):
    """A difference quotient over a distance that is too large, or to one side."""
    if seen.own.parameter.numel() != 1:
        return
    for distance in (0.1, 0.01, 0.001, 1.0, 0.5, 1e-4):
        for above, below in ((1, 0), (0, 1), (1, 1)):
            words = {"distance": significant(distance)}
            ends = (above * distance, -below * distance)
            yield words, lambda here, e=ends: _difference(here, *e)


def _difference(here, above, below):
    place = here.place
    losses = [place.loss_at({here.name: here.parameter + away}) for away in (above, below)]
    return ((losses[0] - losses[1]) / (above - below)).reshape(here.parameter.shape)


@guessing
def along_the_wrong_axis(seen):
    """The parts of the samples, added up over the weights of each in place of over the samples."""
    parts = _parts(seen.own)
    if parts is None or parts.ndim < 2 or parts[0].numel() < 2:
        return
    for together in (torch.sum, torch.mean):
        yield {}, lambda here, t=together: _over_weights(here, t)
        yield {}, lambda here, t=together: _over_all(here, t)


def _parts(here):
    """The gradients of the loss of each sample alone, shape (samples, numbers); or None."""
    if len(here.place.rows) != 1 or max(here.place.rows) > MOST_SAMPLES:
        return None
    (count,) = here.place.rows
    parts = [_of_sample(here, row, 1.0) for row in range(count)]
    return None if any(p is None for p in parts) else torch.stack(parts).reshape(count, -1)


def _over_weights(here, together):
    parts = _parts(here)
    total = together(parts, dim=1)
    answer = here.given.flatten()
    factor = factor_between(answer, total) if answer.shape == total.shape else 0
    return (factor * total).reshape(here.given.shape) if factor else None


def _over_all(here, together):
    parts = _parts(here)
    for factor in (1.0, 1 / len(parts)):
        value = factor * together(parts)
        if here.is_given(value.expand(here.given.shape) if here.given.ndim else value.reshape(())):
            return here.given
    return None


@guessing
def outer_total(seen):
    """One number for several weights: the outer derivative alone, added up over the samples."""
    if seen.own.given.numel() == 1 < seen.own.parameter.numel():
        for position in range(len(seen.other.place.tape.operations)):
            yield {}, lambda here, p=position: _upstream_total(here, p)


def _upstream_total(here, position):
    upstream = here.place.tape.upstream[position]
    return None if upstream is None else upstream.sum().reshape(here.given.shape)


@guessing
def transposed(seen):
    """The numbers of the gradient, laid out the other way round."""
    if seen.own.right.ndim == 2 and min(seen.own.right.shape) > 1:
        yield {}, lambda here: here.right.T


MIXED = (
    Mistake(
        "broadcast",
        met_every_sample,
        "{It} is what comes out when each sample meets every other one: by a product of two "
        "means or sums, or by shapes such as (N,) and (N, 1). In the loss, which numbers meet?",
    ),
)
"""Samples that meet other samples: tried before the edits, whose place goes with it."""


LIKELY = (
    Mistake(
        "wrong-rate",
        without_rate,
        "{It} is the gradient divided by the learning rate. Does each update have the rate in it?",
    ),
    Mistake(
        "shape",
        transposed,
        "{It} is transposed: rows stand where columns belong. Which of the two parts of the "
        "matrix product comes first?",
    ),
    Mistake(
        "sum-not-mean",
        times_samples_and_factor(1, one_over=True),
        "{It} is as if the loss divided by {divisor}, and not by the number of samples, here "
        "{count}. Is {divisor} a number of samples from elsewhere? Or is a factor {divisor} "
        "missing, and the division too?",
    ),
    Mistake(
        "sum-not-mean",
        times_samples_and_factor(1),
        "{It} is {factor} × {count} times the gradient, and {count} is the number of samples. "
        "Where does the loss divide by it, and where does the other factor come from?",
    ),
    Mistake(
        "mean-not-sum",
        times_samples_and_factor(-1),
        "{It} is {factor} / {count} times the gradient, and {count} is the number of samples. "
        "How often does the loss divide by it, and where does the other factor come from?",
    ),
    Mistake(
        "constant-factor",
        learning_rate_like,
        "{It} is {factor} times the gradient at every point tried. If that is a learning rate, it "
        "comes later; if not, look for a constant that was lost, or counted twice.",
    ),
    Mistake(
        "constant-factor",
        constant_factor,
        "{It} is {factor} times the gradient at every point tried. "
        "Look for a constant that was lost, or counted twice.",
    ),
    Mistake(
        "not-reduced",
        per_sample,
        "{It} holds one part for each of the {count} samples, and {how}. "
        "One loss has one slope for each parameter: put the samples together.",
    ),
    Mistake(
        "wrong-variable",
        other_variable,
        "{It} is the one with respect to {other}. With respect to what is it wanted, and what "
        "stays fixed?",
    ),
    Mistake(
        "coarse-difference",
        coarse_difference,
        "{It} is a difference quotient over a distance of {distance}: near the gradient, and not "
        "the gradient. What does the derivative say exactly?",
    ),
    Mistake(
        "some-samples-only",
        first_sample_only,
        "{It} is that of the {which} sample alone. Where do the other samples come in?",
    ),
    Mistake(
        "step-not-gradient",
        some_step,
        "{It} gives {what}. The gradient is the slope alone: the learning rate comes later.",
    ),
    Mistake(
        "missing-term",
        left_out,
        "{It} is what the gradient would be if {other} were 0: {other} is missing from it.",
    ),
    Mistake(
        "chain-rule",
        of_operations(lambda tape, position, name: tape.outer(position, name)),
        "{It} stops half-way down the chain: it holds the outer derivative alone. "
        "What is inside depends on the parameter too.",
    ),
    Mistake(
        "chain-rule",
        of_operations(lambda tape, position, name: tape.inner(position, name)),
        "{It} holds an inner derivative alone. The functions around it have a derivative too.",
    ),
    Mistake(
        "value-not-gradient",
        some_value,
        "{It} gives {what}: how large it is, and not how the loss changes with the parameter.",
    ),
)
"""Mistakes that hold at every place, where no wrong rule along the loss does."""


OTHERS = (
    Mistake(
        "wrong-function",
        other_function,
        "{It} is that of a loss in which {function} is another function. Which one do your values "
        "go through?",
    ),
    Mistake(
        "shuffled",
        samples_apart,
        "{It} is as if the rows of {name} stood in another order. Is each still beside what "
        "belongs to the same sample?",
    ),
)
"""Other losses and samples, of which the answer is the gradient: tried behind the rare rules."""


# --- What is left to say -------------------------------------------------------------------


def not_finite(seen):
    for here in seen.heres:
        if not here.given.isfinite().all():
            return {"where": here.place.text()}
    return None


def parts_that_add(seen):
    """The parts that the gradient is the sum of, one beside the other."""
    shapes = {(here.given.shape[1:], here.right.shape) for here in seen.heres}
    if any(given != right for given, right in shapes) or seen.own.given.ndim == 0:
        return None
    added = all(here.place.close(here.given.sum(0), here.right, seen.name) for here in seen.heres)
    return {"count": len(seen.own.given)} if added else None


ONE_NUMBER = "() (one number)"


def wrong_shape(seen):
    place = next((h.place for h in seen.heres if not h.place.fits(seen.name)), None)
    if place is None:
        return None
    given, right = place.given[seen.name], place.right[seen.name]
    same = given.numel() == right.numel() and place.close(
        given.reshape(right.shape), right, seen.name
    )
    return {
        "numbers": "the right numbers, but" if same else "numbers",
        "given": tuple(given.shape) or ONE_NUMBER,
        "name": seen.name,
        "shape": tuple(right.shape) or ONE_NUMBER,
    }


def right_for_so_many(seen):
    if seen.name not in seen.evidence.tied_to_samples():
        return None
    few, more = seen.evidence.samples
    return {"few": few, "more": more, "factor": significant(more / few)}


def right_here(seen):
    if not seen.own.place.agrees(seen.name):
        return None
    return {"where": seen.telling.text()}


def zero(seen):
    return {"name": seen.name} if seen.zero() else None


def always_the_same(seen):
    return {} if seen.constant() else None


def nothing_known(seen):
    place, name = seen.telling, seen.name
    given, right = place.given[name].flatten(), place.right[name].flatten()
    worst = int((given - right).abs().argmax())
    entry = f" for {entry_text(name, worst, place.right[name].shape)}" if len(right) > 1 else ""
    return {"entry": entry, "given": significant(given[worst]), "right": significant(right[worst])}


MISSHAPEN = (
    Mistake(
        "not-reduced",
        parts_that_add,
        "{It} comes in {count} parts, and their sum is right. What becomes of ways that lead to "
        "the same parameter?",
    ),
    Mistake(
        "wrong-axis",
        along_the_wrong_axis,
        "{It} puts together the weights of each sample, where the samples of each weight belong "
        "together. Along which side of the table do the samples lie, and which dim is that?",
    ),
    Mistake(
        "chain-rule",
        outer_total,
        "{It} is one number for several weights: the outer derivative alone. What is inside "
        "depends on each weight in a way of its own.",
    ),
)
"""Mistakes in answers of another shape than the parameter's."""


LEFT = (
    Mistake(
        "not-finite",
        not_finite,
        "{It} is not a finite number at {where}, where the gradient is. "
        "Look for a division by 0, a logarithm or a power that grew too large.",
    ),
    Mistake(
        "shape",
        wrong_shape,
        "{It} holds {numbers} of shape {given}, where {name} has the shape {shape}. "
        "A gradient is shaped like its parameter.",
    ),
    Mistake(
        "zero",
        zero,
        "{It} is 0 at every point tried. Does the loss stay the same where {name} changes?",
    ),
    Mistake(
        "only-here",
        right_for_so_many,
        "{It} is right for {few} samples only: with {more} it is {factor} times the gradient. "
        "The loss divides by the number of samples, whatever that is. And your derivative?",
    ),
    Mistake(
        "only-here",
        always_the_same,
        "{It} is the same at every point tried, where the gradient is not. "
        "Does it use the letters, or only numbers?",
    ),
    Mistake(
        "only-here",
        right_here,
        "{It} is right at your numbers and wrong elsewhere, as at {where}. Does a number, or a "
        "variable from another cell, stand in for a letter? Or is a factor or a power missing, "
        "or one too many, which does not show where a letter is 1?",
    ),
    Mistake(
        "unknown",
        nothing_known,
        "{It} gives {given}{entry}, where autograd gives {right}. That fits no mistake that the "
        "check knows.",
    ),
)
"""What is left to say of the first wrong parameter to which it applies."""
