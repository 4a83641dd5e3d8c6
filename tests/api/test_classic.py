"""The fixed routes, as clients of the services before know them."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from api.running import (
    API,
    Running,
    batch_ended,
    batch_of,
    enhance,
    failure,
    finished,
    names_in,
    png,
    running,
    same_picture,
    until,
)  # fmt: skip

TASK = {
    "task_id": str, "user_id": str, "status": str, "progress": float | int, "message": str,
    "error_message": str | None, "error": str | None, "result_url": str | None, "output_image_url": str | None,
    "queue_position": int | None, "eta_seconds": float | int | None, "warnings": list, "created_at": str,
    "filename": str, "batch_task_id": str | None, "updated_at": str, "completed_at": str | None,
    "backend": str,
}  # fmt: skip
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def shaped(content: dict[str, object], shape: dict[str, object]) -> None:
    """Check names and types of all fields."""
    assert set(content) == set(shape)
    for name, kind in shape.items():
        assert isinstance(content[name], kind), (name, content[name])


def test_a_photo_becomes_a_task_and_then_a_picture(client: httpx2.Client, user: str) -> None:
    accepted = enhance(client, "tree.png")
    shaped(accepted, TASK)
    assert accepted["status"] in ("pending", "processing")
    assert accepted["user_id"] == user
    assert accepted["result_url"] is accepted["output_image_url"] is accepted["error"] is None
    task = accepted["task_id"]

    done = finished(client, task)
    shaped(done, TASK)
    assert (done["status"], done["progress"], done["error"], done["queue_position"]) == ("completed", 1.0, None, None)
    assert done["result_url"] == f"{API}/download/{task}"
    assert TIME.fullmatch(done["created_at"])
    assert TIME.fullmatch(done["completed_at"])
    assert abs((datetime.fromisoformat(done["created_at"]) - datetime.now(UTC)).total_seconds()) < 60
    assert client.get(f"{API}/status/{task}").json() == client.get(f"{API}/task/{task}").json()

    picture = client.get(done["result_url"])
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"].startswith("inline;")
    assert picture.headers["etag"] == f'"{hashlib.sha256(picture.content).hexdigest()}"'
    assert same_picture(picture.content).width == 8
    saved = client.get(done["result_url"], params={"save": "1"})
    assert saved.headers["content-disposition"].startswith("attachment;")


def test_numbers_may_be_texts_and_unknown_fields_are_ignored(client: httpx2.Client) -> None:
    task = enhance(client, scale="2.0", tile_size="192", quality_level="fast", nonsense="1", sharpen="0.2")["task_id"]
    params = client.get(f"{API}/tasks/{task}").json()["params"]
    assert params["tile"] == 192
    step = params["recipe"]["steps"][0]
    assert (step["scale"], step["quality_level"]) == (2, "fast")


@pytest.mark.parametrize("path", ["enhance", "enhance/batch"])
def test_other_files_are_left_out_and_the_last_of_repeated_fields_counts(client: httpx2.Client, path: str) -> None:
    files = [
        ("mask", ("m.png", png(70))), ("n" * 65, ("n.png", png(71))), ("file", ("a.png", png(72))),
        ("preview", ("p.png", b"none")),
    ]  # fmt: skip
    fields = {"nonsense": ["1", "2"], "scale": ["3", "2"], "y" * 65: "1"}
    answer = client.post(f"{API}/{path}", files=files, data=fields)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    [task] = found.get("sub_tasks") or [found["task_id"]]
    full = client.get(f"{API}/tasks/{task}").json()
    assert full["filename"] == "a.png"
    assert full["params"]["recipe"]["steps"][0]["scale"] == 2


def test_the_general_routes_stay_strict(client: httpx2.Client) -> None:
    file = ("file", ("a.png", png(73)))
    failure(client.post(f"{API}/tasks", files=[file, ("mask", ("m.png", png()))]), 400, "bad_request")
    twice = client.post(f"{API}/tasks", files=[file], data={"preset": ["general", "general"]})
    failure(twice, 400, "bad_request")


def test_fields_may_stand_in_the_query_and_the_form_goes_before_it(client: httpx2.Client) -> None:
    sent = client.post(
        f"{API}/enhance", params={"scale": "3", "format": "jpg", "quality": "70", "unknown": "x"},
        files={"file": ("a.png", png())}, data={"scale": "2"},
    )  # fmt: skip
    params = client.get(f"{API}/tasks/{sent.json()['task_id']}").json()["params"]
    assert (params["format"], params["quality"]) == ("jpeg", 70)
    assert params["recipe"]["steps"][0]["scale"] == 2


@pytest.mark.parametrize("tile", ["auto", "0", ""])
def test_no_tile_size_means_as_memory_allows(client: httpx2.Client, tile: str) -> None:
    task = enhance(client, tile_size=tile)["task_id"]
    assert "tile" not in client.get(f"{API}/tasks/{task}").json()["params"]


@pytest.mark.parametrize(
    ("fields", "code", "word"),
    [
        ({"scale": "20"}, "bad_recipe", "scale"),
        ({"scale": "many"}, "bad_recipe", "scale"),
        ({"tile_size": "5"}, "bad_recipe", "tile"),
        ({"format": "gif"}, "bad_recipe", "png"),
        ({"preset": "nothing"}, "unknown_preset", "general"),
        ({"model": "zzz"}, "unknown_model", "realesrgan-x4plus"),
        ({"quality": "101", "format": "jpeg"}, "bad_recipe", "quality"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_can(
    client: httpx2.Client, fields: dict[str, str], code: str, word: str
) -> None:
    sent = client.post(f"{API}/enhance", files={"file": ("a.png", png())}, data=fields)
    assert word in failure(sent, 422, code)["message"]


def test_the_house_chooses_the_preset_where_nobody_names_one(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, enhance_preset="raw") as house, house.client() as client:
        for fields, wanted in (({}, "raw"), ({"preset": "general"}, "general")):
            task = enhance(client, **fields)["task_id"]
            assert client.get(f"{API}/tasks/{task}").json()["facts"]["preset"] == wanted


def test_a_batch_is_accepted_with_all_its_files(client: httpx2.Client) -> None:
    accepted = batch_of(client, *((f"{index}.png", png(index)) for index in range(3)))
    shaped(accepted, {
        "batch_task_id": str, "total_files": int, "status": str, "message": str, "created_at": str, "sub_tasks": list,
    })  # fmt: skip
    assert (accepted["status"], accepted["total_files"], len(accepted["sub_tasks"])) == ("pending", 3, 3)

    done = batch_ended(client, accepted["batch_task_id"])
    shaped(done, {
        "batch_task_id": str, "status": str, "message": str, "total_files": int, "completed_files": int,
        "failed_files": int, "progress": float | int, "sub_tasks": list, "created_at": str, "updated_at": str,
    })  # fmt: skip
    assert (done["status"], done["completed_files"], done["failed_files"], done["progress"]) == ("completed", 3, 0, 1.0)
    for index, one in enumerate(done["sub_tasks"]):
        shaped(
            one,
            {
                "task_id": str,
                "status": str,
                "filename": str,
                "progress": float | int,
                "error": str | None,
                "error_code": str | None,
            },
        )
        assert (one["task_id"], one["filename"]) == (accepted["sub_tasks"][index], f"{index}.png")
    assert client.get(f"{API}/batches/{accepted['batch_task_id']}").json() == done


def test_a_zip_waits_for_the_end_of_its_batch_unless_a_part_will_do(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        batch = batch_of(client, ("a.png", png(1)), ("sleep-20.png", png(2)))["batch_task_id"]
        until(lambda: client.get(f"{API}/batch/status/{batch}").json()["completed_files"] == 1)

        waiting = client.get(f"{API}/batch/download/{batch}")
        assert "?partial=1" in failure(waiting, 409, "wrong_state")["message"]
        part = client.get(f"{API}/batch/download/{batch}?partial=1")
        assert part.headers["content-type"] == "application/zip"
        assert names_in(part.content) == ["a.png"]

        client.post(f"{API}/batches/{batch}/cancel")
        done = batch_ended(client, batch)
        assert (done["status"], done["completed_files"], done["failed_files"]) == ("partial_completed", 1, 1)
        assert names_in(client.get(f"{API}/batch/download/{batch}").content) == ["a.png"]


def test_names_in_a_zip_are_those_of_the_originals_with_true_suffixes_and_numbers(client: httpx2.Client) -> None:
    photos = [("樹.jpg", 1), ("a.png", 2), ("A.webp", 3), ("../../a.tiff", 4), ("two words.png", 5)]
    batch = batch_of(client, *((name, png(seed)) for name, seed in photos))["batch_task_id"]
    batch_ended(client, batch)
    names = names_in(client.get(f"{API}/batch/download/{batch}").content)
    assert names == ["樹.png", "a.png", "A-2.png", "a-3.png", "two words.png"]


def test_a_batch_of_which_nothing_came_is_failed_and_its_zip_is_empty(client: httpx2.Client) -> None:
    batch = batch_of(client, ("a.png", b"nothing"), ("b.png", png()[:40]))["batch_task_id"]
    done = batch_ended(client, batch)
    assert (done["status"], done["failed_files"]) == ("failed", 2)
    assert all(one["error"] for one in done["sub_tasks"])
    answer = client.get(f"{API}/batch/download/{batch}")
    assert answer.status_code == 200
    assert names_in(answer.content) == []


def test_a_cancelled_batch_reads_failed_with_the_word(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        batch = batch_of(client, ("a.png", png(1)), ("b.png", png(2)))["batch_task_id"]
        client.post(f"{API}/batches/{batch}/cancel")
        found = client.get(f"{API}/batch/status/{batch}").json()
        assert found["status"] == "failed"
        assert "cancelled" in found["message"]
        assert [one["status"] for one in found["sub_tasks"]] == ["failed", "failed"]


def test_a_cancelled_task_reads_failed_for_those_who_wait_for_that(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        task = enhance(client)["task_id"]
        client.post(f"{API}/tasks/{task}/cancel")
        told = client.get(f"{API}/task/{task}").json()
        assert (told["status"], told["error"], told["error_message"]) == ("failed", "cancelled", "cancelled")
        assert "cancelled" in told["message"]
        assert client.get(f"{API}/tasks/{task}").json()["status"] == "cancelled"
        [listed] = client.get(f"{API}/user/local/tasks").json()["tasks"]
        assert listed["status"] == "failed"


def test_a_result_is_not_there_before_its_task_is_done(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        first, second = (enhance(client, seed=seed) for seed in (1, 2))
        assert (first["queue_position"], second["queue_position"]) == (0, 1)
        failure(client.get(f"{API}/download/{first['task_id']}"), 409, "wrong_state")
        failure(client.get(f"{API}/tasks/{first['task_id']}/thumbnail"), 409, "wrong_state")


def test_a_failed_task_says_why_twice(client: httpx2.Client) -> None:
    done = finished(client, enhance(client, "fail.png")["task_id"])
    assert done["status"] == "failed"
    assert done["error"] == done["error_message"]
    assert done["error"]
    failure(client.get(f"{API}/download/{done['task_id']}"), 409, "wrong_state")


def test_the_newest_tasks_of_a_user_come_first(house: Running, user: str) -> None:
    with house.client() as client:
        tasks = [enhance(client, seed=seed, user_id=user)["task_id"] for seed in range(3)]
        found = client.get(f"{API}/user/{user}/tasks?limit=2").json()
        shaped(found, {"user_id": str, "total": int, "tasks": list})
        assert (found["user_id"], found["total"]) == (user, 3)
        assert [one["task_id"] for one in found["tasks"]] == [tasks[2], tasks[1]]
        shaped(found["tasks"][0], TASK)
        assert client.get(f"{API}/user/nobody/tasks").json() == {"user_id": "nobody", "total": 0, "tasks": []}


def test_the_same_photo_with_the_same_settings_is_answered_at_once(client: httpx2.Client) -> None:
    first = finished(client, enhance(client, "one.png", seed=77)["task_id"])
    again = enhance(client, "two.png", seed=77)
    assert (again["status"], again["filename"]) == ("completed", "two.png")
    assert again["task_id"] != first["task_id"]
    assert client.get(again["result_url"]).content == client.get(first["result_url"]).content
    assert client.get(f"{API}/tasks/{again['task_id']}").json()["cached"] is True
    other = enhance(client, "three.png", seed=77, scale="2")
    assert other["status"] != "completed"


def test_counts_and_times_have_the_names_that_people_know(house: Running, client: httpx2.Client) -> None:
    finished(client, enhance(client, seed=5)["task_id"])
    counts = client.get(f"{API}/stats").json()
    shaped(
        counts,
        dict.fromkeys(("total_tasks", "pending", "processing", "completed", "failed", "cancelled"), int)
        | {"paused": bool},
    )
    assert (counts["total_tasks"], counts["completed"]) == (1, 1)
    with house.client() as operator:
        assert operator.get(f"{API}/stats").json()["total_tasks"] >= 1

    # Figures may be some seconds old.
    until(lambda: "upscale" in client.get(f"{API}/performance").json()["operations"])
    found = client.get(f"{API}/performance").json()
    shaped(found, {
        "current_metrics": dict, "performance_summary": dict, "operations": dict, "models": dict, "timestamp": str,
    })  # fmt: skip
    number = float | int
    shaped(found["current_metrics"], {
        "timestamp": str, "cpu_usage": number, "memory_usage": number, "gpu_usage": number | None,
        "gpu_memory": number | None, "active_tasks": int, "queue_size": int, "avg_processing_time": number,
    })  # fmt: skip
    shaped(found["performance_summary"], {
        "avg_cpu_usage": number | None, "avg_memory_usage": number | None, "avg_gpu_usage": number | None,
        "avg_gpu_memory": number | None, "avg_processing_time": number, "total_processed": int,
    })  # fmt: skip
    shaped(found["operations"]["upscale"], {"count": int, "mean": number, "p95": number})


def test_health_tells_of_engine_models_pool_and_disk(house: Running) -> None:
    with house.client() as client:
        found = client.get("/health")
        assert found.status_code == 200
        assert set(found.json()) == {
            "status",
            "version",
            "database",
            "engine",
            "warm_models",
            "comfyui",
            "disk",
            "troubles",
        }
        metrics = client.get("/metrics")
        assert metrics.headers["content-type"].startswith("text/plain")
        assert "safelight_tasks{" in metrics.text
