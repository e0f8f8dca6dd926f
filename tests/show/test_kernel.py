"""An error in a lesson: the reader's own lines and the message, in every IPython there is."""

import json
import subprocess
import sys

import pytest

from tests.series import ROOT

# In a process of its own, for a shell is one a process.
RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell, shown = InteractiveShell.instance(), []
InteractiveShell._showtraceback = lambda shell, kind, error, lines: shown.append(lines)
shell.run_cell("import torch, helpers.show.kernel", store_history=True)
raised = {}
for name, cell in json.loads(sys.argv[1]).items():
    shown.clear()
    shell.run_cell(cell, store_history=True)
    raised[name] = shown[0] if shown else []
print()
print(json.dumps(raised))
"""
CELLS = {
    "torch": "w = torch.tensor(1.0, requires_grad=True)\nloss = w**2\nloss.backward()\n"
    "loss.backward()",
    "all of it": "%tb",
    "a function": "def half(x):\n    return x / zero",
    "its call": "half(\n    1\n)",
    "two lines": "raise ValueError('one\\ntwo')",
    "a stop": "raise KeyboardInterrupt",
    "a key": "{}['w']",
    "a slip": "x = 1\ny = = 2",
    "a slip in a text": "exec('y = = 2')",
    "itself": "def f(x):\n    return f(x)\nf(1)",
}


@pytest.fixture(scope="module")
def raised():
    """name of a cell -> the lines of its error."""
    command = [sys.executable, "-c", RUN, json.dumps(CELLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def place(name, line):
    count = 2 + list(CELLS).index(name)
    return f"Cell In[{count}], line {line}"


def test_an_error_inside_torch_shows_the_line_of_the_cell_and_the_message(raised):
    line, message = raised["torch"]
    assert line == f"{place('torch', 4)}\n----> 4 loss.backward()"
    assert message.startswith("RuntimeError: Trying to backward through the graph a second time")


def test_a_long_message_breaks_between_words(raised):
    message = raised["torch"][-1]
    assert "already been freed). Saved intermediate values of" in " ".join(message.split())
    assert len(message.splitlines()) > 2 and max(map(len, message.splitlines())) <= 70


def test_an_error_in_a_function_of_another_cell_shows_the_way_to_it(raised):
    assert raised["its call"] == [
        f"{place('its call', 1)}\n----> 1 half(",
        f"{place('a function', 2)}, in half\n----> 2     return x / zero",
        "NameError: name 'zero' is not defined",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("two lines", "ValueError: one\ntwo"),
        ("a stop", "KeyboardInterrupt"),
        ("a key", "KeyError: 'w'"),
    ],
)
def test_every_kind_of_error_is_short(raised, name, message):
    assert raised[name] == [f"{place(name, 1)}\n----> 1 {CELLS[name]}", message]


def test_what_python_cannot_read_is_marked_where_it_stops(raised):
    marked = "----> {} y = = 2\n            ^"
    message = "SyntaxError: invalid syntax"
    assert raised["a slip"] == [f"{place('a slip', 2)}\n{marked.format(2)}", message]
    assert raised["a slip in a text"][1:] == [f"Line 1\n{marked.format(1)}", message]


def test_a_function_that_calls_itself_does_not_fill_the_screen(raised):
    assert len(raised["itself"]) == 8 and "more of your lines" in raised["itself"][3]
    assert raised["itself"][-1].startswith("RecursionError")


def test_all_of_an_error_can_be_asked_for(raised):
    assert "_engine_run_backward" in "\n".join(raised["all of it"])
