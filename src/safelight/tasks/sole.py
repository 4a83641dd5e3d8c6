"""The right of one process to do what only one may do; the operating system ends it with the process."""

from __future__ import annotations

import os
import weakref
from pathlib import Path

from safelight.locking import try_lock


class Sole:
    """A lock on a file. Who has it once keeps it for as long as this object lives."""

    def __init__(self, path: Path) -> None:
        """Take the file; it is made when it is needed, and stays, as else two could lock two files of one name."""
        self._path = path
        self.held = False
        """Whether this object has the lock."""

    def take(self) -> bool:
        """Take the lock, unless somebody else has it; tells whether it is held now. For one thread.

        Raises:
            OSError: the file cannot be made.
        """
        if not self.held:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            # Where files have no locks, everybody is taken for the only one.
            if try_lock(descriptor) is not False:
                self.held = True
                weakref.finalize(self, os.close, descriptor)
            else:
                os.close(descriptor)
        return self.held
