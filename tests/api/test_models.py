"""Models: what is told of them, and fetching them as a task."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import pytest

from api.running import API, Json, Running, enhance, failure, finished, running, until
from engine.test_pullwork import CATALOG, DATA
from models.serving import FileServer, sha
from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.remote import RemoteWorker
from safelight.tasks.ear import open_ear
from safelight.tasks.record import record
from safelight.tasks.task import Lane, now
from safelight.tasks.workers import Worker
from safelight.toolbox import toolbox

BY_HAND = CATALOG.replace('id = "tiny"', 'id = "by-hand"').replace("tiny.pth", "by-hand.pth")


@pytest.fixture
def server() -> Iterator[FileServer]:
    one = FileServer()
    one.files["/tiny"] = DATA
    yield one
    one.close()


@pytest.fixture
def folder(tmp_path: Path, server: FileServer) -> Path:
    """A models folder with a model that can be fetched, one that cannot, and one of the user's own."""
    made = tmp_path / "models"
    made.mkdir()
    facts = {"sha256": sha(DATA), "size": len(DATA), "url": server.url("/tiny")}
    by_hand = BY_HAND.format(**facts)
    by_hand = by_hand[: by_hand.index("sources")]
    (made / "catalog.toml").write_text(CATALOG.format(**facts) + by_hand)
    (made / "Mine.pth").write_bytes(b"12345")
    return made


@pytest.fixture
def house(tmp_path: Path, folder: Path) -> Iterator[Running]:
    with running(tmp_path / "data", worker=False, models_dir=str(folder)) as found:
        yield found


@pytest.fixture
def client(house: Running) -> Iterator[httpx2.Client]:
    with house.client() as found:
        yield found


def listed(client: httpx2.Client) -> Mapping[str, Json]:
    return {one["id"]: one for one in client.get(f"{API}/models").json()}


def test_a_model_that_was_not_tried_with_its_real_weights_says_so(client: httpx2.Client) -> None:
    found = listed(client)
    assert not found["gfpgan-v1.4"]["verified"]
    assert found["tiny"]["verified"]


def pulled(client: httpx2.Client, model: str = "tiny") -> Json:
    answer = client.post(f"{API}/models/{model}/pull")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def fetch(house: Running, task: str) -> Json:
    """Let the remote lane work until a task has ended; gives it."""
    service, stop = house.service, Stop()
    tools = toolbox(service.settings, Lane.REMOTE)
    heart = Heart(service.claims, Lane.REMOTE, lease_s=30, show=lambda: None)
    attempts = Attempts(
        Lane.REMOTE, claims=service.claims, toolbox=tools, task_s=60, folder=service.settings.data_dir / "work",
        heart=heart, stop=stop,
    )  # fmt: skip
    ear = open_ear(service.database)
    worker = RemoteWorker(
        "r",
        Lane.REMOTE,
        slots=2,
        claims=service.claims,
        ear=ear,
        toolbox=tools,
        attempts=attempts,
        heart=heart,
        stop=stop,
    )
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        with house.client() as client:
            return finished(client, task)
    finally:
        stop.ask(1.0)
        thread.join(20)
        ear.close()


def test_models_tell_their_size_and_how_to_come_by_them(client: httpx2.Client, folder: Path) -> None:
    found = listed(client)
    tiny, by_hand, mine = (found[name] for name in ("tiny", "by-hand", "mine"))
    assert (tiny["bytes"], tiny["own"], tiny["fetchable"], tiny["reason"]) == (len(DATA), False, True, None)
    assert (by_hand["bytes"], by_hand["fetchable"]) == (len(DATA), False)
    assert "by-hand.pth" in by_hand["reason"]
    assert "put the file into the models folder yourself" in by_hand["reason"]
    assert str(folder) not in by_hand["reason"]
    assert (mine["bytes"], mine["own"], mine["fetchable"], mine["reason"]) == (5, True, False, None)
    assert tiny["memory"] is None


