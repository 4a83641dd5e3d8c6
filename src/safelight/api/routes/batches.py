"""Batches: what can be done with all photos of one at once."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from safelight.api.bodies import PAGE, PDF
from safelight.api.caller import Calling
from safelight.api.ids import BatchId
from safelight.api.parts import Having
from safelight.api.reporting import batch_page, batch_pdf
from safelight.api.views import BatchView

router = APIRouter(prefix="/batches", tags=["batches"])


@router.get("/{batch_id}", summary="Where a batch is")
def show(batch_id: BatchId, having: Having, caller: Calling) -> BatchView:
    """Give the state of a batch and of each of its photos."""
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.post("/{batch_id}/cancel", summary="Cancel a batch")
def cancel(batch_id: BatchId, having: Having, caller: Calling) -> BatchView:
    """Cancel all photos of a batch that are not done; what is done stays."""
    having.service.tasks.cancel_batch(caller.sees, batch_id)
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.post("/{batch_id}/retry", summary="Try all failed photos again")
def retry(batch_id: BatchId, having: Having, caller: Calling) -> BatchView:
    """Put all failed photos of a batch back in the queue."""
    having.service.tasks.retry_batch(caller.sees, batch_id)
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.get("/{batch_id}/report", summary="Report as a web page", responses=PAGE, response_class=HTMLResponse)
def report(batch_id: BatchId, having: Having, caller: Calling) -> Response:
    """Give a page with all photos before and after, failures with their reasons, and the times."""
    return batch_page(having, *having.service.tasks.find_batch(caller.sees, batch_id))


@router.get("/{batch_id}/report.pdf", summary="Report as PDF", responses=PDF, response_class=Response)
def report_pdf(batch_id: BatchId, having: Having, caller: Calling) -> Response:
    """Give the report as PDF."""
    return batch_pdf(having, *having.service.tasks.find_batch(caller.sees, batch_id))
