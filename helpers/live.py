"""A figure that stays alive: what stands still is drawn once, what moves is drawn over it.

Most of the time of a redraw goes into tick labels and other text. So the still part is kept as
pixels, each change restores them, draws the few moving artists on top and writes the PNG straight.
"""

import base64
import html
import struct
import textwrap
import time
import zlib
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers.kernel import go_on_after_a_stop
from helpers.style import COLOURS

WIDTH = 88  # characters in a line of text below a picture
ECHO_SECONDS = 2  # how late a browser's answer to a pushed value may come

go_on_after_a_stop()

# What a screen reader needs and ipywidgets has no trait for, done in the page by the picture once
# it rests: names for the sliders, their numbers and the Play buttons; a slider's value as it is
# shown, not rounded to one decimal; and the sentence, spoken only to who is using this explorer:
# spoken at each picture, a held key would queue up dozens. At a slider or a menu, plain keys are
# kept from Jupyter's shortcuts, or an arrow would go to another cell instead of moving the slider.
_WHEN_AT_REST = """setTimeout(() => {
    const shown = this.closest('.widget-html'), panel = shown?.parentElement;
    if (!panel) return;
    const name = (one, text) => one.setAttribute('aria-label', text);
    for (const slider of panel.querySelectorAll('.widget-slider')) {
        const text = slider.querySelector('.widget-label').textContent;
        const handle = slider.querySelector('[role=slider]');
        const number = slider.querySelector('.widget-readout');
        number.setAttribute('role', 'textbox');
        name(number, text + ', typed');
        if (!handle) continue;
        name(handle, text);
        handle.setAttribute('aria-valuetext', number.textContent);
    }
    const icons = {play: 'Play or pause', pause: 'Play or pause', stop: 'Stop', retweet: 'Repeat'};
    for (const icon in icons)
        for (const one of panel.querySelectorAll('button > .fa-' + icon))
            name(one.parentElement, icons[icon]);
    let spoken = shown.querySelector('[role=status]');
    if (!spoken) {
        spoken = document.createElement('div');
        spoken.setAttribute('role', 'status');
        spoken.style.cssText = 'position:absolute;width:1px;height:1px;overflow:hidden';
        shown.append(spoken);
    }
    const sentence = shown.querySelector('.explorer > p').textContent;
    if (panel.contains(document.activeElement) && spoken.textContent !== sentence)
        spoken.textContent = sentence;
    if (window.plainKeysAreOurs) return;
    window.plainKeysAreOurs = true;
    window.addEventListener('keydown', event => {
        const {target, ctrlKey, metaKey, shiftKey} = event;
        if (!target.matches?.('[role=slider], .widget-dropdown > select')) return;
        if (ctrlKey || metaKey || shiftKey) delete target.dataset.lmSuppressShortcuts;
        else target.dataset.lmSuppressShortcuts = 'true';
    }, true);
}, 500)"""


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


def number(value):
    """A number as text: four decimals, powers of ten where it is huge, words where it is none."""
    value = float(value)
    if np.isnan(value):
        return "not a number"
    if np.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    text = f"{value:.4f}" if abs(value) < 1e6 else f"{value:.3e}"
    return text.replace("-0.0000", "0.0000")


