"""A JupyterHub for a class on one machine. README.md in this folder says how to start it.

It leaves open who may sign in and where the hub listens. So it can be used by itself, or be put
below the configuration of The Littlest JupyterHub. Each figure was measured by
``python3 -m tests hub``.
"""

import asyncio
import grp
import os
import secrets
import socket
import sys
from pathlib import Path

c = get_config()  # noqa: F821

CLASS_FOLDER = Path(os.environ.get("CLASS_FOLDER", "/srv/class"))
TEACHERS = os.environ.get("CLASS_TEACHERS", "jupyterhub-admins")  # a group of the machine
IDLE_HOURS = 3  # a double lesson and a break

# --- Starting: a class arrives at once -------------------------------------------------------
# A server takes a second of CPU to start, and a kernel with torch two. Where all start together,
# each takes as long as all. So a few start at a time, and no one is sent away.

starting = asyncio.Semaphore(2 * (os.cpu_count() or 2))


async def wait_for_a_turn(spawner):
    """Hold a student's start back until fewer than two a core are under way."""
    await starting.acquire()
    spawner.class_turn = asyncio.create_task(_give_back_after(spawner))
    spawner.port = _free_port(20_000 + spawner.user.id % 10_000)


async def _give_back_after(spawner):
    try:
        while spawner.pending == "spawn":
            await asyncio.sleep(0.1)
    finally:
        starting.release()


def _free_port(port):
    """The first free port from here on; kernels take theirs from 32768 up."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
        port += 1


c.Spawner.pre_spawn_hook = wait_for_a_turn
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 1}

# --- A lean server: JupyterLab alone, no language servers, no terminals ----------------------
# At each start it would build a grammar of international addresses, which no notebook needs and
# which takes half of the time. And it, and each kernel below it, may hold so much memory: beyond,
# a cell ends with an error and not the machine. A server and its kernels talk through files that
# no other student can open: of ports, two kernels may be promised the same one. Their names must
# be short, hence a folder of its own. Systemd's spawner lets no brace be in this line.

MEMORY = 2**30  # measured: 105 MB a server, 210 MB a kernel

LEAN_SERVER = (
    "import os, resource, sys, tempfile; "
    "os.environ['JUPYTER_RUNTIME_DIR'] = tempfile.mkdtemp(); "
    f"resource.setrlimit(resource.RLIMIT_DATA, ({MEMORY}, {MEMORY})); "
    "sys.modules['rfc3987_syntax'] = None; "
    "from jupyterhub.singleuser import main; sys.exit(main())"
)
LEFT_OUT = "jupyter_lsp", "jupyter_server_terminals", "notebook", "notebook_shim"
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")}

c.Spawner.cmd = ["python3", "-c", LEAN_SERVER]
c.Spawner.args = [f"--ServerApp.jpserver_extensions={name}=False" for name in LEFT_OUT]
c.Spawner.args += ["--KernelManager.transport=ipc"]
c.Spawner.default_url = "/lab"
c.Spawner.mem_limit = MEMORY  # of a server with its kernels, where the spawner can keep to it

# --- Culling: a server is stopped where nobody has had it open for hours ---------------------
# What stands in a notebook is in its file by then. A kernel is never stopped while its server
# runs: what it remembers, as a recorded guess, is nowhere else.

CULL = [sys.executable, "-m", "jupyterhub_idle_culler"]
CULL += [f"--timeout={IDLE_HOURS * 3600}", "--cull-every=600"]

# --- Starting the servers before the lesson: python3 start_servers.py ------------------------

token = secrets.token_hex(32)

c.JupyterHub.services = [
    {"name": "cull-idle", "command": CULL},
    {"name": "start-servers", "api_token": token},
]
c.JupyterHub.load_roles = [
    {
        "name": "cull-idle",
        "services": ["cull-idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
    {
        "name": "start-servers",
        "services": ["start-servers"],
        "scopes": ["admin:users", "admin:servers"],
    },
]

# --- The drop box: students write answers into it, and cannot list it ------------------------

drop_box = CLASS_FOLDER / "answers"
drop_box.mkdir(parents=True, exist_ok=True)
CLASS_FOLDER.chmod(0o711)
try:
    os.chown(drop_box, -1, grp.getgrnam(TEACHERS).gr_gid)
    drop_box.chmod(0o1773)
except (KeyError, PermissionError):  # no such group: who runs the hub reads the answers
    drop_box.chmod(0o1733)

secret = CLASS_FOLDER / "token"
secret.unlink(missing_ok=True)
with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
    file.write(token)

c.Spawner.environment = {**ONE_THREAD, "CLASS_DROP_BOX": str(drop_box)}
