"""The autograd graph of a loss: its values and gradients, and what it leaves alone."""

from dataclasses import replace

import pytest
import torch

from helpers.compute.gradients import autograd_gradient, finite_difference
from helpers.compute.graph import record_graph
from helpers.compute.problems import neuron, polynomial

NEURON = {
    "loss": neuron,
    "wrt": ("w", "b"),
    "at": {"w": 1.5, "b": -1.0, "x": 2.0, "y": 5.0},
    "names": ("a", "ŷ", "r", "L"),
}


def regularised(w, b, v, x, y):
    return ((w * x + b).tanh() * v - y) ** 2 + 0.1 * w**2


def many_signs(w, u):
    return (
        2 / w + u / 3 - (1 - w).exp() + torch.nn.functional.mse_loss(w * u, torch.tensor(0.5)) - -w
    )


def in_place(w, x):
    y = w * x
    y += w
    return y**2


def out_of_order(w, u):
    second = u * 3
    first = w * 2
    return first - second


LOSSES = {
    "neuron": (neuron, ("w", "b"), NEURON["at"]),
    "neuron by all": (neuron, ("w", "b", "x", "y"), NEURON["at"]),
    "polynomial": (polynomial, "x", {"x": 2.0}),
    "the same input twice": (lambda w: w * w * w, "w", {"w": 3.0}),
    "regularised": (
        regularised,
        ("w", "b", "v"),
        {"w": 0.4, "b": -1.0, "v": 0.5, "x": 2.0, "y": 5.0},
    ),
    "many signs": (many_signs, ("w", "u"), {"w": 3.0, "u": -1.2}),
    "in place": (in_place, "w", {"w": 1.3, "x": 2.0}),
    "out of order": (out_of_order, ("w", "u"), {"w": 1.3, "u": 2.0}),
    "a list of one": (neuron, ("w", "b"), {**NEURON["at"], "w": torch.tensor([1.5])}),
    "zero on the way": (lambda w, x: (w * x) ** 2 + w, "w", {"w": 2.0, "x": 0.0}),
    "a broadcast number": (
        lambda w, x: ((w * x - 5) ** 2).mean(),
        "w",
        {"w": 1.3, "x": torch.tensor([1.0, 2.0, 3.0])},
    ),
    "a fact in its own part": (
        lambda w, x, y: (w * x**2 - (y + x)) ** 2,
        "w",
        {"w": 1.0, "x": 2.0, "y": 3.0},
    ),
    "stacked": (lambda w, u: torch.stack([w, u * w]).sum(), ("w", "u"), {"w": 2.0, "u": 3.0}),
}
each_loss = pytest.mark.parametrize("case", LOSSES.values(), ids=LOSSES)


def is_single(node):
    return node.value.numel() == 1


def chain_rule_breaches(nodes):
    """The nodes whose gradient is not the sum of what their results hand on."""
    arriving = dict.fromkeys(nodes, 0.0)
    for node in nodes.values():
        for name, factor in node.inputs:
            if factor is not None:
                arriving[name] += node.gradient.item() * factor
    *inner, loss = nodes.values()
    assert loss.gradient.item() == 1
    return [
        node.name
        for node in inner
        if node.gradient is not None and node.gradient.item() != pytest.approx(arriving[node.name])
    ]


def test_the_figures_of_the_lesson():
    nodes = record_graph(polynomial, wrt="x", at={"x": 2.0}, names=("a", "c", "s", "y"))
    assert {name: node.value.item() for name, node in nodes.items()} == {
        "x": 2,
        "a": 4,
        "c": 4,
        "s": 8,
        "y": 9,
    }
    assert nodes["x"].gradient.item() == 6
    assert nodes["a"].inputs == (("x", 4.0),) and nodes["c"].inputs == (("x", 2.0),)


def test_every_number_of_a_neuron_by_hand():
    nodes = record_graph(**NEURON)
    values = {"w": 1.5, "b": -1, "x": 2, "y": 5, "a": 3, "ŷ": 2, "r": -3, "L": 9}
    gradients = {"w": -12, "b": -6, "a": -6, "ŷ": -6, "r": -6, "L": 1}
    assert {name: node.value.item() for name, node in nodes.items()} == values
    assert {n: v.gradient.item() for n, v in nodes.items() if v.gradient is not None} == gradients
    assert [node.formula for node in nodes.values()][4:] == ["w · x", "a + b", "ŷ − y", "r²"]
    assert nodes["a"].inputs == (("w", 2.0), ("x", None))
    assert nodes["L"].inputs == (("r", -6.0),)
    assert [node.kind for node in nodes.values()] == ["parameter"] * 2 + ["fact"] * 2 + [
        "result"
    ] * 4


