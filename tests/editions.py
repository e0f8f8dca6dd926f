"""``python3 -m tests editions [NAMES]`` makes what a class is given, from the same notebooks.

students/01_one_step.ipynb   no outputs, no solutions, no answers (``--solutions`` leaves both)
teacher/01_one_step.ipynb    solutions put in, run, with the plan's notes beside the steps
teacher/01_one_step.html     the same to print: folds open, maths and pictures inside the file
slides/01_one_step.html      one idea a slide, the plan as speaker notes (press S), all in one file

They go into editions, or where ``--folder`` says. Each says what it was made from. The
slides need reveal.js, once: npm install --global reveal.js@5.2.1
"""

import argparse
import base64
import copy
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter, SlidesExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from PIL import Image
from pygments.formatters import HtmlFormatter

from tests.classroom.plans import OWN, Plan, headings
from tests.made import COMPARE
from tests.renew import NOTHING, as_text, normalised
from tests.rules import exercises, solved
from tests.series import NOTEBOOKS, ROOT, address, code_cells, paths, read, run, tags, text_of

FOLDER = ROOT / "editions"  # so near to the helpers that the setup of a notebook finds them
MOST_WORDS, MOST_LINES = 90, 26  # on a slide: words of a text, lines of code and output
FOLD = r"<details><summary>{}</summary>.*?</details>\n*"
ANSWERS = FOLD.format(r"(?!Hint)[^<]*")
STYLE = Path(__file__).with_suffix(".css")

# Run in a lesson's kernel, and not kept: a picture of twice the density, as paper wants it.
SHARP = """
from helpers.explorers.base import Explorer as _Explorer

_Explorer._png = lambda explorer: explorer._live.sharp_png()
"""


def main(arguments):
    options = _parser().parse_args(arguments)
    chosen = [path for path in paths() if path.name.startswith(tuple(options.names or [""]))]
    if not chosen:
        print(f"There is no such notebook in {NOTEBOOKS}.")
        return 1
    reveal = installed_reveal(options.reveal)
    for folder in ("students", "teacher", *(["slides"] if reveal else [])):
        (options.folder / folder).mkdir(parents=True, exist_ok=True)
    for path in chosen:
        notebook = read(path)
        _save(for_students(notebook, options.solutions), options.folder / "students" / path.name)
        teachers = for_teacher(notebook, Plan(path))
        _save(teachers, options.folder / "teacher" / path.name)
        page = options.folder / "teacher" / f"{path.stem}.html"
        page.write_text(as_page(teachers), encoding="utf-8")
        if reveal:
            slides = options.folder / "slides" / f"{path.stem}.html"
            slides.write_text(as_slides(teachers, notebook, reveal), encoding="utf-8")
        print(f"{path.stem}: {options.folder}", flush=True)
    if not reveal:
        print("No slides were made: npm install --global reveal.js@5.2.1")
    return 0


def for_students(notebook, with_solutions=False):
    """A notebook without outputs, and without solutions and answers unless they are wanted."""
    edition = copy.deepcopy(notebook)
    first = edition.cells[0]  # its badges lead to the notebook with everything in it
    first.source = "\n\n".join(p for p in first.source.split("\n\n") if not p.startswith("[!["))
    for cell in code_cells(edition):
        cell.outputs, cell.execution_count = [], None
    if not with_solutions:
        for cell in code_cells(edition):
            if "answer" in tags(cell):  # its code may say what a task asks for
                cell.metadata.setdefault("jupyter", {})["source_hidden"] = True
        for cell in edition.cells:
            if cell.cell_type == "markdown":
                cell.source = re.sub(ANSWERS, "", cell.source, flags=re.DOTALL).strip()
        edition.cells = [cell for cell in edition.cells if cell.source]
    return _signed(edition, "students")


def for_teacher(notebook, plan):
    """A notebook with its solutions put in and run, and the notes of its plan beside the steps."""
    edition = solved(notebook)
    place = 1 + edition.cells.index(code_cells(edition)[0])
    edition.cells.insert(place, nbformat.v4.new_code_cell(SHARP))
    edition = run(edition)
    del edition.cells[place]
    edition = normalised(edition)
    for cell in code_cells(edition):
        _unfold(cell)
        for output in cell.outputs:
            _at_half_size(output)
    edition.cells = list(_with_notes(edition, plan))
    return _signed(edition, "the teacher")


