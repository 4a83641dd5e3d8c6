"""Brings the logs of other services into the history: records of work that has ended, as JSON arrays or JSON lines."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from safelight.tasks.candidates import IMPORTED, SLACK_MS
from safelight.tasks.database import Database, upsert
from safelight.tasks.rows import from_new
from safelight.tasks.status import Status
from safelight.tasks.tables import batches, tasks
from safelight.tasks.task import Facts, NewTask

KIND = "imported"
"""The kind of task that came with a log; no worker has a handler for it, as it has ended."""

_PORTION = 500
_EPOCH_S, _EPOCH_MS = 1e8, 1e11
"""Numbers above the first are times in seconds since 1970, above the second in milliseconds; both are March 1973."""
_INTEGER = 1 << 31
_STATUS = {
    "completed": Status.COMPLETED, "success": Status.COMPLETED, "succeeded": Status.COMPLETED, "done": Status.COMPLETED,
    "ok": Status.COMPLETED, "failed": Status.FAILED, "failure": Status.FAILED, "error": Status.FAILED,
    "cancelled": Status.CANCELLED, "canceled": Status.CANCELLED,
}  # fmt: skip
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)  # databases have no JSON with NaN
_GAP = re.compile(r"[\s,\[\]]*")
_NEXT = re.compile(r"^[ \t,\[]*(?=\{)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a log, understood."""

    line: int
    """The line of the file on which it begins, from 1."""
    at: int
    """When the work ended, in ms since 1970."""
    status: Status
    """How it ended."""
    values: Mapping[str, Any]
    """The record as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Something in a log that is no record."""

    line: int
    """The line of the file on which it begins, from 1."""
    reason: str
    """What is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file."""

    new: int
    """Tasks that are in the history now."""
    known: int
    """Records that were in the history before."""
    broken: tuple[Broken, ...]
    """What was passed over."""


def import_file(database: Database, path: Path, owner: str) -> Imported:
    """Bring the records of a file into the history of an owner; doing it again changes nothing.

    Raises:
        OSError: the file cannot be read.
        DatabaseAwayError: the database cannot be reached; what was brought in before stays.
    """
    broken: list[Broken] = []
    new = known = 0
    records = read_records(path, broken)
    while portion := list(islice(records, _PORTION)):
        added = _insert(database, portion, owner)
        new, known = new + added, known + len(portion) - added
    return Imported(new=new, known=known, broken=tuple(broken))


def read_records(path: Path, broken: list[Broken]) -> Iterator[Record]:
    """Read the records of a file; what is none is added to ``broken``.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        broken.append(Broken(line=1, reason="it is not UTF-8"))
        return
    for line, value in _values(content):
        try:
            yield _understood(line, value)
        except ValueError as error:
            broken.append(Broken(line=line, reason=str(error)))


def _values(content: str) -> Iterator[tuple[int, object]]:
    """Give the JSON values of an array or of lines, each with its line; an error stands for what is no JSON."""
    line, counted, at = 1, 0, _end(content, 0)
    while at < len(content):
        line, counted = line + content.count("\n", counted, at), at
        try:
            value, end = _DECODER.raw_decode(content, at)
        except (ValueError, RecursionError) as error:
            yield line, error
            # A line that begins with a brace may be the next record.
            newline = content.find("\n", at)
            following = _NEXT.search(content, newline + 1) if newline >= 0 else None
            if following is None:
                return
            at = following.end()
        else:
            yield line, value
            at = _end(content, end)


def _end(content: str, at: int) -> int:
    found = _GAP.match(content, at)
    return found.end() if found else at


def _understood(line: int, value: object) -> Record:
    if isinstance(value, Exception):
        raise ValueError(f"it is no JSON: {value}")
    if not isinstance(value, dict):
        raise ValueError("it is no record but a single value")
    for name in ("timestamp", "input_file"):
        if value.get(name) in (None, ""):
            raise ValueError(f"it has no {name}")
    said = str(value.get("status") or ("failed" if value.get("error") else "completed")).lower()
    if said not in _STATUS:
        raise ValueError(f"its status is {said!r}, which is no way to end")
    return Record(line=line, at=_time(value["timestamp"]), status=_STATUS[said], values=_clean(value))


def _clean(value: Any) -> Any:  # noqa: ANN401 - it is whatever JSON is
    """Take out characters that databases refuse, at any depth."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {_clean(name): _clean(one) for name, one in value.items()} if isinstance(value, dict) else value


