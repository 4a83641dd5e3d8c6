"""Sends results as a ZIP while it is being made: nothing of it is kept in memory or on disk."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import IO, cast

from fastapi.responses import Response, StreamingResponse

from safelight.api.files import disposition
from safelight.imaging.formats import SUFFIX, Format
from safelight.imaging.naming import numbered, result_name
from safelight.store.blobs import Store
from safelight.tasks.task import Task


def zip_response(store: Store, tasks: Sequence[Task], *, name: str) -> Response:
    """Answer with the results of tasks, named by the stem of the original and the true suffix, clashes numbered."""
    headers = {"Content-Disposition": disposition(name, inline=False), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(zipped(store, tasks), media_type="application/zip", headers=headers)


def zipped(store: Store, tasks: Sequence[Task]) -> Iterator[bytes]:
    """Give the ZIP in parts. Pictures are compressed already and go in as they are."""
    sink = Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED) as archive:
        for name, task in zip(entry_names(tasks), tasks, strict=True):
            entry = zipfile.ZipInfo(name, _time(task))
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=_large(task)) as target:
                for chunk in store.stream(str(task.result_key)):
                    target.write(chunk)
                    yield sink.take()
            yield sink.take()
    yield sink.take()


def entry_names(tasks: Sequence[Task]) -> list[str]:
    """Names for the results: safe, and no two alike, not even where case does not count."""
    taken: set[str] = set()
    names = []
    for task in tasks:
        suffix = SUFFIX[Format(str((task.result or {})["format"]))]
        wanted = result_name(PurePath(task.input_name).stem, (), suffix)
        name = next(one for one in numbered(wanted) if _folded(one) not in taken)
        taken.add(_folded(name))
        names.append(name)
    return names


class Sink:
    """A file that can only be written, and whose content is taken away."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        """Take data."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush."""

    def take(self) -> bytes:
        """Give what was written since, and forget it."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _time(task: Task) -> tuple[int, int, int, int, int, int]:
    at = datetime.fromtimestamp((task.finished_at or task.created_at) / 1000, UTC)
    return (max(1980, at.year), at.month, at.day, at.hour, at.minute, at.second)


def _large(task: Task) -> bool:
    return int((task.result or {}).get("bytes", 0)) > 0x7000_0000


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
