from __future__ import annotations

from pathlib import Path

from safelight.datasets.dataset import Choice, Dataset
from safelight.datasets.editing import change_dataset
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.memory import Memory


def a_dataset(path: Path, memory: Memory | None) -> DatasetFolder:
    folder = DatasetFolder(path, memory)
    if not folder.exists():
        folder.save_dataset(Dataset(id="one", name="One", created_at="2026-01-01T00:00:00+00:00"))
    return folder


def test_a_file_is_read_again_only_after_it_was_written(tmp_path: Path) -> None:
    folder = a_dataset(tmp_path, Memory())
    assert folder.dataset() is folder.dataset()
    change_dataset(DatasetFolder(tmp_path), name="Two")
    assert folder.dataset().name == "Two"
    assert folder.dataset() is folder.dataset()


def test_a_file_that_is_gone_reads_as_empty(tmp_path: Path) -> None:
    folder = a_dataset(tmp_path, Memory())
    folder.save_choices({"a": Choice(keep=True)})
    assert folder.choices() == {"a": Choice(keep=True)}
    (tmp_path / "choices.json").unlink()
    assert folder.choices() == {}


def test_whoever_changes_what_was_given_changes_it_for_nobody_else(tmp_path: Path) -> None:
    folder = a_dataset(tmp_path, Memory())
    folder.save_choices({"a": Choice(keep=True)})
    folder.choices().clear()
    assert folder.choices() == {"a": Choice(keep=True)}


def test_no_more_is_held_than_allowed_and_what_was_asked_last_stays(tmp_path: Path) -> None:
    size = (a_dataset(tmp_path / "0", None).path / "dataset.json").stat().st_size
    memory = Memory(most_bytes=2 * size)
    first, second, third = (a_dataset(tmp_path / str(number), memory) for number in range(3))
    known = first.dataset()
    second.dataset()
    assert first.dataset() is known
    third.dataset()
    assert first.dataset() is known, "the second one was asked for longest ago"
    assert memory.held <= 2 * size
    tiny = a_dataset(tmp_path / "0", Memory(most_bytes=size - 1))
    assert tiny.dataset() is not tiny.dataset()
