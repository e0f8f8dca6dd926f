"""A class goes through a lesson together: it arrives, drags a slider, runs the rest."""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass, field

import aiohttp

from tests.classroom.hub import names
from tests.classroom.student import ClassroomError, Student, page_scripts


@dataclass
class Walk:
    """What was seen of a class: its students, and the MB that the hub held after each part."""

    students: list
    memory: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)

    def times(self, what):
        """Seconds from a student's arrival to what is named, of those who got so far."""
        return [s.times[what] for s in self.students if what in s.times]

    def sliders(self):
        return [student.slider for student in self.students if student.slider]

    def failures(self):
        """Sentences of all that went wrong."""
        said = [f"{s.name}: {s.failed}" for s in self.students if s.failed]
        said += [f"{s.name}: {wrong}" for s in self.students for wrong in s.wrong]
        lost = sum(slider.lost for slider in self.sliders())
        return [*said, f"{lost} events of a slider were lost"] if lost else said


def walk(hub, lesson, count, *, arriving=60, dragging=60):
    """Let ``count`` students go through a lesson, who arrive within so many seconds."""
    students = [Student(name, hub.address, lesson) for name in names(count)]
    return asyncio.run(_walk(hub, Walk(students), arriving, dragging))


async def _walk(hub, seen, arriving, dragging):
    scripts = page_scripts()
    gap = arriving / len(seen.students)
    after = {s.name: gap * (n + random.random()) for n, s in enumerate(seen.students)}
    parts = {
        "arrive": lambda s: s.arrive(scripts, after[s.name]),
        "drag": lambda s: s.slider.drag(dragging),
        "rest": lambda s: s.run(s.lesson.rest),
    }
    try:
        for what, part in parts.items():
            begun = time.perf_counter()
            present = [s for s in seen.students if not s.failed]
            await asyncio.gather(*(_try(student, part) for student in present))
            seen.seconds[what] = time.perf_counter() - begun
            seen.memory[what] = await asyncio.to_thread(hub.memory)
    finally:
        await asyncio.gather(*(student.leave() for student in seen.students))
    return seen


async def _try(student, part):
    """Who fails is out from here on."""
    try:
        await part(student)
    except (ClassroomError, aiohttp.ClientError, OSError) as error:
        student.failed = f"{type(error).__name__}: {error}"[:300]


def median(values):
    return statistics.median(values) if values else float("nan")


def of_a_hundred(values, share=95):
    """The value that so many of a hundred stay below, or meet."""
    ordered = sorted(values)
    return ordered[-(-share * len(ordered) // 100) - 1] if ordered else float("nan")
