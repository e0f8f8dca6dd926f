"""What the tools say of the code, and what the layers of the helpers promise."""

import re
import subprocess
import sys

import pytest

import helpers
from tests.series import ROOT


def _output_of(*command):
    """What a command prints, or a failure of the test with it."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_code_is_sound():
    _output_of("-m", "ruff", "check", ".")


def test_code_is_formatted():
    """Where this fails: ruff format."""
    _output_of("-m", "ruff", "format", "--diff", ".")


def test_data_flows_one_way():
    """The contracts in pyproject.toml: a file imports only from those above it."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    printed = _output_of("-c", lint)
    assert "0 broken" in printed, printed


def test_helpers_import_nothing_heavy():
    """The command that makes the environment imports them before there is a torch."""
    heavy = "{'torch', 'numpy', 'matplotlib', 'ipywidgets', 'IPython'}"
    script = f"import helpers.environment, helpers.__main__, sys; print({heavy} & set(sys.modules))"
    assert _output_of("-c", script).strip() == "set()"


@pytest.mark.parametrize("name", helpers.__all__)
def test_fixed_calls_come_from_helpers(name):
    assert callable(getattr(helpers, name))
    assert name in dir(helpers)


def test_helpers_have_no_other_names():
    with pytest.raises(AttributeError, match="no_such_call"):
        helpers.no_such_call  # noqa: B018


def test_every_helper_is_in_a_room():
    """A file or a room that the contract does not name could import what it likes."""
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.importlinter]")[1]
    files = {path.name for path in (ROOT / "helpers").glob("*.py")}
    assert files == {"__init__.py", "__main__.py", "environment.py"}
    rooms = {path.parent.name for path in (ROOT / "helpers").glob("*/__init__.py")}
    layers = re.search(r'layers = \["(.*)"\]', contract)[1]
    assert set(re.findall(r"\w+", layers)) == rooms
