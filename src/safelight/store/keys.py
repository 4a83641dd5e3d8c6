"""Names of files in the store: made of a kind and a hash, of nothing else."""

from __future__ import annotations

import re
from enum import StrEnum

from safelight.errors import StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """What a file in the store is; also the folder it lies in."""

    ORIGINAL = "originals"
    RESULT = "results"
    THUMBNAIL = "thumbnails"
    SCREEN = "screens"
    GLIMPSE = "glimpses"


_MADE = (Kind.THUMBNAIL, Kind.SCREEN)
"""What is made from other files, has their hash, and goes with them."""


_KEY = re.compile(rf"({'|'.join(Kind)})/([0-9a-f]{{2}})/(\2[0-9a-f]{{62}})")


def key_of(kind: Kind, sha256: str) -> str:
    """The key of a file, from the SHA-256 of its content; what is made from a file has that file's hash.

    Raises:
        StoreError: it is no SHA-256 in small hexadecimal digits.
    """
    if not _SHA256.fullmatch(sha256):
        raise StoreError("this is no SHA-256")
    return f"{Kind(kind)}/{sha256[:2]}/{sha256}"


def check_key(key: str) -> str:
    """Give a key back if it is one: no other text ever becomes a path.

    Raises:
        StoreError: it is none.
    """
    if not is_key(key):
        raise StoreError("this is no key of the store")
    return key


def is_key(key: str) -> bool:
    """Tell whether a text is a key."""
    return _KEY.fullmatch(key) is not None


def thumbnail_of(key: str) -> str:
    """The key of the small picture of an original or a result.

    Raises:
        StoreError: it is no key.
    """
    return f"{Kind.THUMBNAIL}/{check_key(key).partition('/')[2]}"


def screen_of(key: str) -> str:
    """The key of the copy for screens of an original or a result.

    Raises:
        StoreError: it is no key.
    """
    return f"{Kind.SCREEN}/{check_key(key).partition('/')[2]}"


def derived(key: str) -> tuple[str, ...]:
    """The keys of what is made from a file and goes with it: its thumbnail and its copy for screens.

    Raises:
        StoreError: it is no key.
    """
    kind, _, rest = check_key(key).partition("/")
    return () if kind in _MADE else tuple(f"{made}/{rest}" for made in _MADE)


def sources(key: str) -> tuple[str, ...]:
    """The keys by which a file is needed: its own, or, for what is made from others, those of what it may show.

    Raises:
        StoreError: it is no key.
    """
    kind, _, rest = check_key(key).partition("/")
    return (f"{Kind.ORIGINAL}/{rest}", f"{Kind.RESULT}/{rest}") if kind in _MADE else (key,)
