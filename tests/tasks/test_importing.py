"""Logs of other services become part of the history, once, at the place of their time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from safelight.cli.history import app
from safelight.tasks.daily import Daily
from safelight.tasks.database import Database
from safelight.tasks.history import Filters, History
from safelight.tasks.importing import Broken, Imported, import_file
from safelight.tasks.moves import Moves
from safelight.tasks.record import record
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.task import NewTask, Task

AT = 1_763_800_200_000  # 2025-11-22T08:30:00Z
RECORD: dict[str, Any] = {
    "timestamp": "2025-11-22T08:30:00Z", "input_file": "/data/in/张伟.jpg", "output_file": "out\\张伟_4x.png",
    "params": {"style_type": "clay", "strength": "0.6", "resolution": 4096, "custom_prompt": "warm"},
    "process_time_ms": 1500,
}  # fmt: skip


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is not UTC."""
    monkeypatch.setenv("TZ", "UTC-3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def log(path: Path, *records: object, lines: bool = False) -> Path:
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in records) if lines else json.dumps(records, indent=2)
    path.write_text(text, "utf-8")
    return path


def found(database: Database, owner: str | None = None, **wanted: Any) -> list[Task]:
    return list(History(database).search(owner, Filters(**wanted)).tasks)


def test_a_record_becomes_a_task_that_has_ended(database: Database, tmp_path: Path) -> None:
    assert import_file(database, log(tmp_path / "a.json", RECORD), "ann") == Imported(new=1, known=0, broken=())
    [task] = found(database)
    assert (task.owner, task.kind, task.status) == ("ann", "imported", Status.COMPLETED)
    assert task.created_at == task.finished_at == AT
    assert (task.input_name, task.seconds) == ("张伟.jpg", 1.5)
    facts = task.facts
    assert (facts.style, facts.strength, facts.resolution, facts.text) == ("clay", 0.6, 4096, "warm")
    assert task.payload == {name: RECORD[name] for name in ("params", "input_file", "output_file")}
    again = record(task)
    assert again["timestamp"] == "2025-11-22T08:30:00.000Z"
    assert (again["output_file"], again["process_time_ms"]) == ("张伟_4x.png", 1500)


def test_the_same_record_is_brought_in_once_for_each_owner(database: Database, tmp_path: Path) -> None:
    path = log(tmp_path / "a.json", RECORD, RECORD | {"input_file": "b.jpg"})
    assert import_file(database, path, "ann").new == 2
    assert import_file(database, path, "ann") == Imported(new=0, known=2, broken=())
    assert import_file(database, log(tmp_path / "lines", RECORD, lines=True), "ann").new == 0
    assert import_file(database, path, "bob").new == 2
    assert len(found(database)) == 4


