"""Each plan for a teacher holds its lesson: every part, question, blank and option is in it."""

import contextlib
import io
import re

import pytest

from helpers.classroom import lessons
from tests import made
from tests.classroom.plans import FOLDER, OWN, Plan, headings, table
from tests.rules import exercises, solutions
from tests.series import code_cells, paths, read, tags


def parts(notebook):
    return headings("\n".join(c.source for c in notebook.cells if c.cell_type == "markdown"))


def lesson_minutes(notebook):
    """What a lesson says that it takes, and its exercises."""
    said = notebook.cells[0].source
    more = re.search(r"(?:take |and )(\d+) more", said)
    return int(re.search(r"\*\*Time:\*\* (\d+)", said)[1]), int(more[1]) if more else 0


lesson = pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)


def test_there_is_a_plan_for_each_lesson_and_no_other():
    names = {plan.stem for plan in FOLDER.glob("*.md")} - {"README", "projector"}
    assert names == {path.stem for path in paths()}


@lesson
def test_every_part_has_its_minutes_and_they_add_up(path):
    notebook = read(path)
    planned = Plan(path).rows
    own = [row for row in planned if not OWN.fullmatch(row.part)]
    wanted = list(parts(notebook))
    assert [row.part for row in own] == [heading for heading, _ in wanted]
    assert sum(row.short for row in planned) == 50
    assert sum(row.long for row in planned) == 90
    alone = [row.alone for row in own]
    exercise = [said for _, said in wanted if said]
    assert [taken for taken, (_, said) in zip(alone, wanted, strict=True) if said] == exercise
    main, more = lesson_minutes(notebook)
    assert sum(alone) - sum(exercise) == main
    assert 5 * round(sum(exercise) / 5) == more
    for row in own:
        assert len(row.what) > 15, row
        assert (row.short and row.long) or re.search("[Ss]kip|[Hh]omework|Say", row.what), row


@lesson
def test_every_question_has_its_answers_and_what_they_tell(path):
    asked = {item.title: item for item in lessons.items(path) if item.kind == "question"}
    planned = Plan(path).questions
    assert list(planned) == list(asked)
    right = right_options(path)
    for question, text in planned.items():
        rows = table(text)
        answers = [row[0].strip("*") for row in rows]
        bold = [row[0].strip("*") for row in rows if row[0].startswith("**")]
        assert len(bold) == 1 and len(rows) >= 2, question
        assert all(len(row) == 3 and row[1] and row[2] for row in rows), question
        if asked[question].options:
            options = asked[question].options
            named = [n for a in answers for n in ([a] if a in options else a.split(", "))]
            assert sorted(named) == sorted(options), question
            assert bold == [right.get(question, bold[0])], question


def right_options(path):
    """question -> its right option, where the lesson has it written out."""
    source = "\n".join(cell.source for cell in code_cells(read(path)))
    named = re.findall(r'(\w+) = predict\(\s*"((?:[^"\\]|\\.)*)"', source)
    said = dict(re.findall(r'(\w+)\.compare\("([^"]+)"\)', source))
    return {question: said[name] for name, question in named if name in said}


def blanks(notebook):
    """name -> the source of its solution, for all blanks of a lesson."""
    found = {}
    for start, _, text in exercises(notebook):
        name = re.search(r"(?m)^(?:def )?(\w+)", notebook.cells[start].source)[1]
        found[name] = solutions(text)[0]
    return found


@lesson
def test_every_blank_has_the_mistakes_that_the_check_names(path):
    """Each is planted into the solution; the check has to give it the name in the plan."""
    notebook = read(path)
    planned = Plan(path).blanks
    solved = blanks(notebook)
    assert list(planned) == list(solved)
    names, said = run(notebook), {}
    for name, text in planned.items():
        rows = table(text)
        assert len(rows) >= 2 and all(len(row) == 3 and row[2].endswith("?") for row in rows)
        if not solved[name].startswith("def "):  # a table, which has no names for mistakes
            continue
        assert judged(names, notebook, name, solved[name]) is None, name
        for mistake, written, _ in rows:
            found = judged(names, notebook, name, planted(solved[name], written))
            if found != mistake.strip("`"):
                said[name, written] = found
    assert said == {}, "what the check says"


def planted(solution, written):
    """A solution with a mistake: `A` → `B`, without `A`, or `C` in place of what is returned."""
    code = re.findall(r"`` ?(.+?) ?``|`([^`]+)`", written)
    code = [double or single for double, single in code]
    if len(code) == 2:
        wrong = solution.replace(*code)
    elif written.startswith("without"):
        wrong = solution.replace(code[0], "")
    else:
        wrong = solution.split("\n")[0] + f"\n    return {code[0]}"
    assert wrong != solution, written
    return wrong


def judged(names, notebook, name, source):
    """The mistake that a lesson's own check finds in the source of a blank."""
    sources = (cell.source for cell in code_cells(notebook))
    check = next(source for source in sources if re.search(rf"check_\w+\(\s*{name},", source))
    here = dict(names)
    exec(source, here)
    *before, call = re.split(r"(?m)^(?=check_)", check)
    exec("\n".join(before), here)
    with contextlib.redirect_stdout(io.StringIO()):
        return eval(call.strip(), here).mistake


def run(notebook):
    """The names of a lesson after its cells, run in this process."""
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in code_cells(notebook):
            may_raise = Exception if "raises-exception" in tags(cell) else ()
            with contextlib.suppress(may_raise):
                exec("" if "setup" in tags(cell) else cell.source, names)
    return names


@lesson
def test_a_plan_has_a_board_and_a_place_to_stop(path):
    plan = Plan(path)
    assert plan.text.startswith(read(path).cells[0].source.split("\n")[0])
    assert "```" in plan.section("The board") and "**Stop here**" in plan.text


def test_the_page_of_plans_is_made_from_them():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert made.plans_page(page) == page, "run: python3 -m tests renew"
