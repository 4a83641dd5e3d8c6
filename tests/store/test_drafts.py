from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safelight.errors import StoreError
from safelight.store.drafts import Drafts

OLD = 1_600_000_000


def test_a_draft_is_gone_after_its_block_whatever_happens(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    paths = list[Path]()

    def fail() -> None:
        with drafts.draft() as path:
            paths.append(path)
            path.write_bytes(b"half")
            raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            fail()
    assert [path.exists() for path in set(paths)] == [False, False]
    drafts.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_what_lives_is_not(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from safelight.store.drafts import Drafts\n"
        "drafts = Drafts(Path(sys.argv[1])); drafts.new().write_bytes(b'half'); print('ready', flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        mine = Drafts(tmp_path)
        mine.new().write_bytes(b"mine")
        assert mine.sweep() == 0
        process.kill()
        process.wait()
        assert mine.sweep() == 1
    assert list(tmp_path.iterdir()) == [mine.folder]
    assert len(list(mine.folder.iterdir())) == 2
    mine.close()


def test_what_has_no_lock_goes_when_it_is_older_than_a_day(tmp_path: Path) -> None:
    for name, old in (("old", True), ("new", False)):
        (tmp_path / f"{name}-folder").mkdir()
        for path in (tmp_path / f"{name}-folder" / "part", tmp_path / f"{name}-file"):
            path.write_bytes(b"half")
            if old:
                os.utime(path, (OLD, OLD))
    os.utime(tmp_path / "old-folder", (OLD, OLD))
    drafts = Drafts(tmp_path)
    drafts.sweep()
    assert {path.name for path in tmp_path.iterdir()} == {"new-folder", "new-file", drafts.folder.name}
    drafts.close()


def test_a_place_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        Drafts(tmp_path / "file" / "incoming")
