"""Draws a photo of any size in a classical look, strip by strip, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyvips

from safelight.imaging.arrays import Pixels, Values
from safelight.imaging.photo import Photo, Region
from safelight.imaging.spool import Spool
from safelight.imaging.vips import reading
from safelight.operations.context import Context
from safelight.operations.looks.look import SIDE, Drawing, Look

_STRIP_PIXELS = 1 << 20
_STUDIED = 0.5


def drawn_image(photo: Photo, look: Look, context: Context, path: Path) -> pyvips.Image:
    """Give what ``look`` makes of the colours of a photo, of its depth, in a file of the workspace.

    Args:
        photo: 1 or 3 bands, without alpha; grey stays grey.
        look: how it is drawn.
        context: progress, cancel.
        path: the file; it must stay as long as the result is used.

    Raises:
        CancelledError: the run was cancelled; looked at every few tenths of a second.
        BrokenPhotoError: the photo is cut short or damaged.
        DiskFullError: the workspace is full.
    """

    def stage(fraction: float) -> None:
        context.check_cancelled()
        context.progress(fraction * _STUDIED)

    stage(0.0)
    growth = max(photo.width, photo.height) / SIDE
    drawing = look(_copy(photo), growth, stage)
    fields = _grown(drawing.fields, photo.width, photo.height)
    spool = Spool(path, width=photo.width, height=photo.height, bands=photo.bands, depth=photo.depth)
    try:
        rows = max(1, _STRIP_PIXELS // photo.width)
        for top in range(0, photo.height, rows):
            context.check_cancelled()
            region = Region(0, top, photo.width, min(rows, photo.height - top))
            spool.write(0, top, _strip(photo, fields, drawing, region))
            context.progress(_STUDIED + (1 - _STUDIED) * (top + region.height) / photo.height)
        return spool.finish()
    finally:
        spool.close()


def _copy(photo: Photo) -> Values:
    """The whole photo as Lab, with the long side that looks work at."""
    scale = SIDE / max(photo.width, photo.height)
    with reading(photo.name):
        image = photo.image.cast("float") if scale > 1 else photo.image
        image = image.resize(scale, kernel="cubic" if scale > 1 else "lanczos3")
        pixels = image.numpy().reshape(image.height, image.width, photo.bands)
    return _lab(pixels, _top(photo))


def _strip(photo: Photo, fields: pyvips.Image, drawing: Drawing, region: Region) -> Pixels:
    with reading(photo.name):
        part = fields.crop(region.left, region.top, region.width, region.height).numpy()
    there: Values = part.reshape(region.height, region.width, -1)
    lab = drawing.coloured(there, _lab(photo.read(region), _top(photo)))
    return _pixels(lab, photo)


def _grown(fields: Values, width: int, height: int) -> pyvips.Image:
    """Bring fields to the size of the photo; computed when they are read."""
    down, across, count = fields.shape
    data = np.ascontiguousarray(fields, np.float32).tobytes()
    image = pyvips.Image.new_from_memory(data, across, down, count, "float")
    if (across, down) == (width, height):
        return image
    grown = image.resize(width / across, vscale=height / down, kernel="cubic")
    if (grown.width, grown.height) == (width, height):
        return grown
    return grown.gravity("north-west", width, height, extend="copy")


def _top(photo: Photo) -> np.float32:
    return np.float32(65535 if photo.depth == 16 else 255)


def _lab(pixels: Pixels | Values, top: np.float32) -> Values:
    """Bring (H, W, 1 | 3), 0-top, to Lab."""
    import cv2

    values = np.clip(pixels.astype(np.float32) / top, 0, 1)
    rgb = np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), np.float32)


def _pixels(lab: Values, photo: Photo) -> Pixels:
    import cv2

    top = _top(photo)
    rgb = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32)[..., : photo.bands]
    result = np.clip(rgb * top + np.float32(0.5), 0, top)
    pixels: Pixels = result.astype(np.uint16 if photo.depth == 16 else np.uint8)
    return pixels
