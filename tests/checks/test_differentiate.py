"""The tape: each operation of a loss known by its kind, its derivative, and one rule wrong."""

import pytest
import torch
from torch.nn import functional

from helpers.checks import differentiate
from helpers.checks.differentiate import IN_PARTS, MOST_ENTRIES, Tape
from helpers.compute.gradients import as_tensors
from tests.checks.planted import Loss, made


def tape_of(text, wrt="w"):
    loss = Loss(text, wrt)
    return Tape(loss.function, (wrt,) if isinstance(wrt, str) else wrt, numbers(text))


def numbers(text):
    return as_tensors(Loss(text, "").at, torch.float64)


@pytest.mark.parametrize(
    ("text", "pattern", "shown"),
    [
        ("w ** 2", "u ** n", "w²"),
        ("w.square()", "u ** n", "w²"),
        ("torch.pow(w, 3)", "u ** n", "w³"),
        ("x ** w", "c ** u", "x ^ w"),
        ("2 ** w", "c ** u", "2 ^ w"),
        ("w * x", "c * u", "w · x"),
        ("3 * w", "c * u", "3 · w"),
        ("torch.mul(x, w)", "c * u", "x · w"),
        ("w / x", "u / c", "w / x"),
        ("x / w", "c / u", "x / w"),
        ("w.reciprocal()", "c / u", "reciprocal(w)"),
        ("1 / w", "c / u", "1 / w"),
        ("x - w", "c - u", "x − w"),
        ("1 - w", "c - u", "1 − w"),
        ("w - x", "u - c", "w − x"),
        ("x + w", "u + c", "x + w"),
        ("-w", "-u", "−w"),
        ("w.neg()", "-u", "−w"),
        ("torch.sin(w)", "sin(u)", "sin(w)"),
        ("w.abs()", "abs(u)", "abs(w)"),
        ("torch.clamp_min(w, 0)", "clamp(u)", "clamp_min(w, 0)"),
        ("torch.sinh(w)", "", "sinh(w)"),
    ],
)
def test_an_operation_is_known_by_its_kind(text, pattern, shown):
    operation = tape_of(text).operations[0]
    assert (operation.pattern, operation.text) == (pattern, shown)


@pytest.mark.parametrize(
    ("text", "wrt"),
    [
        ("torch.sinh(w * x) + w.cosh()", "w"),
        ("torch.sign(w * x) * w ** 2 + torch.round(w)", "w"),
        ("(w * xs > ys).double().sum() * w ** 3", "w"),
        ("torch.stack([torch.sign(w), w * x]).prod()", "w"),
        ("torch.stack([w, w * x]).prod()", "w"),
        ("(torch.cat([w * xs, ys]) ** 2).sum()", "w"),
        ("(X @ W - Y).norm()", "W"),
        ("(W.T @ X.T).square().mean()", "W"),
        ("(X @ V)[1:, 0].sum(dim=0) ** 2", "V"),
        ("(X @ V).mean(1).square().sum()", "V"),
        ("torch.maximum(w * xs, ys).reshape(-1, 1).sum()", "w"),
        ("(torch.tanh(X @ V + b) @ W @ W.T @ W).sum()", ("V", "W", "b")),
        ("torch.nn.functional.binary_cross_entropy(torch.sigmoid(w * xs + b), labels)", ("w", "b")),
        ("torch.nn.functional.mse_loss(w * xs, ys)", "w"),
        ("torch.nn.functional.cross_entropy(S, k)", "S"),
    ],
)
def test_the_derivatives_lead_to_the_gradient(text, wrt):
    """Operations that the table of rules does not know are differentiated by torch."""
    tape = tape_of(text, wrt)
    torch.testing.assert_close(tape.derivatives[-1].reshape(-1), tape.right)


S, T = torch.randn(4, 3).double(), torch.rand(4, 3).softmax(-1).double()
P, Q = S.sigmoid(), (T > 0.3).double()
PARTS = {
    "mse_loss": [(S, T)],
    "l1_loss": [(S, T)],
    "binary_cross_entropy": [(P, Q)],
    "binary_cross_entropy_with_logits": [(S, Q)],
    "cross_entropy": [(S, T), (S, torch.tensor([0, 2, 1, 1])), (S[0], torch.tensor(2))],
}


@pytest.mark.parametrize("name", IN_PARTS)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_what_torch_does_in_one_operation_is_the_same_in_several(name, reduction):
    for given in PARTS[name]:
        whole = getattr(functional, name)(*given, reduction=reduction)
        torch.testing.assert_close(IN_PARTS[name](*given, reduction=reduction), whole)


