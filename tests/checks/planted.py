"""Planted mistakes and right answers: what readers write, with the name each ought to get.

A ``Task`` is a loss with its arguments. ``GRADIENT_MISTAKES`` and ``LOOP_MISTAKES`` hold what is
wrong, ``RIGHT_GRADIENTS`` and ``RIGHT_LOOPS`` what is right, each beside its task. Nothing here
uses the catalogue: every mistake is written out as a reader would write it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from helpers.compute import problems


@dataclass(frozen=True)
class Task:
    """A loss and what it takes.

    Attributes:
        shapes: name -> the shape of each argument; "N" stands for the number of samples.
        labels: the argument, if any, that holds 0 or 1.
        right: the derivative by hand.
    """

    name: str
    loss: Callable
    right: Callable
    wrt: str | tuple[str, ...]
    shapes: dict[str, tuple]
    learning_rate: float = 0.05
    labels: str = ""

    @property
    def names(self):
        return (self.wrt,) if isinstance(self.wrt, str) else self.wrt

    def at(self, draw, rows=3):
        """Numbers for every argument, from ``draw()``, with ``rows`` samples."""
        return {name: self._filled(name, draw, rows) for name in self.shapes}

    def _filled(self, name, draw, rows):
        shape = tuple(rows if size == "N" else size for size in self.shapes[name])
        numbers = [draw() for _ in range(int(np.prod(shape)))]
        if name == self.labels:
            numbers = [float(number > 0) for number in numbers]
        return torch.tensor(numbers, dtype=torch.float64).reshape(shape) if shape else numbers[0]


def example(task, seed=1, rows=3):
    """Numbers for a task, drawn by Python's own generator."""
    generator = random.Random(seed)
    return task.at(lambda: generator.choice((-1, 1)) * round(generator.uniform(0.3, 2), 2), rows)


def at_one(task, rows=3):
    """The numbers at which most mistakes hide: every input is 1."""
    numbers = example(task, seed=2, rows=rows)
    inputs = [name for name in numbers if name in ("x", "X") and name not in task.names]
    return numbers | {n: torch.ones_like(torch.as_tensor(numbers[n])) for n in inputs}


# --- Tasks ---------------------------------------------------------------------------------


def batch_sum(w, x, y):
    return ((w * x - y) ** 2).sum()


def matrix_sum(W, X, Y):
    return ((X @ W - Y) ** 2).sum()


def tanh_neuron(w, b, x, y):
    return (torch.tanh(w * x + b) - y) ** 2


def tanh_gradient(w, b, x, y):
    t = torch.tanh(w * x + b)
    return 2 * (t - y) * (1 - t**2) * x, 2 * (t - y) * (1 - t**2)


def logistic(w, b, x, y):
    p = torch.sigmoid(w * x + b)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def logistic_gradient(w, b, x, y):
    error = torch.sigmoid(w * x + b) - y
    return (error * x).mean(), error.mean()


def ridge(w, x, y):
    return ((w * x - y) ** 2).mean() + 0.1 * w**2


def cubic(x):
    return x**3 - 4 * x


def nested(x):
    return (3 * x + 1) ** 3


def product(w, x):
    return w * torch.tanh(w * x)


def weighted(w, a, x, y):
    return a * (w * x - y) ** 2


def squared_weight(w, x, y):
    return (w**2 * x - y) ** 2


ONE = Task(
    "one weight",
    problems.squared_error,
    problems.squared_error_gradient,
    "w",
    {"w": (), "x": (), "y": ()},
    0.1,
)
NEURON = Task(
    "neuron",
    problems.neuron,
    problems.neuron_gradient,
    ("w", "b"),
    {"w": (), "b": (), "x": (), "y": ()},
)
BATCH = Task(
    "batch, mean",
    problems.batch_mean,
    problems.batch_mean_gradient,
    "w",
    {"w": (), "x": ("N",), "y": ("N",)},
)
BATCH_SUM = Task(
    "batch, sum",
    batch_sum,
    lambda w, x, y: (2 * (w * x - y) * x).sum(),
    "w",
    {"w": (), "x": ("N",), "y": ("N",)},
    0.02,
)
LINE = Task(
    "line, mean",
    problems.line_mean,
    problems.line_mean_gradient,
    ("W", "b"),
    {"W": (1, 1), "b": (), "X": ("N", 1), "Y": ("N", 1)},
)
LINE_SUM = Task(
    "line, sum",
    problems.line_sum,
    problems.line_sum_gradient,
    ("W", "b"),
    {"W": (1, 1), "b": (), "X": ("N", 1), "Y": ("N", 1)},
    0.02,
)
MATRIX = Task(
    "matrix, mean",
    problems.matrix_mean,
    problems.matrix_mean_gradient,
    "W",
    {"W": (2, 1), "X": ("N", 2), "Y": ("N", 1)},
)
MATRIX_SUM = Task(
    "matrix, sum",
    matrix_sum,
    lambda W, X, Y: 2 * X.T @ (X @ W - Y),
    "W",
    {"W": (2, 1), "X": ("N", 2), "Y": ("N", 1)},
    0.02,
)
TANH = Task(
    "tanh neuron",
    tanh_neuron,
    tanh_gradient,
    ("w", "b"),
    {"w": (), "b": (), "x": (), "y": ()},
)
LOGISTIC = Task(
    "logistic",
    logistic,
    logistic_gradient,
    ("w", "b"),
    {"w": (), "b": (), "x": ("N",), "y": ("N",)},
    0.3,
    labels="y",
)
RIDGE = Task(
    "ridge",
    ridge,
    lambda w, x, y: (2 * (w * x - y) * x).mean() + 0.2 * w,
    "w",
    {"w": (), "x": ("N",), "y": ("N",)},
)
SLOPE = Task("polynomial", problems.polynomial, problems.polynomial_gradient, "x", {"x": ()}, 0.1)
CUBIC = Task("cubic", cubic, lambda x: 3 * x**2 - 4, "x", {"x": ()}, 0.01)
NESTED = Task("nested", nested, lambda x: 9 * (3 * x + 1) ** 2, "x", {"x": ()}, 0.001)
PRODUCT = Task(
    "product",
    product,
    lambda w, x: torch.tanh(w * x) + w * x * (1 - torch.tanh(w * x) ** 2),
    "w",
    {"w": (), "x": ()},
)

WEIGHTED = Task(
    "weighted",
    weighted,
    lambda w, a, x, y: 2 * a * (w * x - y) * x,
    "w",
    {"w": (), "a": (), "x": (), "y": ()},
)
SQUARED_WEIGHT = Task(
    "squared weight",
    squared_weight,
    lambda w, x, y: 4 * (w**2 * x - y) * w * x,
    "w",
    {"w": (), "x": (), "y": ()},
)

