"""The numbers at which a check asks: near and far, on both sides of corners, each of its kind."""

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


BENT, BENT_SLOPE = "(torch.relu(w * x + b) - y) ** 2", "2 * (torch.relu(w * x + b) - y) * x"


@pytest.mark.parametrize(
    ("text", "answer", "numbers"),
    [
        (HINGE.text, "-x", (0.1, 0.5)),
        (HINGE.text, "0 * x", (2.0, 3.0)),
        (BENT, BENT_SLOPE, (0.8, 0.3, 1.5, 0.4)),
        (BENT, "2 * (w * x + b - y) * x", (2.0, -1.0, 3.0, 3.0)),
        ("(w * x - y).abs()", "-x", (1.0, 1.0, 2.0)),
    ],
)
def test_a_forgotten_corner_is_never_let_through(text, answer, numbers):
    loss = Loss(text, "w")
    assert loss.report(answer, at=dict(zip(loss.at, numbers, strict=True))).ok is False


def test_on_a_corner_nothing_is_asked():
    """There the gradient depends on the side from which one looks."""
    loss, at = Loss("torch.relu(w * x + b)", ("w", "b")), {"w": 1.0, "b": 0.0, "x": 0.0}
    found = asked(loss, at).points()
    assert not any(on.any() for point in found for _, on in corners(loss.function, point.at))
    for sign in (">", ">="):
        assert loss.report(f"x * (w * x + b {sign} 0), (w * x + b {sign} 0) * 1.0", at=at).ok


# --- Data of a kind ------------------------------------------------------------------------

ONE_HOT = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
SHARES = torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
SIGNS = torch.tensor([1.0, -1.0, 1.0])
CROSS_ENTROPY = "-(x * torch.log_softmax(w, -1)).sum()"
BY_HAND = "-(x * torch.log(torch.exp(w) / torch.exp(w).sum())).sum()"
LOGISTIC = "-(y * torch.log(torch.sigmoid(w)) + (1 - y) * torch.log(1 - torch.sigmoid(w))).mean()"


@pytest.mark.parametrize(
    ("text", "at", "name", "holds"),
    [
        (CROSS_ENTROPY, {"w": torch.randn(2, 3), "x": ONE_HOT}, "x", "one-hot"),
        (CROSS_ENTROPY, {"w": torch.randn(3), "x": ONE_HOT[0]}, "x", "one-hot"),
        (CROSS_ENTROPY, {"w": torch.randn(2, 3), "x": SHARES}, "x", "probabilities"),
        (CROSS_ENTROPY, {"w": torch.randn(2, 3), "x": ONE_HOT.long()}, "x", "one-hot"),
        (BY_HAND, {"w": torch.randn(3), "x": ONE_HOT[0]}, "x", "one-hot"),
        ("-torch.log(torch.softmax(w, 0))[k]", {"w": torch.randn(3), "k": 2}, "k", "a class"),
        ("torch.log(w) - torch.log(1 - w)", {"w": 0.97}, "w", "a probability"),
        (LOGISTIC, {"w": torch.randn(4), "y": torch.tensor([0.0, 1.0, 1.0, 0.0])}, "y", "0 or 1"),
        (LOGISTIC, {"w": 0.3, "y": 1.0}, "y", "0 or 1"),
        ("torch.relu(1 - w * y)", {"w": 0.3, "y": -1.0}, "y", "-1 or 1"),
        ("torch.clamp(1 - w * ys, min=0).sum()", {"w": 0.3, "ys": SIGNS}, "ys", "-1 or 1"),
        ("(w * ys).sum()", {"w": 0.3, "ys": torch.tensor([1, 5, 9])}, "ys", "the same"),
        ("(w * ys).sum()", {"w": 0.3, "ys": torch.tensor([True, False, True])}, "ys", "the same"),
    ],
)
def test_a_label_stays_a_label(text, at, name, holds):
    drawn = [point.at[name] for point in asked(Loss(text, "w"), at).points()]
    given = torch.as_tensor(at[name])
    kinds = {
        "one-hot": lambda t: set(t.flatten().tolist()) == {0, 1} and bool((t.sum(-1) == 1).all()),
        "probabilities": lambda t: bool(
            (t > 0).all() and torch.allclose(t.sum(-1), torch.ones(()).double())
        ),
        "a class": lambda t: not t.is_floating_point() and 0 <= t <= 2,
        "a probability": lambda t: bool(0 < t < 1),
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
        ("((w * xs - ys) ** 2).sum()", {"w": 1.0, "xs": SIGNS.relu(), "ys": SIGNS}),
    ],
)
def test_what_only_looks_like_a_label_is_none(text, at):
    drawn = [p.at[n] for p in asked(Loss(text, "w"), at).points()[1:] for n in at]
    assert not any(set(t.flatten().tolist()) <= {-1, 0, 1} for t in drawn)


