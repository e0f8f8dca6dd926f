"""What readers write, wrong and right: tables to read and to add to.

A row of ``WRONG`` is a derivative and the slug that it ought to get, under the loss that it is of.
A row of ``WRONG_LOOPS`` is a change to the text of a right loop, and the slug. Where one slug has
several hints, a third entry holds words of the one that is meant. The place that ought to be
marked stands between « and ». All of it is text, and becomes functions whose source can be read,
as in a notebook's cell.
"""

import itertools
import linecache
import math
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from helpers.checks import check_descent, check_gradient

NUMBERS = {
    "v": 0.7,
    "V": torch.tensor([[0.7, 0.3], [-1.2, 0.9]]),
    "w": 1.3,
    "W": torch.tensor([[0.7], [-1.2]]),
    "b": -0.4,
    "c": 0.3,
    "a": torch.tensor([1.4, -0.6]),
    "x": 1.6,
    "y": 2.5,
    "xs": torch.tensor([0.8, -1.5, 2.1]),
    "ys": torch.tensor([1.9, -0.6, 0.7]),
    "X": torch.tensor([[1.1, 0.4], [-0.7, 1.9], [2.2, -1.3]]),
    "Y": torch.tensor([[2.0], [-1.4], [0.9]]),
    "z": torch.tensor([0.3, -0.8, 1.2]),
    "hot": torch.tensor([0.0, 1.0, 0.0]),
    "labels": torch.tensor([1.0, 0.0, 1.0]),
    "S": torch.tensor([[0.4, -0.3, 0.9], [1.2, 0.1, -0.5]]),
    "k": torch.tensor([2, 1]),
    "p": 0.7,
    "label": 1.0,
    "right": 1,
    "U": torch.tensor([[0.8, -0.5, 0.2], [-0.3, 0.6, 1.1]]),
    "classes": torch.tensor([2, 0, 1]),
}
"""The reader's numbers. A loss takes those whose names stand in its text, in this order."""

ELSEWHERE = {"torch": torch, "np": np, "math": math, "y_hat": 1.9, "__name__": "__main__"}
"""What other cells have defined."""


def made(text, elsewhere=None):
    """The last function that a text defines; ``elsewhere``: what other cells have defined."""
    file, names = next(_files), dict(elsewhere or ELSEWHERE)
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    exec(compile(text, file, "exec"), names)
    return list(names.values())[-1]


_files = (f"/cells/{count}.py" for count in itertools.count())


@dataclass(frozen=True)
class Loss:
    """A loss as text, and the names of its parameters."""

    text: str
    wrt: str | tuple[str, ...]
    learning_rate: float | None = None

    @property
    def at(self):
        used = re.findall(r"\w+", self.text)
        return {name: number for name, number in NUMBERS.items() if name in used}

    @cached_property
    def function(self):
        return made(self.defined(self.text))

    def defined(self, answer):
        """The text of a function with the loss's arguments: of an expression, or of lines."""
        is_lines = re.match(r"(return|raise|assert|\W?\w+ = )", answer) or "\n" in answer
        body = answer if is_lines else f"return {answer}"
        return f"def gradient({', '.join(self.at)}):\n" + "\n".join(
            f"    {line}" for line in body.split("\n")
        )

    def loop(self, text, **options):
        """A right training loop for this loss."""
        return Loop(self, text, **options)

    def report(self, written, at=None):
        """The check's report on an answer, as a function or as text."""
        written = made(self.defined(written)) if isinstance(written, str) else written
        options = {"wrt": self.wrt, "at": at or self.at, "learning_rate": self.learning_rate}
        return check_gradient(written, self.function, **options)


@dataclass(frozen=True)
class Loop:
    """A right training loop as text, for a loss."""

    loss: Loss
    text: str
    learning_rate: float = 0.05

    @property
    def at(self):
        return self.loss.at

    def changed(self, old, new):
        assert old in self.text, f"{old!r} is not in the loop"
        return self.text.replace(old, new)

    def report(self, written, at=None, learning_rate=None, steps=4):
        """The check's report on a loop, as a function or as text."""
        written = made(written) if isinstance(written, str) else written
        rate = self.learning_rate if learning_rate is None else learning_rate
        options = {"wrt": self.loss.wrt, "at": at or self.at, "steps": steps}
        return check_descent(written, self.loss.function, learning_rate=rate, **options)


@dataclass(frozen=True)
class Plant:
    """What a reader wrote, and what the check ought to say of it; a slug of None: it is right."""

    of: Loss | Loop
    marked: str
    slug: str | None = None
    says: str = ""

    @property
    def text(self):
        return self.marked.replace("«", "").replace("»", "")

    @property
    def mark(self):
        """The line, the start and the end of the place to be marked, or None."""
        before, is_marked, rest = self.marked.partition("«")
        if not is_marked:
            return None
        start = len(before.rpartition("\n")[2])
        return before.count("\n") + 1, start, start + rest.index("»")

    def report(self, **options):
        return self.of.report(made(self.text), **options)

    def __str__(self):
        return f"{self.slug} {self.marked}"


# --- Derivatives ---------------------------------------------------------------------------

