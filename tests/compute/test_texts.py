"""Numbers as text."""

import pytest

from helpers.compute.texts import decimals, short


@pytest.mark.parametrize(
    ("value", "long", "brief"),
    [
        (1, "1.0000", "1"),
        (-2.5, "−2.5000", "−2.5"),
        (1e-12, "0.0000", "0"),
        (-1e-12, "0.0000", "0"),
        (123456.789, "123456.7890", "123456.789"),
        (2.5e7, "2.5e7", "2.5e7"),
        (float("inf"), "infinite", "infinite"),
        (float("-inf"), "minus infinite", "minus infinite"),
        (float("nan"), "not a number", "not a number"),
    ],
)
def test_numbers_as_text(value, long, brief):
    assert (decimals(value), short(value)) == (long, brief)