def test_whole_numbers_and_flags_are_given_as_they_are():
    def loss(w, count, flag):
        assert flag == True and count == 3  # noqa: E712, a tensor
        return w**2 * count

    at = {"w": 1.5, "count": torch.tensor(3), "flag": True}
    found = question(loss, wrt="w", at=at, seed=0)
    assert (found.movable, found.plain) == (("w",), ("w",))
    assert len(found.points()) == 5


# --- More samples, and losses that need care -----------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_two_corners_are_met_on_unlike_sides(seed):
    """Or the slope of one could stand for that of the other."""
    question = asked("(torch.relu(w * x + 1) + torch.relu(w * x + 2) - y) ** 2", seed=seed)
    sums = [point.at["w"] * point.at["x"] for point in question.points()]
    assert sum(bool(-2 < one < -1) for one in sums) >= points.OFTEN_ENOUGH // 2


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


def test_the_rows_of_another_layer_are_no_samples():
    resized = asked("((torch.tanh(X @ V) @ W - Y) ** 2).mean()", wrt="W").resized()
    assert {n: len(t) for n, t in resized.at.items()} == {"V": 2, "W": 2, "X": 6, "Y": 6}


SCORE = "-(y * torch.log(torch.sigmoid(w)) + (1 - y) * torch.log(1 - torch.sigmoid(w)))"
CLASSES = "-torch.log(torch.exp(w) / torch.exp(w).sum())[k]"


@pytest.mark.parametrize("score", [17.0, -17.0, 1000.0, -1000.0])
@pytest.mark.parametrize("label", [0, 1])
def test_the_gradient_of_large_scores_is_accepted(score, label):
    of_one = Loss(SCORE, "w").report("torch.sigmoid(w) - y", {"w": score, "y": float(label)})
    at = {"w": torch.tensor([score, 0.3, -score]), "k": label}
    of_three = Loss(CLASSES, "w").report("p = torch.softmax(w, 0)\np[k] -= 1\nreturn p", at)
    for report in (of_one, of_three):
        assert report.ok is True
        assert ("cannot be computed" in report.hint) is (abs(score) > 100)


@pytest.mark.parametrize("score", [17.0, 1000.0])
def test_a_wrong_gradient_of_large_scores_is_refused(score):
    report = Loss(SCORE, "w").report("torch.sigmoid(w)", {"w": score, "y": 1.0})
    assert report.mistake == "wrong-target" and ("cannot be computed" in report.hint) is (
        score > 100
    )


@pytest.mark.parametrize("score", [20.0, 30.0, -30.0, 45.0, -200.0])
@pytest.mark.parametrize(("answer", "ok"), [("y", True), ("1 + y", False)])
def test_a_logarithm_that_torch_cuts_off_does_not_stand_for_the_gradient(score, answer, ok):
    loss = "torch.nn.functional.binary_cross_entropy(torch.sigmoid(torch.as_tensor(w)), y)"
    at = {"w": torch.tensor(score), "y": torch.tensor(float(score < 0))}
    assert Loss(loss, "w").report(f"torch.sigmoid(w) - {answer}", at).ok is ok


@pytest.mark.parametrize(("sign", "ok"), [("-", True), ("+", False)])
def test_a_loop_from_a_score_too_large_is_judged_elsewhere(sign, ok):
    loop = made(f"""
def train(w, y, learning_rate, steps):
    rows = []
    for _ in range(steps):
        w = w {sign} learning_rate * (torch.sigmoid(torch.as_tensor(w)) - y)
        rows.append(w)
    return rows
""")
    loss = Loss(SCORE, "w").loop("")
    report = loss.report(loop, {"w": 1000.0, "y": 1.0})
    assert report.ok is ok


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
    with pytest.raises(error):
        question(**{**use, **changes})
