"""A table that the reader fills in by hand, checked number by number."""

import html
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import ipywidgets as widgets

from helpers.checks.reports import SIGN_COLOURS, SIGNS, VERDICTS
from helpers.compute.texts import read_number, short, significant
from helpers.prompts.press import Press
from helpers.show.controls import button
from helpers.show.page import display_bundle
from helpers.show.words import WIDTH

WORDS = {True: "right", False: "not yet", None: ""}

_tables = {}  # question -> Notes, for the same reason

RELATIVE, ABSOLUTE = 0.003, 0.0005
"""How far a number in a table may lie from the right one: both together, for rounding by hand."""


@dataclass
class Notes:
    """What is kept of a table between two runs of its cell, as (column, row) -> text.

    ``typed`` is what stands in the boxes, ``coded`` what the code filled in when it last ran.
    """

    typed: dict
    coded: dict


@dataclass(frozen=True)
class Spot:
    """One cell of a table: where it is, what is right there, and whether it is given."""

    column: str
    row: int
    answer: float
    given: bool
    column_so_far: float

    @property
    def place(self):
        return self.column, self.row

    def verdict(self, text):
        """True, False, or None where nothing stands in it."""
        if not text.strip():
            return None
        value = read_number(text)
        return value is not None and _close(value, self.answer)

    def note(self, text):
        """What is wrong with a text that is not right."""
        value = read_number(text)
        if value is None:
            return f"“{text}” is no number: type one such as 1.5 or -2 or 1/4."
        if _close(-value, self.answer):
            return "the size is right, the sign is not."
        if self.row > 1 and _close(value, self.column_so_far):
            return "that is the sum of this column so far."
        return "look at this one first."


class Table:
    """A table with a box for each number that the reader works out. Displays itself.

    Attributes:
        controls: (column, row) -> its box, with rows counted from 1; ``"check"`` -> the button.
        ok: True where all is right, False, or None where nothing is filled in yet.
        hint: one or two sentences to the reader.
    """

    def __init__(self, question, answers, given=(), filled=None, rows="iteration"):
        self.question = question
        columns = {name: _as_floats(values) for name, values in answers.items()}
        self.columns, self.labels = tuple(columns), _labels(rows, columns)
        self.corner = rows if isinstance(rows, str) else ""
        self.spots = [
            Spot(name, row, values[row - 1], (name, row) in given, sum(values[:row]))
            for row in range(1, len(self.labels) + 1)
            for name, values in columns.items()
        ]
        unknown = set(given) - {spot.place for spot in self.spots}
        if unknown:
            raise ValueError(f"given names {min(unknown)!r}, which is no cell of this table.")
        self._open = [spot for spot in self.spots if not spot.given]
        coded, self.problem = _read_filled(filled, self._open, self.columns, len(self.labels))
        self._notes = _noted(question, coded)
        self._marks = {spot.place: widgets.HTML() for spot in self._open}
        self._status = widgets.HTML()
        self._press = Press()
        self.controls = {spot.place: self._box(spot) for spot in self._open}
        self.controls["check"] = button("Check my table", "Says of each number whether it is right")
        self.controls["check"].on_click(self.check)
        if self.ok is not None or self.problem:
            self._show()

    def text(self, spot):
        """What stands in a cell."""
        return short(spot.answer) if spot.given else self._notes.typed.get(spot.place, "")

    def verdict(self, spot):
        return None if spot.given else spot.verdict(self.text(spot))

    @property
    def ok(self):
        verdicts = [self.verdict(spot) for spot in self._open]
        if all(verdict is None for verdict in verdicts):
            return False if self.problem else None
        return all(verdicts) and not self.problem

    @property
    def hint(self):
        verdicts = [self.verdict(spot) for spot in self._open]
        if self.problem:
            return self.problem
        if self.ok is None:
            return "Type your numbers into the boxes and press the button, or write them as code."
        if self.ok:
            return f"All {len(self._open)} numbers are right."
        said = [f"{verdicts.count(True)} of {len(self._open)} numbers are right."]
        if None in verdicts:
            said.append(f"Still empty: {verdicts.count(None)}.")
        wrong = [spot for spot in self._open if self.verdict(spot) is False]
        said += [f"{self._name(spot)}: {spot.note(self.text(spot))}" for spot in wrong[:1]]
        return " ".join(said)

    def check(self, _button=None):
        """Says of each cell whether it is right, and what to look at first."""
        self._press = Press(time.monotonic())
        self._show()

    def _show(self):
        for spot in self._open:
            self._mark(spot, self.verdict(spot))
        self._status.value = (
            f'<span role="status" style="padding:2px 6px"><b style="{_underlined(self.ok)}">'
            f"{SIGNS[self.ok]} {VERDICTS[self.ok]}.</b> {html.escape(self.hint)}</span>"
        )

    def __str__(self):
        lines = [[self.corner, *self.columns]]
        for row, label in enumerate(self.labels, 1):
            spots = [spot for spot in self.spots if spot.row == row]
            lines.append([label, *(self._cell_text(spot) for spot in spots)])
        verdict = textwrap.wrap(f"{VERDICTS[self.ok]}. {self.hint}", WIDTH)
        return "\n".join([*verdict, "", *_aligned(lines)])

    __repr__ = __str__

    def _cell_text(self, spot):
        text = " ".join(self.text(spot).split())
        mark = "(given)" if spot.given else WORDS[self.verdict(spot)]
        return f"{text[:12]} {mark}".strip() or "…"

    def _name(self, spot):
        label = self.labels[spot.row - 1]
        return f"{spot.column}, {self.corner} {label}" if self.corner else f"{spot.column}, {label}"

    def _box(self, spot):
        box = widgets.Text(
            value=self.text(spot),
            placeholder=f"{spot.column} {self.labels[spot.row - 1]}",  # spoken as its name
            layout=widgets.Layout(width="auto", min_width="0", margin="0"),
        )
        box.observe(lambda change: self._typed(spot, change["new"]), "value")
        return box

    def _typed(self, spot, text):
        self._notes.typed[spot.place] = text
        if self._press.overtook(spot.place):
            self._show()
        else:
            self._mark(spot, None)
            self._status.value = ""

    def _mark(self, spot, verdict):
        word, line = "&nbsp;", ""
        if verdict is not None:
            word, line = f"{SIGNS[verdict]} {WORDS[verdict]}", _underlined(verdict)
        self._marks[spot.place].value = (
            '<div style="line-height:1.4;text-align:center">'
            f'<span style="{line}">{word}</span></div>'
        )

    def _ipython_display_(self):
        head = [
            _label(f'<b style="display:block;line-height:1.2">{html.escape(name)}</b>')
            for name in (self.corner, *self.columns)
        ]
        cells = list(head)
        for row, label in enumerate(self.labels, 1):
            cells.append(_label(html.escape(label)))
            cells += [self._widget(spot) for spot in self.spots if spot.row == row]
        widest = 130 if len(self.columns) > 2 else 190  # pixels; room for the names in the boxes
        widths = f"max-content repeat({len(self.columns)}, minmax(70px, {widest}px))"
        layout = {"grid_template_columns": widths, "grid_gap": "2px 12px"}
        layout |= {"overflow": "auto", "max_width": "100%"}
        grid = widgets.GridBox(cells, layout=widgets.Layout(**layout))
        question = widgets.HTML(f"<b>{html.escape(self.question)}</b>")
        foot = widgets.Box(
            [self.controls["check"], self._status],
            layout=widgets.Layout(display="flex", flex_flow="row wrap", align_items="center"),
        )
        display_bundle(widgets.VBox([question, grid, foot]), str(self))

    def _widget(self, spot):
        if spot.given:
            return _label(f"{html.escape(self.text(spot))} (given)")
        parts = [self.controls[spot.place], self._marks[spot.place]]
        return widgets.VBox(parts, layout=widgets.Layout(min_width="0"))


