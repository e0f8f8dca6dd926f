"""Start the servers of a class before it comes: ``sudo python3 start_servers.py [NAMES]``.

Run it on the machine of the hub, ten minutes before the lesson. The names are those that the
students sign in with, one by one or as a file with one a line. Without names, every student whom
the hub knows gets a server. The hub starts a few at a time; the program ends when all are ready.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HUBS = "http://127.0.0.1:8081", "http://127.0.0.1:15001"  # JupyterHub's own, The Littlest's
SECONDS = 1800


def main(arguments):
    """Start the servers, wait for them, say who has none; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        hub = Hub(options.hub, (options.folder / "token").read_text())
    except OSError as error:
        sys.exit(f"{error}. Is the hub running, and is this run by who runs the hub (sudo)?")
    names = list(_names(options.names)) or hub.students()
    if not names:
        sys.exit("The hub knows no student yet: give the names, or a file with one a line.")
    begun = time.monotonic()
    for name in names:
        hub.start(name)
    while time.monotonic() < begun + SECONDS and set(names) & hub.starting():
        time.sleep(1)
    missing = sorted(set(names) - hub.ready())
    count = len(set(names)) - len(missing)
    print(f"{count} servers are ready, after {time.monotonic() - begun:.0f} s.")
    if missing:
        print(f"{len(missing)} without a server: {', '.join(missing)}")
    return 1 if missing else 0


class Hub:
    """The hub, asked with the token that its configuration left for this program."""

    def __init__(self, addresses, token):
        self.token = token
        self.address = next((a for a in addresses if self._answers(a)), None)
        if self.address is None:
            raise OSError(f"No hub answers at {' or '.join(addresses)}")

    def students(self):
        """The names of all users who are not teachers."""
        return [user["name"] for user in self._users() if not user["admin"]]

    def start(self, name):
        """Ask for a server; a user whom the hub does not know yet is made known."""
        for path in ("", "/server"):
            try:
                self._ask("POST", f"/users/{urllib.parse.quote(name)}{path}")
            except urllib.error.HTTPError as error:
                if error.code not in (400, 409):  # known already, started already
                    print(f"{name}: {error}")

    def starting(self):
        return {name for name, server in self._servers() if server["pending"] == "spawn"}

    def ready(self):
        return {name for name, server in self._servers() if server["ready"]}

    def _servers(self):
        return [(u["name"], u["servers"][""]) for u in self._users() if "" in u["servers"]]

    def _users(self):
        users, page = [], True
        while page:
            page = self._ask("GET", f"/users?limit=200&offset={len(users)}")
            users += page
        return users

    def _ask(self, method, path, address=None):
        request = urllib.request.Request(
            f"{address or self.address}/hub/api{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def _answers(self, address):
        try:
            return self._ask("GET", "/users?limit=1", address) is not None
        except OSError:
            return False


def _names(words):
    """The names among the words, those that are files read line by line."""
    for word in words:
        lines = Path(word).read_text().splitlines() if Path(word).is_file() else [word]
        yield from (line.strip().lower() for line in lines if line.strip())  # as the hub has them


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="names of students, or files of names")
    parser.add_argument("--hub", nargs="*", default=HUBS, help="where the hub listens")
    folder = Path(os.environ.get("CLASS_FOLDER", "/srv/class"))
    parser.add_argument("--folder", type=Path, default=folder, help="where the hub's token lies")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
