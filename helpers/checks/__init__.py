"""The check: what a reader wrote, held against the right answer, and the mistake named."""

from helpers.checks.judge import check_descent, check_gradient

__all__ = ["check_descent", "check_gradient"]
