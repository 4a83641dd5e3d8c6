"""Memory that tasks share: never more than there is, in turn, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from safelight.engine.room import Room
from safelight.errors import CancelledError, ServersAwayError
from service_process import wait_until

PATIENCE_S = 20.0


def go_on() -> None:
    """Nobody cancels."""


class Taker(threading.Thread):
    """Takes some, and has it until let go."""

    def __init__(self, room: Room, size: int, check: Callable[[], None] = go_on, *, first: bool = False) -> None:
        super().__init__()
        self._take = partial(room.take, size, check, first=first)
        self.has, self.go = threading.Event(), threading.Event()
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            with self._take():
                self.has.set()
                self.go.wait(PATIENCE_S)
        except (CancelledError, ServersAwayError) as error:
            self.error = error

    def end(self) -> None:
        self.go.set()
        self.join(PATIENCE_S)


def waits(room: Room, count: int) -> None:
    wait_until(lambda: len(room._line) == count, PATIENCE_S, lambda: f"{len(room._line)} wait", 0.005)


def test_there_is_never_more_taken_than_there_is_and_all_get_theirs() -> None:
    room, lock = Room(100), threading.Lock()
    now, most = 0, 0

    def work(size: int) -> None:
        nonlocal now, most
        with room.take(size, go_on):
            with lock:
                now += size
                most = max(most, now)
            with lock:
                now -= size

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(work, [30, 60, 10, 100, 45] * 40))
    assert most <= 100
    assert now == 0


def test_who_needs_more_than_all_runs_alone_and_is_not_overtaken() -> None:
    room = Room(100)
    small = Taker(room, 40)
    assert small.has.wait(PATIENCE_S)
    huge = Taker(room, 1_000_000)
    waits(room, 1)
    later = Taker(room, 10)
    waits(room, 2)
    # There would be room for it, but then the huge one would wait for ever.
    assert not later.has.wait(0.1)
    small.end()
    assert huge.has.wait(PATIENCE_S)
    assert not later.has.wait(0.1)
    huge.end()
    assert later.has.wait(PATIENCE_S)
    later.end()


def test_who_goes_first_does() -> None:
    room = Room(10)
    one = Taker(room, 10)
    assert one.has.wait(PATIENCE_S)
    other = Taker(room, 10)
    waits(room, 1)
    preview = Taker(room, 10, first=True)
    waits(room, 2)
    one.end()
    assert preview.has.wait(PATIENCE_S)
    assert not other.has.is_set()
    preview.end()
    assert other.has.wait(PATIENCE_S)
    other.end()


def test_a_cancel_or_the_end_lets_go_who_waits_and_nobody_else() -> None:
    room = Room(10)
    one = Taker(room, 10)
    assert one.has.wait(PATIENCE_S)

    def cancelled() -> None:
        raise CancelledError("cancelled")

    unwanted = Taker(room, 5, cancelled)
    unwanted.join(PATIENCE_S)
    assert isinstance(unwanted.error, CancelledError)
    waiting = Taker(room, 5)
    waits(room, 1)
    room.close()
    waiting.join(PATIENCE_S)
    assert isinstance(waiting.error, ServersAwayError)
    one.end()
    assert one.error is None
    # What fits goes on: it only has to wait for nobody.
    with room.take(10, go_on):
        pass
    with pytest.raises(CancelledError), room.take(10, go_on):
        raise CancelledError("inside")
    with room.take(10, go_on):
        pass
