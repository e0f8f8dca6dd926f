"""Values that a reader sets: exact, whatever a slider can show and a browser answers."""

import time

import ipywidgets as widgets
import pytest

from helpers.explorers.inputs import Inputs


@pytest.fixture
def moved():
    return []


@pytest.fixture
def inputs(moved):
    slider = widgets.FloatSlider(value=1.0, min=-2, max=5, step=0.1)
    count = widgets.IntSlider(value=3, min=0, max=20)
    return Inputs({"w": slider, "count": count}, moved.append)


def test_a_value_is_kept_exactly_and_its_slider_shows_the_nearest_stop(inputs, moved):
    inputs.push({"w": 1.36})
    assert inputs.values["w"] == 1.36 and inputs.controls["w"].value == 1.4
    inputs.push({"w": 99.0})
    assert inputs.values["w"] == 99.0 and inputs.controls["w"].value == 5.0
    inputs.push({"w": float("nan")})
    assert inputs.controls["w"].value == 5.0 and moved == []


def test_what_is_counted_stays_within_its_ends(inputs):
    inputs.push({"count": 21})
    assert inputs.values["count"] == 20
    inputs.push({"count": -1})
    assert inputs.values["count"] == 0


def test_a_reader_moves_it(inputs, moved):
    inputs.controls["w"].value = 1.6000000000000005
    assert inputs.values["w"] == 1.6 and moved == ["w"]


def test_what_a_browser_answers_does_not_overwrite_the_exact_value(inputs, moved):
    for value in (1.2, 1.36, 1.488):
        inputs.push({"w": value})
    for answer in (1.2000000000000002, 1.4000000000000001, 1.5000000000000004):
        inputs.controls["w"].value = answer
    assert inputs.values["w"] == 1.488 and moved == []
    inputs.controls["w"].value = 1.6
    assert inputs.values["w"] == 1.6


def test_a_reader_may_go_back_to_where_a_push_has_been(inputs, monkeypatch):
    inputs.push({"w": 1.36})
    later = time.monotonic() + 3
    monkeypatch.setattr("helpers.explorers.inputs.time.monotonic", lambda: later)
    inputs.push({"w": 1.488})
    monkeypatch.setattr("helpers.explorers.inputs.time.monotonic", lambda: later + 3)
    inputs.controls["w"].value = 1.4000000000000001
    assert inputs.values["w"] == 1.4
