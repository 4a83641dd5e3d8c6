"""Packaging where the disk is full or the process is killed: what was there is still there, and nothing is lost."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trainers
from finished import Finished, with_settings

from safelight.datasets.settings import Layout
from safelight.errors import DiskFullError

_AGAIN = """
import itertools, sys
from pathlib import Path

from finished import with_settings
from safelight.datasets.settings import Layout

for number in itertools.count():
    made = with_settings(Path(sys.argv[1]), trigger=f"sks{number % 2}")
    for one in range(6):
        made.add(f"{one}.jpg", f"a sks{number % 2} person, {one}")
    made.package(layouts=(Layout.KOHYA, Layout.ONETRAINER), zip=True, report=False)
    print(number, flush=True)
"""


@pytest.fixture
def finished(tmp_path: Path) -> Finished:
    made = with_settings(tmp_path / "set")
    for number in range(6):
        made.add(f"{number}.jpg", f"a sks person, {number}")
    return made


@pytest.mark.parametrize("at", [0, 3, 7])
def test_a_full_disk_leaves_the_earlier_set(finished: Finished, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    finished.package(layouts=(Layout.KOHYA,))
    before = {path: path.read_bytes() for path in (finished.path / "kohya").rglob("*") if path.is_file()}
    finished.add("more.jpg")
    finished.add("even more.jpg")
    calls, link = 0, os.link

    def full(*names: str) -> None:
        nonlocal calls
        calls += 1
        if calls > at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        link(*names)

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", full)
        with pytest.raises(DiskFullError):
            finished.package(layouts=(Layout.KOHYA,))
    assert {path: path.read_bytes() for path in (finished.path / "kohya").rglob("*") if path.is_file()} == before
    assert not (finished.path / ".kohya.draft").exists()
    assert finished.package(layouts=(Layout.KOHYA,)).exports[0].pictures == 8


def test_killing_it_at_any_moment_loses_nothing(finished: Finished) -> None:
    finished.package(layouts=(Layout.KOHYA, Layout.ONETRAINER))
    trained = finished.path / "kohya" / "model" / "trained.safetensors"
    trained.write_bytes(b"days of work")
    chance = random.Random(7)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", _AGAIN, str(finished.path)], env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "0"
            time.sleep(chance.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
        # The old one may be half removed once the new one is in its place.
        places = [one for one in (finished.path / "kohya", finished.path / ".kohya.old") if one.is_dir()]
        found = trainers.kohya_folder(places[0] / "img")
        assert len(found) == 6
        assert {one.caption.split(",")[0] for one in found} in ({"a sks0 person"}, {"a sks1 person"})
        assert [*finished.path.glob("*kohya*/model/trained.safetensors"),
                *finished.path.glob(".kohya*/model/trained.safetensors")]  # fmt: skip
    done = finished.package(layouts=(Layout.KOHYA, Layout.ONETRAINER), zip=True)
    assert [one.problems for one in done.exports] == [(), ()]
    assert trained.read_bytes() == b"days of work"
    assert [path.name for path in finished.path.iterdir() if path.suffix in (".draft", ".old")] == []


def test_a_dataset_on_a_disk_without_room_for_copies_says_so(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where links are not possible pictures are copied, and a copy needs room."""

    def refuse(*_names: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def full(*_names: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DiskFullError, match="kohya"):
        finished.package(layouts=(Layout.KOHYA,))
