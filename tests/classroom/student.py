"""A simulated student, who does over HTTP and a websocket what a browser with JupyterLab does."""

import asyncio
import json
import random
import re
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import jupyterlab.commands
from yarl import URL

from tests.series import code_cells, read, shown, tags

SECONDS = 300  # for any answer
EVENTS, EVENTS_A_SECOND, THINKING = 10, 10, (5, 15)
PAGE_MEGABYTES, LARGEST_SCRIPT = 6.2, 260_000  # what Chromium loads of JupyterLab 4.6's scripts
ASKED_AT_ONCE = (  # what JupyterLab asks its server for while it opens a notebook
    "api/me",
    "api/kernelspecs",
    "api/kernels",
    "api/sessions",
    "api/contents?content=1",
    "lab/api/settings",
    "lab/api/translations/default",
    "lab/api/workspaces",
    "lab/api/themes/@jupyterlab/theme-light-extension/index.css",
)
ASKED_AGAIN = ("api/kernels", "api/sessions", "api/contents?content=1")  # every ten seconds


class ClassroomError(Exception):
    """What a student would see as a failure."""


@dataclass
class Cell:
    """A code cell of a lesson: what it prints when it is run, and whether it may raise."""

    source: str
    printed: str
    may_raise: bool


class Lesson:
    """A notebook as a class goes through it: the cells up to the first explorer, and the rest."""

    def __init__(self, path):
        self.path = f"notebooks/{path.name}"
        cells = [_cell(cell) for cell in code_cells(read(path))]
        explorer = next(i for i, c in enumerate(cells) if re.match(r"explore_\w+\(", c.source))
        self.first, self.rest = cells[: explorer + 1], cells[explorer + 1 :]


def _cell(cell):
    printed = "".join(text for kind, text in shown(cell) if kind == "stdout")
    return Cell(cell.source, printed, "raises-exception" in tags(cell))


def page_scripts():
    """Names of JupyterLab's scripts, as many and as heavy as a browser loads for a notebook."""
    folder = Path(jupyterlab.commands.get_app_dir()) / "static"
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.js")}
    chosen = [name for name in sizes if name.startswith(("jlab_core", "main."))]
    total = sum(sizes[name] for name in chosen)
    for name in sorted(sizes, key=sizes.get, reverse=True):
        if sizes[name] < LARGEST_SCRIPT and total + sizes[name] < PAGE_MEGABYTES * 1e6:
            chosen.append(name)
            total += sizes[name]
    return chosen


class Kernel:
    """A websocket to a kernel: what is sent, and all that answers it."""

    def __init__(self, socket):
        self.socket, self.under_way = socket, {}
        self.reader = asyncio.create_task(self._read())

    async def ask(self, kind, content):
        """All messages that answer a request, with their times, up to the kernel's being idle."""
        name = uuid.uuid4().hex
        answer = self.under_way[name] = _Answer(waits_for_reply=kind.endswith("_request"))
        header = {"msg_id": name, "msg_type": kind, "session": "class", "username": "", "date": ""}
        header["version"] = "5.3"
        empty = {"parent_header": {}, "metadata": {}, "buffers": []}
        message = {"channel": "shell", "header": header, "content": content, **empty}
        if self.reader.done():
            raise ClassroomError("The kernel died, or its websocket closed.")
        try:
            await self.socket.send_json(message)
            return await asyncio.wait_for(answer.whole, SECONDS)
        except asyncio.TimeoutError:
            raise ClassroomError(f"No answer to a {kind} for {SECONDS} s.") from None
        finally:
            del self.under_way[name]

    async def _read(self):
        async for frame in self.socket:
            message = json.loads(frame.data)
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "dead"):
                break
            answer = self.under_way.get(message["parent_header"].get("msg_id"))
            if answer:
                answer.add(message["channel"], kind, content)
        for answer in self.under_way.values():
            answer.whole.set_exception(ClassroomError("The kernel died, or its websocket closed."))


class _Answer:
    def __init__(self, waits_for_reply):
        self.messages, self.whole = [], asyncio.get_running_loop().create_future()
        self.missing = {"idle", "reply"} if waits_for_reply else {"idle"}

    def add(self, channel, kind, content):
        self.messages.append((time.perf_counter(), kind, content))
        if channel == "shell":
            self.missing.discard("reply")
        if kind == "status" and content["execution_state"] == "idle":
            self.missing.discard("idle")
        if not self.missing and not self.whole.done():
            self.whole.set_result(self.messages)


class Slider:
    """The first slider of an explorer, and the views that answer it."""

    def __init__(self, kernel, messages):
        states = [(c["comm_id"], c["data"]["state"]) for _, k, c in messages if k == "comm_open"]
        self.kernel = kernel
        self.views = {comm for comm, state in states if state["_model_name"] == "HTMLModel"}
        sliders = [pair for pair in states if pair[1]["_model_name"] == "FloatSliderModel"]
        if not sliders or not self.views:
            raise ClassroomError("The explorer opened no slider or no view.")
        self.comm, self.state = sliders[0]
        self.seconds, self.lost, self.newest = [], 0, None

    async def drag(self, seconds):
        """Bursts of events with pauses to think, for so many seconds."""
        end = time.perf_counter() + seconds
        await asyncio.sleep(random.uniform(0, THINKING[0]))
        while time.perf_counter() < end:
            await self.burst()
            await asyncio.sleep(random.uniform(*THINKING))

    async def burst(self):
        """Ten events in a second. As in ipywidgets, the newest waits while one is under way."""
        begun, sending = time.perf_counter(), None
        for number, value in enumerate(self._values()):
            await asyncio.sleep(max(0, begun + number / EVENTS_A_SECOND - time.perf_counter()))
            self.newest = value, time.perf_counter()
            if sending is None or sending.done():
                sending = asyncio.create_task(self._send())
        await sending

    async def _send(self):
        while self.newest:
            (value, moved), self.newest = self.newest, None
            data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
            answers = await self.kernel.ask("comm_msg", {"comm_id": self.comm, "data": data})
            _raise_errors(answers)
            pictures = [when for when, kind, content in answers if self._is_view(kind, content)]
            self.seconds += [when - moved for when in pictures[:1]]
            self.lost += not pictures

    def _is_view(self, kind, content):
        return kind == "comm_msg" and content["comm_id"] in self.views

    def _values(self):
        low, high, step = (self.state[key] for key in ("min", "max", "step"))
        start = random.uniform(low, high - EVENTS * step)
        return [round(start + step * number, 10) for number in range(EVENTS)]


