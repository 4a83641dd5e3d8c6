"""A picture inside a parameter: a data URI of a small PNG, JPEG or WebP."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

from safelight.errors import PhotoError, RecipeError
from safelight.imaging.codecs import open_photo
from safelight.imaging.colour import grey_to_srgb, on_white, to_8_bits
from safelight.imaging.formats import sniff
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading

LONGEST = 48_000
"""Most characters of the data URI: a field of a form, which may have 64 KB, takes it."""

SIDE = 256
"""Side of what a style is read off, in pixels."""

_FORM = re.compile(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})")
_QUALITIES = (85, 70, 50, 30)
_MOST_PIXELS = 4_000_000
_MOST_FILE_PIXELS = 250_000_000
_NAME = "the style picture"


def check_picture(text: str) -> None:
    """Look at the form of a data URI, not at its pixels.

    Raises:
        ValueError: it is no data URI of a PNG, JPEG or WebP, or the content is of another kind than it says.
    """
    kind, data = _content(text)
    found = sniff(data[:512])
    if found is None or found.value != kind:
        raise ValueError(f"the style picture says that it is {kind.upper()} and is not")


def style_pixels(text: str, folder: Path) -> NDArray[np.uint8]:
    """Decode a data URI to the middle square of its picture: (256, 256, 3), uint8, RGB.

    Args:
        text: the data URI.
        folder: where it may lie meanwhile.

    Raises:
        RecipeError: it is not a picture that can be read.
    """
    path = folder / "style-picture"
    try:
        path.write_bytes(_content(text)[1])
        photo = open_photo(path, max_pixels=_MOST_PIXELS, name=_NAME)
        with reading(_NAME):
            pixels: NDArray[np.uint8] = _square(photo).numpy()
            return pixels
    except (PhotoError, ValueError) as error:
        raise RecipeError(f"the style picture cannot be read: {error}") from error


def picture_of(path: Path) -> str:
    """Make a data URI of the middle square of a picture in a file, 256 pixels wide and high, as WebP in sRGB.

    Raises:
        PhotoError: it cannot be read, or has more than 250 million pixels.
    """
    photo = open_photo(path, max_pixels=_MOST_FILE_PIXELS)
    with reading(photo.name):
        square = _square(photo).copy_memory()
        texts = (_uri(bytes(square.webpsave_buffer(Q=quality, keep="none"))) for quality in _QUALITIES)
        # All but noise fits at the first quality.
        return next(text for text in texts if len(text) <= LONGEST)


def _uri(data: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(data).decode('ascii')}"


def _square(photo: Photo) -> pyvips.Image:
    """The middle of a photo as people see it: on white, in sRGB, 8 bits, 256 pixels wide and high."""
    side = min(photo.width, photo.height)
    image = photo.image.crop((photo.width - side) // 2, (photo.height - side) // 2, side, side)
    image = on_white(image) if photo.alpha else image
    image = _in_srgb(image, photo.metadata.icc)
    image = to_8_bits(image) if photo.depth == 16 else image
    image = image.copy(interpretation="srgb").resize(SIDE / side)
    return image.gravity("centre", SIDE, SIDE, extend="copy")


def _in_srgb(image: pyvips.Image, icc: bytes | None) -> pyvips.Image:
    if icc is not None:
        # It does the same for colours.
        return grey_to_srgb(image, icc)[0]
    return image.bandjoin([image, image]) if image.bands == 1 else image


def _content(text: str) -> tuple[str, bytes]:
    found = _FORM.fullmatch(text)
    if len(text) > LONGEST or found is None:
        raise ValueError(
            f"the style picture is a data URI of a PNG, JPEG or WebP (data:image/png;base64,...) of at most "
            f"{LONGEST:,} characters; a JPEG or WebP of {SIDE} x {SIDE} pixels is enough"
        )
    try:
        return found[1], base64.b64decode(found[2], validate=True)
    except binascii.Error as error:
        raise ValueError(f"the style picture is not base64: {error}") from error
