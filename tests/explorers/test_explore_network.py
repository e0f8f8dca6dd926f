"""The explorer of lesson 08: two hidden neurons, forward in black and backward in orange."""

from itertools import combinations

import numpy as np
import pytest

from helpers.explorers import explore_network
from helpers.show.colours import COLOURS
from tests.explorers.seen import drawn, is_seen, picture, reading, set_to

NAMES = ("w1", "b1", "w2", "b2", "v1", "v2", "c")
LABELS = ("w₁", "b₁", "w₂", "b₂", "v₁", "v₂", "c")
WAYS = {"w1": "x h₁", "w2": "x h₂", "v1": "h₁ ŷ", "v2": "h₂ ŷ"}
ONE = "one sample"
STARTS = {
    ONE: (-1, 5, 2, 1, -3, 2, 0),
    "the tent, η = 0.05": (1, 0.5, 1, -0.5, 1, -1, 0),
    "the tent, η = 0.2": (1, 0.5, 1, -0.5, 1, -1, 0),
}
RATES = dict(zip(STARTS, (0.01, 0.05, 0.2), strict=True))
SAMPLES = {ONE: ([2.0], [0.0])}
TENT = ([0.0, 1.0, 2.0], [0.0, 1.0, 0.0])


def predicted(parameters, x):
    w1, b1, w2, b2, v1, v2, c = parameters
    return v1 * np.maximum(w1 * x + b1, 0) + v2 * np.maximum(w2 * x + b2, 0) + c


def loss_of(parameters, x, y):
    return np.mean((predicted(parameters, np.array(x)) - y) ** 2)


def gradient_of(parameters, xs, ys):
    """The seven derivatives, sample by sample, and their mean."""
    w1, b1, w2, b2, v1, v2, _ = parameters
    rows = []
    for x, y in zip(xs, ys, strict=True):
        z1, z2, d = w1 * x + b1, w2 * x + b2, 2 * (predicted(parameters, x) - y)
        d1, d2 = d * v1 * (z1 > 0), d * v2 * (z2 > 0)
        rows.append([d1 * x, d1, d2 * x, d2, d * max(z1, 0), d * max(z2, 0), d])
    return np.mean(rows, axis=0)


def text(explorer, gid):
    """What a text says, with the minus sign of a keyboard; nothing where it is not to be seen."""
    found = explorer.artists[gid].get_text() if is_seen(explorer, gid) else ""
    return found.replace("−", "-")


def beside(explorer, name):
    """The text of a parameter and of its gradient."""
    gid = WAYS.get(name, name)
    return text(explorer, f"{gid} text"), text(explorer, f"{gid} back")


def test_the_figures_of_the_lesson_stand_in_the_picture():
    explorer = explore_network()
    assert explorer.state.by_autograd == (-12, -6, 8, 4, 6, 10, 2) and explorer.state.agree is True
    numbers = zip(LABELS, NAMES, STARTS[ONE], (-12, -6, 8, 4, 6, 10, 2), strict=True)
    for label, name, value, slope in numbers:
        assert beside(explorer, name) == (f"{label} {value}", str(slope))
    assert beside(explorer, "x") == ("x\n2", "") and beside(explorer, "ŷ") == ("ŷ\n1", "2")
    assert beside(explorer, "h₁") == ("h₁\n3", "-6") and beside(explorer, "h₂") == ("h₂\n5", "4")
    for gid in "b1 back", "x h₁ back", "ŷ back":
        assert explorer.artists[gid].get_color() == COLOURS["gradient"]
    assert "they add −9 and 10, and the prediction is 1." in explorer.words.picture
    assert "w₁ = −1, b₁ = 5, w₂ = 2, b₂ = 1, v₁ = −3, v₂ = 2, c = 0" in explorer.words.picture
    assert reading(explorer, "next_loss") == "0.9960"
    assert not [one.name for one in explorer.words.readings if "by_hand" in one.name]


