"""A lock between processes and threads, let go by the operating system when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safelight.errors import CancelledError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def folder_lock(folder: Path, cancelled: Callable[[], bool] | None = None) -> Iterator[None]:
    """Hold the one lock of a folder for the length of a ``with`` block, waiting for it as long as it takes.

    The lock file stays: removing it would let two holders lock two files of the same name.

    Raises:
        CancelledError: ``cancelled()`` became true while waiting.
        OSError: the folder cannot be written.
    """
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        while not _try_lock(handle):
            if cancelled is not None and cancelled():
                raise CancelledError("the fetching of weights was cancelled")
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)
