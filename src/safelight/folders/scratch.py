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
        folder, lock = _locked_folder(home)
    try:
        yield folder
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


def _locked_folder(home: Path) -> tuple[Path, IO[str]]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=home))
        lock = (folder / _LOCK).open("w")
        # Another process may have taken it for abandoned before it was locked.
        if lock_file(lock) and folder.exists():
            return folder, lock
        lock.close()


def _remove_if_abandoned(folder: Path) -> None:
    with suppress(OSError):
        with (folder / _LOCK).open("r+") as lock:
            if not lock_file(lock):
                return
        shutil.rmtree(folder, ignore_errors=True)


def lock_file(file: IO[str], *, wait: bool = False) -> bool:
    """Take the lock of a file, which ends with the process or with the file; tell whether it worked."""
    if os.name == "nt":
        import msvcrt

        mode = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK  # type: ignore[attr-defined,unused-ignore]
        try:
            msvcrt.locking(file.fileno(), mode, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
