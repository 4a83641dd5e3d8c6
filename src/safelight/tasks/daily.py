"""The daily files of the history: one line of JSON for each task that ended, ``history_YYYYMMDD.jsonl``, in UTC."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path

from sqlalchemy import select

from safelight.imaging.disk import sync_folder, write_all, writing
from safelight.tasks.database import Database, upsert
from safelight.tasks.events import Event, Events
from safelight.tasks.record import record, rfc3339
from safelight.tasks.rows import to_task
from safelight.tasks.sole import Sole
from safelight.tasks.status import ENDED, Status
from safelight.tasks.tables import switches, tasks
from safelight.tasks.task import HIDDEN, Task

FOLDER = "history"
"""Name of the folder in the data folder."""

_CURSOR = "daily"
_PORTION = 500
_FILE = re.compile(r"history_(\d{8})\.jsonl")
_TAIL = 4 << 20

_Key = tuple[str, str | None]
"""Id of the task, and when it ended: a task that is tried again ends more than once."""


class Daily:
    """Writes the files, driven by the log of events; only one may do so at a time: others do nothing until it is gone.

    What has ended is written at least once: the cursor moves only when the lines are on disk. A task that was deleted
    before it was written is left out.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        """Take the database, and the folder for the files; it is made when it is needed."""
        self._database = database
        self._folder = folder
        self._sole = Sole(folder.with_name(f".{folder.name}.lock"))
        self._written: set[_Key] | None = None

    def run_once(self) -> int:
        """Write what has ended since the last time; tells how many lines, 0 if somebody else writes them.

        Raises:
            DiskFullError: there is no room; the next call begins with the same lines.
            OutputError: a file cannot be written for another reason.
            DatabaseAwayError: the database cannot be reached.
        """
        if not self._may_write():
            return 0
        count, cursor = 0, self._cursor()
        while found := Events(self._database).since(cursor, limit=_PORTION):
            ended = self._records([event for event in found if event.type in ENDED])
            if self._written is None and ended:
                self._written = self._last_keys({_day(event.at) for event, _ in ended})
            count += self._append(ended)
            cursor = found[-1].id
            with self._database.write() as connection:
                upsert(connection, switches, {"name": _CURSOR, "value": cursor})
            if ended:
                # The cursor has passed what an earlier process left.
                self._written = set()
        return count

    def prune(self, before_ms: int) -> int:
        """Delete the files of days before the day of a time in ms since 1970; tells how many."""
        last, count = _day(before_ms), 0
        for path in self._folder.glob("history_*.jsonl"):
            match = _FILE.fullmatch(path.name)
            if match and match[1] < last:
                with writing(path):
                    path.unlink(missing_ok=True)
                count += 1
        return count

    def _may_write(self) -> bool:
        if self._sole.held:
            return True
        if not Events(self._database).since(self._cursor(), limit=1):
            return False
        with writing(self._folder):
            return self._sole.take()

    def _cursor(self) -> int:
        with self._database.read() as connection:
            return int(connection.scalar(select(switches.c.value).where(switches.c.name == _CURSOR)) or 0)

    def _records(self, ended: Sequence[Event]) -> list[tuple[Event, dict[str, object]]]:
        with self._database.read() as connection:
            query = select(tasks).where(tasks.c.id.in_([event.task for event in ended]))
            found = {row["id"]: to_task(row) for row in connection.execute(query).mappings()} if ended else {}
        shown = ((event, found[event.task]) for event in ended if event.task in found)
        return [(event, record(_then(task, event))) for event, task in shown if task.kind not in HIDDEN]

    def _append(self, ended: Sequence[tuple[Event, dict[str, object]]]) -> int:
        days: dict[str, list[str]] = {}
        for event, line in ended:
            if (event.task, rfc3339(event.at)) not in (self._written or ()):
                days.setdefault(_day(event.at), []).append(json.dumps(line, ensure_ascii=False))
        for day, lines in days.items():
            self._write(self._path(day), "".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
        return sum(map(len, days.values()))

    def _write(self, path: Path, data: bytes) -> None:
        with writing(path):
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True, exist_ok=True)
                sync_folder(self._folder.parent)
            new = not path.exists()
            with FileIO(path, "a") as file:
                before = os.fstat(file.fileno()).st_size
                try:
                    write_all(file, memoryview(data))
                    os.fsync(file.fileno())
                except OSError:
                    # No half line may stay for the next one to be added to.
                    file.truncate(before)
                    raise
            if new:
                sync_folder(self._folder)

    def _last_keys(self, days: set[str]) -> set[_Key]:
        """Give what the ends of the files of some days hold, and take away a line that a crash cut short."""
        keys: set[_Key] = set()
        for path in (self._path(day) for day in sorted(days)):
            if path.is_file():
                with writing(path):
                    keys.update(_keys(path))
        return keys

    def _path(self, day: str) -> Path:
        return self._folder / f"history_{day}.jsonl"


def _then(task: Task, event: Event) -> Task:
    """Give a task as it was when it ended; it may have been tried again since."""
    status = Status(event.type)
    if task.status is status and task.finished_at == event.at:
        return task
    done = status is Status.COMPLETED
    return replace(
        task, status=status, finished_at=event.at, error=event.data.get("error"),
        result=task.result if done else None, seconds=task.seconds if done else None,
    )  # fmt: skip


def _keys(path: Path) -> Iterator[_Key]:
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            file.truncate(size - len(tail) + whole)
    for line in tail[:whole].splitlines()[-_PORTION:]:
        try:
            found = json.loads(line)
            yield found["task_id"], found["timestamp"]
        except (ValueError, KeyError, TypeError):
            continue


def _day(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).strftime("%Y%m%d")
