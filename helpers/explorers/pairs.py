"""What the explorers of a weight and a bias share: both gradients, by hand and by autograd."""

from dataclasses import dataclass

from helpers.checks.by_hand import alike, gradient_by_hand
from helpers.compute.gradients import autograd_gradient
from helpers.show.words import Reading, agreement, number_or_none


def pair(tensors):
    """The numbers W and b of a dict of tensors that hold one number each."""
    return tensors["W"].item(), tensors["b"].item()


@dataclass(frozen=True)
class Slopes:
    """The gradients by W and b, in this order. ``by_hand`` is None where there are no numbers."""

    by_hand: tuple[float, float] | None
    by_autograd: tuple[float, float]

    @property
    def agree(self):
        if self.by_hand is None:
            return None
        return all(map(alike, self.by_hand, self.by_autograd))

    def readings(self):
        by_hand = [number_or_none(value) for value in self.by_hand or (None, None)]
        by_autograd = [number_or_none(value) for value in self.by_autograd]
        return (
            Reading("W_by_hand", "dL/dW by hand", by_hand[0], "gradient"),
            Reading("W_by_autograd", "dL/dW by autograd", by_autograd[0], "gradient"),
            Reading("b_by_hand", "dL/db by hand", by_hand[1], "gradient"),
            Reading("b_by_autograd", "dL/db by autograd", by_autograd[1], "gradient"),
            Reading("agree", "the two", agreement(self.agree)),
        )


def slopes(problem, gradient, at):
    """The ``Slopes`` of a problem's loss. ``gradient`` may be anything that a reader wrote."""
    by_hand = gradient_by_hand(gradient, wrt=problem.wrt, at=at)
    by_autograd = autograd_gradient(problem.loss, wrt=problem.wrt, at=at)
    return Slopes(by_hand and pair(by_hand), pair(by_autograd))
