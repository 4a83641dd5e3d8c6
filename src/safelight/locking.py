"""Locks on files, between processes and threads; the operating system lets them go when their holder dies."""

from __future__ import annotations

import sys
from contextlib import suppress

if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int, *, wait: bool = False) -> bool | None:
        """Take the lock of an open file; it ends with the file. See the other one."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let the lock of an open file go; see the other one."""
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def try_lock(descriptor: int, *, wait: bool = False) -> bool | None:
        """Take the lock of an open file; it ends with the file.

        Args:
            descriptor: of the file.
            wait: until whoever has it lets it go.

        Returns:
            Whether it is held now; None where files have no locks.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True

    def unlock(descriptor: int) -> None:
        """Let the lock of an open file go before the file is closed."""
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
