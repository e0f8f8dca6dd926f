"""The benchmark runs to its end and prints whole tables; it asks no figure to be good."""

import re

from helpers import explorers
from tests import benchmark
from tests.series import paths


def test_benchmark_prints_its_tables(capsys, monkeypatch):
    monkeypatch.setattr(benchmark, "paths", lambda: paths()[:1])  # the others run elsewhere
    assert benchmark.main(["5"]) == 0
    first, moves, others = capsys.readouterr().out.strip().split("\n\n")
    assert re.fullmatch(r"Measured on \d+ \w+ \d{4}: \w+, \d+ cores, Python .*\.", first)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in moves.splitlines()]
    assert [row[0].split("`")[1] for row in rows[2:]] == [*explorers.__all__, "explore_step"]
    assert all(float(number) > 0 for row in rows[2:] for number in row[1:])
    for what in ("import of torch", "with the helpers", "memory of a student", "nbval over all"):
        assert re.search(rf"(?m)^\| {what}[^|]*\| [\d.]+ ", others), what
