"""Answers of people who had not seen the check, as handed in; graded by others who had not either.

A: the report names the cause or asks the question that leads to it. B: true, but it does not lead
there. C: it leads away from the cause. D: an internal error. E: a wrong answer accepted.
"""

import csv
from pathlib import Path

from helpers.checks import check_descent, check_gradient
from tests.checks.planted import made
from tests.checks.strangers import derivatives, loops, networks

HERE = Path(__file__).parent


def _derivative(case):
    def report():
        return check_gradient(
            case["manual"], case["loss"], wrt=case["wrt"], at=case["at"], **case["kw"]
        )

    return case["name"], report


def _loop(case):
    asked = {name: case[name] for name in ("wrt", "at", "learning_rate", "steps")}
    return case["name"], lambda: check_descent(case["train"], case["loss"], **asked)


def _of_networks(case):
    """An answer to a blank of lessons 07 to 12, as text."""
    asked = {name: case[name] for name in ("wrt", "at")}
    if "learning_rate" in case:
        asked |= {name: case[name] for name in ("learning_rate", "steps")}
    check = check_descent if "learning_rate" in case else check_gradient
    return case["name"], lambda: check(made(case["source"], vars(networks)), case["loss"], **asked)


def _graded(name):
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


# (name, a function that gives the report)
WRONG = {
    "derivatives": [_derivative(case) for case in derivatives.CASES if case["kind"] == "wrong"],
    "loops": [_loop(case) for case in loops.WRONG],
    "networks": [_of_networks(case) for case in (*networks.DERIVATIVES, *networks.LOOPS)],
}
RIGHT = {
    "derivatives": [_derivative(case) for case in derivatives.CASES if case["kind"] == "right"],
    "loops": [_loop(case) for case in loops.RIGHT],
    "networks": [_of_networks(case) for case in networks.RIGHT],
}
# name -> its grade, the name that the check gave it when it was graded, and the grader's reason
GRADES = {group: _graded(group) for group in WRONG}
