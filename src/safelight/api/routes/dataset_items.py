"""The photos of a dataset: looking at them, and deciding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from safelight.api.bodies import ORIGINAL, PICTURE, THUMBNAIL
from safelight.api.caller import Calling
from safelight.api.dataset_files import picture_response
from safelight.api.dataset_shaping import Row, item_view, row_of, rows
from safelight.api.dataset_views import FaceView, ItemDetail, ItemPage, ItemView, LintedView, ReplacedView
from safelight.api.parts import Having, Parts
from safelight.api.routes.datasets import DatasetId
from safelight.datasets.captions.lint import lint_caption
from safelight.datasets.dataset import Choice, Reason, Step
from safelight.datasets.editing import choose
from safelight.datasets.facts import Seen
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.results import Results
from safelight.errors import BadRequestError, UnknownDatasetError

router = APIRouter(prefix="/datasets", tags=["datasets"])

ItemId = Annotated[str, Path(description="Id of the photo in the dataset.", max_length=64)]
_MOST = 10_000
_ID = re.compile(r"[0-9a-f]{16}")


class ChoiceBody(BaseModel):
    """What a person decides of a photo; what is left out stays as it is, null takes a decision back."""

    model_config = ConfigDict(extra="forbid")

    keep: bool | None = Field(default=None, description="Whether it goes in.")
    crop: tuple[float, float, float, float] | None = Field(
        default=None, description="Left, top, width, height of what is shown, in pixels of the upright photo."
    )
    caption: str | None = Field(default=None, max_length=2_000, description="Its caption, one line.")

    def on(self, before: Choice) -> Choice:
        """Give the choice with what was said of it."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        if isinstance(said.get("caption"), str):
            said["caption"] = " ".join(said["caption"].split())
        return before.model_copy(update=said)


class ChoicesBody(ChoiceBody):
    """What a person decides of several photos."""

    items: list[Annotated[str, Field(max_length=64)]] = Field(
        min_length=1, max_length=_MOST, description="Ids of the photos."
    )

    def on(self, before: Choice) -> Choice:
        """Give the choice with what was said of it."""
        said = {name: getattr(self, name) for name in self.model_fields_set if name != "items"}
        return before.model_copy(update=said)


class LintBody(BaseModel):
    """A caption to be looked at."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=10_000, description="The caption.")


class ReplaceBody(BaseModel):
    """A search and replace in captions."""

    model_config = ConfigDict(extra="forbid")

    find: str = Field(min_length=1, max_length=500, description="What is searched: this very text, or an expression.")
    replace: str = Field(default="", max_length=500, description="What takes its place.")
    whole_words: bool = Field(default=False, description="Only where it is no part of a word.")
    items: list[Annotated[str, Field(max_length=64)]] | None = Field(
        default=None, max_length=_MOST, description="Only in the captions of these photos; null = in all."
    )
    save: bool = Field(default=False, description="Keep the new captions as the user's own, instead of showing them.")


@router.get("/{dataset_id}/items", summary="The photos of a dataset")
def items(
    dataset_id: DatasetId,
    having: Having,
    caller: Calling,
    show: Annotated[Literal["all", "kept", "dropped", "undecided"], Query(description="Which photos.")] = "all",
    reason: Annotated[Reason | None, Query(description="Only those that were kept or dropped for this.")] = None,
    person: Annotated[int | None, Query(ge=0, description="Only those with this person.")] = None,
    flagged: Annotated[bool, Query(description="Only those with a warning, or a caption that is not right.")] = False,
    text: Annotated[str, Query(max_length=200, description="Words of the name or the caption.")] = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many are left out.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="Most photos on a page.")] = 200,
) -> ItemPage:
    """Give photos with what was decided of each: duplicates beside each other, their keepers first."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    words = text.casefold().split()
    found = [
        row
        for row in rows(folder)
        if _shown(row, show)
        and (reason is None or (row.decision is not None and row.decision.reason is reason))
        and (person is None or (row.decision is not None and row.decision.person == person))
        and (not flagged or _flagged(row))
        and all(word in _text(row) for word in words)
    ]
    page = found[offset : offset + limit]
    return ItemPage(
        items=[item_view(folder, row) for row in page], total=len(found),
        next=offset + limit if offset + limit < len(found) else None,
    )  # fmt: skip


@router.get("/{dataset_id}/items/{item_id}", summary="A photo of a dataset")
def item(dataset_id: DatasetId, item_id: ItemId, having: Having, caller: Calling) -> ItemDetail:
    """Give a photo with what was decided of it and what was seen in it."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    row = row_of(folder, item_id)
    seen = _seen(folder, row)
    facts = seen.facts if seen else None
    return ItemDetail(
        **item_view(folder, row).model_dump(),
        faces=[
            FaceView(
                box=face.box, yaw=face.yaw, pitch=face.pitch, sharpness=face.sharpness, eyes_open=face.eyes_open,
                at_camera=face.at_camera,
            )
            for face in (facts.faces if facts else ())
        ],
        sharpness=facts.sharpness if facts else None, brightness=facts.brightness if facts else None,
    )  # fmt: skip


@router.patch("/{dataset_id}/items", summary="Decide of several photos")
def decide_many(dataset_id: DatasetId, body: ChoicesBody, having: Having, caller: Calling) -> list[ItemView]:
    """Note what the user decides; it outlives every build, and the next one goes by it."""
    return _decided(having, caller.sees, dataset_id, body.items, body)


@router.patch("/{dataset_id}/items/{item_id}", summary="Decide of a photo")
def decide_one(dataset_id: DatasetId, item_id: ItemId, body: ChoiceBody, having: Having, caller: Calling) -> ItemView:
    """Note what the user decides of a photo; null takes a decision back."""
    return _decided(having, caller.sees, dataset_id, [item_id], body)[0]


@router.post("/{dataset_id}/captions/lint", summary="Look at a caption")
def lint(dataset_id: DatasetId, body: LintBody, having: Having, caller: Calling) -> LintedView:
    """Say what is wrong with a caption, and what it would be with that put right; nothing is kept."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    found = lint_caption(body.text, folder.dataset().settings.caption)
    return LintedView(text=found.text, mended=list(found.mended), issues=list(found.issues))


