"""A question with a box for the reader's guess, recorded before the answer is seen."""

import html
import math
import textwrap
import time

import ipywidgets as widgets

from helpers.compute.answers import tell
from helpers.compute.texts import read_number, short
from helpers.prompts.press import Press
from helpers.show.controls import button
from helpers.show.page import display_bundle
from helpers.show.words import WIDTH

GUESS_FIRST = (
    "Your guess comes first: record one above, any will do, and run this cell again. "
    "Then the answer stands here beside it."
)

_recorded = {}  # question -> guess: a cell that is run again still shows what was recorded


class Prediction:
    """A question with a box for the reader's guess. Displays itself.

    Attributes:
        controls: ``"guess"``, the box or the choices, and ``"record"``, the button.
        guess: what was recorded (a number, or one of the options), or None.
    """

    def __init__(self, question, options=()):
        self.question, self.options = question, tuple(options)
        self.controls = {
            "guess": self._choices() if self.options else self._box(),
            "record": button("Record my guess", "Keeps your guess, to compare it with the answer"),
        }
        self.controls["record"].layout.margin = "2px 2px 2px 16px"
        self._status = widgets.HTML()
        self._press = Press()
        self.controls["record"].on_click(self.record)
        self.controls["guess"].observe(self._changed, "value")
        self._say_recorded()

    @property
    def guess(self):
        return _recorded.get(self.question)

    def record(self, _button=None):
        """Keeps what stands in the box, or says why it cannot."""
        self._press = Press(time.monotonic())
        self._keep()

    def _changed(self, _change):
        if self._press.overtook("guess"):
            self._keep()

    def _keep(self):
        text = self.controls["guess"].value
        if self.options:
            guess = text
            problem = "Choose one of the answers first."
        else:
            guess = read_number(text)
            problem = f"“{text}” is not a number: type one such as 1.5 or -2 or 1/4."
            problem = problem if text.strip() else "Type a number first, such as 1.5 or -2 or 1/4."
        if guess is None:
            self._say(problem)
        else:
            _recorded[self.question] = guess
            self._say_recorded()
            tell("guess", question=self.question, options=self.options, answer=guess)

    def compare(self, answer):
        """A sentence that holds the recorded guess against the answer.

        Before a guess is recorded it says only how to get there: a lesson is saved like that, and
        must not give the answer beside the question.

        The answer is one of the options, or a number (a tensor of one number will do) that does
        not change: the cell may be run again when the rest of the lesson has been run. A number
        within half a percent, or within 0.005, counts as right.
        """
        answer = answer if self.options else float(getattr(answer, "detach", lambda: answer)())
        show = str if self.options else short
        if self.guess is None:
            return Sentence(GUESS_FIRST)
        if self.options:
            right = self.guess == answer
        else:
            right = math.isclose(self.guess, answer, rel_tol=0.005, abs_tol=0.005)
        verdict = "right." if right else "not the same. What made the difference?"
        return Sentence(f"Answer: {show(answer)}. You guessed {show(self.guess)}: {verdict}")

    def _choices(self):
        return widgets.RadioButtons(
            options=self.options, value=self.guess, layout=widgets.Layout(width="auto")
        )

    def _box(self):
        value = "" if self.guess is None else short(self.guess)
        return widgets.Text(
            value=value,
            placeholder="a number",
            description="Your guess",
            layout=widgets.Layout(width="240px"),
        )

    def _say_recorded(self):
        if self.guess is None:
            self._say("")
        else:
            guess = self.guess if self.options else short(self.guess)
            self._say(f"Recorded: {guess}. Read on.")

    def _say(self, text):
        self._status.value = f'<span role="status">{html.escape(text)}</span>'

    def _ipython_display_(self):
        question = widgets.HTML(f"<b>{html.escape(self.question)}</b>")
        row = widgets.Box(
            list(self.controls.values()),
            layout=widgets.Layout(display="flex", flex_flow="row wrap", align_items="center"),
        )
        choices = f" ({', '.join(map(str, self.options))})" if self.options else ""
        display_bundle(
            widgets.VBox([question, row, self._status]),
            textwrap.fill(f"Your guess, before you read on: {self.question}{choices}", WIDTH),
        )


class Sentence(str):
    """A text that a notebook shows without quotation marks, broken between words."""

    __slots__ = ()

    def __repr__(self):
        return str(self)

    def _repr_html_(self):
        return f'<p style="padding-left:8px">{html.escape(self)}</p>'


def predict(question, options=()):
    """Asks the reader for a guess before the answer is seen.

    Args:
        question: one sentence.
        options: the possible answers; a number is asked for where there are none.

    Returns:
        Prediction; its ``compare(answer)`` gives the sentence for the cell that has the answer.
    """
    return Prediction(question, options)
