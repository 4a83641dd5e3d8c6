"""Opening photos: by content and not by name, by an allow-list of decoders, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import BinaryIO

import pyvips

from safelight.imaging import iptc
from safelight.imaging.colour import full_range, to_photo_pixels
from safelight.imaging.encode import save_photo
from safelight.imaging.exif import resolution, upright
from safelight.imaging.formats import FORMAT_OF_SUFFIX, Format
from safelight.imaging.heic import open_heic
from safelight.imaging.ifd import tiff_pages
from safelight.imaging.photo import DEFAULT_RESOLUTION, Metadata, Photo, as_photo_image
from safelight.imaging.recognise import check_pixels, recognise, refuse_animation, refuse_raw
from safelight.imaging.regular import open_regular, unreadable_file
from safelight.imaging.tiffexif import exif_from_tiff, iptc_from_tiff
from safelight.imaging.vips import bare, reading, unreadable
from safelight.imaging.xmp import xmp_upright

__all__ = ["open_photo", "save_photo"]

_LOADERS: dict[Format, Callable[..., pyvips.Image]] = {
    Format.PNG: pyvips.Image.pngload_source,
    Format.JPEG: pyvips.Image.jpegload_source,
    Format.WEBP: pyvips.Image.webpload_source,
    Format.TIFF: pyvips.Image.tiffload_source,
    Format.AVIF: pyvips.Image.heifload_source,
}
_SHRINKS = (8, 4, 2)
"""What the decoder of JPEG can do on the way, the most first."""


def open_photo(path: Path, *, max_pixels: int, name: str | None = None, least: int | None = None) -> Photo:
    """Open a photo. Only its header is read here (a HEIC is decoded); pixels are decoded when first read.

    The photo is upright: the orientation of its file is applied and reset. Palettes and fewer than 8 bits become 8
    bits, 10 to 12 bits become 16, CMYK and Lab become sRGB; grey and RGB keep their numbers and their profile.
    ``name`` is what messages call the photo where the file is called otherwise.

    With ``least``, the photo may come smaller where that is less work: a JPEG by 2, 4 or 8, as long as its longer side
    keeps that many pixels.

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
            warnings = [*_suffix_warning(name, kind), *_page_warning(path, kind, name)]
            if kind is Format.HEIC:
                image, metadata = open_heic(file, name, max_pixels)
            else:
                image = _load(file, kind, name, max_pixels, least)
                metadata = _metadata(path, kind, image)
    except (OSError, ValueError) as error:
        raise unreadable_file(name, error) from error
    with reading(name):
        if kind not in (Format.AVIF, Format.HEIC):
            image = image.autorot()
        pixels = to_photo_pixels(image, name, metadata.icc)
        metadata, notes = _fitted(metadata, pixels.icc, pixels.image)
        return Photo(bare(as_photo_image(pixels.image)), metadata, kind, name, (*warnings, *pixels.warnings, *notes))


def _load(file: BinaryIO, kind: Format, name: str, max_pixels: int, least: int | None) -> pyvips.Image:
    """Read the header; the image decodes itself to memory or, if large, to disk at the first look at a pixel."""
    try:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        image = _LOADERS[kind](source, fail_on="error", access="random")
        if kind is Format.AVIF and image.get("heif-primary") != 0:
            image = _LOADERS[kind](source, page=image.get("heif-primary"), fail_on="error", access="random")
    except pyvips.Error as error:
        raise unreadable(name, error) from error
    if kind is Format.WEBP and image.get_typeof("n-pages"):
        refuse_animation(name, image.get("n-pages"))
    check_pixels(name, image.width, image.height, max_pixels)
    shrink = _shrink(image, least) if kind is Format.JPEG and least is not None else 1
    if shrink > 1:
        try:
            return _LOADERS[kind](source, shrink=shrink, fail_on="error", access="random")
        except pyvips.Error as error:
            raise unreadable(name, error) from error
    if kind is Format.AVIF and image.format == "ushort":
        return full_range(image, image.get("bits-per-sample"))
    return image


def _shrink(image: pyvips.Image, least: int) -> int:
    """By how much a JPEG is shrunk while it is decoded."""
    longer, shorter = max(image.width, image.height), min(image.width, image.height)
    return next((by for by in _SHRINKS if longer // by >= least and shorter >= by), 1)


def _metadata(path: Path, kind: Format, image: pyvips.Image) -> Metadata:
    exif, records = _blob(image, "exif-data"), _blob(image, "iptc-data")
    if kind is Format.TIFF:
        try:
            exif = exif_from_tiff(path)
        except ValueError:
            # Left out with a warning when it is made to fit.
            exif = b"damaged"
        try:
            records = iptc_from_tiff(path)
        except ValueError:
            records = None
    return Metadata(
        icc=_blob(image, "icc-profile-data"),
        exif=exif,
        xmp=_blob(image, "xmp-data"),
        iptc=iptc.unwrap(records) if records else None,
        xres=image.xres,
        yres=image.yres,
    )


def _blob(image: pyvips.Image, field: str) -> bytes | None:
    return bytes(image.get(field)) if image.get_typeof(field) else None


def _fitted(metadata: Metadata, icc: bytes | None, image: pyvips.Image) -> tuple[Metadata, list[str]]:
    """Make the metadata fit the upright photo; what is damaged is left out, and said."""
    warnings: list[str] = []
    exif, xmp = metadata.exif, metadata.xmp
    if exif is not None:
        try:
            exif = upright(exif, image.width, image.height)
        except ValueError:
            exif = None
            warnings.append("The EXIF data is damaged and was left out.")
    if xmp is not None:
        try:
            xmp = xmp_upright(xmp, image.width, image.height)
        except ValueError:
            xmp = None
            warnings.append("The XMP data is damaged and was left out.")
    fitted = replace(metadata, icc=icc, exif=exif, xmp=xmp)
    if metadata.xres == 1.0:
        # What libvips gives when the header says nothing; the file may say it in its EXIF only.
        xres, yres = _told_resolution(exif) or (DEFAULT_RESOLUTION, DEFAULT_RESOLUTION)
        fitted = replace(fitted, xres=xres, yres=yres)
    return fitted, warnings


def _told_resolution(exif: bytes | None) -> tuple[float, float] | None:
    try:
        return resolution(exif) if exif else None
    except ValueError:
        # Its resolution alone makes no sense; the rest of the EXIF may.
        return None


def _suffix_warning(name: str, kind: Format) -> list[str]:
    suffix = PurePath(name).suffix.lower()
    if FORMAT_OF_SUFFIX.get(suffix) is kind or not suffix:
        return []
    return [f"{name} is really a {kind.upper()} file and was opened as one."]


def _page_warning(path: Path, kind: Format, name: str) -> list[str]:
    if kind is not Format.TIFF:
        return []
    pages = tiff_pages(path)
    refuse_raw(name, pages)
    left_out = sum(not page.reduced for page in pages[1:])
    if not left_out:
        return []
    return [f"Only the first page was used; {left_out} more {'page was' if left_out == 1 else 'pages were'} left out."]
