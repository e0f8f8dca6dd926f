"""The answers of a class, added up: how many gave which, and how that went over time."""

from collections import Counter
from dataclasses import dataclass

from helpers.compute.texts import spelled

MOST_ROWS, MOST_CURVES = 8, 4
SAID = {"right": "right", "blank": "nothing filled in"}


@dataclass(frozen=True)
class Tally:
    """What a picture of a class shows.

    Attributes:
        title: of what.
        rows: (label, how many at first, how many now), from top to bottom.
        curves: (label, minutes, how many), one a line over time.
        students: how many students gave an answer to it.
    """

    title: str
    rows: tuple
    curves: tuple
    students: int


def of_item(item, answers):
    """The Tally of an Item, from Answers in any order; those to other items are left out."""
    own = _in_order(answer for answer in answers if answer.item == item.item)
    first, latest = {}, {}
    for answer in own:
        first.setdefault(answer.student, answer.answer)
        latest[answer.student] = answer.answer
    at_first, now = Counter(first.values()), Counter(latest.values())
    rows = [(label(item, a), at_first[a], now[a]) for a in _choices(item, at_first, now)]
    return Tally(_title(item), _few(rows), _curves(item, own), len(latest))


def of_lesson(items, answers):
    """The Tally of a whole lesson: how many students have got to each item, and how many past it.

    A question is passed with a guess, a blank with a right answer.
    """
    rows, passed_at = [], []
    for item in items:
        own = [answer for answer in answers if answer.item == item.item]
        passed = [a for a in own if item.kind == "question" or a.answer == "right"]
        there = {answer.student for answer in own}
        rows.append((_short_title(item), len(there), len({a.student for a in passed})))
        passed_at += passed
    known = {item.item for item in items}
    students = {answer.student for answer in answers if answer.item in known}
    return Tally("How far the class is", tuple(rows), _passed(passed_at), len(students))


def label(item, answer):
    """An answer as a teacher reads it."""
    if answer.startswith("o") and answer[1:].isdigit() and int(answer[1:]) < len(item.options):
        return item.options[int(answer[1:])]
    if answer.startswith("n") and answer[1:2] in "-0123456789" and answer[1:]:
        return spelled(answer[1:])
    return SAID.get(answer, answer)


def _in_order(answers):
    return sorted(answers, key=lambda answer: answer.when)


def _choices(item, *counts):
    """All options of a question, or whatever was answered, what is most frequent first."""
    if item.options:
        return [f"o{number}" for number in range(len(item.options))]
    given = Counter()
    for count in counts:
        given |= count
    return [answer for answer, _ in sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))]


def _few(rows):
    if len(rows) <= MOST_ROWS:
        return tuple(rows)
    kept, rest = rows[: MOST_ROWS - 1], rows[MOST_ROWS - 1 :]
    others = (f"{len(rest)} others", sum(row[1] for row in rest), sum(row[2] for row in rest))
    return (*kept, others)


def _curves(item, answers):
    """How many students stand at each of the most frequent answers, after each answer."""
    ever = Counter(answer for _, answer in {(a.student, a.answer) for a in answers})
    chosen = sorted(ever, key=lambda answer: (-ever[answer], answer))[:MOST_CURVES]
    states, minutes, counts = {}, [], {answer: [] for answer in chosen}
    for answer in answers:
        states[answer.student] = answer.answer
        minutes.append((answer.when - answers[0].when) / 60)
        for choice in chosen:
            counts[choice].append(sum(state == choice for state in states.values()))
    return tuple((label(item, choice), tuple(minutes), tuple(counts[choice])) for choice in chosen)


def _passed(answers):
    """How many students have passed some item, after each answer that passed one."""
    seen, minutes, counts = set(), [], []
    ordered = _in_order(answers)
    for answer in ordered:
        seen.add((answer.student, answer.item))
        minutes.append((answer.when - ordered[0].when) / 60)
        counts.append(len(seen))
    return (("items passed, by all together", tuple(minutes), tuple(counts)),) if counts else ()


def _title(item):
    return item.title if item.kind == "question" else f"The blank {item.title}"


def _short_title(item):
    return item.heading.split(" · ")[0] + (" (guess)" if item.kind == "question" else " (blank)")
