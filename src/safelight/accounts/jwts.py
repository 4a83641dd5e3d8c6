"""Short-lived tokens for apps: JSON Web Tokens, signed with a key that is derived from the secret of the service."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

import jwt

VALID_S = 15 * 60
"""How long one is valid."""

_ALGORITHM = "HS256"
_NAME = "safelight"
_LEEWAY_S = 5
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says."""

    user: str
    """For whom it was made."""
    handle: str
    """The session or key that it was made with; it ends with that."""
    expires: float
    """When it ends, in seconds since 1970."""


class Tokens:
    """Makes tokens, and knows its own again."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret of this service."""
        self._key = hmac.digest(secret, b"json web tokens", hashlib.sha256)

    def make(self, user: str, handle: str, until: float | None = None) -> tuple[str, float]:
        """Give a token, and when it ends: in 15 minutes, or before that at ``until``, in seconds since 1970."""
        at = int(time.time())
        ends = at + VALID_S if until is None else min(at + VALID_S, int(until))
        claims = {
            "iss": _NAME, "aud": _NAME, "sub": user, "iat": at, "exp": ends, "jti": secrets.token_hex(16),
            "with": handle,
        }  # fmt: skip
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), float(ends)

    def read(self, text: str) -> Claims | None:
        """Give what a token says; None if it is none of ours, or has ended."""
        if len(text) > _LONGEST or text.count(".") != 2:
            return None
        try:
            found = jwt.decode(
                text, self._key, algorithms=[_ALGORITHM], audience=_NAME, issuer=_NAME, leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "jti", "aud", "iss"]},
            )  # fmt: skip
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            return None
        user, handle, expires = found["sub"], found.get("with"), found["exp"]
        if not isinstance(user, str) or not isinstance(handle, str) or not isinstance(expires, int):
            return None
        return Claims(user=user, handle=handle, expires=float(expires))
