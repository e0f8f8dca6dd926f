"""``python3 -m tests benchmark`` measures what the series costs, both sides of a ratio in one run.

Each explorer is held against the same figure under ``interact``, as teaching notebooks draw it:
built anew by pyplot and shown in the cell. Both run in one kernel, in turn, with the same values.
Single times depend on the machine and its load; the ratio does not, or little. The same is done
in JupyterLab with ``explore_step``, from a key to its picture; ``--no-browser`` leaves it out.
With names of explorers, such as ``valley``, only these are measured.
"""

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel

from helpers import explorers
from tests.browser import Lesson, browser, lab
from tests.series import ROOT, paths

ROUNDS = 25

IN_THE_KERNEL = '''
%matplotlib inline
import itertools, json, statistics, sys, time
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from helpers import explorers
from helpers.show.panels import add_legend, make_axes

SLIDERS = widgets.FloatSlider, widgets.IntSlider


def moves(controls):
    """(name of a slider, value) without end, from one slider to the next, each at its stops."""
    names = [n for n, c in controls.items() if isinstance(c, SLIDERS)]
    for turn in itertools.count():
        name = names[turn % len(names)]
        slider = controls[name]
        share = (turn * 0.381966) % 1
        stop = round(share * (slider.max - slider.min) / slider.step)
        yield name, type(slider.value)(min(slider.min + stop * slider.step, slider.max))


def under_interact(explorer):
    """The sliders of the same figure, drawn from nothing by pyplot at every move."""
    copies = {
        name: type(c)(value=c.value, min=c.min, max=c.max, step=c.step)
        for name, c in explorer.controls.items()
        if isinstance(c, SLIDERS)
    }

    def draw(**values):
        explorer.values.update(values)
        for name in values:
            explorer.values.update(explorer.follows(name, explorer.values))
        state = explorer._state()
        figure = plt.figure(figsize=explorer.size, dpi=explorer.figure.dpi)
        axes = make_axes(figure, explorer.panels)
        explorer.draw_still(state, *axes)
        explorer.draw(state, *axes)
        for ax, live in zip(axes, explorer.figure.axes):
            ax.set_position(live.get_position())
            if live.get_legend() and not ax.get_legend():
                add_legend(ax, live.get_legend()._ncols)
        plt.show()

    widgets.interact(draw, **copies)
    return copies


def forget():
    """Empties what is kept of earlier computations: neither side is to gain by the other."""
    for name in [name for name in sys.modules if name.startswith("helpers.compute")]:
        for value in vars(sys.modules[name]).values():
            getattr(value, "cache_clear", bool)()


def timed(controls, rounds, moves):
    times = []
    forget()
    for name, value in itertools.islice(moves, rounds):
        start = time.perf_counter()
        controls[name].value = value
        times.append(1000 * (time.perf_counter() - start))
    return times


def compare(make, rounds):
    live, copied = make(), make()
    sliders = under_interact(copied)
    ours, theirs = moves(live.controls), moves(live.controls)
    fast, slow = [], []
    for _ in range(5):
        fast += timed(live.controls, rounds // 5, ours)
        slow += timed(sliders, rounds // 5, theirs)
    return statistics.median(fast), statistics.median(slow)


def measure(rounds, names):
    rows = {}
    for name in names:
        rows[name] = compare(getattr(explorers, name), rounds)
        plt.close("all")
    return rows
'''


def in_a_kernel(code, seconds=600, may_raise=False):
    """What the last line of ``code``, run in a fresh kernel, prints as JSON."""
    manager, client = start_new_kernel(cwd=str(ROOT), extra_arguments=["--log-level=ERROR"])
    printed, errors = [], []

    def hear(message):
        content = message["content"]
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            printed.append(content["text"])
        if message["msg_type"] == "error":
            errors.append("\n".join(content["traceback"]))

    try:
        client.execute_interactive(code, timeout=seconds, output_hook=hear)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if errors and not may_raise:
        raise RuntimeError(errors[0])
    return json.loads("".join(printed).splitlines()[-1])


def slider_events(rounds=ROUNDS, names=explorers.__all__):
    """name of an explorer -> (ms a slider event live, ms under interact), medians."""
    return in_a_kernel(f"{IN_THE_KERNEL}\nprint(json.dumps(measure({rounds}, {list(names)})))")


def explorer_rows(names, rounds=ROUNDS, when=""):
    """The rows of explorers in the table of costs; ``when`` says what else is to be known."""
    for name, (live, slow) in slider_events(rounds, names).items():
        yield f"| `{name}`, in the kernel{when} | {live:.1f} | {slow:.0f} | {slow / live:.1f} |"


def imports(rounds=5):
    """Seconds that a fresh Python takes to import the helpers, and what they stand on: medians."""
    base = "import torch, matplotlib.pyplot, ipywidgets"
    helpers = "import helpers.checks, helpers.explorers, helpers.prompts"
    times = {helpers: [], base: []}
    for _ in range(rounds):
        for line, taken in times.items():
            timed = f"import time; start = time.perf_counter(); {line}; "
            timed += "print(time.perf_counter() - start)"
            done = subprocess.run(
                [sys.executable, "-c", timed], cwd=ROOT, capture_output=True, text=True, check=True
            )
            taken.append(float(done.stdout))
    return tuple(statistics.median(taken) for taken in times.values())


