"""From a reader's wrong derivative to the mistake: what is tried, in which order."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from helpers.checks.differentiate import UNFOLLOWED
from helpers.checks.edits import (
    BRACKETS,
    CALL_IN,
    CALL_OTHER,
    DIVISOR,
    FACTOR,
    LINE_OUT,
    MINUS,
    MOVED,
    NAME,
    NUMBER,
    OPERATOR,
    ORDER,
    POWER,
    RETURN,
    SIGN,
    TERM,
    TOGETHER,
    TURNED,
)
from helpers.checks.errors import Finding
from helpers.checks.mistakes import (
    LEFT,
    LIKELY,
    MISSHAPEN,
    MIXED,
    OTHERS,
    SCALED,
    SURE,
    wrong_shape,
)
from helpers.checks.names import odd_names
from helpers.checks.search import locate
from helpers.checks.wrong_rules import BACKWARD, OF_ONE_PART, RULES, SLOPES_BY_RESULT, Wrong
from helpers.compute.texts import listed

LONGEST = 48
"""An operation whose text is longer than this is called by its kind."""

KINDS = {
    "u ** n": "the power",
    "c ** u": "the power",
    "u * v": "the product",
    "c * u": "the product",
    "u / v": "the quotient",
    "c / u": "the quotient",
    "u / c": "the quotient",
    "u @ v": "the matrix product",
    "u + v": "the sum",
    "u + c": "the sum",
    "u - v": "the difference",
    "u - c": "the difference",
    "c - u": "the difference",
    "mean(u)": "the mean",
    "sum(u)": "the sum",
}


@dataclass(frozen=True)
class Diagnosis:
    """What was found: the Finding, and the Located of the edit that mends it, or None."""

    finding: Finding
    located: object = None


def diagnose(evidence, function, verdict):
    """The Diagnosis of a derivative that is wrong somewhere.

    ``function`` is the reader's, and ``verdict`` says of a changed one which answers are right
    (see ``locate``).
    """
    wrong = evidence.wrong()
    clean = [n for n in wrong if not _out_of_shape(evidence, n)]
    sure = rule = None
    if len(clean) == len(wrong):
        sure = _by_table(evidence, wrong, SURE)
        rule = None if sure else _by_wrong_rule(evidence, wrong, first_rules)
        sure = sure or (None if rule else _by_table(evidence, wrong, SCALED))
        rule = None if sure else rule or _by_wrong_rule(evidence, wrong, common_rules)
        sure = sure or (None if rule else _by_table(evidence, wrong, MIXED))
    slug = sure.slug if sure and sure.slug in BY_SAMPLES else None
    located = _located(evidence, wrong, function, verdict, slug)
    if not all(_finite(place, wrong) for place in evidence.places):
        return Diagnosis(sure or rule or _left_to_say(evidence, wrong), located)
    if sure and sure.slug == "sign" and (located is None or located.edit.kind not in TURNED_ROUND):
        sure, rule = None, _by_wrong_rule(evidence, wrong, common_rules) or sure
    if sure and sure.slug == "broadcast" and located and located.edit.inside == "axis":
        return Diagnosis(_of_edit(evidence, wrong, located), located)
    if sure:
        all_alike = located and located.alike >= set(wrong)
        return Diagnosis(sure, located if all_alike and _goes_with(sure, located) else None)
    if rule:
        return _with_edit(rule, evidence, wrong, located)
    if located and set(located.names) == set(wrong):
        return Diagnosis(_of_edit(evidence, wrong, located), located)
    likely = None
    if clean == wrong:
        likely = (
            _by_table(evidence, wrong, LIKELY)
            or _by_wrong_rule(evidence, wrong, rare_rules)
            or _by_table(evidence, wrong, OTHERS)
        )
    found = likely or _one_by_one(evidence, wrong)
    if found:
        return Diagnosis(found, located)
    if located:
        return Diagnosis(_of_edit(evidence, list(located.names), located), located)
    misshapen = _by_table(evidence, wrong, MISSHAPEN)
    if misshapen:
        return Diagnosis(misshapen)
    elsewhere = odd_names(function, tuple(evidence.places[0].at))
    if elsewhere:
        return Diagnosis(*elsewhere)
    return Diagnosis(_left_to_say(evidence, wrong))


def by_numbers(evidence):
    """The Finding of a gradient of which only the numbers are known, or None."""
    wrong = evidence.wrong()
    found = (
        _by_table(evidence, wrong, SURE)
        or _by_wrong_rule(evidence, wrong, first_rules)
        or _by_table(evidence, wrong, SCALED)
        or _by_wrong_rule(evidence, wrong)
        or _by_table(evidence, wrong, MIXED)
        or _by_table(evidence, wrong, LIKELY)
        or _by_table(evidence, wrong, OTHERS)
        or _by_table(evidence, wrong, MISSHAPEN)
        or _one_by_one(evidence, wrong)
    )
    if found is None:
        return None
    hint = found.hint.replace("Your derivative", "The gradient in your loop")
    hint = hint.replace("Each of your derivatives", "Each gradient in your loop")
    hint = hint.replace("your derivative", "the gradient in your loop")
    return Finding(found.slug, hint)


TURNED_ROUND = (SIGN, ORDER)
OF_LINES = (MOVED, RETURN, LINE_OUT)
EITHER = (OPERATOR, BRACKETS, NAME, CALL_OTHER)
PUT_IN = (FACTOR, DIVISOR, POWER, TERM, MINUS, CALL_IN, TOGETHER, TURNED)


def _with_edit(rule, evidence, wrong, located):
    """The Diagnosis of a wrong rule, with the place of the edit that mends the answer as well.

    A line at the wrong place says more than the rule. Where an operation, a bracket or a name can
    be the cause as well as the rule, the hint says both.
    """
    if located is None or set(located.names) != set(wrong):
        return Diagnosis(rule)
    if located.edit.kind in OF_LINES:
        return Diagnosis(_of_edit(evidence, wrong, located), located)
    if not _goes_with(rule, located):
        return Diagnosis(rule)
    if located.edit.kind in EITHER:
        also = located.question[0].lower() + located.question[1:]
        return Diagnosis(Finding(rule.slug, f"{rule.hint} Or {also}"), located)
    return Diagnosis(rule, located)


def _out_of_shape(evidence, name):
    seen = evidence.of(name)
    return seen.right_but_for_shape() or seen.zero()


def _located(evidence, wrong, function, verdict, slug):
    place = evidence.places[0]
    return locate(
        function,
        verdict,
        names=wrong,
        kept=[name for name in evidence.names if name not in wrong],
        arguments=tuple(place.at),
        work=10 + 10 * sum(tensor.numel() for tensor in place.at.values()) // 2_000,
        functions={o.pattern.split("(")[0] for o in place.tape.operations},
        slug=slug,
    )


def _goes_with(finding, located):
    """Whether the place of an edit belongs to what was found.

    Where something is put in, its place tells only in the line of the result; a number of samples
    is to be seen where one divides.
    """
    if located.edit.kind in PUT_IN and not located.in_result:
        return finding.slug == "wrong-target" and located.edit.kind is CALL_IN
    if finding.slug in BY_SAMPLES:
        return located.edit.kind in PUT_IN or bool(re.search(DIVIDES, located.marked))
    if finding.slug == "broadcast" and located.edit.kind is BRACKETS:
        return False
    if finding.slug == "missing-factor-2" and located.edit.kind is NUMBER:
        return False  # any number can take up a factor
    own = {"sign": ("sign",), "swapped": ("swapped",)}.get(finding.slug, (located.slug,))
    return located.slug in own and (located.slug != "sign" or finding.slug == "sign")


BY_SAMPLES = ("sum-not-mean", "mean-not-sum")
DIVIDES = r"len|shape|size|numel|mean|sum|/"


# --- By tables -----------------------------------------------------------------------------


def _by_table(evidence, wrong, table):
    """The Finding of the first mistake of a table that explains all wrong parameters.

    With other numbers of samples at first, where the answer can be had for them: at N = 2, they
    tell a division by N from one by 2.
    """
    for seen in [evidence.widened(), evidence] if evidence.resized else [evidence]:
        for mistake in table:
            first, *others = (mistake.find(seen.of(name)) for name in wrong)
            explains = first is not None and all(words == first for words in others)
            if explains and not _by_chance(mistake, seen, wrong):
                return _said(mistake, wrong, evidence, first)
    return None


def _by_chance(mistake, evidence, wrong):
    """Whether nothing but numbers, the same at every place, is taken for part of a chain rule.

    Many an inner derivative is 1: that says something only beside another one that varies.
    """
    return mistake.slug == "chain-rule" and all(evidence.of(name).constant() for name in wrong)


def _one_by_one(evidence, wrong):
    """A mistake for each parameter: the first gives the slug, and the hint tells another one."""
    if len(wrong) < 2:
        return None
    found = [_of_one(evidence, name) for name in wrong]
    if None in found:
        return None
    first = found[0]
    said = {
        name: one.hint.removeprefix(_lead([name], evidence))
        for name, one in zip(wrong, found, strict=True)
    }
    same = [name for name, words in said.items() if words == said[wrong[0]]]
    hint = _lead(same, evidence) + said[wrong[0]] if len(same) > 1 else first.hint
    second = next((other.hint for other in found if other.slug != first.slug), "")
    return Finding(first.slug, f"{hint} {second}".rstrip())


def _lead(names, evidence):
    """What goes before a question that is not about all parameters."""
    return "" if len(names) == len(evidence.names) else f"With respect to {listed(names)}: "


def _of_one(evidence, name):
    if _out_of_shape(evidence, name):
        return None
    return (
        _by_table(evidence, [name], SURE)
        or _by_wrong_rule(evidence, [name], first_rules)
        or _by_table(evidence, [name], SCALED)
        or _by_wrong_rule(evidence, [name])
        or _by_table(evidence, [name], MIXED)
        or _by_table(evidence, [name], LIKELY)
    )


def _left_to_say(evidence, wrong):
    for mistake in LEFT:
        for name in wrong:
            words = mistake.find(evidence.of(name))
            if words is not None:
                return _said(mistake, [name], evidence, words)
    raise AssertionError("the last row of LEFT always applies")


def _said(mistake, wrong, evidence, words):
    it = _meant(wrong, evidence)
    hint = mistake.hint.format(It=it[0].upper() + it[1:], it=it, **words)
    return Finding(mistake.slug, hint)


def _meant(wrong, evidence):
    """What is meant: 'your derivative', 'each of your derivatives'."""
    if len(evidence.names) == 1:
        return "your derivative"
    if len(wrong) == 1:
        return f"your derivative with respect to {wrong[0]}"
    if len(wrong) < len(evidence.names):
        return f"each of your derivatives with respect to {listed(wrong)}"
    return "each of your derivatives"


# --- By wrong rules along the loss ---------------------------------------------------------


def first_rules(row):
    """Before a factor is named by its size: it may be an inner derivative, or stand in the loss."""
    return row.slug in ("chain-rule", "constant-factor") and not row.rare


def common_rules(row):
    return not row.rare


def rare_rules(row):
    return row.rare


def _by_wrong_rule(evidence, wrong, chosen=lambda row: True):
    """The Finding of the first wrong rule that gives all the wrong answers, or None.

    ``chosen(row)`` says which rules are tried.
    """
    evidence = evidence.widened() if evidence.resized else evidence
    place = evidence.of(wrong[0]).telling
    tape = place.tape
    try:
        fitting = list(_fitting(tape, place, wrong, evidence, chosen))
    except UNFOLLOWED:
        return None
    if not fitting:
        return None
    fitting.sort(key=lambda pair: pair[0].rare)
    # Where a whole product seems to be kept, a bend in it may be: that says more.
    bends = [pair for pair in fitting if pair[0].slug == "wrong-slope" and not pair[0].rare]
    row, operation = (bends or fitting)[0] if fitting[0][0].slug == "kept-term" else fitting[0]
    return _of_rule(row, operation, wrong, evidence)


def _fitting(tape, place, wrong, evidence, chosen):
    """(row, operation) of each chosen rule that gives the wrong answers, the outermost first."""
    flat = {name: place.given[name].flatten() for name in wrong}
    right = {name: place.right[name].flatten() for name in wrong}
    if any(len(flat[n]) == len(right[n]) and place.close(flat[n], right[n], n) for n in wrong):
        return  # right numbers, in another shape
    if not any(_finite(p, wrong) for p in evidence.places):
        return
    for row, operation, guess in _guesses(tape, place, wrong):
        if chosen(row) and _fits(guess, place, wrong) and _fits_everywhere(guess, evidence, wrong):
            yield row, operation


def _guesses(tape, place, wrong):
    """(row, operation, guess) of every wrong rule, from the loss downwards."""
    yield from _of_scores(tape, place, wrong)
    for position in reversed(range(len(tape.operations))):
        operation = tape.operations[position]
        if not all(tape.reaches(position, name) for name in wrong):
            continue
        yield from _of_operation(tape, position, wrong)
        yield from _of_activation(tape, position, operation)
        yield from _of_letters(place, position, operation, wrong)
    for pattern, operation in _repeated(tape, wrong):
        for row in RULES[pattern].wrong:
            yield row, operation, _each_time(pattern, row.formula)


def _of_operation(tape, position, wrong):
    """The rows of an operation; those with a constant, where only one part of it moves."""
    operation = tape.operations[position]
    part = tape.moving_part(position, wrong)
    seen = tape.seen(position, part)
    own = RULES[operation.pattern].wrong if operation.pattern else ()
    for row in own if part else ():
        if row.slug == "wrong-value":
            yield row, operation, _once(position, operation.pattern, row.formula)
    of_parameters = all(p < len(tape.parameters) for p in seen.inputs.values())
    rows = RULES[seen.pattern].wrong if seen.pattern else ()
    for row in (*rows, *(OF_ONE_PART.get(seen.pattern, ()) if part else ())):
        if row.slug != "chain-rule" or not of_parameters or row.formula == "du":
            yield row, seen, _once(position, operation.pattern, row.formula, part)


def _of_activation(tape, position, operation):
    """The slope of an activation, taken from what comes out of another one."""
    formula = SLOPES_BY_RESULT.get(operation.pattern)
    for other in tape.activations() if formula else ():
        if other != position:
            yield OTHERS_SLOPE, operation, _with_other(position, formula, other)


OTHERS_SLOPE = Wrong(
    "wrong-slope", "", "With which numbers is the slope of {this} written: its own, or another's?"
)
OTHER_LETTER = Wrong(
    "wrong-variable", "", "In {this}: with respect to which letter have you differentiated?", True
)


def _with_other(position, formula, other):
    def guess(tape):
        return tape.followed(position, formula, other) if other in tape.activations() else None

    return guess


def _of_scores(tape, place, wrong):
    """What is taken for the gradient by the scores, where scores become probabilities."""
    for position in range(tape.places):
        if all(tape.depends(position, name) for name in wrong):
            for pattern, scores in tape.scores(position, place.at).items():
                for row in BACKWARD[pattern]:
                    yield row, scores, _back(position, pattern, row.formula)


def _back(position, pattern, formula):
    def guess(place):
        return place.tape.back_from(position, pattern, formula, place.at)

    guess.of_place = True
    return guess


def _of_letters(place, position, operation, wrong):
    """An operation differentiated with respect to another argument of the loss."""
    if len(wrong) > 1 or place.at[wrong[0]].numel() > 1 or not operation.pattern:
        return
    for letter, value in place.at.items():
        if letter not in wrong and value.is_floating_point() and value.numel() == 1:
            for how in ("by_letter", "constant_by_letter"):
                yield OTHER_LETTER, operation, _by_letter(position, letter, how, wrong[0])


def _by_letter(position, letter, how, name):
    def guess(place):
        tape = place.tape_by(name)
        if position >= len(tape.operations):
            return None
        found = getattr(tape, how)(position, place.tape_by(letter))
        return None if found is None else {name: found}

    guess.of_place = True
    return guess


def _finite(place, wrong):
    return all(place.given[name].isfinite().all() for name in wrong)


def _once(position, pattern, formula, part=None) -> Callable:
    def guess(tape):
        there = position < len(tape.operations) and tape.operations[position].pattern == pattern
        return tape.followed(position, formula, None, part) if there else None

    return guess


def _each_time(pattern, formula) -> Callable:
    return lambda tape: tape.followed_everywhere(pattern, formula)


def _repeated(tape, wrong):
    """(pattern, operation) of each pattern that the parameters meet several times.

    The operation is the last one by which the first of them goes.
    """
    met = {
        position: operation.pattern
        for position, operation in enumerate(tape.operations)
        if operation.pattern and any(tape.reaches(position, name) for name in wrong)
    }
    for position in reversed(met):
        several = list(met.values()).count(met[position]) > 1
        if several and tape.reaches(position, wrong[0]):
            yield met[position], tape.operations[position]


def _fits_everywhere(guess, evidence, wrong):
    return all(_fits(guess, place, wrong) for place in evidence.places)


def _fits(guess, place, wrong):
    """Whether a guess gives the reader's wrong answers at a place."""
    found = guess(place) if hasattr(guess, "of_place") else guess(place.tape)
    if found is None:
        return False
    for name in wrong:
        given, tape = place.given[name], place.tape
        if given.numel() != place.right[name].numel():
            return False
        looked_at = given.flatten()[tape.entries[name]]
        guessed = found[name].reshape(-1) if isinstance(found, dict) else found[tape.parts[name]]
        if not place.close(looked_at, guessed.to(looked_at.dtype), name):
            return False
    return True


