"""Batches that are opened first and joined afterwards, summed up, listed and deleted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from api.running import API, Json, batch_ended, batch_of, enhance, failure, finished, png, running


def opened(client: httpx2.Client, **headers: str) -> Json:
    answer = client.post(f"{API}/batches", headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def joined(client: httpx2.Client, batch: str, name: str = "a.png", seed: int = 0, **headers: str) -> Json:
    """Send a photo to a batch; gives the task."""
    sent = {"files": {"file": (name, png(seed))}, "data": {"batch": batch}}
    answer = client.post(f"{API}/tasks", headers=headers, **sent)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def summary(client: httpx2.Client, batch: str) -> Json:
    return dict(client.get(f"{API}/batches/{batch}/summary").json())


def test_an_open_batch_takes_uploads_in_turn_and_photos_that_are_there(client: httpx2.Client) -> None:
    batch = opened(client)
    assert (batch["status"], batch["total"], batch["progress"], batch["finished_at"]) == ("pending", 0, 0, None)
    known = client.get(f"{API}/batch/status/{batch['batch_task_id']}").json()
    assert (known["status"], known["total_files"], known["progress"]) == ("pending", 0, 0)
    first = joined(client, batch["batch_task_id"], seed=1)
    photo = client.post(f"{API}/photos", files={"file": ("b.png", png(2))}).json()["photo_id"]
    second = client.post(f"{API}/tasks", json={"photo": photo, "batch": batch["batch_task_id"]}).json()
    assert [one["batch_index"] for one in (first, second)] == [0, 1]
    assert {one["batch_task_id"] for one in (first, second)} == {batch["batch_task_id"]}
    ended = batch_ended(client, batch["batch_task_id"])
    assert [one["filename"] for one in ended["sub_tasks"]] == ["a.png", "b.png"]
    found = summary(client, batch["batch_task_id"])
    assert (found["total"], found["completed"], found["status"], found["progress"]) == (2, 2, "completed", 1)
    assert (found["presets"], found["deleted"], found["eta_seconds"]) == (["general"], 0, None)
    assert found["bytes"] > 0
    assert found["finished_at"] == max(
        client.get(f"{API}/tasks/{one['task_id']}").json()["completed_at"] for one in (first, second)
    )
    for cover in found["covers"]:
        assert client.get(cover).headers["content-type"] == "image/webp"
    assert found["covers"] == [f"{API}/tasks/{one['task_id']}/thumbnail" for one in (first, second)]


def test_several_uploads_at_once_get_places_of_their_own(client: httpx2.Client) -> None:
    batch = opened(client)["batch_task_id"]
    with ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(lambda seed: joined(client, batch, f"{seed}.png", seed), range(8)))
    assert sorted(one["batch_index"] for one in sent) == list(range(8))
    assert summary(client, batch)["total"] == 8


def test_what_is_sent_twice_under_one_key_counts_once(client: httpx2.Client) -> None:
    batch = opened(client, **{"Idempotency-Key": "batch"})["batch_task_id"]
    assert opened(client, **{"Idempotency-Key": "batch"})["batch_task_id"] == batch
    tasks = [joined(client, batch, **{"Idempotency-Key": "photo"})["task_id"] for _ in range(2)]
    assert tasks[0] == tasks[1]
    assert summary(client, batch)["total"] == 1


def test_only_ones_own_batch_can_be_joined(client: httpx2.Client) -> None:
    batch = opened(client, **{"X-User-Id": "owner of the batch"})["batch_task_id"]
    for name in (batch, "0" * 32):
        sent = client.post(f"{API}/tasks", files={"file": ("a.png", png())}, data={"batch": name})
        failure(sent, 404, "unknown_batch")
    sent = client.post(f"{API}/tasks", json={"image_url": "https://photos.example/a.png", "batch": batch})
    failure(sent, 404, "unknown_batch")


def test_a_batch_may_be_opened_with_a_body_for_a_user(client: httpx2.Client) -> None:
    assert client.post(f"{API}/batches", json={}).status_code == 201
    failure(client.post(f"{API}/batches", json={"name": "mine"}), 422, "bad_request")


def test_batches_are_listed_in_pages_the_newest_first(client: httpx2.Client) -> None:
    opened(client)
    ids = [batch_of(client, (f"{seed}.png", png(seed)))["batch_task_id"] for seed in range(3)]
    seen, query = list[str](), {"limit": 2}
    while True:
        page = client.get(f"{API}/batches", params=query).json()
        seen += [one["batch_task_id"] for one in page["batches"]]
        if page["next"] is None:
            break
        query = {"limit": 2, "cursor": page["next"]}
    assert seen == ids[::-1]
    for cursor in ("x", "1-", "-a", "1-a b"):
        failure(client.get(f"{API}/batches", params={"cursor": cursor}), 422, "bad_request")


def test_a_batch_that_was_cancelled_is_told_to_be_so(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        batch = opened(client)["batch_task_id"]
        tasks = [joined(client, batch, seed=seed)["task_id"] for seed in range(2)]
        failure(client.delete(f"{API}/batches/{batch}"), 409, "wrong_state")
        client.post(f"{API}/batches/{batch}/cancel")
        assert (summary(client, batch)["status"], summary(client, batch)["cancelled"]) == ("cancelled", 2)
        client.delete(f"{API}/tasks/{tasks[0]}")
        assert (summary(client, batch)["deleted"], summary(client, batch)["progress"]) == (1, 1)
        assert client.delete(f"{API}/batches/{batch}").status_code == 204
        for address in (f"batches/{batch}", f"batches/{batch}/summary"):
            failure(client.get(f"{API}/{address}"), 404, "unknown_batch")
        failure(client.get(f"{API}/tasks/{tasks[1]}"), 404, "not_found")


def test_cancelled_photos_of_a_batch_are_done_again_only_where_that_is_asked(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        # The second one is refused as it is sent: it has failed, and would fail again.
        batch = batch_of(client, ("a.png", png(1)), ("b.png", b""), ("c.png", png(3)))["batch_task_id"]
        client.post(f"{API}/batches/{batch}/cancel")
        address = f"{API}/batches/{batch}/retry"

        def states() -> list[str]:
            tasks = client.get(f"{API}/tasks", params={"batch": batch}).json()["tasks"]
            return [one["status"] for one in sorted(tasks, key=lambda one: int(one["batch_index"]))]

        assert states() == ["cancelled", "failed", "cancelled"]
        assert [summary(client, batch)[name] for name in ("failed", "refused")] == [1, 1]
        assert client.post(address).status_code == 200
        assert client.post(address, params={"cancelled": "false"}).status_code == 200
        assert states() == ["cancelled", "failed", "cancelled"]
        again = client.post(address, params={"cancelled": "true"})
        assert (again.status_code, again.json()["status"]) == (200, "processing")
        assert states() == ["pending", "failed", "pending"]
        # Asked once more, what waits already stays as it is.
        client.post(address, params={"cancelled": "true"})
        assert states() == ["pending", "failed", "pending"]


def test_the_time_that_a_batch_takes_is_told_as_long_as_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        finished(client, enhance(client)["task_id"])
        client.post(f"{API}/queue/pause")
        batch = opened(client)["batch_task_id"]
        for seed in range(3):
            joined(client, batch, seed=seed + 10)
        assert summary(client, batch)["eta_seconds"] is None
        house.service.performance._summary = None
    # Nobody works here, so nothing changes while it is looked at.
    with running(tmp_path, worker=False) as house, house.client() as client:
        house.service.tasks.pause(paused=False)
        mean = house.service.performance.summary().overall.mean
        assert summary(client, batch)["eta_seconds"] == pytest.approx(round(3 * mean, 1))


def test_the_tasks_of_a_user_are_found_by_those_who_see_all(client: httpx2.Client, user: str) -> None:
    task = enhance(client)["task_id"]
    finished(client, task)
    operator = {"X-User-Id": ""}

    def found(address: str, headers: dict[str, str], **query: str) -> Json:
        return dict(client.get(f"{API}/{address}", params=query, headers=headers).json())

    assert [one["task_id"] for one in found("tasks", operator, user=user)["tasks"]] == [task]
    assert found("tasks", operator, user="nobody")["tasks"] == []
    assert [one["task_id"] for one in found("tasks", {}, user=user)["tasks"]] == [task]
    assert found("tasks", {}, user="another")["tasks"] == []
    facets = {"operations": ["upscale"], "presets": ["general"], "styles": []}
    assert found("tasks/facets", {}) == found("tasks/facets", operator, user=user) == facets
    assert found("tasks/facets", {}, user="another") == {"operations": [], "presets": [], "styles": []}
