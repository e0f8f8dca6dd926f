"""Lesson 11: three scores, their probabilities, and the gradient, one bar for each class."""

from helpers.compute.classes import PARAMETERS, SOFTMAX, classes_at, one_of_three
from helpers.compute.texts import short
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import both_gradients, by_autograd_alone
from helpers.explorers.phrases import FALLS
from helpers.show import plots
from helpers.show.controls import Menu, Slider
from helpers.show.panels import Panel
from helpers.show.words import Reading

CLASSES = ("0", "1", "2")
INDEX = dict(zip(CLASSES, "₀₁₂", strict=True))
PLACES = tuple(map(int, CLASSES))
AXIS = {"xticks": PLACES}
P = {"gid": "probabilities", "role": "prediction", "label": "p"}
TARGET = {"gid": "target", "filled": False, "label": "target"}
GRADIENT = {"gid": "gradient", "role": "gradient", "label": "gradient"}
RESIDUALS = {"gid": "residuals", "filled": False, "label": "p − target"}
START = [one_of_three.at[name] for name in PARAMETERS]


class ClassesExplorer(Explorer):
    """The explorer of lesson 11."""

    problem, walks, many = one_of_three, PARAMETERS, 20
    controls = {
        **{
            name: Slider(f"score z{INDEX[one]}", value, -6, 6)
            for name, one, value in zip(PARAMETERS, CLASSES, START, strict=True)
        },
        "right": Menu("right class", CLASSES, chosen="1"),
        "learning_rate": Slider("learning rate η", one_of_three.learning_rate, 0, 4, 0.05),
        "added": Slider("added to all", 0.0, -5, 5),
        "softmax": Menu("softmax", tuple(SOFTMAX)),
    }
    panels = (
        Panel("class", "score", (-0.6, 2.6), (-6.5, 6.5), settings=AXIS),
        Panel("class", "probability p", (-0.6, 2.6), (0, 1.05), settings=AXIS),
        Panel("class", "gradient by each score", (-0.6, 2.6), (-1.05, 1.05), 1.15, AXIS),
    )
    size = (9, 3.6)
    picture = (
        "Left, the scores of the three classes, {scores}; the next step leads to {next_scores}. "
        "Middle, what {softmax_text} makes of them, the probabilities {probabilities}, and as an "
        "outline the target, 1 for class {right}. Right, the gradient by each score, "
        "{by_autograd}, and as an outline p − target, {residuals}."
    )
    readings = (
        *(
            Reading(f"probabilities.{place}", f"p{INDEX[one]}", "prediction")
            for place, one in enumerate(CLASSES)
        ),
        Reading("loss", "loss −ln {p_right}", "loss"),
        *both_gradients(*(f"dL/dz{INDEX[one]}" for one in CLASSES)),
        Reading("total", "sum of the gradient", "gradient"),
        Reading("next_loss", "loss after a step", "step"),
    )
    sentences = {
        "diverged": "The scores have grown beyond every number: this descent has diverged.",
        "flat": "The gradient is 0, as near as numbers go: no step moves anything.",
        "no length": "With a learning rate of 0 the step has no length.",
        "lands": "The step lands where the gradient is 0, as near as numbers go.",
        "towards": "The step raises {p_right} to {next_p_right}: {falls}.",
        "lower": "The step raises {p_right} to {next_p_right}: {falls}.",
        "level": "The step changes the loss by less than can be read here.",
        "higher": "The step lowers {p_right} to {next_p_right}: {falls}.",
    }

    def compute(self, softmax, right, **values):
        return classes_at(softmax, right=CLASSES.index(right), **values)

    def by_hand(self, state):
        """The derivative by hand is that of softmax once; for twice, the one of its problem."""
        if state.softmax == "once":
            return super().by_hand(state)
        if self.report is not None:
            return None
        return tuple(part.item() for part in SOFTMAX["twice"].gradient(**state.at))

    def phrases(self, state):
        return {
            "softmax_text": "softmax" if state.softmax == "once" else "softmax of softmax",
            "p_right": f"p{INDEX[state.right]}",
            "next_p_right": f"{{next_probabilities.{CLASSES.index(state.right)}}}",
            "falls": FALLS,
        }

    def notices(self, state):
        if state.softmax == "twice":
            yield "Softmax is applied twice: the loss cannot fall to 0."
        if state.added:
            yield "Adding {added} to all scores changes none of the probabilities."
        if state.outcome == "towards" and short(state.loss) == short(state.next_loss):
            yield self.sentences["level"]
        else:
            yield from super().notices(state)

    def read(self, state):
        shown = super().read(state)
        return by_autograd_alone(shown) if self.report is None else shown

    def draw_still(self, state, scores, shares, slopes):
        for ax in scores, slopes:
            plots.plot_level(0, ax=ax)

    def draw(self, state, scores, shares, slopes):
        plots.plot_bars(state.scores, ax=scores, gid="stems", role="path", width=0.07)
        for place, score in zip(PLACES, state.scores, strict=True):
            label = None if place else "now"
            style = {"gid": f"score {place}", "role": "path", "label": label}
            plots.plot_point(place, score, ax=scores, **style)
        style = {"label": "after a step", "marker": "_", "size": 22, "mew": 2.5, "zorder": 6}
        plots.plot_next(PLACES, state.next_scores, ax=scores, **style)
        plots.plot_bars(state.probabilities, ax=shares, **P)
        plots.plot_bars(state.target, ax=shares, **TARGET)
        plots.plot_bars(state.by_autograd, ax=slopes, **GRADIENT)
        plots.plot_bars(state.residuals, ax=slopes, **RESIDUALS)


def explore_classes(gradient=None):
    """Sliders for three scores, their softmax and its cross-entropy, with bars for each class.

    Args:
        gradient: your own derivatives of the cross-entropy, a function of z0, z1, z2 and right,
            the number of the right class (0, 1 or 2, as a tensor), that returns one by each
            score. They are shown beside autograd's, whatever they are.

    Returns:
        Explorer
    """
    return ClassesExplorer(gradient)
