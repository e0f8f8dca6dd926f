"""The catalogue of known mistakes: what each looks like in numbers, and its hint.

Nothing here reads the reader's source code. A derivative is judged by its values at several
places. A rule is a slug, a hint, and a function that looks at the numbers: it gives the words that
fill in the hint where they bear the mistake out, and None where they do not. The first rule that
fits wins, so the catalogue runs from the most specific to the most general. To add a mistake, add
an entry to ``GRADIENT_RULES``; those of training loops are in ``helpers.loop_mistakes``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import permutations

import torch

from helpers.checks.loss_graph import cut, fitted, halved, skipped, turned
from helpers.compute.texts import entry_text, listed, significant


@dataclass(frozen=True)
class Finding:
    """A mistake that was named: its slug, and one or two sentences to the reader."""

    slug: str
    hint: str


@dataclass(frozen=True)
class Rule:
    """A known mistake.

    Attributes:
        slug: its name.
        find: what looks for it. For a derivative ``find(evidence, name)``, with the name of one
            parameter; for a loop ``find(runs)``; for a call that came to nothing
            ``find(outcome)``. It gives a dict of words for the hint, or None.
        hint: what the reader is told. ``{It}`` stands for the derivative that is wrong.
    """

    slug: str
    find: Callable
    hint: str


def first_rule(rules, *evidence):
    """The Finding of the first rule that fits, or None."""
    for rule in rules:
        words = rule.find(*evidence)
        if words is not None:
            return Finding(rule.slug, rule.hint.format(**words))
    return None


# --- Calls that gave no numbers ------------------------------------------------------------


BLANKS = (None, Ellipsis, NotImplemented)


def is_blank(value):
    """Whether a blank was left as it was, or a part of a short tuple or list."""
    if any(value is blank for blank in BLANKS):
        return True
    parts = value.values() if type(value) is dict else value
    short = type(value) in (tuple, list, dict) and len(value) <= 100
    return short and any(any(part is blank for blank in BLANKS) for part in parts)


def returned_nothing(outcome):
    return {} if outcome.error is None and outcome.value is None else None


def left_blank(outcome):
    """The blank is what was returned, or NotImplementedError what the reader raised."""
    if outcome.error is not None:
        # torch raises the same where one of its own operations is missing.
        blank = isinstance(outcome.error, NotImplementedError) and not outcome.by_torch
    else:
        blank = is_blank(outcome.value)
    return {} if blank else None


def raising(*parts):
    """A rule's ``find``: the message of what was raised holds one of ``parts``."""

    def find(outcome):
        return {} if any(part in outcome.error_text for part in parts) else None

    return find


def raised_anything(outcome):
    return {"error": outcome.error_text} if outcome.error is not None else None


NOTHING = Rule(
    "not-filled-in",
    returned_nothing,
    "Your function returns nothing: is the word return missing in front of your answer? "
    "A print shows it, but does not return it.",
)
BLANK = Rule(
    "not-filled-in",
    left_blank,
    "The blank is still there: put your answer in its place, and return it.",
)
CUT = Rule(
    "graph-cut",
    raising("does not require grad and does not have a grad_fn"),
    "backward found no graph behind the loss. Does the parameter require a gradient? "
    "If so, look for .item(), no_grad or a new tensor between it and the loss.",
)
POWER = Rule(
    "raised",
    raising("bitwise_xor", "for ^"),
    "Your function raised an error at the sign ^, which is no power in Python. "
    "Write a power with **, as in x**2.",
)
CALLED = Rule(
    "raised",
    raising(*(f"'{kind}' object is not callable" for kind in ("int", "float", "Tensor"))),
    "Your function raised an error at a bracket: what stands before it is no function. "
    "To multiply, Python needs a sign: * between numbers, @ between matrices.",
)
RAISED = Rule("raised", raised_anything, "Your function raised {error}.")

GRADIENT_ACCIDENTS = (NOTHING, BLANK, CUT, POWER, CALLED, RAISED)

