"""The chunks of PNG and WebP files that tell how a photo is turned; nothing is decoded here.

Written for hostile data: how many chunks are looked at, and how much of one is read, is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

_MOST_CHUNKS, _LONGEST = 10_000, 1 << 20
_ANIMATED = 0x02


@dataclass(frozen=True, slots=True, kw_only=True)
class WebpChunks:
    """What the chunks of a WebP file tell."""

    first: bytes
    """Name of the first chunk: ``VP8 ``, ``VP8L`` or ``VP8X``."""
    frames: int
    """How many frames it has; 1 for a still picture."""
    exif: bytes
    """Its EXIF; empty if it has none."""


def webp_chunks(file: BinaryIO) -> WebpChunks:
    """Walk through the chunks of a WebP file."""
    first, frames, exif, animated = b"", 0, b"", False
    at = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        name, size = head[:4], int.from_bytes(head[4:], "little")
        first = first or name
        if name == b"VP8X":
            animated = bool(int.from_bytes(file.read(1), "little") & _ANIMATED)
        elif name == b"ANMF":
            frames += 1
        elif name == b"EXIF" and not exif:
            exif = file.read(min(size, _LONGEST))
        at += 8 + size + size % 2
    return WebpChunks(first=first, frames=max(1, frames) if animated else 1, exif=exif)


def png_exif(file: BinaryIO) -> bytes:
    """Give the EXIF of a PNG that stands before its pixels; empty if it has none."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            return b""
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"eXIf":
            return file.read(min(length, _LONGEST))
        at += length + 12
    return b""
