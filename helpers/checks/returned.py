"""A loop that returned something else: the losses, the predictions, one parameter of two."""

import torch

from helpers.checks.differentiate import Tape
from helpers.checks.reading import UnreadableError, read_rows
from helpers.compute.texts import listed


def named_result(value, run):
    """What a returned list holds in the place of the parameters, in a sentence; or None.

    ``run`` is the Run that was asked for, without rows.
    """
    if _is_last(value, run):
        return "You return the last step alone. Where are the earlier ones kept?"
    columns = _in_columns(value, run)
    if columns:
        return columns
    column = _column(value)
    if column is None:
        return None
    if _holds_more(column, run):
        return f"Each entry of your list holds more than {listed(run.names)}. What else is in it?"
    for name in run.names if len(run.names) > 1 else ():
        if _is(column, [point[name] for point in run.right]):
            rest = listed([other for other in run.names if other != name])
            return f"Your list holds {name} alone. Where is {rest}?"
    for what, series in _series(run):
        if _is(column, series):
            return f"Your list holds {what}. Wanted is the parameter after each step."
    return None


def holds_gradients(run):
    """Whether the rows of a Run are the gradients, each at the parameters before its step."""
    slopes = [run.slope(point) for point in (run.start, *run.right[:-1])]
    return all(
        _is([row[name] for row in run.rows], [slope[name] for slope in slopes])
        for name in run.names
    )


def _is_last(value, run):
    """Whether a value, or a tuple in the order of the parameters, is where the loop ends."""
    last = [run.right[-1][name] for name in run.names]
    parts = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(parts) != len(last) or (len(last) == 1 and isinstance(value, (list, tuple))):
        return False
    try:
        parts = [torch.as_tensor(part).detach() for part in parts]
    except (TypeError, ValueError, RuntimeError):
        return False
    return _is(parts, last)


def _column(value):
    """A list of one tensor for each entry, where what was returned is that; or None."""
    try:
        return [row[""].double() for row in read_rows(value, {"": torch.Size()})]
    except UnreadableError:
        return None


def _holds_more(column, run):
    """Whether in each entry, beside other numbers, the right ones stand at one place."""
    right = [torch.cat([point[name].flatten() for name in run.names]) for point in run.right]
    size, sizes = len(right[0]), {entry.numel() for entry in column}
    ends = range(size, sizes.pop() + 1) if len(sizes) == 1 else ()
    fits = [_is([entry.flatten()[end - size : end] for entry in column], right) for end in ends]
    return any(fits) and not all(fits)


def _in_columns(value, run):
    """Whether there is a list for each parameter, in the place of a tuple for each step."""
    if not isinstance(value, (list, tuple)) or len(value) != len(run.names) or len(value) < 2:
        return None
    columns = [_column(part) for part in value]
    lengths = {len(column) if column else 0 for column in columns}
    if len(lengths) == 1 and lengths != {0} and min(lengths) > 1:
        return (
            f"You return {len(run.names)} lists, one for each parameter. Wanted is one list, with "
            "a tuple for each step."
        )
    return None


def _series(run):
    """(what it is, one tensor a step), of what a loop computes beside its parameters."""
    before, after = [run.start, *run.right[:-1]], run.right
    tapes = [Tape(run.loss, run.names, {**run.at, **point}) for point in (*before, after[-1])]
    yield "the losses", [tape.loss.detach() for tape in tapes[:-1]]
    yield "the losses", [tape.loss.detach() for tape in tapes[1:]]
    for name in run.names:
        slopes = [run.slope(point)[name] for point in before]
        of = f" by {name}" if len(run.names) > 1 else ""
        yield f"the gradients{of}", slopes
        yield f"the steps{of}", [run.learning_rate * slope for slope in slopes]
    for position in range(len(tapes[0].operations)):
        if all(position < len(tape.operations) for tape in tapes):
            values = [tape.values[position] for tape in tapes]
            what = f"{tapes[0].operations[position].text}, a value on the way to the loss"
            yield what, values[:-1]
            yield what, values[1:]


def _is(column, series):
    if len(column) != len(series) or any(
        c.numel() != s.numel() for c, s in zip(column, series, strict=True)
    ):
        return False
    pairs = zip(column, series, strict=True)
    return all(
        torch.allclose(c.flatten().double(), s.flatten().double(), rtol=1e-4, atol=1e-7)
        for c, s in pairs
    )
