"""What came of a dataset: finished training sets, report, coverage, and what was sent elsewhere."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, HTMLResponse, Response

from safelight.api.bodies import PAGE, PDF, ZIP
from safelight.api.caller import Calling
from safelight.api.dataset_files import folder_zip
from safelight.api.dataset_views import LedgerRow
from safelight.api.files import disposition
from safelight.api.parts import Having
from safelight.api.routes.datasets import DatasetId
from safelight.datasets.coverage import Coverage, load_coverage
from safelight.datasets.ledger import read_ledger
from safelight.datasets.settings import Layout
from safelight.errors import UnknownDatasetError
from safelight.reports.html import report_policy

router = APIRouter(prefix="/datasets", tags=["datasets"])

_MOST_ROWS = 1_000


@router.get("/{dataset_id}/download", summary="Finished training sets", responses=ZIP, response_class=Response)
def download(
    dataset_id: DatasetId,
    having: Having,
    caller: Calling,
    layout: Annotated[Layout | None, Query(description="Only this one; none = all.")] = None,
) -> Response:
    """Give the finished training sets as a ZIP that is made while it is sent."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    exports = [one.folder for one in folder.packaged().exports if layout is None or one.layout == layout]
    if not exports:
        raise UnknownDatasetError("there is no such training set yet", hint="build the dataset first")
    stem = re.sub(r"[^\w.-]+", "_", folder.dataset().name).strip("_.") or "dataset"
    return folder_zip(folder.path, exports, name=f"{stem}_{layout or 'all'}.zip")


@router.get("/{dataset_id}/report", summary="The report", responses=PAGE, response_class=HTMLResponse)
def report(dataset_id: DatasetId, having: Having, caller: Calling) -> Response:
    """Give the report as a web page."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    name = folder.packaged().report
    if name is None or not (folder.path / name).is_file():
        raise UnknownDatasetError("there is no report yet", hint="build the dataset first")
    headers = {"Content-Security-Policy": report_policy(), "Cache-Control": "no-store"}
    return HTMLResponse((folder.path / name).read_bytes(), headers=headers)


@router.get("/{dataset_id}/report.pdf", summary="The report as PDF", responses=PDF, response_class=Response)
def report_pdf(dataset_id: DatasetId, having: Having, caller: Calling) -> Response:
    """Give the report as PDF."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    name = folder.packaged().pdf
    if name is None or not (folder.path / name).is_file():
        raise UnknownDatasetError("there is no report yet", hint="build the dataset first")
    headers = {
        "Content-Disposition": disposition("report.pdf", inline=True), "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }  # fmt: skip
    return FileResponse(folder.path / name, media_type="application/pdf", headers=headers)


@router.get("/{dataset_id}/coverage", summary="What a dataset covers")
def coverage(dataset_id: DatasetId, having: Having, caller: Calling) -> Coverage:
    """Give how shots, angles, expressions and light are spread over the pictures, and what is missing for a LoRA."""
    found = load_coverage(having.service.shelf.find(caller.sees, dataset_id))
    if found is None:
        raise UnknownDatasetError("nothing is known of the pictures yet", hint="build the dataset first")
    return found


@router.get("/{dataset_id}/ledger", summary="What was sent elsewhere")
def ledger(dataset_id: DatasetId, having: Having, caller: Calling) -> list[LedgerRow]:
    """Give what was sent to other machines, the newest first, at most 1,000 rows. Empty = nothing left this machine."""
    found = read_ledger(having.service.shelf.find(caller.sees, dataset_id).ledger)
    return [
        LedgerRow(at=one.at, host=one.host, bytes=one.bytes, item=one.item, what=one.what)
        for one in found[::-1][:_MOST_ROWS]
    ]
