"""The teacher's view: what the class answers, as bars and over time, drawn anew as answers come."""

import io
import textwrap

import ipywidgets as widgets
from matplotlib.ticker import MaxNLocator

from helpers.classroom import box, lessons, tally
from helpers.classroom.answers import read_codes
from helpers.show.colours import COLOURS, NORMAL, SMALL
from helpers.show.controls import Menu, button
from helpers.show.page import as_html, display_bundle
from helpers.show.panels import Panel, lay_out, make_axes, new_figure
from helpers.show.words import Reading, Words

EVERY_MILLISECONDS = 3000
ALL = "How far the class is"
PANELS = Panel("students"), Panel("minutes since the first answer")
CURVES = "prediction", "gradient", "step", "loss"


class ClassView:
    """The answers of a class to one lesson, with a menu of its questions and blanks.

    Displays itself. The figure is drawn from nothing each time: it changes once in seconds.

    Args:
        items: the Items of the lesson.
        source: an object with ``answers``, ``skipped`` and ``look()``, which brings what is new.

    Attributes:
        controls: ``"what"``, the menu, ``"look"``, a button, and ``"live"``, which looks again and
            again.
        state: the Tally that is shown.
        figure, words: the picture of it, and the ``Words``.
    """

    def __init__(self, items, source):
        self.source = source
        self.items = {_menu_text(number, item): item for number, item in enumerate(items, 1)}
        self.controls = {
            "what": Menu("answers to", (ALL, *self.items)).widget(),
            "look": button("Look now", "Reads the answers that have come since"),
            "live": widgets.Play(value=0, min=0, max=10**6, interval=EVERY_MILLISECONDS),
        }
        self._view = widgets.HTML(layout=widgets.Layout(width="100%", margin="0"))
        self.controls["what"].observe(self.update, "value")
        self.controls["look"].on_click(self.update)
        self.controls["live"].observe(self.update, "value")
        self.update()

    def update(self, _change=None):
        """Reads what is new, adds up, draws and describes."""
        trouble = self._look()
        item = self.items.get(self.controls["what"].value)
        answers = self.source.answers
        self.state = (
            tally.of_item(item, answers)
            if item
            else tally.of_lesson(list(self.items.values()), answers)
        )
        self._draw()
        self.words = self._described(trouble)
        self._view.value = as_html(self.png(), self.words)

    def png(self):
        """The bytes of the picture."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png")
        return file.getvalue()

    def _look(self):
        try:
            self.source.look()
        except OSError as error:
            return f"The folder cannot be read: {error.strerror}. Are you the teacher here?"
        return ""

    def _draw(self):
        self.figure = new_figure((9, 4.4))
        bars, lines = make_axes(self.figure, PANELS)
        of_lesson = self.controls["what"].value == ALL
        names = ("got there", "passed") if of_lesson else ("first answer", "answer now")
        plot_answers(self.state.rows, names, ax=bars)
        plot_curves(self.state.curves, ax=lines)
        lay_out(self.figure, PANELS)

    def _described(self, trouble):
        state = self.state
        given = ", ".join(f"{now} × {label}" for label, _, now in state.rows if now)
        picture = f"{state.title.rstrip('.?:')}: {given or 'nobody has answered yet'}."
        readings = (
            Reading("students", "students who answered", text=str(state.students)),
            Reading("answers", "answers to all questions", text=str(len(self.source.answers))),
            Reading("skipped", "unreadable, skipped", text=str(self.source.skipped)),
        )
        return Words(picture, readings, trouble)

    def _ipython_display_(self):
        pressed = widgets.HBox([self.controls["look"], self.controls["live"]])
        panel = widgets.VBox([self.controls["what"], pressed, self._view])
        display_bundle(panel, str(self.words), png=self.png(), alt=self.words.picture)


class Pasted:
    """Answers from a text with codes in it, as a class has pasted them into a chat."""

    def __init__(self, text):
        self.answers, self.skipped = read_codes(text)

    def look(self):
        """A text stays as it is."""


def plot_answers(rows, names, *, ax):
    """Two bars a row, for how many at first and now; rows are (label, at first, now)."""
    places = range(len(rows))
    for shift, number, role in ((-0.2, 1, "path"), (0.2, 2, "prediction")):
        counts = [row[number] for row in rows]
        where = [place + shift for place in places]
        ax.barh(where, counts, height=0.36, color=COLOURS[role], label=names[number - 1])
        for place, count in zip(where, counts, strict=True):
            ax.text(count, place, f" {count}", va="center", fontsize=SMALL, color=COLOURS["data"])
    ax.set_yticks(places, [_wrapped(row[0]) for row in rows], fontsize=SMALL)
    ax.set(ylim=(max(len(rows), 1) - 0.5, -0.5), xlim=(0, _most(rows) * 1.12))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.grid(axis="y", visible=False)
    return ax


def plot_curves(curves, *, ax):
    """How many students stood at an answer, over time; curves are (label, minutes, counts)."""
    for (label, minutes, counts), role in zip(curves, CURVES, strict=False):
        ax.step(minutes, counts, where="post", lw=2, color=COLOURS[role], label=_wrapped(label, 24))
    ax.autoscale()
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    if not curves:
        ax.text(0.5, 0.5, "no answer yet", transform=ax.transAxes, ha="center", fontsize=NORMAL)
    return ax


def _most(rows):
    return max([1, *(count for row in rows for count in row[1:])])


def _wrapped(label, width=28):
    return "\n".join(textwrap.wrap(label, width)[:2])


def _menu_text(number, item):
    return textwrap.shorten(f"{number}. {item.title}", 60, placeholder=" …")


def show_class(lesson, folder=None, *, pasted=None):
    """What the class has answered in a lesson so far, drawn anew as answers come.

    Args:
        lesson: its number.
        folder: the drop box, where the hub does not name it.
        pasted: a text with the codes that students have pasted into a chat, in place of a folder.

    Returns:
        ClassView
    """
    items = lessons.items(lessons.find(lesson))
    if pasted is not None:
        return ClassView(items, Pasted(pasted))
    place = box.find(folder)
    if place is None:
        raise ValueError(
            f"Where are the answers? {box.VARIABLE} is not set here: give the folder, or the text "
            'with the codes: show_class("01", pasted="""…""").'
        )
    return ClassView(items, box.Box(place))
