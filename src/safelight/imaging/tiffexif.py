"""EXIF in TIFF files, which libvips neither reads nor writes: out of a file as a blob, and into a file it wrote."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from safelight.imaging.exif import EXIF_IFD, GPS_IFD, INTEROP_IFD, Blob
from safelight.imaging.ifd import LONG, SIZE_OF_KIND, Directory, Structure
from safelight.imaging.regular import open_regular

# fmt: off
_DESCRIPTIVE = frozenset([
    0x010D, 0x010E, 0x010F, 0x0110, 0x0112, 0x011A, 0x011B, 0x011D, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C, 0x4746,
    0x4749, 0x8298, 0x9003, 0x9004, 0x9286, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F, 0xC614, 0xC62F, 0xC6F3,
])
# fmt: on
"""Tags of a main directory that describe the photo rather than how its pixels are stored."""

_IPTC, _UNDEFINED = 0x83BB, 7
_LARGEST = 1 << 22
_MOST = 1 << 24
"""Most bytes that the values of one EXIF structure may have together."""
_UNIT = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 1, 7: 1, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}


@dataclass(frozen=True, slots=True)
class _Value:
    """An entry taken out of its file; the data is in the byte order of the place it goes to."""

    tag: int
    kind: int
    count: int
    data: bytes


class _Reader:
    """Takes values out of a structure until they have more bytes together than it may hold.

    Entries may share their bytes: without that limit, a small file could ask for any amount of memory.
    """

    def __init__(self, structure: Structure, order: str, most: int = _MOST) -> None:
        """Values are given in byte order ``order``."""
        self.structure = structure
        self._order = order
        self._left = min(most, structure.length)

    def take(self, directory: Directory, only: frozenset[int] | None = None) -> list[_Value]:
        """Read the values of a directory, but for links to other directories.

        Raises:
            ValueError: they are damaged, or too many.
        """
        taken: dict[int, _Value] = {}
        for entry in directory.entries:
            wanted = only is None or entry.tag in only
            if not wanted or entry.tag in taken or entry.tag in (EXIF_IFD, GPS_IFD, INTEROP_IFD):
                continue
            data = self.structure.value(entry, self._left if only is None else min(self._left, _LARGEST))
            self._left -= len(data)
            data = _in_order(data, entry.kind, self.structure.order, self._order)
            taken[entry.tag] = _Value(entry.tag, entry.kind, entry.count, data)
        return list(taken.values())


def exif_from_tiff(path: Path) -> bytes | None:
    """Collect the descriptive tags of a TIFF file, its Exif and its GPS directory as an EXIF blob.

    Returns None if there is nothing worth keeping. The blob has the byte order of the file.

    Raises:
        ValueError: the directories are damaged.
        PhotoError: the file cannot be opened.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        structure = Structure(file)
        main = structure.directory(structure.first)
        reader = _Reader(structure, structure.order)
        values, subs = reader.take(main, _DESCRIPTIVE), _sub_directories(reader, main)
    if not subs and not values:
        return None
    mark = (b"II*\0" if structure.order == "<" else b"MM\0*") + struct.pack(structure.order + "I", 8)
    body, first = _lay_out(values, subs, structure.order, big=False, at=8)
    return mark[:4] + struct.pack(structure.order + "I", first) + body


