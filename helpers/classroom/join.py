"""The student's side: nothing is kept before they agree, and nothing of it can disturb them."""

import html
import secrets
import threading

import ipywidgets as widgets

from helpers.classroom import box
from helpers.classroom.answers import answer_from
from helpers.compute.answers import listen, stop_listening
from helpers.show.controls import button
from helpers.show.page import display_bundle

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"

KEPT_IN_A_FOLDER = (
    "If you agree, each guess that you record and the name of the mistake that a check finds go "
    "into a file of their own in {folder}, with a random name: no user name, none of your code. "
    "Your teacher sees them added up and deletes them with clear_class(); whoever runs this "
    "machine could see which account wrote a file."
)
KEPT_IN_A_CODE = (
    "If you agree, each guess that you record and the name of the mistake that a check finds is "
    "shown below as a short code: no user name, none of your code. Nothing is kept and nothing "
    "leaves this notebook until you paste a code into your chat, where others can read it."
)


class Member:
    """A student who may agree to show their answers to the class. Displays itself.

    Attributes:
        controls: ``"agree"`` and ``"leave"``, the buttons.
        agreed: whether answers are shown to the class.
    """

    def __init__(self, folder):
        self.folder, self.agreed = folder, False
        self.student = "".join(secrets.choice(LETTERS) for _ in range(6))
        self.controls = {
            "agree": button("I agree", "Shows your answers from now on to the class"),
            "leave": button("Stop", "Keeps your answers to yourself again"),
        }
        self.controls["agree"].on_click(self.agree)
        self.controls["leave"].on_click(self.leave)
        self._status = widgets.HTML()
        self._say("Nothing of yours is shown to the class.")

    def agree(self, _button=None):
        """From now on, and never before."""
        self.agreed = True
        listen(self.hear)
        self._say("Your next answers are shown to the class. Press Stop to end that.")

    def leave(self, _button=None):
        self.agreed = False
        stop_listening(self.hear)
        self._say("Your next answers are your own again.")

    def hear(self, kind, **facts):
        """An answer was given. Raises nothing: a listener that fails is not heard of."""
        answer = answer_from(kind, self.student, facts)
        if self.folder is None:
            self._say(f"Code of your last answer: {answer.code()}")
        else:  # a network folder may hang, and the student's cell must not
            threading.Thread(target=self._put, args=[answer], daemon=True).start()

    def _put(self, answer):
        try:
            box.put(self.folder, answer)
            self._say("Your last answer is in the class.")
        except OSError:
            self._say("Your last answer could not be kept for the class. Go on; nothing is lost.")

    def _say(self, text):
        self._status.value = f'<span role="status">{html.escape(text)}</span>'

    def _ipython_display_(self):
        said = KEPT_IN_A_FOLDER.format(folder=self.folder) if self.folder else KEPT_IN_A_CODE
        buttons = widgets.HBox(list(self.controls.values()))
        text = f'<div style="max-width:60em;line-height:1.5">{html.escape(said)}</div>'
        display_bundle(widgets.VBox([widgets.HTML(text), buttons, self._status]), said)


_member = None  # of this kernel: a cell that is run again shows the same student


def join_class(folder=None):
    """Asks a student whether their answers may be shown to the class.

    Args:
        folder: the drop box of the class, where no hub names it. Without any, there is a code to
            paste for each answer.

    Returns:
        Member
    """
    global _member
    folder = box.find(folder)
    if _member is None or _member.folder != folder:
        if _member is not None:
            _member.leave()
        _member = Member(folder)
    return _member
