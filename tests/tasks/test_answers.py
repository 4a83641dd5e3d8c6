"""Idempotency, own presets, uploaded photos, the list of workers, and times."""

from __future__ import annotations

import threading

import pytest
from desk import desk_over

from safelight.errors import BeingAnsweredError, UnknownTaskError, WrongStateError
from safelight.tasks.answers import Answer, Answers
from safelight.tasks.claims import Done
from safelight.tasks.database import Database
from safelight.tasks.performance import Performance
from safelight.tasks.photos import Photos, Uploaded
from safelight.tasks.presets import OwnPresets
from safelight.tasks.task import Facts, Lane, now
from safelight.tasks.workers import Worker, Workers


def test_a_request_that_comes_again_gets_the_answer_that_was_given(database: Database) -> None:
    answers = Answers(database)
    assert answers.begin("ada", "key", "request") is None
    with pytest.raises(BeingAnsweredError, match="right now"):
        answers.begin("ada", "key", "request")
    answers.end("ada", "key", Answer(status=201, body="{}"))
    assert answers.begin("ada", "key", "request") == Answer(status=201, body="{}")
    with pytest.raises(WrongStateError, match="another request"):
        answers.begin("ada", "key", "other")
    assert answers.begin("eve", "key", "request") is None


def test_a_request_that_came_to_nothing_may_come_again(database: Database) -> None:
    answers = Answers(database)
    answers.begin("ada", "key", "request")
    answers.drop("ada", "key")
    assert answers.begin("ada", "key", "request") is None
    answers.prune(now() + 1000)
    assert answers.begin("ada", "key", "request") is None


def test_of_many_at_once_one_request_is_done(database: Database) -> None:
    answers, let_in = Answers(database), []

    def ask() -> None:
        try:
            let_in.append(answers.begin("ada", "key", "request"))
        except BeingAnsweredError:
            return

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in == [None]


def test_own_presets_are_kept_changed_and_deleted_by_their_owner_alone(database: Database) -> None:
    presets = OwnPresets(database)
    made = presets.save("ada", "soft", {"steps": [1]})
    changed = presets.save("ada", "soft", {"steps": [2]})
    assert (changed.recipe, changed.created_at) == ({"steps": [2]}, made.created_at)
    assert [one.name for one in presets.all("ada")] == ["soft"]
    assert presets.all("eve") == []
    with pytest.raises(UnknownTaskError):
        presets.delete("eve", "soft")
    presets.delete("ada", "soft")
    with pytest.raises(UnknownTaskError):
        presets.find("ada", "soft")


def test_an_uploaded_photo_is_there_for_its_owner_and_the_operator(database: Database) -> None:
    photos, kept = Photos(database), []
    photo = Uploaded(
        owner="ada", key="originals/ab/" + "ab" * 32, name="a.png", format="png", width=1, height=2, size=3
    )
    photos.add(photo, kept.append)
    assert len(kept) == 1
    assert photos.find("ada", photo.id) == photos.find(None, photo.id) == photo
    with pytest.raises(UnknownTaskError):
        photos.find("eve", photo.id)
    with pytest.raises(UnknownTaskError):
        photos.delete("eve", photo.id)
    photos.delete("ada", photo.id)
    with pytest.raises(UnknownTaskError):
        photos.find("ada", photo.id)


def test_the_list_of_workers_says_who_is_there(database: Database) -> None:
    workers = Workers(database)
    one = Worker(
        id="w1", host="here", pid=7, lane=Lane.DEVICE, device="cpu", started_at=now(), seen_at=now(),
        facts={"warm": ["x4plus"]},
    )  # fmt: skip
    workers.show(one)
    workers.show(one)
    assert workers.all() == [one]
    workers.forget(unseen_ms=60_000)
    assert workers.all() == [one]
    workers.leave("w1")
    assert workers.all() == []


def test_times_are_told_by_operation_and_model(database: Database) -> None:
    desk = desk_over(database)
    for seconds in (1.0, 3.0):
        desk.accept(facts=Facts(operation="upscale"))
        desk.claims.finish(desk.claim(), Done(result={"models": ["x4plus"]}, seconds=seconds))
    summary = Performance(database).summary()
    assert (summary.overall.count, summary.overall.mean, summary.overall.p95) == (2, 2.0, 3.0)
    assert summary.operations["upscale"] == summary.models["x4plus"] == summary.overall
    waiting = desk.accept()
    assert Performance(database).eta(waiting, 2) == 6.0
    assert Performance(database).eta(desk.tasks.cancel("ada", waiting.id), 0) is None
