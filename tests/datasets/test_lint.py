"""The linter: every trap that trainers are known for, on sets that were made here and on those of others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvips
from finished import ALL, painted, with_settings
from PIL import Image, ImageCms

from safelight.datasets.dataset import Problem
from safelight.datasets.lint import detect, lint
from safelight.datasets.settings import Layout

IMAGES = "img/10_sks person"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All four layouts of a set of three pictures."""
    made = with_settings(tmp_path_factory.mktemp("good"))
    for number in range(3):
        made.add(f"{number}.jpg", f"a sks person, number {number}")
    made.package()
    return made.path


def copied(good: Path, layout: Layout, to: Path) -> Path:
    """A set that may be broken: its own files, and paths that lead into it."""
    folder = to / layout.value
    shutil.copytree(good / layout.value, folder)
    for name in ("dataset.toml", "metadata.json"):
        if (folder / name).is_file():
            text = (folder / name).read_text("utf-8").replace(str(good / layout.value), str(folder))
            (folder / name).write_text(text, "utf-8")
    return folder


def found(folder: Path, layout: Layout) -> dict[str, Problem]:
    return {f"{one.file}: {one.words}": one for one in lint(folder, layout)}


@pytest.mark.parametrize("layout", ALL)
def test_a_set_that_was_made_here_lints_clean_and_is_known_again(good: Path, tmp_path: Path, layout: Layout) -> None:
    folder = copied(good, layout, tmp_path)
    assert lint(folder, layout) == ()
    assert detect(folder) is layout
    (folder / ".safelight.json").unlink()
    assert detect(folder) is (Layout.AI_TOOLKIT if layout is Layout.ONETRAINER else layout)


@pytest.mark.parametrize("layout", ALL)
def test_an_empty_folder_and_none_at_all_are_problems(tmp_path: Path, layout: Layout) -> None:
    assert [one for one in lint(tmp_path, layout) if one.fatal]
    assert [one.words for one in lint(tmp_path / "gone", layout)] == ["there is no such folder"]
    assert detect(tmp_path) is None
    assert detect(tmp_path / "gone") is None


def folder_of(layout: Layout) -> str:
    return {Layout.KOHYA: IMAGES, Layout.IMAGEFOLDER: "train"}.get(layout, ".")


def turn(path: Path) -> None:
    image = painted(1).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.pngsave(str(path))


def profile(path: Path) -> None:
    """Another colour space: the profile of a screen with red and green swapped is enough."""
    icc = pyvips.Image.new_from_array(np.zeros((1, 1, 3), np.uint8)).icc_export(output_profile="p3")
    image = painted(1).copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", bytes(icc.get("icc-profile-data")))
    image.pngsave(str(path))


def cmyk(path: Path) -> None:
    Image.new("CMYK", (512, 512), (9, 90, 90, 0)).save(path, "JPEG")


def deep(path: Path) -> None:
    (painted(1).cast("ushort") * 256).cast("ushort").copy(interpretation="rgb16").pngsave(str(path))


def cut_short(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def nothing(path: Path) -> None:
    path.write_bytes(b"this is text")


def heic_inside(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))


PICTURES: list[tuple[Callable[[Path], None], str, bool]] = [
    (turn, "turned by a note", True),
    (profile, "not sRGB", True),
    (cmyk, "CMYK", True),
    (deep, "more than 8 bits", True),
    (cut_short, "damaged or cut short", True),
    (nothing, "no picture", True),
    (heic_inside, "HEIC", True),
    (lambda path: painted(1).bandjoin(128).pngsave(str(path)), "transparency", False),
    (lambda path: painted(1, 128, 128).pngsave(str(path)), "smaller than the smallest", False),
    (lambda path: painted(1).jpegsave(str(path)), "unlike its suffix", False),
]


@pytest.mark.parametrize("layout", ALL)
@pytest.mark.parametrize(("spoil", "words", "fatal"), PICTURES)
def test_every_wrong_picture_is_found_in_every_layout(
    good: Path, tmp_path: Path, layout: Layout, spoil: Callable[[Path], None], words: str, fatal: bool
) -> None:
    folder = copied(good, layout, tmp_path)
    spoil(folder / folder_of(layout) / "0002.png")
    hits = [one for one in lint(folder, layout) if words in one.words]
    name = "0002.png" if folder_of(layout) == "." else f"{folder_of(layout)}/0002.png"
    assert [(one.file, one.fatal) for one in hits] == [(name, fatal)]


def test_a_profile_of_srgb_is_no_problem(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.ONETRAINER, tmp_path)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = painted(1).copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    image.pngsave(str(folder / "0002.png"))
    assert lint(folder, Layout.ONETRAINER) == ()


