"""The drop box: a folder that students write answers into, and that a teacher reads.

Students need to write to it and not to list it. One file an answer, its name random.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from helpers.classroom.answers import Answer

VARIABLE = "CLASS_DROP_BOX"
LARGEST, MOST = 1_000, 50_000  # bytes of a file, files of a class
NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # a link may lead out of the box
NO_WAITING = getattr(os, "O_NONBLOCK", 0)  # a named pipe would wait for a writer


def find(folder=None):
    """The folder of the class as a Path: as given, or as the hub names it; None without one."""
    named = folder or os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else None


def put(folder, answer):
    """Leave an answer in the box. Raises OSError where that cannot be."""
    path = folder / f"{secrets.token_hex(8)}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            path.chmod(0o644)  # whatever the student's own habit is, the teacher has to read it
            file.write(answer.text().encode())
    except OSError:
        with suppress(OSError):
            path.unlink()  # on a full disk, an empty file
        raise


class Box:
    """The answers in a drop box, read bit by bit as they come.

    Attributes:
        answers: the Answers so far.
        skipped: how many files are no answer.
    """

    def __init__(self, folder):
        self.folder, self.answers, self.skipped = Path(folder), [], 0
        self._seen = set()

    def look(self):
        """Read what is new. Raises OSError where the folder cannot be listed."""
        with os.scandir(self.folder) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            if name not in self._seen and len(self._seen) < MOST:
                self._read(name)

    def _read(self, name):
        try:
            text = _small_text(self.folder / name)
            if text == "":  # it is being written
                return
            self.answers.append(Answer.read(text))
        except (OSError, ValueError):
            self.skipped += 1
        self._seen.add(name)


def _small_text(path):
    """The text of a small plain file. Raises OSError or ValueError for anything else."""
    descriptor = os.open(path, os.O_RDONLY | NO_LINK | NO_WAITING)
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
            raise ValueError(f"{path.name} is no small plain file.")
        return os.read(descriptor, LARGEST).decode()
    finally:
        os.close(descriptor)


def clear_class(folder=None):
    """Delete all answers in the drop box; gives how many files are gone and how many stayed.

    Args:
        folder: the drop box, where the hub does not name it.
    """
    box = find(folder)
    if box is None:
        raise ValueError(f"Which folder? {VARIABLE} is not set here: clear_class(folder).")
    gone = stayed = 0
    for path in box.iterdir():
        try:
            path.unlink()
            gone += 1
        except OSError:
            stayed += 1
    return {"gone": gone, "stayed": stayed}
