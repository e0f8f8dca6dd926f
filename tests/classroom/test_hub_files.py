"""The files for a hub say the same: the pins, the times and sizes, the address of the series."""

import re
import subprocess
import sys

import pytest
import yaml

from tests import renew
from tests.series import ROOT

BINDER = ROOT / "binder"
PAGE = (BINDER / "README.md").read_text(encoding="utf-8")
CONFIG = (BINDER / "jupyterhub_config.py").read_text(encoding="utf-8")
VALUES = yaml.safe_load((BINDER / "values.yaml").read_text(encoding="utf-8"))


def test_the_page_has_the_address():
    assert renew.addressed(PAGE) == PAGE, "run: python3 -m tests renew"
    other = PAGE.replace("OWNER", "SOMEBODY").replace("REPOSITORY", "ELSE")
    assert renew.addressed(other) == PAGE


@pytest.mark.parametrize("package", ["configurable-http-proxy", "reveal.js"])
def test_one_version_of_each_package_of_npm(package):
    places = ".ci/run", ".github/workflows/tests.yml", "binder/README.md", "tests/editions.py"
    texts = [(ROOT / place).read_text(encoding="utf-8") for place in places]
    said = [set(re.findall(rf"{re.escape(package)}@[\d.]+\d", text)) for text in texts]
    assert len(set.union(*said)) == 1 and all(said[:2]), said


def test_what_a_hub_needs_is_pinned_and_no_requirement_of_readers():
    lines = (BINDER / "hub-requirements.txt").read_text().split()
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in lines)
    readers = (ROOT / "requirements.txt").read_text() + (BINDER / "environment.yml").read_text()
    assert not [line for line in lines if line.split("==")[0] in readers]


def test_kubernetes_gets_the_same_times_and_sizes():
    single, hours = VALUES["singleuser"], int(re.search(r"IDLE_HOURS = (\d+)", CONFIG)[1])
    assert VALUES["cull"]["timeout"] == hours * 3600
    assert single["startTimeout"] == int(re.search(r"http_timeout = (\d+)", CONFIG)[1])
    assert single["memory"]["limit"] == "1G" and "MEMORY = 2**30" in CONFIG
    assert set(single["extraEnv"]) == {f"{name}_NUM_THREADS" for name in ("OMP", "MKL", "OPENBLAS")}
    assert VALUES["singleuser"]["image"]["name"] in PAGE


def test_the_series_is_brought_into_a_home_and_overwrites_nothing(tmp_path):
    """The command that Kubernetes runs at each start, with folders of this machine."""
    command = VALUES["singleuser"]["lifecycleHooks"]["postStart"]["exec"]["command"]
    series, home = tmp_path / "series", tmp_path / "home"
    for folder in (series / "notebooks", home / "notebooks"):
        folder.mkdir(parents=True)
    (series / "notebooks" / "a.ipynb").write_text("new")
    (series / "notebooks" / "b.ipynb").write_text("new")
    (home / "notebooks" / "a.ipynb").write_text("the student's")
    command = [word.replace("/srv/series", str(series)) for word in command]
    subprocess.run(command, env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, check=True)
    found = {path.name: path.read_text() for path in (home / "notebooks").iterdir()}
    assert found == {"a.ipynb": "the student's", "b.ipynb": "new"}


def test_the_command_of_a_server_has_no_braces():
    """Systemd's spawner takes what stands in braces for a name to fill in."""
    script = f"""
class Part(dict):
    def __getattr__(self, name): return self.setdefault(name, Part())
    __setattr__ = dict.__setitem__
c, get_config = Part(), lambda: c
import os, pathlib, tempfile
os.environ["CLASS_FOLDER"] = tempfile.mkdtemp()
exec(pathlib.Path({str(BINDER / "jupyterhub_config.py")!r}).read_text())
for word in [*c.Spawner.cmd, *c.Spawner.args]: assert word.format() == word, word
"""
    if sys.platform == "linux":
        subprocess.run([sys.executable, "-c", script], check=True)
