"""What every explorer keeps, whoever declared it: all of them are found, README's among them."""

import asyncio
import base64
import gc
import inspect
import io
import re
import threading
import time
import weakref
from itertools import combinations, product
from random import Random

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from PIL import Image

from helpers import explorers
from helpers.explorers.base import OUTSIDE, Explorer
from helpers.show.live import LiveFigure
from tests.explorers.own import own_explorer
from tests.explorers.seen import looks, picture, set_to, stops

EXPLORERS = {name: getattr(explorers, name) for name in explorers.__all__}
EXPLORERS["README"] = own_explorer
WITH_GRADIENT = [
    name for name, make in EXPLORERS.items() if "gradient" in inspect.signature(make).parameters
]
WALKING = [name for name, make in EXPLORERS.items() if make().walks]
DIVERGING = dict.fromkeys(WALKING, 50.0)  # learning rates beyond the sliders
DIVERGING["explore_yes_no"] = 1e308  # its gradient has a limit, so no smaller rate diverges
BOUNDED = {"explore_classes"}  # no gradient is above 1 there, and no descent diverges


@pytest.fixture(params=EXPLORERS)
def make(request):
    return EXPLORERS[request.param]


def valued(explorer):
    return {name: explorer.controls[name] for name in explorer.values}


def press_all(explorer):
    """Presses every button but Reset."""
    for name, control in explorer.controls.items():
        if isinstance(control, widgets.Button) and name != "reset":
            control.click()


def test_every_explorer_that_is_declared_is_here():
    made = {type(make()).__name__ for make in EXPLORERS.values()}
    assert made == {kind.__name__ for kind in Explorer.__subclasses__()}


def test_every_control_changes_what_is_seen_through_its_whole_range(make):
    explorer = make()
    for name, control in valued(explorer).items():
        start, seen = control.value, []
        for value in stops(control):
            control.value = value
            assert explorer.values[name] == value and explorer.error is None
            seen.append(looks(explorer))
        for what, kinds in zip(("words", "picture"), zip(*seen, strict=True), strict=True):
            different = len(set(kinds))
            assert different > 0.8 * len(seen), f"{name} changes the {what} {different} times only"
        control.value = start


def test_every_corner_of_the_controls_is_drawn(make):
    explorer = make()
    ends = {name: (stops(c)[0], stops(c)[-1]) for name, c in valued(explorer).items()}
    corners = list(product(*ends.values()))
    # Of seven sliders and more, a sample: any three of them meet in all of their ends there.
    for corner in corners if len(corners) <= 64 else Random(0).sample(corners, 64):
        explorer.move(**dict(zip(ends, corner, strict=True)))
        press_all(explorer)
        assert explorer.error is None
        assert picture(explorer).std() > 1 and explorer.words.picture


def test_after_any_moves_it_looks_like_a_new_one(make):
    """Nothing of an earlier state is left in the picture, and no still part is out of date."""
    moved, new = make(), make()
    for control in valued(moved).values():
        control.value = stops(control)[0]
        control.value = stops(control, 4)[1]
    new.move(**moved.values)
    assert looks(moved) == looks(new)
    other = make()
    other.values.update(moved.values)
    other._live = other._still_at = None  # so that all is drawn for the first time
    other.update()
    assert np.array_equal(picture(other), picture(moved))


def test_reset_brings_back_the_first_state(make):
    explorer = make()
    first, state = looks(explorer), explorer.state
    for control in valued(explorer).values():
        control.value = stops(control)[-1]
    press_all(explorer)
    assert looks(explorer) != first
    explorer.controls["reset"].click()
    assert looks(explorer) == first and explorer.state == state


def test_it_shows_one_bundle_with_the_widget_its_picture_and_its_words(make, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "helpers.show.page.display", lambda data, **options: shown.append((data, options))
    )
    explorer = make()
    explorer._ipython_display_()
    ((bundle, options),) = shown
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert bundle["text/plain"] == str(explorer.words)
    assert options["metadata"]["image/png"]["alt"] == explorer.words.picture


