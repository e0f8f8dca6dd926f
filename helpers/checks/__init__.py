"""The check: what a reader wrote, held against the right answer, and the mistake named.

``derivatives.py`` and ``loops.py`` have the two calls. Each calls the reader's function
(``calling``), reads what came back (``reading``) at several sets of numbers (``points``), and
judges by numbers alone whether it is right (``evidence``, ``walks``). What is wrong is named from
three sources, each a table that a teacher can read and add to: wrong rules along the loss
(``wrong_rules``), edits of the reader's own source (``edits``), and what the numbers or an error
show (``mistakes``, ``loop_rules``, ``errors``). The answer is a report (``reports``).
"""

import sys

from helpers.checks import cells
from helpers.checks.derivatives import check_gradient
from helpers.checks.loops import check_descent

__all__ = ["check_descent", "check_gradient"]

if "IPython" in sys.modules:
    cells.watch(sys.modules["IPython"].get_ipython())
