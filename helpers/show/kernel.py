"""What lets a notebook go on after one of its cells was stopped.

A stop that lands while torch enters or leaves ``no_grad`` can leave gradients switched off for
every cell that follows: the next ``backward`` then says that nothing requires a gradient.
"""

import torch
from IPython import get_ipython


def switch_gradients_on(*_):
    torch.set_grad_enabled(True)


def go_on_after_a_stop():
    """Begins every cell from now on with gradients switched on. Does nothing outside a kernel."""
    shell = get_ipython()
    if shell is not None:
        shell.events.register("pre_run_cell", switch_gradients_on)
