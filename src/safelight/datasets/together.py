"""Does something for many photos on a few threads, in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

THREADS = max(1, min(4, os.cpu_count() or 1))
"""How many photos are worked on at once: the networks and libvips run outside Python."""


def each(
    work: Callable[[T], R], values: Iterable[T], *, check: Callable[[], None], threads: int = THREADS
) -> Iterator[R]:
    """Give ``work`` of each value, in their order, a few at a time; ``check`` is called before each.

    Raises: the first error of ``work`` or ``check``; what is running then is waited for, and nothing more is begun.
    """
    with ThreadPoolExecutor(threads, "dataset") as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for value in values:
                check()
                waiting.append(pool.submit(work, value))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                check()
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()
