"""Putting words in the place of names in braces, and nothing else: a text of a user's is never code."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"\{([A-Za-z_]+)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put ``values`` in the place of ``{name}``; names that are not among them stay as they stand."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


def names_in(text: str) -> tuple[str, ...]:
    """The names in braces, each once, in their order."""
    return tuple(dict.fromkeys(_NAME.findall(text)))
