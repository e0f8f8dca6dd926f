"""The environment that both commands make, the commands, and the environment on Binder."""

import ast
import re
import subprocess

import pytest
import yaml

from helpers import environment
from helpers.__main__ import find
from tests.__main__ import is_program
from tests.series import ROOT, paths

REQUIREMENTS = ROOT / "tests" / "requirements.txt"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty folder as that of the series, with the commands noted in place of being run."""
    commands = []

    def note(command, **_options):
        commands.append([str(part) for part in command])
        if "venv" in command:
            (tmp_path / ".venv").mkdir()
        works = (tmp_path / ".venv").exists()
        return subprocess.CompletedProcess(command, 0 if works else 1, stdout=b"")

    (tmp_path / "requirements.txt").write_text("jupyter==1\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "requirements.txt").write_text("-r ../requirements.txt\npytest==1\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "FOLDER", tmp_path / ".venv")
    monkeypatch.setattr(environment.subprocess, "run", note)
    return tmp_path, commands


def _installs(commands):
    return [command[-1] for command in commands if "install" in command]


def test_environment_is_made_once(elsewhere):
    folder, commands = elsewhere
    for _ in range(2):
        environment.python_with(folder / "requirements.txt")
    assert len([command for command in commands if "venv" in command]) == 1
    assert _installs(commands) == [str(folder / "requirements.txt")]


def test_environment_of_the_tests_serves_the_notebooks(elsewhere):
    folder, commands = elsewhere
    environment.python_with(folder / "tests" / "requirements.txt")
    environment.python_with(folder / "requirements.txt")
    assert _installs(commands) == [str(folder / "tests" / "requirements.txt")]


def test_environment_follows_the_requirements(elsewhere):
    folder, commands = elsewhere
    tests = folder / "tests" / "requirements.txt"
    environment.python_with(tests)
    (folder / "requirements.txt").write_text("jupyter==2\n")
    environment.python_with(tests)
    (folder / "requirements.txt").write_text("jupyter==1\n")
    environment.python_with(tests)
    assert _installs(commands) == [str(tests)] * 3


def test_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 1))
    with pytest.raises(SystemExit, match=r"needs Python 3\.10 or later, and .* is Python 3\.9"):
        environment.python_with(REQUIREMENTS)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_missing_venv_is_told(elsewhere, monkeypatch, module):
    util = environment.importlib.util
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == module else found(name))
    with pytest.raises(SystemExit, match=f"without {module} .*python3-venv"):
        environment.python_with(elsewhere[0] / "requirements.txt")


def test_failed_installation_is_told(elsewhere, monkeypatch):
    folder, _ = elsewhere
    (folder / ".venv").mkdir()
    failing = subprocess.CompletedProcess([], 1, stdout=b"")
    run = environment.subprocess.run
    monkeypatch.setattr(
        environment.subprocess, "run", lambda c, **o: failing if "install" in c else run(c, **o)
    )
    with pytest.raises(SystemExit, match=r"Installing what requirements\.txt names failed"):
        environment.python_with(folder / "requirements.txt")
    assert list((folder / ".venv").glob("installed-*")) == []


@pytest.mark.parametrize("file", ["helpers/__init__.py", "helpers/environment.py"])
def test_file_is_read_by_an_old_python(file):
    """It must say that a Python is too old, which it cannot where that Python cannot parse it."""
    ast.parse((ROOT / file).read_bytes(), feature_version=(3, 6))


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_notebook_is_found_by_number_and_name(path):
    number, name = path.stem.split("_", 1)
    for wanted in (number, str(int(number)), name, path.stem, path.name, f"notebooks/{path.name}"):
        assert find(wanted) == path


def test_unknown_notebook_is_told_with_those_there_are():
    with pytest.raises(SystemExit, match="00_start_here"):
        find("nosuch")


@pytest.mark.parametrize(
    ("word", "program"),
    [("renew", True), ("-k", False), ("test_layers", False), ("series", False), ("nosuch", False)],
)
def test_programs_are_told_from_arguments_of_pytest(word, program):
    assert is_program(word) is program


def _pins(lines):
    return dict(re.fullmatch(r"([\w-]+)==([\w.]+)", line).groups() for line in lines)


def test_binder_has_the_versions_of_the_requirements():
    """conda-forge gives Python alone, and pip the rest, as everywhere."""
    text = (ROOT / "binder" / "environment.yml").read_text(encoding="utf-8")
    python, pip, section = yaml.safe_load(text)["dependencies"]
    assert re.fullmatch(r"python=3\.1[0-4]", python) and pip == "pip"
    index, *binder = section["pip"]
    assert index == f"--extra-index-url {environment.CPU_BUILDS}"
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert _pins(binder) == _pins(lines)