def _of_rule(row, operation, wrong, evidence):
    this = operation.text
    if len(this) > LONGEST:
        this = KINDS.get(operation.pattern) or f"the {operation.pattern.split('(')[0]}"
    name = wrong[0] if len(wrong) == 1 else "the parameter"
    other = operation.other if len(operation.other) <= LONGEST else "a part of it"
    hint = row.question.format(this=this, name=name, other=other)
    lead = _lead(wrong, evidence)
    if not lead and not row.question.startswith("{"):
        hint = hint[0].upper() + hint[1:]
    return Finding(row.slug, lead + hint)


# --- By the edit that mends it -------------------------------------------------------------


def _of_edit(evidence, wrong, located):
    facts = _by_table(evidence, wrong, [m for m in LIKELY if m.slug in FACTS])
    slug = located.slug
    if facts is not None:
        first = facts.hint.split(". ")[0] + "."
        return Finding(facts.slug, f"{first} {located.question}")
    for name in wrong:
        words = wrong_shape(evidence.of(name))
        if words is not None:
            first = f"What you return for {name} has the shape {words['given']}, and {name} has "
            slug = located.slug if located.slug in OF_SHAPES else "shape"
            return Finding(slug, f"{first}{words['shape']}. {located.question}")
    it = _meant(wrong, evidence)
    lead = "" if len(evidence.names) == 1 else f"{it[0].upper() + it[1:]}: "
    return Finding(slug, lead + located.question)


OF_SHAPES = ("not-reduced", "wrong-axis", "some-samples-only", "broadcast")
"""Kinds of edits that say more than that the shape is wrong."""
FACTS = ("constant-factor", "step-not-gradient", "wrong-variable", "not-reduced")
"""Slugs of mistakes whose numbers are worth saying beside the place of an edit."""
