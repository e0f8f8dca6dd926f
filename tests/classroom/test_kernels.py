"""A class at work: many kernels at once, and a kernel that is interrupted in its loop."""

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from jupyter_client.manager import KernelManager, start_new_kernel

from tests.series import NOTEBOOKS, code_cells, paths, read, run, shown, with_free_ports

STUDENTS = 8


def test_eight_students_run_a_lesson_at_the_same_time():
    lesson = read(paths()[1])
    with ThreadPoolExecutor(STUDENTS) as students:
        done = list(students.map(run, [lesson] * STUDENTS))
    for notebook in done:
        assert printed_by(notebook) == printed_by(lesson)


def test_kernel_whose_port_was_taken_is_started_again():
    """A port is taken in the moment between its promise and its use."""
    promised = []

    def start():
        taken = socket.socket() if not promised else contextlib.nullcontext()
        with taken:
            manager = KernelManager()
            manager.cache_ports = False
            if not promised:
                taken.bind(("127.0.0.1", 0))
                manager.shell_port = taken.getsockname()[1]
            promised.append(manager)
            manager.start_kernel(extra_arguments=["--log-level=CRITICAL"])
            client = manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=60)
        return manager, client

    manager, client = with_free_ports(start)
    assert len(promised) == 2 and client.is_alive()
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def printed_by(notebook):
    """What each cell printed; a kernel may send it in several pieces."""
    return [
        "".join(text for kind, text in shown(cell) if kind == "stdout")
        for cell in code_cells(notebook)
    ]


class Kernel:
    """A kernel that runs cells one after the other and gives what each prints or raises."""

    def __init__(self):
        options = {"cwd": str(NOTEBOOKS), "extra_arguments": ["--log-level=ERROR"]}
        self.manager, self.client = with_free_ports(lambda: start_new_kernel(**options))

    def run(self, source, seconds=120):
        printed, raised = [], []

        def hear(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            if message["msg_type"] == "error":
                raised.append(f"{content['ename']}: {content['evalue']}"[:200])

        self.client.execute_interactive(source, timeout=seconds, output_hook=hear)
        return "".join(printed), raised

    def interrupted(self, source, after):
        """As ``run``, with the stop button pressed some seconds after the start."""
        timer = threading.Timer(after, self.manager.interrupt_kernel)
        timer.start()
        started = time.monotonic()
        try:
            printed, raised = self.run(source)
        finally:
            timer.cancel()
        assert time.monotonic() - started < after + 20
        return printed, raised


@pytest.fixture
def kernel():
    kernel = Kernel()
    yield kernel
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


def test_a_lesson_goes_on_after_its_training_loop_was_stopped(kernel):
    cells = code_cells(read(NOTEBOOKS / "06_training_loop.ipynb"))
    loop = next(cell for cell in cells if "for epoch in range(200)" in cell.source)
    for cell in cells[: cells.index(loop)]:
        kernel.run(cell.source)
    endless = loop.source.replace("range(200)", "range(10**12)").replace("% 10", "% 10**9")
    _, raised = kernel.interrupted(endless, after=2)
    assert raised == ["KeyboardInterrupt: "]
    printed, raised = kernel.run(loop.source)
    assert raised == [] and printed == dict(shown(loop)).get("stdout", "")


IMPORTS = """
import torch
from helpers.checks import check_descent
from helpers.compute.problems import squared_error
"""
STOPPED_IN_NO_GRAD = "import torch; torch.set_grad_enabled(False)"
ENDLESS_CHECK = """
def train(w, x, y, learning_rate, steps):
    while {condition}:
        torch.rand(1)
    return [w] * steps


torch.manual_seed(0)
report = check_descent(
    train, squared_error, wrt="w", at={{"w": 1.0, "x": 1.0, "y": 2.0}}, learning_rate=0.1, steps=1
)
print(report.mistake, torch.rand(1), torch.is_grad_enabled())
"""


def test_a_check_of_a_loop_that_never_ends_can_be_stopped(kernel):
    setup = code_cells(read(paths()[0]))[0].source
    kernel.run(setup + IMPORTS)
    _, raised = kernel.interrupted(ENDLESS_CHECK.format(condition=True), after=2)
    assert raised == ["KeyboardInterrupt: "]
    printed, raised = kernel.run(ENDLESS_CHECK.format(condition=False))
    assert raised == [] and printed == "not-updated tensor([0.4963]) True\n"


def test_a_stop_inside_no_grad_leaves_no_cell_without_gradients(kernel):
    kernel.run(code_cells(read(paths()[0]))[0].source + "\nimport helpers.explorers.base")
    kernel.run(STOPPED_IN_NO_GRAD)
    assert kernel.run("print(torch.is_grad_enabled())") == ("True\n", [])
