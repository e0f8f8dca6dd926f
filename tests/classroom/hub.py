"""The hub of the folder ``binder``, started as it is shipped, on the loopback address."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.series import ROOT

SHIPPED = ROOT / "binder" / "jupyterhub_config.py"
PROXY = "configurable-http-proxy"
SECONDS_TO_START, SECONDS_TO_STOP = 60, 60

# What a test must set: who may sign in, and where homes and ports are. Nothing of the shipped.
CONFIG = """
import os
c = get_config()
load_subconfig({shipped!r})
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/home/{{username}}"
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
if os.geteuid() == 0:
    c.Spawner.args = [*c.Spawner.args, "--allow-root"]
"""


class Hub:
    """A hub that runs.

    Attributes:
        address: where a browser finds it; ``api``, where the program that starts servers does.
        folder: its own, with the homes and, in ``class``, the drop box.
        process: psutil.Process
    """

    def __init__(self, folder, ports, process):
        self.folder, self.process = folder, psutil.Process(process.pid)
        self.address, self.api = (f"http://127.0.0.1:{port}" for port in ports[:2])

    def log(self):
        return (self.folder / "hub.log").read_text(encoding="utf-8", errors="replace")

    def processes(self):
        """The processes of the hub and of all that it started, by what they are."""
        found = {"hub": [], "proxy": [], "server": [], "kernel": []}
        for process in (self.process, *self.process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                found[_part(" ".join(process.cmdline()))].append(process)
        return found

    def memory(self):
        """MB by part; a page that n processes share counts one nth for each."""
        return {
            part: sum(_pss(process) for process in processes) / 2**20
            for part, processes in self.processes().items()
        }


def names(count):
    return [f"student{number:02}" for number in range(1, count + 1)]


@contextlib.contextmanager
def running(folder, students):
    """The shipped hub with a home for each of so many students, who have the notebooks in it."""
    for name in names(students):
        for part in ("notebooks", "helpers"):
            shutil.copytree(ROOT / part, folder / "home" / name / part)
    ports = _free_ports(3)
    filled = dict(zip(("public", "hub", "proxy"), ports, strict=True))
    config = folder / "jupyterhub_config.py"
    config.write_text(CONFIG.format(shipped=str(SHIPPED), folder=folder, **filled))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with open(folder / "hub.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(config)],
            cwd=folder,
            env={**os.environ, "PATH": path, "CLASS_FOLDER": str(folder / "class")},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    hub = Hub(folder, ports, process)
    try:
        _wait_until_it_runs(hub, process)
        yield hub
    finally:
        _stop(hub, process)


def _wait_until_it_runs(hub, process):
    end = time.monotonic() + SECONDS_TO_START
    while "JupyterHub is now running" not in hub.log():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"The hub did not start:\n{hub.log()[-3000:]}")
        time.sleep(0.2)


def _stop(hub, process):
    """End the hub, which ends what it started; what is left after that is ended by its pid."""
    family = [p for processes in hub.processes().values() for p in processes]
    process.send_signal(signal.SIGTERM)
    _, left = psutil.wait_procs(family, timeout=SECONDS_TO_STOP)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()


def _part(command):
    parts = {"ipykernel_launcher": "kernel", "jupyterhub.singleuser": "server", PROXY: "proxy"}
    return next((part for sign, part in parts.items() if sign in command), "hub")


def _pss(process):
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0


def _free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
