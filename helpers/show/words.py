"""A state in words: what a picture shows, the values beside it, and what to notice."""

import textwrap
from dataclasses import dataclass

WIDTH = 88  # characters in a line of text below a picture


@dataclass(frozen=True)
class Reading:
    """One value beside a picture: its name, what it is, the role that colours it, and its text.

    The roles are data, prediction, loss, gradient, step and path.
    Where it is declared, it has no text, and its name says where in a state the value is:
    "loss", or "end.0" for the first of several numbers.
    """

    name: str
    label: str
    role: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Words:
    """A state in words: what the picture shows, the values beside it, and what to notice."""

    picture: str
    readings: tuple[Reading, ...] = ()
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
