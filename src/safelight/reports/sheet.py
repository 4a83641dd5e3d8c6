"""A before/after sheet: for every photo the whole, a detail before, and the same detail after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips

from safelight.imaging.codecs import open_photo, save_photo
from safelight.imaging.formats import Output, format_of
from safelight.imaging.photo import Photo

_CELL = 480
_GAP = 12
_MOST = 24
_PAPER = [24, 21, 19]
_NO_CAP = 2**40


def write_sheet(pairs: Sequence[tuple[Path, Path]], path: Path) -> None:
    """Write a sheet of (photo, result) pairs, at most 24, one row each: the photo, a detail of it enlarged by plain
    resampling, and the same detail of the result.

    Raises:
        PhotoError: a file cannot be read.
        OutputError: the sheet cannot be written, or its suffix names no format.
    """
    output = Output(format=format_of(path))
    rows = [_row(_opened(before), _opened(after)) for before, after in pairs[:_MOST]]
    sheet = pyvips.Image.arrayjoin(rows, across=1, shim=_GAP, background=_PAPER)
    framed = sheet.embed(
        _GAP, _GAP, sheet.width + 2 * _GAP, sheet.height + 2 * _GAP, extend="background", background=_PAPER
    )
    save_photo(Photo(framed, name=path.name), path, output)


def _opened(path: Path) -> pyvips.Image:
    photo = open_photo(path, max_pixels=_NO_CAP)
    image = photo.image.extract_band(0, n=photo.bands - 1) if photo.alpha else photo.image
    image = (image / 257).rint().cast("uchar") if photo.depth == 16 else image
    image = image.bandjoin([image, image]) if image.bands == 1 else image
    return image.copy(interpretation="srgb")


def _row(before: pyvips.Image, after: pyvips.Image) -> pyvips.Image:
    scale = after.width / before.width
    side = max(1, min(round(_CELL / scale), before.width, before.height))
    left, top = _busiest(before, side)
    detail = before.crop(left, top, side, side)
    large = min(round(side * scale), after.width, after.height)
    result = after.crop(
        min(round(left * scale), after.width - large), min(round(top * scale), after.height - large), large, large
    )
    cells = [_fitted(before), _fitted(detail), _fitted(result)]
    return pyvips.Image.arrayjoin(cells, across=3, shim=_GAP, background=_PAPER, halign="centre", valign="centre")


def _fitted(image: pyvips.Image) -> pyvips.Image:
    """Bring to the size of a cell, in the middle of it."""
    image = image.resize(_CELL / max(image.width, image.height), kernel="cubic").copy(interpretation="srgb")
    left, top = (_CELL - image.width) // 2, (_CELL - image.height) // 2
    return image.embed(left, top, _CELL, _CELL, extend="background", background=_PAPER)


def _busiest(image: pyvips.Image, side: int) -> tuple[int, int]:
    """Find the square with the most fine detail, away from the borders where there is a choice."""
    shrink = max(1.0, max(image.width, image.height) / 256)
    small = image.resize(1 / shrink).colourspace("b-w")
    grey = small.numpy().reshape(small.height, small.width)
    detail = np.abs(np.diff(grey.astype(np.float32), axis=0, prepend=0))
    window = max(1, min(round(side / shrink), *detail.shape))
    sums = np.cumsum(np.cumsum(np.pad(detail, ((1, 0), (1, 0))), axis=0), axis=1)
    energy = sums[window:, window:] - sums[:-window, window:] - sums[window:, :-window] + sums[:-window, :-window]
    top, left = np.unravel_index(int(energy.argmax()), energy.shape)
    return (
        min(round(float(left) * shrink), image.width - side),
        min(round(float(top) * shrink), image.height - side),
    )
