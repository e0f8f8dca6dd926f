"""What a test sees of an explorer: its numbers, its lines, its arrows, its picture."""

import io

import ipywidgets as widgets
import numpy as np
from PIL import Image


def reading(explorer, name):
    """The text beside the picture with that name."""
    return next(r.text for r in explorer.words.readings if r.name == name)


def drawn(explorer, name):
    """The xs and ys of a line, as an array of two rows."""
    values = explorer.artists[name].get_data()
    return np.array([np.asarray(row, dtype=float) for row in values])


def arrow(explorer, name):
    """Where an arrow starts and where it ends."""
    return tuple(map(np.array, explorer.artists[name]._posA_posB))


def is_seen(explorer, name):
    return name in explorer.artists and explorer.artists[name].get_visible()


def set_to(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


def picture(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer._png())))


def looks(explorer):
    """All that a reader sees."""
    return str(explorer.words), explorer._png()


def stops(control, most=12):
    """Values of a control from one end to the other: at most so many stops, or all choices."""
    if isinstance(control, widgets.Dropdown):
        return list(control.options)
    if isinstance(control, widgets.Checkbox):
        return [not control.value, control.value]
    count = round((control.max - control.min) / control.step)
    chosen = np.unique(np.linspace(0, count, most).round()).tolist()
    values = [control.min + stop * control.step for stop in chosen]
    whole = isinstance(control, widgets.IntSlider)
    return [int(value) if whole else round(min(value, control.max), 10) for value in values]
