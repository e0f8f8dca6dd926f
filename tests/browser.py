"""JupyterLab in a real browser: a server on a copy of the series, and a page that a test drives.

with lab(folder) as url, browser() as chromium:
    lesson = Lesson(chromium.new_page(), url)
    lesson.open("01_one_step.ipynb")
    lesson.run_all()
    lesson.explorer().press("weight w", "ArrowRight")
"""

import contextlib
import json
import math
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

import axe_playwright_python
import matplotlib
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright

from tests.series import ROOT

LAPTOP = {"width": 1366, "height": 768}
PART = 2400  # pixels of a notebook in one picture: a browser cannot take more than 16384 at once
SECONDS = 90
SECONDS_TO_REACT = 60  # on a machine that has other things to do
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
THEMES = ("JupyterLab Light", "JupyterLab Dark")
expect.set_options(timeout=1000 * SECONDS_TO_REACT)
NAMES = (
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "chrome",
    "msedge",
)
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A quiet page with all cells in it, also those that are scrolled out of sight.
SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
    "docmanager-extension/plugin": {"autosave": False},
}
# The notebook before goes last: where there is none left, JupyterLab puts a page of its own there.
OPEN = """async path => {
    const {commands, shell} = window.jupyterapp, before = shell.currentWidget;
    shell.activateById((await commands.execute('docmanager:open', {path})).id);
    before.dispose();
}"""
END = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
READY = """async () => {
    const context = window.jupyterapp.shell.currentWidget.sessionContext;
    await window.jupyterapp.shell.currentWidget.context.ready;
    await context.ready;
    await context.session.kernel.info;
}"""
# The command of JupyterLab that runs all is over at the first error, also at one that a cell is
# tagged for, though the cells after that one go on.
RUN_ALL = """async () => {
    const {commands} = window.jupyterapp;
    await commands.execute('notebook:clear-all-cell-outputs');
    commands.execute('notebook:run-all-cells');
}"""
CODE_CELLS = """window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')"""
ERRORS = f"""{CODE_CELLS}
    .filter(cell => !(cell.model.getMetadata('tags') ?? []).includes('raises-exception'))
    .flatMap(cell => cell.model.outputs.toJSON())
    .filter(output => output.output_type === 'error')
    .map(output => `${{output.ename}}: ${{output.evalue}}`)"""
DONE = f"""() => {ERRORS}.length
    || {CODE_CELLS}.every(cell => !cell.model.sharedModel.getSource().trim()
        || cell.model.executionCount && cell.model.executionState === 'idle')
    && !document.body.innerText.includes('Loading widget')"""

OURS = ".jp-OutputArea-output"
EXPLORER = f"{OURS}:has(.explorer)"
# Violations that keep a reader out; and text whose contrast axe cannot work out counts as too low.
VIOLATIONS = f"""async () => {{
    const found = await axe.run({{include: [['{OURS}']]}},
        {{resultTypes: ['violations', 'incomplete']}});
    const grave = found.violations.filter(one => ['serious', 'critical'].includes(one.impact));
    const unclear = found.incomplete.filter(one => one.id === 'color-contrast');
    return [...grave, ...unclear].flatMap(one => one.nodes.map(
        node => `${{one.id}}: ${{node.html.slice(0, 200)}}`));
}}"""
# What takes the keyboard in an element, in the order of the page.
CONTROLS = """area => {
    const all = area.querySelectorAll('[tabindex="0"], [contenteditable="true"], select, input, '
        + 'textarea, button, a[href], summary');
    return [...all].filter(one => !one.disabled && one.checkVisibility());
}"""
NAMELESS = f"""() => {{
    axe.setup(document.body);
    const nameless = [...document.querySelectorAll('{OURS}')].flatMap({CONTROLS})
        .filter(one => !/[\\p{{L}}\\d]/u.test(axe.commons.text.accessibleText(one)));
    axe.teardown();
    return nameless.map(one => one.outerHTML.slice(0, 200));
}}"""
WITHOUT_ALT = f"""() => [...document.querySelectorAll('{OURS} img')]
    .filter(image => !/\\p{{L}}.* .*\\p{{L}}/u.test(image.alt))
    .map(image => image.outerHTML.slice(0, 100))"""
SEEN = """area => {
    const image = area.querySelector('.explorer img');
    const numbers = [...area.querySelectorAll('[data-name]')];
    return {
        picture: image.dataset.state, alt: image.getAttribute('alt'),
        ...Object.fromEntries(numbers.map(one => [one.dataset.name, one.textContent])),
    };
}"""
LENGTHEN = f"""text => document.querySelectorAll('{OURS} [data-name]')
    .forEach(one => {{ one.textContent = text; }})"""

