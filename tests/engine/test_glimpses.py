"""Small pictures of what running tasks look like so far: what is kept, for how long, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pyvips

from safelight.engine import glimpses as module
from safelight.engine.glimpses import SIDE, Glimpses, glimpse_key
from safelight.errors import DiskFullError
from safelight.imaging.formats import Format, sniff
from safelight.store.blobs import Store
from safelight.store.folder import FolderStore
from safelight.store.keys import Kind
from safelight.tasks.claims import Claims
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.task import Lane, NewTask, Task
from service_process import wait_until

PATIENCE_S = 20.0


def jpeg(width: int, height: int, grey: int) -> bytes:
    image = (pyvips.Image.black(width, height, bands=3) + grey).cast("uchar").copy(interpretation="srgb")
    return bytes(image.jpegsave_buffer())


@pytest.fixture
def task(tmp_path: Path) -> Task:
    database = Database(sqlite_url(tmp_path / "safelight.db"))
    migrate(database)
    moves = Moves(database, posting=False)
    Repository(database, moves, most_waiting=9).accept(
        [NewTask(owner="a", kind="photo", payload={}, lane=Lane.COMFYUI)]
    )
    found = Claims(database, moves, lease_ms=60_000).claim("w", Lane.COMFYUI)
    database.close()
    assert found is not None
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = FolderStore(tmp_path / "files")
    yield made
    made.close()


@pytest.fixture
def glimpses(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Glimpses]:
    monkeypatch.setattr(module, "_EVERY_S", 0.05)
    made = Glimpses(store)
    yield made
    made.close()


def shown(glimpses: Glimpses, task: Task, number: int) -> None:
    wait_until(
        lambda: glimpses.shown().get(task.id, (0, 0))[1] >= number, PATIENCE_S, lambda: f"{glimpses.shown()}", 0.01
    )


def test_the_newest_is_kept_small_and_gone_at_the_end(glimpses: Glimpses, store: Store, task: Task) -> None:
    key = glimpse_key(task)
    with glimpses.of(task) as take:
        assert glimpses.shown() == {}
        take(jpeg(2000, 1000, 10))
        shown(glimpses, task, 1)
        take(jpeg(100, 80, 200))
        shown(glimpses, task, 2)
        content = b"".join(store.stream(key))
        assert sniff(content) is Format.WEBP
        image = pyvips.Image.new_from_buffer(content, "")
        assert (image.width, image.height) == (100, 80)
        assert abs(image.avg() - 200) < 4
        assert glimpses.shown() == {task.id: (task.fence, 2)}
        assert len(list(store.keys(Kind.GLIMPSE))) == 1
    assert list(store.keys(Kind.GLIMPSE)) == []
    assert glimpses.shown() == {}


def test_large_ones_are_made_small(glimpses: Glimpses, store: Store, task: Task) -> None:
    with glimpses.of(task) as take:
        take(jpeg(2000, 1000, 10))
        shown(glimpses, task, 1)
        image = pyvips.Image.new_from_buffer(b"".join(store.stream(glimpse_key(task))), "")
        assert (image.width, image.height) == (SIDE, SIDE // 2)


def test_what_is_no_picture_or_a_huge_one_is_left_out_and_the_next_is_shown(
    glimpses: Glimpses, store: Store, task: Task
) -> None:
    bomb = bytes(pyvips.Image.black(9000, 9000).pngsave_buffer(compression=9))
    assert len(bomb) < 1_000_000
    with glimpses.of(task) as take:
        for bad in (b"", b"no picture", b"\xff\xd8\xff cut short", bomb, b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
            take(bad)
            wait_until(lambda: not any(one.newest for one in glimpses._going.values()), PATIENCE_S, "not looked at")
        take(jpeg(10, 10, 50))
        shown(glimpses, task, 1)
        assert glimpses.shown() == {task.id: (task.fence, 1)}


def test_one_that_comes_late_is_not_left(
    glimpses: Glimpses, store: Store, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, entered, go_on = store.replace, [], []

    def slow(key: str, path: Path) -> None:
        entered.append(key)
        wait_until(lambda: bool(go_on), PATIENCE_S, "nobody lets it go on", 0.01)
        real(key, path)

    monkeypatch.setattr(store, "replace", slow)
    with glimpses.of(task) as take:
        take(jpeg(10, 10, 50))
        wait_until(lambda: bool(entered), PATIENCE_S, "it was not put", 0.01)
    go_on.append(True)
    glimpses.close()
    assert list(store.keys(Kind.GLIMPSE)) == []


def test_another_attempt_removes_what_a_killed_one_left(store: Store, glimpses: Glimpses, task: Task) -> None:
    left = glimpse_key(task)
    with store.draft() as draft:
        draft.write_bytes(jpeg(8, 8, 1))
        store.put(left, draft)
    again = replace(task, fence=task.fence + 1, attempts=2)
    assert glimpse_key(again) != left
    with glimpses.of(again):
        assert not store.exists(left)


def test_a_full_disk_is_nobodys_trouble(
    glimpses: Glimpses, store: Store, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tried = store.replace, []

    def full(key: str, path: Path) -> None:
        tried.append(key)
        if len(tried) == 1:
            raise DiskFullError("the disk is full")
        real(key, path)

    monkeypatch.setattr(store, "replace", full)
    with glimpses.of(task) as take:
        take(jpeg(10, 10, 50))
        wait_until(lambda: len(tried) == 1, PATIENCE_S, "not looked at", 0.01)
        take(jpeg(10, 10, 60))
        shown(glimpses, task, 1)
