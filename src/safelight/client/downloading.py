"""Fetches results: whole, or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO
from urllib.parse import quote

from safelight.client.calls import API, get
from safelight.client.errors import SafelightApiError
from safelight.client.line import Line, refusal, told
from safelight.client.patience import Patience
from safelight.client.wire import LostError

_TAG = re.compile(r'"([0-9a-f]{64})"')


async def content_of(line: Line, task_id: str) -> bytes:
    """Fetch a result into memory.

    Raises:
        SafelightApiError: there is none, or not yet.
        UnreachableError: the service does not answer.
    """
    into = io.BytesIO()
    await _fetch(line, task_id, into)
    return into.getvalue()


async def file_of(line: Line, task_id: str, to: Path) -> Path:
    """Fetch a result to a file, which appears when it is whole; one that is there is replaced.

    Raises: as :func:`content_of`, and OSError if it cannot be written.
    """
    with _draft(to) as file:
        await _fetch(line, task_id, file)
    return to


async def _fetch(line: Line, task_id: str, into: IO[bytes]) -> None:
    patience = Patience(line.retries)
    while True:
        try:
            return await _fetch_once(line, task_id, into)
        except (LostError, SafelightApiError) as error:
            pause = patience.pause_after(error)
            if pause is None:
                raise told(error) from error.__cause__
        await line.wire.pause(pause)


async def _fetch_once(line: Line, task_id: str, into: IO[bytes]) -> None:
    """Write the result over whatever an earlier try has left."""
    into.seek(0)
    into.truncate()
    digest = hashlib.sha256()
    call = line.addressed(get(f"{API}/download/{quote(task_id, safe='')}"))
    async with line.wire.open(call, line.timeout_s) as incoming:
        if incoming.head.status != 200:
            raise refusal(await incoming.whole())
        async with aclosing(incoming.pieces()) as pieces:
            async for piece in pieces:
                digest.update(piece)
                into.write(piece)
        tag = _TAG.fullmatch(incoming.head.headers.get("etag", ""))
    if tag and tag[1] != digest.hexdigest():
        raise LostError("what came is not the result")


@contextmanager
def _draft(to: Path) -> Iterator[IO[bytes]]:
    """Open a file beside the one that is meant, and put it in its place at the end."""
    draft = to.with_name(f".{to.name[:100]}.{token_hex(6)}.part")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)
