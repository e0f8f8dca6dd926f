"""A guess: recorded, refused with a reason, kept when its cell is run again, compared."""

import pytest
import torch

from helpers.compute.texts import read_number
from helpers.prompts import guess as prompts
from helpers.prompts import press
from helpers.prompts.guess import predict


@pytest.fixture(autouse=True)
def nothing_recorded(monkeypatch):
    monkeypatch.setattr(prompts, "_recorded", {})


def record(prediction, text):
    prediction.controls["guess"].value = text
    prediction.controls["record"].click()
    return prediction._status.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("0,5", 0.5),
        ("-1,992", -1.992),
        ("0,5/,25", 2),
        (" -2 ", -2),
        ("−2", -2),
        ("1/4", 0.25),
        ("1e3", 1000),
        ("- 2", -2),
        ("-1 / 4", -0.25),
    ],
)
def test_numbers_in_every_writing(text, value):
    assert read_number(text) == value
    prediction = predict("How much?")
    assert "Recorded" in record(prediction, text)
    assert prediction.guess == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two",
        "nan",
        "inf",
        "1e999",
        "1/0",
        "1,5,6",
        "<b>",
        "1" * 9999,
        "1 1/2",
        "2 3",
        "1_0",
        "1,000.5",
    ],
)
def test_what_is_no_number_gets_a_sentence_and_loses_nothing(text):
    prediction = predict("How much?")
    record(prediction, "3")
    status = record(prediction, text)
    assert "number" in status and "<b>" not in status
    assert prediction.guess == 3


def test_text_that_comes_after_the_press_is_recorded_too(monkeypatch):
    """In a busy kernel a press overtakes the text that was typed before it."""
    prediction = predict("How much?")
    record(prediction, "1")
    prediction.controls["guess"].value = "17"
    assert prediction.guess == 17 and "Recorded: 17." in prediction._status.value
    for text in ("", "1", "18"):
        prediction.controls["guess"].value = text
        assert prediction.guess == 17 and "Recorded: 17." in prediction._status.value
    prediction.controls["record"].click()
    monkeypatch.setattr(press, "LATE_SECONDS", 0)
    prediction.controls["guess"].value = "19"
    assert prediction.guess == 18


def test_a_cell_that_is_run_again_still_holds_the_guess():
    record(predict("How much?"), "3")
    again = predict("How much?")
    assert again.guess == 3 and again.controls["guess"].value == "3"
    assert predict("And how many?").guess is None


def test_a_guess_beside_the_answer():
    prediction = predict("How much?")
    record(prediction, "1,2")
    assert prediction.compare(1.2) == "Answer: 1.2. You guessed 1.2: right."
    assert "right" in prediction.compare(torch.tensor(1.2, requires_grad=True))
    assert "not the same" in prediction.compare(1.3)
    assert repr(prediction.compare(1.2)).startswith("Answer: 1.2")


@pytest.mark.parametrize(("options", "answer"), [((), 1.2), (["up", "down"], "up")])
def test_no_answer_before_a_guess(options, answer):
    sentence = predict("How much?", options).compare(answer)
    assert "Your guess comes first" in sentence and "run this cell again" in sentence
    assert str(answer) not in sentence


def test_a_sentence_breaks_between_words_and_is_escaped():
    prediction = predict("Which?", ["<b>", "down"])
    record(prediction, "<b>")
    shown = prediction.compare("<b>")._repr_html_()
    assert shown.startswith("<p ")
    assert shown.endswith(">Answer: &lt;b&gt;. You guessed &lt;b&gt;: right.</p>")


def test_options_that_are_numbers_can_be_shown(capsys):
    predict("How many?", (1, 2, 3))._ipython_display_()
    assert "How many? (1, 2, 3)" in capsys.readouterr().out


def test_a_choice():
    prediction = predict("Which?", ["up", "down"])
    prediction.controls["record"].click()
    assert "Choose" in prediction._status.value and prediction.guess is None
    assert "Recorded: up" in record(prediction, "up")
    assert "right" in prediction.compare("up") and "not the same" in prediction.compare("down")
