"""Running the command line as a process of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight.cli.main import main

COMMAND = [sys.executable, "-c", "from safelight.cli.main import main; main()"]


def run_process(*arguments: object, environment: dict[str, str], folder: Path) -> Run:
    """Run the command line as a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True, text=True, env=environment, cwd=folder, stdin=subprocess.DEVNULL, timeout=600, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr)


def run_here() -> Run:
    """Run the command line in this process, with ``sys.argv``; what is slow to load was loaded once."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Run(code, out.getvalue(), err.getvalue())


@dataclass
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of ``--json`` that stand for photos."""
        return [row for row in map(json.loads, self.out.splitlines()) if "summary" not in row]

    @property
    def summary(self) -> dict[str, Any]:
        """The last line of ``--json``."""
        return dict(json.loads(self.out.splitlines()[-1])["summary"])
