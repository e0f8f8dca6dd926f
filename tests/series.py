"""What the programs and tests of this folder share: the notebooks, and how they are run."""

import copy
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SECONDS_A_CELL = 120


class NotebookError(Exception):
    """A notebook cannot be run, or does not keep the rules; the message names the cell."""


def paths():
    """The notebooks of the series, in order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def address():
    """The public address of the series and the tag that its notebooks fetch."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text.split("[tool.series]")[1]
    found = (re.search(rf'(?m)^{key} = "(.*)"', section)[1] for key in ("repository", "tag"))
    repository, tag = found
    if not re.fullmatch(r"https://github\.com/[^/]+/[^/]+", repository):
        raise NotebookError(
            f"The address {repository} in pyproject.toml must be https://github.com/OWNER/NAME: "
            "Colab and Binder open notebooks from GitHub alone."
        )
    return repository, tag


def with_free_ports(start):
    """What ``start()`` gives, tried again where its kernel found a port of its taken.

    Ports are free when a kernel is promised them, and may not be when it starts, most of all where
    many start at once. Jupyter's servers try again, too.
    """
    for _ in range(3):
        try:
            return start()
        except RuntimeError as error:
            if "died before replying" not in str(error):
                raise
    return start()


def run(notebook, folder=NOTEBOOKS):
    """A copy of a notebook, run from top to bottom in a fresh kernel.

    An error in a cell that is not tagged ``raises-exception`` stops it, with a NotebookError
    that gives the cell and the message.
    """
    done = copy.deepcopy(notebook)
    for cell in code_cells(done):
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        done,
        kernel_name="python3",
        timeout=SECONDS_A_CELL,
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        with_free_ports(client.execute)
    except CellExecutionError as error:
        place = next(cell for cell in reversed(code_cells(done)) if cell.execution_count)
        message = f"{error.ename}: {error.evalue}\nin the cell\n\n{place.source}"
        raise NotebookError(message) from None
    except CellTimeoutError:
        raise NotebookError(f"A cell took more than {SECONDS_A_CELL} seconds.") from None
    return done


def shown(cell):
    """What a cell shows as text, as pairs of a kind and a text; pictures are left out."""
    pairs = []
    for output in cell.outputs:
        if output.output_type == "stream":
            pairs.append((output.name, output.text))
        elif output.output_type == "error":
            pairs.append(("error", f"{output.ename}: {output.evalue}"))
        else:
            texts = {kind: text for kind, text in output.data.items() if kind.startswith("text/")}
            pairs.extend(sorted(texts.items()))
    return pairs


def text_of(cell):
    """All that ``shown`` gives of a cell, as one text."""
    return "\n".join(text for _, text in shown(cell))
