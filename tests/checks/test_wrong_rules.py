"""The table of rules: the right ones give autograd's gradient, and each wrong one gets its name."""

from dataclasses import dataclass
from functools import cached_property, partial

import pytest
import torch

from helpers.checks.differentiate import Tape
from helpers.checks.points import question
from helpers.checks.wrong_rules import BACKWARD, RULES
from helpers.compute.gradients import as_tensors
from tests.checks.planted import Loss

LOSSES = {
    "u ** n": ["(w * x - y) ** 4"],
    "c ** u": ["2.5 ** (w * x + b)"],
    "exp(u)": ["torch.exp(w * x + b)"],
    "log(u)": ["torch.log(w * x + 1)"],
    "log1p(u)": ["torch.log1p(w * x)"],
    "log2(u)": ["torch.log2(w * x + 1)"],
    "log10(u)": ["torch.log10(w * x + 1)"],
    "sqrt(u)": ["torch.sqrt(w * x + 1)"],
    "sin(u)": ["torch.sin(w * x + b)"],
    "cos(u)": ["torch.cos(w * x + b)"],
    "tan(u)": ["torch.tan(w * x + b)"],
    "sigmoid(u)": ["torch.sigmoid(w * x + b)"],
    "tanh(u)": ["torch.tanh(w * x + b)"],
    "relu(u)": ["torch.relu(w * xs).sum()"],
    "leaky_relu(u)": ["torch.nn.functional.leaky_relu(w * xs, 0.1).sum()"],
    "where(c, u, v)": ["torch.where(w * xs > 0, w * xs, 0.1 * w * xs).sum()"],
    "clamp(u)": ["torch.clamp(w * xs, min=1).sum()"],
    "abs(u)": ["torch.abs(w * xs).sum()"],
    "softplus(u)": ["torch.nn.functional.softplus(w * x)"],
    "softmax(u)": ["(torch.softmax(w * z, 0) * z ** 2).sum()"],
    "log_softmax(u)": ["-(hot * torch.log_softmax(z, 0)).sum()"],
    "u @ v": ["(torch.tanh(X @ V) @ V).sum()", "(V @ torch.tanh(V @ W)).sum()"],
    "u * v": [
        "torch.tanh(w * x) * torch.sin(w)",
        "torch.sin(w) * torch.tanh(w * x)",
        "w * torch.sin(w * x)",
        "torch.sin(w * x) * w",
    ],
    "c * u": ["x * torch.sin(w)"],
    "u / v": ["torch.sin(w) / (w ** 2 + 3)"],
    "c / u": ["x / (w ** 2 + 3)"],
    "u / c": ["torch.sin(w) / x"],
    "u + v": ["torch.sin(w) + w ** 2"],
    "u + c": ["torch.sin(w) + x"],
    "u - v": ["torch.sin(w) - w ** 2"],
    "u - c": ["torch.sin(w) - x"],
    "c - u": ["x - torch.sin(w)"],
    "-u": ["-torch.sin(w)"],
    "mean(u)": ["torch.sin(w * xs).mean()"],
    "sum(u)": ["torch.sin(w * xs).sum()"],
}
"""An operation of the table -> losses that have it, by w, or by V or z where there is one."""

THE_RIGHT_ONE = {
    ("c ** u", "(f * torch.log(c)) * du"),
    ("exp(u)", "f * du"),
    ("relu(u)", "((f > 0) * 1.0) * du"),
    ("relu(u)", "((u > 0) * 1.0) ** 2 * du"),
}
"""Rows that give what the right rule gives."""


@dataclass
class Followed:
    """A loss at the points at which a check asks, and what each rule gives there."""

    pattern: str
    text: str

    @cached_property
    def loss(self):
        names = [name for name in "VzwS" if name in Loss(self.text, "").at]
        return Loss(self.text, names[0])

    @cached_property
    def tapes(self):
        asked = question(self.loss.function, wrt=self.loss.wrt, at=self.loss.at, seed=0)
        return [self.tape(point.at) for point in asked.points()]

    def tape(self, at):
        return Tape(self.loss.function, (self.loss.wrt,), at)

    @cached_property
    def patterns(self):
        return [operation.pattern for operation in self.tapes[0].operations]

    @cached_property
    def position(self):
        return self.patterns.index(self.pattern)

    @cached_property
    def right(self):
        return torch.cat([tape.right for tape in self.tapes])

    def numbers(self, position, formula):
        """What a wrong rule gives at all points; None where it cannot be followed."""
        found = [tape.followed(position, formula) for tape in self.tapes]
        return None if any(one is None for one in found) else torch.cat(found)

    def names_of(self, wrong, rare):
        """The slugs of all rules that give these numbers, and of some multiples of the gradient."""
        names = {-1: "sign", 0.5: "missing-factor-2", 0: "zero"}
        found = {slug for factor, slug in names.items() if alike(wrong, factor * self.right)}
        factor = wrong @ self.right / (self.right @ self.right)
        if rare and alike(wrong, factor * self.right):
            found.add("constant-factor")
        for position, pattern in enumerate(self.patterns):
            for row in RULES[pattern].wrong if pattern else ():
                numbers = self.numbers(position, row.formula)
                if numbers is not None and alike(numbers, wrong):
                    found.add(row.slug)
        return found

    def report(self, formula):
        """The report on who follows a wrong rule, and whose source cannot be read."""

        def followed(at):
            answer = self.tape(at).followed(self.position, formula)
            return answer.reshape(at[self.loss.wrt].shape)

        return self.loss.report(partial(lambda **at: followed(at)))


