"""Where a training loop goes: the right way, and the way that each known mistake would take."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from helpers.compute.gradients import as_tensors, autograd_gradient

STEP_RTOL, VALUE_RTOL = 1e-4, 1e-6
"""How far a loop may lie from the right one: STEP_RTOL of the way gone so far, and VALUE_RTOL of
the parameter itself. A loop may run in float32, whose rounding every step carries on."""


@dataclass(frozen=True)
class Run:
    """One call of the reader's training loop, and all that the right one is compared by.

    Attributes:
        loss, names, at, learning_rate, steps: what was asked for.
        rows: one dict, name -> tensor, for each row that the loop returned.
        events: what torch was seen doing, as in an ``Outcome``.
        aliased: whether every row is one and the same tensor.
        calls: how often torch was called.
    """

    loss: Callable
    names: tuple[str, ...]
    at: dict[str, torch.Tensor]
    learning_rate: float
    steps: int
    rows: tuple[dict[str, torch.Tensor], ...] = ()
    events: str = ""
    aliased: bool = False
    calls: int = 0

    @property
    def start(self):
        return {name: self.at[name] for name in self.names}

    def slope(self, point):
        """name -> gradient at the parameters in ``point``."""
        return autograd_gradient(self.loss, wrt=self.names, at={**self.at, **point})

    @cached_property
    def right(self):
        """The parameters after each step; as float32 has them, where the rows follow that alone."""
        exact = self._steps_in(None)
        if not self.rows or self.follows(iter(exact)):
            return exact
        coarse = self._steps_in(torch.float32)
        return coarse if self.follows(iter(coarse)) else exact

    def with_rows(self, rows):
        return replace(self, rows=rows)

    def bare(self):
        """The same without what the loop returned."""
        return replace(self, rows=())

    def beginning(self, start, rows):
        """The same loop from another start, with what it returned from there on."""
        return replace(self, at={**self.at, **start}, rows=rows, steps=len(rows))

    def right_ways(self):
        """The right rows, in float64 and as float32 has them."""
        return self._steps_in(None), self._steps_in(torch.float32)

    def _steps_in(self, dtype):
        walk = right_walk(replace(self, at=as_tensors(self.at, dtype)))
        return [next(walk) for _ in range(self.steps)]

    def follows(self, walk):
        """Whether the rows are the first points of ``walk``."""
        return len(self.rows) > 0 and all(all(fits.values()) for fits in self.matches(walk))

    def is_right(self):
        return len(self.rows) == self.steps and self.follows(iter(self.right))

    def matches(self, walk):
        """For each row, name -> whether it is that of the next point of ``walk``."""
        gone = dict.fromkeys(self.names, 0.0)
        for row, point in zip(self.rows, walk, strict=False):
            for name, value in point.items():
                gone[name] = max(gone[name], float((value - self.at[name]).abs().max()))
            yield {n: _close(row[n], value, gone[n]) for n, value in point.items()}


def _close(given, value, gone):
    if given.numel() != value.numel():
        return False
    if value.numel() == 1:  # in plain numbers, which are ten times as fast
        return _near(given.item(), value.item(), gone)
    return bool(_near(given.reshape(value.shape), value, gone).all())


def _near(given, value, gone):
    near = abs(given - value) <= STEP_RTOL * gone + VALUE_RTOL * abs(value)
    # A diverging loop in float32 holds inf or nan where the right one, in float64, has numbers.
    return near | (abs(value) >= 1e30) | (value != value)


def moved(point, slope, rate):
    """The point after one step: θ - η·slope, parameter by parameter."""
    return {name: value - rate * slope[name] for name, value in point.items()}


def walk_with(run, *, rate=None, slope=None):
    """The endless walk of θ - η·slope, without its start."""
    rate = run.learning_rate if rate is None else rate
    point = run.start
    while True:
        point = moved(point, (slope or run.slope)(point), rate)
        yield point


def right_walk(run):
    return walk_with(run)


def ascending(run):
    return walk_with(run, rate=-run.learning_rate)


def standing_still(run):
    return walk_with(run, rate=0)


def adding_up(run, names, rate=None):
    """Walk with the gradients of ``names`` added to all earlier ones."""
    total = dict.fromkeys(run.names, 0)

    def slope(point):
        for name, gradient in run.slope(point).items():
            total[name] = total[name] + gradient if name in names else gradient
        return total

    return walk_with(run, rate=rate, slope=slope)


def ascending_adding_up(run):
    return adding_up(run, run.names, rate=-run.learning_rate)


def moving_once(run):
    """The right first step, and no other."""
    first = next(right_walk(run))
    while True:
        yield first


def stale(run):
    """Walk with the gradient of the start at every step."""
    first = run.slope(run.start)
    return walk_with(run, slope=lambda point: first)


def stale_adding_up(run):
    """The same, where it is added to itself at every step."""
    first, total = run.slope(run.start), dict.fromkeys(run.names, 0)

    def slope(point):
        for name in total:
            total[name] = total[name] + first[name]
        return total

    return walk_with(run, slope=slope)


def moving_only(run, names):
    def slope(point):
        return {n: g if n in names else 0 * g for n, g in run.slope(point).items()}

    return walk_with(run, slope=slope)


def one_after_the_other(run, order):
    """Walk in which each parameter's gradient sees those that have moved before it."""
    point = run.start
    while True:
        for name in order:
            point = {**point, name: moved(point, run.slope(point), run.learning_rate)[name]}
        yield point


def crossed(run, order):
    """Walk in which each parameter gets the gradient of another."""

    def slope(point):
        gradients = run.slope(point)
        return {n: gradients[o] for n, o in zip(run.names, order, strict=True)}

    return walk_with(run, slope=slope)


def lagging(run):
    """Walk in which each step uses the gradient of the step before, and the first one none."""
    point, last = run.start, None
    while True:
        slope = run.slope(point)
        if last is not None:
            point = moved(point, last, run.learning_rate)
        last = slope
        yield point


def in_batches(run, size):
    """Walk with a step for every ``size`` samples, and a row after all of them."""
    data = [n for n, t in run.at.items() if n not in run.names and t.ndim > 0]
    count = len(run.at[data[0]])
    point = run.start
    while True:
        for begin in range(0, count, size):
            some = {n: run.at[n][begin : begin + size] for n in data}
            part = replace(run, at={**run.at, **some})
            point = moved(point, part.slope(point), run.learning_rate)
        yield point


def clipped(run, most, by_entry):
    """Walk with each gradient cut off at ``most``: entry by entry, or by its length."""

    def slope(point):
        gradients = run.slope(point)
        if by_entry:
            return {n: g.clamp(-most, most) for n, g in gradients.items()}
        length = length_of(gradients)
        return (
            {n: g * min(1.0, most / length) for n, g in gradients.items()} if length else gradients
        )

    return walk_with(run, slope=slope)


def length_of(gradients):
    """The length of all gradients together."""
    return float(torch.cat([g.flatten().double() for g in gradients.values()]).norm())


def with_momentum(run, share, damped):
    """Walk with a share of the last step added to each; ``damped`` takes 1 − share of the new."""
    velocity = dict.fromkeys(run.names, 0)

    def slope(point):
        for name, gradient in run.slope(point).items():
            new = (1 - share) * gradient if damped else gradient
            velocity[name] = share * velocity[name] + new
        return velocity

    return walk_with(run, slope=slope)
