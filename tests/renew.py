"""``python3 -m tests renew [NAMES]`` re-runs the notebooks and writes them back normalised.

Each notebook (or each one named) is run from top to bottom in a fresh kernel. What is written is
the same on every machine and on every run: outputs and counts in order, the pictures and texts of
widgets without the widgets, no traces of the machine. The links to the series and the cell that
fetches the helpers are filled in from the address in pyproject.toml.
"""

import base64
import copy
import hashlib
import io
import re
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat
from PIL import Image

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
PAGES = README, ROOT / "binder" / "README.md"
WIDGET = "application/vnd.jupyter.widget-view+json"
KEPT_OF_A_CELL = ("alt", "cellView", "jupyter", "slideshow", "tags", "unprinted")
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

# Found beside the notebook or above it, or else fetched. Without a terminal git must not ask for
# a name and password, which is what a host does where an address is wrong.
SETUP = """\
# @title Setup: run this cell first
import os
import shutil
import subprocess
import sys
from pathlib import Path

repository, tag = "{repository}", "{tag}"
fetched = Path.cwd() / f"{{repository.split('/')[-1]}}-{{tag}}"
places = [Path.cwd(), *Path.cwd().parents, fetched]
home = next((place for place in places if (place / "helpers" / "environment.py").is_file()), None)
if home is None:
    part = Path(f"{{fetched}}.part")
    clone = ["git", "clone", "--quiet", "--depth", "1", "--branch", tag, repository, str(part)]
    quiet = {{**os.environ, "GIT_TERMINAL_PROMPT": "0"}}
    shutil.rmtree(part, ignore_errors=True)  # of an attempt that was cut short
    try:
        subprocess.run(clone, env=quiet, check=True, capture_output=True, timeout=300)
        part.rename(fetched)
    except (OSError, subprocess.SubprocessError):
        raise RuntimeError(
            f"The helpers could not be fetched from {{repository}} at {{tag}}: see that this "
            "machine is online and has git and that the address is right, then run this cell again."
        ) from None
    home = fetched
if str(home) not in sys.path:
    sys.path.insert(0, str(home))"""


def main(names):
    """Renew the notebooks whose names begin with one of ``names``, or all; gives the exit code."""
    chosen = [path for path in paths() if not names or path.name.startswith(tuple(names))]
    if names and not chosen:
        print(f"There is no such notebook in {NOTEBOOKS}.")
        return 1
    for path in chosen:
        try:
            changed = _write(path, as_text(renewed(read(path))))
        except NotebookError as error:
            print(f"{path.name}: stopped, and left as it was.\n{error}")
            return 1
        print(f"{path.name}: {'renewed' if changed else 'is as it should be'}", flush=True)
    for page in filter(Path.exists, PAGES):
        _write(page, addressed(page.read_text(encoding="utf-8")))
    return 0


def renewed(notebook):
    """A notebook as it has to stand in the tree: filled in, run, normalised."""
    fresh = normalised(run(filled_in(notebook)))
    keep_pictures(fresh, notebook)
    return fresh


def as_text(notebook):
    return nbformat.writes(notebook) + "\n"


def filled_in(notebook):
    """A copy with the setup cell and the links as the address in pyproject.toml has them."""
    notebook = copy.deepcopy(notebook)
    setups = [cell for cell in notebook.cells if "setup" in tags(cell)]
    if len(setups) != 1 or setups[0] is not code_cells(notebook)[0]:
        raise NotebookError("The first code cell, and no other, must be tagged 'setup'.")
    repository, tag = address()
    setups[0].source = SETUP.format(repository=repository, tag=tag)
    setups[0].metadata.update(cellView="form", jupyter={"source_hidden": True})
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = addressed(cell.source)
    return notebook


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
    return notebook


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
        if output.output_type == "error":
            output.traceback = _traceback(cell, output)
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


def _traceback(cell, error):
    """A traceback that shows the cell's own line, as it is on each machine and in each version."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    place = re.search(r"Cell In\[\d+\], line (\d+)", lines)
    message = f"{error.ename}: {error.evalue}"
    if not place:
        return [message]
    number = int(place[1])
    source = cell.source.splitlines()[number - 1]
    return [f"Cell In[{cell.execution_count}], line {number}\n----> {number} {source}", message]


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
