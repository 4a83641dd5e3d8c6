"""Claims: who gets a task, who may commit it, and what happens when a worker is gone."""

from __future__ import annotations

import threading
import time

import pytest
from desk import BATCH, PREVIEW, SINGLE, Desk, desk_over

from safelight.errors import LostLeaseError
from safelight.tasks.claims import ATTEMPTS, Done, Found
from safelight.tasks.database import Database
from safelight.tasks.status import Status
from safelight.tasks.task import Lane, Priority, now


@pytest.fixture
def desk(database: Database) -> Desk:
    return desk_over(database)


def test_a_claimed_task_is_not_given_to_anybody_else(desk: Desk) -> None:
    task = desk.accept()
    mine = desk.claim("w1")
    assert (mine.id, mine.status, mine.worker, mine.fence, mine.attempts) == (task.id, "processing", "w1", 1, 1)
    assert desk.claims.claim("w2", Lane.DEVICE) is None


def test_many_workers_at_once_get_each_task_once(desk: Desk) -> None:
    wanted = {desk.accept().id for _ in range(40)}
    got: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        while (task := desk.claims.claim(name, Lane.DEVICE)) is not None:
            with lock:
                got.append(task.id)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(wanted)


def test_previews_go_before_photos_and_photos_before_batches(desk: Desk) -> None:
    batch, single, preview = (desk.accept(priority=one) for one in (BATCH, SINGLE, PREVIEW))
    assert [desk.claim().id for _ in range(3)] == [preview.id, single.id, batch.id]


def test_a_worker_in_the_midst_of_a_task_takes_previews_only(desk: Desk) -> None:
    desk.accept()
    assert desk.claims.claim("w1", Lane.DEVICE, most=Priority.PREVIEW) is None
    assert not desk.claims.ready(Lane.DEVICE, most=Priority.PREVIEW)
    preview = desk.accept(priority=PREVIEW)
    assert desk.claims.ready(Lane.DEVICE, most=Priority.PREVIEW)
    assert desk.claim(most=Priority.PREVIEW).id == preview.id


def test_one_photo_of_a_user_does_not_wait_for_the_hundred_of_another(desk: Desk) -> None:
    for _ in range(10):
        desk.accept("ada")
    desk.claim()
    late = desk.accept("bob")
    order = [desk.claim() for _ in range(3)]
    assert late.id in [task.id for task in order[:2]]
    assert [task.owner for task in order].count("ada") == 2


def test_a_task_is_not_begun_before_its_time(desk: Desk) -> None:
    later = desk.accept(not_before=now() + 3_600_000)
    assert not desk.claims.ready(Lane.DEVICE)
    assert desk.claims.claim("w1", Lane.DEVICE) is None
    assert desk.claims.waiting(Lane.DEVICE) == 0
    assert desk.status(later) is Status.PENDING


def test_what_was_sent_for_later_does_not_share_its_turn_with_what_its_owner_sends_now(desk: Desk) -> None:
    later = desk.accept(owner="bob", not_before=now() + 100)
    second = desk.accept(owner="bob")
    time.sleep(0.11)
    anns = desk.accept(owner="ann")
    assert [desk.claim().id for _ in range(3)] == [later.id, anns.id, second.id]


def test_a_paused_queue_gives_out_previews_only(desk: Desk) -> None:
    photo, preview = desk.accept(), desk.accept(priority=PREVIEW)
    desk.tasks.pause(paused=True)
    assert desk.tasks.paused
    assert desk.claim().id == preview.id
    assert desk.claims.claim("w1", Lane.DEVICE) is None
    desk.tasks.pause(paused=False)
    assert desk.claim().id == photo.id


def test_a_worker_whose_lease_ran_out_cannot_commit_any_more(desk: Desk) -> None:
    desk.accept()
    slow = desk.claim("slow")
    desk.expire(slow)
    quick = desk.claim("quick")
    assert (quick.id, quick.fence, quick.attempts) == (slow.id, 2, 2)
    for commit in (
        lambda: desk.finish(slow, who="slow"),
        lambda: desk.claims.fail(slow, "internal", "too late"),
        lambda: desk.claims.cancelled(slow),
        lambda: desk.claims.hand_back(slow),
    ):
        with pytest.raises(LostLeaseError):
            commit()
    assert slow.id in desk.claims.renew([slow], {})
    desk.finish(quick, who="quick")
    assert desk.tasks.find(None, quick.id).result == {"who": "quick"}


def test_the_same_worker_that_claims_again_has_a_new_fence(desk: Desk) -> None:
    desk.accept()
    first = desk.claim("w1")
    desk.expire(first)
    second = desk.claim("w1")
    with pytest.raises(LostLeaseError):
        desk.finish(first)
    desk.finish(second)


def test_a_lease_that_is_renewed_does_not_run_out(desk: Desk) -> None:
    task = desk.accept()
    mine = desk.claim()
    desk.expire(mine)
    assert desk.claims.renew([mine], {mine.id: (0.25, "half of a half")}) == frozenset()
    assert desk.claims.claim("w2", Lane.DEVICE) is None
    found = desk.tasks.find(None, task.id)
    assert (found.progress, found.message) == (0.25, "half of a half")


