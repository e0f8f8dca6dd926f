"""Lesson 10: four students pass or fail, the probability of it, and two losses over the score."""

import numpy as np
import torch

from helpers.compute.texts import decimals
from helpers.compute.yes_no import (
    FOUR_STUDENTS,
    LOSSES,
    answers_at,
    passed_or_failed,
    probability,
)
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients
from helpers.explorers.phrases import FALLS, falls
from helpers.show import plots
from helpers.show.colours import COLOURS
from helpers.show.controls import Menu, Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

CERTAIN = 0.95  # a probability that is so far from its label is certain and wrong
REACH = 1.2  # of a tangent, in units of the score
LINES = {True: {"ls": "-"}, False: {"ls": (0, (4, 1.5))}}
# Where all are in one place, the small ring of one who failed is seen on the dot of one who passed.
DOTS = {
    True: {"size": 11},
    False: {"size": 7, "mfc": "white", "mec": COLOURS["loss"], "zorder": 6},
}


class YesNoExplorer(Explorer):
    """The explorer of lesson 10."""

    problem, walks, many, still_follows = passed_or_failed, ("w", "b"), 100, ("loss_function",)
    controls = {
        "w": Slider("weight w", 0.0, -6, 6),
        "b": Slider("bias b", 0.0, -15, 15),
        "learning_rate": Slider("learning rate η", passed_or_failed.learning_rate, 0, 5, 0.05),
        "loss_function": Menu("loss", tuple(LOSSES)),
    }
    panels = (
        Panel("hours x", "target y, probability p", (0, 5), (-0.08, 1.08)),
        Panel("score z = w·x + b", "loss of one student", (-8, 8), (-0.35, 8)),
    )
    picture = (
        "Left, the probability to pass over the hours: after 1, 2, 3 and 4 hours it is "
        "{probabilities_text}, and the students with 2 and 4 hours passed. {crossing} Right, the "
        "{loss_function} of one student over the score z, with the four students on it: the mean "
        "is {loss}. The next step leads to w = {next_w}, b = {next_b}."
    )
    readings = (
        Reading("loss", "loss", "loss"),
        *both_gradients("dL/dw", "dL/db"),
        Reading("next_w", "next w", "step"),
        Reading("next_b", "next b", "step"),
        Reading("boundary", "boundary, in hours"),
        Reading("right_of_all", "students sorted correctly"),
    )
    sentences = {
        "diverged": "w and b have grown beyond every number: this descent has diverged.",
        "flat": "Both gradients are 0: {bottom}.",
        "no length": "With a learning rate of 0 the step has no length.",
        "lands": "The step lands where both gradients are 0.",
        "towards": "The step leads lower: {falls}.",
        "lower": "The step goes too far, yet lands lower: {falls}.",
        "level": "The step goes too far, to the same height.",
        "rests": "The step does next to nothing: {falls}.",
        "higher": "The step goes too far and lands higher: {falls}.",
    }

    def compute(self, loss_function, **values):
        return answers_at(loss_function, **values)

    def by_hand(self, state):
        """The derivative by hand is that of the cross-entropy; else the one of its problem."""
        if state.loss_function == "cross-entropy":
            return super().by_hand(state)
        if self.report is not None:
            return None
        gradient = FOUR_STUDENTS[state.loss_function].gradient(**state.at)
        return tuple(part.item() for part in gradient)

    def phrases(self, state):
        same, at_one_place = "It is the same for all hours.", "It is ½ at x = {boundary}."
        flat = "the loss is flat here, and no step leads away"
        return {
            "probabilities_text": ", ".join(decimals(p, 2) for p in state.probabilities),
            "crossing": same if state.boundary == "none" else at_one_place,
            "falls": falls(state),
            "bottom": flat if is_certain_and_wrong(state) else "the loss is lowest here",
        }

    def notices(self, state):
        seen = state.outcome in ("flat", "no length") or falls(state) == FALLS
        yield self.sentences[state.outcome if seen else "rests"]
        if is_certain_and_wrong(state):
            place = state.worst
            yield (
                f"At x = {{inputs.{place}}} the answer is certain and wrong: p is "
                f"{{probabilities.{place}}}, the loss {{losses.{place}}}, its slope by z "
                f"{{slopes.{place}}}."
            )

    def draw_still(self, state, left, right):
        loss, zs = LOSSES[state.loss_function].function, np.linspace(*right.get_xlim(), 201)
        for passed, label in (True, "who passed"), (False, "who failed"):
            style = {"role": "loss", "lw": 2, **LINES[passed]}
            curve = loss(torch.tensor(zs), float(passed))
            plots.plot_line(zs, curve, ax=right, gid=label, label=label, **style)

    def draw(self, state, left, right):
        self._draw_probability(state, left)
        self._draw_losses(state, right)

    def _draw_probability(self, state, ax):
        xs = np.linspace(*ax.get_xlim(), 161)
        style = {"gid": "next probability", "role": "step", "lw": 1.4, "ls": "--"}
        plots.plot_line(xs, probability(*state.end, xs), ax=ax, label="next p", **style)
        p = probability(state.w, state.b, xs)
        plots.plot_prediction(xs, p, ax=ax, label="p = sigmoid(z)")
        strokes = state.inputs, state.labels, state.probabilities
        plots.plot_residuals(*strokes, ax=ax, label="p − y")
        plots.plot_predicted(state.inputs, state.probabilities, ax=ax)
        place = np.nan if state.boundary == "none" else state.boundary
        style = {"gid": "boundary", "role": "path", "lw": 1.2, "ls": "--"}
        plots.plot_line((place, place), ax.get_ylim(), ax=ax, label="p = ½", **style)
        for passed, label, fill in (True, "passed", None), (False, "failed", "white"):
            xs = [x for x, y in zip(state.inputs, state.labels, strict=True) if y == passed]
            style = {"ls": "", "marker": "s", "ms": 8, "mfc": fill, "zorder": 6}
            plots.plot_line(xs, [passed] * len(xs), ax=ax, gid=label, label=label, **style)

    def _draw_losses(self, state, ax):
        places = np.array([state.scores, state.losses, state.slopes])
        ends = [np.vstack([row, np.full(4, np.nan)]) for row in plots.tangent_ends(*places, REACH)]
        style = {"gid": "slopes", "role": "gradient", "lw": 2, "zorder": 4}
        plots.plot_line(*(row.T for row in ends), ax=ax, label="slope dL/dz", **style)
        for z, loss, x, y in zip(*places[:2], state.inputs, state.labels, strict=True):
            plots.plot_point(z, loss, ax=ax, gid=f"at x = {x:.0f}", label=None, **DOTS[y > 0])


def is_certain_and_wrong(state):
    """Whether there is a student whose answer is."""
    return state.misses[state.worst] > CERTAIN


def explore_yes_no(gradient=None):
    """Sliders for a weight and a bias that make probabilities, with a menu for the loss.

    Args:
        gradient: your own derivatives of the mean cross-entropy, a function of w, b, x and y that
            returns one by w and one by b. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return YesNoExplorer(gradient)
