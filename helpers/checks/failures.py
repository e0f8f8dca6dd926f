"""Answers that hold no numbers: a blank, an error, something else than a number."""

import linecache
import sys
import sysconfig
import traceback
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from helpers.checks.errors import CUT_WORDS, Finding, explained
from helpers.checks.mistakes import CUT, NO_RETURN, NONE_RETURNED, STILL_BLANK, is_blank
from helpers.checks.reading import kind
from helpers.checks.source import Spot, source_of
from helpers.compute.texts import listed

_NOT_THE_READERS = tuple(
    str(Path(place).resolve())
    for place in (
        sysconfig.get_paths()["stdlib"],
        sysconfig.get_paths()["purelib"],
        Path(sys.modules["torch"].__file__).parent.parent,
        Path(__file__).parent.parent,
    )
)


class NoNumbersError(Exception):
    """A call that gave nothing to compare; it carries the Finding and the Spot.

    ``worth_mending``: whether a small edit may make an answer of it.
    """

    def __init__(self, finding, where="", spot=None, worth_mending=False):
        super().__init__(finding.hint)
        hint = f"{finding.hint} That was at {where}." if where else finding.hint
        self.finding, self.spot, self.worth_mending = (
            replace(finding, hint=hint),
            spot,
            worth_mending,
        )


def expect_function(written):
    """Raises NoNumbersError for what is no function."""
    if is_blank(written):
        raise NoNumbersError(STILL_BLANK)
    if not callable(written):
        hint = f"Give the check a function; this is {kind(written)}."
        raise NoNumbersError(Finding("unknown", hint))


def wanted(shapes):
    """'one number', 'a tensor of shape (2, 1)', 'a tuple of 2, for w and b'."""
    if len(shapes) > 1:
        return f"a tuple of {len(shapes)}, for {listed(list(shapes))}"
    (shape,) = shapes.values()
    return f"a tensor of shape {tuple(shape)}" if shape else "one number"


def call_hint(error):
    """A question where functions came back in the place of numbers."""
    is_function = "a function" in str(error)
    return " What does a call need behind the name of its function?" if is_function else ""


def explained_failure(outcome, function, asked, where=""):
    """The NoNumbersError of a call that raised, or gave nothing; None where it gave something."""
    if outcome.error is None:
        return _empty(outcome.value, function)
    # torch raises NotImplementedError, too, where one of its own operations is missing.
    if isinstance(outcome.error, NotImplementedError) and not outcome.by_torch:
        return NoNumbersError(STILL_BLANK)
    spot = spot_of_error(outcome.error)
    if CUT_WORDS in outcome.error_text:
        return NoNumbersError(CUT, where, spot)
    finding = explained(outcome, known=asked.at)
    return NoNumbersError(finding, where, spot, worth_mending=True)


def _empty(value, function):
    if value is None:
        return NoNumbersError(*_nothing_returned(function))
    return NoNumbersError(STILL_BLANK) if is_blank(value) else None


def _nothing_returned(function):
    """The Finding for None, and its place: a blank, no return, or None in the return."""
    code = getattr(function, "__code__", None)
    source = source_of(function)
    if source is None or code is None:
        return NO_RETURN, ""
    text = source.data.decode()
    if "..." in text or text.rstrip().endswith(("return None", "pass")):
        return STILL_BLANK, ""
    lines = text.split("\n")
    returns = [i for i, line in enumerate(lines) if line.strip().startswith("return ")]
    if not returns and not text.startswith("lambda"):
        last = len("\n".join(lines[:-1]).encode()) + (1 if len(lines) > 1 else 0)
        begin = last + len(lines[-1]) - len(lines[-1].lstrip())
        return NO_RETURN, "", source.spot(begin, len(source.data))
    if not returns:
        return NONE_RETURNED, ""
    begin = len("\n".join(lines[: returns[-1]]).encode()) + 1
    begin += len(lines[returns[-1]]) - len(lines[returns[-1]].lstrip())
    return NONE_RETURNED, "", source.spot(begin, begin + len(lines[returns[-1]].strip().encode()))


def spot_of_error(error):
    """Where in the reader's own lines something was raised, or None."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_readers(f.filename)]
    if not frames:
        return None
    frame = frames[-1]
    text = linecache.getline(frame.filename, frame.lineno).rstrip("\n")
    if not text.strip():
        return None
    start, end = getattr(frame, "colno", None), getattr(frame, "end_colno", None)
    if start is None or end is None or frame.end_lineno != frame.lineno:
        start, end = len(text) - len(text.lstrip()), len(text)
    else:
        start, end = (len(text.encode()[:place].decode()) for place in (start, end))
    return Spot(frame.lineno, text, start, end)


@lru_cache(maxsize=512)
def _is_readers(filename):
    return not filename.startswith("<") and not str(Path(filename).resolve()).startswith(
        _NOT_THE_READERS
    )