def fill_table(question, answers, *, given=(), filled=None, rows="iteration"):
    """A table that the reader fills in by hand, checked number by number.

    Numbers can be typed into its boxes (1.8, 1,8, -8, −8 and 1/4 are numbers), or passed in code.
    What was typed is kept when the cell is run again. A number in the code goes before the one in
    the box when it is new.

    Args:
        question: one sentence; tables with different questions are kept apart.
        answers: column -> its right numbers from top to bottom (a list or a tensor).
        given: pairs of a column and a row, counted from 1, that are shown from the start.
        filled: column -> the reader's numbers from the top, with ``...`` for none.
        rows: what a row is, in a word, to number them; or a name for each.

    Returns:
        Table
    """
    return Table(question, answers, given, filled, rows)


def _as_floats(values):
    return [float(value) for value in getattr(values, "tolist", lambda: values)()]


def _labels(rows, columns):
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"The columns of a table must be equally long, not of {lengths} rows.")
    (length,) = lengths
    labels = [str(row) for row in range(1, length + 1)] if isinstance(rows, str) else list(rows)
    if len(labels) != length:
        raise ValueError(f"There are {length} rows and {len(labels)} names for them.")
    return labels


def _close(value, answer):
    return abs(value - answer) <= ABSOLUTE + RELATIVE * abs(answer)


def _noted(question, coded):
    """The Notes of a table, brought up to date with what its code says now."""
    notes = _tables.setdefault(question, Notes({}, {}))
    for place in {*notes.coded, *coded}:
        before, now = notes.coded.get(place, ""), coded.get(place, "")
        if now != before and (now or notes.typed.get(place) == before):
            notes.typed[place] = now
    notes.coded = coded
    return notes


def _read_filled(filled, spots, columns, length):
    """The reader's numbers as (column, row) -> text, and a sentence where they do not fit."""
    if filled is None or filled is ...:
        return {}, ""
    if not isinstance(filled, Mapping):
        return {}, 'Write your numbers as a dict, such as {"' + columns[-1] + '": [1.8, 1.96]}.'
    coded, problem = {}, ""
    places = {spot.place for spot in spots}
    for name, values in filled.items():
        if name not in columns:
            problem = (
                f"There is no column “{str(name)[:40]}”. The columns are {', '.join(columns)}."
            )
            continue
        texts = _read_column(values)
        if len(texts) > length:
            problem = f"The column “{name}” has {length} rows, and you wrote {len(texts)} numbers."
        places_here = [(name, row) for row in range(1, length + 1)]
        pairs = zip(places_here, texts, strict=False)
        coded |= {place: text for place, text in pairs if text and place in places}
    return coded, problem


def _read_column(values):
    try:
        values = getattr(values, "tolist", lambda: values)()
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        return [_as_text(value) for value in values[:100]]
    except Exception:
        return ["?"]


def _as_text(value):
    if value is None or value is ...:
        return ""
    value = getattr(value, "tolist", lambda: value)()
    if isinstance(value, (int, float, Fraction)):
        return significant(value, 6)
    return str(value)[:40]


def _underlined(verdict):
    """The style of a word in the theme's own colour, with a line in that of the verdict."""
    return f"border-bottom:2px solid {SIGN_COLOURS[verdict]}"


def _label(text):
    return widgets.HTML(text, layout=widgets.Layout(margin="0", min_width="0"))


def _aligned(lines):
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [text.ljust(width) for text, width in zip(line, widths, strict=True)]
        yield "   ".join(cells).rstrip()
