"""A reader's first actions in JupyterLab: the setup, a question and its answer, a red box."""

import pytest
from playwright.sync_api import expect

from tests.browser import Lesson, browser, lab
from tests.series import NOTEBOOKS, code_cells, read

NOTEBOOK = NOTEBOOKS / "01_one_step.ipynb"
OUTPUT, HIDDEN_SOURCE = ".jp-OutputArea-output", ".jp-InputPlaceholder"
TALLEST_ERROR = 200  # pixels: the line, and a message of a few lines


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """Lesson 01 as it is saved, opened and not yet run."""
    with lab(tmp_path_factory.mktemp("lab")) as address, browser() as chromium:
        lesson = Lesson(chromium.new_page(), address)
        lesson.open(NOTEBOOK.name)
        yield lesson


@pytest.fixture
def cell(lesson):
    """Finds the one cell whose source begins with a text, in the notebook and in the page."""
    cells = read(NOTEBOOK).cells

    def find(start):
        (number,) = [n for n, cell in enumerate(cells) if cell.source.startswith(start)]
        return lesson.page.locator(".jp-Notebook .jp-Cell").nth(number)

    return find


def test_the_setup_is_run_without_being_opened(lesson, cell):
    setup = cell("# @title Setup")
    expect(setup.locator(OUTPUT)).to_have_count(0)
    cell("# 01").locator("strong", has_text="First, run the setup").click()
    for _ in range(2):
        lesson.page.keyboard.press("Shift+Enter")
    expect(setup.locator(OUTPUT)).to_have_text("Ready.")
    expect(setup.locator(HIDDEN_SOURCE)).to_be_visible()


def test_no_answer_is_seen_before_it_is_asked_for(lesson, cell):
    does, compares = (
        cell("w = torch.tensor(1.0, requires_grad=True)\nsquared_error(w, x, y).backward()\nprint"),
        cell("# @title Your guess and the answer\nguess_second"),
    )
    expect(does).not_to_contain_text("tensor(-4.)")
    expect(compares).not_to_contain_text("compare(")
    expect(compares).to_contain_text("Your guess comes first")


def test_an_answer_comes_beside_the_guess_and_stays_in_sight(lesson, cell):
    lesson.run_all()
    asks, compares = (
        cell("guess_second ="),
        cell("# @title Your guess and the answer\nguess_second"),
    )
    expect(compares.locator(OUTPUT)).to_contain_text("Your guess comes first")
    asks.locator("input").fill("−4,0")
    asks.get_by_role("button", name="Record my guess").click()
    expect(asks.locator("[role=status]")).to_contain_text("Recorded: −4.")
    compares.locator(OUTPUT).click()
    lesson.page.keyboard.press("Control+Enter")
    expect(compares.locator(OUTPUT)).to_have_text("Answer: −4. You guessed −4: right.")
    expect(compares.locator(HIDDEN_SOURCE)).to_be_visible()


def test_red_boxes_are_short(lesson):
    errors = [out for cell in code_cells(read(NOTEBOOK)) for out in cell.outputs if "ename" in out]
    boxes = lesson.page.locator(OUTPUT, has_text="----> ").all()
    assert len(boxes) == len(errors) > 0
    assert max(box.bounding_box()["height"] for box in boxes) < TALLEST_ERROR
