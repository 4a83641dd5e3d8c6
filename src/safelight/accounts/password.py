"""Passwords: kept as argon2id hashes, and checked in the same time whether there is such a user or not."""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from safelight.errors import BadRequestError

LEAST, MOST = 10, 256
"""Characters of a password."""

_AT_A_TIME = 2
"""Each takes tens of megabytes and a core: many who sign in at once must not take all of the machine."""


class Passwords:
    """Hashes passwords and checks them; a call takes some tens of milliseconds, so not in an event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take what hashes; without one the parameters are the OWASP cheat sheet's, 19 MiB and 2 passes."""
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 << 10, parallelism=1)
        self._few = threading.BoundedSemaphore(_AT_A_TIME)

    def hashed(self, password: str) -> str:
        """Give the hash of a new password.

        Raises:
            BadRequestError: it is too short or too long.
        """
        text = _normal(password)
        if not LEAST <= len(text) <= MOST:
            raise BadRequestError(f"a password has {LEAST} to {MOST} characters")
        with self._few:
            return self._hasher.hash(text)

    def fits(self, password: str, kept: str | None) -> bool:
        """Tell whether a password is the one that is kept; None = there is none, and it takes as long to say so."""
        with self._few:
            try:
                right = self._hasher.verify(kept or self._nobody, _normal(password)[:MOST])
            except (VerificationError, InvalidHashError):
                return False
        return right and bool(kept)

    def outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("the password of nobody")


def _normal(password: str) -> str:
    """One form for what keyboards write in several."""
    return unicodedata.normalize("NFC", password)
