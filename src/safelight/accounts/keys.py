"""Secrets that are shown once: of keys, sessions and invitations. Only their SHA-256 is kept.

They are 256 random bits, which nobody can guess; so a plain hash keeps them as safely as a slow one would.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_KEY = re.compile(r"sl_([0-9a-f]{16})_([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new key."""

    id: str
    """What it is called."""
    text: str
    """What its owner shows; nobody can tell it later."""
    digest: str
    """What is kept of it."""


def new_key() -> Made:
    """Make a key."""
    id_, secret = secrets.token_hex(8), secrets.token_hex(32)
    return Made(id=id_, text=f"sl_{id_}_{secret}", digest=digest_of(secret))


def read_key(text: str) -> tuple[str, str] | None:
    """Take what somebody shows apart: the id of a key, and the digest of its secret; None if it is no key."""
    found = _KEY.fullmatch(text)
    return (found[1], digest_of(found[2])) if found else None


def new_secret() -> str:
    """Make a secret: 64 hexadecimal digits."""
    return secrets.token_hex(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare secrets, or their digests, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
