"""Scores that become probabilities, whose logarithms make the loss: where a loss has them.

Whichever way a loss writes it, with torch's cross-entropy, with a softmax and a logarithm, or with
exp and a quotient by hand, the gradient by the scores is p - y, for several classes p - one-hot,
times the share of a sample. So they are known by that gradient. ``BACKWARD`` in ``wrong_rules.py``
has what learners take it for.
"""

from dataclasses import dataclass

import torch

NEAR = 1e-6
"""How far from 0 and 1 a label may lie that was computed."""
MOST_SCORES = 10_000


@dataclass(frozen=True)
class Scores:
    """Scores in a loss, and what a formula of ``BACKWARD`` may name.

    Attributes:
        pattern: "sigmoid(u)" or "softmax(u)", or "p" for a parameter that is the probability.
        text: what becomes of the scores, in the names of the loss.
        names: u, the scores; p, the probabilities; y or one_hot, the labels; for classes, labels,
            their numbers, and rows and columns, where a 1 lands that misses its place.
        share: by what p - y is multiplied.
        right: p - y, or what is right in its place.
    """

    pattern: str
    text: str
    names: dict
    share: torch.Tensor
    right: torch.Tensor
    other: str = ""


def scores_of(tape, place, at):
    """pattern -> Scores at a place of a Tape. ``at``: the arguments of the loss.

    Of two scores that are large, a sigmoid and a softmax may make the same.
    """
    value, gradient = tape.value(place), tape.gradient(place)
    if gradient is None or not 0 < value.numel() <= MOST_SCORES or value.ndim > 2:
        return {}
    text = tape.text(place)
    found = [
        _yes_or_no(tape, place, value, gradient, text, at),
        _classes(tape, place, value, gradient, text, at),
    ]
    if place < len(tape.parameters) and bool(((value > 0) & (value < 1)).all()):
        found.insert(0, _probability(value, gradient, text))
    return {scores.pattern: scores for scores in found if scores}


def _shares(value):
    """By what a mean or a sum of the losses of all samples may multiply each."""
    return dict.fromkeys((1.0, 1 / value.numel(), 1 / len(value) if value.ndim else 1.0))


def _are_labels(tensor):
    return bool(
        ((tensor - tensor.round()).abs() < NEAR).all()
        & (tensor.round() * (1 - tensor.round()) == 0).all()
    )


def _probability(p, gradient, text):
    for share in _shares(p):
        y = p - gradient * p * (1 - p) / share
        if _are_labels(y):
            right = (p - y) / (p * (1 - p))
            return Scores("p", text, {"p": p, "y": y.round()}, torch.tensor(share), right)
    return None


def _unscaled(tape, place):
    """The scores before a factor that all of them get, and that factor, where one is there."""
    made_by = tape.made_by(place)
    if made_by is None or made_by.pattern not in ("c * u", "u / c"):
        return {}
    factor, scores = made_by.values["c"], made_by.values["u"]
    one = factor.flatten()[0]
    if scores.numel() == 1 or not bool((factor == one).all()):
        return {}
    return {"unscaled": scores, "factor": one if made_by.pattern == "c * u" else 1 / one}


def _yes_or_no(tape, place, scores, gradient, text, at):
    found = []
    for share in _shares(scores):
        for sign in (1, -1):
            p = torch.sigmoid(sign * scores)
            y = p - sign * gradient / share
            if _are_labels(y):
                found.append((share, sign, p, y.round()))
    if not found:
        return None
    # Of minus the scores, the probabilities and labels are those of the other answer.
    share, sign, p, y = next((f for f in found if _is_given(f[3], at)), found[0])

    def through(slope):
        return slope * p * (1 - p)

    names = {"u": sign * scores, "p": p, "y": y, "through": through}
    unscaled = _unscaled(tape, place).get("unscaled")
    names |= {} if unscaled is None else {"unscaled": sign * unscaled}
    text = text if sign == 1 else text.removeprefix("−").removeprefix("-")
    return Scores("sigmoid(u)", f"sigmoid({text})", names, torch.tensor(sign * share), p - y)


def _is_given(labels, at):
    same = (t for t in at.values() if t.numel() == labels.numel())
    return any(torch.equal(t.flatten().to(labels.dtype), labels.flatten()) for t in same)


def _classes(tape, place, scores, gradient, text, at):
    if scores.ndim == 0 or scores.shape[-1] < 2:
        return None
    p = torch.softmax(scores, -1)
    known = _by_log_softmax(tape, place) or _by_gradient(p, gradient)
    if known is None:
        return None
    one_hot, share = known

    def through(slope):
        return p * (slope - (p * slope).sum(-1, keepdim=True))

    names = {"u": scores, "p": p, "one_hot": one_hot, "through": through}
    names |= {**_of_numbers(scores, at), **_unscaled(tape, place)}
    return Scores("softmax(u)", f"softmax({text})", names, share, p - one_hot)


def _by_log_softmax(tape, place):
    """The targets and shares, where a log_softmax takes the scores along their last axis."""
    for position, operation in enumerate(tape.operations):
        of_last = operation.pattern == "log_softmax(u)" and operation.axis in (-1, None)
        if of_last and operation.inputs["u"] == place:
            upstream = tape.upstream[position]
            share = None if upstream is None else -upstream.sum(-1, keepdim=True)
            return None if share is None or not share.all() else (-upstream / share, share)
    return None


def _by_gradient(p, gradient):
    for share in (*_shares(p), *(1 / n for n in (p.shape[-1],))):
        one_hot = p - gradient / share
        if _are_labels(one_hot) and bool((one_hot.round().sum(-1) == 1).all()):
            return one_hot.round(), torch.tensor(share)
    return None


def _of_numbers(scores, at):
    """The numbers of the classes, where they are an argument, and where they put a 1 by mistake."""
    whole = [t for t in at.values() if not t.is_floating_point() and t.dtype != torch.bool]
    numbers = next((t for t in whole if t.shape == scores.shape[:-1]), None)
    if numbers is None:
        return {}
    of_columns = torch.isin(torch.arange(scores.shape[-1]), numbers).to(scores.dtype)
    found = {"labels": numbers[..., None], "columns": of_columns}
    if scores.ndim == 2:
        found["rows"] = torch.isin(torch.arange(len(scores)), numbers).to(scores.dtype)[:, None]
    return found
