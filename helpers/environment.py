"""The environment that the notebooks and the tests run in: made once, beside the files.

Nothing but Python's own library is used here, and no syntax that an old Python cannot read: the
first thing a reader may learn from this file is that their Python is too old.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# PyTorch's own index of builds without CUDA. From the usual index, torch comes with gigabytes of
# CUDA on Linux, and no lesson needs any of it.
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
SECONDS_TO_ANSWER = 5

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
OLDEST = (3, 10)


def python_with(requirements, folder=None):
    """The Python of an environment that has all that the file ``requirements`` asks for.

    Makes the environment, in ``.venv`` or in another ``folder``, or brings it up to date, only
    where that is needed. Ends the program with a sentence that says what to do where it cannot be
    made.
    """
    folder = folder or FOLDER
    _check_python()
    if not _works(_python_in(folder)):
        _create(folder, _torch_of(requirements))
    if not _stamp(folder, requirements).exists():
        _install(folder, requirements)
    return _python_in(folder)


def run(command):
    """Run a command in the folder of the series; returns its exit code.

    Ctrl-C is left to the command, which gets it as well and may ask before it ends.
    """
    # Windows would write files and print in an encoding that has no ŷ.
    environment = {**os.environ, "PYTHONUTF8": "1"}
    process = subprocess.Popen([str(part) for part in command], cwd=str(ROOT), env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _python_in(folder):
    return folder.joinpath(*(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def _check_python():
    if sys.version_info < OLDEST:
        sys.exit(
            f"This needs Python {_dotted(OLDEST)} or later, and {sys.executable} is Python "
            f"{_dotted(sys.version_info)}: install a newer one and run the command with it."
        )


def _works(python):
    """Whether there is a Python that starts: an environment can outlive the Python it came from."""
    try:
        return subprocess.run([str(python), "-c", ""]).returncode == 0
    except OSError:
        return False


def _create(folder, torch):
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            sys.exit(
                f"This Python comes without {module} and cannot make an environment: install it "
                "(on Debian and Ubuntu: apt install python3-venv) and run the command again."
            )
    print(f"Making an environment in {folder} ...", flush=True)
    shutil.rmtree(str(folder), ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(folder)]
    if torch and _has(sys.executable, torch):
        command.append("--system-site-packages")  # it is there already, and large
    if subprocess.run(command).returncode:
        sys.exit(
            "The environment could not be made; the reason is above. "
            f"Is there room on the disk, and may you write to {folder.parent}?"
        )
    (folder / ".gitignore").write_text("*\n")  # so that no tool takes it for a part of the series


def _install(folder, requirements):
    name = requirements.relative_to(ROOT).as_posix()
    print(f"Installing what {name} names: once, a few minutes ...", flush=True)
    for old in folder.glob("installed-*"):
        old.unlink()
    python = _python_in(folder)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    torch = _torch_of(requirements)
    if torch and sys.platform == "linux" and not _has(python, torch) and _answers(CPU_BUILDS):
        # Where this fails, torch comes with the rest. What it needs comes with the rest, too.
        subprocess.run([*pip, "--no-deps", "--index-url", CPU_BUILDS, torch])
    if subprocess.run([*pip, "-r", str(requirements)]).returncode:
        sys.exit(
            f"Installing what {name} names failed; the reason is above. Is this machine online, "
            f"and has each package a release for Python {_dotted(sys.version_info)}? "
            "Then run the command again."
        )
    for installed in (requirements, *_included(requirements)):
        _stamp(folder, installed).touch()


def _torch_of(requirements):
    """The line for torch in a file of requirements, or in one that it includes; or None."""
    for file in (requirements, *_included(requirements)):
        found = re.search(r"(?m)^torch==\S+", file.read_text(encoding="utf-8"))
        if found:
            return found.group()
    return None


def _has(python, torch):
    """Whether a Python has the torch of a line such as torch==2.13.0, in whichever build."""
    ask = "import importlib.metadata as installed; print(installed.version('torch'))"
    done = subprocess.run([str(python), "-c", ask], capture_output=True)
    return done.stdout.decode().strip().split("+")[0] == torch.split("==")[1]


def _answers(index):
    """Whether an index of packages answers, found out within seconds whatever is in the way."""
    address, seconds = f"{index}/torch/", SECONDS_TO_ANSWER
    ask = f"import urllib.request as web; web.urlopen({address!r}, timeout={seconds})"
    try:
        done = subprocess.run([sys.executable, "-c", ask], capture_output=True, timeout=2 * seconds)
    except subprocess.TimeoutExpired:  # as when names are looked up and nobody answers
        return False
    return done.returncode == 0


def _stamp(folder, requirements):
    """The empty file that says by its name: all that this file asks for is installed."""
    return folder / f"installed-{_fingerprint(requirements)}"


def _fingerprint(requirements):
    """A short hash of what a file of requirements asks for, with the files that it includes."""
    contents = [requirements.read_bytes()]
    contents += [_fingerprint(included).encode() for included in _included(requirements)]
    return hashlib.sha256(b"".join(contents)).hexdigest()[:16]


def _included(requirements):
    text = requirements.read_text(encoding="utf-8")
    return [requirements.parent / name for name in re.findall(r"(?m)^-r\s+(\S+)", text)]


def _dotted(version):
    return ".".join(str(part) for part in version[:2])
