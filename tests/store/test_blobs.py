"""The contract of a store, on each kind of store."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from safelight.errors import SettingsError, StoreError, StoreFullError
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.drafts import Drafts
from safelight.store.folder import FolderStore
from safelight.store.keys import Kind, derived, key_of, screen_of, sources, thumbnail_of
from safelight.store.objects import ObjectStore
from safelight.store.opening import open_store
from safelight.store.watermark import Watermark

NO_KEYS = [
    "", "/", "originals", "originals/", "originals/ab", "../../etc/passwd", "/etc/passwd", "incoming/x",
    "originals/ab/../../../x", "originals/ab/" + "g" * 64, "originals/cd/ab" + "0" * 62, "originals/ab/ab" + "0" * 61,
    "Originals/ab/ab" + "0" * 62, "originals/AB/AB" + "0" * 62, "originals/ab/ab" + "0" * 62 + "\n",
    "originals\\ab\\ab" + "0" * 62, "x/originals/ab/ab" + "0" * 62, "originals/ab/ab" + "0" * 62 + "/x",
]  # fmt: skip


def in_a_folder(path: Path) -> Store:
    return FolderStore(path / "files")


def in_memory(path: Path) -> Store:
    return ObjectStore(MemoryStore(), Drafts(path / "incoming"))


def as_objects(path: Path) -> Store:
    return ObjectStore(LocalStore(path / "objects", mkdir=True), Drafts(path / "incoming"))


@pytest.fixture(params=[in_a_folder, in_memory, as_objects])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    make: Callable[[Path], Store] = request.param
    opened = make(tmp_path)
    yield opened
    opened.close()


def put(store: Store, content: bytes, kind: Kind = Kind.ORIGINAL) -> str:
    key = key_of(kind, hashlib.sha256(content).hexdigest())
    with store.draft() as draft:
        draft.write_bytes(content)
        store.put(key, draft)
    return key


def read(store: Store, key: str) -> bytes:
    return b"".join(store.stream(key))


def test_what_was_put_is_there_when_its_draft_is_gone(store: Store, tmp_path: Path) -> None:
    key = put(store, b"a photo")
    assert store.exists(key)
    assert store.size(key) == 7
    assert read(store, key) == b"a photo"
    assert store.fetch(key, tmp_path / "fetched").read_bytes() == b"a photo"
    assert [path.name for path in store.drafts.folder.iterdir()] == ["lock"]


def test_a_file_comes_in_parts(store: Store) -> None:
    content = os.urandom(5_000_000)
    key = put(store, content)
    parts = list(store.stream(key, chunk=1 << 16))
    if store.local_path(key):
        assert len(parts) > 1
    assert b"".join(parts) == content


def test_putting_it_again_changes_nothing_but_its_age(store: Store) -> None:
    key = put(store, b"a photo")
    [(_, before)] = store.keys("")
    assert put(store, b"a photo") == key
    [(_, after)] = store.keys("")
    assert after >= before
    assert read(store, key) == b"a photo"


def test_a_file_that_was_cut_short_is_put_anew(store: Store, tmp_path: Path) -> None:
    key = put(store, b"a photo")
    path = store.local_path(key) or tmp_path / "objects" / key
    if not path.is_file():
        pytest.skip("nothing cuts memory short")
    path.write_bytes(b"a ph")
    put(store, b"a photo")
    assert read(store, key) == b"a photo"


def test_a_draft_can_be_put_again_when_its_file_has_gone(store: Store) -> None:
    key = key_of(Kind.ORIGINAL, hashlib.sha256(b"x").hexdigest())
    with store.draft() as draft:
        draft.write_bytes(b"x")
        store.put(key, draft)
        store.keep(key, draft)
        store.delete(key)
        store.keep(key, draft)
    assert read(store, key) == b"x"


def test_what_is_made_anew_all_the_time_takes_the_place_of_the_old_one(store: Store) -> None:
    key = put(store, b"old")
    for content in (b"new", b"another length"):
        with store.draft() as draft:
            draft.write_bytes(content)
            store.replace(key, draft)
        assert read(store, key) == content


def test_deleting_is_done_once_and_may_be_asked_twice(store: Store) -> None:
    key = put(store, b"a photo")
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)


def test_what_is_made_from_a_file_goes_with_it(store: Store) -> None:
    key, other = put(store, b"a photo"), put(store, b"another")
    assert derived(key) == (thumbnail_of(key), screen_of(key))
    for made in derived(key):
        with store.draft() as draft:
            draft.write_bytes(b"small")
            store.put(made, draft)
        assert sources(made) == (key, key.replace("originals", "results"))
        assert derived(made) == ()
    store.discard(key)
    assert [found for found, _ in store.keys("")] == [other]


def test_keys_are_listed_by_kind_and_nothing_else_is(store: Store) -> None:
    mine = {put(store, bytes([number])) for number in range(20)}
    result = put(store, b"a result", Kind.RESULT)
    path = store.local_path(result)
    if path is not None:
        (path.parent / "README.txt").write_text("no key")
    assert {key for key, _ in store.keys("originals")} == mine
    assert {key for key, _ in store.keys("")} == mine | {result}
    assert all(at > 1_600_000_000_000 for _, at in store.keys(""))


def test_what_is_not_there_is_an_error_in_one_line(store: Store, tmp_path: Path) -> None:
    key = key_of(Kind.RESULT, "0" * 64)
    assert not store.exists(key)
    for ask in (lambda: store.size(key), lambda: store.fetch(key, tmp_path / "x"), lambda: list(store.stream(key))):
        with pytest.raises(StoreError, match=r"is not in the store$"):
            ask()
    assert not (tmp_path / "x").exists()
    with pytest.raises(StoreError):
        store.put(key, tmp_path / "nothing")


@pytest.mark.parametrize("key", NO_KEYS)
def test_no_other_text_becomes_a_path(store: Store, tmp_path: Path, key: str) -> None:
    (tmp_path / "draft").write_bytes(b"x")
    asks: list[Callable[[], object]] = [
        lambda: store.put(key, tmp_path / "draft"), lambda: store.exists(key), lambda: store.size(key),
        lambda: store.local_path(key), lambda: store.fetch(key, tmp_path / "x"), lambda: list(store.stream(key)),
        lambda: store.delete(key), lambda: store.discard(key), lambda: derived(key), lambda: sources(key),
        lambda: store.replace(key, tmp_path / "draft"),
    ]  # fmt: skip
    for ask in asks:
        with pytest.raises(StoreError, match="no key"):
            ask()


def test_many_threads_may_put_and_read_the_same_file(store: Store) -> None:
    content, wrong = os.urandom(300_000), list[bytes]()
    key = put(store, content)

    def work() -> None:
        for _ in range(10):
            put(store, content)
            if read(store, key) != content:
                wrong.append(b"half")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_draft_on_the_same_disk_is_not_copied(tmp_path: Path) -> None:
    store = in_a_folder(tmp_path)
    key = key_of(Kind.ORIGINAL, "0" * 64)
    with store.draft() as draft:
        draft.write_bytes(b"x")
        store.put(key, draft)
        path = store.local_path(key)
        assert path is not None
        assert path.samefile(draft)


def test_a_draft_on_another_disk_is_copied_and_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    store = in_a_folder(tmp_path)
    assert read(store, put(store, b"a photo")) == b"a photo"
    assert [path.name for path in store.drafts.folder.iterdir()] == ["lock"]


def test_the_file_and_its_folder_are_on_disk_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, sync = list[str](), os.fsync

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)
        sync(descriptor)

    if not Path("/proc/self/fd").exists():
        pytest.skip("the system does not tell which files are open")
    store = in_a_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", note)
    content = b"a photo"
    key = key_of(Kind.ORIGINAL, hashlib.sha256(content).hexdigest())
    with store.draft() as draft:
        draft.write_bytes(content)
        store.put(key, draft)
        assert synced == [draft.name, "files", "originals", key.split("/")[1]]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    store = in_a_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Exception, match="the disk is full") as error:
        put(store, b"a photo")
    assert error.value.code == "disk_full"


def test_the_watermark_refuses_and_says_what_to_do(store: Store) -> None:
    free = store.free_bytes()
    assert free is not None
    Watermark(store.free_bytes).check_room(1)
    Watermark(lambda: None).check_room(10**9)
    with pytest.raises(StoreFullError, match="make room") as error:
        Watermark(store.free_bytes).check_room(free)
    assert error.value.code == "store_full"


def test_the_settings_name_the_store(tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    for url, folder in (("", tmp_path / "files"), (str(elsewhere), elsewhere), (elsewhere.as_uri(), elsewhere)):
        store = open_store(Settings(data_dir=tmp_path, store_url=url))
        path = store.local_path(put(store, b"x"))
        assert path is not None
        assert path.is_relative_to(folder)
        store.close()
    store = open_store(Settings(data_dir=tmp_path, store_url="memory:///"))
    assert read(store, put(store, b"x")) == b"x"
    with pytest.raises(SettingsError, match="SAFELIGHT_STORE_URL"):
        open_store(Settings(data_dir=tmp_path, store_url="nonsense://x"))
