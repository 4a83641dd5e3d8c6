"""The daily files: every task that ended is in them, once, however the writing was cut short."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from safelight.errors import DiskFullError
from safelight.tasks import daily as module
from safelight.tasks.claims import Claims, Done
from safelight.tasks.daily import Daily
from safelight.tasks.database import Database
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.tables import events, switches, tasks
from safelight.tasks.task import PREVIEW, Lane, NewTask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history"


def ended(database: Database, *names: str, kind: str = "enhance", fail: bool = False) -> list[str]:
    """Bring tasks to their end; gives their ids."""
    moves = Moves(database, posting=False)
    repository, claims = Repository(database, moves, most_waiting=100), Claims(database, moves, lease_ms=60_000)
    ids = []
    for name in names:
        [task] = repository.accept([NewTask(owner="ann", kind=kind, payload={"k": 1}, input_name=name)])
        claimed = claims.claim("w", Lane.DEVICE)
        assert claimed is not None
        if fail:
            claims.fail(claimed, "broken_photo", "it is broken")
        else:
            claims.finish(claimed, Done(result={"name": "out.png"}, seconds=1.5))
        ids.append(task.id)
    return ids


def lines(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]


def test_each_task_that_ended_is_a_line_with_the_names_that_people_know(database: Database, folder: Path) -> None:
    [done] = ended(database, "张伟.jpg")
    [failed] = ended(database, "b.jpg", fail=True)
    daily = Daily(database, folder)
    assert daily.run_once() == 2
    first, second = lines(folder)
    assert first["task_id"] == done
    assert (first["input_file"], first["output_file"], first["process_time_ms"]) == ("张伟.jpg", "out.png", 1500)
    assert (second["task_id"], second["status"], second["error"]) == (failed, "failed", "it is broken")
    [path] = folder.iterdir()
    assert path.name == f"history_{datetime.now(UTC):%Y%m%d}.jsonl"
    assert "张伟.jpg" in path.read_text("utf-8")
    assert daily.run_once() == 0


def test_a_line_lies_in_the_file_of_the_day_on_which_its_task_ended(database: Database, folder: Path) -> None:
    ended(database, "a.jpg", "b.jpg")
    midnight = 1_700_006_400_000
    with database.write() as connection:
        ids = list(connection.scalars(text("SELECT id FROM events WHERE type = 'completed' ORDER BY id")))
        for event, at in zip(ids, (midnight - 1, midnight), strict=True):
            connection.execute(update(events).where(events.c.id == event).values(at=at))
    Daily(database, folder).run_once()
    assert sorted(path.name for path in folder.iterdir()) == ["history_20231114.jsonl", "history_20231115.jsonl"]
    assert [line["timestamp"] for line in lines(folder)] == ["2023-11-14T23:59:59.999Z", "2023-11-15T00:00:00.000Z"]


def test_previews_are_not_written(database: Database, folder: Path) -> None:
    ended(database, "a.jpg", kind=PREVIEW)
    assert Daily(database, folder).run_once() == 0
    assert not folder.exists()


def test_a_task_that_is_tried_again_is_written_each_time_it_ends(database: Database, folder: Path) -> None:
    [task] = ended(database, "a.jpg", fail=True)
    moves = Moves(database, posting=False)
    Repository(database, moves, most_waiting=9).retry("ann", task)
    claims = Claims(database, moves, lease_ms=60_000)
    claimed = claims.claim("w", Lane.DEVICE)
    assert claimed is not None
    claims.finish(claimed, Done(result={"name": "out.png"}, seconds=2))
    assert Daily(database, folder).run_once() == 2
    assert [(one["status"], one["error"], one["output_file"]) for one in lines(folder)] == [
        ("failed", "it is broken", None),
        ("completed", None, "out.png"),
    ]


def test_a_crash_before_the_cursor_was_kept_writes_no_line_twice(database: Database, folder: Path) -> None:
    ended(database, "a.jpg", "b.jpg")
    Daily(database, folder).run_once()
    with database.write() as connection:
        connection.execute(delete(switches))
    ended(database, "c.jpg")
    assert Daily(database, folder).run_once() == 1
    assert [one["input_file"] for one in lines(folder)] == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_line_that_a_crash_cut_short_is_written_anew(database: Database, folder: Path) -> None:
    ended(database, "a.jpg", "b.jpg")
    Daily(database, folder).run_once()
    [path] = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    with database.write() as connection:
        connection.execute(delete(switches))
    assert Daily(database, folder).run_once() == 1
    assert [one["input_file"] for one in lines(folder)] == ["a.jpg", "b.jpg"]


def test_a_full_disk_is_told_and_nothing_is_lost_or_half_written(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(database, "a.jpg")
    daily = Daily(database, folder)
    daily.run_once()
    ended(database, "b.jpg")

    def full(file: Any, data: memoryview) -> None:
        file.write(data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_all", full)
        with pytest.raises(DiskFullError):
            daily.run_once()
    assert [one["input_file"] for one in lines(folder)] == ["a.jpg"]
    assert daily.run_once() == 1
    assert [one["input_file"] for one in lines(folder)] == ["a.jpg", "b.jpg"]


def test_a_task_that_was_deleted_before_is_left_out(database: Database, folder: Path) -> None:
    [first, _] = ended(database, "a.jpg", "b.jpg")
    with database.write() as connection:
        connection.execute(delete(tasks).where(tasks.c.id == first))
    assert Daily(database, folder).run_once() == 1


def test_many_events_are_written_in_portions(database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PORTION", 2)
    ended(database, *(f"{number}.jpg" for number in range(5)))
    assert Daily(database, folder).run_once() == 5
    assert len({one["task_id"] for one in lines(folder)}) == 5


def _days(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())


def test_old_files_go_and_foreign_ones_stay(database: Database, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("history_20231113.jsonl", "history_20231114.jsonl", "history_20231115.jsonl", "history_notes.jsonl"):
        (folder / name).touch()
    assert Daily(database, folder).prune(1_700_006_400_000 - 1) == 1
    assert _days(folder) == ["history_20231114.jsonl", "history_20231115.jsonl", "history_notes.jsonl"]


def test_only_one_writes_until_it_is_gone(database: Database, folder: Path) -> None:
    ended(database, "a.jpg")
    first, second = Daily(database, folder), Daily(database, folder)
    assert first.run_once() == 1
    ended(database, "b.jpg")
    assert second.run_once() == 0
    assert first.run_once() == 1
    ended(database, "c.jpg")
    del first
    assert second.run_once() == 1
    assert [one["input_file"] for one in lines(folder)] == ["a.jpg", "b.jpg", "c.jpg"]