DIFFERENT_EACH_TIME = Finding(
    "unknown",
    "Your function gives different answers for the same numbers: it draws random numbers, "
    "or keeps something from one call to the next.",
)

LEAKING_LOSS = Finding(
    "graph-cut",
    "Autograd and the finite difference of the loss itself disagree: part of the loss left the "
    "graph. Look for .item() or a new tensor in the loss.",
)


# --- Rules for derivatives -----------------------------------------------------------------


def guessing(guesses):
    """A rule's ``find`` from a generator of guesses.

    ``guesses(evidence, name)`` yields pairs (words, value), where ``value(place)`` is what the
    answer would be at a place. The first guess that is the answer at every place wins.
    """

    def find(evidence, name):
        fitting = (words for words, value in guesses(evidence, name) if evidence.shows(name, value))
        return next(fitting, None)

    return find


def always(value):
    """A rule's ``find``: the answer is ``value(place, name)`` at every place."""
    return guessing(lambda evidence, name: [({}, partial(value, name=name))])


def negative(place, name):
    return -place.right[name]


def half(place, name):
    return place.right[name] / 2


@guessing
def another_order(evidence, name):
    names = evidence.names
    for order in permutations(names) if len(names) <= 5 else ():
        whose = dict(zip(names, order, strict=True))
        if whose[name] != name:
            yield {"order": listed(names)}, partial(_right_of_another, name=name, whose=whose)


def _right_of_another(place, name, whose):
    """The gradient by another parameter, where all answers are exchanged in this way."""
    exchanged = all(place.shows(here, place.right[there]) for here, there in whose.items())
    return place.right[whose[name]] if exchanged else None


def by_samples(power):
    """A rule's ``find``: the gradient times, or for -1 divided by, the number of samples."""

    @guessing
    def find(evidence, name):
        for position, count in enumerate(evidence.places[0].counts):
            yield {"count": count}, partial(_scaled, name=name, position=position, power=power)

    return find


def by_samples_and_factor(power, one_over=False):
    """The same with one more constant; with ``one_over``, only with 1/2, 1/3 and so on.

    Only with several numbers of samples, which tell the one from the other.
    """

    @guessing
    def find(evidence, name):
        first, last = evidence.places[0], evidence.places[-1]
        for position, count in enumerate(first.counts):
            scaled = partial(_scaled, name=name, position=position, power=power)
            factor = factor_between(last.given[name], scaled(last))
            if factor and last.counts != first.counts:
                words = {"count": count, "factor": significant(factor)}
                words["divisor"] = _divisor(factor)
                if words["divisor"] or not one_over:
                    yield words, lambda place, c=factor, value=scaled: c * value(place)

    return find


def _divisor(factor):
    """The whole number, 2 or more, that a factor is one over; or None."""
    divisor = round(1 / factor) if 1e-6 < factor < 0.9 else 0
    return divisor if divisor > 1 and abs(divisor * factor - 1) < 1e-4 else None


def _scaled(place, name, position, power):
    return place.right[name] * float(place.counts[position]) ** power


@guessing
def known_step(evidence, name):
    """The answer holds the learning rate that the check was told of."""
    rate = evidence.learning_rate
    if rate is None:
        return
    step, new = "the step, learning rate included", "the parameter after the step"
    yield {"what": step}, lambda place: rate * place.right[name]
    yield {"what": step}, lambda place: -rate * place.right[name]
    yield {"what": new}, lambda place: place.at[name] - rate * place.right[name]
    yield {"what": new}, lambda place: place.at[name] + rate * place.right[name]


@guessing
def some_step(evidence, name):
    """The answer is the parameter less the gradient times one small number, whatever that is."""
    last = evidence.places[-1]
    if last.given[name].shape == last.at[name].shape:
        rate = factor_between(last.at[name] - last.given[name], last.right[name])
        if 0 < rate < 1:
            new = "the parameter after a step"
            yield {"what": new}, lambda place: place.at[name] - rate * place.right[name]


