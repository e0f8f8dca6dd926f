"""What README says is so: its example, its counts, its table of costs, its list of notebooks."""

import re

import pytest

from helpers import explorers
from tests import catalogue, renew
from tests.checks import planted
from tests.series import ROOT, paths, read

README = renew.README.read_text(encoding="utf-8")


def rows(start):
    """The rows of the table whose head begins with ``start``, as lists of cells."""
    lines = README[README.index(f"| {start}") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_it_has_the_address():
    assert renew.addressed(README) == README, "run: python3 -m tests renew"


def test_it_lists_every_notebook_with_its_minutes():
    listed = rows("notebook")
    assert [path.name for path in paths()] == [
        re.search(r"notebooks/(\w+\.ipynb)", row[0])[1] for row in listed
    ]
    for path, (title, _, minutes, _) in zip(paths(), listed, strict=True):
        first = read(path).cells[0].source
        name = re.search(r"\[(.*)\]", title)[1]
        assert first.startswith(f"# {name}\n") and f"**Time:** {minutes} minutes" in first, name
    start = "\n".join(cell.source for cell in read(paths()[0]).cells)
    for path, row in zip(paths(), listed, strict=True):
        assert re.search(rf"\({path.name}\) \| .* \| {row[2]} \|", start), path.name


def test_its_example_prints_what_it_shows():
    code, shown = re.findall(r"```(?:python)?\n(.*?)```", README, re.DOTALL)[-2:]
    *body, call = code.strip().split("\n\n\n")
    names = {}
    exec("\n\n".join(body), names)
    assert str(eval(call, names)).split() == shown.split()  # its lines are broken to be read


def test_its_counts_are_those_of_the_catalogue():
    sets = len(catalogue.numbers(planted.ONE))
    mistakes = planted.GRADIENT_MISTAKES, planted.LOOP_MISTAKES
    kinds = sum(len({case.slug for case in cases}) for cases in mistakes)
    wrong = sets * sum(map(len, mistakes))
    right = sets * (len(planted.RIGHT_GRADIENTS) + len(planted.RIGHT_LOOPS))
    assert f"all {wrong:,} of them, in {kinds} kinds" in README
    assert f"none of {right:,} right answers" in README


def test_it_tells_what_every_explorer_costs():
    measured = rows("a move of a slider")
    assert [row[0].split("`")[1] for row in measured[:-1]] == explorers.__all__
    for name, live, slow, times in measured:
        # The two times are printed rounded.
        assert float(slow) / float(live) == pytest.approx(float(times), rel=0.05), name


def test_ci_runs_its_test_command():
    assert "```\npython3 -m tests\n```" in README
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").endswith("exec python3 -m tests\n")
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert "- run: python -m tests\n" in workflow
