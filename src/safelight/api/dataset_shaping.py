"""Makes the answers about datasets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from safelight.api.dataset_views import (
    CaptionView,
    ChoiceView,
    CropView,
    DatasetSummary,
    DatasetView,
    DecisionView,
    ExportView,
    ItemView,
)
from safelight.api.parts import Parts
from safelight.api.shaping import API
from safelight.datasets.dataset import Captioned, Choice, Cropped, Dataset, Decision, Focused, Item, Unpacked
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.ledger import read_ledger
from safelight.engine.shown import SHOWN
from safelight.errors import UnknownDatasetError, UnknownTaskError
from safelight.imaging.formats import FORMAT_OF_SUFFIX
from safelight.tasks.status import ENDED
from safelight.tasks.task import Task

_COVERS = 4
_MOST_SKIPPED = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A photo with everything that is known of it."""

    item: Item
    """The photo."""
    decision: Decision | None
    """Whether it goes in."""
    focused: Focused | None
    """What is shown of it."""
    cropped: Cropped | None
    """The finished picture."""
    captioned: Captioned | None
    """Its caption."""
    choice: Choice
    """What a person decided."""


def rows(folder: DatasetFolder) -> list[Row]:
    """All photos: people by number, duplicates beside each other with the keepers first, then by name."""
    decisions = {one.item: one for one in folder.decided().decisions}
    focused = {one.item: one for one in folder.focused()}
    cropped = {one.item: one for one in folder.cropped()}
    captioned = {one.item: one for one in folder.captioned()}
    choices = folder.choices()
    found = [
        Row(
            item, decisions.get(item.id), focused.get(item.id), cropped.get(item.id), captioned.get(item.id),
            choices.get(item.id, Choice()),
        )
        for item in folder.unpacked().items
    ]  # fmt: skip
    first: dict[int, int] = {}
    for place, row in enumerate(found):
        if row.decision is not None and row.decision.group is not None:
            first.setdefault(row.decision.group, place)

    def order(placed: tuple[int, Row]) -> tuple[float, float, bool, float, int]:
        place, row = placed
        one = row.decision
        if one is None:
            return 0, place, False, 0, place
        person = float("inf") if one.person is None else one.person
        at = place if one.group is None else first[one.group]
        return person, at, not one.keep, -one.quality, place

    return [row for _, row in sorted(enumerate(found), key=order)]


def row_of(folder: DatasetFolder, item_id: str) -> Row:
    """One photo, without looking at what all others are like.

    Raises:
        UnknownDatasetError: there is no such photo.
    """
    item = next((one for one in folder.unpacked().items if one.id == item_id), None)
    if item is None:
        raise UnknownDatasetError(f"there is no photo {item_id[:64]} in this dataset")
    return Row(
        item,
        next((one for one in folder.decided().decisions if one.item == item_id), None),
        next((one for one in folder.focused() if one.item == item_id), None),
        next((one for one in folder.cropped() if one.item == item_id), None),
        next((one for one in folder.captioned() if one.item == item_id), None),
        folder.choices().get(item_id, Choice()),
    )


def item_view(folder: DatasetFolder, row: Row) -> ItemView:
    """The view of one photo."""
    here = f"{API}/datasets/{folder.path.name}/items/{row.item.id}"
    suffix = row.item.file[row.item.file.rfind(".") :].lower() if "." in row.item.file else ""
    return ItemView(
        item_id=row.item.id, name=row.item.name, width=row.item.width, height=row.item.height, bytes=row.item.bytes,
        preview_url=f"{here}/preview" if folder.preview_of(row.item.id).is_file() else None,
        original_url=f"{here}/original", shown=FORMAT_OF_SUFFIX.get(suffix) in SHOWN,
        decision=_decision(row.decision), crop=_crop(folder, row, here), caption=_caption(row),
        choice=ChoiceView(keep=row.choice.keep, crop=row.choice.crop, caption=row.choice.caption),
    )  # fmt: skip


def summary(having: Parts, folder: DatasetFolder) -> DatasetSummary:
    """The view of a dataset in a list."""
    return DatasetSummary(**_summed(folder, folder.dataset(), last_task(having, folder)))


