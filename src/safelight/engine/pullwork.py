"""Fetches the weights of models, as a task that can be watched and cancelled."""

from __future__ import annotations

from safelight.engine.job import Job
from safelight.models.catalog import Catalog
from safelight.models.pull import PullProgress
from safelight.models.weights import Weights
from safelight.tasks.claims import Done
from safelight.tasks.task import Task

_MB = 1_000_000


class PullWork:
    """The handler of the remote lane for tasks that fetch weights."""

    def __init__(self, catalog: Catalog, weights: Weights) -> None:
        """Take the catalog, and what fetches and checks files."""
        self._catalog = catalog
        self._weights = weights

    def pull(self, task: Task, job: Job) -> Done:
        """Fetch what is missing of the model that the task names, and check all of it by SHA-256.

        What has arrived stays when it is cancelled, or when the worker is stopped: the next time goes on from there.

        Raises:
            UnknownModelError: there is no such model any more.
            LicenceError, MissingWeightsError, CorruptWeightsError: it could not be had; the message says what to do.
            CancelledError: on request.
            OutputError: the models folder cannot be written.
        """
        spec = self._catalog.get(str(task.payload["model"]))
        told = _Told(job, self._weights.absent(spec))

        def cancelled() -> bool:
            # It raises by itself, as the reason may be another one: a worker that has to end.
            job.check_cancelled()
            return False

        job.progress(0.0, "looking for a place to fetch it from")
        [model] = self._weights.pull([spec], progress=told, cancelled=cancelled)
        found = pulled(spec.id, sum(path.stat().st_size for path in model.paths))
        return Done(result=found | {"sha256": model.sha256})


def pulled(model: str, size: int | None) -> dict[str, object]:
    """What a task gives that has fetched a model, or found it here."""
    return {"model": model, "model_bytes": size, "warnings": []}


class _Told:
    """Adds up how far the files are, and passes it on."""

    def __init__(self, job: Job, expected: int | None) -> None:
        self._job = job
        self._expected = expected or 0
        self._done: dict[str, int] = {}
        self._totals: dict[str, int] = {}

    def __call__(self, state: PullProgress) -> None:
        """Take how far a file is."""
        self._done[state.name] = state.done
        self._totals[state.name] = state.total or 0
        # An archive may hold more than what is wanted of it.
        done, total = sum(self._done.values()), max(self._expected, sum(self._totals.values()))
        of = f" of {_mb(total)}" if total >= done else ""
        self._job.progress(done / max(1, total, done), f"fetching {_mb(done)}{of} MB")


def _mb(size: int) -> str:
    return f"{size / _MB:.1f}" if size < 10 * _MB else f"{size / _MB:.0f}"