def test_models_tell_what_they_take_in_the_workers_that_live(house: Running, client: httpx2.Client) -> None:
    for name, seen in (("a", now()), ("b", now()), ("gone", 1000)):
        facts = {"warm": ["tiny"], "resident": {"tiny": 70}}
        house.service.workers.show(
            Worker(id=name, host="h", pid=1, lane=Lane.DEVICE, device="cpu", started_at=1, seen_at=seen, facts=facts)
        )
    assert (listed(client)["tiny"]["warm"], listed(client)["tiny"]["memory"]) == (True, 140)


def test_a_model_is_fetched_by_a_task_that_is_no_work_on_photos(
    house: Running, client: httpx2.Client, folder: Path
) -> None:
    task = pulled(client)
    assert (task["kind"], task["status"], task["filename"], task["params"]) == (
        "pull", "pending", "tiny", {"model": "tiny"},
    )  # fmt: skip
    assert pulled(client)["task_id"] == task["task_id"], "it is being fetched already"
    ended = fetch(house, task["task_id"])
    assert (ended["status"], ended["progress"], ended["result_url"]) == ("completed", 1, None)
    assert (folder / "tiny.pth").read_bytes() == DATA
    assert (listed(client)["tiny"]["state"], listed(client)["tiny"]["fetchable"]) == ("installed", False)
    assert client.get(f"{API}/tasks").json()["tasks"] == []
    assert client.get(f"{API}/stats").json()["total_tasks"] == 0
    assert client.get(f"{API}/tasks/facets").json() == {"operations": [], "presets": [], "styles": []}
    told = [one.type for one in house.service.events.since(0, task=task["task_id"])]
    assert told == ["accepted", "processing", "completed"]
    assert client.get(f"{API}/performance").json()["performance_summary"]["total_processed"] == 0
    assert record(house.service.tasks.find(None, task["task_id"]))["status"] == "completed"


def test_a_model_that_is_here_is_fetched_at_once(client: httpx2.Client, folder: Path) -> None:
    (folder / "tiny.pth").write_bytes(DATA)
    task = pulled(client)
    assert (task["status"], task["progress"], task["result"]["model_bytes"]) == ("completed", 1, len(DATA))
    assert pulled(client, "mine")["status"] == "completed"


def test_a_pull_can_be_cancelled_and_tried_again(client: httpx2.Client) -> None:
    task = pulled(client)["task_id"]
    assert client.post(f"{API}/tasks/{task}/cancel").json()["status"] == "cancelled"
    other = pulled(client)["task_id"]
    assert other != task
    client.post(f"{API}/tasks/{other}/cancel")
    assert client.post(f"{API}/tasks/{task}/retry").json()["status"] == "pending"
    failure(client.post(f"{API}/tasks/{task}/again"), 404, "not_found")


def test_what_cannot_be_fetched_says_what_to_do_instead(client: httpx2.Client) -> None:
    error = failure(client.post(f"{API}/models/by-hand/pull"), 422, "missing_weights")
    assert "yourself" in error["details"]["hint"]
    failure(client.post(f"{API}/models/none/pull"), 404, "not_found")


def test_a_failure_to_fetch_is_told_by_the_task(house: Running, client: httpx2.Client, server: FileServer) -> None:
    server.files.clear()
    ended = fetch(house, pulled(client)["task_id"])
    assert ended["status"] == "failed"
    assert "404" in ended["error"]


def test_a_user_may_not_fill_the_disk_of_the_house(client: httpx2.Client) -> None:
    failure(client.post(f"{API}/models/tiny/pull", headers={"X-User-Id": "somebody"}), 403, "forbidden")


def test_photos_go_on_while_a_model_is_fetched(tmp_path: Path, folder: Path) -> None:
    with running(tmp_path / "other", models_dir=str(folder)) as house, house.client() as client:
        task = pulled(client)["task_id"]
        finished(client, enhance(client)["task_id"])
        assert client.get(f"{API}/tasks/{task}").json()["status"] == "pending"
        until(lambda: client.get(f"{API}/stats").json()["total_tasks"] == 1)
