"""The reader's answers beside the right ones, at several sets of numbers.

``Evidence`` holds them all. ``Seen`` is what it shows of one parameter: a rule of the catalogue
looks at nothing else, and at each set of numbers through a ``Here``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch.overrides import TorchFunctionMode

from helpers.checks.differentiate import Tape
from helpers.compute.gradients import as_tensors, autograd_gradient, evaluate
from helpers.compute.texts import numbers_text

TOLERANCES = {
    torch.float64: (1e-5, 1e-6),
    torch.float32: (1e-4, 1e-5),
    torch.float16: (5e-3, 1e-3),
    torch.bfloat16: (4e-2, 1e-2),
}
"""dtype of an answer -> how far it may lie from the gradient: a part of its own size, plus a part
of the largest gradient thereabouts, which is what rounding leaves where large terms cancel. An
error of 0.05 % is always seen, but in half precision, which is no better than 0.1 % itself."""
MOST_RESHAPED = 500
"""Of more numbers, as many squared would be too many."""
EXACT = TOLERANCES[torch.float64]


class Exchanged(TorchFunctionMode):
    """One function of torch in the place of another, as tanh in that of relu."""

    def __init__(self, function, other):
        super().__init__()
        self.function, self.other = function, getattr(torch, other)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func.__name__ == self.function and len(args) == 1:
            return self.other(*args)
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True)
class Place:
    """One set of numbers, the gradient there, and the reader's answer.

    Attributes:
        loss, names: the loss, and the names of its parameters.
        at: name -> tensor, for every argument.
        right: name -> the gradient by autograd.
        scale: name -> how large the gradient is thereabouts, for the tolerance.
        given: name -> the reader's answer, a tensor of any shape.
        rate: the learning rate, where there is one.
        known: what the loss was asked already; the same place with another answer shares it.
    """

    loss: Callable
    names: tuple[str, ...]
    at: dict[str, torch.Tensor]
    right: dict[str, torch.Tensor]
    scale: dict[str, float]
    given: dict[str, torch.Tensor]
    rate: float | None = None
    known: dict = field(default_factory=dict, repr=False)

    def shows(self, name, value):
        """Whether the reader's answer for ``name`` is ``value``; never where that is None."""
        return value is not None and self.close(self.given[name], value, name)

    def close(self, given, value, name):
        """Whether two tensors hold the same numbers, as far as their precision tells."""
        if given.shape != value.shape and not given.numel() == value.numel() == 1:
            return False
        rtol, atol = max(TOLERANCES.get(t.dtype, EXACT) for t in (given, value))
        single = given.numel() == 1  # in plain numbers, which are ten times as fast
        given = given.item() if single else given.double().reshape(value.shape)
        value = value.item() if single else value.double()
        within = abs(given - value) <= rtol * abs(value) + atol * self.scale[name]
        within &= abs(value) < math.inf
        # A root of a negative derivative is nan, in a wrong answer and in the rule that gives it.
        within |= (given != given) & (value != value)
        return within if single else bool(within.all())

    def agrees(self, name):
        """Whether the reader's answer for ``name`` is right here, in its shape too.

        One in float32 may be what float32 makes of the gradient, as where a tanh is almost 1.
        """
        if not self.fits(name):
            return False
        return self.shows(name, self.right[name]) or self.shows(name, self.coarse.get(name))

    def fits(self, name):
        """Whether the answer is shaped like the parameter; any shape of one number is one."""
        given, parameter = self.given[name], self.at[name]
        return given.shape == parameter.shape or given.numel() == parameter.numel() == 1

    def same_answer(self, other, name):
        """Whether the reader gave the very same at another place."""
        here, there = self.given[name], other.given[name]
        same = here.shape == there.shape and here.dtype == there.dtype
        return same and torch.allclose(here, there, rtol=0, atol=0, equal_nan=True)

    @property
    def coarse(self):
        """name -> the gradient computed in float32; nothing where no answer is."""
        if not any(answer.dtype == torch.float32 for answer in self.given.values()):
            return {}
        if "coarse" not in self.known:
            self.known["coarse"] = self.gradient_at(as_tensors(self.at, torch.float32))
        return self.known["coarse"]

    @property
    def data(self):
        """name -> tensor, for the arguments with rows that are no parameters."""
        return {n: t for n, t in self.at.items() if n not in self.names and t.ndim > 0}

    @property
    def rows(self):
        """The numbers of samples that the data may have."""
        return {len(tensor) for tensor in self.data.values()} - {1}

    @cached_property
    def counts(self):
        """What a sum over the samples may be divided by: the rows and the numbers of the data.

        Where the loss keeps its data to itself, those of the values on its way.
        """
        of_data = [size for t in self.data.values() for size in (len(t), t.numel())]
        return of_data or [value.numel() for value in self.tape.values]

    @cached_property
    def tape(self):
        """The loss, operation by operation."""
        return Tape(self.loss, self.names, self.at, self.rate)

    def tape_by(self, name):
        """The loss, operation by operation, with respect to one argument alone."""
        if name not in self._tapes:
            self._tapes[name] = Tape(self.loss, (name,), self.at, self.rate)
        return self._tapes[name]

    @cached_property
    def _tapes(self):
        return {}

    def gradient_at(self, at, names=None):
        """name -> gradient at other numbers; nothing where the loss cannot be had there."""
        try:
            return autograd_gradient(self.loss, wrt=names or self.names, at=at)
        except (TypeError, ValueError, RuntimeError):
            return {}

    @cached_property
    def by_argument(self):
        """name -> gradient, by every argument that has one."""
        floating = tuple(name for name, tensor in self.at.items() if tensor.is_floating_point())
        return self.gradient_at(self.at, floating)

    @cached_property
    def without(self):
        """argument -> gradients, with 0 in the place of that argument."""
        floating = [name for name, tensor in self.at.items() if tensor.is_floating_point()]
        return {n: self.gradient_at({**self.at, n: torch.zeros_like(self.at[n])}) for n in floating}

    @cached_property
    def reshaped(self):
        """(argument, shape) -> gradients, with one data argument laid out in another shape.

        A target of shape (N, 1) against a prediction of shape (N,) gives N × N residuals.
        """
        layouts = ((-1,), (-1, 1), (1, -1))
        small = {n: t for n, t in self.data.items() if 1 < t.numel() <= MOST_RESHAPED}
        keys = [(name, shape) for name in small for shape in layouts]
        return {
            (name, shape): self.gradient_at({**self.at, name: self.at[name].reshape(shape)})
            for name, shape in keys
        }

    def gradient_with(self, function, other):
        """name -> gradient of the loss in which one function of torch is exchanged for another."""
        with Exchanged(function, other):
            return self.gradient_at(self.at)

    def loss_at(self, changed):
        """The loss with some arguments changed."""
        return evaluate(self.loss, as_tensors({**self.at, **changed})).detach()

    def text(self):
        return numbers_text(self.at)


