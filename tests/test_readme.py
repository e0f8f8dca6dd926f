"""What README says is so: its example, its counts, its table of costs, its list of notebooks."""

import re
from collections import Counter

import pytest

from helpers import explorers
from helpers.environment import CPU_BUILDS
from tests import made, renew
from tests.checks.strangers import GRADES, RIGHT, WRONG
from tests.series import ROOT, paths

README = renew.README.read_text(encoding="utf-8")


def rows(start):
    """The rows of the table whose head begins with ``start``, as lists of cells."""
    lines = README[README.index(f"| {start}") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_its_links_and_its_table_are_as_they_are_made():
    assert made.readme(renew.addressed(README)) == README, "run: python3 -m tests renew"
    assert len(rows("notebook")) == len(paths())


def test_its_costs_can_be_made_anew():
    new = made.with_measured(README, "Measured on\n\n| new |\n")
    assert new.count("Measured on") == 1 and "| a move of a slider" not in new
    assert new.split("Measured on")[0] == README.split("Measured on")[0]
    assert new.endswith("| new |\n\n" + README.splitlines(keepends=True)[-1])


def test_the_line_for_a_python_of_ones_own_has_the_index_of_cpu_builds():
    line = f"pip install -r requirements.txt --extra-index-url {CPU_BUILDS}"
    assert f"```\n{line}\n```" in README


def test_its_example_prints_what_it_shows():
    about = README[README.index("## A check that names the mistake") :]
    code, shown = re.findall(r"```(?:python)?\n(.*?)```", about, re.DOTALL)[:2]
    *body, call = code.strip().split("\n\n\n")
    names = {}
    exec("\n\n".join(body), names)
    printed = str(eval(call, names)).split("\n\n")
    words, _, table = (part.split() for part in shown.split("\n\n"))
    assert printed[0].split() == words and printed[-1].split() == table


def test_it_tells_what_every_explorer_costs():
    measured = rows("a move of a slider")
    told = [row[0].split("`")[1] for row in measured[:-1]]
    assert told == explorers.__all__, "run: python3 -m tests renew costs, with the explorer's name"
    for name, live, slow, times in measured:
        # The two times are printed rounded.
        assert float(slow) / float(live) == pytest.approx(float(times), rel=0.05), name


def test_what_it_says_of_the_check_is_what_strangers_answers_give():
    """The grades are held to the check's answers by tests/checks/test_strangers.py."""
    graded = [row["grade"] for rows in GRADES.values() for row in rows.values()]
    right = sum(map(len, RIGHT.values()))
    count = Counter(graded)
    assert len(graded) == sum(map(len, WRONG.values()))
    assert (
        f"of {len(graded)} wrong ones, graded by others, it named or led to {count['A']}, and it "
        f"led away from the cause in {count['C']}; it refused none of {right} right ones."
    ) in README


def test_ci_runs_its_test_command():
    assert "```\npython3 -m tests\n```" in README
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").endswith("exec python3 -m tests\n")
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert "- run: python -m tests\n" in workflow
