"""How well the check names mistakes: ``python3 -m tests catalogue`` prints the table.

The answers are strangers': see tests/checks/strangers. A grade counts as long as the check gives
the answer the name that was graded.
"""

from collections import Counter

from tests.checks.strangers import GRADES, RIGHT, WRONG

MEANING = {
    "A": "named, or led to",
    "B": "true, leads nowhere",
    "C": "leads away",
    "D": "an internal error",
    "E": "accepted",
    "?": "named anew since",
}


def grades(group):
    """Grade -> how many wrong answers of a group have it."""
    found = Counter()
    for name, report in WRONG[group]:
        row = GRADES[group][name]
        found[row["grade"] if report().mistake == row["named"] else "?"] += 1
    return found


def refused(group):
    """How many right answers of a group are not accepted."""
    return sum(report().ok is not True for _, report in RIGHT[group])


def lines():
    """The lines of the table."""
    counts = {group: grades(group) for group in WRONG}
    yield f"{'':<22}" + "".join(f"{group:>14}" for group in counts)
    wrong = {group: found.total() for group, found in counts.items()}
    yield f"{'wrong answers':<22}" + "".join(f"{count:>14}" for count in wrong.values())
    for grade, meaning in MEANING.items():
        yield f"{grade} {meaning:<20}" + "".join(f"{found[grade]:>14}" for found in counts.values())
    yield f"{'right answers':<22}" + "".join(f"{len(RIGHT[group]):>14}" for group in counts)
    yield f"{'of them refused':<22}" + "".join(f"{refused(group):>14}" for group in counts)


def main():
    print(*lines(), sep="\n")


if __name__ == "__main__":
    main()