@dataclass
class Student:
    """One of a class: arrives, drags a slider, runs the rest. The times are since the arrival."""

    name: str
    address: str
    lesson: Lesson
    times: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    failed: str = ""
    begun: float = 0.0
    slider: Slider = None
    web: aiohttp.ClientSession = None

    async def arrive(self, scripts, after=0):
        """From the page for signing in to the first explorer of the lesson."""
        await asyncio.sleep(after)
        self.begun = time.perf_counter()
        await self.sign_in_and_open(scripts)
        await self._start_kernel()
        self._reached("kernel")
        await self.run(self.lesson.first[:1])
        self._reached("first cell")
        messages = await self.run(self.lesson.first[1:])
        self._reached("explorer")
        self.slider = Slider(self.kernel, messages)

    async def sign_in_and_open(self, scripts):
        """From the page for signing in to JupyterLab with the lesson."""
        self.web = aiohttp.ClientSession(
            self.address,
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(limit=6),  # as many as a browser opens to one host
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        )
        await self._sign_in()
        await self._get_server()
        self._reached("server")
        await self._load_page(scripts)
        self._reached("page")

    def _reached(self, what):
        self.times[what] = time.perf_counter() - self.begun

    async def run(self, cells):
        """Run cells in order; the messages that answered the last."""
        messages = []
        for cell in cells:
            request = {"code": cell.source, "silent": False, "store_history": True}
            messages = await self.kernel.ask("execute_request", request)
            if not cell.may_raise:
                _raise_errors(messages)
            printed = [c["text"] for _, k, c in messages if k == "stream" and c["name"] == "stdout"]
            if "".join(printed) != cell.printed:
                self.wrong.append(f"{cell.source[:50]!r} prints {''.join(printed)[:200]!r}")
        return messages

    async def leave(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.web:
            await self.web.close()

    async def _sign_in(self):
        page = await self.fetch("GET", "/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page)[1]
        form = {"username": self.name, "password": "", "_xsrf": token}
        await self.fetch("POST", "/hub/login?next=%2Fhub%2Fhome", data=form)

    async def _get_server(self):
        path = f"/hub/api/users/{self.name}/server"
        await self.fetch("POST", path, json={}, also=(400,))  # 400: it runs already
        progress = await self.fetch("GET", f"{path}/progress")
        if '"ready": true' not in progress.split("data: ")[-1]:
            raise ClassroomError(f"no server: {progress.strip()[-150:]}")

    async def _load_page(self, scripts):
        """The page with its sign-in, its scripts, and what it asks for at once."""
        page = await self.fetch("GET", f"{self._home}/lab/tree/{self.lesson.path}")
        if "jupyter-config-data" not in page:
            raise ClassroomError("The page is not JupyterLab's.")
        paths = [f"static/lab/{name}" for name in scripts] + list(ASKED_AT_ONCE)
        paths.append(f"api/contents/{self.lesson.path}?content=1")
        await asyncio.gather(*(self.fetch("GET", f"{self._home}/{path}") for path in paths))
        self.tasks.append(asyncio.create_task(self._poll()))

    async def _start_kernel(self):
        session = {"path": self.lesson.path, "type": "notebook", "name": "", "kernel": {}}
        answer = await self.fetch("POST", f"{self._home}/api/sessions", json=session)
        path = f"{self._home}/api/kernels/{json.loads(answer)['kernel']['id']}/channels"
        self.kernel = Kernel(await self.web.ws_connect(path, max_msg_size=0))
        self.tasks.append(self.kernel.reader)
        await self.kernel.ask("kernel_info_request", {})

    async def _poll(self):
        await asyncio.sleep(random.uniform(0, 10))
        while True:
            for path in ASKED_AGAIN:
                await self.fetch("GET", f"{self._home}/{path}")
            await asyncio.sleep(10)

    @property
    def _home(self):
        return f"/user/{self.name}"

    async def fetch(self, method, path, also=(), **more):
        """What is there, as text. A browser sends its token against forged requests along."""
        cookies = self.web.cookie_jar.filter_cookies(URL(self.address + path))
        token = {"X-XSRFToken": cookies["_xsrf"].value} if "_xsrf" in cookies else {}
        async with self.web.request(method, path, headers=token, **more) as answer:
            text = await answer.text(errors="replace")
            if answer.status >= 400 and answer.status not in also:
                raise ClassroomError(f"{method} {path.split('?')[0]}: {answer.status}")
            return text


def _raise_errors(messages):
    for _, kind, content in messages:
        if kind == "error":
            raise ClassroomError(f"{content['ename']}: {content['evalue']}"[:200])
