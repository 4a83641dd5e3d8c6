"""Repeats each pixel; tries the harness without a network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench.harness import Unavailable
from bench.pictures import read
from safelight.imaging.arrays import Pixels


class Nothing:
    """Enlarges by repeating pixels."""

    def __init__(self, scale: int) -> None:
        self.facts: Mapping[str, Any] = {"scale": scale}
        self._scale = scale
        self._pixels: Pixels = np.zeros((1, 1, 3), np.uint8)
        self._result = self._pixels

    def prepare(self, photo: Path) -> None:
        """Read the photo."""
        self._pixels = read(photo)

    def run(self) -> None:
        """Repeat its pixels."""
        self._result = self._pixels.repeat(self._scale, axis=0).repeat(self._scale, axis=1)

    def result(self) -> Pixels:
        """Give the repeated pixels."""
        return self._result


def open_contender(options: Mapping[str, Any]) -> Nothing:
    """Make one; ``refuse`` makes it unavailable."""
    if "refuse" in options:
        raise Unavailable(str(options["refuse"]))
    return Nothing(int(options["scale"]))
