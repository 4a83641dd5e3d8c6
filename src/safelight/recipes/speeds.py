"""How fast models run here: measured at every run, kept for the next forecast."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

_ASSUMED_FLOPS_PER_CORE = 1.2e11
_ASSUMED_FLOPS_PER_PIXEL = {"rrdbnet": 3.6e7, "compact": 2.4e6}
_UNKNOWN_FLOPS_PER_PIXEL = 5e7
_WEIGHT_OF_NEW = 0.5


class Speeds:
    """Seconds per input pixel, by model, device and bit depth, in a small file. Losing it loses only forecasts."""

    def __init__(self, path: Path) -> None:
        """Take the file, which need not exist."""
        self._path = path

    def seconds_per_pixel(self, model: str, architecture: str, device: str, depth: int) -> tuple[float, bool]:
        """Give the seconds, and whether they were measured here rather than guessed."""
        measured = self._read().get(_key(model, device, depth))
        if measured is not None:
            return measured, True
        work = _ASSUMED_FLOPS_PER_PIXEL.get(architecture, _UNKNOWN_FLOPS_PER_PIXEL)
        return work * (2 if depth == 16 else 1) / (_ASSUMED_FLOPS_PER_CORE * (os.cpu_count() or 1)), False

    def record(self, model: str, device: str, depth: int, seconds_per_pixel: float) -> None:
        """Take a measured speed into account; a file that cannot be written is no error."""
        speeds = self._read()
        key = _key(model, device, depth)
        before = speeds.get(key, seconds_per_pixel)
        speeds[key] = before + _WEIGHT_OF_NEW * (seconds_per_pixel - before)
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(speeds, indent=1, sort_keys=True), encoding="utf-8")
            draft.replace(self._path)

    def _read(self) -> dict[str, float]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): float(value) for key, value in content.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}


def _key(model: str, device: str, depth: int) -> str:
    return f"{model}/{device}/{depth}"
