from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update

from safelight.errors import StoreError, UnknownTaskError
from safelight.tasks.answers import Answers
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database
from safelight.tasks.moves import Moves
from safelight.tasks.photos import Photos, Uploaded
from safelight.tasks.removing import discard, needed
from safelight.tasks.repository import Repository
from safelight.tasks.retention import Retention
from safelight.tasks.tables import answers, batches, events, garbage, photos, tasks
from safelight.tasks.task import PREVIEW, Batch, Lane, NewTask, Task, now

ME = "me"
MINUTE, DAY = 60_000, 86_400_000
KEY, OTHER = "originals/aa/1", "originals/bb/2"


class Files(set[str]):
    """The names of files, as a store that can be broken."""

    broken: frozenset[str] = frozenset()

    def delete(self, key: str) -> None:
        """Delete a name, if it is there."""
        if key in self.broken:
            raise StoreError(f"{key}: cannot be deleted")
        self.discard(key)

    def keep(self, key: str) -> Callable[[Connection], None]:
        """What brings a file to its place."""
        return lambda _: self.add(key)


class Studio:
    """The parts that deal with tasks and files."""

    def __init__(self, database: Database) -> None:
        moves = Moves(database, posting=False)
        self.database = database
        self.files = Files()
        self.tasks = Repository(database, moves, most_waiting=10_000)
        self.claims = Claims(database, moves, lease_ms=30_000)
        self.photos = Photos(database)
        self.retention = Retention(database, self.files.delete)

    def accept(self, key: str = KEY, kind: str = "photo", batch: Batch | None = None) -> Task:
        new = NewTask(owner=ME, kind=kind, payload={}, input_key=key, batch=batch.id if batch else None)
        return self.tasks.accept([new], batch=batch, keep=self.files.keep(key))[0]

    def ended(self, key: str = KEY, kind: str = "photo", ago: int = 0, batch: Batch | None = None) -> Task:
        """A task that was cancelled so many ms ago."""
        task = self.tasks.cancel(ME, self.accept(key, kind, batch).id)
        self.set(tasks, task.id, finished_at=now() - ago)
        return task

    def set(self, table: Table, which: str, **values: object) -> None:
        with self.database.write() as connection:
            connection.execute(update(table).where(table.c.id == which).values(**values))

    def count(self, table: Table) -> int:
        with self.database.read() as connection:
            return int(connection.scalar(select(func.count()).select_from(table)) or 0)

    def ids(self) -> set[str]:
        with self.database.read() as connection:
            return set(connection.scalars(select(tasks.c.id)))

    def throw(self, *keys: str) -> None:
        """Note files as garbage."""
        with self.database.write() as connection:
            discard(connection, set(keys))


@pytest.fixture
def studio(database: Database) -> Studio:
    return Studio(database)


def test_a_file_stays_until_the_last_task_that_shares_it_is_deleted(studio: Studio) -> None:
    first, second = studio.ended(), studio.ended()
    studio.tasks.delete(ME, first.id)
    assert studio.retention.sweep() == 0
    assert studio.files == {KEY}
    studio.tasks.delete(ME, second.id)
    assert studio.retention.sweep() == 1
    assert studio.files == set()
    assert studio.count(garbage) == 0


def test_a_file_stays_while_an_uploaded_photo_or_a_result_needs_it(studio: Studio) -> None:
    photo = Uploaded(owner=ME, key=KEY, name="a.jpg", format="jpeg", width=1, height=1, size=1)
    studio.photos.add(photo, studio.files.keep(KEY))
    studio.accept(OTHER)
    task = studio.claims.claim("worker", Lane.DEVICE)
    assert task is not None
    studio.claims.finish(task, Done(result={}, result_key="results/cc/3", keep=studio.files.keep("results/cc/3")))
    studio.throw(KEY, OTHER, "results/cc/3", "results/dd/4")
    studio.files.add("results/dd/4")
    assert studio.retention.sweep() == 1
    assert studio.files == {KEY, OTHER, "results/cc/3"}
    studio.photos.delete(ME, photo.id)
    assert studio.retention.sweep() == 1
    assert studio.files == {OTHER, "results/cc/3"}


