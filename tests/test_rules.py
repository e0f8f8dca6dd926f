"""The rules find what is planted, and nothing in a sound notebook."""

import copy

import nbformat
import pytest

from tests.renew import WIDGET
from tests.rules import (
    RULES,
    compares_alone,
    ends_in_no_bare_figure,
    has_short_cells,
    has_whole_exercises,
    holds_no_widget,
    links_to_itself,
    prints_its_numbers,
    prints_short_lines,
    raises_what_it_says,
    reports_fit,
    runs_in_order,
    says_what_is_left,
    shows_each_explorer_without_a_kernel,
    shows_no_stderr,
    shows_no_trace_of_a_machine,
    shows_short_errors,
    solved,
    uses_no_magic,
)


def _cell(source, *outputs, tags=(), count=1, **metadata):
    made = [nbformat.v4.new_output(kind, **content) for kind, content in outputs]
    return nbformat.v4.new_code_cell(
        source, execution_count=count, outputs=made, metadata={"tags": list(tags), **metadata}
    )


def _printed(text, name="stdout"):
    return "stream", {"name": name, "text": text}


def _result(text, kind="execute_result", **data):
    return kind, {"data": {"text/plain": text, **data}}


_ERROR = "error", {"ename": "RuntimeError", "evalue": "no", "traceback": []}
_LONG = {**_ERROR[1], "traceback": ["Traceback (most recent call last)", "File a.py, line 1"]}
_MARKDOWN = nbformat.v4.new_markdown_cell
_WIDGET = {WIDGET: {"model_id": "1"}}
_CALL = "check_gradient(f, loss, wrt='w', at={})"

SOUND = [
    _cell("print(0.72)", _printed("-0.721 and 1.6e-05")),
    _MARKDOWN("It gives −0.72 and $0.72$, after 0.000016; [Python 3.99](https://a.b/1.23.ipynb)"),
    _cell("w -= 1", _ERROR, tags=["raises-exception"], count=2),
    _cell(_CALL, _result("Right: both agree."), count=3),
    _cell(_CALL, _result("Not yet: the sign."), tags=["bug"], count=4),
    _cell("\n".join("a" * 20), count=5, jupyter={"source_hidden": True}),
    _cell("fig = plot(ax=ax)", _result("<Figure size 1x1>", "display_data"), count=6),
]
SOUND[1].metadata["unprinted"] = ["3.99"]

PLANTED = [
    (runs_in_order, _cell("a", count=None)),
    (runs_in_order, _cell("a", count=9)),
    (holds_no_widget, _cell("a", _result("a", **_WIDGET))),
    (holds_no_widget, _cell("a", _result("FloatSlider(value=1.0)"))),
    (shows_no_stderr, _cell("a", _printed("Warning", "stderr"))),
    (raises_what_it_says, _cell("a", tags=["raises-exception"])),
    (raises_what_it_says, _cell("a", _ERROR)),
    (shows_short_errors, _cell("a", ("error", _LONG), tags=["raises-exception"])),
    (compares_alone, _cell("print(w)\nguess.compare(2)")),
    (uses_no_magic, _cell("%nosuch 1\na")),
    (uses_no_magic, _cell("!pip install a")),
    (shows_no_trace_of_a_machine, _cell("a", _result("<A object at 0x7f830d6be980>"))),
    (shows_no_trace_of_a_machine, _cell("a", _printed("in /home/me/a.py"))),
    (shows_no_trace_of_a_machine, _cell("a", _printed("in C:\\Users\\me"))),
    (shows_no_trace_of_a_machine, _cell("a", _printed("torch 2.13.0"))),
    (shows_no_trace_of_a_machine, _cell("a", _printed("took 3.2 ms"))),
    (shows_no_trace_of_a_machine, _cell("a", _result("tensor(1., device='cuda:0')"))),
    (ends_in_no_bare_figure, _cell("a", _result("<Axes: xlabel='w'>"))),
    (ends_in_no_bare_figure, _cell("a", _result("[<matplotlib.lines.Line2D>]"))),
    (has_short_cells, _cell("\n".join("a" * 15))),
    (shows_each_explorer_without_a_kernel, _cell("explore_step()")),
    (shows_each_explorer_without_a_kernel, _cell("explore_step()", _result("w = 1"))),
    (prints_its_numbers, _MARKDOWN("the loss is 0.73")),
    (prints_its_numbers, _MARKDOWN("from −0.000016 on")),
    (prints_its_numbers, _MARKDOWN("in LaTeX $-0.71$")),
    (prints_short_lines, _cell("a", _printed("0 " * 37))),
    (says_what_is_left, _cell(_CALL, _result("Not yet: the sign."))),
    (says_what_is_left, _cell(_CALL, _result("Right."), tags=["bug"])),
    (says_what_is_left, _cell(_CALL, _result("Nothing filled in yet."))),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_finds_nothing_in_a_sound_notebook(rule):
    assert list(rule(nbformat.v4.new_notebook(cells=SOUND))) == []


@pytest.mark.parametrize(
    ("rule", "planted"), PLANTED, ids=lambda one: getattr(one, "__name__", "cell")
)
def test_rule_finds_what_is_planted(rule, planted):
    planted = copy.deepcopy(planted)
    if planted.get("execution_count") == 1:
        planted.execution_count = 7
    assert len(list(rule(nbformat.v4.new_notebook(cells=[*SOUND, planted])))) == 1


def _exercise(report="Nothing filled in yet.", hint="Hint", solution="Solution", check=_CALL):
    return [
        _cell("def f(w): ...", tags=["blank"]),
        _cell(check, _result(report)),
        _MARKDOWN(f"<details><summary>{hint}</summary>\n\nThe chain rule.\n\n</details>"),
        _MARKDOWN(
            f"<details><summary>{solution}</summary>\n\n"
            "```python\ndef f(w):\n    return 2 * w\n```\n\n</details>"
        ),
    ]


def test_exercises_are_found_and_filled_in():
    notebook = nbformat.v4.new_notebook(cells=[*_exercise(), *_exercise(), *_exercise()])
    assert list(has_whole_exercises(notebook, "01_a.ipynb")) == []
    assert list(says_what_is_left(notebook)) == []
    assert len(list(reports_fit(notebook, filled_in=True))) == 3
    assert solved(notebook).cells[4].source == "def f(w):\n    return 2 * w"


@pytest.mark.parametrize(
    "exercise",
    [_exercise(hint="Help"), _exercise(solution="Answer"), _exercise(check="print(f(1))")],
    ids=["no-hint", "no-solution", "no-check"],
)
def test_exercises_that_lack_a_part_are_found(exercise):
    notebook = nbformat.v4.new_notebook(cells=[*_exercise(), *_exercise(), *exercise])
    assert len(list(has_whole_exercises(notebook, "01_a.ipynb"))) == 1


def test_lesson_without_exercises_is_found():
    notebook = nbformat.v4.new_notebook(cells=_exercise())
    assert len(list(has_whole_exercises(notebook, "01_a.ipynb"))) == 1
    assert list(has_whole_exercises(notebook, "00_a.ipynb")) == []


def test_notebook_without_links_to_itself_is_found():
    assert len(list(links_to_itself(nbformat.v4.new_notebook(cells=SOUND), "01_a.ipynb"))) == 2
