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

from tests import renew
from tests.series import NOTEBOOKS, ROOT, NotebookError, address, run


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


def _run_setup(folder, repository, **environment):
    source = renew.SETUP.format(repository=repository, tag="v1")
    source += "\nimport helpers; print(helpers)"
    return subprocess.run(
        [sys.executable, "-I", "-c", source],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_setup_cell_finds_the_helpers_above():
    done = _run_setup(NOTEBOOKS, "https://localhost:1/nobody/nothing")
    assert str(ROOT) in done.stdout, done.stderr


@pytest.fixture
def published(tmp_path):
    """A repository with helpers in it and the tag v1, as a reader's git would find it."""
    source = tmp_path / "published"
    (source / "helpers").mkdir(parents=True)
    (source / "helpers" / "__init__.py").touch()
    (source / "helpers" / "checks.py").touch()
    author = ["-c", "user.name=A", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "one"]):
        subprocess.run(["git", *author, *command], cwd=source, check=True)
    subprocess.run(["git", "tag", "v1"], cwd=source, check=True)
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{source.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://localhost:1/someone/series",
    }


def test_setup_cell_fetches_the_helpers_where_there_are_none(tmp_path, published):
    alone = tmp_path / "alone"
    alone.mkdir()
    for _ in range(2):
        done = _run_setup(alone, "https://localhost:1/someone/series", **published)
        assert str(alone / "series-v1") in done.stdout, done.stderr
        assert done.stderr == ""


def test_setup_cell_starts_anew_where_a_fetch_was_cut_short(tmp_path, published):
    left = tmp_path / "alone" / "series-v1.part"
    left.mkdir(parents=True)
    (left / "half of a file").touch()
    done = _run_setup(left.parent, "https://localhost:1/someone/series", **published)
    assert str(left.with_name("series-v1")) in done.stdout, done.stderr
    assert not left.exists()


def test_setup_cell_says_what_to_do_where_nothing_can_be_fetched(tmp_path):
    done = _run_setup(tmp_path, "https://localhost:1/nobody/nothing")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("RuntimeError: The helpers could not be fetched from https://localhost")
    assert "During handling" not in done.stderr


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


@pytest.mark.parametrize(
    ("traceback", "lines"),
    [
        (["\x1b[31mRuntimeError", "\x1b[0;32mCell In[5], line 1\x1b[0m\n", "File /home/a.py"], 2),
        (["RuntimeError", "File /home/a.py"], 1),
    ],
)
def test_normalised_traceback_shows_the_line_of_the_cell(traceback, lines):
    error = "error", {"ename": "RuntimeError", "evalue": "no", "traceback": traceback}
    whole = ["Cell In[1], line 1\n----> 1 a", "RuntimeError: no"]
    assert renew.normalised(_raw(error)).cells[0].outputs[0].traceback == whole[-lines:]


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


def test_notebook_without_a_setup_cell_is_refused():
    with pytest.raises(NotebookError, match="setup"):
        renew.filled_in(_raw())


def test_setup_cell_is_filled_in_and_folded():
    notebook = _raw()
    notebook.cells[0].metadata["tags"] = ["setup"]
    cell = renew.filled_in(notebook).cells[0]
    assert cell.source.startswith("# @title Setup: run this cell first\n")
    assert f'repository, tag = "{address()[0]}", "{address()[1]}"' in cell.source
    assert (cell.metadata.cellView, cell.metadata.jupyter.source_hidden) == ("form", True)
