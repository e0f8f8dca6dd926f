"""What can be answered in a lesson: its questions and its blanks, read from the notebook."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

from helpers.classroom.answers import item_of_check, item_of_question

HEADING = re.compile(r"(?m)^##(?: |# (?=Exercise |Bug ))(.+)")  # of a part, not of a piece of it
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@dataclass(frozen=True)
class Item:
    """A question, or a blank with its check.

    Attributes:
        item: its six digits.
        kind: ``"question"`` or ``"blank"``.
        title: the question, or the name of the blank's function.
        heading: of the part of the lesson that it stands in.
        options: of a question, as texts; none where a number is asked for.
    """

    item: str
    kind: str
    title: str
    heading: str
    options: tuple = ()


def find(lesson):
    """The path of the lesson with this number. Raises ValueError where there is none."""
    number = str(lesson).zfill(2)
    path = next(iter(sorted(NOTEBOOKS.glob(f"{number}_*.ipynb"))), None)
    if path is None:
        there = ", ".join(sorted(path.name[:2] for path in NOTEBOOKS.glob("*.ipynb")))
        raise ValueError(f"There is no lesson {lesson!r}; there are: {there}.")
    return path


def items(path):
    """The Items of a notebook, in order."""
    found, heading, blanks, names = [], "", set(), {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = (HEADING.findall(source) or [heading])[-1]
            continue
        if cell["cell_type"] != "code":
            continue
        tree = _parsed(source)
        names |= dict(_assigned(tree))
        if "blank" in cell["metadata"].get("tags", []):
            blanks |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            item = _question(call, heading, names) or _blank(call, heading, names, blanks)
            if item:
                found.append(item)
    return found


def _parsed(source):
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _assigned(tree):
    """name -> value, of what a cell assigns that is written out."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _keys(node.value) if isinstance(node.value, ast.Dict) else None
            value = value or _value(node.value, {})
            if value is not None:
                yield node.targets[0].id, value


def _keys(table):
    """The keys of a table that is written out, whatever its values are."""
    keys = [_value(key, {}) for key in table.keys if key is not None]
    return None if None in keys else keys


def _value(node, names):
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Call) and _called(node) == "list" and len(node.args) == 1:
        return _value(node.args[0], names)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _called(call):
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _question(call, heading, names):
    if _called(call) != "predict" or not call.args:
        return None
    question = _value(call.args[0], names)
    given = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "options")]
    options = _value(given[0], names) if given else ()
    return question and Item(
        item_of_question(question), "question", question, heading, tuple(map(str, options or ()))
    )


def _blank(call, heading, names, blanks):
    if _called(call) not in ("check_gradient", "check_descent"):
        return None
    written = [part.id for part in call.args if isinstance(part, ast.Name)]
    wrt = next((_value(word.value, names) for word in call.keywords if word.arg == "wrt"), None)
    if not wrt or len(written) != 2 or written[0] not in blanks:
        return None
    told = (*written, *((wrt,) if isinstance(wrt, str) else wrt))
    return Item(item_of_check(told), "blank", f"{written[0]}()", heading)