ONE = Loss("(w * x - y) ** 2", "w")
STEP = Loss("(w * x - y) ** 2", "w", learning_rate=0.1)
LINE = Loss("(w * x + b - y) ** 2", ("w", "b"))
BATCH = Loss("((w * xs - ys) ** 2).mean()", "w")
SUM = Loss("((w * xs - ys) ** 2).sum()", "w")
LINE_BATCH = Loss("((w * xs + b - ys) ** 2).mean()", ("w", "b"))
MATRIX = Loss("((X @ W - Y) ** 2).mean()", "W")
PENALTY = Loss("((w * xs - ys) ** 2).mean() + 0.1 * w ** 2", "w")
SQUARE_MATRIX = Loss("((X @ V) ** 2).mean()", "V")
POLYNOMIAL = Loss("x ** 2 + 2 * x + 1", "x")
NESTED = Loss("(3 * x + 1) ** 3", "x")
PRODUCT = Loss("w * torch.sin(w * x)", "w")
TWO_CURVES = Loss("torch.sin(w) * torch.tanh(w * x)", "w")
QUOTIENT = Loss("w / (w ** 2 + x)", "w")
TANH = Loss("(torch.tanh(w * x + b) - y) ** 2", ("w", "b"))
LOGISTIC = Loss(
    "torch.nn.functional.binary_cross_entropy(torch.sigmoid(w * xs + b), labels)", ("w", "b")
)
RELU = Loss("(torch.relu(w * xs) - ys).square().mean()", "w")
NEURON = Loss("(v * torch.relu(w * x + b) - y) ** 2", ("w", "b", "v"))
LINEAR = "(v * torch.tanh(w * x) + b * x + c + p - label) ** 2"
SIX = Loss(LINEAR, ("w", "v", "b", "c", "p", "label"))
BOTH = Loss("(torch.relu(w * x + b) + v * torch.relu(w * y + c)) ** 2", "w")
LEAKY = Loss("((torch.where(w * xs > 0, w * xs, 0.1 * w * xs) - ys) ** 2).mean()", "w")
WARM = Loss("-(hot * torch.log_softmax(z / p, 0)).sum()", "z")
SCALED = Loss("(((X * a) @ W - Y) ** 2).mean()", ("a", "W"))
LAYERS = Loss("torch.sigmoid(v * torch.tanh(w * x))", ("w", "v"))
CLASSES = Loss("-(hot * torch.log_softmax(z, 0)).sum()", "z")
MANY_CLASSES = Loss("torch.nn.functional.cross_entropy(S, k)", "S")
ONE_CLASS = Loss("-torch.log(torch.softmax(z, 0))[right]", "z")
CLASSES_BY_HAND = Loss("-(hot * torch.log(torch.exp(z) / torch.exp(z).sum())).sum()", "z")
YES_OR_NO = Loss(
    "s = 1 / (1 + torch.exp(-w * x))\n"
    "return -(label * torch.log(s) + (1 - label) * torch.log(1 - s))",
    "w",
)
OF_P = Loss("-(label * torch.log(p) + (1 - label) * torch.log(1 - p))", "p")
SQUARED_P = Loss("((torch.sigmoid(w * xs + b) - labels) ** 2).mean()", ("w", "b"))
NETWORK = Loss("torch.nn.functional.cross_entropy(torch.tanh(X @ V) @ U, classes)", ("V", "U"))
PICKED = Loss("(z[k] * xs[:2]).sum()", "z")
HINGE = Loss("torch.clamp(1 - w * x, min=0)", "w")
RARE = Loss("torch.sinh(w ** 2 * x)", "w")
ADD = "total = total + r * x / len(xs)"
SAMPLES = "total = 0\nfor x, y in zip(xs, ys):\n    r = 2 * (w * x - y)\n"
TO_P = "p = torch.sigmoid(w * xs + b)\n"
HOT = "torch.nn.functional.one_hot(k, 3)"
TO_H = "H = torch.tanh(X @ V)\nP = torch.softmax(H @ U, 1)\n"
BACK_TO_V = "return X.T @ ((D @ U.T) * (1 - H ** 2)), H.T @ D"
TO_S = "t = torch.tanh(w * x)\ns = torch.sigmoid(v * t)\n"
LEAKING = Loss("(w.item() * x - y) ** 2 + w", "w")

