"""The live figure against matplotlib's own full draw, and the PNG against Pillow."""

import io
import zlib

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from helpers.show import plots
from helpers.show.live import LiveFigure
from helpers.show.png import PngWriter, encode_png


def axes():
    ax = Figure(figsize=(3, 2), dpi=50).subplots()
    ax.set(xlim=(0, 2), ylim=(0, 2))
    return ax


def draw_still(ax, height=2):
    plots.plot_loss([0, 1, 2], [height, 0, height], ax=ax)


def draw_moving(ax, x, y):
    plots.plot_point(x, y, ax=ax)


def full_draw(ax):
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def wanted(x, y, height=2):
    ax = axes()
    draw_still(ax, height)
    draw_moving(ax, x, y)
    return full_draw(ax)


@pytest.fixture
def live():
    ax = axes()
    live = LiveFigure(ax.figure)
    with live.still():
        draw_still(ax)
    live.ax = ax
    return live


def move(live, x, y):
    with live.moving():
        draw_moving(live.ax, x, y)


@pytest.fixture
def draws(monkeypatch):
    """A list that grows with every full draw."""
    draws, draw = [], FigureCanvasAgg.draw
    monkeypatch.setattr(FigureCanvasAgg, "draw", lambda self: (draws.append(1), draw(self)))
    return draws


def test_after_a_move_the_pixels_are_those_of_a_full_draw(live):
    for x, y in ((0.5, 1), (1.5, 0.5), (0.5, 1)):
        move(live, x, y)
        assert np.array_equal(live.pixels(), wanted(x, y))
    assert len(live.figure.axes[0].lines) == 2


def test_a_sharp_picture_has_twice_the_pixels_and_leaves_everything_as_it_was(live):
    move(live, 0.5, 1)
    before = live.pixels().copy()
    ax = axes()
    ax.figure.dpi *= 2
    draw_still(ax)
    draw_moving(ax, 0.5, 1)
    assert np.array_equal(decoded(live.sharp_png()), full_draw(ax)[..., :3])
    assert np.array_equal(live.pixels(), before)
    move(live, 1.5, 0.5)
    assert np.array_equal(live.pixels(), wanted(1.5, 0.5))


def test_the_still_part_is_drawn_once_and_again_only_where_it_or_the_limits_change(live, draws):
    for x in (0.1, 0.2, 0.3):
        move(live, x, 1)
        live.pixels()
    assert len(draws) == 1
    with live.still():
        draw_still(live.ax, height=1)
    move(live, 0.3, 1)
    assert np.array_equal(live.pixels(), wanted(0.3, 1, height=1))
    draws.clear()
    live.ax.set_xlim(0, 4)
    live.pixels()
    assert len(draws) == 1


def test_what_is_not_drawn_again_is_hidden_and_what_has_no_name_is_gone(live):
    with live.moving():
        draw_moving(live.ax, 1, 1)
        plots.plot_line([0, 2], [1, 1], ax=live.ax, gid="level")
        live.ax.plot([0, 1], [1, 0])
    move(live, 0.5, 1)
    assert np.array_equal(live.pixels(), wanted(0.5, 1))
    assert len(live.ax.lines) == 3 and not plots.artists(live.ax)["level"].get_visible()


def test_what_raises_while_it_draws_leaves_nothing_behind(live):
    with pytest.raises(ZeroDivisionError), live.moving():
        plots.plot_line([0, 2], [1, 1], ax=live.ax, gid="level")
        draw_moving(live.ax, 1 / 0, 1)
    move(live, 0.5, 1)
    assert np.array_equal(live.pixels(), wanted(0.5, 1))


def test_two_things_of_one_name_are_refused(live):
    with pytest.raises(ValueError, match="'point'"), live.moving():
        draw_moving(live.ax, 1, 1)
        draw_moving(live.ax, 2, 1)


def random_pixels(seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (50, 11, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def decoded(png):
    image = Image.open(io.BytesIO(png))
    image.load()
    assert image.mode == "RGB"
    return np.asarray(image)


def test_a_png_reads_back_to_the_same_pixels():
    assert np.array_equal(decoded(encode_png(random_pixels())), random_pixels()[..., :3])


@pytest.mark.parametrize("rows", [(0, 0), (0, 50), (3, 5), (17, 20), (30, 50), (49, 50), (0, 1)])
def test_a_png_whose_other_rows_are_kept_reads_back_to_the_same_pixels(rows, monkeypatch):
    still, pixels = random_pixels(), random_pixels()
    pixels[slice(*rows)] = random_pixels(1)[slice(*rows)]
    writer = PngWriter(still)
    first = writer.write(pixels)
    assert np.array_equal(decoded(first), pixels[..., :3])
    compressed, compressobj = [], zlib.compressobj
    monkeypatch.setattr(
        "helpers.show.png.zlib.compressobj",
        lambda *args, **options: (compressed.append(1), compressobj(*args, **options))[1],
    )
    assert writer.write(pixels) == first and len(compressed) == 1
