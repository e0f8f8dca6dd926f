"""What holds for every notebook of the series, as it stands in the tree and when it is run."""

import copy
import difflib
import itertools

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from tests import renew
from tests.rules import RULES, first_line, has_whole_exercises, links_to_itself
from tests.series import NOTEBOOKS, code_cells, paths, read, run, shown, tags, text_of

each_notebook = pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)


def test_series_has_its_notebooks():
    assert paths() and paths()[0].name == "00_start_here.ipynb"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@each_notebook
def test_notebook_as_it_stands(path, rule):
    assert list(rule(read(path))) == []


@pytest.mark.parametrize("rule", [links_to_itself, has_whole_exercises], ids=lambda r: r.__name__)
@each_notebook
def test_notebook_of_this_name(path, rule):
    assert list(rule(read(path), path.name)) == []


def test_each_lesson_leads_on_to_the_next():
    for path, following in itertools.pairwise(paths()):
        last = read(path).cells[-1].source
        assert f"]({following.name})" in last.split("**Next:**")[-1], path.name


@each_notebook
def test_notebook_is_as_renew_leaves_it(path):
    """Where this fails: python3 -m tests renew."""
    committed = read(path)
    difference = _difference(committed, renew.renewed(committed, path.name))
    assert not difference, f"{path.name} differs; run: python3 -m tests renew\n{difference}"
    assert path.read_text(encoding="utf-8") == renew.as_text(committed)


def _difference(old, new):
    texts = [renew.as_text(_without_pictures(one)).splitlines() for one in (old, new)]
    return "\n".join(difflib.unified_diff(*texts, "in the tree", "renewed", lineterm="", n=1))


def _without_pictures(notebook):
    notebook = copy.deepcopy(notebook)
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = ""
    return notebook


def _notebook_of(cells):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata) for cell in cells]
    )


# What each question's answer is where it stands, and then the same recorded as the guess.
REMEMBER = """
from helpers.prompts import guess as prompts


def remember(prediction, answer, compare=prompts.Prediction.compare):
    if not prediction.options:
        answer = float(getattr(answer, "detach", lambda: answer)())
    prompts.right.setdefault(prediction.question, answer)
    return compare(prediction, answer)


prompts.right, prompts.Prediction.compare = {}, remember
"""
GUESS_RIGHT = "prompts._recorded.update(prompts.right)"


@pytest.fixture(scope="module", params=paths(), ids=lambda path: path.stem)
def again(request):
    """A lesson's cells, and those run in one kernel: each twice in a row, and all once more.

    Then those that compare a guess, after the right one was recorded: as by a reader who ran the
    lesson through and went back.
    """
    setup, *cells = code_cells(read(request.param))
    twice = [cell for cell in cells for _ in range(1 if "accumulates" in tags(cell) else 2)]
    order = [setup, setup, *twice, setup, *cells]
    compares = [cell for cell in cells if ".compare(" in cell.source]
    remember, guess = map(nbformat.v4.new_code_cell, (REMEMBER, GUESS_RIGHT))
    done = run(_notebook_of([*order[:2], remember, *order[2:], guess, *compares])).cells
    return order, done[:2] + done[3 : 1 + len(order)], done[2 + len(order) :]


def test_cells_can_be_run_again(again):
    order, done, _ = again
    done = renew.normalised(nbformat.v4.new_notebook(cells=done)).cells
    for number, (old, new) in enumerate(zip(order, done, strict=True), start=1):
        assert shown(new) == shown(old), f"run {number} of {len(order)}: {first_line(old)}"


def test_a_right_guess_is_right_whenever_its_cell_is_run(again):
    _, _, compared = again
    assert compared
    for cell in compared:
        assert text_of(cell).endswith(": right."), first_line(cell)


@each_notebook
def test_notebook_reads_whole_as_html(path):
    """What a reader without a kernel sees: all pictures, all texts, and no dead widget."""
    notebook = read(path)
    page, _ = HTMLExporter().from_notebook_node(notebook)
    areas = BeautifulSoup(page, "html.parser").select(".jp-OutputArea-output")
    text = " ".join(" ".join(area.get_text().split()) for area in areas)
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert sum(len(area.select("img[src^=data]")) for area in areas) == len(pictures)
    for output in outputs:
        if set(output.get("data", {})) == {"text/plain"}:
            assert " ".join(output.data["text/plain"].split()) in text
    assert "jupyter.widget" not in page and "Error displaying widget" not in page


def test_the_step_that_fails_first_is_seen():
    """In lesson 01 the reader moves the forward pass out of the loop, and looks for it."""
    notebook = read(NOTEBOOKS / "01_one_step.ipynb")
    cells = code_cells(notebook)
    train = next(cell for cell in cells if cell.source.startswith("def train(w, x, y"))
    seen = next(cell for cell in cells if cell.source.startswith("for steps in [1, 2, 3]"))
    forward, loop = "squared_error(w, x, y)", "    for _ in range(steps):\n"
    train.source = train.source.replace(f"{forward}.backward()", "loss.backward()")
    train.source = train.source.replace(loop, f"    loss = {forward}\n{loop}")
    seen.metadata["tags"] = ["raises-exception"]
    done = run(_notebook_of(cells[: cells.index(seen) + 1]))
    (printed, one_step), (_, error) = shown(done.cells[-1])
    assert (printed, one_step) == ("stdout", "steps: 1, weights: 1.20\n")
    assert "backward through the graph a second time" in error
