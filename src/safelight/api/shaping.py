"""Makes the answers about tasks and batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from starlette.requests import HTTPConnection

from safelight.api.begun import Begun
from safelight.api.links import Links
from safelight.api.views import BatchView, Facts, FullTaskView, SubTask, TaskView
from safelight.engine.order import elsewhere
from safelight.settings import Settings
from safelight.store.blobs import Store
from safelight.tasks.performance import Performance
from safelight.tasks.record import rfc3339
from safelight.tasks.repository import Repository
from safelight.tasks.shortened import shortened_parts
from safelight.tasks.status import ENDED, BatchStatus, Status, batch_status
from safelight.tasks.task import Batch, Task

API = "/api/v1"
"""Where the routes are."""

_WORDS = {
    Status.PENDING: "waiting",
    Status.PROCESSING: "processing",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


class Shaper:
    """Makes views of tasks."""

    def __init__(
        self, settings: Settings, tasks: Repository, performance: Performance, links: Links, store: Store
    ) -> None:
        """Take what views tell beside the task itself."""
        self._settings = settings
        self._tasks = tasks
        self._performance = performance
        self._links = links
        self._begun = Begun(store)

    def task(self, task: Task, request: HTTPConnection) -> TaskView:
        """The view of the fixed routes; a cancelled task reads failed, as their clients wait for that."""
        view = self._view(task, request)
        return view.model_copy(
            update={"status": _told(task.status), "error": _error(task), "error_message": _error(task)}
        )

    def full(self, task: Task, request: HTTPConnection) -> FullTaskView:
        """The view of the general routes."""
        result = dict(task.result) if task.result is not None else None
        here = f"{API}/tasks/{task.id}"
        done = task.status is Status.COMPLETED and task.result_key is not None
        seen = task.input_key is not None and (done or self._begun.shown(task))
        return FullTaskView(
            **self._view(task, request).model_dump(),
            kind=task.kind, attempts=task.attempts, error_code=task.error_code, batch_index=task.index,
            params=dict(task.payload),
            facts=Facts(
                operation=task.facts.operation, preset=task.facts.preset, style=task.facts.style,
                strength=task.facts.strength, resolution=task.facts.resolution,
            ),
            result=result, signature=task.signature, input_width=task.width, input_height=task.height,
            input_bytes=task.size,
            input_sha256=task.input_key[-64:] if task.input_key else None, seconds=task.seconds, pinned=task.pinned,
            cached=bool(result and result.get("cached")),
            original_url=f"{here}/original" if task.input_key else None,
            thumbnail_url=f"{here}/thumbnail" if done else None,
            original_thumbnail_url=f"{here}/original/thumbnail" if seen else None,
            screen_url=f"{here}/screen" if done else None,
            original_screen_url=f"{here}/original/screen" if seen else None,
            started_at=rfc3339(task.started_at),
        )  # fmt: skip

    def listed(self, task: Task, request: HTTPConnection) -> FullTaskView:
        """The view of the general routes in a list: long texts among the parameters are shortened."""
        return self.full(task, request).model_copy(update={"params": shortened_parts(task.payload)})

    def batch(self, batch: Batch, tasks: Sequence[Task]) -> BatchView:
        """The view of a batch."""
        counts = Counter(task.status for task in tasks)
        # An open batch that no task has joined yet is not done, it has not begun.
        status = batch_status(counts) if batch.total else BatchStatus.PENDING
        failed = counts[Status.FAILED] + counts[Status.CANCELLED]
        gone = batch.total - len(tasks)
        words = [f"{counts[Status.COMPLETED]} of {batch.total} completed"]
        words += [f"{counts[one]} {one}" for one in (Status.FAILED, Status.CANCELLED) if counts[one]]
        words += [f"{gone} deleted"] if gone else []
        ended = sum(1.0 if task.status in ENDED else task.progress for task in tasks) + gone
        return BatchView(
            batch_task_id=batch.id,
            # Clients of this route wait for completed, partial_completed or failed.
            status=BatchStatus.FAILED if status is BatchStatus.CANCELLED else status,
            message="cancelled: " + ", ".join(words) if status is BatchStatus.CANCELLED else ", ".join(words),
            total_files=batch.total,
            completed_files=counts[Status.COMPLETED],
            failed_files=failed,
            progress=round(ended / max(1, batch.total), 4),
            sub_tasks=[
                SubTask(
                    task_id=task.id, status=_told(task.status), filename=task.input_name,
                    progress=round(task.progress, 4), error=_error(task),
                    error_code=task.error_code,
                )
                for task in tasks
            ],
            created_at=rfc3339(batch.created_at) or "",
            updated_at=rfc3339(max((task.updated_at for task in tasks), default=batch.created_at)) or "",
        )  # fmt: skip

    def absolute(self, path: str, request: HTTPConnection) -> str:
        """Make a whole address of a path."""
        base = self._settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
        return base + path

    def _view(self, task: Task, request: HTTPConnection) -> TaskView:
        done = task.status is Status.COMPLETED and task.result_key is not None
        url = f"{API}/download/{task.id}" if done else None
        ahead = self._tasks.ahead(task) if task.status is Status.PENDING else None
        return TaskView(
            task_id=task.id, user_id=task.owner, status=task.status, progress=round(task.progress, 4),
            message=task.message or _WORDS[task.status], error_message=task.error, error=task.error, result_url=url,
            output_image_url=self.absolute(self._links.sign(url), request) if url else None,
            queue_position=ahead, eta_seconds=self._performance.eta(task, ahead or 0),
            warnings=[str(one) for one in (task.result or {}).get("warnings", task.payload.get("notes", ()))],
            backend="comfyui" if elsewhere(task.payload) else "local",
            filename=task.input_name, batch_task_id=task.batch, created_at=rfc3339(task.created_at) or "",
            updated_at=rfc3339(task.updated_at) or "", completed_at=rfc3339(task.finished_at),
        )  # fmt: skip


def _told(status: Status) -> Status:
    return Status.FAILED if status is Status.CANCELLED else status


def _error(task: Task) -> str | None:
    return task.error or ("cancelled" if task.status is Status.CANCELLED else None)
