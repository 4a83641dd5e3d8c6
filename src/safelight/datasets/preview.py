"""Small copies of photos, for pages that show many of them."""

from __future__ import annotations

from pathlib import Path

import pyvips

from safelight.datasets.small import open_small
from safelight.errors import DiskFullError, OutputError
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing
from safelight.imaging.vips import is_full

PREVIEW_REVISION = 1
"""Grows when a preview looks otherwise."""
PREVIEW_SIDE = 512
"""Most pixels a side."""
_QUALITY = 80


def make_preview(path: Path, target: Path, *, max_pixels: int, name: str) -> None:
    """Write a small copy as WebP: upright, sRGB, laid on white, without any metadata; whole or not at all.

    Raises:
        PhotoError: the photo cannot be read.
        DiskFullError, OutputError: the copy cannot be written.
    """
    small = open_small(path, least=PREVIEW_SIDE, longest=PREVIEW_SIDE, max_pixels=max_pixels, name=name)
    try:
        data = small.photo.image.webpsave_buffer(Q=_QUALITY, keep="none")
    except pyvips.Error as error:
        if is_full(str(error)):
            raise DiskFullError(f"{target}: the disk is full") from error
        raise OutputError(f"{target}: the encoder failed") from error
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as (_, draft):
            draft.write_bytes(data)