def alike(one, other):
    return torch.allclose(one, other, rtol=1e-5, atol=1e-8, equal_nan=True)


def test_every_operation_has_a_loss():
    assert LOSSES.keys() == RULES.keys()


@pytest.mark.parametrize("pattern", RULES)
def test_the_right_rule_gives_the_gradient(pattern):
    for text in LOSSES[pattern]:
        followed = Followed(pattern, text)
        assert pattern in followed.patterns
        for tape in followed.tapes:
            torch.testing.assert_close(tape.derivatives[-1], tape.right)


@pytest.mark.parametrize("pattern", RULES)
def test_each_wrong_rule_gets_its_name(pattern):
    losses = [Followed(pattern, text) for text in LOSSES[pattern]]
    for row in RULES[pattern].wrong:
        answers = [(loss, loss.numbers(loss.position, row.formula)) for loss in losses]
        usable = [(loss, n) for loss, n in answers if n is not None and not alike(n, loss.right)]
        if (pattern, row.formula) in THE_RIGHT_ONE:
            assert not usable
            continue
        loss, numbers = usable[0]
        report = loss.report(row.formula)
        assert report.mistake in loss.names_of(numbers, row.rare), f"{row.formula}\n{report}"


SCORES = {
    "softmax(u)": (
        "torch.nn.functional.cross_entropy(S, k)",
        "-torch.log(torch.softmax(S, 1))[torch.arange(2), k].mean()",
        "-torch.log(torch.exp(S) / torch.exp(S).sum(1, keepdim=True))[torch.arange(2), k].mean()",
        "-torch.log_softmax(S, 1)[torch.arange(2), k].sum()",
    ),
    "sigmoid(u)": (
        "torch.nn.functional.binary_cross_entropy_with_logits(z, labels)",
        "torch.nn.functional.binary_cross_entropy(torch.sigmoid(z), labels)",
        "-(labels * torch.log(torch.sigmoid(z)) + (1 - labels) * torch.log(torch.sigmoid(-z)))"
        ".sum()",
        "-(labels * torch.log(1 / (1 + torch.exp(-z))) - (1 - labels) * (z + torch.log(1 + "
        "torch.exp(-z)))).mean()",
    ),
    "p": ("-(label * torch.log(p) + (1 - label) * torch.log(1 - p))",),
}
"""Losses of scores, or of a probability: however they are written, the scores are found."""
WITH_FACTOR = {
    "softmax(u)": ("torch.nn.functional.cross_entropy(S / 1.7, k)",),
    "sigmoid(u)": ("torch.nn.functional.binary_cross_entropy_with_logits(0.6 * z, labels)",),
}
"""Losses in which the scores have a factor."""


def each_by_scores():
    for pattern, rows in BACKWARD.items():
        for row in rows:
            losses = WITH_FACTOR if "unscaled" in row.formula else SCORES
            yield from ((pattern, row, text) for text in losses[pattern])


@pytest.mark.parametrize(("pattern", "row", "text"), [*each_by_scores()])
def test_each_gradient_by_the_scores_gets_its_name(pattern, row, text):
    (name,) = (n for n in "Szp" if n in Loss(text, "").at)
    loss = Loss(text, name)
    place = 1 if text in WITH_FACTOR.get(pattern, ()) else 0

    def tape(at):
        return Tape(loss.function, (name,), at)

    def backward(at):
        return tape(at).back_from(place, pattern, row.formula, at).reshape(at[name].shape)

    own = as_tensors(loss.at)
    this = tape(own).scores(place, own)[pattern].text
    report = loss.report(partial(lambda **at: backward(at)))
    assert row.question.format(this=this) in report.hint, report
