"""Names of result files: safe on every file system, and never those of files that are there already."""

from __future__ import annotations

import errno
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from safelight.errors import DiskFullError, OutputError
from safelight.imaging.disk import FULL, sync_folder

_LONGEST = 255
_ROOM = 12
"""Bytes kept free in a name, for the number of a clash."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES)


def result_name(stem: str, parts: Iterable[str], suffix: str) -> str:
    """Build the file name ``{stem}_{part}_{part}{suffix}`` of a result.

    Letters of every script stay. What a file system may not like is replaced: separators, control and formatting
    characters, names that Windows keeps for itself, dots and blanks at the ends. The stem is shortened so that the
    name has at most 255 bytes of UTF-8 with the number of a clash in it. ``suffix`` starts with a dot.
    """
    tail = "".join(f"_{_clean(part)}" for part in parts) + suffix
    tail = _shortened(tail, _LONGEST - _ROOM - 16) if len(tail.encode()) > _LONGEST - _ROOM - 16 else tail
    head = _shortened(_clean(stem), _LONGEST - _ROOM - len(tail.encode())).rstrip(". ") or "photo"
    if _RESERVED.fullmatch(head):
        head = f"_{head}"
    return head + tail


def _clean(text: str) -> str:
    """Replace what may not stand in a file name; leave no dots or blanks at the ends."""
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    visible = "".join(one for one in composed if one in "\u200c\u200d" or unicodedata.category(one) not in _HIDDEN)
    return _FORBIDDEN.sub("_", visible).strip(" .")


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _shortened(text: str, size: int) -> str:
    """Cut to at most ``size`` bytes of UTF-8, between characters."""
    return text.encode()[: max(size, 0)].decode(errors="ignore")


def numbered(name: str) -> Iterator[str]:
    """Give ``name.ext``, then ``name-2.ext``, ``name-3.ext`` and so on."""
    yield name
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    for number in range(2, 1_000_000):
        tail = f"-{number}{suffix}"
        yield _shortened(stem, _LONGEST - len(tail.encode())) + tail


def publish(temporary: Path, folder: Path, name: str) -> Path:
    """Move a finished file to ``folder/name``, in one step and never over a file that is there.

    On a clash the name gets a number: ``name-2.ext``. Of several processes that publish one name at the same time,
    each gets its own. The folder must exist; the result is there after a power loss if this returned.

    Raises:
        DiskFullError: the disk is full.
        OutputError: the file cannot be put there.
    """
    try:
        for one in numbered(name):
            target = folder / one
            if _claim(temporary, target):
                sync_folder(folder)
                return target
    except OSError as error:
        where = folder / name
        if error.errno in FULL:
            raise DiskFullError(f"{where}: no space is left to write this file") from error
        raise OutputError(f"{where}: cannot be written: {(error.strerror or 'error').lower()}") from error
    raise OutputError(f"{folder / name}: too many files have this name")


def _claim(temporary: Path, target: Path) -> bool:
    """Move to ``target`` if nothing is there; tell whether it was free."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _claim_without_links(temporary, target)
    temporary.unlink()
    return True


def _claim_without_links(temporary: Path, target: Path) -> bool:
    """The same where a file cannot have two names (FAT, some network drives) or lies on another disk.

    Creating an empty file is what nobody else can do at the same time; it is then replaced.
    """
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except FileExistsError:
        return False
    try:
        _move_over(temporary, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return True


def _move_over(temporary: Path, target: Path) -> None:
    try:
        temporary.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        near = target.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.part")
        try:
            with temporary.open("rb") as source, near.open("xb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            near.replace(target)
        finally:
            near.unlink(missing_ok=True)
        temporary.unlink()