UNTIDY = """() => {
    const found = [];
    for (const area of document.querySelectorAll('.jp-OutputArea-output')) {
        const edge = area.getBoundingClientRect().right, boxes = [];
        const texts = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
        const note = (node, what, box, wraps) => {
            if (box.width > 2 && box.height > 2) boxes.push({node, what, box, wraps});
        };
        while (texts.nextNode()) {
            // Such text is for screen readers, and not to be seen.
            const spoken = texts.currentNode.parentElement;
            if (spoken.matches('[role=status]') && spoken.clientWidth <= 1) continue;
            const range = document.createRange();
            range.selectNodeContents(texts.currentNode);
            const what = texts.currentNode.textContent.trim();
            // Where such text breaks, a space may hang over the edge.
            const wraps = texts.currentNode.parentElement.closest('pre') !== null;
            if (what) for (const box of range.getClientRects())
                note(texts.currentNode, what, box, wraps);
        }
        for (const image of area.querySelectorAll('img'))
            note(image, 'the picture', image.getBoundingClientRect(), false);
        for (const [index, one] of boxes.entries()) {
            if (one.box.right > edge + 1 && !one.wraps) found.push(`${one.what} is cut off`);
            for (const other of boxes.slice(index + 1)) {
                const width = Math.min(one.box.right, other.box.right)
                    - Math.max(one.box.left, other.box.left);
                const height = Math.min(one.box.bottom, other.box.bottom)
                    - Math.max(one.box.top, other.box.top);
                const apart = one.node !== other.node;  // not two lines of one text
                if (apart && width > 2 && height > 4)
                    found.push(`${one.what} lies over ${other.what}`);
            }
        }
    }
    return found;
}"""


CUT_FORMULAS = """() => [...document.querySelectorAll('.jp-MarkdownOutput mjx-container[display]')]
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.textContent.trim()} is cut off`)"""


def find_chromium(playwright):
    """The path of a Chromium: one that is named or installed, or else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = [shutil.which(name) for name in NAMES]
    found += [place for place in USUAL_PLACES if Path(place).is_file()]
    own = playwright.chromium.executable_path
    installed = next((path for path in found if path), None)
    if installed or Path(own).is_file():
        return installed or own
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if Path(own).is_file():
        return own
    raise RuntimeError(
        "No Chromium was found, and none could be installed: install Chromium or Chrome, or set "
        "the environment variable CHROMIUM to the path of one, and run the tests again."
    )


@contextlib.contextmanager
def browser():
    """A headless Chromium."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        except PlaywrightError as error:
            raise RuntimeError(
                f"The browser {path} did not start: install Chromium or Chrome, or set the "
                f"environment variable CHROMIUM to the path of one.\n{error}"
            ) from None
        yield chromium
        chromium.close()


@contextlib.contextmanager
def lab(folder):
    """JupyterLab on a copy of the series in ``folder``, with settings of its own; gives its URL."""
    series = folder / "series"
    for name in ("notebooks", "helpers"):
        unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, series / name, ignore=unwanted)
    token, port = secrets.token_hex(16), _free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={series}", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    log = folder / "jupyterlab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=series, env=_environment(folder), stdout=output, stderr=output
        )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, f"{base}/api/status?token={token}", log)
        yield f"{base}/lab/tree/notebooks/{{}}?reset&token={token}"
    finally:
        _stop(server, f"{base}/api/shutdown?token={token}")


def notebook_7(address):
    """The address of Notebook 7 on the server whose JupyterLab has this address."""
    return address.replace("/lab/tree/", "/notebooks/")


def _environment(folder):
    """The environment of a user who has never started JupyterLab."""
    home = folder / "home"
    settings = home / "settings" / "@jupyterlab"
    for name, values in SETTINGS.items():
        file = settings / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    own = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "MPLCONFIGDIR": matplotlib.get_cachedir(),  # its list of fonts takes seconds to make
    }
    return {**os.environ, **{name: str(value) for name, value in own.items()}}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _request(url, method="GET"):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(urllib.request.Request(url, method=method), timeout=10) as answer:
        return answer.read()


def _wait_for(server, url, log):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            return _request(url)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def _stop(server, url):
    """Ask the server to end its kernels and itself, and end it where it does not."""
    with contextlib.suppress(urllib.error.URLError, OSError):
        _request(url, "POST")
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


