"""The reader's source: found wherever it was written, and made again from other text."""

import functools
import importlib.util
import linecache

import pytest

from helpers.checks.source import Spot, source_of
from tests.checks.planted import made


def text_of(function):
    source = source_of(function)
    return source and source.data.decode()


# --- Where it was written ------------------------------------------------------------------


def test_in_a_cell(shell):
    shell.run_cell("a = 1\n\ndef slope(w):\n    # after w\n    return 2 * w\n")
    source = source_of(shell.user_ns["slope"])
    assert source.data.decode() == "def slope(w):\n    # after w\n    return 2 * w"
    assert source.spot(source.data.index(b"2 *"), source.data.index(b" w")).line == 5


def test_a_cell_that_is_run_again_has_the_newer_text(shell):
    shell.run_cell("slope = lambda w: w")
    older = shell.user_ns["slope"]
    shell.run_cell("slope = lambda w: 2 * w")
    assert (text_of(older), text_of(shell.user_ns["slope"])) == ("lambda w: w", "lambda w: 2 * w")


def test_in_a_file(tmp_path):
    file = tmp_path / "answers.py"
    file.write_text("import math\n\n\ndef slope(w):\n    return math.cos(w)\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("answers", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert text_of(module.slope) == "def slope(w):\n    return math.cos(w)"


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("f = lambda w: 2 * w", "lambda w: 2 * w"),
        ("f = (lambda w:\n     2 * w)", "lambda w:\n     2 * w"),
        ("g, f = lambda w: w, lambda w: 2 * w", "lambda w: 2 * w"),
        ("f, g = lambda w: w + 1, lambda w: w + 2\nf = f", "lambda w: w + 1"),
        ("if True:\n    def f(w):\n        return w", "def f(w):\n        return w"),
        ("η = 0.1\ndef f(ŷ): return η * ŷ", "def f(ŷ): return η * ŷ"),
        ("def f(w):\n\n    '''η'''\n    return w  # ŷ", "def f(w):\n\n    '''η'''\n    return w"),
        ("def f(w): return w\ng = f\ndef f(w): return 2 * w", "def f(w): return 2 * w"),
        ("class A:\n    def f(self): return 1\nf = A.f", "def f(self): return 1"),
    ],
)
def test_the_text_of_a_function(text, function):
    assert text_of(made_all(text)["f"]) == function


def made_all(text):
    return made(text + "\ndef names(): return globals()")()


def test_two_lambdas_alike_on_one_line_are_not_guessed_at():
    names = made_all("f, g = lambda w: w, lambda w: w")
    assert text_of(names["f"]) is None


def test_a_function_inside_another_keeps_what_it_found_there():
    outer = made(
        "def outer(n):\n    k = 5\n    def inner(w):\n        return n * w + k\n    return inner\n"
    )
    source = source_of(outer(3))
    assert source.names["n"] == 3 and source.names["k"] == 5
    assert source.made_from(source.data.replace(b"+", b"-"))(2) == 1


def test_a_closure_that_is_not_bound_yet():
    text = (
        "def outer():\n    def inner(w):\n        return later + w\n    yield inner\n    later = 1"
    )
    assert "later" not in source_of(next(made(text)())).names


def test_a_decorated_function_is_its_text_without_the_decorator():
    text = "noted = []\ndef note(f):\n    noted.append(f)\n    return f\n"
    text += "@note\ndef f(w):\n    return w"
    names = made_all(text)
    source = source_of(names["f"])
    assert source.data == b"def f(w):\n    return w"
    assert source.spot(14, 20).line == 7
    source.made_from(source.data)
    assert len(names["noted"]) == 1


@pytest.mark.parametrize(
    "function",
    [print, functools.partial(print), 3, None, int, eval("lambda w: w"), object().__eq__],
)
def test_what_has_no_source(function):
    assert source_of(function) is None


def test_a_file_that_was_changed_since_has_no_source(tmp_path):
    function = made("def f(w):\n    return w\n")
    linecache.cache[function.__code__.co_filename] = 1, None, ["x = 1\n"], ""
    assert source_of(function) is None


# --- Places in it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part", "line", "start"),
    [
        ("def f(w):\n    return 2 * w", "2 *", 2, 11),
        ("\n\ng = 1; f = lambda w: w * 2", "w * 2", 3, 21),
        ("η = 1; f = lambda ŷ: ŷ * 2", "ŷ * 2", 1, 21),
        ("def f(ŷ):\n    η = 2; return η * ŷ", "* ŷ", 2, 20),
        ("def f(w):\n    return (w +\n        2)", "2", 3, 8),
    ],
)
def test_a_place_has_a_line_and_columns(text, part, line, start):
    source = source_of(made_all(text)["f"])
    begin = source.data.rindex(part.encode())
    spot = source.spot(begin, begin + len(part.encode()))
    assert (spot.line, spot.start, spot.end) == (line, start, start + len(part))
    assert spot.text[spot.start : spot.end] == part
    assert spot.text == text.split("\n")[line - 1]


def test_a_place_on_several_lines_is_marked_on_the_first():
    source = source_of(made_all("def f(w):\n    return (w +\n        2)")["f"])
    spot = source.spot(source.data.index(b"w +"), len(source.data))
    assert (spot.line, spot.start, spot.end, spot.text) == (2, 12, 15, "    return (w +")


@pytest.mark.parametrize(
    ("spot", "text"),
    [
        (Spot(2, "    return w", 11, 12), "line 2:  return w\n                ^"),
        (Spot(12, "w = 2", 0, 5), "line 12:  w = 2\n          ^^^^^"),
        (Spot(1, "w = 2   ", 4, 8), "line 1:  w = 2\n             ^"),
        (Spot(1, "w", 0, 0), "line 1:  w\n         ^"),
    ],
)
def test_a_place_as_text(spot, text):
    assert str(spot) == text


# --- Made again ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("def f(w):\n    return w * 2", "* 2", "* 3"),
        ("f = lambda w: w * 2", "* 2", "* 3"),
        ("k = 2\ndef f(w): return w * k", "w * k", "w + k + 1"),
        ("def f(w, times=2): return w * times", "w * times", "w * times + w"),
    ],
)
def test_a_function_is_made_again_from_other_text(text, old, new):
    names = made_all(text)
    before = dict(names)
    source = source_of(names["f"])
    changed = source.made_from(source.data.replace(old.encode(), new.encode()))
    assert (names["f"](3), changed(3)) == (6, 9 if "+ k" not in new else 6)
    assert names == before  # nothing of the reader's names is changed


def test_what_is_no_python_is_a_syntax_error():
    source = source_of(made("def f(w):\n    return w"))
    with pytest.raises(SyntaxError):
        source.made_from(b"def f(w):\n    return w w")
