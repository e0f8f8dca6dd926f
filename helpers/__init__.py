"""The small package behind the notebooks: what a lesson uses is imported from here, in one line.

And so is what an explorer of your own is declared with: ``Explorer`` says how.

The rooms behind it are in the order in which data flows: ``compute`` has the numbers, ``checks``
the verdict on a reader's answer, ``show`` the pictures, ``explorers`` and ``prompts`` what stands
in a cell, ``classroom`` what a class adds. A call is loaded when it is first asked for, and torch
with it, not before.
"""

from importlib import import_module

from helpers.explorers import __all__ as _explorers

_HOMES = {
    **dict.fromkeys(_explorers, "helpers.explorers"),
    "Button": "helpers.show.controls",
    "Explorer": "helpers.explorers.base",
    "Menu": "helpers.show.controls",
    "Panel": "helpers.show.panels",
    "Play": "helpers.show.controls",
    "Problem": "helpers.compute.problems",
    "Reading": "helpers.show.words",
    "Slider": "helpers.show.controls",
    "Tick": "helpers.show.controls",
    "autograd_gradient": "helpers.compute.gradients",
    "both_gradients": "helpers.explorers.derivative",
    "check_descent": "helpers.checks",
    "check_gradient": "helpers.checks",
    "clear_class": "helpers.classroom",
    "descend": "helpers.compute.descent",
    "fill_table": "helpers.prompts",
    "finite_difference": "helpers.compute.gradients",
    "join_class": "helpers.classroom",
    "losses_from_seeds": "helpers.compute.layers",
    "plot_arrow": "helpers.show.plots",
    "plot_contours": "helpers.show.plots",
    "plot_data": "helpers.show.plots",
    "plot_function": "helpers.show.plots",
    "plot_line": "helpers.show.plots",
    "plot_next": "helpers.show.plots",
    "plot_path": "helpers.show.plots",
    "plot_point": "helpers.show.plots",
    "plot_prediction": "helpers.show.plots",
    "plot_residuals": "helpers.show.plots",
    "plot_tangent": "helpers.show.plots",
    "plot_text": "helpers.show.plots",
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