LESSON_RUN_THROUGH = """
import contextlib, io, json, nbformat, psutil
for cell in nbformat.read({path!r}, as_version=4).cells:
    if cell.cell_type == "code":
        with contextlib.redirect_stdout(io.StringIO()):
            get_ipython().run_cell(cell.source)
print()
print(json.dumps(psutil.Process().memory_info().rss / 2**20))
"""


def memory():
    """name of a notebook -> the MB that its kernel holds when all of it was run."""
    return {
        path.stem: in_a_kernel(LESSON_RUN_THROUGH.format(path=str(path)), may_raise=True)
        for path in paths()
    }


def nbval():
    """Seconds that nbval takes over all notebooks, in two processes."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    done = subprocess.run([*command, *map(str, paths())], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout)
    return time.perf_counter() - start


# From the key to the moment when the picture that it makes is decoded. A live picture has a number,
# which stays the same when it is drawn sharply at rest.
STOPWATCH = """area => {
    const seen = () => {
        const image = area.querySelector('img');
        return image && (image.dataset.state ?? image.src);
    };
    let start, before;
    area.addEventListener('keydown', event => { start = event.timeStamp; before = seen(); },
        {capture: true, once: true});
    area.milliseconds = new Promise(done => {
        const watch = new MutationObserver(async () => {
            if (!start || !seen() || seen() === before) return;
            watch.disconnect();
            await area.querySelector('img').decode();
            done(performance.now() - start);
        });
        watch.observe(area, {childList: true, subtree: true, attributeFilter: ['src']});
    });
}"""


READ_OFF = """area => Promise.race([area.milliseconds, new Promise((_, fail) => setTimeout(
    () => fail(new Error('A key changed no picture.')), 20000))])"""


def key_presses(presses=ROUNDS):
    """(ms from a key to its picture live, the same under interact) in JupyterLab, medians."""
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder)) as address:
        make = "live, copied = explorers.explore_step(), explorers.explore_step()"
        start = f"import sys\nsys.path.insert(0, '..')\n{IN_THE_KERNEL}\n{make}"
        sources = start, "live", "sliders = under_interact(copied)"
        cells = list(map(nbformat.v4.new_code_cell, sources))
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, Path(folder) / "series" / "notebooks" / "keys.ipynb")
        with browser() as chromium:
            lesson = Lesson(chromium.new_page(), address)
            lesson.open("keys.ipynb")
            lesson.run_all()
            if lesson.errors():
                raise RuntimeError("\n".join(lesson.errors()))
            times = {1: [], 2: []}
            for _ in range(5):
                for cell, measured in times.items():
                    area = lesson.output(cell).first
                    measured += [_key_press(area) for _ in range(presses // 5)]
            return tuple(map(statistics.median, times.values()))


def _key_press(area):
    area.page.wait_for_timeout(100)
    area.evaluate(STOPWATCH)
    area.locator(".noUi-handle").first.press("ArrowRight")
    return area.evaluate(READ_OFF)


def machine():
    """The day, and what was measured on, in a sentence."""
    parts = [platform.system(), f"{os.cpu_count()} cores", f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name)}" for name in ("torch", "matplotlib")]
    return f"Measured on {today()}: {', '.join(parts)}."


def today():
    day = datetime.date.today()
    return f"{day.day} {day:%B %Y}"


def main(arguments):
    with_browser = "--no-browser" not in arguments
    arguments = [word for word in arguments if word != "--no-browser"]
    chosen = [f"explore_{word}" for word in arguments if not word.isdigit()]
    if chosen:
        print(*explorer_rows(chosen, when=f", on {today()}"), sep="\n")
        return 0
    rounds = max(5, int(arguments[0])) if arguments else ROUNDS
    print(f"{machine()}\n")
    print("| a move of a slider | ms | under `interact`, ms | times faster |")
    print("|---|---|---|---|")
    print(*explorer_rows(explorers.__all__, rounds), sep="\n")
    if with_browser:
        live, slow = key_presses(rounds)
        ratio = f"{slow / live:.1f}"
        print("| `explore_step`, from a key to its picture in JupyterLab ", end="")
        print(f"| {live:.0f} | {slow:.0f} | {ratio} |")
    ours, base = imports(rounds // 5)
    kernels = memory()
    least, most = min(kernels.values()), max(kernels.values())
    print("\n| what else it costs | |")
    print("|---|---|")
    print(f"| import of torch, matplotlib and ipywidgets | {base:.2f} s |")
    print(f"| with the helpers | {ours:.2f} s, {100 * (ours / base - 1):.0f} % more |")
    print(f"| memory of a student, a lesson run through | {least:.0f} to {most:.0f} MB |")
    print(f"| nbval over all notebooks, in two processes | {nbval():.0f} s |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
