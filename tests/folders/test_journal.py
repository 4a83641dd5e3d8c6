"""The journal remembers results across kills, copies and damage."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from safelight.folders.journal import Entry, Journal, sha256_of
from safelight.folders.scratch import HIDDEN, scratch


def record(output: Path, name: str = "a.png", content: bytes = b"result") -> Entry:
    path = output / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Entry(
        input="in/a.png", input_sha256="i", signature="s", output=name, sha256=sha256_of(path),
        bytes=len(content), mtime_ns=path.stat().st_mtime_ns, width=1, height=2, seconds=0.1, finished="now",
        executions=({"operation": "upscale"},), warnings=("careful",),
    )  # fmt: skip


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / HIDDEN).mkdir()
    return tmp_path


def test_a_result_is_found_again_by_another_process(output: Path) -> None:
    entry = record(output)
    Journal(output).add(entry)

    assert Journal(output).find("i", "s", Path()) == (entry, output / "a.png")
    assert Journal(output).find("i", "other", Path()) is None
    assert Journal(output).find("other", "s", Path()) is None


def test_a_result_that_got_a_number_is_found(output: Path) -> None:
    entry = record(output, "a-2.png")
    (output / "a.png").write_bytes(b"somebody else's")
    Journal(output).add(Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | {"output": "a.png"}))

    found = Journal(output).find("i", "s", Path())
    assert found is not None
    assert found[1] == output / "a-2.png"


def test_a_result_that_is_gone_or_was_edited_is_not_done(output: Path) -> None:
    Journal(output).add(record(output))
    (output / "a.png").write_bytes(b"edited")
    os.utime(output / "a.png", ns=(1, 1))
    assert Journal(output).find("i", "s", Path()) is None

    (output / "a.png").unlink()
    assert Journal(output).find("i", "s", Path()) is None


def test_a_copy_with_another_time_is_still_done(output: Path) -> None:
    Journal(output).add(record(output))
    os.utime(output / "a.png", ns=(1, 1))

    assert Journal(output).find("i", "s", Path()) is not None


def test_a_line_that_a_kill_cut_short_is_ignored_and_does_not_spoil_the_next(output: Path) -> None:
    entry = record(output)
    Journal(output).add(entry)
    file = output / HIDDEN / "results.jsonl"
    file.write_bytes(file.read_bytes() + b'{"input": "b.pn')
    Journal(output).add(entry)

    assert Journal(output).find("i", "s", Path()) is not None
    assert file.read_bytes().endswith(b"}\n")


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_uses_is_not(tmp_path: Path) -> None:
    dead = tmp_path / HIDDEN / "work-dead"
    dead.mkdir(parents=True)
    (dead / "lock").write_bytes(b"")
    with scratch(tmp_path) as first:
        assert not dead.exists()
        with scratch(tmp_path) as second:
            assert first.exists()
            assert second != first
    assert list((tmp_path / HIDDEN).glob("work-*")) == []
