"""Photos that come with a request, or that it names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import Request
from sqlalchemy import Connection

from safelight.api.accepting import Source, of_uploaded, original_key
from safelight.api.caller import Caller
from safelight.api.parts import Parts
from safelight.api.uploads import Received, Upload, receive
from safelight.errors import BadRequestError, UnknownTaskError
from safelight.tasks.task import Task


@asynccontextmanager
async def receiving(
    request: Request, having: Parts, *, names: Sequence[str], most: int, lenient: bool = False
) -> AsyncIterator[Received]:
    """Take the form of a request: its files as drafts, which are gone afterwards unless they were put in the store.

    Raises:
        BadRequestError, UploadTooLargeError: the form cannot be read.
        StoreFullError: there is too little room for it.
    """
    service = having.service
    received = await receive(
        request, store=service.store, settings=service.settings, file_fields=tuple(names), max_files=most,
        lenient=lenient,
    )  # fmt: skip
    with received:
        if any("\0" in text for text in received.fields.values()):
            raise BadRequestError("the form holds the character NUL")
        yield received


def source_of(upload: Upload, having: Parts) -> Source:
    """Bring a received file to its place in the store; where it is made sure of again when it is accepted.

    Raises:
        DiskFullError, StoreError: it cannot be kept.
    """
    key, store, draft = original_key(upload.sha256), having.service.store, upload.draft
    if upload.error is None:
        # Before the transaction, as it waits for the disk.
        store.put(key, draft)

    def keep(_connection: Connection) -> None:
        store.keep(key, draft)

    measured = upload.measured
    return Source(
        key=key, name=upload.name, size=upload.size, keep=keep,
        width=measured.width if measured else 1, height=measured.height if measured else 1,
    )  # fmt: skip


def named_source(having: Parts, caller: Caller, *, photo: str | None, task: str | None) -> Source:
    """The photo that a request names: an uploaded one, or that of an earlier task.

    Raises:
        UnknownTaskError: the caller has no such photo or task.
    """
    if photo:
        return of_uploaded(having.service.photos.find(caller.sees, photo))
    found = having.service.tasks.find(caller.sees, task or "")
    return Source(
        key=input_key_of(found), name=found.input_name, size=found.size or 0,
        width=found.width or 1, height=found.height or 1,
    )  # fmt: skip


def input_key_of(task: Task) -> str:
    """Where the photo of a task lies.

    Raises:
        UnknownTaskError: the task has none.
    """
    if task.input_key is None:
        raise UnknownTaskError("the task has no photo")
    return task.input_key