TASKS = (
    ONE,
    NEURON,
    BATCH,
    BATCH_SUM,
    LINE,
    LINE_SUM,
    MATRIX,
    MATRIX_SUM,
    TANH,
    LOGISTIC,
    RIDGE,
    SLOPE,
    CUBIC,
    NESTED,
    PRODUCT,
    WEIGHTED,
)


@dataclass(frozen=True)
class Planted:
    """What a reader wrote for a task, and the slug that it ought to get (None: it is right).

    ``says`` is a part of the hint, where one slug has several.

    ``written`` is the reader's function or, where ``of_numbers``, what gives it for the reader's
    numbers: an answer that holds just for these.
    """

    slug: str | None
    task: Task
    written: Callable
    learning_rate: float | None = None
    of_numbers: bool = False
    says: str = ""

    def function(self, at):
        return self.written(at) if self.of_numbers else self.written


# --- Derivatives that are wrong ------------------------------------------------------------


def times(task, factor):
    """The right derivative times a number, for each parameter."""

    def written(**at):
        right = task.right(**at)
        return tuple(factor * r for r in right) if isinstance(right, tuple) else factor * right

    return written


def with_first(task, change):
    """The right derivative, with ``change(gradient, at)`` of the first parameter alone."""

    def written(**at):
        right = task.right(**at)
        if not isinstance(right, tuple):
            return change(right, at)
        return (change(right[0], at), *right[1:])

    return written


def rows_of(at):
    return len(next(t for n, t in at.items() if n in ("x", "X")))


def raising(error):
    def written(**at):
        raise error

    return written


def stretched(task, change):
    """Each part of the right derivative changed by ``change(gradient, parameter, at)``."""

    def written(**at):
        right = task.right(**at)
        parts = right if isinstance(right, tuple) else (right,)
        changed = [change(r, at[n], at) for n, r in zip(task.names, parts, strict=True)]
        return tuple(changed) if isinstance(right, tuple) else changed[0]

    return written


def _many(slug, tasks, written, says=""):
    return [Planted(slug, task, written(task), says=says) for task in tasks]


def _listed(slug, *pairs, says=""):
    return [Planted(slug, task, written, says=says) for task, written in pairs]


SIGN = [
    *_many("sign", TASKS, lambda task: times(task, -1), "at every point"),
    *_many("sign", (NEURON, LINE, TANH, LOGISTIC), lambda t: with_first(t, lambda g, at: -g)),
    *_listed(
        "sign",
        (ONE, lambda w, x, y: 2 * (y - w * x) * x),
        (RIDGE, lambda w, x, y: (2 * (w * x - y) * x).mean() - 0.2 * w),
        (SLOPE, lambda x: 2 * x - 2),
        (CUBIC, lambda x: 3 * x**2 + 4),
    ),
]

FACTOR_2 = [
    *_many("missing-factor-2", TASKS, lambda task: times(task, 0.5), "half of the gradient"),
    *_listed(
        "missing-factor-2",
        (ONE, lambda w, x, y: (w * x - y) * x),
        (NEURON, lambda w, b, x, y: ((w * x + b - y) * x, w * x + b - y)),
        (NEURON, lambda w, b, x, y: (2 * (w * x + b - y) * x, w * x + b - y)),
        (BATCH, lambda w, x, y: ((w * x - y) * x).mean()),
        (MATRIX, lambda W, X, Y: X.T @ (X @ W - Y) / len(X)),
        (RIDGE, lambda w, x, y: (2 * (w * x - y) * x).mean() + 0.1 * w),
        (RIDGE, lambda w, x, y: ((w * x - y) * x).mean() + 0.2 * w),
    ),
]

CONSTANT = [
    *_many("constant-factor", TASKS, lambda task: times(task, 2)),
    *_many("constant-factor", TASKS, lambda task: times(task, -0.5)),
    *_many("constant-factor", (ONE, BATCH, MATRIX, TANH), lambda task: times(task, 0.7)),
    *_many("constant-factor", (NEURON, LINE), lambda t: with_first(t, lambda g, at: 4 * g)),
]

SUM_NOT_MEAN = [
    *_many(
        "sum-not-mean",
        (BATCH, LINE, MATRIX, LOGISTIC),
        lambda t: stretched(t, lambda g, p, at: g * rows_of(at)),
        "is the gradient times",
    ),
    *_listed(
        "sum-not-mean",
        (BATCH, lambda w, x, y: (2 * (w * x - y) * x).sum()),
        (BATCH, lambda w, x, y: (6 * (w * x - y) * x).sum()),
        (MATRIX, lambda W, X, Y: 3 * X.T @ (X @ W - Y)),
        (RIDGE, lambda w, x, y: (2 * (w * x - y) * x).sum() + 0.2 * w),
        (MATRIX, lambda W, X, Y: 2 * X.T @ (X @ W - Y)),
        (LINE, lambda W, b, X, Y: (2 * X.T @ (X @ W + b - Y), (2 * (X @ W + b - Y)).mean())),
    ),
    *_listed(
        "sum-not-mean",
        (BATCH, lambda w, x, y: 2 / 7 * ((w * x - y) * x).sum()),
        (MATRIX, lambda W, X, Y: 2 / 7 * X.T @ (X @ W - Y)),
        says="as if the loss divided by 7",
    ),
]

MEAN_NOT_SUM = [
    *_many(
        "mean-not-sum",
        (BATCH_SUM, LINE_SUM, MATRIX_SUM, BATCH),
        lambda t: stretched(t, lambda g, p, at: g / rows_of(at)),
        "is the gradient divided by",
    ),
    *_listed(
        "mean-not-sum",
        (BATCH_SUM, lambda w, x, y: (2 * (w * x - y) * x).mean()),
        (BATCH_SUM, lambda w, x, y: (7 * (w * x - y) * x).mean()),
        (MATRIX_SUM, lambda W, X, Y: 3 * X.T @ (X @ W - Y) / len(X)),
        (MATRIX_SUM, lambda W, X, Y: 2 * X.T @ (X @ W - Y) / len(X)),
        (LINE_SUM, lambda W, b, X, Y: (2 * X.T @ (X @ W + b - Y), (2 * (X @ W + b - Y)).mean())),
        (BATCH, lambda w, x, y: (2 * (w * x - y) * x).mean() / len(x)),
    ),
]


def _tanh(w, b, x):
    return torch.tanh(w * x + b)


CHAIN_PLACES = [
    Planted("chain-rule", task, written, says=f"the one that the {says} brings in")
    for says, task, written in (
        ("product inside", ONE, lambda w, x, y: 2 * (w * x - y)),
        ("product inside", SQUARED_WEIGHT, lambda w, x, y: 4 * (w**2 * x - y) * w),
        ("power inside", SQUARED_WEIGHT, lambda w, x, y: 2 * (w**2 * x - y) * x),
        ("power outside", SQUARED_WEIGHT, lambda w, x, y: 2 * w * x),
        ("power outside", NEURON, lambda w, b, x, y: (x, 1.0)),
        (
            "tanh inside",
            TANH,
            lambda w, b, x, y: (2 * (_tanh(w, b, x) - y) * x, 2 * (_tanh(w, b, x) - y)),
        ),
    )
]

