"""Photos sent as forms, one or many, with what to do as fields beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from fastapi import Request

from safelight.api.caller import Caller
from safelight.api.parts import Parts
from safelight.api.receiving import receiving, source_of
from safelight.api.repeat import idempotency_of
from safelight.api.views import BatchAccepted, TaskView
from safelight.engine.order import Order
from safelight.errors import BadRequestError
from safelight.tasks.record import rfc3339
from safelight.tasks.status import BatchStatus

Ordering = Callable[[Mapping[str, str], Caller], Order]
"""Makes the order of the fields of a form."""


async def take_one(request: Request, having: Parts, caller: Caller, ordering: Ordering, *, lenient: bool) -> TaskView:
    """Take a photo as multipart field ``file``, and give its task.

    Raises:
        BadRequestError, UploadTooLargeError: the form cannot be read.
        SafelightError: the photo or the order is not accepted.
    """
    having.acceptor.check_room(caller)
    async with receiving(request, having, names=("file",), most=1, lenient=lenient) as received:
        acting = _acting(caller, received.fields)
        if len(received.files) != 1:
            raise BadRequestError("send one photo as the multipart field `file`")
        [upload] = received.files
        if upload.error is not None:
            raise upload.error

        def accept() -> TaskView:
            order = ordering(received.fields, acting)
            sources = [source_of(upload, having)]
            _, [task] = having.acceptor.accept(acting, order, sources, idempotency=idempotency_of(request))
            return having.shaper.task(task, request)

        return await asyncio.to_thread(accept)


async def take_many(
    request: Request, having: Parts, caller: Caller, ordering: Ordering, *, lenient: bool
) -> BatchAccepted:
    """Take photos as repeated multipart field ``files``; each becomes a task, also one that turns out to be broken.

    Raises:
        BadRequestError, UploadTooLargeError: the form cannot be read.
        SafelightError: the order is not accepted.
    """
    having.acceptor.check_room(caller)
    most = having.service.settings.max_batch
    async with receiving(request, having, names=("files", "file"), most=most, lenient=lenient) as received:
        acting = _acting(caller, received.fields)
        if not received.files:
            raise BadRequestError("send photos as the repeated multipart field `files`")

        def accept() -> BatchAccepted:
            order = ordering(received.fields, acting)
            sources = [source_of(upload, having) for upload in received.files]
            batch, tasks = having.acceptor.accept(
                acting, order, sources, batch=True, idempotency=idempotency_of(request),
                errors={index: one.error for index, one in enumerate(received.files) if one.error is not None},
            )  # fmt: skip
            if batch is None:
                raise BadRequestError("there is nothing to do")
            return BatchAccepted(
                batch_task_id=batch.id, total_files=batch.total, status=BatchStatus.PENDING,
                message=f"{batch.total} photos accepted", created_at=rfc3339(batch.created_at) or "",
                sub_tasks=[task.id for task in tasks],
            )  # fmt: skip

        return await asyncio.to_thread(accept)


def query_of(request: Request) -> dict[str, str]:
    """What the query of a request says, for routes that take each thing once.

    Raises:
        BadRequestError: something in it is said twice.
    """
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in query:
            raise BadRequestError(f"{name[:64]!r} is in the query twice")
        query[name] = value
    return query


def _acting(caller: Caller, fields: Mapping[str, str]) -> Caller:
    """Act for the user whom the form names, unless the request itself named one."""
    return caller.acting_for(fields.get("user_id"))