@guessing
def constant_factor(evidence, name):
    last = evidence.places[-1]
    factor = factor_between(last.given[name], last.right[name])
    if factor:
        yield {"factor": significant(factor, 6)}, lambda place: factor * place.right[name]


def factor_between(answer, value):
    """How many times ``value`` the answer is, by least squares; 0 where it cannot be."""
    answer, value = answer.flatten().double(), value.flatten().double()
    if answer.shape != value.shape or not value.any():
        return 0
    return float(answer @ value / (value @ value))


def edge(alter, *, inner=False, operations=None):
    """A rule's ``find``: the answer is the gradient with one edge of the graph altered.

    Only edges that lie inside a function that is not linear, or only those of some operations.
    """

    @guessing
    def find(evidence, name):
        graph = evidence.places[-1].graph
        for position in range(graph.outer if inner else 0, len(graph.edges)):
            operation = graph.operation(position)
            if operations is None or operation in operations:
                where = "outside" if graph.is_outermost(position) else "inside"
                words = {"operation": f"{OPERATIONS.get(operation, 'a function')} {where}"}
                yield words, partial(_altered, name=name, position=position, alter=alter)

    return find


def _altered(place, name, position, alter):
    altered = place.graph.altered(position, alter)
    return altered and altered[name]


OPERATIONS = {
    "Pow": "the power",
    "Mul": "the product",
    "Div": "the quotient",
    "Sub": "the difference",
    "Neg": "the minus sign",
    "Mm": "the matrix product",
    "Mv": "the matrix product",
    "Dot": "the dot product",
    "Tanh": "the tanh",
    "Sigmoid": "the sigmoid",
    "Exp": "the exp",
    "Log": "the log",
    "Log1P": "the log",
    "Softplus": "the softplus",
    "Relu": "the relu",
    "Sin": "the sine",
    "Cos": "the cosine",
}


def on_the_way(value):
    """A rule's ``find``: the answer is ``value(graph, position, name)`` of one value on the way."""

    @guessing
    def find(evidence, name):
        for position in range(len(evidence.places[-1].graph.values)):
            yield {}, partial(_on_the_way, name=name, position=position, value=value)

    return find


def _on_the_way(place, name, position, value):
    return value(place.graph, position, name) if position in place.graph.upstream else None


def outer_part(graph, position, name):
    """The gradient of the loss by a value that depends on the parameter."""
    if graph.downstream[position][name] is None:
        return None
    return fitted(graph.upstream[position], graph.parameters[name].shape)


def inner_part(graph, position, name):
    """The gradient of a value by the parameter."""
    return graph.downstream[position][name]


@guessing
def some_value(evidence, name):
    for argument in evidence.places[0].at:
        yield {"what": f"{argument} itself"}, lambda place, n=argument: place.at[n]
    yield {"what": "the loss itself"}, lambda place: place.graph.values[-1].detach()
    for position in range(len(evidence.places[-1].graph.values)):
        for sign in (1, -1):
            words = {"what": "a value on the way to the loss"}
            yield words, partial(_signed_value, position=position, sign=sign)


def _signed_value(place, position, sign):
    values = place.graph.values
    return sign * values[position].detach() if position < len(values) else None


@guessing
def other_variable(evidence, name):
    for other in evidence.places[0].by_argument:
        if other != name:
            yield {"other": other}, lambda place, n=other: place.by_argument[n]


@guessing
def left_out(evidence, name):
    for other in evidence.places[0].at:
        yield {"other": other}, lambda place, n=other: place.without.get(n, {}).get(name)


