"""One answer of one student: as a record, as the text of a file, as a code to paste."""

import hashlib
import json
import math
import re
import time
from dataclasses import asdict, dataclass

from helpers.compute.texts import short

STUDENT = r"[a-z2-7]{6}"  # random, and new for each kernel: it names nobody
ITEM = r"[0-9a-f]{6}"
ANSWER = r"o\d{1,2}|n-?\d[\d.]{0,11}(?:e-?\d{1,3})?|right|blank|[a-z][a-z0-9-]{1,29}"
CODE = re.compile(rf"\bclass-({ITEM})-({STUDENT})-({ANSWER})-([0-9a-f]{{4}})(?![\w-])")
LATEST = 4_000_000_000  # seconds: a time beyond is none


@dataclass(frozen=True)
class Answer:
    """What was answered once.

    Attributes:
        item: which question or blank, in six digits.
        student: six random letters.
        answer: ``o1`` for an option, ``n1.2`` for a number, ``right``, ``blank`` where nothing was
            filled in, or the name of a mistake.
        when: seconds, as of ``time.time``; 0 where it is not known.
    """

    item: str
    student: str
    answer: str
    when: float = 0

    def __post_init__(self):
        for name, pattern in (("item", ITEM), ("student", STUDENT), ("answer", ANSWER)):
            value = getattr(self, name)
            if not isinstance(value, str) or not re.fullmatch(pattern, value):
                raise ValueError(f"{value!r} is no {name} of an answer.")
        if isinstance(self.when, bool) or not isinstance(self.when, (int, float)):
            raise ValueError(f"{self.when!r} is no time.")
        if not 0 <= self.when < LATEST:
            raise ValueError(f"{self.when!r} is no time.")

    def text(self):
        """The text of its file."""
        return json.dumps(asdict(self))

    @staticmethod
    def read(text):
        """The answer that a text holds. Raises ValueError for any other text."""
        try:
            return Answer(**json.loads(text))
        except (TypeError, RecursionError) as error:
            raise ValueError(str(error)) from None

    def code(self):
        """The answer as a word that can be pasted into a chat."""
        word = f"{self.item}-{self.student}-{self.answer}"
        return f"class-{word}-{_digits(word)[:4]}"


def read_codes(text):
    """All answers whose codes stand in a text, in their order, and how many codes are damaged."""
    found, damaged = [], 0
    for item, student, answer, check in CODE.findall(text):
        if _digits(f"{item}-{student}-{answer}")[:4] == check:
            found.append(Answer(item, student, answer))
        else:
            damaged += 1
    return found, damaged


def item_of_question(question):
    """The six digits of a question."""
    return _digits(question)[:6]


def item_of_check(names):
    """The six digits of a blank: of the names of its function, its loss, its parameters."""
    return _digits(" ".join(names))[:6]


def answer_from(kind, student, facts):
    """The Answer for what a question or a check tells."""
    if kind == "guess":
        return Answer(
            item_of_question(facts["question"]), student, _guess(**facts), round(time.time(), 1)
        )
    verdict = {True: "right", None: "blank"}.get(facts["ok"], facts["mistake"])
    return Answer(item_of_check(facts["names"]), student, verdict, round(time.time(), 1))


def _guess(question, options, answer):
    if options:
        return f"o{options.index(answer)}"
    return f"n{short(answer)}".replace("−", "-") if math.isfinite(answer) else "unknown"


def _digits(text):
    return hashlib.sha256(text.encode()).hexdigest()
