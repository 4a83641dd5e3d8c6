"""A worker and its attempts, over a real table: what is committed when work ends in this way or that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import Handler, Job, Toolbox
from safelight.engine.worker import Worker
from safelight.errors import BrokenPhotoError, DiskFullError, LostFileError, StoreError
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.ear import open_ear
from safelight.tasks.events import Events
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.tables import garbage
from safelight.tasks.task import PREVIEW, Lane, NewTask, Priority, Task, now

PATIENCE_S = 20.0
KEY = "results/ab/" + "ab" * 32


class Shop:
    """A table, and a worker in a thread that works on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(sqlite_url(folder / "safelight.db"))
        migrate(self.database)
        moves = Moves(self.database, posting=False)
        self.tasks = Repository(self.database, moves, most_waiting=100)
        self.claims = Claims(self.database, moves, lease_ms=60_000)
        self.handlers: dict[str, Handler] = {}

    def accept(self, kind: str, **more: Any) -> Task:
        [task] = self.tasks.accept([NewTask(owner="ada", kind=kind, payload={}, **more)])
        return task

    def ended(self, task: Task, wanted: Callable[[Task], bool] | None = None) -> Task:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            found = self.tasks.find(None, task.id)
            if wanted(found) if wanted else found.finished_at is not None:
                return found
            time.sleep(0.01)
        raise AssertionError(f"the task is {self.tasks.find(None, task.id)}")

    @contextmanager
    def worker(self, *, task_s: float = 60.0) -> Iterator[Stop]:
        stop, toolbox = Stop(), Toolbox(handlers=self.handlers, warm=tuple, prepare=_nothing, close=_nothing)
        heart = Heart(self.claims, Lane.DEVICE, lease_s=60, show=_nothing)
        attempts = Attempts(
            Lane.DEVICE, claims=self.claims, toolbox=toolbox, heart=heart, stop=stop, folder=self.folder / "work",
            task_s=task_s,
        )  # fmt: skip
        ear = open_ear(self.database)
        worker = Worker("w1", claims=self.claims, ear=ear, toolbox=toolbox, attempts=attempts, heart=heart, stop=stop)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield stop
        finally:
            stop.ask(0)
            thread.join(PATIENCE_S)
            ear.close()
        assert not thread.is_alive()
        assert not list((self.folder / "work").glob("*")), "unfinished files were left"


def _nothing() -> None:
    return


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.database.close()


def until_stopped(_task: Task, job: Job) -> Done:
    while True:
        job.check_cancelled()
        time.sleep(0.005)


def raising(error: BaseException) -> Handler:
    def handle(_task: Task, _job: Job) -> Done:
        raise error

    return handle


def test_tasks_are_done_one_after_the_other_and_their_results_kept(shop: Shop) -> None:
    shop.handlers["photo"] = lambda task, _job: Done(result={"input": task.input_name}, seconds=0.5)
    tasks = [shop.accept("photo", input_name=f"{number}.png") for number in range(5)]
    with shop.worker():
        found = [shop.ended(task) for task in tasks]
    assert [task.result for task in found] == [{"input": f"{number}.png"} for number in range(5)]
    assert {task.status for task in found} == {Status.COMPLETED}
    assert [task.started_at for task in found] == sorted(task.started_at or 0 for task in found)


def test_a_preview_is_made_in_the_midst_of_a_long_task(shop: Shop) -> None:
    released = threading.Event()

    def long(_task: Task, job: Job) -> Done:
        while not released.is_set():
            job.check_cancelled()
            time.sleep(0.005)
        return Done(result={})

    shop.handlers |= {"photo": long, PREVIEW: lambda _task, _job: Done(result={"shown": True})}
    photo = shop.accept("photo")
    with shop.worker():
        shop.ended(photo, lambda task: task.status is Status.PROCESSING)
        preview = shop.ended(shop.accept(PREVIEW, priority=Priority.PREVIEW))
        assert preview.result == {"shown": True}
        assert shop.tasks.find(None, photo.id).status is Status.PROCESSING
        released.set()
        assert shop.ended(photo).status is Status.COMPLETED


