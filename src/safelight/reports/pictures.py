"""Small JPEG versions of pictures, for pages."""

from __future__ import annotations

from pathlib import Path

import pyvips

from safelight.errors import PhotoError, PhotoTooLargeError, UnsupportedFormatError
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Format, sniff
from safelight.imaging.regular import open_regular, unreadable_file
from safelight.imaging.vips import unreadable

LONG_SIDE = 640
"""Longest side of a picture on a page with one photo, in pixels."""

_SIDES = ((60, LONG_SIDE), (250, 400), (2**31, 256))
_QUALITY = 82
_HEAD = 512
_MOST_PIXELS = 2**31


def side_for(count: int) -> int:
    """Longest side of the pictures of a report on so many photos: the page grows with all of them."""
    return next(side for most, side in _SIDES if count <= most)


def small_jpeg(path: Path, side: int = LONG_SIDE, *, max_pixels: int = _MOST_PIXELS) -> bytes:
    """Give a picture as an sRGB JPEG without metadata, upright, on white, at most ``side`` pixels long, never enlarged.

    It is read in a stream, so a large one needs little memory. Decoding is work for a worker or a thread.

    Raises:
        PhotoError: it is missing, broken, in no format that Safelight opens, or has more than ``max_pixels`` pixels.
    """
    fit = {"height": side, "size": "down", "export_profile": "srgb"}
    try:
        with open_regular(path) as file:
            kind = sniff(file.read(_HEAD))
            if kind is None:
                raise UnsupportedFormatError(f"{path.name}: not in a format that Safelight opens")
            if kind is Format.HEIC:
                return _encoded(open_photo(path, max_pixels=max_pixels).image.thumbnail_image(side, **fit))
            header = pyvips.Image.new_from_source(pyvips.Source.new_from_descriptor(file.fileno()), "")
            if header.width * header.height > max_pixels:
                raise PhotoTooLargeError(f"{path.name}: {header.width} x {header.height} pixels are too many")
            source = pyvips.Source.new_from_descriptor(file.fileno())
            # The operation's own `fail_on` does not reach the decoder; an option of the decoder does.
            return _encoded(pyvips.Image.thumbnail_source(source, side, **fit, option_string="[fail_on=error]"))
    except pyvips.Error as error:
        raise unreadable(path.name, error) from error
    except (OSError, ValueError) as error:
        raise unreadable_file(path.name, error) from error


def _encoded(image: pyvips.Image) -> bytes:
    image = image.colourspace("srgb")
    if image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    return bytes(image.cast("uchar").jpegsave_buffer(Q=_QUALITY, keep="none", optimize_coding=True))


def small_jpeg_or_none(path: Path, side: int) -> bytes | None:
    """Give what :func:`small_jpeg` gives; None for a picture that cannot be read."""
    try:
        return small_jpeg(path, side)
    except PhotoError:
        return None
