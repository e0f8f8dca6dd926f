"""What a reader answered, told to whoever listens. Nobody does unless the reader has agreed to it.

A question tells of a guess, a check of its verdict. Neither knows who hears it.
"""

from contextlib import suppress
from functools import wraps

_listeners = []


def listen(function):
    """Have ``function(kind, **facts)`` called at each answer from now on.

    A guess has the facts ``question``, ``options`` and ``answer``. A check has ``names``, those of
    the reader's function, of the loss and of what it is differentiated by, ``ok`` and ``mistake``.
    """
    if function not in _listeners:
        _listeners.append(function)


def stop_listening(function):
    """Have it called no more."""
    if function in _listeners:
        _listeners.remove(function)


def tell(kind, **facts):
    """Say to all who listen what was answered. One who fails at it disturbs nobody."""
    for function in tuple(_listeners):
        with suppress(Exception):
            function(kind, **facts)


def told(check):
    """The same check, which tells its verdict."""

    @wraps(check)
    def telling(*written, wrt, **further):
        report = check(*written, wrt=wrt, **further)
        with suppress(Exception):  # a name may be anything, even one that raises
            tell("check", names=_names(written, wrt), ok=report.ok, mistake=report.mistake)
        return report

    return telling


def _names(written, wrt):
    wrt = (wrt,) if isinstance(wrt, str) else tuple(wrt)
    return (*(getattr(part, "__name__", "") for part in written), *wrt)
