"""Lesson 12: a network that learns three classes on a spiral, from its start to its last step."""

from helpers.checks.calling import one_thread
from helpers.compute.spiral import REACH, run_spiral, spiral_network
from helpers.compute.texts import significant
from helpers.explorers.base import Explorer
from helpers.explorers.derivative import by_autograd_alone
from helpers.show import plots
from helpers.show.controls import Play, Slider
from helpers.show.panels import Panel
from helpers.show.regions import plot_classes, plot_regions, plot_rings
from helpers.show.words import Reading

MOST_STEPS, MOST_NEURONS = 2000, 32
ENDS = (100, 250, 500, 1000, MOST_STEPS)
ROOM = 1.06  # behind the last step, so that no label of a tick goes past the axis
ROUNDING = 1e-9
RINGS = (
    "No point is wrong.",
    "A ring marks the one that is wrong.",
    "A ring marks each of the {wrong} that are wrong.",
)
BAR = (0.05, 0.97), 0.955


class SpiralExplorer(Explorer):
    """The explorer of lesson 12."""

    problem = spiral_network
    controls = {
        "steps": Slider("steps", 100, 0, MOST_STEPS, 25),
        "learning_rate": Slider("learning rate η", spiral_network.learning_rate, 0, 4, 0.05),
        "neurons": Slider("hidden neurons", 16, 0, MOST_NEURONS, 1),
        "seed": Slider("seed", 0, 0, 19, 1),
        "play": Play("steps", interval=500),
    }
    panels = (
        Panel(
            "x₁",
            "x₂",
            (-REACH, REACH),
            (-REACH, REACH),
            share=0.8,
            settings={"aspect": "equal", "xticks": (-1, 0, 1), "yticks": (-1, 0, 1)},
        ),
        Panel(
            "step", "loss (powers of ten)", (0, MOST_STEPS), (3e-4, 60), settings={"yscale": "log"}
        ),
    )
    size = (9, 3.9)
    picture = (
        "Left, 150 points of three classes, and the class that a network {with_neurons} predicts "
        "at each place, after {steps} of {most} steps with η = {learning_rate}: {right} points "
        "are right. {rings} Right, the loss over the steps, from {first} to {last}."
    )
    readings = (
        Reading("loss", "loss", "loss"),
        Reading("loss_by_hand", "loss by your gradient", "gradient"),
        Reading("right", "right, of 150", "prediction"),
        Reading("wrong", "points wrong", "prediction"),
        Reading("difference", "largest difference of the gradients", "gradient"),
        Reading("agreement", "both gradients"),
    )
    sentences = {
        "diverged": "The parameters have grown beyond every number: this run has diverged.",
        "not moved": "This is the start: nothing has moved yet.",
        "all right": "All 150 points are right.",
        "on its way": "{so_far} {still_wrong} still wrong.",
    }

    def compute(self, **values):
        own = self._derivative.function if self.report is not None else None
        with one_thread():
            return run_spiral(**values, gradient=own)

    def phrases(self, state):
        at_end = state.steps == MOST_STEPS
        neurons = f"{state.neurons} hidden neuron{'s' if state.neurons > 1 else ''}"
        return {
            "with_neurons": f"with {neurons}" if state.neurons else "without a hidden layer",
            "first": significant(state.first_loss, 3),  # the same on every machine
            "last": significant(state.loss, 3),
            "rings": RINGS[min(state.wrong, 2)],
            "still_wrong": "1 point is" if state.wrong == 1 else "{wrong} points are",
            "so_far": "After the last step" if at_end else "The network is on its way:",
            "most": str(MOST_STEPS),
            "difference": difference(state.by_hand, state.by_autograd),
        }

    def notices(self, state):
        yield from super().notices(state)
        if not state.neurons:
            yield "Without a hidden layer, every boundary between two classes is a straight line."
            if state.by_hand is None:
                yield "Your derivative gives nothing here: it may be for a network that has one."

    def read(self, state):
        shown = super().read(state)
        return by_autograd_alone(shown) if self.report is None else shown

    def still_key(self, state):
        return [end_of(state.steps)]

    def draw_still(self, state, plane, curve):
        curve.set_xlim(0, ROOM * end_of(state.steps))
        draw_bar(1, curve, gid="track", color="#E3E3E3")

    def draw(self, state, plane, curve):
        X, Y = state.at["X"], state.at["Y"]
        plot_regions(state.regions, ax=plane)
        plot_classes(X, Y, ax=plane)
        plot_rings(X[state.is_wrong], ax=plane)

        plots.plot_losses(state.losses, state.losses_by_hand, ax=curve)
        plots.plot_point(state.steps, state.loss, ax=curve, label="now")
        draw_bar(state.steps / MOST_STEPS, curve, gid="progress", role="step")
        text = f"step {state.steps} of {MOST_STEPS} · {state.right} of {len(Y)} right"
        style = {"transform": curve.transAxes, "ha": "left", "va": "top"}
        plots.plot_text(BAR[0][0], BAR[1] - 0.03, text, ax=curve, gid="progress text", **style)


def end_of(steps):
    """Where the axis of the steps ends, so that the curve has room and fills it."""
    return next(end for end in ENDS if steps <= end)


def draw_bar(share, ax, **style):
    """A bar across the top of the Axes, as far as a share of its length."""
    (left, right), height = BAR
    style = {"lw": 6, "solid_capstyle": "butt", "transform": ax.transAxes, **style}
    plots.plot_line((left, left + share * (right - left)), (height, height), ax=ax, **style)


def difference(by_hand, by_autograd):
    """The largest difference of two gradients, in words where it is rounding."""
    if by_hand is None:
        return "none"
    largest = max(abs(one - other) for one, other in zip(by_hand, by_autograd, strict=True))
    return f"below {significant(ROUNDING)}" if largest < ROUNDING else significant(largest, 3)


def explore_spiral(gradient=None):
    """Sliders for the training of a network on a spiral: its steps, η, neurons and start.

    Args:
        gradient: your own derivatives of the mean cross-entropy, a function of W1, b1, W2, b2, X
            and Y that returns four tables. The losses of a run by it are drawn beside those of
            autograd's, whatever it gives.

    Returns:
        Explorer
    """
    return SpiralExplorer(gradient)