@pytest.mark.parametrize("data", STARTS)
@pytest.mark.parametrize(("w1", "x"), [(-2.5, 0.0), (-2.5, 2.5), (1.5, 2.5)])
def test_what_is_drawn_is_the_mathematics(data, w1, x):
    explorer = explore_network()
    set_to(explorer, data=data, x=x, w1=w1)
    parameters = np.array([w1, *STARTS[data][1:]], dtype=float)
    samples = ([x], [0.0]) if data == ONE else TENT
    gradient = gradient_of(parameters, *samples)
    assert explorer.state.by_autograd == pytest.approx(gradient)
    assert explorer.state.by_hand == pytest.approx(gradient)
    assert explorer.state.loss == pytest.approx(loss_of(parameters, *samples))

    xs, curve = drawn(explorer, "prediction")
    assert curve == pytest.approx(predicted(parameters, xs))
    assert drawn(explorer, "next prediction")[1] == pytest.approx(
        predicted(parameters - RATES[data] * gradient, xs)
    )
    _, b1, w2, b2, v1, v2, _ = parameters
    assert drawn(explorer, "first")[1] == pytest.approx(v1 * np.maximum(w1 * xs + b1, 0))
    assert drawn(explorer, "second")[1] == pytest.approx(v2 * np.maximum(w2 * xs + b2, 0))
    assert drawn(explorer, "data").tolist() == [list(row) for row in samples]
    assert drawn(explorer, "predicted").ravel() == pytest.approx([x, predicted(parameters, x)])
    assert explorer.figure.axes[0].get_ylim() == ((-11, 11) if data == ONE else (-2.2, 2.2))

    for name, value, slope in zip(NAMES, parameters, gradient, strict=True):
        shown, back = beside(explorer, name)
        assert float(shown.split()[1]) == pytest.approx(value, rel=1e-2)
        assert float(back) == pytest.approx(slope, rel=1e-2, abs=1e-4)
    h1, h2 = max(w1 * x + b1, 0), max(w2 * x + b2, 0)
    d = 2 * predicted(parameters, x)
    backs = {"h₁": (h1, d * v1 * (h1 > 0)), "h₂": (h2, d * v2 * (h2 > 0)), "ŷ": (d / 2, d)}
    for name, (value, comes_back) in backs.items():
        shown, back = beside(explorer, name)
        assert float(shown.split("\n")[1]) == pytest.approx(value, rel=1e-2, abs=1e-4)
        if data == ONE:
            assert float(back) == pytest.approx(comes_back, rel=1e-2, abs=1e-4)
        else:
            assert back == ""
    off = [label for label, h in (("h₁", h1), ("h₂", h2)) if h == 0]
    for name in ("h₁", "h₂"):
        grey = explorer.artists[name].get_markerfacecolor() != "white"
        assert grey == (name in off)
        assert (name in explorer.words.notice) == (name in off)


def test_edges_are_as_thick_as_their_weights_and_dashed_below_0():
    explorer = explore_network()
    widths = []
    for weight in (-6.0, -2.0, -0.1, 0.0, 0.1, 2.0, 6.0):
        set_to(explorer, w1=weight)
        edge, other = explorer.artists["x h₁"], explorer.artists["x h₂"]
        widths.append(edge.get_linewidth())
        assert edge.get_color() == COLOURS["data" if weight < 0 else "prediction"]
        assert (edge.get_linestyle() != "-") == (weight < 0)
        assert other.get_linestyle() == "-" and other.get_color() == COLOURS["prediction"]
    assert widths == widths[::-1] and np.diff(widths[3:]).min() > 0
    assert drawn(explorer, "x h₁").T.tolist() == [[0, 0], [1, 0.65]]
    assert drawn(explorer, "h₂ ŷ").T.tolist() == [[1, -0.65], [2, 0]]


def test_no_text_of_the_network_lies_over_another():
    explorer = explore_network()
    for data in STARTS:
        set_to(explorer, data=data)
        explorer.controls["steps"].click()
        picture(explorer)
        texts = [one for one in explorer.figure.axes[1].texts if one.get_visible()]
        boxes = [(one.get_text(), one.get_window_extent()) for one in texts if one.get_text()]
        for (one, first), (other, second) in combinations(boxes, 2):
            assert not first.padded(-1).overlaps(second), (one, other)


def test_each_choice_of_data_begins_at_its_own_start():
    explorer = explore_network()
    for data in (*list(STARTS)[::-1], *list(STARTS)[1:]):
        set_to(explorer, x=1.0, w1=4.0, c=-2.0)
        set_to(explorer, data=data)
        assert tuple(explorer.values[name] for name in NAMES) == STARTS[data]
        assert tuple(explorer.controls[name].value for name in NAMES) == STARTS[data]
        assert explorer.values["x"] == 1.0


@pytest.mark.parametrize("data", STARTS)
def test_the_buttons_walk_the_rule(data):
    explorer, many = explore_network(), explore_network()
    parameters, samples = np.array(STARTS[data], dtype=float), SAMPLES.get(data, TENT)
    for one in explorer, many:
        set_to(one, data=data)
    for step in range(50):
        parameters = parameters - RATES[data] * gradient_of(parameters, *samples)
        if step < 3:
            assert explorer.state.end == pytest.approx(parameters)
            explorer.controls["step"].click()
            assert [explorer.values[name] for name in NAMES] == pytest.approx(parameters.tolist())
    many.controls["steps"].click()
    assert [many.values[name] for name in NAMES] == pytest.approx(parameters.tolist())


