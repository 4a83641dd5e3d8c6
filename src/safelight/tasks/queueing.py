"""The line in which everybody stands who wants to write to a SQLite file: threads of this process, and other processes.

SQLite itself makes whoever finds it busy sleep, up to a tenth of a second, and then look again; a process that writes
all the time hardly ever leaves a moment in which that succeeds. Here nobody overtakes: whoever is next holds the place
of the next one, and whoever has just written needs that place before writing again.

The process that answers requests goes first: while it is in line others wait before they join, though never for long.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safelight.locking import try_lock, unlock

_POLL_S = 0.0003
_POLITE_S = 0.05
"""How long others let the process go first that answers requests; then they join the line all the same."""


class WriteLine:
    """The line of one database."""

    def __init__(self, database: Path | None, *, first: bool = False) -> None:
        """Take the file of the database; without one, only the threads of this process line up.

        ``first`` is for the process that answers requests. The files of the line lie beside the database, are made when
        they are needed, and stay: else two could lock two files of one name.
        """
        self._paths = () if database is None else tuple(Path(f"{database}-{one}") for one in ("first", "next", "turn"))
        self._files: tuple[int, ...] = ()
        self._own = threading.Lock()
        self._opening = threading.Lock()
        self._first = first
        self._inside, self._counting = 0, threading.Lock()

    @contextmanager
    def turn(self, patience_s: float) -> Iterator[bool]:
        """Wait for the turn to write, and have it until the block ends; gives False where it did not come in time.

        Only threads of this process are certain to be kept out: where files have no locks, or a process holds its turn
        for too long, SQLite's own lock decides.
        """
        by = time.monotonic() + patience_s
        self._enter()
        try:
            if not self._own.acquire(timeout=patience_s):
                yield False
                return
            try:
                held = self._among_processes(by)
                try:
                    yield True
                finally:
                    if held is not None:
                        unlock(held)
            finally:
                self._own.release()
        finally:
            self._leave()

    def _enter(self) -> None:
        """Show that somebody of the process that goes first is in line."""
        if not self._first:
            return
        with self._counting:
            self._inside += 1
            if self._inside == 1 and self._opened():
                _locked(self._files[0], time.monotonic() + _POLITE_S)

    def _leave(self) -> None:
        if not self._first:
            return
        with self._counting:
            self._inside -= 1
            if self._inside == 0 and self._files:
                unlock(self._files[0])

    def _among_processes(self, by: float) -> int | None:
        """Wait for the turn among processes; gives the file whose lock is held, if any."""
        if not self._opened():
            return None
        first, following, current = self._files
        if not self._first and _locked(first, time.monotonic() + _POLITE_S):
            unlock(first)
        if not _locked(following, by):
            return None
        try:
            return current if _locked(current, by) else None
        finally:
            unlock(following)

    def _opened(self) -> bool:
        with self._opening:
            return self._all_opened()

    def _all_opened(self) -> bool:
        if self._paths and not self._files:
            try:
                # No file of its own may be shared with a child: the lock would be as well.
                files = tuple(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self._paths)
            except OSError:
                self._paths = ()
                return False
            self._files = files
            weakref.finalize(self, _close, files)
        return bool(self._files)


def _locked(file: int, by: float) -> bool:
    while (found := try_lock(file)) is False:
        if time.monotonic() > by:
            return False
        time.sleep(_POLL_S)
    return bool(found)


def _close(files: tuple[int, ...]) -> None:
    for one in files:
        os.close(one)
