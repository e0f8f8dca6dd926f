"""What is run in changed form: only what computes, not for long, and with no trace left of it."""

import copy
import sys

import pytest
import torch

from helpers.checks import search
from helpers.checks.harmless import TooLongError, Watchdog, is_harmless, is_small
from helpers.checks.search import locate
from helpers.checks.source import Source, source_of
from tests.checks.planted import (
    AUTOGRAD_MATRIX,
    BY_HAND,
    LINE,
    MATRIX,
    ONE,
    OPTIMIZER,
    Loss,
    made,
)
from tests.checks.watch import state

OTHERS = """
import os, io, sys, pathlib, random, time
import torch.nn.functional as F
data, table = torch.ones(3), {}
weight = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([weight], lr=0.1)
model = torch.nn.Linear(1, 1)
class Model:
    def forward(self, w):
        return w
def half(w):
    return w / 2
def writes(w):
    open("written", "w").write(str(w))
def by_way_of(w):
    return writes(w)
def itself(w):
    return itself(w - 1) if w > 0 else w
"""
"""What other cells have defined."""


def function_of(lines):
    body = lines.replace("\n", "\n    ")
    return made(f"{OTHERS}\ndef answer(w, x):\n    {body}\n    return w * x\n")


@pytest.mark.parametrize(
    "lines",
    [
        "open('written', 'w').write('1')",
        "os.remove('file')",
        "import os",
        "from os import path",
        "__import__('os').remove('file')",
        "exec('1')",
        "eval('1')",
        "input()",
        "exit()",
        "setattr(x, 'a', 1)",
        "globals()['w'] = 1",
        "delattr(table, 'a')",
        "pathlib.Path('a').write_text('1')",
        "io.open('a', 'w')",
        "sys.stdout.write('1')",
        "time.sleep(100)",
        "torch.save(w, 'file')",
        "np.save('file', w)",
        "torch.load('file')",
        "w.numpy().tofile('file')",
        "torch.manual_seed(1)",
        "np.random.seed(1)",
        "random.seed(1)",
        "torch.set_default_dtype(torch.float64)",
        "torch.set_num_threads(1)",
        "torch.set_grad_enabled(False)",
        "torch.hub.load('a', 'b')",
        "w.__class__",
        "w._backward_hooks",
        "(lambda: 1).__globals__",
        "global data\ndata = 1",
        "data.zero_()",
        "data[0] = 1",
        "data.data = w",
        "mine = data\nmine.zero_()",
        "mine = data[1:]\nmine[0] = 5",
        "table['a'] = 1",
        "table.update(a=1)",
        "weight * w",
        "weight.backward()",
        "optimizer.step()",
        "model(w)",
        "Model()",
        "writes(w)",
        "by_way_of(w)",
        "del w",
        "try:\n    x = w\nexcept BaseException:\n    pass",
        "class Mine:\n    pass",
    ],
)
def test_what_may_do_more_than_compute_is_never_run(lines):
    assert not is_harmless(function_of(lines))


@pytest.mark.parametrize(
    "lines",
    [
        "x = w + data[0]",
        "x = half(w) + itself(w)",
        "rows = []\nrows.append(w)\nrows[0] = 1\nrows.sort()",
        "v = w.clone().requires_grad_()\nv.grad = None\n(v ** 2).backward()\nv.grad.zero_()",
        "w -= 0.1\nw.zero_()",
        "x = F.relu(w) + torch.nn.functional.softplus(w) + np.exp(1.0) + math.sin(1)",
        "net = torch.nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nopt.step()",
        "print(w)",
        "x = random.random()",
        "import math\nx = math.pi",
        "from torch.nn import functional\nx = functional.relu(w)",
        "with torch.no_grad():\n    x = w",
        "def inner(v):\n    return v * 2\nx = inner(w)",
        "x = [v * w for v in (1, 2)]",
    ],
)
def test_what_only_computes_may_be_run(lines):
    assert is_harmless(function_of(lines))


def test_a_function_that_reaches_too_many_others_is_not_run():
    text = "def f0(w): return w\n"
    text += "".join(f"def f{n}(w): return f{n - 1}(w)\n" for n in range(1, 20))
    assert not is_harmless(made(text))
    assert is_harmless(made(text.split("def f5")[0]))


def test_what_has_no_source_is_not_run():
    assert not is_harmless(eval("lambda w: w")) and not is_harmless(print)


# --- Not for long --------------------------------------------------------------------------


def changed(text):
    """A function as the search makes it, from other text."""
    return source_of(made(text)).made_from(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    while True:\n        pass",
        "def f():\n    while 1:\n        try: 1 / 0\n        except Exception: pass",
        "def f(n=0):\n    for n in iter(int, 1):\n        n += 1",
        "def f(n=2):\n    for _ in range(99):\n        n = n * n",
    ],
)
def test_what_never_ends_is_stopped(text):
    tracing = sys.gettrace()
    function = changed(text)
    with pytest.raises(TooLongError), Watchdog(500):
        function()
    assert sys.gettrace() is tracing


