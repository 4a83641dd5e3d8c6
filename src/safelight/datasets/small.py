"""A photo as it is looked at: a small copy in memory, made without decoding what it does not need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyvips

from safelight.imaging.codecs import open_photo
from safelight.imaging.colour import grey_to_srgb, on_white, to_8_bits
from safelight.imaging.photo import Photo
from safelight.imaging.vips import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A small copy of a photo."""

    photo: Photo
    """Upright, sRGB of 8 bits, three bands, laid on white, in memory; not larger than the photo."""
    width: int
    """Pixels across of the photo itself, upright."""
    height: int
    """Pixels down."""

    @property
    def factor(self) -> tuple[float, float]:
        """Pixels of the photo for one of the copy, across and down; 1 or more."""
        return self.width / self.photo.width, self.height / self.photo.height


def open_small(path: Path, *, least: int, longest: int, max_pixels: int, name: str) -> Small:
    """Open a photo small.

    Args:
        path: its file.
        least: what is decoded keeps this many pixels on its longer side, if it has them.
        longest: the copy has no more than this many.
        max_pixels: largest photo that is opened.
        name: what messages call it.

    Raises:
        PhotoError: the file cannot be read, is no photo, too large, cut short or damaged.
    """
    whole = open_photo(path, max_pixels=max_pixels, name=name)
    width, height = whole.width, whole.height
    # A HEIC is decoded by now; of the others only the header was read.
    opened = open_photo(path, max_pixels=max_pixels, name=name, least=least) if _shrinks(whole, least) else whole
    with reading(name):
        image = plain(_fitted(opened.image, longest), opened.metadata.icc).copy_memory()
    return Small(photo=Photo(image, format=whole.format, name=name), width=width, height=height)


def plain(image: pyvips.Image, icc: bytes | None) -> pyvips.Image:
    """Three bands of 8 bits, sRGB, laid on white; ``image`` is that of a photo with this profile."""
    if image.bands in (2, 4):
        image = on_white(image)
    if image.bands == 1:
        image = grey_to_srgb(image, icc)[0] if icc else image.bandjoin([image, image])
    elif icc:
        image = _to_srgb(image, icc)
    if image.format == "ushort":
        image = to_8_bits(image)
    return image.copy(interpretation="srgb")


def _to_srgb(image: pyvips.Image, icc: bytes) -> pyvips.Image:
    dressed = image.copy()
    dressed.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    try:
        # Computed here, as a profile that cannot be used shows only then.
        changed = dressed.icc_transform("srgb", embedded=True, depth=16 if image.format == "ushort" else 8)
        return changed.extract_band(0, n=3)
    except pyvips.Error:
        return image


def _fitted(image: pyvips.Image, longest: int) -> pyvips.Image:
    """At most ``longest`` pixels a side, and one at least."""
    shrink = longest / max(image.width, image.height)
    if shrink >= 1:
        return image
    alpha = image.bands in (2, 4)
    kind = image.format
    image = image.premultiply() if alpha else image
    across, down = (max(shrink, 1 / side) for side in (image.width, image.height))
    small = image.resize(across, vscale=down, kernel="linear")
    return (small.unpremultiply() if alpha else small).rint().cast(kind)


def _shrinks(photo: Photo, least: int) -> bool:
    return photo.format == "jpeg" and max(photo.width, photo.height) >= 2 * least
