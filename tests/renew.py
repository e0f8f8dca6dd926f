"""``python3 -m tests renew [NAMES]`` re-runs the notebooks and writes them back normalised.

Each notebook (or each one named) is run from top to bottom in a fresh kernel. What is written is
the same on every machine and on every run: outputs and counts in order, the pictures and texts of
widgets without the widgets, no traces of the machine. What is made and not typed is made anew,
here and in README. What answers a question is folded until its cell is run.

``python3 -m tests renew links`` runs none: it writes what is made from the address and the tag.
``python3 -m tests renew costs`` also runs the benchmark and puts what it prints into README, and
``renew costs valley`` does it for the row of ``explore_valley`` alone.
"""

import base64
import contextlib
import copy
import hashlib
import io
import re
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat
from PIL import Image

from helpers import explorers
from tests.made import COMPARE, filled_in, plans_page, readme, with_measured, with_rows
from tests.series import (
    NOTEBOOKS,
    ROOT,
    NotebookError,
    address,
    code_cells,
    paths,
    read,
    run,
    shown,
    tags,
)

README = ROOT / "README.md"
PLANS = NOTEBOOKS / "teaching" / "README.md"
PAGES = README, *(ROOT / "binder" / name for name in ("README.md", "values.yaml")), PLANS
WIDGET = "application/vnd.jupyter.widget-view+json"
KEPT_OF_A_CELL = ("alt", "cellView", "jupyter", "slideshow", "tags", "unprinted")
TELLS_NOTHING = "Nothing filled in yet|Your guess comes first"
# A picture of one transparent pixel.
NOTHING = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNgYAAAAAMAASsJTYQAAAAASUVORK5CYII="
)
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(names):
    """Renew the notebooks whose names begin with one of ``names``, or all; gives the exit code."""
    measured = None
    if "costs" in names:
        measured = [name for name in names if f"explore_{name}" in explorers.__all__]
        names = [name for name in names if name not in ("costs", *measured)]
    names = tuple(names)
    chosen = [path for path in paths() if not names or path.name.startswith(names)]
    if names and names != ("links",) and not chosen:
        print(f"There is no such notebook in {NOTEBOOKS}.")
        return 1
    for path in paths():
        try:
            make = renewed if path in chosen else filled_in
            changed = _write(path, as_text(make(read(path), path.name)))
            if changed or path in chosen:
                print(f"{path.name}: {'renewed' if changed else 'is as it should be'}", flush=True)
        except NotebookError as error:
            print(f"{path.name}: stopped, and left as it was.\n{error}")
            print(f"Go on from there with: python3 -m tests renew {path.name[:2]}")
            return 1
    try:
        for page in filter(Path.exists, PAGES):
            _write(page, page_as_made(page, measured))
    except NotebookError as error:
        print(error)
        return 1
    return 0


def page_as_made(page, measured=None):
    """The text of README or of another page, with all that is made and not typed.

    ``measured`` names the explorers whose costs are measured; an empty list stands for all costs.
    """
    text = addressed(page.read_text(encoding="utf-8"))
    if page == PLANS:
        return plans_page(text)
    if page == README:
        text = readme(text)
        if measured is None:
            return text
        return (with_rows if measured else with_measured)(text, _measured(measured))
    return text


def renewed(notebook, name):
    """A notebook as it has to stand in the tree under this name: filled in, run, normalised."""
    filled = filled_in(notebook, name)
    _name_cells(filled)
    fresh = normalised(run(filled))
    keep_pictures(fresh, notebook)
    return fresh


def as_text(notebook):
    return nbformat.writes(notebook) + "\n"


def _measured(names):
    from tests import benchmark  # needs a browser, and is seldom wanted

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        benchmark.main(names)
    return printed.getvalue()


def addressed(text):
    """A text with the address and the tag of the series in all links that lead to it."""
    repository, tag = address()
    name = "/".join(repository.split("/")[-2:])
    part = r"[^/\s)\"'?]+"
    for start, middle, end in (
        ("https://colab.research.google.com/github/", "/blob/", "/notebooks/"),
        ("https://mybinder.org/v2/gh/", "/", "?urlpath=lab/tree/notebooks/"),
        ("https://github.com/", "/blob/", "/notebooks/"),
    ):
        link = re.escape(start) + f"{part}/{part}" + re.escape(middle) + part + re.escape(end)
        text = re.sub(link, start + name + middle + tag + end, text)
    pulled = r"(git-pull\?repo=)[^&\s]+(&branch=[^&\s]+&urlpath=lab%2Ftree%2F)[^%\s]+(%2Fnotebooks)"
    folder = repository.split("/")[-1]
    text = re.sub(pulled, rf"\g<1>{quote(repository, safe='')}\g<2>{folder}\g<3>", text)
    text = re.sub(r"(?m)(gradients-step-by-step:|^ +tag: )v?\d[\w.]*", rf"\g<1>{tag}", text)
    workflow = rf"https://github\.com/{part}/{part}/actions/"
    text = re.sub(workflow, f"{repository}/actions/", text)
    return re.sub(r"git clone https?://[^\s`]+", f"git clone {repository}", text)


