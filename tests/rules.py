"""Rules that every notebook of the series keeps.

A rule is given a notebook as it stands in its file, and gives a sentence for each breach of it.
"""

import ast
import copy
import re
from itertools import pairwise

from tests.made import COMPARE
from tests.renew import WIDGET
from tests.series import address, code_cells, shown, tags, text_of

LINES_A_CELL = 14
LETTERS_A_LINE = 72  # of an output: more are broken in a window of half a laptop's screen
BLANKS_A_LESSON = 3

REPORT = re.compile(r"\b(check_gradient|check_descent|fill_table)\(")
NOT_FILLED, WRONG, RIGHT = "Nothing filled in yet", "Not yet", "Right"
TRACES = {
    "an address in memory": r"0x[0-9a-fA-F]{6,}",
    "a path": r"(?m)(^|[\s'\"(])(~/|[A-Za-z]:\\|/(content|home|opt|root|tmp|usr|Users|var)/)",
    "a folder of packages": r"site-packages|dist-packages|ipykernel_\d",
    "a version": r"\b\d+\.\d+\.\d+\b",
    "a date or a time": r"\b\d\d:\d\d:\d\d\b|\b\d{4}-\d\d-\d\d\b",
    "a duration": r"\b\d+(\.\d+)? ?(ns|us|µs|ms|s|sec|seconds)\b",
    "a device": r"\b(device|cuda|mps)\b",
}
FIGURE = re.compile(r"\(?\[?<(Figure|Axes|AxesSubplot|matplotlib)\b|Text\(")
WIDGET_REPR = re.compile(r"^\w+\((children|value|description|layout|options)=")
MAGICS = {"matplotlib"}


def runs_in_order(notebook):
    """Every code cell was run, once, from top to bottom."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"the counts of the cells are {counts}"


def holds_no_widget(notebook):
    """Neither a widget's state nor its view is saved: without a kernel they show an error."""
    if "widgets" in notebook.metadata:
        yield "metadata.widgets is saved"
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if WIDGET in output.get("data", {}):
                yield f"a view of a widget is saved under {first_line(cell)}"
            if WIDGET_REPR.match(output.get("data", {}).get("text/plain", "")):
                yield f"only the code of a widget is seen under {first_line(cell)}"


def shows_no_stderr(notebook):
    for cell in code_cells(notebook):
        for kind, text in shown(cell):
            if kind == "stderr":
                yield f"{first_line(cell)} writes to stderr: {text}"


def raises_what_it_says(notebook):
    """An error is saved under each cell that is tagged for it, and under no other."""
    for cell in code_cells(notebook):
        raised = [text for kind, text in shown(cell) if kind == "error"]
        expected = "raises-exception" in tags(cell)
        if expected and not raised:
            yield f"{first_line(cell)} is tagged raises-exception and raises nothing"
        if raised and not expected:
            yield f"{first_line(cell)} raises {raised[0]}"


