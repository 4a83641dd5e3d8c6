"""JSON that another version may have written, read leniently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Plain:
    """An object; what in it is not of the kind asked for is not there."""

    values: Mapping[str, Any]
    """What was read."""

    def text(self, key: str) -> str:
        """Give a text; empty if it is none."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> float | None:
        """Give a number; None if it is none."""
        value = self.values.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def whole(self, key: str) -> int | None:
        """Give a whole number; None if it is none."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def part(self, key: str) -> Mapping[str, Any]:
        """Give an object; empty if it is none."""
        value = self.values.get(key)
        return value if isinstance(value, Mapping) else {}

    def texts(self, key: str) -> tuple[str, ...]:
        """Give the texts in a list; empty if it is none."""
        value = self.values.get(key)
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else ()

    def parts(self, key: str) -> tuple[Mapping[str, Any], ...]:
        """Give the objects in a list; empty if it is none."""
        value = self.values.get(key)
        return tuple(one for one in value if isinstance(one, Mapping)) if isinstance(value, list | tuple) else ()
