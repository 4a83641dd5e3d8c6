"""The datasets of a service: a folder for each, in one folder for each owner."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from safelight.datasets.dataset import Dataset
from safelight.datasets.folder import DATASET, DatasetFolder
from safelight.datasets.memory import Memory
from safelight.datasets.settings import DatasetSettings
from safelight.errors import DatasetError, UnknownDatasetError
from safelight.imaging.disk import writing

_ID = re.compile(r"[0-9a-f]{32}")
_MOST_EACH = 1_000


class Shelf:
    """Where they are. Whose a dataset is follows from the folder it lies in; names of owners are no names of files."""

    def __init__(self, root: Path, memory: Memory | None = None) -> None:
        """Take the folder of all, which is made with the first dataset, and where what was read may be kept."""
        self.root = root
        self._memory = memory

    def of(self, owner: str) -> Path:
        """The folder of an owner."""
        return self.root / hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def create(self, owner: str, name: str, settings: DatasetSettings | None = None) -> DatasetFolder:
        """Make an empty dataset.

        Raises:
            DatasetError: the owner has too many.
            DiskFullError, OutputError: it cannot be written.
        """
        place = self.of(owner)
        if sum(1 for _ in self._there(place)) >= _MOST_EACH:
            raise DatasetError(f"there are {_MOST_EACH:,} datasets already", hint="delete some")
        dataset = Dataset(
            id=secrets.token_hex(16), name=name, owner=owner,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"), settings=settings or DatasetSettings(),
        )  # fmt: skip
        folder = DatasetFolder(place / dataset.id, self._memory)
        with writing(folder.path):
            folder.path.mkdir(parents=True)
        folder.save_dataset(dataset)
        return folder

    def find(self, owner: str | None, name: str) -> DatasetFolder:
        """Give a dataset by its id; ``owner`` None is the operator, who sees all.

        Raises:
            UnknownDatasetError: the owner has no such dataset.
        """
        if _ID.fullmatch(name):
            places = [self.of(owner)] if owner is not None else self._owners()
            for place in places:
                folder = DatasetFolder(place / name, self._memory)
                if folder.exists():
                    return folder
        raise UnknownDatasetError(f"there is no dataset {name[:64]}")

    def all(self, owner: str | None) -> list[DatasetFolder]:
        """Give the datasets of an owner, or all; in no order."""
        places = [self.of(owner)] if owner is not None else self._owners()
        return [folder for place in places for folder in self._there(place)]

    def remove(self, folder: DatasetFolder) -> None:
        """Delete a dataset with all its files; it is gone at once, though its files may take a while.

        Raises:
            OutputError: it cannot be removed.
        """
        gone = folder.path.with_name(f".gone-{secrets.token_hex(4)}")
        with writing(folder.path):
            folder.path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self) -> int:
        """Remove what is left of datasets whose removal was cut short; tells how many."""
        count = 0
        for place in self._owners():
            for rest in place.glob(".gone-*"):
                shutil.rmtree(rest, ignore_errors=True)
                count += 1
        return count

    def _owners(self) -> list[Path]:
        with suppress(OSError):
            return sorted(one for one in self.root.iterdir() if one.is_dir() and _ID.fullmatch(one.name))
        return []

    def _there(self, place: Path) -> Iterator[DatasetFolder]:
        with suppress(OSError):
            for one in place.iterdir():
                if _ID.fullmatch(one.name) and (one / DATASET).is_file():
                    yield DatasetFolder(one, self._memory)
