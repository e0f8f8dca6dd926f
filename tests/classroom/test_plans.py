"""Each plan for a teacher holds its lesson: every part, question, blank and option is in it."""

import contextlib
import io
import re

import pytest

from helpers.classroom import lessons
from tests.rules import exercises, solutions
from tests.series import NOTEBOOKS, code_cells, paths, read, tags

PLANS = NOTEBOOKS / "teaching"
PART = re.compile(r"(?m)^(?:## (?!Exercises$)|### (?=Exercise ))(.+)$")
LEVEL = re.compile(r" · (?:easy|medium|hard), (\d+) minutes$")
OWN = re.compile(r"\*.+\*")  # a row of the plan itself, as the arrival


def plan_of(path):
    return (PLANS / f"{path.stem}.md").read_text(encoding="utf-8")


def part(plan, title):
    """The text of a plan under ``## title``."""
    return re.split(rf"(?m)^## {title}\n", plan)[1].split("\n## ")[0]


def rows(text):
    """The rows of the first table in a text, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in lines[2:]]


def titled(text):
    """title -> the text under it, for the third level of a plan."""
    pieces = re.split(r"(?m)^### (.+)\n", text)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def parts(notebook):
    """(heading, minutes of an exercise or None) of a lesson, in order."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for heading in PART.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        found = LEVEL.search(heading)
        yield LEVEL.sub("", heading), int(found[1]) if found else None


def minutes(cell):
    return 0 if cell == "–" else int(cell)


def lesson_minutes(notebook):
    """What a lesson says that it takes, and its exercises."""
    said = notebook.cells[0].source
    more = re.search(r"(?:take |and )(\d+) more", said)
    return int(re.search(r"\*\*Time:\*\* (\d+)", said)[1]), int(more[1]) if more else 0


lesson = pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)


def test_there_is_a_plan_for_each_lesson_and_no_other():
    names = {plan.stem for plan in PLANS.glob("*.md")} - {"README"}
    assert names == {path.stem for path in paths()}


@lesson
def test_every_part_has_its_minutes_and_they_add_up(path):
    notebook = read(path)
    table = rows(part(plan_of(path), "By the minute"))
    own = [row for row in table if not OWN.fullmatch(row[0])]
    wanted = list(parts(notebook))
    assert [row[0] for row in own] == [heading for heading, _ in wanted]
    assert sum(minutes(row[2]) for row in table) == 50
    assert sum(minutes(row[3]) for row in table) == 90
    alone = [minutes(row[1]) for row in own]
    exercise = [said for _, said in wanted if said]
    assert [taken for taken, (_, said) in zip(alone, wanted, strict=True) if said] == exercise
    main, more = lesson_minutes(notebook)
    assert sum(alone) - sum(exercise) == main
    assert 5 * round(sum(exercise) / 5) == more
    for row in own:
        assert len(row) == 5 and len(row[4]) > 15, row
        assert "–" not in row[2:4] or "kip" in row[4] or "home" in row[4].lower(), row


@lesson
def test_every_question_has_its_answers_and_what_they_tell(path):
    asked = {item.title: item for item in lessons.items(path) if item.kind == "question"}
    planned = titled(part(plan_of(path), "Questions"))
    assert list(planned) == list(asked)
    right = right_options(path)
    for question, text in planned.items():
        table = rows(text)
        answers = [row[0].strip("*") for row in table]
        bold = [row[0].strip("*") for row in table if row[0].startswith("**")]
        assert len(bold) == 1 and len(table) >= 2, question
        assert all(len(row) == 3 and row[1] and row[2] for row in table), question
        if asked[question].options:
            assert set(answers) == set(asked[question].options), question
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
    planned = titled(part(plan_of(path), "Blanks"))
    solved = blanks(notebook)
    assert list(planned) == list(solved)
    names, said = run(notebook), {}
    for name, text in planned.items():
        table = rows(text)
        assert len(table) >= 2 and all(len(row) == 3 and row[2].endswith("?") for row in table)
        if not solved[name].startswith("def "):  # a table, which has no names for mistakes
            continue
        assert judged(names, notebook, name, solved[name]) is None, name
        for mistake, written, _ in table:
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
    plan = plan_of(path)
    assert plan.startswith("# " + read(path).cells[0].source.split("\n")[0].removeprefix("# "))
    assert "```" in part(plan, "The board")
    assert "**Stop here**" in plan


def test_the_page_of_plans_has_their_minutes():
    listed = rows((PLANS / "README.md").read_text(encoding="utf-8"))
    for path, (link, alone, _) in zip(paths(), listed, strict=True):
        notebook = read(path)
        whole = lesson_minutes(notebook)[0] + sum(said or 0 for _, said in parts(notebook))
        assert path.stem in link and int(alone) == whole, path.stem
