"""IPTC-IIM records in and out of the Photoshop resource block that JPEG files carry them in."""

from __future__ import annotations

_MARK = b"Photoshop 3.0\0"


def unwrap(blob: bytes) -> bytes | None:
    """Give the IPTC records of a resource block, or of a blob that is nothing but records; None if there are none."""
    if blob.startswith(b"\x1c"):
        return blob
    if not blob.startswith(_MARK):
        return None
    at = len(_MARK)
    while blob[at : at + 4] == b"8BIM" and at + 12 <= len(blob):
        kind = int.from_bytes(blob[at + 4 : at + 6], "big")
        name = 1 + blob[at + 6]
        at += 6 + name + name % 2
        size = int.from_bytes(blob[at : at + 4], "big")
        at += 4
        if kind == 0x0404:
            return blob[at : at + size] or None
        at += size + size % 2
    return None


def wrap(records: bytes) -> bytes:
    """Put IPTC records into a resource block as JPEG files carry it."""
    return _MARK + b"8BIM\x04\x04\0\0" + len(records).to_bytes(4, "big") + records + bytes(len(records) % 2)
