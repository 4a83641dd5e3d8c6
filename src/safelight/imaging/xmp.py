"""XMP packets: a few properties changed in their text, so that everything else stays as it was written."""

from __future__ import annotations

import re

_GPS_ATTRIBUTE = re.compile(r"""\s[\w.-]+:GPS\w*\s*=\s*("[^"<]*"|'[^'<]*')""", re.IGNORECASE)
_GPS_ELEMENT = re.compile(r"<([\w.-]+:GPS\w*)\b[^<>]*>", re.IGNORECASE)
_LONGEST = 8 << 20


def _text(xmp: bytes) -> str:
    if len(xmp) > _LONGEST:
        raise ValueError("the XMP is too long")
    try:
        text = xmp.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the XMP is not UTF-8") from None
    if "\0" in text.rstrip("\0"):
        raise ValueError("the XMP is not UTF-8")
    return text


def xmp_without_gps(xmp: bytes) -> bytes:
    """Take the position out of an XMP packet: every property whose name starts with GPS, of any namespace.

    Raises:
        ValueError: the packet cannot be read or has more than 8 MB.
    """
    text = _GPS_ATTRIBUTE.sub("", _text(xmp))
    kept, at = [], 0
    while match := _GPS_ELEMENT.search(text, at):
        kept.append(text[at : match.start()])
        at = match.end()
        if match.group().endswith("/>"):
            continue
        close = f"</{match.group(1)}>"
        end = text.find(close, at)
        if end < 0:
            raise ValueError("the XMP has an element without an end")
        at = end + len(close)
    return "".join((*kept, text[at:])).encode()


def xmp_upright(xmp: bytes, width: int, height: int) -> bytes:
    """Make an XMP packet fit an upright photo of this size.

    Raises:
        ValueError: the packet cannot be read or has more than 8 MB.
    """
    text = _text(xmp)
    facts = {
        "tiff:Orientation": 1,
        "tiff:ImageWidth": width,
        "tiff:ImageLength": height,
        "exif:PixelXDimension": width,
        "exif:PixelYDimension": height,
    }
    for name, value in facts.items():
        text = re.sub(rf"""(\s{name}\s*=\s*["'])\d*(?=["'])""", rf"\g<1>{value}", text)
        # Possessive, as nothing is gained by trying again with fewer blanks but time is lost.
        text = re.sub(rf"(<{name}>)\s*+\d*+\s*+(?=</{name}>)", rf"\g<1>{value}", text)
    return text.encode()
