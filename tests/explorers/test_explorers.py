"""Every explorer, moved through the whole range of each of its controls."""

import io
import math
import time

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from PIL import Image

from helpers import explorers
from helpers.explorers import explore_step, explore_weight

EXPLORERS = {name: make for name, make in vars(explorers).items() if name.startswith("explore_")}


def sliders(explorer):
    return {n: c for n, c in explorer.controls.items() if isinstance(c, widgets.FloatSlider)}


def picture(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer._png())))


def reading(explorer, name):
    return next(r.text for r in explorer.words.readings if r.name == name)


def data(explorer, name):
    return [np.asarray(v).tolist() for v in explorer.artists[name].get_data()]


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_slider_survives_its_whole_range_and_changes_what_is_seen(name):
    explorer = EXPLORERS[name]()
    for control, slider in sliders(explorer).items():
        start, seen, pictures = slider.value, set(), set()
        for value in np.linspace(slider.min, slider.max, 21):
            slider.value = float(value)
            assert explorer.values[control] == pytest.approx(value)
            seen.add(str(explorer.words))
            pictures.add(picture(explorer).tobytes())
        assert len(seen) > 10, f"{control} changes the words {len(seen)} times only"
        assert len(pictures) > 10, f"{control} changes the picture {len(pictures)} times only"
        slider.value = start


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_corner_of_the_controls_is_drawn(name):
    explorer = EXPLORERS[name]()
    for corner in range(2 ** len(sliders(explorer))):
        for bit, slider in enumerate(sliders(explorer).values()):
            slider.value = slider.max if corner >> bit & 1 else slider.min
        for control in explorer.controls.values():
            if isinstance(control, widgets.Button):
                control.click()
        assert picture(explorer).std() > 1
        assert explorer.words.picture in str(explorer.words).replace("\n", " ")


@pytest.mark.parametrize("name", EXPLORERS)
def test_reset_brings_back_the_first_state(name):
    explorer = EXPLORERS[name]()
    first, first_picture = explorer.state, picture(explorer)
    for slider in sliders(explorer).values():
        slider.value = slider.max
    assert explorer.state != first
    explorer.controls["reset"].click()
    assert explorer.state == first
    assert np.array_equal(picture(explorer), first_picture)


@pytest.mark.parametrize("name", EXPLORERS)
def test_it_shows_one_bundle_with_the_widget_its_picture_and_its_words(name, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "helpers.show.page.display", lambda data, **options: shown.append((data, options))
    )
    explorer = EXPLORERS[name]()
    explorer._ipython_display_()
    ((bundle, options),) = shown
    assert set(bundle) == {
        "application/vnd.jupyter.widget-view+json",
        "image/png",
        "text/plain",
    }
    assert bundle["text/plain"] == str(explorer.words)
    assert options["metadata"]["image/png"]["alt"] == explorer.words.picture


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_picture_in_the_page_has_the_words_of_its_state_as_alt_text(name):
    explorer = EXPLORERS[name]()
    before = explorer._view.value
    next(iter(sliders(explorer).values())).value += 0.3
    after = explorer._view.value
    assert before != after
    assert f'alt="{explorer.words.picture}"' in after
    for r in explorer.words.readings:
        assert f'data-name="{r.name}"' in after and r.text in after


def test_the_slider_of_notebook_00():
    explorer = explore_weight()
    explorer.controls["w"].value = 2.0
    assert explorer.state.residual == 0
    assert "through the point" in explorer.words.picture


def test_the_figures_of_the_first_lesson():
    state = explore_step().state
    assert (state.prediction, state.loss, state.by_autograd) == (1.0, 1.0, -2.0)
    assert state.by_hand == -2.0 and state.agree is True
    assert state.next_w == pytest.approx(1.2)


@pytest.mark.parametrize("w", [-2.0, 0.3, 5.0])
@pytest.mark.parametrize("x", [-3.0, 0.0, 0.7, 3.0])
def test_what_is_drawn_is_the_mathematics(w, x):
    explorer = explore_step()
    explorer.controls["x"].value, explorer.controls["w"].value = x, w
    state = explorer.state
    grid, losses = map(np.array, data(explorer, "loss"))
    assert losses == pytest.approx((grid * x - 2) ** 2)
    (left, right), (low, high) = data(explorer, "tangent")
    assert (high - low) / (right - left) == pytest.approx(2 * (w * x - 2) * x)
    assert data(explorer, "data") == [[x], [2.0]]
    ends, line = map(np.array, data(explorer, "prediction"))
    assert line == pytest.approx(w * ends)
    if state.loss <= 10:
        assert data(explorer, "point") == [[w], [state.loss]]


def test_steps_walk_the_rule_and_leave_a_path():
    explorer = explore_step()
    weights = [1.0]
    for _ in range(3):
        explorer.controls["step"].click()
        weights.append(weights[-1] - 0.1 * 2 * (weights[-1] - 2))
        assert explorer.state.w == pytest.approx(weights[-1])
        assert explorer.controls["w"].value == pytest.approx(weights[-1], abs=0.05)  # nearest stop
    assert data(explorer, "path")[0] == pytest.approx(weights)
    explorer.controls["w"].value = 0.0
    assert explorer.state.path == ()


