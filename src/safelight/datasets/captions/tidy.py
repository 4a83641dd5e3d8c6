"""Spaces and commas where they belong."""

from __future__ import annotations

import re
import unicodedata

_RULES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\s+", " "),
        (r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", ""),
        (r"\s+([,;.!?，。；、])", r"\1"),
        (r"([，。；、])\s+", r"\1"),
        (r"([,，;；、])(?:\s*[,，;；、])+", r"\1"),
        (r"([,，;；、])\s*([.。])", r"\2"),
        (r"([.。])(?:\s*[.。,，;；])+", r"\1"),
        (r"([,;])(?=[^\s\d])", r"\1 "),
        (r"(?:^|(?<=[,，;]))\s*(?:and|with|or)\s*(?=[,，;.]|$)", ""),
        (r"([,，;；、])(?:\s*[,，;；、])+", r"\1"),
        (r"^[\s,，;；、.。:：-]+|[\s,，;；、:：]+$", ""),
    )
)  # fmt: skip


def tidied(text: str) -> str:
    """Put a text that words were taken out of in order: one line, single spaces, no comma without words."""
    clean = "".join(one for one in unicodedata.normalize("NFC", text) if one.isspace() or one.isprintable())
    for pattern, by in _RULES:
        clean = pattern.sub(by, clean)
    return clean.strip()


def parts_once(text: str, between: str) -> str:
    """The same parts, each once: what comes again, in capitals or not, is left out."""
    parts = {part.strip().casefold(): part.strip() for part in reversed(re.split(r"[,，]", text)) if part.strip()}
    return between.join(reversed(parts.values()))


def words_in(text: str) -> int:
    """How many words a text has; two characters of Chinese count as one."""
    chinese = len(re.findall(r"[\u3400-\u9fff]", text))
    return len(re.findall(r"[^\W\u3400-\u9fff]+(?:['’-][^\W\u3400-\u9fff]+)*", text)) + (chinese + 1) // 2
