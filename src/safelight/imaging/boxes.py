"""The size of the primary picture of an AVIF or HEIC file, from its boxes (ISO 14496-12, 23008-12).

Written for hostile data: at most a megabyte is read, each byte of it is passed once, and everything that makes no
sense is a :class:`ValueError`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from safelight.imaging.headers import top_box

_LARGE_INDEX = 1


def heif_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the primary picture as decoders give it: cropped and turned.

    Raises:
        ValueError: the file does not tell.
    """
    meta = dict(_boxes(top_box(file, b"meta")[4:]))
    if b"pitm" not in meta or b"iprp" not in meta:
        raise ValueError("no primary picture")
    primary = _number(meta[b"pitm"], 4, 4 if meta[b"pitm"][:1] > b"\0" else 2)
    properties: list[tuple[bytes, bytes]] = []
    chosen: list[int] = []
    for name, content in _boxes(meta[b"iprp"]):
        if name == b"ipco":
            properties = list(_boxes(content))
        elif name == b"ipma":
            chosen = chosen or _chosen(content, primary)
    width = height = 0
    for index in chosen:
        if 1 <= index <= len(properties):
            width, height = _applied(*properties[index - 1], width, height)
    if not width:
        raise ValueError("no size of the primary picture")
    return width, height


def _applied(name: bytes, content: bytes, width: int, height: int) -> tuple[int, int]:
    """The size after one property."""
    if name == b"ispe":
        return _number(content, 4, 4), _number(content, 8, 4)
    if name == b"irot" and _number(content, 0, 1) & 1:
        return height, width
    if name == b"clap" and len(content) >= 16:
        across, by, down, through = struct.unpack_from(">4I", content)
        if by and through and 0 < across // by <= width and 0 < down // through <= height:
            return across // by, down // through
    return width, height


def _chosen(content: bytes, item: int) -> list[int]:
    """The numbers of the properties of an item, counted from 1, in their order."""
    id_size = 4 if content[:1] > b"\0" else 2
    large = _number(content, 3, 1) & _LARGE_INDEX
    at = 8
    for _ in range(_number(content, 4, 4)):
        found, count = _number(content, at, id_size), _number(content, at + id_size, 1)
        at += id_size + 1
        if found == item:
            size, mask = (2, 0x7FFF) if large else (1, 0x7F)
            return [_number(content, at + size * index, size) & mask for index in range(count)]
        at += count * (2 if large else 1)
    return []


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of one box after the other."""
    at = 0
    while at + 8 <= len(data):
        size, skip = _number(data, at, 4), 8
        if size == 1:
            size, skip = _number(data, at + 8, 8), 16
        end = len(data) if size == 0 else at + size
        if end < at + skip or end > len(data):
            raise ValueError("a box does not fit into the one around it")
        yield data[at + 4 : at + 8], data[at + skip : end]
        at = end


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise ValueError("a box ends too early")
    return int.from_bytes(data[at : at + size], "big")