def test_gps_is_told(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.ONETRAINER, tmp_path)
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    (folder / "0002.png").unlink()
    Image.new("RGB", (512, 512)).save(folder / "0002.jpg", exif=exif)
    assert [(one.words, one.fatal) for one in lint(folder, Layout.ONETRAINER)] == [
        ("it tells where it was taken (GPS)", False)
    ]


CAPTIONS: list[tuple[bytes | None, str, set[Layout], set[Layout]]] = [
    # What is in the file, what is said, for whom it is fatal, for whom it is a remark.
    (None, "no caption", {Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT}, set()),
    (b"", "caption is empty", {Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT}, set()),
    (b" \n\n", "caption is empty", {Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT}, set()),
    (b"\na sks person", "first line of the caption is empty", {Layout.KOHYA, Layout.AI_TOOLKIT}, set()),
    (b"one\ntwo\n", "lines", {Layout.KOHYA, Layout.AI_TOOLKIT}, {Layout.ONETRAINER}),
    ("café".encode("latin-1"), "not UTF-8", {Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT}, set()),
    (b"\xff\xfea\0", "not UTF-8", {Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT}, set()),
    ("\ufeffa sks".encode(), "byte order mark", {Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT}, set()),
    (b"a [trigger] person", "`[trigger]`", {Layout.KOHYA, Layout.ONETRAINER}, {Layout.AI_TOOLKIT}),
]


@pytest.mark.parametrize("layout", [Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT])
@pytest.mark.parametrize(("content", "words", "fatal", "remark"), CAPTIONS)
def test_every_wrong_caption_is_found(
    good: Path, tmp_path: Path, layout: Layout, content: bytes | None, words: str, fatal: set[Layout],
    remark: set[Layout],
) -> None:  # fmt: skip
    folder = copied(good, layout, tmp_path)
    text = folder / folder_of(layout) / "0002.txt"
    if content is None:
        text.unlink()
    else:
        text.write_bytes(content)
    hits = [one for one in lint(folder, layout) if words in one.words and one.file.split("/")[-1].startswith("0002")]
    assert [one.fatal for one in hits] == [True] * (layout in fatal) + [False] * (layout in remark)


def test_one_line_with_a_line_break_at_its_end_is_no_problem(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.AI_TOOLKIT, tmp_path)
    (folder / "0002.txt").write_bytes(b"a sks person\r\n")
    assert lint(folder, Layout.AI_TOOLKIT) == ()


NAMES = [
    ("a_1_2_3_4.png", "box of a face", True),
    ("img_10.5_2_3_4.png", "box of a face", True),
    ("照片.png", "plain ASCII", False),
    ("0002.jpg", "share one caption file", True),
]


@pytest.mark.parametrize(("name", "words", "fatal"), NAMES)
@pytest.mark.parametrize("layout", [Layout.KOHYA, Layout.ONETRAINER, Layout.AI_TOOLKIT])
def test_every_wrong_name_is_found(
    good: Path, tmp_path: Path, layout: Layout, name: str, words: str, fatal: bool
) -> None:
    folder = copied(good, layout, tmp_path)
    path = folder / folder_of(layout) / name
    shutil.copy(path.with_name("0001.png"), path)
    path.with_suffix(".txt").write_text("a sks person")
    assert [one.fatal for one in lint(folder, layout) if words in one.words] == [fatal]


def test_three_numbers_at_the_end_of_a_name_are_no_problem(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.ONETRAINER, tmp_path)
    for name in ("IMG_2024_05_11", "1_2_3_4", "a_1_2_3_4b"):
        shutil.copy(folder / "0001.png", folder / f"{name}.png")
        (folder / f"{name}.txt").write_text("a sks person")
    assert lint(folder, Layout.ONETRAINER) == ()


@pytest.mark.parametrize(
    ("suffix", "layouts"),
    [(".webp", {Layout.AI_TOOLKIT}), (".tif", {Layout.AI_TOOLKIT, Layout.KOHYA}), (".avif", set(ALL))],
)
@pytest.mark.parametrize("layout", ALL)
def test_pictures_that_the_trainer_does_not_read_are_found(
    good: Path, tmp_path: Path, layout: Layout, suffix: str, layouts: set[Layout]
) -> None:
    folder = copied(good, layout, tmp_path)
    painted(5).write_to_file(str(folder / folder_of(layout) / f"0009{suffix}"))
    hits = [one for one in lint(folder, layout) if "does not read" in one.words]
    assert [one.fatal for one in hits] == ([True] if layout in layouts else [])


