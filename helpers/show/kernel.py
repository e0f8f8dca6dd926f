"""What lets a reader go on after a stop or an error: gradients switched on, and a short message.

A stop that lands while torch enters or leaves ``no_grad`` can leave gradients switched off for
every cell that follows: the next ``backward`` then says that nothing requires a gradient.

An error in torch fills a screen with lines of torch. What helps is the reader's own line and the
message, so no more than these are shown; ``%tb`` shows all of it.

A kernel that imports this module does both from then on.
"""

import asyncio
import contextlib
import linecache
import sys
import textwrap
import traceback

import torch
from IPython import get_ipython

WIDTH = 70  # characters of a message in a line: no more fit in a window of half a laptop's screen
MOST_LINES = 6  # of the reader's, in an error: a function that calls itself has thousands


def switch_gradients_on(*_):
    torch.set_grad_enabled(True)


def go_on_after_a_stop():
    """Begins every cell from now on with gradients switched on. Does nothing outside a kernel."""
    shell = get_ipython()
    if shell is not None:
        shell.events.register("pre_run_cell", switch_gradients_on)


def later(seconds, action):
    """Does something in so many seconds, once the kernel is free. Does nothing outside a kernel."""
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop().call_later(seconds, action)


def show_short_errors():
    """Shows of each error from now on the reader's lines and the message, and no others.

    Does nothing outside a kernel.
    """
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Exception, KeyboardInterrupt), _show_error)


def short_traceback(shell, error):
    """The lines in the reader's cells that led to an error, marked, and its message last."""
    steps = traceback.walk_tb(error.__traceback__)
    own = [
        _marked(shell, frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in steps
        if frame.f_globals is shell.user_ns
    ]
    if len(own) > MOST_LINES:
        half = MOST_LINES // 2
        own[half:-half] = [f"… {len(own) - 2 * half} more of your lines …"]
    message = str(error)
    if isinstance(error, SyntaxError):
        message = error.msg
        own += [_misread(shell, error)] if error.text else []
    lines = f"{type(error).__name__}: {message}".removesuffix(": ").splitlines()
    return [*own, "\n".join(map(_wrapped, lines))]


def _show_error(shell, _type, error, frames, tb_offset=None):
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, frames  # for %tb
    shell._showtraceback(type(error), error, short_traceback(shell, error))


def _marked(shell, file, number, function):
    """A line of a cell as text, with the place of it above."""
    name = "" if function.startswith("<") else f", in {function}"
    line = linecache.getline(file, number).rstrip()
    return f"{_place(shell, file, number)}{name}\n----> {number} {line}"


def _misread(shell, error):
    """The line that Python could not read, with the place of it above and a mark below."""
    start = f"----> {error.lineno} "
    mark = " " * (len(start) + (error.offset or 1) - 1) + "^"
    place = _place(shell, error.filename, error.lineno)
    return f"{place}\n{start}{error.text.rstrip()}\n{mark}"


def _place(shell, file, line):
    """'Cell In[4], line 2', from the name of a file under which IPython keeps what it ran."""
    source = "".join(linecache.getlines(file)).rstrip()
    ran = enumerate(shell.history_manager.input_hist_parsed)
    counts = [count for count, cell in ran if cell and cell.rstrip() == source]
    return f"Cell In[{counts[-1]}], line {line}" if counts else f"Line {line}"


def _wrapped(line):
    return textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)


go_on_after_a_stop()
show_short_errors()
