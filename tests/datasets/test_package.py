"""Packaging: every layout reads back, through each trainer's rules, as what was meant."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import pyvips
import trainers
from finished import ALL, Finished, painted, with_settings

from safelight.datasets.dataset import Reason
from safelight.datasets.lint import lint
from safelight.datasets.settings import Layout
from safelight.datasets.tools import BuildWatch
from safelight.errors import CancelledError, DatasetError

CAPTIONS = ["a sks person, close-up, smiling", "a sks person, Zoë's café, 窗边", "a sks person # // {not} <markup>"]


@pytest.fixture
def finished(tmp_path: Path) -> Finished:
    made = with_settings(tmp_path / "set")
    for number, caption in enumerate(CAPTIONS):
        made.add(f"holiday/IMG {number}.jpg", caption)
    return made


def test_every_layout_reads_back_as_what_was_meant(finished: Finished) -> None:
    done = finished.package()
    root = finished.path
    assert [(one.layout, one.pictures, one.problems) for one in done.exports] == [
        (layout.value, 3, ()) for layout in ALL
    ]
    as_folder = trainers.kohya_folder(root / "kohya" / "img")
    as_toml = trainers.kohya_toml(root / "kohya" / "dataset.toml", Path("/nowhere"))
    as_json = trainers.kohya_json(root / "kohya" / "metadata.json", Path("/nowhere"))
    assert [one.caption for one in as_folder] == CAPTIONS
    assert as_folder == as_toml
    assert {one.repeats for one in as_folder} == {10}
    assert [(one.picture, one.caption) for one in as_json] == [(one.picture, one.caption) for one in as_folder]
    assert [one.caption for one in trainers.onetrainer(root / "onetrainer")] == CAPTIONS
    for read in (as_folder, trainers.onetrainer(root / "onetrainer"), trainers.ai_toolkit(root / "ai-toolkit")):
        for sample, ready in zip(read, finished.ready, strict=True):
            assert np.array_equal(
                np.asarray(trainers.decoded(sample.picture)),
                pyvips.Image.new_from_file(str(root / ready.cropped.file)).numpy(),
            )


@pytest.mark.parametrize("trigger_word", [None, "sks"])
def test_ai_toolkit_reads_the_trigger_once_whether_it_is_told_or_not(
    finished: Finished, trigger_word: str | None
) -> None:
    finished.package(layouts=(Layout.AI_TOOLKIT,))
    read = trainers.ai_toolkit(finished.path / "ai-toolkit", trigger_word)
    assert [one.caption.count("sks") for one in read] == [1, 1, 1]


def test_a_placeholder_in_a_caption_becomes_the_trigger_for_every_trainer(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    made.add("a.jpg", "a [trigger] person, smiling")
    made.package()
    assert trainers.onetrainer(tmp_path / "onetrainer")[0].caption == "a sks person, smiling"


@pytest.mark.parametrize(
    ("trigger", "class_word", "folder", "tokens"),
    [
        ("sks", "person", "10_sks person", "sks person"),
        ("a/b\\c", "wo:man", "10_a b c wo man", "a/b\\c wo:man"),
        ("../../etc", "person", "10_etc person", "../../etc person"),
        ("张三", "人", "10_subject", "张三 人"),
        ("张三", "person", "10_person", "张三 person"),
        ("", "person", "10_person", "person"),
        ("", "", "10_subject", "subject"),
        ('s"k\\s', "per\nson\x7f", "10_s k s per son", 's"k\\s per son'),
        ("two  words", "person", "10_two words person", "two words person"),
        ("s_1_2_3_4", "p", "10_s_1_2_3_4 p", "s_1_2_3_4 p"),
    ],
)
def test_odd_triggers_and_classes_do_no_harm(
    tmp_path: Path, trigger: str, class_word: str, folder: str, tokens: str
) -> None:
    made = with_settings(tmp_path, trigger=trigger, class_word=class_word)
    made.add("a.jpg", "")
    done = made.package()
    assert [path.name for path in (tmp_path / "kohya" / "img").iterdir()] == [folder]
    assert [one.problems for one in done.exports] == [()] * 4
    assert trainers.kohya_toml(tmp_path / "kohya" / "dataset.toml", Path("/nowhere"))[0].caption == tokens
    toml = trainers.tomllib.loads((tmp_path / "kohya" / "dataset.toml").read_text("utf-8"))
    assert toml["datasets"][0]["subsets"][0]["class_tokens"] == tokens
    assert any("no caption" in warning for warning in done.warnings)


def test_names_are_plain_and_stay_when_others_come_or_go(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    first = made.add("照片_1_2_3_4.jpg")
    made.add("a.jpg")
    made.add("A.JPG")
    made.package()
    read = trainers.onetrainer(tmp_path / "onetrainer")
    assert [one.picture.name for one in read] == ["0001.png", "0002.png", "0003.png"]
    assert not any(trainers.has_face_box(one.picture) for one in read)
    made.ready.remove(first)
    made.add("new.jpg")
    made.package()
    assert [one.picture.name for one in trainers.onetrainer(tmp_path / "onetrainer")] == [
        "0002.png", "0003.png", "0004.png",
    ]  # fmt: skip


def test_captions_of_several_lines_become_one(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    made.add("a.jpg", "\ufeff a sks person,\r\n smiling\u2028 outside\x00 \ud800 ")
    done = made.package()
    assert (tmp_path / "onetrainer" / "0001.txt").read_bytes() == b"a sks person, smiling outside ?"
    assert [one.problems for one in done.exports] == [()] * 4


@pytest.mark.parametrize(("mode", "size", "buckets"), [("square", (512, 512), False), ("square", (512, 640), True),
                                                       ("bucket", (512, 512), True)])  # fmt: skip
def test_buckets_are_on_where_pictures_may_have_other_shapes(
    tmp_path: Path, mode: str, size: tuple[int, int], buckets: bool
) -> None:
    made = with_settings(tmp_path, mode=mode)
    made.add("a.jpg", size=size)
    made.package(layouts=(Layout.KOHYA,), batch_size=3, repeats=7)
    toml = trainers.tomllib.loads((tmp_path / "kohya" / "dataset.toml").read_text("utf-8"))
    (dataset,) = toml["datasets"]
    assert dataset["enable_bucket"] is buckets
    assert (dataset["resolution"], dataset["batch_size"]) == ([512, 512], 3)
    assert dataset["subsets"][0]["num_repeats"] == 7
    assert (tmp_path / "kohya" / "img" / "7_sks person").is_dir()


def test_jpeg_pictures_are_named_so(tmp_path: Path) -> None:
    made = with_settings(tmp_path, picture_format="jpeg")
    made.add("a.png")
    assert [one.problems for one in made.package().exports] == [()] * 4
    assert (tmp_path / "ai-toolkit" / "0001.jpg").is_file()


def test_regularisation_pictures_are_made_fit_and_told_apart(tmp_path: Path) -> None:
    source = tmp_path / "others" / "below"
    source.mkdir(parents=True)
    turned = painted(1, 900, 1200).copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", 6)
    turned.write_to_file(str(source / "turned.jpg"), Q=90)
    painted(2, 300, 300).bandjoin(128).write_to_file(str(source / "clear.webp"))
    (source / "broken.png").write_bytes(b"not a picture")
    (source / "note.txt").write_text("no picture")
    made = with_settings(tmp_path / "set")
    made.add("a.jpg")
    done = made.package(regularisation=str(tmp_path / "others"))
    read = trainers.kohya_folder(tmp_path / "set" / "kohya" / "reg", regular=True)
    assert [(one.caption, one.repeats) for one in read] == [("person", 1)] * 2
    assert [trainers.decoded(one.picture).size for one in read] == [(300, 300), (683, 512)]
    toml = trainers.kohya_toml(tmp_path / "set" / "kohya" / "dataset.toml", Path("/nowhere"))
    assert [one.regular for one in toml] == [False, True, True]
    assert [one.problems for one in done.exports] == [()] * 4
    assert [one for one in done.warnings if "broken.png" in one]
    assert not (tmp_path / "set" / ".regularisation").exists()


@pytest.mark.parametrize("content", [None, "text"])
def test_a_regularisation_folder_without_pictures_is_an_error(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "others").mkdir()
        (tmp_path / "others" / "a.txt").write_text(content)
    made = with_settings(tmp_path / "set")
    made.add("a.jpg")
    with pytest.raises(DatasetError, match="regularisation"):
        made.package(regularisation=str(tmp_path / "others"))


def test_the_zip_holds_all_layouts_and_works_where_it_is_unpacked(finished: Finished, tmp_path: Path) -> None:
    done = finished.package(zip=True)
    assert done.zip == "dataset.zip"
    (finished.path / "kohya" / "model" / "mine.safetensors").write_bytes(b"trained")
    finished.package(zip=True)
    away = tmp_path / "away"
    with zipfile.ZipFile(finished.path / "dataset.zip") as archive:
        assert archive.testzip() is None
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        assert not any("mine" in name or str(tmp_path) in name for name in archive.namelist())
        archive.extractall(away)
    kohya = away / "kohya"
    assert str(tmp_path) not in (kohya / "dataset.toml").read_text("utf-8")
    assert [one.caption for one in trainers.kohya_toml(kohya / "dataset.toml", kohya)] == CAPTIONS
    assert [one.caption for one in trainers.kohya_json(kohya / "metadata.json", kohya)] == CAPTIONS
    for layout in ALL:
        assert [one for one in lint(away / layout.value, layout) if one.fatal] == []


def test_a_folder_of_somebody_else_is_refused_and_left_alone(finished: Finished) -> None:
    for layout in ("onetrainer", "imagefolder"):
        (finished.path / layout).mkdir()
    (finished.path / "imagefolder" / "mine.txt").write_text("mine")
    with pytest.raises(DatasetError, match="imagefolder: this is in the way"):
        finished.package()
    assert (finished.path / "imagefolder" / "mine.txt").read_text() == "mine"
    assert not (finished.path / "kohya").exists()


def test_a_link_in_place_of_an_export_is_refused(finished: Finished, tmp_path: Path) -> None:
    finished.package(layouts=(Layout.KOHYA,))
    (finished.path / "kohya").rename(tmp_path / "elsewhere")
    (finished.path / "kohya").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="in the way"):
        finished.package(layouts=(Layout.KOHYA,))
    assert (tmp_path / "elsewhere" / "dataset.toml").is_file()


def test_what_others_put_into_an_export_outlives_the_next(finished: Finished) -> None:
    finished.package()
    kohya, onetrainer = finished.path / "kohya", finished.path / "onetrainer"
    images = kohya / "img" / "10_sks person"
    (kohya / "model" / "last.safetensors").write_bytes(b"trained")
    (kohya / "log" / "run").mkdir()
    (kohya / "log" / "run" / "events").write_bytes(b"log")
    (onetrainer / "0001-masklabel.png").write_bytes(b"mask")
    (onetrainer / "0002-masklabel.png").write_bytes(b"mask of another picture")
    (images / "0002_0512x0512_sd.npz").write_bytes(b"cache")
    (images / "0003.txt").write_text("written by hand")
    painted(77).write_to_file(str(finished.path / finished.ready[1].cropped.file))
    done = finished.package()
    assert (kohya / "model" / "last.safetensors").read_bytes() == b"trained"
    assert (kohya / "log" / "run" / "events").read_bytes() == b"log"
    assert (onetrainer / "0001-masklabel.png").read_bytes() == b"mask"
    assert not list(images.glob("*.npz"))
    aside = finished.path / "aside"
    assert (aside / "onetrainer" / "0002-masklabel.png").read_bytes() == b"mask of another picture"
    assert (aside / "kohya" / "img" / "10_sks person" / "0002_0512x0512_sd.npz").read_bytes() == b"cache"
    assert (aside / "kohya" / "img" / "10_sks person" / "0003.txt").read_text() == "written by hand"
    assert (images / "0003.txt").read_text("utf-8") == CAPTIONS[2]
    assert [one for one in done.warnings if "aside/kohya" in one]
    (images / "0003.txt").write_text("written by hand again")
    finished.package()
    assert (aside / "kohya-2" / "img" / "10_sks person" / "0003.txt").read_text() == "written by hand again"


def test_a_new_trigger_leaves_no_folder_of_the_old_one(finished: Finished) -> None:
    finished.package(layouts=(Layout.KOHYA,))
    (finished.path / "kohya" / "img" / "10_sks person" / "0001.npz").write_bytes(b"cache")
    other = with_settings(finished.path, trigger="ohwx")
    other.ready, other.shots = finished.ready, finished.shots
    other.package(layouts=(Layout.KOHYA,))
    assert [path.name for path in (finished.path / "kohya" / "img").iterdir()] == ["10_ohwx person"]
    assert (finished.path / "aside" / "kohya" / "img" / "10_sks person" / "0001.npz").is_file()


@pytest.mark.parametrize("at", [1, 2, 5, 9, 14])
def test_stopping_at_any_moment_leaves_a_whole_set(finished: Finished, at: int) -> None:
    finished.package(layouts=(Layout.KOHYA, Layout.ONETRAINER))
    finished.add("new.jpg", "a sks person, new")
    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        finished.package(BuildWatch(check_cancelled=stop), layouts=(Layout.KOHYA, Layout.ONETRAINER))
    for layout, read in (("kohya/img", trainers.kohya_folder), ("onetrainer", trainers.onetrainer)):
        assert len(read(finished.path / layout)) in (3, 4)
    assert not list(finished.path.glob(".*draft"))
    finished.package(layouts=(Layout.KOHYA, Layout.ONETRAINER))
    assert len(trainers.onetrainer(finished.path / "onetrainer")) == 4


@pytest.mark.parametrize("moment", ["draft", "between", "after"])
def test_a_kill_while_an_export_takes_its_place_loses_nothing(finished: Finished, moment: str) -> None:
    finished.package(layouts=(Layout.KOHYA,))
    kohya, old = finished.path / "kohya", finished.path / ".kohya.old"
    (kohya / "model" / "mine").write_bytes(b"trained")
    draft = finished.path / ".kohya.draft"
    if moment == "draft":
        draft.mkdir()
        (draft / ".safelight.json").write_text((kohya / ".safelight.json").read_text())
        (draft / "half").write_bytes(b"half")
    else:
        kohya.rename(old)
    if moment == "after":
        # The new one is in place, and what others put into the old one has not moved yet.
        other = with_settings(finished.path.parent / "other")
        other.ready, other.shots = finished.ready, finished.shots
        (other.path / "crops").mkdir(parents=True)
        for path in finished.folder.crops.iterdir():
            os.link(path, other.path / "crops" / path.name)
        other.package(layouts=(Layout.KOHYA,))
        (other.path / "kohya").rename(kohya)
    finished.package(layouts=(Layout.KOHYA,))
    assert (kohya / "model" / "mine").read_bytes() == b"trained"
    assert len(trainers.kohya_folder(kohya / "img")) == 3
    assert not (kohya / "half").exists()
    assert [path.name for path in finished.path.iterdir() if path.name.startswith(".")] == []


def test_without_hard_links_pictures_are_copied(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_names: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert [one.problems for one in finished.package().exports] == [()] * 4
    assert (finished.path / "onetrainer" / "0001.png").stat().st_nlink == 1


def test_no_picture_gives_no_export_and_a_word(tmp_path: Path) -> None:
    made = with_settings(tmp_path)
    made.drop("a.jpg", Reason.NO_FACE, "There is no face.")
    done = made.package(zip=True)
    assert (done.exports, done.zip) == ((), None)
    assert "No photo is in the set" in done.warnings[0]


def test_a_picture_that_is_gone_is_told_before_anything_is_written(finished: Finished) -> None:
    (finished.path / finished.ready[1].cropped.file).unlink()
    with pytest.raises(DatasetError, match="its finished picture is missing"):
        finished.package()
    assert not (finished.path / "kohya").exists()


def test_an_export_that_nobody_asks_for_any_more_is_named(finished: Finished) -> None:
    finished.package()
    done = finished.package(layouts=(Layout.KOHYA,))
    assert [one.split(":")[0] for one in done.warnings] == ["onetrainer", "ai-toolkit", "imagefolder"]


def test_the_mark_says_what_was_made(finished: Finished) -> None:
    finished.package(layouts=(Layout.ONETRAINER,))
    mark = json.loads((finished.path / "onetrainer" / ".safelight.json").read_text("utf-8"))
    assert sorted(mark["files"]) == sorted(
        path.name for path in (finished.path / "onetrainer").iterdir() if path.name != ".safelight.json"
    )