def dataset_view(having: Parts, folder: DatasetFolder, request: HTTPConnection) -> DatasetView:
    """The view of a dataset."""
    dataset, decided, packaged, unpacked = folder.dataset(), folder.decided(), folder.packaged(), folder.unpacked()
    task = last_task(having, folder)
    here = f"{API}/datasets/{dataset.id}"
    skipped = [f"{one.name}: {one.reason}" for one in unpacked.skipped]
    enlarged = sum(one.scale > 1 for one in folder.cropped())
    warnings = [*decided.without, *packaged.warnings]
    warnings += [f"{enlarged} pictures had to be enlarged"] if enlarged else []
    return DatasetView(
        **_summed(folder, dataset, task),
        settings=dataset.settings, steps=list(folder.states()),
        task=having.shaper.full(task, request) if task else None,
        reasons=dict(Counter(one.reason.value for one in decided.decisions)), people=list(decided.people),
        skipped=skipped[:_MOST_SKIPPED], skipped_total=len(skipped), warnings=list(dict.fromkeys(warnings)),
        exports=[
            ExportView(
                layout=one.layout, pictures=one.pictures, download_url=f"{here}/download?layout={one.layout}",
                problems=[f"{problem.file}: {problem.words}".lstrip(": ") for problem in one.problems],
            )
            for one in packaged.exports
        ],
        report_url=f"{here}/report" if packaged.report else None,
        pdf_url=f"{here}/report.pdf" if packaged.pdf else None,
        download_url=f"{here}/download" if packaged.exports else None,
        sent_bytes=sum(one.bytes for one in read_ledger(folder.ledger)),
    )  # fmt: skip


def last_task(having: Parts, folder: DatasetFolder) -> Task | None:
    """The task that builds a dataset, or did last; None if there is none, or it was deleted."""
    name = folder.task()
    if name is None:
        return None
    try:
        return having.service.tasks.find(None, name)
    except UnknownTaskError:
        return None


def _summed(folder: DatasetFolder, dataset: Dataset, task: Task | None) -> dict[str, object]:
    unpacked = folder.unpacked()
    kept = [one.item for one in folder.decided().decisions if one.keep]
    covers = [name for name in kept[: 8 * _COVERS] if folder.preview_of(name).is_file()][:_COVERS]
    return {
        "dataset_id": dataset.id, "name": dataset.name, "user_id": dataset.owner, "created_at": dataset.created_at,
        "photos": len(unpacked.items), "kept": len(kept), "waiting": _waiting(folder, unpacked),
        "layouts": [one.layout for one in folder.packaged().exports],
        "covers": [f"{API}/datasets/{dataset.id}/items/{name}/preview" for name in covers],
        "building": task is not None and task.status not in ENDED,
    }  # fmt: skip


def _waiting(folder: DatasetFolder, unpacked: Unpacked) -> int:
    """Files that were uploaded since photos were last taken out; of an archive, what is in it is known."""
    if not folder.incoming.is_dir():
        return 0
    names = [*(one.name for one in unpacked.items), *(one.name for one in unpacked.skipped)]
    known = {name.split("/", 1)[0] for name in names}
    return sum(1 for one in folder.incoming.iterdir() if one.is_file() and one.name not in known)


def _decision(one: Decision | None) -> DecisionView | None:
    if one is None:
        return None
    return DecisionView(
        keep=one.keep, reason=one.reason, words=one.words, score=one.score, threshold=one.threshold,
        counterpart=one.counterpart, group=one.group, person=one.person, quality=one.quality, automatic=one.automatic,
    )  # fmt: skip


def _crop(folder: DatasetFolder, row: Row, here: str) -> CropView | None:
    cropped, focused = row.cropped, row.focused
    if cropped is None or focused is None:
        return None
    name = cropped.file.rsplit("/", 1)[-1]
    return CropView(
        url=f"{here}/picture?v={name.split('.')[0][-12:]}", box=cropped.box, width=cropped.width,
        height=cropped.height, scale=cropped.scale, enlarged_by=cropped.enlarged_by, shot=focused.shot,
        method=focused.method, warnings=_once([*focused.warnings, *cropped.warnings]),
    )  # fmt: skip


def _caption(row: Row) -> CaptionView | None:
    one = row.captioned
    if one is None:
        return None
    return CaptionView(
        text=one.text, source=one.source, facts=one.facts, mended=list(one.mended), issues=list(one.issues)
    )  # fmt: skip


def _once(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words))
