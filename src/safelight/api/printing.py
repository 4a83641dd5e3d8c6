"""Reports are set as PDF in a process of their own: what typst and its fonts take would stay in the service's."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Semaphore

from safelight.errors import InternalError, QueueFullError
from safelight.reports.report import Report
from safelight.settings import Settings

_AT_ONCE = Semaphore(2)
"""Each takes some 150 MB while it works."""


def print_pdf(settings: Settings, report: Report, path: Path) -> None:
    """Write a report to a PDF file; ``path`` lies in a folder for what is needed meanwhile.

    Raises:
        QueueFullError: two are being made already.
        OutputError: the file cannot be written.
        InternalError: typst does not take the template, or its process died.
    """
    # Those that would wait would hold the threads that everybody else's requests need.
    if not _AT_ONCE.acquire(blocking=False):
        raise QueueFullError("two reports are being made already", hint="try again in a moment")
    try:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context, initializer=_ignore_interrupts) as process:
            process.submit(_print, settings, report, path).result()
    except BrokenProcessPool as error:
        raise InternalError("the process that makes PDFs died") from error
    finally:
        _AT_ONCE.release()


def _ignore_interrupts() -> None:
    # Ctrl-C goes to all processes of a terminal; the service decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _print(settings: Settings, report: Report, path: Path) -> None:
    # Only here, so that the service does not load typst.
    from safelight.reports.font import CjkFont
    from safelight.reports.pdf import write_pdf
    from safelight.wiring import Studio

    studio = Studio(settings)
    write_pdf(report, path, find_font=CjkFont(studio.weights, studio.catalog), workspace=path.parent)