class Lesson:
    """A notebook in a page of JupyterLab, and what a reader does there."""

    def __init__(self, page, address):
        self.page, self.address, self.console = page, address, []
        page.set_viewport_size(LAPTOP)
        page.set_default_timeout(SECONDS * 1000)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("console", self._note)

    def open(self, notebook):
        """Open a notebook and wait until its kernel answers; JupyterLab is loaded only once."""
        if self.page.evaluate("() => Boolean(window.jupyterapp)"):
            self.page.evaluate(OPEN, f"notebooks/{notebook}")
        else:
            self.page.goto(self.address.format(notebook))
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-Cell")
        self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext")
        self.page.evaluate(READY)
        self._close_sidebar()

    def run_all(self):
        """Run every cell from the top, and wait until the last one is done or one has failed."""
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function(DONE)

    def end(self):
        """End the kernel, so that those of many lessons do not add up."""
        self.page.evaluate(END)

    def errors(self):
        """What went wrong in the page: errors no cell is tagged for, lost widgets, our console."""
        shown = self.page.locator(".jp-OutputArea-output").all_inner_texts()
        lost = [text for text in shown if "model not found" in text or "Loading widget" in text]
        return self.page.evaluate(f"() => {ERRORS}") + lost + self.console

    def output(self, cell_index):
        """The outputs of the cell with this index, counting all cells."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell_index).locator(".jp-OutputArea")

    def explorer(self, number=0):
        """The explorer of this number in the page."""
        return Explorer(self.page.locator(EXPLORER).nth(number))

    def explorers(self):
        """All explorers in the page."""
        return [Explorer(area) for area in self.page.locator(EXPLORER).all()]

    def use_theme(self, theme):
        """Turn to one of the THEMES."""
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
        )
        self.page.wait_for_function(
            "theme => document.body.dataset.jpThemeName === theme", arg=theme
        )
        self.page.wait_for_timeout(300)  # colours fade from one theme to the next

    def screenshots(self, folder, name, width=LAPTOP["width"]):
        """Pictures of the whole notebook in a window of this width, from top to bottom."""
        self.page.set_viewport_size({"width": width, "height": PART})
        self.page.wait_for_timeout(300)
        notebook = self.page.locator(".jp-WindowedPanel-outer:visible")
        length, seen = notebook.evaluate("all => [all.scrollHeight, all.clientHeight]")
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{name}-{width}-*.png"):
            old.unlink()
        for number, top in enumerate(range(0, length, seen), start=1):
            notebook.evaluate("(all, top) => { all.scrollTop = top; }", top)
            self.page.wait_for_timeout(100)
            self.page.screenshot(path=folder / f"{name}-{width}-{number}.png")

    def untidy(self):
        """What is cut off at the right, or in the outputs printed over something else."""
        return self.page.evaluate(UNTIDY) + self.page.evaluate(CUT_FORMULAS)

    def _note(self, message):
        if message.type == "error" and "widget" in message.text.lower():
            self.console.append(message.text)

    def _close_sidebar(self):
        self.page.evaluate(
            """() => {
                const {shell} = window.jupyterapp;
                shell.collapseLeft?.();
                shell.collapseRight?.();
            }"""
        )


class Explorer:
    """An explorer in a page: its sliders, its buttons, its picture and the numbers beside it."""

    def __init__(self, area):
        self.area, self.page = area, area.page

    def slider(self, name):
        """The slider whose description holds this name."""
        return self.area.locator(".widget-slider", has=self.page.get_by_text(name))

    def press(self, name, key):
        """Press a key on the handle of a slider."""
        handle = self.slider(name).locator(".noUi-handle")
        handle.focus()
        handle.press(key)

    def type_value(self, name, text):
        """Type a text into the number beside a slider, and leave it with Enter."""
        readout = self.readout(name)
        readout.click()
        readout.fill(text)
        readout.press("Enter")

    def click(self, name):
        """Click the button of this name."""
        self.area.get_by_role("button", name=name, exact=True).click()

    def readout(self, name):
        """The locator of the number beside a slider, which can be typed into."""
        return self.slider(name).locator(".widget-readout")

    def number(self, name):
        """The locator of one of the numbers beside the picture."""
        return self.area.locator(f'[data-name="{name}"]')

    @property
    def picture(self):
        return self.area.locator(".explorer img")

    def seen(self):
        """All that shows the state: the picture's bytes, its alt text, and every number."""
        return self.area.evaluate(SEEN)

    def after(self, move, *arguments):
        """What is seen once a move, one of the methods here, has changed the picture."""
        before = self.picture.get_attribute("data-state")
        move(*arguments)
        expect(self.picture).not_to_have_attribute("data-state", before)
        return self.seen()

    def controls(self):
        """Everything in it that takes the keyboard, in order."""
        found = self.area.evaluate_handle(CONTROLS).get_properties().values()
        return [Control(one.as_element(), self.page) for one in found]

    def faults(self):
        """What does not answer to the keyboard, each control tried from the start by itself."""
        start, found, controls = self.seen(), [], self.controls()
        reset = next((control for control in controls if control.name == "Reset"), None)
        if reset is None:
            return ["there is no Reset"]
        for control in controls:
            if control.kind is None:
                found.append(f"{control.name}: a kind of control that this test does not know")
                continue
            if control.kind == "button":  # at the start there is nothing for Reset to do
                controls[0].use()
                self._seen_after(start)
            fault = self._fault_of(control)
            found += [f"{control.name}: {fault}"] if fault else []
            reset.use()
            if not until(lambda: self.seen() == start):
                return [*found, f"{control.name}: Reset does not bring back the start after it"]
        return found

    def _fault_of(self, control):
        if control.kind == "repeat":
            return "" if control.toggles() else "it does not switch"
        before = self.seen()
        problem = control.use()
        after = self._seen_after(before)
        if control.kind == "play":
            control.use()
        if after == before:
            return "nothing changes"
        if after["alt"] == before["alt"]:
            return "the alt text stays the same"
        return problem

    def _seen_after(self, before):
        until(lambda: self.seen() != before)
        return self.seen()


