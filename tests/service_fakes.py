"""The toolbox of workers in tests: handlers that need no network, and do what they are told.

A worker process imports this file by name (``service_fakes:toolbox``), so its folder is on the path of the service
that is started; see ``service_process``. A photo that comes over HTTP is told what to do by its file name.
"""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pyvips

from safelight.datasets.dataset import Dataset
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.shelf import Shelf
from safelight.datasets.tools import Tools
from safelight.engine.datasetwork import DATASET, DatasetWork, MakeTools
from safelight.engine.job import Job, Toolbox
from safelight.engine.order import PHOTO
from safelight.hashing import sha256_of
from safelight.imaging.disk import writing
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.store.keys import Kind, key_of, thumbnail_of
from safelight.store.opening import open_store
from safelight.tasks.claims import Done
from safelight.tasks.task import PREVIEW, Lane, Task
from safelight.wiring import Studio
from safelight.workshop import Workshop

FACTORY = "service_fakes:toolbox"
SIDE = 8
_NAMED = re.compile(r"(crash|hang|sleep|fail|slow)(?:-(\d+(?:\.\d+)?))?(?=[-.]|$)")
_TICK_S = 0.01


def toolbox(settings: Settings, lane: Lane) -> Toolbox:
    """Make the handlers of a lane."""
    work = Fakes(open_store(settings))
    handlers = {
        "nothing": nothing, "sleep": sleep, "crash": crash, "hang": hang, "fail": fail, "colour": work.colour,
        PHOTO: work.photo, PREVIEW: work.colour,
        DATASET: DatasetWork(shelf=Shelf(settings.dataset_folder), tools=_tools(settings), lane=lane).build,
    }  # fmt: skip
    return Toolbox(handlers=handlers, warm=tuple, prepare=lambda: None, close=work.store.close)


def _tools(settings: Settings) -> MakeTools:
    """Real builds of datasets, without any network that sees people or enlarges."""
    workshop = Workshop(studio=Studio(settings))

    def tools(dataset: Dataset, folder: DatasetFolder, workspace: Path, job: Job) -> Tools:
        vision = workshop.vision(dataset, folder, job.check_cancelled)
        watch = Watch(check_cancelled=job.check_cancelled)
        return workshop.tools(workspace, local_only=dataset.settings.local_only, watch=watch, vision=vision)

    return tools


def nothing(_task: Task, _job: Job) -> Done:
    """Be done at once."""
    return Done(result={})


def sleep(task: Task, job: Job) -> Done:
    """Take ``seconds`` (payload), and stop when asked."""
    _pass(float(task.payload.get("seconds", 0.1)), job)
    return Done(result={})


def crash(_task: Task, _job: Job) -> Done:
    """Die as a process does that the system kills."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives that")


def hang(_task: Task, _job: Job) -> Done:
    """Never end, and never look whether it should."""
    while True:
        time.sleep(60)


def fail(_task: Task, _job: Job) -> Done:
    """Fail by a fault of the handler."""
    raise ValueError("told to fail")


class Fakes:
    """Handlers that need the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def colour(self, task: Task, job: Job, side: int = SIDE) -> Done:
        """Give a small picture of one colour: the mean of the photo's."""
        start = time.perf_counter()
        source = self.store.fetch(str(task.input_key), job.workspace / "original")
        photo = pyvips.Image.new_from_file(str(source)).colourspace("srgb")
        mean = [round(photo[band].avg()) for band in range(min(3, photo.bands))]
        job.check_cancelled()
        draft = job.workspace / "result.png"
        picture(mean * (3 if len(mean) == 1 else 1), draft, side)
        sha256 = sha256_of(draft)
        found = {
            "name": f"{Path(task.input_name).stem}_x1.png", "format": "png", "width": side, "height": side,
            "bytes": draft.stat().st_size, "sha256": sha256, "seconds": time.perf_counter() - start, "executions": [],
            "warnings": [], "models": ["fake"],
        }  # fmt: skip
        key = key_of(Kind.RESULT, sha256)
        for one in (key, thumbnail_of(key), thumbnail_of(str(task.input_key))):
            self.store.put(one, draft)
        return Done(
            result=found, result_key=key, seconds=0.001, resolution=side, keep=lambda _: self.store.keep(key, draft)
        )

    def photo(self, task: Task, job: Job) -> Done:
        """Do what the file name says (``crash``, ``hang``, ``fail``, ``sleep-0.5``), then give the colour.

        ``slow-0.5`` sleeps when the result is in the store and is not committed yet; it hears no cancel then, and every
        attempt gives another file.
        """
        found = _NAMED.match(task.input_name)
        what, seconds = (found[1], float(found[2] or 0.1)) if found else ("", 0.0)
        if what in ("crash", "hang", "fail"):
            return {"crash": crash, "hang": hang, "fail": fail}[what](task, job)
        if what == "sleep":
            _pass(seconds, job)
        if what != "slow":
            return self.colour(task, job)
        done = self.colour(task, job, SIDE + task.fence)
        time.sleep(seconds)
        return done


def picture(colour: list[int], path: Path, side: int = SIDE) -> None:
    """Write a PNG of one colour: three numbers of 0 to 255."""
    image = pyvips.Image.black(side, side, bands=3) + colour
    data = image.cast("uchar").copy(interpretation="srgb").pngsave_buffer(compression=1)
    with writing(path):
        path.write_bytes(data)


def _pass(seconds: float, job: Job) -> None:
    """Let time pass in small pieces, telling how much of it is gone."""
    start = time.monotonic()
    while (gone := time.monotonic() - start) < seconds:
        job.check_cancelled()
        job.progress(gone / seconds, "sleeping")
        time.sleep(min(_TICK_S, seconds - gone))
