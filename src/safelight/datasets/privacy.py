"""What the ledger of a dataset says: how much went to which machine."""

from __future__ import annotations

import json
from collections.abc import Iterator

from safelight.datasets.folder import DatasetFolder
from safelight.datasets.value import Value
from safelight.errors import DatasetError


class Sent(Value):
    """All that went to one machine."""

    host: str
    """Which."""
    calls: int
    """How often something was sent."""
    bytes: int
    """How much, in all."""
    pictures: int
    """How many pictures it was of."""


def sent(folder: DatasetFolder) -> tuple[Sent, ...]:
    """Sum up the ledger, one value for each machine; empty = nothing left this one.

    Raises:
        DatasetError: there is a ledger and it cannot be read, so that nothing may be said of it.
    """
    calls: dict[str, dict[str, object]] = {}
    for number, line in enumerate(_lines(folder)):
        # A call has a line before it is made and another with its outcome.
        calls[str(line.get("call") or number)] = line
    found: dict[str, list[tuple[int, str]]] = {}
    for line in calls.values():
        host, size, item = line.get("host"), line.get("bytes"), line.get("item")
        found.setdefault(host if isinstance(host, str) and host else "an unknown machine", []).append(
            (size if isinstance(size, int) else 0, item if isinstance(item, str) else "")
        )
    return tuple(
        Sent(
            host=host, calls=len(lines), bytes=sum(size for size, _ in lines),
            pictures=len({item for _, item in lines if item}),
        )
        for host, lines in sorted(found.items())
    )  # fmt: skip


def _lines(folder: DatasetFolder) -> Iterator[dict[str, object]]:
    try:
        with folder.ledger.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                value = _parsed(line)
                if value:
                    yield value
    except FileNotFoundError:
        return
    except OSError as error:
        raise DatasetError(f"the ledger cannot be read: {(error.strerror or 'error').lower()}") from error


def _parsed(line: str) -> dict[str, object]:
    """Read a line. One that is cut short is empty: it was to be whole before anything was sent."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
