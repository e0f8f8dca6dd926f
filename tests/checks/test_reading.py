"""Reading numbers in what came back: every form of them, and a clear word where there are none."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from helpers.checks import check_gradient, reading
from helpers.checks.reading import (
    UnreadableError,
    kind,
    read_parameters,
    read_rows,
    same_storage,
)

ONE, TWO, COLUMN = {"w": ()}, {"w": (), "b": ()}, {"W": (2, 1)}


def shapes_of(shapes):
    return {name: torch.Size(shape) for name, shape in shapes.items()}


def as_lists(found):
    return {name: tensor.tolist() for name, tensor in found.items()}


@pytest.mark.parametrize(
    ("value", "shapes", "numbers"),
    [
        (2, ONE, {"w": 2.0}),
        (2.5, ONE, {"w": 2.5}),
        (np.float32(2.5), ONE, {"w": 2.5}),
        (Decimal("1.5"), ONE, {"w": 1.5}),
        (Fraction(1, 4), ONE, {"w": 0.25}),
        (torch.tensor(3), ONE, {"w": 3.0}),
        (torch.nn.Parameter(torch.tensor(3.0)), ONE, {"w": 3.0}),
        (torch.tensor([2.5]), ONE, {"w": [2.5]}),
        ([2.5], ONE, {"w": 2.5}),
        ((torch.tensor(2.5),), ONE, {"w": 2.5}),
        ({"w": 2.5}, ONE, {"w": 2.5}),
        ((1, 2), TWO, {"w": 1.0, "b": 2.0}),
        ([1, torch.tensor(2.0)], TWO, {"w": 1.0, "b": 2.0}),
        (torch.tensor([1.0, 2.0]), TWO, {"w": 1.0, "b": 2.0}),
        (np.array([1, 2]), TWO, {"w": 1.0, "b": 2.0}),
        ({"b": 2, "w": 1, "c": 3}, TWO, {"w": 1.0, "b": 2.0}),
        ([[1.0], [2.0]], COLUMN, {"W": [[1.0], [2.0]]}),
        ([[[1.0], [2.0]]], COLUMN, {"W": [[1.0], [2.0]]}),
        ([1.0, 2.0], COLUMN, {"W": [1.0, 2.0]}),
        (np.ones((3, 2), dtype=np.float32), COLUMN, {"W": [[1.0, 1.0]] * 3}),
        (torch.eye(2).to_sparse(), COLUMN, {"W": [[1.0, 0.0], [0.0, 1.0]]}),
    ],
)
def test_every_form_of_numbers_is_read(value, shapes, numbers):
    assert as_lists(read_parameters(value, shapes_of(shapes))) == numbers


def endless():
    nested = []
    nested.append(nested)
    return nested


@pytest.mark.parametrize(
    ("value", "shapes", "says", "slug"),
    [
        ("text", ONE, "text", "unknown"),
        (b"bytes", ONE, "an object of type bytes", "unknown"),
        (True, ONE, "a truth value", "unknown"),
        (print, ONE, "a function", "unknown"),
        (torch.nn.Linear(1, 1), ONE, "an object of type Linear", "unknown"),
        (1j, ONE, "an object of type complex", "unknown"),
        (10**400, ONE, "a number", "unknown"),
        (torch.tensor(1j), ONE, "a tensor of torch.complex64", "unknown"),
        (torch.tensor(True), ONE, "true or false, and no number", "brackets"),
        (torch.zeros(2, device="meta"), ONE, "a tensor", "unknown"),
        (np.array("text"), ONE, "an object of type ndarray", "unknown"),
        ([], ONE, "a list of 0 entries", "unknown"),
        (endless(), ONE, "a list", "unknown"),
        ([[1.0], [1.0, 2.0]], ONE, "2 values of different shapes", "shape"),
        (torch.zeros(1).expand(10**12), ONE, "a tensor of shape (1000000000000,)", "shape"),
        ([0.0] * 10**6, ONE, "a list of 1000000 entries", "unknown"),
        (2.5, TWO, "one number for 2 parameters", "shape"),
        ((1, 2, 3), TWO, "3 values for 2 parameters", "shape"),
        ({"w": 1}, TWO, "a dict without the name of each parameter", "unknown"),
    ],
)
def test_what_holds_no_numbers_is_said(value, shapes, says, slug):
    with pytest.raises(UnreadableError) as error:
        read_parameters(value, shapes_of(shapes))
    assert (str(error.value), error.value.slug) == (says, slug)


def number_that_raises(error):
    class Odd:
        def __float__(self):
            raise error

    return Odd()


@pytest.mark.parametrize("error", [SystemExit, RecursionError, ValueError])
def test_an_object_that_breaks_is_said(error):
    with pytest.raises(UnreadableError, match="an object of type Odd"):
        read_parameters(number_that_raises(error), shapes_of(ONE))


def test_an_interrupt_while_reading_is_the_readers():
    with pytest.raises(KeyboardInterrupt):
        read_parameters(number_that_raises(KeyboardInterrupt), shapes_of(ONE))


@pytest.mark.parametrize(
    ("dtype", "read"),
    [
        (torch.int64, torch.float64),
        (torch.float32, torch.float32),
        (torch.float8_e4m3fn, torch.float64),
    ],
)
def test_whole_and_odd_numbers_are_read_as_float64(dtype, read):
    tensor = torch.ones(2, 1).to(dtype)
    assert read_parameters(tensor, shapes_of(COLUMN))["W"].dtype is read


def test_a_tensor_is_read_without_its_graph():
    assert not read_parameters(torch.ones((), requires_grad=True), shapes_of(ONE))[
        "w"
    ].requires_grad


@pytest.mark.parametrize(
    ("value", "shapes", "rows"),
    [
        ([1, 2.5], ONE, [{"w": 1.0}, {"w": 2.5}]),
        ((torch.tensor(1.0), np.float64(2)), ONE, [{"w": 1.0}, {"w": 2.0}]),
        (torch.tensor([1.0, 2.0]), ONE, [{"w": 1.0}, {"w": 2.0}]),
        ([(1, 2), [3, 4]], TWO, [{"w": 1.0, "b": 2.0}, {"w": 3.0, "b": 4.0}]),
        (np.array([[1, 2], [3, 4]]), TWO, [{"w": 1.0, "b": 2.0}, {"w": 3.0, "b": 4.0}]),
    ],
)
def test_the_rows_of_a_loop(value, shapes, rows):
    assert [as_lists(row) for row in read_rows(value, shapes_of(shapes))] == rows


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (2.5, "one number"),
        (torch.zeros(30_000), "30000 entries"),
        ({"w": 1.0}, "a dict"),
        ([1.0, "text"], "text"),
        ([1.0] * 30_000, "a list of 30000 entries"),
    ],
)
def test_no_rows_are_said(value, says):
    with pytest.raises(UnreadableError, match=f"^{says}$"):
        read_rows(value, shapes_of(ONE))


def test_lists_are_counted_no_further_than_it_takes(monkeypatch):
    monkeypatch.setattr(reading, "MOST_IN_LISTS", 3)
    read_parameters([1.0, 2.0, 3.0], shapes_of(COLUMN))
    with pytest.raises(UnreadableError, match="a list of 2 entries"):
        read_parameters([[1.0, 2.0], [3.0, 4.0]], shapes_of(COLUMN))


def test_one_tensor_in_every_row_is_seen():
    w = torch.ones(2)
    assert same_storage([w, w.detach()])
    assert not same_storage([w, w.clone()]) and not same_storage([w])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ((1,), "a tuple"),
        ({}, "a dict"),
        ({}.keys(), "an object of type dict_keys"),
        (len, "a function"),
    ],
)
def test_a_kind_in_words(value, words):
    assert kind(value) == words


def relu_error(w, x, y):
    return (torch.relu(w * x) - y) ** 2


def compared_last(w, x, y):
    return 2 * (w * x - y) * w * x > 0


def compared_on_the_way(w, x, y):
    slope = torch.stack([w * x, x]) * x > 0
    return torch.ones(1, 2) @ slope.reshape(2, 1)


@pytest.mark.parametrize("gradient", [compared_last, compared_on_the_way])
def test_a_comparison_without_its_brackets_is_asked_about(gradient):
    report = check_gradient(gradient, relu_error, wrt="w", at={"w": 2.0, "x": 3.0, "y": 1.0})
    assert report.mistake == "brackets" and "comparison inside a product" in report.hint
