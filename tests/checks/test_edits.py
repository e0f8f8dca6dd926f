"""The edits of a source: which are made of it, and where each is marked. See also test_planted."""

import ast
from contextlib import suppress

import pytest

from helpers.checks import edits, loop_rules, mistakes
from helpers.checks.edits import GOES_WITH, KINDS, LOOP_KINDS, View
from helpers.checks.source import source_of
from tests.checks.planted import (
    AUTOGRAD,
    DERIVATIVES,
    LOOPS,
    OPTIMIZER,
    RIGHT_DERIVATIVES,
    made,
)
from tests.checks.strangers import WRONG


def view_of(text, functions=(), **options):
    function = made(text)
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return View(source_of(function), names, frozenset(functions), **options)


def changed_by(kind, expression, functions=()):
    """The expressions that a kind of edit makes of another, without the spaces."""
    view = view_of(f"def f(w, x, y):\n    return {expression}", functions)
    found = [edit.applied(view.source.data).decode() for edit in kind.make(view)]
    return {text.partition("return ")[2].replace(" ", "") for text in found}


@pytest.mark.parametrize(
    ("kind", "expression", "some"),
    [
        ("SIGN", "-w + x", {"w+x", "-w-x"}),
        ("ORDER", "w - x", {"((x)-(w))"}),
        ("ORDER", "w @ x", {"((x)@(w))"}),
        ("MINUS", "w", {"(-(w))"}),
        ("OPERATOR", "w * x", {"w/x", "w+x", "w@x", "w-x"}),
        ("OPERATOR", "w < x", {"(w>x)", "(w>=x)", "(w<=x)"}),
        ("NUMBER", "3 * w", {"(4)*w", "(2)*w", "(6)*w", "(-3)*w"}),
        ("NUMBER", "0.5 * w", {"(1)*w", "(2)*w"}),
        ("NAME", "w * x", {"x*x", "y*x", "w*w", "w*y"}),
        ("NAME", "torch.sin(w)", {"torch.sin(x)", "torch.sin(y)"}),
        ("LEFT_OUT", "w * x - y", {"w-y", "x-y", "w*x", "-y"}),
        ("FACTOR", "w - y", {"((w-y)*2)", "((w-y)*x)", "((w)*x)-y"}),
        ("DIVISOR", "w - y", {"((w-y)/2)"}),
        ("POWER", "w * x", {"((w)**2)*x", "((w*x)**-1)"}),
        ("TERM", "w * x", {"(w+1)*x", "(w-y)*x", "(w*x-y)"}),
        ("BRACKETS", "w * (x - y)", {"w*x-y", "w*(x)-y"}),
        ("BRACKETS", "w * x - y", {"w*(x-y)", "(w*x)-y"}),
        ("CALL_OUT", "torch.sin(w).sum()", {"(w).sum()", "torch.sin(w)"}),
        ("CALL_OUT", "w.T", {"w"}),
        ("CALL_OTHER", "torch.sin(w).sum()", {"torch.cos(w).sum()", "torch.sin(w).mean()"}),
        ("TOGETHER", "w", {"(w).sum()", "(w).mean(0)"}),
        ("TURNED", "w", {"(w).T", "(w)[:,None]"}),
        ("ARGUMENT", "w.sum(0, keepdim=True)", {"w.sum(keepdim=True)", "w.sum(0)"}),
        ("INDEX", "w[0] * x", {"w*x"}),
        ("AXIS", "w[:, None] * x", {"w*x"}),
        ("RESULTS", "w, x, y", {"x,w,y", "y,x,w", "w,y,x"}),
    ],
)
def test_a_kind_makes(kind, expression, some):
    assert some <= changed_by(getattr(edits, kind), expression)


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("INDEX", "w[:, None]"),
        ("AXIS", "w[0]"),
        ("CALL_OUT", "w"),
        ("NUMBER", "'2' * w"),
        ("SIGN", "w * x"),
    ],
)
def test_a_kind_makes_nothing(kind, expression):
    assert not changed_by(getattr(edits, kind), expression)


def test_what_the_loss_uses_is_put_in():
    assert "torch.tanh(w)" in changed_by(edits.CALL_IN, "w", {"tanh"})
    assert "((w)*(1-w**2))" in changed_by(edits.FACTOR, "w", {"tanh"})
    assert "((w)*(x>0))" in changed_by(edits.FACTOR, "w", {"relu"})
    assert not changed_by(edits.CALL_IN, "w")


