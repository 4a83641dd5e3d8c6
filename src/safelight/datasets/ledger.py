"""The ledger of a dataset: what was sent to which machine, when, and how much.

JSON lines. A line is on disk before anything is sent, and a second one with the outcome follows, so that what was under
way when a process died is there as well. The file only grows.
"""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from uuid import uuid4

from pydantic import ValidationError

from safelight.datasets.value import Value
from safelight.imaging.disk import sync_folder, writing

SENDING = "sending"
"""Status of what is under way, or was when the process died."""


class Sent(Value):
    """One call to another machine."""

    call: str
    """Its id."""
    at: str
    """When it began, RFC 3339, UTC."""
    host: str
    """To whom, with the port where it is not the usual one."""
    bytes: int
    """How many went out, without headers."""
    item: str
    """Of which photo."""
    what: str
    """What was sent, in plain words."""
    model: str
    """Which model was asked."""
    status: str = SENDING
    """``sending``, a status of HTTP as ``200``, or why there is none."""


class Ledger:
    """Writes to one ledger; safe to share between threads, and between processes too."""

    def __init__(self, path: Path) -> None:
        """Take where the file is, or will be."""
        self._path = path
        self._lock = Lock()

    def begin(self, *, host: str, size: int, item: str, what: str, model: str) -> Sent:
        """Note that something is about to be sent; it may be sent once this is on disk.

        Raises:
            DiskFullError, OutputError: it cannot be noted, so that nothing may be sent.
        """
        sent = Sent(call=uuid4().hex, at=_now(), host=host, bytes=size, item=item, what=what, model=model)
        self._append(sent)
        return sent

    def end(self, sent: Sent, status: str) -> None:
        """Note how it ended. Raises as :meth:`begin` does."""
        self._append(sent.model_copy(update={"status": status}))

    def _append(self, sent: Sent) -> None:
        line = sent.model_dump_json().encode("utf-8", "surrogatepass") + b"\n"
        with self._lock, writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = not self._path.exists()
            with self._path.open("ab+", buffering=0) as file:
                # A line that a full disk or a dying process cut short must not spoil the next one.
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    line = line if file.read(1) == b"\n" else b"\n" + line
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            if new:
                sync_folder(self._path.parent)


def read_ledger(path: Path) -> tuple[Sent, ...]:
    """Read all calls, the oldest first, each with how it ended; lines that were cut short are passed over."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return ()
    calls: dict[str, Sent] = {}
    for line in lines:
        try:
            sent = Sent.model_validate_json(line)
        except ValidationError:
            continue
        calls[sent.call] = sent
    return tuple(calls.values())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
