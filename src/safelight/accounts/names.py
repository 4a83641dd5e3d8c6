"""Names of users."""

from __future__ import annotations

import re
import unicodedata

from safelight.errors import BadRequestError

_NAME = re.compile(r"[\w][\w.@+-]{0,63}")
_TAKEN = frozenset({"local", "first", "invites"})
"""What means something else: the owner of what was made before there were accounts, and parts of addresses."""


def checked_name(text: str) -> str:
    """Give the name of a new user in its one form: letters, digits and ``. _ @ + -``, in lower case.

    Raises:
        BadRequestError: that is no name.
    """
    name = known_name(text)
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise BadRequestError("a name has 1 to 64 letters, digits and . _ @ + -, and begins with a letter or a digit")
    return name


def known_name(text: str) -> str:
    """Give the one form of a name that somebody wrote."""
    return unicodedata.normalize("NFKC", text).strip().lower()
