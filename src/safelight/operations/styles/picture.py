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
from safelight.imaging.formats import sniff
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading

LONGEST = 300_000
"""Most characters of the data URI."""

SIDE = 256
"""Side of what a style is read off, in pixels."""

_FORM = re.compile(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})")
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
    """Make a data URI of the middle square of a picture in a file, 256 pixels wide and high.

    Raises:
        PhotoError: it cannot be read, or has more than 250 million pixels.
    """
    photo = open_photo(path, max_pixels=_MOST_FILE_PIXELS)
    with reading(photo.name):
        data = bytes(_square(photo).pngsave_buffer(compression=9, keep="none"))
    return f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"


def _square(photo: Photo) -> pyvips.Image:
    image = photo.image.extract_band(0, n=1 if photo.grey else 3)
    image = image.bandjoin([image, image]) if photo.grey else image
    image = image.linear(1 / 257, 0).rint().cast("uchar") if photo.depth == 16 else image
    square = min(image.width, image.height)
    image = image.crop((image.width - square) // 2, (image.height - square) // 2, square, square)
    image = image.copy(interpretation="srgb").resize(SIDE / square)
    return image.gravity("centre", SIDE, SIDE, extend="copy")


def _content(text: str) -> tuple[str, bytes]:
    found = _FORM.fullmatch(text)
    if len(text) > LONGEST or found is None:
        raise ValueError(
            f"the style picture is a data URI of a PNG, JPEG or WebP (data:image/png;base64,...) of at most "
            f"{LONGEST:,} characters; shrink it to {SIDE} pixels"
        )
    try:
        return found[1], base64.b64decode(found[2], validate=True)
    except binascii.Error as error:
        raise ValueError(f"the style picture is not base64: {error}") from error
