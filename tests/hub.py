"""``python3 -m tests hub`` measures what a class needs of one machine, on the hub in ``binder``.

Thirty simulated students arrive within a minute, all drag a slider, all run the rest of the
lesson. ``--started`` starts their servers first, as a teacher can. The students run on the same
machine, and what they take is taken from the hub.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmark import machine
from tests.classroom.hub import names, running
from tests.classroom.student import Lesson
from tests.classroom.walk import median, of_a_hundred, walk
from tests.series import NOTEBOOKS, ROOT


def main(arguments):
    options = _parser().parse_args(arguments)
    lesson = Lesson(next(NOTEBOOKS.glob(f"{options.lesson}_*.ipynb")))
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(prefix="class-") as folder,
        running(Path(folder), options.students) as hub,
    ):
        before = _started(hub, options.students) if options.started else None
        seen = walk(hub, lesson, options.students, dragging=options.drag)
    print(f"{machine()} {options.students} students, load before {load:.1f}.\n")
    print("| a class on one machine | |\n|---|---|")
    for row in _rows(seen, before):
        print(f"| {' | '.join(row)} |")
    for sentence in seen.failures():
        print("!", sentence)
    return 1 if seen.failures() else 0


def _started(hub, count):
    """Seconds that the program of the folder ``binder`` takes to start all servers."""
    begun = time.perf_counter()
    program = [sys.executable, str(ROOT / "binder" / "start_servers.py"), *names(count)]
    where = ["--hub", hub.api, "--folder", str(hub.folder / "class")]
    subprocess.run([*program, *where], check=True, stdout=sys.stderr)
    return time.perf_counter() - begun


def _rows(seen, before):
    count = len(seen.students)
    if before:
        yield "servers started before the lesson", f"in {before:.0f} s"
    yield "students without a server", f"{count - len(seen.times('server'))} of {count}"
    for what in ("server", "page", "first cell", "explorer"):
        times = seen.times(what)
        yield f"to the {what}", f"{median(times):.0f} s, 95 of 100 in {of_a_hundred(times):.0f} s"
    moves = [1000 * seconds for slider in seen.sliders() for seconds in slider.seconds]
    lost = sum(slider.lost for slider in seen.sliders())
    half, most = median(moves), of_a_hundred(moves)
    yield "a move of a slider to its picture", f"{half:.0f} ms, 95 of 100 in {most:.0f} ms"
    yield "moves", f"{len(moves)}, of which {lost} lost"
    for part, held in seen.memory["rest"].items():
        yield f"memory, {part}", f"{held:.0f} MB"
    student = (seen.memory["rest"]["server"] + seen.memory["rest"]["kernel"]) / count
    yield "memory a student", f"{student:.0f} MB"


def _parser():
    parser = argparse.ArgumentParser(prog="python3 -m tests hub", description=__doc__)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--lesson", default="01", help="its number")
    parser.add_argument("--drag", type=float, default=60, help="seconds of dragging")
    parser.add_argument("--started", action="store_true", help="start the servers first")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
