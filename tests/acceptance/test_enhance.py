"""``safelight enhance`` as a user runs it."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvips

from acceptance_run import COMMAND, Run, run_process
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo

Safelight = Callable[..., Run]
FAST = ("--quality", "fast", "--json")


def photo(path: Path, width: int = 40, height: int = 30, seed: int = 0) -> Path:
    """A small photo with some structure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 255, (max(1, height // 5), max(1, width // 5), 3), dtype=np.uint8)
    image = pyvips.Image.new_from_array(coarse).resize(width / coarse.shape[1], vscale=height / coarse.shape[0])
    Photo.from_pixels(image.numpy()[:height, :width]).save(path)
    return path


def results(folder: Path) -> list[str]:
    """Names of what a user sees in a folder, with subfolders."""
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".safelight" not in path.parts
    )


def test_a_photo_becomes_four_times_as_large(environment: dict[str, str], tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")

    run = run_process("enhance", "a.jpg", "-o", "out", *FAST, environment=environment, folder=tmp_path)

    assert run.code == 0, run.err
    (row,) = run.rows
    assert row["status"] == "completed"
    assert row["error"] is None
    assert (row["width"], row["height"]) == (160, 120)
    assert len(row["signature"]) == 64
    assert row["seconds"] > 0
    assert row["execution"][0]["model"] == "realesrgan-general-x4v3"
    result = open_photo(tmp_path / row["output"], max_pixels=10**9)
    assert (result.width, result.height) == (160, 120)
    assert run.summary | {"total": 1, "completed": 1, "failed": 0} == run.summary


def test_folders_keep_their_structure_and_everything_is_accounted_for(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.png")
    photo(tmp_path / "in" / "sub" / "a.png", seed=1)
    photo(tmp_path / "in" / "sub" / "a.jpg", seed=2)
    (tmp_path / "in" / "bad.png").write_bytes(b"nothing")
    (tmp_path / "in" / "notes.txt").write_text("hello")

    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert run.code == 1
    assert results(tmp_path / "out") == [
        "a_general_x4.png", "sub/a_general_x4-2.png", "sub/a_general_x4.png",
    ]  # fmt: skip
    assert run.summary["total"] == len(run.rows) == 4
    assert (run.summary["completed"], run.summary["failed"], run.summary["ignored"]) == (3, 1, 1)


def test_a_second_run_skips_what_is_done_and_does_what_is_new(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.png")
    safelight("enhance", "in", "-o", "out", *FAST)
    before = (tmp_path / "out" / "a_general_x4.png").stat()
    photo(tmp_path / "in" / "b.png", seed=1)

    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert [row["status"] for row in run.rows] == ["skipped", "completed"]
    assert run.rows[0]["width"] == 160
    assert (tmp_path / "out" / "a_general_x4.png").stat().st_mtime_ns == before.st_mtime_ns
    assert results(tmp_path / "out") == ["a_general_x4.png", "b_general_x4.png"]


def test_a_changed_photo_or_setting_is_done_again_beside_the_old_result(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    safelight("enhance", "a.png", "-o", "out", *FAST)
    photo(tmp_path / "a.png", seed=9)
    safelight("enhance", "a.png", "-o", "out", *FAST)
    safelight("enhance", "a.png", "-o", "out", *FAST, "--set", "tune.sharpen=0.5")

    assert results(tmp_path / "out") == ["a_general_x4-2.png", "a_general_x4-3.png", "a_general_x4.png"]


def test_force_does_it_again_in_its_place(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    safelight("enhance", "a.png", "-o", "out", *FAST)
    before = (tmp_path / "out" / "a_general_x4.png").read_bytes()

    run = safelight("enhance", "a.png", "-o", "out", *FAST, "--force")

    assert run.rows[0]["status"] == "completed"
    assert results(tmp_path / "out") == ["a_general_x4.png"]
    assert (tmp_path / "out" / "a_general_x4.png").read_bytes() == before, "same input and signature, same bytes"


def test_a_file_of_somebody_else_is_never_overwritten(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a_general_x4.png").write_text("precious")

    safelight("enhance", "a.png", "-o", "out", *FAST, "--force")

    assert (tmp_path / "out" / "a_general_x4.png").read_text() == "precious"
    assert results(tmp_path / "out") == ["a_general_x4-2.png", "a_general_x4.png"]


@pytest.mark.parametrize(
    ("arguments", "name", "size"),
    [
        (("--scale", "2.5", "--format", "jpeg"), "a_general_x2.5.jpg", (100, 75)),
        (("--preset", "raw", "--format", "webp", "--file-quality", "80"), "a_raw_x4.webp", (160, 120)),
        (("--format", "webp", "--lossless"), "a_general_x4.webp", (160, 120)),
        (("--scale", "2", "--format", "jpg"), "a_general_x2.jpg", (80, 60)),
        (("--scale", "1", "--format", "tiff", "--tile", "64"), "a_general_x1.tif", (40, 30)),
        (("--format", "avif", "--device", "cpu", "--strip", "all"), "a_general_x4.avif", (160, 120)),
        (("--recipe", "mine.toml"), "a_mine_x3.png", (120, 90)),
    ],
)
def test_options_do_what_they_say(
    safelight: Safelight, tmp_path: Path, arguments: tuple[str, ...], name: str, size: tuple[int, int]
) -> None:
    photo(tmp_path / "a.png")
    (tmp_path / "mine.toml").write_text('[[steps]]\noperation = "upscale"\nscale = 3\n')

    run = safelight("enhance", "a.png", "-o", "out", *FAST, *arguments)

    assert run.code == 0, run.err
    assert results(tmp_path / "out") == [name]
    result = open_photo(tmp_path / "out" / name, max_pixels=10**9)
    assert (result.width, result.height) == size


def test_a_file_name_may_be_given_for_one_photo(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")

    run = safelight("enhance", "a.png", "-o", "large.jpg", *FAST)

    assert run.rows[0]["output"] == "large.jpg"
    assert open_photo(tmp_path / "large.jpg", max_pixels=10**9).width == 160


def test_a_dry_run_tells_and_makes_nothing(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")

    run = safelight("enhance", "a.png", "-o", "out", *FAST, "--dry-run")

    (row,) = run.rows
    assert row["status"] == "planned"
    assert (row["forecast"]["width"], row["forecast"]["height"]) == (160, 120)
    assert not (tmp_path / "out").exists()
    real = safelight("enhance", "a.png", "-o", "out", *FAST).rows[0]
    assert real["signature"] == row["signature"]
    text = safelight("enhance", "a.png", "-o", "out", "--quality", "fast", "--dry-run").out
    assert row["signature"] in text
    assert "160 x 120" in text


def test_a_sheet_shows_before_and_after(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")

    run = safelight("enhance", "a.png", "-o", "out", *FAST, "--sheet", "out/sheet.jpg")

    assert run.code == 0, run.err
    assert open_photo(tmp_path / "out" / "sheet.jpg", max_pixels=10**9).width > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--preset", "nonesuch"), "nonesuch"),
        (("--scale", "9"), "scale"),
        (("--quality", "best"), "quality_level"),
        (("--model", "nonesuch"), "nonesuch"),
        (("--tile", "10"), "64"),
        (("--tile", "wide"), "auto"),
        (("--format", "bmp"), "bmp"),
        (("--strip", "some"), "some"),
        (("--device", "abacus"), "DEVICE"),
        (("--device", "cuda:7"), "cuda:7"),
        (("--set", "sharpen=1"), "OPERATION.NAME=VALUE"),
        (("--set", "tune.nonesuch=1"), "nonesuch"),
        (("--recipe", "missing.toml"), "missing.toml"),
        (("--file-quality", "200", "--format", "jpeg"), "200"),
        (("--file-quality", "90"), "quality"),
        (("--lossless",), "webp"),
        (("--nonesuch",), "nonesuch"),
    ],
)
def test_wrong_usage_is_explained_with_exit_code_2(
    safelight: Safelight, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    photo(tmp_path / "a.png")

    run = safelight("enhance", "a.png", "-o", "out", "--quality", "fast", *arguments)

    assert run.code == 2, run.out + run.err
    assert message in run.err
    assert "Traceback" not in run.err
    assert results(tmp_path / "out") == []


def test_a_folder_without_photos_is_wrong_usage(safelight: Safelight, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    assert safelight("enhance", "in", "-o", "out").code == 2


def bad_inputs(folder: Path) -> dict[str, str]:
    """Files that cannot be enlarged, with a word of the reason."""
    good = photo(folder / "good.png", 200, 150).read_bytes()
    jpeg = photo(folder / "good.jpg", 200, 150).read_bytes()
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    import zlib

    bomb = header + zlib.crc32(header[12:]).to_bytes(4, "big")
    pixels = b"IDAT" + zlib.compress(b"\0" * 1000)
    bomb += (len(pixels) - 4).to_bytes(4, "big") + pixels + zlib.crc32(pixels).to_bytes(4, "big")
    files = {
        "truncated.png": (good[: len(good) // 2], "cut short"),
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "cut short"),
        "empty.png": (b"", "empty"),
        "bomb.png": (bomb, "pixels"),
        "drawing.png": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', ""),
        "document.png": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", ""),
        "text.jpg": (b"hello, I am a photo", ""),
    }
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    frames = (
        pyvips.Image.black(20, 20, bands=3).join(pyvips.Image.black(20, 20, bands=3) + 200, "vertical").cast("uchar")
    )
    frames.set_type(pyvips.GValue.gint_type, "page-height", 20)
    frames.webpsave(str(folder / "animated.webp"))
    return {name: reason for name, (_, reason) in files.items()} | {"animated.webp": "animated"}


def test_bad_files_are_one_line_errors_and_the_others_are_done(safelight: Safelight, tmp_path: Path) -> None:
    reasons = bad_inputs(tmp_path / "in") | {"missing.png": ""}
    names = [*reasons, "good.png", "good.jpg"]

    run = safelight("enhance", *(tmp_path / "in" / name for name in names), "-o", "out", *FAST)

    rows = {Path(row["input"]).name: row for row in run.rows}
    assert run.code == 1
    assert len(rows) == len(names)
    for name, reason in reasons.items():
        assert rows[name]["status"] == "failed", rows[name]
        assert reason in rows[name]["error"], rows[name]
        assert name in rows[name]["error"]
        assert "\n" not in rows[name]["error"]
    assert rows["good.png"]["status"] == rows["good.jpg"]["status"] == "completed"
    assert results(tmp_path / "out") == ["good_general_x4-2.png", "good_general_x4.png"]
    assert list((tmp_path / "out" / ".safelight").glob("work-*")) == []
    assert "Traceback" not in run.err


def test_unusual_files_are_photos_too(safelight: Safelight, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    photo(folder / "wrong.png", 30, 20).rename(folder / "wrong.jpg")
    photo(folder / "dot.png", 1, 1)
    photo(folder / "line.png", 1, 500)
    pyvips.Image.new_from_file(str(photo(folder / "p.png"))).pngsave(str(folder / "palette.png"), palette=True)
    (pyvips.Image.gaussnoise(30, 20) > 128).pngsave(str(folder / "onebit.png"), bitdepth=1)

    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert run.code == 0, run.out
    assert run.summary["completed"] == 6
    sizes = {Path(row["input"]).name: (row["width"], row["height"]) for row in run.rows}
    assert sizes["dot.png"] == (4, 4)
    assert sizes["line.png"] == (4, 2000)
    wrong = next(row for row in run.rows if row["input"].endswith("wrong.jpg"))
    assert wrong["warnings"]


def test_fail_fast_stops_at_the_first_failure_and_says_what_was_not_started(
    safelight: Safelight, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_bytes(b"x")
    photo(tmp_path / "good.png")

    run = safelight("enhance", "bad.png", "good.png", "-o", "out", *FAST, "--fail-fast")

    assert run.code == 1
    assert len(run.rows) == 1
    assert run.summary["not_started"] == 1


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX limits")
def test_a_full_disk_fails_the_photo_in_one_line_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    photo(tmp_path / "a.png", 200, 200)
    done = subprocess.run(
        [*COMMAND, "enhance", "a.png", "-o", "out", *FAST],
        capture_output=True, text=True, env=environment, cwd=tmp_path, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
    )  # fmt: skip

    row = json.loads(done.stdout.splitlines()[0])
    assert done.returncode == 1
    assert row["status"] == "failed"
    assert row["error_code"] == "disk_full"
    assert results(tmp_path / "out") == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that not even root can write")
def test_an_output_folder_that_cannot_be_written_is_one_line(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")

    run = safelight("enhance", "a.png", "-o", "/proc/self/out", "--quality", "fast")

    assert run.code == 1
    assert "/proc/self/out" in run.err
    assert len(run.err.strip().splitlines()) == 1


def test_an_output_folder_that_is_a_file_is_one_line(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    (tmp_path / "out").write_text("a file")

    run = safelight("enhance", "a.png", "-o", "out", "--quality", "fast")

    assert run.code == 1
    assert "out" in run.err
    assert len(run.err.strip().splitlines()) == 1


def started(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    """Start on a folder and wait until the first photo is done."""
    process = subprocess.Popen(
        [*COMMAND, "enhance", "in", "-o", "out", *FAST],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**environment, "PYTHONUNBUFFERED": "1"},
        cwd=folder,
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    if "completed" not in first:
        process.kill()
        pytest.fail(f"{first}{process.communicate()}")
    return process


def test_a_run_that_was_killed_goes_on_where_it_was(
    safelight: Safelight, environment: dict[str, str], tmp_path: Path
) -> None:
    for index in range(4):
        photo(tmp_path / "in" / f"{index}.png", 160, 120, seed=index)
    process = started(environment, tmp_path)
    time.sleep(0.2)
    process.kill()
    process.communicate()

    for name in results(tmp_path / "out"):
        assert open_photo(tmp_path / "out" / name, max_pixels=10**9).pixels().shape == (480, 640, 3)
    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert run.code == 0, run.err
    statuses = [row["status"] for row in run.rows]
    assert statuses[0] == "skipped"
    assert set(statuses) <= {"skipped", "completed"}
    assert results(tmp_path / "out") == [f"{index}_general_x4.png" for index in range(4)]
    assert list((tmp_path / "out" / ".safelight").glob("work-*")) == [], "what the kill left is gone"


def test_ctrl_c_stops_within_a_tile_and_tidies_up(environment: dict[str, str], tmp_path: Path) -> None:
    for index in range(6):
        photo(tmp_path / "in" / f"{index}.png", 200, 150, seed=index)
    process = started(environment, tmp_path)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)

    assert process.returncode == 130
    summary = json.loads(out.splitlines()[-1])["summary"]
    assert summary["completed"] + summary["cancelled"] + summary["not_started"] == 6
    assert summary["not_started"] > 0
    assert "Traceback" not in err
    assert list((tmp_path / "out" / ".safelight").glob("work-*")) == []


def test_two_runs_into_one_folder_do_not_harm_each_other(environment: dict[str, str], tmp_path: Path) -> None:
    for index in range(3):
        photo(tmp_path / "in" / f"{index}.png", seed=index)
    command = [*COMMAND, "enhance", "in", "-o", "out", *FAST]
    both = [
        subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    outputs = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    named = [json.loads(line)["output"] for text in outputs for line in text.splitlines() if '"input"' in line]
    assert {str(Path("out") / name) for name in results(tmp_path / "out")} == set(named)


def test_every_shared_photo_is_accounted_for(safelight: Safelight, shared_photos: Path, tmp_path: Path) -> None:
    small = [
        path
        for path in sorted(shared_photos.rglob("*"))
        if path.is_file() and path.stat().st_size < 30_000 and path.suffix != ".heic"
    ]
    odd = shared_photos / "odd" / "portrait-headshot.heic"

    run = safelight("enhance", *small, "-o", "out", *FAST, "--scale", "1")
    planned = safelight("enhance", shared_photos, "-o", "out", *FAST, "--dry-run")

    assert run.code == 0, [row for row in run.rows if row["error"]]
    assert run.summary["completed"] == len(small) > 3
    assert odd.is_file()
    everything = [path for path in shared_photos.rglob("*") if path.is_file()]
    assert planned.summary["planned"] == planned.summary["total"] == len(everything)


def test_the_same_bytes_in_two_folders_are_two_results_and_both_are_skipped(
    safelight: Safelight, tmp_path: Path
) -> None:
    photo(tmp_path / "in" / "x" / "a.png")
    photo(tmp_path / "in" / "y" / "b.png")
    safelight("enhance", "in", "-o", "out", *FAST)

    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert [row["status"] for row in run.rows] == ["skipped", "skipped"]
    assert results(tmp_path / "out") == ["x/a_general_x4.png", "y/b_general_x4.png"]


def test_another_name_for_the_result_is_another_result(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    safelight("enhance", "a.png", "-o", "out/one.png", *FAST)

    run = safelight("enhance", "a.png", "-o", "out/two.png", *FAST)

    assert run.rows[0]["status"] == "completed"
    assert results(tmp_path / "out") == ["one.png", "two.png"]


@pytest.mark.parametrize(
    "name", ["名前 写真.png", "line\nbreak.png", "sep\u2028arator.png", "-dash.png", b"odd\xff.png", "x" * 240 + ".png"]
)
def test_any_file_name_is_done_once_and_accounted_for(safelight: Safelight, tmp_path: Path, name: str | bytes) -> None:
    photo(tmp_path / "a.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "a.png").rename(tmp_path / "in" / os.fsdecode(name))

    first = safelight("enhance", "in", "-o", "out", *FAST)
    second = safelight("enhance", "in", "-o", "out", *FAST)

    assert first.rows[0]["status"] == "completed", first.rows
    assert second.rows[0]["status"] == "skipped"
    assert len(results(tmp_path / "out")) == 1


def test_pipes_and_devices_are_refused_and_never_waited_for(safelight: Safelight, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "pipe.png")
    os.mkfifo(tmp_path / "in" / "pipe")
    (tmp_path / "in" / "zero.png").symlink_to("/dev/zero")
    photo(tmp_path / "in" / "z.png")

    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert [row["status"] for row in run.rows] == ["failed", "completed", "failed"]


def test_a_fault_of_ours_fails_one_photo_and_not_the_others(
    safelight: Safelight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safelight.folders import work

    photo(tmp_path / "a.png")
    photo(tmp_path / "b.png", seed=1)

    def faulty(path: Path, *, max_pixels: int) -> Photo:
        if path.name == "a.png":
            raise ZeroDivisionError("on purpose")
        return open_photo(path, max_pixels=max_pixels)

    monkeypatch.setattr(work, "open_photo", faulty)
    run = safelight("enhance", "a.png", "b.png", "-o", "out", *FAST)

    assert [row["status"] for row in run.rows] == ["failed", "completed"]
    assert run.rows[0]["error_code"] == "internal"
    assert run.summary["failed"] == 1


def test_a_sheet_never_overwrites_a_file_and_its_name_is_checked_first(safelight: Safelight, tmp_path: Path) -> None:
    original = photo(tmp_path / "a.png").read_bytes()

    run = safelight("enhance", "a.png", "-o", "out", *FAST, "--sheet", "a.png")

    assert run.code == 0
    assert (tmp_path / "a.png").read_bytes() == original
    assert (tmp_path / "a-2.png").exists()
    assert safelight("enhance", "a.png", "-o", "out", *FAST, "--sheet", "sheet.gif").code == 2


def test_results_never_lie_among_the_photos_they_are_made_from(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.png")

    assert safelight("enhance", "in", "-o", "in", *FAST).code == 2
    assert results(tmp_path / "in") == ["a.png"]


@pytest.mark.parametrize("arguments", [("", "-o", "out"), ("a.png", "-o", "")])
def test_an_empty_name_is_wrong_usage(safelight: Safelight, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    photo(tmp_path / "a.png")

    assert safelight("enhance", *arguments, *FAST).code == 2


def test_names_cannot_command_the_terminal(safelight: Safelight, tmp_path: Path) -> None:
    photo(tmp_path / "a.png").rename(tmp_path / "a\x1b]0;pwned\x07.png")

    run = safelight("enhance", "a\x1b]0;pwned\x07.png", "-o", "out", "--quality", "fast")

    assert run.code == 0
    assert "\x1b" not in run.out
    assert "\\x1b" in run.out


def test_a_folder_that_cannot_be_read_is_accounted_for(
    safelight: Safelight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo(tmp_path / "in" / "a.png")
    photo(tmp_path / "in" / "shut" / "b.png")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    run = safelight("enhance", "in", "-o", "out", *FAST)

    assert run.code == 1
    assert {Path(row["input"]).name: row["status"] for row in run.rows} == {"shut": "failed", "a.png": "completed"}
