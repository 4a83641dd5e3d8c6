"""Processes that call a function by its name, so that only they import its module."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any


def call(path: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the function that is named gives
    """Call the function that ``module:function`` names: its module is imported in this process only."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)(*arguments)


def begin(context: SpawnContext, path: str, *arguments: object) -> BaseProcess:
    """Start a process that calls the function that ``module:function`` names."""
    process = context.Process(target=call, args=(path, *arguments), name=path)
    with deaf_to_interrupts():
        process.start()
    return process


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are started in the block ignore Ctrl-C from their first moment on.

    It goes to all processes of a terminal; those of the service are told by their parent when to end. Other threads
    than the first may not set that, and nothing changes there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
