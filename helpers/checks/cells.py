"""The cell before the check: one that Python could not read leaves the older function in place."""

from dataclasses import dataclass

from helpers.checks.errors import Finding
from helpers.checks.source import Spot

_state = {"shell": None, "unread": None, "told": False}


@dataclass(frozen=True)
class Unread:
    """A cell that could not be read: what to say of it, and where."""

    finding: Finding
    spot: Spot | None


def watch(shell):
    """Notes of every cell that a notebook runs from now on whether Python could read it."""
    if shell is not None and _state["shell"] is not shell:
        _state["shell"] = shell
        shell.events.register("post_run_cell", _note)


def _note(result):
    error = getattr(result, "error_before_exec", None)
    _state["unread"] = error if isinstance(error, SyntaxError) else None


def unread():
    """The Unread of the cell that was run just before this one, or None."""
    error, _state["unread"] = _state["unread"], None
    if error is None:
        return None
    message = str(error.msg).rstrip(".")
    hint = (
        f"The cell that you ran before this one could not be read ({message}), so the function is "
        "still the older one. Mend that cell and run it, then run this check again."
    )
    return Unread(Finding("raised", hint), _spot(error))


def _spot(error):
    text = (error.text or "").rstrip("\n")
    if not text.strip() or not error.lineno:
        return None
    start = max(0, (error.offset or 1) - 1)
    end = error.end_offset - 1 if getattr(error, "end_offset", 0) else start + 1
    return Spot(error.lineno, text, min(start, len(text) - 1), max(start + 1, min(end, len(text))))
