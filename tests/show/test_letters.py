"""Plain letters look as matplotlib's texts do."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.show.letters import Letters, line_of

PLAIN = "w₁ −1.25", "ŷ\n(2, 1)", "one\n\nthree", "g", "∂L/∂w"
MORE = {
    "mathematics": ("$w_1$", {}),
    "rotation": ("w", {"rotation": 30}),
    "box": ("w", {"bbox": {"boxstyle": "round", "color": "red"}}),
    "lines to the left": ("one\nthree", {"ha": "left"}),
    "letters of no font": ("\U0001fae8 w", {}),
}


def pixels_of(kind, text, place=(0.4, 0.6), dpi=100, **style):
    """int of shape (height, width, 3): the picture of one text, over a grey half."""
    figure = Figure((2, 1), dpi=dpi)
    canvas, ax = FigureCanvasAgg(figure), figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.axvspan(0, 0.4, color="0.7")
    ax.add_artist(kind(*place, text, clip_on=False, **style))
    canvas.draw()
    return np.array(canvas.buffer_rgba())[..., :3].astype(int)


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("ha", ["left", "center", "right"])
@pytest.mark.parametrize("va", ["top", "center", "bottom", "baseline"])
def test_a_plain_text_looks_as_ever(text, ha, va):
    style = {"ha": ha, "va": va, "color": "#D55E00", "fontsize": 11}
    as_ever = pixels_of(Text, text, **style)
    assert (as_ever != pixels_of(Text, "")).any()
    assert np.abs(pixels_of(Letters, text, **style) - as_ever).max() <= 1


@pytest.mark.parametrize("dpi", [100, 200])
@pytest.mark.parametrize("style", [{"va": "center_baseline"}, {"weight": "bold"}, {"alpha": 0.5}])
def test_so_does_one_in_another_style(style, dpi):
    as_ever = pixels_of(Text, "v₂·h₂", dpi=dpi, **style)
    assert np.abs(pixels_of(Letters, "v₂·h₂", dpi=dpi, **style) - as_ever).max() <= 1


@pytest.mark.parametrize("place", [(0, 0), (1, 1), (0, 1), (1, 0), (5, 5), (-5, 0.5), (np.nan, 0)])
def test_what_lies_beyond_the_picture_is_cut_off(place):
    as_ever = pixels_of(Text, "gradient", place, va="center", ha="center")
    ours = pixels_of(Letters, "gradient", place, va="center", ha="center", behind=None)
    assert np.abs(ours - as_ever).max() <= 1
    pixels_of(Letters, "gradient", place, behind="white")


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("case", MORE)
def test_what_is_more_than_plain_letters_is_drawn_by_matplotlib(case):
    text, style = MORE[case]
    assert (pixels_of(Letters, text, **style) == pixels_of(Text, text, **style)).all()


def test_a_square_behind_them_hides_what_lies_there():
    plain = pixels_of(Letters, "3", (0.2, 0.5), ha="center", va="center")
    covered = pixels_of(Letters, "3", (0.2, 0.5), ha="center", va="center", behind="white")
    changed = np.argwhere((plain != covered).any(-1))
    (top, left), (bottom, right) = changed.min(0), changed.max(0)
    assert 8 < right - left < 20 and 12 < bottom - top < 26
    assert (covered[top, left : right + 1] == 255).all()


def test_where_there_is_no_text_there_is_no_square_either():
    assert (pixels_of(Letters, "", (0.2, 0.5), behind="white") == pixels_of(Text, "")).all()


def test_a_line_that_was_drawn_is_kept():
    pixels_of(Letters, "kept 1.25")
    before = line_of.cache_info()
    pixels_of(Letters, "kept 1.25")
    assert line_of.cache_info().misses == before.misses
