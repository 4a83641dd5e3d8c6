"""Claims: of several processes that work into one folder, one does a photo and the others leave it to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safelight.folders.scratch import HIDDEN
from safelight.imaging.disk import writing
from safelight.locking import try_lock


@contextmanager
def claim(output: Path, key: tuple[str, ...], *, wait: bool) -> Iterator[bool]:
    """Try to be the only one who works on ``key``; tell whether it worked. A claim ends with its process.

    Raises:
        OutputError: the output folder cannot be written.
    """
    name = hashlib.sha256("\n".join(key).encode()).hexdigest()[:32]
    path = output / HIDDEN / f"claim-{name}"
    while True:
        with writing(path):
            file = path.open("a")
        with file:
            if not try_lock(file.fileno(), wait=wait):
                yield False
                return
            if not _is_still(file.fileno(), path):
                continue
            try:
                yield True
            finally:
                path.unlink(missing_ok=True)
            return


def _is_still(descriptor: int, path: Path) -> bool:
    """Tell whether the locked file still has its name; whoever had it before took the name away."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
