"""The secret of a service: what it signs with, and derives names from that nobody can guess."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from io import FileIO
from pathlib import Path

from safelight.imaging.disk import sync_folder, write_all, writing

_LEAST_BYTES = 32


def service_secret(data_dir: Path) -> bytes:
    """Give the secret of this service, made when it is first asked for, or when what is there is none.

    Raises:
        OutputError: it cannot be kept in the data folder.
    """
    path = data_dir / "secret"
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            if len(found := path.read_bytes()) >= _LEAST_BYTES:
                return found
            # A cut of the power left it empty: whoever knew that could sign.
            path.unlink()
        _make_secret(path)
        return path.read_bytes()


def _make_secret(path: Path) -> None:
    draft = path.with_name(f".secret.{os.getpid()}")
    with FileIO(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        write_all(file, memoryview(secrets.token_hex(_LEAST_BYTES).encode()))
        os.fsync(file.fileno())
    try:
        # A link is made only if nobody was faster.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    sync_folder(path.parent)
