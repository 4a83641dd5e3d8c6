"""One part of a photo in the colours of a screen: read in one pass, and no larger than it is needed."""

from __future__ import annotations

from pathlib import Path

import pyvips

from safelight.errors import PhotoError
from safelight.imaging.codecs import open_photo
from safelight.imaging.colour import grey_to_srgb, on_white, to_8_bits
from safelight.imaging.formats import Format
from safelight.imaging.photo import Photo, Region
from safelight.imaging.regular import open_regular, unreadable_file
from safelight.imaging.vips import bare, reading

_SHRINKS = (8, 4, 2)
_SPARE = 2
"""How many pixels of the decoder's own shrinking one of the result is made of, at least."""
_TURNED = 5
_NO_PROFILE = "The colour profile of the photo cannot be used, and its numbers were taken for sRGB."


def read_part(path: Path, part: Region, size: tuple[int, int], *, max_pixels: int, name: str) -> Photo:
    """Read a part of a photo: upright, sRGB of 8 bits in three bands, on white, without metadata, in memory.

    Args:
        path: the photo's file.
        part: which part, in pixels of the upright photo.
        size: most pixels across and down of the result (Lanczos); it is never enlarged.
        max_pixels: largest photo that is opened.
        name: what messages call it.

    Raises:
        PhotoError: the file cannot be read, is no photo, too large, cut short or damaged, or the part is not inside it.
    """
    photo = open_photo(path, max_pixels=max_pixels, name=name)
    if min(part.left, part.top) < 0 or part.left + part.width > photo.width or part.top + part.height > photo.height:
        raise PhotoError(f"{name}: the file is another one than it was when it was looked at")
    width, height = min(size[0], part.width), min(size[1], part.height)
    with reading(name):
        image = _streamed(path, photo, part, (width, height)) if photo.format is Format.JPEG else None
        if image is None:
            image = photo.image.crop(part.left, part.top, part.width, part.height)
            image = to_size(_flat(image), width, height)
        image, warnings = _plain(image, photo.metadata.icc)
        return Photo(image.copy_memory(), name=name, warnings=(*photo.warnings, *warnings))


def to_size(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    """Resample to exactly so many pixels (Lanczos)."""
    if (image.width, image.height) == (width, height):
        return image
    return image.resize(width / image.width, vscale=height / image.height, kernel="lanczos3")


def _streamed(path: Path, photo: Photo, part: Region, size: tuple[int, int]) -> pyvips.Image | None:
    """Decode a JPEG down to the end of the part and keep only that, small enough; None for one in CMYK."""
    shrink = next((by for by in _SHRINKS if min(part.width / size[0], part.height / size[1]) >= by * _SPARE), 1)
    try:
        with open_regular(path) as file:
            source = pyvips.Source.new_from_descriptor(file.fileno())
            image = pyvips.Image.jpegload_source(source, shrink=shrink, fail_on="error", access="sequential")
            if image.bands > 3:
                return None
            turn = image.get("orientation") if image.get_typeof("orientation") else 1
            left, top, width, height = _as_stored(part, photo.width, photo.height, turn)
            x, y = min(left // shrink, image.width - 1), min(top // shrink, image.height - 1)
            across = min(max(1, round(width / shrink)), image.width - x)
            down = min(max(1, round(height / shrink)), image.height - y)
            small = to_size(image.crop(x, y, across, down), *(size[::-1] if turn >= _TURNED else size))
            return bare(small.copy_memory().autorot())
    except (OSError, ValueError) as error:
        raise unreadable_file(photo.name, error) from error


def _as_stored(part: Region, width: int, height: int, turn: int) -> tuple[int, int, int, int]:
    """Where a part of the upright photo (width, height) is in a file with this EXIF orientation."""
    right, below = width - part.left - part.width, height - part.top - part.height
    left = {2: right, 3: right, 5: part.top, 6: part.top, 7: below, 8: below}.get(turn, part.left)
    top = {3: below, 4: below, 5: part.left, 6: right, 7: right, 8: part.left}.get(turn, part.top)
    return (left, top, part.height, part.width) if turn >= _TURNED else (left, top, part.width, part.height)


def _flat(image: pyvips.Image) -> pyvips.Image:
    return on_white(image) if image.bands in (2, 4) else image


def _plain(image: pyvips.Image, icc: bytes | None) -> tuple[pyvips.Image, tuple[str, ...]]:
    """Three bands of 8 bits in sRGB; ``image`` has no alpha."""
    warnings: tuple[str, ...] = ()
    if icc:
        try:
            # Computed here, as a profile that cannot be used shows only then.
            image = _by_profile(image, icc).copy_memory()
        except pyvips.Error:
            # If it was the pixels and not the profile, they say so when they are read again.
            warnings = (_NO_PROFILE,)
    if image.format == "ushort":
        image = to_8_bits(image)
    if image.bands == 1:
        image = image.bandjoin([image, image])
    return bare(image).copy(interpretation="srgb"), warnings


def _by_profile(image: pyvips.Image, icc: bytes) -> pyvips.Image:
    if image.bands == 1:
        return grey_to_srgb(image, icc)[0]
    dressed = image.copy(interpretation="rgb16" if image.format == "ushort" else "srgb")
    dressed.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    # libvips takes another one in place of one that it cannot use; only this tells which one it was.
    if bytes(dressed.icc_import(embedded=True).get("icc-profile-data")) != icc:
        raise pyvips.Error("not a profile that can be used")
    return dressed.icc_transform("srgb", embedded=True, depth=16 if image.format == "ushort" else 8)
