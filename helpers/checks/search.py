"""The search for the one small edit that makes a reader's function right."""

import contextlib
import io
import warnings
from dataclasses import dataclass

import torch

from helpers.checks.edits import Edit, View, edits
from helpers.checks.harmless import (
    TooLongError,
    Watchdog,
    has_a_loop,
    is_harmless,
    is_small,
    never_ends_in_one_line,
)
from helpers.checks.source import Spot, source_of

MOST_WORK = 30_000
"""So much work goes into the search: each edit counts 15, and one for each call of torch and for
each 2,000 numbers in it."""
MOST_LINES = 20_000
"""A changed function may run for so many lines of Python, where its end is not certain."""


QUESTIONS = {
    "condition": "Look at the condition at the marked place: for which numbers does it hold?",
    "axis": "Look at the marked number: along which side of the table does this dim go?",
}


@dataclass(frozen=True)
class Located:
    """Where a mistake is: the edit that mends it, its place, and whose answers it mends.

    ``in_result`` says whether the place is in a line that returns something. ``alike`` are all
    whose answers are mended by edits of the same kind, each by one of them.
    """

    edit: Edit
    spot: Spot
    names: tuple[str, ...]
    in_result: bool = True
    alike: frozenset = frozenset()

    @property
    def marked(self):
        return self.spot.text[self.spot.start : self.spot.end]

    @property
    def slug(self):
        other = {"condition": "wrong-condition", "axis": "wrong-axis"}
        return other.get(self.edit.inside, self.edit.kind.slug)

    @property
    def question(self):
        return QUESTIONS.get(self.edit.inside, self.edit.kind.question)


def locate(
    function,
    verdict,
    *,
    names,
    arguments,
    functions=frozenset(),
    loop=False,
    work=10,
    slug=None,
    kept=(),
):
    """The Located of the most telling edit, or None.

    Args:
        function: the reader's.
        verdict: ``verdict(changed, thorough)`` calls a changed function and gives the set of the
            names whose answers are right: at one place, or where ``thorough``, at every place. It
            may raise anything.
        names: whose answers are wrong; an edit that mends all of them is preferred.
        kept: whose answers are right, and have to stay so.
        arguments: the names of what the loss takes.
        functions: the names of torch's functions in the loss.
        loop: whether it is a training loop.
        work: how much one call of the function is; see ``MOST_WORK``.
        slug: what is known of the mistake: only edits that can go with it are tried.
    """
    source = source_of(function)
    if source is None or not is_harmless(function) or never_ends_in_one_line(source):
        return None
    view = View(source, tuple(arguments), frozenset(functions), loop, slug)
    guard = Watchdog if has_a_loop(source) else contextlib.nullcontext
    with _quiet():
        fits = _search(view, verdict, set(names), set(kept), guard, MOST_WORK // (15 + work))
    if fits is None:
        return None
    edit, mended, alike = fits
    spot = source.spot(*edit.mark)
    in_result = "return" in spot.text or "lambda" in spot.text
    mended = tuple(name for name in names if name in mended)
    return Located(edit, spot, mended, in_result, frozenset(alike))


def _search(view, verdict, wrong, kept, guard, most):
    """The first edit that mends all, or else the first that mends some, or None.

    As (edit, whose answers it mends, whose answers edits of its kind mend).
    """
    some, alike = None, set()
    for count, edit in enumerate(edits(view)):
        if count > most:
            break
        right = _right_after(view.source, edit, verdict, guard, thorough=False)
        if not wrong & right or not kept <= right:
            continue
        if some and edit.kind is some[0].kind:
            alike |= wrong & right
        if not _better(wrong, right, some):
            continue
        right = _right_after(view.source, edit, verdict, guard, thorough=True)
        if wrong | kept <= right:
            return edit, wrong, wrong
        if wrong & right and kept <= right and some is None:
            some = edit, wrong & right
            alike = wrong & right
    return some and (*some, alike)


def _better(wrong, right, some):
    return wrong <= right or some is None


def _right_after(source, edit, verdict, guard, *, thorough):
    try:
        text = edit.applied(source.data)
        if not is_small(text.decode()):
            return set()
        changed = source.made_from(text)
        with guard(MOST_LINES) if guard is Watchdog else guard():
            return verdict(changed, thorough)
    except KeyboardInterrupt:
        raise
    except (Exception, TooLongError, SystemExit):
        return set()


@contextlib.contextmanager
def _quiet():
    """Nothing that a changed function prints or warns of is heard."""
    dtype = torch.get_default_dtype()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        torch.enable_grad(),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