def _time(value: object) -> int:
    """Read a time: RFC 3339, a naive one in local time, or a number of seconds or milliseconds since 1970."""
    at: float | None = _number(value)
    if at is not None and at > _EPOCH_S:
        at = at if at > _EPOCH_MS else at * 1000
    else:
        try:
            at = datetime.fromisoformat(str(value).strip()).timestamp() * 1000
        except (ValueError, OverflowError, OSError):
            at = None
    if at is None or not 0 < at < IMPORTED / 2:
        raise ValueError(f"its timestamp is {str(value)[:40]!r}, which is no time")
    return round(at)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None or abs(number) >= _INTEGER else int(number)


def _insert(database: Database, records: Sequence[Record], owner: str) -> int:
    """Insert the records that are not there yet; tells how many."""
    rows = {_hash(owner, one.values): one for one in records}
    with database.write() as connection:
        # Two imports at once would choose the same places.
        database.order_events(connection)
        known = set(connection.scalars(select(tasks.c.id).where(tasks.c.id.in_(rows))))
        fresh = {name: one for name, one in rows.items() if name not in known}
        if not fresh:
            return 0
        places = _places(connection, [one.at for one in fresh.values()])
        made = [_row(name, one, owner) | {"seq": seq} for (name, one), seq in zip(fresh.items(), places, strict=True)]
        connection.execute(insert(tasks), made)
        _count_batches(connection, made, owner)
        return len(made)


def _places(connection: Connection, times: Sequence[int]) -> list[int]:
    """Give each time a free place in the order of all tasks: that of its time, or one soon after it."""
    wanted = [at - IMPORTED for at in times]
    near = tasks.c.seq.between(min(wanted), max(wanted) + SLACK_MS)
    taken = set(connection.scalars(select(tasks.c.seq).where(near)))
    places = []
    for seq in wanted:
        free = seq
        while free in taken:
            free += 1
        taken.add(free)
        places.append(free)
    return places


def _row(name: str, record: Record, owner: str) -> dict[str, Any]:
    values, at = record.values, record.at
    params = values.get("params") if isinstance(values.get("params"), dict) else {}
    batch = values.get("batch_id")
    taken = _number(values.get("process_time_ms"))
    output = values.get("output_file")
    kept = ("params", "input_file", "output_file", "batch_id", "image_index")
    new = NewTask(
        id=name, owner=owner, kind=KIND, payload={key: values[key] for key in kept if key in values},
        batch=None if batch in (None, "") else _hash(owner, {"batch_id": batch}),
        index=_whole(values.get("image_index")),
        input_name=_base(str(values["input_file"])), facts=_facts(params or {}),
    )  # fmt: skip
    done = record.status is Status.COMPLETED
    return from_new(new, turn=0, at=at) | {
        "status": record.status.value, "progress": 1.0 if done else 0.0, "finished_at": at,
        "seconds": None if taken is None else taken / 1000,
        "error": None if done else str(values.get("error") or "") or None,
        "error_code": "imported" if record.status is Status.FAILED else None,
        "result": {"name": _base(str(output))} if done and output else None,
    }  # fmt: skip


def _facts(params: Mapping[str, Any]) -> Facts:
    def first(*names: str) -> object:
        return next((params[name] for name in names if params.get(name) not in (None, "")), None)

    strength = _number(first("strength", "denoise", "weight"))
    resolution = _whole(first("resolution", "output_resolution", "target_resolution"))
    text = " ".join(str(value) for value in (first("prompt"), first("custom_prompt")) if value is not None)
    return Facts(
        operation=str(first("operation") or "")[:64], preset=str(first("preset") or "")[:200],
        style=str(first("style", "style_type") or "")[:200],
        strength=strength, resolution=resolution, text=text,
    )  # fmt: skip


def _count_batches(connection: Connection, rows: Sequence[Mapping[str, Any]], owner: str) -> None:
    for batch in sorted({row["batch"] for row in rows if row["batch"]}):
        query = select(func.count(), func.min(tasks.c.created_at)).where(tasks.c.batch == batch)
        total, at = connection.execute(query).one()
        upsert(connection, batches, {"id": batch, "owner": owner, "total": total, "created_at": at})


def _base(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def _hash(owner: str, values: Mapping[str, Any]) -> str:
    """The id of what a record tells: the same whenever it is read, and another one for another owner."""
    canonical = json.dumps([owner, values], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
