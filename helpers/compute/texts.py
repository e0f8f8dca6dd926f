"""Numbers and names as text: one spelling for each, the same on every machine.

``decimals`` is for a readout that moves, ``short`` for a sentence, ``significant`` for a table and
``narrow`` for the cell of a matrix. Each has the minus sign of print, −: it is as wide as
a digit, and a screen reader speaks it.
"""

import math
import re


def decimals(value, places=4):
    """A number with so many decimals; a power of ten where it is huge, words where it is none."""
    value = float(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    return spelled(f"{value:.{places}f}" if abs(value) < 1e6 else f"{value:.3e}")


def short(value):
    """A number for a sentence: at most four digits after the point, no trailing zeros."""
    text = decimals(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def significant(value, digits=4):
    """A number with a few significant digits, the same on every machine.

    It is rounded twice, so that 0.12345 and 0.1234499999 (what is left of it after a finite
    difference) give the same text.
    """
    rounded = float(format(float(getattr(value, "detach", lambda: value)()), f".{digits + 2}g"))
    return spelled(format(rounded, f".{digits}g"))


def value_text(value):
    """A number, or a tensor of one, in at most five digits; of a larger tensor, its shape."""
    shape = getattr(value, "shape", ())
    if math.prod(shape) != 1:
        return f"[{' × '.join(map(str, shape))}]"
    return significant(value, 5)


def narrow(value):
    """A number in at most six characters, for the cell of a matrix."""
    places = ".2f" if abs(value) < 100 else ".0f" if abs(value) < 1e4 else ".0e"
    return spelled(format(value, places))


def spelled(text):
    """A formatted number with the minus sign of print, no sign of a zero, and 1e6 for 1.000e+06."""
    text = re.sub(r"^-(?=[0.]*$)", "", text)
    text = re.sub(r"(?:(\.\d*?)0*)?e\+?(-?)0*(\d+)$", _power, text)
    return text.replace("-", "−")


def _power(match):
    digits, sign, power = match.groups(default="")
    return f"{digits.rstrip('.')}e{sign}{power}"


def read_number(text):
    """The number that a text stands for, or None: 1.5, 1,5, -2, −2, 1e3 and 1/4 are numbers.

    A comma is a decimal comma, as much of the world writes it; there are no thousands to part.
    """
    text = re.sub(r"^([+-]) +", r"\1", text.strip().replace("−", "-"))
    parts = re.split(r" */ *", text)
    number = r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?"
    if len(parts) > 2 or not all(re.fullmatch(number, part, re.I) for part in parts):
        return None
    values = [float(part.replace(",", ".")) for part in parts]
    try:
        value = values[0] / (values[1] if len(values) == 2 else 1)
    except ZeroDivisionError:
        return None
    return value if math.isfinite(value) else None


SHOWN_OF_MANY = 3
"""Of a tensor with more than twice as many numbers, so many are shown."""


def tensor_text(tensor, scale=0.0):
    """A tensor as nested lists of rounded numbers; of a large one, the first and a count.

    Numbers below a millionth of ``scale`` are rounding errors, and stand as 0.
    """

    def text(value):
        if isinstance(value, list):
            return f"[{', '.join(map(text, value))}]"
        return significant(0 if abs(value) < 1e-6 * scale else value)

    if tensor.numel() <= 2 * SHOWN_OF_MANY:
        return text(tensor.tolist())
    start = ", ".join(text(value) for value in tensor.flatten()[:SHOWN_OF_MANY].tolist())
    return f"[{start}, … {tensor.numel()} numbers]"


def numbers_text(at, most=4):
    """'w = 1.2, x = −0.7': of tensors with more than ``most`` numbers, the shape."""
    return ", ".join(
        f"{name} = {tensor_text(tensor)}"
        if tensor.numel() <= most
        else f"{name} of shape {tuple(tensor.shape)}"
        for name, tensor in at.items()
    )


def listed(names):
    """'w', 'w and b', 'w, v and b'."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def entry_text(name, position, shape):
    """'W[1, 0]', for a position in the flattened tensor."""
    index = []
    for size in reversed(shape):
        position, here = divmod(position, size)
        index.insert(0, str(here))
    return f"{name}[{', '.join(index)}]"
