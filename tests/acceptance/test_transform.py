"""Named styles over HTTP, as the back end of an app meets them: real service, ComfyUI servers that may die."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import pyvips

from fake_comfyui import FakeComfyUI, comfyui
from service_process import API, ServiceProcess, wait_until

ENDED = ("completed", "partial_completed", "failed")
CHECKPOINT = "sd15.safetensors"
Starts = Callable[..., ServiceProcess]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
        """Say nothing."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with photos, as the app has them."""
    folder = tmp_path_factory.mktemp("pictures")
    for seed in range(6):
        coarse = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=np.uint8)
        pyvips.Image.new_from_array(coarse).resize(5).jpegsave(str(folder / f"{seed}.jpg"), Q=95)
    (folder / "not.jpg").write_text("no picture")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[FakeComfyUI, FakeComfyUI]]:
    with comfyui(step_seconds=0.01) as one, comfyui(step_seconds=0.01) as two:
        yield one, two


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> Iterator[ServiceProcess]:
    data = tmp_path_factory.mktemp("transform")
    made = ServiceProcess(
        data, factory="safelight.toolbox:toolbox", fetch_allow="127.0.0.1",
        comfyui_urls=",".join(one.url for one in servers), comfyui_checkpoint=CHECKPOINT,
    )  # fmt: skip
    with made:
        made.wait_healthy(workers=3)
        yield made


@pytest.fixture
def client(service: ServiceProcess) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=service.url, timeout=60) as found:
        yield found


def ended(client: httpx2.Client, path: str, seconds: float = 60) -> dict[str, Any]:
    """Poll as clients do, until it has ended."""
    found: dict[str, Any] = {}

    def over() -> bool:
        found.update(client.get(f"{API}{path}").json())
        return found["status"] in ENDED

    wait_until(over, seconds, lambda: f"{path} did not end: {found}")
    return found