CHAIN = _listed(
    "chain-rule",
    (SQUARED_WEIGHT, lambda w, x, y: 2 * (w**2 * x - y)),
    (ONE, lambda w, x, y: x),
    (NEURON, lambda w, b, x, y: (2 * (w * x + b - y), 2 * (w * x + b - y))),
    (BATCH, lambda w, x, y: 2 * (w * x - y).mean()),
    (BATCH_SUM, lambda w, x, y: 2 * (w * x - y).sum()),
    (LINE, lambda W, b, X, Y: ((2 * (X @ W + b - Y)).mean(), (2 * (X @ W + b - Y)).mean())),
    (
        TANH,
        lambda w, b, x, y: (
            2 * (_tanh(w, b, x) - y) * (1 - _tanh(w, b, x) ** 2),
            2 * (_tanh(w, b, x) - y) * (1 - _tanh(w, b, x) ** 2),
        ),
    ),
    (TANH, lambda w, b, x, y: (2 * (_tanh(w, b, x) - y), 2 * (_tanh(w, b, x) - y))),
    (
        TANH,
        lambda w, b, x, y: ((1 - _tanh(w, b, x) ** 2) * x, 1 - _tanh(w, b, x) ** 2),
    ),
    (
        LOGISTIC,
        lambda w, b, x, y: (
            (torch.sigmoid(w * x + b) - y).mean(),
            (torch.sigmoid(w * x + b) - y).mean(),
        ),
    ),
    (RIDGE, lambda w, x, y: 2 * (w * x - y).mean() + 0.2 * w),
    (NESTED, lambda x: 3 * (3 * x + 1) ** 2),
    (WEIGHTED, lambda w, a, x, y: 2 * (w * x - y) * x),
    (SLOPE, lambda x: 2 * x + 1),
    (PRODUCT, lambda w, x: torch.tanh(w * x) + w * (1 - torch.tanh(w * x) ** 2)),
)

VARIABLE = _listed(
    "wrong-variable",
    (ONE, lambda w, x, y: 2 * (w * x - y) * w),
    (ONE, lambda w, x, y: -2 * (w * x - y)),
    (NEURON, lambda w, b, x, y: (2 * (w * x + b - y) * w, 2 * (w * x + b - y))),
    (NEURON, lambda w, b, x, y: (2 * (w * x + b - y) * w, -2 * (w * x + b - y))),
    (TANH, lambda w, b, x, y: (tanh_gradient(w, b, x, y)[1] * w, tanh_gradient(w, b, x, y)[1] * w)),
    (BATCH, lambda w, x, y: 2 * (w * x - y) * w / len(x)),
    (BATCH_SUM, lambda w, x, y: -2 * (w * x - y)),
    (MATRIX, lambda W, X, Y: 2 * (X @ W - Y) @ W.T / len(X)),
    (PRODUCT, lambda w, x: w**2 * (1 - torch.tanh(w * x) ** 2)),
)

SWAPPED = [
    *_many(
        "swapped",
        (NEURON, TANH, LINE, LINE_SUM, LOGISTIC),
        lambda task: lambda **at: task.right(**at)[::-1],
    ),
    *_listed(
        "swapped",
        (NEURON, lambda w, b, x, y: [2 * (w * x + b - y), 2 * (w * x + b - y) * x]),
        (NEURON, lambda w, b, x, y: {"w": 2 * (w * x + b - y), "b": 2 * (w * x + b - y) * x}),
    ),
]

TERM = _listed(
    "missing-term",
    (SLOPE, lambda x: 2 * x),
    (SLOPE, lambda x: 0 * x + 2),
    (CUBIC, lambda x: 3 * x**2),
    (CUBIC, lambda x: 0 * x - 4),
    (RIDGE, lambda w, x, y: (2 * (w * x - y) * x).mean()),
    (RIDGE, lambda w, x, y: 0.2 * w),
    (PRODUCT, lambda w, x: torch.tanh(w * x)),
    (PRODUCT, lambda w, x: w * x * (1 - torch.tanh(w * x) ** 2)),
    (ONE, lambda w, x, y: 2 * w * x**2),
    (NEURON, lambda w, b, x, y: (2 * (w * x - y) * x, 2 * (w * x - y))),
)


VALUE = [
    *_many(
        "value-not-gradient",
        (ONE, BATCH, SLOPE, CUBIC, RIDGE, PRODUCT),
        lambda task: lambda **at: task.loss(**at),
    ),
    *_listed(
        "value-not-gradient",
        (ONE, lambda w, x, y: w * x - y),
        (ONE, lambda w, x, y: w * x),
        (ONE, lambda w, x, y: y - w * x),
        (NEURON, lambda w, b, x, y: (w * x + b - y, w * x + b - y)),
        (NEURON, lambda w, b, x, y: (w * x + b, w * x + b)),
        (TANH, lambda w, b, x, y: (_tanh(w, b, x), _tanh(w, b, x))),
        (BATCH, lambda w, x, y: w * x - y),
        (MATRIX, lambda W, X, Y: X @ W),
    ),
]

STEP = [
    *[
        Planted("step-not-gradient", task, times(task, 0.1), learning_rate=0.1)
        for task in (ONE, NEURON, BATCH, MATRIX, TANH)
    ],
    *[
        Planted("step-not-gradient", task, times(task, -0.01), learning_rate=0.01)
        for task in (ONE, LINE, SLOPE)
    ],
    *[
        Planted(
            "step-not-gradient", task, stretched(task, lambda g, p, at: p - 0.1 * g), learning_rate
        )
        for task in (ONE, NEURON, BATCH, MATRIX, TANH, LOGISTIC)
        for learning_rate in (0.1, None)
    ],
]

SHAPE = [
    *_many("shape", (ONE, SLOPE, CUBIC), lambda t: lambda **at: t.right(**at).reshape(1)),
    *_many("shape", (MATRIX, MATRIX_SUM), lambda t: lambda **at: t.right(**at).flatten()),
    *_many("shape", (MATRIX,), lambda t: lambda **at: t.right(**at).T),
    *_many("shape", (NEURON, TANH), lambda t: with_first(t, lambda g, at: g.reshape(1, 1))),
    *_many("shape", (NEURON, LINE), lambda t: lambda **at: t.right(**at)[0]),
    *_many("shape", (NEURON,), lambda t: lambda **at: (*t.right(**at), 0.0)),
    *_many("shape", (ONE,), lambda t: lambda **at: torch.zeros(1).expand(10**12)),
]

