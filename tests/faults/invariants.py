"""What must hold after every fault: nothing lost, nothing twice, no orphan, every state legal, healthy again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from sqlalchemy import func, select

from safelight.engine.workspace import sweep
from safelight.hashing import sha256_of
from safelight.store.folder import FolderStore
from safelight.store.keys import derived, sources
from safelight.tasks.database import Database
from safelight.tasks.retention import Retention
from safelight.tasks.rows import to_task
from safelight.tasks.status import ENDED, SOURCES, Status
from safelight.tasks.tables import events, garbage, tasks
from safelight.tasks.task import Task
from service_process import ServiceProcess, wait_until


def all_tasks(database: Database, ids: Iterable[str] | None = None) -> list[Task]:
    """The tasks of these ids, or all."""
    query = select(tasks).order_by(tasks.c.seq)
    with database.read() as connection:
        found = [to_task(row) for row in connection.execute(query).mappings()]
    wanted = None if ids is None else frozenset(ids)
    return [task for task in found if wanted is None or task.id in wanted]


def wait_ended(service: ServiceProcess, database: Database, ids: Collection[str], seconds: float = 90.0) -> list[Task]:
    """Wait until all these tasks have ended; meanwhile the service is started again whenever it has gone."""
    running = select(func.count()).where(tasks.c.status.not_in([one.value for one in ENDED]))

    def ended() -> bool:
        service.keep_running()
        with database.read() as connection:
            return not connection.scalar(running) or all(one.status in ENDED for one in all_tasks(database, ids))

    def told() -> str:
        late = [one for one in all_tasks(database, ids) if one.status not in ENDED]
        return f"{len(late)} tasks have not ended, as {late[0]}\n{service.tail()}"

    wait_until(ended, seconds, told)
    return all_tasks(database, ids)


def check(service: ServiceProcess, database: Database, accepted: Sequence[str]) -> list[Task]:
    """Check all of it. ``accepted`` are the ids that clients were given; gives their tasks."""
    found = wait_ended(service, database, accepted)
    lost = set(accepted) - {task.id for task in found}
    assert not lost, f"{len(lost)} accepted tasks are lost, as {sorted(lost)[0]}"
    assert len(set(accepted)) == len(accepted), "two requests were given the same task"
    service.wait_healthy()
    check_lives(database)
    check_files(database, FolderStore(service.data / "files"))
    check_no_leftovers(service)
    return found


def check_lives(database: Database) -> None:
    """Walk through the events of every task: legal from the first to the last, and committed once."""
    with database.read() as connection:
        told = connection.execute(select(events.c.task, events.c.type).order_by(events.c.id)).all()
    lives: dict[str, list[str]] = {}
    for task, what in told:
        lives.setdefault(task, []).append(what)
    for task in all_tasks(database):
        life = lives[task.id]
        assert life[0] == "accepted", f"{task.id}: {life}"
        state = Status.PENDING
        for what in life[1:]:
            assert state in SOURCES[Status(what)], f"{task.id}: {what} after {state} in {life}"
            state = Status(what)
        assert state is task.status, f"{task.id} is {task.status} after {life}"
        assert life.count("completed") == (task.status is Status.COMPLETED), f"{task.id} was committed twice: {life}"
        held = (task.worker is not None, task.lease_until is not None, task.finished_at is not None)
        assert held == (task.status is Status.PROCESSING,) * 2 + (task.status in ENDED,), f"{task}"


def check_files(database: Database, store: FolderStore) -> None:
    """Sweep with no grace; then there must be what tasks need, whole, and nothing else."""
    retention = Retention(database, store.discard, sources=sources)
    try:
        retention.sweep(1_000_000)
        retention.scrub(list(store.keys("")), -60_000)
        found = {key for key, _ in store.keys("")}
        needed = {key for task in all_tasks(database) for key in (task.input_key, task.result_key) if key}
        shown = {one for key in needed for one in derived(key)}
        assert needed <= found, f"tasks need files that are not there: {sorted(needed - found)[:3]}"
        assert found <= needed | shown, f"files that nobody needs: {sorted(found - needed - shown)[:3]}"
        damaged = [key for key in needed if sha256_of(store.fetch(key, Path("/"))) != key[-64:]]
        assert not damaged, f"files that are not what they were: {damaged[:3]}"
        with database.read() as connection:
            assert not connection.scalar(select(func.count()).select_from(garbage))
    finally:
        store.close()


def check_no_leftovers(service: ServiceProcess) -> None:
    """Whatever unfinished files there are belong to processes that live."""

    def drafts() -> list[Path]:
        folders = [one for one in (service.data / "files" / "incoming").iterdir() if one.is_dir()]
        return [path for folder in folders for path in folder.iterdir() if path.name != "lock"]

    wait_until(lambda: not drafts(), 15, lambda: f"unfinished files are left: {drafts()}")
    work = service.data / "work"

    def left() -> list[Path]:
        return [path for path in work.iterdir() if path.is_dir()] if work.is_dir() else []

    wait_until(lambda: not left(), 15, lambda: f"folders of attempts are left: {left()}")
    assert sweep(work) == 0
    alive = len(service.processes())
    folders = len([one for one in (service.data / "files" / "incoming").iterdir() if one.is_dir()])
    assert folders <= alive, f"{folders} folders for drafts, and {alive} processes"
