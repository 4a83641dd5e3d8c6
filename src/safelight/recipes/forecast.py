"""What a plan will take on a given photo; refuses what is over the limits before any work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from safelight.errors import DiskFullError, PhotoTooLargeError
from safelight.imaging.formats import check_output
from safelight.operations.operation import Size, StepForecast
from safelight.recipes.plan import BoundStep, Plan
from safelight.recipes.speeds import Speeds
from safelight.settings import Settings

_PROCESS_BYTES = 700 * 2**20
_TILE_BYTES_PER_PIXEL = 2500


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a run will take and give."""

    width: int
    """Pixels across of the result."""
    height: int
    """Pixels down of the result."""
    memory: int
    """Peak memory of the process, in bytes, roughly."""
    disk: int
    """Largest intermediate files, in bytes."""
    seconds: float
    """Time, without start and loading."""
    measured: bool
    """Whether all of ``seconds`` comes from runs on this machine; otherwise it is a guess."""


def forecast(plan: Plan, size: Size, *, settings: Settings, speeds: Speeds, workspace: Path) -> Forecast:
    """Forecast a run of ``plan`` on a photo of ``size``.

    Raises:
        PhotoTooLargeError: the result would have more pixels than is allowed, or than its format can hold.
        DiskFullError: the intermediate picture would not fit on the disk of the workspace.
    """
    disk, worked = 0, 0
    parts: list[tuple[float, bool]] = []
    depth = size.depth
    for step in plan.steps:
        ahead = step.operation.forecast(size, step.params, step.models)
        parts += _times(step, ahead, speeds, settings.device, depth)
        disk, worked, size = max(disk, ahead.disk), max(worked, ahead.network_pixels), ahead.size
    if size.pixels > settings.max_output_pixels:
        raise PhotoTooLargeError(
            f"the result would have {size.width} x {size.height} = {size.pixels / 1e6:,.0f} million pixels, "
            f"more than the {settings.max_output_pixels / 1e6:,.0f} that are allowed",
            hint="choose a smaller scale, or set SAFELIGHT_MAX_OUTPUT_PIXELS",
        )
    check_output(plan.output.format, size.width, size.height)
    free = shutil.disk_usage(workspace).free
    if disk > free:
        raise DiskFullError(
            f"the intermediate picture takes {disk / 1e9:.1f} GB, and {workspace} has {free / 1e9:.1f} GB free"
        )
    memory = _PROCESS_BYTES + min(settings.memory_mb * 2**20, worked * _TILE_BYTES_PER_PIXEL)
    return Forecast(
        width=size.width, height=size.height, memory=memory, disk=disk,
        seconds=sum(seconds for seconds, _ in parts), measured=bool(parts) and all(known for _, known in parts),
    )  # fmt: skip


def _times(
    step: BoundStep, ahead: StepForecast, speeds: Speeds, device: str, depth: int
) -> Iterator[tuple[float, bool]]:
    """Give the seconds of each part of a step, and whether they were measured."""
    pixels = ahead.model_pixels if ahead.model_pixels is not None else (ahead.network_pixels,) * len(step.models)
    for model, count in zip(step.models, pixels, strict=True):
        if count:
            each, known = speeds.seconds_per_pixel(model.id, model.architecture, device, depth)
            yield each * count, known
    if ahead.guess is not None:
        yield ahead.guess, False
