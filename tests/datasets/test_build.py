from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import pyvips
from building import built, dataset_at, files_of

from safelight.datasets.dataset import Choice, Reason, Step
from safelight.datasets.editing import change_dataset, choose
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.sole import sole
from safelight.datasets.tools import BuildWatch
from safelight.errors import BusyDatasetError, CancelledError, DatasetError, DiskFullError

ROOT = Path(__file__).resolve().parents[2]
ONE = ("people/knn/train/obama/obama.jpg", "people/knn/train/obama/obama2.jpg", "people/knn/test/obama1.jpg")
OTHER = "people/knn/train/rose_leslie/img1.jpg"


@pytest.fixture
def photos(shared_photos: Path, tmp_path: Path) -> Path:
    """A messy folder: three photos of one person, a copy, somebody else, a text, a broken file."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, name in enumerate(ONE):
        shutil.copy(shared_photos / name, folder / f"{number}.jpg")
    shutil.copy(shared_photos / ONE[0], folder / "again.jpg")
    shutil.copy(shared_photos / OTHER, folder / "other.jpg")
    (folder / "notes.txt").write_text("no photo")
    (folder / "broken.jpg").write_bytes((shared_photos / ONE[1]).read_bytes()[:3000])
    return folder


def reasons(folder: DatasetFolder) -> dict[str, str]:
    names = {item.id: item.name for item in folder.unpacked().items}
    return {names[one.item]: one.reason.value for one in folder.decided().decisions}


def reused(folder: DatasetFolder) -> dict[Step, tuple[int, int]]:
    return {state.step: (state.reused, state.total) for state in folder.states()}


def kept(folder: DatasetFolder) -> list[str]:
    return [one.item for one in folder.decided().decisions if one.keep]


def test_a_messy_folder_becomes_a_training_set(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    before = files_of(photos)
    folder = built(dataset_at(tmp_path / "set", photos, caption={"trigger": "sks"}), people_dir)
    found, unpacked = reasons(folder), folder.unpacked()
    assert found["other.jpg"] == "stranger"
    assert sorted([found["0.jpg"], found["again.jpg"]]) == ["exact_copy", "good"]
    accounted = {item.name for item in unpacked.items} | {one.name for one in unpacked.skipped}
    assert accounted == {path.name for path in photos.iterdir()}
    assert len(folder.decided().decisions) == len(unpacked.items)
    assert len(kept(folder)) == 3
    export = folder.path / folder.packaged().exports[0].folder
    captions = [path.read_text("utf-8") for path in export.rglob("*.txt")]
    assert len(captions) == 3
    assert all(text.count("sks") == 1 for text in captions)
    assert folder.packaged().exports[0].problems == ()
    assert files_of(photos) == before


def test_a_second_build_does_nothing_again(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    folder = built(dataset_at(tmp_path / "set", photos), people_dir)
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*") if "results" in path.parts}
    sets = files_of(folder.path, without=("steps.json", "results", ".", "unfinished"))
    built(folder, people_dir)
    for step in (Step.LOOK, Step.PREVIEW, Step.FOCUS, Step.CROP, Step.CAPTION):
        again, total = reused(folder)[step]
        assert again == total > 0, step
    after = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*") if "results" in path.parts}
    assert {path: after[path] for path in before if path.is_file()} == {p: t for p, t in before.items() if p.is_file()}
    assert files_of(folder.path, without=("steps.json", "results", ".", "unfinished")) == sets


def test_a_changed_caption_setting_touches_no_pixels(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    folder = built(dataset_at(tmp_path / "set", photos, caption={"trigger": "sks"}), people_dir)
    pictures = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.crops.iterdir()}
    change_dataset(folder, settings={"caption": {"trigger": "ohwx"}})
    built(folder, people_dir)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.crops.iterdir()} == pictures
    for step in (Step.LOOK, Step.PREVIEW, Step.FOCUS, Step.CROP):
        again, total = reused(folder)[step]
        assert again == total > 0, step
    assert all("ohwx" in one.text and "sks" not in one.text for one in folder.captioned())


def test_a_choice_outlives_every_run_and_changes_only_its_photo(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    folder = built(dataset_at(tmp_path / "set", photos), people_dir)
    names = {item.name: item.id for item in folder.unpacked().items}
    first, *others = kept(folder)
    untouched = {one.item: one for one in folder.cropped() if one.item != first}
    size = next((item.width, item.height) for item in folder.unpacked().items if item.id == first)
    box = (0.0, 0.0, float(min(size)), float(min(size)))
    choose(folder, [first], lambda _name, before: before.model_copy(update={"crop": box, "caption": "by hand"}))
    choose(folder, [names["other.jpg"]], lambda _name, _before: Choice(keep=True))
    choose(folder, [others[0]], lambda _name, _before: Choice(keep=False))
    for _ in range(2):
        built(folder, people_dir)
        decisions = {one.item: one for one in folder.decided().decisions}
        assert decisions[names["other.jpg"]].keep
        assert decisions[names["other.jpg"]].automatic is Reason.STRANGER
        assert not decisions[others[0]].keep
        captions = {one.item: one for one in folder.captioned()}
        assert (captions[first].text, captions[first].source) == ("by hand", "hand")
        crops = {one.item: one for one in folder.cropped()}
        assert crops[first].box == pytest.approx(box, abs=1)
        assert {name: crops[name] for name in untouched if name in crops} == {
            name: one for name, one in untouched.items() if name in crops
        }
        change_dataset(folder, settings={"caption": {"suffix": "x"}})


def test_a_build_that_was_killed_goes_on_and_gives_the_same(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    whole = built(dataset_at(tmp_path / "whole" / "set", photos), people_dir)
    folder = dataset_at(tmp_path / "killed" / "set", photos)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3])\n"
        "from building import built; from safelight.datasets.folder import DatasetFolder\n"
        "built(DatasetFolder(Path(sys.argv[1])), Path(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", code, str(folder.path), str(people_dir), str(ROOT / "tests" / "datasets")]
    for wanted in ("results/look/*/*.json", "crops/*", "results/caption/*/*.json"):
        process = subprocess.Popen(command)
        end = time.monotonic() + 120
        while not list(folder.path.glob(wanted)) and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
    built(folder, people_dir)
    left_out = ("steps.json", "results", ".", "unfinished", "dataset.json")
    assert files_of(folder.path, without=left_out).keys() == files_of(whole.path, without=left_out).keys()
    for name in ("decisions.json", "crops.json", "captions.json"):
        assert (folder.path / name).read_bytes() == (whole.path / name).read_bytes(), name
    assert files_of(folder.path / "crops") == files_of(whole.path / "crops")


def test_a_cancelled_build_keeps_what_it_has(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    folder = dataset_at(tmp_path / "set", photos)
    seen = threading.Event()

    def progress(_share: float, words: str) -> None:
        if words.startswith("looking at photos 2"):
            seen.set()

    def check() -> None:
        if seen.is_set():
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        built(folder, people_dir, watch=BuildWatch(progress=progress, check_cancelled=check))
    states = {state.step: state for state in folder.states()}
    assert states[Step.LOOK].status == "failed"
    assert states[Step.DEDUP].status == "waiting"
    built(folder, people_dir)
    assert reused(folder)[Step.LOOK][0] >= 2


def test_progress_grows_to_the_end(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    told: list[float] = []
    watch = BuildWatch(progress=lambda share, _words: told.append(share))
    built(dataset_at(tmp_path / "set", photos), people_dir, watch=watch)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)


def test_two_builds_at_once_are_refused(photos: Path, people_dir: Path, tmp_path: Path) -> None:
    folder = dataset_at(tmp_path / "set", photos)
    with sole(folder.path), pytest.raises(BusyDatasetError):
        built(folder, people_dir)
    built(folder, people_dir, Step.UNPACK)
    assert folder.unpacked().items


def test_without_models_a_build_says_what_it_did_without(photos: Path, tmp_path: Path) -> None:
    folder = built(dataset_at(tmp_path / "set", photos), None)
    assert len(kept(folder)) >= 3
    told = " ".join(folder.decided().without).lower()
    assert "face" in told
    assert reasons(folder)["again.jpg"] in ("exact_copy", "good")


def test_a_photo_that_turns_out_damaged_gives_its_place_to_its_copy(
    shared_photos: Path, people_dir: Path, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    image = pyvips.Image.new_from_file(str(shared_photos / ONE[0]))
    whole = image.resize(2).jpegsave_buffer(Q=97)
    # The better of the two, but for its last rows, which only those miss who read all of it.
    (photos / "cut.jpg").write_bytes(whole[: int(len(whole) * 0.97)])
    (photos / "whole.jpg").write_bytes(image.jpegsave_buffer(Q=90))
    folder = built(dataset_at(tmp_path / "set", photos), people_dir)
    found = reasons(folder)
    assert found["cut.jpg"] == "unreadable"
    assert found["whole.jpg"] == "good"
    assert len(folder.cropped()) == 1


@pytest.mark.parametrize("content", [[], ["notes.txt"]])
def test_a_source_without_photos_is_refused_with_a_word(content: list[str], tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in content:
        (photos / name).write_text("no photo")
    with pytest.raises(DatasetError) as caught:
        built(dataset_at(tmp_path / "set", photos), None)
    assert "photo" in str(caught.value)


def test_one_photo_is_a_dataset_too(shared_photos: Path, people_dir: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(shared_photos / ONE[0], photos / "中文 photo.jpg")
    folder = built(dataset_at(tmp_path / "set", photos), people_dir)
    assert len(kept(folder)) == 1
    assert folder.packaged().exports[0].pictures == 1


def test_all_the_same_photo_leaves_one(shared_photos: Path, people_dir: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(12):
        shutil.copy(shared_photos / ONE[0], photos / f"{number}.jpg")
    folder = built(dataset_at(tmp_path / "set", photos), people_dir)
    assert len(kept(folder)) == 1
    assert sorted(set(reasons(folder).values())) == ["exact_copy", "good"]


def test_no_faces_at_all_gives_an_empty_set_and_the_reason(people_dir: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 255, (500, 600, 3), dtype=np.uint8)
        pyvips.Image.new_from_array(pixels).gaussblur(number + 1).jpegsave(str(photos / f"{number}.jpg"))
    folder = built(dataset_at(tmp_path / "set", photos), people_dir)
    assert kept(folder) == []
    assert set(reasons(folder).values()) == {"no_face"}
    assert folder.packaged().warnings


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="only root can mount a small disk")
def test_a_full_disk_is_told_and_the_build_goes_on_when_there_is_room(
    photos: Path, people_dir: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        folder = dataset_at(small / "set", photos)
        with pytest.raises(DiskFullError):
            built(folder, people_dir)
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        built(folder, people_dir)
        assert len(kept(folder)) == 3
        assert len(folder.cropped()) == 3
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_what_is_uploaded_while_photos_are_taken_out_is_not_forgotten(shared_photos: Path, tmp_path: Path) -> None:
    folder = dataset_at(tmp_path / "set", quality={"enabled": False})
    folder.incoming.mkdir()
    shutil.copy(shared_photos / ONE[0], folder.incoming / "first.jpg")
    late = folder.incoming / "late.jpg"

    def progress(_share: float, words: str) -> None:
        if words == "first.jpg" and not late.exists():
            shutil.copy(shared_photos / ONE[1], late)

    built(folder, None, watch=BuildWatch(progress=progress))
    assert [item.name for item in folder.unpacked().items] == ["first.jpg"]
    built(folder, None)
    assert [item.name for item in folder.unpacked().items] == ["first.jpg", "late.jpg"]


def test_a_choice_made_while_a_build_runs_is_told_to_be_missing_from_its_sets(
    shared_photos: Path, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(shared_photos / ONE[0], photos / "a.jpg")
    folder = dataset_at(tmp_path / "set", photos, quality={"enabled": False})

    def progress(_share: float, words: str) -> None:
        if words.startswith("cropping") and not folder.choices():
            choose(folder, [folder.unpacked().items[0].id], lambda _item, _before: Choice(caption="mine"))

    built(folder, None, watch=BuildWatch(progress=progress))
    assert {state.step for state in folder.states() if state.status == "stale"} == {Step.CAPTION, Step.PACKAGE}
    built(folder, None)
    assert [one.text for one in folder.captioned()] == ["mine"]
    assert all(state.status == "done" for state in folder.states())


def test_a_photo_that_was_moved_in_its_folder_keeps_what_was_decided(shared_photos: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(shared_photos / ONE[0], photos / "a.jpg")
    folder = built(dataset_at(tmp_path / "set", photos, quality={"enabled": False}), None)
    choose(folder, [folder.unpacked().items[0].id], lambda _item, _before: Choice(caption="mine"))
    (photos / "2025").mkdir()
    (photos / "a.jpg").rename(photos / "2025" / "b.jpg")
    built(folder, None)
    assert [one.text for one in folder.captioned()] == ["mine"]
