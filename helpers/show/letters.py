"""Plain texts kept as pixels: most of a move goes into its texts, and few of them are new."""

from functools import lru_cache

import numpy as np
from matplotlib.backends.backend_agg import get_hinting_flag
from matplotlib.colors import to_rgb
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text

PAD = 0.17  # between a text and the edge of the square behind it, in sizes of its letters
APART = 1.2  # from one line to the next, in heights of a line
BESIDE = {"left": 0.0, "center": 0.5, "right": 1.0}


class Letters(Text):
    """A ``Text`` that looks the same, and puts each of its lines into the picture as pixels.

    What is more than plain letters is drawn as matplotlib draws it: mathematics, a rotation, a
    box, an effect. ``behind`` is the colour of a square behind plain letters.
    """

    def __init__(self, *args, behind=None, **style):
        super().__init__(*args, **style)
        self.behind = behind

    def draw(self, renderer):
        if not self.get_visible() or not self.get_text():
            return
        font = findfont(self.get_fontproperties()), self.get_size(), self.figure.dpi
        lines = self._is_plain() and [line_of(text, font) for text in self.get_text().split("\n")]
        if not lines or None in lines or not hasattr(renderer, "buffer_rgba"):
            super().draw(renderer)
            return
        self._put_into(np.asarray(renderer.buffer_rgba()), lines, line_of("lp", font))
        self.stale = False

    def _is_plain(self):
        more = self.get_rotation(), self.get_bbox_patch(), self.get_path_effects(), self.get_wrap()
        in_line = "\n" not in self.get_text() or self.get_ha() == "center"
        return in_line and "$" not in self.get_text() and not any((*more, self.get_clip_on()))

    def _put_into(self, pixels, lines, tallest):
        """Blends the lines into pixels of shape (height, width, 4)."""
        width, downs, below = _placed(lines, tallest)
        x, y = self.get_transform().transform(self.get_unitless_position())
        if not np.isfinite((x, y)).all():
            return
        left, top = -BESIDE[self.get_ha()] * width, -below[self.get_va()]
        if self.behind:
            pad = PAD * self.get_size() * self.figure.dpi / 72
            rows = len(pixels) - (y + top) - pad, len(pixels) - (y + top + below["bottom"]) + pad
            _fill(pixels, rows, (x + left - pad, x + left + width + pad), self.behind)
        alpha = 1 if self.get_alpha() is None else self.get_alpha()
        for line, down in zip(lines, downs, strict=True):
            column = x + (left + (width - line.width) / 2) + line.offset[0]
            row = len(pixels) - (y + (top + down)) + line.offset[1] + line.descent
            _blend(pixels, alpha * line.mask / 255, round(row) + 1, round(column), self.get_color())


class _Line:
    """One line of text: how much it covers of each pixel, and its measures in pixels.

    Attributes:
        mask: uint8 of shape (rows, columns).
        width, height, descent: as a renderer of matplotlib gives them.
        offset: what hangs over to the left and below, (columns, rows).
    """

    def __init__(self, text, letters):
        letters.set_text(text, 0, flags=get_hinting_flag())
        letters.draw_glyphs_to_bitmap(antialiased=True)
        self.mask = np.array(letters.get_image())
        self.width, self.height = (n / 64 for n in letters.get_width_height())
        self.descent = letters.get_descent() / 64
        self.offset = tuple(n / 64 for n in letters.get_bitmap_offset())


@lru_cache(maxsize=4096)
def line_of(text, font):
    """The ``_Line`` of a text in a font, (path, points, dpi); None where it lacks a letter."""
    path, size, dpi = font
    letters = get_font(path)
    if not all(map(letters.get_char_index, map(ord, text))):
        return None
    letters.clear()
    letters.set_size(size, dpi)
    return _Line(text, letters)


def _placed(lines, tallest):
    """(width, how far down each baseline is, how far down each vertical alignment is)."""
    downs, down = [], 0
    for line in lines:
        descent = max(line.descent, tallest.descent)
        above = max(line.height, tallest.height) - descent
        middle = (down - above) / 2
        down -= max(tallest.height - tallest.descent, above) * APART if downs else above
        downs.append(down)
        down -= descent
    below = {"top": 0, "center": down / 2, "bottom": down, "baseline": downs[-1]}
    return max(line.width for line in lines), downs, {**below, "center_baseline": middle}


def _fill(pixels, rows, columns, color):
    (top, bottom), (left, right) = (map(round, ends) for ends in (rows, columns))
    pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right), :3] = _bytes(color)


def _blend(pixels, share, bottom, left, color):
    """So much of a colour, a share of shape (rows, columns); none beyond the picture."""
    top, first = max(0, bottom - len(share)), max(0, left)
    part = pixels[top : max(0, bottom), first : max(0, left + share.shape[1]), :3]
    share = share[top - (bottom - len(share)) :, first - left :, None]
    share = share[: part.shape[0], : part.shape[1]]
    part[:] = np.rint(part + share * (_bytes(color) - part))


@lru_cache
def _bytes(color):
    return np.rint(255 * np.array(to_rgb(color)))
