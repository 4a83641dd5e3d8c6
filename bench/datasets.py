"""A folder of phone photos becomes a training set: time, memory, and what a changed caption setting costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from bench.figures import Cell, Check, Report, Timing, table
from bench.harness import ROOT, Unavailable

NAME, SHORT = "datasets", "datasets-short"
_COUNT, _COUNT_SHORT = 400, 40
_WIDTH, _HEIGHT = 4000, 3000
_SECONDS, _BYTES = 360.0, 1.5e9
_PORTRAITS = (
    "people/biden.jpg", "people/obama.jpg", "people/obama2.jpg", "people/knn/train/rose_leslie/img1.jpg",
    "people/knn/train/kit_harington/john1.jpeg", "people/knn/train/alex_lacamoire/img1.jpg", "faces/Blake_Lively.jpg",
)  # fmt: skip
_GROUND = [110, 105, 100]
_ALL = ("--set", "quality.enabled=false", "--set", "dedup.enabled=false")


def run(say: Callable[[str], None]) -> Report:
    """Measure 400 photos of 12 megapixels; about fifteen minutes on two cores.

    Raises:
        Unavailable: the shared photos or the networks are not here.
    """
    return _report(NAME, _COUNT, say)


def run_short(say: Callable[[str], None]) -> Report:
    """Measure 40 photos; about two minutes. Raises as :func:`run` does."""
    return _report(SHORT, _COUNT_SHORT, say)


def _report(name: str, count: int, say: Callable[[str], None]) -> Report:
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    timings: dict[str, Timing] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        say(f"making {count} photos of {_WIDTH} x {_HEIGHT}")
        photos = _make_photos(folder / "photos", count)
        for what, more in (("as it is", ()), ("every photo kept", _ALL)):
            out = folder / what.replace(" ", "-")
            told = _build(photos, out, more)
            again = _build(photos, out, (*more, "--set", "caption.trigger=ohwx"))
            for label, one in ((what, told), (f"{what}, again with another trigger word", again)):
                say(f"{label}: {one['seconds']:.1f} s, {one['peak_bytes'] / 1e6:,.0f} MB, {one['kept']} kept")
                per_photo = one["seconds"] / count
                rows.append((label, one["kept"], one["seconds"], per_photo, one["peak_bytes"] / 1e6))
                timings[label] = Timing(seconds=(one["seconds"],))
                checks.append(_check(f"{label}: peak RSS", one["peak_bytes"], _BYTES, "bytes"))
            checks.append(_check(f"{what}: {count} photos of 12 MP", told["seconds"], _SECONDS * count / _COUNT, "s"))
            checks.append(
                _check(f"{what}: pixels touched again for another trigger word", again["touched"], 0, "files")
            )
    return Report(
        name=name, title=f"A training set from {count} photos of 12 megapixels", timings=timings, checks=tuple(checks),
        tables=(table(
            "safelight dataset run-all, from start to end of the process",
            ("what", "kept", "s", "s a photo", "peak RSS, MB"), rows,
        ),),
        notes=(
            "The photos show the faces of the shared photos at other sizes, places, angles and light before noise, as "
            "JPEG. Crops that are too small are resampled; captions are written on this machine; the set is kohya's, "
            "without a report.",
        ),
    )  # fmt: skip


def _check(what: str, value: float, bound: float, unit: str) -> Check:
    return Check(what=what, value=value, bound=bound, at_least=False, unit=unit)


def _make_photos(folder: Path, count: int) -> Path:
    shared = Path(os.environ.get("SAFELIGHT_SHARED") or ROOT.parent / "shared") / "photos"
    if not shared.is_dir():
        raise Unavailable("the shared photos are not beside the project; SAFELIGHT_SHARED names their folder")
    folder.mkdir()
    portraits = [pyvips.Image.new_from_file(str(shared / name))[:3].copy_memory() for name in _PORTRAITS]
    noise = pyvips.Image.gaussnoise(_WIDTH, _HEIGHT, sigma=4, mean=0, seed=1).cast("char").copy_memory()
    random = np.random.default_rng(7)
    for number in range(count):
        portrait = portraits[number % len(portraits)]
        portrait = portrait.similarity(
            scale=float(random.uniform(0.5, 0.98)) * _HEIGHT / portrait.height, angle=float(random.uniform(-12, 12)),
            background=_GROUND,
        )  # fmt: skip
        room = (_WIDTH - portrait.width, _HEIGHT - portrait.height)
        left, top = (int(random.integers(min(0, one), max(1, one))) for one in room)
        whole = portrait.embed(left, top, _WIDTH, _HEIGHT, extend="background", background=_GROUND)
        shifted = noise.wrap(x=int(random.integers(_WIDTH)), y=int(random.integers(_HEIGHT)))
        lit = whole.linear(float(random.uniform(0.75, 1.2)), float(random.uniform(-15, 15))) + shifted
        lit.cast("uchar").copy(interpretation="srgb").jpegsave(str(folder / f"IMG_{number:04}.jpg"), Q=92)
    return folder


def _build(photos: Path, out: Path, more: tuple[str, ...]) -> dict[str, Any]:
    """Run the command in a process of its own; gives what it used, and how many pictures it made anew."""
    before = _pictures(out)
    done = subprocess.run(
        [
            sys.executable, "-m", "bench.command", "dataset", "run-all", "--input", str(photos), "--output", str(out),
            "--json", "--format", "kohya", "--set", "crop.enlarge=resample", "--set", "package.report=false", *more,
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    used: dict[str, Any] = next((line for line in lines if "peak_bytes" in line), {})
    summary: dict[str, Any] = next((line["summary"] for line in lines if "summary" in line), {})
    if done.returncode or not used or not summary:
        raise Unavailable(f"the command failed: {done.stderr[-300:]}")
    if summary["warnings"] and "not looked for" in summary["warnings"][0]:
        raise Unavailable(f"the networks that see people are not here: {summary['warnings'][0]}")
    after = _pictures(out)
    touched = sum(after[name] != time for name, time in before.items() if name in after)
    return {**used, "kept": summary["kept"], "touched": touched + len(after.keys() - before.keys()) * bool(before)}


def _pictures(out: Path) -> dict[str, int]:
    """When each picture and small copy of a dataset was written."""
    folders = (out / "crops", out / "previews")
    return {str(path): path.stat().st_mtime_ns for one in folders if one.is_dir() for path in one.iterdir()}
