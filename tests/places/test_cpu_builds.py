"""On Linux torch comes without CUDA where PyTorch's index of CPU builds answers, and else as usual.

Both indexes are served on this machine, with a torch that holds nothing.
"""

import http.server
import os
import re
import socket
import subprocess
import sys
import threading
import zipfile

import pytest
import yaml

from helpers import environment
from tests.series import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch has no CUDA")

INDEXES = {"/whl/cpu/": "2.13.0+cpu", "/simple/": "2.13.0"}
REQUIREMENTS = "torch==2.13.0\n"


def wheel(folder, version):
    """A file that pip takes for a release of torch."""
    info, path = f"torch-{version}.dist-info", folder / f"torch-{version}-py3-none-any.whl"
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(f"{info}/{name}", text)
    return path


class Index(http.server.SimpleHTTPRequestHandler):
    """Indexes of packages that hold torch alone; ``asked`` has the paths that were asked for."""

    def do_GET(self):
        self.server.asked.append(self.path)
        for start, version in INDEXES.items():
            if self.path == f"{start}torch/":
                return self._send(self._page(f"torch-{version}-py3-none-any.whl"))
        name = self.path.rpartition("/")[2]
        if name.endswith(".whl"):
            return self._send((self.server.folder / name.replace("%2B", "+")).read_bytes())
        return self.send_error(404)

    def _page(self, name):
        return f'<!DOCTYPE html><a href="/files/{name.replace("+", "%2B")}">{name}</a>'.encode()

    def _send(self, content):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as started:
        started.folder, started.asked = tmp_path_factory.mktemp("wheels"), []
        for version in INDEXES.values():
            wheel(started.folder, version)
        threading.Thread(target=started.serve_forever, daemon=True).start()
        started.url = f"http://127.0.0.1:{started.server_port}"
        yield started
        started.shutdown()


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    """A folder with an environment that has no torch."""
    folder = tmp_path_factory.mktemp("series")
    subprocess.run([sys.executable, "-m", "venv", str(folder / ".venv")], check=True)
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    return folder


@pytest.fixture
def here(series, server, monkeypatch):
    """That folder as the series, and this machine's indexes as the only ones."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": f"{server.url}/simple/",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(environment, "ROOT", series)
    monkeypatch.setattr(environment, "FOLDER", series / ".venv")
    monkeypatch.setattr(environment, "CPU_BUILDS", f"{server.url}/whl/cpu")
    for stamp in series.glob(".venv/installed-*"):
        stamp.unlink()
    pip(series, "uninstall", "--yes", "torch")
    server.asked.clear()
    return series


def pip(series, *arguments):
    python = series / ".venv" / "bin" / "python"
    done = subprocess.run([python, "-m", "pip", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def torch_of(series):
    """The version of torch in the environment."""
    return re.search(r"(?m)^Version: (.*)$", pip(series, "show", "torch"))[1]


@pytest.fixture
def refusing():
    """An address at which nothing takes a connection."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.fixture
def silent():
    """An address that takes a connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_the_cpu_build_is_installed_where_its_index_answers(here):
    environment.python_with(here / "requirements.txt")
    assert torch_of(here) == "2.13.0+cpu"


@pytest.mark.parametrize("kind", ["refusing", "silent"])
def test_the_usual_index_serves_where_that_one_is(kind, here, monkeypatch, capfd, request):
    """And pip, which would try it again and again, is not sent there at all."""
    address = request.getfixturevalue(kind)
    monkeypatch.setattr(environment, "CPU_BUILDS", address)
    monkeypatch.setattr(environment, "SECONDS_TO_ANSWER", 0.5)
    environment.python_with(here / "requirements.txt")
    assert torch_of(here) == "2.13.0" and address not in capfd.readouterr().out


def test_the_usual_index_serves_where_that_one_has_no_such_torch(here, server, monkeypatch):
    monkeypatch.setitem(INDEXES, "/whl/cpu/", "2.12.0+cpu")
    wheel(server.folder, "2.12.0+cpu")
    environment.python_with(here / "requirements.txt")
    assert torch_of(here) == "2.13.0"


@pytest.mark.parametrize("version", INDEXES.values())
def test_a_torch_that_is_there_is_used(here, server, version):
    pip(here, "install", "--no-index", str(server.folder / f"torch-{version}-py3-none-any.whl"))
    environment.python_with(here / "requirements.txt")
    assert torch_of(here) == version and server.asked == []


@pytest.mark.parametrize(("version", "seen"), [("2.13.0+cu129", True), ("2.12.0", False)])
def test_a_torch_of_the_own_python_is_used(here, tmp_path, monkeypatch, version, seen):
    """Not installed again, for it is large; another version of it would only be in the way."""
    commands = []
    answers = {"-c": version.encode(), "-m": b""}

    def note(command, **_options):
        commands.append([str(part) for part in command])
        return subprocess.CompletedProcess(command, 0, stdout=answers.get(commands[-1][1], b""))

    monkeypatch.setattr(environment, "_works", lambda _: False)
    monkeypatch.setattr(environment.subprocess, "run", note)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment.shutil, "rmtree", lambda *_, **__: None)
    environment.python_with(tmp_path / "requirements.txt", tmp_path / ".venv")
    (made,) = [command for command in commands if "venv" in command]
    assert ("--system-site-packages" in made) is seen


def test_binder_gets_the_cpu_build(here, server):
    """As conda does it: pip reads the list of environment.yml as a file of requirements."""
    text = (ROOT / "binder" / "environment.yml").read_text(encoding="utf-8")
    section = next(
        part["pip"] for part in yaml.safe_load(text)["dependencies"] if isinstance(part, dict)
    )
    options = [line for line in section if line.startswith(("-", "torch=="))]
    lines = "\n".join(options).replace("https://download.pytorch.org", server.url)
    (here / "binder.txt").write_text(lines)
    pip(here, "install", "--requirement", str(here / "binder.txt"))
    assert torch_of(here) == "2.13.0+cpu"
