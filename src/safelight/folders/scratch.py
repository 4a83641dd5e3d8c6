"""The hidden folder ``.safelight`` in an output folder: unfinished work, and the journal of what is done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from safelight.errors import OutputError
from safelight.imaging.disk import writing
from safelight.locking import try_lock

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
        if try_lock(lock.fileno()) and folder.exists():
            return folder, lock
        lock.close()


def _remove_if_abandoned(folder: Path) -> None:
    with suppress(OSError):
        with (folder / _LOCK).open("r+") as lock:
            if not try_lock(lock.fileno()):
                return
        shutil.rmtree(folder, ignore_errors=True)
