"""Links to results that need no key: signed, and valid for an hour."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import parse_qs

from starlette.types import Scope

_VALID_S = 3600


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
