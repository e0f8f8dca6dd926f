"""The small package behind the notebooks: what a lesson uses is imported from here, in one line.

The rooms behind it are in the order in which data flows: ``compute`` has the numbers, ``checks``
the verdict on a reader's answer, ``show`` the pictures, ``explorers`` and ``prompts`` what stands
in a cell, ``classroom`` what a class adds. A call is loaded when it is first asked for, and torch
with it, not before.
"""

from importlib import import_module

_HOMES = {
    "autograd_gradient": "helpers.compute.gradients",
    "check_descent": "helpers.checks",
    "check_gradient": "helpers.checks",
    "clear_class": "helpers.classroom",
    "descend": "helpers.compute.descent",
    "explore_batch": "helpers.explorers",
    "explore_descent": "helpers.explorers",
    "explore_graph": "helpers.explorers",
    "explore_line": "helpers.explorers",
    "explore_slope": "helpers.explorers",
    "explore_step": "helpers.explorers",
    "explore_training": "helpers.explorers",
    "explore_weight": "helpers.explorers",
    "fill_table": "helpers.prompts",
    "finite_difference": "helpers.compute.gradients",
    "join_class": "helpers.classroom",
    "losses_from_seeds": "helpers.compute.layers",
    "predict": "helpers.prompts",
    "show_class": "helpers.classroom",
}

__all__ = list(_HOMES)


def __getattr__(name):
    """Import a call from its room when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__():
    return sorted({*globals(), *__all__})
