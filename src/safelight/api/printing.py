"""Reports are set as PDF in a process of their own: what typst and its fonts take would stay in the service's."""

from __future__ import annotations

import multiprocessing
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Semaphore

from safelight.errors import InternalError, QueueFullError, TimedOutError
from safelight.reports.report import Report
from safelight.settings import Settings

_AT_ONCE = Semaphore(2)
"""Each takes some 150 MB while it works."""
_MOST_S = 60.0
"""Longest time for a report; one of 1,000 photos takes some seconds."""


def print_pdf(settings: Settings, report: Report, path: Path) -> None:
    """Write a report to a PDF file; ``path`` lies in a folder for what is needed meanwhile.

    Raises:
        QueueFullError: two are being made already.
        OutputError: the file cannot be written.
        TimedOutError: it took more than a minute.
        InternalError: typst does not take the template, or its process died.
    """
    # Those that would wait would hold the threads that everybody else's requests need.
    if not _AT_ONCE.acquire(blocking=False):
        raise QueueFullError("two reports are being made already", hint="try again in a moment")
    try:
        _in_a_process(settings, report, path)
    finally:
        _AT_ONCE.release()


def _in_a_process(settings: Settings, report: Report, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ends = time.monotonic() + _MOST_S
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(_MOST_S,)) as process:
            process.submit(_print, settings, report, path).result()
    except BrokenProcessPool as error:
        if time.monotonic() >= ends:
            raise TimedOutError(
                f"the report was not done in {_MOST_S:g} s", hint="the report as a page shows the same"
            ) from error
        raise InternalError("the process that makes PDFs died") from error


def _begin(most_s: float) -> None:
    # typst cannot be stopped from Python; the alarm that nobody handles ends the process, wherever it is.
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, most_s)
    # Ctrl-C goes to all processes of a terminal; the service decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _print(settings: Settings, report: Report, path: Path) -> None:
    # Only here, so that the service does not load typst.
    from safelight.reports.font import CjkFont
    from safelight.reports.pdf import write_pdf
    from safelight.wiring import Studio

    studio = Studio(settings)
    write_pdf(report, path, find_font=CjkFont(studio.weights, studio.catalog), workspace=path.parent)
