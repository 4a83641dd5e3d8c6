"""Names of files as clients tell them, made fit to be shown and to be saved under."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

LONGEST = 200
"""Most characters of a name."""
_UNNAMED = "photo"
_JOINERS = "\u200c\u200d"
"""Invisible, but part of words and of emoji."""


def clean_name(told: str) -> str:
    """Give the last part of a name, without anything invisible that could mislead; never empty, never a path.

    The result is in Unicode's form NFC, so that the same name from a Mac and from elsewhere is the same.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", told))[-1]
    name = "".join(character for character in name if character in _JOINERS or not _invisible(character))
    name = " ".join(name.split()).strip(_JOINERS + " ")
    if not name.strip("."):
        return _UNNAMED
    if len(name) > LONGEST:
        suffix = PurePath(name).suffix[:20]
        name = name[: LONGEST - len(suffix)] + suffix
    return name


def _invisible(character: str) -> bool:
    """Control and format characters, as those that turn the direction of writing; halves of characters; new lines."""
    if character.isspace():
        return character in "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