@pytest.mark.parametrize("lines", [True, False])
def test_arrays_and_lines_are_read_alike(database: Database, tmp_path: Path, lines: bool) -> None:
    path = log(tmp_path / "log", RECORD, RECORD | {"input_file": "b.jpg"}, lines=lines)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\r\n")
    assert import_file(database, path, "ann").new == 2


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2025-11-22T08:30:00Z", AT), ("2025-11-22T16:30:00+08:00", AT), ("2025-11-22T08:30:00.250Z", AT + 250),
        ("2025-11-22 11:30:00", AT), ("2025-11-22T11:30:00.123456", AT + 123), (AT, AT), (AT // 1000, AT),
        (AT / 1000 + 0.5, AT + 500), (str(AT // 1000), AT), (str(AT), AT), ("20251122T113000", AT),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("elsewhere")
def test_times_are_read_as_people_write_them(database: Database, tmp_path: Path, timestamp: object, at: int) -> None:
    assert import_file(database, log(tmp_path / "a.json", RECORD | {"timestamp": timestamp}), "ann").broken == ()
    assert found(database)[0].created_at == at


def test_a_batch_log_becomes_a_batch(database: Database, tmp_path: Path) -> None:
    one = RECORD | {"batch_id": "b-1", "image_index": 0, "status": "success", "error": None}
    two = RECORD | {
        "batch_id": "b-1",
        "image_index": 1,
        "status": "failed",
        "error": "out of memory",
        "input_file": "b",
    }
    import_file(database, log(tmp_path / "batch.json", one, two), "ann")
    [failed] = found(database, status=frozenset({Status.FAILED}))
    assert (failed.index, failed.error, failed.result) == (1, "out of memory", None)
    assert failed.batch is not None
    batch, tasks = Repository(database, Moves(database, posting=False), most_waiting=9).find_batch("ann", failed.batch)
    assert (batch.total, [task.index for task in tasks], batch.owner) == (2, [0, 1], "ann")
    assert failed.payload["batch_id"] == "b-1"


def test_the_same_batch_id_of_two_owners_is_two_batches(database: Database, tmp_path: Path) -> None:
    path = log(tmp_path / "batch.json", RECORD | {"batch_id": 7, "image_index": 0})
    import_file(database, path, "ann"), import_file(database, path, "bob")
    assert len({task.batch for task in found(database)}) == 2


def test_what_is_no_record_is_named_with_its_line_and_passed_over(database: Database, tmp_path: Path) -> None:
    good = json.dumps(RECORD)
    path = tmp_path / "log.jsonl"
    path.write_text(
        f'{good}\n{{"timestamp": \n"text"\n{json.dumps(RECORD | {"timestamp": "yesterday"})}\n'
        f"{json.dumps(RECORD | {'input_file': ''})}\n{json.dumps(RECORD | {'status': 'processing'})}\n"
        f'{json.dumps(RECORD | {"input_file": "last.jpg"})}\n{{"timestamp": "2025-11',
        "utf-8",
    )
    done = import_file(database, path, "ann")
    assert done.new == 2
    assert [one.line for one in done.broken] == [2, 4, 5, 6, 8]
    assert "yesterday" in done.broken[1].reason
    assert "input_file" in done.broken[2].reason
    assert "processing" in done.broken[3].reason


def test_an_array_that_was_cut_short_gives_what_it_has(database: Database, tmp_path: Path) -> None:
    path = log(tmp_path / "a.json", RECORD, RECORD | {"input_file": "b.jpg"})
    path.write_text(path.read_text()[:-30])
    done = import_file(database, path, "ann")
    assert (done.new, len(done.broken)) == (1, 1)


def test_a_file_in_another_encoding_is_refused(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(json.dumps([RECORD], ensure_ascii=False).encode("gb18030"))
    assert import_file(database, tmp_path / "a.json", "ann").broken == (Broken(line=1, reason="it is not UTF-8"),)


def test_odd_values_are_borne(database: Database, tmp_path: Path) -> None:
    odd = [
        RECORD | {"params": None}, RECORD | {"params": {"strength": "very", "resolution": 1e300, "style": ["a"]}},
        RECORD | {"input_file": "a\0b\ud800.jpg"}, RECORD | {"process_time_ms": float("nan")},
        RECORD | {"process_time_ms": None, "output_file": None, "image_index": 10**40},
    ]  # fmt: skip
    path = tmp_path / "a.json"
    path.write_text(json.dumps(odd))
    assert import_file(database, path, "ann") == Imported(new=5, known=0, broken=())
    assert found(database, text="ab?.jpg")


def test_imported_tasks_lie_at_their_time_before_those_that_were_accepted(database: Database, tmp_path: Path) -> None:
    newer = RECORD | {"timestamp": AT + 60_000, "input_file": "newer"}
    import_file(database, log(tmp_path / "a", newer, RECORD, RECORD | {"input_file": "same time"}), "ann")
    repository = Repository(database, Moves(database, posting=False), most_waiting=9)
    repository.accept([NewTask(owner="ann", kind="enhance", payload={}, input_name="own")])
    import_file(database, log(tmp_path / "b", RECORD | {"timestamp": AT - 60_000, "input_file": "oldest"}), "ann")
    assert [task.input_name for task in found(database)] == ["own", "newer", "same time", "张伟.jpg", "oldest"]
    assert found(database)[0].seq > 0
    assert [task.input_name for task in found(database, since=AT, until=AT)] == ["same time", "张伟.jpg"]


def test_imported_tasks_are_not_written_into_the_daily_files_again(database: Database, tmp_path: Path) -> None:
    import_file(database, log(tmp_path / "a.json", RECORD), "ann")
    assert Daily(database, tmp_path / "history").run_once() == 0


def test_the_daily_files_can_be_imported_themselves(database: Database, tmp_path: Path) -> None:
    repository = Repository(database, Moves(database, posting=False), most_waiting=9)
    [task] = repository.accept([NewTask(owner="ann", kind="enhance", payload={}, input_name="a.jpg")])
    repository.cancel("ann", task.id)
    Daily(database, tmp_path / "history").run_once()
    [path] = (tmp_path / "history").iterdir()
    assert import_file(database, path, "bob").new == 1
    assert [one.status for one in found(database, "bob")] == [Status.CANCELLED]


@pytest.fixture
def commands(database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("SAFELIGHT_DATABASE_URL", database_url)
    return CliRunner()


def test_the_command_imports_files_and_tells_what_was_broken(commands: CliRunner, tmp_path: Path) -> None:
    good, bad = log(tmp_path / "good.json", RECORD), tmp_path / "bad.jsonl"
    bad.write_text("{}\n")
    assert commands.invoke(app, ["import", str(good)]).exit_code == 0
    done = commands.invoke(app, ["import", str(bad), str(tmp_path / "none"), str(good), "--user", "ann"])
    assert done.exit_code == 1
    assert f"{bad}:1: it has no timestamp" in done.stderr
    assert "none: cannot be read" in done.stderr
    assert f"{good}: 1 new, 0 already there, 0 broken" in done.stdout


def test_the_command_lists_tasks_as_a_table_and_as_json(commands: CliRunner, tmp_path: Path) -> None:
    commands.invoke(app, ["import", str(log(tmp_path / "a", RECORD, RECORD | {"input_file": "[b].jpg", "error": "x"}))])
    table = commands.invoke(app, ["list"]).stdout
    assert "张伟.jpg" in table
    assert "[b].jpg" in table
    shown = commands.invoke(app, ["list", "--json", "--text", "张伟", "--since", "2025-01-01"]).stdout
    assert [json.loads(line)["input_file"] for line in shown.splitlines()] == ["张伟.jpg"]
    assert json.loads(commands.invoke(app, ["list", "--json", "--status", "failed"]).stdout)["error"] == "x"
    assert len(commands.invoke(app, ["list", "--json", "--limit", "1"]).stdout.splitlines()) == 1
    assert commands.invoke(app, ["list", "--json", "--operation", "tune"]).stdout == ""


@pytest.mark.parametrize("option", [("--status", "gone"), ("--since", "soon")])
def test_the_command_refuses_what_it_does_not_understand(commands: CliRunner, option: tuple[str, str]) -> None:
    assert commands.invoke(app, ["list", *option]).exit_code == 2