@guessing
def per_sample(evidence, name):
    """The answer has a row for each sample; together they are the gradient, or a multiple."""
    first, last = evidence.places[0], evidence.places[-1]
    totals = [_total(place, name, torch.sum) for place in (first, last)]
    if any(total is None for total in totals):
        return
    count = len(first.given[name])
    for how in (torch.sum, torch.mean):
        words = {"count": count, "how": f"their {how.__name__} is right"}
        yield words, partial(_answer_by_sample, name=name, together=how)
    factor = factor_between(totals[1], last.right[name])
    words = {"count": count, "how": f"their sum is {significant(factor)} times the gradient"}
    yield words, partial(_answer_by_sample, name=name, together=torch.sum, factor=factor)


def _answer_by_sample(place, name, together, factor=1):
    """The answer itself, where its rows together are the gradient."""
    total, right = _total(place, name, together), place.right[name]
    fits = total is not None and factor and place.close(total, factor * right, name)
    return place.given[name] if fits else None


def _total(place, name, together):
    """The rows of the answer taken together, shaped like the parameter; None where it has none."""
    answer, right = place.given[name], place.right[name]
    if answer.ndim == 0 or len(answer) not in place.rows or answer.shape == right.shape:
        return None
    total = together(answer, dim=0)
    return total.reshape(right.shape) if total.numel() == right.numel() else None


@guessing
def met_every_sample(evidence, name):
    """N residuals became N × N by broadcasting, before or after the loss's own arithmetic."""
    yield {}, partial(_square_answer, name=name)
    for layout in evidence.places[0].reshaped:
        yield {}, lambda place, key=layout: place.reshaped.get(key, {}).get(name)
    for position in range(len(evidence.places[-1].graph.values)):
        for summed in (False, True):
            yield {}, partial(_averaged, name=name, position=position, summed=summed)


def _square_answer(place, name):
    """The answer itself, where it has a row or column too many for each sample."""
    answer, shape = place.given[name], place.at[name].shape
    wide = {(rows, rows) for rows in place.rows}
    if len(shape) == 2:
        wide |= {(shape[0], rows) for rows in place.rows}
    return answer if tuple(answer.shape) in wide and answer.shape != shape else None


def _averaged(place, name, position, summed):
    graph = place.graph
    if position not in graph.upstream or graph.downstream[position][name] is None:
        return None
    return graph.averaged(position)[name] * (graph.values[position].numel() if summed else 1)


# Where nothing holds at every place: what is left to say.


def not_finite(evidence, name):
    for place in evidence.places:
        if not place.given[name].isfinite().all():
            return {"where": place.text()}
    return None


def wrong_shape(evidence, name):
    place = next((place for place in evidence.places if not place.fits(name)), None)
    if place is None:
        return None
    given, right = place.given[name], place.right[name]
    same = given.numel() == right.numel() and place.close(given.reshape(right.shape), right, name)
    return {
        "numbers": "the right numbers, but" if same else "numbers",
        "given": tuple(given.shape),
        "name": name,
        "shape": tuple(right.shape),
    }


def right_for_so_many(evidence, name):
    if name not in evidence.growing():
        return None
    few, more = evidence.samples
    return {"few": few, "more": more, "factor": significant(more / few)}


def right_here(evidence, name):
    if not evidence.places[0].agrees(name):
        return None
    return {"where": evidence.telling(name).text()}


def zero(evidence, name):
    return {} if evidence.zero(name) else None


def always_the_same(evidence, name):
    return {} if evidence.constant(name) else None


def nothing_known(evidence, name):
    place = evidence.telling(name)
    given, right = place.given[name].flatten(), place.right[name].flatten()
    worst = int((given - right).abs().argmax())
    spot = f" for {entry_text(name, worst, place.right[name].shape)}" if len(right) > 1 else ""
    return {"spot": spot, "given": significant(given[worst]), "right": significant(right[worst])}


