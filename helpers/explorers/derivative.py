"""The reader's own derivative beside autograd's, and what the check says of it."""

from helpers.checks import check_gradient
from helpers.checks.by_hand import alike, gradient_by_hand
from helpers.compute.gradients import as_names
from helpers.compute.steps import numbers
from helpers.show.words import Reading

AGREEMENT = {True: "agree here", False: "differ here", None: "cannot be compared"}


class Derivative:
    """A derivative by hand: the reader's own, whatever that is and does, or the problem's.

    Attributes:
        report: what the check says of the reader's own; None for the problem's.
    """

    def __init__(self, function, problem):
        self.function = problem.gradient if function is None else function
        self.names = as_names(problem.wrt)
        self.report = None
        if function is not None:
            self.report = check_gradient(function, problem.loss, wrt=problem.wrt, at=problem.at)

    def at(self, at):
        """Its numbers at a place, flattened; None where it gives none."""
        values = gradient_by_hand(self.function, wrt=self.names, at=at)
        return values and numbers(values, self.names)

    def remarks(self):
        """What the check says of one that is not right, as sentences; there may be none."""
        if self.report is not None and self.report.ok is not True:
            yield f"The check says: {self.report.hint}"


def side_by_side(by_hand, by_autograd):
    """Both gradients as parts of a state: alone where there is one number, else as tuples."""
    agree = None if by_hand is None else all(map(alike, by_hand, by_autograd))
    if len(by_autograd) == 1:
        by_hand, by_autograd = by_hand and by_hand[0], by_autograd[0]
    return {
        "by_hand": by_hand,
        "by_autograd": by_autograd,
        "agree": agree,
        "agreement": AGREEMENT[agree],
    }


def by_autograd_alone(readings):
    """The readings without those of a derivative by hand, where the reader has given none."""
    of_both = "agreement", "difference"
    return [r for r in readings if "by_hand" not in r.name and r.name not in of_both]


def both_gradients(*labels, role_by_hand="gradient"):
    """The readings of a gradient by hand and by autograd, one label for each of its numbers."""
    for place, label in enumerate(labels):
        which = f".{place}" if len(labels) > 1 else ""
        yield Reading(f"by_hand{which}", f"{label} by hand", role_by_hand)
        yield Reading(f"by_autograd{which}", f"{label} by autograd", "gradient")
    yield Reading("agreement", "the two")
