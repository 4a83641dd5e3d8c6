"""The client against a real service, and against what can happen on the way to it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.running import running
from client.unruly import LOST, Hostile, hostile
from safelight.client import (
    AsyncSafelight,
    Batch,
    Event,
    Safelight,
    SafelightApiError,
    Status,
    Task,
    TaskFailedError,
    UnreachableError,
)
from safelight.client.http import AsyncWire, BlockingWire
from service_process import ServiceProcess, free_port, wait_until

LONG_S = 60.0


class Awaited:
    """The client for event loops, called like the one that blocks."""

    def __init__(self, url: str, **rest: Any) -> None:
        self.runner = asyncio.Runner()
        try:
            self.does = self.runner.run(self._made(url, rest))
        except ValueError:
            self.runner.close()
            raise

    async def _made(self, url: str, rest: dict[str, Any]) -> AsyncSafelight:
        return AsyncSafelight(url, **rest)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def run(*arguments: object, **named: object) -> Any:
            if name != "stream":
                return self.runner.run(getattr(self.does, name)(*arguments, **named))

            async def all_() -> list[Event]:
                return [event async for event in self.does.stream(str(arguments[0]))]

            return self.runner.run(all_())

        return run

    def close(self) -> None:
        self.runner.run(self.does.close())
        self.runner.close()


@pytest.fixture(params=[Safelight, Awaited], ids=["blocking", "awaited"])
def made(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Makes clients of each kind."""
    open_: list[Any] = []

    def make(url: str, **rest: Any) -> Any:
        open_.append(request.param(url, **rest))
        return open_[-1]

    yield make
    for one in open_:
        one.close()


@pytest.fixture
def client(service: ServiceProcess, user: str, made: Callable[..., Any]) -> Any:
    return made(service.url, user=user)


