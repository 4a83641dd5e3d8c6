"""Answers that were given before: nothing is asked, and paid for, twice."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from safelight.datasets.value import Value
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing


class Answer(Value):
    """What a model said."""

    text: str
    """All of it."""
    model: str
    """Which."""


class Answers:
    """A folder of answers, by picture, prompt and list of models. Safe to share between threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Take where they are, or will be."""
        self._folder = folder

    def find(self, picture: bytes, prompt: str, models: tuple[str, ...]) -> Answer | None:
        """Give the answer that was given before; None = there is none, or it is damaged."""
        with suppress(OSError, ValidationError):
            return Answer.model_validate_json(self._path(picture, prompt, models).read_bytes())
        return None

    def keep(self, picture: bytes, prompt: str, models: tuple[str, ...], answer: Answer) -> None:
        """Keep an answer.

        Raises:
            DiskFullError, OutputError: it cannot be written.
        """
        path = self._path(picture, prompt, models)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as (_, draft):
                draft.write_text(answer.model_dump_json(indent=1) + "\n", "utf-8", "surrogatepass")

    def _path(self, picture: bytes, prompt: str, models: tuple[str, ...]) -> Path:
        digest = hashlib.sha256(hashlib.sha256(picture).digest())
        for part in (prompt, *models):
            digest.update(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
        name = digest.hexdigest()
        return self._folder / name[:2] / f"{name}.json"
