"""Sessions of browsers: a cookie in place of the token, for pages and pictures that cannot show one."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from starlette.requests import cookie_parser

VALID_S = 30 * 24 * 3600
"""How long a browser stays signed in."""

_VALUE = re.compile(r"([1-9][0-9]{0,11})\.([0-9a-f]{64})")


class Sessions:
    """Makes cookies, and knows its own again.

    They are signed with the secret of this service and the token, so that a new token ends them all; nothing is kept.
    """

    def __init__(self, secret: bytes, token: str) -> None:
        """Take the secret of this service and the token that a session stands for; empty = there are no sessions."""
        self._token = token.encode()
        self._key = hmac.digest(secret, b"session\n" + self._token, hashlib.sha256)
        # Browsers keep one set of cookies for all ports of a machine: two services there need names of their own.
        self.name = f"safelight_session_{hmac.new(secret, b'name of the cookie', hashlib.sha256).hexdigest()[:8]}"

    def opens(self, token: str) -> bool:
        """Tell whether this is the token, in the same time for whatever is shown."""
        return bool(self._token) and hmac.compare_digest(token.encode(), self._token)

    def begin(self) -> str:
        """Give the value of a new cookie."""
        expires = int(time.time()) + VALID_S
        return f"{expires}.{self._signature(expires)}"

    def valid(self, cookies: str) -> bool:
        """Tell whether a Cookie header holds a session that has not ended."""
        found = _VALUE.fullmatch(cookie_parser(cookies).get(self.name, ""))
        if found is None or not self._token:
            return False
        expires = int(found[1])
        return hmac.compare_digest(found[2], self._signature(expires)) and expires >= time.time()

    def _signature(self, expires: int) -> str:
        return hmac.new(self._key, str(expires).encode(), hashlib.sha256).hexdigest()