def short(value):
    """A number for a sentence: at most four digits after the point, no trailing zeros."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def number_or_none(value):
    """A number as text, or that there is none yet."""
    return "none yet" if value is None else number(value)


def agreement(agree):
    """Whether two numbers agree, in words; None where one of them is missing."""
    return {True: "agree here", False: "differ here", None: "cannot be compared"}[agree]


def side(residual):
    """Where a prediction lies, seen from its target."""
    return "above" if residual > 0 else "below"


@dataclass(frozen=True)
class Reading:
    """One value beside a picture: its name, what it is, its text, and the role that colours it."""

    name: str
    label: str
    text: str
    role: str | None = None


@dataclass(frozen=True)
class Words:
    """A state in words: what the picture shows, the values beside it, and what to notice."""

    picture: str
    readings: tuple[Reading, ...]
    notice: str = ""

    def __str__(self):
        values = _lines(f"{r.label} {r.text}" for r in self.readings)
        picture, notice = (textwrap.fill(text, WIDTH) for text in (self.picture, self.notice))
        return "\n".join(part for part in (picture, values, notice) if part)


def _lines(items):
    """Items joined by dots, in lines of at most WIDTH characters that break between items."""
    lines = [""]
    for item in items:
        joined = f"{lines[-1]} · {item}" if lines[-1] else item
        if len(joined) <= WIDTH:
            lines[-1] = joined
        else:
            lines.append(item)
    return "\n".join(lines)


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
        self._view.value = _as_html(self._png(), self.words)

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


def display_bundle(widget, text, *, png=None, alt=""):
    """Shows a widget where there is a kernel, and else its picture and its words.

    One bundle of all, so that every front end takes the richest that it can show.
    """
    data = {
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2,
            "version_minor": 0,
            "model_id": widget.model_id,
        },
        "text/plain": text,
    }
    metadata = {}
    if png:
        data["image/png"] = base64.b64encode(png).decode("ascii")
        metadata["image/png"] = {"alt": alt}
    display(data, metadata=metadata, raw=True)


def slider(description, value, low, high, step, readout_format=".2f"):
    """A FloatSlider for one value, wide enough to drag and named in full."""
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        readout_format=readout_format,
        **_wide(description),
    )


def whole_slider(description, value, low, high):
    """An IntSlider like ``slider``, for what is counted."""
    return widgets.IntSlider(value=value, min=low, max=high, **_wide(description))


def menu(description, options):
    """A Dropdown of named choices, as wide as a slider; its first option is chosen."""
    return widgets.Dropdown(options=options, value=options[0], **_wide(description))


def tick(description, value):
    """A Checkbox as wide as a slider, so that its text is not cut off."""
    layout = widgets.Layout(width="380px", max_width="100%")
    return widgets.Checkbox(value=value, description=description, indent=False, layout=layout)


def _wide(description):
    return {
        "description": description,
        "style": {"description_width": "112px"},
        "layout": widgets.Layout(width="380px", max_width="100%"),
    }


def button(description, tooltip):
    """A Button whose text says what it does."""
    return widgets.Button(description=description, tooltip=tooltip, button_style="")


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


def _as_html(png, words):
    picture = base64.b64encode(png).decode("ascii")
    width, height = struct.unpack(">II", png[16:24])  # with these a page keeps its place for it
    cells = "".join(_cell(reading) for reading in words.readings)
    return (
        '<div class="explorer" style="max-width:900px;padding-left:3px;line-height:1.5">'
        f'<img alt="{html.escape(words.picture)}" src="data:image/png;base64,{picture}" '
        f'width="{width}" height="{height}" '
        f'style="display:block;max-width:100%;height:auto" onload="{_WHEN_AT_REST}">'
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(16em,1fr));'
        f'gap:.1em 2.5em;margin:.3em 0">{cells}</div>'
        '<p style="margin:.3em 0;min-height:3em">'
        f"{html.escape(words.notice)}</p></div>"
    )


def _cell(reading):
    swatch = (
        '<span aria-hidden="true" style="flex:none;width:.7em;height:.7em;margin:.45em -.4em 0 0;'
        f'background:{COLOURS[reading.role]}"></span>'
        if reading.role
        else ""
    )
    return (
        '<div style="display:flex;justify-content:space-between;gap:.8em">'
        f'{swatch}<span style="flex:auto">{html.escape(reading.label)}</span>'
        f'<span data-name="{reading.name}" style="font-variant-numeric:tabular-nums;'
        f'font-weight:600;white-space:nowrap">{html.escape(reading.text)}</span></div>'
    )
