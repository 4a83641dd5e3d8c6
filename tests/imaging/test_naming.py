"""Result names are safe, and publishing never overwrites."""

from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.errors import OutputError
from safelight.imaging import naming
from safelight.imaging.naming import publish, result_name


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("cat", "cat_x4.png"),
        ("照片 一", "照片 一_x4.png"),
        ("a/b\\c", "a_b_c_x4.png"),
        ("../../etc/passwd", "_.._etc_passwd_x4.png"),
        ("tab\there\0", "tabhere_x4.png"),
        ("trail. ", "trail_x4.png"),
        ("", "photo_x4.png"),
        ("...", "photo_x4.png"),
        ("a\u202egpj.exe", "agpj.exe_x4.png"),
    ],
)
def test_a_result_name_keeps_letters_and_loses_what_is_dangerous(stem: str, expected: str) -> None:
    assert result_name(stem, ["x4"], ".png") == expected


@pytest.mark.parametrize("stem", ["CON", "nul", "COM1", "lpt9.tar"])
def test_names_that_windows_keeps_for_itself_are_changed(stem: str) -> None:
    assert result_name(stem, [], ".png") == f"_{stem}.png"


@given(st.text(), st.lists(st.text(max_size=400), max_size=3))
def test_any_text_becomes_one_name_that_fits(stem: str, parts: list[str]) -> None:
    name = result_name(stem, parts, ".png")
    assert len(name.encode()) <= 255 - 12
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in (".", "..")


def test_a_clash_is_numbered_and_nothing_is_overwritten(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        temporary = tmp_path / "x.part"
        temporary.write_text(text)
        publish(temporary, tmp_path, "photo.png")
        assert not temporary.exists()
    assert (tmp_path / "photo.png").read_text() == "one"
    assert (tmp_path / "photo-2.png").read_text() == "two"
    assert (tmp_path / "photo-3.png").read_text() == "three"


def test_a_dangling_link_is_not_overwritten_either(tmp_path: Path) -> None:
    (tmp_path / "photo.png").symlink_to(tmp_path / "gone")
    (tmp_path / "x.part").write_text("new")
    assert publish(tmp_path / "x.part", tmp_path, "photo.png").name == "photo-2.png"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_publishing_works_where_hard_links_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_links(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(naming.os, "link", no_links)
    test_a_clash_is_numbered_and_nothing_is_overwritten(tmp_path)


def test_publishing_to_another_disk_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    real = Path.replace
    monkeypatch.setattr(naming.os, "link", another_disk)
    monkeypatch.setattr(Path, "replace", lambda self, to: another_disk() if self.name == "x.part" else real(self, to))
    test_a_clash_is_numbered_and_nothing_is_overwritten(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["photo-2.png", "photo-3.png", "photo.png"]


def test_a_folder_that_is_not_there_is_an_error_and_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "x.part").write_text("new")
    with pytest.raises(OutputError, match="cannot be written"):
        publish(tmp_path / "x.part", tmp_path / "gone", "photo.png")
    assert (tmp_path / "x.part").exists()


def _publish_many(folder: str, who: int) -> None:
    for index in range(20):
        temporary = Path(folder) / f"{who}-{index}.part"
        temporary.write_text(f"{who}-{index}")
        publish(temporary, Path(folder), "photo.png")


@pytest.mark.parametrize("links", [True, False])
def test_processes_that_publish_one_name_at_once_each_get_their_own(tmp_path: Path, links: bool) -> None:
    target = _publish_many if links else _publish_many_without_links
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=target, args=(str(tmp_path), who)) for who in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    texts = {one.read_text() for one in tmp_path.iterdir()}
    assert texts == {f"{who}-{index}" for who in range(3) for index in range(20)}
    assert len(list(tmp_path.iterdir())) == 60


def _publish_many_without_links(folder: str, who: int) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    naming.os.link = no_links
    _publish_many(folder, who)
