"""What the operating system says of a disk, in words a user can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from safelight.errors import DiskFullError, OutputError

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


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
        if error.errno in _FULL:
            raise DiskFullError(f"{path}: the disk is full") from error
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_all(file: FileIO, data: memoryview) -> None:
    """Write all of ``data`` to an unbuffered file, which may take it in parts."""
    while data:
        data = data[file.write(data) :]
