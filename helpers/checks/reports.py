"""What a check found, as a record, as plain text and as a table in the notebook."""

import html
import textwrap
from dataclasses import dataclass

import torch

from helpers.checks.source import Spot
from helpers.compute.texts import tensor_text
from helpers.show.colours import COLOURS, style_on_dark_pages

VERDICTS = {True: "Right", False: "Not yet", None: "Nothing filled in yet"}
WORDS = {True: "agrees", False: "differs", None: ""}
SIGNS = {True: "✓", False: "✗", None: "…"}
SIGN_COLOURS = {True: COLOURS["step"], False: COLOURS["gradient"], None: COLOURS["path"]}

# A light ground of its own, in a theme that is not known to be dark.
DARK = style_on_dark_pages(".check-report")
CARD = f"background:#FFFFFF;color:{COLOURS['data']};padding:8px 12px;max-width:60em"
MARK = "#FFE9A8"
WIDTH = 88
CELL = "background:#FFFFFF;padding:2px 10px"


@dataclass(frozen=True)
class GradientRow:
    """One parameter: its derivative by hand (None where there is none) and by two other routes."""

    name: str
    by_hand: torch.Tensor | None
    autograd: torch.Tensor
    finite_difference: torch.Tensor | None
    agrees: bool | None

    def cells(self):
        scale = float(self.autograd.abs().max()) if self.autograd.numel() else 0.0
        columns = (self.by_hand, self.autograd, self.finite_difference)
        texts = ["—" if t is None else tensor_text(t, scale) for t in columns]
        of_some = self.finite_difference is not None and (
            self.finite_difference.numel() < self.autograd.numel()
        )
        if of_some:
            texts[-1] = f"{texts[-1][:-1]}, … first {self.finite_difference.numel()} only]"
        return [self.name, *texts]


@dataclass(frozen=True)
class DescentRow:
    """One parameter after one step: by the reader's loop (None where there is none), and right."""

    step: int
    name: str
    by_loop: torch.Tensor | None
    right: torch.Tensor
    agrees: bool | None

    def cells(self):
        loop = "—" if self.by_loop is None else tensor_text(self.by_loop)
        return [f"{self.name} after step {self.step}", loop, tensor_text(self.right)]


@dataclass(frozen=True, repr=False)
class Report:
    """What a check found.

    Attributes:
        ok: True, False, or None where nothing is filled in yet.
        mistake: the slug of the mistake, or None.
        hint: one or two sentences to the reader.
        rows: the numbers side by side.
        where: the numbers at which the rows were taken, where they are not the reader's own.
        spot: the place of the mistake in the reader's own source, a ``Spot``, or None.
    """

    ok: bool | None
    mistake: str | None
    hint: str
    rows: list
    where: str = ""
    spot: Spot | None = None

    columns = ()
    praise = ""

    @property
    def verdict(self):
        return VERDICTS[self.ok]

    def raise_if_wrong(self):
        """Raise AssertionError, with the report as its message, unless the answer is right."""
        if self.ok is not True:
            raise AssertionError(str(self))

    def shown_rows(self):
        """The rows to print: none before the reader has tried, since they hold the answer."""
        return [] if self.ok is None else self.rows

    def __str__(self):
        rows = self.shown_rows()
        where = [f"Your numbers do not show all of it. At {self.where}:"] if self.where else []
        table = [["", *self.columns, ""], *([*row.cells(), WORDS[row.agrees]] for row in rows)]
        lines = ["", *where, *_aligned(table)] if rows else []
        spot = ["", str(self.spot)] if self.spot else []
        said = textwrap.wrap(f"{self.verdict}. {self.hint}", WIDTH, break_long_words=False)
        return "\n".join([*said, *spot, *lines])

    def __repr__(self):
        return str(self)

    def _repr_html_(self):
        rows = self.shown_rows()
        where = (
            f"<div>Your numbers do not show all of it. At {html.escape(self.where)}:</div>"
            if self.where
            else ""
        )
        colour = SIGN_COLOURS[self.ok]
        return (
            f'<div class="check-report" style="{CARD};border-left:4px solid {colour}">{DARK}'
            f'<div><b style="color:{colour}">{SIGNS[self.ok]} {self.verdict}.</b> '
            f"{html.escape(self.hint)}</div>{_html_spot(self.spot)}"
            f"{where}{_html_table(self.columns, rows)}</div>"
        )


@dataclass(frozen=True, repr=False)
class GradientReport(Report):
    """What ``check_gradient`` found: one row a parameter."""

    columns = ("by hand", "autograd", "finite difference")
    praise = "By hand, autograd and the finite difference agree, here and at other numbers."
    praise_elsewhere = "By hand, autograd and the finite difference agree at several numbers."


@dataclass(frozen=True, repr=False)
class DescentReport(Report):
    """What ``check_descent`` found: one row a parameter and step."""

    columns = ("your loop", "right")
    praise = "Your loop goes the right way, from here and from other numbers."
    most_rows = 12

    def shown_rows(self):
        """As above; of many rows, those around the first that differs, and the last."""
        if self.ok is None or len(self.rows) <= self.most_rows:
            return super().shown_rows()
        differing = (number for number, row in enumerate(self.rows) if row.agrees is False)
        begin = min(max(0, next(differing, 0) - 2), len(self.rows) - self.most_rows)
        return [*self.rows[begin : begin + self.most_rows - 1], self.rows[-1]]


def _aligned(table):
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for name, *numbers, verdict in table:
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=False)]
        yield "   ".join([name.ljust(widths[0]), *cells, verdict]).rstrip()


def _html_spot(spot):
    """The reader's line, with the place in it marked."""
    if spot is None:
        return ""
    text = spot.text.rstrip()
    begin = len(text) - len(text.lstrip())
    end = max(spot.end, spot.start + 1)
    parts = text[begin : spot.start], text[spot.start : end] or " ", text[end:]
    before, marked, after = map(html.escape, parts)
    mark = (
        f"background:{MARK};color:{COLOURS['data']};border-bottom:2px solid {COLOURS['gradient']}"
    )
    return (
        f'<div style="margin:6px 0;white-space:pre-wrap;font-family:monospace">'
        f'<span style="color:{COLOURS["path"]}">line {spot.line}:</span>  {before}'
        f'<mark style="{mark}">{marked}</mark>{after}</div>'
    )


def _html_table(columns, rows):
    if not rows:
        return ""
    titles = [_cell("", "th"), *(_cell(c, "th") for c in columns)]
    head = f"<tr>{''.join(titles)}{_cell('', 'th')}</tr>"
    style = "border-collapse:collapse;margin:6px 0 0"
    return f'<table style="{style}">{head}{"".join(map(_html_row, rows))}</table>'


def _html_row(row):
    name, *numbers = row.cells()
    verdict = f"{SIGNS[row.agrees]} {WORDS[row.agrees]}" if row.agrees is not None else ""
    cells = [_cell(name, "th", align="left"), *(_cell(number, "td") for number in numbers)]
    return f"<tr>{''.join(cells)}{_cell(verdict, 'td', SIGN_COLOURS[row.agrees], 'left')}</tr>"


def _cell(text, tag, colour=COLOURS["data"], align="right"):
    style = f"{CELL};color:{colour};text-align:{align}"
    style += ";white-space:nowrap" if align == "left" else ""
    return f'<{tag} style="{style}">{html.escape(text)}</{tag}>'
