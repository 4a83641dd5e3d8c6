"""Unfinished files: each process has a folder of its own for them, which goes when the process has gone."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import finalize

from safelight.errors import StoreError
from safelight.locking import try_lock
from safelight.store.failures import told

_LOCK = "lock"
_DAY_S = 86_400


class Drafts:
    """A folder for unfinished files, on the disk on which they are to stay."""

    def __init__(self, home: Path) -> None:
        """Make a folder for this process in ``home``.

        Raises:
            StoreError: it cannot be made.
        """
        self.home = home
        try:
            home.mkdir(parents=True, exist_ok=True)
            self.folder, lock = _locked_folder(home)
        except OSError as error:
            raise StoreError(f"{home}: no files can be kept here: {error.strerror or error}") from error
        self._unlock = finalize(self, os.close, lock)

    def new(self) -> Path:
        """The path of a file that is not there yet; whoever asks for it removes it."""
        return self.folder / secrets.token_hex(12)

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Lend the path of a file that is not there yet, and remove what is left of it.

        Raises:
            DiskFullError: there is no room for what the block writes.
            StoreError: it cannot be written.
        """
        path = self.new()
        try:
            with told("a draft"):
                yield path
        finally:
            path.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what processes have left that are gone, and what is older than a day; tells how much that was."""
        left = [path for path in self.home.iterdir() if path != self.folder and _abandoned(path)]
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(left)

    def close(self) -> None:
        """Remove the folder of this process with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._unlock()


def _locked_folder(home: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix="drafts-", dir=home))
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT)
        # Another process may have taken it for abandoned before it was locked. Where there are no locks, age decides.
        if try_lock(lock) is not False and folder.exists():
            return folder, lock
        os.close(lock)


def _abandoned(path: Path) -> bool:
    """Tell whether nobody writes there any more."""
    with suppress(OSError):
        lock = os.open(path / _LOCK, os.O_RDWR)
        try:
            locked = try_lock(lock)
        finally:
            os.close(lock)
        if locked is not None:
            return locked
    try:
        newest = max(one.stat().st_mtime for one in (path, *(path.iterdir() if path.is_dir() else ())))
    except OSError:
        return False
    return bool(newest < time.time() - _DAY_S)
