"""What workers work with, assembled in their own processes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog

from safelight.datasets.dataset import Dataset
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.shelf import Shelf
from safelight.datasets.tools import Tools
from safelight.engine.awaywork import AWAY_S, AwayWork, HereWork
from safelight.engine.datasetwork import DATASET, DatasetWork, MakeTools
from safelight.engine.glimpses import Glimpses
from safelight.engine.job import Job, Toolbox
from safelight.engine.order import PHOTO
from safelight.engine.photowork import PhotoWork
from safelight.engine.pullwork import PullWork
from safelight.engine.room import Room, usual_room
from safelight.engine.urlwork import UrlWork
from safelight.errors import SafelightError, SettingsError
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.store.opening import open_store
from safelight.tasks.task import PREVIEW, PULL, Lane
from safelight.wiring import Studio
from safelight.workshop import Workshop

log = structlog.get_logger()


def toolbox(settings: Settings, lane: Lane) -> Toolbox:
    """Make what a worker of a lane works with."""
    studio = Studio(settings)
    datasets = DatasetWork(shelf=Shelf(settings.dataset_folder), tools=_dataset_tools(studio), lane=lane)
    if lane is Lane.REMOTE:
        fetching = UrlWork(store=open_store(settings), settings=settings)
        pulling = PullWork(studio.catalog, studio.weights)
        return Toolbox(
            handlers={PHOTO: fetching.photo, PULL: pulling.pull, DATASET: datasets.build}, warm=tuple,
            prepare=lambda: None, close=lambda: None,
        )  # fmt: skip
    store = open_store(settings)
    work = PhotoWork(planner=studio.planner, run=studio.run, store=store, max_pixels=settings.max_input_pixels)
    if lane is Lane.COMFYUI:
        pool = studio.painters
        if pool is None:
            raise SettingsError("there is no ComfyUI server to wait for", hint="set SAFELIGHT_COMFYUI_URLS")
        glimpses = Glimpses(store)
        local = settings.comfyui_fallback == "local"
        photos, results = Room(usual_room()), Room(usual_room())
        away = AwayWork(work=work, local=local, glimpses=glimpses, photos=photos, results=results)

        def ready() -> bool:
            return pool.ready() or (local and pool.away_s() >= AWAY_S)

        def wind_down() -> None:
            photos.close()
            pool.wind_down()

        def close() -> None:
            pool.close()
            glimpses.close()

        return Toolbox(
            handlers={PHOTO: away.photo, PREVIEW: away.preview}, warm=tuple, prepare=lambda: None, close=close,
            wind_down=wind_down, ready=ready, servers=pool.facts, glimpses=glimpses.shown,
        )  # fmt: skip
    here = HereWork(work=work, servers=bool(settings.comfyui_servers))
    return Toolbox(
        handlers={PHOTO: here.photo, PREVIEW: here.preview, DATASET: datasets.build},
        warm=lambda: tuple(studio.pool.resident()),
        prepare=lambda: _warm_up(studio),
        close=studio.pool.clear,
        resident=studio.pool.resident,
        gpu=lambda: _card(studio),
    )


def _dataset_tools(studio: Studio) -> MakeTools:
    workshop = Workshop(studio=studio)

    def tools(dataset: Dataset, folder: DatasetFolder, workspace: Path, job: Job) -> Tools:
        watch = Watch(check_cancelled=job.check_cancelled)
        return workshop.tools(
            workspace, local_only=dataset.settings.local_only, watch=watch,
            vision=workshop.vision(dataset, folder, job.check_cancelled),
            fetching=lambda state: job.progress(0.0, f"fetching {state.name}"),
        )  # fmt: skip

    return tools


def _warm_up(studio: Studio) -> None:
    """Open the device, and load what should be warm; a model that cannot be had stops nobody."""
    _ = studio.device
    for name in filter(None, (one.strip() for one in studio.settings.preload.split(","))):
        try:
            with studio.pool.use(studio.catalog.get(name)):
                log.info("warm", model=name)
        except SafelightError as error:
            log.warning("cannot be preloaded", model=name, error=str(error))


def _card(studio: Studio) -> Mapping[str, float]:
    # Asking for the device would open it, and load what runs networks, in a thread that is to be quick.
    device = vars(studio).get("device")
    if device is None:
        return {}
    from safelight.models.loaders.device import load_of

    return load_of(device)
