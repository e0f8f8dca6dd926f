"""A figure that stays alive: what stands still is drawn once, what moves is drawn over it.

Most of the time of a redraw goes into tick labels and other text. So the still part is kept as
pixels, each change restores them, draws the few moving artists on top and writes the PNG straight.
"""

from contextlib import contextmanager

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend

from helpers.show.png import PngWriter, encode_png

DENSITY = 2  # pixels of a sharp picture for one of the usual


class LiveFigure:
    """A matplotlib figure whose moving artists are redrawn over a saved background.

    Args:
        figure: a ``matplotlib.figure.Figure``, with its Axes.

    Both parts are drawn by ordinary calls, and drawn anew by the same ones::

        with live.still():
            plot_loss(grid, losses, ax=ax)
        with live.moving():
            plot_point(w, loss, ax=ax)

    What had a name (a gid) before and is not drawn again is hidden; what had none is gone.
    """

    def __init__(self, figure):
        self.figure = figure
        self._canvas = FigureCanvasAgg(figure)
        self._still, self._moving = [], []
        self._known = self._children()
        self._limits = self._background = self._writer = None

    @contextmanager
    def still(self):
        """Draws what stands still; the moving part is to be drawn after it."""
        self._background = None
        with self._drawn_anew(self._still):
            yield

    @contextmanager
    def moving(self):
        """Draws what moves."""
        with self._drawn_anew(self._moving):
            yield
        self._animate(True)
        self._moving.sort(key=lambda artist: artist.get_zorder())

    @contextmanager
    def _drawn_anew(self, drawn):
        for artist in drawn:
            artist.set_visible(False) if artist.get_gid() else artist.remove()
        drawn[:] = [artist for artist in drawn if artist.get_gid()]
        try:
            yield
        finally:
            children = self._children()
            drawn += [child for child in children if child not in self._known]
            self._known = children

    def _children(self):
        """All that is on the Axes, in order, but for their legends, which are not drawn anew."""
        children = (child for ax in self.figure.axes for child in ax.get_children())
        return dict.fromkeys(child for child in children if not isinstance(child, Legend))

    def pixels(self):
        """The picture as it is now: uint8 of shape (height, width, 4), with transparency last."""
        limits = [number for ax in self.figure.axes for number in ax.viewLim.extents]
        if self._background is None or self._limits != limits:
            self._canvas.draw()
            self._limits, self._background = limits, self._canvas.copy_from_bbox(self.figure.bbox)
            self._writer = PngWriter(np.array(self._canvas.buffer_rgba()))
        self._canvas.restore_region(self._background)
        for artist in self._moving:
            artist.axes.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())

    def png(self):
        """The bytes of the picture as it is now."""
        pixels = self.pixels()
        return self._writer.write(pixels)

    def sharp_png(self):
        """The bytes of the same picture at DENSITY times the density, drawn whole and so slowly."""
        usual = self.figure.dpi
        self._animate(False)
        self.figure.dpi = DENSITY * usual
        try:
            self._canvas.draw()
            return encode_png(np.asarray(self._canvas.buffer_rgba()))
        finally:
            self.figure.dpi = usual
            self._animate(True)

    def _animate(self, apart):
        """Whether what moves is left out of a draw of the whole figure."""
        for artist in self._moving:
            artist.set_animated(apart)
