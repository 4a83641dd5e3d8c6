"""What goes wrong with files of the store, in the words of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from safelight.errors import DiskFullError, LostFileError, StoreError
from safelight.imaging.disk import FULL


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn errors of the system about a file into one line that names ``what`` and no path.

    Raises:
        DiskFullError: there is no room for it.
        LostFileError: it is not there.
        StoreError: it cannot be read or written.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise LostFileError(f"{what}: is not in the store") from error
    except OSError as error:
        if error.errno in FULL:
            raise DiskFullError("the disk is full, where files are kept") from error
        raise StoreError(f"{what}: {error.strerror or error}") from error
