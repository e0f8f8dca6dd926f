"""The values that a reader sets, kept exactly; sliders show the nearest stop."""

import time

import ipywidgets as widgets
import numpy as np

ECHO_SECONDS = 2  # how late a browser's answer to a pushed value may come


class Inputs:
    """Sliders, menus and ticks, and the exact values behind them.

    Args:
        controls: name -> widget that has a value.
        moved: called with a name when the reader, not the program, has moved that control.

    Attributes:
        values: name -> number or choice, exact even where its slider cannot show it.
    """

    def __init__(self, controls, moved):
        self.controls, self.moved = controls, moved
        self.values = {name: _rounded(control.value) for name, control in controls.items()}
        self._pushed, self._quiet = {}, False
        for control in controls.values():
            control.observe(self._on_change, "value")

    def push(self, values):
        """Sets values exactly, and their controls to the nearest stops."""
        self.values.update({name: self._possible(name, value) for name, value in values.items()})
        self._quiet = True
        try:
            for name in values:
                control = self.controls[name]
                control.value = _nearest_stop(control, self.values[name])
                recent = [push for push in self._pushed.get(name, []) if _is_recent(push[1])]
                self._pushed[name] = [*recent, (control.value, time.monotonic())]
        finally:
            self._quiet = False

    def _possible(self, name, value):
        """What is counted stays within the ends of its slider; other values may leave it."""
        control = self.controls[name]
        if isinstance(control, widgets.IntSlider):
            return min(max(value, control.min), control.max)
        return value

    def _on_change(self, change):
        name = next(name for name, control in self.controls.items() if control is change["owner"])
        if self._quiet or self._is_echo(name, change["new"]):
            return
        self._pushed.pop(name, None)
        self.values[name] = _rounded(change["new"])
        self.moved(name)

    def _is_echo(self, name, value):
        # A browser answers a pushed 1.4 with 1.4000000000000001, and may do so when the next value
        # has been pushed already. The reader did not ask for that.
        pushed = self._pushed.get(name)
        if not pushed or value == _rounded(value):
            return False
        recent = [stop for stop, when in pushed if _is_recent(when)]
        return _rounded(value) in (*recent, pushed[-1][0])


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
