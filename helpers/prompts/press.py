"""A press of a button that may overtake what was typed before it."""

import math
import time

LATE_SECONDS = 2
"""How long after a press the text typed before it may come."""


class Press:
    """A press of a button, which may overtake text that was typed before it.

    ipywidgets holds text back while the kernel is busy, one of each box, but no press.
    """

    def __init__(self, when=-math.inf):
        self.when, self._came = when, set()

    def overtook(self, box):
        """Whether the text that comes now from ``box`` was typed before the press."""
        first, recent = box not in self._came, time.monotonic() - self.when < LATE_SECONDS
        self._came.add(box)
        return first and recent
