"""The small package behind the notebooks, from a loss and its gradient to a picture that moves.

``problems`` holds the worked examples, ``gradients`` two automatic ways to a derivative,
``checks`` and ``mistakes`` the verdict on one written by hand, ``descent`` a recorded run,
``plots``, ``live`` and ``explorers`` what is seen of it. The calls named here can be imported from
``helpers`` itself; torch is loaded when the first of them is asked for, and not before.
"""

from importlib import import_module

_HOMES = {
    "autograd_gradient": "helpers.gradients",
    "check_descent": "helpers.checks",
    "check_gradient": "helpers.checks",
    "descend": "helpers.descent",
    "finite_difference": "helpers.gradients",
}

__all__ = list(_HOMES)


def __getattr__(name):
    """Import a call from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__():
    return sorted({*globals(), *__all__})