def test_the_page_has_the_words_and_numbers_of_the_state(make):
    explorer = make()
    before = explorer._view.value
    name, control = next(iter(valued(explorer).items()))
    set_to(explorer, **{name: stops(control)[-1]})
    after = explorer._view.value
    assert before != after and f'alt="{explorer.words.picture}"' in after
    for one in explorer.words.readings:
        assert f'data-name="{one.name}"' in after and one.text in after


async def rested(make, monkeypatch):
    """The page of an explorer right after a move, and when it has rested."""
    monkeypatch.setattr("helpers.explorers.base.REST", 0)
    explorer = make()
    name, control = next(iter(valued(explorer).items()))
    set_to(explorer, **{name: stops(control)[-1]})
    moved = explorer._view.value
    await asyncio.sleep(0.01)
    return moved, explorer._view.value


def test_at_rest_it_shows_the_same_picture_with_more_pixels(make, monkeypatch):
    moved, rests = asyncio.run(rested(make, monkeypatch))
    (light, around), (sharp, around_too) = map(picture_in, (moved, rests))
    assert around == around_too
    assert sharp.width == 2 * light.width
    assert abs(sharp.height - 2 * light.height) <= 1  # half a pixel is cut off


def test_a_move_while_it_draws_sharply_is_what_is_seen(monkeypatch):
    """Where sliders are answered in another thread than the rest."""
    explorer, new = explorers.explore_step(), explorers.explore_step()
    drawing, draw = threading.Event(), LiveFigure.sharp_png

    def slowly(live):
        live.figure.dpi *= 2
        drawing.set()
        time.sleep(0.1)
        live.figure.dpi /= 2
        return draw(live)

    monkeypatch.setattr(LiveFigure, "sharp_png", slowly)
    sharpen = threading.Thread(target=explorer._attempt, args=[explorer._sharpen, explorer._shown])
    sharpen.start()
    drawing.wait()
    for one in explorer, new:
        one.controls["w"].value = 3.0
    sharpen.join()
    assert explorer.error is None and looks(explorer) == looks(new)
    assert explorer._view.value == new._view.value


def picture_in(page):
    """The picture in a page, and the page without it."""
    before, data, after = re.split(r"data:image/png;base64,([^\"]*)", page)
    return Image.open(io.BytesIO(base64.b64decode(data))), before + after


def labels(ax):
    """The boxes of all labels that belong to Axes, in pixels."""
    legend, texts = ax.get_legend(), []
    for axis, (low, high) in (ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim()):
        ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        texts += [axis.label, *(tick.label1 for tick in ticks)] if ax.axison else []
    texts += legend.get_texts() if legend else []
    return [text.get_window_extent() for text in texts if text.get_text()]


def test_no_label_is_cut_off_or_lies_over_another(make):
    explorer = make()
    figure = explorer.figure
    picture(explorer)
    boxes = [box for ax in figure.axes for box in labels(ax)]
    for box in boxes:
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1, box
        assert box.y0 >= 0 and box.y1 <= figure.bbox.y1, box
    for one, other in combinations(boxes, 2):
        assert not one.padded(-1).overlaps(other), (one, other)


class Slip(Exception):  # noqa: N818
    """What a test raises in an explorer."""


@pytest.mark.parametrize("part", ["compute", "draw", "notices"])
def test_what_raises_takes_the_place_of_the_picture_until_the_next_move(make, part, monkeypatch):
    def slip(*_, **__):
        raise Slip("a {slip} <of> mine")

    explorer, new = make(), make()
    name, control = next(iter(valued(explorer).items()))
    first, *_, last = stops(control)
    monkeypatch.setattr(type(explorer), part, slip)
    set_to(explorer, **{name: first})
    page = explorer._view.value
    assert "Slip: a {slip} &lt;of&gt; mine." in page and "<img" not in page
    assert isinstance(explorer.error, Slip) and "Slip" in str(explorer.words)
    monkeypatch.undo()
    for one in explorer, new:
        set_to(one, **{name: last})
    assert explorer.error is None and looks(explorer) == looks(new)


