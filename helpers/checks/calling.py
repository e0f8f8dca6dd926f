"""Calling what the reader wrote: never raises for what it does, and changes nothing of theirs."""

import contextlib
import io
import random
import sys
import traceback
import warnings
from dataclasses import dataclass

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from helpers.compute.gradients import as_tensors


@dataclass(frozen=True)
class Outcome:
    """What one call of the reader's function came to.

    Attributes:
        value: what it returned.
        error: what it raised, or None.
        by_torch: whether it was torch that raised it.
        warnings: the messages of all warnings.
        events: what torch was seen doing, in order, in words: "backward"; "reset" of a gradient;
            "update" of a tensor; "none" for a look at a .grad that was None, or "untracked"
            where torch does not keep track of that tensor at all.
        calls: how often torch was called.
    """

    value: object = None
    error: BaseException | None = None
    by_torch: bool = False
    warnings: tuple[str, ...] = ()
    events: str = ""
    calls: int = 0

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
def one_thread():
    """Torch computes in one thread: with small tensors, waiting for a busy core costs most."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


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
            self.events.append("none" if args[0].requires_grad else "untracked")
        return value

    def _event(self, func, name, args):
        if name in self.BACKWARD:
            return "backward"
        if name == "zero_" or (func == torch.Tensor.grad.__set__ and args[1] is None):
            return "reset"
        if name in self.UPDATES or func == torch.Tensor.data.__set__:
            return "update"
        return "update" if name == "sub" and not torch.is_grad_enabled() else ""

    def __enter__(self):
        # An optimiser whose gradients are None touches nothing, yet it was meant to update.
        self._hook = register_optimizer_step_pre_hook(
            lambda *_: self.events.append("optimizer update")
        )
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
    return Outcome(
        value, error, by_torch, messages, " ".join(filter(None, watch.events)), len(watch.events)
    )


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