@dataclass(frozen=True)
class Here:
    """One parameter at one set of numbers: what a rule of the catalogue looks at."""

    place: Place
    name: str

    @property
    def right(self):
        return self.place.right[self.name]

    @property
    def given(self):
        return self.place.given[self.name]

    @property
    def parameter(self):
        return self.place.at[self.name]

    @property
    def at(self):
        return self.place.at

    def count(self, position):
        return float(self.place.counts[position])

    def is_given(self, value):
        return self.place.shows(self.name, value)


@dataclass(frozen=True)
class Evidence:
    """The reader's derivative at several places; the first holds the reader's own numbers.

    ``resized`` is one more, with more samples, where there can be one. It tells a lost 2 from a
    lost division by N = 2, but an answer need not be right there.
    """

    places: tuple[Place, ...]
    learning_rate: float | None = None
    resized: Place | None = None

    def widened(self):
        """The same with the place of more samples among the others."""
        return Evidence((*self.places, self.resized), self.learning_rate)

    @property
    def names(self):
        return self.places[0].names

    def wrong(self):
        """The names of the parameters whose derivative is wrong somewhere."""
        wrong = [n for n in self.names if not all(place.agrees(n) for place in self.places)]
        return wrong or self.tied_to_samples()

    def tied_to_samples(self):
        """The names whose derivative is right for the reader's number of samples only.

        It divides by a number of its own, and the loss by the number of samples. In doubt, what is
        right for so many samples is right: for one, where a mean is a sum, and where another
        derivative is wrong in another way.
        """
        if self.resized is None or self.samples[0] == 1:
            return []
        off = [name for name in self.names if not self.resized.agrees(name)]
        few, more = self.samples
        grown = {name: self.resized.right[name] * more / few for name in off}
        return off if all(self.resized.shows(name, grown[name]) for name in off) else []

    @property
    def samples(self):
        """The reader's number of samples, and that of ``resized``."""
        data, more = self.places[0].data, self.resized.data
        sizes = ((len(data[name]), len(more[name])) for name in data)
        return next((few, many) for few, many in sizes if few != many)

    def of(self, name):
        return Seen(self, name)


@dataclass(frozen=True)
class Seen:
    """What the evidence shows of one parameter."""

    evidence: Evidence
    name: str

    @property
    def heres(self):
        return [Here(place, self.name) for place in self.evidence.places]

    @property
    def own(self):
        """At the reader's own numbers."""
        return Here(self.evidence.places[0], self.name)

    @property
    def other(self):
        """At the last of the other numbers."""
        return Here(self.evidence.places[-1], self.name)

    @property
    def telling(self):
        """The first place where the derivative is wrong."""
        places = (*self.evidence.places, self.evidence.resized)
        return next(place for place in places if not place.agrees(self.name))

    def is_everywhere(self, value):
        """Whether the answer is ``value(here)`` at every place."""
        try:
            return all(here.is_given(value(here)) for here in self.heres)
        except (RuntimeError, IndexError, KeyError):
            # What torch cannot compute at one of the places is not the answer there.
            return False

    def right_but_for_shape(self):
        return all(
            here.given.numel() == here.right.numel()
            and here.place.close(here.given.reshape(here.right.shape), here.right, self.name)
            for here in self.heres
        )

    def zero(self):
        return not any(here.given.any() for here in self.heres)

    def constant(self):
        """Whether the answer is the same at every place."""
        first, *others = self.evidence.places
        return bool(others) and all(first.same_answer(other, self.name) for other in others)
