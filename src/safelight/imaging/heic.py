"""HEIC, through pi-heif: libvips' own wheel has no HEVC decoder."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
import pyvips

from safelight.errors import BrokenPhotoError
from safelight.imaging.photo import Metadata, as_photo_image
from safelight.imaging.recognise import check_pixels


def open_heic(file: BinaryIO, name: str, max_pixels: int) -> tuple[pyvips.Image, Metadata]:
    """Decode the primary picture of a HEIC file. The decoder applies the file's transformations.

    Raises:
        PhotoTooLargeError: it has more than ``max_pixels`` pixels; nothing was decoded.
        BrokenPhotoError: the file is cut short or damaged.
    """
    # Only here: it brings Pillow along, which takes time to load and which nothing else needs.
    import pi_heif

    try:
        heif = pi_heif.open_heif(file, convert_hdr_to_8bit=False, hdr_to_16bit=False)
        width, height = heif.size
        check_pixels(name, width, height, max_pixels)
        array = np.asarray(heif)
    except (ValueError, EOFError, SyntaxError, RuntimeError, OSError, IndexError) as error:
        words = "cut short" if "end of file" in str(error).lower() else "damaged"
        raise BrokenPhotoError(f"{name}: the file is {words}") from error
    mode, _, bits = heif.mode.partition(";")
    image = _as_image(array, int(bits or 8))
    if mode.endswith("a"):
        image = image.unpremultiply().rint().cast(image.format)
    info = heif.info
    metadata = Metadata(icc=info.get("icc_profile"), exif=info.get("exif"), xmp=info.get("xmp"), xres=1.0, yres=1.0)
    return as_photo_image(image), metadata


def _as_image(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8 | np.uint16]], bits: int) -> pyvips.Image:
    height, width = array.shape[:2]
    bands = array.shape[2] if array.ndim == 3 else 1
    kind = "uchar" if array.dtype == np.uint8 else "ushort"
    image = pyvips.Image.new_from_memory(np.ascontiguousarray(array).tobytes(), width, height, bands, kind)
    if kind == "ushort" and bits < 16:
        image = image.linear(65535 / ((1 << bits) - 1), 0).rint().cast("ushort")
    return as_photo_image(image)
