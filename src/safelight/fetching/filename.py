"""The name of a fetched file: what its server calls it, or the end of its address."""

from __future__ import annotations

import re
from email.message import Message
from pathlib import PurePath
from urllib.parse import unquote

from safelight.imaging.naming import result_name

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")


def file_name(disposition: bytes, path: bytes) -> str:
    """Make a name that is safe on every file system from a Content-Disposition, or else from a path."""
    told = _told(disposition) or unquote(path.split(b"?", 1)[0].rstrip(b"/").rsplit(b"/", 1)[-1].decode("ascii"))
    last = PurePath(re.split(r"[/\\]", told)[-1])
    suffix = last.suffix if _SUFFIX.fullmatch(last.suffix) else ""
    return result_name(last.name.removesuffix(suffix), (), suffix)


def _told(disposition: bytes) -> str:
    try:
        text = disposition.decode("utf-8")
    except UnicodeDecodeError:
        text = disposition.decode("latin-1")
    message = Message()
    try:
        message["Content-Disposition"] = text
        return message.get_filename() or ""
    except (ValueError, LookupError):
        return ""
