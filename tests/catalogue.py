"""How well the checks name mistakes: ``python -m tests.catalogue`` prints the table.

Every planted mistake is checked at several sets of numbers, one of which has all inputs 1.
"""

from collections import Counter
from dataclasses import dataclass, field

from helpers.checks import check_descent, check_gradient
from tests.checks import planted

STEPS = 4


@dataclass
class Score:
    """slug -> how many were planted, and how often each name was given to them."""

    given: Counter = field(default_factory=Counter)
    names: dict[str, Counter] = field(default_factory=dict)

    def add(self, slug, name):
        self.given[slug] += 1
        self.names.setdefault(slug, Counter())[name] += 1

    def named(self, slug):
        return self.names[slug][slug]

    def share(self):
        """The part of all mistakes that got their own name."""
        return sum(map(self.named, self.given)) / self.given.total()


def numbers(task):
    """Sets of numbers for a task: drawn ones, two of them with other batches, and inputs of 1."""
    drawn = [planted.example(task, seed, rows) for seed, rows in ((1, 3), (3, 2), (4, 5))]
    return [planted.at_one(task), *drawn]


def gradient_report(case, at):
    return check_gradient(
        case.function(at),
        case.task.loss,
        wrt=case.task.wrt,
        at=at,
        learning_rate=case.learning_rate,
    )


def descent_report(case, at, steps=STEPS):
    return check_descent(
        case.function(at),
        case.task.loss,
        wrt=case.task.wrt,
        at=at,
        learning_rate=case.task.learning_rate,
        steps=steps,
    )


def score(cases, report, sets=slice(None)):
    """The Score of planted mistakes; of right answers, the name None is the right one.

    ``sets`` picks some of the sets of numbers.
    """
    result = Score()
    for case in cases:
        for at in numbers(case.task)[sets]:
            found = report(case, at)
            said = case.says in found.hint
            result.add(case.slug, found.mistake if said else f"{found.mistake}, another hint")
    return result


def table(title, result):
    """The lines of a table: slug by slug, how many were planted, named and misnamed."""
    yield f"{title:<22}{'planted':>9}{'named':>9}{'misnamed':>10}"
    for slug, count in result.given.items():
        named = result.named(slug)
        others = ", ".join(f"{n} {name}" for name, n in result.names[slug].items() if name != slug)
        yield f"{slug:<22}{count:>9}{named:>9}{count - named:>10}   {others}".rstrip()
    yield f"{'named':<22}{100 * result.share():>27.1f} %"


def main():
    gradients = score(planted.GRADIENT_MISTAKES, gradient_report)
    loops = score(planted.LOOP_MISTAKES, descent_report)
    print(*table("derivatives", gradients), "", *table("training loops", loops), "", sep="\n")
    print(f"{'right answers':<22}{'given':>9}{'refused':>9}")
    for title, cases, report in (
        ("derivatives", planted.RIGHT_GRADIENTS, gradient_report),
        ("training loops", planted.RIGHT_LOOPS, descent_report),
    ):
        right = score(cases, report)
        print(f"{title:<22}{right.given[None]:>9}{right.given[None] - right.named(None):>9}")


if __name__ == "__main__":
    main()
