"""What is made and not typed: setup cells, badges, links, the tables of contents, what it costs.

It comes from the notebooks, from the address in pyproject.toml and from the benchmark. A notebook's
first cell says what it is: ``# title``, ``**The idea:** …``, ``**Time:** … minutes``.
"""

import copy
import re
from dataclasses import dataclass

from nbformat.v4 import new_code_cell

from tests.series import NotebookError, address, code_cells, paths, read, tags

# The helpers are beside the notebook or above it, or else fetched. What is being fetched has a name
# of its own until all of it is there.
SETUP = """\
# @title Setup: run this cell first
import os
import sys

address, tag, fetched = "{repository}", "{tag}", "{folder}"
homes = [p for p in (".", "..", "../..", fetched) if os.path.exists(p + "/helpers/environment.py")]
if not homes:
    part = f"{{fetched}}-{{os.urandom(4).hex()}}"
    clone = f"git -c advice.detachedHead=false clone -q --depth 1 -b {{tag}} {{address}} {{part}}"
    assert not os.system(clone), "Not fetched. Is this machine online? Then run this cell again."
    os.rename(part, fetched)
sys.path.insert(0, os.path.abspath((homes or [fetched])[0]))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # for small tensors threads only cost time
print("Ready.")"""
# The answer stands in such a cell, so it is folded, too.
COMPARE, COMPARE_TITLE = r"(?m)^(\w+)\.compare\(", "# @title Your guess and the answer"
SETUP_TEXT = """\
**First, run the setup:** click on this text and press **Shift + Enter** twice, or the ▶ button \
twice. (On Colab, press the arrow of the folded cell below.) You need not open that cell. It says \
*Ready.* when it is done, and it is needed again after a restart."""
COLAB = "https://colab.research.google.com/github/{name}/blob/{tag}/notebooks/{file}"
BINDER = "https://mybinder.org/v2/gh/{name}/{tag}?urlpath=lab/tree/notebooks/{file}"
BADGES = (
    "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab}) "
    "[![Launch on Binder](https://mybinder.org/badge_logo.svg)]({binder})"
)


def filled_in(notebook, name):
    """A copy with all that is made and not typed, for a notebook of this name."""
    notebook = copy.deepcopy(notebook)
    setups = [cell for cell in notebook.cells if "setup" in tags(cell)]
    if len(setups) != 1 or setups[0] is not code_cells(notebook)[0]:
        raise NotebookError("The first code cell, and no other, must be tagged 'setup'.")
    setups[0].source = setup(*address())
    notebook.cells = [part for cell in notebook.cells for part in _answer_apart(cell)]
    for cell in code_cells(notebook):
        if re.search(COMPARE, cell.source) or cell is setups[0]:
            folded = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
            cell.metadata.update(cellView="form", jupyter=folded)
    first, entries = notebook.cells[0], all_entries()
    first.source = started(first.source, name)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_contents(cell.source, entries)
    return notebook


def _answer_apart(cell):
    """A cell as it is, or what it does before it compares a guess, and the comparison."""
    compares = re.search(COMPARE, cell.source) if cell.cell_type == "code" else None
    if compares is None:
        return [cell]
    before = cell.source[: compares.start()].removeprefix(COMPARE_TITLE).strip()
    source = f"{COMPARE_TITLE}\n{cell.source[compares.start() :]}"
    if not before:
        cell.source = source
        return [cell]
    cell.source, apart = before, new_code_cell(source)
    del apart["id"]  # renew gives it one that is the same each time
    return [cell, apart]


def setup(repository, tag):
    """The source of the setup cell."""
    folder = f"{repository.split('/')[-1]}-{tag}"
    return SETUP.format(repository=repository, tag=tag, folder=folder)


def readme(text):
    """README with its links and its table of notebooks as they have to be."""
    return with_contents(text, all_entries(), "notebooks/")


def plans_page(text):
    """The page of plans with its table: minutes with all exercises, what a class gets to."""
    rows = [_plan_row(path) for path in paths()]
    head = "| plan | alone, with all exercises | what a class of 50 minutes gets to |"
    return _with_table(text, f"{head}\n|---|---|---|", rows)


