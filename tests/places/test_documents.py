"""The figures of the documents that the lessons follow stand in the saved outputs, in order."""

import re

import pytest

from tests.series import NOTEBOOKS, code_cells, read, shown

FIGURES = {
    "01_one_step": {
        "prediction, loss and gradient": [1, 1, -2],
        "new weight": [1.2],
    },
    "02_autograd": {"dy/dx at 2": [6]},
    "03_weight_and_bias": {
        "worked example: prediction, residual, loss": [0.5, -1.5, 2.25],
        "worked example: dL/dW": [-3],
        "losses": [0.4900, 0.1764, 0.0635, 0.0229, 0.0082],
        "gradients": [1.4, 0.84, 0.504, 0.3024, 0.1814],
        "W": [2.16, 2.076, 2.0256, 1.9954, 1.9772],
        "b": [1.26, 1.176, 1.1256, 1.0954, 1.0772],
        "end": [1.95, 1.05],
    },
    "04_study_hours": {
        "one student, gradients": [-8, -1.6, -0.32],
        "one student, w": [1.8, 1.96, 1.992],
        "final prediction": [3.984],
        "not zeroed, second gradient": [-8, -9.6],
        "batch, gradients": [-9.333, -0.622, -0.041],
        "batch, w": [1.933, 1.996, 2.000],
        "batch, losses": [4.6667, 0.0207, 0.0001],
        "batch, final w": [1.9997],
    },
    "05_matrix_form": {
        "gradients": [-1.4, -0.72, -0.4408, -0.0086, -0.2173, 0.1525],
        "W": [1.14, 1.072, 1.1841, 1.0729, 1.2058, 1.0576],
        "last predictions": [2.4715, 3.6556],
    },
    "07_a_bend": {
        "b = −1: loss, gradients": [-1, 4, 12, 4],
        "b = −7: loss, gradients": [-7, 9, 0, 0],
        "gradients at the start": [17.3333, 8],
        "η = 0.1, losses": [16.6667, 0.4296, 0.0000],
        "η = 0.2, losses": [16.6667, 1.6667, -1.4667, -0.6, 1.6667],
    },
    "08_first_network": {
        "the best line": [0.2222],
        "seven gradients": [-12, -6, 8, 4, 6, 10, 2],
        "by x": [14.00],
        "with bends and without": [1000, 0.0000, 0.2222],
    },
    "09_a_layer": {
        "the best line": [0.5, 0.5, 0.5, 0.5, 0.25],
        "loss": [1.75],
        "gradients": [1.5, 0, 1.5, 0, 2.25, 0.25, -1.875, -0.125, -2.5],
        "losses": [1.75, 0.4481, 0.0589, 0.0062, 0.0003, 0.0000],
        "zeros": [0, 0, 0, 1, 0.25],
        "twins": [300, 0.1667],
        "seeds": [2, 18, 3, 44, 4, 62, 8, 83],
        "without the mean": [0.3461, 0.1668, 0.1667, 0.1667],
        "without the slope": [0.4136, 0.1964, 0.2449, 0.2490],
        "the slope alone": [0.2500, 0.2500],
        "biases overwritten": [0.8793, 0.2686],
        "Z in place of H": [0.4645, 0.0414, 0.0008, 0.0000],
        "the new W₂": [0.5217, 0.0588, 0.0003, 0.0000],
    },
}


def numbers(cell):
    """All numbers that a cell printed, in their order."""
    printed = "\n".join(text for kind, text in shown(cell) if kind in ("stdout", "text/plain"))
    return [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", printed)]


def digits(figure):
    return len(str(figure).partition(".")[2])


def holds(found, figures):
    """Whether ``figures`` stand among the numbers ``found`` in their order, to their digits."""
    rest = iter(found)
    return all(
        any(abs(number - figure) <= 0.5001 * 10 ** -digits(figure) for number in rest)
        for figure in figures
    )


@pytest.mark.parametrize(
    ("name", "what"), [(name, what) for name, table in FIGURES.items() for what in table]
)
def test_the_figures_stand_in_one_saved_output(name, what):
    cells = code_cells(read(NOTEBOOKS / f"{name}.ipynb"))
    figures = FIGURES[name][what]
    assert any(holds(numbers(cell), figures) for cell in cells), figures


def test_a_figure_that_is_not_there_is_missed():
    assert holds([1, 1.2001, 3], [1.2]) and not holds([1, 1.31, 3], [1.2])
    assert holds([0.4900, 0.1764], [0.49, 0.1764]) and not holds([0.1764, 0.49], [0.49, 0.1764])
    assert not holds([1.98], [1.992]) and not holds([], [1])


def log_of(notebook):
    """(epoch, loss, W, b) of every line of the training log."""
    text = "\n".join(dict(shown(cell)).get("stdout", "") for cell in code_cells(notebook))
    return [
        tuple(map(float, re.findall(r"-?\d+\.?\d*", line)))
        for line in text.splitlines()
        if re.match(r"(?i)\W*epoch\W+\d", line)
    ]


def test_the_training_log_has_the_shape_of_the_documents():
    """A line for every tenth of 200 epochs, a loss that falls, and an end near W = 2, b = 1."""
    log = log_of(read(NOTEBOOKS / "06_training_loop.ipynb"))
    assert [int(line[0]) for line in log][:20] == list(range(0, 200, 10))
    losses = [line[1] for line in log[:20]]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.02
    assert log[19][2:4] == (pytest.approx(2, abs=0.1), pytest.approx(1, abs=0.1))
