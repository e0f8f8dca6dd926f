"""The editions: the lesson, whole for its teacher and open for its students."""

import re
import shutil
import subprocess
import sys

import pytest

from tests import editions
from tests.browser import browser
from tests.classroom.plans import Plan
from tests.rules import exercises, reports_fit, solutions
from tests.series import ROOT, code_cells, paths, read, tags

HERE = ROOT / ".editions-test"  # in the series, where the setup finds the helpers
REVEAL = editions.installed_reveal(None)
lesson = pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)


@pytest.fixture(scope="module", autouse=True)
def made():
    shutil.rmtree(HERE, ignore_errors=True)
    assert editions.main(["--folder", str(HERE)]) == 0
    yield
    shutil.rmtree(HERE)


@lesson
def test_students_get_the_lesson_without_outputs_and_answers(path):
    lesson, edition = read(path), read(HERE / "students" / path.name)
    cells = code_cells(edition)
    assert [cell.source for cell in cells] == [cell.source for cell in code_cells(lesson)]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    folded = [c for c in cells if c.metadata.get("jupyter", {}).get("source_hidden")]
    assert [c for c in cells if "answer" in tags(c) and c not in folded] == []
    text = "\n".join(cell.source for cell in edition.cells)
    assert set(re.findall(r"<summary>(.*?)</summary>", text)) == {"Hint"}
    assert all(cell.source for cell in edition.cells)
    assert "colab" not in text.lower().split("first, run the setup")[0]
    kept = editions.for_students(lesson, with_solutions=True)
    assert len(kept.cells) == len(lesson.cells)
    assert any("<summary>Solution</summary>" in cell.source for cell in kept.cells)


@lesson
def test_the_teacher_gets_the_plan_beside_the_steps_and_every_blank_filled(path):
    lesson, edition, plan = read(path), read(HERE / "teacher" / path.name), Plan(path)
    notes = "\n".join(c.source for c in edition.cells if "teacher" in tags(c))
    rest = [c for c in edition.cells if "teacher" not in tags(c)]
    assert [c.cell_type for c in rest] == [c.cell_type for c in lesson.cells]
    sections = plan.start, plan.section("The board")
    for about in (*sections, *plan.questions.values(), *plan.blanks.values()):
        assert about in notes
    for row in plan.rows:
        assert f"{row.part.strip('*')} · " in notes and row.what in notes
    filled = [c.source for c in rest if "blank" in tags(c)]
    assert filled == [solutions(text)[0] for _, _, text in exercises(lesson)]


@lesson
def test_solutions_are_right(path):
    edition = read(HERE / "teacher" / path.name)
    edition.cells = [cell for cell in edition.cells if "teacher" not in tags(cell)]
    assert list(reports_fit(edition, filled_in=True)) == []


def test_what_the_teacher_gets_passes_nbval():
    nbval = ["--nbval", "--nbval-current-env", "-n", "2", "--dist", "loadfile", "-q", "-p"]
    command = [sys.executable, "-m", "pytest", *nbval, "no:cacheprovider", str(HERE / "teacher")]
    for _ in range(3):  # a kernel may find a port taken, as in series.with_free_ports
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if "died before replying" not in done.stdout:
            break
    assert done.returncode == 0, done.stdout[-3000:]


@lesson
def test_each_says_what_it_was_made_from(path):
    for folder, whom in (("students", "students"), ("teacher", "the teacher")):
        first = read(HERE / folder / path.name).cells[0].source
        assert first.endswith(f"*Edition for {whom}, made from {editions.version()}.*")


def fetched(html):
    """The addresses that a page would get something from."""
    html = re.sub(r"(<script>).*?</script>", r"\1", html, flags=re.DOTALL)
    links = re.findall(r"<(?:script|img|link|iframe)[^>]+?(?:src|href)=[\"']?([^\"' >]+)", html)
    return [link for link in links if not link.startswith("data:")]


@lesson
def test_the_page_to_print_is_whole_by_itself(path):
    html = (HERE / "teacher" / f"{path.stem}.html").read_text(encoding="utf-8")
    assert fetched(html) == []
    assert "<details>" not in html and html.count("<details open>") >= 2
    assert "Your guess comes first" not in html
    assert "<math" in html and "$$" not in html and "\\frac" not in html
    assert not re.search(r"<m\w+>(\\|&(?!#|\w+;))", html), "a command that was not understood"
    widths = re.findall(r"<img[^>]*?width=\"?(\d+)", html)
    assert html.count("data:image/png") == len(widths)
    assert all(400 < int(width) <= 1000 for width in widths)


@pytest.mark.skipif(REVEAL is None, reason="npm install --global reveal.js@5.2.1")
@lesson
def test_slides_have_open_blanks_and_the_plan_as_notes(path):
    html = (HERE / "slides" / f"{path.stem}.html").read_text(encoding="utf-8")
    assert fetched(html) == []
    shown = re.sub(r"<aside class=\"notes\">.*?</aside>", "", html, flags=re.DOTALL)
    assert "Your guess comes first" not in html
    pieces = [piece.source for cell in read(path).cells for piece in editions._pieces(cell)]
    assert not any(piece.count("```") % 2 for piece in pieces), "code is cut in two"
    assert "Teacher · " in html and "Teacher · " not in shown and "Edition for" not in html
    assert "<summary>" not in shown and html.count("<aside") >= len(Plan(path).questions)


@pytest.mark.skipif(REVEAL is None, reason="npm install --global reveal.js@5.2.1")
def test_slides_open_without_a_network_and_fit():
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.context.set_offline(True)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        for path in paths():
            page.goto((HERE / "slides" / f"{path.stem}.html").as_uri())
            page.wait_for_function("window.Reveal && Reveal.isReady()")
            small = page.evaluate(
                """() => [...Array(Reveal.getTotalSlides())].map(() => {
                    const slide = Reveal.getCurrentSlide();
                    const found = [slide.innerText.slice(0, 40), slide.scrollHeight];
                    Reveal.next();
                    return found;
                }).filter(([text, height]) => height > 702)"""
            )
            assert small == [], path.stem
        assert errors == []


def test_without_reveal_there_are_no_slides_and_it_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(editions, "installed_reveal", lambda folder: None)
    assert editions.main(["00", "--folder", str(tmp_path)]) == 0
    assert "npm install --global reveal.js" in capsys.readouterr().out
    assert not (tmp_path / "slides").exists()
    assert editions.main(["99", "--folder", str(tmp_path)]) == 1
