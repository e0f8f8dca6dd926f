"""Lesson 04: gradient descent, iteration by iteration, with the gradient set to zero or not."""

import torch

from helpers.compute.problems import study_hours
from helpers.compute.students import STUDENTS, descend_to
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients
from helpers.show import plots
from helpers.show.controls import Button, Menu, Play, Slider, Tick
from helpers.show.panels import Panel
from helpers.show.words import Reading

LAST = 20
BELOW = -1.2  # the height of the step, in units of the loss
W_LIMITS = (-1, 5)
WHOM = dict(
    zip(
        STUDENTS,
        ("one student", "three students by the mean", "three students by the sum"),
        strict=True,
    )
)


class DescentExplorer(Explorer):
    """The explorer of lesson 04."""

    problem, still_follows = study_hours, ("students",)
    controls = {
        "learning_rate": Slider("learning rate η", study_hours.learning_rate, 0, 0.6, 0.005),
        "iteration": Slider("steps taken", 3, 0, LAST, 1),
        "students": Menu("students", tuple(STUDENTS)),
        "zeroed": Tick("zero the gradient after each step", True),
        "play": Play("iteration"),
        "first": Button(
            "Back to the start",
            "Shows the weight before any step",
            lambda iteration, **_: {"iteration": 0},
        ),
        "back": Button(
            "One step back",
            "Takes the last step back",
            lambda iteration, **_: {"iteration": iteration - 1},
        ),
        "on": Button(
            "One step on",
            "Takes the next step",
            lambda iteration, **_: {"iteration": iteration + 1},
        ),
    }
    panels = (
        Panel("weight w", "loss", W_LIMITS, (-2.4, 16), settings={"yticks": range(0, 16, 5)}),
        Panel(
            "steps taken",
            "weight w",
            (-0.6, LAST + 0.6),
            W_LIMITS,
            settings={"xticks": range(0, LAST + 1, 5)},
        ),
    )
    picture = (
        "Left, the loss over the weight for {whom}, and the path of {steps} with "
        "η = {learning_rate}, the gradient {zeroing}: w went from {weights.0} to {w}, where the "
        "loss is {loss}. Right, w after each step, and the line w = {best_w}, where the loss is 0."
    )
    readings = (
        Reading("iteration", "steps taken"),
        Reading("w", "weight w"),
        Reading("loss", "loss", "loss"),
        *both_gradients("gradient"),
        Reading("held", "w.grad holds", "step"),
        Reading("next_w", "next w", "step"),
    )
    sentences = {
        "flat": "The gradient is 0: the descent has arrived, and a step goes nowhere.",
        "lands": "{multiplies} it lands on the minimum.",
        "towards": "{multiplies} w comes nearer from the same side.",
        "lower": "{multiplies} w jumps over the minimum and comes nearer on the other side.",
        "level": "{multiplies} w jumps from side to side and comes no nearer.",
        "higher": "{multiplies} each jump is longer than the last. It diverges.",
    }

    def compute(self, students, iteration, **options):
        return descend_to(iteration, students=STUDENTS[students], **options)

    def by_hand(self, state):
        """The derivative for each student, put together as the losses are."""
        students = STUDENTS[state.students]
        each = [self._derivative.at(at) for at in students.one_by_one(state.w)]
        if None in each:
            return None
        return (students.reduce(torch.tensor(each, dtype=torch.float64)).item(),)

    def phrases(self, state):
        return {
            "whom": WHOM[state.students],
            "steps": "1 step" if state.iteration == 1 else f"{state.iteration} steps",
            "zeroing": "set to zero after each step" if state.zeroed else "never set to zero",
            "multiplies": "The next step multiplies the way to w = {best_w} by {share}:",
            "terms": str(state.iteration + 1),
        }

    def notices(self, state):
        if not state.is_finite:
            yield "The weight has grown beyond every number: this descent has diverged."
        elif state.learning_rate == 0:
            yield "With a learning rate of 0 no step has any length."
        elif state.zeroed:
            yield self.sentences[state.outcome]
        elif state.iteration == 0:
            yield "Before the first step there is nothing to add up:"
            yield "w.grad holds this gradient only."
        else:
            yield "w.grad holds the sum of {terms} gradients, {held};"
            yield "the gradient here is {by_autograd}."
            if state.held * state.by_autograd < 0:
                yield "They point in opposite ways, so the step goes uphill."

    def draw_still(self, state, left, right):
        plots.plot_level(0, ax=left)
        plots.plot_function(STUDENTS[state.students].losses, ax=left, points=121)
        style = {"role": "loss", "lw": 1.5, "ls": "--"}
        plots.plot_level(state.best_w, ax=right, label="loss is 0 here", **style)

    def draw(self, state, left, right):
        w, iteration = state.w, state.iteration
        plots.plot_tangent(w, state.loss, state.by_autograd, reach=0.8, ax=left)
        plots.plot_path(state.weights, state.losses, ax=left)
        plots.plot_point(w, state.loss, ax=left, label="w now")
        plots.plot_arrow((w, BELOW), (state.next_w, BELOW), ax=left, label="next step")
        steps = range(iteration + 1)
        plots.plot_path(steps, state.weights, ax=right, label="w after each step", gid="weights")
        plots.plot_point(iteration, w, ax=right, label="w now", gid="weight_now")


def explore_descent(gradient=None):
    """Gradient descent through its iterations: the learning rate, the students, zeroing or not.

    Args:
        gradient: your own derivative of (w·x - y)² by w, a function of w, x and y, for one
            student. It is shown beside autograd's; for three students, the mean or sum of it.

    Returns:
        Explorer
    """
    return DescentExplorer(gradient)