@each_loss
def test_the_parameters_have_autograds_gradient_and_the_end_the_value_of_the_loss(case):
    loss, wrt, at = case
    nodes = record_graph(loss, wrt=wrt, at=at)
    for name, gradient in autograd_gradient(loss, wrt=wrt, at=at).items():
        assert torch.equal(nodes[name].gradient, gradient)
        assert gradient.shape == torch.as_tensor(at[name]).shape
    for name, gradient in finite_difference(loss, wrt=wrt, at=at).items():
        assert nodes[name].gradient.item() == pytest.approx(gradient.item(), rel=1e-5)
    given = {name: torch.as_tensor(value, dtype=torch.float64) for name, value in at.items()}
    assert list(nodes.values())[-1].value.item() == pytest.approx(loss(**given).item())


@each_loss
def test_gradients_and_local_derivatives_keep_the_chain_rule(case):
    loss, wrt, at = case
    nodes = record_graph(loss, wrt=wrt, at=at)
    if all(map(is_single, nodes.values())):
        assert chain_rule_breaches(nodes) == []


@each_loss
def test_inputs_stand_before_what_is_made_of_them(case):
    loss, wrt, at = case
    names = list(record_graph(loss, wrt=wrt, at=at))
    for position, node in enumerate(record_graph(loss, wrt=wrt, at=at).values()):
        assert all(names.index(name) < position for name, _ in node.inputs)


@pytest.mark.parametrize("name", ["w", "a", "r"])
def test_a_gradient_that_is_off_by_a_thousandth_is_found(name):
    nodes = record_graph(**NEURON)
    nodes[name] = replace(nodes[name], gradient=nodes[name].gradient * 1.001)
    assert name in chain_rule_breaches(nodes)


def test_formulas_are_those_that_were_written():
    nodes = record_graph(many_signs, wrt=("w", "u"), at={"w": 3.0, "u": -1.2})
    assert [node.formula for node in nodes.values() if node.formula] == [
        "2 / w",
        "u / 3",
        "v1 + v2",
        "1 − w",
        "exp(v4)",
        "v3 − v5",
        "w · u",
        "mse_loss(v7, 0.5)",
        "v6 + v8",
        "−w",
        "v9 − v10",
    ]
    nodes = record_graph(lambda w: -3 * w - (-2), wrt="w", at={"w": 1.0})
    assert [nodes["v1"].formula, nodes["v2"].formula] == ["(−3) · w", "v1 − (−2)"]


def test_facts_are_seen_wherever_they_went_in():
    def loss(w, x, y):
        return (w * x**2 - (y + x)) ** 2 + torch.stack([w, y]).sum()

    nodes = record_graph(loss, wrt="w", at={"w": 1.0, "x": 2.0, "y": 3.0})
    assert [node.formula for node in nodes.values() if node.formula][:2] == [
        "w · x²",
        "v1 − (y + x)",
    ]
    assert nodes["v1"].inputs == (("w", 4.0), ("x", None))
    assert nodes["v2"].inputs == (("v1", 1.0), ("y", None), ("x", None))
    assert ("y", None) in nodes["v4"].inputs and nodes["v4"].formula == "stack([w, y])"


def test_of_a_broadcast_number_no_local_derivative_is_claimed():
    at = {"w": 1.3, "x": torch.tensor([1.0, 2.0, 3.0])}
    nodes = record_graph(lambda w, x: ((w * x) ** 2).mean(), wrt="w", at=at)
    assert nodes["v1"].inputs == (("w", None), ("x", None))


@pytest.mark.parametrize(
    ("loss", "formula"),
    [
        (lambda x: torch.pow(x, exponent=2), "x²"),
        (lambda x: torch.mul(input=x, other=x), "x · x"),
        (lambda x: torch.sub(x, 2, alpha=3), "sub(x, 2, 3)"),
        (lambda x: x.clamp(min=0), "clamp(x, 0)"),
    ],
)
def test_calls_by_name_have_a_formula(loss, formula):
    nodes = record_graph(loss, wrt="x", at={"x": 2.0})
    assert list(nodes.values())[-1].formula == formula