def _with_notes(notebook, plan):
    """The cells, with the plan's notes after each part's text, each question and each blank."""
    rows = {row.part: row for row in plan.rows}
    checks = {check: _name(notebook.cells[start]) for start, check, _ in exercises(notebook)}
    yield notebook.cells[0]
    yield _note("The plan", plan.start)
    for row in plan.rows:
        if OWN.fullmatch(row.part):
            yield _note(_title(row), row.what)
    yield _note("The board", plan.section("The board"))
    for index, cell in enumerate(notebook.cells[1:], 1):
        yield cell
        if cell.cell_type == "markdown":
            for part, _ in headings(cell.source):
                yield _note(_title(rows[part]), rows[part].what)
        if cell.cell_type == "code":
            for question, about in plan.questions.items():
                if f'predict("{question}"' in re.sub(r"\(\s+", "(", cell.source):
                    yield _note("What the answers tell", about)
            if index in checks:
                yield _note("Mistakes to expect", plan.blanks[checks[index]])


def _name(blank):
    return re.search(r"(?m)^(?:def )?(\w+)", blank.source)[1]


def _title(row):
    """The part and its minutes."""
    times = ((row.short, 50), (row.long, 90))
    said = ", ".join(f"{n} of {of} minutes" if n else f"not in {of} minutes" for n, of in times)
    return f"{row.part.strip('*')} · {said}"


def _note(title, text):
    cell = nbformat.v4.new_markdown_cell(f"> **Teacher · {title}**\n\n{text}")
    cell.metadata["tags"] = ["teacher"]
    return cell


def _unfold(cell):
    """A teacher sees every answer."""
    cell.outputs = [o for o in cell.outputs if o.get("data") != {"image/png": NOTHING}]
    if cell.metadata.get("jupyter", {}).pop("outputs_hidden", False) and not cell.metadata.jupyter:
        del cell.metadata["jupyter"]


def _at_half_size(output):
    """A picture of twice the density is shown at the size that it was drawn for."""
    if "image/png" in output.get("data", {}):
        picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        output.metadata.setdefault("image/png", {})["width"] = picture.width // 2


def _signed(notebook, whom):
    notebook.cells[0].source += f"\n\n*Edition for {whom}, made from {version()}.*"
    return notebook


def version():
    """The tag of the series, and the commit where there is one."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=, changed", "--exclude=*"]
    done = subprocess.run(git, capture_output=True, text=True)
    commit = f", commit {done.stdout.strip()}" if done.returncode == 0 else ""
    return address()[1] + commit


def _save(notebook, path):
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{number:03}-{cell.get('id', 'note')[:40]}"
    nbformat.validate(notebook)
    path.write_text(as_text(notebook), encoding="utf-8", newline="\n")


# --- A page to print -------------------------------------------------------------------------


class _Renderer(IPythonRenderer):
    """Formulas as MathML, which a browser sets without a script and without a network."""

    def inline_math(self, body):
        return _as_mathml(body)

    def block_math(self, body):
        return _as_mathml(body, display="block")


def _as_mathml(body, **how):
    """A formula; the minus of −1, which begins it or follows a sign, stands close to its number."""
    minus = r"(<mrow>|<mo[^>]*>(?!\)|&#x00029;)[^<]*</mo>)<mo>&#x02212;</mo>"
    body = body.replace("{aligned}", "{split}")  # the same, and known to latex2mathml
    return re.sub(minus, r'\1<mo form="prefix">&#x02212;</mo>', convert(body, **how))


def as_page(notebook):
    """A notebook as one HTML file that needs nothing else: folds open, maths and pictures in it."""
    exporter = HTMLExporter(template_name="basic")
    exporter.register_filter("markdown2html", _as_html)
    shown = copy.deepcopy(notebook)
    shown.cells = [cell for cell in shown.cells if "setup" not in tags(cell)]
    for cell in code_cells(shown):
        if re.search(COMPARE, cell.source):  # it holds the answer, and asks for a guess first
            cell.outputs = []
    body, _ = exporter.from_notebook_node(shown)
    body = body.replace("<details>", "<details open>")
    title = notebook.cells[0].source.split("\n")[0].removeprefix("# ")
    style = STYLE.read_text(encoding="utf-8") + HtmlFormatter().get_style_defs(".highlight")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head><body>{body}</body></html>\n"
    )


def _as_html(source):
    badges = r"\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)"  # pictures from elsewhere
    source = re.sub(badges, "", source)
    return MarkdownWithMath(renderer=_Renderer(escape=False)).render(source)


# --- Slides ----------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>
<body class="slides-of-a-lesson">{body}<script>{script}</script><script>
Reveal.initialize({{hash: true, width: 1280, height: 720, margin: 0.02, center: false,
    transition: "none", plugins: [RevealNotes]}});
const fit = slide => {{  // a long slide in smaller letters, as far as they can be read
    for (let size = 30; size >= 19; size--) {{
        slide.style.fontSize = size + "px";
        if (slide.scrollHeight <= 700) break;
    }}
}};
Reveal.on("ready", event => fit(event.currentSlide));
Reveal.on("slidechanged", event => fit(event.currentSlide));
</script></body></html>
"""


