"""The sliders of the lessons: controls joined to a computation and a drawing of its result.

One file an explorer. Each calls what computes and what draws, and has no mathematics of its own.
"""

from helpers.explorers.step import explore_step
from helpers.explorers.weight import explore_weight

__all__ = ["explore_step", "explore_weight"]