GRADIENT_RULES = (
    Rule(
        "swapped",
        another_order,
        "Your derivatives are right, but not in the order {order}: return them in that order.",
    ),
    Rule(
        "sign",
        always(negative),
        "{It} has the right size and the opposite sign at every point tried. "
        "Follow each minus sign from the loss down to the parameter.",
    ),
    Rule(
        "missing-factor-2",
        always(half),
        "{It} is half of the gradient at every point tried: a factor 2 is missing. "
        "Look at the square: what does its exponent do when you differentiate?",
    ),
    Rule(
        "sum-not-mean",
        by_samples(1),
        "{It} is the gradient times {count}, the number of samples. "
        "Where does the loss divide by it, and where do you?",
    ),
    Rule(
        "mean-not-sum",
        by_samples(-1),
        "{It} is the gradient divided by {count}, the number of samples. "
        "How often does the loss divide by it, and how often do you?",
    ),
    Rule(
        "step-not-gradient",
        known_step,
        "{It} gives {what}. The gradient is the slope alone: the learning rate comes later.",
    ),
    Rule(
        "sign",
        edge(turned),
        "{It} has the opposite sign in one of its terms. Go through the minus signs one by one.",
    ),
    Rule(
        "sum-not-mean",
        edge(skipped, operations=("Mean",)),
        "One term of {it} is summed over the samples, where the loss takes their mean.",
    ),
    Rule(
        "chain-rule",
        edge(skipped, inner=True),
        "{It} lacks one factor of the chain rule: the one that {operation} brings in. "
        "Work from the outside in, one function at a time.",
    ),
    Rule(
        "constant-factor",
        constant_factor,
        "{It} is {factor} times the gradient at every point tried. "
        "Look for a constant that was lost, or counted twice.",
    ),
    Rule(
        "sum-not-mean",
        by_samples_and_factor(1, one_over=True),
        "{It} is as if the loss divided by {divisor}, and not by the number of samples, here "
        "{count}. Is {divisor} a number of samples from elsewhere? Or is a factor {divisor} "
        "missing, and the division too?",
    ),
    Rule(
        "sum-not-mean",
        by_samples_and_factor(1),
        "{It} is {factor} × {count} times the gradient, and {count} is the number of samples. "
        "Where does the loss divide by it, and which constant comes from the square?",
    ),
    Rule(
        "mean-not-sum",
        by_samples_and_factor(-1),
        "{It} is {factor} / {count} times the gradient, and {count} is the number of samples. "
        "How often does the loss divide by it, and which constant comes from the square?",
    ),
    Rule(
        "missing-term",
        edge(cut),
        "{It} lacks one term. What moves here reaches the result by more than one way, "
        "and each way adds its part: go through the terms one by one.",
    ),
    Rule(
        "chain-rule",
        on_the_way(outer_part),
        "{It} stops half-way down the chain: it holds the outer derivative alone. "
        "What is inside depends on the parameter too.",
    ),
    Rule(
        "chain-rule",
        on_the_way(inner_part),
        "{It} holds the inner derivative alone. The functions around it have a derivative too.",
    ),
    Rule(
        "missing-factor-2",
        edge(halved),
        "{It} lacks a factor 2 in one of its terms. "
        "Look at each square: what does its exponent do when you differentiate?",
    ),
    Rule(
        "wrong-variable",
        other_variable,
        "{It} is the one with respect to {other}. Which letter moves here, and which stays fixed?",
    ),
    Rule(
        "missing-term",
        left_out,
        "{It} is what the gradient would be if {other} were 0: {other} is missing from it.",
    ),
    Rule(
        "value-not-gradient",
        some_value,
        "{It} gives {what}: how large it is, not how the loss changes with the parameter.",
    ),
    Rule(
        "step-not-gradient",
        some_step,
        "{It} gives {what}. The gradient is the slope alone: the learning rate comes later.",
    ),
    Rule(
        "not-reduced",
        per_sample,
        "{It} holds one part for each of the {count} samples, and {how}. "
        "One loss has one slope for each parameter: put the samples together.",
    ),
    Rule(
        "broadcast",
        met_every_sample,
        "{It} is what comes out when each sample meets every other one, "
        "as shapes (N,) and (N, 1) do. Print the shapes of the prediction and of the target.",
    ),
)
"""Mistakes that hold at every place. The first that explains all wrong parameters is named."""

