"""What users do to tasks: accept, cancel, retry, delete; each sees only what is theirs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from desk import BATCH, Desk, desk_over
from sqlalchemy import select

from safelight.errors import (
    BrokenPhotoError,
    LostLeaseError,
    QueueFullError,
    SafelightError,
    UnknownTaskError,
    WrongStateError,
)
from safelight.tasks.claims import Done
from safelight.tasks.database import Database
from safelight.tasks.status import BatchStatus, Status, batch_status
from safelight.tasks.tables import garbage, outbox
from safelight.tasks.task import PREVIEW, Batch, Lane, NewTask, Priority, new_id, now

KEY = "results/ab/" + "ab" * 32


@pytest.fixture
def desk(database: Database) -> Desk:
    return desk_over(database)


def batch_of(desk: Desk, count: int, owner: str = "ada") -> tuple[Batch, list[str]]:
    batch = Batch(id=new_id(), owner=owner, total=count, created_at=now())
    new = [
        NewTask(owner=owner, kind="photo", payload={}, batch=batch.id, index=index, priority=BATCH)
        for index in range(count)
    ]
    return batch, [task.id for task in desk.tasks.accept(new, batch=batch)]


def test_what_is_accepted_is_found_again_with_all_that_was_said(desk: Desk) -> None:
    new = NewTask(owner="ada", kind="photo", payload={"a": [1, None]}, input_name="年会.jpg", width=3, height=4)
    [task] = desk.tasks.accept([new])
    found = desk.tasks.find("ada", task.id)
    assert found == task
    assert (found.status, found.payload, found.input_name, found.width) == ("pending", {"a": [1, None]}, "年会.jpg", 3)


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, task: desk.tasks.find("eve", task),
        lambda desk, task: desk.tasks.cancel("eve", task),
        lambda desk, task: desk.tasks.retry("eve", task),
        lambda desk, task: desk.tasks.delete("eve", task),
        lambda desk, task: desk.tasks.pin("eve", task, pinned=True),
    ],
    ids=["find", "cancel", "retry", "delete", "pin"],
)
def test_to_strangers_a_task_is_not_there(desk: Desk, act: Callable[[Desk, str], object]) -> None:
    task = desk.accept("ada")
    with pytest.raises(UnknownTaskError):
        act(desk, task.id)
    assert desk.tasks.find("ada", task.id) == task


def test_to_strangers_a_batch_is_not_there(desk: Desk) -> None:
    batch, _ = batch_of(desk, 2)
    for act in (desk.tasks.find_batch, desk.tasks.cancel_batch, desk.tasks.retry_batch):
        with pytest.raises(UnknownTaskError):
            act("eve", batch.id)
    assert [task.status for task in desk.tasks.find_batch("ada", batch.id)[1]] == [Status.PENDING] * 2


def test_a_waiting_task_is_cancelled_at_once_and_again_without_harm(desk: Desk) -> None:
    task = desk.accept()
    assert desk.tasks.cancel("ada", task.id).status is Status.CANCELLED
    assert desk.tasks.cancel("ada", task.id).status is Status.CANCELLED
    assert desk.claims.claim("w1", task.lane) is None


def test_what_has_ended_cannot_be_cancelled(desk: Desk) -> None:
    desk.accept()
    mine = desk.claim()
    desk.finish(mine)
    with pytest.raises(WrongStateError, match="completed"):
        desk.tasks.cancel("ada", mine.id)


def test_a_failed_task_is_tried_again_with_all_its_attempts(desk: Desk) -> None:
    task = desk.accept()
    desk.claims.fail(desk.claim(), "broken_photo", "cut short")
    again = desk.tasks.retry("ada", task.id)
    assert (again.status, again.attempts, again.error, again.finished_at) == (Status.PENDING, 0, None, None)
    desk.finish(desk.claim())
    with pytest.raises(WrongStateError, match="completed"):
        desk.tasks.retry("ada", task.id)


def test_only_the_failed_ones_of_a_batch_are_tried_again(desk: Desk) -> None:
    batch, ids = batch_of(desk, 3)
    desk.finish(desk.claim())
    desk.claims.fail(desk.claim(), "broken_photo", "cut short")
    desk.tasks.cancel("ada", ids[2])
    assert [task.id for task in desk.tasks.retry_batch("ada", batch.id)] == [ids[1]]
    states = [task.status for task in desk.tasks.find_batch("ada", batch.id)[1]]
    assert states == [Status.COMPLETED, Status.PENDING, Status.CANCELLED]


def test_cancelling_a_batch_leaves_what_is_done(desk: Desk) -> None:
    batch, _ = batch_of(desk, 3)
    desk.finish(desk.claim())
    running = desk.claim()
    desk.tasks.cancel_batch("ada", batch.id)
    assert desk.claims.unwanted([running]) == {running.id}
    states = [task.status for task in desk.tasks.find_batch("ada", batch.id)[1]]
    assert states == [Status.COMPLETED, Status.PROCESSING, Status.CANCELLED]


def test_a_full_queue_takes_nothing_and_half_a_batch_is_not_accepted(database: Database) -> None:
    desk = desk_over(database, most_waiting=2)
    desk.accept()
    with pytest.raises(QueueFullError):
        batch_of(desk, 2)
    assert desk.tasks.counts()[Status.PENDING] == 1
    desk.accept()
    with pytest.raises(QueueFullError):
        desk.accept()
    desk.finish(desk.claim())
    desk.accept()


def test_nothing_is_accepted_if_the_photo_cannot_be_kept(desk: Desk) -> None:
    def keep(_connection: object) -> None:
        raise BrokenPhotoError("the disk said no")

    with pytest.raises(BrokenPhotoError):
        desk.tasks.accept([NewTask(owner="ada", kind="photo", payload={})], keep=keep)
    assert desk.tasks.counts()[Status.PENDING] == 0


def test_a_request_that_comes_again_is_accepted_once(desk: Desk) -> None:
    new = [NewTask(owner="ada", kind="photo", payload={}, id="same-id")]
    first = desk.tasks.accept(new)
    assert desk.tasks.accept(new) == first
    assert sum(desk.tasks.counts().values()) == 1


@pytest.mark.parametrize(
    "other", [{"signature": "other"}, {"input_key": KEY}, {"owner": "eve"}], ids=lambda one: str(one)
)
def test_another_request_under_the_same_ids_is_refused_and_not_taken_for_done(
    desk: Desk, other: dict[str, str]
) -> None:
    asked = {"owner": "ada", "signature": "s", "id": "same-id"}
    desk.tasks.accept([NewTask(kind="photo", payload={}, **asked)])
    with pytest.raises(WrongStateError, match="Idempotency-Key"):
        desk.tasks.accept([NewTask(kind="photo", payload={}, **{**asked, **other})])
    with pytest.raises(WrongStateError, match="Idempotency-Key"):
        desk.tasks.accept([NewTask(kind="photo", payload={}, **asked), NewTask(owner="ada", kind="photo", payload={})])


def test_cancelling_and_committing_at_once_never_wait_for_each_other(desk: Desk) -> None:
    """On PostgreSQL two that take the same locks in another order would end each other."""
    errors: list[BaseException] = []
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                task = desk.claims.claim("w1", Lane.DEVICE)
                if task is not None:
                    with suppress(LostLeaseError):
                        desk.finish(task)
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits for this one
            errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(15):
            batch, _ = batch_of(desk, 6)
            desk.tasks.cancel_batch("ada", batch.id)
    finally:
        stop.set()
        worker.join()
    assert errors == []


def test_a_broken_photo_of_a_batch_is_accounted_for_and_stops_nobody(desk: Desk) -> None:
    new = [NewTask(owner="ada", kind="photo", payload={}, id=name) for name in ("good", "bad")]
    error: dict[str, SafelightError] = {"bad": BrokenPhotoError("cut short")}
    good, bad = desk.tasks.accept(new, failed=error)
    assert (good.status, bad.status, bad.error_code, bad.error) == ("pending", "failed", "broken_photo", "cut short")
    with pytest.raises(WrongStateError):
        desk.tasks.retry("ada", bad.id)


def test_the_result_of_the_same_photo_and_plan_is_given_at_once(desk: Desk) -> None:
    seen = {"input_key": "originals/cd/" + "cd" * 32, "signature": "plan"}
    desk.accept(**seen)
    mine = desk.claim()
    desk.claims.finish(mine, Done(result={"width": 8}, result_key=KEY, resolution=8))
    assert desk.tasks.same("eve", seen["input_key"], "plan") is None
    assert desk.tasks.same("ada", seen["input_key"], "other plan") is None
    like = desk.tasks.same("ada", seen["input_key"], "plan")
    assert like is not None
    [task] = desk.tasks.accept(
        [NewTask(owner="ada", kind="photo", payload={}, id="again", **seen)], done={"again": like}
    )
    assert (task.status, task.result_key, task.facts.resolution) == (Status.COMPLETED, KEY, 8)
    assert task.result == {"width": 8, "cached": True}


def test_a_task_is_deleted_only_when_it_has_ended_and_its_files_are_noted(desk: Desk) -> None:
    task = desk.accept(input_key="originals/cd/" + "cd" * 32)
    with pytest.raises(WrongStateError):
        desk.tasks.delete("ada", task.id)
    desk.claims.finish(desk.claim(), Done(result={}, result_key=KEY))
    desk.tasks.delete("ada", task.id)
    with pytest.raises(UnknownTaskError):
        desk.tasks.find("ada", task.id)
    assert desk.events.since(0, task=task.id) == []
    with desk.database.read() as connection:
        assert set(connection.scalars(select(garbage.c.key))) == {KEY, "originals/cd/" + "cd" * 32}


def test_previews_are_not_counted_and_a_newer_one_of_a_page_replaces_the_older(desk: Desk) -> None:
    old = desk.accept(kind=PREVIEW, priority=Priority.PREVIEW, page="p1")
    other = desk.accept(kind=PREVIEW, priority=Priority.PREVIEW, page="p2")
    desk.tasks.cancel_page("ada", "p1")
    desk.tasks.cancel_page("eve", "p2")
    assert (desk.status(old), desk.status(other)) == (Status.CANCELLED, Status.PENDING)
    assert sum(desk.tasks.counts().values()) == 0


def test_a_waiting_task_knows_how_many_go_before_it(desk: Desk) -> None:
    tasks = [desk.accept() for _ in range(3)]
    stranger = desk.accept("bob")
    urgent = desk.accept(priority=Priority.PREVIEW)
    places = [
        desk.tasks.ahead(desk.tasks.find(None, one.id)) for one in (urgent, tasks[0], stranger, tasks[1], tasks[2])
    ]
    assert places == [0, 1, 2, 3, 4]
    desk.claim()
    assert desk.tasks.ahead(desk.tasks.find(None, tasks[0].id)) == 0


def test_every_end_is_posted_when_a_hook_listens(database: Database) -> None:
    desk = desk_over(database, posting=True)
    done, failed, cancelled, preview = desk.accept(), desk.accept(), desk.accept(), desk.accept(kind=PREVIEW)
    desk.finish(desk.claim())
    desk.claims.fail(desk.claim(), "broken_photo", "cut short")
    desk.tasks.cancel("ada", cancelled.id)
    desk.tasks.cancel("ada", preview.id)
    with database.read() as connection:
        assert list(connection.scalars(select(outbox.c.task).order_by(outbox.c.id))) == [
            done.id, failed.id, cancelled.id,
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({Status.PENDING: 2}, BatchStatus.PENDING),
        ({Status.PENDING: 1, Status.COMPLETED: 1}, BatchStatus.PROCESSING),
        ({Status.PROCESSING: 1}, BatchStatus.PROCESSING),
        ({Status.COMPLETED: 2}, BatchStatus.COMPLETED),
        ({Status.COMPLETED: 1, Status.FAILED: 1}, BatchStatus.PARTIAL_COMPLETED),
        ({Status.COMPLETED: 1, Status.CANCELLED: 1}, BatchStatus.PARTIAL_COMPLETED),
        ({Status.FAILED: 1, Status.CANCELLED: 1}, BatchStatus.FAILED),
        ({Status.CANCELLED: 2}, BatchStatus.CANCELLED),
        ({}, BatchStatus.COMPLETED),
    ],
)
def test_a_batch_is_where_its_tasks_are(counts: dict[Status, int], expected: BatchStatus) -> None:
    assert batch_status(counts) is expected
