"""Tasks that name an address: fetched in the remote lane, handed on to a device, over real claims."""

from __future__ import annotations

import hashlib
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fetching.strangers import Stranger, gives
from safelight.engine.attempt import Attempts, Stop
from safelight.engine.heart import Heart
from safelight.engine.job import HandOn, Job, Toolbox
from safelight.engine.sharing import Sharing
from safelight.engine.urlwork import UrlWork
from safelight.errors import CancelledError, FetchError, InternalError, SettingsError
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.keys import Kind, key_of
from safelight.store.opening import open_store
from safelight.tasks.claims import Claims
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.status import Status
from safelight.tasks.task import Lane, NewTask, Task


def png(width: int, height: int) -> bytes:
    """A whole PNG, black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PHOTO = png(12, 7)
KEY = key_of(Kind.ORIGINAL, hashlib.sha256(PHOTO).hexdigest())


class Lanes:
    """A queue and a store, and a worker of the remote lane to make attempts with."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.settings = Settings.model_validate({"data_dir": folder, "fetch_allow": "127.0.0.1/32", **settings})
        self.database = Database(sqlite_url(folder / "safelight.db"))
        migrate(self.database)
        moves = Moves(self.database, posting=False)
        self.tasks = Repository(self.database, moves, most_waiting=100)
        self.claims = Claims(self.database, moves, lease_ms=30_000)
        self.store: Store = open_store(self.settings)
        self.work = UrlWork(store=self.store, settings=self.settings)
        toolbox = Toolbox(
            handlers={"photo": self.work.photo}, warm=tuple, prepare=lambda: None, close=lambda: None
        )  # fmt: skip
        self.attempts = Attempts(
            Lane.REMOTE, claims=self.claims, toolbox=toolbox, task_s=60,
            folder=folder / "work", stop=Stop(),
            heart=Heart(self.claims, Lane.REMOTE, lease_s=30, show=lambda: None),
        )  # fmt: skip

    def accept(self, payload: Mapping[str, object], owner: str = "me") -> Task:
        recipe = {"steps": [{"operation": "tune"}]}
        new = NewTask(owner=owner, kind="photo", lane=Lane.REMOTE, payload={"recipe": recipe, **payload})
        [task] = self.tasks.accept([new])
        return task

    def claim(self, lane: Lane = Lane.REMOTE) -> Task:
        task = self.claims.claim("worker", lane)
        assert task is not None
        return task

    def attempt(self, payload: Mapping[str, object], owner: str = "me") -> Task:
        """Accept a task, and make one attempt at it."""
        task = self.accept(payload, owner)
        self.attempts.make(self.claim())
        return self.tasks.find(None, task.id)

    def drafts(self) -> set[Path]:
        return {path for path in self.store.drafts.folder.iterdir() if path.name != "lock"}


@pytest.fixture
def lanes(tmp_path: Path) -> Iterator[Lanes]:
    made = Lanes(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def server() -> Iterator[Stranger]:
    with Stranger(gives(PHOTO)) as opened:
        yield opened


def job(folder: Path, check_cancelled: Callable[[], None] = lambda: None) -> Job:
    return Job(workspace=folder, progress=lambda *_: None, check_cancelled=check_cancelled)


def test_a_task_is_handed_on_with_its_photo(lanes: Lanes, server: Stranger) -> None:
    task = lanes.attempt({"image_url": server.url("/cat.png")})
    assert (task.status, task.lane, task.attempts) == (Status.PENDING, Lane.DEVICE, 0)
    assert (task.input_key, task.input_name) == (KEY, "cat.png")
    assert (task.width, task.height, task.size) == (12, 7, len(PHOTO))
    assert b"".join(lanes.store.stream(KEY)) == PHOTO
    assert lanes.claim(Lane.DEVICE).id == task.id
    assert lanes.claims.claim("worker", Lane.REMOTE) is None
    assert lanes.drafts() == set(), "the draft lasts no longer than the attempt"


def test_what_comfyui_does_is_handed_on_to_who_waits_for_its_servers(lanes: Lanes, server: Stranger) -> None:
    steps = [{"operation": "stylize", "style": "clay", "backend": "comfyui"}]
    task = lanes.attempt({"image_url": server.url("/cat.png"), "recipe": {"steps": steps}})
    assert (task.status, task.lane) == (Status.PENDING, Lane.COMFYUI)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2/a.png", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "http://0x7f.1/"]
)
def test_a_refused_address_fails_the_task(lanes: Lanes, url: str) -> None:
    task = lanes.attempt({"image_url": url})
    assert (task.status, task.error_code, task.input_key) == (Status.FAILED, "fetch_refused", None)


def test_a_server_that_fails_fails_the_task(lanes: Lanes) -> None:
    with Stranger(gives(PHOTO, status="404 x")) as server:
        task = lanes.attempt({"image_url": server.url()})
    assert (task.status, task.error_code) == (Status.FAILED, "fetch_failed")
    assert task.error == "127.0.0.1: it answered 404 (Not Found)"
    assert lanes.drafts() == set()


@pytest.mark.parametrize(("body", "code"), [(b"<svg/>", "unsupported_format"), (PHOTO[:20], "broken_photo")])
def test_what_is_no_photo_fails_the_task_and_is_not_kept(lanes: Lanes, body: bytes, code: str) -> None:
    with Stranger(gives(body)) as server:
        task = lanes.attempt({"image_url": server.url("/cat.png")})
    assert (task.status, task.error_code) == (Status.FAILED, code)
    assert "cat.png" in str(task.error)
    assert list(lanes.store.keys("")) == []
    assert lanes.drafts() == set()


