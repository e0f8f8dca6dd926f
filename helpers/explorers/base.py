"""What every explorer is declared on."""

import time

import ipywidgets as widgets
import numpy as np

from helpers.show.kernel import go_on_after_a_stop
from helpers.show.live import LiveFigure, encode_png
from helpers.show.page import as_html, display_bundle

ECHO_SECONDS = 2  # how late a browser's answer to a pushed value may come
go_on_after_a_stop()


class Explorer:
    """Controls joined to a computation and a live figure. Displays itself.

    A subclass gives three plain functions: ``compute(values)`` makes the record of a state from
    name -> number, ``draw(state)`` moves the artists, ``describe(state)`` says it in ``Words``.

    Args:
        controls: name -> widget. Sliders, menus and checkboxes give the values; a Button or Play
            is joined to the method ``on_<name>``.
        figure: the matplotlib figure.
        moving: name -> artist of it that moves.
        seldom: the names of texts and lines among them that seldom change.
        start: name -> exact value, where a control begins at one that it has no stop for.

    Attributes:
        controls, figure: as given.
        values: name -> number or choice, exact even where its slider cannot show it.
        state: the record that is drawn.
        words: the ``Words`` of that state.
    """

    def __init__(self, controls, figure, moving, seldom=(), start=None):
        self.controls, self.figure, self.artists = controls, figure, moving
        self._live = LiveFigure(figure, moving.values(), [moving[name] for name in seldom])
        self._view = widgets.HTML(layout=widgets.Layout(width="100%", margin="0"))
        self._pushed, self._quiet = {}, False
        self.values = {}
        for name, control in controls.items():
            if isinstance(control, widgets.Button):
                control.on_click(getattr(self, f"on_{name}"))
            elif isinstance(control, widgets.Play):
                control.observe(getattr(self, f"on_{name}"), "value")
            else:
                self.values[name] = _rounded(control.value)
                control.observe(self._on_change, "value")
        self._start = {**self.values, **(start or {})}
        self.move(**self._start)

    def compute(self, values):
        raise NotImplementedError

    def draw(self, state):
        raise NotImplementedError

    def describe(self, state):
        raise NotImplementedError

    def reader_moved(self, name):
        """Called when the reader, not a button, has moved the control of that name."""

    def on_reset(self, _button=None):
        """Puts every control back to where it began."""
        self.move(**self._start)

    def move(self, **values):
        """Sets values exactly, and the sliders to the nearest stops."""
        self.values.update(values)
        self._quiet = True
        try:
            for name, value in values.items():
                control = self.controls[name]
                control.value = _nearest_stop(control, value)
                recent = [push for push in self._pushed.get(name, []) if _is_recent(push[1])]
                self._pushed[name] = [*recent, (control.value, time.monotonic())]
        finally:
            self._quiet = False
        self.update()

    def update(self):
        """Computes, draws and describes the state of the present values."""
        with np.errstate(all="ignore"):  # numbers beyond float are part of the lesson
            self.state = self.compute(dict(self.values))
            self.draw(self.state)
            self.words = self.describe(self.state)
        self._view.value = as_html(self._png(), self.words)

    def _on_change(self, change):
        name = next(name for name, control in self.controls.items() if control is change["owner"])
        if self._quiet or self._is_echo(name, change["new"]):
            return
        self._pushed.pop(name, None)
        self.values[name] = _rounded(change["new"])
        self.reader_moved(name)
        self.update()

    def _is_echo(self, name, value):
        # A browser answers a pushed 1.4 with 1.4000000000000001, and may do so when the next value
        # has been pushed already. The reader did not ask for that.
        pushed = self._pushed.get(name)
        if not pushed or value == _rounded(value):
            return False
        recent = [stop for stop, when in pushed if _is_recent(when)]
        return _rounded(value) in (*recent, pushed[-1][0])

    def _png(self):
        return encode_png(self._live.pixels())

    def _ipython_display_(self):
        panel = widgets.VBox([self._controls_box(), self._view])
        display_bundle(panel, str(self.words), png=self._png(), alt=self.words.picture)

    def _controls_box(self):
        wrap = {"display": "flex", "flex_flow": "row wrap", "width": "100%"}
        pressed = widgets.Button, widgets.Play
        buttons = [c for c in self.controls.values() if isinstance(c, pressed)]
        others = [c for c in self.controls.values() if not isinstance(c, pressed)]
        rows = [widgets.Box(group, layout=widgets.Layout(**wrap)) for group in (others, buttons)]
        return widgets.VBox([row for row in rows if row.children])


def _is_recent(when):
    return time.monotonic() - when < ECHO_SECONDS


def _rounded(value):
    # Sliders send 0.5000000000000004 for 0.5.
    return round(value, 10) if isinstance(value, float) else value


def _nearest_stop(control, value):
    if not isinstance(control, widgets.FloatSlider):
        return value
    if np.isnan(value):
        return control.value
    inside = min(max(value, control.min), control.max)
    stops = round((inside - control.min) / control.step)
    return _rounded(min(control.min + stops * control.step, control.max))
