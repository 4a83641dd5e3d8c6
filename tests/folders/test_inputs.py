"""What is named is accounted for; what is in folders is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from safelight.folders.inputs import find_photos
from safelight.imaging.photo import Photo


def photo(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Photo.from_pixels(np.zeros((2, 2, 3), np.uint8)).save(path)
    return path


def test_folders_are_searched_below_and_keep_their_structure(tmp_path: Path) -> None:
    photo(tmp_path / "in" / "b.png")
    photo(tmp_path / "in" / "deep" / "er" / "a.jpg")
    found = find_photos([tmp_path / "in"], leave_out=tmp_path / "out")

    assert [(one.path.name, str(one.folder)) for one in found.photos] == [("b.png", "."), ("a.jpg", "deep/er")]


def test_a_photo_without_a_suffix_is_found_and_other_files_are_counted(tmp_path: Path) -> None:
    photo(tmp_path / "x.png").rename(tmp_path / "x")
    (tmp_path / "notes.txt").write_text("no photo")
    (tmp_path / "broken.jpg").write_text("no photo either, but called one")
    (tmp_path / ".hidden.png").write_bytes(b"")
    found = find_photos([tmp_path], leave_out=tmp_path / "out")

    assert [one.path.name for one in found.photos] == ["broken.jpg", "x"]
    assert [path.name for path in found.ignored] == ["notes.txt"]


def test_files_that_are_named_are_taken_whatever_they_are(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    found = find_photos([tmp_path / "notes.txt", tmp_path / "missing.png"], leave_out=tmp_path / "out")

    assert [one.path.name for one in found.photos] == ["notes.txt", "missing.png"]


def test_a_photo_that_is_named_twice_is_taken_once(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    found = find_photos([path, tmp_path, path], leave_out=tmp_path / "out")

    assert len(found.photos) == 1


def test_results_of_an_earlier_run_are_no_photos_to_work_on(tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    photo(tmp_path / "out" / "a_general_x4.png")
    found = find_photos([tmp_path], leave_out=tmp_path / "out")

    assert [one.path.name for one in found.photos] == ["a.png"]
