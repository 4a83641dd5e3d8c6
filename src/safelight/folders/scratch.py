"""The hidden folder ``.safelight`` in an output folder: unfinished work, and the journal of what is done."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from safelight.errors import OutputError
from safelight.imaging.disk import writing

HIDDEN = ".safelight"
_LOCK = "lock"


@contextmanager
def scratch(output: Path) -> Iterator[Path]:
    """Lend a folder for unfinished files, on the disk of ``output``, gone afterwards.

    What a killed process left there is removed first. A process that still runs holds a lock on its folder.

    Raises:
        OutputError: the output folder cannot be made or written.
        DiskFullError: the disk is full.
    """
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output}: is a file, not a folder")
    home = output / HIDDEN
    with writing(output):
        home.mkdir(parents=True, exist_ok=True)
    for left in home.glob("work-*"):
        _remove_if_abandoned(left)
    with writing(output):
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=home))
        lock = (folder / _LOCK).open("w")
    try:
        _lock(lock)
        yield folder
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_if_abandoned(folder: Path) -> None:
    with suppress(OSError):
        with (folder / _LOCK).open("r+") as lock:
            if not _lock(lock):
                return
        shutil.rmtree(folder, ignore_errors=True)


def _lock(file: IO[str]) -> bool:
    """Take the lock of a folder, which ends with the process; tell whether nobody had it."""
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
