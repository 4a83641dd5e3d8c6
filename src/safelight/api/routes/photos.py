"""Uploaded photos, to be named in tasks, plans and previews."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from safelight.api.bodies import FORM_PHOTO, ORIGINAL
from safelight.api.caller import Caller, Calling
from safelight.api.files import file_response
from safelight.api.ids import PhotoId
from safelight.api.parts import Having, Parts
from safelight.api.receiving import receiving, source_of
from safelight.api.shaping import API
from safelight.api.uploads import Upload
from safelight.api.views import PhotoView
from safelight.errors import BadRequestError
from safelight.tasks.photos import Uploaded
from safelight.tasks.record import rfc3339

router = APIRouter(prefix="/photos", tags=["photos"])


@router.post("", status_code=201, openapi_extra=FORM_PHOTO, summary="Upload a photo")
async def upload(request: Request, having: Having, caller: Calling) -> PhotoView:
    """Take a photo as multipart field `file`; it is kept for a day, and longer if a task needs it."""
    having.acceptor.check_room(caller)
    async with receiving(request, having, names=("file",), most=1) as received:
        if len(received.files) != 1:
            raise BadRequestError("send one photo as the multipart field `file`")
        [one] = received.files
        if one.error is not None or one.measured is None:
            raise one.error or BadRequestError("this is no photo")
        return _view(await asyncio.to_thread(_added, one, having, caller))


@router.get("/{photo_id}", summary="About an uploaded photo")
def show(photo_id: PhotoId, having: Having, caller: Calling) -> PhotoView:
    """Give what is known of it."""
    return _view(having.service.photos.find(caller.sees, photo_id))


@router.get("/{photo_id}/file", summary="The photo as it came", responses=ORIGINAL, response_class=Response)
def file(photo_id: PhotoId, having: Having, caller: Calling) -> Response:
    """Give the photo, byte for byte."""
    photo = having.service.photos.find(caller.sees, photo_id)
    return file_response(having.service.store, photo.key, form=photo.format, name=photo.name, etag=photo.key[-64:])


@router.delete("/{photo_id}", status_code=204, summary="Delete an uploaded photo")
def delete(photo_id: PhotoId, having: Having, caller: Calling) -> None:
    """Take it off the list; its file goes when no task needs it."""
    having.service.photos.delete(caller.sees, photo_id)


def _added(upload: Upload, having: Parts, caller: Caller) -> Uploaded:
    having.acceptor.check_room(caller, upload.size)
    source = source_of(upload, having)
    photo = Uploaded(
        owner=caller.owner, key=source.key, name=source.name, width=source.width, height=source.height,
        size=source.size, format=upload.measured.format.value if upload.measured else "",
    )  # fmt: skip
    having.service.photos.add(photo, source.keep or (lambda _connection: None))
    return photo


def _view(photo: Uploaded) -> PhotoView:
    return PhotoView(
        photo_id=photo.id, filename=photo.name, format=photo.format, width=photo.width, height=photo.height,
        bytes=photo.size, sha256=photo.key[-64:], url=f"{API}/photos/{photo.id}/file",
        created_at=rfc3339(photo.created_at) or "",
    )  # fmt: skip