def test_the_tent_is_learned_with_one_rate_and_a_neuron_dies_with_the_other():
    explorer, last = explore_network(), {}
    for data in list(STARTS)[1:]:
        set_to(explorer, data=data)
        for _ in range(6):
            explorer.controls["steps"].click()
        last[data] = explorer.state.loss
        for x in (0.0, 1.0, 2.0):
            set_to(explorer, x=x)
            assert ("h₁" in explorer.words.notice) == (explorer.state.h1 == 0)
    slow, fast = last.values()
    assert slow < 0.001 and fast == pytest.approx(1 / 6) and explorer.state.h1 == 0
    assert "All gradients are 0: no step moves anything." in explorer.words.notice


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "The step leads lower: the loss goes from 1 to 0.996."),
        ({"w1": -3.0}, "At this input h₁ is off. The step leads"),
        ({"w1": -3.0, "w2": -3.0, "c": 1.0}, "At this input h₁ and h₂ are off. The step leads"),
        ({"w1": -3.0, "w2": -3.0}, "All gradients are 0: no step moves anything."),
        ({"v1": -6.0}, "The step leads higher: the loss goes from 64 to 347.4496."),
    ],
)
def test_the_words_say_what_the_step_does(values, words):
    explorer = explore_network()
    set_to(explorer, **values)
    assert words in explorer.words.notice


def test_a_step_too_small_to_be_read_is_said_to_be_one():
    explorer = explore_network()
    for _ in range(3):
        explorer.controls["steps"].click()
    assert "leads lower: the loss changes by less than 0.0001." in explorer.words.notice


@pytest.mark.parametrize("weight", [1e200, np.inf, np.nan])
def test_divergence_is_drawn_and_said(weight):
    explorer = explore_network()
    explorer.values["w1"] = weight  # beyond the slider
    explorer.update()
    assert explorer.error is None and "this descent has diverged" in explorer.words.notice
    explorer.controls["step"].click()
    assert explorer.error is None and "this descent has diverged" in explorer.words.notice


def test_a_first_look_shows_no_gradient_anywhere():
    explorer, full = explore_network(shows_gradients=False), explore_network()
    assert list(explorer.controls) == [*NAMES, "x", "data", "reset"]
    assert [one.name for one in explorer.words.readings] == ["prediction", "loss"]
    for values in {}, {"w1": -6.0}, {"data": "the tent, η = 0.2"}:
        for one in explorer, full:
            set_to(one, **values)
        for name in (*NAMES, "x", "h₁", "h₂", "ŷ"):
            shown, back = beside(explorer, name)
            assert shown == beside(full, name)[0] and back == ""
        assert "step" not in explorer.words.notice and "gradient" not in explorer.words.notice
        assert drawn(explorer, "prediction").tolist() == drawn(full, "prediction").tolist()
        for gid in "next prediction", "gradient text":
            assert is_seen(full, gid) and not is_seen(explorer, gid)
    set_to(explorer, w1=-6.0, data=ONE)
    set_to(explorer, w1=-6.0)
    assert explorer.words.notice == "At this input h₁ is off."


def test_the_readers_derivative_is_for_one_sample_and_its_mean_is_shown_for_several():
    seen = []

    def doubled(w1, b1, w2, b2, v1, v2, c, x, y):
        """For one sample, and twice too large by c."""
        seen.append(x.numel())
        d = 2 * (v1 * (w1 * x + b1).relu() + v2 * (w2 * x + b2).relu() + c - y)
        d1, d2 = d * v1 * (w1 * x + b1 > 0), d * v2 * (w2 * x + b2 > 0)
        return d1 * x, d1, d2 * x, d2, d * (w1 * x + b1).relu(), d * (w2 * x + b2).relu(), 2 * d

    explorer = explore_network(doubled)
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice
    assert reading(explorer, "by_hand.6") == "4.0000" and explorer.state.agree is False
    seen.clear()
    set_to(explorer, data="the tent, η = 0.05")
    assert set(seen) == {1}
    gradient = gradient_of(STARTS["the tent, η = 0.05"], *TENT)
    assert explorer.state.by_hand == pytest.approx([*gradient[:6], 2 * gradient[6]])
    assert explorer.state.by_autograd == pytest.approx(gradient)
    assert reading(explorer, "agreement") == "differ here"
