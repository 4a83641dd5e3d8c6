"""Facts that decoders do not tell, read from the first bytes and the boxes of a file; nothing is decoded here."""

from __future__ import annotations

from typing import BinaryIO

_FOREIGN = {
    b"GIF8": "a GIF",
    b"BM": "a BMP",
    b"%PDF": "a PDF",
    b"%!PS": "a PostScript document",
    b"PK\x03\x04": "a ZIP archive",
    b"8BPS": "a Photoshop document",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"gimp xcf": "a GIMP document",
    b"FUJIFILMCCD-RAW": "a camera raw file",
    b"IIU\0": "a camera raw file",
    b"IIRO": "a camera raw file",
    b"v/1\x01": "an OpenEXR picture",
    b"#?RADIANCE": "a Radiance HDR picture",
    b"\x1f\x8b": "a compressed file",
}


def describe(head: bytes) -> str:
    """Say what a file that is not a photo seems to be, from its first bytes."""
    if not head:
        return "empty"
    for magic, words in _FOREIGN.items():
        if head.startswith(magic):
            return words
    if head[4:8] == b"ftyp":
        return "a video or a HEIF picture of an unknown kind"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml")) or b"<svg" in text:
        return "an SVG or XML document"
    if text.startswith((b"<!doctype", b"<html")):
        return "a web page"
    if all(byte >= 32 or byte in b"\t\r\n" for byte in head):
        return "a text"
    return "no photo that Safelight knows"


def png_frames(file: BinaryIO) -> int:
    """Count the frames of a PNG: more than 1 for an animated one (an acTL chunk before the pixels)."""
    file.seek(8)
    for _ in range(10_000):
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            return 1
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"acTL":
            return int.from_bytes(file.read(4), "big") or 1
        file.seek(length + 4, 1)
    return 1


def heif_frames(file: BinaryIO) -> int | None:
    """Count the frames of an AVIF or HEIC sequence; 1 for a still picture, None for a sequence of unknown length."""
    file.seek(8)
    if file.read(4) not in (b"avis", b"msf1", b"hevc", b"hevx"):
        return 1
    moov = top_box(file, b"moov")
    at = moov.find(b"stsz")
    count = int.from_bytes(moov[at + 12 : at + 16], "big") if at >= 0 else 0
    return count or None


def top_box(file: BinaryIO, kind: bytes, limit: int = 1 << 20) -> bytes:
    """The first ``limit`` bytes of the content of a box at the top level of the file; empty if there is none."""
    at = 0
    for _ in range(1_000):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return b""
        size, skip = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16], "big"), 16
        if head[4:8] == kind:
            file.seek(at + skip)
            return file.read(min(limit, size - skip) if size else limit)
        if size < skip:
            return b""
        at += size
    return b""
