"""From what decoders give to what a photo is: grey or RGB, 8 or 16 bits, full range, with a profile that fits."""

from __future__ import annotations

from typing import NamedTuple

import pyvips

from safelight.errors import UnsupportedFormatError


class PhotoPixels(NamedTuple):
    """Pixels fit for a photo, the ICC profile that goes with them, and what was decided on the way."""

    image: pyvips.Image
    icc: bytes | None
    warnings: tuple[str, ...] = ()


def to_photo_pixels(image: pyvips.Image, name: str, icc: bytes | None) -> PhotoPixels:
    """Bring a decoded image into the shape that :class:`~safelight.imaging.photo.Photo` promises.

    Grey and RGB keep their numbers and their profile; CMYK becomes sRGB by its profile, Lab by definition.

    Raises:
        UnsupportedFormatError: its pixels are of a kind that Safelight has no use for.
    """
    if image.interpretation == "cmyk" and image.format in ("uchar", "ushort"):
        return _from_cmyk(image, icc)
    if image.interpretation in ("lab", "labs", "labq"):
        deep = "rgb16" if image.interpretation != "lab" or image.format == "ushort" else "srgb"
        return PhotoPixels(image.colourspace(deep), None, ("The Lab colours were converted to sRGB.",))
    if image.format not in ("uchar", "ushort"):
        kind = "floating-point" if image.format in ("float", "double") else f"{image.format}"
        raise UnsupportedFormatError(
            f"{name}: its pixels are {kind} numbers", hint="save it with 8 or 16 bits per channel"
        )
    if image.bands > 4:
        raise UnsupportedFormatError(f"{name}: it has {image.bands} channels", hint="save it as grey or RGB")
    return _with_fitting_profile(image, icc)


def _from_cmyk(image: pyvips.Image, icc: bytes | None) -> PhotoPixels:
    depth = 16 if image.format == "ushort" else 8
    rgb = _by_own_profile(image, icc, depth)
    by = "its own profile"
    if rgb is None:
        by = f"a general CMYK profile, as {'its own cannot be used' if icc else 'it has none of its own'}"
        rgb = image.icc_transform("srgb", input_profile="cmyk", depth=depth)
    profile = bytes(rgb.get("icc-profile-data")) if rgb.get_typeof("icc-profile-data") else None
    return PhotoPixels(rgb, profile, (f"The CMYK colours were converted to sRGB by {by}.",))


def _by_own_profile(image: pyvips.Image, icc: bytes | None, depth: int) -> pyvips.Image | None:
    """Convert CMYK to sRGB by ``icc``; None if that is no profile to do it with."""
    if icc is None or _space(icc) != b"CMYK":
        return None
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    try:
        # libvips takes a general one in place of one that it cannot use; only this tells which one it was.
        if bytes(image.icc_import(embedded=True).get("icc-profile-data")) != icc:
            return None
        return image.icc_transform("srgb", embedded=True, depth=depth)
    except pyvips.Error:
        return None


def _with_fitting_profile(image: pyvips.Image, icc: bytes | None) -> PhotoPixels:
    if icc is None:
        return PhotoPixels(image, None)
    needed = b"GRAY" if image.bands < 3 else b"RGB "
    if _space(icc) == needed:
        return PhotoPixels(image, icc)
    return PhotoPixels(image, None, ("The colour profile does not fit the picture and was left out.",))


def _space(icc: bytes | None) -> bytes:
    """The colour space that an ICC profile is for; empty if it is not a profile."""
    return icc[16:20] if icc and len(icc) >= 128 and icc[36:40] == b"acsp" else b""


def grey_to_srgb(image: pyvips.Image, icc: bytes) -> tuple[pyvips.Image, bytes]:
    """Turn grey with a grey ICC profile into sRGB of the same depth, with its profile."""
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    rgb = image.icc_transform("srgb", embedded=True, depth=16 if image.format == "ushort" else 8)
    return rgb, bytes(rgb.get("icc-profile-data"))


def full_range(image: pyvips.Image, bits: int) -> pyvips.Image:
    """Stretch ushort pixels whose upper ``bits`` bits are used to all of 0-65535."""
    top = ((1 << bits) - 1) << (16 - bits)
    return image.linear(65535 / top, 0).rint().cast("ushort").copy(interpretation=image.interpretation)


def to_8_bits(image: pyvips.Image) -> pyvips.Image:
    """Round 16 bits, full range, to 8."""
    return image.linear(1 / 257, 0).rint().cast("uchar")


def on_white(image: pyvips.Image) -> pyvips.Image:
    """Lay a photo with alpha on white paper, in whole numbers, so that opaque pixels stay as they are."""
    white = 65535 if image.format == "ushort" else 255
    flat = image.flatten(background=[white] * (image.bands - 1), max_alpha=white)
    return flat.rint().cast(image.format)