def test_what_a_browser_answers_to_a_step_does_not_overwrite_the_exact_weight():
    explorer = explore_step()
    for _ in range(3):
        explorer.controls["step"].click()  # pushes 1.2, then 1.4 for 1.36, then 1.5 for 1.488
    for answer in (1.2000000000000002, 1.4000000000000001, 1.5000000000000004):
        explorer.controls["w"].value = answer
    assert explorer.state.w == pytest.approx(1.488) and len(explorer.state.path) == 3
    explorer.controls["w"].value = 1.6
    assert explorer.state.w == 1.6


def test_a_reader_may_go_back_to_where_a_step_has_been(monkeypatch):
    explorer = explore_step()
    for _ in range(2):
        explorer.controls["step"].click()
    explorer.controls["w"].value = 1.2
    assert explorer.state.w == 1.2
    explorer.controls["step"].click()  # to 1.36, shown as 1.4
    later = time.monotonic() + 3
    monkeypatch.setattr("helpers.explorers.base.time.monotonic", lambda: later)
    explorer.controls["step"].click()  # to 1.488, shown as 1.5
    monkeypatch.setattr("helpers.explorers.base.time.monotonic", lambda: later + 3)
    explorer.controls["w"].value = 1.4000000000000001
    assert explorer.state.w == 1.4


@pytest.mark.parametrize(
    ("x", "rate", "words"),
    [
        (1.0, 0.1, "towards the minimum"),
        (1.0, 0.5, "lands on the minimum"),
        (2.0, 0.125, "lands on the minimum"),
        (1.0, 0.7, "lands lower"),
        (1.0, 1.0, "same height"),
        (1.0, 1.1, "lands higher"),
        (2.0, 0.25, "the minimum"),
        (0.0, 0.1, "flat"),
        (1.0, 0.0, "no length"),
    ],
)
def test_the_words_say_what_the_step_does(x, rate, words):
    explorer = explore_step()
    explorer.controls["w"].value = 0.4
    explorer.controls["x"].value, explorer.controls["learning_rate"].value = x, rate
    assert words in explorer.words.notice


def test_divergence_is_drawn_and_said_to_the_end_of_all_numbers():
    explorer = explore_step()
    explorer.controls["learning_rate"].value = 1.5
    explorer.controls["x"].value = 3.0
    notices = []
    for _ in range(300):
        explorer.controls["step"].click()
        notices.append(explorer.words.notice)
    assert "lands higher" in notices[0]
    assert "outside the picture" in notices[3]
    assert not math.isfinite(explorer.state.loss) and "diverged" in notices[-1]
    low, high = explorer.controls["w"].min, explorer.controls["w"].max
    assert low <= explorer.controls["w"].value <= high
    assert picture(explorer).std() > 1
    explorer.controls["reset"].click()
    assert explorer.state.w == 1.0 and explorer.state.path == ()


def test_the_readers_own_derivative_stands_beside_autograds():
    explorer = explore_step(lambda w, x, y: 2 * (w * x - y))
    explorer.controls["x"].value = 2.0
    assert reading(explorer, "by_hand") == "0.0000" and reading(explorer, "agree") == "agree here"
    explorer.controls["x"].value = 3.0
    assert reading(explorer, "by_hand") == "2.0000" and reading(explorer, "by_autograd") == "6.0000"
    assert reading(explorer, "agree") == "differ here"
    assert explorer.report.ok is False and explorer.report.hint in explorer.words.notice


@pytest.mark.parametrize(
    "gradient",
    [
        lambda w, x, y: ...,
        lambda w, x, y: None,
        lambda w, x, y: "text",
        lambda w, x, y: float("nan"),
        lambda w, x, y: torch.ones(3),
        lambda w, x, y: 1 / 0,
        lambda: 1,
        "no function",
    ],
)
def test_whatever_the_reader_gives_the_explorer_goes_on(gradient):
    explorer = explore_step(gradient)
    explorer.controls["w"].value = 2.5
    explorer.controls["step"].click()
    assert explorer.report.ok is not True
    assert explorer.report.hint in explorer.words.notice
    assert reading(explorer, "by_autograd")


def by_torch(w, x, y):
    loss = (w * x - y) ** 2
    loss.backward()
    return w.grad


def with_float32_of_its_own(W, X, Y):
    return 2 / len(X) * (torch.ones(1, len(X)) @ ((X @ W - Y) * X)).T


@pytest.mark.parametrize(
    ("name", "gradient", "slider"),
    [("step", by_torch, "w"), ("batch", with_float32_of_its_own, "w1")],
)
def test_a_derivative_that_the_check_takes_is_shown(name, gradient, slider):
    explorer = getattr(explorers, f"explore_{name}")(gradient)
    assert explorer.report.ok
    explorer.controls[slider].value = 1.5
    assert explorer.state.agree and "none yet" not in str(explorer.words)


@pytest.mark.parametrize("value", [torch.zeros(2, 1), torch.tensor(0.0), 3.0, "text"])
def test_what_is_no_function_is_never_taken_for_none(value):
    for name in ("step", "batch", "descent", "line", "slope", "training"):
        explorer = getattr(explorers, f"explore_{name}")(value)
        assert explorer.report.ok is not True and "The check says: " in explorer.words.notice
