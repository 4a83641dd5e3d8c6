"""Processes that call a function by its name."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from multiprocessing.process import BaseProcess

from safelight.engine.calling import begin

PATH = "signal:raise_signal"


def _begun() -> BaseProcess:
    """A process whose first deed is to send itself what Ctrl-C sends."""
    return begin(multiprocessing.get_context("spawn"), PATH, int(signal.SIGINT))


def test_a_process_ignores_interrupts_from_its_first_moment_on() -> None:
    before = signal.getsignal(signal.SIGINT)
    process = _begun()
    assert signal.getsignal(signal.SIGINT) is before
    process.join(60)
    assert process.exitcode == 0


def test_a_process_can_be_begun_by_any_thread() -> None:
    found: list[BaseProcess] = []
    thread = threading.Thread(target=lambda: found.append(_begun()))
    thread.start()
    thread.join()
    [process] = found
    process.join(60)
    assert process.exitcode is not None
