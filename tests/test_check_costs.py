"""What a check costs grows with neither the parameters nor the samples, counted in losses."""

import pytest

from tests.check_costs import losses, main, numbers, right, wrong

MOST_LOSSES = {right: 70, wrong: 260}


@pytest.mark.parametrize("derivative", [right, wrong])
@pytest.mark.parametrize(("parameters", "samples"), [(2, 10), (200, 10), (10_000, 10), (2, 5_000)])
def test_a_check_takes_a_fixed_number_of_losses(derivative, parameters, samples):
    assert losses(derivative, numbers(parameters, samples)) <= MOST_LOSSES[derivative]


def test_the_table_is_printed(capsys):
    assert main(["1"]) == 0
    *_, line = capsys.readouterr().out.splitlines()
    assert line.startswith("| 2 | 10 |") and line.count("|") == 9
