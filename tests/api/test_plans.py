"""Plans and previews."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx2
import pytest

from api.running import API, Running, enhance, failure, finished, png, running, until
from safelight.store.keys import Kind, key_of

REGION = {"left": 0.25, "top": 0.25, "width": 0.5, "height": 0.5}


@pytest.fixture
def photo(client: httpx2.Client) -> str:
    """An uploaded photo."""
    return str(client.post(f"{API}/photos", files={"file": ("a.png", png(1, 400, 300))}).json()["photo_id"])


def test_a_plan_tells_signature_forecast_and_every_default(client: httpx2.Client, photo: str) -> None:
    found = client.post(f"{API}/plan", json={"photo": photo, "params": {"upscale": {"scale": 2}}}).json()
    assert set(found) == {"signature", "forecast", "warnings", "models", "params"}
    assert (found["forecast"]["width"], found["forecast"]["height"]) == (800, 600)
    assert len(found["signature"]) == 64
    assert found["models"]
    assert found["params"]["recipe"]["steps"][0]["scale"] == 2
    again = client.post(f"{API}/plan", json={"recipe": found["params"]["recipe"]}).json()
    assert (again["signature"], again["forecast"]) == (found["signature"], None)
    task = client.post(f"{API}/tasks", json={"photo": photo, **found["params"]}).json()
    assert task["signature"] == found["signature"]


def test_a_plan_over_the_limits_is_refused_before_any_work(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, max_output_pixels=10_000) as house, house.client() as client:
        photo = client.post(f"{API}/photos", files={"file": ("a.png", png(1, 80, 60))}).json()["photo_id"]
        failure(client.post(f"{API}/plan", json={"photo": photo}), 422, "photo_too_large")
        failure(client.post(f"{API}/tasks", json={"photo": photo}), 422, "photo_too_large")
        failure(client.post(f"{API}/enhance", files={"file": ("a.png", png(1, 80, 60))}), 422, "photo_too_large")
        both = [("files", ("a.png", png(1, 80, 60))), ("files", ("b.png", png()))]
        batch = client.post(f"{API}/enhance/batch", files=both).json()
        [large, small] = client.get(f"{API}/batch/status/{batch['batch_task_id']}").json()["sub_tasks"]
        assert (large["status"], small["status"]) == ("failed", "pending")


def test_a_preview_has_the_signature_of_its_plan(client: httpx2.Client, photo: str) -> None:
    asked = {"photo": photo, "params": {"upscale": {"scale": 3}}}
    plan = client.post(f"{API}/plan", json=asked).json()
    for region in ({}, {"region": REGION}):
        shown = client.post(f"{API}/preview", json={**asked, **region})
        assert shown.status_code == 200, shown.text
        assert set(shown.json()) == {"task_id", "signature", "url", "width", "height", "seconds", "warnings"}
        assert shown.json()["signature"] == plan["signature"]
        assert client.get(shown.json()["url"]).headers["content-type"] == "image/png"


def test_previews_are_not_in_the_history(client: httpx2.Client, photo: str) -> None:
    client.post(f"{API}/preview", json={"photo": photo})
    assert client.get(f"{API}/tasks").json()["tasks"] == []
    assert client.get(f"{API}/stats").json()["total_tasks"] == 0


def test_a_preview_can_be_of_the_photo_of_an_earlier_task(client: httpx2.Client) -> None:
    task = enhance(client, seed=31)["task_id"]
    assert client.post(f"{API}/preview", json={"task": task}).status_code == 200
    finished(client, task)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "bad_request"),
        ({"photo": "0" * 32}, 404, "not_found"),
        ({"photo": "x", "region": {"left": 2, "top": 0, "width": 1, "height": 1}}, 422, "bad_request"),
        ({"photo": "x", "more": 1}, 422, "bad_request"),
    ],
)
def test_a_preview_that_cannot_be_is_refused(client: httpx2.Client, body: object, status: int, code: str) -> None:
    failure(client.post(f"{API}/preview", json=body), status, code)


def test_a_newer_preview_of_the_same_page_cancels_the_older(tmp_path: Path) -> None:
    with running(tmp_path, worker=False) as house, house.client() as client:
        photo = client.post(f"{API}/photos", files={"file": ("a.png", png())}).json()["photo_id"]
        answers: dict[str, httpx2.Response] = {}

        def ask(name: str, page: str) -> threading.Thread:
            def wait() -> None:
                with house.client() as own:
                    answers[name] = own.post(f"{API}/preview", json={"photo": photo, "page": page})

            thread = threading.Thread(target=wait)
            thread.start()
            return thread

        def waiting() -> int:
            with house.service.database.read() as connection:
                return int(
                    connection.exec_driver_sql("SELECT count(*) FROM tasks WHERE status = 'pending'").scalar() or 0
                )

        other = ask("other", "elsewhere")
        until(lambda: waiting() == 1)
        older = ask("older", "here")
        until(lambda: waiting() == 2)
        newer = ask("newer", "here")
        older.join(20)
        assert "newer" in failure(answers["older"], 409, "wrong_state")["message"]
        assert set(answers) == {"older"}
        for page in ("here", "elsewhere"):
            house.service.tasks.cancel_page("local", page)
        newer.join(20)
        other.join(20)


def test_a_preview_that_fails_says_so_in_another_way(house: Running, client: httpx2.Client) -> None:
    photo = client.post(f"{API}/photos", files={"file": ("a.png", png(5))}).json()
    place = house.service.store.local_path(key_of(Kind.ORIGINAL, photo["sha256"]))
    assert place is not None
    place.write_bytes(b"damaged meanwhile")
    shown = client.post(f"{API}/preview", json={"photo": photo["photo_id"]})
    assert failure(shown, 422, "preview_failed")["details"] == {"hint": "retry the preview"}
