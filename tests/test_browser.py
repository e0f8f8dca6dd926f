"""The lessons in JupyterLab in a real browser, as a reader meets them."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser import LAPTOP, Lesson, browser, find_chromium, lab
from tests.series import ROOT, code_cells, paths, read

SCREENSHOTS = ROOT / ".artifacts"
LESSON = "01_one_step.ipynb"


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with lab(tmp_path_factory.mktemp("lab")) as url:
        yield url


@pytest.fixture
def lesson(chromium, address):
    context = chromium.new_context()
    yield Lesson(context.new_page(), address)
    context.close()


@pytest.fixture(scope="module")
def opened(chromium, address):
    """The lesson with ``explore_step``, run once for all tests that move its sliders."""
    context = chromium.new_context()
    lesson = Lesson(context.new_page(), address)
    lesson.open(LESSON)
    lesson.run_all()
    yield lesson.explorer()
    context.close()


@pytest.fixture
def explorer(opened):
    """The explorer as it is at the start: w = 1, x = 1, y = 2, η = 0.1."""
    opened.click("Reset")
    expect(opened.number("w")).to_have_text("1.0000")
    expect(opened.number("loss")).to_have_text("1.0000")
    return opened


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_lesson_runs_whole(lesson, path):
    lesson.open(path.name)
    lesson.run_all()
    assert lesson.errors() == []
    untidy = {}
    for width in (LAPTOP["width"], LAPTOP["width"] // 2):
        lesson.screenshots(SCREENSHOTS, path.stem, width)
        untidy[width] = lesson.untidy()
    assert untidy == {width: [] for width in untidy}
    sources = [cell.source for cell in code_cells(read(path))]
    calls = sum(len(re.findall(r"(?m)^explore_\w+\(", source)) for source in sources)
    assert lesson.page.locator(".explorer img[alt]").count() == calls


def test_key_on_a_slider_moves_the_picture_and_the_numbers(explorer):
    before = explorer.seen()
    after = explorer.after(explorer.press, "weight w", "ArrowRight")
    assert (after["w"], after["loss"], after["next_w"]) == ("1.1000", "0.8100", "1.2800")
    assert after["alt"] != before["alt"] and "w is 1.1" in after["alt"]


def test_typed_value_moves_the_picture_and_the_numbers(explorer):
    after = explorer.after(explorer.type_value, "weight w", "-0.5")
    assert (after["w"], after["by_autograd"]) == ("-0.5000", "-5.0000")
    assert "w is -0.5" in after["alt"]


def test_typed_text_that_is_no_number_changes_nothing(explorer):
    before = explorer.seen()
    explorer.type_value("weight w", "one")
    expect(explorer.readout("weight w")).to_have_text("1.00")
    assert explorer.seen() == before
    assert explorer.after(explorer.press, "weight w", "ArrowLeft")["w"] == "0.9000"


def test_typed_value_out_of_range_goes_as_far_as_the_slider(explorer):
    after = explorer.after(explorer.type_value, "weight w", "99")
    assert after["w"] == "5.0000"
    expect(explorer.readout("weight w")).to_have_text("5.00")


def test_step_button_moves_the_point(explorer):
    after = explorer.after(explorer.click, "Take a step")
    assert (after["w"], after["loss"]) == ("1.2000", "0.6400")
    assert "w is 1.2" in after["alt"]
    expect(explorer.readout("weight w")).to_have_text("1.20")


def test_every_slider_changes_what_is_seen(explorer):
    for name in ("learning rate", "input x", "target y"):
        before = explorer.seen()
        after = explorer.after(explorer.press, name, "ArrowRight")
        assert after["next_w"] != before["next_w"], name


def test_missing_browser_is_told(monkeypatch, tmp_path):
    """It fails, with what to do: a browser test that is passed over would say nothing."""
    nowhere = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(tmp_path / "none")))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tests.browser.USUAL_PLACES", ())
    monkeypatch.setattr("tests.browser.subprocess.run", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="install Chromium or Chrome, or set"):
        find_chromium(nowhere)
