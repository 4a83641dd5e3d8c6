"""A store in a folder of a disk."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from safelight.imaging.disk import sync_folder
from safelight.store.blobs import CHUNK, Store
from safelight.store.drafts import Drafts
from safelight.store.failures import told
from safelight.store.keys import Kind, check_key, is_key

INCOMING = "incoming"
"""The folder for unfinished files."""


class FolderStore(Store):
    """Files in ``<root>/<key>``."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made if it is not there.

        Raises:
            StoreError: it cannot be made.
        """
        super().__init__(Drafts(root / INCOMING))
        self._root = root

    def put(self, key: str, path: Path) -> None:
        """See :meth:`Store.put`; a draft on the same disk is linked and not copied."""
        target = self._path(key)
        with told(key):
            if _same(target, path):
                os.utime(target)
            else:
                _sync(path)
                _make(target.parent)
                self._bring(path, target)
            # Also where it was there already: whoever put it may not have come so far yet.
            sync_folder(target.parent)

    def replace(self, key: str, path: Path) -> None:
        """See :meth:`Store.replace`; a draft on the same disk is moved."""
        target = self._path(key)
        with told(key):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.replace(target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                with self.drafts.draft() as near:
                    shutil.copyfile(path, near)
                    near.replace(target)

    def exists(self, key: str) -> bool:
        """See :meth:`Store.exists`."""
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """See :meth:`Store.size`."""
        with told(key):
            return self._path(key).stat().st_size

    def local_path(self, key: str) -> Path | None:
        """See :meth:`Store.local_path`."""
        return self._path(key)

    def fetch(self, key: str, to: Path) -> Path:
        """See :meth:`Store.fetch`; gives the file itself."""
        self.size(key)
        return self._path(key)

    def stream(self, key: str, chunk: int = CHUNK) -> Iterator[bytes]:
        """See :meth:`Store.stream`."""
        with told(key), self._path(key).open("rb", buffering=0) as file:
            while data := file.read(chunk):
                yield data

    def delete(self, key: str) -> None:
        """See :meth:`Store.delete`."""
        with told(key):
            self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[tuple[str, int]]:
        """See :meth:`Store.keys`."""
        for kind in [Kind(prefix.rstrip("/"))] if prefix else list(Kind):
            for path in sorted((self._root / kind).glob("??")):
                with told(kind), os.scandir(path) as found:
                    for entry in found:
                        key = f"{kind}/{path.name}/{entry.name}"
                        if is_key(key):
                            yield key, entry.stat().st_mtime_ns // 1_000_000

    def free_bytes(self) -> int | None:
        """See :meth:`Store.free_bytes`."""
        try:
            return shutil.disk_usage(self._root).free
        except OSError:
            return None

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _bring(self, path: Path, target: Path) -> None:
        try:
            os.link(path, target)
        except OSError:
            # It is on another disk, or there is a damaged file in its place; or the disk knows no links.
            whole = self.drafts.new()
            try:
                shutil.copyfile(path, whole)
                _sync(whole)
                whole.replace(target)
            finally:
                whole.unlink(missing_ok=True)


def _same(target: Path, path: Path) -> bool:
    """Tell whether a file is in its place already; one of another length was damaged since."""
    try:
        return target.stat().st_size == path.stat().st_size
    except FileNotFoundError:
        return False


def _make(folder: Path) -> None:
    """Make a folder and the one around it so that they are there after a crash too."""
    for one in (folder.parent, folder):
        if not one.is_dir():
            one.mkdir(parents=True, exist_ok=True)
            sync_folder(one.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
