"""EXIF as photos carry it: a TIFF structure in which a few things have to be put right.

A blob is changed in place, never laid out anew, because makers' notes hold offsets into it. What makes no sense is a
:class:`ValueError`, so that the caller can go on without the EXIF. Tags after Exif 2.32.
"""

from __future__ import annotations

import io
import struct

from safelight.imaging.ifd import LONG, SHORT, Directory, Entry, Structure

EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
ORIENTATION = 0x0112
_WIDTHS, _HEIGHTS = (0x0100, 0xA002), (0x0101, 0xA003)
_THUMBNAIL_AT, _THUMBNAIL_LENGTH = 0x0201, 0x0202


class Blob(Structure):
    """An EXIF blob that can be changed in place."""

    def __init__(self, exif: bytes) -> None:
        """Take a copy of the blob, with or without the ``Exif`` mark in front.

        Raises:
            ValueError: it is not a classic TIFF structure.
        """
        self.buffer = io.BytesIO(exif.removeprefix(b"Exif\0\0"))
        super().__init__(self.buffer)
        if self.big:
            raise ValueError("EXIF is never BigTIFF")
        self.main = self.directory(self.first)

    def directories(self) -> dict[int, Directory]:
        """The main directory under 0, and its sub-directories under the tags that lead to them."""
        found = {0: self.main}
        for parent, tag in ((0, EXIF_IFD), (0, GPS_IFD), (EXIF_IFD, INTEROP_IFD)):
            entry = found[parent].find(tag) if parent in found else None
            if entry is None:
                continue
            at = self.number(entry)
            if all(at != one.at for one in found.values()):
                found[tag] = self.directory(at)
        return found

    def write(self, at: int, data: bytes) -> None:
        """Overwrite bytes that exist.

        Raises:
            ValueError: they do not.
        """
        self.read(at, len(data))
        self.buffer.seek(at)
        self.buffer.write(data)

    def set_number(self, entry: Entry, value: int, kind: int) -> None:
        """Turn an entry into one whole number, whatever it was."""
        data = self.pack("H", value) + b"\0\0" if kind == SHORT else self.pack("I", value)
        self.write(entry.at + 2, self.pack("H", kind) + self.pack("I", 1) + data)

    def remove(self, directory: Directory, tag: int) -> None:
        """Take the entries with that tag out of a directory."""
        size = self.unpack("H", self.read(directory.at, 2))
        old = self.read(directory.at + 2, size * 12 + 4)
        entries = [old[at : at + 12] for at in range(0, size * 12, 12)]
        kept = [entry for entry in entries if self.unpack("H", entry[:2]) != tag]
        fresh = self.pack("H", len(kept)) + b"".join(kept) + old[size * 12 :]
        self.write(directory.at, fresh.ljust(2 + len(old), b"\0"))

    def blank(self, at: int, size: int) -> None:
        """Overwrite with zeros what exists of a range; at the end of the blob, cut it off."""
        end = len(self.buffer.getbuffer())
        if at < 8 or at >= end:
            return
        self.buffer.seek(at)
        if at + size >= end:
            self.buffer.truncate(at)
        else:
            self.buffer.write(bytes(size))

    def bytes(self) -> bytes:
        """The blob as it is now, without the ``Exif`` mark."""
        return self.buffer.getvalue()


def upright(exif: bytes, width: int, height: int) -> bytes:
    """Make EXIF fit a photo that is upright and has this size: orientation 1, its size, no thumbnail.

    Gives a TIFF structure without the ``Exif`` mark.

    Raises:
        ValueError: it is not valid EXIF.
    """
    blob = Blob(exif)
    _drop_thumbnail(blob)
    for directory in blob.directories().values():
        for entry in directory.entries:
            if entry.tag == ORIENTATION:
                blob.set_number(entry, 1, SHORT)
            elif entry.tag in _WIDTHS:
                blob.set_number(entry, width, LONG)
            elif entry.tag in _HEIGHTS:
                blob.set_number(entry, height, LONG)
    return blob.bytes()


def _drop_thumbnail(blob: Blob) -> None:
    if not blob.main.following:
        return
    blob.write(blob.main.next_at, bytes(4))
    try:
        second = blob.directory(blob.main.following)
        start, length = second.find(_THUMBNAIL_AT), second.find(_THUMBNAIL_LENGTH)
        if start is not None and length is not None:
            blob.blank(blob.number(start), blob.number(length))
    except ValueError:
        # It is no longer linked; that its bytes are still there harms nobody.
        return


def resolution(exif: bytes) -> tuple[float, float] | None:
    """Read the resolution in pixels per millimetre, horizontal and vertical; None if EXIF does not tell.

    Raises:
        ValueError: it is not valid EXIF.
    """
    blob = Blob(exif)
    unit = blob.main.find(0x0128)
    per_mm = {2: 25.4, 3: 10.0}.get(blob.number(unit) if unit is not None else 2)
    found = []
    for tag in (0x011A, 0x011B):
        entry = blob.main.find(tag)
        if entry is None or entry.kind != 5 or entry.count != 1:
            return None
        above, below = struct.unpack(blob.order + "II", blob.value(entry))
        found.append(above / below if below else 0.0)
    if per_mm is None or not all(0.01 <= value <= 1e6 for value in found):
        return None
    return found[0] / per_mm, found[1] / per_mm


def without_gps(exif: bytes) -> bytes:
    """Take the position out of EXIF: the GPS directory is unlinked and overwritten.

    Raises:
        ValueError: it is not valid EXIF.
    """
    blob = Blob(exif)
    if blob.main.find(GPS_IFD) is None:
        return blob.bytes()
    gps = blob.directories().get(GPS_IFD)
    if gps is None:
        raise ValueError("the GPS directory is not where it should be")
    for entry in gps.entries:
        if entry.size > 4:
            blob.blank(entry.value_at, entry.size)
    blob.blank(gps.at, gps.next_at + 4 - gps.at)
    blob.remove(blob.main, GPS_IFD)
    return blob.bytes()
