"""The journal of an output folder: which result was made from which bytes by which plan, one line of JSON each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safelight.folders.scratch import HIDDEN
from safelight.imaging.disk import writing
from safelight.imaging.naming import numbered

_FILE = "results.jsonl"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One result."""

    input: str
    """Path of the photo, as it was named."""
    input_sha256: str
    """SHA-256 of its bytes."""
    signature: str
    """Signature of the plan."""
    output: str
    """Path of the result, relative to the output folder, before a number may have been added to its name."""
    sha256: str
    """SHA-256 of the result's bytes."""
    bytes: int
    """Its size."""
    mtime_ns: int
    """When it was written, in nanoseconds."""
    width: int
    """Pixels across."""
    height: int
    """Pixels down."""
    seconds: float
    """How long it took."""
    finished: str
    """When, in RFC 3339, UTC."""
    executions: tuple[dict[str, Any], ...] = ()
    """How each step was computed."""
    warnings: tuple[str, ...] = ()
    """What the user was told."""


class Journal:
    """Remembers results across runs and kills. Lines are only ever added; a torn last line is ignored."""

    def __init__(self, output: Path) -> None:
        """Read what is remembered about the folder ``output``."""
        self._output = output
        self._path = output / HIDDEN / _FILE
        self._entries: dict[tuple[str, str], Entry] = {}
        for line in self._lines():
            entry = _parse(line)
            if entry is not None:
                self._entries[entry.input_sha256, entry.signature] = entry

    def find(self, input_sha256: str, signature: str, folder: Path) -> tuple[Entry, Path] | None:
        """Give the result of these bytes and this plan in ``folder`` (relative) if it is still there, unchanged."""
        entry = self._entries.get((input_sha256, signature))
        if entry is None:
            return None
        wanted = self._output / folder / Path(entry.output).name
        for name in numbered(wanted.name):
            path = wanted.with_name(name)
            if not path.exists():
                return None
            if _is(path, entry):
                return entry, path
        return None

    def add(self, entry: Entry) -> None:
        """Remember a result, before its file gets its name: so a kill between the two cannot make a second one.

        Raises:
            DiskFullError: the disk is full.
            OutputError: the journal cannot be written.
        """
        line = json.dumps({name: getattr(entry, name) for name in Entry.__slots__}, ensure_ascii=False)
        with writing(self._path), self._path.open("ab") as file:
            file.write(b"\n" * self._is_torn() + line.encode() + b"\n")
        self._entries[entry.input_sha256, entry.signature] = entry

    def _is_torn(self) -> bool:
        """Tell whether a kill left the last line without an end."""
        with self._path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 1))
            return file.read() not in (b"", b"\n")

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _is(path: Path, entry: Entry) -> bool:
    """Tell whether a file is the one that was written; a copy of it with another time counts too."""
    found = path.stat()
    if found.st_size != entry.bytes:
        return False
    return found.st_mtime_ns == entry.mtime_ns or sha256_of(path) == entry.sha256


def _parse(line: str) -> Entry | None:
    try:
        content = json.loads(line)
        content["executions"] = tuple(content["executions"])
        content["warnings"] = tuple(content["warnings"])
        return Entry(**content)
    except (ValueError, TypeError, KeyError):
        return None