def transform(client: httpx2.Client, url: str, **fields: object) -> dict[str, Any]:
    answer = client.post(f"{API}/transform", json={"user_id": "ada", "image_url": url, **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def picture(content: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return pyvips.Image.new_from_buffer(content, "").numpy()


def test_a_picture_of_the_web_gets_a_style_from_a_server(client: httpx2.Client, pictures: str) -> None:
    task = transform(client, f"{pictures}/0.jpg", style_type="anime", strength="0.7", nobody_knows=1)
    assert task["status"] == "pending"
    assert task["user_id"] == "ada"
    assert task["backend"] == "comfyui"
    done = ended(client, f"/task/{task['task_id']}")
    assert done["status"] == "completed", done
    assert done["error_message"] is None
    assert done["warnings"] == []
    # A phone fetches it without a key and without saying who it is.
    got = httpx2.get(done["output_image_url"], verify=False)
    assert picture(got.content).ndim == 3
    full = client.get(f"{API}/tasks/{task['task_id']}", params={"user_id": "ada"}).json()
    assert full["facts"]["style"] == "anime"
    told = client.get("/health").json()["comfyui"]["servers"]
    # Users are told what a server is called; the operator is told where it is.
    assert full["result"]["executions"][0]["server"] in [one["label"] for one in told]
    seen = client.get("/health", params={"user_id": "ada"}).json()["comfyui"]["servers"]
    assert [one["name"] for one in seen] == [one["label"] for one in told]
    for path, key in ((f"{API}/workflows", 0), (f"{API}/workflows/smoke", None)):
        for user, named in (({"user_id": "ada"}, "label"), ({}, "name")):
            got = client.get(path, params=user).json()
            servers = (got if key is None else got[key])["servers"]
            assert sorted(one["name"] for one in servers) == sorted(one[named] for one in told)


def test_a_prompt_reaches_the_server_as_it_is(
    client: httpx2.Client, pictures: str, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> None:
    said = 'a "quoted" {brace} \\ 黏土 </s> ' + "x" * 9_000
    task = transform(client, f"{pictures}/1.jpg", custom_prompt=said)
    assert ended(client, f"/task/{task['task_id']}")["status"] == "completed"
    texts = [text for server in servers for one in server.journal("accepted") for text in one["texts"]]
    assert f"Clay Style, lovely, 3d, cute, {said}" in texts


def test_a_batch_of_pictures_is_one_batch_of_tasks(client: httpx2.Client, pictures: str) -> None:
    urls = [f"{pictures}/{index}.jpg" for index in range(4)] + [f"{pictures}/not.jpg", f"{pictures}/gone.jpg"]
    sent = client.post(
        f"{API}/transform/batch", json={"user_id": "ada", "image_urls": urls, "style_type": "cartoon", "strength": 0.5}
    )
    assert sent.status_code == 200, sent.text
    batch = sent.json()
    assert [one["filename"] for one in batch["results"]] == [url.rsplit("/", 1)[1] for url in urls]
    done = ended(client, f"/batch/status/{batch['batch_task_id']}")
    assert (done["status"], done["completed_files"], done["failed_files"]) == ("partial_completed", 4, 2)
    errors = {one["filename"]: one["error"] for one in done["sub_tasks"]}
    assert "404" in errors["gone.jpg"]
    assert errors["not.jpg"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"style_type": "nonsense"}, "clay, anime, realistic"), ({"strength": 2}, "strength"),
        ({"image_url": "file:///etc/passwd"}, "http"), ({"image_url": ""}, "image_url"),
        ({"custom_prompt": "x" * 10_001}, "custom_prompt"),
    ],
    ids=["style", "strength", "scheme", "empty", "prompt"],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_at_once(
    client: httpx2.Client, pictures: str, fields: Mapping[str, object], words: str
) -> None:
    body = {"user_id": "ada", "image_url": f"{pictures}/0.jpg", **fields}
    answer = client.post(f"{API}/transform", json=body)
    assert answer.status_code in (400, 422)
    assert words in answer.text


def test_health_and_metrics_tell_of_each_server(
    client: httpx2.Client, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> None:
    told = client.get("/health").json()["comfyui"]
    assert sorted(one["name"] for one in told["servers"]) == sorted(one.url for one in servers)
    assert {one["state"] for one in told["servers"]} == {"up"}
    metrics = client.get("/metrics").text
    assert all(f'safelight_comfyui_up{{server="{one.url}"}} 1.0' in metrics for one in servers)


def test_what_it_looks_like_so_far_is_shown_to_its_owner_while_it_runs(
    client: httpx2.Client, pictures: str, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> None:
    for server in servers:
        server.control(step_seconds=0.2)
    try:
        task = transform(client, f"{pictures}/3.jpg", style_type="cartoon", strength=1)["task_id"]
        address = ""
        with client.stream("GET", f"{API}/tasks/{task}/events") as answer:
            for line in answer.iter_lines():
                told = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                address = told.get("glimpse_url", "")
                assert told.get("status") not in ENDED, "it was done before anything was shown"
                if address:
                    break
        assert task in address
        shown = client.get(address, params={"user_id": "ada"})
        assert shown.status_code == 200, shown.text
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["cache-control"] == "no-store"
        assert max(picture(shown.content).shape[:2]) <= 384
        assert client.get(address, params={"user_id": "bob"}).status_code == 404
    finally:
        for server in servers:
            server.control(step_seconds=0.01)
    assert ended(client, f"/task/{task}")["status"] == "completed"
    assert client.get(address, params={"user_id": "ada"}).status_code == 409


def test_users_do_not_see_each_others_pictures(client: httpx2.Client, pictures: str) -> None:
    task = transform(client, f"{pictures}/2.jpg")
    assert client.get(f"{API}/task/{task['task_id']}", params={"user_id": "bob"}).status_code == 404
    assert client.get(f"{API}/user/bob/tasks").json()["total"] == 0
    assert task["task_id"] in [one["task_id"] for one in client.get(f"{API}/user/ada/tasks").json()["tasks"]]
    assert ended(client, f"/task/{task['task_id']}")["status"] == "completed"


def test_a_server_that_dies_in_the_middle_of_a_batch_loses_nothing(
    client: httpx2.Client, pictures: str, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> None:
    one, two = servers
    for server in servers:
        server.control(node_seconds=0.3)
    before = {server.url: len(server.journal("executed")) for server in servers}
    sent = client.post(
        f"{API}/transform/batch",
        json={"user_id": "ada", "image_urls": [f"{pictures}/{index % 6}.jpg?{index}" for index in range(16)]},
    ).json()
    wait_until(lambda: len(one.journal("executed")) > before[one.url] + 1, 60, "the first server does nothing")
    one.kill()
    try:
        done = ended(client, f"/batch/status/{sent['batch_task_id']}", 120)
        assert (done["status"], done["completed_files"]) == ("completed", 16)
        assert len(two.journal("executed")) > before[two.url]
        states = {one["name"]: one["state"] for one in client.get("/health").json()["comfyui"]["servers"]}
        assert states == {one.url: "resting", two.url: "up"}
    finally:
        one.start()
        two.control(node_seconds=0.0)


def test_with_all_servers_down_tasks_wait_and_go_on(
    client: httpx2.Client, pictures: str, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> None:
    for server in servers:
        server.kill()
    try:

        def down() -> bool:
            told = client.get("/health").json()["comfyui"]["servers"]
            return {one["state"] for one in told} == {"resting"}

        wait_until(down, 60, "health does not tell")
        health = client.get("/health").json()
        assert (health["status"], health["troubles"]) == (
            "degraded", ["no ComfyUI server answers: what they paint waits"]
        )  # fmt: skip
        tasks = [transform(client, f"{pictures}/{index}.jpg")["task_id"] for index in range(3)]

        def waiting() -> bool:
            return client.get("/health").json()["comfyui"]["waiting"] == 3

        wait_until(waiting, 60, lambda: f"they do not wait: {client.get('/health').json()['comfyui']}")
        assert {client.get(f"{API}/task/{one}").json()["status"] for one in tasks} == {"pending"}
        assert not any("127.0.0.1" in client.get(f"{API}/task/{one}").json()["message"] for one in tasks)
    finally:
        for server in servers:
            server.start()
    assert {ended(client, f"/task/{one}", 90)["status"] for one in tasks} == {"completed"}
    assert client.get("/health").json()["troubles"] == []


def test_what_comfyui_says_of_a_failure_reaches_the_client(
    client: httpx2.Client, pictures: str, servers: tuple[FakeComfyUI, FakeComfyUI]
) -> None:
    for server in servers:
        server.control(execution_error=1, error_message="the sky is too blue")
    task = ended(client, f"/task/{transform(client, f'{pictures}/3.jpg')['task_id']}")
    for server in servers:
        server.control(execution_error=0)
    assert task["status"] == "failed"
    assert "the sky is too blue" in task["error_message"]
    assert task["error"] == task["error_message"]


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., ServiceProcess]:
    """Services with other settings."""

    def make(**settings: str) -> ServiceProcess:
        return ServiceProcess(
            tmp_path / "alone", factory="safelight.toolbox:toolbox", fetch_allow="127.0.0.1", **settings
        )

    return make


def test_without_comfyui_the_local_styles_serve_and_the_answer_says_so(alone: Starts, pictures: str) -> None:
    with alone() as service, httpx2.Client(base_url=service.url, timeout=60) as client:
        task = transform(client, f"{pictures}/4.jpg", custom_prompt="blue")
        assert task["backend"] == "local"
        assert any("local styles" in one for one in task["warnings"])
        done = ended(client, f"/task/{task['task_id']}", 120)
        assert done["status"] == "completed"
        assert any("local styles" in one for one in done["warnings"])
        assert any("custom_prompt was not used" in one for one in done["warnings"])


@contextmanager
def begun(service: ServiceProcess) -> Iterator[ServiceProcess]:
    """A service that may not read well when it has begun."""
    service.start()
    try:
        yield service
    finally:
        service.stop()


def test_where_the_operator_wants_that_this_machine_paints_while_no_server_answers(
    alone: Starts, pictures: str
) -> None:
    with comfyui() as gone:
        gone.kill()
        settings = {"comfyui_urls": gone.url, "comfyui_checkpoint": CHECKPOINT, "comfyui_fallback": "local"}
        with begun(alone(**settings)) as service, httpx2.Client(base_url=service.url, timeout=60) as client:
            says = "no ComfyUI server answers: this machine paints what it can"
            wait_until(
                lambda: says in (service.health() or {}).get("troubles", ()), 60, lambda: f"{service.health()}"
            )  # fmt: skip
            task = transform(client, f"{pictures}/5.jpg", style_type="oil_painting")
            done = ended(client, f"/task/{task['task_id']}", 120)
            assert done["status"] == "completed", done
            assert done["backend"] == "local"
            assert any("no ComfyUI server answered" in one for one in done["warnings"])
