"""Opening photos: by content and not by name, by an allow-list of decoders, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pyvips

from safelight.errors import PhotoTooLargeError, UnsupportedFormatError
from safelight.imaging import headers, iptc
from safelight.imaging.colour import full_range, to_photo_pixels
from safelight.imaging.encode import save_photo
from safelight.imaging.exif import resolution, upright
from safelight.imaging.formats import FORMAT_OF_SUFFIX, Format, sniff
from safelight.imaging.heic import open_heic
from safelight.imaging.ifd import tiff_pages
from safelight.imaging.photo import DEFAULT_RESOLUTION, Metadata, Photo, as_photo_image
from safelight.imaging.regular import open_regular, unreadable_file
from safelight.imaging.tiffexif import exif_from_tiff, iptc_from_tiff
from safelight.imaging.vips import bare, reading, unreadable
from safelight.imaging.xmp import xmp_upright

__all__ = ["open_photo", "save_photo"]

_HEAD = 512
_LOADERS: dict[Format, Callable[..., pyvips.Image]] = {
    Format.PNG: pyvips.Image.pngload_source,
    Format.JPEG: pyvips.Image.jpegload_source,
    Format.WEBP: pyvips.Image.webpload_source,
    Format.TIFF: pyvips.Image.tiffload_source,
    Format.AVIF: pyvips.Image.heifload_source,
}


def open_photo(path: Path, *, max_pixels: int) -> Photo:
    """Open a photo. Only its header is read here (a HEIC is decoded); pixels are decoded when first read.

    The photo is upright: the orientation of its file is applied and reset. Palettes and fewer than 8 bits become 8
    bits, 10 to 12 bits become 16, CMYK and Lab become sRGB; grey and RGB keep their numbers and their profile.

    Raises:
        UnsupportedFormatError: the content is in no format that Safelight opens, or is animated.
        PhotoTooLargeError: it has more than ``max_pixels`` pixels, according to its header.
        BrokenPhotoError: its header is cut short or damaged.
        PhotoError: the file cannot be read at all.
    """
    name = path.name
    try:
        with open_regular(path) as file:
            kind = _recognise(file, name)
            warnings = [*_suffix_warning(path, kind), *_page_warning(path, kind)]
            if kind is Format.HEIC:
                image, metadata = open_heic(file, name, max_pixels)
            else:
                image = _load(file, kind, name, max_pixels)
                metadata = _metadata(path, kind, image)
    except (OSError, ValueError) as error:
        raise unreadable_file(name, error) from error
    with reading(name):
        if kind not in (Format.AVIF, Format.HEIC):
            image = image.autorot()
        pixels = to_photo_pixels(image, name, metadata.icc)
        metadata, notes = _fitted(metadata, pixels.icc, pixels.image)
        return Photo(bare(as_photo_image(pixels.image)), metadata, kind, name, (*warnings, *pixels.warnings, *notes))


def _recognise(file: BinaryIO, name: str) -> Format:
    """Tell the format by content, and refuse what is animated."""
    head = file.read(_HEAD)
    kind = sniff(head)
    if kind is None:
        what = headers.describe(head)
        raise UnsupportedFormatError(
            f"{name}: this is {what}" if head else f"{name}: the file is empty",
            hint="Safelight opens JPEG, PNG, WebP, TIFF, AVIF and HEIC",
        )
    if kind is Format.PNG:
        _refuse_animation(name, headers.png_frames(file))
    elif kind in (Format.AVIF, Format.HEIC):
        _refuse_animation(name, headers.heif_frames(file))
    return kind


def _refuse_animation(name: str, frames: int | None) -> None:
    if frames != 1:
        count = f" with {frames} frames" if frames else ""
        raise UnsupportedFormatError(f"{name}: this is an animation{count}", hint="only still photos are opened")


def _load(file: BinaryIO, kind: Format, name: str, max_pixels: int) -> pyvips.Image:
    """Read the header; the image decodes itself to memory or, if large, to disk at the first look at a pixel."""
    try:
        source = pyvips.Source.new_from_descriptor(file.fileno())
        image = _LOADERS[kind](source, fail_on="error", access="random")
        if kind is Format.AVIF and image.get("heif-primary") != 0:
            image = _LOADERS[kind](source, page=image.get("heif-primary"), fail_on="error", access="random")
    except pyvips.Error as error:
        raise unreadable(name, error) from error
    if kind is Format.WEBP and image.get_typeof("n-pages"):
        _refuse_animation(name, image.get("n-pages"))
    if image.width * image.height > max_pixels:
        raise PhotoTooLargeError(f"{name}: {image.width} x {image.height} is more than {max_pixels:,} pixels")
    if kind is Format.AVIF and image.format == "ushort":
        return full_range(image, image.get("bits-per-sample"))
    return image


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
        xres, yres = (resolution(exif) if exif else None) or (DEFAULT_RESOLUTION, DEFAULT_RESOLUTION)
        fitted = replace(fitted, xres=xres, yres=yres)
    return fitted, warnings


def _suffix_warning(path: Path, kind: Format) -> list[str]:
    if FORMAT_OF_SUFFIX.get(path.suffix.lower()) is kind or not path.suffix:
        return []
    return [f"{path.name} is really a {kind.upper()} file and was opened as one."]


def _page_warning(path: Path, kind: Format) -> list[str]:
    if kind is not Format.TIFF:
        return []
    pages = tiff_pages(path)
    if pages and pages[0].raw:
        raise UnsupportedFormatError(f"{path.name}: this is a camera raw file", hint="develop it to TIFF or JPEG first")
    left_out = sum(not page.reduced for page in pages[1:])
    if not left_out:
        return []
    return [f"Only the first page was used; {left_out} more {'page was' if left_out == 1 else 'pages were'} left out."]
