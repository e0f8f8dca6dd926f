"""The planted mistakes notice it when a rule of the catalogue is broken.

Each rule in turn is made to find nothing, and then to find everything; the score must fall.
"""

from dataclasses import replace

import pytest

from helpers import checks
from helpers.checks import evidence, mistakes, points, walks
from tests.catalogue import descent_report, gradient_report, numbers, score
from tests.checks import planted

ENOUGH = 0.97


def _rules(module, *catalogues):
    return [
        pytest.param(module, name, position, id=f"{name}-{position}-{rule.slug}")
        for name in catalogues
        for position, rule in enumerate(getattr(module, name))
    ]


OF_GRADIENTS = [
    *_rules(mistakes, "GRADIENT_RULES", "LAST_RESORTS"),
    *_rules(checks, "GRADIENT_ACCIDENTS"),
]
OF_LOOPS = _rules(checks, "LOOP_RULES", "LOOP_ACCIDENTS")
# After the last rule of all, nothing is left for it to take away.
LAST = [
    f"LAST_RESORTS-{len(mistakes.LAST_RESORTS) - 1}-unknown",
    f"LOOP_RULES-{len(checks.LOOP_RULES) - 1}-unknown",
]
GREEDY = [rule for rule in (*OF_GRADIENTS, *OF_LOOPS) if rule.id not in LAST]


def _break(monkeypatch, module, catalogue, position, find, hint=None):
    rules = list(getattr(module, catalogue))
    rules[position] = replace(rules[position], find=find, hint=hint or rules[position].hint)
    monkeypatch.setattr(module, catalogue, tuple(rules))


def _enough(cases, report, sets=slice(1, 2)):
    """Whether the score of the cases is high enough, slug by slug; never where a check breaks."""
    try:
        result = score(cases, report, sets)
    except Exception:
        return False
    return all(result.named(slug) >= ENOUGH * count for slug, count in result.given.items())


def _one_of_each(cases):
    return list({(case.slug, case.says): case for case in cases}.values())


def _with_slug(cases, slug):
    return [case for case in cases if case.slug == slug]


@pytest.mark.parametrize(("module", "catalogue", "position"), OF_GRADIENTS)
def test_gradient_rule_that_finds_nothing(monkeypatch, module, catalogue, position):
    slug = getattr(module, catalogue)[position].slug
    _break(monkeypatch, module, catalogue, position, lambda *seen: None)
    assert not _enough(_with_slug(planted.GRADIENT_MISTAKES, slug), gradient_report)


@pytest.mark.parametrize(("module", "catalogue", "position"), OF_LOOPS)
def test_loop_rule_that_finds_nothing(monkeypatch, module, catalogue, position):
    slug = getattr(module, catalogue)[position].slug
    _break(monkeypatch, module, catalogue, position, lambda *seen: None)
    assert not _enough(_with_slug(planted.LOOP_MISTAKES, slug), descent_report)


@pytest.mark.parametrize(("module", "catalogue", "position"), GREEDY)
def test_rule_that_finds_everything(monkeypatch, module, catalogue, position):
    _break(monkeypatch, module, catalogue, position, lambda *seen: {}, hint="broken")
    in_gradients = "LOOP" not in catalogue
    cases = planted.GRADIENT_MISTAKES if in_gradients else planted.LOOP_MISTAKES
    report = gradient_report if in_gradients else descent_report
    assert not _enough(_one_of_each(cases), report)


# --- What lies under the rules -------------------------------------------------------------


def _passes(case, at, factor):
    report = gradient_report(replace(case, written=planted.times(case.task, factor)), at)
    return report.ok


def test_wide_tolerance_lets_errors_through(monkeypatch):
    case = planted.Planted(None, planted.ONE, planted.ONE.right)
    at = planted.example(planted.ONE)
    assert not _passes(case, at, 1.0005)
    loose = dict.fromkeys(evidence.TOLERANCES, (1e-3, 1e-3))
    monkeypatch.setattr(evidence, "TOLERANCES", loose)
    assert _passes(case, at, 1.0005)


def test_narrow_tolerance_refuses_right_answers(monkeypatch):
    tight = dict.fromkeys(evidence.TOLERANCES, (1e-18, 1e-18))
    monkeypatch.setattr(evidence, "TOLERANCES", tight)
    assert not _enough(planted.RIGHT_GRADIENTS[::5], gradient_report)


def test_narrow_tolerance_refuses_right_loops(monkeypatch):
    monkeypatch.setattr(walks, "STEP_RTOL", 1e-18)
    monkeypatch.setattr(walks, "VALUE_RTOL", 1e-18)
    assert not _enough(planted.RIGHT_LOOPS[::5], descent_report)


def test_without_other_numbers_chance_answers_pass(monkeypatch):
    """At x = 1, 2·(w·x - y) is right: only the other numbers tell."""
    case = planted.Planted("chain-rule", planted.ONE, lambda w, x, y: 2 * (w * x - y))
    at = planted.at_one(planted.ONE)
    assert gradient_report(case, at).mistake == "chain-rule"
    only_own = lambda self: [self._point(self.at)]  # noqa: E731
    monkeypatch.setattr(points.Question, "points", only_own)
    assert gradient_report(case, at).ok


def test_without_more_samples_half_and_mean_are_one(monkeypatch):
    """With N = 2, a lost 2 and a lost division by N give the same numbers."""
    case = planted.Planted(
        "mean-not-sum", planted.BATCH_SUM, lambda w, x, y: (2 * (w * x - y) * x).mean()
    )
    at = planted.example(planted.BATCH_SUM, rows=2)
    assert gradient_report(case, at).mistake == "mean-not-sum"
    monkeypatch.setattr(points.Question, "resized", lambda self: None)
    assert gradient_report(case, at).mistake == "missing-factor-2"


def test_scale_keeps_a_minimum_right(monkeypatch):
    """At the minimum the gradient is 0, and rounding leaves a little in another arrangement."""
    case = planted.Planted(None, planted.ONE, lambda w, x, y: 2 * w * x**2 - 2 * x * y)
    at = {"w": 7.6, "x": 6.8, "y": 7.6 * 6.8}
    assert gradient_report(case, at).ok
    monkeypatch.setattr(points, "near", lambda tensor, generator: tensor)
    assert gradient_report(case, at).ok is False


def test_numbers_hold_every_size():
    assert {len(at["x"]) for at in numbers(planted.BATCH)} == {2, 3, 5}
