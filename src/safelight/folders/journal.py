"""The journal of an output folder: which result was made from which bytes by which plan, one line of JSON each."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from safelight.folders.scratch import HIDDEN
from safelight.hashing import sha256_of
from safelight.imaging.disk import writing

_FILE = "results.jsonl"


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
    name: str = ""
    """Name of the result's file, where it carries the time at which it was made; before a number was added."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same result: bytes, plan and place."""
        return self.input_sha256, self.signature, self.output


_ENTRY = TypeAdapter(Entry)


class Journal:
    """Remembers results across runs and kills. Lines are only ever added; what is no whole entry is passed over."""

    def __init__(self, output: Path) -> None:
        """Read what is remembered about the folder ``output``."""
        self._output = output
        self._path = output / HIDDEN / _FILE
        self._read_to = 0
        self._entries: dict[tuple[str, str, str], Entry] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read what other processes have added since."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read_to)
                added = file.read()
        except OSError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.split(b"\n"):
            if (entry := _parse(line)) is not None:
                self._entries[entry.key] = entry

    def find(self, input_sha256: str, signature: str, output: Path) -> tuple[Entry, Path] | None:
        """Give the result of these bytes and this plan at ``output`` if it is still there, unchanged.

        ``output`` is the path in the output folder that was asked for; the result may have a time and a number in its
        name.
        """
        entry = self._entries.get((input_sha256, signature, plain(output)))
        if entry is None:
            return None
        wanted = self._output / (output.with_name(entry.name) if entry.name else output)
        if _is(wanted, entry):
            return entry, wanted
        number = re.compile(rf"{re.escape(wanted.stem)}-\d+{re.escape(wanted.suffix)}")
        try:
            others = sorted(path for path in wanted.parent.iterdir() if number.fullmatch(path.name))
        except OSError:
            return None
        return next(((entry, path) for path in others if _is(path, entry)), None)

    def add(self, entry: Entry) -> None:
        """Remember a result, before its file gets its name: so a kill between the two cannot make a second one.

        Raises:
            DiskFullError: the disk is full.
            OutputError: the journal cannot be written.
        """
        line = json.dumps(asdict(entry)).encode("ascii")
        with writing(self._path), self._path.open("ab") as file:
            file.write(b"\n" * self._is_torn() + line + b"\n")
        self._entries[entry.key] = entry

    def _is_torn(self) -> bool:
        """Tell whether a kill left the last line without an end."""
        with self._path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 1))
            return file.read() not in (b"", b"\n")


def plain(path: Path) -> str:
    """Write a path so that every reader can: names that are no UTF-8 have their odd bytes escaped."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _is(path: Path, entry: Entry) -> bool:
    """Tell whether a file is the one that was written; a copy of it with another time counts too."""
    try:
        found = path.stat()
        if found.st_size != entry.bytes or not path.is_file():
            return False
        return found.st_mtime_ns == entry.mtime_ns or sha256_of(path) == entry.sha256
    except OSError:
        return False


def _parse(line: bytes) -> Entry | None:
    try:
        return _ENTRY.validate_json(line, strict=True)
    except ValidationError:
        return None