def shows_short_errors(notebook):
    """The helpers make an error short: the lines of the cell, and the message."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            traceback = "\n".join(output.get("traceback", []))
            if re.search(r"\x1b|\bFile\b|Traceback", traceback):
                yield f"{first_line(cell)} shows more of an error than its own lines"


def compares_alone(notebook):
    """A cell that compares a guess is folded, with the answer in it: nothing else may be hidden."""
    for cell in code_cells(notebook):
        if re.search(COMPARE, cell.source) and len(ast.parse(cell.source).body) > 1:
            yield f"{first_line(cell)} holds more than the answer to a question"


def uses_no_magic(notebook):
    """An unknown magic ends its cell without an error that a test would see."""
    for cell in code_cells(notebook):
        for name in re.findall(r"(?m)^\s*(?:%{1,2}(\w+)|!)", cell.source):
            if name not in MAGICS:
                yield f"{first_line(cell)} uses the magic {name or '!'}"


def shows_no_trace_of_a_machine(notebook):
    for cell in code_cells(notebook):
        for what, pattern in TRACES.items():
            found = re.search(pattern, text_of(cell))
            if found:
                yield f"{first_line(cell)} shows {what}: {found[0].strip()}"


def prints_short_lines(notebook):
    for cell in code_cells(notebook):
        printed = "".join(text for kind, text in shown(cell) if kind == "stdout")
        for line in printed.splitlines():
            if len(line) > LETTERS_A_LINE:
                yield f"{first_line(cell)} prints {len(line)} letters in a line: {line}"


def ends_in_no_bare_figure(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            text = output.get("data", {}).get("text/plain", "")
            if output.output_type == "execute_result" and FIGURE.match(text):
                yield f"{first_line(cell)} ends in {text}"


def has_short_cells(notebook):
    for cell in code_cells(notebook):
        lines = len(cell.source.splitlines())
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if lines > LINES_A_CELL and not hidden:
            yield f"{first_line(cell)} has {lines} lines"


def shows_each_explorer_without_a_kernel(notebook):
    for cell in code_cells(notebook):
        if not re.search(r"(?m)^\s*explore_\w+\(", cell.source):
            continue
        kinds = [set(output.get("data", {})) for output in cell.outputs]
        if {"image/png"} not in kinds or {"text/plain"} not in kinds:
            yield f"no picture with its words is saved under {first_line(cell)}"


def links_to_itself(notebook, name):
    repository, tag = address()
    owner_and_name = repository.removeprefix("https://github.com/")
    text = "\n".join(cell.source for cell in notebook.cells)
    for link in (
        f"https://colab.research.google.com/github/{owner_and_name}/blob/{tag}/notebooks/{name}",
        f"https://mybinder.org/v2/gh/{owner_and_name}/{tag}?urlpath=lab/tree/notebooks/{name}",
    ):
        if link not in text:
            yield f"there is no link {link}"


# Numbers in the text: every decimal must be one that a cell has, in its code or in its output.

NUMBER = r"\d+(?:\.\d*)?(?:e[-+]?\d+)?"
SIGN = r"(?:(?<![\w.)\]}])[-−])?"


def prints_its_numbers(notebook):
    known = _numbers_of_code(notebook)
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        allowed = cell.metadata.get("unprinted", [])
        for written in _decimals(_prose(cell.source)):
            if written not in allowed and not _is_known(written, known):
                yield f"{written} in {first_line(cell)}"


def _prose(markdown):
    """The text of a markdown cell without its code blocks, tags and the targets of its links."""
    return re.sub(r"```.*?```|\]\([^)]*\)|<[^>]+>|https?://\S+", " ", markdown, flags=re.DOTALL)


def _decimals(prose):
    return re.findall(rf"{SIGN}(?<![\w.])\d+\.\d+(?![\w.]*\d)", prose)


def _numbers_of_code(notebook):
    parts = [cell.source + "\n" + text_of(cell) for cell in code_cells(notebook)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts += re.findall(r"```.*?```", cell.source, flags=re.DOTALL)
    found = re.findall(rf"{SIGN}(?<![\w.]){NUMBER}", "\n".join(parts))
    return {_value(number) for number in found}


def _is_known(written, known):
    """Whether a number of the code rounds to the one written; a sign must be in the code too."""
    value, digits = _value(written), len(written.split(".")[1])
    candidates = known if value < 0 else {abs(number) for number in known}
    return any(abs(number - value) <= 0.5 * 10**-digits * (1 + 1e-9) for number in candidates)


def _value(text):
    return float(text.replace("−", "-"))


# Exercises: a blank, its check, a hint and a solution.


def exercises(notebook):
    """For each blank: its index, that of its check, and the text from there to the next blank."""
    cells = notebook.cells
    starts = [index for index, cell in enumerate(cells) if "blank" in tags(cell)]
    for start, end in pairwise([*starts, len(cells)]):
        after = range(start + 1, end)
        check = next((index for index in after if cells[index].cell_type == "code"), None)
        text = "\n".join(cells[i].source for i in after if cells[i].cell_type == "markdown")
        yield start, check, text


def solutions(text):
    pattern = r"<summary>\s*Solution.*?</summary>\s*?\n\n```python\n(.*?)\n```\n\n</details>"
    return re.findall(pattern, text, flags=re.DOTALL)


def hints(text):
    return re.findall(r"<summary>\s*Hint.*?</summary>\s*\S", text, flags=re.DOTALL)


def solved(notebook):
    """A copy in which each blank holds the code of its solution."""
    notebook = copy.deepcopy(notebook)
    for start, _, text in exercises(notebook):
        notebook.cells[start].source = solutions(text)[0]
    return notebook


def has_whole_exercises(notebook, name):
    found = list(exercises(notebook))
    if len(found) < BLANKS_A_LESSON and not name.startswith("00"):
        yield f"it has {len(found)} blanks, fewer than {BLANKS_A_LESSON}"
    for start, check, text in found:
        blank = notebook.cells[start]
        if check is None or not REPORT.search(notebook.cells[check].source):
            yield f"no check follows the blank {first_line(blank)}"
        for what, number in (("hint", len(hints(text))), ("solution", len(solutions(text)))):
            if number != 1:
                yield f"the blank {first_line(blank)} has {number} of a {what}"


def reports_fit(notebook, filled_in):
    """Each check says what its cell is there to show: untouched, right, or wrong on purpose."""
    of_blanks = {check for _, check, _ in exercises(notebook)}
    blank_report = RIGHT if filled_in else NOT_FILLED
    previous = None
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        wrong = "bug" in tags(cell) or (previous is not None and "bug" in tags(previous))
        expected = WRONG if wrong else blank_report if index in of_blanks else RIGHT
        previous = cell
        if REPORT.search(cell.source) and not _report(cell).startswith(expected):
            yield f"{first_line(cell)} should say {expected!r}, and says {_report(cell)!r}"


def says_what_is_left(notebook):
    return reports_fit(notebook, filled_in=False)


def _report(cell):
    """The first thing that a cell says in plain text."""
    texts = [text for kind, text in shown(cell) if kind in ("stdout", "text/plain")]
    return texts[0] if texts else ""


def first_line(cell):
    lines = cell.source.strip().splitlines() or ["an empty cell"]
    return f"[{lines[0]}]"


RULES = [
    runs_in_order,
    holds_no_widget,
    shows_no_stderr,
    raises_what_it_says,
    shows_short_errors,
    compares_alone,
    uses_no_magic,
    shows_no_trace_of_a_machine,
    ends_in_no_bare_figure,
    has_short_cells,
    shows_each_explorer_without_a_kernel,
    prints_its_numbers,
    prints_short_lines,
    says_what_is_left,
]
