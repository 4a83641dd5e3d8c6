"""The folder of a dataset: where everything lies, and how it is read and written.

::

    dataset.json     name, source, settings
    items.json       its photos, and what was skipped
    decisions.json   which of them go in, and why
    focus.json       which part of each is shown
    crops.json       the finished pictures
    captions.json    their captions
    packaged.json    the training sets that were made
    package.json     the number of each picture, and which reports and ZIPs were made
    choices.json     what a person decided; only people change it
    steps.json       how far each step is
    looks.json       by what the results of looking at each photo are found
    build.json       the task that builds it, in a service
    ledger.jsonl     what was sent where
    originals/       photos that were unpacked or uploaded, byte for byte
    incoming/        archives and photos that were uploaded and not unpacked yet
    previews/        small copies, ID.webp
    crops/           the finished pictures
    results/         what each step found for each photo, by what it depends on
    kohya/ ...       the training sets
    aside/           files of others that were in an earlier training set and do not fit the next
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from safelight.datasets.dataset import (
    VERSION,
    Captioned,
    Choice,
    Cropped,
    Dataset,
    Decided,
    Focused,
    Item,
    Packaged,
    Step,
    StepState,
    Unpacked,
)
from safelight.datasets.memory import Memory, State
from safelight.datasets.value import Value
from safelight.errors import DatasetError, UnknownDatasetError
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing

T = TypeVar("T")
V = TypeVar("V", bound=Value)

DATASET = "dataset.json"
_MOST_BYTES = 512 << 20
_CHOICES = TypeAdapter(dict[str, Choice])
_FOCUS = TypeAdapter(tuple[Focused, ...])
_CROPS = TypeAdapter(tuple[Cropped, ...])
_CAPTIONS = TypeAdapter(tuple[Captioned, ...])
_WORDS = TypeAdapter(dict[str, str])
_STATES = TypeAdapter(tuple[StepState, ...])


class DatasetFolder:
    """One dataset on disk. Files are written whole or not at all; what is not there yet reads as empty."""

    def __init__(self, path: Path, memory: Memory | None = None) -> None:
        """Take the folder, and where what was read may be kept; nothing is read yet."""
        self.path = path
        self._memory = memory

    @property
    def originals(self) -> Path:
        """Photos that were unpacked or uploaded."""
        return self.path / "originals"

    @property
    def incoming(self) -> Path:
        """What was uploaded and not unpacked yet."""
        return self.path / "incoming"

    @property
    def previews(self) -> Path:
        """Small copies of the photos."""
        return self.path / "previews"

    @property
    def crops(self) -> Path:
        """The finished pictures."""
        return self.path / "crops"

    @property
    def results(self) -> Path:
        """What each step found for each photo."""
        return self.path / "results"

    @property
    def ledger(self) -> Path:
        """What was sent where."""
        return self.path / "ledger.jsonl"

    def file_of(self, item: Item) -> Path:
        """Where the file of a photo is."""
        return self.path / item.file

    def preview_of(self, item: str) -> Path:
        """Where the small copy of a photo is, or will be."""
        return self.previews / f"{item}.webp"

    def exists(self) -> bool:
        """Whether a dataset is here."""
        return (self.path / DATASET).is_file()

    def dataset(self) -> Dataset:
        """Read what it is and how it is built.

        Raises:
            UnknownDatasetError: there is none here.
            DatasetError: it cannot be read, or is of a newer Safelight.
        """
        if not self.exists():
            raise UnknownDatasetError(f"{self.path.name}: there is no dataset here")
        found = self._read(DATASET, Dataset)
        assert found is not None  # noqa: S101 - it exists
        if found.version > VERSION:
            raise DatasetError(f"{self.path.name}: the dataset is of a newer version of Safelight")
        return found

    def save_dataset(self, dataset: Dataset) -> None:
        """Write it. Raises as :func:`safelight.imaging.disk.writing` does."""
        self.save(DATASET, dataset.model_dump_json(indent=2))

    def unpacked(self) -> Unpacked:
        """Read its photos."""
        return self._read("items.json", Unpacked) or Unpacked(items=())

    def decided(self) -> Decided:
        """Read what was decided."""
        return self._read("decisions.json", Decided) or Decided(decisions=())

    def focused(self) -> tuple[Focused, ...]:
        """Read which parts are shown."""
        return self._list("focus.json", _FOCUS)

    def cropped(self) -> tuple[Cropped, ...]:
        """Read the finished pictures."""
        return self._list("crops.json", _CROPS)

    def captioned(self) -> tuple[Captioned, ...]:
        """Read the captions."""
        return self._list("captions.json", _CAPTIONS)

    def packaged(self) -> Packaged:
        """Read which training sets there are."""
        return self._read("packaged.json", Packaged) or Packaged(exports=())

    def states(self) -> tuple[StepState, ...]:
        """Read how far each step is; one for each, in their order."""
        known = {state.step: state for state in self._list("steps.json", _STATES)}
        return tuple(known.get(step, StepState(step=step)) for step in Step)

    def choices(self) -> dict[str, Choice]:
        """Read what a person decided, by id of the photo."""
        found = self._found("choices.json", _CHOICES)
        return {} if found is None else dict(found)

    def looks(self) -> dict[str, str]:
        """Read by what the results of looking are found, by id of the photo."""
        found = self._found("looks.json", _WORDS)
        return {} if found is None else dict(found)

    def task(self) -> str | None:
        """Read which task built it last; None = none has."""
        return (self._found("build.json", _WORDS) or {}).get("task")

    def save_looks(self, values: Mapping[str, str]) -> None:
        """Write by what the results of looking are found."""
        self.save("looks.json", _WORDS.dump_json(dict(values), indent=1).decode())

    def save_task(self, task: str) -> None:
        """Write which task builds it."""
        self.save("build.json", _WORDS.dump_json({"task": task}).decode())

    def save_unpacked(self, value: Unpacked) -> None:
        """Write its photos."""
        self.save("items.json", value.model_dump_json(indent=1))

    def save_decided(self, value: Decided) -> None:
        """Write what was decided."""
        self.save("decisions.json", value.model_dump_json(indent=1))

    def save_focused(self, values: Iterable[Focused]) -> None:
        """Write which parts are shown."""
        self.save("focus.json", _FOCUS.dump_json(tuple(values), indent=1).decode())

    def save_cropped(self, values: Iterable[Cropped]) -> None:
        """Write the finished pictures."""
        self.save("crops.json", _CROPS.dump_json(tuple(values), indent=1).decode())

    def save_captioned(self, values: Iterable[Captioned]) -> None:
        """Write the captions."""
        self.save("captions.json", _CAPTIONS.dump_json(tuple(values), indent=1).decode())

    def save_packaged(self, value: Packaged) -> None:
        """Write which training sets there are."""
        self.save("packaged.json", value.model_dump_json(indent=1))

    def save_states(self, values: Iterable[StepState]) -> None:
        """Write how far each step is."""
        self.save("steps.json", _STATES.dump_json(tuple(values), indent=1).decode())

    def save_choices(self, values: Mapping[str, Choice]) -> None:
        """Write what a person decided."""
        self.save("choices.json", _CHOICES.dump_json(dict(values), indent=1, exclude_none=True).decode())

    def save(self, name: str, text: str) -> None:
        """Write a file of the dataset whole or not at all.

        Raises:
            DiskFullError, OutputError: it cannot be written.
        """
        path = self.path / name
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as (_, draft):
                draft.write_text(text + "\n", "utf-8")

    def _read(self, name: str, kind: type[V]) -> V | None:
        return self._found(name, TypeAdapter(kind))

    def _list(self, name: str, adapter: TypeAdapter[tuple[V, ...]]) -> tuple[V, ...]:
        return self._found(name, adapter) or ()

    def _found(self, name: str, adapter: TypeAdapter[T]) -> T | None:
        """Read a file, unless it is as it was when it was read before."""
        path = self.path / name
        try:
            about = path.stat()
            if about.st_size > _MOST_BYTES:
                raise DatasetError(f"{name}: the file is too large to be one of a dataset")
            # Taken before the file is read: if it is exchanged in between, it is read again the next time.
            state = State(about.st_ino, about.st_mtime_ns, about.st_size)
            known = self._memory.find(path, state) if self._memory else None
            if known is not None:
                return cast("T", known)
            text = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DatasetError(f"{name}: cannot be read: {error.strerror or error}") from error
        value = self._parsed(name, adapter, text)
        if self._memory:
            self._memory.keep(path, state, value)
        return value

    def _parsed(self, name: str, adapter: TypeAdapter[T], text: bytes) -> T:
        try:
            return adapter.validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DatasetError(f"{name}: cannot be read: {place}: {first['msg']}") from error
