"""Folders for unfinished files: one per attempt at a task, gone with it, and swept when the process is gone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from safelight.imaging.disk import writing
from safelight.tasks.task import Task


@contextmanager
def workspace(parent: Path, task: Task) -> Iterator[Path]:
    """Lend an empty folder for an attempt at a task.

    Raises:
        DiskFullError, OutputError: it cannot be made.
    """
    folder = parent / f"{os.getpid()}-{task.id}-{task.fence}"
    with writing(folder):
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> int:
    """Remove the folders of processes that are gone; tells how many."""
    gone = 0
    for folder in parent.iterdir() if parent.is_dir() else ():
        pid = folder.name.split("-", 1)[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
