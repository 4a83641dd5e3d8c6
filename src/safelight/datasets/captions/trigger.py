"""The trigger word: in a caption exactly once."""

from __future__ import annotations

import re
from functools import lru_cache


def count_of(trigger: str, text: str) -> int:
    """How often the trigger word is in a text, as a word of its own, in capitals or not."""
    return len(_pattern(trigger).findall(text)) if trigger else 0


def without(trigger: str, text: str, *, but_first: bool = False) -> str:
    """Take the trigger word out of a text; ``but_first`` leaves the first one."""
    if not trigger:
        return text
    left = 1 if but_first else 0

    def keep(found: re.Match[str]) -> str:
        nonlocal left
        left -= 1
        return found[0] if left >= 0 else ""

    return _pattern(trigger).sub(keep, text)


@lru_cache(maxsize=64)
def _pattern(trigger: str) -> re.Pattern[str]:
    # A letter of Latin beside it makes it part of another word; one of Chinese does not.
    return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(trigger.strip())}(?![A-Za-z0-9_])", re.IGNORECASE)
