"""A state in words: what a picture shows, the values beside it, and what to notice."""

import textwrap
from dataclasses import dataclass

from helpers.compute.texts import decimals

WIDTH = 88  # characters in a line of text below a picture


def number_or_none(value):
    """A number as text, or that there is none yet."""
    return "none yet" if value is None else decimals(value)


def agreement(agree):
    """Whether two numbers agree, in words; None where one of them is missing."""
    return {True: "agree here", False: "differ here", None: "cannot be compared"}[agree]


def side(residual):
    """Where a prediction lies, seen from its target."""
    return "above" if residual > 0 else "below"


@dataclass(frozen=True)
class Reading:
    """One value beside a picture: its name, what it is, its text, and the role that colours it."""

    name: str
    label: str
    text: str
    role: str | None = None


@dataclass(frozen=True)
class Words:
    """A state in words: what the picture shows, the values beside it, and what to notice."""

    picture: str
    readings: tuple[Reading, ...]
    notice: str = ""

    def __str__(self):
        values = _lines(f"{r.label} {r.text}" for r in self.readings)
        picture, notice = (textwrap.fill(text, WIDTH) for text in (self.picture, self.notice))
        return "\n".join(part for part in (picture, values, notice) if part)


def _lines(items):
    """Items joined by dots, in lines of at most WIDTH characters that break between items."""
    lines = [""]
    for item in items:
        joined = f"{lines[-1]} · {item}" if lines[-1] else item
        if len(joined) <= WIDTH:
            lines[-1] = joined
        else:
            lines.append(item)
    return "\n".join(lines)