def test_what_raises_at_the_start_is_raised():
    class Slipping(Explorer):
        def compute(self):
            raise Slip

    with pytest.raises(Slip):
        Slipping()


BAD = {
    "dots": lambda *_, **__: ...,
    "none": lambda *_, **__: None,
    "text": lambda *_, **__: "text",
    "nan": lambda *_, **__: float("nan"),
    "infinite": lambda *_, **__: float("inf"),
    "huge": lambda *_, **__: 1e300,
    "shape": lambda *_, **__: torch.ones(3, 5),
    "two": lambda *_, **__: (None, 1.0),
    "raises": lambda *_, **__: 1 / 0,
    "no arguments": lambda: 1,
    "no function": "text",
    "a tensor": torch.zeros(2, 1),
    "a number": 3.0,
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_whatever_the_reader_gives_it_goes_on(name, bad):
    explorer = EXPLORERS[name](BAD[bad])
    press_all(explorer)
    for control in valued(explorer).values():
        control.value = stops(control)[-1]
    assert explorer.error is None
    assert explorer.report.ok is not True
    assert f"The check says: {explorer.report.hint}" in explorer.words.notice
    shown = {r.name: r.text for r in explorer.words.readings}
    assert "none yet" not in {text for n, text in shown.items() if n.startswith("by_autograd")}
    if bad not in ("nan", "infinite", "huge", "a number"):
        assert shown["agreement"] == "cannot be compared"


@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_the_right_derivative_agrees_everywhere(name):
    explorer = EXPLORERS[name](EXPLORERS[name]().problem.gradient)
    for control in reversed(valued(explorer).values()):  # a long training comes last
        for value in stops(control, 5):
            control.value = value
            if explorer.state.agree is not None:
                assert explorer.state.agree, (explorer.values, str(explorer.words))
    assert explorer.report.ok and "The check says" not in explorer.words.notice


@pytest.mark.parametrize("name", WALKING)
def test_steps_leave_a_path_that_ends_where_the_reader_takes_over(name):
    explorer, other = EXPLORERS[name](), EXPLORERS[name]()
    for _ in range(explorer.many or 3):
        end = explorer.state.end
        explorer.controls["step"].click()
        assert [explorer.values[one] for one in explorer.walks] == list(end)
    assert len(explorer.state.path) == (explorer.many or 3)
    if explorer.many:
        other.controls["steps"].click()
        assert looks(other) == looks(explorer)
    explorer.controls["learning_rate"].value = stops(explorer.controls["learning_rate"])[-1]
    assert len(explorer.state.path) == (explorer.many or 3)
    control = explorer.controls[explorer.walks[0]]
    control.value = stops(control)[0]
    assert explorer.state.path == ()


@pytest.mark.parametrize("name", DIVERGING)
def test_divergence_is_drawn_and_said_to_the_end_of_all_numbers(name):
    explorer = EXPLORERS[name]()
    explorer.values["learning_rate"] = DIVERGING[name]
    explorer.walk(250)
    explorer.controls["step"].click()
    assert explorer.error is None and OUTSIDE in explorer.words.notice
    assert np.isfinite(explorer.state.loss) == (name in BOUNDED)
    assert len(explorer.state.path) == 200 and picture(explorer).std() > 1
    for one in explorer.walks:
        control = explorer.controls[one]
        assert control.min <= control.value <= control.max
    explorer.controls["reset"].click()
    assert looks(explorer) == looks(EXPLORERS[name]())


def test_nothing_is_kept_of_an_explorer_whose_widgets_are_closed(make):
    figure = weakref.ref(make().figure)
    widgets.Widget.close_all()
    gc.collect()
    assert figure() is None