def test_a_photo_that_is_too_large_fails_the_task(tmp_path: Path, server: Stranger) -> None:
    task = Lanes(tmp_path, max_input_pixels=83).attempt({"image_url": server.url()})
    assert (task.status, task.error_code) == (Status.FAILED, "photo_too_large")


def test_a_setting_that_cannot_be_used_fails_the_task(tmp_path: Path, server: Stranger) -> None:
    task = Lanes(tmp_path, fetch_allow="10.0.0.0/99").attempt({"image_url": server.url()})
    assert (task.status, task.error_code) == (Status.FAILED, SettingsError.code)


def test_a_task_without_an_address_is_a_fault(lanes: Lanes, tmp_path: Path) -> None:
    lanes.accept({})
    with pytest.raises(InternalError):
        lanes.work.photo(lanes.claim(), job(tmp_path))


def test_a_photo_that_was_swept_before_the_commit_is_brought_back(
    lanes: Lanes, server: Stranger, tmp_path: Path
) -> None:
    lanes.accept({"image_url": server.url()})
    task = lanes.claim()
    outcome = lanes.work.photo(task, job(tmp_path))
    assert isinstance(outcome, HandOn)
    lanes.store.discard(KEY)
    lanes.claims.hand_on(task, outcome.lane, outcome.found)
    assert b"".join(lanes.store.stream(KEY)) == PHOTO
    assert len(lanes.drafts()) == 1
    del outcome
    assert lanes.drafts() == set()


def test_an_address_that_several_tasks_name_is_fetched_once_for_each_owner(lanes: Lanes, server: Stranger) -> None:
    payload = {"image_url": server.url()}
    made = [lanes.attempt(payload) for _ in range(5)]
    assert {one.input_key for one in made} == {KEY}
    assert server.connections == 1
    lanes.attempt(payload, owner="another")
    assert server.connections == 2
    assert lanes.drafts() == set()


def test_what_was_swept_since_is_fetched_again(lanes: Lanes, server: Stranger) -> None:
    lanes.attempt({"image_url": server.url()})
    lanes.store.discard(KEY)
    assert lanes.attempt({"image_url": server.url()}).input_key == KEY
    assert server.connections == 2
    assert lanes.store.exists(KEY)


def test_a_task_that_is_accepted_later_gets_what_is_there_then(
    lanes: Lanes, server: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes.attempt({"image_url": server.url()})
    monkeypatch.setattr("safelight.engine.urlwork._FRESH_MS", -60_000)
    lanes.attempt({"image_url": server.url()})
    assert server.connections == 2


def test_a_failure_is_not_remembered(lanes: Lanes) -> None:
    with Stranger(gives(b"", status="503 x")) as server:
        failed = lanes.attempt({"image_url": server.url()})
        server._answer = gives(PHOTO)
        lanes.tasks.retry(None, failed.id)
        lanes.attempts.make(lanes.claim())
        assert lanes.tasks.find(None, failed.id).input_key == KEY


def test_tasks_that_are_at_it_together_fetch_once(lanes: Lanes, tmp_path: Path) -> None:
    asked = threading.Event()

    def slowly(connection, request) -> None:
        asked.wait(5)
        gives(PHOTO)(connection, request)

    with Stranger(slowly) as server, ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            lanes.accept({"image_url": server.url()})
        running = [threads.submit(lanes.work.photo, lanes.claim(), job(tmp_path)) for _ in range(4)]
        asked.set()
        assert {one.result().found.key for one in running} == {KEY}
        assert server.connections == 1


def test_what_is_made_is_shared_and_a_cancel_is_not() -> None:
    sharing, made = Sharing[str, int](), []
    begun, waiting = threading.Event(), threading.Event()

    def cancelled() -> int:
        made.append("cancelled")
        begun.set()
        waiting.wait(5)
        raise CancelledError("cancelled")

    def other() -> int:
        made.append("other")
        return 7

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(sharing.get, "a", cancelled, lambda: None)
        begun.wait(5)
        second = threads.submit(sharing.get, "a", other, waiting.set)
        assert isinstance(first.exception(), CancelledError)
        assert second.result() == 7
    assert made == ["cancelled", "other"]


def test_a_failure_is_the_failure_of_all_who_wait() -> None:
    sharing, made = Sharing[str, int](), []
    begun, waiting = threading.Event(), threading.Event()

    def fails() -> int:
        made.append("fails")
        begun.set()
        waiting.wait(5)
        raise FetchError("no")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(sharing.get, "a", fails, lambda: None)
        begun.wait(5)
        second = threads.submit(sharing.get, "a", fails, waiting.set)
        assert isinstance(first.exception(), FetchError)
        assert isinstance(second.exception(), FetchError)
    assert made == ["fails"]


def test_who_waits_for_another_can_be_cancelled() -> None:
    sharing, waiting, begun = Sharing[str, int](), threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        waiting.wait(5)
        return 1

    def check() -> None:
        raise CancelledError("cancelled")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(sharing.get, "a", slow, lambda: None)
        begun.wait(5)
        with pytest.raises(CancelledError):
            sharing.get("a", slow, check)
        waiting.set()
        assert first.result() == 1
