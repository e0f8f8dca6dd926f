"""``python3 -m tests benchmark`` measures what a move of a slider costs, both ways in one run.

Each explorer is held against the same figure under ``interact``, as teaching notebooks draw it:
built anew by pyplot and shown in the cell. Both run in one kernel, in turn, with the same values.
Single times depend on the machine and its load; the ratio does not, or little.
"""

import json
import sys

from jupyter_client.manager import start_new_kernel

from helpers.environment import ROOT

ROUNDS = 25

IN_THE_KERNEL = '''
%matplotlib inline
import inspect, itertools, json, statistics, sys, time
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from helpers import explorers


def moves(controls):
    """(name of a slider, value) without end, from one slider to the next, each at its stops."""
    names = [n for n, c in controls.items() if isinstance(c, widgets.FloatSlider)]
    for turn in itertools.count():
        name = names[turn % len(names)]
        slider = controls[name]
        share = (turn * 0.381966) % 1
        stop = round(share * (slider.max - slider.min) / slider.step)
        yield name, min(slider.min + stop * slider.step, slider.max)


def under_interact(explorer):
    """The sliders of the same figure, drawn from nothing by pyplot at every move."""
    home = sys.modules[type(explorer).__module__]
    copies = {
        name: widgets.FloatSlider(value=c.value, min=c.min, max=c.max, step=c.step)
        for name, c in explorer.controls.items()
        if isinstance(c, widgets.FloatSlider)
    }
    others = {n: v for n, v in explorer.values.items() if n not in copies}

    def draw(**values):
        kept, home.Figure = home.Figure, plt.figure
        try:
            figure, explorer.artists = explorer._figure()
        finally:
            home.Figure = kept
        explorer.draw(explorer.compute({**others, **values}))
        plt.show()

    widgets.interact(draw, **copies)
    return copies


def timed(controls, rounds, moves):
    times = []
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


def measure(rounds):
    rows = {}
    for name in explorers.__all__:
        rows[name] = compare(getattr(explorers, name), rounds)
        plt.close("all")
    return rows
'''


def in_a_kernel(code, seconds=600):
    """What the last line of ``code``, run in a fresh kernel, prints as JSON."""
    manager, client = start_new_kernel(cwd=str(ROOT), extra_arguments=["--log-level=ERROR"])
    printed, errors = [], []

    def hear(message):
        content = message["content"]
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            printed.append(content["text"])
        if message["msg_type"] == "error":
            errors.append("\\n".join(content["traceback"]))

    try:
        client.execute_interactive(code, timeout=seconds, output_hook=hear)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if errors:
        raise RuntimeError(errors[0])
    return json.loads("".join(printed).splitlines()[-1])


def slider_events(rounds=ROUNDS):
    """name of an explorer -> (ms a slider event live, ms under interact), medians."""
    return in_a_kernel(f"{IN_THE_KERNEL}\nprint(json.dumps(measure({rounds})))")


def main(arguments):
    rounds = int(arguments[0]) if arguments else ROUNDS
    print("| explorer | live, ms | `interact`, ms | times faster |")
    print("|---|---|---|---|")
    for name, (live, slow) in slider_events(rounds).items():
        print(f"| `{name}` | {live:.1f} | {slow:.0f} | {slow / live:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
