"""The SHA-256 of files, by which weights are checked and results are known again."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal.

    Raises:
        OSError: it cannot be read, or is no regular file: a pipe would be waited for without end.
    """
    if not path.is_file():
        path.stat()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