def test_a_file_that_is_wanted_again_comes_back(studio: Studio) -> None:
    studio.tasks.delete(ME, studio.ended().id)
    assert studio.retention.sweep() == 1
    studio.accept()
    assert studio.files == {KEY}


def test_a_result_that_is_gone_is_made_anew(studio: Studio) -> None:
    studio.accept()
    claimed = studio.claims.claim("worker", Lane.DEVICE)
    assert claimed is not None
    studio.claims.finish(claimed, Done(result={}, result_key="results/cc/3"))
    like = studio.tasks.find(ME, claimed.id)
    kept, lost = (NewTask(owner=ME, kind="photo", payload={}, input_key=KEY) for _ in range(2))
    assert studio.tasks.accept([kept], done={kept.id: like})[0].result_key == "results/cc/3"
    studio.tasks.delete(ME, like.id)
    studio.tasks.delete(ME, kept.id)
    assert studio.tasks.accept([lost], done={lost.id: like})[0].status == "pending"


def test_what_cannot_be_deleted_holds_up_nobody_and_is_tried_again(studio: Studio) -> None:
    studio.files.update({KEY, OTHER})
    studio.files.broken = frozenset({KEY})
    studio.throw(KEY)
    studio.throw(OTHER)
    assert studio.retention.sweep() == 1
    assert studio.files == {KEY}
    studio.files.broken = frozenset()
    assert studio.retention.sweep() == 1
    assert studio.files == set()


def test_a_store_that_is_away_ends_the_sweep_and_nothing_is_forgotten(studio: Studio) -> None:
    keys = {f"results/aa/{number}" for number in range(10)}
    studio.files.broken = frozenset(keys)
    studio.throw(*keys)
    with pytest.raises(StoreError):
        studio.retention.sweep()
    assert studio.count(garbage) == 10


def test_a_sweep_goes_no_further_than_it_is_told(studio: Studio) -> None:
    studio.throw(*(f"results/aa/{number}" for number in range(5)))
    assert [studio.retention.sweep(2) for _ in range(4)] == [2, 2, 1, 0]


def test_ended_tasks_go_when_their_time_is_over_unless_they_are_pinned(studio: Studio) -> None:
    old, young, pinned = studio.ended(ago=3 * DAY), studio.ended(ago=DAY), studio.ended(ago=3 * DAY)
    waiting = studio.accept()
    studio.set(tasks, waiting.id, created_at=now() - 9 * DAY)
    studio.tasks.pin(ME, pinned.id, pinned=True)
    assert studio.retention.expire(0) == 0
    assert studio.ids() == {old.id, young.id, pinned.id, waiting.id}
    assert studio.retention.expire(2) == 1
    assert studio.ids() == {young.id, pinned.id, waiting.id}
    with studio.database.read() as connection:
        assert set(connection.scalars(select(events.c.task))) == studio.ids()


def test_many_tasks_go_in_several_transactions_and_their_files_with_them(studio: Studio) -> None:
    studio.ended(ago=3 * DAY)
    with studio.database.write() as connection:
        row = dict(connection.execute(select(tasks)).mappings().one())
        del row["seq"]
        connection.execute(
            insert(tasks), [{**row, "id": f"t{at}", "input_key": f"originals/cc/{at}"} for at in range(450)]
        )
    assert studio.retention.expire(2) == 451
    assert studio.ids() == set()
    assert studio.retention.sweep() == 451


def test_a_batch_goes_with_its_last_task(studio: Studio) -> None:
    emptied, half = (Batch(id=name, owner=ME, total=2, created_at=now() - 3 * DAY) for name in ("emptied", "half"))
    studio.ended(ago=3 * DAY, batch=emptied)
    studio.ended(ago=3 * DAY, batch=half)
    stays = studio.ended(ago=0)
    studio.set(tasks, stays.id, batch="half")
    studio.retention.expire(2)
    with pytest.raises(UnknownTaskError):
        studio.tasks.find_batch(ME, "emptied")
    assert [one.id for one in studio.tasks.find_batch(ME, "half")[1]] == [stays.id]
    assert studio.count(batches) == 1


