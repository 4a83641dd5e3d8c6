"""What the harness asks of everything that it compares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from safelight.imaging.arrays import Pixels


class Contender(Protocol):
    """Something that enlarges a photo, loaded and ready."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is worth knowing about it, as plain values."""

    def prepare(self, photo: Path) -> None:
        """Get ready for a run on this PNG file; not timed."""

    def run(self) -> None:
        """Do what is timed."""

    def result(self) -> Pixels:
        """Give what the last run made: (H, W, 3) uint8; not timed."""
