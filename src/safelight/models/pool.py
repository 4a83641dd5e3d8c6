"""Models that are resident in memory: one copy of each, shared by all, within a budget."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

from safelight.models.spec import ModelSpec, ModelTask

M = TypeVar("M")


class Resident(Protocol):
    """What the pool asks of a loaded model."""

    @property
    def weight_bytes(self) -> int:
        """Memory that its weights take, in bytes."""
        ...


Load = Callable[[ModelSpec[object]], Resident]

_Key = tuple[str, ModelTask]
"""A file may be used for two purposes, and is loaded for each."""


@dataclass(slots=True)
class _Entry:
    ready: threading.Event = field(default_factory=threading.Event)
    model: Resident | None = None
    error: BaseException | None = None
    users: int = 0


class Pool:
    """Loads each model once, lends it to as many users as ask, and lets idle ones go.

    A model in use never leaves. Of the idle ones the least recently used leaves first, as soon as there are more than
    ``keep`` of them, small ones not counted, or all resident models together take more than ``budget`` bytes.
    Thread-safe; loading one model does not hold up users of another.
    """

    def __init__(self, load: Load, *, keep: int, budget: int, small: int = 0) -> None:
        """Take the function that loads a model, and the bounds; what has at most ``small`` bytes is small."""
        self._load = load
        self._keep = keep
        self._budget = budget
        self._small = small
        self._lock = threading.Lock()
        self._entries: OrderedDict[_Key, _Entry] = OrderedDict()

    @contextmanager
    def use(self, spec: ModelSpec[M]) -> Iterator[M]:
        """Lend the loaded model for the length of a ``with`` block.

        Raises:
            ModelError: its weights are missing, corrupt, or cannot be loaded.
        """
        entry = self._enter(spec)
        try:
            yield cast("M", entry.model)
        finally:
            self._leave(entry)

    def resident(self) -> dict[str, int]:
        """Ids of the resident models, least recently used first, with the bytes of their weights."""
        with self._lock:
            found: dict[str, int] = {}
            for (name, _), entry in self._entries.items():
                if entry.model:
                    found[name] = found.get(name, 0) + entry.model.weight_bytes
            return found

    def clear(self) -> None:
        """Let all idle models go."""
        with self._lock:
            self._evict(keep=0, budget=0)

    def _enter(self, spec: ModelSpec[M]) -> _Entry:
        with self._lock:
            key = (spec.id, spec.task)
            entry = self._entries.get(key)
            first = entry is None
            if entry is None:
                entry = self._entries[key] = _Entry()
            self._entries.move_to_end(key)
            entry.users += 1
        if first:
            self._fill(spec, entry)
        entry.ready.wait()
        if entry.error is not None:
            raise entry.error
        return entry

    def _fill(self, spec: ModelSpec[M], entry: _Entry) -> None:
        try:
            room = 0 if _file_bytes(spec) <= self._small else 1
            with self._lock:
                self._evict(keep=self._keep - room, budget=self._budget)
            entry.model = self._load(cast("ModelSpec[object]", spec))
        except BaseException as error:
            entry.error = error
            with self._lock:
                del self._entries[spec.id, spec.task]
            raise
        finally:
            entry.ready.set()

    def _leave(self, entry: _Entry) -> None:
        with self._lock:
            entry.users -= 1
            self._evict(keep=self._keep, budget=self._budget)

    def _evict(self, *, keep: int, budget: int) -> None:
        idle = {
            name: entry.model.weight_bytes for name, entry in self._entries.items() if not entry.users and entry.model
        }
        total = sum(entry.model.weight_bytes for entry in self._entries.values() if entry.model)
        large = sum(size > self._small for size in idle.values())
        for name, size in idle.items():
            if total > budget or (large > keep and size > self._small):
                del self._entries[name]
                total -= size
                large -= size > self._small


def _file_bytes(spec: ModelSpec[M]) -> float:
    """The size of a model before it is loaded; infinite where nobody knows."""
    sizes = [sum(file.bytes or float("inf") for file in variant.files) for variant in spec.variants]
    return max(sizes, default=float("inf"))