def _plan_row(path):
    notebook = read(path)
    one = entry(notebook, path.name)
    exercises = re.findall(
        r"(?m)^### Exercise .*, (\d+) minutes$", "\n".join(cell.source for cell in notebook.cells)
    )
    plan = path.parent / "teaching" / f"{path.stem}.md"
    if not plan.exists():
        raise NotebookError(
            f"{path.name} has no plan for teachers: write {plan.name} in teaching/."
        )
    gets = re.search(r"(?m)^\*\*In 50 minutes:\*\* (.+?)\.?$", plan.read_text(encoding="utf-8"))
    if gets is None:
        raise NotebookError(f"teaching/{plan.name} must have a paragraph '**In 50 minutes:** …'.")
    return f"| [{one.title}]({plan.name}) | {one.minutes + sum(map(int, exercises))} | {gets[1]} |"


def with_measured(text, measured):
    """README with what the benchmark printed in the place of what it printed before."""
    place = r"(?ms)^Measured on .*?\n\n(\|.*?\n\n)+"
    return re.sub(place, lambda _: f"{measured.strip()}\n\n", text)


def with_rows(text, rows):
    """README with these rows of explorers in the table of costs, each in its place."""
    line = r"(?m)^\| `(explore_\w+)`, in the kernel.*\n"
    table = {found[1]: found[0] for found in re.finditer(line, text)}
    table |= {re.match(line, f"{row}\n")[1]: f"{row}\n" for row in rows.splitlines()}
    start = re.search(line, text).start()
    return (
        text[:start]
        + "".join(table[name] for name in sorted(table))
        + re.sub(line, "", text[start:])
    )


@dataclass(frozen=True)
class Entry:
    """What the first cell of a notebook says of it."""

    file: str
    title: str
    idea: str
    minutes: int

    def row(self, folder=""):
        return f"| [{self.title}]({folder}{self.file}) | {self.idea} | {self.minutes} |"


def entry(notebook, file):
    """The Entry of a notebook, or a NotebookError that says what its first cell lacks."""
    first = notebook.cells[0].source
    found = [
        re.search(pattern, first, re.MULTILINE)
        for pattern in (r"\A# (.+)", r"^\*\*The idea:\*\* (.+?)\.?$", r"^\*\*Time:\*\* (\d+) min")
    ]
    if None in found:
        raise NotebookError(
            f"The first cell of {file} must begin with '# ' and its title, and have a paragraph "
            "'**The idea:** …' and one '**Time:** … minutes'."
        )
    title, idea, minutes = (match[1] for match in found)
    return Entry(file, title, idea, int(minutes))


def all_entries():
    """The Entry of each notebook of the series, in order."""
    return [entry(read(path), path.name) for path in paths()]


def links(file):
    """The addresses of a notebook on Colab and on Binder."""
    repository, tag = address()
    parts = {"name": "/".join(repository.split("/")[-2:]), "tag": tag, "file": file}
    return COLAB.format(**parts), BINDER.format(**parts)


def started(first, file):
    """The text of a first cell with the badges of this file and how to run the setup at its end."""
    made = r"\[!\[Open in Colab|\*\*First, run the setup"
    own = [part for part in first.strip().split("\n\n") if not re.match(made, part)]
    colab, binder = links(file)
    return "\n\n".join([*own, BADGES.format(colab=colab, binder=binder), SETUP_TEXT])


def with_contents(text, entries, folder=""):
    """A text with its table of contents, and with the titles in its links to notebooks."""
    titles = {one.file: one.title for one in entries}

    def titled(match):
        return f"[{titles.get(match[2], match[1])}]({folder}{match[2]})"

    text = re.sub(rf"\[(\d\d · [^\]]+)\]\({folder}(\w+\.ipynb)\)", titled, text)
    rows = [one.row(folder) for one in entries]
    head = "| notebook | its one idea | minutes |"
    text = _with_table(text, f"{head}\n|---|---|---|", rows)
    for number, one in enumerate(entries):
        colab, binder = links(one.file)
        rows[number] += f" [Colab]({colab}) · [Binder]({binder}) |"
    return _with_table(text, f"{head} open |\n|---|---|---|---|", rows)


def _with_table(text, head, rows):
    """A text in which the table with this head has these rows."""
    table = "\n".join([head, *rows])
    return re.sub(rf"(?m)^{re.escape(head)}(\n\|.*)*$", lambda _: table, text)
