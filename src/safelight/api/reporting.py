"""Reports of tasks and batches, from the thumbnails in the store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fastapi.responses import HTMLResponse, Response

from safelight.api.files import disposition
from safelight.api.parts import Parts
from safelight.api.printing import print_pdf
from safelight.reports.html import html_page, report_policy
from safelight.reports.report import Pictures, Report, batch_report, task_report
from safelight.store.keys import thumbnail_of
from safelight.tasks.task import Batch, Task, now

MakeReport = Callable[[Path], Report]
"""Makes a report; the folder is for files that it needs meanwhile."""


def task_page(having: Parts, task: Task) -> Response:
    """Answer with the report of a task as a web page."""
    return _page(having, lambda folder: _of_task(having, task, folder))


def task_pdf(having: Parts, task: Task) -> Response:
    """Answer with the report of a task as PDF."""
    return _pdf(having, lambda folder: _of_task(having, task, folder), f"report_{task.id[:8]}.pdf")


def batch_page(having: Parts, batch: Batch, tasks: Sequence[Task]) -> Response:
    """Answer with the report of a batch as a web page."""
    return _page(having, lambda folder: _of_batch(having, batch, tasks, folder))


def batch_pdf(having: Parts, batch: Batch, tasks: Sequence[Task]) -> Response:
    """Answer with the report of a batch as PDF."""
    return _pdf(having, lambda folder: _of_batch(having, batch, tasks, folder), f"report_{batch.id[:8]}.pdf")


def _of_task(having: Parts, task: Task, folder: Path) -> Report:
    models = having.service.studio.catalog.list()
    return task_report(task, _pictures(having, task, folder), models=models, made_at=now())


def _of_batch(having: Parts, batch: Batch, tasks: Sequence[Task], folder: Path) -> Report:
    pictures: Mapping[str, Pictures] = {task.id: _pictures(having, task, folder) for task in tasks}
    return batch_report(batch, tasks, pictures, models=having.service.studio.catalog.list(), made_at=now())


def _page(having: Parts, make: MakeReport) -> Response:
    with tempfile.TemporaryDirectory(dir=having.service.store.drafts.folder) as folder:
        page = "".join(html_page(make(Path(folder))))
    return HTMLResponse(page, headers={"Content-Security-Policy": report_policy(), "Cache-Control": "no-store"})


def _pdf(having: Parts, make: MakeReport, name: str) -> Response:
    with tempfile.TemporaryDirectory(dir=having.service.store.drafts.folder) as folder:
        path = Path(folder) / "report.pdf"
        print_pdf(having.service.settings, make(Path(folder)), path)
        headers = {"Content-Disposition": disposition(name, inline=True), "X-Content-Type-Options": "nosniff"}
        return Response(path.read_bytes(), media_type="application/pdf", headers=headers)


def _pictures(having: Parts, task: Task, folder: Path) -> Pictures:
    return Pictures(before=_small(having, task.input_key, folder), after=_small(having, task.result_key, folder))


def _small(having: Parts, key: str | None, folder: Path) -> Path | None:
    """Where the thumbnail of a file can be read; None if there is none."""
    if key is None:
        return None
    small, store = thumbnail_of(key), having.service.store
    return store.fetch(small, folder / small.replace("/", "-")) if store.exists(small) else None