def rewritten(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def kohya_moves_pictures_up(folder: Path) -> None:
    shutil.copy(folder / IMAGES / "0001.png", folder / "img" / "0001.png")


def kohya_folder_without_repeats(folder: Path) -> None:
    shutil.copytree(folder / IMAGES, folder / "img" / "sks person")


def kohya_folder_below(folder: Path) -> None:
    shutil.copytree(folder / IMAGES, folder / IMAGES / "more")


KOHYA: list[tuple[Callable[[Path], object], str, str, bool]] = [
    (kohya_moves_pictures_up, "img/0001.png", "lies beside the folders", True),
    (kohya_folder_without_repeats, "img/sks person", "not named `<repeats>_<class>`", True),
    (kohya_folder_below, f"{IMAGES}/more", "below are not read", True),
    (lambda to: (to / "img").rename(to / "images"), "dataset.toml", "was the set moved", True),
    (lambda to: rewritten(to, "dataset.toml", "caption_extension", "# caption_extension"), "dataset.toml",
     "looked for in .caption files", True),
    (lambda to: rewritten(to, "dataset.toml", '".txt"', '".cap"'), "dataset.toml", "looked for in .cap files", True),
    (lambda to: rewritten(to, "dataset.toml", "10_sks person", "99_sks"), "dataset.toml", "no such folder", True),
    (lambda to: rewritten(to, "dataset.toml", "/img/10_sks person", "/img"), "dataset.toml", "in folders below", True),
    (lambda to: rewritten(to, "dataset.toml", str(to) + "/", ""), "dataset.toml", "started in this folder", False),
    (lambda to: rewritten(to, "dataset.toml", "num_repeats = 10", "num_repeats = 0"), "dataset.toml",
     "num_repeats is 0", True),
    (lambda to: rewritten(to, "dataset.toml", "resolution = [512, 512]", "resolution = []"), "dataset.toml",
     "resolution", True),
    (lambda to: rewritten(to, "dataset.toml", "resolution = [512, 512]", "resolution = [512, 768]"),
     f"{IMAGES}/0001.png", "cut to another shape", False),
    (lambda to: rewritten(to, "dataset.toml", "batch_size = 1", "batch_size = 0"), "dataset.toml", "batch_size", True),
    (lambda to: rewritten(to, "dataset.toml", "[[datasets.subsets]]", "[[subsets]]"), "dataset.toml",
     "names no folder", True),
    (lambda to: (to / "dataset.toml").write_text("= nonsense"), "dataset.toml", "cannot be read", True),
    (lambda to: (to / "metadata.json").write_text("[]"), "metadata.json", "no JSON object", True),
    (lambda to: rewritten(to, "metadata.json", "0001.png", "0007.png"), "metadata.json", "no such picture", True),
    (lambda to: rewritten(to, "metadata.json", "0001.png", "0007.png"), f"{IMAGES}/0001.png", "is not in", True),
    (lambda to: rewritten(to, "metadata.json", "number 1", "another"), "metadata.json", "is not the one in", True),
    (lambda to: rewritten(to, "metadata.json", '"a sks person, number 1"', '""'), "metadata.json", "no caption", True),
    (lambda to: (to / IMAGES / "old.txt").write_text("a sks person"), f"{IMAGES}/old.txt", "without a picture", False),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "file", "words", "fatal"), KOHYA)
def test_every_trap_of_kohya_is_found(
    good: Path, tmp_path: Path, spoil: Callable[[Path], object], file: str, words: str, fatal: bool
) -> None:
    folder = copied(good, Layout.KOHYA, tmp_path)
    spoil(folder)
    hits = [one for one in lint(folder, Layout.KOHYA) if words in one.words and one.file == file]
    assert hits
    assert {one.fatal for one in hits} == {fatal}


def test_a_set_that_was_moved_reads_another_copy(good: Path, tmp_path: Path) -> None:
    shutil.copytree(good / "kohya", tmp_path / "kohya")
    problems = lint(tmp_path / "kohya", Layout.KOHYA)
    assert [one.fatal for one in problems if "lies outside of this folder, which has a copy" in one.words] == [True]


