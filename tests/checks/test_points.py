"""The numbers at which a check asks: near and far, on both sides of corners, each of its own kind."""

import math

import pytest
import torch

from helpers.checks import points
from helpers.checks.points import anywhere, corners, near, question
from helpers.compute import problems
from helpers.compute.gradients import as_tensors
from tests.checks.planted import HINGE, ONE, RELU, Loss, made

GENERATOR = torch.Generator().manual_seed(0)


def asked(loss, at=None, wrt=None, seed=0):
    """The Question of a loss, as text or as a function."""
    loss = Loss(loss, "w") if isinstance(loss, str) else loss
    return question(loss.function, wrt=wrt or loss.wrt, at=at or loss.at, seed=seed)


def test_numbers_anywhere_can_be_typed_in():
    drawn = anywhere(torch.zeros(1000), GENERATOR)
    assert 0.5 <= drawn.abs().min() < 0.6 and 1.9 < drawn.abs().max() <= 2
    assert 400 < (drawn > 0).sum() < 600
    torch.testing.assert_close(drawn * 100, (drawn * 100).round())


def test_numbers_near_keep_their_sign_and_size():
    given = torch.tensor([1.0, -2000.0, 0.0]).repeat(300, 1)
    drawn = near(given, GENERATOR)
    away = ((drawn - given) / given)[:, :2].abs()
    assert 0.04 < away.min() < 0.07 and 0.28 < away.max() < 0.31
    assert (drawn[:, 2] >= 0.05).all() and (drawn[:, 2] <= 0.3).all()


def test_the_first_point_is_the_readers_and_the_others_are_not():
    first, *others = asked(ONE).points()
    assert {name: tensor.item() for name, tensor in first.at.items()} == ONE.at
    assert len(others) == 4
    for name in ONE.at:
        assert len({point.at[name].item() for point in (first, *others)}) == 5
        assert {1, -1} == {math.copysign(1, point.at[name]) for point in others}
    for point in (first, *others):
        assert point.right["w"].item() == pytest.approx(
            2 * (point.at["w"] * point.at["x"] - point.at["y"]) * point.at["x"]
        )


