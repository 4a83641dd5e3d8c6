"""Links to results that need no key: signed, and valid for an hour."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from contextlib import suppress
from io import FileIO
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Scope

from safelight.imaging.disk import sync_folder, write_all, writing

_VALID_S = 3600
_LEAST_BYTES = 32


class Links:
    """Signs paths, and checks the signatures."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret of this service."""
        self._secret = secret

    def sign(self, path: str) -> str:
        """Give a path with a signature, valid for an hour or a little less: the same link for some minutes."""
        expires = (int(time.time()) // 300) * 300 + _VALID_S
        return f"{path}?expires={expires}&signature={self._signature(path, expires)}"

    def valid(self, scope: Scope) -> bool:
        """Tell whether a GET request carries a valid signature of its path."""
        if scope.get("method") not in ("GET", "HEAD"):
            return False
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        [expires], [shown] = query.get("expires", [""])[:1], query.get("signature", [""])[:1]
        if not expires.isdecimal() or len(expires) > 12 or not shown.isascii():
            return False
        right = self._signature(scope["path"], int(expires))
        return hmac.compare_digest(shown, right) and int(expires) >= time.time()

    def _signature(self, path: str, expires: int) -> str:
        return hmac.new(self._secret, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()[:40]


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
