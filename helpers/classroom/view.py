"""The teacher's view: what the class answers, as bars and over time, drawn anew as answers come."""

import textwrap

import ipywidgets as widgets
from matplotlib.ticker import MaxNLocator

from helpers.classroom import box, lessons, tally
from helpers.classroom.answers import read_codes
from helpers.explorers.base import Explorer
from helpers.show.colours import COLOURS, NORMAL, SMALL
from helpers.show.controls import Button, Menu
from helpers.show.live import LiveFigure
from helpers.show.panels import Panel, add_legend, new_figure
from helpers.show.words import Reading, Words

EVERY_MILLISECONDS = 3000
ALL = "How far the class is"
CURVES = "prediction", "gradient", "step", "loss"


class ClassView(Explorer):
    """The answers of a class to one lesson, with a menu of its questions and blanks.

    Args:
        items: the Items of the lesson.
        source: an object with ``answers``, ``skipped`` and ``look()``, which brings what is new.
    """

    def __init__(self, items, source):
        self.source, self.trouble = source, ""
        self.items = {_menu_text(number, item): item for number, item in enumerate(items, 1)}
        self.controls = {
            "what": Menu("answers to", (ALL, *self.items)),
            "look": Button("Look now", "Reads the answers that have come since", lambda **_: {}),
        }
        super().__init__()
        play = widgets.Play(value=0, min=0, max=10**6, interval=EVERY_MILLISECONDS)
        play.observe(lambda _: self.update(), "value")
        self.controls["live"] = play

    def compute(self, what):
        try:
            self.source.look()
            self.trouble = ""
        except OSError as error:
            self.trouble = (
                f"The answers cannot be read: {error.strerror}. Are you the teacher here?"
            )
        item = self.items.get(what)
        if item is None:
            return tally.of_lesson(list(self.items.values()), self.source.answers)
        return tally.of_item(item, self.source.answers)

    def _draw(self):
        """All of it is drawn anew: other answers have other names and other lengths."""
        state, self.figure = self.state, new_figure((9, 4.4))
        self.bars, self.lines = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.24, right=0.98, top=0.86, bottom=0.14, wspace=0.2)
        names = ("got there", "passed") if state.title == ALL else ("first answer", "answer now")
        plot_answers(state.rows, names, ax=self.bars)
        plot_curves(state.curves, ax=self.lines)
        self._live = LiveFigure(self.figure)

    def _words(self):
        state = self.state
        given = ", ".join(f"{now} × {label}" for label, _, now in state.rows if now)
        picture = f"{state.title.rstrip('.?:')}: {given or 'nobody has answered yet'}."
        readings = (
            Reading("students", "students who answered", text=str(state.students)),
            Reading("answers", "answers to all", text=str(len(self.source.answers))),
            Reading("skipped", "what is no answer, skipped", text=str(self.source.skipped)),
        )
        return Words(picture, readings, self.trouble)


class Pasted:
    """Answers from a text with codes in it, as a class has pasted them into a chat."""

    def __init__(self, text):
        self.answers, self.skipped = read_codes(text)

    def look(self):
        """A text stays as it is."""


def plot_answers(rows, names, *, ax):
    """Two bars a row, for how many at first and now; rows are (label, at first, now)."""
    Panel("students", " ").prepare(ax)
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
    add_legend(ax, 2)
    return ax


def plot_curves(curves, *, ax):
    """How many students stood at an answer, over time; curves are (label, minutes, counts)."""
    Panel("minutes since the first answer", " ").prepare(ax)
    ax.set_xlim(auto=True)
    ax.set_ylim(auto=True)
    for (label, minutes, counts), role in zip(curves, CURVES, strict=False):
        ax.step(minutes, counts, where="post", lw=2, color=COLOURS[role], label=_wrapped(label, 24))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    if curves:
        add_legend(ax, 2)
    else:
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
