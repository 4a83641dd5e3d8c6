"""Names of photos as they came: made readable, and such that they lead nowhere when somebody takes them for a path."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Container
from pathlib import PurePosixPath
from zipfile import ZipInfo

from safelight.imaging.naming import numbered

_SEPARATORS = re.compile(r"[/\\]+")
_DRIVE = re.compile(r"^[A-Za-z]:")
_HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_PART, _LONGEST = 255, 1000
_UTF8 = 0x800
_UNICODE_PATH = 0x7075
JUNK = frozenset({
    "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information",
})  # fmt: skip
"""What operating systems leave beside photos, in lower case; hidden files besides."""


def shown(path: str) -> str:
    """Make a path readable and harmless: relative, with ``/``, without ``..``, drives and signs that cannot be seen."""
    parts = (_clean(part) for part in _SEPARATORS.split(_DRIVE.sub("", path)))
    kept = [part for part in parts if part.strip(" .")]
    return "/".join(kept)[-_LONGEST:].lstrip("/") or "unnamed"


def unique(name: str, taken: Container[str]) -> str:
    """Give the name, or the first of ``name-2.ext``, ``name-3.ext`` ... that is not taken."""
    path = PurePosixPath(name)
    where = "" if path.parent == PurePosixPath() else f"{path.parent}/"
    return next(one for one in (where + leaf for leaf in numbered(path.name)) if one not in taken)


def why_left_out(path: str) -> str | None:
    """Say why something of this name is never taken for a photo; None = it may be one."""
    for part in _SEPARATORS.split(path):
        if part.lower() in JUNK or part.startswith("._") or part == ".DS_Store":
            return "left by an operating system"
        if part.startswith(".") and part.strip("."):
            return "hidden"
    return None


def entry_name(info: ZipInfo) -> str:
    """The name of an entry as its author meant it.

    Programs that do not say that a name is UTF-8 write it in UTF-8 all the same, or in the encoding of their system,
    for which there is no mark: that of China is tried, then the one that the format was made with.
    """
    raw_name = info.orig_filename
    if info.flag_bits & _UTF8:
        return raw_name
    try:
        raw = raw_name.encode("cp437")
    except UnicodeEncodeError:
        return raw_name
    told = _unicode_path(info.extra, raw)
    if told is not None:
        return told
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw_name
    return chinese if _is_chinese(chinese) else raw_name


def _is_chinese(text: str) -> bool:
    """Whether most signs that are not ASCII are common ones: what other bytes happen to mean is rare signs."""
    signs = [sign for sign in text if not sign.isascii()]
    common = sum("\u4e00" <= sign <= "\u9fff" and _is_common(sign) for sign in signs)
    return 2 * common > len(signs)


def _is_common(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in UTF-8 that some programs write beside the other one (Info-ZIP, extra field 0x7075)."""
    mark = b"\x01" + zlib.crc32(raw).to_bytes(4, "little")
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and field.startswith(mark):
            return field[5:].decode("utf-8", "ignore") or None
    return None


def _clean(part: str) -> str:
    visible = "".join("_" if unicodedata.category(one) in _HIDDEN or one in _TURNING else one for one in part)
    return visible[-_LONGEST_PART:]
