"""Directories of TIFF structures, in TIFF files and in EXIF alike.

Written for hostile data: offsets are checked, chains of directories are followed once, and everything that makes no
sense is a :class:`ValueError`.

Structure after TIFF 6.0 and BigTIFF (magic 43, offsets of 8 bytes).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from safelight.imaging.regular import open_regular

SHORT, LONG = 3, 4
SIZE_OF_KIND = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MAX_ENTRIES, _MAX_IN_CHAIN = 4096, 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory: where it stands and where its value stands in the file."""

    tag: int
    kind: int
    count: int
    at: int
    value_at: int

    @property
    def size(self) -> int:
        """Bytes of the value."""
        return SIZE_OF_KIND[self.kind] * self.count


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory (IFD)."""

    at: int
    entries: tuple[Entry, ...]
    next_at: int
    """Where the offset of the next directory is written."""
    following: int
    """Offset of the next directory; 0 for none."""

    def find(self, tag: int) -> Entry | None:
        """The first entry with that tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


class Structure:
    """A TIFF structure in an open file, classic or BigTIFF, of either byte order."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the header.

        Raises:
            ValueError: it is not a TIFF structure.
        """
        self.file = file
        self.length = file.seek(0, io.SEEK_END)
        head = self.read(0, 8)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None:
            raise ValueError("no TIFF structure")
        self.order = order
        magic = self.unpack("H", head[2:4])
        if magic not in (42, 43):
            raise ValueError("no TIFF structure")
        self.big = magic == 43
        self.first = self.unpack("Q", self.read(8, 8)) if self.big else self.unpack("I", head[4:8])

    @property
    def first_at(self) -> int:
        """Where the offset of the first directory is written."""
        return 8 if self.big else 4

    @property
    def offset_code(self) -> str:
        """The struct code of an offset."""
        return "Q" if self.big else "I"

    def unpack(self, code: str, data: bytes) -> int:
        """Read one integer in the byte order of the structure."""
        return int(struct.unpack(self.order + code, data)[0])

    def pack(self, code: str, value: int) -> bytes:
        """Write one integer in the byte order of the structure."""
        return struct.pack(self.order + code, value)

    def read(self, at: int, size: int) -> bytes:
        """Read exactly ``size`` bytes.

        Raises:
            ValueError: the file ends before.
        """
        if at < 0 or at + size > self.length:
            raise ValueError("an offset is outside the file")
        self.file.seek(at)
        data = self.file.read(size)
        if len(data) != size:
            raise ValueError("the file ends within a directory")
        return data

    def directory(self, at: int) -> Directory:
        """Read the directory at an offset. Entries of unknown kinds are left out.

        Raises:
            ValueError: it is not one.
        """
        count_code, entry_size, inline = ("Q", 20, 8) if self.big else ("H", 12, 4)
        count_size = struct.calcsize("<" + count_code)
        if at < 8:
            raise ValueError("a directory lies in the header")
        count = self.unpack(count_code, self.read(at, count_size))
        if count > _MAX_ENTRIES:
            raise ValueError("a directory has too many entries")
        body = self.read(at + count_size, count * entry_size)
        entries = []
        for index in range(count):
            start = index * entry_size
            tag, kind = struct.unpack_from(self.order + "HH", body, start)
            number = int(struct.unpack_from(self.order + self.offset_code, body, start + 4)[0])
            if kind not in SIZE_OF_KIND:
                continue
            position = at + count_size + start
            value_at = position + entry_size - inline
            if SIZE_OF_KIND[kind] * number > inline:
                value_at = self.unpack(self.offset_code, body[start + entry_size - inline : start + entry_size])
            entries.append(Entry(tag, kind, number, position, value_at))
        next_at = at + count_size + count * entry_size
        following = self.unpack(self.offset_code, self.read(next_at, inline))
        return Directory(at, tuple(entries), next_at, following)

    def value(self, entry: Entry, limit: int = 1 << 24) -> bytes:
        """Read the value of an entry as it stands in the file.

        Raises:
            ValueError: it is not all there, or has more than ``limit`` bytes.
        """
        if entry.size > limit:
            raise ValueError("a value is too long")
        return self.read(entry.value_at, entry.size)

    def number(self, entry: Entry) -> int:
        """Read an entry that holds one whole number.

        Raises:
            ValueError: it does not.
        """
        code = {1: "B", SHORT: "H", LONG: "I", 13: "I", 16: "Q", 18: "Q"}.get(entry.kind)
        if code is None or entry.count < 1:
            raise ValueError("a number is not a number")
        return self.unpack(code, self.read(entry.value_at, SIZE_OF_KIND[entry.kind]))

    def chain(self) -> Iterator[Directory]:
        """Walk through the directories, each once.

        Raises:
            ValueError: one of them is damaged.
        """
        seen: set[int] = set()
        at, entries = self.first, 0
        while at and at not in seen and entries < _MAX_IN_CHAIN:
            seen.add(at)
            directory = self.directory(at)
            entries += 1 + len(directory.entries)
            yield directory
            at = directory.following


@dataclass(frozen=True, slots=True)
class Page:
    """What the directory of one page of a TIFF tells."""

    reduced: bool
    """It is a small version of another page."""
    raw: bool
    """Its pixels are a camera's raw data, or stand in for them."""


def tiff_pages(path: Path) -> list[Page]:
    """List the pages of a TIFF file; damaged directories end the list.

    Raises:
        PhotoError: it is not an ordinary file that can be opened.
    """
    pages: list[Page] = []
    try:
        with open_regular(path) as file:
            structure = Structure(file)
            cr2 = structure.read(8, 2) == b"CR"
            for directory in structure.chain():
                kind = directory.find(0x00FE)
                reduced = kind is not None and bool(structure.number(kind) & 1)
                raw = cr2 or directory.find(50706) is not None or (reduced and directory.find(330) is not None)
                pages.append(Page(reduced, raw))
    except (OSError, ValueError):
        pass
    return pages
