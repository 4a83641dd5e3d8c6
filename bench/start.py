"""How long the command line takes to start, and what importing the library brings along."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from bench.figures import Cell, Check, Report, table
from bench.harness import ROOT, command_seconds, in_turns, safelight_command

NAME = "start"
_RUNS, _SLOW_RUNS = 10, 3
_HELP_SECONDS = 0.4
_HEAVY = ("torch", "torchvision", "spandrel", "pyvips", "numpy")


def run(say: Callable[[str], None]) -> Report:
    """Measure; a few seconds."""
    say("start of the command line")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import safelight": [sys.executable, "-c", "import safelight"],
        "safelight --help": safelight_command("--help"),
        "safelight presets": safelight_command("presets"),
        "safelight doctor": safelight_command("doctor"),
    }
    slow = "safelight doctor"
    taken = in_turns([name for name in commands if name != slow], lambda name: command_seconds(commands[name]), _RUNS)
    taken |= in_turns([slow], lambda name: command_seconds(commands[name], expect=(0, 1)), _SLOW_RUNS)
    rows: list[tuple[Cell, ...]] = [
        (name, one.best, one.median, f"{one.spread:.0%}", len(one.seconds)) for name, one in taken.items()
    ]
    brought = imported()
    return Report(
        name=NAME,
        title="Start",
        tables=(
            table("Wall time of a whole process", ("command", "best s", "median s", "spread", "runs"), rows),
            table(
                "What `import safelight` imports",
                ("module", "imported"),
                [(name, "yes" if name in brought else "no") for name in _HEAVY],
            ),
        ),
        checks=(
            Check(
                what="safelight --help, median",
                value=taken["safelight --help"].median,
                bound=_HELP_SECONDS,
                at_least=False,
                unit="s",
            ),
            Check(what="import safelight imports torch", value=float("torch" in brought), bound=0, at_least=False),
        ),
        timings=taken,
        notes=("Doctor opens the device, so it loads PyTorch.",),
    )


def imported() -> frozenset[str]:
    """Names of the heavy modules that ``import safelight`` brings into a fresh process."""
    code = f"import sys, safelight; print(*[name for name in {_HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())
