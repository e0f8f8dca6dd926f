"""``python3 -m tests`` runs the whole test suite, with all of its own set-up.

python3 -m tests                    everything
python3 -m tests -k layers -x       any arguments of pytest
python3 -m tests renew [NAMES]      re-run and normalise the notebooks, all or those named
python3 -m tests NAME [ARGUMENTS]   any other program of this folder: tests/NAME.py
"""

import os
import sys
from pathlib import Path

from helpers.environment import ROOT, python_with, run

HERE = Path(__file__).resolve().parent
# Three processes, also on two cores, since a test of a page or a kernel mostly waits for it. Files
# in the order of tests/conftest.py.
SHARED = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def main(arguments):
    """Make the environment where it is missing, then run what is asked for; gives the exit code."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    python = python_with(ROOT / "tests" / "requirements.txt")
    if arguments and is_program(arguments[0]):
        return run([python, "-m", "tests." + arguments[0], *arguments[1:]])
    # The processes share the cores as it is: torch's own threads would wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return run([python, "-m", "pytest", *SHARED, *arguments])


def is_program(word):
    """Whether a word names a program of this folder; any other is an argument of pytest."""
    file = HERE / f"{word}.py"
    return word.isidentifier() and file.is_file() and "\ndef main(" in file.read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
