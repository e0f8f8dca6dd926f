"""Calling what a reader wrote: whatever it does is caught, seen, and leaves nothing changed."""

import random
import warnings

import numpy as np
import pytest
import torch

from helpers.checks.calling import Outcome, call, call_with, one_thread, random_numbers_kept
from tests.checks.planted import made
from tests.checks.watch import state


def thrown(error):
    raise error


def test_what_is_returned():
    outcome = call(lambda w: w + 1, {"w": 2})
    assert (outcome.value, outcome.error, outcome.error_text) == (3, None, "")


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), GeneratorExit(), MemoryError()])
def test_what_is_raised_is_caught(error):
    assert call(lambda: thrown(error), {}).error is error


def test_an_interrupt_is_the_readers():
    with pytest.raises(KeyboardInterrupt):
        call(lambda: thrown(KeyboardInterrupt()), {})


@pytest.mark.parametrize(
    ("does", "by_torch"),
    [
        (lambda: torch.ones(2) @ torch.ones(3), True),
        (lambda: torch.nn.Module()(1), True),
        (lambda: torch.ones(2) & 1, True),
        (lambda: 1 / 0, False),
        (lambda: thrown(NotImplementedError("aten::mine")), False),
    ],
)
def test_whether_torch_raised_it(does, by_torch):
    assert call(does, {}).by_torch is by_torch


class HostileError(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no  such\nthing."), "ValueError: no such thing"),
        (ValueError(), "ValueError"),
        (HostileError(), "HostileError"),
        (ValueError("x" * 500), "ValueError: " + "x" * 147 + "…"),
    ],
)
def test_an_error_on_one_line(error, text):
    assert Outcome(error=error).error_text == text


# --- What torch was seen doing -------------------------------------------------------------

TRACKED = "w = torch.tensor(1.0, requires_grad=True)\n(w * 2).backward()\n"


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        ("torch.autograd.grad(w ** 2, w)", "backward"),
        ("w.grad = None", "reset"),
        ("w.grad.zero_()", "reset"),
        ("w.grad", ""),
        ("w.grad = None\nw.grad", "reset none"),
        ("w.detach().grad", "untracked"),
        ("with torch.no_grad():\n    w -= w.grad", "update"),
        ("with torch.no_grad():\n    w = w - w.grad", "update"),
        ("w = w - w.grad", ""),
        ("w.data = w - w.grad", "update"),
        ("w.data.copy_(w)", "update"),
        ("torch.optim.SGD([w], lr=1.0).step()", "optimizer update update"),
        ("w.grad = None\ntorch.optim.SGD([w], lr=1.0).step()", "reset optimizer update none"),
    ],
)
def test_events_in_their_order(lines, events):
    body = (TRACKED + lines).replace("\n", "\n    ")
    outcome = call(made(f"def run():\n    {body}\n"), {})
    assert outcome.error is None
    assert outcome.events == f"backward {events}".strip()


def test_calls_of_torch_are_counted():
    few, many = (call(lambda n=n: [torch.ones(()) + 1 for _ in range(n)], {}) for n in (1, 10))
    assert many.calls == 10 * few.calls > 0


# --- What is heard, and what is kept -------------------------------------------------------


def test_prints_are_heard_only_aloud(capsys):
    call(lambda: print("quiet"), {})
    call(lambda: print("aloud"), {}, aloud=True)
    assert capsys.readouterr().out == "aloud\n"


def test_warnings_are_kept_and_not_shown(recwarn):
    def warning():
        for _ in range(2):
            warnings.warn("careful", stacklevel=1)

    assert call(warning, {}).warnings == ("careful", "careful")
    assert not recwarn.list


def test_settings_are_put_back():
    def changing():
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)

    with torch.no_grad():
        assert call(lambda: torch.is_grad_enabled(), {}).value is True
        call(changing, {})
        assert not torch.is_grad_enabled()
    call(changing, {})
    assert torch.is_grad_enabled() and torch.get_default_dtype() is torch.float32


def test_random_numbers_are_put_back():
    before = state()
    with pytest.raises(ValueError), random_numbers_kept():
        torch.manual_seed(1)
        random.seed(1)
        np.random.seed(1)
        raise ValueError
    assert state() == before


def test_threads_are_put_back():
    torch.set_num_threads(2)
    with pytest.raises(ValueError), one_thread():
        assert torch.get_num_threads() == 1
        raise ValueError
    assert torch.get_num_threads() == 2


def test_each_call_gets_fresh_tensors():
    at = {"w": torch.tensor(1.0), "x": 2.0, "k": torch.tensor([1])}

    def spoil(w, x, k):
        assert (w.dtype, x.dtype, k.dtype) == (torch.float64, torch.float64, torch.int64)
        assert w.requires_grad and not x.requires_grad
        w.data.zero_(), x.zero_(), k.zero_()
        return True

    for _ in range(2):
        assert call_with(spoil, at, dtype=torch.float64, tracked=("w",)).value
    assert at["w"] == 1 and at["k"] == 1 and at["w"].grad is None
