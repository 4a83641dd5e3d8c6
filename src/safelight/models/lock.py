"""A lock between processes and threads, let go by the operating system when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safelight.errors import CancelledError
from safelight.locking import try_lock


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
        while try_lock(handle) is False:
            if cancelled is not None and cancelled():
                raise CancelledError("the fetching of weights was cancelled")
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)