def test_the_seed_decides():
    drawn = [asked(ONE, seed=seed).points()[-1].at["w"].item() for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_logarithm_keeps_to_positive_numbers():
    loss = Loss("torch.log(torch.log(w * x))", "w")
    assert all(
        point.at["w"] * point.at["x"] > 1 for point in asked(loss, {"w": 3.0, "x": 2.0}).points()
    )


def test_scale_is_that_of_gradients_thereabouts():
    (point, *_) = asked(ONE, {"w": 2.0, "x": 3.0, "y": 6.0}).points()
    assert point.right["w"] == 0 and point.scale["w"] > 0.1


# --- Corners -------------------------------------------------------------------------------

CORNERS = [
    "torch.relu(w * x + b)",
    "(w * x - y).abs()",
    "torch.nn.functional.leaky_relu(w * x - y)",
    "torch.nn.functional.elu(w * x)",
    "torch.clamp(1 - w * x, min=0)",
    "torch.clamp(w * x, 0.5, 1.5)",
    "torch.maximum(w * x, w * y)",
    "torch.where(w * x > y, w ** 2, w)",
    "(w * x > y) * w ** 2",
    "torch.relu(w * xs).sum() + torch.relu(ys - w).sum()",
]


def sides(loss, point):
    """The sides on which a point lies: pairs of a corner's number and True or False."""
    found = enumerate(corners(loss.function, point.at))
    return {(number, bool(side)) for number, (on_it, _) in found for side in on_it.flatten()}


@pytest.mark.parametrize("text", CORNERS)
@pytest.mark.parametrize("sign", [1, -1])
def test_both_sides_of_every_corner_are_met(text, sign):
    """From either side, and each side often: once may go with the sign of some letter."""
    loss = Loss(text, "w")
    at = {name: number if name == "xs" else sign * number for name, number in loss.at.items()}
    question = asked(loss, at)
    met = [sides(loss, point) for point in question.points()]
    for corner in range(len(corners(loss.function, as_tensors(at)))):
        for side in (True, False):
            assert sum((corner, side) in one for one in met) >= points.OFTEN_ENOUGH
    assert question.corners_not_met(question.points()) == ""


def test_a_side_that_cannot_be_met_is_said():
    loss = Loss("torch.relu(w ** 2 + 1)", "w")
    report = loss.report("2 * w")
    assert report.ok and "could not be tried" in report.hint
    assert (
        "could not"
        not in RELU.report("(2 * (torch.relu(w * xs) - ys) * xs * (w * xs > 0)).mean()").hint
    )


@pytest.mark.parametrize(
    ("loss", "answer", "at"),
    [
        (HINGE, "-x", {"w": 0.1, "x": 0.5}),
        (HINGE, "0 * x", {"w": 2.0, "x": 3.0}),
        (Loss("(torch.relu(w * x + b) - y) ** 2", "w"), "2 * (torch.relu(w * x + b) - y) * x", dict(w=0.8, b=0.3, x=1.5, y=0.4)),
        (Loss("(torch.relu(w * x + b) - y) ** 2", "w"), "2 * (w * x + b - y) * x", dict(w=2.0, b=-1.0, x=3.0, y=3.0)),
        (Loss("(w * x - y).abs()", "w"), "-x", dict(w=1.0, x=1.0, y=2.0)),
    ],
)  # fmt: skip
def test_a_forgotten_corner_is_never_let_through(loss, answer, at):
    assert loss.report(answer, at=at).ok is False


def test_on_a_corner_nothing_is_asked():
    """There the gradient depends on the side from which one looks."""
    at = {"w": 1.0, "x": 0.0, "b": 0.0}
    question = asked(Loss("torch.relu(w * x + b)", ("w", "b")), at)
    assert not any(on.any() for p in question.points() for _, on in corners(question.loss, p.at))
    assert Loss("torch.relu(w * x + b)", ("w", "b")).report(
        "(w * x + b > 0) * x, w * x + b >= 0", at=at
    )


# --- Data of a kind ------------------------------------------------------------------------

ONE_HOT = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
SHARES = torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
CROSS_ENTROPY = "-(x * torch.log_softmax(w, -1)).sum()"
LOGISTIC = "-(y * torch.log(torch.sigmoid(w)) + (1 - y) * torch.log(1 - torch.sigmoid(w))).mean()"


@pytest.mark.parametrize(
    ("text", "at", "name", "holds"),
    [
        (CROSS_ENTROPY, {"w": torch.randn(2, 3), "x": ONE_HOT}, "x", "one-hot"),
        (CROSS_ENTROPY, {"w": torch.randn(3), "x": ONE_HOT[0]}, "x", "one-hot"),
        (CROSS_ENTROPY, {"w": torch.randn(2, 3), "x": SHARES}, "x", "probabilities"),
        (LOGISTIC, {"w": torch.randn(4), "y": torch.tensor([0.0, 1.0, 1.0, 0.0])}, "y", "0 or 1"),
        (LOGISTIC, {"w": 0.3, "y": 1.0}, "y", "0 or 1"),
        ("torch.relu(1 - w * y)", {"w": 0.3, "y": -1.0}, "y", "-1 or 1"),
        ("torch.clamp(1 - w * ys, min=0).sum()", {"w": 0.3, "ys": torch.tensor([1.0, -1.0, 1.0])}, "ys", "-1 or 1"),
        ("(w * ys).sum()", {"w": 0.3, "ys": torch.tensor([1, 5, 9])}, "ys", "the same"),
        ("(w * ys).sum()", {"w": 0.3, "ys": torch.tensor([True, False, True])}, "ys", "the same"),
    ],
)  # fmt: skip
def test_a_label_stays_a_label(text, at, name, holds):
    drawn = [point.at[name] for point in asked(Loss(text, "w"), at).points()]
    given = torch.as_tensor(at[name])
    kinds = {
        "one-hot": lambda t: set(t.flatten().tolist()) == {0, 1} and bool((t.sum(-1) == 1).all()),
        "probabilities": lambda t: bool(
            (t > 0).all() and torch.allclose(t.sum(-1), torch.ones(()).double())
        ),
        "0 or 1": lambda t: set(t.flatten().tolist()) <= {0, 1},
        "-1 or 1": lambda t: set(t.flatten().tolist()) <= {-1, 1},
        "the same": lambda t: sorted(t.tolist()) == sorted(given.tolist()),
    }
    assert all(map(kinds[holds], drawn))
    assert any(not torch.equal(t.double(), given.double()) for t in drawn)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("(w * x - y) ** 2", {"w": 1.0, "x": 1.0, "y": 0.0}),
        ("((w * xs - ys) ** 2).sum()", {"w": 1.0, "xs": torch.tensor([0.0, 1.0]), "ys": torch.tensor([1.0, -1.0])}),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_label_is_none(text, at):
    drawn = [p.at[n] for p in asked(Loss(text, "w"), at).points()[1:] for n in at]
    assert not any(set(t.flatten().tolist()) <= {-1, 0, 1} for t in drawn)


@pytest.mark.parametrize(
    ("loss", "answer", "at"),
    [
        ("-(x * torch.log_softmax(w, 0)).sum()", "torch.softmax(w, 0) - x", {"w": torch.randn(3), "x": ONE_HOT[0]}),
        ("torch.nn.functional.cross_entropy(w, k)", "(torch.softmax(w, 1) - torch.nn.functional.one_hot(k, 3)) / len(k)", {"w": torch.randn(2, 3), "k": torch.tensor([2, 0])}),
        (LOGISTIC, "(torch.sigmoid(w) - y) / len(w)", {"w": torch.randn(2), "y": torch.tensor([1.0, 0.0])}),
        ("torch.relu(1 - w * y)", "-y * (w * y < 1)", {"w": 0.3, "y": -1.0}),
        ("(w[k] * xs).sum()", "torch.zeros_like(w).index_add(0, k, xs)", {"w": torch.randn(3), "k": torch.tensor([0, 2, 2]), "xs": torch.ones(3)}),
    ],
)  # fmt: skip
def test_a_derivative_that_needs_its_labels_is_right(loss, answer, at):
    assert Loss(loss, "w").report(answer, at=at).ok


def test_whole_numbers_and_flags_are_arguments_too():
    def loss(w, count, flag):
        assert flag is not False and count == 3
        return w**2 * count

    report = Loss("w ** 2", "w")
    at = {"w": 1.5, "count": 3, "flag": True}
    found = question(loss, wrt="w", at={"w": 1.5, "count": torch.tensor(3), "flag": True}, seed=0)
    assert found.movable == ("w",) and found.plain == ("w",)
    assert report and at


# --- More samples, and losses that need care -----------------------------------------------


def test_three_more_samples():
    question = asked("((w * xs - ys) ** 2).mean()")
    assert {n: len(t) for n, t in question.resized().at.items() if t.ndim} == {"xs": 6, "ys": 6}
    assert asked(ONE).resized() is None
    whole = asked("((X @ W - Y) ** 2)[:3].mean()", wrt="W").resized()
    assert {n: tuple(t.shape) for n, t in whole.at.items()} == {
        "W": (2, 1),
        "X": (6, 2),
        "Y": (6, 1),
    }


def test_a_loss_that_wants_so_many_samples_is_not_resized():
    assert asked("((w * xs - torch.ones(3)) ** 2).mean()").resized() is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_loss_with_coarse_data_of_its_own(dtype):
    X, Y = (part.flatten().to(dtype) for part in problems.noisy_line())
    options = {"loss": lambda w: ((X * w - Y) ** 2).mean(), "wrt": "w", "at": {"w": 1.3}, "seed": 0}
    question_of_it = question(**options)
    assert not any(question_of_it.leaks(point) for point in question_of_it.points())
    assert all(point.right["w"].dtype == dtype for point in question_of_it.points())


@pytest.mark.parametrize(
    "cut",
    ["((w.detach() * xs - ys) ** 2).mean()", "((w * xs - ys).detach() * (w * xs - ys)).mean()"],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_loss_that_is_cut_leaks(cut, dtype):
    loss = made(f"def loss(w):\n    return {cut}")
    loss.__globals__.update(xs=torch.tensor([1.0, 2.0]).to(dtype), ys=torch.ones(2).to(dtype))
    found = question(loss, wrt="w", at={"w": 1.3}, seed=0)
    assert all(found.leaks(point) for point in found.points())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"wrt": "v"}, ValueError),
        ({"wrt": ()}, TypeError),
        ({"wrt": ("w", "v")}, ValueError),
        ({"at": {"w": torch.tensor(1), "x": 1.0, "y": 2.0}}, TypeError),
        ({"at": {"w": "1", "x": 1.0, "y": 2.0}}, TypeError),
        ({"at": {"w": 1.0}}, TypeError),
        ({"at": [1.0, 1.0, 2.0]}, TypeError),
        ({"at": {"w": math.nan, "x": 1.0, "y": 2.0}}, ValueError),
        ({"loss": 3}, TypeError),
        ({"loss": lambda w, x, y: "text"}, TypeError),
        ({"loss": lambda w, x, y: torch.stack([w, x])}, ValueError),
        ({"loss": lambda w, x, y: w * torch.rand(())}, ValueError),
    ],
)
def test_a_wrong_use_of_the_check_raises(changes, error):
    use = {"loss": ONE.function, "wrt": "w", "at": ONE.at, "seed": 0}
    with pytest.raises(error, match=r"\.$"):
        question(**{**use, **changes})