PER_SAMPLE = _listed(
    "not-reduced",
    (BATCH, lambda w, x, y: 2 * (w * x - y) * x),
    (BATCH_SUM, lambda w, x, y: 2 * (w * x - y) * x),
    (BATCH, lambda w, x, y: 2 * (w * x - y) * x / len(x)),
    (BATCH, lambda w, x, y: (w * x - y) * x),
    (MATRIX, lambda W, X, Y: 2 * (X @ W - Y) * X),
    (MATRIX_SUM, lambda W, X, Y: 2 * (X @ W - Y) * X),
    (LINE, lambda W, b, X, Y: (2 * (X @ W + b - Y) * X, 2 * (X @ W + b - Y))),
    (LINE, lambda W, b, X, Y: (2 * X.T @ (X @ W + b - Y) / len(X), 2 * (X @ W + b - Y))),
    (
        LOGISTIC,
        lambda w, b, x, y: (
            (torch.sigmoid(w * x + b) - y) * x,
            torch.sigmoid(w * x + b) - y,
        ),
    ),
)

BROADCAST = _listed(
    "broadcast",
    (BATCH, lambda w, x, y: (2 * ((w * x)[:, None] - y) * x[:, None]).mean()),
    (BATCH, lambda w, x, y: (2 * (w * x - y)[:, None] * x).mean()),
    (BATCH_SUM, lambda w, x, y: (2 * (w * x - y[:, None]) * x).sum()),
    (BATCH, lambda w, x, y: 2 * (w * x - y).mean() * x.mean()),
    (LINE, lambda W, b, X, Y: _line_with(W, b, X, Y.flatten())),
    (MATRIX, lambda W, X, Y: 2 * X.T @ (X @ W - Y.T) / len(X)),
    (MATRIX, lambda W, X, Y: (2 * (X @ W - Y.T)[:, :, None] * X[:, None, :]).mean((0, 1))[:, None]),
    (BATCH, lambda w, x, y: 2 * ((w * x)[:, None] - y) * x),
)


def _line_with(W, b, X, Y):
    residual = X @ W + b - Y
    return (2 * residual * X).mean().reshape(1, 1), 2 * residual.mean()


class _Odd:
    pass


def _endless(**at):
    while True:
        yield 1.0


UNKNOWN = [
    *_listed(
        "unknown",
        (ONE, lambda w, x, y: "2 * (w * x - y) * x"),
        (ONE, lambda w, x, y: _Odd()),
        (ONE, lambda w, x, y: 1j),
        (NEURON, lambda w, b, x, y: {"a": 1.0, "b": 2.0}),
        (ONE, _endless),
        (ONE, -2.0),
    ),
    Planted("unknown", ONE, lambda w, x, y: 0, says="is 0 at every point"),
    Planted("unknown", MATRIX, lambda W, X, Y: 0 * W, says="is 0 at every point"),
    Planted("unknown", NEURON, lambda w, b, x, y: (2 * (w * x + b - y) * x, 0), says="to b is 0"),
    Planted("unknown", ONE, lambda w, x, y: 1234.5, says="same at every point"),
    Planted("unknown", BATCH, lambda w, x, y: 1234.5, says="same at every point"),
    Planted("unknown", ONE, lambda w, x, y: 1.0, says="same at every point"),
    Planted("unknown", NESTED, lambda x: 3.0, says="same at every point"),
    Planted("unknown", NEURON, lambda w, b, x, y: (1.0, 1.0), says="same at every point"),
    Planted(
        "unknown",
        NEURON,
        lambda w, b, x, y: (2 * (w * x + b - y) * x, 1.0),
        says="to b is the same at every point",
    ),
    Planted("unknown", ONE, lambda w, x, y: 2 * (w * x + y) * x, says="where autograd gives"),
    Planted("unknown", ONE, lambda w, x, y: 2 * (w * x - y) * y, says="where autograd gives"),
    Planted("unknown", MATRIX, lambda W, X, Y: torch.sin(W), says="], where autograd gives"),
    Planted("unknown", TANH, lambda w, b, x, y: (torch.exp(w), torch.exp(b)), says="to w gives"),
    Planted(
        "unknown",
        ONE,
        lambda w, x, y: 2 * (w * x - y) * x + torch.rand(()),
        says="different answers for the same numbers",
    ),
]


def without_return(w, x, y):
    2 * (w * x - y) * x


FILLED = [
    *_listed(
        "not-filled-in",
        (ONE, lambda w, x, y: None),
        (ONE, without_return),
        (NEURON, lambda w, b, x, y: print(end="")),
        says="word return missing",
    ),
    *_listed(
        "not-filled-in",
        (ONE, lambda w, x, y: ...),
        (ONE, lambda w, x, y: NotImplemented),
        (ONE, raising(NotImplementedError())),
        (NEURON, lambda w, b, x, y: (None, None)),
        (NEURON, lambda w, b, x, y: (2 * (w * x + b - y) * x, ...)),
        (NEURON, lambda w, b, x, y: {"w": None, "b": None}),
        (BATCH, None),
        (BATCH, ...),
        says="The blank is still there",
    ),
]

POWER = _listed(
    "raised",
    (SLOPE, lambda x: 2 * x ^ 1),
    (SLOPE, lambda x: x ^ 2),
    (CUBIC, lambda x: 3 * float(x) ^ 2 - 4),
    (CUBIC, lambda x: 3 * x.numpy() ^ 2 - 4),
    (BATCH, lambda w, x, y: (2 * (w * x - y) * x ^ 1).mean()),
    says="with **",
)

CALLED = _listed(
    "raised",
    (MATRIX, lambda W, X, Y: 2 / len(X) * X.T(X @ W - Y)),
    (ONE, lambda w, x, y: 2 * x(w * x - y)),
    (NESTED, lambda x: 9 * x(3 * x + 1)),
    says="a sign: * between numbers",
)

RAISED = _listed(
    "raised",
    (ONE, lambda w, x, y: w & 1),
    (ONE, lambda w, x, y: 1 / 0),
    (ONE, lambda w, x, y: undefined_name),  # noqa: F821
    (ONE, lambda w, x: 2 * (w * x) * x),
    (ONE, raising(SystemExit(1))),
    (NEURON, lambda w, b, x, y: (w, b)[2]),
    (MATRIX, lambda W, X, Y: Y @ X),
    (BATCH, lambda w, x, y: x.reshape(7, 7)),
    (LINE, lambda W, b, X, Y: {}["W"]),
    (ONE, lambda w, x, y: w.no_such_thing),
)

NOT_FINITE = _listed(
    "not-finite",
    (ONE, lambda w, x, y: float("nan")),
    (ONE, lambda w, x, y: (2 * (w * x - y) * x) / 0),
    (NEURON, lambda w, b, x, y: (2 * (w * x + b - y) * x, torch.log(w * 0 - 1))),
    (BATCH, lambda w, x, y: (2 * (w * x - y) * x / (x - x)).mean()),
    (MATRIX, lambda W, X, Y: 2 * X.T @ (X @ W - Y) * float("inf")),
    (TANH, lambda w, b, x, y: (torch.exp(w * 0 + 1e4), torch.exp(b * 0 + 1e4))),
    (LOGISTIC, lambda w, b, x, y: (torch.log(-(x**2)).mean(), torch.log(-(x**2)).mean())),
)