def test_pictures_that_only_a_toml_names_are_read_by_its_rules(good: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    shutil.copytree(good / "onetrainer", pictures)
    (pictures / "0003.txt").unlink()
    turn(pictures / "0001.png")
    (tmp_path / "dataset.toml").write_text(
        '[[datasets]]\nresolution = 512\n[[datasets.subsets]]\nimage_dir = "pictures"\ncaption_extension = ".txt"\n'
    )
    assert detect(tmp_path) is Layout.KOHYA
    fatal = {one.file: one.words for one in lint(tmp_path, Layout.KOHYA) if one.fatal}
    assert set(fatal) == {"dataset.toml", "pictures/0001.png", "pictures/0003.png"}
    assert "1 pictures have neither caption nor class_tokens" in fatal["dataset.toml"]


def test_regularisation_needs_no_captions(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.KOHYA, tmp_path)
    (folder / "reg" / "1_person").mkdir(parents=True)
    shutil.copy(folder / IMAGES / "0001.png", folder / "reg" / "1_person" / "a.png")
    assert lint(folder, Layout.KOHYA) == ()
    turn(folder / "reg" / "1_person" / "a.png")
    assert [one.file for one in lint(folder, Layout.KOHYA)] == ["reg/1_person/a.png"]


def lines(folder: Path, *rows: object) -> None:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    (folder / "train" / "metadata.jsonl").write_text(text, "utf-8")


OK = [{"file_name": f"000{number}.png", "text": "a sks person"} for number in (1, 2)]
IMAGEFOLDER: list[tuple[Callable[[Path], object], str, str]] = [
    (lambda to: lines(to, *OK), "train/0003.png", "no line in the metadata"),
    (lambda to: lines(to, *OK, {"file_name": "0003.png"}), "train/metadata.jsonl, line 3", "has no text"),
    (lambda to: lines(to, *OK, {"text": "a"}), "train/metadata.jsonl, line 3", "has no file_name"),
    (lambda to: lines(to, *OK, {"file_name": "0009.png", "text": "a"}), "train/metadata.jsonl, line 3", "no such"),
    (lambda to: lines(to, *OK, {"file_name": "../a.png", "text": "a"}), "train/metadata.jsonl, line 3", "outside"),
    (lambda to: lines(to, *OK, OK[1]), "train/metadata.jsonl, line 3", "named twice"),
    (lambda to: lines(to, *OK, "{nonsense"), "train/metadata.jsonl, line 3", "is no JSON"),
    (lambda to: lines(to, *OK, "[1]"), "train/metadata.jsonl, line 3", "no JSON object"),
    (lambda to: lines(to, *OK, {"file_name": "0003.png", "text": " "}), "train/metadata.jsonl, line 3", "is empty"),
    (lambda to: lines(to, *OK, {"file_name": "0003.png", "text": "a\nb"}), "train/metadata.jsonl, line 3", "2 lines"),
    (lambda to: (to / "train" / "metadata.jsonl").rename(to / "metadata.jsonl"), "metadata.jsonl", "has to be inside"),
    (lambda to: (to / "train" / "metadata.jsonl").unlink(), "train", "no captions are read"),
    (lambda to: (to / "train" / "metadata.csv").write_text("file_name,text\n"), "train", "both"),
    (lambda to: (to / "train" / "metadata.jsonl").write_bytes(b"\xff\xfe"), "train/metadata.jsonl, line 1", "UTF-8"),
]


@pytest.mark.parametrize(("spoil", "file", "words"), IMAGEFOLDER)
def test_every_trap_of_the_imagefolder_is_found(
    good: Path, tmp_path: Path, spoil: Callable[[Path], object], file: str, words: str
) -> None:
    folder = copied(good, Layout.IMAGEFOLDER, tmp_path)
    spoil(folder)
    assert [one.fatal for one in lint(folder, Layout.IMAGEFOLDER) if one.file == file and words in one.words] == [True]


def test_masks_are_fine_for_onetrainer_and_pictures_for_ai_toolkit(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.ONETRAINER, tmp_path)
    shutil.copy(folder / "0001.png", folder / "0001-masklabel.png")
    assert lint(folder, Layout.ONETRAINER) == ()
    assert [one.file for one in lint(folder, Layout.AI_TOOLKIT) if "a mask" in one.words] == ["0001-masklabel.png"]
    (folder / ".safelight.json").unlink()
    assert detect(folder) is Layout.ONETRAINER


def test_a_link_that_leads_nowhere_and_odd_names_do_not_stop_the_linter(good: Path, tmp_path: Path) -> None:
    folder = copied(good, Layout.ONETRAINER, tmp_path)
    (folder / "a.png").symlink_to(folder / "gone.png")
    (folder / b"odd\xff.txt".decode("utf-8", "surrogateescape")).write_text("x")
    problems = found(folder, Layout.ONETRAINER)
    assert any("odd\\xff" in one or "odd\\udcff" in one for one in problems)
    json.dumps([one.model_dump() for one in problems.values()]).encode()
