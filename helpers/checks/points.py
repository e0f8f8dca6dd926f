"""The numbers at which a check asks: the reader's own, some near them, and some anywhere.

An answer may be right at one set of numbers by chance, most of all where one of them is 1. All
random numbers come from a generator of their own.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import torch
from torch.overrides import TorchFunctionMode

from helpers.compute.gradients import (
    as_names,
    as_tensors,
    autograd_gradient,
    evaluate,
    least_eps,
    value_and_gradient,
)
from helpers.compute.graph import Recorder
from helpers.compute.texts import numbers_text


def anywhere(tensor, generator):
    """Numbers of size 0.5 to 2 and either sign, with two decimals that the reader can type in."""
    hundredths = torch.randint(50, 201, tensor.shape, generator=generator)
    return (signs(tensor, generator) * hundredths / 100).to(tensor.dtype)


def near(tensor, generator):
    """Numbers 5 % to 30 % away from those in ``tensor``; a zero becomes 0.05 to 0.3."""
    hundredths = torch.randint(5, 31, tensor.shape, generator=generator)
    away = (signs(tensor, generator) * hundredths / 100).to(tensor.dtype)
    return torch.where(tensor == 0, away.abs(), tensor * (1 + away))


def signs(tensor, generator):
    """-1 or 1 for each number."""
    return 2 * torch.randint(2, tensor.shape, generator=generator).double() - 1


# --- Labels and probabilities --------------------------------------------------------------


def other_classes(tensor, generator):
    """Rows with a single 1, at a place drawn anew in each."""
    drawn = torch.randint(tensor.shape[-1], tensor.shape[:-1], generator=generator)
    return torch.nn.functional.one_hot(drawn, tensor.shape[-1]).to(tensor.dtype)


def other_probabilities(tensor, generator):
    """Positive rows that add up to 1."""
    drawn = torch.rand(tensor.shape, generator=generator, dtype=torch.float64) + 0.1
    return (drawn / drawn.sum(-1, keepdim=True)).to(tensor.dtype)


def other_labels(tensor, generator):
    """The two labels that a tensor holds, each about as often."""
    low, high = (-1, 1) if bool((tensor < 0).any()) else (0, 1)
    drawn = torch.randint(2, tensor.shape, generator=generator)
    return torch.where(drawn > 0, high, low).to(tensor.dtype)


def other_class(tensor, generator):
    """The number of a class: one that is there, since the class of ``tensor`` is."""
    return torch.randint(int(tensor) + 1, tensor.shape, generator=generator).to(tensor.dtype)


def between(tensor, generator):
    """Numbers from 0.05 to 0.95, with two decimals."""
    hundredths = torch.randint(5, 96, tensor.shape, generator=generator)
    return (hundredths / 100).to(tensor.dtype)


def shuffled(tensor, generator):
    """The same whole numbers or truth values in another order."""
    order = torch.randperm(tensor.numel(), generator=generator)
    return tensor.flatten()[order].view_as(tensor)


_OF_CLASSES = {"softmax", "log_softmax", "logsumexp", "cross_entropy", "exp"}
_OF_MARGINS, _FROM_ONE = {"clamp", "relu", "maximum"}, {"rsub", "__rsub__"}
_OF_LABELS = {"log", "log_sigmoid", "logsigmoid", "softplus", "binary_cross_entropy"}
_OF_LABELS |= {"binary_cross_entropy_with_logits", "log1p", "logaddexp"} | _OF_CLASSES


def kinds_of_data(loss, names, at):
    """argument -> how to draw others of its kind: a one-hot stays one, a label a label."""
    try:
        used = {call.name for call in _recorded(loss, at)}
    except Exception:
        return {}
    kinds = {}
    for name, tensor in at.items():
        if name in names or tensor.numel() == 0:
            continue
        if not tensor.is_floating_point():
            kinds[name] = _whole_kind(tensor, used)
        # A single 1 is a label where a margin is 1 - y·f; beside another relu it may be a bias.
        elif used & _OF_LABELS or (used & _OF_MARGINS and (tensor.ndim or used & _FROM_ONE)):
            kinds[name] = _kind(tensor, used)
    return {name: kind for name, kind in kinds.items() if kind}


def _whole_kind(tensor, used):
    if used & _OF_CLASSES and tensor.dtype != torch.bool:
        if tensor.ndim == 0 and tensor > 0:
            return other_class
        if _adds_up(tensor) and bool(((tensor == 0) | (tensor == 1)).all()):
            return other_classes
    return shuffled


def _adds_up(tensor):
    """Whether the numbers of each row, of several each, add up to 1."""
    several = tensor.ndim > 0 and tensor.shape[-1] > 1
    return several and bool((tensor.sum(-1) - 1).abs().max() < 1e-4)


def _kind(tensor, used):
    values = set(tensor.flatten().tolist()) if tensor.numel() <= 10_000 else set()
    rows_of_one = _adds_up(tensor)
    if values <= {0.0, 1.0}:
        if rows_of_one and used & _OF_CLASSES:
            return other_classes
        return other_labels if tensor.ndim == 0 or len(values) == 2 else None
    if values == {-1.0, 1.0} or (tensor.ndim == 0 and values == {-1.0}):
        return other_labels
    if rows_of_one and bool((tensor >= 0).all()) and used & _OF_CLASSES:
        return other_probabilities
    return None


# --- Corners -------------------------------------------------------------------------------

MOST_DRAWN = 100_000
"""With more numbers than this, they are drawn for fewer points."""

MOST_TRIES, OFTEN_ENOUGH = 60, 4
"""So many sets of numbers are drawn to meet each side of a corner in so many of them."""
TRIES_FOR_PAIRS, MOST_PAIRED = 20, 6
"""So many of them for two corners on unlike sides, and of more corners no pairs are looked for."""


def _recorded(loss, at):
    with torch.no_grad(), Recorder() as recorder:
        evaluate(loss, as_tensors(at))
    return recorder.calls


def corners(loss, at):
    """For each corner of a loss, which side its numbers lie on and whether any lies on it."""
    found = []
    for call in _recorded(loss, at):
        tensors = [o for o in call.operands if isinstance(o, torch.Tensor)]
        first = tensors[0] if tensors else call.numbers
        if call.name in ("relu", "abs", "absolute", "leaky_relu", "elu", "hardtanh", "relu6"):
            found.append((first > 0, first == 0))
        elif call.name in ("clamp", "clamp_min", "clamp_max"):
            limits = [o for o in (*call.arguments[1:], *call.keywords.values()) if o is not None]
            on = torch.stack([first == limit for limit in limits]).any(0)
            found.append((call.numbers == first, on))
        elif call.name in ("maximum", "minimum") and len(tensors) == 2:
            found.append((tensors[0] > tensors[1], tensors[0] == tensors[1]))
        elif call.numbers.dtype == torch.bool and len(call.operands) == 2:
            on = torch.as_tensor(call.operands[0]) == torch.as_tensor(call.operands[1])
            found.append((call.numbers, on & (call.name not in ("eq", "ne"))))
    return found


_MOST_WRONG = {torch.float64: 1e-3, torch.float32: 1e-2}
"""dtype of a loss -> how far a difference of it may lie from its gradient, as a part of it."""


@dataclass(frozen=True)
class Point:
    """Numbers for every argument of a loss.

    Attributes:
        at: name -> tensor.
        right: name -> the gradient there.
        met: what they meet of the corners of the loss, as ``Question._met`` gives it.
        scale: name -> how large gradients are thereabouts.
    """

    at: dict[str, torch.Tensor]
    right: dict[str, torch.Tensor]
    met: frozenset = frozenset()
    scale: dict[str, float] | None = None


class Logarithms(TorchFunctionMode):
    """Sees whether torch cuts off a logarithm that would be infinite, and with it the gradient.

    ``binary_cross_entropy`` takes no log below -100 and divides by no p(1 - p) below 1e-12.
    Source: its documentation, and binary_cross_entropy_backward in ATen/native/Loss.cpp.
    """

    met = cut = False

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func.__name__ == "binary_cross_entropy" and len(args) > 1:
            self.met = True
            p, y = (part.detach() for part in args[:2])
            self.cut |= bool(((p * (1 - p) < 1e-12) & (p != y)).any())
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True)
class Question:
    """What a check was asked: a loss, its parameters, and the reader's numbers.

    Attributes:
        loss, names: the loss, and the names of its parameters.
        own: name -> tensor, as the reader gave it.
        at: the same in float64.
        movable: the arguments that may take other values: no integers, no truth values.
        plain: the arguments that the reader gives as Python numbers.
        kinds: argument -> how to draw others of its kind, where it holds labels or probabilities.
        generator: of the random numbers.
        finite: whether the loss and its gradient are finite at the reader's numbers.
        may_be_cut: whether the loss has a logarithm that torch cuts off.
    """

    loss: Callable
    names: tuple[str, ...]
    own: dict[str, torch.Tensor]
    at: dict[str, torch.Tensor]
    movable: tuple[str, ...]
    plain: tuple[str, ...]
    kinds: dict[str, Callable]
    generator: torch.Generator
    finite: bool = True
    may_be_cut: bool = False

    @property
    def shapes(self):
        return {name: self.at[name].shape for name in self.names}

    def as_given(self, at):
        """Fresh tensors with the numbers of ``at``, in the reader's dtypes, tracked as theirs."""
        return {
            name: tensor.to(self.own[name].dtype, copy=True).requires_grad_(
                self.own[name].requires_grad
            )
            for name, tensor in at.items()
        }

    def as_called(self, at):
        """The numbers of ``at`` as the reader calls with them: Python numbers where theirs are."""
        given = self.as_given(at)
        return {n: t.item() if n in self.plain else t for n, t in given.items()}

    def points(self):
        """The reader's own numbers first, then one set near them and three anywhere.

        Where the loss cannot be had, as a logarithm of a negative number, they stay nearer. Where
        it has corners, there are as many more as it takes to meet either side of each.
        """
        ways = (self._nearby, *[self._widely] * (1 if self.large else 3))
        others = [self._first_usable(self.at, one) for one in ways]
        # On a corner itself, what the gradient is depends on the side from which one looks.
        asks_there = self.finite and not any(bool(on.any()) for _, on in self._corners)
        own = self._tried(self.at) if asks_there else None
        own = own or self._first_usable(self.at, self._elsewhere)
        found = [point for point in (own, *others) if point]
        return [self._with_scale(point) for point in (*found, *self._beyond_corners(found))]

    @property
    def large(self):
        """Whether there are so many numbers that to draw them is most of the work."""
        return sum(tensor.numel() for tensor in self.at.values()) > MOST_DRAWN

    @property
    def _parameters(self):
        return tuple(name for name in self.movable if name in self.names)

    @property
    def _probabilities(self):
        """What may be probabilities, which a logarithm wants between 0 and 1."""
        values = ((name, self.at[name]) for name in self.movable)
        return tuple(n for n, t in values if bool(((t > 0) & (t < 1)).all()))

    @property
    def _nearby(self):
        return (near, self.movable), (near, self._parameters), (between, self._probabilities)

    @property
    def _widely(self):
        return (anywhere, self.movable), (between, self._probabilities), *self._nearby

    @property
    def _elsewhere(self):
        """Near the reader's numbers, or where the loss is not finite thereabouts, anywhere."""
        return (*self._nearby, *([(anywhere, self.movable)] * (0 if self.finite else 9)))

    def not_finite_there(self, points):
        """A sentence where the loss is not finite at the reader's own numbers, or nothing."""
        if self.finite:
            return ""
        return (
            " At your numbers the loss cannot be computed: an exp grew too large, or a logarithm "
            f"met 0. So others were tried, as {numbers_text(points[0].at)}."
        )

    @cached_property
    def _corners(self):
        return corners(self.loss, self.at)

    def _beyond_corners(self, points):
        """More sets of numbers, until each side of each corner is met often enough.

        Once is too little: the side may go with the sign of some argument by chance. And two
        corners are to lie on unlike sides, or the slope of one could stand for that of the other.
        """
        met = Counter(one for point in points for one in point.met)
        count = len(self._corners)
        sides = {(corner, side) for corner in range(count) for side in (True, False)}
        pairs = combinations(range(count), 2) if count <= MOST_PAIRED else ()
        pairs = {frozenset(pair) for pair in pairs}
        more = []
        for tried in range(MOST_TRIES if sides else 0):
            lacking = {side for side in sides if met[side] < OFTEN_ENOUGH}
            if tried < TRIES_FOR_PAIRS:
                lacking |= {pair for pair in pairs if met[pair] < OFTEN_ENOUGH // 2}
            if not lacking:
                break
            at = self._varied(self.at, anywhere, self.movable)
            meets = self._met(at)
            point = self._tried(at, meets) if lacking & meets else None
            if point:
                more.append(point)
                met.update(meets)
        return more

    def _met(self, at):
        """What numbers meet: (corner, side), and sets of two corners of one shape on unlike sides.

        Such a set is no tuple, which would be taken for a side: (0, 1) is (0, True).
        """
        if not self._corners:
            return frozenset()
        every = list(enumerate(sides for sides, _ in corners(self.loss, at)))
        met = frozenset((n, side) for n, sides in every for side in sides.flatten().tolist())
        return met | {
            frozenset((n, m))
            for (n, one), (m, other) in combinations(every, 2)
            if one.shape == other.shape and bool((one != other).any())
        }

    def corners_not_met(self, points):
        """A sentence where one side of a corner could not be tried, or nothing."""
        met = frozenset().union(*(point.met for point in points))
        sides = {one for one in met if isinstance(one, tuple)}
        if {(corner, not side) for corner, side in sides} <= met:
            return ""
        return " One side of a corner in the loss could not be tried."

    def resized(self):
        """A Point with three more samples, or None where there is none."""
        data = {n: t for n, t in self.at.items() if n not in self.names and t.ndim > 0}
        # Among the data may be the weights of another layer: they have rows of their own.
        sizes = Counter(len(tensor) for tensor in data.values() if len(tensor) > 0)
        for rows in [] if self.large else sorted(sizes, key=lambda n: (n == 1, -sizes[n])):
            more = torch.arange(rows + 3) % rows
            longer = {n: t[more] for n, t in data.items() if len(t) == rows}
            point = self._first_usable({**self.at, **longer}, [(anywhere, self.movable)])
            if point:
                return self._with_scale(point)
        return None

    def starts(self, count):
        """``count`` other sets of numbers near the reader's own, for a loop to start from."""
        found = (self._first_usable(self.at, self._elsewhere) for _ in range(count))
        return [point.at if point else self.at for point in found]

    def leaks(self, point):
        """Whether the loss moves otherwise than its gradient says: part of it left the graph."""
        dtype = evaluate(self.loss, as_tensors(point.at)).dtype
        if dtype not in _MOST_WRONG:
            return False
        distance, most = max(1e-6, least_eps(dtype)), _MOST_WRONG[dtype]
        way = {n: signs(point.at[n], self.generator).to(point.at[n].dtype) for n in self.names}

        def loss_at(distance):
            moved = {name: point.at[name] + distance * way[name] for name in way}
            return float(evaluate(self.loss, as_tensors({**point.at, **moved})))

        by_difference = (loss_at(distance) - loss_at(-distance)) / (2 * distance)
        by_gradient = sum(float((point.right[name] * way[name]).sum()) for name in way)
        size = max(abs(by_difference), *point.scale.values())
        return abs(by_difference - by_gradient) > most * size + 1e-3 * most * abs(loss_at(0))

    def usable(self, at):
        """The gradient at ``at``, or None where it or the loss cannot be had, or is not finite."""
        logarithms = Logarithms()
        try:
            with logarithms if self.may_be_cut else nullcontext():
                value, gradient = value_and_gradient(self.loss, wrt=self.names, at=at)
        except Exception:
            return None
        finite = [value.isfinite(), *(part.isfinite().all() for part in gradient.values())]
        if not all(finite) or logarithms.cut:
            return None
        # Of a loss with float32 data of its own, the gradient is no more precise than the loss.
        return {n: g.to(_lesser(g.dtype, value.dtype)) for n, g in gradient.items()}

    def _tried(self, at, met=None):
        """The Point at ``at``, or None where there is no gradient."""
        right = self.usable(at)
        return right and Point(at, right, self._met(at) if met is None else met)

    def _first_usable(self, at, ways):
        """The Point at ``at``, varied in the first of several ways that give one; or None."""
        tried = (self._tried(self._varied(at, *way)) for way in ways)
        return next(filter(None, tried), None)

    def _varied(self, at, vary, names):
        varied = {n: vary(t, self.generator) if n in names else t for n, t in at.items()}
        kept = {n: self.kinds[n](at[n], self.generator) for n in at if n in self.kinds}
        return {**varied, **kept}

    def _with_scale(self, point):
        # At a minimum the gradient is 0, and says nothing of the size of its terms, and so of
        # what rounding leaves of them; the gradient close by does.
        beside = None if self.large else self.usable(self._varied(point.at, near, self.movable))
        sizes = {n: torch.stack([g, (beside or point.right)[n]]) for n, g in point.right.items()}
        return replace(point, scale={n: float(both.abs().max()) for n, both in sizes.items()})


def _lesser(first, second):
    """The less precise of two dtypes; whole numbers are exact."""
    return min(first, second, key=lambda t: t.itemsize) if second.is_floating_point else first


def question(loss, *, wrt, at, seed):
    """The Question of a check. Raises TypeError or ValueError for a wrong use of the check."""
    names = as_names(wrt)
    if not names or not isinstance(at, Mapping):
        raise TypeError("wrt must name a parameter, and at map each name to a number or a tensor.")
    for name, value in at.items():
        if not isinstance(value, (int, float, torch.Tensor)) and not hasattr(value, "__array__"):
            raise TypeError(f"{name!r} must be a number or a tensor, not {type(value).__name__}.")
    plain = tuple(name for name, value in at.items() if type(value) in (int, float))
    at = _with_whole_numbers(loss, names, at)
    with Logarithms() as logarithms:
        autograd_gradient(loss, wrt=names, at=at)
    own = as_tensors(at)
    for name, value in at.items():
        own[name].requires_grad_(isinstance(value, torch.Tensor) and value.requires_grad)
    floating = (name for name in own if own[name].is_floating_point())
    movable = tuple(name for name in floating if not isinstance(at[name], bool))
    # A loss that holds float32 data of its own cannot be had in float64.
    for dtype in (torch.float64, None):
        generator = torch.Generator().manual_seed(seed)
        taken = as_tensors(at, dtype)
        kinds = kinds_of_data(loss, names, taken)
        asked = Question(loss, names, own, taken, movable, plain, kinds, generator)
        asked = replace(asked, may_be_cut=logarithms.met)
        if asked.usable(asked.at):
            break
    else:
        asked = replace(asked, at=as_tensors(at, torch.float64), finite=False)
        given = all(tensor.isfinite().all() for tensor in own.values())
        if not given or not asked._first_usable(asked.at, asked._elsewhere):
            raise ValueError("The loss or its gradient is not finite at these numbers.")
    values = [evaluate(loss, as_tensors(asked.at)) for _ in range(2)]
    if not torch.allclose(*values, rtol=0, atol=0, equal_nan=True):
        raise ValueError("The loss gives different values at the same numbers.")
    return asked


def _with_whole_numbers(loss, names, at):
    """``at``, with a whole number as such where the loss takes no other: as an index."""
    whole = {n: torch.tensor(v) for n, v in at.items() if type(v) is int and n not in names}
    every = ({}, *({name: tensor} for name, tensor in whole.items()), whole)
    for some in every if whole else ():
        try:
            autograd_gradient(loss, wrt=names, at={**at, **some})
        except Exception:
            continue
        return {**at, **some}
    return at
