"""What the operating system says of a disk, in words a user can act on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from safelight.errors import DiskFullError, OutputError

FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})
"""The errors of the system that mean: there is no room."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn errors of the system while ``path`` is written into one line for the user.

    Raises:
        DiskFullError: there is no room for it.
        OutputError: it cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError(f"{path}: the disk is full") from error
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_all(file: FileIO, data: memoryview) -> None:
    """Write all of ``data`` to an unbuffered file, which may take it in parts."""
    while data:
        data = data[file.write(data) :]


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system can do that.

    Raises:
        OSError: it failed.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)
