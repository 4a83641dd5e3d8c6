"""What builds of datasets work with, assembled from the parts of a studio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from safelight.datasets.dataset import Dataset
from safelight.datasets.endpoints import Endpoints, KeptEndpoint
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.shelf import Shelf
from safelight.datasets.tools import PeopleModels, Tools, Vision
from safelight.datasets.vision.endpoint import Judge, endpoint_of
from safelight.datasets.vision.server import open_vision
from safelight.errors import LicenceError, MissingWeightsError
from safelight.fetching.clock import Clock
from safelight.fetching.pinned import judged
from safelight.fetching.rules import rules_of
from safelight.fetching.target import target_of
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.models.pull import Progress
from safelight.models.spec import ModelSpec
from safelight.models.weights import Weights
from safelight.operations.context import go_on
from safelight.recipes.plan import Plan, Planner
from safelight.recipes.recipe import read_recipe
from safelight.recipes.runner import Watch
from safelight.reports.font import CjkFont
from safelight.settings import is_loopback
from safelight.tasks.task import LOCAL
from safelight.wiring import Studio

_NO_ENLARGING = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Makes the tools of builds."""

    studio: Studio
    """What there is."""

    def tools(
        self,
        workspace: Path,
        *,
        local_only: bool,
        watch: Watch,
        vision: Vision | None = None,
        fetching: Progress | None = None,
    ) -> Tools:
        """Give what a build works with.

        Weights of the networks that see people are fetched now if they are not here; with ``local_only`` nothing is
        fetched, now or later, and the build goes without what is missing.

        Args:
            workspace: an empty folder for unfinished files.
            local_only: whether calls to other machines are an error.
            watch: cancel of what takes long within a photo.
            vision: the caption server.
            fetching: told how far the weights are.

        Raises:
            CorruptWeightsError: a file is not the one that the catalog names.
            CancelledError: on request.
        """
        studio = self.studio
        weights = studio.weights
        if local_only:
            weights = Weights(studio.settings.model_copy(update={"auto_pull": False}), studio.catalog)
        return Tools(
            models=studio.pool,
            people=self._people(weights, watch, fetching),
            enlarge=_Enlarger(studio, Planner(studio.catalog, weights), watch),
            vision=vision,
            workspace=workspace,
            max_pixels=studio.settings.max_input_pixels,
            find_font=CjkFont(weights, studio.catalog),
        )

    def endpoint(self, owner: str | None) -> KeptEndpoint | None:
        """Give the caption server for an owner: the operator's, where there is one, or else the owner's own.

        ``owner`` None is the command line, which knows only that of the settings.

        Raises:
            SettingsError, DatasetError: it cannot be read.
        """
        settings = self.studio.settings
        fixed = endpoint_of(settings)
        if fixed is not None:
            return KeptEndpoint(endpoint=fixed, key=settings.caption_key)
        return None if owner is None else Endpoints(Shelf(settings.dataset_folder).of(owner)).find()

    def judge(self, owner: str | None) -> Judge | None:
        """Give what says which addresses an owner's caption server may have; None = all.

        Whoever has this machine for themselves may ask any server; what others name is looked at as `image_url` is.
        """
        settings = self.studio.settings
        if settings.caption_url or owner is None or (owner == LOCAL and is_loopback(settings.host)):
            return None
        rules = rules_of(settings)

        def judge(host: str, port: int) -> tuple[str, ...]:
            name = f"[{host}]" if ":" in host else host
            found = judged(target_of(f"http://{name}:{port}/"), rules, Clock(rules.connect_s, go_on))
            return tuple(str(address) for address in found)

        return judge

    def vision(self, dataset: Dataset, folder: DatasetFolder, check_cancelled: Callable[[], None]) -> Vision | None:
        """Get the caption server of a dataset ready; None = there is none. Nothing is sent yet.

        Raises:
            SettingsError, DatasetError: its settings cannot be read.
        """
        owner = dataset.owner or None
        kept = self.endpoint(owner)
        if kept is None:
            return None
        return open_vision(
            kept.endpoint, kept.key, folder.ledger, folder.results / "answers", local_only=dataset.settings.local_only,
            judge=self.judge(owner), check_cancelled=check_cancelled,
        )  # fmt: skip

    def _people(self, weights: Weights, watch: Watch, fetching: Progress | None) -> PeopleModels:
        missing: list[str] = []

        def cancelled() -> bool:
            watch.check_cancelled()
            return False

        def first_of(specs: Sequence[ModelSpec[object]], without: str) -> ModelSpec[object] | None:
            failed: list[str] = []
            for spec in specs:
                try:
                    weights.ensure(spec, fetching, cancelled)
                except (MissingWeightsError, LicenceError) as error:
                    failed.append(error.message)
                    continue
                return spec
            missing.append(f"{without}: {next(iter(failed), 'no model is named for it')}")
            return None

        catalog = self.studio.catalog
        yunet: ModelSpec[object] = catalog.get("yunet")
        return PeopleModels(
            faces=first_of([catalog.get("face-landmarker")], "faces are not looked for"),
            # The operator may prefer another one; the catalog says which.
            identity=first_of(catalog.set("identity"), "people are not told apart"),
            pose=first_of([catalog.get("pose-landmarker-full")], "bodies are not looked for"),
            tiny_faces=yunet if weights.installed(yunet) else None,
            missing=tuple(missing),
        )


class _Enlarger:
    """The project's own ``upscale``, for crops that are too small."""

    def __init__(self, studio: Studio, planner: Planner, watch: Watch) -> None:
        self._studio = studio
        self._planner = planner
        self._watch = watch
        self._plans: dict[tuple[float, str], Plan] = {}

    def __call__(self, photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        if scale <= _NO_ENLARGING:
            return photo, None
        plan = self._plan(scale, quality_level)
        result = self._studio.run(plan, photo, workspace=workspace, tile=None, watch=self._watch)
        models = [one.model for one in result.executions if one.model]
        return result.photo, models[0] if models else None

    def _plan(self, scale: float, quality_level: str) -> Plan:
        key = (scale, quality_level)
        if key not in self._plans:
            recipe = read_recipe({
                "name": "crop",
                "steps": [{"operation": "upscale", "scale": scale, "quality_level": quality_level}],
            })  # fmt: skip
            self._plans[key] = self._planner.plan(recipe, Output())
        return self._plans[key]