def through_item(task):
    """Autograd of a loss whose parameters have left the graph."""

    def written(**at):
        loose = {n: at[n].detach() for n in task.names}
        return torch.autograd.grad(task.loss(**{**at, **loose}), [at[n] for n in task.names])

    return written


GRAPH_CUT = _many("graph-cut", (ONE, NEURON, BATCH, MATRIX, TANH, LOGISTIC, SLOPE), through_item)

LEAKY = [
    Task("item", lambda w, x, y: (w.item() * x - y) ** 2 + w, ONE.right, "w", ONE.shapes),
    Task("detach", lambda w, x, y: (w.detach() * x - y) * (w * x - y), ONE.right, "w", ONE.shapes),
    Task(
        "new tensor",
        lambda w, b, x, y: (torch.tensor(w.item()) * x + b - y) ** 2,
        NEURON.right,
        ("w", "b"),
        NEURON.shapes,
    ),
]

GRAPH_CUT = [
    *_many("graph-cut", (ONE, NEURON, BATCH, MATRIX, TANH, LOGISTIC, SLOPE), through_item),
    *[Planted("graph-cut", task, task.right) for task in LEAKY],
]


def as_numbers(at):
    return {n: torch.as_tensor(value, dtype=torch.float64) for n, value in at.items()}


def frozen(task):
    """The gradient at the reader's numbers, whatever the function is called with."""

    def of_numbers(at):
        right = task.right(**as_numbers(at))
        return lambda **at: right

    return of_numbers


def _line_by(count, W, b, X, Y):
    """The gradient of a sum of squares, divided by a number that is not that of X."""
    residual = X @ W + b - Y
    return 2 * X.T @ residual / count, 2 * residual.sum() / count


ONLY_HERE = [
    *[
        Planted("only-here", task, frozen(task), of_numbers=True)
        for task in (ONE, NEURON, BATCH, MATRIX, TANH, SLOPE, LOGISTIC, LINE)
    ],
    Planted(
        "only-here",
        ONE,
        lambda at: lambda w, x, y: 2 * (w * x - float(at["y"])) * x,
        of_numbers=True,
    ),
    Planted(
        "only-here",
        ONE,
        lambda at: lambda w, x, y: 2 * (w * float(at["x"]) - y) * x,
        of_numbers=True,
    ),
    Planted(
        "only-here",
        ONE,
        lambda at: lambda w, x, y: 2 * (w * x - y) * x * w / float(at["w"]),
        of_numbers=True,
        says="a letter or a power missing, or one too many",
    ),
    *[
        Planted("only-here", task, of_numbers, of_numbers=True, says="samples only")
        for task, of_numbers in (
            (BATCH, lambda at: lambda w, x, y: (2 * (w * x - y) * x).sum() / rows_of(at)),
            (MATRIX, lambda at: lambda W, X, Y: 2 / rows_of(at) * X.T @ (X @ W - Y)),
            (LINE, lambda at: lambda W, b, X, Y: _line_by(rows_of(at), W, b, X, Y)),
            (
                LINE,
                lambda at: (
                    lambda W, b, X, Y: (
                        _line_by(rows_of(at), W, b, X, Y)[0],
                        LINE.right(W, b, X, Y)[1],
                    )
                ),
            ),
        )
    ],
]


GRADIENT_MISTAKES = [
    *SIGN,
    *FACTOR_2,
    *CONSTANT,
    *SUM_NOT_MEAN,
    *MEAN_NOT_SUM,
    *CHAIN,
    *CHAIN_PLACES,
    *VARIABLE,
    *SWAPPED,
    *TERM,
    *VALUE,
    *STEP,
    *SHAPE,
    *PER_SAMPLE,
    *BROADCAST,
    *GRAPH_CUT,
    *ONLY_HERE,
    *FILLED,
    *POWER,
    *CALLED,
    *RAISED,
    *NOT_FINITE,
    *UNKNOWN,
]


# --- Derivatives that are right ------------------------------------------------------------


def by_autograd(task):
    def written(**at):
        gradients = torch.autograd.grad(task.loss(**at), [at[n] for n in task.names])
        return gradients if len(gradients) > 1 else gradients[0]

    return written


def by_backward(task):
    def written(**at):
        parameters = {n: at[n].requires_grad_() for n in task.names}
        task.loss(**{**at, **parameters}).backward()
        return tuple(parameter.grad for parameter in parameters.values())

    return written


def in_form(task, form):
    """The right derivative, each part in another form."""

    def written(**at):
        right = task.right(**at)
        return tuple(map(form, right)) if isinstance(right, tuple) else form(right)

    return written


def computed_in(task, dtype):
    def written(**at):
        return task.right(**{n: t.to(dtype) for n, t in at.items()})

    return written


def by_name(task):
    def written(**at):
        right = task.right(**at)
        parts = right if isinstance(right, tuple) else (right,)
        return dict(zip(task.names, parts, strict=True))

    return written


def spoiling(task):
    """Right, and overwriting its arguments on the way."""

    def written(**at):
        right = task.right(**at)
        for tensor in at.values():
            tensor.zero_()
        return right

    return written


FORMS = (
    by_autograd,
    by_backward,
    by_name,
    spoiling,
    lambda task: task.right,
    lambda task: in_form(task, lambda g: g.tolist()),
    lambda task: in_form(task, lambda g: g.numpy()),
    lambda task: in_form(task, lambda g: g.numpy().astype(np.float32)),
    lambda task: in_form(task, lambda g: g.clone().requires_grad_()),
    lambda task: computed_in(task, torch.float32),
)