def normalised(notebook):
    """A copy of a notebook that was run, without what differs from machine to machine."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    _name_cells(notebook)
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in KEPT_OF_A_CELL if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
        cell.outputs = list(_outputs(cell))
    _fold_answers(notebook)
    return notebook


def _fold_answers(notebook):
    """Fold what is shown from a question to its answer, by a cell tagged ``answer``, by the setup.

    JupyterLab and Notebook 7 unfold an output when its cell is run. Until then they show the first
    line of its first part, so a part without a line comes first.
    """
    asked = set()
    for cell in code_cells(notebook):
        question = re.search(r"(?m)^(\w+) = predict\(", cell.source)
        answers = set(re.findall(COMPARE, cell.source))
        told = any(not re.search(TELLS_NOTHING, text) for _, text in shown(cell))
        fold = tags(cell) & {"answer", "setup"} or (asked and told and not question)
        asked = (asked | {question[1]} if question else asked) - answers
        jupyter = {**cell.metadata.pop("jupyter", {}), "outputs_hidden": True}
        if fold:
            cell.outputs.insert(0, nbformat.v4.new_output("display_data", {"image/png": NOTHING}))
        else:
            del jupyter["outputs_hidden"]
        if jupyter:
            cell.metadata["jupyter"] = nbformat.from_dict(jupyter)


def _name_cells(notebook):
    """Give an id of its own to each cell that has none, the same one each time."""
    seen = set()
    for cell in notebook.cells:
        name, again = cell.get("id"), 0
        while not name or name in seen:
            again += 1
            name = hashlib.sha256(f"{again} {cell.source}".encode()).hexdigest()[:8]
        cell["id"] = name
        seen.add(name)


def _outputs(cell):
    """The outputs of a cell as they are written: streams joined, widgets as picture and text."""
    previous = None
    for output in cell.outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                raise NotebookError(f"stderr: {output.text}\nin the cell\n\n{cell.source}")
            if previous is not None and previous.output_type == "stream":
                previous.text += output.text
                continue
        if output.output_type == "execute_result":
            output.execution_count = cell.execution_count
        for part in _without_widget(output):
            previous = part
            yield part


def _without_widget(output):
    """An output as it is, or, of a widget's, first its picture and then its text.

    Viewers show one kind of an output alone, and prefer the picture: the text of a widget, with
    its numbers, is seen only where it stands by itself.
    """
    data = output.get("data", {})
    if data == {"image/png": NOTHING}:
        return []
    if WIDGET not in data:
        return [output]
    rest = {kind: value for kind, value in data.items() if kind != WIDGET}
    text = {"text/plain": rest.pop("text/plain")} if {"image/png", "text/plain"} <= {*rest} else {}
    return [
        nbformat.v4.new_output("display_data", part, metadata=_metadata_of(output, part))
        for part in (rest, text)
        if part
    ]


def _metadata_of(output, data):
    return {kind: value for kind, value in output.metadata.items() if kind in data}


def keep_pictures(fresh, old):
    """Keep a picture's old file where the cell shows the same and no pixel of it has changed."""
    before = {cell.get("id"): cell for cell in code_cells(old)}
    for cell in code_cells(fresh):
        same = before.get(cell.id)
        if same is None or same.source != cell.source or shown(same) != shown(cell):
            continue
        for new_data, old_data in zip(_pictures(cell), _pictures(same), strict=False):
            if _pixels(new_data["image/png"]) == _pixels(old_data["image/png"]):
                new_data["image/png"] = old_data["image/png"]


def _pictures(cell):
    data = [output.get("data", {}) for output in cell.outputs]
    return [one for one in data if "image/png" in one]


def _pixels(png):
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return image.size, image.tobytes()


def _write(path, text):
    """Write a file where its text differs; gives whether it did."""
    if path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
