"""Batches: what can be done with all photos of one at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from safelight.api.batch_views import BatchPage, BatchSummary, NewBatch
from safelight.api.bodies import PAGE, PDF
from safelight.api.caller import Calling
from safelight.api.ids import BatchId
from safelight.api.parts import Having, Parts
from safelight.api.repeat import idempotency_of
from safelight.api.reporting import batch_page, batch_pdf
from safelight.api.summing import summed_up
from safelight.api.views import BatchView

router = APIRouter(prefix="/batches", tags=["batches"])


@router.post("", status_code=201, summary="Make an empty batch")
def create(request: Request, having: Having, caller: Calling, body: NewBatch | None = None) -> BatchSummary:
    """Make a batch that tasks join as they are sent: POST /tasks with its id as `batch`. If none does, it goes."""
    acting = caller.acting_for(body.user_id if body else None)
    batch = having.acceptor.opened(acting, idempotency=idempotency_of(request))
    return _summary(having, acting.owner, batch.id)


@router.get("", summary="All batches")
def all_(
    having: Having,
    caller: Calling,
    cursor: Annotated[
        str | None,
        Query(max_length=80, pattern=r"^[0-9]{1,15}-[0-9A-Za-z_-]{1,64}$", description="`next` of a page."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most batches on a page.")] = 20,
) -> BatchPage:
    """Give the batches that have tasks, summed up, the newest first."""
    at, _, last = (cursor or "").partition("-")
    found, following = having.service.batches.page(caller.sees, before=(int(at), last) if at else None, limit=limit)
    return BatchPage(
        batches=summed_up(having.service, found),
        next=f"{following[0]}-{following[1]}" if following is not None else None,
    )


@router.get("/{batch_id}/summary", summary="A batch, summed up")
def summary(batch_id: BatchId, having: Having, caller: Calling) -> BatchSummary:
    """Give counts, times and sizes of a batch; quick, however many tasks it has."""
    return _summary(having, caller.sees, batch_id)


@router.get("/{batch_id}", summary="Where a batch is")
def show(batch_id: BatchId, having: Having, caller: Calling) -> BatchView:
    """Give the state of a batch and of each of its photos."""
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.delete("/{batch_id}", status_code=204, summary="Delete a batch")
def delete(batch_id: BatchId, having: Having, caller: Calling) -> None:
    """Forget a batch and all its tasks; 409 if some of them have not ended. Files go when no other task needs them."""
    having.service.batches.delete(caller.sees, batch_id)


@router.post("/{batch_id}/cancel", summary="Cancel a batch")
def cancel(batch_id: BatchId, having: Having, caller: Calling) -> BatchView:
    """Cancel all photos of a batch that are not done; what is done stays."""
    having.service.tasks.cancel_batch(caller.sees, batch_id)
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.post("/{batch_id}/retry", summary="Try all failed photos again")
def retry(
    batch_id: BatchId,
    having: Having,
    caller: Calling,
    cancelled: Annotated[bool, Query(description="The cancelled photos as well.")] = False,
) -> BatchView:
    """Put all failed photos of a batch back in the queue."""
    having.service.tasks.retry_batch(caller.sees, batch_id, cancelled=cancelled)
    return having.shaper.batch(*having.service.tasks.find_batch(caller.sees, batch_id))


@router.get("/{batch_id}/report", summary="Report as a web page", responses=PAGE, response_class=HTMLResponse)
def report(batch_id: BatchId, having: Having, caller: Calling) -> Response:
    """Give a page with all photos before and after, failures with their reasons, and the times."""
    return batch_page(having, *having.service.tasks.find_batch(caller.sees, batch_id))


@router.get("/{batch_id}/report.pdf", summary="Report as PDF", responses=PDF, response_class=Response)
def report_pdf(batch_id: BatchId, having: Having, caller: Calling) -> Response:
    """Give the report as PDF."""
    return batch_pdf(having, *having.service.tasks.find_batch(caller.sees, batch_id))


def _summary(having: Parts, owner: str | None, batch: str) -> BatchSummary:
    [found] = summed_up(having.service, [having.service.batches.summary(owner, batch)])
    return found
