"""Opening ordinary files only: a pipe or a device would keep its reader waiting, or reading, for ever."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from safelight.errors import PhotoError

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> BinaryIO:
    """Open an ordinary file for reading bytes, through links if need be; never waits for what is something else.

    Raises:
        PhotoError: it is a folder, a pipe or a device, is not there, or cannot or may not be read; one line that
            starts with the file's name.
    """
    name = path.name or str(path)
    try:
        # Opening some devices does something, so they are told from files before as well as after.
        _check(path.stat().st_mode, name)
        descriptor = os.open(path, _FLAGS)
        try:
            _check(os.fstat(descriptor).st_mode, name)
        except BaseException:
            os.close(descriptor)
            raise
        return os.fdopen(descriptor, "rb")
    except (OSError, ValueError) as error:
        raise unreadable_file(name, error) from error


def unreadable_file(name: str, error: OSError | ValueError) -> PhotoError:
    """Say in one line why the file of this name cannot be opened or read."""
    return PhotoError(f"{name}: {_reason(error)}")


def _check(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise PhotoError(f"{name}: this is a folder")
    if not stat.S_ISREG(mode):
        raise PhotoError(f"{name}: this is not an ordinary file")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "the file may not be read"
    if isinstance(error, OSError) and error.errno is not None:
        return f"the file cannot be read: {os.strerror(error.errno).lower()}"
    return "the file cannot be read"