LAST_RESORTS = (
    Rule(
        "not-finite",
        not_finite,
        "{It} is not a finite number at {where}, where the gradient is. "
        "Look for a division by 0, a logarithm or a power that grew too large.",
    ),
    Rule(
        "shape",
        wrong_shape,
        "{It} holds {numbers} of shape {given}, where {name} has the shape {shape}. "
        "A gradient is shaped like its parameter.",
    ),
    Rule(
        "unknown",
        zero,
        "{It} is 0 at every point tried, where the gradient is not.",
    ),
    Rule(
        "only-here",
        right_for_so_many,
        "{It} is right for {few} samples only: with {more} it is {factor} times the gradient. "
        "The loss divides by the number of samples, whatever that is. And your derivative?",
    ),
    Rule(
        "only-here",
        right_here,
        "{It} is right at your numbers and wrong elsewhere, as at {where}. "
        "Is a letter or a power missing, or one too many, which does not show where it is 1? "
        "Or does a number of yours stand in for a letter?",
    ),
    Rule(
        "unknown",
        always_the_same,
        "{It} is the same at every point tried, where the gradient is not. "
        "Does it use the letters, or only numbers?",
    ),
    Rule(
        "unknown",
        nothing_known,
        "{It} gives {given}{spot}, where autograd gives {right}. It fits no known mistake: "
        "differentiate term by term, in small steps. A term that does not move gives 0.",
    ),
)
"""What is left to say of the first wrong parameter to which it applies."""


# --- The verdict ---------------------------------------------------------------------------


def diagnose_gradient(evidence):
    """The Finding for a derivative that is wrong somewhere."""
    wrong = evidence.wrong()
    return (
        _explained(evidence, wrong)
        or _each_its_own(evidence, wrong)
        or _left_to_say(evidence, wrong)
    )


def _explained(evidence, wrong):
    """One mistake that explains all wrong parameters.

    With other numbers of samples at first, where the answer can be had for them: at N = 2, they
    tell a division by N from one by 2.
    """
    if any(evidence.right_but_for_shape(name) or evidence.zero(name) for name in wrong):
        return None
    for seen in [evidence.widened(), evidence] if evidence.resized else [evidence]:
        for rule in GRADIENT_RULES:
            first, *others = (rule.find(seen, name) for name in wrong)
            explains = first is not None and all(words == first for words in others)
            if explains and not _by_chance(rule, seen, wrong):
                return _finding(rule, wrong, evidence, first)
    return None


def _by_chance(rule, evidence, wrong):
    """Whether nothing but numbers, the same at every place, is taken for part of a chain rule.

    Many an inner derivative is 1: that says something only beside another one that varies.
    """
    return rule.slug == "chain-rule" and all(map(evidence.constant, wrong))


def _each_its_own(evidence, wrong):
    """A mistake for each parameter: the first gives the slug, and the hint tells another one."""
    found = [_explained(evidence, [name]) for name in wrong]
    if None in found:
        return None
    first = found[0]
    second = next((other.hint for other in found if other.slug != first.slug), "")
    return Finding(first.slug, f"{first.hint} {second}".rstrip())


def _left_to_say(evidence, wrong):
    for rule in LAST_RESORTS:
        for name in wrong:
            words = rule.find(evidence, name)
            if words is not None:
                return _finding(rule, [name], evidence, words)
    return None


def _finding(rule, wrong, evidence, words):
    """The Finding, with what is meant: 'your derivative', 'each of your derivatives'."""
    if len(evidence.names) == 1:
        it = "your derivative"
    elif len(wrong) == 1:
        it = f"your derivative with respect to {wrong[0]}"
    elif len(wrong) < len(evidence.names):
        it = f"each of your derivatives with respect to {listed(wrong)}"
    else:
        it = "each of your derivatives"
    return Finding(rule.slug, rule.hint.format(It=it[0].upper() + it[1:], it=it, **words))
