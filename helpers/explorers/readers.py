"""What explorers do with a reader's own derivative: they show it, and what the check says."""

from helpers.checks import check_gradient


def held_against(gradient, problem):
    """The derivative to show by hand, and the check's report: the problem's own where it is None.

    Returns:
        (gradient, report), with None for the report on the problem's own.
    """
    if gradient is None:
        return problem.gradient, None
    return gradient, check_gradient(gradient, problem.loss, wrt=problem.wrt, at=problem.at)


def remarks(report):
    """What the check says of a derivative that is not right, as sentences; there may be none."""
    if report is not None and report.ok is not True:
        yield f"The check says: {report.hint}"
