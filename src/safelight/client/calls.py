"""Requests as values: made once, and sent as often as it takes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import IO

API = "/api/v1"
"""Where the routes are."""

Param = str | int | float | bool | Mapping[str, object] | Sequence[object] | None
"""A parameter of an operation."""
Source = str | os.PathLike[str] | bytes
"""A photo: where its file is, or its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A photo that is sent along."""

    name: str
    """Its file name."""
    source: Path | bytes
    """Where its file is, or its bytes."""

    @contextmanager
    def opened(self) -> Iterator[IO[bytes] | bytes]:
        """Give it from its beginning; a file is read as it is sent.

        Raises:
            OSError: the file cannot be read.
        """
        if isinstance(self.source, bytes):
            yield self.source
        else:
            with self.source.open("rb") as file:
                yield file


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request."""

    method: str
    """GET or POST."""
    path: str
    """Below the address of the service."""
    query: Mapping[str, str] = field(default_factory=dict)
    """What is in the query."""
    body: Mapping[str, object] | None = None
    """What is sent as JSON."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The fields beside the photo."""
    upload: Upload | None = None
    """The photo; then it is a form."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What is in the head besides."""


def get(path: str, **query: str) -> Call:
    """Ask for something."""
    return Call(method="GET", path=path, query=query)


def post(
    path: str,
    *,
    body: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
    upload: Upload | None = None,
) -> Call:
    """Ask for something to be done: once, however often the request is sent."""
    key = {"Idempotency-Key": token_hex(16)}
    return Call(method="POST", path=path, body=body, form=form or {}, upload=upload, headers=key)


def upload_of(photo: Source, name: str | None) -> Upload:
    """The photo as it is sent; ``name`` goes before that of its file."""
    if isinstance(photo, bytes):
        return Upload(name=name or "photo", source=photo)
    path = Path(photo)
    return Upload(name=name or path.name, source=path)


def fields_of(params: Mapping[str, Param]) -> dict[str, str]:
    """Parameters as fields of a form: lists and mappings as JSON, None as ``null``."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