@pytest.fixture(scope="session")
def between(service: ServiceProcess) -> Iterator[Hostile]:
    with hostile(service.url) as found:
        yield found


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that clients make; they take no time."""
    found: list[float] = []

    async def pause(_: object, seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(BlockingWire, "pause", pause)
    monkeypatch.setattr(AsyncWire, "pause", pause)
    return found


def named(photo: Path, name: str) -> Path:
    return photo.rename(photo.with_name(name))


def tasks_of(service: ServiceProcess, user: str) -> int:
    answer = httpx2.get(f"{service.url}/api/v1/stats", params={"user_id": user}, verify=False)
    return int(answer.json()["total_tasks"])


def test_importing_it_loads_nothing_of_the_service() -> None:
    code = "import sys, safelight.client; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "safelight.client" in loaded
    assert not loaded & {"torch", "pyvips", "numpy", "sqlalchemy", "fastapi", "cv2", "websockets"}
    assert {one for one in loaded if one.startswith("safelight.")} == {
        one for one in loaded if one.startswith("safelight.client")
    }


def test_a_photo_becomes_a_result(client: Any, photo: Path, user: str, tmp_path: Path) -> None:
    task = client.enhance(photo, preset="general", scale=2, format="png")
    assert isinstance(task, Task)
    assert (task.user_id, task.filename) == (user, "photo.png")
    done = client.wait(task.task_id, timeout=LONG_S)
    assert done.status is Status.COMPLETED
    assert done.completed_at is not None
    assert done.completed_at.tzinfo is not None
    content = client.download(done)
    assert sha256(content).hexdigest() == done.result["sha256"]
    saved = client.download(done.task_id, tmp_path / "result.png")
    assert saved == tmp_path / "result.png"
    assert saved.read_bytes() == content
    assert sorted(one.name for one in tmp_path.iterdir()) == ["photo.png", "result.png"]


def test_bytes_are_sent_by_the_name_they_are_given(client: Any, photo: Path) -> None:
    task = client.cartoonize(photo.read_bytes(), filename="黏土 1.png", style="ink", strength=0.5)
    assert client.wait(task.task_id, LONG_S).filename == "黏土 1.png"
    assert client.stylize(photo.read_bytes(), style="clay").filename.startswith("photo")


def test_parameters_arrive_as_they_are(client: Any, photo: Path, service: ServiceProcess, user: str) -> None:
    task = client.stylize(photo, preserve_color=True, canvas=None, strength=0.25, seed=7)
    found = httpx2.get(f"{service.url}/api/v1/tasks/{task.task_id}", params={"user_id": user}, verify=False).json()
    [step] = found["params"]["recipe"]["steps"]
    assert (step["preserve_color"], step["canvas"], step["strength"], step["seed"]) == (True, None, 0.25, 7)
    with pytest.raises(SafelightApiError, match="no-such-style"):
        client.stylize(photo, mix={"no-such-style": 0.5})


def test_what_is_refused_says_why_and_is_not_tried_again(
    between: Hostile, made: Callable[..., Any], photo: Path, pauses: list[float]
) -> None:
    client = made(between.url, user="refused")
    between.plan()
    with pytest.raises(SafelightApiError) as refused:
        client.enhance(photo, preset="nothing")
    assert (refused.value.code, refused.value.status) == ("unknown_preset", 422)
    assert "general" in (refused.value.hint or "")
    assert str(refused.value).count("\n") == 0
    with pytest.raises(SafelightApiError) as unknown:
        client.wait("0" * 32)
    assert (unknown.value.code, unknown.value.status) == ("not_found", 404)
    between.plan("wrong state")
    with pytest.raises(SafelightApiError, match="wrong_state"):
        client.cancel("0" * 32)
    assert len(between.seen) == 1
    assert pauses == []


def test_a_task_that_failed_is_raised(client: Any, photo: Path) -> None:
    task = client.enhance(named(photo, "fail.png"))
    with pytest.raises(TaskFailedError) as failed:
        client.wait(task.task_id, timeout=LONG_S)
    assert failed.value.task.status is Status.FAILED
    assert failed.value.task.task_id == task.task_id
    assert failed.value.task.error_code == "internal"
    again = client.retry(task.task_id)
    assert again.status in (Status.PENDING, Status.PROCESSING)
    with pytest.raises(TaskFailedError):
        client.wait(task.task_id, timeout=LONG_S)


def test_a_wait_has_an_end_and_a_cancelled_task_is_told(client: Any, photo: Path) -> None:
    task = client.enhance(named(photo, "sleep-50.png"))
    with pytest.raises(TimeoutError, match=task.task_id):
        client.wait(task.task_id, timeout=0.5)
    assert client.task(task.task_id).status in (Status.PENDING, Status.PROCESSING)
    client.cancel(task.task_id)
    with pytest.raises(TaskFailedError, match="cancelled") as gone:
        client.wait(task.task_id, timeout=LONG_S)
    assert gone.value.task.status is Status.CANCELLED


def test_progress_is_told_and_never_goes_back(client: Any, photo: Path) -> None:
    told: list[Task] = []
    task = client.enhance(named(photo, "sleep-1.png"))
    done = client.wait(task.task_id, timeout=LONG_S, on_progress=told.append)
    assert told[-1] == done
    shares = [one.progress for one in told]
    assert shares == sorted(shares)
    assert any(0 < share < 1 for share in shares)
    assert all(one.message == "sleeping" for one in told if 0 < one.progress < 1)


def test_progress_can_be_awaited(service: ServiceProcess, user: str, photo: Path) -> None:
    told: list[Status] = []

    async def tell(task: Task) -> None:
        await asyncio.sleep(0)
        told.append(task.status)

    async def main() -> None:
        async with AsyncSafelight(service.url, user=user) as client:
            one, two = await asyncio.gather(client.enhance(photo), client.enhance(photo, scale=2))
            await asyncio.gather(client.wait(one.task_id, LONG_S, tell), client.wait(two.task_id, LONG_S))

    asyncio.run(main())
    assert told[-1] is Status.COMPLETED
    with Safelight(service.url, user=user) as client, pytest.raises(RuntimeError, match="AsyncSafelight"):
        client.wait(client.enhance(photo).task_id, on_progress=tell)


def test_the_events_of_a_task_come_from_its_beginning_to_its_end(client: Any, photo: Path) -> None:
    task = client.enhance(named(photo, "sleep-0.5.png"))
    events = list(client.stream(task.task_id))
    logged = [one.type for one in events if one.type != "progress"]
    assert logged == ["accepted", "processing", "completed"]
    assert {one.task_id for one in events} == {task.task_id}
    assert [one.type for one in client.stream(task.task_id)] == logged


def test_leaving_a_stream_closes_it(service: ServiceProcess, user: str, photo: Path) -> None:
    with Safelight(service.url, user=user) as client:
        task = client.enhance(named(photo, "sleep-50.png"))
        for event in client.stream(task.task_id):
            if event.type == "processing":
                break
        assert client.cancel(task.task_id).status in (Status.CANCELLED, Status.PROCESSING)


def test_a_user_sees_nothing_of_another(service: ServiceProcess, user: str, photo: Path) -> None:
    with Safelight(service.url, user=user) as client:
        task = client.enhance(photo)
        other = client.as_user(f"{user}-2")
        for look in (other.task, other.wait, other.download, other.cancel):
            with pytest.raises(SafelightApiError, match="not_found"):
                look(task.task_id)
        assert client.as_user(None).task(task.task_id).user_id == user


def test_a_token_is_shown(tmp_path: Path) -> None:
    with running(tmp_path / "closed", worker=False, token="a secret of some length") as closed:
        with Safelight(closed.url) as nobody, pytest.raises(SafelightApiError) as refused:
            nobody.styles()
        assert (refused.value.status, refused.value.code) == (401, "not_signed_in")
        with Safelight(closed.url, token="a secret of some length") as client:
            assert "clay" in {one.id for one in client.styles()}
            assert client.health().database == "ok"


@pytest.mark.parametrize("fault", LOST)
def test_a_request_that_is_lost_is_sent_again_with_its_key(
    fault: str, between: Hostile, made: Callable[..., Any], photo: Path, user: str, service: ServiceProcess,
    pauses: list[float],
) -> None:  # fmt: skip
    client = made(between.url, user=user)
    between.plan(fault, fault)
    task = client.enhance(photo)
    assert client.task(task.task_id).filename == "photo.png"
    posts = between.posts()
    assert len(posts) == 3
    assert len({one.key for one in posts}) == 1
    assert len({one.size for one in posts}) == 1, "the whole photo is sent each time"
    assert len(pauses) == 2
    assert tasks_of(service, user) == 1


def test_a_request_that_is_still_being_answered_is_waited_for(
    between: Hostile, made: Callable[..., Any], photo: Path, user: str, service: ServiceProcess
) -> None:
    client = made(between.url, user=user, retries=1)
    between.plan("held", "pass", "pass", "let go")
    task = client.enhance(photo)
    assert client.task(task.task_id).filename == "photo.png"
    assert len(between.posts()) == 4
    assert len({one.key for one in between.posts()}) == 1
    assert tasks_of(service, user) == 1


def test_every_call_has_a_key_of_its_own(between: Hostile, photo: Path, user: str, service: ServiceProcess) -> None:
    between.plan()
    with Safelight(between.url, user=user) as client:
        first, second = client.enhance(photo), client.enhance(photo)
    assert first.task_id != second.task_id
    assert len({one.key for one in between.posts()}) == 2


@pytest.mark.parametrize("fault", ["full", "busy", "disk full"])
def test_a_service_that_is_busy_is_asked_when_it_says(
    fault: str, between: Hostile, made: Callable[..., Any], photo: Path, user: str, pauses: list[float]
) -> None:
    between.plan(fault)
    between.retry_after = "17"
    made(between.url, user=user).enhance(photo)
    between.retry_after = "0"
    [pause] = pauses
    assert 17 <= pause < 18


def test_retries_are_given_up(between: Hostile, made: Callable[..., Any], photo: Path, pauses: list[float]) -> None:
    client = made(between.url, retries=2)
    between.plan(*["busy"] * 9)
    with pytest.raises(SafelightApiError) as refused:
        client.enhance(photo)
    assert (refused.value.status, len(between.seen), len(pauses)) == (503, 3, 2)
    between.plan(*["request lost"] * 9)
    with pytest.raises(UnreachableError):
        client.enhance(photo)
    between.plan()
    assert len(pauses) == 4
    with pytest.raises(UnreachableError):
        made(f"http://127.0.0.1:{free_port()}", retries=1).styles()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from([*LOST, "pass"]), max_size=7))
def test_a_task_is_never_made_twice_whatever_is_lost(
    faults: list[str], between: Hostile, photo: Path, service: ServiceProcess, pauses: list[float]
) -> None:
    user = f"user-{token_hex(6)}"
    between.plan(*faults)
    with Safelight(between.url, user=user, retries=4) as client:
        try:
            task = client.enhance(photo)
        except (SafelightApiError, UnreachableError):
            between.plan()
            assert tasks_of(service, user) <= 1
            return
        between.plan()
        assert client.task(task.task_id).task_id == task.task_id
        assert tasks_of(service, user) == 1


def test_events_that_are_cut_go_on_where_they_were(
    between: Hostile, made: Callable[..., Any], photo: Path, user: str
) -> None:
    client = made(between.url, user=user)
    between.plan("answer cut", meant=lambda _, path: path.endswith("/events"))
    task = client.enhance(named(photo, "sleep-0.5.png"))
    events = list(client.stream(task.task_id))
    logged = [one for one in events if one.id is not None]
    assert [one.type for one in logged] == ["accepted", "processing", "completed"]
    assert len({one.id for one in logged}) == 3
    asked = [one.last for one in between.seen if one.path.endswith("/events")]
    assert asked[0] == "0"
    assert len(asked) >= 2
    assert int(asked[1] or 0) >= logged[0].id


@pytest.mark.parametrize("fault", ["answer cut", "request lost", "bad gateway", "busy", "no events", "not found"])
def test_a_wait_goes_on_without_the_events(
    fault: str, between: Hostile, made: Callable[..., Any], photo: Path, user: str
) -> None:
    client = made(between.url, user=user)
    between.plan(*[fault] * 50, meant=lambda _, path: path.endswith("/events"))
    task = client.enhance(named(photo, "sleep-0.5.png"))
    assert client.wait(task.task_id, timeout=LONG_S).status is Status.COMPLETED
    events = list(client.stream(task.task_id)) if fault != "answer cut" else []
    between.plan()
    assert [one.type for one in events] in ([], ["completed"])


def test_events_that_are_kept_back_are_not_waited_for(
    between: Hostile, photo: Path, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safelight.client.listening._HELLO_S", 0.5)
    between.plan(*["mute"] * 9, meant=lambda _, path: path.endswith("/events"))
    with Safelight(between.url, user=user) as client:
        task = client.enhance(named(photo, "sleep-1.png"))
        assert client.wait(task.task_id, timeout=LONG_S).status is Status.COMPLETED
        assert sum(one.path.endswith("/events") for one in between.seen) == 1
        assert [one.type for one in client.stream(task.task_id)] == ["completed"]
    between.plan()


def test_a_wait_goes_on_when_looks_fail(
    between: Hostile, made: Callable[..., Any], photo: Path, user: str, pauses: list[float]
) -> None:
    client = made(between.url, user=user)
    between.plan(*LOST[:6], meant=lambda method, path: method == "GET" and not path.endswith("/events"))
    task = client.enhance(named(photo, "sleep-0.2.png"))
    assert client.wait(task.task_id, timeout=LONG_S).status is Status.COMPLETED
    assert not between.faults


def test_a_wait_survives_the_death_of_the_service(tmp_path: Path, photo: Path, user: str) -> None:
    told: list[Task] = []
    with ServiceProcess(tmp_path / "mortal") as mortal, Safelight(mortal.url, user=user) as client:
        task = client.enhance(named(photo, "sleep-2.png"))

        def die() -> None:
            wait_until(lambda: any(one.progress > 0 for one in told), LONG_S, "it does not begin")
            mortal.kill_all()
            mortal.start()

        killer = threading.Thread(target=die)
        killer.start()
        done = client.wait(task.task_id, timeout=2 * LONG_S, on_progress=told.append)
        killer.join()
        mortal.wait_healthy()
        assert done.status is Status.COMPLETED
        assert sha256(client.download(done)).hexdigest() == (done.result or {})["sha256"]


def test_a_download_that_is_cut_is_fetched_again_and_never_half_there(
    between: Hostile, made: Callable[..., Any], photo: Path, user: str, tmp_path: Path, pauses: list[float]
) -> None:
    client = made(between.url, user=user, retries=2)
    done = client.wait(client.enhance(photo).task_id, timeout=LONG_S)
    to = tmp_path / "result.png"

    def meant(_method: str, path: str) -> bool:
        return "/download/" in path

    between.plan("answer cut", "bad gateway", meant=meant)
    assert sha256(client.download(done, to).read_bytes()).hexdigest() == done.result["sha256"]
    to.write_text("old")
    between.plan(*["answer cut"] * 9, meant=meant)
    with pytest.raises(UnreachableError):
        client.download(done, to)
    between.plan()
    assert to.read_text() == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["photo.png", "result.png"]


def test_a_result_that_is_not_there_yet_is_told(client: Any, photo: Path, tmp_path: Path) -> None:
    task = client.enhance(named(photo, "sleep-50.png"))
    with pytest.raises(SafelightApiError) as early:
        client.download(task, tmp_path / "early.png")
    assert (early.value.status, early.value.code) == (409, "wrong_state")
    assert not (tmp_path / "early.png").exists()
    client.cancel(task.task_id)


def test_a_large_file_is_not_taken_into_memory(between: Hostile, made: Callable[..., Any], tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(64 << 20)
    client = made(between.url)
    between.plan("not found")
    tracemalloc.start()
    try:
        with pytest.raises(SafelightApiError, match="not_found"):
            client.enhance(large)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert between.seen[0].size > 64 << 20
    assert peak < 8 << 20


def test_a_file_that_is_not_there_is_an_error_of_the_file(client: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client.enhance(tmp_path / "nothing.png")


def test_a_service_that_can_take_no_work_says_how_it_is(
    made: Callable[..., Any], tmp_path: Path, photo: Path, pauses: list[float]
) -> None:
    with running(tmp_path / "full", worker=False, min_free_mb=10**9) as full:
        client = made(full.url, retries=1)
        assert client.health().status == "degraded"
        assert pauses == []
        with pytest.raises(SafelightApiError) as refused:
            client.enhance(photo)
        assert (refused.value.status, refused.value.code) == (507, "store_full")
        assert len(pauses) == 1
        assert pauses[0] >= 10


def test_another_service_is_not_taken_for_this_one(photos: str, made: Callable[..., Any]) -> None:
    client = made(photos)
    with pytest.raises(SafelightApiError) as strange:
        client.styles()
    assert (strange.value.code, strange.value.status) == ("http_404", 404)
    for wrong in ("ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://a/?b"):
        with pytest.raises(ValueError, match="address"):
            made(wrong)


def test_a_picture_of_the_web_gets_a_style(
    painting: ServiceProcess, photos: str, user: str, made: Callable[..., Any], tmp_path: Path
) -> None:
    client = made(painting.url, user=user)
    task = client.transform(f"{photos}/0.jpg", "clay", prompt='a "cat"', strength=0.5)
    assert (task.user_id, task.backend) == (user, "local")
    done = client.wait(task.task_id, timeout=2 * LONG_S)
    assert any("ComfyUI" in one for one in done.warnings)
    assert client.download(done, tmp_path / "clay.png").stat().st_size == done.result["bytes"]
    assert done.output_image_url is not None
    shown = httpx2.get(done.output_image_url, verify=False)
    assert sha256(shown.content).hexdigest() == done.result["sha256"]


def test_pictures_of_the_web_are_a_batch(
    painting: ServiceProcess, photos: str, user: str, made: Callable[..., Any]
) -> None:
    client, told = made(painting.url, user=user), list[Batch]()
    batch = client.transform_many([f"{photos}/{name}.jpg" for name in ("1", "not", "2")], style="clay")
    assert (batch.total_files, len(batch.sub_tasks), batch.ended) == (3, 3, False)
    done = client.wait_batch(batch.batch_task_id, timeout=2 * LONG_S, on_progress=told.append)
    assert (done.status, done.completed_files, done.failed_files) == (Status.PARTIAL_COMPLETED, 2, 1)
    assert [one.status for one in done.sub_tasks] == [Status.COMPLETED, Status.FAILED, Status.COMPLETED]
    assert done == client.batch(batch.batch_task_id)
    assert told[-1] == done
    assert [one.completed_files for one in told] == sorted(one.completed_files for one in told)
    assert client.download(done.sub_tasks[0].task_id)
