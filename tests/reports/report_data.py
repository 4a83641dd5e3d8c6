"""Tasks and pictures to make reports on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from safelight.imaging.photo import Photo
from safelight.reports.report import Pictures
from safelight.tasks.status import Status
from safelight.tasks.task import Batch, Facts, Lane, Task

NOW = 1_763_800_100_000
RESULT: dict[str, Any] = {
    "name": "cat_general_x4.png",
    "format": "png",
    "width": 1804,
    "height": 1200,
    "bytes": 6_103_442,
    "sha256": "ab" * 32,
    "seconds": 12.4,
    "executions": [
        {"operation": "upscale", "model": "realesrgan-x4plus", "device": "cuda:0", "precision": "float16",
         "tile": "240x200", "tiles": 6, "context": 24, "halved": 2, "redone": 1},
        {"operation": "tune", "model": None, "device": "cpu", "precision": "float32", "tile": None, "tiles": 1,
         "context": 0, "halved": 0, "redone": 0},
    ],
    "warnings": ["the colours were converted to sRGB"],
    "models": ["realesrgan-x4plus"],
}  # fmt: skip
PAYLOAD: dict[str, Any] = {
    "recipe": {
        "name": "mine",
        "title": "My preset",
        "summary": "",
        "steps": [{"operation": "upscale", "scale": 3.5}, {"operation": "tune", "sharpen": 0.27}],
    },
    "output": {"format": "png", "quality": None, "lossless": False, "strip": "gps"},
    "tile": 192,
}


def task(
    number: int = 1,
    name: str = "cat.jpg",
    status: Status = Status.COMPLETED,
    *,
    error: str | None = None,
    payload: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
) -> Task:
    done = status is Status.COMPLETED
    started = NOW - 60_000 + number * 1000
    return Task(
        seq=number, id=f"{number:032x}", owner="local", kind="photo", lane=Lane.DEVICE, priority=10, batch=None,
        index=number - 1, status=status, progress=float(done), message="", attempts=1 if done else 3, fence=1,
        worker=None, lease_until=None, cancel_at=None, not_before=0, payload=PAYLOAD if payload is None else payload,
        result=(RESULT if result is None else result) if done else None, error_code=None, error=error, input_name=name,
        input_key="in", result_key="out" if done else None, width=451, height=300, size=240_512, signature="3f9a" * 16,
        facts=Facts(), seconds=12.4 if done else None, pinned=False, page=None, created_at=NOW - 90_000,
        updated_at=NOW, started_at=started, finished_at=started + 12_400,
    )  # fmt: skip


def batch(total: int) -> Batch:
    return Batch(id="b" * 32, owner="local", total=total, created_at=NOW - 100_000)


def picture(path: Path, shape: tuple[int, ...] = (60, 90, 3), dtype: type = np.uint8) -> Path:
    """A picture with some content, as large as asked for."""
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape).astype(dtype)
    Photo.from_pixels(pixels).save(path)
    return path


def pictures(folder: Path) -> Pictures:
    return Pictures(before=picture(folder / "in.png"), after=picture(folder / "out.jpg", (240, 360, 3)))