TEXTS = [plant.text for plant in (*DERIVATIVES[::5], *LOOPS[::7], *RIGHT_DERIVATIVES[::5])]
TEXTS += [
    "η = 2\nslope = lambda ŵ, x̂: η * (ŵ * x̂ - 'ŷ'.count('ŷ')) * x̂",
    "def f(w, x):  # ŷ\n    '''η'''\n    return (\n        2 * w  # η\n        - x\n    )",
    "def f(w, x):\n\tif w > x:\n\t\treturn w\n\treturn f'{w:.2f}' and [w, *x][0]",
]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("loop", [True, False])
def test_every_edit_is_marked_inside_a_line(text, loop):
    """One that is no Python is skipped; any other is another source, which is tried once."""
    view = view_of(text, {"tanh", "relu", "softmax"}, loop=loop)
    source, seen, made_of = view.source, {view.source.data}, 0
    for edit in edits.edits(view):
        data = edit.applied(source.data)
        assert data not in seen
        seen.add(data)
        spot = source.spot(*edit.mark)
        assert spot.text == source.lines[spot.line - 1].rstrip("\n")
        assert 0 <= spot.start < spot.end <= len(spot.text), (edit, spot)
        with suppress(SyntaxError):
            source.made_from(data)
            made_of += 1
    assert made_of > len(seen) / 3


def test_edits_are_made_in_the_body_alone():
    view = view_of("def f(w, n=2 * 3, *, k=-1):\n    return 2 * w")
    arguments = ast.dump(view.source.node.args)
    for edit in edits.edits(view):
        with suppress(SyntaxError):
            (tree,) = ast.parse(edit.applied(view.source.data)).body
            assert ast.dump(tree.args) == arguments


@pytest.mark.parametrize(
    ("text", "place", "inside"),
    [
        ("w * (w > 2)", "2", "condition"),
        ("2 * w", "2", ""),
        ("w.sum(dim=1)", "1", "axis"),
        ("w.mean(-1)", "1", "axis"),
        ("torch.softmax(w, -1)", "1", "axis"),
    ],
)
def test_a_condition_and_an_axis_are_known(text, place, inside):
    view = view_of(f"def f(w, x):\n    return {text}")
    at = view.source.data.rindex(place.encode())
    marks = {edit.inside for edit in edits.edits(view) if edit.mark == (at, at + 1)}
    assert marks == {inside}


# --- Statements ----------------------------------------------------------------------------


def made_by(kind, text):
    """The texts that a kind of edit makes of a loop, without the spaces."""
    view = view_of(text, loop=True)
    return {squeezed(edit.applied(view.source.data).decode()) for edit in kind.make(view)}


def squeezed(text):
    return "".join(text.split())


ZERO, STEP = "        optimizer.zero_grad()\n", "        optimizer.step()\n"
LOOP = "    for _ in range(steps):\n"
NOT_CALLED = OPTIMIZER.changed("step()", "step")
INSIDE = OPTIMIZER.changed("    return", "        return")


@pytest.mark.parametrize(
    ("kind", "text", "old", "new"),
    [
        ("LINE_OUT", OPTIMIZER.text, ZERO, ""),
        ("LINE_IN", OPTIMIZER.text, STEP, f"{STEP}        loss.backward()\n"),
        ("NO_BRACKETS", NOT_CALLED, "step\n", "step()\n"),
        ("RETURN", INSIDE, "        return", "    return"),
        ("BACK", OPTIMIZER.text, "loss = ", "w = "),
        ("OPERATOR", AUTOGRAD.text, "w -= ", "w += "),
        ("SIGN", AUTOGRAD.text, "w -= ", "w += "),
        ("MOVED", OPTIMIZER.text, LOOP + ZERO, ZERO[4:] + LOOP),
    ],
)
def test_a_statement_is_changed(kind, text, old, new):
    assert squeezed(text.replace(old, new)) in made_by(getattr(edits, kind), text)


def test_a_line_that_is_moved_takes_the_depth_of_its_place():
    view = view_of(OPTIMIZER.text, loop=True)
    for edit in edits.MOVED.make(view):
        compile(edit.applied(view.source.data), "", "exec")


# --- The tables ----------------------------------------------------------------------------


def test_edits_go_with_mistakes_that_there_are():
    tables = (*loop_rules.WALKS, *loop_rules.ACCIDENTS, *loop_rules.LATE, *mistakes.LIKELY)
    assert GOES_WITH.keys() <= {rule.slug for rule in tables} | {"raised"}


@pytest.mark.parametrize("slug", GOES_WITH)
def test_only_what_goes_with_a_mistake_is_tried(slug):
    view = view_of(AUTOGRAD.text, loop=True, slug=slug)
    assert {edit.kind for edit in edits.edits(view)} <= set(GOES_WITH[slug])


def test_every_kind_is_in_a_table():
    kinds = {kind for kind in vars(edits).values() if isinstance(kind, edits.Kind)}
    assert kinds == {*KINDS, *LOOP_KINDS}


@pytest.mark.parametrize(
    ("name", "is_marked"), [("12_n_forgotten", False), ("09_mean_twice_for_biases", True)]
)
def test_a_mark_for_a_part_is_shown_where_others_of_its_kind_mend_the_rest(name, is_marked):
    report = dict(WRONG["networks"])[name]()
    assert report.mistake in ("sum-not-mean", "mean-not-sum")
    assert (report.spot is not None) is is_marked
