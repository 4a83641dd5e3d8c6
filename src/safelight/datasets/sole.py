"""One build at a time over a folder; the lock goes with its holder, even when that is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safelight.errors import BusyDatasetError
from safelight.imaging.disk import writing
from safelight.locking import try_lock


@contextmanager
def sole(folder: Path, name: str = ".lock", *, wait: bool = False) -> Iterator[None]:
    """Be the only one with the lock of a folder.

    Args:
        folder: of the dataset.
        name: which lock; ``.lock`` is that of builds.
        wait: until whoever has it lets it go.

    Raises:
        BusyDatasetError: somebody else has it.
        OutputError: the folder cannot be written.
    """
    path = folder / name
    with writing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if try_lock(descriptor, wait=wait) is False:
            raise BusyDatasetError(
                f"{folder.name}: a build of this dataset is running", hint="wait for it or cancel it"
            )
        yield
    finally:
        os.close(descriptor)
