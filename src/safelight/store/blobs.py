"""The contract of a store: files by the hash of their content, in a folder or in an object store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from safelight.store.drafts import Drafts
from safelight.store.keys import derived

CHUNK = 1 << 20
"""Bytes that are read at a time."""


class Store(ABC):
    """Files by key; see :mod:`safelight.store.keys`. Every method raises StoreError for what is no key."""

    def __init__(self, drafts: Drafts) -> None:
        """Take the place for unfinished files."""
        self.drafts = drafts

    def draft(self) -> AbstractContextManager[Path]:
        """Lend the path of a file that is not there yet, to be put; what is left of it is removed."""
        return self.drafts.draft()

    def keep(self, key: str, path: Path) -> None:
        """Put a file again if it has gone since it was put: quick, for within a transaction.

        Raises:
            DiskFullError: there is no room.
            StoreError: it cannot be written.
        """
        if not self.exists(key):
            self.put(key, path)

    def discard(self, key: str) -> None:
        """Delete a file and what was made from it.

        Raises:
            StoreError: it could not be deleted.
        """
        for one in (key, *derived(key)):
            self.delete(one)

    def close(self) -> None:
        """Remove the unfinished files of this process."""
        self.drafts.close()

    @abstractmethod
    def put(self, key: str, path: Path) -> None:
        """Bring a file to its place. When this returns it is there for good, and whole; before, it is not there.

        The file at ``path`` must not be changed afterwards, as it may be the same file; it may be removed. If the key
        has its file already, that one stays; in a folder it counts as new.

        Raises:
            DiskFullError: there is no room.
            StoreError: it cannot be written.
        """

    @abstractmethod
    def replace(self, key: str, path: Path) -> None:
        """Bring a file to its place, whatever is there: for what is made anew all the time and need not last.

        Whoever reads sees the old one or the new one, whole. The file at ``path`` may be gone afterwards.

        Raises:
            DiskFullError: there is no room.
            StoreError: it cannot be written.
        """

    @abstractmethod
    def exists(self, key: str) -> bool:
        """Tell whether a key has its file.

        Raises:
            StoreError: that cannot be told.
        """

    @abstractmethod
    def size(self, key: str) -> int:
        """The bytes of a file.

        Raises:
            StoreError: it is not there.
        """

    @abstractmethod
    def local_path(self, key: str) -> Path | None:
        """Where a file lies on a disk of this machine, to be read only; None if it does not lie there."""

    @abstractmethod
    def fetch(self, key: str, to: Path) -> Path:
        """Give a path where a file can be read: its own, or ``to``, where it is brought.

        Raises:
            DiskFullError: there is no room.
            StoreError: it is not there, or cannot be read.
        """

    @abstractmethod
    def stream(self, key: str, chunk: int = CHUNK) -> Iterator[bytes]:
        """Read a file in parts of about ``chunk`` bytes.

        Raises:
            StoreError: it is not there, or cannot be read.
        """

    @abstractmethod
    def delete(self, key: str) -> None:
        """Delete a file; that it is not there is no error.

        Raises:
            StoreError: it could not be deleted.
        """

    @abstractmethod
    def keys(self, prefix: str) -> Iterator[tuple[str, int]]:
        """All keys of one kind, or with "" of all kinds, each with the time in ms since 1970 at which it was last put.

        Raises:
            StoreError: they cannot be listed.
        """

    @abstractmethod
    def free_bytes(self) -> int | None:
        """Free room where files are kept, or at least where drafts are; None if that cannot be told."""