@router.post("/{dataset_id}/captions/replace", summary="Search and replace in captions")
def replace(dataset_id: DatasetId, body: ReplaceBody, having: Having, caller: Calling) -> ReplacedView:
    """Replace a text in captions. Without `save`, only show what would change."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    choices = folder.choices()
    texts = {one.item: one.text for one in folder.captioned()}
    texts |= {name: one.caption for name, one in choices.items() if one.caption is not None and name in texts}
    wanted = texts if body.items is None else {name: texts[name] for name in body.items if name in texts}
    changed = _replaced(wanted, body)
    if any(not text for text in changed.values()):
        raise BadRequestError("a caption would be empty")
    if body.save and changed:
        changed = _saved(folder, changed, choices, body)
    return ReplacedView(changed=changed, saved=body.save)


@router.get(
    "/{dataset_id}/items/{item_id}/preview", summary="A small copy of a photo", responses=THUMBNAIL,
    response_class=Response,
)  # fmt: skip
def preview(dataset_id: DatasetId, item_id: ItemId, having: Having, caller: Calling) -> Response:
    """Give a copy of at most 512 pixels a side, WebP; there is one once the photo was looked at."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    if not _ID.fullmatch(item_id):
        raise UnknownDatasetError(f"there is no photo {item_id[:64]} in this dataset")
    return picture_response(folder.preview_of(item_id), name=f"{item_id}.webp", etag=item_id)


@router.get(
    "/{dataset_id}/items/{item_id}/picture", summary="The finished picture", responses=PICTURE,
    response_class=Response,
)  # fmt: skip
def picture(dataset_id: DatasetId, item_id: ItemId, having: Having, caller: Calling) -> Response:
    """Give the picture that goes into the training set."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    row = row_of(folder, item_id)
    if row.cropped is None:
        raise UnknownDatasetError("there is no picture of this photo yet")
    path = folder.path / row.cropped.file
    return picture_response(path, name=path.name, etag=path.stem)


@router.get(
    "/{dataset_id}/items/{item_id}/original", summary="The photo as it came", responses=ORIGINAL,
    response_class=Response,
)  # fmt: skip
def original(dataset_id: DatasetId, item_id: ItemId, having: Having, caller: Calling) -> Response:
    """Give the photo, byte for byte."""
    folder = having.service.shelf.find(caller.sees, dataset_id)
    row = row_of(folder, item_id)
    return picture_response(folder.file_of(row.item), name=FilePath(row.item.name).name, etag=row.item.sha256)


def _decided(
    having: Parts, sees: str | None, dataset_id: str, names: Sequence[str], body: ChoiceBody
) -> list[ItemView]:
    folder = having.service.shelf.find(sees, dataset_id)
    choose(folder, names, lambda _name, before: body.on(before))
    if len(names) == 1:
        return [item_view(folder, row_of(folder, names[0]))]
    by_id = {row.item.id: row for row in rows(folder)}
    return [item_view(folder, by_id[name]) for name in names]


def _saved(
    folder: DatasetFolder, changed: Mapping[str, str], known: Mapping[str, Choice], body: ReplaceBody
) -> dict[str, str]:
    """Keep new captions. One that somebody wrote in the meantime is not lost: the text is replaced in that one."""
    saved = dict(changed)

    def change(name: str, before: Choice) -> Choice:
        if before.caption is not None and before != known.get(name):
            saved[name] = _replaced({name: before.caption}, body).get(name) or before.caption
        return before.model_copy(update={"caption": saved[name]})

    choose(folder, changed, change)
    return saved


def _seen(folder: DatasetFolder, row: Row) -> Seen | None:
    from safelight.datasets.look import load_seen

    key = folder.looks().get(row.item.id)
    return load_seen(row.item, Results(folder.results).place(Step.LOOK, key)) if key else None


def _shown(row: Row, show: str) -> bool:
    if show == "all":
        return True
    if row.decision is None:
        return show == "undecided"
    return show == ("kept" if row.decision.keep else "dropped")


def _flagged(row: Row) -> bool:
    warned = bool((row.focused and row.focused.warnings) or (row.cropped and row.cropped.warnings))
    return warned or bool(row.captioned and row.captioned.issues)


def _text(row: Row) -> str:
    return f"{row.item.name} {row.captioned.text if row.captioned else ''}".casefold()


def _replaced(texts: Mapping[str, str], body: ReplaceBody) -> dict[str, str]:
    """Give the captions that change; the replacement stands as it was written."""
    sought = re.escape(body.find)
    pattern = re.compile(rf"(?<!\w){sought}(?!\w)" if body.whole_words else sought, re.IGNORECASE)
    after = {name: " ".join(pattern.sub(lambda _: body.replace, text).split()) for name, text in texts.items()}
    return {name: _tidy(text) for name, text in after.items() if text != texts[name]}


def _tidy(text: str) -> str:
    """Take away what is left of a list when an entry is gone."""
    return re.sub(r"(?:\s*,)+\s*", ", ", text).strip(" ,")
