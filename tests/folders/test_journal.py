"""The journal remembers results across kills, copies and damage."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from safelight.folders.claim import claim
from safelight.folders.journal import Entry, Journal
from safelight.folders.scratch import HIDDEN, scratch
from safelight.hashing import sha256_of


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

    assert Journal(output).find("i", "s", Path("a.png")) == (entry, output / "a.png")
    assert Journal(output).find("i", "other", Path("a.png")) is None
    assert Journal(output).find("other", "s", Path("a.png")) is None


def test_a_result_that_got_a_number_is_found(output: Path) -> None:
    entry = record(output, "a-2.png")
    (output / "a.png").write_bytes(b"somebody else's")
    Journal(output).add(Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | {"output": "a.png"}))

    found = Journal(output).find("i", "s", Path("a.png"))
    assert found is not None
    assert found[1] == output / "a-2.png"


def test_a_result_that_is_gone_or_was_edited_is_not_done(output: Path) -> None:
    Journal(output).add(record(output))
    (output / "a.png").write_bytes(b"edited")
    os.utime(output / "a.png", ns=(1, 1))
    assert Journal(output).find("i", "s", Path("a.png")) is None

    (output / "a.png").unlink()
    assert Journal(output).find("i", "s", Path("a.png")) is None


def test_a_copy_with_another_time_is_still_done(output: Path) -> None:
    Journal(output).add(record(output))
    os.utime(output / "a.png", ns=(1, 1))

    assert Journal(output).find("i", "s", Path("a.png")) is not None


def test_a_line_that_a_kill_cut_short_is_ignored_and_does_not_spoil_the_next(output: Path) -> None:
    entry = record(output)
    Journal(output).add(entry)
    file = output / HIDDEN / "results.jsonl"
    file.write_bytes(file.read_bytes() + b'{"input": "b.pn')
    Journal(output).add(entry)

    assert Journal(output).find("i", "s", Path("a.png")) is not None
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


def test_the_same_result_asked_for_in_another_place_is_not_done(output: Path) -> None:
    Journal(output).add(record(output))

    assert Journal(output).find("i", "s", Path("deep/a.png")) is None


def test_a_result_is_found_although_the_name_before_it_is_free_again(output: Path) -> None:
    entry = record(output, "a-3.png")
    Journal(output).add(Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | {"output": "a.png"}))

    found = Journal(output).find("i", "s", Path("a.png"))
    assert found is not None
    assert found[1].name == "a-3.png"


def test_what_another_process_added_is_seen_after_a_refresh(output: Path) -> None:
    mine, other = Journal(output), Journal(output)
    other.add(record(output))
    assert mine.find("i", "s", Path("a.png")) is None
    mine.refresh()

    assert mine.find("i", "s", Path("a.png")) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"output": 5},
        {"input_sha256": [1]},
        {"width": "zz"},
        {"executions": [3]},
        {"bytes": 1.5},
        {"more": 1},
        {"output": None},
    ],
)
def test_lines_that_are_no_entries_are_passed_over(output: Path, change: dict[str, object]) -> None:
    entry = record(output)
    Journal(output).add(entry)
    file = output / HIDDEN / "results.jsonl"
    good = json.loads(file.read_text())
    file.write_text(json.dumps(good | change) + "\n" + "[" * 200_000 + "\n" + file.read_text())

    assert Journal(output).find("i", "s", Path("a.png")) == (entry, output / "a.png")


def test_one_of_several_processes_gets_a_claim_and_the_next_one_after_it(output: Path) -> None:
    with claim(output, ("k",), wait=False) as first:
        assert first
        with claim(output, ("k",), wait=False) as second:
            assert not second
        with claim(output, ("other",), wait=False) as third:
            assert third
    with claim(output, ("k",), wait=True) as again:
        assert again
    assert not list((output / HIDDEN).glob("claim-*"))
