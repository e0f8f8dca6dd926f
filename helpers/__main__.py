"""``python3 -m helpers`` opens the first lesson in JupyterLab, with all of its own set-up."""

import argparse
import os
import sys

from helpers.environment import ROOT, python_with, run

NOTEBOOKS = ROOT / "notebooks"


def main(arguments):
    """Make the environment where it is missing, then open a notebook; gives the exit code."""
    arguments, further = _split(arguments)
    options = _parser().parse_args(arguments)
    notebook = find(options.notebook)
    command = [python_with(ROOT / "requirements.txt"), "-m", "jupyterlab"]
    command += [f"--ServerApp.root_dir={ROOT}"]
    command += [f"--LabApp.default_url=/lab/tree/notebooks/{notebook.name}"]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container the reader often is root, and the server would refuse to start.
        command.append("--allow-root")
    return run(command + further)


def find(wanted):
    """The path of the notebook that has this number or this name (its beginning is enough)."""
    names = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    start = wanted.zfill(2) + "_" if wanted.isdigit() else os.path.basename(wanted)
    matches = [name for name in names if name.startswith(start) or name[3:].startswith(start)]
    if not matches:
        sys.exit(f"There is no notebook {wanted!r}; there are: {', '.join(names)}.")
    return NOTEBOOKS / matches[0]


def _split(arguments):
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:cut], arguments[cut + 1 :]


def _parser():
    parser = argparse.ArgumentParser(
        prog="python3 -m helpers",
        description="Open a lesson in JupyterLab. The environment that it needs is made first, "
        "in .venv, where it is missing.",
        epilog="What follows -- is handed to jupyter lab as it is.",
    )
    parser.add_argument(
        "notebook", nargs="?", default="00", help="its number or name (default: the first)"
    )
    parser.add_argument("--no-browser", action="store_true", help="start the server alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