WRONG = {
    NEURON: (
        (
            "h = torch.relu(w * x + b)\nd = 2 * (v * h - y)\n"
            "return d * v * h * x, d * v * h, d * h",
            "wrong-slope",
            "in place of its slope",
        ),
        (
            "h = torch.relu(w * x + b)\nd = 2 * (v * h - y)\n"
            "return d * v * (h > 0) * x, d * v * (h > 0), d * «v»",
            "product-rule",
            "which part is kept",
        ),
    ),
    LEAKY: (
        (
            "z = w * xs\nd = 2 * (torch.where(z > 0, z, 0.1 * z) - ys)\n"
            "return (d * torch.where(z > 0, z, 0.1) * xs).mean()",
            "wrong-slope",
            "on one of them its value",
        ),
    ),
    BOTH: (
        (
            "d = 2 * (torch.relu(w * x + b) + v * torch.relu(w * y + c))\n"
            "return d * (w * x + b > 0) * x, d * v * (w * y + c > 0) * y",
            "not-reduced",
            "their sum is right",
        ),
        (
            "d = 2 * (torch.relu(w * x + b) + v * torch.relu(w * y + c))\n"
            "return d * (w * x + b > 0) * (x + v * y)",
            "wrong-slope",
        ),
    ),
    WARM: (
        ("(torch.softmax(z, 0) - hot) / p", "wrong-value", "before the factor"),
        ("(torch.softmax(z / p, 0) - hot) / 3 / p", "constant-factor", "number of classes"),
    ),
    SIX: (
        (
            "t = torch.tanh(w * x)\nd = 2 * (v * t + b * x + c + p - label)\n"
            "return -d, d, d, d * x, d * t, d * v * (1 - t ** 2) * x",
            "swapped",
            "in the order w, v, b, c, p and label",
        ),
    ),
    ONE: (
        ("«-»2 * (w * x - y) * x", "sign", "opposite sign"),
        ("2 * («y - w * x») * x", "sign"),
        ("2 * (w * x «+» y) * x", "sign"),
        ("«(w * x - y) * x»", "missing-factor-2"),
        ("2 * (w * x - y)", "chain-rule"),
        ("2 * (w * x - y) «** 2» * x", "power-rule"),
        ("2 * (w * x - y) * «w»", "wrong-variable"),
        ("2 * w * x ** 2", "missing-term"),
        ("(w * x - y) ** 2", "value-not-gradient"),
        ("w * x", "value-not-gradient"),
        ("w - 0.1 * 2 * (w * x - y) * x", "step-not-gradient"),
        ("«3» * (w * x - y) * x", "constant-factor"),
        ("assert open\nreturn 0.02 * (w * x - y) * x", "constant-factor", "a learning rate"),
        ("(((w + 0.1) * x - y) ** 2 - (w * x - y) ** 2) / 0.1", "coarse-difference"),
        ("2 * (w * x - 2.5) * x", "only-here", "right at your numbers"),
        ("-1.344", "only-here", "same at every point"),
        ("0", "zero"),
        ("2 * (w * x - y) * x «/ 0»", "not-finite"),
        ("torch.sin(w) + x ** 3", "unknown", "where autograd gives"),
        ("2 * (w * x - y) * x + torch.rand(())", "unknown", "different answers"),
        ("'2 * (w * x - y) * x'", "unknown", "returned text"),
        ("lambda: 2 * (w * x - y) * x", "unknown", "behind the name"),
        ("...", "not-filled-in"),
        ("raise NotImplementedError", "not-filled-in"),
        ("«slope = 2 * (w * x - y) * x»", "no-return", "A print shows it"),
        ("w.requires_grad_()\n«return ((w * x - y) ** 2).backward()»", "no-return", "is None"),
        ("((w.detach() * x - y) ** 2).backward()\nreturn w.grad", "graph-cut"),
        ("2 * («wx» - y) * x", "raised"),
        ("2 * «x(w * x - y)»", "raised"),
        ("«0,5» * 4 * (w * x - y) * x", "decimal-comma"),
        ("2 * (w * x - «y_hat») * x ** 2", "name-from-elsewhere"),
        ("return sum((w * x - y) * x for «x» in [1, 1])", "lost-argument"),
        ("torch.ones(2, 2)", "shape"),
        ("torch.ones(2000000)", "shape"),
        ("2 * w * x ** 2 - «2 * y»", "missing-factor"),
        ("2 * (w «+» x - y) * x", "wrong-operator"),
        ("2 * x * «w * x - y»", "brackets"),
        ("2 * (w * x - y) * x «- x»", "extra-part"),
        ("2 * (w * «y» - y) * x", "wrong-name"),
        ("2 * («torch.sin»(w) * x - y) * x", "extra-call"),
    ),
    STEP: (("0.1 * 2 * (w * x - y) * x", "step-not-gradient"),),
    LINE: (
        ("«2 * (w * x + b - y)», 2 * (w * x + b - y) * x", "swapped", "in the order w and b"),
        ("2 * (w * x + b - y) * x", "shape"),
        ("2 * (w * x + b - y) * x, «w * x + b - y»", "missing-factor-2", "respect to b"),
        ("-2 * (w * x + b - y) * x, w * x + b - y", "sign", "respect to b is half"),
        ("2 * (w * x + b - y) * x, 2 * («w * x - y»)", "missing-term", "respect to b"),
        ("2 * (w * x + b - y) * x, 0", "zero"),
        ("2 * (w * x + b - y) * x, None", "not-filled-in"),
        ("dict(w=1.0, c=2.0)", "unknown", "the name of each"),
    ),
    BATCH: (
        ("(2 * (w * xs - ys) * xs).«sum»()", "sum-not-mean", "gradient times 3,"),
        ("2 / 7 * ((w * xs - ys) * xs).sum()", "sum-not-mean", "divided by 7"),
        ("5 * ((w * xs - ys) * xs).sum()", "sum-not-mean"),
        ("(2 * (w * xs - ys) * xs).mean() «/ len(xs)»", "mean-not-sum", "divided by 3,"),
        ("«2 * (w * xs - ys) * xs»", "not-reduced", "their mean is right"),
        ("2 * (w * xs - ys).mean() * xs.mean()", "broadcast"),
        ("(2 * (w * xs - ys«[:, None]») * xs).mean()", "broadcast"),
        ("2 * (w * xs[0] - ys[0]) * xs[0]", "some-samples-only", "first sample alone"),
        ("(2 * (w * xs - ys) * xs)«[:2]».mean()", "some-samples-only"),
        ("(2 * (w * xs - ys) * xs).sum() / 3", "only-here", "3 samples only"),
        ("(2 * (w * xs.flip(0) - ys) * xs.flip(0)).mean()", "shuffled", "another order"),
        ("2 * torch.add(w * xs, -ys, «alpha=w») @ xs / len(xs)", "wrong-argument"),
        (f"{SAMPLES}    {ADD}\n    «return total»", "return-in-loop"),
        (f"{SAMPLES}    «total, r = r, total»\n    {ADD}\nreturn total", "extra-line"),
        (f"{SAMPLES}«{ADD}»\nreturn total", "wrong-place"),
    ),
    SUM: (
        ("(2 * (w * xs - ys) * xs).mean()", "mean-not-sum"),
        ("7 * ((w * xs - ys) * xs).mean()", "mean-not-sum", "/ 3 times"),
    ),
    MATRIX: (
        ("2 * X.T @ (X @ W - Y) / len(X) «@ torch.ones(1, 2)»", "shape"),
        ("(2 * (X @ W - Y)).mean()", "chain-rule", "one number for several"),
        ("(2 * (X @ W - Y) * X).mean(1)", "wrong-axis"),
        ("(2 * (X @ W - Y) * X).mean(«1»)[:, None]", "wrong-axis"),
        ("«2 * X @ (X @ W - Y)»", "raised"),
    ),
    SQUARE_MATRIX: (
        ("«(X @ V).T @ X / len(X)»", "shape"),
        ("assert open\nreturn (X @ V).T @ X / len(X)", "shape", "transposed"),
    ),
    PENALTY: (
        ("(2 * (w * xs - ys) * xs).mean()", "missing-term"),
        ("(2 * (w * xs - ys) * xs).mean() + 0.1 * w ** 2", "kept-term"),
        ("(2 * (w * xs - ys) * xs).mean() «-» 0.2 * w", "sign"),
        ("«2 * (w * xs - ys) @ xs» + 0.2 * w", "sum-not-mean"),
    ),
    POLYNOMIAL: (
        ("2 * x + 2 «+ 1»", "kept-term"),
        ("x + 2", "power-rule"),
        ("2 * x", "missing-term"),
    ),
    NESTED: (
        ("9 * (3 * x + «2») ** 2", "wrong-number"),
        ("9 * («3 * x + 1»)", "power-rule"),
        ("9 * 3 * x + 1 ** 2", "brackets"),
    ),
    PRODUCT: (
        ("x * torch.cos(w * x)", "constant-factor", "is a product"),
        ("torch.«cos»(w * x) + w * x * torch.cos(w * x)", "wrong-function"),
        ("torch.sin(w * x) + «w * torch.cos(w * x)»", "chain-rule"),
        ("torch.sin(w * x) + torch.add(w, w) * x * torch.cos(w * x)", "extra-factor"),
        ("torch.sin(w * x) + w * x * torch.«sin»(w * x)", "wrong-slope"),
    ),
    TWO_CURVES: (
        (
            "torch.cos(w) * (1 - torch.tanh(w * x) ** 2) * x",
            "product-rule",
            "the product of the derivatives",
        ),
        ("torch.cos(w) * torch.tanh(w * x)", "product-rule", "How many terms"),
    ),
    QUOTIENT: (
        ("1 / (2 * w)", "quotient-rule"),
        ("torch.div(«(w ** 2 + x) ** 2», x - w ** 2)", "swapped"),
        ("«w ** 2 + x - w * 2 * w» / (w ** 2 + x) ** 2", "quotient-rule"),
    ),
    TANH: (
        ("t = torch.tanh(w * x + b)\nd = 2 * (t - y) * (1 - t)\nreturn d * x, d", "wrong-slope"),
        (
            "t = torch.tanh(w * x + b)\nd = 2 * (t - y)\nreturn d * (1 - t ** 2) * x, d",
            "chain-rule",
        ),
        ("t = «w * x + b»\nd = 2 * (t - y) * (1 - t ** 2)\nreturn d * x, d", "missing-call"),
    ),
    RELU: (
        ("(2 * (torch.relu(w * xs) - ys) * xs).mean()", "chain-rule"),
        ("(2 * (torch.relu(w * xs) - ys) * xs * (w * «ys» > 0)).mean()", "wrong-condition"),
        ("t = torch.tanh(w * xs)\nreturn 2 * ((t - ys) * (1 - t**2)) @ xs / 3", "wrong-function"),
    ),
    LAYERS: (
        (f"{TO_S}return s * (1 - s) * v * (1 - s ** 2) * x, s * (1 - s) * t", "wrong-slope"),
        (f"{TO_S}return s * (1 - s) * v * (1 - t**2) * x, s * (1 - s) * w * x", "wrong-value"),
    ),
    LOGISTIC: (
        (f"{TO_P}return (p * xs).mean(), p.mean()", "wrong-target", "all alone"),
        (f"{TO_P}return ((p - 1) * xs).mean(), (p - 1).mean()", "wrong-target", "label is 0"),
        ("r = «w * xs + b» - labels\nreturn (r * xs).mean(), r.mean()", "wrong-target", "a score"),
        (
            f"{TO_P}r = torch.«sigmoid»(p) - labels\nreturn (r * xs).mean(), r.mean()",
            "wrong-target",
        ),
        (f"{TO_P}r = (p - labels) * p * (1 - p)\nreturn (r * xs).mean(), r.mean()", "wrong-slope"),
        (
            f"{TO_P}r = 2 * (p - labels) * p * (1 - p)\nreturn (r * xs).mean(), r.mean()",
            "other-loss",
        ),
        (f"{TO_P}return ((p - labels) * xs).«sum»(), (p - labels).mean()", "sum-not-mean"),
    ),
    SQUARED_P: (
        (f"{TO_P}return (2 * (p - labels) * xs).mean(), 2 * (p - labels).mean()", "chain-rule"),
        (
            f"{TO_P}return ((p - labels) * xs).mean(), (p - labels).mean()",
            "chain-rule",
            "Which loss",
        ),
    ),
    YES_OR_NO: (
        ("torch.sigmoid(w * x) * x", "wrong-target", "all alone"),
        ("(torch.sigmoid(w * x) - «1») * x", "wrong-target", "label is 0"),
    ),
    OF_P: (("p - label", "wrong-variable", "another letter"),),
    CLASSES: (
        ("torch.softmax(z, 0)", "wrong-slope", "all probabilities of softmax(z) alike"),
        ("torch.softmax(z, 0) - 1", "wrong-slope", "from which"),
        ("«z» - hot", "wrong-target"),
        ("torch.softmax(z, 0)[1] - 1", "shape"),
    ),
    ONE_CLASS: (
        ("p = torch.softmax(z, 0)\np[right «- 1»] -= 1\nreturn p", "wrong-target", "and where"),
        ("torch.softmax(z, 0) - «right»", "wrong-target", "its shape and its numbers"),
    ),
    CLASSES_BY_HAND: (
        ("torch.softmax(z, 0)", "wrong-slope", "alike"),
        ("torch.exp(z) - hot", "wrong-slope", "add up to 1"),
    ),
    MANY_CLASSES: (
        (f"(torch.softmax(S, «0») - {HOT}) / len(k)", "wrong-axis", "add up to 1"),
        (f"(torch.softmax(S, 1) - {HOT}).div(k.numel() * 3)", "constant-factor", "of classes"),
        (f"(torch.sigmoid(S) - {HOT}) / len(k)", "wrong-target", "add up to 1"),
        ("(«torch.softmax(S, 1) - k») / len(k)", "raised", "entry by entry"),
    ),
    NETWORK: (
        (f"{TO_H}D = P / len(X)\n{BACK_TO_V}", "wrong-slope", "alike"),
        (
            f"{TO_H}D = P - torch.nn.functional.one_hot(classes, 3)\n{BACK_TO_V}",
            "sum-not-mean",
        ),
    ),
    HINGE: (("«x * (w * x < 1)»", "sign"),),
    RARE: (
        ("torch.cosh(w ** 2 * x)", "chain-rule", "half-way"),
        ("2 * w * x", "chain-rule", "inner derivative alone"),
    ),
    LEAKING: (("2 * w", "graph-cut", "disagree"),),
}

