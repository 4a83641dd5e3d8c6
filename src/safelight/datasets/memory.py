"""Files of datasets that were read a moment ago, so that a page of ten thousand photos need not be read for each."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """What a file was like when it was read: a file that is written anew is another one."""

    file: int
    """Its number on the disk."""
    changed: int
    """When it was written, in nanoseconds."""
    size: int
    """Bytes."""


class Memory:
    """Values that were read from files, the least used of which are forgotten. Safe to use from several threads.

    Whoever gets a value shares it with others, and changes nothing in it.
    """

    def __init__(self, most_bytes: int = 64 << 20) -> None:
        """Take how many bytes of files it holds at most; their values take several times that."""
        self._most = most_bytes
        self._held = 0
        self._lock = threading.Lock()
        self._known: OrderedDict[Path, tuple[State, object]] = OrderedDict()

    @property
    def held(self) -> int:
        """Bytes of the files of which it holds values."""
        return self._held

    def find(self, path: Path, state: State) -> object | None:
        """Give what was read from a file that is still as it was; None = that is not known."""
        with self._lock:
            known = self._known.get(path)
            if known is None or known[0] != state:
                return None
            self._known.move_to_end(path)
            return known[1]

    def keep(self, path: Path, state: State, value: object) -> None:
        """Keep what was read from a file."""
        with self._lock:
            self._forget(path)
            if state.size > self._most:
                return
            self._known[path] = (state, value)
            self._held += state.size
            while self._held > self._most:
                self._forget(next(iter(self._known)))

    def _forget(self, path: Path) -> None:
        known = self._known.pop(path, None)
        if known is not None:
            self._held -= known[0].size
