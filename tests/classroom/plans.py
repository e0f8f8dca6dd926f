"""The plans for teachers, read: which note belongs to which part, question and blank."""

import re
from dataclasses import dataclass

from tests.series import NOTEBOOKS

FOLDER = NOTEBOOKS / "teaching"
PART = re.compile(r"(?m)^(?:## (?!Exercises$)|### (?=Exercise ))(.+)$")
LEVEL = re.compile(r" · (?:easy|medium|hard), (\d+) minutes$")
OWN = re.compile(r"\*.+\*")  # a row of the plan itself, as the arrival


@dataclass(frozen=True)
class Row:
    """A part of a lesson in its plan: minutes alone, in a lesson of 50 and of 90, what to do."""

    part: str
    alone: int
    short: int
    long: int
    what: str


class Plan:
    """The plan of a lesson.

    Attributes:
        text: all of it; start: what stands before its first section.
        rows: its Rows, in order, with its own (as the arrival) among them.
        questions: question -> the text about it, with a table.
        blanks: name of a blank -> the same.
    """

    def __init__(self, path):
        file = FOLDER / f"{path.stem}.md"
        assert file.exists(), f"{path.name} has no plan: write notebooks/teaching/{file.name}."
        self.text = file.read_text(encoding="utf-8")
        self.start = self.text.split("\n\n", 1)[1].split("\n## ")[0].strip()
        self.rows = [_row(*cells) for cells in table(self.section("By the minute"))]
        self.questions = _titled(self.section("Questions"))
        self.blanks = _titled(self.section("Blanks"))

    def section(self, title):
        """The text under ``## title``."""
        return re.split(rf"(?m)^## {title}\n", self.text)[1].split("\n## ")[0].strip()


def table(text):
    """The rows of the first table in a text, without its head, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines[2:]]


def headings(text):
    """(heading of a part, minutes of an exercise or None) in the text of a lesson, in order."""
    for heading in PART.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        found = LEVEL.search(heading)
        yield LEVEL.sub("", heading), int(found[1]) if found else None


def _row(part, alone, short, long, what):
    return Row(part, _minutes(alone), _minutes(short), _minutes(long), what)


def _minutes(cell):
    return 0 if cell == "–" else int(cell)


def _titled(text):
    pieces = re.split(r"(?m)^### (.+)\n", text)[1:]
    return {title: about.strip() for title, about in zip(pieces[::2], pieces[1::2], strict=True)}