def test_names_may_be_anything():
    nodes = record_graph(lambda v1: ((v1**2 + 1) ** 2).tanh(), wrt="v1", at={"v1": 0.5})
    assert list(nodes) == ["v1", "v2", "v3", "v4", "v5"]
    nodes = record_graph(lambda x: (x**2).tanh(), wrt="x", at={"x": 0.5}, names=(r"{y}", "L"))
    assert nodes["L"].formula == "tanh({y})"
    assert list(record_graph(lambda x: x**2 + 1, wrt="x", at={"x": 1.0}, names="v2")) == [
        "x",
        "v2",
        "v3",
    ]


def test_a_graph_that_nobody_could_read_is_refused():
    def loss(w):
        for _ in range(60):
            w = w * 0.9
        return w

    with pytest.raises(ValueError, match="60 results"):
        record_graph(loss, wrt="w", at={"w": 1.0})


def test_results_are_named_in_the_order_in_which_they_are_computed():
    nodes = record_graph(out_of_order, wrt=("w", "u"), at={"w": 1.0, "u": 1.0}, names=("s", "f"))
    assert nodes["s"].formula == "3 · u" and nodes["f"].formula == "2 · w"
    assert nodes["v3"].formula == "f − s"


def test_a_value_is_kept_as_it_was_when_it_was_computed():
    nodes = record_graph(in_place, wrt="w", at={"w": 3.0, "x": 2.0})
    assert [node.value.item() for node in nodes.values()] == [3, 2, 6, 9, 81]


def test_tensors_of_several_numbers_have_no_single_local_derivative():
    at = {"W": torch.ones(2, 1), "X": torch.ones(3, 2), "Y": torch.zeros(3, 1)}
    nodes = record_graph(lambda W, X, Y: ((X @ W - Y) ** 2).mean(), wrt="W", at=at)
    assert nodes["v1"].formula == "X @ W" and nodes["v1"].inputs == (("X", None), ("W", None))
    assert torch.allclose(nodes["W"].gradient, torch.full((2, 1), 4.0))
    assert torch.allclose(nodes["v1"].gradient, torch.full((3, 1), 4 / 3))


def test_facts_that_lead_nowhere_are_left_out_and_idle_parameters_are_kept():
    at = {"w": 2.0, "u": 3.0, "x": 1.0, "idle": 5.0}
    nodes = record_graph(lambda w, u, x, idle: w * x, wrt=("w", "u"), at=at)
    assert list(nodes) == ["w", "u", "x", "v1"]
    assert nodes["u"].gradient.item() == 0


def test_nothing_of_the_readers_is_changed():
    w = torch.tensor(1.5, requires_grad=True)
    x = torch.tensor(2.0, requires_grad=True)
    (w * x).backward()
    loss = (w * x - 5) ** 2
    with torch.no_grad():
        record_graph(lambda w, x: (w * x - 5) ** 2, wrt=("w", "x"), at={"w": w, "x": x})
    assert (w.grad.item(), x.grad.item()) == (2.0, 1.5)
    loss.backward()
    assert w.grad.item() == 2.0 - 8.0


def test_a_loss_that_uses_a_watched_tensor_of_its_own_leaves_it_alone():
    own = torch.tensor(3.0, requires_grad=True)
    nodes = record_graph(lambda w: own * w, wrt="w", at={"w": 2.0})
    assert nodes["v1"].formula == "3 · w" and nodes["v1"].inputs == (("w", 3.0),)
    assert own.grad is None


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        return 2 * value

    @staticmethod
    def backward(ctx, gradient):
        return 2 * gradient


def test_an_operation_of_the_readers_own_is_a_box_or_part_of_one():
    nodes = record_graph(lambda w: Twice.apply(w * w), wrt="w", at={"w": 3.0})
    assert list(nodes) == ["w", "v1", "v2"] and nodes["v2"].value.item() == 18
    assert nodes["v2"].inputs == (("v1", 2.0),) and nodes["w"].gradient.item() == 12
    nodes = record_graph(lambda w: Twice.apply(w) ** 2, wrt="w", at={"w": 3.0})
    assert list(nodes) == ["w", "v1"] and nodes["v1"].inputs == (("w", 24.0),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ("a", "b", "c", "d")}, "names of their own"),
        ({"names": ("a", "a")}, "names of their own"),
        ({"names": tuple("pqrst")}, "The 4 results"),
        ({"wrt": "q"}, "'q'"),
        ({"loss": lambda w, b, x, y: x * y}, "does not reach"),
        ({"loss": lambda w, b, x, y: torch.stack([w, b])}, "one number"),
    ],
)
def test_a_wrong_use_is_said_in_a_sentence(change, message):
    with pytest.raises(ValueError, match=message):
        record_graph(**{**NEURON, **change})
