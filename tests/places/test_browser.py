"""The lessons in JupyterLab in a real browser, as a reader meets them: by mouse, key and ear."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser import (
    EXPLORER,
    LAPTOP,
    LENGTHEN,
    OURS,
    THEMES,
    Lesson,
    browser,
    find_chromium,
    lab,
    nameless,
    notebook_7,
    unreached,
    until,
    violations,
    without_alt,
)
from tests.series import NOTEBOOKS, ROOT, code_cells, paths, read

SCREENSHOTS = ROOT / ".artifacts"
LESSON = NOTEBOOKS / "01_one_step.ipynb"
WIDTHS = LAPTOP["width"], LAPTOP["width"] // 2


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with lab(tmp_path_factory.mktemp("lab")) as url:
        yield url


@pytest.fixture(scope="module")
def page(chromium):
    return chromium.new_page()


@pytest.fixture(scope="module", params=paths(), ids=lambda path: path.stem)
def lesson(request, page, address):
    """Every lesson in turn, run whole; all tests of a lesson share what they find and change."""
    lesson = Lesson(page, address)
    lesson.open(request.param.name)
    lesson.run_all()
    lesson.path = request.param
    yield lesson
    lesson.end()


only_the_first = pytest.mark.parametrize("lesson", [LESSON], indirect=True, ids=[LESSON.stem])


@pytest.fixture
def explorer(lesson):
    """The explorer of lesson 01 as it is at the start: w = 1, x = 1, y = 2, η = 0.1."""
    explorer = lesson.explorer()
    explorer.click("Reset")
    expect(explorer.number("w")).to_have_text("1.0000")
    expect(explorer.number("loss")).to_have_text("1.0000")
    return explorer


def test_lesson_runs_whole(lesson):
    assert lesson.errors() == []
    untidy = {}
    for width in WIDTHS:
        lesson.screenshots(SCREENSHOTS, lesson.path.stem, width)
        untidy[width] = lesson.untidy()
    lesson.page.set_viewport_size(LAPTOP)
    assert untidy == {width: [] for width in WIDTHS}
    sources = [cell.source for cell in code_cells(read(lesson.path))]
    calls = sum(len(re.findall(r"(?m)^explore_\w+\(", source)) for source in sources)
    assert len(lesson.explorers()) == calls


def test_every_control_of_every_explorer_answers_a_key(lesson):
    found = [fault for explorer in lesson.explorers() for fault in explorer.faults()]
    assert found == []


def test_every_question_can_be_answered_by_keyboard(lesson):
    silent = []
    areas = lesson.page.locator(f"{OURS}:has(.widget-button):not({EXPLORER})").all()
    sources = [cell.source for cell in code_cells(read(lesson.path))]
    assert len(areas) == sum(len(re.findall(r"\b(predict|fill_table)\(", s)) for s in sources)
    for area in areas:
        status, button = area.locator("[role=status]"), area.locator(".widget-button")
        field, key = area.locator("input").first, lesson.page.keyboard
        button.press("Enter")
        expect(status).not_to_be_empty()
        before = status.text_content()
        field.focus()
        key.press("Space") if field.get_attribute("type") == "radio" else key.type("17")
        button.press("Enter")
        try:
            expect(status).not_to_have_text(before)
        except AssertionError:
            silent.append(before)
    assert silent == []


def test_tab_comes_to_every_control_in_order(lesson):
    assert unreached(lesson.page) == []


def test_every_control_has_a_name_that_is_spoken(lesson):
    until(lambda: not nameless(lesson.page))  # a picture gives the names once it rests
    assert nameless(lesson.page) == []


def test_every_picture_has_words(lesson):
    assert without_alt(lesson.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_no_grave_violation_of_accessibility(lesson, theme):
    lesson.use_theme(theme)
    found = violations(lesson.page)
    lesson.use_theme(THEMES[0])
    assert found == []


@only_the_first
def test_key_on_a_slider_moves_the_picture_and_the_numbers(explorer):
    before = explorer.seen()
    after = explorer.after(explorer.press, "weight w", "ArrowRight")
    assert (after["w"], after["loss"], after["next_w"]) == ("1.1000", "0.8100", "1.2800")
    assert after["alt"] != before["alt"] and "w is 1.1" in after["alt"]


@only_the_first
def test_typed_value_moves_the_picture_and_the_numbers(explorer):
    after = explorer.after(explorer.type_value, "weight w", "-0.5")
    assert (after["w"], after["by_autograd"]) == ("−0.5000", "−5.0000")
    assert "w is −0.5" in after["alt"]


@only_the_first
def test_typed_text_that_is_no_number_changes_nothing(explorer):
    before = explorer.seen()
    explorer.type_value("weight w", "one")
    expect(explorer.readout("weight w")).to_have_text("1.00")
    assert explorer.seen() == before
    assert explorer.after(explorer.press, "weight w", "ArrowLeft")["w"] == "0.9000"


@only_the_first
def test_typed_value_out_of_range_goes_as_far_as_the_slider(explorer):
    after = explorer.after(explorer.type_value, "weight w", "99")
    assert after["w"] == "5.0000"
    expect(explorer.readout("weight w")).to_have_text("5.00")


@only_the_first
def test_step_button_moves_the_point(explorer):
    after = explorer.after(explorer.click, "Take a step")
    assert (after["w"], after["loss"]) == ("1.2000", "0.6400")
    assert "w is 1.2" in after["alt"]
    expect(explorer.readout("weight w")).to_have_text("1.20")


@only_the_first
def test_slider_is_spoken_as_it_is_shown(explorer):
    explorer.after(explorer.press, "learning rate", "ArrowRight")
    handle = explorer.slider("learning rate").locator("[role=slider]")
    expect(handle).to_have_attribute("aria-valuetext", "0.105")


@only_the_first
def test_the_sentence_after_a_held_key_is_spoken(lesson, explorer):
    """How often it is spoken meanwhile: tests/show/test_page.py."""
    spoken = explorer.area.locator("[role=status], [aria-live]")
    expect(spoken).to_have_count(1)
    seen = explorer.seen()
    for _ in range(20):
        explorer.press("weight w", "ArrowRight")
    expect(explorer.number("w")).to_have_text("3.0000")
    sentence = explorer.area.locator(".explorer > p").text_content()
    expect(spoken).to_have_text(sentence)
    assert explorer.seen() != seen
    assert sentence.startswith("The step goes") and lesson.errors() == []


def test_long_values_keep_apart(lesson):
    """Values grow when a reader's derivative gives nothing, or a descent diverges."""
    lesson.page.evaluate(LENGTHEN, "cannot be compared")
    untidy = {}
    for width in WIDTHS:
        lesson.page.set_viewport_size({**LAPTOP, "width": width})
        lesson.page.wait_for_timeout(300)
        untidy[width] = lesson.untidy()
    assert untidy == {width: [] for width in WIDTHS}


def of_notebook_7(error):
    """Whether an error is one that Notebook 7 makes on its own when it opens any notebook."""
    return error.endswith(("(reading 'schema')", "'filebrowser:open-path' not registered."))


def test_lesson_runs_in_notebook_7(chromium, address):
    lesson = Lesson(chromium.new_page(), notebook_7(address))
    lesson.open(LESSON.name)
    lesson.run_all()
    assert [error for error in lesson.errors() if not of_notebook_7(error)] == []
    expect(lesson.page.locator("#jp-NotebookLogo")).to_be_visible()
    explorer = lesson.explorer()
    handle = explorer.slider("weight w").locator("[role=slider]")
    expect(handle).to_have_attribute("aria-label", "weight w")
    after = explorer.after(explorer.press, "weight w", "ArrowRight")
    assert after["w"] == "1.1000" and "w is 1.1" in after["alt"]
    lesson.end()


def test_missing_browser_is_told(monkeypatch, tmp_path):
    """It fails, with what to do: a browser test that is passed over would say nothing."""
    nowhere = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(tmp_path / "none")))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tests.browser.USUAL_PLACES", ())
    monkeypatch.setattr("tests.browser.subprocess.run", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="install Chromium or Chrome, or set"):
        find_chromium(nowhere)
