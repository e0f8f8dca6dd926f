"""Calling what the reader wrote, and reading the numbers in what comes back.

Neither ever raises for what the reader's function does, and neither changes anything of the
reader's. A call gives an ``Outcome``; an answer that holds no numbers, an ``UnreadableError``.
"""

import contextlib
import io
import random
import sys
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from helpers.compute.gradients import as_tensors

MOST_NUMBERS, MOST_IN_LISTS = 1_000_000, 20_000
"""Tensors and lists with more numbers than this are not looked into."""


@dataclass(frozen=True)
class Outcome:
    """What one call of the reader's function came to.

    Attributes:
        value: what it returned.
        error: what it raised, or None.
        by_torch: whether it was torch that raised it.
        warnings: the messages of all warnings.
        events: what torch was seen doing, in order: "b" for each backward pass, "z" for each
            gradient that was reset, "u" for each update of a tensor, "n" for each look at a
            .grad that was None, "N" where torch does not keep track of that tensor at all.
    """

    value: object = None
    error: BaseException | None = None
    by_torch: bool = False
    warnings: tuple[str, ...] = ()
    events: str = ""

    @property
    def error_text(self):
        """'TypeError: …', on one line of at most 160 characters; '' where nothing was raised."""
        if self.error is None:
            return ""
        try:
            message = " ".join(str(self.error).split()).rstrip(".")
        except Exception:
            message = ""
        text = f"{type(self.error).__name__}: {message}".removesuffix(": ")
        return text if len(text) <= 160 else text[:159] + "…"


# --- Calling -------------------------------------------------------------------------------


@contextlib.contextmanager
def random_numbers_kept():
    """Puts back the random numbers of torch, Python and NumPy to where they stood."""
    numpy = sys.modules.get("numpy")
    of_python, of_numpy = random.getstate(), numpy and numpy.random.get_state()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(of_python)
            if numpy:
                numpy.random.set_state(of_numpy)


@contextlib.contextmanager
def _settings_kept():
    """Puts back torch's default dtype and grad mode; inside, operations are recorded."""
    dtype = torch.get_default_dtype()
    with torch.enable_grad():
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)


class _Watch(TorchFunctionMode):
    """Notes each backward pass, reset of a gradient, update and missing gradient, in order."""

    BACKWARD = ("backward", "grad")
    UPDATES = ("sub_", "add_", "copy_", "__isub__", "__iadd__", "addcmul_", "set_")

    def __init__(self):
        super().__init__()
        self.events = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.events.append(self._event(func, getattr(func, "__name__", ""), args))
        value = func(*args, **(kwargs or {}))
        if value is None and func == torch.Tensor.grad.__get__:
            self.events.append("n" if args[0].requires_grad else "N")
        return value

    def _event(self, func, name, args):
        if name in self.BACKWARD:
            return "b"
        if name == "zero_" or (func == torch.Tensor.grad.__set__ and args[1] is None):
            return "z"
        if name in self.UPDATES or func == torch.Tensor.data.__set__:
            return "u"
        return "u" if name == "sub" and not torch.is_grad_enabled() else ""

    def __enter__(self):
        # An optimiser whose gradients are None touches nothing, yet it was meant to update.
        self._hook = register_optimizer_step_pre_hook(lambda *_: self.events.append("u"))
        return super().__enter__()

    def __exit__(self, *error):
        self._hook.remove()
        return super().__exit__(*error)


def call(function, arguments, *, aloud=False):
    """The Outcome of ``function(**arguments)``, whatever it does.

    Everything is caught but KeyboardInterrupt, which is how a reader stops a loop that never
    ends. SystemExit counts as raised, so that ``exit()`` does not end the notebook. What the
    function prints is heard only where ``aloud``, since a check calls it many times.
    """
    value, error, by_torch = None, None, False
    with (
        _settings_kept(),
        warnings.catch_warnings(record=True) as caught,
        contextlib.nullcontext() if aloud else contextlib.redirect_stdout(io.StringIO()),
        _Watch() as watch,
    ):
        warnings.simplefilter("always")
        try:
            value = function(**arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:
            error, by_torch = raised, _by_torch(sys.exc_info()[2])
    messages = tuple(str(warning.message) for warning in caught)
    return Outcome(value, error, by_torch, messages, "".join(watch.events))


def call_with(function, at, *, dtype=None, tracked=(), aloud=False):
    """``call`` with fresh tensors of ``at``; those named in ``tracked`` require a gradient."""
    arguments = as_tensors(at, dtype)
    for name in tracked:
        arguments[name].requires_grad_()
    return call(function, arguments, aloud=aloud)


def _by_torch(raised_at):
    """Whether the last frame is one of torch's, or the one in which ``_Watch`` calls torch."""
    *_, (frame, _) = traceback.walk_tb(raised_at)
    module = str(frame.f_globals.get("__name__"))
    return module == __name__ or module.partition(".")[0] == "torch"


# --- Reading -------------------------------------------------------------------------------


class UnreadableError(Exception):
    """An answer without the numbers that were asked for; its text says what was there instead."""

    def __init__(self, what, slug="unknown"):
        super().__init__(what)
        self.slug = slug


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
    if callable(value):
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
    if tensor.dtype == torch.bool or tensor.is_complex():
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
