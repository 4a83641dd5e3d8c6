"""Fetches a file from an address that a stranger names."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpcore2

from safelight.errors import FetchError
from safelight.fetching.clock import Clock, TooLongError
from safelight.fetching.filename import file_name
from safelight.fetching.pinned import PinnedBackend, judged
from safelight.fetching.rules import Rules
from safelight.fetching.target import Target, target_after, target_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = (
    (b"User-Agent", b"Safelight"),
    (b"Accept", b"image/*, */*;q=0.1"),
    (b"Accept-Encoding", b"identity"),
    (b"Connection", b"close"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that was fetched."""

    sha256: str
    """Hash of its content, in hexadecimal digits."""
    size: int
    """Bytes."""
    name: str
    """Its name, safe on every file system."""
    final_url: str
    """Where it was, after all redirects."""


def fetch(url: str, to: Path, *, rules: Rules, check_cancelled: Callable[[], None]) -> Fetched:
    """Fetch the file at an address to ``to``; what is written before a failure stays there.

    Only addresses that ``rules`` allow are ever connected to, also after a redirect. Proxies, cookies and credentials
    are not used.

    Raises:
        FetchRefusedError: the address, or one that it leads to, may not be fetched.
        FetchError: it cannot be fetched, takes too long or is too large.
        CancelledError: on request.
        OSError: ``to`` cannot be written.
    """
    clock = Clock(rules.total_s, check_cancelled)
    target = target_of(url)
    for _ in range(rules.redirects + 1):
        with _told(target.host, rules), _asked(target, rules, clock) as response:
            if response.status not in _REDIRECTS:
                sha256, size = _receive(response, target, to, rules, clock)
                name = file_name(_header(response, b"content-disposition"), target.path)
                return Fetched(sha256=sha256, size=size, name=name, final_url=str(target))
            location = _header(response, b"location")
            if not location:
                raise FetchError(f"{target.host}: it leads elsewhere, but does not say where")
            target = target_after(target, location)
    raise FetchError(f"{target.host}: it leads elsewhere more than {rules.redirects} times")


@contextmanager
def _asked(target: Target, rules: Rules, clock: Clock) -> Iterator[httpcore2.Response]:
    """Ask for a target, over a connection of its own; gives the answer without its body."""
    backend = PinnedBackend(judged(target, rules, clock), connect_s=rules.connect_s, clock=clock)
    place = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    # Encryption is set up anew each time, as the library changes what it is given.
    tls = (rules.tls or httpcore2.default_ssl_context()) if target.scheme == "https" else None
    headers = [(b"Host", target.host_header.encode("ascii")), *_HEADERS]
    with (
        httpcore2.HTTPConnection(place.origin, ssl_context=tls, network_backend=backend) as connection,
        closing(connection.handle_request(httpcore2.Request("GET", place, headers=headers))) as response,
    ):
        yield response


def _receive(response: httpcore2.Response, target: Target, to: Path, rules: Rules, clock: Clock) -> tuple[str, int]:
    """Write the body of an answer; gives its SHA-256 and size."""
    if response.status != HTTPStatus.OK:
        raise FetchError(f"{target.host}: it answered {response.status}{_meaning(response.status)}")
    if _header(response, b"content-encoding").strip().lower() not in (b"", b"identity"):
        raise FetchError(f"{target.host}: it sends the file packed, which was not asked for")
    stated = _header(response, b"content-length")
    if stated.isdigit() and int(stated) > rules.max_bytes:
        raise _too_large(target, rules)
    digest, size = hashlib.sha256(), 0
    with to.open("wb") as out:
        for chunk in response.iter_stream():
            clock.left()
            size += len(chunk)
            if size > rules.max_bytes:
                raise _too_large(target, rules)
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest(), size


@contextmanager
def _told(host: str, rules: Rules) -> Iterator[None]:
    """Turn what the network and the library raise into one line, without anything that came from the other side."""
    try:
        yield
    except TooLongError as error:
        raise FetchError(f"{host}: it takes longer than {rules.total_s:g} seconds") from error
    except httpcore2.TimeoutException as error:
        raise FetchError(f"{host}: it does not answer in time") from error
    except httpcore2.ConnectError as error:
        if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
            raise FetchError(f"{host}: it cannot prove that it is this host, or speaks no TLS") from error
        raise FetchError(f"{host}: it cannot be connected to") from error
    except httpcore2.NetworkError as error:
        raise FetchError(f"{host}: it broke off the connection") from error
    except httpcore2.ProtocolError as error:
        raise FetchError(f"{host}: it broke off, or what it says is not HTTP") from error


def _header(response: httpcore2.Response, name: bytes) -> bytes:
    return next((value for key, value in response.headers if key.lower() == name), b"")


def _meaning(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _too_large(target: Target, rules: Rules) -> FetchError:
    return FetchError(f"{target.host}: the file is larger than {rules.max_bytes >> 20} MB")
