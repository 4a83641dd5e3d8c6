"""What steps found for single photos, kept by all that it depends on, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from safelight.datasets.dataset import Step
from safelight.datasets.value import Value
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing

V = TypeVar("V", bound=Value)


def key_of(content: Mapping[str, object]) -> str:
    """Give the SHA-256, in hexadecimal, of plain values: the same values give the same key on every machine."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


class Results:
    """The folder of results. Safe to use from several threads and processes; a result is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when something is put into it."""
        self._folder = folder

    def place(self, step: Step, key: str) -> Path:
        """Where the files of a result are, without a suffix."""
        return self._folder / step.value / key[:2] / key

    def get(self, step: Step, key: str, kind: type[V]) -> V | None:
        """Read a result; None if there is none, or none that can be read: it is made anew then."""
        try:
            return kind.model_validate_json(self.place(step, key).with_suffix(".json").read_bytes())
        except (OSError, ValidationError):
            return None

    def put(self, step: Step, key: str, value: Value) -> None:
        """Keep a result.

        Raises:
            DiskFullError, OutputError: it cannot be written.
        """
        path = self.place(step, key).with_suffix(".json")
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as (_, draft):
                draft.write_text(value.model_dump_json(indent=1) + "\n", "utf-8")
