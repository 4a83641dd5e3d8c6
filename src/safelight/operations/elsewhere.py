"""A step that ComfyUI servers do: the photo goes there as a plain picture, and what comes back is a photo again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyvips

from safelight.comfyui.painting import Watcher, Wish
from safelight.errors import PaintError, PhotoError, ServersAwayError
from safelight.imaging.alpha import fill_transparent
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.imaging.spool import spooled
from safelight.imaging.vips import reading
from safelight.operations.context import Context, Execution
from safelight.operations.network import in_colour

LONGEST = 8192
"""Longest side of a picture that is sent, in pixels: ComfyUI takes 100 MB, and more would not fit its memory."""
_MOST_PIXELS = 100_000_000
_SMALL_PIXELS = 4_000_000
"""Results with more pixels are on disk, as many may be on their way at the same time."""
_DEEP = 257
"""From 8 to 16 bits: 255 becomes 65535."""


def painted_elsewhere(photo: Photo, wish: Wish, context: Context, *, operation: str, longest: int = LONGEST) -> Photo:
    """Have a photo painted by a server; ``wish`` is without its picture.

    What is sent has no metadata, and at most ``longest`` pixels a side. The result has the size that the workflow gives
    it, the photo's metadata, its transparency and its depth; colours stay in the photo's own space.

    Raises:
        ServersAwayError: there are no servers, or none answers now.
        WorkflowError: there is no such workflow, or no server has what it needs.
        PaintError: a server could not do it, or gave no picture.
        CancelledError: on request.
    """
    if context.painters is None:
        raise ServersAwayError("no ComfyUI server is set up", hint="set SAFELIGHT_COMFYUI_URLS, or choose local styles")
    photo = in_colour(photo)
    sent, made = context.workspace / "sent.png", context.workspace / "painted"
    with reading(photo.name):
        _write(photo, sent, longest)
    found = context.painters.paint(
        replace(wish, picture=sent, urgent=context.urgent),
        made,
        Watcher(context.progress, context.glimpse),
        context.check_cancelled,
    )
    context.executions.append(Execution(operation=operation, device="comfyui", precision="", server=found.server))
    context.warnings.extend(f"{operation}: {note}" for note in found.notes)
    painted = _read(made, photo, found.server)
    if painted.width < photo.width and painted.height < photo.height:
        context.warnings.append(
            f"{operation}: ComfyUI painted it at {painted.width:,} x {painted.height:,} pixels, and it was not enlarged"
        )
    return painted


def _write(photo: Photo, path: Path, longest: int) -> None:
    """Write the colours of a photo, 8 bits."""
    image = fill_transparent(photo.image) if photo.alpha else photo.image
    if photo.depth == 16:
        image = (image.cast("float") / _DEEP).rint().cast("uchar")
    scale = longest / max(image.width, image.height)
    if scale < 1:
        image = image.resize(scale, vscale=max(scale, 1 / image.height))
    image.copy(interpretation="srgb").pngsave(str(path), compression=1, keep="none")


def _read(path: Path, photo: Photo, server: str) -> Photo:
    try:
        painted = open_photo(path, max_pixels=_MOST_PIXELS, name="result")
        with reading("result"):
            image = painted.image.extract_band(0, n=3) if painted.bands >= 3 else painted.image.extract_band(0)
            if image.bands == 1:
                image = image.bandjoin([image, image])
            if painted.depth == 16:
                image = (image.cast("float") / _DEEP).rint().cast("uchar")
            image = _kept(image.cast("uchar"), path.with_name("painted.tif"))
    except PhotoError as error:
        raise PaintError(f"{server} gave no picture that can be read: {error.message}") from error
    image = image.copy(interpretation="srgb")
    if photo.depth == 16:
        image = (image.cast("float") * _DEEP).cast("ushort").copy(interpretation="rgb16")
    if photo.alpha:
        image = image.bandjoin(_alpha(photo, image))
    return photo.with_image(image)


def _kept(image: pyvips.Image, path: Path) -> pyvips.Image:
    """Decode all of a picture now, to see that it is whole; a large one into a file at ``path``."""
    return image.copy_memory() if image.width * image.height <= _SMALL_PIXELS else spooled(image, path)


def _alpha(photo: Photo, image: pyvips.Image) -> pyvips.Image:
    alpha = photo.image.extract_band(photo.bands - 1)
    if (alpha.width, alpha.height) == (image.width, image.height):
        return alpha
    return alpha.resize(image.width / alpha.width, vscale=image.height / alpha.height).cast(image.format)


def no_picture() -> Path:
    """What stands in a wish before the photo was written."""
    return Path()
