"""Answers of people who had not seen the check keep the report that was graded."""

import pytest

from tests.checks.strangers import GRADES, RIGHT, WRONG


def each(answers):
    return [
        pytest.param(group, name, report, id=f"{group}-{name}")
        for group, cases in answers.items()
        for name, report in cases
    ]


@pytest.mark.parametrize(("group", "name", "report"), each(WRONG))
def test_a_wrong_answer_keeps_the_name_that_was_graded(group, name, report):
    found = report()
    assert found.ok is not True and found.hint
    assert found.mistake == GRADES[group][name]["named"], str(found)


@pytest.mark.parametrize(("group", "name", "report"), each(RIGHT))
def test_a_right_answer_is_accepted(group, name, report):
    assert report().ok is True