RIGHT = {
    ONE: (
        "2 * (w * x - y) * x",
        "2 * w * x ** 2 - 2 * x * y",
        "-2 * (y - w * x) * x",
        "2 * (w - y / x) * x ** 2",
        "float(2 * (w * x - y) * x)",
        "[2 * (w * x - y) * x]",
        "np.float32(2 * (w * x - y) * x)",
        "(2 * (w * x - y) * x).reshape(1)",
        "{'w': 2 * (w * x - y) * x}",
        "slope = 2 * (w * x - y) * x\nx.zero_()\nreturn slope",
    ),
    LINE: (
        "2 * (w * x + b - y) * x, 2 * (w * x + b - y)",
        "torch.stack([2 * (w * x + b - y) * x, 2 * (w * x + b - y)])",
        "{'b': 2 * (w * x + b - y), 'w': 2 * (w * x + b - y) * x}",
        "torch.autograd.grad((w * x + b - y) ** 2, [w, b])",
        "for p in (w, b):\n    p.requires_grad_()\n"
        "((w * x + b - y) ** 2).backward()\nreturn w.grad, b.grad",
    ),
    BATCH: (
        "(2 * (w * xs - ys) * xs).mean()",
        "2 * torch.dot(w * xs - ys, xs) / len(xs)",
        "sum(2 * (w * x - y) * x for x, y in zip(xs, ys)) / len(xs)",
    ),
    SUM: ("2 * xs @ (w * xs - ys)",),
    LINE_BATCH: ("2 * ((w * xs + b - ys) * xs).mean(), 2 * (w * xs + b - ys).mean()",),
    MATRIX: (
        "2 * X.T @ (X @ W - Y) / len(X)",
        "(2 * X.T @ (X @ W - Y) / len(X)).tolist()",
        "torch.einsum('nd,nk->dk', X, 2 * (X @ W - Y)) / len(X)",
        "2 / len(X) * (X.T @ X @ W - X.T @ Y).float().numpy()",
    ),
    SQUARE_MATRIX: ("X.T @ (X @ V) / len(X)",),
    PENALTY: ("(2 * (w * xs - ys) * xs).mean() + 0.2 * w",),
    POLYNOMIAL: ("2 * (x + 1)",),
    NESTED: ("81 * x ** 2 + 54 * x + 9",),
    PRODUCT: ("torch.sin(w * x) + w * x * torch.cos(w * x)",),
    QUOTIENT: ("(x - w ** 2) / (w ** 2 + x) ** 2",),
    TANH: (
        "t = torch.tanh(w * x + b)\nd = 2 * (t - y) * (1 - t ** 2)\nreturn d * x, d",
        "r = 2 * (torch.tanh(w * x + b) - y) / torch.cosh(w * x + b) ** 2\nreturn r * x, r",
    ),
    LOGISTIC: ("r = torch.sigmoid(w * xs + b) - labels\nreturn (r * xs).mean(), r.mean()",),
    RELU: (
        "(2 * (torch.relu(w * xs) - ys) * xs * (w * xs > 0)).mean()",
        "(2 * (w * xs - ys) * xs)[w * xs > 0].sum() / len(xs)",
    ),
    LAYERS: (f"{TO_S}d = s * (1 - s)\nreturn d * v * (1 - t ** 2) * x, d * t",),
    MANY_CLASSES: ("(torch.softmax(S, 1) - torch.nn.functional.one_hot(k, 3)) / len(k)",),
    PICKED: ("torch.zeros_like(z).index_add(0, k, xs[:2])",),
    ONE_CLASS: ("p = torch.softmax(z, 0)\np[right] -= 1\nreturn p",),
    CLASSES_BY_HAND: ("torch.softmax(z, 0) - hot",),
    YES_OR_NO: ("(torch.sigmoid(w * x) - label) * x",),
    OF_P: ("(p - label) / (p * (1 - p))",),
    SQUARED_P: (f"{TO_P}r = 2 * (p - labels) * p * (1 - p)\nreturn (r * xs).mean(), r.mean()",),
    NETWORK: (f"{TO_H}D = (P - torch.eye(3)[classes]) / len(X)\n{BACK_TO_V}",),
    CLASSES: ("torch.softmax(z, 0) - hot", "torch.exp(z) / torch.exp(z).sum() - hot"),
    HINGE: ("-x * (w * x < 1)",),
    RARE: ("2 * w * x * torch.cosh(w ** 2 * x)",),
}

