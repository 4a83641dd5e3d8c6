"""Datasets: making, changing, filling and building them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from safelight.api.bodies import example, form
from safelight.api.caller import Caller, Calling
from safelight.api.dataset_shaping import dataset_view, last_task, summary
from safelight.api.dataset_views import AddedView, DatasetSummary, DatasetView
from safelight.api.parts import Having, Parts
from safelight.api.receiving import receiving
from safelight.api.repeat import idempotency_of
from safelight.api.uploads import Upload
from safelight.api.views import FullTaskView
from safelight.datasets.dataset import Step
from safelight.datasets.editing import change_dataset, changed
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings, UnpackParams
from safelight.datasets.templates import Templates
from safelight.errors import BadRequestError, BusyDatasetError, DatasetError, UnsupportedFormatError
from safelight.imaging.disk import writing
from safelight.imaging.naming import publish
from safelight.tasks.status import ENDED

router = APIRouter(prefix="/datasets", tags=["datasets"])

DatasetId = Annotated[str, Path(description="Id of the dataset.")]
TemplateName = Annotated[
    str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f/\\]+$", description="Name of the template.")
]

_FILES = form(
    {"files": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "Photos or ZIPs."}},
    ["files"],
)
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


class NewDatasetBody(BaseModel):
    """A dataset to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, pattern=r"\S", description="What it is called.")
    template: str | None = Field(default=None, max_length=100, description="Settings that were saved under this name.")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Settings that differ from the template's, or the defaults, by group."
    )


class DatasetChanges(BaseModel):
    """What changes of a dataset."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(
        default=None, min_length=1, max_length=200, pattern=r"\S", description="What it is called."
    )
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Settings that change, by group: `{dedup: {face_sim_th1: 0.8}}`."
    )


class BuildBody(BaseModel):
    """How far a dataset is built."""

    model_config = ConfigDict(extra="forbid")

    until: Step = Field(default=Step.PACKAGE, description="The last step that is done; those before it are done too.")


class TemplateBody(BaseModel):
    """Settings to keep."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = Field(description="Settings that differ from the defaults, by group.")


class TemplateView(BaseModel):
    """Settings that were kept."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="What they are called.")
    settings: DatasetSettings = Field(description="All of them.")


@router.get("", summary="All datasets")
def datasets(having: Having, caller: Calling) -> list[DatasetSummary]:
    """Give the datasets, the newest first."""
    found = [summary(having, folder) for folder in having.service.shelf.all(caller.sees)]
    return sorted(found, key=lambda one: (one.created_at, one.dataset_id), reverse=True)


@router.post("", status_code=201, summary="Make a dataset", openapi_extra=example({
    "name": "Anna", "settings": {"caption": {"trigger": "sks", "class_word": "woman"}},
}))  # fmt: skip
def create(body: NewDatasetBody, request: Request, having: Having, caller: Calling) -> DatasetView:
    """Make an empty dataset; photos are uploaded into it."""
    having.acceptor.check_room(caller)
    settings = _templates(having, caller.owner).find(body.template) if body.template else DatasetSettings()
    wanted = _checked(changed(settings, body.settings), caller)
    folder = having.service.shelf.create(caller.owner, body.name.strip(), wanted)
    return dataset_view(having, folder, request)


@router.get("/templates", summary="Settings that were saved")
def templates(having: Having, caller: Calling) -> list[TemplateView]:
    """Give the caller's templates by name."""
    found = _templates(having, caller.owner).all()
    return [TemplateView(name=name, settings=settings) for name, settings in found.items()]


@router.put("/templates/{name}", summary="Save settings")
def save_template(name: TemplateName, body: TemplateBody, having: Having, caller: Calling) -> TemplateView:
    """Keep settings under a name, for datasets to come."""
    settings = _checked(changed(DatasetSettings(), body.settings), caller)
    _templates(having, caller.owner).save(name, settings)
    return TemplateView(name=name, settings=settings)


@router.delete("/templates/{name}", status_code=204, summary="Delete saved settings")
def delete_template(name: TemplateName, having: Having, caller: Calling) -> None:
    """Delete a template; datasets that were made with it keep their settings."""
    _templates(having, caller.owner).delete(name)


