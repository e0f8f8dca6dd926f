"""Reading the numbers in what the reader's function returned."""

from collections.abc import Mapping
from functools import wraps

import torch

MOST_NUMBERS, MOST_IN_LISTS = 1_000_000, 20_000
"""Tensors and lists with more numbers than this are not looked into."""


BRACKETS = "A comparison inside a product needs brackets: which part do you compare?"


class UnreadableError(Exception):
    """An answer without the numbers that were asked for; its text says what was there instead.

    ``advice`` is what to ask the reader then, where more is known than what was wanted.
    """

    def __init__(self, what, slug="unknown", advice=""):
        super().__init__(what)
        self.slug, self.advice = slug, advice


def kind(value):
    """What ``value`` is, in words: 'text', 'a list', 'an object of type dict_keys'."""
    known = {
        str: "text",
        list: "a list",
        tuple: "a tuple",
        dict: "a dict",
        bool: "a truth value",
        int: "a number",
        float: "a number",
        torch.Tensor: "a tensor",
    }
    if callable(value) and not isinstance(value, torch.nn.Module):
        return "a function"
    return known.get(type(value), f"an object of type {type(value).__name__}")


def _read_tensor(value):
    """A detached tensor of floating point numbers, from a number, tensor, array or nested lists.

    Raises UnreadableError for more numbers than are worth looking into, and for what holds none.
    """
    return _converted(_of_moderate_length(value))


def _of_moderate_length(value):
    if isinstance(value, (list, tuple)) and not 0 < _count(value) <= MOST_IN_LISTS:
        raise UnreadableError(f"{kind(value)} of {len(value)} entries")
    return value


def _count(value, most=MOST_IN_LISTS):
    """How many numbers nested lists hold, counted no further than it takes to exceed ``most``."""
    if not isinstance(value, (list, tuple)):
        return 1
    total = 0
    for part in value:
        total += _count(part, most - total)
        if total > most:
            break
    return total


def _converted(value):
    if isinstance(value, (list, tuple)):
        return _stacked([_converted(part) for part in value])
    if isinstance(value, torch.Tensor):
        tensor = value.detach().cpu() if value.layout == torch.strided else value.to_dense()
    elif hasattr(value, "__array__"):
        tensor = torch.as_tensor(value.__array__())
    elif isinstance(value, bool) or not hasattr(value, "__float__"):
        raise UnreadableError(kind(value))
    else:
        tensor = torch.tensor(float(value), dtype=torch.float64)
    if tensor.numel() > MOST_NUMBERS:
        raise UnreadableError(f"a tensor of shape {tuple(tensor.shape)}", "shape")
    if tensor.dtype == torch.bool:
        raise UnreadableError("true or false, and no number", "brackets", BRACKETS)
    if tensor.is_complex():
        raise UnreadableError(f"a tensor of {tensor.dtype}")
    known = tensor.dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    return tensor if known else tensor.to(torch.float64)


def _stacked(parts):
    if len({part.shape for part in parts}) > 1:
        raise UnreadableError(f"{len(parts)} values of different shapes", "shape")
    return torch.stack(parts)


def _whatever_it_is(read):
    """Makes a reader raise UnreadableError alone, whatever an odd object does when it is read."""

    @wraps(read)
    def reads(value, shapes):
        try:
            return read(value, shapes)
        except (UnreadableError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise UnreadableError(kind(value)) from error

    return reads


@_whatever_it_is
def read_parameters(value, shapes):
    """name -> tensor, from a value for one parameter, or for several in the order of ``shapes``.

    A tuple, list, tensor or array with one entry a parameter will do, or a dict by name; for a
    single parameter the value itself, or a tuple with nothing else in it. The tensors may have
    any shape. Raises UnreadableError.
    """
    names = list(shapes)
    if isinstance(value, Mapping):
        parts = _by_name(value, names)
    elif len(names) == 1:
        parts = [value]
    else:
        parts = _in_order(value, names)
    return {n: _read_one(part, shapes[n]) for n, part in zip(names, parts, strict=True)}


def _by_name(value, names):
    if not all(name in value for name in names):
        raise UnreadableError("a dict without the name of each parameter")
    return [value[name] for name in names]


def _in_order(value, names):
    if not isinstance(value, (list, tuple)):
        value = _read_tensor(value)
        if value.ndim == 0:
            raise UnreadableError(f"one number for {len(names)} parameters", "shape")
    if len(value) != len(names):
        raise UnreadableError(f"{len(value)} values for {len(names)} parameters", "shape")
    return list(value)


def _read_one(value, shape):
    tensor = _read_tensor(value)
    wrapped = isinstance(value, (list, tuple)) and len(value) == 1 and tensor.shape != shape
    return tensor[0] if wrapped else tensor


@_whatever_it_is
def read_rows(value, shapes):
    """One dict, name -> tensor, for each row of a training loop. Raises UnreadableError."""
    if not isinstance(value, (list, tuple)):
        value = _read_tensor(value)
        if value.ndim == 0:
            raise UnreadableError("one number")
        if len(value) > MOST_IN_LISTS:
            raise UnreadableError(f"{len(value)} entries")
    return [read_parameters(row, shapes) for row in _of_moderate_length(value)]


def same_storage(tensors):
    """Whether several tensors are views of the same numbers in memory."""
    return len(tensors) > 1 and len({tensor.data_ptr() for tensor in tensors}) == 1
