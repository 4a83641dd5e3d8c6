"""The caption server of an owner, kept with its key in a file that only this service can read."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from safelight.datasets.value import Value
from safelight.datasets.vision.endpoint import Endpoint
from safelight.errors import DatasetError
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing

_FILE = "endpoint.json"


class KeptEndpoint(Value):
    """A caption server, and what it wants to be shown."""

    model_config = ConfigDict(hide_input_in_errors=True)

    endpoint: Endpoint
    """Where it is and how it is asked."""
    key: str = ""
    """Its key; empty = it needs none."""

    def __repr__(self) -> str:
        """Leave the key out."""
        return f"KeptEndpoint({self.endpoint!r})"

    __str__ = __repr__


class Endpoints:
    """The one file of an owner."""

    def __init__(self, folder: Path) -> None:
        """Take the owner's folder."""
        self._path = folder / _FILE

    def find(self) -> KeptEndpoint | None:
        """Read it; None = there is none.

        Raises:
            DatasetError: the file cannot be read.
        """
        try:
            return KeptEndpoint.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise DatasetError("the settings of the caption server cannot be read", hint="set them anew") from error

    def save(self, endpoint: Endpoint, key: str | None) -> KeptEndpoint:
        """Keep a server. Without a ``key`` the one that is kept stays, unless the server is another one.

        Raises:
            DiskFullError, OutputError: it cannot be written.
        """
        if key is None:
            try:
                before = self.find()
            except DatasetError:
                before = None
            key = before.key if before and before.endpoint.base_url == endpoint.base_url else ""
        kept = KeptEndpoint(endpoint=endpoint, key=key)
        with writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._path.exists():
                # Made unreadable for others before there is anything in it; its mode stays with its content.
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
            self._path.chmod(0o600)
            with replacing(self._path) as (_, draft):
                draft.write_text(kept.model_dump_json(indent=2) + "\n", "utf-8")
        return kept

    def forget(self) -> None:
        """Forget it, with its key.

        Raises:
            OutputError: it cannot be removed.
        """
        with writing(self._path):
            self._path.unlink(missing_ok=True)