def test_a_task_that_kills_its_workers_fails_after_three_attempts_with_the_reason(desk: Desk) -> None:
    task = desk.accept()
    for attempt in range(1, ATTEMPTS + 1):
        assert desk.claim(f"w{attempt}").attempts == attempt
        desk.claims.release([f"w{attempt}"], "the worker died of signal 9")
    found = desk.tasks.find(None, task.id)
    assert (found.status, found.error_code) == (Status.FAILED, "worker_crashed")
    assert "3 times" in str(found.error)
    assert "signal 9" in str(found.error)


def test_leases_that_run_out_count_as_attempts_too(desk: Desk) -> None:
    task = desk.accept()
    for _ in range(ATTEMPTS):
        desk.expire(desk.claim())
    assert desk.claims.claim("w9", Lane.DEVICE) is None
    assert desk.tasks.find(None, task.id).error_code == "worker_crashed"


def test_a_task_that_is_handed_back_has_lost_no_attempt(desk: Desk) -> None:
    task = desk.accept()
    for _ in range(ATTEMPTS + 2):
        desk.claims.hand_back(desk.claim(), message="the service is restarting")
    found = desk.tasks.find(None, task.id)
    assert (found.status, found.attempts, found.message) == (Status.PENDING, 0, "the service is restarting")


def test_releasing_a_dead_worker_leaves_the_tasks_of_others_alone(desk: Desk) -> None:
    desk.accept()
    desk.accept()
    dead, alive = desk.claim("dead"), desk.claim("alive")
    assert [task.id for task in desk.claims.release(["dead"], "gone")] == [dead.id]
    assert desk.status(alive) is Status.PROCESSING


def test_a_worker_hears_that_its_task_is_not_wanted_any_more(desk: Desk) -> None:
    task = desk.accept()
    mine = desk.claim()
    assert desk.claims.unwanted([mine]) == frozenset()
    desk.tasks.cancel("ada", task.id)
    assert desk.claims.unwanted([mine]) == {task.id}
    assert desk.claims.renew([mine], {}) == {task.id}
    desk.claims.cancelled(mine)
    assert desk.status(task) is Status.CANCELLED


def test_a_cancelled_task_of_a_dead_worker_is_cancelled_and_not_begun_again(desk: Desk) -> None:
    task = desk.accept()
    mine = desk.claim("dead")
    desk.tasks.cancel("ada", task.id)
    desk.claims.release(["dead"], "gone")
    assert desk.status(task) is Status.CANCELLED
    other = desk.accept()
    desk.expire(desk.claim("dead"))
    desk.tasks.cancel("ada", other.id)
    assert desk.claims.claim("w2", Lane.DEVICE) is None
    assert desk.status(other) is Status.CANCELLED
    assert mine.fence == 1


def test_the_next_task_is_claimed_with_the_commit(desk: Desk) -> None:
    first, second = desk.accept(), desk.accept()
    mine = desk.claim("w1")
    following = desk.claims.finish(mine, Done(result={"n": 1}, seconds=0.5), then=Lane.DEVICE)
    assert following is not None
    assert (mine.id, following.id, following.worker) == (first.id, second.id, "w1")
    assert desk.tasks.find(None, first.id).seconds == 0.5
    assert desk.claims.finish(following, Done(result={}), then=Lane.DEVICE) is None


def test_a_task_is_handed_on_to_another_lane_with_what_was_found(desk: Desk) -> None:
    task = desk.accept(lane=Lane.REMOTE)
    assert desk.claims.claim("w1", Lane.DEVICE) is None
    mine = desk.claims.claim("r1", Lane.REMOTE)
    assert mine is not None
    found = Found(key="originals/aa/" + "a" * 64, name="cat.png", width=3, height=2, size=99)
    desk.claims.hand_on(mine, Lane.DEVICE, found)
    again = desk.claim("w1")
    assert (again.id, again.input_name, again.width, again.height, again.size) == (task.id, "cat.png", 3, 2, 99)
    assert again.attempts == 1


def test_a_task_that_is_handed_on_queues_behind_what_its_owner_has_there(desk: Desk) -> None:
    """Fairness is by turns within a lane: one of the other lane says nothing here."""
    ada = [desk.accept(owner="ada") for _ in range(3)]
    handed = desk.accept(owner="ada", lane=Lane.REMOTE)
    bob = desk.accept(owner="bob")
    mine = desk.claims.claim("r1", Lane.REMOTE)
    assert mine is not None
    desk.claims.hand_on(mine, Lane.DEVICE, payload={"changed": True})
    order = [desk.claim(f"w{index}") for index in range(5)]
    assert [one.id for one in order] == [ada[0].id, bob.id, ada[1].id, ada[2].id, handed.id]
    assert order[-1].payload == {"changed": True}


def test_what_workers_are_at_is_found(desk: Desk) -> None:
    task, ended = desk.accept(), desk.accept()
    desk.claim("deaf")
    desk.finish(desk.claim("deaf"))
    desk.accept()
    assert [(one.id, one.fence, one.cancel_at) for one in desk.claims.running(["deaf"])] == [(task.id, 1, None)]
    desk.tasks.cancel("ada", task.id)
    assert [one.cancel_at is None for one in desk.claims.running(["deaf", "other"])] == [False]
    assert desk.claims.running(["other"]) == []
    assert desk.status(ended) is Status.COMPLETED
