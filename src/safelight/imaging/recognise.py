"""What a file is, by its content, and what is refused before anything is decoded; knows no decoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from safelight.errors import PhotoTooLargeError, UnsupportedFormatError
from safelight.imaging import headers
from safelight.imaging.formats import Format, sniff
from safelight.imaging.ifd import Page

_HEAD = 512


def recognise(file: BinaryIO, name: str) -> Format:
    """Tell the format of a file that was just opened.

    Raises:
        UnsupportedFormatError: it is in no format that Safelight opens, or is animated. An animated WebP is not seen.
    """
    head = file.read(_HEAD)
    kind = sniff(head)
    if kind is None:
        what = headers.describe(head)
        raise UnsupportedFormatError(
            f"{name}: this is {what}" if head else f"{name}: the file is empty",
            hint="Safelight opens JPEG, PNG, WebP, TIFF, AVIF and HEIC",
        )
    if kind is Format.PNG:
        refuse_animation(name, headers.png_frames(file))
    elif kind in (Format.AVIF, Format.HEIC):
        refuse_animation(name, headers.heif_frames(file))
    return kind


def refuse_animation(name: str, frames: int | None) -> None:
    """Refuse what has more than one frame, or an unknown number of them (None).

    Raises:
        UnsupportedFormatError: it has.
    """
    if frames != 1:
        count = f" with {frames} frames" if frames else ""
        raise UnsupportedFormatError(f"{name}: this is an animation{count}", hint="only still photos are opened")


def refuse_raw(name: str, pages: Sequence[Page]) -> None:
    """Refuse a TIFF file that holds what a camera's sensor saw.

    Raises:
        UnsupportedFormatError: it does.
    """
    if pages and pages[0].raw:
        raise UnsupportedFormatError(f"{name}: this is a camera raw file", hint="develop it to TIFF or JPEG first")


def check_pixels(name: str, width: int, height: int, max_pixels: int) -> None:
    """Refuse a photo of more than ``max_pixels`` pixels.

    Raises:
        PhotoTooLargeError: it has more.
    """
    if width * height > max_pixels:
        raise PhotoTooLargeError(f"{name}: {width} x {height} is more than {max_pixels:,} pixels")
