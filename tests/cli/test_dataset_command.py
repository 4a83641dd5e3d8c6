"""``safelight dataset``, as a user types it, with the real networks that see people."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
QUICK = ("--set", "crop.enlarge=resample", "--set", "package.report=false")
PHOTOS = ("people/knn/train/obama/obama.jpg", "people/knn/train/obama/obama2.jpg", "people/knn/test/obama1.jpg")
_COUNTING = """
import sys
sockets = []
sys.addaudithook(lambda event, _: sockets.append(event) if event.startswith("socket.") else None)
from safelight.cli.main import main
try:
    main()
finally:
    print(f"sockets: {len(sockets)}", file=sys.stderr)
"""


@pytest.fixture
def photos(shared_photos: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, name in enumerate(PHOTOS):
        shutil.copy(shared_photos / name, folder / f"{number}.jpg")
    shutil.copy(shared_photos / PHOTOS[0], folder / "again.jpg")
    return folder


@pytest.fixture
def environment(people_dir: Path, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "SAFELIGHT_MODELS_DIR": str(people_dir), "SAFELIGHT_DATA_DIR": str(tmp_path / "data")}


def run(environment: dict[str, str], *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _COUNTING, "dataset", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done


def said(environment: dict[str, str], *arguments: object, code: int) -> str:
    """What a command that fails says, without the frame that it is drawn in."""
    return " ".join(re.sub(r"[^\w\s.,;:'`-]", " ", run(environment, *arguments, code=code).stderr).split())


def summary(done: subprocess.CompletedProcess[str]) -> Json:
    return dict(json.loads(done.stdout.splitlines()[-1])["summary"])


def test_a_folder_becomes_a_set_that_lints_clean_in_all_layouts_and_no_socket_is_opened(
    photos: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run(
        environment, "run-all", "--input", photos, "--output", out, "--trigger", "sks", "--local-only", "--json", *QUICK
    )
    assert "sockets: 0" in done.stderr
    found = summary(done)
    assert (found["photos"], found["kept"], found["dropped"]) == (4, 3, {"exact_copy": 1})
    assert sorted(found["sets"]) == ["ai-toolkit", "imagefolder", "kohya", "onetrainer"]
    assert not any(found["problems"].values())
    linted = run(environment, "lint", out).stdout
    assert linted.count("clean") == 4
    assert run(environment, "lint", out / "kohya").stdout == "kohya: clean\n"
    rows = [json.loads(line) for line in run(environment, "show", out, "--json").stdout.splitlines()]
    assert sum(row["keep"] for row in rows) == 3
    assert all("sks" in row["caption"] for row in rows if row["keep"])


def test_each_step_runs_alone_and_goes_on_from_the_one_before(
    photos: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert "no dataset here" in said(environment, "dedup", out, code=2)
    run(environment, "unpack", out, "--input", photos, *QUICK)
    for step in ("dedup", "preview", "focus", "crop", "caption", "package"):
        run(environment, step, out)
    assert (out / "kohya").is_dir()
    states = {one["step"]: one["status"] for one in json.loads((out / "steps.json").read_text())}
    assert set(states.values()) == {"done"}


def test_decisions_by_hand_are_noted_and_taken_back(photos: Path, environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(environment, "run-all", "-i", photos, "-o", out, "--format", "imagefolder", *QUICK)
    run(environment, "drop", out, "1.jpg")
    run(environment, "edit", out, "2.jpg", "--caption", "a  drawing", "--crop", "0,0,200,200")
    found = summary(run(environment, "package", out, "--json"))
    assert (found["kept"], found["dropped"]) == (2, {"exact_copy": 1, "by_hand": 1})
    lines = (out / "imagefolder" / "train" / "metadata.jsonl").read_text("utf-8").splitlines()
    assert "a drawing" in {json.loads(line)["text"] for line in lines}
    run(environment, "reset", out, "1.jpg", "2.jpg")
    assert summary(run(environment, "package", out, "--json"))["kept"] == 3
    assert "nobody" in run(environment, "keep", out, "nobody.jpg", code=1).stderr


def test_what_is_wrong_is_said_before_any_work(photos: Path, environment: dict[str, str], tmp_path: Path) -> None:
    full, new = tmp_path / "full", tmp_path / "x"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    assert "not empty" in said(environment, "run-all", "-i", photos, "-o", full, code=2)
    assert (full / "letter.txt").read_text() == "mine"
    assert "is not there" in said(environment, "run-all", "-i", tmp_path / "no", "-o", new, code=2)
    assert "among the photos" in said(environment, "run-all", "-i", photos, "-o", photos / "set", code=2)
    assert "dedup.nonsense" in said(
        environment, "run-all", "-i", photos, "-o", new, "--set", "dedup.nonsense=1", code=1
    )
    assert "kohya" in said(environment, "run-all", "-i", photos, "-o", new, "--format", "zip", code=2)
    assert not new.exists()


def test_a_polite_stop_is_one_that_goes_on(photos: Path, environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["run-all", "--input", str(photos), "--output", str(out), *QUICK, "--json"]
    command = [sys.executable, "-c", _COUNTING, "dataset", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while not list(out.glob("results/look/*/*.json")):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    if process.returncode == 130:
        assert json.loads(output.splitlines()[-1])["summary"]["status"] == "cancelled"
    else:
        # It was through before the signal came.
        assert process.returncode == 0
    assert not [path for path in out.iterdir() if path.name.startswith("safelight-")]
    assert summary(run(environment, *arguments))["kept"] == 3


def test_without_its_models_and_without_leave_to_call_anybody_it_says_so(
    photos: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    bare = {**environment, "SAFELIGHT_MODELS_DIR": str(tmp_path / "none")}
    done = run(bare, "run-all", "-i", photos, "-o", tmp_path / "out", "--local-only", "--json", *QUICK)
    assert "sockets: 0" in done.stderr
    found = summary(done)
    assert found["kept"] == 3
    assert any("face-landmarker" in one for one in found["warnings"])


def test_the_old_name_does_the_same() -> None:
    folder = Path(sys.executable).parent
    done = subprocess.run([folder / "lora-dataset-builder", "run-all", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "--input" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name is any bytes")
@pytest.mark.parametrize("where", ["--input", "--output"])
def test_a_path_that_is_no_text_is_refused_with_a_word(
    where: str, photos: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    odd = tmp_path / "odd\udcff"
    if where == "--input":
        photos.rename(odd)
    source, output = (odd, tmp_path / "out") if where == "--input" else (photos, odd)
    told = said(environment, "run-all", "--input", source, "--output", output, code=2)
    assert "not UTF-8" in told
    assert not output.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name is any bytes")
def test_lines_of_json_are_json_whatever_photos_are_called(
    photos: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    (photos / "0.jpg").rename(photos / "a\nb\udcff.jpg")
    (photos / "notes\udcfe.txt").write_text("no photo")
    done = run(environment, "run-all", "--input", photos, "--output", tmp_path / "out", *QUICK, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [line for line in lines if re.search("[\udc00-\udfff]", str(line))]
    assert summary(done)["photos"] == 4
    assert summary(done)["skipped"] == 1
