"""What is planted gets its name and its mark; what is right passes, and nothing wrong does."""

import re
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpers import checks
from helpers.checks import edits, errors, wrong_rules
from helpers.checks.source import source_of
from tests.checks.planted import DERIVATIVES, LOOPS, RIGHT_DERIVATIVES, RIGHT_TRAINING, made
from tests.checks.watch import all_rows, row_changed, seen_of

WRONG, RIGHT = (*DERIVATIVES, *LOOPS), (*RIGHT_DERIVATIVES, *RIGHT_TRAINING)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def is_named(plant, report):
    return report.mistake == plant.slug and plant.says in report.hint


@pytest.mark.parametrize("plant", WRONG, ids=lambda plant: plant.slug)
def test_a_mistake_gets_its_name_and_its_mark(plant):
    report, spot = seen_of(plant).report, seen_of(plant).report.spot
    assert report.ok is (None if plant.slug == "not-filled-in" else False)
    assert is_named(plant, report), f"{plant.text}\n{report}"
    if plant.mark:
        assert (spot.line, spot.start, spot.end) == plant.mark, f"{plant.text}\n{report}"


@pytest.mark.parametrize("plant", RIGHT, ids=lambda plant: type(plant.of).__name__)
def test_what_is_right_is_accepted(plant):
    report = plant.report()
    assert report.ok is True and report.mistake is None, f"{plant.text}\n{report}"


def test_every_slug_is_planted():
    rows = [row for rule in wrong_rules.RULES.values() for row in rule.wrong]
    rows += [row for rows in wrong_rules.BACKWARD.values() for row in rows]
    rows += [getattr(module, table)[position] for module, table, position in all_rows()]
    slugs = {row.slug for row in (*rows, *edits.KINDS, *edits.LOOP_KINDS)}
    slugs |= {slug for slug, _, _ in errors.ERRORS}
    for file in Path(checks.__file__).parent.glob("*.py"):
        slugs |= set(re.findall(r'(?:Finding|Wrong|_said)\([^"()]*"([a-z-]+)"', file.read_text()))
    assert not slugs - {plant.slug for plant in WRONG}


# --- The edit that mends it ----------------------------------------------------------------


@pytest.mark.parametrize("plant", WRONG, ids=lambda plant: plant.slug)
def test_no_hint_shows_the_edit(plant):
    located = seen_of(plant).located
    if located is None:
        return
    before = source_of(made(plant.text)).data.decode()
    after = located.edit.applied(before.encode()).decode()
    mended = set(map(str.strip, after.splitlines())) - set(map(str.strip, before.splitlines()))
    edit, hint = located.edit, seen_of(plant).report.hint
    put_in = edit.text.replace(before.encode()[edit.begin : edit.end], b"").decode().strip(" ()")
    assert not [line for line in mended if line and line in hint]
    assert len(put_in) <= 2 or put_in not in hint


@pytest.mark.parametrize(
    ("plants", "kinds"), [(DERIVATIVES, edits.KINDS), (LOOPS, edits.LOOP_KINDS)]
)
def test_every_kind_of_edit_mends_something(plants, kinds):
    located = [seen_of(plant).located for plant in plants]
    found = [one.edit.kind for one in located if one]
    assert not [kind for kind in kinds if kind not in found]


# --- Any numbers ---------------------------------------------------------------------------


def drawn(data, of):
    """Numbers for a plant's loss: 0, 1, repeated ones and minima among them."""
    number = st.integers(-300, 300).map(lambda hundredths: hundredths / 100)

    within, labels = st.sampled_from([0.01, 0.3, 0.99]), st.sampled_from([0.0, 1.0])

    def others(name, value):
        if isinstance(value, float):
            return data.draw(within if name == "p" else labels if name == "label" else number)
        if isinstance(value, int) or not value.is_floating_point() or name in ("hot", "labels"):
            return value
        values = [data.draw(number) for _ in range(value.numel())]
        return torch.tensor(values, dtype=value.dtype).reshape(value.shape)

    return {name: others(name, value) for name, value in of.at.items()}


@FEW
@given(st.data(), st.sampled_from(RIGHT))
def test_what_is_right_is_accepted_at_any_numbers(data, plant):
    at = drawn(data, plant.of)
    assume(at.get("x") or "y / x" not in plant.text)
    assert plant.report(at=at).ok is True, f"{plant.text}\n{plant.report(at=at)}"


@FEW
@given(st.data(), st.sampled_from(WRONG))
def test_what_is_wrong_is_refused_at_any_numbers(data, plant):
    at = drawn(data, plant.of)
    report = plant.report(at=at)
    assert report.ok is not True and report.hint and str(report), f"{plant.text}\n{report}"


# --- Mutations -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row", all_rows(), ids=lambda row: f"{row[1]}-{getattr(row[0], row[1])[row[2]].slug}"
)
def test_a_row_that_finds_nothing_is_missed(row):
    using = [plant for plant in WRONG if row in seen_of(plant).rows]

    def misses(plant):
        with row_changed(*row, lambda seen: None):
            try:
                return not is_named(plant, plant.report())
            except Exception:
                return True  # nothing was left to say

    assert any(map(misses, using))