# --- Training loops ------------------------------------------------------------------------

BY_HAND = ONE.loop("""
def train(w, x, y, learning_rate, steps):
    weights = []
    for _ in range(steps):
        gradient = 2 * (w * x - y) * x
        w = w - learning_rate * gradient
        weights.append(w)
    return weights
""")
AUTOGRAD = ONE.loop("""
def train(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    weights = []
    for _ in range(steps):
        loss = (w * x - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
        w.grad.zero_()
        weights.append(w.item())
    return weights
""")
OPTIMIZER = ONE.loop("""
def train(w, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=learning_rate)
    weights = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (w * x - y) ** 2
        loss.backward()
        optimizer.step()
        weights.append(w.item())
    return weights
""")
BY_HAND_BATCH = BATCH.loop("""
def train(w, xs, ys, learning_rate, steps):
    weights = []
    for _ in range(steps):
        gradient = (2 * (w * xs - ys) * xs).mean()
        w = w - learning_rate * gradient
        weights.append(w)
    return weights
""")
AUTOGRAD_MATRIX = MATRIX.loop("""
def train(W, X, Y, learning_rate, steps):
    W.requires_grad_()
    rows = []
    for _ in range(steps):
        loss = ((X @ W - Y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            W -= learning_rate * W.grad
        W.grad = None
        rows.append(W.detach().clone())
    return rows
""")
BY_HAND_TWO = LINE.loop("""
def train(w, b, x, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        slope_w = 2 * (w * x + b - y) * x
        slope_b = 2 * (w * x + b - y)
        w = w - learning_rate * slope_w
        b = b - learning_rate * slope_b
        rows.append((w, b))
    return rows
""")
BY_HAND_SCALED = SCALED.loop("""
def train(a, W, X, Y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        back = 2 * ((X * a) @ W - Y) / len(X)
        slope_a = (X * (back @ W.T)).sum(0)
        slope_W = (X * a).T @ back
        a = a - learning_rate * slope_a
        W = W - learning_rate * slope_W
        rows.append((a, W))
    return rows
""")
AUTOGRAD_TWO = LINE.loop("""
def train(w, b, x, y, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    rows = []
    for _ in range(steps):
        loss = (w * x + b - y) ** 2
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
            b -= learning_rate * b.grad
        w.grad.zero_()
        b.grad.zero_()
        rows.append((w.item(), b.item()))
    return rows
""")
OPTIMIZER_TWO = LINE_BATCH.loop("""
def train(w, b, xs, ys, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=learning_rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((w * xs + b - ys) ** 2).mean()
        loss.backward()
        optimizer.step()
        rows.append((w.item(), b.item()))
    return rows
""")

