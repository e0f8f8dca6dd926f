"""The live figure against matplotlib's own full draw, and the PNG against Pillow."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.compute.texts import decimals, short
from helpers.show import plots
from helpers.show.live import LiveFigure, encode_png
from helpers.show.words import Reading, Words


def one_line():
    figure = Figure(figsize=(3, 2), dpi=50)
    ax = figure.subplots()
    plots.plot_loss([0, 1, 2], [2, 0, 2], ax=ax)
    plots.plot_point([0.5], [1], ax=ax)
    ax.set(xlim=(0, 2), ylim=(0, 2))
    return figure, ax


def full_draw(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def test_after_a_move_the_pixels_are_those_of_a_full_draw():
    figure, ax = one_line()
    live = LiveFigure(figure, [plots.artists(ax)["point"]])
    before = live.pixels().copy()
    plots.artists(ax)["point"].set_data([1.5], [0.5])
    moved = live.pixels().copy()

    other, other_ax = one_line()
    plots.artists(other_ax)["point"].set_data([1.5], [0.5])
    assert np.array_equal(moved, full_draw(other))
    assert not np.array_equal(moved, before)


def test_the_still_part_is_drawn_once_and_again_only_where_the_limits_change(monkeypatch):
    figure, ax = one_line()
    live = LiveFigure(figure, [plots.artists(ax)["point"]])
    draws = []
    draw = FigureCanvasAgg.draw
    monkeypatch.setattr(FigureCanvasAgg, "draw", lambda self: (draws.append(1), draw(self)))
    for x in (0.1, 0.2, 0.3):
        plots.artists(ax)["point"].set_data([x], [1])
        live.pixels()
    assert len(draws) == 1
    ax.set_xlim(0, 4)
    live.pixels()
    assert len(draws) == 2


def test_a_text_that_seldom_changes_is_drawn_anew_when_it_does(monkeypatch):
    figure, ax = one_line()
    label = ax.text(1, 1, "one", gid="label")
    live = LiveFigure(figure, [plots.artists(ax)["point"], label], [label])
    before = live.pixels().copy()
    plots.artists(ax)["point"].set_data([1.5], [0.5])
    label.set_text("two")
    after = live.pixels().copy()

    other, other_ax = one_line()
    other_ax.text(1, 1, "two")
    plots.artists(other_ax)["point"].set_data([1.5], [0.5])
    assert np.array_equal(after, full_draw(other)) and not np.array_equal(before, after)


def test_a_png_reads_back_to_the_same_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (7, 11, 3), dtype=np.uint8)
    image = Image.open(io.BytesIO(encode_png(pixels)))
    image.load()
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize(
    ("value", "long", "brief"),
    [
        (1, "1.0000", "1"),
        (-2.5, "−2.5000", "−2.5"),
        (1e-12, "0.0000", "0"),
        (-1e-12, "0.0000", "0"),
        (123456.789, "123456.7890", "123456.789"),
        (2.5e7, "2.5e7", "2.5e7"),
        (float("inf"), "infinite", "infinite"),
        (float("-inf"), "minus infinite", "minus infinite"),
        (float("nan"), "not a number", "not a number"),
    ],
)
def test_numbers_as_text(value, long, brief):
    assert (decimals(value), short(value)) == (long, brief)


def test_words_are_short_lines_with_every_number():
    words = Words(
        "A picture.", tuple(Reading(f"n{i}", f"name {i}", "1.0") for i in range(12)), "So."
    )
    lines = str(words).splitlines()
    assert lines[0] == "A picture." and lines[-1] == "So."
    assert all(len(line) <= 88 for line in lines)
    assert all(f"name {i} 1.0" in " ".join(lines) for i in range(12))
