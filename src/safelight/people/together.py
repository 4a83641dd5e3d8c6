"""Runs something for many values on a few threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST = min(4, os.cpu_count() or 1)


def together(work: Callable[[T], R], values: Iterable[T]) -> list[R]:
    """Give ``work`` of each value, in their order. The networks run outside Python, so that threads help.

    Raises: the first error of ``work``.
    """
    listed = list(values)
    if len(listed) < 2 or _MOST < 2:
        return [work(value) for value in listed]
    with ThreadPoolExecutor(min(_MOST, len(listed)), "people") as pool:
        return list(pool.map(work, listed))
