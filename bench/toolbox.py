"""What the workers of the service benches work with: handlers without networks, so that the service itself is measured.

``bench.toolbox:toolbox`` is a factory for :mod:`safelight.engine.process`; it is imported in the workers only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

import numpy as np
import structlog

from safelight import wiring
from safelight.engine.job import Handler, HandOn, Job, Toolbox
from safelight.engine.order import PHOTO
from safelight.hashing import sha256_of
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.keys import Kind, key_of, thumbnail_of
from safelight.store.opening import open_store
from safelight.tasks.claims import Done
from safelight.tasks.task import Lane, Task

NOTHING, BUSY = "nothing", "busy"
"""Kinds of tasks: one that does nothing, and one that keeps all cores busy for ``seconds``, as a network does."""

LOADED = "model loaded"
"""The line of the log that :func:`counted` writes for every model."""

_VALUES = 1 << 18
_STEPS = 10


def toolbox(settings: Settings, lane: Lane) -> Toolbox:
    """Make what a worker of either lane works with; the lane that waits finds nothing to do."""
    handlers: dict[str, Handler] = {}
    if lane is Lane.DEVICE:
        handlers = {NOTHING: nothing, BUSY: busy, PHOTO: Quick(open_store(settings)).photo}
    return Toolbox(handlers=handlers, warm=tuple, prepare=lambda: None, close=lambda: None)


def counted(settings: Settings, lane: Lane) -> Toolbox:
    """Make what Safelight's own workers work with, and write a line to the log whenever a model is loaded."""
    from safelight.models.pool import Pool, Resident
    from safelight.models.spec import ModelSpec
    from safelight.toolbox import toolbox as usual

    class Telling(Pool):
        """Tells of every load."""

        def __init__(
            self, load: Callable[[ModelSpec[object]], Resident], *, keep: int, budget: int, small: int = 0
        ) -> None:
            def told(spec: ModelSpec[object]) -> Resident:
                structlog.get_logger().info(LOADED, model=spec.id)
                return load(spec)

            super().__init__(told, keep=keep, budget=budget, small=small)

    wiring.Pool = Telling  # type: ignore[attr-defined]  # wiring only imports the name
    return usual(settings, lane)


def mixed(settings: Settings, lane: Lane) -> Toolbox:
    """Make what Safelight's own workers work with, but photos whose names begin with ``quick`` need no network."""
    from safelight.toolbox import toolbox as usual

    found = usual(settings, lane)
    if lane is not Lane.DEVICE:
        return found
    slow, quick = found.handlers[PHOTO], Quick(open_store(settings)).photo

    def photo(task: Task, job: Job) -> Done | HandOn:
        return (quick if task.input_name.startswith("quick") else slow)(task, job)

    return replace(found, handlers={**found.handlers, PHOTO: photo})


def nothing(task: Task, job: Job) -> Done:
    """Do nothing."""
    return Done(result={})


def busy(task: Task, job: Job) -> Done:
    """Compute on ``threads`` threads for ``seconds``; the interpreter is free meanwhile, as beside a network."""
    until = time.monotonic() + float(task.payload["seconds"])
    wanted = threading.Event()

    def burn() -> None:
        # Not a product of matrices: that would take as many threads again as there are cores.
        values = np.random.default_rng(7).random(_VALUES, dtype=np.float32)
        while not wanted.is_set() and time.monotonic() < until:
            np.sin(values, out=values)

    threads = [threading.Thread(target=burn, daemon=True) for _ in range(int(task.payload["threads"]))]
    for thread in threads:
        thread.start()
    try:
        while (left := until - time.monotonic()) > 0:
            job.check_cancelled()
            job.progress(min(0.99, 1 - left / float(task.payload["seconds"])), "processing")
            time.sleep(1 / _STEPS)
    finally:
        wanted.set()
        for thread in threads:
            thread.join()
    return Done(result={})


class Quick:
    """Turns photos to their negatives: all that a photo's task does besides the network."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store

    def photo(self, task: Task, job: Job) -> Done:
        """Write the negative of a photo, and thumbnails of both, to the store."""
        import pyvips

        original = self._store.fetch(str(task.input_key), job.workspace / "original")
        image = pyvips.Image.new_from_file(str(original))
        draft = job.workspace / "result.png"
        image.invert().pngsave(str(draft), compression=1)
        digest = sha256_of(draft)
        key = key_of(Kind.RESULT, digest)
        for source, of in ((original, str(task.input_key)), (draft, key)):
            small = thumbnail_of(of)
            if not self._store.exists(small):
                thumbnail = job.workspace / "thumbnail.webp"
                pyvips.Image.thumbnail(str(source), 512, size="down").webpsave(str(thumbnail), Q=80, effort=2)
                self._store.put(small, thumbnail)
        self._store.put(key, draft)
        facts = {
            "name": f"{PurePath(task.input_name).stem}.png", "format": "png", "width": image.width,
            "height": image.height, "bytes": self._store.size(key), "sha256": digest, "seconds": 0.0,
            "executions": [], "warnings": [], "models": [],
        }  # fmt: skip
        return Done(result=facts, result_key=key, resolution=max(image.width, image.height))