REARRANGED = _listed(
    None,
    (ONE, lambda w, x, y: float(2 * (w * x - y) * x)),
    (ONE, lambda w, x, y: (2 * (w * x - y) * x,)),
    (ONE, lambda w, x, y: [2 * (w * x - y) * x]),
    (ONE, lambda w, x, y: 2 * w * x**2 - 2 * x * y),
    (ONE, lambda w, x, y: 2 * x * (w * x - y)),
    (ONE, lambda w, x, y: -2 * (y - w * x) * x),
    (ONE, lambda w, x, y: 2 * (w - y / x) * x**2),
    (ONE, lambda w, x, y: np.float32(2 * (w * x - y) * x)),
    (ONE, lambda w, x, y: 2.0 * float(x) * (float(w) * float(x) - float(y))),
    (NEURON, lambda w, b, x, y: torch.stack([2 * (w * x + b - y) * x, 2 * (w * x + b - y)])),
    (NEURON, lambda w, b, x, y: [float(2 * (w * x + b - y) * x), float(2 * (w * x + b - y))]),
    (NEURON, lambda w, b, x, y: np.array([2 * (w * x + b - y) * x, 2 * (w * x + b - y)])),
    (BATCH, lambda w, x, y: 2 * torch.dot(w * x - y, x) / len(x)),
    (BATCH, lambda w, x, y: 2 * torch.einsum("n,n->", w * x - y, x) / len(x)),
    (BATCH, lambda w, x, y: sum(2 * (w * x[i] - y[i]) * x[i] for i in range(len(x))) / len(x)),
    (BATCH, lambda w, x, y: 2 * w * (x**2).mean() - 2 * (x * y).mean()),
    (BATCH_SUM, lambda w, x, y: 2 * x @ (w * x - y)),
    (LINE, lambda W, b, X, Y: (2 * ((X @ W + b - Y) * X).mean(), 2 * (X @ W + b - Y).mean())),
    (LINE_SUM, lambda W, b, X, Y: (2 * X.T @ (X @ W + b - Y), 2 * (X @ W + b - Y).sum())),
    (MATRIX, lambda W, X, Y: torch.einsum("nd,nk->dk", X, 2 * (X @ W - Y)) / len(X)),
    (MATRIX, lambda W, X, Y: (2 * (X @ W - Y) * X).mean(0).reshape(2, 1)),
    (MATRIX, lambda W, X, Y: 2 / len(X) * (X.T @ X @ W - X.T @ Y)),
    (MATRIX_SUM, lambda W, X, Y: (2 * X.T @ (X @ W - Y)).tolist()),
    (
        TANH,
        lambda w, b, x, y: tuple(
            2 * (_tanh(w, b, x) - y) / torch.cosh(w * x + b) ** 2 * f for f in (x, 1)
        ),
    ),
    (LOGISTIC, lambda w, b, x, y: by_cross_entropy(w, b, x, y)),
    (SLOPE, lambda x: 2 * (x + 1)),
    (SLOPE, lambda x: (x + 1) + (x + 1)),
    (CUBIC, lambda x: (3 * x * x - 4).item()),
    (NESTED, lambda x: 81 * x**2 + 54 * x + 9),
    (PRODUCT, lambda w, x: torch.tanh(w * x) + w * x / torch.cosh(w * x) ** 2),
)


def by_cross_entropy(w, b, x, y):
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    torch.nn.functional.binary_cross_entropy_with_logits(w * x + b, y).backward()
    return w.grad, b.grad


RIGHT_GRADIENTS = [
    *[Planted(None, task, form(task)) for task in TASKS for form in FORMS],
    *REARRANGED,
]


# --- Training loops ------------------------------------------------------------------------


def leaves(task, at):
    """The parameters as tensors of their own that require a gradient."""
    return {name: at[name].clone().requires_grad_() for name in task.names}


def kept(parameters):
    """One row: a number or a copy of each parameter, a tuple where there are several."""
    values = [p.item() if p.ndim == 0 else p.detach().clone() for p in parameters.values()]
    return tuple(values) if len(values) > 1 else values[0]


def loop(task, update, *, zero=True, first=0, more=0, keep=kept, start_row=False):
    """A training loop with ``update(parameters, learning_rate)`` for the step."""

    def train(learning_rate, steps, **at):
        parameters = leaves(task, at)
        rows = [keep(parameters)] if start_row else []
        for _ in range(steps + more):
            task.loss(**{**at, **parameters}).backward()
            with torch.no_grad():
                update(parameters, learning_rate)
            if zero:
                for parameter in parameters.values():
                    parameter.grad.zero_()
            rows.append(keep(parameters))
        return rows[first:]

    return train


def downhill(parameters, learning_rate):
    for parameter in parameters.values():
        parameter -= learning_rate * parameter.grad


def uphill(parameters, learning_rate):
    for parameter in parameters.values():
        parameter += learning_rate * parameter.grad


def nowhere(parameters, learning_rate):
    for parameter in parameters.values():
        parameter = parameter - learning_rate * parameter.grad


def at_rate(change):
    return lambda parameters, learning_rate: downhill(parameters, change(learning_rate))


def first_only(parameters, learning_rate):
    first = next(iter(parameters.values()))
    first -= learning_rate * first.grad


def last_only(parameters, learning_rate):
    last = list(parameters.values())[-1]
    last -= learning_rate * last.grad


def crosswise(parameters, learning_rate):
    gradients = [parameter.grad.clone() for parameter in parameters.values()]
    for parameter, gradient in zip(parameters.values(), reversed(gradients), strict=True):
        parameter -= learning_rate * gradient


def zeroed_first(parameters, learning_rate):
    for parameter in parameters.values():
        parameter.grad.zero_()
        parameter -= learning_rate * parameter.grad


def backwards_row(parameters):
    return kept(parameters)[::-1]


def with_optimizer(task, *, zero_at="start", step=True):
    def train(learning_rate, steps, **at):
        parameters = leaves(task, at)
        optimizer = torch.optim.SGD(list(parameters.values()), lr=learning_rate)
        rows = []
        for _ in range(steps):
            if zero_at == "start":
                optimizer.zero_grad()
            task.loss(**{**at, **parameters}).backward()
            if zero_at == "before step":
                optimizer.zero_grad()
            if step:
                optimizer.step()
            rows.append(kept(parameters))
        return rows

    return train


def by_hand(task, *, stale=False, sequential=None, sign=-1):
    """A loop with the derivative by hand, in which no graph is ever built."""

    def train(learning_rate, steps, **at):
        point, rows = dict(at), []
        old = _parts(task, point)
        for _ in range(steps):
            if sequential:
                for name in sequential:
                    slope = dict(zip(task.names, _parts(task, point), strict=True))[name]
                    point[name] = point[name] - learning_rate * slope
            else:
                slopes = old if stale else _parts(task, point)
                for name, slope in zip(task.names, slopes, strict=True):
                    point[name] = point[name] + sign * learning_rate * slope
            rows.append(kept({name: point[name] for name in task.names}))
        return rows

    return train


def _parts(task, at):
    right = task.right(**at)
    return right if isinstance(right, tuple) else (right,)


def stale_with_backward(task):
    """The forward pass stands before the loop."""

    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        loss = task.loss(**{**at, **parameters})
        for _ in range(steps):
            loss.backward()
            with torch.no_grad():
                downhill(parameters, learning_rate)
            rows.append(kept(parameters))
        return rows

    return train


def stale_and_kept(task):
    """The same, with ``retain_graph`` and ``.data``: the old gradient is added again and again."""

    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        loss = task.loss(**{**at, **parameters})
        for _ in range(steps):
            loss.backward(retain_graph=True)
            for parameter in parameters.values():
                parameter.data = parameter.data - learning_rate * parameter.grad
            rows.append(kept(parameters))
        return rows

    return train


def without_no_grad(task):
    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            task.loss(**{**at, **parameters}).backward()
            downhill(parameters, learning_rate)
            rows.append(kept(parameters))
        return rows

    return train


