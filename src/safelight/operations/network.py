"""Runs a network that keeps a photo's size over the whole of it, as a step of an operation."""

from __future__ import annotations

from time import perf_counter
from typing import cast

import pyvips

from safelight.imaging.photo import Photo
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Precision, Upscaler
from safelight.operations.context import Context, Execution
from safelight.operations.operation import Size, StepForecast
from safelight.operations.tiled import Pass, plan_grid


def network_image(
    photo: Photo, spec: ModelSpec[object], context: Context, *, operation: str, tie: bool = False
) -> pyvips.Image:
    """Give what a network makes of the colours of a photo, tile by tile, in a file of the workspace.

    Args:
        photo: 1 or 3 bands and perhaps alpha, which is left out.
        spec: the network; what it enlarges is as many times larger.
        context: models, progress, cancel.
        operation: id of the operation that asks.
        tie: correct the network's own colour shift by tying low frequencies of the result to the photo.

    Raises:
        CancelledError: the run was cancelled; looked at before each tile.
        OutOfMemoryError: even the smallest tile does not fit.
        DiskFullError: the workspace is full.
    """
    colours = photo.bands - 1 if photo.alpha else photo.bands
    source = photo.with_image(photo.image.extract_band(0, n=colours)) if photo.alpha else photo
    with context.models.use(cast("ModelSpec[Upscaler]", spec)) as network:
        precision = Precision.FLOAT32 if photo.depth == 16 else network.precision
        grid = plan_grid(source.width, source.height, network, precision, context.tile)
        work = Pass(source, network, precision, tie, context)
        start = perf_counter()
        image = work.run(grid, context.workspace / f"{operation}-{len(context.executions)}.tif")
        context.speeds.append((spec, (perf_counter() - start) / (photo.width * photo.height)))
        width, height = grid.cell
        context.executions.append(
            Execution(
                operation=operation, model=spec.id, device=network.device, precision=precision,
                tile=f"{width}x{height}", tiles=len(grid), context=grid.context, halved=work.halved,
                redone=work.redone,
            )
        )  # fmt: skip
    return image


def blended(photo: Photo, changed: pyvips.Image, strength: float) -> Photo:
    """Mix the colours of a photo with what was made of them; alpha stays as it is.

    Args:
        photo: what it was.
        changed: its colours changed, in the same format and size, or in floating point on the same scale.
        strength: 0 leaves the photo, pixel for pixel; 1 gives ``changed``.
    """
    if strength == 0:
        return photo
    colours = photo.bands - 1 if photo.alpha else photo.bands
    image = photo.image.extract_band(0, n=colours)
    mixed = changed if strength == 1 else image * (1 - strength) + changed * strength
    if mixed.format != photo.image.format:
        mixed = mixed.rint().cast(photo.image.format)
    return photo.with_image(mixed.bandjoin(photo.image.extract_band(colours)) if photo.alpha else mixed)


def same_size(size: Size, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Forecast a network that keeps the size: the room for its result on disk, and the pixels to work through."""
    if not chosen:
        return StepForecast(size=size)
    scale = chosen[0].scale or 1
    return StepForecast(size=size, disk=size.bytes * scale**2 * len(chosen), network_pixels=size.pixels)
