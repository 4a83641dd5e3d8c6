"""Writing a file anew: its name leads to what was there until all of the new one is there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safelight.imaging.disk import sync_folder

_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_LOOK = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def replacing(path: Path) -> Iterator[tuple[int, Path]]:
    """Give a draft to write, as an open descriptor and as a path; it becomes ``path`` when the block ends.

    The draft is a hidden file in the same folder. If the block fails, only the draft goes; a file that is there
    already stays as it is. A link stays one: what it leads to is replaced. The mode of an existing file is kept.

    Raises:
        OSError: the file cannot be written, or is there already and no ordinary file, or may not be changed.
    """
    target, mode = _target(path)
    draft = target.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.part")
    descriptor = os.open(draft, _CREATE, 0o666 if mode is None else 0o600)
    try:
        try:
            if mode is not None and hasattr(os, "fchmod"):
                # Some file systems have no modes.
                with suppress(OSError):
                    os.fchmod(descriptor, mode)
            yield descriptor, draft
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(target.parent)


def _target(path: Path) -> tuple[Path, int | None]:
    """Where ``path`` leads to, and the mode of the file that is there."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return path.resolve(), None
    except ValueError as error:
        raise OSError(errno.EINVAL, "not a file name") from error
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not an ordinary file")
    # A file that may not be changed may not be replaced either, though its folder would allow it.
    os.close(os.open(path, _LOOK))
    return path.resolve(), mode & 0o777