def rebound_outside(task, *, zero=False, recorded=True):
    """``w = w - learning_rate * w.grad``, recorded in the graph."""

    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            task.loss(**{**at, **parameters}).backward()
            with torch.set_grad_enabled(recorded):
                parameters = {n: p - learning_rate * p.grad for n, p in parameters.items()}
            if zero:
                for parameter in parameters.values():
                    parameter.grad.zero_()
            rows.append(kept(parameters))
        return rows

    return train


def rebound_inside(task, *, zero=False):
    """The same under ``no_grad``: the new parameter requires no gradient."""
    return rebound_outside(task, zero=zero, recorded=False)


def backward_before(task, reset):
    """One backward pass before the loop, and ``reset(parameters)`` after each update."""

    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        task.loss(**{**at, **parameters}).backward()
        for _ in range(steps):
            with torch.no_grad():
                downhill(parameters, learning_rate)
            reset(parameters)
            rows.append(kept(parameters))
        return rows

    return train


def to_zero(parameters):
    for parameter in parameters.values():
        parameter.grad.zero_()


def to_none(parameters):
    for parameter in parameters.values():
        parameter.grad = None


def detached_loss(task):
    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            loose = {n: p.detach() for n, p in parameters.items()}
            task.loss(**{**at, **loose}).backward()
            with torch.no_grad():
                downhill(parameters, learning_rate)
            rows.append(kept(parameters))
        return rows

    return train


def half_detached(task):
    """Only the last parameter leaves the graph, so its .grad stays None."""

    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        last = task.names[-1]
        for _ in range(steps):
            task.loss(**{**at, **parameters, last: parameters[last].detach()}).backward()
            with torch.no_grad():
                downhill(parameters, learning_rate)
            rows.append(kept(parameters))
        return rows

    return train


def zeroed_before_backward(task):
    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            for parameter in parameters.values():
                parameter.grad.zero_()
            task.loss(**{**at, **parameters}).backward()
            with torch.no_grad():
                downhill(parameters, learning_rate)
            rows.append(kept(parameters))
        return rows

    return train


def dropped_before_update(task):
    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            task.loss(**{**at, **parameters}).backward()
            for parameter in parameters.values():
                parameter.grad = None
            with torch.no_grad():
                downhill(parameters, learning_rate)
            rows.append(kept(parameters))
        return rows

    return train


def updated_before_backward(task):
    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            with torch.no_grad():
                downhill(parameters, learning_rate)
            task.loss(**{**at, **parameters}).backward()
            rows.append(kept(parameters))
        return rows

    return train


def functional(task):
    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            loss = task.loss(**{**at, **parameters})
            slopes = torch.autograd.grad(loss, list(parameters.values()))
            parameters = {
                n: (p - learning_rate * g).detach().requires_grad_()
                for (n, p), g in zip(parameters.items(), slopes, strict=True)
            }
            rows.append(kept(parameters))
        return rows

    return train


def without_grad(task):
    """``.grad = None`` in place of ``zero_``."""

    def train(learning_rate, steps, **at):
        parameters, rows = leaves(task, at), []
        for _ in range(steps):
            task.loss(**{**at, **parameters}).backward()
            with torch.no_grad():
                downhill(parameters, learning_rate)
            for parameter in parameters.values():
                parameter.grad = None
            rows.append(kept(parameters))
        return rows

    return train


def in_float32(task):
    def train(learning_rate, steps, **at):
        at = {name: tensor.float() for name, tensor in at.items()}
        return loop(task, downhill)(learning_rate, steps, **at)

    return train


def appended(task, train):
    """``rows = rows.append(…)``, which is None."""

    def written(learning_rate, steps, **at):
        rows = []
        for row in train(task)(learning_rate, steps, **at):
            rows = rows.append(row)
        return rows

    return written


def only_computed(task):
    """In plain Python, ``w - learning_rate * …`` without ``w =``."""

    def train(learning_rate, steps, **at):
        rows, parameters = [], tuple(at[name] for name in task.names)
        for _ in range(steps):
            for parameter, slope in zip(parameters, _parts(task, at), strict=True):
                parameter - learning_rate * slope
            rows.append(parameters if len(parameters) > 1 else parameters[0])
        return rows

    return train


def rows_at(part):
    """The right rows, but only a part of them: ``return`` or ``append`` is indented wrongly."""

    def of_task(task):
        train = by_hand(task)
        return lambda learning_rate, steps, **at: train(learning_rate, steps, **at)[part]

    return of_task


def powered(task):
    return lambda learning_rate, steps, **at: [at[name] ^ 2 for name in task.names] * steps


def always(value):
    return lambda task: lambda learning_rate, steps, **at: value


def hard_coded(task):
    """Five steps with a rate of its own, whatever is asked for."""
    return lambda learning_rate, steps, **at: loop(task, downhill)(task.learning_rate, 5, **at)


def at_these_numbers(task):
    """The right way from the reader's numbers, whatever the loop is called with."""

    def of_numbers(at):
        numbers = as_numbers(at)
        return lambda learning_rate, steps, **at: loop(task, downhill)(
            learning_rate, steps, **numbers
        )

    return of_numbers


def drifting(task):
    """The right first step; after that, each one a little too long."""

    def train(learning_rate, steps, **at):
        done = iter(range(steps))

        def update(parameters, rate):
            downhill(parameters, rate * 1.3 ** next(done))

        return loop(task, update)(learning_rate, steps, **at)

    return train


def spoilt(value):
    """The right rows with ``value`` in the last one."""

    def of_task(task):
        def train(learning_rate, steps, **at):
            rows = loop(task, downhill)(learning_rate, steps, **at)
            bad = torch.full((), value)
            last = tuple(bad.expand(at[n].shape) for n in task.names)
            return [*rows[:-1], last if len(last) > 1 else last[0]]

        return train

    return of_task


LOOP_TASKS = (ONE, NEURON, BATCH, LINE, MATRIX, TANH, LOGISTIC, SLOPE)
SINGLE = (ONE, BATCH, MATRIX, SLOPE)
PAIRS = (NEURON, LINE, TANH, LOGISTIC)
SAME_SHAPES = (NEURON, TANH, LOGISTIC)


def _loops(slug, tasks, *loops, says=""):
    return [Planted(slug, task, make(task), says=says) for task in tasks for make in loops]


# Derivatives that no rule for loops knows: the gradient itself is the mistake.
ASTRAY = [
    replace(task, right=right)
    for task, right in (
        (ONE, lambda w, x, y: 2 * (w * x - y)),
        (ONE, lambda w, x, y: 2 * (w * x - y) * w),
        (ONE, lambda w, x, y: 2 * (w * x + y) * x),
        (NEURON, lambda w, b, x, y: (2 * (w * x + b - y), 2 * (w * x + b - y))),
        (BATCH, lambda w, x, y: 2 * (w * x - y).mean()),
        (MATRIX, lambda W, X, Y: X.T @ (X @ W + Y)),
    )
]