class Control:
    """One part of an explorer that takes the keyboard, and what a key does to it."""

    kinds: ClassVar = {
        "slider": '[role="slider"]',
        "number": ".widget-readout",
        "menu": "select",
        "tick": 'input[type="checkbox"]',
        "toggle": ".widget-toggle-button",
        "play": ".widget-play button:has(.fa-play)",
        "stop": ".widget-play button:has(.fa-stop)",
        "repeat": ".widget-play button:has(.fa-retweet)",
        "button": ".widget-button",
    }
    keys: ClassVar = {"menu": "ArrowDown", "tick": "Space"}

    def __init__(self, element, page):
        self.element, self.page = element, page
        self.name = element.get_attribute("aria-label") or element.text_content() or str(element)
        matches = {kind: f"one => one.matches('{what}')" for kind, what in self.kinds.items()}
        found = (kind for kind, matching in matches.items() if element.evaluate(matching))
        self.kind = next(found, None)

    def use(self):
        """Change what it stands for, by keyboard alone; gives what is wrong about it, or ""."""
        self.element.focus()
        if self.kind == "number":
            return self._type_other_end()
        if self.kind == "slider":
            at_end = self._number("aria-valuenow") >= self._number("aria-valuemax")
            self.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        else:
            self.page.keyboard.press(self.keys.get(self.kind, "Enter"))
        return ""

    def toggles(self):
        """Whether it looks another way after a key, and as before after one more."""
        looks = [self.element.get_attribute("class")]
        for _ in range(2):
            self.use()
            until(lambda: self.element.get_attribute("class") != looks[-1])
            looks.append(self.element.get_attribute("class"))
        return looks[0] == looks[2] != looks[1]

    def _type_other_end(self):
        low, high = self._number("aria-valuemin"), self._number("aria-valuemax")
        # These two are rounded to one decimal, so whole numbers between them come first.
        ends = math.ceil(low), math.floor(high), low, high
        end = next(end for end in ends if end != self._shown())
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(f"{end:g}")
        self.page.keyboard.press("Enter")
        shown = until(lambda: self._shown() == end)
        return "" if shown else f"{end:g} was typed and {self._shown():g} is shown"

    def _shown(self):
        return float(self.element.text_content().replace("−", "-"))

    def _number(self, attribute):
        slider = "one => one.closest('.widget-slider').querySelector('[role=slider]')"
        handle = self.element.evaluate_handle(slider).as_element()
        return float(handle.get_attribute(attribute))


def until(holds):
    """Whether a condition comes to hold while a page may take to react."""
    end = time.monotonic() + SECONDS_TO_REACT
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.03)
    return False


def violations(page):
    """The serious and critical violations of accessibility in the outputs of a page."""
    page.evaluate(AXE)
    return page.evaluate(VIOLATIONS)


def nameless(page):
    """The controls in the outputs of a page that a screen reader cannot name."""
    page.evaluate(AXE)
    return page.evaluate(NAMELESS)


def without_alt(page):
    """The pictures in the outputs of a page that no words stand for."""
    return page.evaluate(WITHOUT_ALT)


def unreached(page):
    """The controls in the outputs of a page that Tab does not come to, one after another."""
    found = []
    for area in page.locator(f"{OURS}:has(.jupyter-widgets)").all():
        controls = area.evaluate_handle(CONTROLS)
        count = controls.evaluate("all => all.length")
        for number in range(count):
            if number:
                page.keyboard.press("Tab")
            else:
                controls.evaluate("all => all[0].focus()")
            there = controls.evaluate(
                "(all, number) => document.activeElement === all[number]", number
            )
            if not there:
                wanted = "(all, number) => all[number].outerHTML.slice(0, 200)"
                found.append(controls.evaluate(wanted, number))
                break
    return found