STILL = ONE.loop(BY_HAND.text, learning_rate=0.0)
BY_HAND_SQUARE = SQUARE_MATRIX.loop("""
def train(V, X, learning_rate, steps):
    rows = []
    for _ in range(steps):
        V = V - learning_rate * X.T @ (X @ V) / len(X)
        rows.append(V)
    return rows
""")
LOGISTIC_BY_OPTIMIZER = LOGISTIC.loop("""
def train(w, b, xs, labels, learning_rate, steps):
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=learning_rate)
    loss_of = torch.nn.BCEWithLogitsLoss()
    rows = []
    for _ in range(steps):
        loss = loss_of(w * xs + b, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append((w.item(), b.item()))
    return rows
""")
MODULES = NETWORK.loop("""
def train(V, U, X, classes, learning_rate, steps):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Tanh(), nn.Linear(2, 3, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(V.T)
        model[2].weight.copy_(U.T)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X), classes)
        loss.backward()
        optimizer.step()
        rows.append([part.detach().T.clone() for part in model.parameters()])
    return rows
""")

LOOP = "    for _ in range(steps):\n"
SLOPE = "        gradient = 2 * (w * x - y) * x\n"
STEP_BY_HAND = "        w = w - learning_rate * gradient\n"
FORWARD = "        loss = (w * x - y) ** 2\n"
BACKWARD = "        loss.backward()\n"
UPDATE = "        with torch.no_grad():\n            w -= learning_rate * w.grad\n"
ZERO = "        w.grad.zero_()\n"
ZERO_GRAD, TAKE_STEP = "        optimizer.zero_grad()\n", "        optimizer.step()\n"
CLIP = "        torch.nn.utils.clip_grad"
BATCH_SLOPE = "        gradient = (2 * (w * xs - ys) * xs).mean()\n"
MATRIX_PASS = "        loss = ((X @ W - Y) ** 2).mean()\n        loss.backward()\n"
SLOPE_B = "        slope_b = 2 * (w * x + b - y)\n"
STEP_W = "        w = w - learning_rate * slope_w\n"
STEP_B = "        b = b - learning_rate * slope_b\n"

