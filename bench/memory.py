"""Peak memory and time of a large photo through the fast network, in the command line as users run it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyvips

from bench.figures import Cell, Check, Report, Timing, table
from bench.harness import ROOT, Unavailable
from bench.pictures import large, write

NAME, FULL = "memory", "memory-full"
_LIMIT = 2e9
_ROWS = 64
_SIMILAR_DB = 20.0


def run(say: Callable[[str], None]) -> Report:
    """Measure 3,000 x 3,000 pixels to PNG; about a minute on two cores."""
    return _report(NAME, 3000, ("png",), say)


def run_full(say: Callable[[str], None]) -> Report:
    """Measure 6,000 x 6,000 pixels to every format that matters; more than ten minutes on two cores."""
    return _report(FULL, 6000, ("png", "tiff", "jpeg"), say)


def _report(name: str, side: int, formats: tuple[str, ...], say: Callable[[str], None]) -> Report:
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    timings: dict[str, Timing] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        photo = write(large(side), Path(folder) / "photo.png")
        for form in formats:
            say(f"{side} x {side} to {form}")
            told = enhance(photo, Path(folder) / form, form)
            seconds, peak = float(told["seconds"]), float(told["peak_bytes"])
            rows.append((form, seconds, peak / 1e6, told["bytes"] / 1e6, told["last_rows_db"]))
            timings[form] = Timing(seconds=(seconds,))
            checks.append(
                Check(
                    what=f"{side} x {side} at x2 to {form}: peak RSS",
                    value=peak,
                    bound=_LIMIT,
                    at_least=False,
                    unit="bytes",
                )
            )
            checks.append(
                Check(
                    what=f"{side} x {side} to {form}: last rows against the photo's",
                    value=told["last_rows_db"],
                    bound=_SIMILAR_DB,
                    at_least=True,
                    unit="dB",
                )
            )
            say(f"  {seconds:.1f} s, {peak / 1e6:,.0f} MB")
    columns = ("to", "s, from start to end of the process", "peak RSS, MB", "file, MB", "last rows, dB")
    return Report(
        name=name,
        title=f"A large photo: {side:,} x {side:,} pixels, quality fast, scale 2",
        tables=(table(f"{side:,} x {side:,} to {side * 2:,} x {side * 2:,}", columns, rows),),
        checks=tuple(checks),
        timings=timings,
        notes=(
            "Peak RSS is the kernel's own mark (VmHWM) of the process that ran the command line. The last "
            f"{_ROWS} rows of the result, shrunk by 2, are compared with those of the photo.",
        ),
    )


def enhance(photo: Path, output: Path, form: str) -> dict[str, Any]:
    """Run the command line on one photo in a process of its own; gives what it used and what came out.

    Raises:
        Unavailable: it failed.
    """
    arguments = ["enhance", str(photo), "-o", str(output), "--quality", "fast", "--scale", "2", "--format", form]
    done = subprocess.run(
        [sys.executable, "-m", "bench.command", *arguments, "--device", "cpu", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    used: dict[str, Any] = next((line for line in lines if "peak_bytes" in line), {})
    made = next((Path(line["output"]) for line in lines if line.get("status") == "completed"), None)
    if done.returncode or made is None or not used:
        raise Unavailable(f"the command failed: {done.stderr[-300:]}")
    made = made if made.exists() else output / made
    return {**used, "bytes": made.stat().st_size, "last_rows_db": _last_rows(photo, made)}


def _last_rows(photo: Path, made: Path) -> float:
    """PSNR of the last rows of a result, shrunk to the photo's size, against those of the photo."""
    before, after = (pyvips.Image.new_from_file(str(one), access="random") for one in (photo, made))
    if (after.width, after.height) != (before.width * 2, before.height * 2):
        return 0.0
    source = before.crop(0, before.height - _ROWS, before.width, _ROWS)
    result = after.crop(0, after.height - 2 * _ROWS, after.width, 2 * _ROWS).shrink(2, 2)
    error = float(((source - result) ** 2).avg())
    return 200.0 if error == 0 else min(200.0, 10 * _log10(255 * 255 / error))


def _log10(value: float) -> float:
    from math import log10

    return log10(value)
