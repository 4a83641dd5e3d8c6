"""The general interface: strict about what comes in, and everything that can be done with a task."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from api.running import API, batch_of, enhance, failure, finished, png, running, same_picture


def made(client: httpx2.Client, **body: object) -> dict[str, object]:
    """Make a task by JSON; gives it."""
    answer = client.post(f"{API}/tasks", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def uploaded(client: httpx2.Client, name: str = "a.png", seed: int = 0) -> str:
    """Upload a photo; gives its id."""
    answer = client.post(f"{API}/photos", files={"file": (name, png(seed))})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["photo_id"])


def test_an_uploaded_photo_can_be_named_in_a_task(client: httpx2.Client) -> None:
    photo = uploaded(client, "樹 1.png", seed=9)
    told = client.get(f"{API}/photos/{photo}").json()
    assert (told["filename"], told["format"], told["width"], told["height"]) == ("樹 1.png", "png", 12, 10)
    original = client.get(told["url"])
    assert original.content == png(9)
    assert quote("樹 1.png") in original.headers["content-disposition"]

    task = made(client, photo=photo, preset="general", params={"upscale": {"scale": 2}})
    assert (task["filename"], task["input_width"], task["kind"]) == ("樹 1.png", 12, "photo")
    finished(client, str(task["task_id"]))
    again = made(client, task=task["task_id"], recipe={"steps": [{"operation": "upscale", "scale": 3}]})
    assert again["filename"] == "樹 1.png"

    assert client.delete(f"{API}/photos/{photo}").status_code == 204
    failure(client.get(f"{API}/photos/{photo}"), 404, "not_found")
    assert client.get(f"{API}/tasks/{task['task_id']}/original").content == png(9)


def test_a_task_can_be_sent_as_a_form_with_its_recipe_as_json(client: httpx2.Client) -> None:
    recipe = {"steps": [{"operation": "upscale", "scale": 2}]}
    data = {"recipe": json.dumps(recipe), "format": "webp", "quality": "80"}
    answer = client.post(f"{API}/tasks", files={"file": ("a.png", png())}, data=data)
    assert answer.status_code == 201
    params = answer.json()["params"]
    assert (params["format"], params["quality"], params["recipe"]["steps"][0]["scale"]) == ("webp", 80, 2)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"preset": "general"}, 400, "bad_request"),
        ({"photo": "a", "task": "b"}, 400, "bad_request"),
        ({"photo": "a", "colour": "red"}, 422, "bad_recipe"),
        ({"photo": "a", "format": "gif"}, 422, "bad_recipe"),
        ({"photo": "0" * 32}, 404, "not_found"),
        ({"task": "0" * 32}, 404, "not_found"),
        ([1, 2], 422, "bad_recipe"),
        ({"photo": 5}, 422, "bad_recipe"),
    ],
)
def test_a_task_that_cannot_be_is_refused(client: httpx2.Client, body: object, status: int, code: str) -> None:
    failure(client.post(f"{API}/tasks", json=body), status, code)


def test_a_preset_and_a_recipe_cannot_be_asked_for_both(client: httpx2.Client) -> None:
    body = {"photo": uploaded(client), "preset": "general", "recipe": {"steps": [{"operation": "upscale"}]}}
    assert "not both" in failure(client.post(f"{API}/tasks", json=body), 422, "bad_recipe")["message"]


def test_an_unknown_operation_or_parameter_is_told_with_those_that_exist(client: httpx2.Client) -> None:
    photo = uploaded(client)
    for steps, code, word in (
        ([{"operation": "nothing"}], "unknown_operation", "upscale"),
        ([{"operation": "upscale", "scal": 2}], "bad_recipe", "scal"),
    ):
        sent = client.post(f"{API}/tasks", json={"photo": photo, "recipe": {"steps": steps}})
        assert word in failure(sent, 422, code)["message"]


def test_a_cancelled_task_can_be_tried_again(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        task = enhance(client)["task_id"]
        failure(client.delete(f"{API}/tasks/{task}"), 409, "wrong_state")
        failure(client.post(f"{API}/tasks/{task}/retry"), 409, "wrong_state")
        assert client.post(f"{API}/tasks/{task}/cancel").json()["status"] == "cancelled"
        assert client.post(f"{API}/tasks/{task}/cancel").status_code == 200
        assert client.post(f"{API}/tasks/{task}/retry").json()["status"] == "pending"
        client.post(f"{API}/tasks/{task}/cancel")
        assert client.delete(f"{API}/tasks/{task}").status_code == 204
        failure(client.get(f"{API}/task/{task}"), 404, "not_found")


def test_all_failed_photos_of_a_batch_can_be_tried_again(client: httpx2.Client) -> None:
    batch = batch_of(client, ("fail-1.png", png(1)), ("a.png", png(2)))
    [failed, good] = batch["sub_tasks"]
    finished(client, failed)
    finished(client, good)
    again = client.post(f"{API}/batches/{batch['batch_task_id']}/retry").json()
    assert [one["task_id"] for one in again["sub_tasks"]] == [failed, good]
    assert again["sub_tasks"][0]["status"] in ("pending", "processing", "failed")
    finished(client, failed)
    assert client.get(f"{API}/tasks/{failed}").json()["status"] == "failed"


def test_a_task_can_be_done_again_with_its_settings(client: httpx2.Client) -> None:
    first = enhance(client, scale="2", format="webp", seed=3)["task_id"]
    finished(client, first)
    answer = client.post(f"{API}/tasks/{first}/again")
    assert answer.status_code == 201
    assert answer.json()["task_id"] != first
    before = client.get(f"{API}/tasks/{first}").json()
    assert (answer.json()["params"], answer.json()["signature"]) == (before["params"], before["signature"])


def test_a_task_can_be_pinned_and_has_pictures_and_reports(client: httpx2.Client) -> None:
    task = enhance(client, "<b>樹</b>.png", seed=4)["task_id"]
    finished(client, task)
    assert client.post(f"{API}/tasks/{task}/pin").json()["pinned"] is True
    assert client.post(f"{API}/tasks/{task}/unpin").json()["pinned"] is False
    found = client.get(f"{API}/tasks/{task}").json()
    for name in ("thumbnail_url", "original_thumbnail_url"):
        assert client.get(found[name]).headers["content-type"] == "image/webp"
    assert client.get(found["original_url"]).content == png(4)
    page = client.get(f"{API}/tasks/{task}/report")
    assert page.headers["content-type"].startswith("text/html")
    assert "<b>樹" not in page.text
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert client.get(f"{API}/tasks/{task}/report.pdf").content.startswith(b"%PDF-")


def test_a_batch_has_reports(client: httpx2.Client) -> None:
    batch = batch_of(client, ("a.png", png(1)), ("b.png", b"none"))
    finished(client, batch["sub_tasks"][0])
    page = client.get(f"{API}/batches/{batch['batch_task_id']}/report")
    assert "b.png" in page.text
    assert client.get(f"{API}/batches/{batch['batch_task_id']}/report.pdf").content.startswith(b"%PDF-")


def test_the_history_is_filtered_and_comes_in_pages(client: httpx2.Client) -> None:
    tasks = [enhance(client, f"picture {index}.png", seed=index)["task_id"] for index in range(5)]
    bad = enhance(client, "fail.png", seed=9)["task_id"]
    for task in (*tasks, bad):
        finished(client, task)

    def found(**query: object) -> list[str]:
        answer = client.get(f"{API}/tasks", params=query)
        assert answer.status_code == 200, answer.text
        return [one["task_id"] for one in answer.json()["tasks"]]

    assert found() == [bad, *reversed(tasks)]
    assert found(status="failed") == [bad]
    assert found(status=["failed", "completed"]) == [bad, *reversed(tasks)]
    assert found(text="picture 3") == [tasks[3]]
    assert found(operation="upscale", preset="general") == [bad, *reversed(tasks)]
    assert found(preset="raw") == []
    assert found(since=(datetime.now(UTC) + timedelta(hours=1)).isoformat()) == []
    assert found(resolution_min=9) == [bad]
    first = client.get(f"{API}/tasks?limit=4").json()
    second = client.get(f"{API}/tasks", params={"limit": 4, "cursor": first["next"]}).json()
    assert [one["task_id"] for one in first["tasks"] + second["tasks"]] == [bad, *reversed(tasks)]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "status=done",
        "cursor=x",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "strength_min=2",
    ],
)
def test_a_filter_that_cannot_be_is_refused(client: httpx2.Client, query: str) -> None:
    error = failure(client.get(f"{API}/tasks?{query}"), 422, "bad_request")
    assert query.split("=")[0] in error["details"]["fields"][0]["field"]


def test_a_scheduled_task_waits_for_its_time(client: httpx2.Client) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    task = made(client, photo=uploaded(client, seed=12), not_before=at)["task_id"]
    other = enhance(client, seed=13)["task_id"]
    finished(client, other)
    assert client.get(f"{API}/tasks/{task}").json()["status"] == "pending"
    client.post(f"{API}/tasks/{task}/cancel")


def test_a_paused_queue_hands_out_nothing_until_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        assert client.post(f"{API}/queue/pause").json()["paused"] is True
        task = enhance(client)["task_id"]
        photo = uploaded(client, seed=2)
        shown = client.post(f"{API}/preview", json={"photo": photo})
        assert shown.status_code == 200, shown.text
        assert client.get(f"{API}/task/{task}").json()["status"] == "pending"
        failure(client.post(f"{API}/queue/resume", headers={"X-User-Id": "somebody"}), 403, "forbidden")
        assert client.post(f"{API}/queue/resume").json()["paused"] is False
        finished(client, task)


def test_pictures_are_shown_in_parts_where_a_browser_asks_for_them(client: httpx2.Client) -> None:
    task = enhance(client, seed=21)["task_id"]
    done = finished(client, task)
    whole = client.get(done["result_url"]).content
    part = client.get(done["result_url"], headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole[:10])
    assert same_picture(whole).height == 8


def test_a_photo_is_shown_as_it_came_and_its_result_is_named_after_it(client: httpx2.Client) -> None:
    first = enhance(client, "first.png", seed=31)
    finished(client, str(first["task_id"]))
    second = enhance(client, "second.png", seed=31)
    assert second["status"] == "completed", "the result was there already"
    for task, name in ((first, "first"), (second, "second")):
        original = client.get(f"{API}/tasks/{task['task_id']}/original")
        assert original.headers["content-type"] == "image/png"
        assert original.headers["content-disposition"].startswith("inline")
        result = client.get(f"{API}/download/{task['task_id']}")
        assert f'filename="{name}' in result.headers["content-disposition"]


def test_there_is_no_thumbnail_before_there_is_a_result(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        task = enhance(client, seed=32)["task_id"]
        failure(client.get(f"{API}/tasks/{task}/thumbnail"), 409, "wrong_state")
        failure(client.get(f"{API}/tasks/{task}/original/thumbnail"), 409, "wrong_state")


def test_a_recipe_has_a_name_that_every_database_and_terminal_can_hold(client: httpx2.Client) -> None:
    photo = uploaded(client)
    for name in ("x" * 300, "\x1b[31mred", "two\nlines"):
        recipe = {"name": name, "steps": [{"operation": "tune"}]}
        failure(client.post(f"{API}/tasks", json={"photo": photo, "recipe": recipe}), 422, "bad_recipe")
