"""Each notebook opened alone, as Colab opens it, with Colab's own versions.

An environment of its own holds the versions that Colab pins. A notebook is put into an empty
folder, beside a stand-in for ``google.colab``; its setup cell clones the helpers from a local
repository, to which git is told to turn for the public address.
"""

import os
import shutil
import subprocess
import sys

import pytest

from helpers.environment import python_with
from tests import made
from tests.series import ROOT, address, code_cells, paths, read, tags

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info >= (3, 14),
    reason="Colab runs on Linux, and what it pins does not start on Python 3.14",
)


@pytest.fixture(scope="session")
def colab_python():
    return python_with(ROOT / "tests" / "places" / "colab.txt", folder=ROOT / ".venv-colab")


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """A bare repository that holds the helpers at the tag, as the public one would."""
    folder = tmp_path_factory.mktemp("published")
    work, bare = folder / "work", folder / "series.git"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "helpers", work / "helpers", ignore=ignored)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    for command in (["init"], ["add", "."], ["commit", "-m", "helpers"], ["tag", address()[1]]):
        subprocess.run([*git, *command], cwd=work, check=True, capture_output=True)
    subprocess.run([*git, "clone", "--bare", str(work), str(bare)], check=True, capture_output=True)
    return bare


@pytest.fixture
def content(tmp_path, published):
    """An empty folder and the environment variables of a machine that is like Colab's."""
    stand_in = tmp_path / "site" / "google" / "colab"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text("")
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "{published.as_uri()}"]\n\tinsteadOf = {address()[0]}\n')
    folder = tmp_path / "content"
    folder.mkdir()
    variables = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": str(config),
        "PYTHONPATH": str(tmp_path / "site"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_PLATFORM_DIRS": "0",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
    }
    return folder, variables


def nbval(python, notebook, variables):
    command = [python, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-p", "no:xdist"]
    return subprocess.run(
        [*map(str, command), "-p", "no:cacheprovider", f"--rootdir={notebook.parent}", notebook],
        cwd=notebook.parent,
        env=variables,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_a_notebook_opened_alone_runs_as_it_is_saved(path, colab_python, content):
    folder, variables = content
    shutil.copy(path, folder)
    done = nbval(colab_python, folder / path.name, variables)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"{len(code_cells(read(path)))} passed" in done.stdout
    assert [found.name for found in folder.glob("*/helpers")] == ["helpers"]


COMPUTED = "corner or whatever or agrees or diverge or raises"  # alike, whatever widgets show it


@pytest.mark.parametrize("file", ["tests/explorers/test_contract.py", "tests/show/test_kernel.py"])
def test_explorers_move_and_errors_are_short(file, colab_python, content):
    _, variables = content
    done = subprocess.run(
        [
            colab_python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            file,
            "-k",
            f"not ({COMPUTED})",
        ],
        cwd=ROOT,
        env={**variables, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_offline_the_setup_cell_says_what_to_do(colab_python, content, tmp_path):
    folder, variables = content
    nowhere = tmp_path / "nowhere"
    nowhere.write_text(f'[url "file://{tmp_path}/no/such"]\n\tinsteadOf = {address()[0]}\n')
    (setup,) = (cell for cell in code_cells(read(paths()[0])) if "setup" in tags(cell))
    assert setup.source == made.setup(*address())
    done = subprocess.run(
        [colab_python, "-c", setup.source],
        cwd=folder,
        env={**variables, "GIT_CONFIG_GLOBAL": str(nowhere)},
        capture_output=True,
        text=True,
    )
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.endswith("Is this machine online? Then run this cell again.")
    assert "Ready." not in done.stdout