LOOP_MISTAKES = [
    *_loops("not-zeroed", LOOP_TASKS, lambda t: loop(t, downhill, zero=False)),
    *_loops("not-zeroed", LOOP_TASKS, lambda t: with_optimizer(t, zero_at="never")),
    *_loops("ascent", LOOP_TASKS, lambda t: loop(t, uphill), lambda t: by_hand(t, sign=1)),
    *_loops("ascent", LOOP_TASKS, lambda t: loop(t, uphill, zero=False), says="already there"),
    *_loops("not-updated", LOOP_TASKS, lambda t: loop(t, nowhere), says="Nothing moves"),
    *_loops("not-updated", LOOP_TASKS, lambda t: with_optimizer(t, step=False)),
    *_loops("not-updated", LOOP_TASKS, only_computed, says="Nothing moves"),
    *_loops(
        "not-updated",
        SINGLE,
        lambda t: loop(t, downhill, keep=lambda p: next(iter(p.values()))),
        says="w.clone()",
    ),
    *_loops(
        "not-updated",
        PAIRS,
        lambda t: loop(t, downhill, keep=lambda p: tuple(p.values())),
        says="w.clone()",
    ),
    *[
        Planted("wrong-rate", task, loop(task, at_rate(change)), says=says)
        for task in LOOP_TASKS
        for says, change in (
            ("is twice as long", lambda rate: 2 * rate),
            ("is half as long", lambda rate: rate / 2),
            ("is 0.1 times as long", lambda rate: rate / 10),
            ("leads uphill and is half as long", lambda rate: -rate / 2),
        )
    ],
    *_loops(
        "wrong-rate",
        LOOP_TASKS,
        lambda t: loop(t, at_rate(lambda rate: t.learning_rate)),
        lambda t: loop(t, at_rate(lambda rate: t.learning_rate / 3)),
        says="Does your loop use the learning_rate",
    ),
    *_loops("stale-forward", LOOP_TASKS, stale_with_backward),
    # The square of the polynomial keeps x itself for its backward pass, so that one is not stale.
    *_loops("stale-forward", (*PAIRS, ONE, BATCH, MATRIX), stale_and_kept),
    *_loops("stale-forward", LOOP_TASKS, lambda t: by_hand(t, stale=True)),
    *_loops("stale-forward", LOOP_TASKS, lambda t: backward_before(t, to_zero), says="Only the"),
    *_loops("stale-forward", LOOP_TASKS, lambda t: backward_before(t, to_none), says="only once"),
    *_loops("one-parameter-only", PAIRS, lambda t: loop(t, first_only)),
    *_loops("one-parameter-only", PAIRS, lambda t: loop(t, last_only)),
    *_loops("swapped", PAIRS, lambda t: loop(t, downhill, keep=backwards_row)),
    *_loops("swapped", SAME_SHAPES, lambda t: loop(t, crosswise)),
    *_loops("sequential", PAIRS, lambda t: by_hand(t, sequential=t.names)),
    *_loops("sequential", PAIRS, lambda t: by_hand(t, sequential=t.names[::-1])),
    *_loops("zeroed-too-early", LOOP_TASKS, zeroed_before_backward, dropped_before_update),
    *_loops("zeroed-too-early", LOOP_TASKS, updated_before_backward),
    *_loops("zeroed-too-early", LOOP_TASKS, lambda t: loop(t, zeroed_first)),
    *_loops("zeroed-too-early", LOOP_TASKS, lambda t: with_optimizer(t, zero_at="before step")),
    *_loops("off-by-one", LOOP_TASKS, lambda t: loop(t, downhill, start_row=True)),
    *_loops("off-by-one", LOOP_TASKS, lambda t: loop(t, downhill, start_row=True, more=-1)),
    *_loops("off-by-one", LOOP_TASKS, lambda t: loop(t, downhill, more=1)),
    *_loops("off-by-one", LOOP_TASKS, lambda t: loop(t, downhill, more=1, first=1)),
    *_loops("graph-cut", LOOP_TASKS, detached_loss),
    *_loops(
        "graph-cut",
        LOOP_TASKS,
        rebound_inside,
        lambda t: rebound_inside(t, zero=True),
        says="The first step made a new tensor",
    ),
    *_loops("graph-cut", PAIRS, half_detached),
    *_loops("inside-graph", LOOP_TASKS, without_no_grad),
    *_loops(
        "inside-graph",
        LOOP_TASKS,
        rebound_outside,
        lambda t: rebound_outside(t, zero=True),
        says="makes a new tensor",
    ),
    *_loops("not-filled-in", (ONE, NEURON), always(None), says="word return missing"),
    *_loops("not-filled-in", (ONE, NEURON), always(...), always([None, None])),
    *_loops("not-filled-in", (BATCH,), lambda t: raising(NotImplementedError()), lambda t: None),
    *_loops("raised", (ONE, LINE), lambda t: raising(ValueError("no")), lambda t: lambda a: a),
    *_loops("raised", (BATCH, MATRIX), lambda t: raising(RecursionError()), lambda t: len),
    *_loops(
        "raised",
        (ONE, NEURON),
        lambda t: appended(t, by_hand),
        lambda t: appended(t, lambda task: loop(task, downhill)),
        says="no attribute 'append'",
    ),
    *_loops("raised", (ONE, NEURON), powered, says="with **"),
    *_loops("not-finite", LOOP_TASKS, spoilt(float("nan")), spoilt(float("inf"))),
    *_loops("unknown", (ONE, NEURON), always("w"), always(1.5), always(_Odd())),
    *_loops("unknown", (ONE, NEURON, MATRIX), always([]), always(()), says="an empty list"),
    *_loops("unknown", (ONE, NEURON, MATRIX), rows_at(slice(1)), says="Is return indented"),
    *_loops("unknown", (ONE, NEURON, MATRIX), rows_at(slice(-1, None)), says="Is append indented"),
    *_loops("unknown", ASTRAY, by_hand, says="check_gradient can tell"),
    *_loops("unknown", (ONE, NEURON), always([1.0, 2.0, 3.0]), always({"a": 1})),
    *[
        Planted("unknown", task, make(task), says=says)
        for task in (ONE, NEURON, MATRIX)
        for make, says in (
            (hard_coded, "steps were asked for"),
            (drifting, "At step 2"),
        )
    ],
    *[
        Planted("unknown", task, at_these_numbers(task), of_numbers=True, says="wrong at others")
        for task in (ONE, NEURON, MATRIX)
    ],
]

RIGHT_LOOPS = _loops(
    None,
    TASKS,
    lambda t: loop(t, downhill),
    lambda t: loop(t, downhill, keep=lambda p: tuple(q.detach().clone() for q in p.values())),
    lambda t: loop(
        t, downhill, keep=lambda p: [q.detach().numpy().copy().tolist() for q in p.values()]
    ),
    by_hand,
    functional,
    without_grad,
    with_optimizer,
    in_float32,
)
