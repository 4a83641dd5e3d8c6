"""The task table as a state machine: whatever users, workers and clocks do in whatever order, these hold."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select, update

from safelight.errors import LostLeaseError, UnknownTaskError, WrongStateError
from safelight.tasks.claims import ATTEMPTS, Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.rows import to_task
from safelight.tasks.status import ENDED, SOURCES, Status
from safelight.tasks.tables import events, garbage, metadata, tasks
from safelight.tasks.task import Lane, NewTask, Priority, Task, now

LONG = os.environ.get("SAFELIGHT_FAULTS", "") == "long"
OWNERS = ("ann", "bob", "cy")
WORKERS = ("w1", "w2", "w3")
HOUR = 3_600_000

owners, workers = st.sampled_from(OWNERS), st.sampled_from(WORKERS)
priorities = st.sampled_from([Priority.SINGLE, Priority.BATCH])


class TaskTable(RuleBasedStateMachine):
    """Three users and three workers, of whom any may die, sleep or come back late."""

    database: Database
    """One file for all runs; emptied before each."""

    ids = Bundle("ids")
    held = Bundle("held")

    @initialize()
    def begin(self) -> None:
        with self.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        moves = Moves(self.database, posting=False)
        self.repository = Repository(self.database, moves, most_waiting=1000)
        self.claims = Claims(self.database, moves, lease_ms=HOUR)
        self.deleted: set[str] = set()
        self.accepted: dict[str, str] = {}
        self.alone: set[str] = set()
        self.scheduled: set[str] = set()
        self.fences: dict[str, int] = {}
        self.paused = False

    # What users do.

    @rule(target=ids, owner=owners, priority=priorities, count=st.integers(1, 4), later=st.booleans())
    def accept(self, owner: str, priority: Priority, count: int, later: bool) -> object:
        not_before = now() + HOUR if later and count == 1 else 0
        new = [
            NewTask(owner=owner, kind="k", payload={}, priority=priority, not_before=not_before,
                    input_key=f"originals/aa/{'a' * 64}")
            for _ in range(count)
        ]  # fmt: skip
        before = self.rows()
        found = self.repository.accept(new)
        if not any(one.status is Status.PENDING and (one.owner, one.priority) == (owner, priority) for one in before):
            # Whoever had nothing in the queue has a right to be served soon with the first of these.
            self.alone.add(found[0].id)
        assert [task.id for task in found] == [task.id for task in new]
        self.accepted.update((task.id, owner) for task in found)
        self.scheduled.update(task.id for task in found if not_before)
        return multiple(*(task.id for task in found))

    @rule(task=ids)
    def cancel(self, task: str) -> None:
        before = self.row(task)
        if before is None or (before.status in ENDED and before.status is not Status.CANCELLED):
            with pytest.raises(UnknownTaskError if before is None else WrongStateError):
                self.repository.cancel(self.accepted[task], task)
            return
        after = self.repository.cancel(self.accepted[task], task)
        assert after.status is (Status.PROCESSING if before.status is Status.PROCESSING else Status.CANCELLED)
        assert after.cancel_at is not None or before.status is Status.CANCELLED

    @rule(task=ids)
    def retry(self, task: str) -> None:
        before = self.row(task)
        if before is None or before.status not in (Status.FAILED, Status.CANCELLED):
            with pytest.raises(UnknownTaskError if before is None else WrongStateError):
                self.repository.retry(self.accepted[task], task)
            return
        self.alone.discard(task)
        after = self.repository.retry(self.accepted[task], task)
        assert (after.status, after.attempts, after.cancel_at, after.error) == (Status.PENDING, 0, None, None)

    @rule(task=ids)
    def delete(self, task: str) -> None:
        before = self.row(task)
        if before is None or before.status not in ENDED:
            with pytest.raises(UnknownTaskError if before is None else WrongStateError):
                self.repository.delete(self.accepted[task], task)
            return
        self.repository.delete(self.accepted[task], task)
        self.deleted.add(task)
        with self.database.read() as connection:
            noted = set(connection.scalars(select(garbage.c.key)))
        assert {key for key in (before.input_key, before.result_key) if key} <= noted

    @rule(task=ids, other=owners)
    def touch_what_is_not_mine(self, task: str, other: str) -> None:
        if other == self.accepted[task]:
            return
        for do in (self.repository.cancel, self.repository.retry, self.repository.delete, self.repository.find):
            with pytest.raises(UnknownTaskError):
                do(other, task)

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.repository.pause(paused=paused)
        self.paused = paused

    # What workers do. What they hold stays in the bundle, so that they come back with it late, too.

    @rule(target=held, worker=workers)
    def claim(self, worker: str) -> object:
        before = self.rows()
        task = self.claims.claim(worker, Lane.DEVICE)
        self.check_choice(before, task)
        return multiple() if task is None else task

    @rule(target=held, task=held)
    def finish_and_claim(self, task: Task) -> object:
        mine, before = self.is_mine(task), self.rows()
        done = Done(result={"by": task.worker}, result_key=f"results/bb/{'b' * 64}")
        if not mine:
            with pytest.raises(LostLeaseError):
                self.claims.finish(task, done, then=Lane.DEVICE)
            return multiple()
        found = self.claims.finish(task, done, then=Lane.DEVICE)
        self.check_choice([one for one in before if one.id != task.id], found)
        after = self.row(task.id)
        assert after is not None
        assert (after.status, after.progress, after.result) == (Status.COMPLETED, 1.0, {"by": task.worker})
        return multiple() if found is None else found

    @rule(task=held, how=st.sampled_from(["finish", "fail", "cancelled", "hand_back", "wait"]))
    def commit(self, task: Task, how: str) -> None:
        mine = self.is_mine(task)
        do = {
            "finish": lambda: self.claims.finish(task, Done(result={})),
            "fail": lambda: self.claims.fail(task, "broken_photo", "it is broken"),
            "cancelled": lambda: self.claims.cancelled(task),
            "hand_back": lambda: self.claims.hand_back(task),
            "wait": lambda: self.claims.hand_back(task, message="waits", not_before=now() + HOUR),
        }[how]
        if not mine:
            with pytest.raises(LostLeaseError):
                do()
            return
        do()
        after = self.row(task.id)
        assert after is not None
        ends = {"finish": Status.COMPLETED, "fail": Status.FAILED, "cancelled": Status.CANCELLED}
        assert after.status is ends.get(how, Status.PENDING)
        assert after.attempts == (task.attempts if how in ends else task.attempts - 1)

    @rule(target=held, task=held, worker=workers)
    def taken_over(self, task: Task, worker: str) -> object:
        """The worker sleeps past its lease, and another one takes the task; then it wakes up."""
        self.lease_runs_out(task)
        return self.claim(worker)

    @rule(task=consumes(held))
    def forget(self, task: Task) -> None:
        """The worker dies without a word."""

    @rule(task=held)
    def renew(self, task: Task) -> None:
        mine, row = self.is_mine(task), self.row(task.id)
        told = task.id in self.claims.renew([task], {task.id: (0.5, "half")})
        assert told == (not mine or (row is not None and row.cancel_at is not None))
        assert (task.id in self.claims.unwanted([task])) == told
        after = self.row(task.id)
        assert mine == (after is not None and self.is_mine(task) and after.lease_until > now())

    # What time and the supervisor do.

    @rule(task=held)
    def lease_runs_out(self, task: Task) -> None:
        mine = (tasks.c.seq == task.seq, tasks.c.status == Status.PROCESSING.value)
        with self.database.write() as connection:
            connection.execute(update(tasks).where(*mine).values(lease_until=now() - 1))

    @rule()
    def an_hour_passes(self) -> None:
        with self.database.write() as connection:
            connection.execute(update(tasks).values(not_before=0))

    @rule(worker=workers)
    def release(self, worker: str) -> None:
        before = {one.id: one for one in self.rows() if one.worker == worker}
        moved = {one.id: one for one in self.claims.release([worker], "the worker died")}
        assert moved.keys() == before.keys()
        for one in moved.values():
            was = before[one.id]
            last = Status.FAILED if was.attempts >= ATTEMPTS else Status.PENDING
            assert one.status is (Status.CANCELLED if was.cancel_at else last)
            assert (one.error_code == "worker_crashed") == (one.status is Status.FAILED)

    # What holds whatever happened.

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "accepted"):
            assert {one.id for one in self.rows()} == self.accepted.keys() - self.deleted

    @invariant()
    def every_life_is_legal(self) -> None:
        with self.database.read() as connection:
            told = connection.execute(select(events.c.task, events.c.type).order_by(events.c.id)).all()
        lives: dict[str, list[str]] = {}
        for task, what in told:
            lives.setdefault(task, []).append(what)
        for row in self.rows():
            life, state = lives[row.id], Status.PENDING
            assert life[0] == "accepted"
            for what in life[1:]:
                assert state in SOURCES[Status(what)], life
                state = Status(what)
            assert state is row.status, life
            assert life.count("completed") == (row.status is Status.COMPLETED), life
            assert life.count("processing") == row.fence, "a claim without a new fence"

    @invariant()
    def only_what_runs_is_held(self) -> None:
        for row in self.rows():
            runs = row.status is Status.PROCESSING
            assert (row.worker is not None, row.lease_until is not None) == (runs, runs)
            assert (row.finished_at is not None) == (row.status in ENDED)
            assert 0 <= row.attempts <= ATTEMPTS
            assert row.fence >= self.fences.get(row.id, 0)
            self.fences[row.id] = row.fence

    @invariant()
    def who_has_one_task_waits_for_one_of_each_other(self) -> None:
        """Of those never begun: what comes back to the queue has had its turn already, and keeps its place; what was
        sent for later has its place from then on."""
        queue = [one for one in self.rows() if one.status is Status.PENDING and not one.not_before]
        for at, one in enumerate(queue):
            if one.id in self.alone and one.fence == 0:
                front = [other for other in queue[:at] if other.fence == 0 and other.priority == one.priority]
                front = [other for other in front if other.id not in self.scheduled]
                counts = Counter(other.owner for other in front)
                assert all(count == 1 for count in counts.values()), f"{one.owner} waits for {counts}"
                assert one.owner not in counts

    def check_choice(self, before: list[Task], task: Task | None) -> None:
        """The task that was claimed is the one that had to be; none only if there was none."""
        dead = [one for one in before if one.status is Status.PROCESSING and (one.lease_until or 0) < now()]
        dead = [one for one in dead if one.cancel_at is None and one.attempts < ATTEMPTS]
        due = [one for one in before if one.status is Status.PENDING and one.not_before <= now()]
        # What was cancelled while it ran, and was handed back, is not begun again.
        due = [one for one in due if one.cancel_at is None]
        if task is None:
            assert not dead
            assert self.paused or not due
            return
        if dead:
            assert task.id in {one.id for one in dead}
            return
        assert not self.paused
        assert task.id == due[0].id
        assert task.attempts == due[0].attempts + 1

    def is_mine(self, task: Task) -> bool:
        row = self.row(task.id)
        return row is not None and (row.status, row.fence) == (Status.PROCESSING, task.fence)

    def row(self, task: str) -> Task | None:
        return next((one for one in self.rows() if one.id == task), None)

    def rows(self) -> list[Task]:
        """All tasks, those that wait in the order in which they come."""
        order = (tasks.c.priority, tasks.c.turn, tasks.c.seq)
        with self.database.read() as connection:
            return [to_task(row) for row in connection.execute(select(tasks).order_by(*order)).mappings()]


def test_no_order_of_what_happens_breaks_the_task_table(tmp_path: Path) -> None:
    TaskTable.database = Database(sqlite_url(tmp_path / "model.db"))
    migrate(TaskTable.database)
    # The short form does not look for the shortest way to a fault, which takes minutes.
    phases = tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate)
    examples, steps = (400, 60) if LONG else (50, 40)
    runs = settings(
        max_examples=examples, stateful_step_count=steps, phases=phases, suppress_health_check=list(HealthCheck),
        print_blob=True,
    )  # fmt: skip
    try:
        run_state_machine_as_test(TaskTable, settings=runs)
    finally:
        TaskTable.database.close()
