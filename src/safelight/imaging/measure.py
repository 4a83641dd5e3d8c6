"""The size of a photo, from its headers alone: for processes that accept photos but must not decode them.

The files come from strangers. Nothing here loads a decoder, and how much is read and looked at is bounded.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import imagesize

from safelight.errors import BrokenPhotoError
from safelight.imaging import chunks
from safelight.imaging.boxes import heif_size
from safelight.imaging.exif import ORIENTATION, Blob
from safelight.imaging.formats import Format
from safelight.imaging.ifd import Structure, tiff_pages
from safelight.imaging.recognise import check_pixels, recognise, refuse_animation, refuse_raw
from safelight.imaging.regular import open_regular, unreadable_file

_LYING = frozenset({5, 6, 7, 8})
"""Orientations that swap width and height."""
_MOST_OF_JPEG, _MOST_OF_OTHERS, _MOST_CALLS = 1 << 28, 1 << 20, 100_000
"""Most bytes read from a file, and most calls. A JPEG may have megabytes of metadata before its size."""
_MOST_SIDE = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the headers of a photo tell."""

    format: Format
    """Its format, by content."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    depth: int | None = None
    """Bits per channel as they stand in the file, where the header tells."""
    bands: int | None = None
    """Channels as they stand in the file, where the header tells; a palette is one channel."""


def measure(path: Path, *, max_pixels: int, name: str | None = None) -> Measured:
    """Read format and size of a photo from its headers. That its pixels can be decoded is not checked.

    ``name`` is what messages call the photo where the file is called otherwise.

    Raises:
        UnsupportedFormatError: the content is in no format that Safelight opens, or is animated.
        PhotoTooLargeError: it has more than ``max_pixels`` pixels, according to its header.
        BrokenPhotoError: its header is cut short or damaged.
        PhotoError: the file cannot be read at all.
    """
    name = name or path.name
    try:
        with open_regular(path) as file:
            kind = recognise(file, name)
            if kind is Format.TIFF:
                refuse_raw(name, tiff_pages(path))
            found = _READERS[kind](file)
    except OSError as error:
        raise unreadable_file(name, error) from error
    except (ValueError, EOFError) as error:
        raise BrokenPhotoError(f"{name}: the file is cut short or damaged") from error
    refuse_animation(name, found.frames)
    width, height = found.width, found.height
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise BrokenPhotoError(f"{name}: the picture data is damaged")
    check_pixels(name, width, height, max_pixels)
    if found.orientation in _LYING:
        width, height = height, width
    return Measured(format=kind, width=width, height=height, depth=found.depth, bands=found.bands)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    width: int
    height: int
    orientation: int = 1
    frames: int = 1
    depth: int | None = None
    bands: int | None = None


class _Bounded:
    """A file that gives only so many bytes, in so many calls: what a hostile header can ask for has an end."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._bytes, self._calls = most, _MOST_CALLS

    def read(self, size: int = -1, /) -> bytes:
        """Read as a file does; ValueError when it has been too much."""
        self._bytes -= size
        self._calls -= 1
        if size < 0 or self._bytes < 0 or self._calls < 0:
            raise ValueError("the header is too long")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek as a file does; ValueError when it has been too often or too far."""
        self._calls -= 1
        if self._calls < 0 or offset > 1 << 62:
            raise ValueError("the header is too long")
        return self._file.seek(offset, whence)


def _jpeg(file: BinaryIO) -> _Header:
    # imagesize has no errors of its own: it raises whatever bad bytes lead its code to.
    try:
        info = imagesize.get_info(_Bounded(file, _MOST_OF_JPEG), dpi=False, colors=False, exif_rotation=False)
    except OSError:
        raise
    except Exception as error:
        raise ValueError("no JPEG header") from error
    return _Header(width=info.width, height=info.height, orientation=info.rotation, depth=8, bands=info.channels)


def _png(file: BinaryIO) -> _Header:
    width, height = _size(file)
    file.seek(24)
    depth, colours = file.read(2)
    bands = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colours)
    turned = _orientation(chunks.png_exif(file))
    return _Header(width=width, height=height, orientation=turned, depth=depth, bands=bands)


def _webp(file: BinaryIO) -> _Header:
    width, height = _size(file)
    found = chunks.webp_chunks(file)
    if found.first == b"VP8 ":
        # The upper two bits of each are a scale.
        width, height = width & 0x3FFF, height & 0x3FFF
    turned = _orientation(found.exif)
    return _Header(width=width, height=height, orientation=turned, frames=found.frames, depth=8)


def _tiff(file: BinaryIO) -> _Header:
    structure = Structure(file)
    main = structure.directory(structure.first)

    def number(tag: int, default: int) -> int:
        entry = main.find(tag)
        return default if entry is None else structure.number(entry)

    return _Header(
        width=number(0x0100, 0), height=number(0x0101, 0), orientation=number(ORIENTATION, 1),
        depth=number(0x0102, 1), bands=number(0x0115, 1),
    )  # fmt: skip


def _heif(file: BinaryIO) -> _Header:
    width, height = heif_size(file)
    return _Header(width=width, height=height)


def _size(file: BinaryIO) -> tuple[int, int]:
    """Width and height as they are stored; -1 where they cannot be found."""
    width, height = imagesize.get(_Bounded(file, _MOST_OF_OTHERS), exif_rotation=False)
    return int(width), int(height)


def _orientation(exif: bytes) -> int:
    if not exif:
        return 1
    try:
        blob = Blob(exif)
        entry = blob.main.find(ORIENTATION)
        return 1 if entry is None else blob.number(entry)
    except ValueError:
        return 1


_READERS: dict[Format, Callable[[BinaryIO], _Header]] = {
    Format.PNG: _png,
    Format.JPEG: _jpeg,
    Format.WEBP: _webp,
    Format.TIFF: _tiff,
    Format.AVIF: _heif,
    Format.HEIC: _heif,
}
