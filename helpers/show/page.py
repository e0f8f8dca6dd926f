"""What goes into the page: a picture with its words, and one bundle for every front end."""

import base64
import html
import struct
import zlib
from pathlib import Path

from IPython.display import display

from helpers.show.colours import COLOURS, style_on_dark_pages

_STYLE = style_on_dark_pages(".explorer img", ".explorer [aria-hidden]")
_SCRIPT = html.escape((Path(__file__).parent / "page.js").read_text(encoding="utf-8"))


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


def as_html(png, words, sharp=None):
    """A picture with its words; the words alone where ``png`` is None.

    ``sharp`` is the same picture with more pixels, to be shown in its place and size.
    """
    if png is None:
        return f'<div class="explorer"><p role="alert">{html.escape(words.picture)}</p></div>'
    picture = base64.b64encode(sharp or png).decode("ascii")
    width, height = struct.unpack(">II", png[16:24])  # with these a page keeps its place for it
    cells = "".join(_cell(reading) for reading in words.readings)
    return (
        '<div class="explorer" style="max-width:900px;padding-left:3px;line-height:1.5">'
        f'{_STYLE}<img alt="{html.escape(words.picture)}" data-state="{zlib.crc32(png)}" '
        f'src="data:image/png;base64,{picture}" '
        f'width="{width}" height="{height}" '
        f'style="display:block;max-width:100%;height:auto" onload="{_SCRIPT}">'
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(16em,1fr));'
        f'gap:.1em 2.5em;margin:.3em 0">{cells}</div>'
        '<p style="margin:.3em 0;min-height:3em">'
        f"{html.escape(words.notice)}</p></div>"
    )


def _cell(reading):
    swatch = (
        '<span aria-hidden="true" style="flex:none;width:.7em;height:.7em;margin:.45em -.4em 0 0;'
        f'background:{COLOURS[reading.role]};box-shadow:0 0 0 1px white"></span>'
        if reading.role
        else ""
    )
    return (
        '<div style="display:flex;justify-content:space-between;gap:.8em">'
        f'{swatch}<span style="flex:auto">{html.escape(reading.label)}</span>'
        f'<span data-name="{reading.name}" style="font-variant-numeric:tabular-nums;'
        f'font-weight:600;white-space:nowrap">{html.escape(reading.text)}</span></div>'
    )
