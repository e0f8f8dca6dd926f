"""A state in words."""

from helpers.show.words import Reading, Words


def test_words_are_short_lines_with_every_number():
    readings = tuple(Reading(f"n{i}", f"name {i}", text="1.0") for i in range(12))
    lines = str(Words("A picture.", readings, "So.")).splitlines()
    assert lines[0] == "A picture." and lines[-1] == "So."
    assert all(len(line) <= 88 for line in lines)
    assert all(f"name {i} 1.0" in " ".join(lines) for i in range(12))
