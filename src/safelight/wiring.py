"""The only place where parts are assembled."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from safelight.comfyui.roles import Role
from safelight.comfyui.templates import Templates
from safelight.errors import ModelError
from safelight.imaging.photo import Photo
from safelight.models.catalog import Catalog
from safelight.models.pool import Pool, Resident
from safelight.models.spec import ModelSpec, ModelTask
from safelight.models.weights import Weights
from safelight.operations.operation import Offers, Size
from safelight.operations.styles.own import OWN
from safelight.recipes.forecast import Forecast, forecast
from safelight.recipes.plan import Plan, Planner
from safelight.recipes.runner import Result, Runner, Watch
from safelight.recipes.speeds import Speeds
from safelight.settings import Settings, load_settings

if TYPE_CHECKING:
    from safelight.comfyui.painters import ServerPool
    from safelight.models.loaders.device import Device


_SMALL = 32 << 20
"""Bytes of a model that costs nothing to keep: finders of faces, styles, compact networks."""


class Studio:
    """All parts of one process, made from its settings when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; nothing is loaded yet."""
        self.settings = settings
        self.catalog = Catalog(settings)
        self.weights = Weights(settings, self.catalog)
        OWN.folder = settings.style_folder
        self.templates = Templates([settings.workflow_folder])
        self.planner = Planner(
            self.catalog, self.weights, Offers(servers=bool(settings.comfyui_servers), workflow=self._workflow)
        )
        self.speeds = Speeds(settings.data_dir / "speeds.json")
        self.pool = Pool(
            self._load, keep=settings.resident_models, budget=settings.model_memory_mb * 2**20, small=_SMALL
        )
        self.runner = Runner(self.pool, self.speeds, settings.device, self._painters)

    def _workflow(self, name: str) -> str:
        """SHA-256 of all that a workflow and the operator's settings for it decide."""
        workflow = self.templates.get(name)
        checkpoint = self.settings.comfyui_checkpoint if Role.CHECKPOINT in workflow.roles else ""
        return hashlib.sha256(f"{workflow.digest}\n{checkpoint}".encode()).hexdigest()

    def _painters(self) -> ServerPool | None:
        return self.painters

    @cached_property
    def painters(self) -> ServerPool | None:
        """The ComfyUI servers; asking for them begins to look after them. None where there are none."""
        if not self.settings.comfyui_servers:
            return None
        from safelight.comfyui.painters import ServerPool

        return ServerPool(self.settings, self.templates)

    @cached_property
    def device(self) -> Device:
        """Where networks run; asking for it loads the ML framework.

        Raises:
            SettingsError: the device asked for is not there.
        """
        from safelight.models.loaders.device import open_device

        return open_device(self.settings)

    def forecast(self, plan: Plan, photo: Photo, workspace: Path) -> Forecast:
        """Tell what ``plan`` will take on ``photo``; see :func:`safelight.recipes.forecast.forecast`."""
        size = Size(width=photo.width, height=photo.height, bands=photo.bands, depth=photo.depth)
        return forecast(plan, size, settings=self.settings, speeds=self.speeds, workspace=workspace)

    def run(self, plan: Plan, photo: Photo, *, workspace: Path, tile: int | None = None, watch: Watch) -> Result:
        """Check the limits, then run ``plan`` on ``photo``; see :meth:`safelight.recipes.runner.Runner.run`."""
        self.forecast(plan, photo, workspace)
        return self.runner.run(plan, photo, workspace=workspace, tile=tile, watch=watch)

    def _load(self, spec: ModelSpec[object]) -> Resident:
        model = self.weights.ensure(spec)
        if spec.task in (ModelTask.UPSCALE, ModelTask.DENOISE, ModelTask.DEHAZE, ModelTask.RELIGHT):
            from safelight.models.loaders.torch import load_upscaler

            return load_upscaler(model, self.device)
        if spec.task in (ModelTask.CARTOONIZE, ModelTask.STYLIZE):
            from safelight.models.loaders.painter import load_painter

            return load_painter(model, self.device)
        if spec.task is ModelTask.RESTORE_FACES:
            from safelight.models.loaders.restorer import load_restorer

            return load_restorer(model, self.device)
        if model.variant.format == "tflite":
            from safelight.models.loaders.tflite import load_networks

            return load_networks(model)
        if spec.architecture == "dlib-face-recognition":
            from safelight.models.loaders.dlib import load_embedder

            return load_embedder(model)
        if spec.architecture == "arcface":
            from safelight.models.loaders.arcface import load_arcface

            return load_arcface(model)
        if spec.architecture == "yunet":
            from safelight.models.loaders.yunet import load_yunet

            return load_yunet(model)
        raise ModelError(f"{spec.id}: models for {spec.task} cannot be loaded yet")


def build(settings: Settings | None = None) -> Studio:
    """Assemble a studio from the given settings, or from the environment's.

    Raises:
        SettingsError: a setting has a value that cannot be used.
    """
    return Studio(settings or load_settings())


@contextmanager
def temporary_workspace(parent: Path | None = None) -> Iterator[Path]:
    """Lend an empty folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="safelight-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
