"""What pages show of photos and results: thumbnails, and copies for screens of what browsers cannot show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import pyvips

from safelight.engine import photowork as module
from safelight.engine.job import Job
from safelight.engine.photowork import PhotoWork
from safelight.engine.showing import SCREEN, THUMBNAIL, Showing
from safelight.errors import BrokenPhotoError, CancelledError, SafelightError, StoreError
from safelight.hashing import sha256_of
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.keys import Kind, key_of, screen_of, thumbnail_of
from safelight.store.opening import open_store
from safelight.tasks.claims import ATTEMPTS, Done
from safelight.tasks.task import Task
from safelight.wiring import Studio


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


def ramp(width: int, height: int, bands: int = 3, deep: bool = False) -> np.ndarray:
    """Pixels that get lighter to the right."""
    line = np.linspace(0, 65535 if deep else 255, width).astype(np.uint16 if deep else np.uint8)
    return np.ascontiguousarray(np.broadcast_to(line[None, :, None], (height, width, bands)))


def put(store: Store, path: Path) -> str:
    key = key_of(Kind.ORIGINAL, sha256_of(path))
    store.put(key, path)
    return key


def show(store: Store, path: Path, folder: Path) -> tuple[str, bool]:
    """Make the copies of a photo; gives its key, and whether the photo can be used on."""
    key = put(store, path)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    return key, Showing(store).original(open_photo(path, max_pixels=10**9), path, key, work)


def picture(store: Store, key: str, folder: Path) -> pyvips.Image:
    return pyvips.Image.new_from_file(str(store.fetch(key, folder / "shown")))


@pytest.mark.parametrize(
    ("name", "width", "copied"),
    [("a.jpg", 4096, False), ("a.jpg", 4100, True), ("a.png", 600, False), ("a.webp", 600, False), ("a.tif", 600, True),
     ("a.png", 4100, True), ("a.tif", 5000, True)],
)  # fmt: skip
def test_only_what_browsers_cannot_show_is_copied(
    store: Store, tmp_path: Path, name: str, width: int, copied: bool
) -> None:
    path = tmp_path / name
    Photo.from_pixels(ramp(width, 40)).save(path)
    key, usable = show(store, path, tmp_path)
    assert usable
    small = picture(store, thumbnail_of(key), tmp_path)
    assert (small.width, small.format, small.bands) == (THUMBNAIL, "uchar", 3)
    assert store.exists(screen_of(key)) is copied
    if copied:
        large = picture(store, screen_of(key), tmp_path)
        assert (large.width, large.get("vips-loader")[:4]) == (min(width, SCREEN), "webp")


def test_16_bits_become_8_and_transparency_stays(store: Store, tmp_path: Path) -> None:
    pixels = ramp(700, 64, bands=4, deep=True).copy()
    pixels[:, :350, 3], pixels[:, 350:, 3] = 65535, 0
    pixels[..., :3] = 30_000
    path = tmp_path / "deep.tif"
    Photo.from_pixels(pixels).save(path)
    key, _ = show(store, path, tmp_path)
    for kind in (screen_of(key), thumbnail_of(key)):
        found = picture(store, kind, tmp_path).numpy()
        assert (found.dtype, found.shape[2]) == (np.uint8, 4)
        edge = found.shape[1]
        assert (found[5:-5, : edge // 3, 3] > 250).all()
        assert (found[5:-5, -edge // 3 :, 3] < 5).all()
        assert abs(float(found[5:-5, : edge // 3, :3].mean()) - 30_000 / 257) < 3


def test_colours_of_another_profile_are_brought_into_srgb(store: Store, tmp_path: Path) -> None:
    """The same light: a green of P3 is told by other numbers in sRGB."""
    green = pyvips.Image.black(600, 40).new_from_image([60, 200, 60])
    image = green.cast("uchar").copy(interpretation="srgb").icc_transform("p3", input_profile="srgb")
    numbers = image.numpy().reshape(-1, 3)[0]
    for name, save in (("a.tif", image.tiffsave), ("a.png", image.pngsave), ("a.jpg", image.jpegsave)):
        path = tmp_path / name
        save(str(path), **({"Q": 100} if name == "a.jpg" else {}))
        key, _ = show(store, path, tmp_path)
        found = picture(store, thumbnail_of(key), tmp_path).numpy().reshape(-1, 3).mean(axis=0)
        assert np.abs(numbers.astype(int) - [60, 200, 60]).max() > 15
        assert np.abs(found - [60, 200, 60]).max() < 6, name


def test_a_photo_that_lies_on_its_side_is_shown_upright(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    image = pyvips.Image.new_from_array(ramp(800, 200)).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.jpegsave(str(path))
    key, _ = show(store, path, tmp_path)
    small = picture(store, thumbnail_of(key), tmp_path)
    assert (small.width, small.height) == (128, 512)


def test_grey_is_shown_too(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Photo.from_pixels(ramp(600, 40, bands=1, deep=True)).save(path)
    key, _ = show(store, path, tmp_path)
    found = picture(store, thumbnail_of(key), tmp_path).numpy()
    assert found[20, 5].max() < 10
    assert found[20, -5].min() > 245


def test_a_profile_that_cannot_be_used_leaves_no_page_without_a_picture(store: Store, tmp_path: Path) -> None:
    image = pyvips.Image.new_from_array(ramp(600, 40)).copy(interpretation="srgb")
    damaged = bytearray(128 + 4)
    damaged[16:20], damaged[36:40] = b"RGB ", b"acsp"
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", bytes(damaged))
    for name, save in (("a.jpg", image.jpegsave), ("a.tif", image.tiffsave)):
        path = tmp_path / name
        save(str(path))
        key, usable = show(store, path, tmp_path)
        assert usable
        assert picture(store, thumbnail_of(key), tmp_path).width == THUMBNAIL


class Work:
    """A task on a photo, and what does it."""

    def __init__(self, folder: Path, store: Store, photo: Path, *, attempts: int = 1, **output: object) -> None:
        studio = Studio(Settings(data_dir=folder / "data"))
        self.store, self.key, self.folder = store, put(store, photo), folder / "job"
        self.folder.mkdir()
        steps = [{"operation": "tune", "contrast": 0.3}]
        payload = {"recipe": {"name": "a", "steps": steps}, "format": "png", **output}
        task = SimpleNamespace(payload=payload, input_key=self.key, input_name=photo.name, attempts=attempts)
        self.task = cast("Task", task)
        self.work = PhotoWork(planner=studio.planner, run=studio.run, store=store, max_pixels=10**9)

    def do(self, check: Callable[[], None] = lambda: None) -> Done:
        job = Job(workspace=self.folder, progress=lambda _share, _text: None, check_cancelled=check)
        return self.work.photo(self.task, job)


def test_the_photo_is_shown_before_the_work_on_it_is_done(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Photo.from_pixels(ramp(600, 40)).save(path)
    work, seen = Work(tmp_path, store, path, format="tiff"), list[bool]()

    def look() -> None:
        seen.append(store.exists(thumbnail_of(work.key)) and store.exists(screen_of(work.key)))
        raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        work.do(look)
    assert seen == [True]


def test_a_result_that_browsers_cannot_show_has_a_copy(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Photo.from_pixels(ramp(600, 40)).save(path)
    done = Work(tmp_path, store, path, format="tiff").do()
    assert done.result_key is not None
    assert picture(store, screen_of(done.result_key), tmp_path).width == 600
    assert picture(store, thumbnail_of(done.result_key), tmp_path).width == THUMBNAIL


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_a_photo_that_cannot_be_decoded_fails_for_the_reason_that_it_has(
    store: Store, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Photo.from_pixels(noise).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if name != "a.tif" else whole[:8] + bytes(9000) + whole[9008:])
    reasons = []
    for place, shown in (("with", True), ("without", False)):
        if not shown:
            monkeypatch.setattr(module.Showing, "original", lambda *_: True)
        folder = tmp_path / place
        folder.mkdir()
        try:
            Work(folder, store, path).do()
            reasons.append("")
        except SafelightError as error:
            reasons.append(f"{error.code}: {error}")
    assert reasons[0] == reasons[1]
    if name != "a.tif":
        assert reasons[0].startswith(BrokenPhotoError.code)


def test_a_good_result_is_kept_though_no_page_can_show_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    Photo.from_pixels(ramp(600, 40)).save(path)
    real = store.put

    def refuse(key: str, draft: Path) -> None:
        if key.startswith(("thumbnails", "screens")):
            raise StoreError("no room for small things")
        real(key, draft)

    work = Work(tmp_path, store, path, format="tiff")
    monkeypatch.setattr(store, "put", refuse)
    done = work.do()
    assert done.result_key is not None
    assert store.exists(done.result_key)
    assert not store.exists(thumbnail_of(done.result_key))


@pytest.mark.parametrize(("attempts", "shown"), [(ATTEMPTS - 1, True), (ATTEMPTS, False)])
def test_the_last_attempt_does_not_risk_its_result_for_a_picture_of_it(
    store: Store, tmp_path: Path, attempts: int, shown: bool
) -> None:
    path = tmp_path / "a.png"
    Photo.from_pixels(ramp(600, 40)).save(path)
    done = Work(tmp_path, store, path, attempts=attempts).do()
    assert done.result_key is not None
    assert store.exists(done.result_key)
    assert store.exists(thumbnail_of(done.result_key)) is shown


def test_two_tasks_on_one_photo_do_not_disturb_each_other(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Photo.from_pixels(ramp(900, 60)).save(path)
    key, made = put(store, path), list[bool]()

    def work(number: int) -> None:
        folder = tmp_path / f"w{number}"
        folder.mkdir()
        made.append(Showing(store).original(open_photo(path, max_pixels=10**9), path, key, folder))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [True] * 4
    assert picture(store, screen_of(key), tmp_path).width == 900
