"""Batches as wholes: opened, joined by many at once, summed up, deleted."""

from __future__ import annotations

import threading

import pytest
from desk import BATCH, Desk, desk_over
from sqlalchemy import func, select, text

from safelight.errors import UnknownTaskError, WrongStateError
from safelight.tasks.batches import ahead_of_last
from safelight.tasks.claims import Done
from safelight.tasks.database import Database
from safelight.tasks.removing import AT_ONCE
from safelight.tasks.retention import Retention
from safelight.tasks.status import BatchStatus, Status
from safelight.tasks.tables import batches, tasks
from safelight.tasks.task import Batch, Facts, NewTask, Task, new_id, now

MINUTE, DAY = 60_000, 86_400_000


@pytest.fixture
def desk(database: Database) -> Desk:
    return desk_over(database)


def opened(desk: Desk, owner: str = "ada", ago: int = 0) -> Batch:
    return desk.batches.open(Batch(id=new_id(), owner=owner, total=0, created_at=now() - ago))


def joined(desk: Desk, batch: Batch, owner: str = "ada", preset: str = "", **more: str) -> Task:
    new = NewTask(owner=owner, kind="photo", payload={}, priority=BATCH, facts=Facts(preset=preset), **more)
    return desk.tasks.accept([new], joining=batch.id)[0]


def done(desk: Desk, size: int = 100, seconds: float = 2.0) -> Task:
    task = desk.claim()
    desk.claims.finish(task, Done(result={"bytes": size}, result_key=f"results/{task.id}", seconds=seconds))
    return task


def test_tasks_join_a_batch_in_the_order_in_which_they_come(desk: Desk) -> None:
    batch = opened(desk)
    found = [joined(desk, batch) for _ in range(3)]
    assert [(one.batch, one.index) for one in found] == [(batch.id, place) for place in range(3)]
    kept, listed = desk.tasks.find_batch("ada", batch.id)
    assert (kept.total, [one.id for one in listed]) == (3, [one.id for one in found])


def test_many_who_join_at_once_get_places_of_their_own_and_none_is_lost(desk: Desk) -> None:
    batch, places, troubles = opened(desk), list[int | None](), list[BaseException]()

    def send() -> None:
        try:
            for _ in range(8):
                places.append(joined(desk, batch).index)
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits for this one
            troubles.append(error)

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert sorted(place for place in places if place is not None) == list(range(40))
    assert desk.batches.find("ada", batch.id).total == 40


def test_a_request_that_comes_again_joins_once(desk: Desk) -> None:
    batch = opened(desk)
    first, again = joined(desk, batch, id="same"), joined(desk, batch, id="same")
    assert first == again
    assert desk.batches.find("ada", batch.id).total == 1


def test_only_a_batch_of_ones_own_can_be_joined_and_then_nothing_is_accepted(desk: Desk) -> None:
    batch = opened(desk)
    for owner, name in (("eve", batch.id), ("ada", "none")):
        new = NewTask(owner=owner, kind="photo", payload={})
        with pytest.raises(UnknownTaskError):
            desk.tasks.accept([new], joining=name)
    assert desk.batches.find("ada", batch.id).total == 0
    assert sum(desk.tasks.counts().values()) == 0


def test_a_batch_is_opened_once_however_often_it_is_asked_for(desk: Desk) -> None:
    batch = opened(desk)
    joined(desk, batch)
    assert desk.batches.open(batch).total == 1
    with pytest.raises(WrongStateError, match="Idempotency-Key"):
        desk.batches.open(Batch(id=batch.id, owner="eve", total=0, created_at=0))


def test_an_empty_batch_is_pending_and_nothing_of_it_is_done(desk: Desk) -> None:
    found = desk.batches.summary("ada", opened(desk).id)
    assert (found.status, found.progress, found.deleted, found.finished_at, found.covers) == (
        BatchStatus.PENDING, 0.0, 0, None, (),
    )  # fmt: skip


def test_a_summary_counts_everything_and_names_what_is_used_most(desk: Desk) -> None:
    batch = opened(desk)
    sent = [joined(desk, batch, preset=name) for name in ("face", "anime", "anime", "raw", "dehaze", "anime", "raw")]
    first, second = done(desk, 10), done(desk, 5)
    desk.claims.fail(desk.claim(), "broken_photo", "cut short", seconds=1.0)
    running = desk.claim()
    desk.claims.renew([running], {running.id: (0.5, "")})
    desk.tasks.cancel("ada", sent[4].id)
    done(desk)
    desk.tasks.delete("ada", sent[5].id)
    found = desk.batches.summary("ada", batch.id)
    assert found.counts == {
        Status.COMPLETED: 2, Status.FAILED: 1, Status.PROCESSING: 1, Status.CANCELLED: 1, Status.PENDING: 1,
    }  # fmt: skip
    assert (found.batch.total, found.deleted, found.status) == (7, 1, BatchStatus.PROCESSING)
    assert found.progress == pytest.approx(5.5 / 7)
    assert (found.seconds, found.bytes, found.finished_at) == (5.0, 15, None)
    assert (found.covers, found.presets) == ((second.id, first.id), ("anime", "raw", "dehaze"))
    assert found.last == sent[6].seq