def test_a_running_task_stops_when_it_is_cancelled(shop: Shop) -> None:
    shop.handlers["photo"] = until_stopped
    task = shop.accept("photo")
    with shop.worker():
        shop.ended(task, lambda task: task.status is Status.PROCESSING)
        shop.tasks.cancel("ada", task.id)
        assert shop.ended(task).status is Status.CANCELLED


def test_a_worker_that_has_to_end_hands_its_task_back(shop: Shop) -> None:
    shop.handlers["photo"] = until_stopped
    task, waiting = shop.accept("photo"), shop.accept("photo")
    with shop.worker():
        shop.ended(task, lambda task: task.status is Status.PROCESSING)
    found = shop.tasks.find(None, task.id)
    assert (found.status, found.attempts, found.worker) == (Status.PENDING, 0, None)
    assert shop.tasks.find(None, waiting.id).status is Status.PENDING


def test_a_worker_that_may_drain_finishes_its_task_and_takes_no_other(shop: Shop) -> None:
    begun, released = threading.Event(), threading.Event()

    def wait(_task: Task, job: Job) -> Done:
        begun.set()
        released.wait(PATIENCE_S)
        job.check_cancelled()
        return Done(result={})

    shop.handlers["photo"] = wait
    first, second = shop.accept("photo"), shop.accept("photo")
    with shop.worker() as stop:
        begun.wait(PATIENCE_S)
        stop.ask(PATIENCE_S)
        released.set()
        assert shop.ended(first).status is Status.COMPLETED
    assert shop.tasks.find(None, second.id).status is Status.PENDING


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BrokenPhotoError("cat.png: cut short"), "broken_photo", "cut short"),
        (MemoryError(), "out_of_memory", "memory"),
        (ValueError("oops"), "internal", "ValueError: oops"),
    ],
    ids=["known", "memory", "fault"],
)
def test_an_error_fails_the_task_with_its_code_and_not_the_worker(
    shop: Shop, error: BaseException, code: str, words: str
) -> None:
    shop.handlers |= {"photo": raising(error), "good": lambda _task, _job: Done(result={})}
    bad, good = shop.accept("photo"), shop.accept("good")
    with shop.worker():
        found = shop.ended(bad)
        assert shop.ended(good).status is Status.COMPLETED
    assert (found.status, found.error_code) == (Status.FAILED, code)
    assert words in str(found.error)


def test_a_kind_that_nobody_can_do_fails_at_once(shop: Shop) -> None:
    task = shop.accept("unheard of")
    with shop.worker():
        assert "unheard of" in str(shop.ended(task).error)


@pytest.mark.parametrize("error", [DiskFullError("the disk is full"), StoreError("the store is away")])
def test_where_the_result_could_not_be_kept_it_is_tried_again_later(shop: Shop, error: Exception) -> None:
    shop.handlers["photo"] = raising(error)
    task = shop.accept("photo")
    with shop.worker():
        found = shop.ended(task, lambda task: task.status is Status.PENDING and task.not_before > 0)
    assert found.not_before > now()
    assert str(error) in found.message
    assert found.attempts == 0


def test_a_photo_that_is_lost_fails_its_task_and_is_not_waited_for(shop: Shop) -> None:
    shop.handlers["photo"] = raising(LostFileError("originals/ab: is not in the store"))
    task = shop.accept("photo")
    with shop.worker():
        found = shop.ended(task)
    assert (found.status, found.error_code) == (Status.FAILED, "file_lost")
    assert "originals" not in str(found.error)


def test_a_store_that_fails_at_the_commit_loses_nothing(shop: Shop) -> None:
    def keep(_connection: object) -> None:
        raise StoreError("the store is away")

    shop.handlers["photo"] = lambda _task, _job: Done(result={}, result_key=KEY, keep=keep)
    task = shop.accept("photo")
    with shop.worker():
        found = shop.ended(task, lambda task: task.status is Status.PENDING and task.not_before > 0)
    assert "the store is away" in found.message


