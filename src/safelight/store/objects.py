"""A store in S3 or another object store, by URL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore as Remote

from safelight.errors import StoreError
from safelight.store.blobs import CHUNK, Store
from safelight.store.drafts import Drafts
from safelight.store.failures import told
from safelight.store.keys import Kind, check_key, is_key


class ObjectStore(Store):
    """Files as objects; their keys are the keys. An object appears whole or not at all."""

    def __init__(self, remote: Remote, drafts: Drafts) -> None:
        """Take the object store, and a place on a disk for unfinished files."""
        super().__init__(drafts)
        self._remote = remote

    def put(self, key: str, path: Path) -> None:
        """See :meth:`Store.put`; what is there already is not sent again."""
        with _told(key):
            size = path.stat().st_size
        if self._size(key) != size:
            with _told(key):
                obstore.put(self._remote, key, path)

    def replace(self, key: str, path: Path) -> None:
        """See :meth:`Store.replace`."""
        with _told(check_key(key)):
            obstore.put(self._remote, key, path)

    def exists(self, key: str) -> bool:
        """See :meth:`Store.exists`."""
        return self._size(key) is not None

    def size(self, key: str) -> int:
        """See :meth:`Store.size`."""
        size = self._size(key)
        if size is None:
            raise StoreError(f"{key}: is not in the store")
        return size

    def local_path(self, key: str) -> Path | None:
        """See :meth:`Store.local_path`; there is none."""
        check_key(key)
        return None

    def fetch(self, key: str, to: Path) -> Path:
        """See :meth:`Store.fetch`."""
        whole = to.with_name(f"{to.name}.part")
        try:
            with _told(key), whole.open("wb") as file:
                for data in self.stream(key):
                    file.write(data)
            whole.replace(to)
        finally:
            whole.unlink(missing_ok=True)
        return to

    def stream(self, key: str, chunk: int = CHUNK) -> Iterator[bytes]:
        """See :meth:`Store.stream`."""
        with _told(check_key(key)):
            for data in obstore.get(self._remote, key).stream(min_chunk_size=chunk):
                yield bytes(data)

    def delete(self, key: str) -> None:
        """See :meth:`Store.delete`."""
        try:
            with _told(check_key(key)):
                obstore.delete(self._remote, key)
        except StoreError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise

    def keys(self, prefix: str) -> Iterator[tuple[str, int]]:
        """See :meth:`Store.keys`."""
        for kind in [Kind(prefix.rstrip("/"))] if prefix else list(Kind):
            with _told(kind):
                for found in obstore.list(self._remote, kind):
                    for one in found:
                        if is_key(one["path"]):
                            yield one["path"], round(one["last_modified"].timestamp() * 1000)

    def free_bytes(self) -> int | None:
        """See :meth:`Store.free_bytes`: the room for drafts, as an object store has no end."""
        try:
            return shutil.disk_usage(self.drafts.home).free
        except OSError:
            return None

    def _size(self, key: str) -> int | None:
        try:
            with _told(check_key(key)):
                return int(obstore.head(self._remote, key)["size"])
        except StoreError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Turn errors of the object store and of the disk into those of the store."""
    try:
        with told(key):
            yield
    except BaseError as error:
        raise StoreError(f"{key}: {str(error).splitlines()[0]}") from error