def as_slides(teachers, notebook, reveal):
    """The lesson as one HTML file of slides, blanks open; ``reveal`` is the folder of reveal.js."""
    exporter = SlidesExporter()
    exporter.register_filter("markdown2html", _as_html)
    whole, _ = exporter.from_notebook_node(_in_slides(teachers, notebook))
    styles = [reveal / "dist" / "reveal.css", reveal / "dist" / "theme" / "white.css", STYLE]
    scripts = [reveal / "dist" / "reveal.js", reveal / "plugin" / "notes" / "notes.js"]
    style = [HtmlFormatter().get_style_defs(".highlight"), *map(_text, styles)]
    return PAGE.format(
        title=notebook.cells[0].source.split("\n")[0].removeprefix("# "),
        body=re.search(r'<div class="reveal">.*</div>', whole, re.DOTALL)[0].replace("</main>", ""),
        style="\n".join(style),
        script="\n".join(map(_text, scripts)).replace("</script", "<\\/script"),
    )


def _text(path):
    return path.read_text(encoding="utf-8")


def _in_slides(teachers, notebook):
    """A copy whose cells say where a slide begins: one text, one question or one picture each."""
    slides = copy.deepcopy(teachers)
    _open_blanks(slides, notebook)
    first = slides.cells[0]
    first.source = first.source.replace("Edition for the teacher", "Slides")
    slides.cells = [piece for cell in slides.cells for piece in _pieces(cell)]
    before, lines = "", 0
    for cell in slides.cells:
        kind = _slide_type(cell, before)
        lines = (0 if "slide" in kind else lines) + _lines(cell)
        if kind == "-" and lines > MOST_LINES:
            kind, lines = "subslide", _lines(cell)
        cell.metadata["slideshow"] = {"slide_type": kind}
        before = cell.source if cell.cell_type == "code" else before
    return slides


def _lines(cell):
    """How many lines of code and of what it printed a cell has."""
    return f"{cell.source}\n{text_of(cell)}".count("\n") if cell.cell_type == "code" else 0


def _slide_type(cell, before):
    """Of a cell, where ``before`` is the code before it: after a question comes a new slide."""
    if "setup" in tags(cell) or re.search(COMPARE, cell.source):
        return "skip"
    if "teacher" in tags(cell):
        return "notes"
    if cell.cell_type == "markdown":
        return "slide" if re.match(r"##? ", cell.source) else "subslide"
    pictured = re.search(r"(?m)^explore_\w+\(", cell.source)
    if pictured:  # the words of a picture are spoken
        cell.outputs = [o for o in cell.outputs if "image/png" in o.get("data", {})] or cell.outputs
    return "subslide" if pictured or "predict(" in before else "-"


def _open_blanks(slides, notebook):
    """Blanks as the students see them, without what the check says of the solution."""
    asked = iter([cell.source for cell in code_cells(notebook) if "blank" in tags(cell)])
    behind = False
    for cell in code_cells(slides):
        if behind:
            cell.outputs = []
        behind = "blank" in tags(cell)
        if behind:
            cell.source = next(asked)


def _pieces(cell):
    """A text cut where a heading begins, without what is folded up; other cells as they are."""
    if cell.cell_type != "markdown" or "teacher" in tags(cell):
        return [cell]
    text = re.sub(FOLD.format("[^<]*"), "", cell.source, flags=re.DOTALL)
    parts = re.split(r"(?m)^(?=#{2,3} )", text)
    return [nbformat.v4.new_markdown_cell(piece) for part in parts for piece in _short(part)]


def _short(text):
    """A text in pieces of about MOST_WORDS, none of which begins with a formula or a list."""
    pieces, words = [], 0
    for paragraph in filter(None, text.strip().split("\n\n")):
        more = len(paragraph.split())
        goes_on = paragraph.startswith(("$$", "- ", "1. ", "|", "```", "> "))
        in_a_fence = pieces and pieces[-1].count("```") % 2
        if pieces and (goes_on or in_a_fence or words + more <= MOST_WORDS):
            pieces[-1] += f"\n\n{paragraph}"
            words += more
        else:
            pieces.append(paragraph)
            words = more
    return pieces


def installed_reveal(folder):
    """The folder of an installed reveal.js, or None."""
    if folder is None and shutil.which("npm"):
        done = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True)
        folder = Path(done.stdout.strip()) / "reveal.js"
    return folder if folder and (folder / "dist" / "reveal.js").is_file() else None


def _parser():
    parser = argparse.ArgumentParser(prog="python3 -m tests editions", description=__doc__)
    parser.add_argument("names", nargs="*", help="the beginnings of names, as 01; all without")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--reveal", type=Path, help="the folder of reveal.js; found by npm without")
    parser.add_argument("--solutions", action="store_true", help="leave them to the students")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
