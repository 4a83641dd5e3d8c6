"""Files that are nearly photos: whole ones, changed by a chance that can be had again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyvips

_SIDE = 64
_INTERESTING = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)


def seeds() -> Mapping[str, bytes]:
    """One or more whole photos for each decoder, by name."""
    rgb = _picture(3)
    wide = (rgb.cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    grey = _picture(1).copy(interpretation="b-w")
    clear = rgb.bandjoin(grey)
    rgb = _described(rgb)
    return {
        "png": rgb.pngsave_buffer(), "png interlaced": clear.pngsave_buffer(interlace=True),
        "png of 16 bits": wide.pngsave_buffer(), "png with a palette": rgb.pngsave_buffer(palette=True),
        "jpeg": rgb.jpegsave_buffer(), "jpeg progressive": rgb.jpegsave_buffer(interlace=True),
        "jpeg grey": grey.jpegsave_buffer(), "jpeg cmyk": rgb.icc_export(output_profile="cmyk").jpegsave_buffer(),
        "webp": rgb.webpsave_buffer(), "webp lossless": clear.webpsave_buffer(lossless=True),
        "tiff": rgb.tiffsave_buffer(compression="none"), "tiff deflate": rgb.tiffsave_buffer(compression="deflate"),
        "tiff lzw": wide.tiffsave_buffer(compression="lzw", predictor="horizontal"),
        "tiff jpeg": rgb.tiffsave_buffer(compression="jpeg", tile=True, tile_width=32, tile_height=32),
        "tiff pyramid": rgb.tiffsave_buffer(compression="deflate", tile=True, pyramid=True, bigtiff=True),
        "avif": rgb.heifsave_buffer(compression="av1", effort=0),
        "avif of 10 bits": wide.heifsave_buffer(compression="av1", effort=0, bitdepth=10),
    }  # fmt: skip


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Give a changed copy: cut, overwritten, swapped, repeated or with other numbers, once to six times."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        chance.choice(_CHANGES)(data, chance)
        if len(data) < 16:
            break
    return bytes(data)


def many(whole: bytes, name: str, count: int) -> Iterator[bytes]:
    """Give so many changed copies, the same every time."""
    for number in range(count):
        yield mutated(whole, random.Random(f"{name} {number}"))


def _picture(bands: int) -> pyvips.Image:
    pixels = np.random.default_rng(7).integers(0, 256, (_SIDE, _SIDE, bands), dtype=np.uint8)
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb").gaussblur(1.5).cast("uchar")


def _described(image: pyvips.Image) -> pyvips.Image:
    """Attach what headers carry: EXIF, XMP and a profile, so that they are changed as well."""
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "exif-data", _EXIF)
    image.set_type(pyvips.GValue.blob_type, "xmp-data", b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    return image.icc_export(output_profile="srgb")


_EXIF = (
    b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
    b"\x1a\x01\x05\0\x01\0\0\0\x26\0\0\0\0\0\0\0\x2c\x01\0\0\x01\0\0\0"
)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)


def _set(data: bytearray, chance: random.Random) -> None:
    data[_early(data, chance)] = chance.choice(_INTERESTING)


def _number(data: bytearray, chance: random.Random) -> None:
    size, order = chance.choice((2, 4)), chance.choice(("little", "big"))
    at = _early(data, chance)
    value = chance.choice(_NUMBERS) & (256**size - 1)
    data[at : at + size] = value.to_bytes(size, order)


def _repeat(data: bytearray, chance: random.Random) -> None:
    at, size = chance.randrange(len(data)), chance.randint(1, 64)
    data[at:at] = data[at : at + size] * chance.randint(1, 50)


def _drop(data: bytearray, chance: random.Random) -> None:
    at = _early(data, chance)
    del data[at : at + chance.randint(1, 16)]


def _swap(data: bytearray, chance: random.Random) -> None:
    one, other, size = chance.randrange(len(data)), chance.randrange(len(data)), chance.randint(1, 32)
    piece = data[one : one + size]
    data[one : one + size] = data[other : other + size]
    data[other : other + len(piece)] = piece


def _early(data: bytearray, chance: random.Random) -> int:
    """A place that is more often in the headers than behind them."""
    most = len(data) if chance.random() < 0.3 else min(len(data), 512)
    return chance.randrange(most)


_CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _cut, _flip, _set, _number, _number, _repeat, _drop, _swap,
)  # fmt: skip