def test_a_batch_ends_with_the_last_of_its_tasks(desk: Desk) -> None:
    batch = opened(desk)
    sent = [joined(desk, batch) for _ in range(6)]
    for _ in range(5):
        done(desk)
    desk.tasks.cancel("ada", sent[5].id)
    found = desk.batches.summary("ada", batch.id)
    assert found.status is BatchStatus.PARTIAL_COMPLETED
    assert found.finished_at == desk.tasks.find(None, sent[5].id).finished_at
    assert (found.progress, found.covers) == (1.0, tuple(one.id for one in sent[:4]))


def test_batches_come_in_pages_the_newest_first_without_those_that_are_empty(desk: Desk) -> None:
    at, names = now(), ["a", "b", "c", "d", "e"]
    for number, name in enumerate(names):
        # Two of the same time, which must neither be lost nor come twice.
        desk.batches.open(Batch(id=name, owner="ada", total=0, created_at=at + number // 2))
        if name != "b":
            joined(desk, desk.batches.find("ada", name))
    strange = opened(desk, "eve")
    joined(desk, strange, "eve")
    seen, before = list[str](), None
    while True:
        page, before = desk.batches.page("ada", before=before, limit=2)
        seen += [one.batch.id for one in page]
        if before is None:
            break
    assert seen == ["e", "d", "c", "a"]
    assert {one.batch.id for one in desk.batches.page(None, limit=10)[0]} == {*seen, strange.id}
    assert [one.batch.id for one in desk.batches.page("eve")[0]] == [strange.id]


def test_a_batch_is_deleted_with_all_its_tasks_once_they_have_ended(desk: Desk) -> None:
    batch, other = opened(desk), opened(desk)
    many = [NewTask(owner="ada", kind="photo", payload={}, priority=BATCH) for _ in range(AT_ONCE + 5)]
    desk.tasks.accept(many, joining=batch.id)
    stays = joined(desk, other)
    with pytest.raises(WrongStateError, match=f"{AT_ONCE + 5} tasks"):
        desk.batches.delete("ada", batch.id)
    with pytest.raises(UnknownTaskError):
        desk.batches.delete("eve", batch.id)
    desk.tasks.cancel_batch("ada", batch.id)
    desk.batches.delete("ada", batch.id)
    with desk.database.read() as connection:
        assert list(connection.scalars(select(tasks.c.id))) == [stays.id]
        assert list(connection.scalars(select(batches.c.id))) == [other.id]


def test_a_batch_that_nobody_joins_goes_after_a_day(desk: Desk) -> None:
    old, young, used, left = (opened(desk, ago=age) for age in (DAY + MINUTE, DAY - MINUTE, 2 * DAY, 2 * MINUTE))
    joined(desk, used)
    gone = joined(desk, left)
    desk.tasks.cancel("ada", gone.id)
    desk.tasks.delete("ada", gone.id)
    Retention(desk.database, lambda _: None).expire(0)
    with desk.database.read() as connection:
        assert set(connection.scalars(select(batches.c.id))) == {young.id, used.id}
    with pytest.raises(UnknownTaskError):
        joined(desk, old)


def test_no_batch_is_thrown_away_under_those_who_join_it(desk: Desk) -> None:
    """Some join old batches while others throw away those that are empty: who is in, is in a batch that is there."""
    until = threading.Event()
    troubles: list[BaseException] = []

    def throw() -> None:
        try:
            while not until.is_set():
                desk.batches.prune(now() + 3 * DAY)
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits for this one
            troubles.append(error)

    thread = threading.Thread(target=throw)
    thread.start()
    count = 0
    try:
        for _ in range(60):
            batch = opened(desk, ago=5 * DAY)
            try:
                joined(desk, batch)
            except UnknownTaskError:
                continue
            count += 1
    finally:
        until.set()
        thread.join()
    assert troubles == []
    with desk.database.read() as connection:
        there = select(func.count()).select_from(tasks.join(batches, tasks.c.batch == batches.c.id))
        assert connection.scalar(there) == count > 0


def test_what_goes_before_the_last_one_of_a_batch_is_counted_like_for_a_task(desk: Desk) -> None:
    batch = opened(desk)
    desk.accept("bob", priority=BATCH)
    sent = [joined(desk, batch) for _ in range(3)]
    desk.accept("bob")
    with desk.database.read() as connection:
        found = ahead_of_last(connection, [one.seq for one in sent])
    assert found == {one.seq: desk.tasks.ahead(desk.tasks.find(None, one.id)) for one in sent}


def test_summing_up_reads_nothing_but_an_index(database: Database) -> None:
    """On PostgreSQL that is so once a table is tidy, which a test is too short for."""
    if not database.sqlite:
        pytest.skip("asks SQLite")
    from safelight.tasks.batches import _BY_STATE

    query = str(_BY_STATE.where(tasks.c.batch == "x").compile(compile_kwargs={"literal_binds": True}))
    with database.read() as connection:
        plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "COVERING INDEX tasks_batch" in plan
    assert "TEMP" not in plan


def test_sizes_of_before_are_counted_after_an_upgrade(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    from safelight.tasks import migrate as module

    desk = desk_over(database)
    batch = opened(desk)
    joined(desk, batch)
    done(desk, 77)
    config = Config()
    config.set_main_option("script_location", str(module._SCRIPTS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    module.migrate(database)
    assert desk.batches.summary("ada", batch.id).bytes == 77