def test_a_task_that_takes_too_long_fails(shop: Shop) -> None:
    shop.handlers["photo"] = until_stopped
    task = shop.accept("photo")
    with shop.worker(task_s=0.2):
        assert shop.ended(task).error_code == "timed_out"


def test_the_file_of_a_result_that_came_too_late_is_given_up(shop: Shop) -> None:
    def late(task: Task, _job: Job) -> Done:
        with shop.database.write() as connection:
            connection.exec_driver_sql(f"UPDATE tasks SET fence = fence + 1 WHERE seq = {task.seq}")
        return Done(result={}, result_key=KEY)

    shop.handlers["photo"] = late
    shop.accept("photo")
    with shop.worker():
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with shop.database.read() as connection:
                if list(connection.scalars(select(garbage.c.key))) == [KEY]:
                    break
            time.sleep(0.01)
        else:
            raise AssertionError("nobody noted the file")
    assert [event.type for event in Events(shop.database).since(0)] == ["accepted", "processing"]


def test_progress_is_seen_while_the_work_goes_on(shop: Shop) -> None:
    released = threading.Event()

    def handle(_task: Task, job: Job) -> Done:
        job.progress(0.5, "halfway")
        released.wait(PATIENCE_S)
        return Done(result={})

    shop.handlers["photo"] = handle
    task = shop.accept("photo")
    with shop.worker():
        found = shop.ended(task, lambda task: task.progress > 0)
        assert (found.progress, found.message) == (0.5, "halfway")
        released.set()
        assert shop.ended(task).progress == 1.0


def test_a_photo_does_not_wait_for_the_end_of_a_dataset(shop: Shop) -> None:
    order: list[str] = []

    def dataset(_task: Task, job: Job) -> Done:
        until = time.monotonic() + PATIENCE_S
        while len(order) < 2:
            assert time.monotonic() < until, "the dataset kept everybody waiting"
            job.check_cancelled()
            time.sleep(0.01)
        order.append("dataset")
        return Done(result={})

    def photo(task: Task, _job: Job) -> Done:
        order.append(str(task.priority))
        return Done(result={})

    shop.handlers = {"dataset": dataset, "photo": photo}
    long = shop.accept("dataset", priority=Priority.DATASET)
    with shop.worker():
        shop.ended(long, lambda task: task.status is Status.PROCESSING)
        batch = shop.accept("photo", priority=Priority.BATCH)
        single = shop.accept("photo", priority=Priority.SINGLE)
        other = shop.accept("dataset", priority=Priority.DATASET)
        for task in (batch, single, long, other):
            assert shop.ended(task).status is Status.COMPLETED
    assert sorted(order[:2]) == [str(Priority.SINGLE), str(Priority.BATCH)]
    assert order[2:] == ["dataset", "dataset"], "another dataset waits for its turn"


def test_a_dataset_that_looks_from_many_threads_does_one_photo_at_a_time(shop: Shop) -> None:
    lock, running, most = threading.Lock(), 0, 0
    during: list[bool] = []

    def dataset(task: Task, job: Job) -> Done:
        until = time.monotonic() + PATIENCE_S
        with ThreadPoolExecutor(4) as threads:
            while len(during) < 4:
                assert time.monotonic() < until
                list(threads.map(lambda _: job.check_cancelled(), range(8)))
        assert all(during), task
        return Done(result={})

    def photo(_task: Task, _job: Job) -> Done:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        during.append(shop.tasks.find(None, long.id).status is Status.PROCESSING)
        with lock:
            running -= 1
        return Done(result={})

    shop.handlers = {"dataset": dataset, "photo": photo}
    long = shop.accept("dataset", priority=Priority.DATASET)
    with shop.worker():
        shop.ended(long, lambda task: task.status is Status.PROCESSING)
        photos = [shop.accept("photo", priority=Priority.BATCH) for _ in range(4)]
        assert all(shop.ended(one).status is Status.COMPLETED for one in (*photos, long))
    assert most == 1
