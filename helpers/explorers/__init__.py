"""The sliders of the lessons: controls joined to a computation and a drawing of its result.

One file an explorer, each declared on ``base``: it says what it shows and what it says, and has
no mathematics of its own.
"""

from helpers.explorers.batch import explore_batch
from helpers.explorers.bend import explore_bend
from helpers.explorers.descent import explore_descent
from helpers.explorers.graph import explore_graph
from helpers.explorers.layer import explore_layer
from helpers.explorers.line import explore_line
from helpers.explorers.network import explore_network
from helpers.explorers.slope import explore_slope
from helpers.explorers.step import explore_step
from helpers.explorers.training import explore_training
from helpers.explorers.weight import explore_weight

__all__ = [
    "explore_batch",
    "explore_bend",
    "explore_descent",
    "explore_graph",
    "explore_layer",
    "explore_line",
    "explore_network",
    "explore_slope",
    "explore_step",
    "explore_training",
    "explore_weight",
]
