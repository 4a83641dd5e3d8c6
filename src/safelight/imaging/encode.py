"""Writing photos: streamed from the lazy image to exactly the path given, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyvips

from safelight.errors import DiskFullError, OutputError
from safelight.imaging import iptc
from safelight.imaging.colour import grey_to_srgb, on_white, to_8_bits
from safelight.imaging.disk import FULL
from safelight.imaging.exif import upright, without_gps
from safelight.imaging.formats import HOLDS, Format, Output, Strip, check_output
from safelight.imaging.replacing import replacing
from safelight.imaging.tiffexif import embed_in_tiff
from safelight.imaging.vips import bare, is_full, unreadable
from safelight.imaging.xmp import xmp_upright, xmp_without_gps

if TYPE_CHECKING:
    from safelight.imaging.photo import Metadata, Photo

_SEGMENT = 65_000
"""Most bytes of one kind of metadata in a JPEG file."""


def save_photo(photo: Photo, path: Path, output: Output) -> tuple[str, ...]:
    """Encode ``photo`` to ``path``, whatever its suffix, and bring it safely to disk.

    A file that is there is replaced when all of the new one is written, and stays as it is if anything goes wrong;
    so a photo can be saved to the file it came from. No partial file stays. Returns what could not be kept, in plain
    words (the warnings of the photo itself are not repeated).

    Raises:
        PhotoTooLargeError: the format cannot hold so many pixels; nothing was done.
        BrokenPhotoError: the source of the pixels turned out to be cut short or damaged.
        DiskFullError: the disk is full.
        OutputError: the file cannot be written.
    """
    check_output(output.format, photo.width, photo.height)
    image, icc, warnings = _pixels(photo, output)
    kept, notes = _metadata(photo, icc, output)
    try:
        with replacing(path) as (descriptor, draft):
            _encode(image, kept, descriptor, output, photo, path)
            if output.format is Format.TIFF:
                notes += _embed(draft, kept.exif, kept.iptc)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError(f"{path}: no space is left to write this file") from error
        raise OutputError(f"{path}: cannot be written: {(error.strerror or 'error').lower()}") from error
    return (*warnings, *notes)


def _embed(path: Path, exif: bytes | None, records: bytes | None) -> list[str]:
    """Put into a TIFF file what libvips does not write; gives what had to be left out."""
    if not exif and not records:
        return []
    try:
        embed_in_tiff(path, exif, records)
    except ValueError:
        what = "EXIF" if exif else "IPTC"
        return [f"The {what} data is damaged and was left out.", *(_embed(path, None, records) if exif else [])]
    return []


def _encode(image: pyvips.Image, metadata: Metadata, descriptor: int, output: Output, photo: Photo, path: Path) -> None:
    target = pyvips.Target.new_to_descriptor(descriptor)
    try:
        _SAVERS[output.format](_dressed(image, metadata), target, output, _keep(metadata))
    except pyvips.Error as error:
        if is_full(str(error)) or _is_full_here(descriptor):
            raise DiskFullError(f"{path}: no space is left to write this file") from error
        if photo.format is not None:
            raise unreadable(photo.name, error) from error
        raise OutputError(f"{path}: the encoder failed") from error


def _is_full_here(descriptor: int) -> bool:
    """Encoders do not always say why they could not write, so try it."""
    try:
        os.lseek(descriptor, 0, os.SEEK_END)
        written = os.write(descriptor, bytes(1 << 20))
        os.fsync(descriptor)
    except OSError as error:
        return error.errno in FULL
    return written < 1 << 20


def _pixels(photo: Photo, output: Output) -> tuple[pyvips.Image, bytes | None, list[str]]:
    """Fit the pixels to what the format can hold; gives the ICC profile that they then need as well."""
    image, icc, holds, warnings = photo.image, photo.metadata.icc, HOLDS[output.format], []
    if photo.grey and icc is not None and not holds.grey:
        image, icc = grey_to_srgb(image, icc)
        warnings.append(f"{output.format.upper()} has no grey; the photo became RGB and its grey profile sRGB.")
    if photo.alpha and not holds.alpha:
        image = on_white(image)
        warnings.append(f"{output.format.upper()} has no transparency; the photo was laid on white.")
    if photo.depth not in holds.depths:
        image = to_8_bits(image)
        warnings.append(f"{output.format.upper()} has 8 bits per channel; the 16 of the photo were rounded.")
    if output.format is Format.AVIF and image.format == "ushort":
        # The encoder takes the upper 12 bits; they have to be the rounded ones.
        image = (image.linear(4095 / 65535, 0).rint() * 16).cast("ushort")
        warnings.append("AVIF has 12 bits per channel at most; the 16 of the photo were rounded.")
    if image.format == "uchar":
        image = image.copy(interpretation="b-w" if image.bands < 3 else "srgb")
    return image, icc, warnings


def _metadata(photo: Photo, icc: bytes | None, output: Output) -> tuple[Metadata, list[str]]:
    """Fit the metadata to the result, to what was asked, and to what the format can hold."""
    warnings: list[str] = []
    metadata = replace(photo.metadata, icc=icc)
    if output.strip is Strip.ALL:
        return replace(metadata, exif=None, xmp=None, iptc=None), warnings
    exif, xmp, records = metadata.exif, metadata.xmp, metadata.iptc
    try:
        if exif is not None:
            exif = upright(exif, photo.width, photo.height)
            exif = without_gps(exif) if output.strip is Strip.GPS else exif
    except ValueError:
        exif = None
        warnings.append("The EXIF data is damaged and was left out.")
    try:
        if xmp is not None:
            xmp = xmp_upright(xmp, photo.width, photo.height)
            xmp = xmp_without_gps(xmp) if output.strip is Strip.GPS else xmp
    except ValueError:
        xmp = None
        warnings.append("The XMP data is damaged and was left out.")
    if records and not HOLDS[output.format].iptc:
        records = None
        warnings.append(f"{output.format.upper()} has no place for IPTC data; it was left out.")
    if output.format is Format.JPEG:
        exif = _in_one_segment(exif, "EXIF", warnings)
        xmp = _in_one_segment(xmp, "XMP", warnings)
        records = _in_one_segment(records, "IPTC", warnings)
        records = iptc.wrap(records) if records else None
    return replace(metadata, exif=exif, xmp=xmp, iptc=records), warnings


def _in_one_segment(data: bytes | None, what: str, warnings: list[str]) -> bytes | None:
    if data is None or len(data) <= _SEGMENT:
        return data
    warnings.append(f"JPEG has no place for {len(data):,} bytes of {what} data; it was left out.")
    return None


def _dressed(image: pyvips.Image, metadata: Metadata) -> pyvips.Image:
    """Attach what the encoders of libvips write."""
    image = bare(image).copy(xres=metadata.xres, yres=metadata.yres)
    blobs = {
        "icc-profile-data": metadata.icc,
        "exif-data": b"Exif\0\0" + metadata.exif if metadata.exif else None,
        "xmp-data": metadata.xmp,
        "iptc-data": metadata.iptc,
    }
    for field, data in blobs.items():
        if data:
            image.set_type(pyvips.GValue.blob_type, field, data)
    return image


def _keep(metadata: Metadata) -> int:
    """The flags of what to keep; without EXIF of its own, libvips would make some up."""
    flags = 0
    for data, flag in ((metadata.exif, 1), (metadata.xmp, 2), (metadata.iptc, 4), (metadata.icc, 8)):
        flags |= flag if data else 0
    return flags


def _png(image: pyvips.Image, target: pyvips.Target, output: Output, keep: int) -> None:
    image.pngsave_target(target, compression=2, filter="avg", keep=keep)


# No optimised Huffman tables: they save 2% but hold all coefficients of the photo in memory.
def _jpeg(image: pyvips.Image, target: pyvips.Target, output: Output, keep: int) -> None:
    quality = _quality(output)
    chroma = "off" if quality >= 90 else "on"
    image.jpegsave_target(target, Q=quality, subsample_mode=chroma, keep=keep)


def _webp(image: pyvips.Image, target: pyvips.Target, output: Output, keep: int) -> None:
    image.webpsave_target(target, Q=_quality(output), lossless=output.lossless, exact=output.lossless, keep=keep)


def _tiff(image: pyvips.Image, target: pyvips.Target, output: Output, keep: int) -> None:
    size = image.width * image.height * image.bands * (2 if image.format == "ushort" else 1)
    image.tiffsave_target(
        target, compression="deflate", level=3, predictor="horizontal", bigtiff=size > 0xF000_0000, keep=keep & ~(1 | 4)
    )


def _avif(image: pyvips.Image, target: pyvips.Target, output: Output, keep: int) -> None:
    quality = _quality(output)
    bits = 12 if image.format == "ushort" else 8
    chroma = "off" if quality >= 90 else "on"
    image.heifsave_target(
        target, compression="av1", Q=quality, bitdepth=bits, effort=1, subsample_mode=chroma, keep=keep
    )


def _quality(output: Output) -> int:
    return output.quality or HOLDS[output.format].quality or 90


_SAVERS: dict[Format, Callable[[pyvips.Image, pyvips.Target, Output, int], None]] = {
    Format.PNG: _png,
    Format.JPEG: _jpeg,
    Format.WEBP: _webp,
    Format.TIFF: _tiff,
    Format.AVIF: _avif,
}
