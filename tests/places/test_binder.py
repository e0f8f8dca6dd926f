"""Binder's own tool plans the environment; no container engine is needed for a plan."""

import shutil
import subprocess
import sys

import pytest

from tests.series import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Binder's tool runs on Linux")


def plan(folder):
    """What repo2docker would build from a folder: its exit code and the recipe."""
    command = ["--no-build", "--debug", "--Repo2Docker.default_buildpack=None", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", *command],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path):
    """The files that Binder looks at, as they stand in the series."""
    shutil.copytree(ROOT / "binder", tmp_path / "binder")
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_binder_plans_the_environment_of_the_binder_folder(repository):
    code, recipe = plan(repository)
    assert code == 0, recipe[-2000:]
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in recipe
    assert "python=3.12" in recipe
    assert "pip install" not in recipe.split("environment.yml")[-1]


def test_binder_refuses_an_environment_that_cannot_be_read(repository):
    (repository / "binder" / "environment.yml").write_text("dependencies: [python=3.12\n")
    code, _ = plan(repository)
    assert code != 0