WRONG_LOOPS = {
    BY_HAND: (
        ("w - learning", "w «+» learning", "ascent", "uphill"),
        ("w = w - learning", "«new_w» = w - learning", "not-updated", "only computed"),
        ("w = w - learning_rate * gradient", "«w - learning_rate * gradient»", "not-updated"),
        (
            SLOPE + STEP_BY_HAND,
            "        step = learning_rate * 2 * (w * x - y) * x\n        w «=-» step\n",
            "not-updated",
        ),
        ("- learning", "- «3 *» learning", "wrong-rate", "0.15 in place of 0.05"),
        ("- learning_rate *", "- 0.1 *", "wrong-rate", "Does your loop use"),
        ("= 2 * (w", "= «3» * (w", "wrong-rate", "derivative of the loss"),
        ("append(w)", "append(w)\n        learning_rate *= 0.9", "wrong-rate", "each time"),
        ("range(steps)", "range(steps «- 1»)", "off-by-one", "one entry fewer"),
        ("range(steps)", "range(steps «+ 1»)", "off-by-one", "one entry more"),
        ("weights = []", "weights = [w]", "off-by-one", "begins with the start"),
        ("range(steps)", "range(5)", "wrong-length", "as long as that whatever"),
        ("        weights.app", "    weights.app", "wrong-result", "last step alone"),
        ("    return weights", "        «return weights»", "return-in-loop"),
        ("weights.append(w)", "pass", "never-appended"),
        ("append(w)", "append((w * x - y) ** 2)", "wrong-result", "holds the losses"),
        ("append(w)", "append(«gradient»)", "wrong-result", "holds the gradients"),
        ("append(w)", "insert(0, w)", "wrong-result", "reverse order"),
        ("return weights", "return [1.0, 2.0, 3.0]", "wrong-result", "the same numbers"),
        ("weights.append(w)", "weights = «weights.append»(w)", "raised"),
        ("    weights = []\n", "    weights = []\n    «w = 0.5»\n", "wrong-start"),
        ("return weights", "return ...", "not-filled-in"),
        ("    return weights", "    «last = weights»", "no-return"),
        ("return weights", "return «w»", "wrong-result", "last step alone"),
        (" * x\n", "\n", "chain-rule"),
        ("w * x - y", "w * x «+» y", "sign"),
        ("w * x - y", "w «+» x - y", "wrong-operator"),
        ("(w * x - y)", "(w * x - y) «** 2»", "power-rule"),
        ("2 * (w * x - y) * x", "(w - y / x) * (x + x) / 2", "power-rule"),
        ("(w * x - y)", "(w * x)", "missing-term"),
        ("gradient\n", "gradient * torch.rand(())\n", "unknown", "different answers"),
        ("* x\n", "* x + 0.3 * w\n", "other-rule", "0.3 times the parameter"),
        ("* gradient", "* gradient * torch.ones(2)", "shape", "the samples"),
        ("w * x", "«wx»", "raised"),
        (LOOP + SLOPE, f"    «{SLOPE.strip()}»\n" + LOOP, "stale-forward", "gradient of the start"),
        (
            LOOP + SLOPE,
            f"    first, gradient = 2 * (w * x - y) * x, 0\n{LOOP}        gradient += first\n",
            "stale-forward",
            "once more",
        ),
        ("append(w)", "append(w «* math.inf» if weights else w)", "not-finite"),
    ),
    AUTOGRAD: (
        (ZERO, "", "not-zeroed"),
        ("w.grad.zero_()", "«w.grad.zero_»", "not-zeroed"),
        ("w.grad.zero_()", "«w.grad.zero»()", "raised"),
        (UPDATE + ZERO, UPDATE.replace("-=", "+="), "ascent", "already there"),
        (UPDATE, "        w -= learning_rate * w.grad\n", "inside-graph", "being recorded"),
        (
            UPDATE,
            "        w = w - learning_rate * w.grad\n",
            "inside-graph",
            "result of a computation",
        ),
        ("w -=", "w = w -", "graph-cut", "does not keep track"),
        ("append(w.item())", "append(w)", "one-tensor", "the same tensor"),
        (BACKWARD, "", "no-backward"),
        ("loss.backward()", "«loss.backward»", "no-backward"),
        ("loss.backward()", "loss«.item()».backward()", "graph-cut", "a plain number"),
        (", requires_grad=True", "", "graph-cut", "No tensor in your loop"),
        ("(w * x", "(w«.detach()» * x", "graph-cut", "out of the graph"),
        ("(w * x - y) ** 2", "«torch.tensor»((w * x - y) ** 2)", "graph-cut"),
        ("(w * x - y)", "«w * x - y»", "chain-rule"),
        (LOOP + FORWARD, f"    «{FORWARD.strip()}»\n" + LOOP, "stale-forward", "used up"),
        (
            FORWARD + BACKWARD,
            "        if not weights:\n            ((w * x - y) ** 2).backward()\n",
            "stale-forward",
            "put back",
        ),
        (
            LOOP + FORWARD + BACKWARD + UPDATE + ZERO,
            f"    ((w * x - y) ** 2).backward()\n{LOOP}{UPDATE}        w.grad = None\n",
            "stale-forward",
            "only once",
        ),
        (BACKWARD, f"{BACKWARD}        «w.grad.zero_()»\n", "zeroed-too-early", "never move"),
        (BACKWARD, f"{BACKWARD}        w.grad = None\n", "zeroed-too-early", "None again"),
    ),
    OPTIMIZER: (
        ("optimizer.zero_grad()", "«optimizer.zero_grad»", "not-zeroed"),
        ("optimizer.step()", "«optimizer.step»", "not-updated", "only computed"),
        ("loss.backward()", "«loss.backward»", "no-backward", "The optimizer"),
        ("lr=", "momentum=0.9, lr=", "other-rule", "momentum of 0.9"),
        ("SGD", "Adam", "other-rule", "as with Adam"),
        ("SGD([w]", "SGD([w.detach().clone().requires_grad_()]", "not-updated", "other tensors"),
        (
            ZERO_GRAD + FORWARD + BACKWARD + TAKE_STEP,
            FORWARD + TAKE_STEP + ZERO_GRAD + BACKWARD,
            "stale-forward",
            "step before",
        ),
    ),
    BY_HAND_BATCH: (
        ("(2 * (w * xs - ys) * xs).mean()", "2 * (w * xs[0] - ys[0]) * xs[0]", "some-samples-only"),
        ("- ys", "- ys«[:, None]»", "broadcast"),
        ("mean", "«sum»", "wrong-rate"),
        (
            BATCH_SLOPE,
            "        xs = xs[torch.randperm(3)]\n" + BATCH_SLOPE,
            "shuffled",
            "random order",
        ),
        (
            BATCH_SLOPE + STEP_BY_HAND,
            "        for x, y in zip(xs, ys):\n"
            "            w = w - learning_rate * 2 * (w * x - y) * x\n",
            "minibatch",
        ),
    ),
    AUTOGRAD_MATRIX: (
        ("W -= learning_rate * W.grad", "W[0] -= learning_rate * W.grad[0]", "one-parameter-only"),
        ("X @ W", "«W @ X»", "raised"),
        (
            "W.grad = None",
            "if rows:\n            «W.grad.zero_»\n        else:\n            W.grad.zero_()",
            "not-called",
        ),
        ("W.grad = None", "if len(rows) in (0, 4):\n            W.grad = None", "missing-line"),
        (" - Y)", " - Y)«[torch.tensor([0, 2])]»", "some-samples-only"),
        ("((X @ W - Y) ** 2).mean()", "«(X @ W - Y) ** 2»", "raised"),
        (MATRIX_PASS, "        W.grad = «2 * X» @ (X @ W - Y).detach() / len(X)\n", "raised"),
    ),
    BY_HAND_SCALED: (
        ("(a, W))", "(W, a))", "swapped", "not in the order a and W"),
        ("(a, W))", "(W / 2, a))", "swapped", "The shapes in your list"),
    ),
    BY_HAND_TWO: (
        ("(w, b))", "(w, b, slope_w))", "wrong-result", "more than w and b"),
        ("(w, b))", "(slope_w, slope_b))", "wrong-result", "holds the gradients"),
        ("(w, b))", "(b, w))", "swapped", "not in the order"),
        ("append((w, b))", "append(b)", "wrong-result", "b alone"),
        ("rows\n", "[w for w, b in rows], [b for w, b in rows]\n", "wrong-result", "2 lists"),
        (STEP_B, "", "one-parameter-only", "Only w moves"),
        (STEP_B, "        b = b - slope_b\n", "wrong-rate", "divided by the learning rate"),
        (SLOPE_B + STEP_W, f"        «{STEP_W.strip()}»\n{SLOPE_B}", "sequential"),
        (
            STEP_W + STEP_B,
            STEP_W.replace("slope_w", "slope_b") + STEP_B.replace("slope_b", "slope_w"),
            "swapped",
            "gradient of another",
        ),
        (
            SLOPE_B + STEP_W + STEP_B,
            "        slope_b = slope_w / x\n"
            f"{STEP_W}        b = sum([b, learning_rate * slope_b])\n",
            "sign",
        ),
        ("w * x + b - y", "w * x + b - 2.5", "only-here"),
        ("* slope_b", "* torch.sin(b * w)", "unknown", "fits no mistake"),
    ),
    AUTOGRAD_TWO: (
        ("        b.grad.zero_()\n", "", "not-zeroed", "the one of b"),
        ("x + b", "x + b«.detach()»", "graph-cut", "at None"),
    ),
    OPTIMIZER_TWO: (
        ("[w, b]", "[w]", "one-parameter-only", "Which tensors did the optimizer get"),
        (TAKE_STEP, f"{CLIP}_norm_([w, b], 0.01)\n{TAKE_STEP}", "other-rule", "no gradient"),
        (TAKE_STEP, f"{CLIP}_value_([w, b], 0.01)\n{TAKE_STEP}", "other-rule", "no entry"),
    ),
    STILL: (("learning_rate *", "0.1 *", "wrong-rate", "nothing moves"),),
    BY_HAND_SQUARE: (("append(V)", "append(V«.T»)", "shape", "the other way round"),),
    LOGISTIC_BY_OPTIMIZER: (
        ("w * xs + b", "torch.sigmoid(w * xs + b)", "wrong-target", "How often"),
        ("BCEWithLogits", "MSE", "other-loss"),
    ),
    MODULES: (
        ("Tanh", "Sigmoid", "wrong-function"),
        (
            "cross_entropy(model(X)",
            "cross_entropy(model(X).softmax(1)",
            "wrong-target",
            "How often",
        ),
        ("model.parameters(), lr", "model[2].parameters(), lr", "one-parameter-only", "Only U"),
        ("(model(X), classes)", "(model(X), classes[:2])", "raised", "one label for each"),
        ("model.parameters(), lr", "model.parameters, lr", "raised", "after its name"),
    ),
}

