"""The sliders of the lessons: controls joined to a computation and a drawing of its result.

One file an explorer, each declared on ``base``: it says what it shows and what it says, and has
no mathematics of its own. A file ``step.py`` has the call ``explore_step``. It is found by that
name, here and in ``helpers``, and loaded when it is first asked for.
"""

from importlib import import_module
from pathlib import Path

CALL = "explore_"

__all__ = sorted(
    f"{CALL}{file.stem}"
    for file in Path(__file__).parent.glob("*.py")
    if f"\ndef {CALL}{file.stem}(" in file.read_text(encoding="utf-8")
)


def __getattr__(name):
    """Import an explorer from its file when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'helpers.explorers' has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name.removeprefix(CALL)}"), name)
