"""Glimpses: small pictures of what the results of running tasks look like so far; they go when the work ends."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyvips
import structlog

from safelight.errors import SafelightError
from safelight.imaging.formats import Format, sniff
from safelight.store.blobs import Store
from safelight.store.keys import Kind, key_of
from safelight.tasks.task import Task

SIDE = 384
"""Longest side of a glimpse, in pixels."""

_QUALITY = 70
_EVERY_S = 1.0
_MOST_PIXELS = 16_000_000

log = structlog.get_logger()


def glimpse_key(task: Task) -> str:
    """Where the glimpse of an attempt at a task lies in the store; another attempt has another one."""
    return key_of(Kind.GLIMPSE, hashlib.sha256(f"glimpse\n{task.id}\n{task.fence}".encode()).hexdigest())


@dataclass(slots=True, eq=False)
class _Going:
    """A task that somebody may look at while it runs."""

    task: Task
    key: str
    newest: bytes | None = None
    """What came last and was not shown yet."""
    number: int = 0
    """How many were shown."""
    next_at: float = 0.0
    """When the next one may be shown, on the monotonic clock."""


class Glimpses:
    """Keeps one file per running task in the store, the newest, and removes it when the work ends.

    Whoever brings a picture is not kept waiting: a thread makes it small and puts it there, once a second at most for
    each task. What is no picture, or cannot be kept, is left out: pages can do without.
    """

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store
        self._news = threading.Condition()
        self._going: dict[str, _Going] = {}
        self._closed = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def of(self, task: Task) -> Iterator[Callable[[bytes], None]]:
        """Lend what takes pictures of a task: JPEG or PNG, from any thread. In the end its file is gone."""
        going = _Going(task, glimpse_key(task))
        if task.attempts > 1:
            # Of an attempt whose process was killed nobody else removes it.
            self._remove(_Going(task, glimpse_key(replace(task, fence=task.fence - 1))))
        with self._news:
            self._going[task.id] = going

        def take(picture: bytes) -> None:
            with self._news:
                going.newest = picture
                self._begin()
                self._news.notify()

        try:
            yield take
        finally:
            with self._news:
                if self._going.get(task.id) is going:
                    del self._going[task.id]
                shown = going.number
            if shown:
                self._remove(going)

    def shown(self) -> Mapping[str, tuple[int, int]]:
        """By task of which there is one: the fence of the attempt, and the number of the newest."""
        with self._news:
            return {one.task.id: (one.task.fence, one.number) for one in self._going.values() if one.number}

    def close(self) -> None:
        """Show no more."""
        with self._news:
            self._closed = True
            self._news.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _begin(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="glimpses", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            going, picture = found
            try:
                self._show(going, picture)
            except (pyvips.Error, SafelightError, OSError) as error:
                log.info("no glimpse", task=going.task.id, error=str(error))
            except Exception:  # the next picture must not pay for a fault with this one
                log.exception("fault in a glimpse", task=going.task.id)

    def _next(self) -> tuple[_Going, bytes] | None:
        with self._news:
            while not self._closed:
                at = time.monotonic()
                waiting = [one for one in self._going.values() if one.newest is not None]
                due = min(waiting, key=lambda one: one.next_at, default=None)
                if due is not None and due.newest is not None and due.next_at <= at:
                    picture, due.newest, due.next_at = due.newest, None, at + _EVERY_S
                    return due, picture
                self._news.wait(None if due is None else due.next_at - at)
        return None

    def _show(self, going: _Going, picture: bytes) -> None:
        small = _small(picture)
        with self._store.draft() as draft:
            draft.write_bytes(small)
            self._store.replace(going.key, draft)
        with self._news:
            there = self._going.get(going.task.id) is going
            going.number += 1
        if not there:
            # The work ended meanwhile, and whoever ended it did not see this one.
            self._remove(going)

    def _remove(self, going: _Going) -> None:
        try:
            self._store.delete(going.key)
        except SafelightError as error:
            # The scrub finds it: no task names it.
            log.info("a glimpse is left", task=going.task.id, error=str(error))


def _small(picture: bytes) -> bytes:
    """Decode what a server sent, which nobody has looked at, and write it anew: small, and without anything else."""
    if sniff(picture) not in (Format.JPEG, Format.PNG):
        raise pyvips.Error("it is neither JPEG nor PNG")
    head = pyvips.Image.new_from_buffer(picture, "")
    if head.width * head.height > _MOST_PIXELS:
        raise pyvips.Error("it is too large")
    image = pyvips.Image.thumbnail_buffer(picture, SIDE, height=SIDE, size="down").colourspace("srgb").cast("uchar")
    return bytes(image.webpsave_buffer(Q=_QUALITY, effort=2, keep="none"))