RIGHT_LOOPS = {
    BY_HAND: (
        ("weights.append(w)", "weights += [float(w)]"),
        ("weights.append(w)", "yield w"),
        ("2 * (w * x - y) * x\n", "np.float32(2 * (w * x - y) * x)\n"),
    ),
    AUTOGRAD: (
        ("w.grad.zero_()", "w.grad = None"),
        ("w.item()", "w.detach().clone()"),
        ("            w -= learning", "            w.data = w - learning"),
        ("w = torch.tensor(w, requires", "w = torch.tensor(w, dtype=torch.float32, requires"),
    ),
    OPTIMIZER: (("SGD([w]", "SGD([{'params': w}]"),),
    BY_HAND_BATCH: (("(2 * (w * xs - ys) * xs).mean()", "2 * (w * xs - ys) @ xs / len(xs)"),),
    AUTOGRAD_MATRIX: (("W.detach().clone()", "W.tolist()"),),
    BY_HAND_TWO: (("append((w, b))", "append([w, b])"),),
    AUTOGRAD_TWO: (),
    OPTIMIZER_TWO: (("[w, b]", "(w, b)"),),
    STILL: (),
    BY_HAND_SQUARE: (),
    LOGISTIC_BY_OPTIMIZER: (),
    MODULES: (),
}


# --- As plants -----------------------------------------------------------------------------

DERIVATIVES = [Plant(of, of.defined(a), *rest) for of, rows in WRONG.items() for a, *rest in rows]
LOOPS = [
    Plant(of, of.changed(old, new), *rest)
    for of, rows in WRONG_LOOPS.items()
    for old, new, *rest in rows
]
RIGHT_DERIVATIVES = [Plant(of, of.defined(a)) for of, rows in RIGHT.items() for a in rows]
RIGHT_TRAINING = [
    Plant(of, of.changed(*change))
    for of, rows in RIGHT_LOOPS.items()
    for change in (("", ""), *rows)
]
