"""A table filled in by hand: judged number by number, kept, and usable with and without boxes."""

import pytest
import torch

from helpers.prompts import press
from helpers.prompts import table as prompts
from helpers.prompts.table import fill_table

ANSWERS = {
    "w (start)": [1, 1.8, 1.96],
    "gradient": torch.tensor([-8.0, -1.6, -0.32], requires_grad=True),
    "w (end)": [1.8, 1.96, 1.992],
}
GIVEN = [("w (start)", 1)]
RIGHT = {"w (start)": [1, 1.8, 1.96], "gradient": [-8, -1.6, -0.32], "w (end)": [1.8, 1.96, 1.992]}


@pytest.fixture(autouse=True)
def nothing_typed(monkeypatch):
    monkeypatch.setattr(prompts, "_tables", {})


def table(**options):
    return fill_table("Three iterations", ANSWERS, given=GIVEN, **options)


def typed(made, *, column, row, text):
    made.controls[column, row].value = text
    made.controls["check"].click()
    return made._marks[column, row].value


def first_word(made):
    return str(made).split(". ")[0]


def test_untouched_it_says_so_and_shows_its_empty_cells():
    lines = str(table()).splitlines()
    assert lines[0].startswith("Nothing filled in yet.") and table().ok is None
    start = next(number for number, line in enumerate(lines) if line.startswith("iteration"))
    assert lines[start].split("   ") == ["iteration", "w (start)", "gradient", "w (end)"]
    assert lines[start + 1].split() == ["1", "1", "(given)", "…", "…"]
    assert all(len(line) <= 88 for line in lines)


def test_every_row_of_the_text_has_its_columns_under_their_names():
    lines = str(table(filled={"gradient": [-8, 12345678, "x" * 99], "w (end)": [1.8]})).splitlines()
    head = next(line for line in lines if line.startswith("iteration"))
    for line in lines[lines.index(head) + 1 :]:
        for name in ("w (start)", "gradient", "w (end)"):
            at = head.index(name)
            assert line[at - 1 : at].strip() == "" and line[at : at + 1].strip() != ""


def test_all_right():
    made = table(filled=RIGHT)
    assert made.ok is True and first_word(made) == "Right"
    assert "All 8 numbers" in made.hint


@pytest.mark.parametrize("text", ["1.8", " 1.80 ", "1,8", "9/5", "1.8e0", "1.8004"])
def test_a_right_number_in_every_writing(text):
    assert "✓ right" in typed(table(), column="w (end)", row=1, text=text)


@pytest.mark.parametrize("text", ["−8", "−8", "- 8", "−8.00", "−16/2"])
def test_a_negative_number_in_every_writing(text):
    assert "✓ right" in typed(table(), column="gradient", row=1, text=text)


@pytest.mark.parametrize(
    "text", ["1.7", "2", "1.8,0", "1.8 h", "nan", "inf", "1/0", "<b>", "9" * 999]
)
def test_what_is_not_right_is_marked_in_words(text):
    made = table()
    mark = typed(made, column="w (end)", row=1, text=text)
    assert "✗ not yet" in mark
    assert made.ok is False and first_word(made) == "Not yet"


def test_numbers_rounded_by_hand_are_right_and_the_next_numbers_are_not():
    close = {"w (end)": [..., ..., "1.99"]}
    assert "1 of 8 numbers are right" in table(filled=close).hint
    off = {"w (end)": [..., ..., "2"]}
    assert "0 of 8 numbers are right" in table(filled=off).hint


def test_text_that_comes_after_the_press_is_checked_too():
    """In a busy kernel a press overtakes the text that was typed before it."""
    made = table()
    made.controls["check"].click()
    assert "Nothing filled in yet" in made._status.value
    made.controls["gradient", 1].value = "−8"
    assert "1 of 8 numbers are right" in made._status.value
    assert "right" in made._marks["gradient", 1].value


def test_a_cell_that_was_changed_has_no_mark_until_the_next_check(monkeypatch):
    monkeypatch.setattr(press, "LATE_SECONDS", 0)
    made = table()
    assert "not yet" in typed(made, column="gradient", row=1, text="8")
    made.controls["gradient", 1].value = "−8"
    assert "not yet" not in made._marks["gradient", 1].value and made._status.value == ""
    made.controls["check"].click()
    assert "✓ right" in made._marks["gradient", 1].value
    assert "1 of 8 numbers are right" in made._status.value


@pytest.mark.parametrize(
    ("column", "row", "text", "words"),
    [
        ("gradient", 1, "8", "the sign is not"),
        ("gradient", 2, "−9.6", "the sum of this column so far"),
        ("gradient", 2, "−3.2", "look at this one first"),
        ("w (end)", 3, "two", "“two” is no number"),
    ],
)
def test_the_first_wrong_number_gets_a_note_with_its_place(column, row, text, words):
    made = table()
    typed(made, column=column, row=row, text=text)
    assert f"{column}, iteration {row}: " in made.hint and words in made.hint


def test_the_note_is_on_the_first_in_reading_order():
    made = table(filled={"gradient": [..., 5], "w (end)": [7]})
    assert "w (end), iteration 1:" in made.hint and "gradient, iteration 2" not in made.hint


