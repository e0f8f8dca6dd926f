"""Numbers and names as text, rounded so that they are the same on every machine."""


def number_text(number, digits=4):
    """A number with a few significant digits, the same on every machine.

    It is rounded twice, so that 0.12345 and 0.1234499999 (what is left of it after a finite
    difference) give the same text.
    """
    rounded = float(format(float(number), f".{digits + 2}g"))
    return format(rounded + 0.0, f".{digits}g")


def tensor_text(tensor, scale=0.0, most=6):
    """A tensor as nested lists of rounded numbers; beyond ``most`` numbers, the first and a count.

    Numbers below a millionth of ``scale`` are rounding errors, and stand as 0.
    """

    def text(value):
        if isinstance(value, list):
            return f"[{', '.join(map(text, value))}]"
        return number_text(0 if abs(value) < 1e-6 * scale else value)

    if tensor.numel() <= most:
        return text(tensor.tolist())
    start = ", ".join(text(value) for value in tensor.flatten()[:3].tolist())
    return f"[{start}, … {tensor.numel()} numbers]"


def numbers_text(at, most=4):
    """'w = 1.2, x = -0.7': of tensors with more than ``most`` numbers, the shape."""
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


def spot_text(name, position, shape):
    """'W[1, 0]', for a position in the flattened tensor."""
    index = []
    for size in reversed(shape):
        position, here = divmod(position, size)
        index.insert(0, str(here))
    return f"{name}[{', '.join(index)}]"