# --- One rule wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pattern", "formula", "answer"),
    [
        ("(w * x - y) ** 2", "u ** n", "n * u ** (n - 1)", "2 * (w * x - y)"),
        ("(w * x - y) ** 2", "u - c", "du - c", "2 * (w * x - y) * (x - y)"),
        ("(w * x - y) ** 2", "c * u", "du", "2 * (w * x - y)"),
        ("x * torch.sin(2 * w)", "sin(u)", "torch.cos(du) * du", "0 * w + x * math.cos(2) * 2"),
        ("x * torch.tanh(2 * w)", "tanh(u)", "(1 - f) * du", "x * (1 - torch.tanh(2 * w)) * 2"),
        ("w ** 2 * torch.sin(w)", "u * v", "du * dv", "2 * w * torch.cos(w)"),
        ("((w * xs - ys) ** 2).mean()", "mean(u)", "total(du)", "(2 * (w * xs - ys) * xs).sum()"),
        ("x * torch.tanh(w) ** 2", "u ** n", "before_u * du", "x * w * (1 - torch.tanh(w) ** 2)"),
        ("w ** 2", "u ** n", "n * moved_u * du", "2 * (w - 0.1 * 2 * w)"),
        ("(w * x - y) ** 2", "u ** n", "n * kept_u", "2 * (x - y)"),
        ("(w * x) ** 2", "u ** n", "n * kept_u", None),
        ("(w * x) ** 2", "u ** n", "n * before_u * du", None),
        ("w ** 2", "u ** n", "2 * u", None),
    ],
)
def test_a_wrong_rule_is_followed_to_the_loss(text, pattern, formula, answer):
    tape = tape_of(text)
    position = [operation.pattern for operation in tape.operations].index(pattern)
    found = tape.followed(position, formula)
    if answer is None:
        assert found is None
    else:
        expected = made(Loss(text, "w").defined(answer))(**numbers(text))
        torch.testing.assert_close(found, expected.reshape(1))


def test_a_wrong_rule_is_followed_each_time():
    tape = tape_of("(w * x) ** 2 + (w * y) ** 2")
    x, y = 1.6, 2.5
    found = tape.followed_everywhere("u ** n", "n * u")
    torch.testing.assert_close(found, torch.tensor([2 * 1.3 * (x + y)], dtype=torch.float64))


def test_parts_of_the_chain():
    tape = tape_of("((w * xs - ys) ** 2).mean()")
    at = numbers("w * xs * ys")
    xs, slopes = at["xs"], 2 * (at["w"] * at["xs"] - at["ys"]) / 3
    product = 0
    torch.testing.assert_close(tape.outer(product, "w"), slopes.sum())
    torch.testing.assert_close(tape.inner(product, "w"), xs.sum().reshape(1))
    torch.testing.assert_close(tape.averaged(product, "w"), (slopes.mean() * xs.sum()).reshape(1))
    summed = tape.averaged(product, "w", summed=True)
    torch.testing.assert_close(summed, (slopes.sum() * xs.sum()).reshape(1))


def test_another_letter():
    text = "(w * x - y) ** 2"
    by_w, by_x = tape_of(text, "w"), tape_of(text, "x")
    at = Loss(text, "w").at
    slope = 2 * (at["w"] * at["x"] - at["y"])
    assert by_w.by_letter(0, by_x).item() == pytest.approx(slope * at["w"])
    both = tape_of("(w * x - y) ** 2 * x", "w"), tape_of("(w * x - y) ** 2 * x", "x")
    assert both[0].constant_by_letter(3, both[1]) is None  # x itself is no operation


# --- What is not followed ------------------------------------------------------------------


def test_a_loss_in_place_is_not_followed():
    def loss(w):
        v = w * 2
        v += 1
        v.mul_(3)
        return v

    tape = Tape(loss, ("w",), {"w": torch.tensor(1.0)})
    assert tape.operations == [] and tape.upstream == [] and tape.right == 6


@pytest.mark.parametrize("limit", ["MOST_OPERATIONS", "MOST_NUMBERS"])
def test_a_long_loss_is_not_followed(monkeypatch, limit):
    assert tape_of("((w * xs - ys) ** 2).mean()").operations
    monkeypatch.setattr(differentiate, limit, 3)
    assert not tape_of("((w * xs - ys) ** 2).mean()").operations


def test_of_a_large_parameter_a_few_numbers_are_looked_at():
    w = torch.linspace(-1, 1, 50, dtype=torch.float64)
    tape = Tape(lambda w: (w**3).sum(), ("w",), {"w": w})
    entries = tape.entries["w"]
    assert len(entries) == len(set(entries.tolist())) == MOST_ENTRIES
    torch.testing.assert_close(tape.right, 3 * w[entries] ** 2)
    torch.testing.assert_close(tape.followed(0, "n * u * du"), 3 * w[entries])
