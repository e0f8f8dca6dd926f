"""The program that renews the notebooks, the links it fills in, and the cell it writes."""

import base64
import copy
import io
import os
import subprocess
import sys

import nbformat
import pytest
from PIL import Image

from tests import made, renew
from tests.series import NotebookError, address, run


def test_links_follow_the_address(monkeypatch):
    monkeypatch.setattr(renew, "address", lambda: ("https://github.com/me/mine", "v2"))
    colab = "https://colab.research.google.com/github/{}/notebooks/01_one_step.ipynb"
    binder = "https://mybinder.org/v2/gh/{}?urlpath=lab/tree/notebooks/01_one_step.ipynb"
    text = "[a]({}), ({}) and git clone {}\n"
    old = text.format(
        colab.format("a/b/blob/main"), binder.format("a/b/main"), "https://github.com/a/b"
    )
    new = text.format(
        colab.format("me/mine/blob/v2"), binder.format("me/mine/v2"), "https://github.com/me/mine"
    )
    assert renew.addressed(old) == renew.addressed(new) == new


def test_badges_follow_the_address(monkeypatch):
    monkeypatch.setattr(made, "address", lambda: ("https://github.com/me/mine", "v2"))
    assert made.links("01_one_step.ipynb") == (
        "https://colab.research.google.com/github/me/mine/blob/v2/notebooks/01_one_step.ipynb",
        "https://mybinder.org/v2/gh/me/mine/v2?urlpath=lab/tree/notebooks/01_one_step.ipynb",
    )


NOWHERE = "https://localhost:1/nobody/nothing"
SERIES = "https://localhost:1/someone/series"


