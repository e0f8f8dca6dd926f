"""The hub of the folder ``binder`` carries a class; each figure is measured by tests/hub.py."""

import asyncio
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import urllib.parse

import pytest

from helpers.classroom.box import Box
from tests.series import NOTEBOOKS, ROOT

if sys.platform != "linux":
    pytest.skip("The hub is for a Linux machine.", allow_module_level=True)
if "CI" not in os.environ:
    pytest.importorskip("jupyterhub", reason="python3 -m tests installs it")

from tests.classroom.hub import PROXY, names, running
from tests.classroom.student import Cell, Lesson, Student, page_scripts
from tests.classroom.walk import walk

STUDENTS = 8
FIRST = NOTEBOOKS / "01_one_step.ipynb"
IN_A_KERNEL = {  # what each student runs at the end, and what it prints
    "print(torch.get_num_threads())": "1\n",
    "try:\n    bytearray(2 * 2**30)\nexcept MemoryError:\n    print('full')": "full\n",
    "print(w.item() > 1)": "True\n",  # the kernel goes on
    "from helpers import join_class; join_class().agree()": "",
    "guess_sign.controls['guess'].value = 'zero'; guess_sign.record()": "",
}


def start_servers():
    """The program of the folder ``binder``, as a module."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "binder" / "start_servers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    if not shutil.which(PROXY):
        assert "CI" not in os.environ, f"{PROXY} is missing: .ci/run installs it"
        pytest.skip(f"{PROXY} is missing: npm install --global {PROXY}")
    with running(tmp_path_factory.mktemp("class"), STUDENTS) as hub:
        yield hub


def test_a_teacher_starts_servers_before_the_lesson(hub, capsys):
    names_file = hub.folder / "class.txt"
    names_file.write_text("Student01\n\n  student02 \n")
    where = ["--hub", "http://127.0.0.1:1", hub.api, "--folder", str(hub.folder / "class")]
    assert start_servers().main([str(names_file), "student03", *where]) == 0
    assert capsys.readouterr().out.startswith("3 servers are ready, after ")
    assert len(hub.processes()["server"]) == 3
    assert start_servers().main(where) == 0, "without names: all whom the hub knows"
    assert capsys.readouterr().out.startswith("3 servers are ready, after ")


def test_the_token_to_start_servers_is_for_the_teacher_alone(hub):
    assert stat.S_IMODE((hub.folder / "class" / "token").stat().st_mode) == 0o600
    with pytest.raises(SystemExit, match="Is the hub running"):
        start_servers().main(["student01", "--folder", str(hub.folder)])


def test_eight_students_walk_through_lesson_01(hub):
    """Three find their servers started, five start theirs; all arrive within eight seconds."""
    lesson = Lesson(FIRST)
    lesson.rest += [Cell(*cell, may_raise=False) for cell in IN_A_KERNEL.items()]
    seen = walk(hub, lesson, STUDENTS, arriving=8, dragging=5)
    assert seen.failures() == []
    assert len(seen.times("explorer")) == STUDENTS
    assert all(len(slider.seconds) >= 5 for slider in seen.sliders())
    assert {part: len(found) for part, found in hub.processes().items()} == {
        "hub": 2,  # and the program that stops idle servers
        "proxy": 1,
        "server": STUDENTS,
        "kernel": STUDENTS,
    }
    answers = Box(hub.folder / "class" / "answers")
    answers.look()
    assert [a.answer for a in answers.answers] == ["o1"] * STUDENTS and answers.skipped == 0
    for kernel in hub.processes()["kernel"]:
        assert len(ports_of(kernel)) <= 1, "its debugger's, and none that was promised before"
    for server in hub.processes()["server"]:
        ports = ports_of(server)
        assert [20_000 < port < 30_000 for port in ports] == [True], ports


def ports_of(process):
    return [c.laddr.port for c in process.net_connections("tcp") if c.status == "LISTEN"]


def test_students_write_to_the_drop_box_and_cannot_list_it(hub):
    box = hub.folder / "class" / "answers"
    mode = stat.S_IMODE(box.stat().st_mode)
    assert mode & stat.S_ISVTX and mode & 0o7 == 0o3, oct(mode)
    if os.geteuid() == 0:
        nobody = {"user": 65534, "cwd": box, "capture_output": True, "text": True}
        assert subprocess.run(["touch", "answer"], **nobody).returncode == 0
        assert "Permission denied" in subprocess.run(["ls"], **nobody).stderr
        (box / "answer").unlink()


def test_a_link_brings_the_notebooks_into_a_home(hub, tmp_path):
    """What the link in README.md of ``binder`` does, with a repository on this machine."""
    series = tmp_path / "series"
    shutil.copytree(NOTEBOOKS, series / "notebooks")
    git = ["git", "-C", str(series), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "The series"]):
        subprocess.run([*git, *words], check=True)
    student = Student(names(1)[0], hub.address, Lesson(FIRST))

    async def follow():
        try:
            await student.sign_in_and_open(page_scripts()[:1])
            query = urllib.parse.urlencode({"repo": f"file://{series}", "branch": "main"})
            return await student.fetch("GET", f"/user/{student.name}/git-pull/api?{query}")
        finally:
            await student.leave()

    assert '"phase": "finished"' in asyncio.run(follow())
    assert (hub.folder / "home" / student.name / "series" / "notebooks" / FIRST.name).is_file()
