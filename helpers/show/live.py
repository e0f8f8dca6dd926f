"""A figure that stays alive: what stands still is drawn once, what moves is drawn over it.

Most of the time of a redraw goes into tick labels and other text. So the still part is kept as
pixels, each change restores them, draws the few moving artists on top and writes the PNG straight.
"""

import struct
import zlib

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text


class LiveFigure:
    """A matplotlib figure whose moving artists are redrawn over a saved background.

    Args:
        figure: a ``matplotlib.figure.Figure``, with everything in it that stands still.
        moving: the artists in it that change.
        seldom: those texts and lines among them that seldom change. They belong to the still
            part, which is drawn anew when one of them has changed.
    """

    def __init__(self, figure, moving, seldom=()):
        self.figure = figure
        self._canvas = FigureCanvasAgg(figure)
        self._seldom = list(seldom)
        moving = (artist for artist in moving if artist not in self._seldom)
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())
        for artist in self._moving:
            artist.set_animated(True)
        self._key = self._background = None

    def pixels(self):
        """The picture as it is now: uint8 of shape (height, width, 3), red, green and blue."""
        self._draw_still()
        self._canvas.restore_region(self._background)
        for artist in self._moving:
            artist.axes.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())[:, :, :3]

    def _draw_still(self):
        limits = [number for ax in self.figure.axes for number in ax.viewLim.extents]
        key = limits, [_content(artist) for artist in self._seldom]
        if self._key != key:
            self._key = key
            self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)


def _content(artist):
    if isinstance(artist, Text):
        return artist.get_text(), artist.get_position()
    if isinstance(artist, Rectangle):
        return artist.get_bbox().bounds
    return artist.get_xydata().tobytes()


def encode_png(pixels):
    """The bytes of a PNG from uint8 pixels of shape (height, width, 3).

    Compressed lightly, as it is written for every move of a slider.
    Source: PNG specification, sections 5 and 11.2.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each row starts with filter type 0
    for channel in range(3):  # four times faster than all at once
        rows[:, 1 + channel :: 3] = pixels[:, :, channel]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