def test_what_ends_soon_is_not_stopped():
    function = changed("def f(n):\n    while n < 99:\n        n += 1\n    return n")
    with Watchdog(500):
        assert function(0) == 99


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("def f(w):\n    return w ** 2 + 10 ** 6 + 10 ** -30", True),
        ("lambda w: w ** w", True),
        ("def f(w):\n    return w * 10 ** 10", False),
        ("lambda w: w + 9 ** -(-9) ** 9", False),
        ("lambda w: w + ((9) * (2 * 9) ) ** 9", False),
        ("lambda w1: (w1 - 9) ** 9 + w1 ** 9", True),
    ],
)
def test_a_power_of_numbers_can_be_too_large(text, small):
    assert is_small(text) is small


@pytest.mark.parametrize(
    "lines",
    [
        "n = 0\nwhile n < 3:\n    n = n + 1",
        "n = 0\nfor i in range(10 * 10):\n    n = n + 1",
        "import itertools\nn = sum(itertools.islice(itertools.count(), 3))",
        "n = float(9 ** 9 * 9)",
    ],
)
def test_a_search_that_meets_endless_edits_ends(lines):
    assert ONE.report(f"{lines}\nreturn torch.sin(w) * n").ok is False


def test_a_search_has_a_budget(monkeypatch):
    tried = []

    def verdict(function, thorough):
        tried.append(function)
        return set()

    def search_in(calls):
        tried.clear()
        locate(made(BY_HAND.text), verdict, names=["w"], arguments=("w", "x", "y"), work=calls)
        return len(tried)

    few, many = search_in(calls=1000), search_in(calls=0)
    assert few <= search.MOST_WORK // 1000 < many <= search.MOST_WORK // 15


# --- Nothing is left of it -----------------------------------------------------------------


WRONG = [
    *[(ONE, answer) for answer in ("2 * (w * x + y) * x", "torch.sin(w) + x ** 3")],
    (MATRIX, "for t in (W, X, Y):\n    t += 1\nreturn 2 * X.T @ (X @ W - Y)"),
    (LINE, "v = torch.rand(()).requires_grad_()\n(v ** 2).backward()\nreturn v.grad * 0 + w, w"),
    (BY_HAND, BY_HAND.changed("- y", "+ y")),
    (AUTOGRAD_MATRIX, AUTOGRAD_MATRIX.changed("- Y", "- Y.T")),
    (OPTIMIZER, OPTIMIZER.changed("** 2", "** 3")),
]


@pytest.mark.parametrize(("of", "text"), WRONG)
@pytest.mark.parametrize("grad", [True, False])
def test_a_search_leaves_no_trace(of, text, grad, capfd, recwarn):
    written = made(of.defined(text) if isinstance(of, Loss) else text)
    at = {name: torch.as_tensor(number).clone() for name, number in of.at.items()}
    numbers, names = copy.deepcopy(at), dict(written.__globals__)
    torch.set_num_threads(2)
    with torch.set_grad_enabled(grad):
        before = state()
        assert of.report(written, at=at).ok is False
        assert state() == before
    assert written.__globals__ == names
    for name, tensor in at.items():
        assert torch.equal(tensor, numbers[name]) and not tensor.requires_grad
        assert tensor.grad is None
    assert capfd.readouterr() == ("", "")
    assert not [warning for warning in recwarn if warning.category is UserWarning]


GLOBALS = {
    "r = X @ W\nr -= Y\nreturn torch.sin(W) + 0 * r.sum()": "X",
    "r = torch.clone(X)\nr.zero_()\nreturn torch.sin(W) + r.sum()": "X",
    "r = X * 1\nr[0] = 0\nreturn torch.sin(W) + r.sum()": "X",
    "rows = list(start)\nrows.append(1)\nreturn torch.sin(W) * len(rows)": "start",
}


@pytest.mark.parametrize("lines", GLOBALS)
def test_a_search_leaves_what_other_cells_have_made(lines):
    body = lines.replace("\n", "\n    ")
    others = {"X": torch.ones(3, 2), "Y": torch.ones(3, 1), "start": [1.0]}
    written = made(f"def slope(W):\n    {body}\n")
    written.__globals__.update(copy.deepcopy(others))
    assert Loss("(W ** 2).sum()", "W").report(written).ok is False
    for name, value in others.items():
        assert torch.equal(*map(torch.as_tensor, (written.__globals__[name], value)))


def test_what_changed_functions_print_is_not_heard(capfd):
    report = ONE.report("print('once')\nreturn 2 * (w * x + y) * x")
    assert report.mistake == "sign" and capfd.readouterr().out == "once\n"


def test_an_interrupt_in_a_changed_function_is_the_readers():
    def verdict(function, thorough):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        locate(made(BY_HAND.text), verdict, names=["w"], arguments=("w",))


def test_nothing_is_made_of_what_may_do_more(monkeypatch):
    made_from = []
    monkeypatch.setattr(Source, "made_from", lambda self, data: made_from.append(data))
    ONE.report("2 * (w * x + y) * x")
    assert made_from
    made_from.clear()
    for harm in ("open('file')", "torch.save", "exec", "w.__class__"):
        assert ONE.report(f"kept = [{harm}]\nreturn 2 * (w * x + y) * x").ok is False
    assert not made_from