def test_what_only_served_for_a_while_goes_without_being_told(studio: Studio) -> None:
    gone, stays = studio.ended(kind=PREVIEW, ago=11 * MINUTE), studio.ended(kind=PREVIEW, ago=9 * MINUTE)
    for age in (25 * 60, 23 * 60):
        key = f"originals/aa/{age}"
        photo = Uploaded(
            owner=ME, key=key, name="a.jpg", format="jpeg", width=1, height=1, size=1,
            created_at=now() - age * MINUTE,
        )  # fmt: skip
        studio.photos.add(photo, studio.files.keep(key))
        kept = Answers(studio.database)
        kept.begin(ME, str(age), "asked")
        with studio.database.write() as connection:
            connection.execute(update(answers).where(answers.c.key == str(age)).values(created_at=now() - age * MINUTE))
    with studio.database.write() as connection:
        first = select(func.min(events.c.id)).scalar_subquery()
        connection.execute(
            update(events).where(events.c.task == stays.id, events.c.id > first).values(at=now() - 8 * DAY)
        )
    studio.retention.expire(0)
    assert studio.ids() == {stays.id}
    assert gone.id not in studio.ids()
    assert (studio.count(photos), studio.count(answers), studio.count(events)) == (1, 1, 0)
    studio.retention.sweep()
    assert studio.files == {KEY, f"originals/aa/{23 * 60}"}


def test_scrubbing_deletes_what_nobody_needs_and_nothing_young(studio: Studio) -> None:
    studio.accept(KEY)
    studio.files.update({OTHER, "results/cc/young", "thumbnails/aa/1", "thumbnails/bb/2"})
    old = now() - DAY
    found = [(key, old) for key in sorted(studio.files)]
    found = [(key, now() if "young" in key else at) for key, at in found]

    def sources(key: str) -> Sequence[str]:
        return (key.replace("thumbnails", "originals"), key.replace("thumbnails", "results"))

    retention = Retention(studio.database, studio.files.delete, sources=sources)
    assert retention.scrub(found, older_than_ms=MINUTE) == 2
    assert studio.files == {KEY, "thumbnails/aa/1", "results/cc/young"}


def test_no_needed_file_is_ever_lost_however_much_happens_at_once(studio: Studio) -> None:
    """Some accept and delete tasks that share files, some sweep and scrub; after every commit the files are there."""
    keys = [f"originals/aa/{number}" for number in range(3)]
    until, lost, done = time.monotonic() + 1.5, list[str](), [0, 0]

    def delete_slowly(key: str) -> None:
        # The gap between the look and the deletion, in which others may come.
        time.sleep(random.random() * 0.003)
        studio.files.delete(key)

    retention = Retention(studio.database, delete_slowly)

    def use() -> None:
        chance = random.Random()
        while time.monotonic() < until:
            key = chance.choice(keys)

            def keep(_: Connection, key: str = key) -> None:
                studio.files.add(key)
                time.sleep(chance.random() * 0.002)

            new = NewTask(owner=ME, kind="photo", payload={}, input_key=key)
            studio.tasks.accept([new], keep=keep)
            if key not in studio.files:
                lost.append(key)
            studio.tasks.cancel(ME, new.id)
            if key not in studio.files:
                lost.append(key)
            studio.tasks.delete(ME, new.id)
            done[0] += 1

    def throw() -> None:
        while time.monotonic() < until:
            done[1] += retention.sweep()
            done[1] += retention.scrub([(key, 0) for key in keys], older_than_ms=0)

    threads = [threading.Thread(target=work) for work in (use, use, use, use, throw, throw)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert min(done) > 5
    retention.sweep()
    with studio.database.read() as connection:
        assert {key for key in keys if needed(connection, key)} <= studio.files
    assert studio.count(garbage) == 0
