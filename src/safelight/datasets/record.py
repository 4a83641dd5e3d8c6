"""What packaging remembers from run to run: the number of each picture, and which files it made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, ValidationError

from safelight.datasets.folder import DatasetFolder
from safelight.datasets.value import Value
from safelight.imaging.naming import numbered

RECORD = "package.json"
_DIGITS = 4
_MOST_BYTES = 64 << 20


class Record(Value):
    """The file ``package.json`` of a dataset."""

    numbers: dict[str, int] = Field(default_factory=dict)
    """The number of each photo that was ever in the set, from 1. It stays, so that what somebody keeps beside a picture
    (a mask, a cache of the trainer) still belongs to it once others come or go."""
    files: tuple[str, ...] = ()
    """Files of the dataset's folder that were made here and may be made anew: reports, the ZIP."""

    def with_items(self, items: Iterable[str]) -> Record:
        """Give a number to every photo that has none."""
        numbers = dict(self.numbers)
        highest = max(numbers.values(), default=0)
        for item in items:
            if item not in numbers:
                highest += 1
                numbers[item] = highest
        return self.model_copy(update={"numbers": numbers})

    def stem(self, item: str) -> str:
        """Give the plain name of a photo's picture."""
        return f"{self.numbers[item]:0{_DIGITS}}"

    def with_file(self, folder: Path, name: str) -> tuple[Record, str]:
        """Give the name under which a file is written: with a number where somebody else's file has the name."""
        for one in numbered(name):
            if one in self.files or not (folder / one).exists():
                return self.model_copy(update={"files": tuple(dict.fromkeys((*self.files, one)))}), one
        raise AssertionError("names do not end")


def load_record(folder: DatasetFolder) -> Record:
    """Read it; one that is not there, or damaged, is begun anew."""
    path = folder.path / RECORD
    try:
        if path.stat().st_size > _MOST_BYTES:
            return Record()
        return Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return Record()


def save_record(folder: DatasetFolder, record: Record) -> None:
    """Write it. Raises as :func:`safelight.imaging.disk.writing` does."""
    folder.save(RECORD, record.model_dump_json(indent=1))
