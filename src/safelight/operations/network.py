"""Runs a network that keeps a photo's size over the whole of it, as a step of an operation."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from time import perf_counter
from typing import cast

import pyvips

from safelight.imaging.arrays import Pixels
from safelight.imaging.colour import grey_to_srgb
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading
from safelight.models.painter import Condition, Painter
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Precision, Upscaler
from safelight.operations.context import Context, Execution
from safelight.operations.operation import Size, StepForecast
from safelight.operations.tiled import Pass, plan_grid

_FILTER_SECONDS = 1.5e-7
"""Rough seconds per pixel of what a filter does where no network runs: dark channel and curves, on two cores."""


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
    source = _colours(photo)
    with context.models.use(cast("ModelSpec[Upscaler]", spec)) as network:
        return tiled_image(source, spec, network, context, operation, tie=tie)


def painted_image(
    photo: Photo, spec: ModelSpec[object], context: Context, *, operation: str, condition: Condition | None = None
) -> pyvips.Image:
    """Give what a repainting network makes of a photo, in colour, tile by tile, in a file of the workspace.

    Args:
        photo: 1 or 3 bands and perhaps alpha, which is left out; grey is painted as the colours that it is.
        spec: the network.
        context: models, progress, cancel.
        operation: id of the operation that asks.
        condition: which of its looks, for a network that has many.

    Raises: as :func:`network_image`.
    """
    source = in_colour(_colours(photo))
    few = (
        f"{operation}: memory ran out over the small copy that tells what the whole photo is like, so a smaller one "
        "was taken; with more memory the result is a little different"
    )
    with context.models.use(cast("ModelSpec[Painter]", spec)) as painter:

        def thumbnail(most: int) -> Pixels:
            if most < painter.studied and few not in context.warnings:
                context.warnings.append(few)
            return _thumbnail(source, most)

        network = painter.facing(photo.width, photo.height, thumbnail, condition)
        return tiled_image(source, spec, network, context, operation, tie=False)


def _colours(photo: Photo) -> Photo:
    return photo.with_image(photo.image.extract_band(0, n=photo.bands - 1)) if photo.alpha else photo


def in_colour(photo: Photo) -> Photo:
    """Give a photo three bands of colour, and its alpha: grey with a profile becomes sRGB by it, other grey as it is.

    Metadata stays, with a profile that fits.
    """
    if not photo.grey:
        return photo
    image, metadata = photo.image, photo.metadata
    if metadata.icc is not None:
        image, icc = grey_to_srgb(image, metadata.icc)
        return replace(photo.with_image(image), metadata=replace(metadata, icc=icc))
    grey = image.extract_band(0)
    return photo.with_image(grey.bandjoin([grey, *image.bandsplit()]))


def _thumbnail(photo: Photo, most: int) -> Pixels:
    """The whole photo, at most as large as statistics are taken of."""
    shrink = sqrt(photo.width * photo.height / most)
    with reading(photo.name):
        image = photo.image.resize(1 / shrink) if shrink > 1 else photo.image
        pixels: Pixels = image.cast(photo.image.format).numpy()
        return pixels


def tiled_image(
    source: Photo, spec: ModelSpec[object], network: Upscaler, context: Context, operation: str, *, tie: bool
) -> pyvips.Image:
    """Give what a network makes of all bands of a photo, in a file of the workspace, and record how it was computed.

    Args:
        source: 1 to 4 bands.
        spec: what ``network`` was loaded from.
        network: what works on the tiles; the result is ``network.scale`` times as large.
        context: tile, progress, cancel; takes the execution and the speed.
        operation: id of the operation that asks.
        tie: tie low frequencies of the result to the photo.

    Raises: as :func:`network_image`.
    """
    precision = Precision.FLOAT32 if source.depth == 16 else network.precision
    grid = plan_grid(source.width, source.height, network, precision, context.tile)
    work = Pass(source, network, precision, tie, context)
    start = perf_counter()
    image = work.run(grid, context.workspace / f"{operation}-{len(context.executions)}.tif")
    context.speeds.append((spec, (perf_counter() - start) / (source.width * source.height)))
    width, height = grid.cell
    context.executions.append(
        Execution(
            operation=operation, model=spec.id, device=network.device, precision=precision,
            tile=f"{width}x{height}", tiles=len(grid), context=grid.context, halved=work.halved, redone=work.redone,
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
    """Forecast a network that keeps the size: the room for its result on disk, and the pixels to work through.

    Without a network, the time of a simple filter, as a guess.
    """
    if not chosen:
        return StepForecast(size=size, guess=size.pixels * _FILTER_SECONDS)
    scale = chosen[0].scale or 1
    return StepForecast(size=size, disk=size.bytes * scale**2 * len(chosen), network_pixels=size.pixels)
