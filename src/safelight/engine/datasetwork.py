"""Builds datasets: as tasks that are durable, can be watched and cancelled, and go on where they were stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Protocol, TypeVar

from safelight.datasets.dataset import Dataset, Step
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.shelf import Shelf
from safelight.datasets.tools import BuildWatch, Tools
from safelight.engine.job import HandOn, Job
from safelight.errors import DatasetError, ElsewhereError
from safelight.imaging.photo import Photo
from safelight.models.spec import ModelSpec
from safelight.tasks.claims import Done
from safelight.tasks.task import Lane, Task

DATASET = "dataset"
"""The kind of task that builds a dataset."""

M = TypeVar("M")

_ORDER = tuple(Step)
_MOST_BACK = 5


class MakeTools(Protocol):
    """Makes what a build works with."""

    def __call__(self, dataset: Dataset, folder: DatasetFolder, workspace: Path, job: Job) -> Tools:
        """Make it; ``workspace`` is an empty folder."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWork:
    """The handler of one lane: steps that wait for a caption server are for the remote one, all others for a device."""

    shelf: Shelf
    """Where datasets are."""
    tools: MakeTools
    """Makes what builds work with."""
    lane: Lane
    """Whose handler it is."""

    def build(self, task: Task, job: Job) -> Done | HandOn:
        """Build a dataset as far as the task says.

        Raises:
            UnknownDatasetError: it is not there any more.
            BusyDatasetError: somebody else builds it.
            Whatever :meth:`safelight.datasets.build.Build.run` raises.
        """
        from safelight.datasets.build import Build

        folder = self.shelf.find(task.owner, str(task.payload["dataset"]))
        dataset = folder.dataset()
        until = Step(task.payload.get("until", Step.PACKAGE))
        begin = Step(task.payload.get("from", Step.UNPACK))
        workspace = job.workspace / "build"
        workspace.mkdir()
        tools = self.tools(dataset, folder, workspace, job)
        if self.lane is Lane.REMOTE:
            tools = replace(tools, models=_NoModels(), enlarge=_not_here)
        start = perf_counter()
        watch = BuildWatch(progress=job.progress, check_cancelled=job.check_cancelled)
        try:
            rest = Build(folder, tools, watch).run(until, pause=self._pause(dataset.settings, begin))
        except ElsewhereError:
            return _back(task)
        if rest is not None:
            other = Lane.REMOTE if self.lane is Lane.DEVICE else Lane.DEVICE
            return HandOn(lane=other, payload={**task.payload, "from": rest.value})
        seconds = round(perf_counter() - start, 3)
        return Done(result=summary(folder, tools), seconds=seconds)

    def _pause(self, settings: DatasetSettings, begin: Step) -> Callable[[Step], bool]:
        """Hold steps back that are for the other lane; those before ``begin`` were done there."""

        def pause(step: Step) -> bool:
            if _ORDER.index(step) < _ORDER.index(begin):
                return False
            if self.lane is Lane.DEVICE:
                return asks_a_server(step, settings)
            return step in (Step.LOOK, Step.CROP) and not asks_a_server(step, settings)

        return pause


class _NoModels:
    """What the remote lane lends: nothing, since many tasks share its process."""

    def use(self, spec: ModelSpec[M]) -> AbstractContextManager[M]:
        raise ElsewhereError(f"{spec.id} is for a worker with a device")


def _not_here(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
    raise ElsewhereError("photos are enlarged by a worker with a device")


def _back(task: Task) -> HandOn:
    """Begin anew where there is a device: photos or settings have changed while a caption server was waited for.

    Raises:
        DatasetError: that has happened again and again.
    """
    times = int(task.payload.get("back", 0)) + 1
    if times > _MOST_BACK:
        raise DatasetError("the dataset changed again and again while it was being built", hint="build it again")
    return HandOn(lane=Lane.DEVICE, payload={**task.payload, "from": Step.UNPACK.value, "back": times})


def asks_a_server(step: Step, settings: DatasetSettings) -> bool:
    """Whether a step waits for a caption server."""
    if step is Step.FOCUS:
        return settings.focus.method == "vision"
    return step is Step.CAPTION and settings.caption.captioner == "server"


def summary(folder: DatasetFolder, tools: Tools) -> Mapping[str, object]:
    """What a build gave, as plain values."""
    decided, packaged = folder.decided(), folder.packaged()
    kept = sum(one.keep for one in decided.decisions)
    problems = sum(len(one.problems) for one in packaged.exports)
    enlarged = sum(one.scale > 1 for one in folder.cropped())
    warnings = [*tools.people.missing, *decided.without, *packaged.warnings]
    if enlarged:
        warnings.append(f"{enlarged} pictures had to be enlarged")
    if problems:
        warnings.append(f"{problems} problems were found in the finished sets")
    return {
        "dataset": folder.path.name,
        "photos": len(decided.decisions),
        "kept": kept,
        "captions": len(folder.captioned()),
        "layouts": [one.layout for one in packaged.exports],
        "warnings": list(dict.fromkeys(warnings)),
    }
