"""The live autograd graph of lesson 02: every number in it follows the sliders."""

from itertools import product

import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyBboxPatch

from helpers.compute.problems import neuron
from helpers.compute.texts import read_number
from helpers.explorers import explore_graph
from tests.explorers.seen import looks, reading

NUMBERS = {"w": torch.tensor([1.5409961]), "b": -1.0, "x": 2.0, "y": 5.0}


def of_a_neuron(wrt=("w", "b")):
    return explore_graph(neuron, wrt=wrt, at=NUMBERS, names=("a", "ŷ", "r", "L"))


def shown(explorer):
    drawn = explorer.artists.items()
    return {name: artist.get_text() for name, artist in drawn if artist.get_visible()}


@pytest.mark.parametrize("x", [-1.0, 0.0, 3.5])
def test_the_numbers_of_the_polynomial_follow_x(x):
    explorer = explore_graph()
    explorer.controls["x"].value = x
    wanted = {
        "value x": x,
        "value a": x**2,
        "value c": 2 * x,
        "value s": x**2 + 2 * x,
        "value y": (x + 1) ** 2,
        "gradient x": 2 * x + 2,
        "gradient a": 1,
        "factor x a": 2 * x,
        "factor x c": 2,
        "factor s y": 1,
    }
    texts = shown(explorer)
    for name, value in wanted.items():
        text = texts[name].split()[-1].replace("−", "-")
        assert float(text) == pytest.approx(value), name
    assert float(reading(explorer, "dx")) == pytest.approx(2 * x + 2)


def test_it_begins_at_the_exact_numbers_and_reset_brings_them_back():
    explorer = of_a_neuron()
    w = explorer.controls["w"]
    assert (w.value, w.min, w.max, w.step) == (1.54, -2, 5, 0.01)
    start = str(explorer.words), shown(explorer), explorer._png()
    assert reading(explorer, "dw") == "−11.6720" and reading(explorer, "db") == "−5.8360"
    explorer.controls["w"].value = 2.0
    assert str(explorer.words) != start[0] and explorer._png() != start[2]
    explorer.controls["reset"].click()
    assert (str(explorer.words), shown(explorer), explorer._png()) == start


def test_the_ratio_of_the_gradients_is_x():
    """What the lesson has the reader find out."""
    explorer = of_a_neuron()
    for w, x in product((0.5, 2.0), (1.0, 3.0)):
        explorer.controls["w"].value, explorer.controls["x"].value = w, x
        assert read_number(reading(explorer, "dw")) == pytest.approx(
            x * read_number(reading(explorer, "db"))
        )


def test_the_words_tell_each_way_back():
    assert "Back to x: 1 × 4 by way of a and 1 × 2 by way of c, together 6." in str(
        explore_graph().words.notice
    )
    words = of_a_neuron(wrt=("w", "b", "x")).words
    assert words.notice.endswith("Back to x: −5.836 × 1.541 by way of a, that is −8.9933.")
    assert "a = w · x = 3.082" in words.picture and "gradients: L 1, r −5.836" in words.picture


def test_a_fact_has_no_gradient_until_it_is_asked_for():
    assert "gradient x" not in shown(of_a_neuron())
    assert shown(of_a_neuron(("w", "b", "x")))["gradient x"] == "gradient −8.9933"


def test_two_ways_between_the_same_boxes_both_follow():
    explorer = explore_graph(lambda u, v: u * v + v * v, wrt=("u", "v"), at={"u": 1.0, "v": 2.0})
    explorer.controls["v"].value = 3.0
    texts = shown(explorer)
    assert texts["factor v v2"] == texts["factor v v2 2"] == "× 3"
    assert texts["gradient v"] == "gradient 7"


@pytest.mark.parametrize("end", ["min", "max"])
def test_every_text_stays_in_its_box(end):
    explorer = of_a_neuron(("w", "b", "x", "y"))
    for control in list(explorer.controls.values())[:-1]:
        control.value = getattr(control, end)
    explorer.move(b=-123456.7)
    (ax,), renderer = explorer.figure.axes, FigureCanvasAgg(explorer.figure).get_renderer()
    patches = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    boxes = dict(zip(explorer.state.nodes, patches, strict=True))
    for gid, artist in explorer.artists.items():
        what, name = gid.split(" ", 1)
        if what in ("value", "gradient"):
            text, box = (one.get_window_extent(renderer) for one in (artist, boxes[name]))
            assert box.x0 <= text.x0 and text.x1 <= box.x1, (gid, artist.get_text())


def by_cases(x):
    if x > 1:
        return x * x
    return 3 * x if x > 0 else 0 * x.detach()


def test_a_loss_may_take_other_steps_at_other_numbers():
    explorer = explore_graph(by_cases, wrt="x", at={"x": 2.0})
    assert "factor x v1 2" in shown(explorer)
    explorer.controls["x"].value = 0.5
    assert "factor x v1 2" not in shown(explorer) and "v1 = 3 · x" in explorer.words.picture
    assert shown(explorer)["value v1"] == "value 1.5"
    new = explore_graph(by_cases, wrt="x", at={"x": 0.6})
    explorer.controls["x"].value = 0.6
    assert looks(explorer) == looks(new)


def test_where_there_is_no_graph_the_sliders_go_on():
    explorer = explore_graph(by_cases, wrt="x", at={"x": 2.0})
    explorer.controls["x"].value = -1.0
    assert "through autograd" in str(explorer.words) and explorer.error
    explorer.controls["x"].value = 3.0
    assert reading(explorer, "dx") == "6.0000" and explorer.error is None


def test_a_tensor_of_several_numbers_has_no_slider():
    at = {"w": 2.0, "x": torch.tensor([1.0, 2.0])}
    explorer = explore_graph(lambda w, x: (w * x).sum(), wrt="w", at=at)
    assert list(explorer.controls) == ["w", "reset"]
    explorer.controls["w"].value = 3.0
    assert (reading(explorer, "v2"), reading(explorer, "dw")) == ("9.0000", "3.0000")


def test_what_the_reader_passed_is_left_alone():
    before = NUMBERS["w"].clone()
    explorer = of_a_neuron()
    explorer.controls["w"].value = 0.0
    assert torch.equal(NUMBERS["w"], before) and not NUMBERS["w"].requires_grad


def test_every_number_has_its_slider_and_whole_numbers_have_none():
    at = {"w": torch.tensor(1.0, requires_grad=True), "x": 2.0, "n": torch.tensor(3)}
    explorer = explore_graph(lambda w, x, n: (w * x**2 - n) ** 2, wrt="w", at=at)
    assert list(explorer.controls) == ["w", "x", "reset"]
    explorer.controls["x"].value = 3.0
    assert reading(explorer, "dw") == "108.0000"


def test_half_an_example_is_refused():
    for given in ({"at": {"x": 5.0}}, {"loss": neuron}, {"loss": neuron, "wrt": "w"}):
        with pytest.raises(ValueError, match="together"):
            explore_graph(**given)