def test_a_cell_that_is_run_again_loses_nothing():
    made = table()
    typed(made, column="gradient", row=1, text="−8")
    made.controls["w (end)", 2].value = "not checked yet"
    again = table()
    assert again.controls["gradient", 1].value == "−8"
    assert again.controls["w (end)", 2].value == "not checked yet"
    assert "✓ right" in again._marks["gradient", 1].value
    assert fill_table("Another", ANSWERS).controls["gradient", 1].value == ""


def test_numbers_in_code_fill_the_boxes_and_what_is_typed_over_them_stays():
    made = table(filled={"gradient": [-8, -9.6, ...]})
    assert made.controls["gradient", 2].value == "−9.6"
    typed(made, column="gradient", row=2, text="−1.6")
    again = table(filled={"gradient": [-8, -9.6, ...]})
    assert again.controls["gradient", 2].value == "−1.6"
    changed = table(filled={"gradient": [-8, -1.5, ...]})
    assert changed.controls["gradient", 2].value == "−1.5"


def test_a_number_taken_out_of_the_code_leaves_its_box_and_a_typed_one_stays():
    table(filled={"gradient": [-8, -1.6, ...]})
    made = table()
    assert made.ok is None
    typed(made, column="gradient", row=1, text="−8")
    assert table(filled={"gradient": [..., ..., ...]}).controls["gradient", 1].value == "−8"


def test_given_cells_have_no_box_and_cannot_be_overwritten():
    made = table(filled={"w (start)": [99]})
    assert ("w (start)", 1) not in made.controls
    assert "1 (given)" in str(made) and made.ok is None


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"W (end)": [1.8]}, "There is no column “W (end)”"),
        ({"w (end)": [1, 2, 3, 4]}, "has 3 rows, and you wrote 4 numbers"),
        ([1.8, 1.96], "as a dict"),
        ("1.8", "as a dict"),
        (1.8, "as a dict"),
    ],
)
def test_what_does_not_fit_the_table_gets_a_sentence(filled, words):
    made = table(filled=filled)
    assert made.ok is False and words in made.hint


@pytest.mark.parametrize("filled", [None, ..., {}, {"gradient": [..., None]}, {"gradient": []}])
def test_an_empty_blank_is_nothing_filled_in(filled):
    assert table(filled=filled).ok is None


@pytest.mark.parametrize(
    "values",
    [
        -8,
        (-8,),
        ["−8"],
        torch.tensor([-8.0]),
        torch.tensor(-8.0, requires_grad=True),
        [torch.tensor(-8.0, requires_grad=True)],
    ],
)
def test_numbers_in_code_in_every_form(values):
    made = table(filled={"gradient": values})
    assert made.controls["gradient", 1].value == "−8" and "1 of 8 numbers are right" in made.hint


@pytest.mark.parametrize("values", [object(), [object()], print, {1: 2}, [[]], [float("nan")], 1j])
def test_whatever_the_reader_writes_there_is_a_table(values):
    made = table(filled={"gradient": values})
    assert made.ok is False and first_word(made) == "Not yet"


def test_all_that_is_shown_as_html_is_escaped(monkeypatch):
    shown = []
    monkeypatch.setattr(prompts, "display_bundle", lambda widget, text: shown.append(widget))
    made = fill_table("<i>q</i>", {"<u>a</u>": [1.0]}, filled={"<u>a</u>": ["<b>x"]}, rows=["<s>"])
    made._ipython_display_()
    texts, left = [], [shown[0]]
    while left:
        widget = left.pop()
        left += getattr(widget, "children", ())
        if type(widget).__name__ == "HTML":
            texts.append(widget.value)
    page = " ".join(texts)
    assert not any(tag in page for tag in ("<i>", "<u>", "<s>", "<b>x"))
    assert all(text in page for text in ("&lt;i&gt;", "&lt;u&gt;", "&lt;s&gt;", "&lt;b&gt;x"))


def test_it_is_one_bundle_whose_text_is_the_table(monkeypatch):
    shown = []
    monkeypatch.setattr(prompts, "display_bundle", lambda widget, text: shown.append(text))
    made = table(filled={"gradient": [-8]})
    made._ipython_display_()
    assert shown == [str(made)]


def test_rows_can_have_names():
    made = fill_table("q", {"rate": [0.125, 0.25]}, rows=["lands", "runs away"])
    typed(made, column="rate", row=2, text="0.3")
    assert "rate, runs away: " in made.hint and "runs away   0.3 not yet" in str(made)


@pytest.mark.parametrize(
    ("answers", "options"),
    [
        ({"a": [1, 2], "b": [1]}, {}),
        ({}, {}),
        ({"a": [1]}, {"given": [("b", 1)]}),
        ({"a": [1]}, {"given": [("a", 0)]}),
        ({"a": [1]}, {"rows": ["one", "two"]}),
    ],
)
def test_a_wrong_use_is_an_error(answers, options):
    with pytest.raises(ValueError):
        fill_table("q", answers, **options)