@router.get("/schema", summary="What can be set")
def schema() -> dict[str, Any]:
    """Give the JSON Schema of the settings."""
    return DatasetSettings.model_json_schema()


@router.get("/{dataset_id}", summary="A dataset")
def show(dataset_id: DatasetId, request: Request, having: Having, caller: Calling) -> DatasetView:
    """Give everything about a dataset but its photos."""
    return dataset_view(having, having.service.shelf.find(caller.sees, dataset_id), request)


@router.patch("/{dataset_id}", summary="Change a dataset")
def change(
    dataset_id: DatasetId, body: DatasetChanges, request: Request, having: Having, caller: Calling
) -> DatasetView:
    """Change its name or some settings; only what depends on them is done again by the next build."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    _checked(changed(folder.dataset().settings, body.settings), caller)
    change_dataset(folder, name=body.name.strip() if body.name else None, settings=body.settings)
    return dataset_view(having, folder, request)


@router.delete("/{dataset_id}", status_code=204, summary="Delete a dataset")
def delete(dataset_id: DatasetId, having: Having, caller: Calling) -> None:
    """Delete a dataset with its photos, captions and training sets. It must not be in the middle of a build."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    task = last_task(having, folder)
    if task is not None and task.status not in ENDED:
        raise BusyDatasetError("the dataset is being built", hint="cancel the build first")
    having.service.shelf.remove(folder)


@router.post("/{dataset_id}/photos", status_code=201, openapi_extra=_FILES, summary="Upload photos into a dataset")
async def upload(dataset_id: DatasetId, request: Request, having: Having, caller: Calling) -> list[AddedView]:
    """Take photos or ZIPs of photos as multipart fields `files`; the next build unpacks them."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    having.acceptor.check_room(caller)
    async with receiving(request, having, names=("file", "files"), most=having.service.settings.max_batch) as received:
        if not received.files:
            raise BadRequestError("send photos or ZIPs as the multipart field `files`")
        return await asyncio.to_thread(lambda: [_added(folder, one) for one in received.files])


@router.post("/{dataset_id}/build", status_code=201, summary="Build a dataset")
def build(
    dataset_id: DatasetId, request: Request, having: Having, caller: Calling, body: BuildBody | None = None
) -> FullTaskView:
    """Make a task that builds a dataset as far as asked; what is done and still holds is not done again.

    If it is being built that far already, it is the task that does so.
    """
    folder = having.service.shelf.find(caller.sees, dataset_id)
    having.acceptor.check_room(caller)
    until = body.until if body else Step.PACKAGE
    task = having.acceptor.build(caller, folder, until, idempotency=idempotency_of(request))
    return having.shaper.full(task, request)


def _checked(settings: DatasetSettings, caller: Caller) -> DatasetSettings:
    """Refuse what names a file of this machine, of which nobody may read any over HTTP.

    From users, what lets an archive unpack to more than usual is refused as well.
    """
    if settings.package.regularisation:
        raise DatasetError("package.regularisation names a folder of the machine, and is for the command line alone")
    if not caller.operates:
        usual = UnpackParams().model_dump()
        for name, value in settings.unpack.model_dump().items():
            if value > usual[name]:
                raise DatasetError(f"unpack.{name} is {usual[name]:,} at most; only the operator may raise it")
    return settings


def _templates(having: Parts, owner: str) -> Templates:
    return Templates(having.service.shelf.of(owner) / "templates")


def _added(folder: DatasetFolder, file: Upload) -> AddedView:
    if file.error is not None and not _is_zip(file):
        return AddedView(filename=file.name, accepted=False, error=str(file.error))
    with writing(folder.incoming):
        folder.incoming.mkdir(exist_ok=True)
    publish(file.draft, folder.incoming, file.name)
    return AddedView(filename=file.name, accepted=True, error=None)


def _is_zip(file: Upload) -> bool:
    """Whether it begins as a ZIP does; what is in it is looked at by the build."""
    if not isinstance(file.error, UnsupportedFormatError):
        return False
    with file.draft.open("rb") as stream:
        return stream.read(len(_ZIP)) in (_ZIP, _EMPTY_ZIP)