def _run_setup(folder, repository, **environment):
    source = made.setup(repository, "v1") + "\nimport helpers; print(helpers)"
    return subprocess.run(
        [sys.executable, "-I", "-c", source],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("folder", ["", "notebooks", "notebooks/mine"])
def test_setup_cell_finds_the_helpers_above(tmp_path, folder):
    (tmp_path / "helpers").mkdir()
    for name in ("__init__.py", "environment.py"):
        (tmp_path / "helpers" / name).touch()
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    done = _run_setup(tmp_path / folder, NOWHERE)
    assert done.stdout.startswith("Ready.\n") and str(tmp_path) in done.stdout, done.stderr


@pytest.fixture
def published(tmp_path):
    """A repository with helpers in it and the tag v1, as a reader's git would find it."""
    source = tmp_path / "published"
    (source / "helpers").mkdir(parents=True)
    (source / "helpers" / "__init__.py").touch()
    (source / "helpers" / "environment.py").touch()
    author = ["-c", "user.name=A", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"]):
        subprocess.run(["git", *author, *command], cwd=source, check=True)
    subprocess.run(["git", "tag", "v1"], cwd=source, check=True)
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{source.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": SERIES,
    }


def test_setup_cell_fetches_the_helpers_once_where_there_are_none(tmp_path, published):
    alone = tmp_path / "alone"
    alone.mkdir()
    for repository in (SERIES, NOWHERE.replace("nobody/nothing", "nobody/series")):
        done = _run_setup(alone, repository, **published)
        assert done.stdout.startswith("Ready.\n") and str(alone / "series-v1") in done.stdout
        assert done.stderr == ""
    assert [path.name for path in alone.iterdir()] == ["series-v1"]


# git checks files out one by one; at the second, this filter ends it as a dying machine would.
DEADLY = """
import os, pathlib, signal, subprocess, sys
seen = pathlib.Path(sys.argv[1])
if seen.exists():
    process = os.getppid()
    while pathlib.Path(f"/proc/{process}/comm").read_text().strip() != "git":
        process = int(pathlib.Path(f"/proc/{process}/stat").read_text().split()[3])
    os.kill(process, signal.SIGKILL)
seen.touch()
sys.stdout.buffer.write(sys.stdin.buffer.read())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it looks for git in /proc")
def test_setup_cell_starts_anew_where_a_fetch_was_cut_short(tmp_path, published):
    alone, deadly = tmp_path / "alone", tmp_path / "deadly.py"
    alone.mkdir()
    deadly.write_text(DEADLY)
    attributes = tmp_path / "attributes"
    attributes.write_text("* filter=deadly\n")
    smudge = f"{sys.executable} {deadly} {tmp_path / 'seen'}"
    settings = {"filter.deadly.smudge": smudge, "core.attributesFile": str(attributes)}
    cut = {**published, "GIT_CONFIG_COUNT": str(1 + len(settings))}
    for number, (key, value) in enumerate(settings.items(), 1):
        cut |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    assert "Ready." not in _run_setup(alone, SERIES, **cut).stdout
    assert len(list(alone.iterdir())) == 1 and not (alone / "series-v1").exists()
    done = _run_setup(alone, SERIES, **published)
    assert str(alone / "series-v1") in done.stdout, done.stderr


def test_setup_cell_says_what_to_do_where_nothing_can_be_fetched(tmp_path):
    done = _run_setup(tmp_path, NOWHERE)
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith("Is this machine online? Then run this cell again.")
    assert "During handling" not in done.stderr and "Ready." not in done.stdout


def test_setup_cell_is_short():
    assert len([line for line in made.setup(*address()).splitlines() if line]) <= 13


def _raw(*outputs, source="a"):
    """A notebook of one cell, as a program might leave it that runs notebooks."""
    made = [nbformat.v4.new_output(kind, **content) for kind, content in outputs]
    passing = {"ExecuteTime": {"start": 1}, "collapsed": True, "tags": []}
    cell = nbformat.v4.new_code_cell(source, execution_count=5, outputs=made, metadata=passing)
    return nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}})


def _printed(text, name="stdout"):
    return "stream", {"name": name, "text": text}


def test_normalised_joins_streams_and_drops_what_passes():
    notebook = renew.normalised(_raw(_printed("a\n"), _printed("b\n")))
    assert [output.text for output in notebook.cells[0].outputs] == ["a\nb\n"]
    assert notebook.cells[0].execution_count == 1
    assert notebook.cells[0].metadata == {"tags": []}
    assert notebook.metadata == renew.NOTEBOOK_METADATA


def test_normalised_parts_a_widget_into_picture_and_text():
    view = {renew.WIDGET: {"model_id": "1"}}
    with_picture = "display_data", {"data": {**view, "image/png": "abc", "text/plain": "w = 1"}}
    without = "display_data", {"data": {**view, "text/plain": "b"}}
    empty = "display_data", {"data": view}
    outputs = renew.normalised(_raw(with_picture, without, empty)).cells[0].outputs
    assert [output.data for output in outputs] == [
        {"image/png": "abc"},
        {"text/plain": "w = 1"},
        {"text/plain": "b"},
    ]


def test_normalised_refuses_stderr():
    with pytest.raises(NotebookError, match="a warning"):
        renew.normalised(_raw(_printed("a warning", "stderr")))


def test_normalised_names_each_cell_once():
    notebook = _raw()
    notebook.cells += [nbformat.v4.new_code_cell("a"), nbformat.v4.new_code_cell("b")]
    notebook.cells[1]["id"] = notebook.cells[0]["id"]
    del notebook.cells[2]["id"]
    names = [[cell["id"] for cell in renew.normalised(notebook).cells] for _ in range(2)]
    assert names[0] == names[1] and len(set(names[0])) == 3


def _picture(colour, **options):
    file = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(file, "PNG", **options)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("colour", "text", "kept"),
    [("red", "a", True), ("blue", "a", False), ("red", "b", False)],
    ids=["the same", "other pixels", "other text"],
)
def test_picture_is_kept_where_nothing_has_changed(colour, text, kept):
    old = _raw(_printed("a"), ("display_data", {"data": {"image/png": _picture("red")}}))
    new = copy.deepcopy(old)
    new.cells[0].outputs[0].text = text
    rewritten = _picture(colour, compress_level=0)
    new.cells[0].outputs[1].data["image/png"] = rewritten
    renew.keep_pictures(new, old)
    assert (new.cells[0].outputs[1].data["image/png"] != rewritten) is kept


def test_run_stops_at_an_error_and_names_the_cell():
    notebook = _raw(source="a = 1")
    notebook.cells += [nbformat.v4.new_code_cell("a / 0"), nbformat.v4.new_code_cell("a = 3")]
    with pytest.raises(NotebookError, match=r"ZeroDivisionError(.|\n)*a / 0"):
        run(notebook)


FIRST = (
    "# 07 · Mine\n\n**The idea:** one.\n\n**Time:** 5 minutes.\n\n[![Open in Colab](a)](b)\n\nMore."
)


def _with_first_cell(text=FIRST):
    notebook = _raw()
    notebook.cells[0].metadata["tags"] = ["setup"]
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))
    return notebook


def test_notebook_without_a_setup_cell_is_refused():
    with pytest.raises(NotebookError, match="setup"):
        made.filled_in(_raw(), "07_mine.ipynb")


def test_setup_cell_is_filled_in_and_folded():
    cell = made.filled_in(_with_first_cell(), "07_mine.ipynb").cells[1]
    assert cell.source == made.setup(*address())
    assert f'address, tag, fetched = "{address()[0]}", "{address()[1]}", ' in cell.source
    assert (cell.metadata.cellView, cell.metadata.jupyter.source_hidden) == ("form", True)


def test_a_cell_with_an_answer_in_it_is_folded():
    notebook = _with_first_cell()
    notebook.cells.append(nbformat.v4.new_code_cell("print(w)\nguess.compare(\n    2\n)"))
    for _ in range(2):
        notebook = made.filled_in(notebook, "07_mine.ipynb")
        *_, does, compares = notebook.cells
        assert does.source == "print(w)" and "jupyter" not in does.metadata
        title, call = compares.source.split("\n", 1)
        assert title == "# @title Your guess and the answer" and call == "guess.compare(\n    2\n)"
        assert compares.metadata.jupyter == {"source_hidden": True}


def test_a_copy_gets_badges_of_its_own():
    first = made.filled_in(_with_first_cell(), "07_mine.ipynb").cells[0].source
    assert first.startswith("# 07 · Mine\n") and "\n\nMore.\n\n" in first
    assert all(link in first for link in made.links("07_mine.ipynb"))
    copied = made.filled_in(_with_first_cell(first), "08_copy.ipynb").cells[0].source
    assert copied == first.replace("07_mine.ipynb", "08_copy.ipynb")


def test_contents_are_made_from_the_first_cells():
    mine = made.entry(_with_first_cell(), "07_mine.ipynb")
    assert mine == made.Entry("07_mine.ipynb", "07 · Mine", "one", 5)
    head = "| notebook | its one idea | minutes |"
    text = f"See [07 · Old](07_mine.ipynb).\n\n{head}\n|---|---|---|\n| old |\n\nAnd so on."
    table = f"{head}\n|---|---|---|\n| [07 · Mine](07_mine.ipynb) | one | 5 |"
    assert made.with_contents(text, [mine]) == (
        f"See [07 · Mine](07_mine.ipynb).\n\n{table}\n\nAnd so on."
    )
    opened = made.with_contents(f"{head} open |\n|---|---|---|---|", [mine], "notebooks/")
    assert "| [07 · Mine](notebooks/07_mine.ipynb) | one | 5 | [Colab](" in opened
    assert all(link in opened for link in made.links("07_mine.ipynb"))


def test_a_first_cell_that_lacks_its_idea_is_told():
    with pytest.raises(NotebookError, match=r"07_mine.*The idea"):
        made.entry(_with_first_cell("# 07 · Mine"), "07_mine.ipynb")


def test_costs_are_put_in_place_of_the_old_ones():
    text = "# A\n\nMeasured on {}.\n\n| a |\n| {} |\n\n| b |\n| {} |\n\nLicence: MIT\n"
    measured = "Measured on 2.\n\n| a |\n| 2 |\n\n| b |\n| 2 |\n"
    assert made.with_measured(text.format(1, 1, 1), measured) == text.format(2, 2, 2)


ASK = "guess = predict('w?')", "w?"


@pytest.mark.parametrize(
    ("cells", "folded"),
    [
        ([ASK, ("w", "2"), ("guess.compare(2)", "Your guess comes first")], [1]),
        ([ASK, ("print(w)\nguess.compare(2)", "2"), ("w", "2")], [1]),
        ([ASK, ("check()", "Nothing filled in yet."), ("w = 2", None)], []),
        ([("w", "2"), ("guess.compare(2)", "Your guess comes first"), ("w", "2")], []),
    ],
    ids=["between", "with the answer", "nothing told", "no question"],
)
def test_what_answers_a_question_is_folded(cells, folded):
    notebook = nbformat.v4.new_notebook()
    for source, text in cells:
        notebook.cells += _raw(*([_printed(text)] if text else []), source=source).cells
    for cell in notebook.cells:
        cell.metadata["jupyter"] = {"outputs_hidden": True}
    written = renew.normalised(notebook).cells
    assert [n for n, cell in enumerate(written) if "jupyter" in cell.metadata] == folded


def test_an_answer_to_a_task_is_folded():
    notebook = _raw(_printed("2"))
    notebook.cells[0].metadata["tags"] = ["answer"]
    (cell,) = renew.normalised(renew.normalised(notebook)).cells
    assert cell.metadata.jupyter == {"outputs_hidden": True}
    seen_while_folded, printed = cell.outputs
    assert set(seen_while_folded.data) == {"image/png"} and printed.text == "2"
