"""What of a picture goes out: a small JPEG without anything that tells of its photo."""

from __future__ import annotations

from pathlib import Path

from safelight.errors import CaptionServerError
from safelight.reports.pictures import small_jpeg

LONGEST = 1024
"""Most pixels of its longer side."""

_START, _SCAN = b"\xff\xd8", 0xDA
_TELLING = frozenset({*range(0xE1, 0xF0), 0xFE})
"""Segments that can tell of a photo: EXIF, XMP, profiles, IPTC, comments."""


def outgoing(picture: Path, *, max_pixels: int) -> bytes:
    """Give a picture as it may be sent: an sRGB JPEG of at most 1,024 pixels, encoded anew, with no metadata.

    Raises:
        PhotoError: it cannot be read.
    """
    return small_jpeg(picture, LONGEST, max_pixels=max_pixels)


def check_bare(picture: bytes) -> None:
    """Make sure that a JPEG carries no metadata.

    Raises:
        CaptionServerError: it carries some, or is no JPEG.
    """
    if not picture.startswith(_START):
        raise CaptionServerError("only a JPEG is sent to a caption server")
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF and picture[at + 1] != _SCAN:
        # Adobe's segment (APP14) says how the colours are written, and nothing of the photo.
        if picture[at + 1] in _TELLING and picture[at + 4 : at + 9] != b"Adobe":
            raise CaptionServerError("a picture with metadata is not sent to a caption server")
        at += 2 + int.from_bytes(picture[at + 2 : at + 4])
