"""What learners take the derivative of an operation for: a table to read and to add to.

Each operation has its right rule and the wrong ones that learners follow. A row of ``wrong`` is a
slug, a formula and a question to the reader, in which ``{this}`` stands for the operation in the
names of the reader's loss. In a formula,

- ``u`` and ``v`` are what goes into the operation and depends on the parameter, ``du`` and ``dv``
  their derivatives, ``c`` and ``n`` what goes into it and does not, ``f`` what comes out,
- ``total(…)`` adds up along the axis of a softmax, a mean or a sum,
- ``before_u`` is what went into the activation that u came out of, ``moved_u`` the parameter u
  after a step, ``kept_u`` the derivative of u where a constant term stays, ``p`` the parameter itself.

The check follows each wrong rule through the reader's loss and compares what such a reader would
get. So a new row is known for every loss. To add one, write it here, and an answer that has it
into ``tests/checks/planted.py``. A slug may be one that is there, or a new one. A new operation of
two arguments is also recognised in ``differentiate.py``, in ``_described``; one of a single
argument is known by its name. It gets a loss in ``LOSSES`` of ``tests/checks/test_wrong_rules.py``.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """One wrong rule: its slug, its formula, and the question to who followed it.

    A ``rare`` one is named only where no other fits.
    """

    slug: str
    formula: str
    question: str
    rare: bool = False


@dataclass(frozen=True)
class Rule:
    """How an operation is differentiated: rightly, and in the ways that learners do."""

    right: str
    wrong: tuple[Wrong, ...] = ()


def _rows(*rows):
    return tuple(Wrong(*row) for row in rows)


_INSIDE = "What is inside {this} depends on {name}, too. Where is its derivative?"
_SLOPE = "Where is the slope of {this}? Yours is the derivative of what is inside only."
_SLOPE_AND_TWO = (
    "Where is the slope of {this}, and where is the factor that a square brings? Which loss do you "
    "have here?"
)
_WHERE = "At which value is the slope of {this} taken: at what goes in, or at what comes out?"
_NO_SLOPE_THERE = "The slope of {this} is taken at a derivative. At which value should it be taken?"
_TOGETHER = "At {this}, how do the outer and the inner derivative come together?"
_STILL = "{this} is still there undifferentiated. What is the derivative of that function?"
_AT_PARAMETER = "At which value is the slope of {this} taken? All that stands inside goes in."
_INSIDE_ITSELF = "Behind the slope of {this} stands its inside. What of the inside belongs there?"
_TWICE = "How often does the slope of {this} come into your answer?"
_ALONE = "At {this} only the inside is differentiated. What does the function around it do?"
_OF_A_SIDE = "{this} has two sides: do you have the slope of each, or on one of them its value?"
_SIGN = "Which sign does the derivative of {this} have?"


def _function(slope, *rows):
    """The Rule of a function of one number, from its slope at u.

    Whatever the function is, its slope can be forgotten, taken at the wrong place, or joined to
    the inner derivative in the wrong way.
    """

    def at(place):
        return re.sub(r"\bu\b", place, slope)

    common = (
        ("chain-rule", slope, _INSIDE),
        ("chain-rule", "du", _SLOPE),
        ("wrong-slope", f"({at('f')}) * du", _WHERE),
        ("chain-rule", at("du"), _NO_SLOPE_THERE),
        ("chain-rule", f"({at('du')}) * du", _NO_SLOPE_THERE),
        ("chain-rule", f"({slope}) + du", _TOGETHER),
        ("chain-rule", f"({slope}) / du", _TOGETHER),
        ("wrong-slope", "f * du", _STILL),
        ("wrong-slope", f"-({slope}) * du", _SIGN),
        ("wrong-slope", f"-({slope})", _SIGN),
        ("wrong-slope", f"({at('p')}) * du", _AT_PARAMETER),
        ("chain-rule", f"({slope}) * u", _INSIDE_ITSELF),
        ("wrong-slope", f"({slope}) ** 2 * du", _TWICE, True),
    )
    return Rule(f"({slope}) * du", _rows(*rows, *common))


_EXPONENT = "At {this}, the exponent comes down as a factor. What becomes of the exponent itself?"
_BARE = "Where are the derivative of the power and that of its inside, at {this}?"
_FACTOR = "At {this}, the exponent is one lower, as it should be. What becomes of the old one?"
_PRODUCT = (
    "{this} is a product of two parts that both depend on {name}. How many terms has its rule?"
)
_WHICH_PART = "In {this}, which part is kept where the other is differentiated?"
_QUOTIENT = "{this} is a quotient. Write down the rule for it and compare term by term."
_SIGMOID = "Look at the slope of {this}: which two factors is it made of?"
_TANH = "Look at the slope of {this}: what is subtracted from 1?"
_SOFTMAX = "{this} makes each probability depend on every score. Which of these ways are in yours?"
_ALIKE = (
    "Your answer treats all probabilities of {this} alike. Which of them is different, and how?"
)
_OTHER_FACTOR = "{this} is a product. Does the other factor stay when you differentiate?"
_NOT_SENT_BACK = "{this} multiplies by a matrix. Where is that on the way back through it?"
_PATHS = "{name} reaches {this} in more than one way. Does your answer have a part for each?"
_BEFORE = "Which value goes into {this}: the one before the bend, or the one after it?"
_MOVED = "At which numbers do you go back through {this}: those before the step, or after it?"
_STILL_THERE = "One term of {this} is still there as it was. What is its derivative?"
_CONSTANT = "At {this}, {other} does not depend on {name}. What is the derivative of a constant?"

RULES = {
    "u ** n": Rule(
        "n * u ** (n - 1) * du",
        _rows(
            (
                "chain-rule",
                "n * u ** (n - 1)",
                "What is inside {this} depends on {name}, too. Where is its derivative?",
            ),
            (
                "chain-rule",
                "n * kept_u ** (n - 1)",
                "In the place of what stands inside {this} you have its derivative, with the "
                "constant left in it. Is the inside itself still needed?",
            ),
            (
                "chain-rule",
                "n * kept_u ** (n - 1) * du",
                "In the place of what stands inside {this} you have its derivative, with the "
                "constant left in it. Is the inside itself still needed?",
            ),
            (
                "chain-rule",
                "n * du ** (n - 1)",
                "In the place of what stands inside {this} you have its derivative. "
                "Is the inside itself still needed?",
            ),
            (
                "chain-rule",
                "n * du ** (n - 1) * du",
                "In the place of what stands inside {this} you have its derivative. "
                "Is the inside itself still needed?",
            ),
            ("power-rule", "n * u ** n * du", _EXPONENT),
            ("power-rule", "n * u * du", _EXPONENT),
            (
                "chain-rule",
                "n / 2 * u ** (n / 2) * du",
                "{this} is a square of a square. What is inside the outer one?",
                True,
            ),
            ("power-rule", "n * u ** (n - 2) * du", _EXPONENT),
            ("power-rule", "n * u ** (n + 1) * du", _EXPONENT, True),
            ("power-rule", "u ** (n - 1) * du", _FACTOR),
            ("power-rule", "(n - 1) * u ** (n - 1) * du", _FACTOR),
            ("power-rule", "(n + 1) * u ** (n - 1) * du", _FACTOR, True),
            ("power-rule", "(n - 1) * u ** n * du", _EXPONENT),
            (
                "power-rule",
                "-n * u ** (n - 1) * du",
                "At {this}, which sign does the exponent bring?",
                True,
            ),
            ("power-rule", "u ** n * du", "{this} is not differentiated. What is the power rule?"),
            ("power-rule", "n * u ** n", _EXPONENT),
            ("power-rule", "u ** (n - 1)", _BARE),
            (
                "power-rule",
                "n * (n - 1) * u ** (n - 2) * du",
                "At {this}, how many times have you differentiated?",
            ),
            (
                "power-rule",
                "n * (n - 1) * u ** (n - 2)",
                "At {this}, how many times have you differentiated?",
            ),
            (
                "power-rule",
                "u ** (n + 1) / (n + 1)",
                "At {this}, your exponent has grown. Is that differentiating or integrating?",
            ),
            (
                "power-rule",
                "u ** (n + 1) / (n + 1) * du",
                "At {this}, your exponent has grown. Is that differentiating or integrating?",
            ),
            (
                "chain-rule",
                "du ** n",
                "At {this} only the inside is differentiated. What does the power itself do?",
            ),
            (
                "chain-rule",
                "n * du",
                "At {this}, your answer no longer holds what stands inside. "
                "What does the power rule keep of it?",
            ),
            (
                "chain-rule",
                "n * u ** (n - 1) + du",
                "At {this}, how do the outer and the inner derivative come together?",
            ),
            (
                "chain-rule",
                "du",
                "Where is the derivative of the power in {this}? Yours has that of the inside only.",
            ),
        ),
    ),
    "c ** u": _function(
        "f * torch.log(c)",
        (
            "wrong-slope",
            "f * torch.log10(c) * du",
            "Which logarithm belongs to the base of {this}?",
        ),
        (
            "power-rule",
            "u * c ** (u - 1) * du",
            "In {this}, {name} stands in the exponent. Is that a power?",
        ),
        (
            "wrong-slope",
            "f * du",
            "{this} is like exp, but its base is another. What does the base bring?",
        ),
    ),
    "exp(u)": _function(
        "torch.exp(u)",
        ("power-rule", "u * torch.exp(u - 1) * du", "In {this}, is the exponent a fixed number?"),
        ("power-rule", "u * torch.exp(u - 1)", "In {this}, is the exponent a fixed number?"),
        (
            "wrong-slope",
            "u * f * du",
            "What is the derivative of exp, alone? Compare it at {this}.",
        ),
        ("wrong-slope", "u * f", "What is the derivative of exp, alone? Compare it at {this}."),
    ),
    "log(u)": _function(
        "1 / u",
        ("wrong-slope", "u * du", "What is the derivative of the logarithm? Compare it at {this}."),
        (
            "wrong-slope",
            "1 / du",
            "At {this}, over which value does the slope of a logarithm stand?",
        ),
        ("wrong-slope", "f / u * du", "Is the logarithm of {this} still in your derivative?"),
        (
            "wrong-slope",
            "1 / f * du",
            "At {this}, over which value does the slope of a logarithm stand?",
        ),
        ("wrong-slope", "torch.exp(u) * du", "What is the derivative of the logarithm, at {this}?"),
    ),
    "log1p(u)": _function("1 / (1 + u)"),
    "log10(u)": _function(
        "1 / (u * math.log(10))",
        (
            "wrong-slope",
            "1 / u * du",
            "Of which logarithm is that the slope, and which one is {this}?",
        ),
    ),
    "log2(u)": _function(
        "1 / (u * math.log(2))",
        (
            "wrong-slope",
            "1 / u * du",
            "Of which logarithm is that the slope, and which one is {this}?",
        ),
    ),
    "sqrt(u)": _function(
        "0.5 / torch.sqrt(u)",
        ("power-rule", "1 / torch.sqrt(u) * du", "{this} is a power of one half. What comes down?"),
        (
            "power-rule",
            "0.5 * torch.sqrt(u) * du",
            "{this} is a power of one half. What becomes of it?",
        ),
        ("power-rule", "2 / torch.sqrt(u) * du", "{this} is a power of one half. What comes down?"),
        ("power-rule", "0.5 * u * du", "{this} is a power of one half. What becomes of it?"),
        ("power-rule", "0.5 / u * du", "{this} is a power of one half. What becomes of it?"),
        ("power-rule", "1 / torch.sqrt(u)", "{this} is a power of one half. What comes down?"),
        (
            "power-rule",
            "2 * torch.sqrt(u) * du",
            "{this} is a power of one half. Does its root stand above or below?",
        ),
    ),
    "sin(u)": _function("torch.cos(u)"),
    "cos(u)": _function(
        "-torch.sin(u)",
        ("wrong-slope", "torch.sin(u)", "Which sign does the derivative of {this} have?"),
        (
            "wrong-slope",
            "torch.sin(du)",
            "Look at {this}: which sign has its slope, and where is it taken?",
        ),
    ),
    "tan(u)": _function("1 / torch.cos(u) ** 2"),
    "sigmoid(u)": _function(
        "torch.sigmoid(u) * (1 - torch.sigmoid(u))",
        ("wrong-slope", "(1 - f) * du", _SIGMOID),
        ("wrong-slope", "f * du", _SIGMOID),
        ("wrong-slope", "f * (1 + f) * du", _SIGMOID),
        ("wrong-slope", "f * (f - 1) * du", _SIGMOID),
        ("wrong-slope", "f ** 2 * du", _SIGMOID),
        (
            "wrong-slope",
            "(1 - f ** 2) * du",
            "Which function has the slope that you took at {this}: the sigmoid, or tanh?",
        ),
        (
            "wrong-slope",
            "u * (1 - u) * du",
            "The slope of {this} is written with what comes out of it. And with what is yours?",
        ),
        ("wrong-slope", "(1 - u) * f * du", _SIGMOID),
        ("wrong-slope", "u * (1 - f) * du", _SIGMOID),
        (
            "wrong-slope",
            "torch.where(u > 0, 1.0, 0.0) * du",
            "Whose slope did you take at {this}?",
            True,
        ),
        ("wrong-slope", "torch.exp(-u) * du", _SIGMOID),
        ("chain-rule", "du / 2", _SLOPE_AND_TWO),
    ),
    "tanh(u)": _function(
        "1 - torch.tanh(u) ** 2",
        ("wrong-slope", "(1 - f) * du", _TANH),
        ("wrong-slope", "(1 + f ** 2) * du", _TANH),
        ("wrong-slope", "f ** 2 * du", _TANH),
        ("wrong-slope", "(1 - f) ** 2 * du", _TANH),
        (
            "wrong-slope",
            "(f - f ** 2) * du",
            "Which function has the slope that you took at {this}?",
        ),
        (
            "wrong-slope",
            "(1 - u ** 2) * du",
            "The slope of {this} is written with what comes out of it. And with what is yours?",
        ),
        ("wrong-slope", "(u > 0) * du", "Whose slope did you take at {this}?", True),
        ("wrong-slope", "2 * (1 - f ** 2) * du", _TANH),
        ("wrong-slope", "-2 * f * du", _TANH),
        ("chain-rule", "du / 2", _SLOPE_AND_TWO),
    ),
    "relu(u)": _function(
        "(u > 0) * 1.0",
        (
            "wrong-slope",
            "du",
            "{this} is 0 where its inside is negative. What is its slope there?",
        ),
        (
            "wrong-slope",
            "f * du",
            "{this} is there in place of its slope. How steep is it to the right of 0?",
        ),
        ("wrong-slope", "u * du", "At {this}, how steep is the bent line on either side of 0?"),
        ("wrong-slope", "(u < 0) * du", "On which side of 0 does {this} have a slope?"),
        (
            "wrong-slope",
            "torch.sign(u) * du",
            "At {this}, how steep is the bent line to the left of 0?",
        ),
        ("wrong-slope", "(u > 1) * du", "Where is the corner of {this}?"),
    ),
    "leaky_relu(u)": Rule(
        "torch.where(u > 0, 1.0, c) * du",
        _rows(
            ("wrong-slope", "(u > 0) * du", "How steep is {this} on the left of 0?"),
            ("wrong-slope", "du", "How steep is {this} on the left of 0?"),
            ("wrong-slope", "c * du", "How steep is {this} on the right of 0?"),
            ("wrong-slope", "torch.where(u > 0, 1.0, -c) * du", "How steep is {this} on the left?"),
            ("wrong-slope", "f * du", "{this} is there in place of its slope."),
        ),
    ),
    "where(c, u, v)": Rule(
        "torch.where(c, du, dv)",
        _rows(
            ("wrong-slope", "f * (du + dv)", _STILL),
            ("wrong-slope", "torch.where(c, u * du, dv)", _OF_A_SIDE),
            ("wrong-slope", "torch.where(c, u, dv)", _OF_A_SIDE),
            ("wrong-slope", "torch.where(c, du, v * dv)", _OF_A_SIDE),
            ("wrong-slope", "torch.where(c, du, v * du)", _OF_A_SIDE),
            ("wrong-slope", "torch.where(c, du, v)", _OF_A_SIDE),
            ("wrong-slope", "torch.where(c, u * du, v * du)", _OF_A_SIDE),
            ("wrong-slope", "torch.where(c, dv, du)", "On which side has {this} which slope?"),
            ("wrong-slope", "torch.where(c, du, 0 * dv)", "How steep is {this} on its other side?"),
            ("wrong-slope", "torch.where(c, du, -dv)", "Which sign has the slope of {this}?"),
            ("wrong-slope", "torch.where(c, 0 * du, dv)", "How steep is {this} on its one side?"),
            ("wrong-slope", "du", "{this} has two sides. Which slope does each of them have?"),
            ("wrong-slope", "dv", "{this} has two sides. Which slope does each of them have?"),
            ("wrong-slope", "du + dv", "Which side of {this} counts for which number?"),
        ),
    ),
    "clamp(u)": Rule(
        "(f == u) * du",
        _rows(
            (
                "wrong-slope",
                "du",
                "Where {this} has cut off, it no longer moves. What is its slope there?",
            ),
            ("wrong-slope", "(f != u) * du", "On which side of its corner does {this} move?"),
            ("wrong-slope", "f * du", "{this} is there in place of its slope."),
            ("wrong-slope", "(u > 0) * du", "Where is the corner of {this}?"),
            ("wrong-slope", "(u < 0) * du", "Where is the corner of {this}?"),
        ),
    ),
    "abs(u)": _function(
        "torch.sign(u)",
        ("wrong-slope", "u * du", "How steep is {this}? Does that depend on how far from 0 it is?"),
        ("wrong-slope", "2 * u * du", "Is {this} a square? How steep is it on either side of 0?"),
        ("wrong-slope", "du", "{this} has a corner at 0. What is its slope on the left?"),
        ("wrong-slope", "torch.abs(du)", "At {this}, of what is the sign taken?"),
    ),
    "softplus(u)": _function("torch.sigmoid(u)"),
    "softmax(u)": Rule(
        "f * (du - total(f * du))",
        _rows(
            ("wrong-slope", "f * (1 - f) * du", _SOFTMAX),
            ("wrong-slope", "f * du", _SOFTMAX),
            ("wrong-slope", "du", "Where is the derivative of {this}?"),
        ),
    ),
    "log_softmax(u)": Rule(
        "du - total(torch.exp(f) * du)",
        _rows(
            ("wrong-slope", "-total(torch.exp(f) * du)", _ALIKE),
            (
                "wrong-slope",
                "total(du) - total(torch.exp(f) * du)",
                "At {this}: from which of the probabilities is 1 subtracted?",
            ),
            (
                "wrong-slope",
                "du",
                "{this} subtracts the logarithm of a sum. Does that sum depend on the scores?",
            ),
            ("wrong-slope", "(1 - torch.exp(f)) * du", _SOFTMAX),
            (
                "wrong-slope",
                "du - total(torch.exp(u) * du)",
                "At {this}: do your probabilities add up to 1?",
            ),
            ("wrong-slope", "du - torch.exp(f) * du * total(torch.ones_like(f))", _SOFTMAX),
        ),
    ),
    "u @ v": Rule(
        "du @ v + u @ dv",
        _rows(
            ("missing-term", "du @ v", _PATHS),
            ("constant-factor", "du @ torch.ones_like(v) + u @ dv", _NOT_SENT_BACK),
            ("missing-term", "u @ dv", _PATHS),
            ("wrong-value", "du @ v + before_u @ dv", _BEFORE),
            ("wrong-value", "du @ moved_v + u @ dv", _MOVED),
            ("wrong-value", "moved_u @ dv + du @ v", _MOVED),
        ),
    ),
    "u * v": Rule(
        "du * v + u * dv",
        _rows(
            ("wrong-value", "du * v + before_u * dv", _BEFORE),
            ("wrong-value", "du * before_v + u * dv", _BEFORE),
            ("wrong-value", "du * moved_v + u * dv", _MOVED),
            ("wrong-value", "du * v + moved_u * dv", _MOVED),
            (
                "product-rule",
                "du * dv",
                "{this} is a product. Is its derivative the product of the derivatives?",
            ),
            ("product-rule", "du * v", _PRODUCT),
            ("product-rule", "u * dv", _PRODUCT),
            (
                "product-rule",
                "du * v - u * dv",
                "{this} is a product. With which sign do its two terms come?",
                True,
            ),
            (
                "product-rule",
                "u * dv - du * v",
                "{this} is a product. With which sign do its two terms come?",
                True,
            ),
            ("constant-factor", "dv", _OTHER_FACTOR),
            ("constant-factor", "du", _OTHER_FACTOR),
            (
                "product-rule",
                "du + dv",
                "{this} is a product. Which part is kept where the other is differentiated?",
            ),
            (
                "product-rule",
                "du * v * u * dv",
                "{this} is a product. How do its two terms come together?",
            ),
            ("product-rule", "u * du + v * dv", _WHICH_PART),
            (
                "product-rule",
                "du * v + u",
                "Look at the second part of {this}: what is its derivative?",
            ),
            (
                "product-rule",
                "v + u * dv",
                "Look at the first part of {this}: what is its derivative?",
            ),
            ("product-rule", "u * v * dv", _PRODUCT),
            ("product-rule", "u * v * du", _PRODUCT),
        ),
    ),
    "c * u": Rule(
        "c * du",
        _rows(
            (
                "constant-factor",
                "du",
                "In {this}, {other} is a factor. Does it stay when you differentiate?",
            ),
            (
                "kept-term",
                "f",
                "{this} is still there as it was. What is its derivative by {name}?",
            ),
            (
                "kept-term",
                "f * du",
                "{this} is still there as it was. What is its derivative by {name}?",
            ),
            (
                "product-rule",
                "c + du",
                "{other} is a constant factor in {this}. How does it come into the derivative?",
            ),
            (
                "product-rule",
                "du + c * du",
                "{other} is a constant in {this}. Which derivative does it have itself?",
            ),
            (
                "product-rule",
                "u + c * du",
                "{other} is a constant in {this}. Which derivative does it have itself?",
            ),
            (
                "constant-factor",
                "c * c * du",
                "How often does {other} come into the derivative of {this}?",
                True,
            ),
            (
                "constant-factor",
                "du / c",
                "{other} is a factor in {this}. Does it multiply or divide?",
                True,
            ),
            ("sign", "-c * du", "Look at {this}: which sign does its derivative by {name} have?"),
            (
                "missing-term",
                "0 * du",
                "Your answer has nothing that comes from {this}. Does it depend on {name}?",
            ),
        ),
    ),
    "u / v": Rule(
        "(du * v - u * dv) / v ** 2",
        _rows(
            (
                "quotient-rule",
                "du / dv",
                "{this} is a quotient. Is its derivative the quotient of the derivatives?",
            ),
            ("quotient-rule", "(du * v - u * dv) / v", _QUOTIENT),
            ("quotient-rule", "du * v - u * dv", _QUOTIENT),
            (
                "quotient-rule",
                "(du * v + u * dv) / v ** 2",
                "{this} is a quotient. Which sign stands between the two terms of its rule?",
            ),
            (
                "quotient-rule",
                "(u * dv - du * v) / v ** 2",
                "{this} is a quotient. In which order do the two terms of its rule come?",
            ),
            (
                "quotient-rule",
                "du / v",
                "What is below in {this} depends on {name}, too. Where is that in your answer?",
            ),
            (
                "quotient-rule",
                "-u * dv / v ** 2",
                "What is above in {this} depends on {name}, too. Where is that in your answer?",
            ),
            (
                "quotient-rule",
                "u * dv / v ** 2",
                "What is above in {this} depends on {name}, too. Where is that in your answer?",
            ),
            (
                "quotient-rule",
                "(du * v - u * dv) / u ** 2",
                "{this} is a quotient. Which of its parts stands squared below?",
            ),
            ("quotient-rule", "(du - u * dv) / v ** 2", _QUOTIENT),
            ("quotient-rule", "(du * v - dv) / v ** 2", _QUOTIENT),
            ("quotient-rule", "(du * v - u * dv) / dv ** 2", _QUOTIENT),
            (
                "quotient-rule",
                "du * v - u * dv / v ** 2",
                "Brackets: which part of the rule for {this} does your division reach?",
            ),
            ("quotient-rule", "(du - dv) / v ** 2", _QUOTIENT),
            ("quotient-rule", "du / v - u * dv / v", _QUOTIENT),
        ),
    ),
    "c / u": Rule(
        "-c * du / u ** 2",
        _rows(
            (
                "quotient-rule",
                "c * du / u ** 2",
                "{this} falls where its denominator grows. What does that say of the sign?",
            ),
            (
                "power-rule",
                "-c * du / u",
                "{this} has a denominator to the power −1. What becomes of that exponent?",
            ),
            (
                "power-rule",
                "c * du / u",
                "{this} has a denominator to the power −1. What becomes of that exponent?",
            ),
            (
                "power-rule",
                "-c * du",
                "{this} has a denominator to the power −1. What becomes of that exponent?",
            ),
            (
                "power-rule",
                "-2 * c * du / u ** 3",
                "How many times have you differentiated {this}?",
            ),
            (
                "power-rule",
                "-c * du / u ** 3",
                "{this} has a denominator to the power −1. What becomes of that exponent?",
            ),
            (
                "quotient-rule",
                "c / du",
                "{this} is a quotient. Is its derivative the quotient of the derivatives?",
            ),
            (
                "chain-rule",
                "-c / u ** 2",
                "What is below in {this} depends on {name}. Where is its derivative?",
            ),
            (
                "chain-rule",
                "c / u ** 2",
                "What is below in {this} depends on {name}. Where is its derivative, and its sign?",
            ),
            (
                "chain-rule",
                "-c / du ** 2",
                "In the place of the denominator of {this} you have its derivative. Which of them belongs below?",
            ),
            (
                "wrong-slope",
                "c * torch.log(u.abs()) * du",
                "Is that the derivative of {this}, or what {this} is the derivative of?",
            ),
            (
                "wrong-slope",
                "c * torch.log(u.abs())",
                "Is that the derivative of {this}, or what {this} is the derivative of?",
            ),
            (
                "quotient-rule",
                "-du / u ** 2",
                "In {this}, {other} is a factor. Does it stay when you differentiate?",
            ),
        ),
    ),
    "u / c": Rule(
        "du / c",
        _rows(
            (
                "constant-factor",
                "du",
                "{this} is divided by {other}. Does that stay when you differentiate?",
            ),
            (
                "constant-factor",
                "du / c ** 2",
                "How often do you divide by {other}, and how often does {this}?",
            ),
            ("constant-factor", "c * du", "{this} is divided by {other}. And your derivative?"),
            (
                "kept-term",
                "f",
                "{this} is still there as it was. What is its derivative by {name}?",
            ),
        ),
    ),
    "u + v": Rule(
        "du + dv",
        _rows(
            (
                "missing-term",
                "du",
                "{name} comes into {this} in more than one place. Does your answer have a part for each?",
            ),
            (
                "missing-term",
                "dv",
                "{name} comes into {this} in more than one place. Does your answer have a part for each?",
            ),
            (
                "missing-term",
                "du * dv",
                "{this} is a sum. How do the derivatives of its terms come together?",
                True,
            ),
            (
                "sign",
                "du - dv",
                "Look at the terms of {this}, one by one: which sign does each derivative have?",
            ),
            (
                "sign",
                "dv - du",
                "Look at the terms of {this}, one by one: which sign does each derivative have?",
            ),
            (
                "missing-term",
                "2 * du",
                "How often does each way from {name} to {this} count?",
                True,
            ),
            (
                "missing-term",
                "2 * dv",
                "How often does each way from {name} to {this} count?",
                True,
            ),
            (
                "constant-factor",
                "(du + dv) / 2",
                "In {this}, the derivatives of the terms add up. Do you take their mean?",
                True,
            ),
            ("kept-term", "du + v", _STILL_THERE),
            ("kept-term", "u + dv", _STILL_THERE),
        ),
    ),
    "u + c": Rule(
        "du",
        _rows(
            ("kept-term", "u + 0 * du", _STILL_THERE),
            ("kept-term", "du + c", _CONSTANT),
            ("kept-term", "du - c", _CONSTANT, True),
            ("kept-term", "du + 1", _CONSTANT, True),
            (
                "missing-term",
                "0 * du",
                "Your answer has nothing that comes from {this}. Does it depend on {name}?",
            ),
        ),
    ),
    "u - v": Rule(
        "du - dv",
        _rows(
            (
                "missing-term",
                "du",
                "{name} comes into {this} in more than one place. Does your answer have a part for each?",
            ),
            (
                "missing-term",
                "-dv",
                "{name} comes into {this} in more than one place. Does your answer have a part for each?",
            ),
            (
                "missing-term",
                "dv",
                "{name} comes into {this} in more than one place. Does your answer have a part for each?",
            ),
            (
                "sign",
                "du + dv",
                "Look at the terms of {this}, one by one: which sign does each derivative have?",
            ),
            ("kept-term", "du - v", _STILL_THERE),
            ("kept-term", "u - dv", _STILL_THERE),
        ),
    ),
    "u - c": Rule(
        "du",
        _rows(
            ("kept-term", "u + 0 * du", _STILL_THERE),
            ("kept-term", "du - c", _CONSTANT),
            ("kept-term", "du + c", _CONSTANT, True),
            ("kept-term", "du - 1", _CONSTANT, True),
            (
                "missing-term",
                "0 * du",
                "Your answer has nothing that comes from {this}. Does it depend on {name}?",
            ),
        ),
    ),
    "c - u": Rule(
        "-du",
        _rows(
            ("kept-term", "0 * du - u", _STILL_THERE),
            (
                "sign",
                "du",
                "In {this} there is a minus before what depends on {name}. Where is it in your answer?",
            ),
            ("kept-term", "c - du", _CONSTANT),
            ("kept-term", "1 - du", _CONSTANT),
        ),
    ),
    "-u": Rule(
        "-du",
        _rows(
            ("sign", "du", "There is a minus before {this}. Where is it in your answer?"),
        ),
    ),
    "mean(u)": Rule(
        "total(du) / count",
        _rows(
            (
                "sum-not-mean",
                "total(du)",
                "The loss takes a mean. By what does it divide, and by what do you?",
            ),
            (
                "mean-not-sum",
                "total(du) / count ** 2",
                "How often do you divide by the number of samples?",
            ),
        ),
    ),
    "sum(u)": Rule(
        "total(du)",
        _rows(
            (
                "mean-not-sum",
                "total(du) / count",
                "The loss takes a sum here. By what do you divide, and why?",
            ),
        ),
    ),
}


OF_ONE_PART = {"c * u": _rows(("product-rule", "u * du", _WHICH_PART))}
"""More rows of an operation of two parts that depend on parameters, of which one part moves."""

SLOPES_BY_RESULT = {
    "sigmoid(u)": "g * (1 - g) * du",
    "tanh(u)": "(1 - g ** 2) * du",
    "relu(u)": "(g > 0) * du",
}
"""The slopes of activations, written with what comes out of them: here of another one, g."""

_SUBTRACTED = "At {this}, what is subtracted from the probabilities, and where?"
_A_SCORE = "Into {this} goes a score. What becomes of it first?"
_OFTEN = "How often is {this} taken in your answer?"
_OTHER_LOSS = (
    "The gradient of {this} is as if the loss were a mean of squares. Which loss do you have here?"
)
_KEPT = (
    "With the logarithm in the loss, what is left of the slope of {this}? Multiply the two slopes."
)
_LABELS = (
    "At {this}, what is subtracted from the probabilities? Write down its shape and its numbers."
)
_NO_FACTOR = (
    "The scores have been multiplied or divided on the way to {this}. Where is that in yours?"
)
_UNSCALED = "Which scores go into {this}: those before the factor, or those after it?"
_ADD_UP = "At {this}: do the probabilities of one sample add up to 1?"
_ONE_SAMPLE = "Along which side of the table do the probabilities in {this} add up to 1?"

BACKWARD = {
    "sigmoid(u)": _rows(
        ("wrong-target", "p", "In your answer, {this} is all alone. What is it compared with?"),
        ("wrong-value", "torch.sigmoid(unscaled) - y", _UNSCALED),
        ("wrong-target", "p - 1", "At {this}, what is subtracted where the label is 0?"),
        ("wrong-target", "u - y", _A_SCORE),
        ("wrong-target", "torch.sigmoid(p) - y", _OFTEN),
        ("wrong-target", "through(torch.sigmoid(p) - y)", _OFTEN),
        ("wrong-slope", "through(p - y)", _KEPT),
        ("other-loss", "through(2 * (p - y))", _OTHER_LOSS),
        ("other-loss", "2 * (u - y)", _OTHER_LOSS),
    ),
    "softmax(u)": _rows(
        ("wrong-slope", "p", _ALIKE),
        ("wrong-value", "torch.softmax(unscaled, -1) - one_hot", _UNSCALED),
        ("missing-factor", "(torch.softmax(unscaled, -1) - one_hot) / factor", _NO_FACTOR),
        ("wrong-slope", "p - 1", "At {this}: from which of the probabilities is 1 subtracted?"),
        ("wrong-slope", "(p - one_hot) * one_hot", _SOFTMAX),
        ("wrong-slope", "(p - one_hot) * p * (1 - p)", _TWICE),
        (
            "chain-rule",
            "-one_hot / p",
            "The probabilities of {this} depend on the scores. Where is that derivative?",
        ),
        ("wrong-target", "p - torch.roll(one_hot, -1, -1)", _SUBTRACTED),
        ("wrong-target", "p - torch.roll(one_hot, 1, -1)", _SUBTRACTED),
        ("wrong-target", "p - labels", _LABELS),
        ("wrong-target", "p - rows", _LABELS),
        ("wrong-target", "p - columns", _LABELS),
        ("wrong-slope", "torch.exp(u) - one_hot", _ADD_UP),
        ("wrong-target", "torch.exp(u) / torch.exp(u).sum() - one_hot", _ADD_UP),
        ("wrong-target", "torch.sigmoid(u) - one_hot", _ADD_UP),
        ("wrong-target", "u - one_hot", "Into {this} go scores. What becomes of them first?"),
        ("wrong-target", "torch.softmax(p, -1) - one_hot", _OFTEN),
        ("wrong-target", "through(torch.softmax(p, -1) - one_hot)", _OFTEN),
        ("wrong-axis", "torch.softmax(u, 0) - one_hot", _ONE_SAMPLE),
        ("other-loss", "through(2 * (p - one_hot))", _OTHER_LOSS),
        ("other-loss", "through(2 * (p - one_hot)) / p.shape[-1]", _OTHER_LOSS),
    ),
    "p": _rows(
        (
            "wrong-variable",
            "p - y",
            "That is the derivative with respect to another letter. Of what is {this} made, and "
            "with respect to what is the derivative wanted?",
        ),
    ),
}
"""What learners take the gradient by scores for, where these become probabilities whose logarithms
make the loss: p are the probabilities, ``y`` the labels 0 and 1, ``one_hot`` those of several
classes, ``labels`` their numbers, ``rows`` and ``columns`` where a 1 lands that misses its place;
``unscaled`` are the scores before a ``factor`` that all of them get; ``through(…)`` goes back through
the sigmoid or the softmax. Under "p" is the gradient by a probability itself."""


# A function of what is inside, differentiated inside alone, is a mistake whatever the function is.
for _pattern, _rule in list(RULES.items()):
    _name = _pattern.removesuffix("(u)")
    if _name in ("exp", "log", "log1p", "sqrt", "sin", "cos", "tan", "sigmoid", "tanh", "abs"):
        _row = Wrong("chain-rule", f"torch.{_name}(du)", _ALONE)
        RULES[_pattern] = Rule(_rule.right, (*_rule.wrong, _row))