def iptc_from_tiff(path: Path) -> bytes | None:
    """Give the IPTC records of a TIFF file, if there are any.

    Raises:
        ValueError: the directories are damaged.
        PhotoError: the file cannot be opened.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        structure = Structure(file)
        entry = structure.directory(structure.first).find(_IPTC)
        records = structure.value(entry, _LARGEST) if entry is not None else b""
    # Many programs store the records as numbers of four bytes, filled up with zeros.
    return records.rstrip(b"\0") if records.startswith(b"\x1c") else None


def embed_in_tiff(path: Path, exif: bytes | None, iptc: bytes | None = None) -> None:
    """Add EXIF and IPTC to a TIFF file of one page: directories are appended, then the header is pointed at them.

    Tags that the file has already (how its pixels are stored, resolution) stay as they are.

    Raises:
        ValueError: the EXIF or the file is damaged.
        OSError: the file cannot be written.
    """
    with path.open("r+b") as file:
        target = Structure(file)
        main = target.directory(target.first)
        own = _Reader(target, target.order, most=target.length).take(main)
        have = {value.tag for value in own}
        added, subs = _from_blob(exif, target.order) if exif else ([], {})
        if iptc:
            added.append(_Value(_IPTC, _UNDEFINED, len(iptc), iptc))
        added = [value for value in added if value.tag not in have]
        if not added and not subs:
            return
        end = file.seek(0, 2)
        start = end + end % 2
        body, first = _lay_out([*own, *added], subs, target.order, big=target.big, at=start)
        if not target.big and start + len(body) >= 2**32:
            raise ValueError("no room is left in a TIFF file of 4 GB")
        file.write(bytes(start - end) + body)
        file.flush()
        file.seek(target.first_at)
        file.write(target.pack(target.offset_code, first))


def _from_blob(exif: bytes, order: str) -> tuple[list[_Value], dict[int, list[_Value]]]:
    """The descriptive tags and the sub-directories of an EXIF blob, in another byte order."""
    blob = Blob(exif)
    reader = _Reader(blob, order)
    return reader.take(blob.main, _DESCRIPTIVE), _sub_directories(reader, blob.main)


def _sub_directories(reader: _Reader, main: Directory) -> dict[int, list[_Value]]:
    """The Exif, GPS and interoperability directories that a main directory leads to; damaged ones are an error."""
    structure, found = reader.structure, dict[int, list[_Value]]()
    exif: Directory | None = None
    for tag in (EXIF_IFD, GPS_IFD):
        entry = main.find(tag)
        if entry is not None:
            directory = structure.directory(structure.number(entry))
            found[tag] = reader.take(directory)
            exif = directory if tag == EXIF_IFD else exif
    entry = exif.find(INTEROP_IFD) if exif else None
    if entry is not None:
        found[INTEROP_IFD] = reader.take(structure.directory(structure.number(entry)))
    return found


def _in_order(data: bytes, kind: int, have: str, want: str) -> bytes:
    unit = _UNIT[kind]
    if have == want or unit == 1:
        return data
    turned = bytearray(len(data))
    for index in range(unit):
        turned[index::unit] = data[unit - 1 - index :: unit]
    return bytes(turned)


def _lay_out(
    main: Iterable[_Value], subs: dict[int, list[_Value]], order: str, *, big: bool, at: int
) -> tuple[bytes, int]:
    """Lay directories out from offset ``at``: their bytes, and the offset of the main one."""
    body = bytearray()
    links: dict[int, _Value] = {}
    for tag in (INTEROP_IFD, GPS_IFD, EXIF_IFD):
        if tag in subs:
            values = list(subs[tag])
            if tag == EXIF_IFD and INTEROP_IFD in links:
                values.append(links[INTEROP_IFD])
            part, offset = _directory_bytes(values, order, big=big, at=at + len(body))
            body += part
            links[tag] = _link(tag, offset, order, big=big)
    tail = [links[tag] for tag in (EXIF_IFD, GPS_IFD) if tag in links]
    part, first = _directory_bytes([*main, *tail], order, big=big, at=at + len(body))
    body += part
    return bytes(body), first


def _link(tag: int, offset: int, order: str, *, big: bool) -> _Value:
    if big:
        return _Value(tag, 18, 1, struct.pack(order + "Q", offset))
    return _Value(tag, LONG, 1, struct.pack(order + "I", offset))


def _directory_bytes(values: Iterable[_Value], order: str, *, big: bool, at: int) -> tuple[bytes, int]:
    """Lay out one directory: its long values first, from offset ``at``, then itself; and the offset of itself."""
    code, count_code, inline = ("Q", "Q", 8) if big else ("I", "H", 4)
    # BigTIFF kinds have no place in a classic structure.
    kept = sorted((one for one in values if big or one.kind < 16), key=lambda one: one.tag)
    data, entries = bytearray(), bytearray()
    for value in kept:
        if len(value.data) != SIZE_OF_KIND[value.kind] * value.count:
            raise ValueError("a value has another size than its entry says")
        if len(value.data) <= inline:
            place = value.data.ljust(inline, b"\0")
        else:
            place = struct.pack(order + code, at + len(data))
            data += value.data
            data += bytes(len(value.data) % 2)
        entries += struct.pack(order + "HH" + code, value.tag, value.kind, value.count) + place
    directory = struct.pack(order + count_code, len(kept)) + entries + bytes(inline)
    return bytes(data) + directory, at + len(data)
