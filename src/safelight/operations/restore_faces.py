"""``restore_faces``: repair faces in old or small photos, with the person still themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from safelight.errors import UnknownModelError
from safelight.imaging.arrays import Values
from safelight.imaging.photo import Photo
from safelight.imaging.spool import spooled
from safelight.imaging.vips import reading
from safelight.models.catalog import Catalog
from safelight.models.restorer import SIDE
from safelight.models.spec import ModelSpec, ModelTask
from safelight.operations.context import Context, Execution, FaceOutcome
from safelight.operations.facial.choose import NOT_CHOSEN, Wanted, reasons
from safelight.operations.facial.paste import feather, paste, same_tones
from safelight.operations.facial.restorers import DETAIL, Detail, Network, Restorer, scaled
from safelight.operations.operation import ForPart, Label, ModelChoice, Operation, Params, Size, StepForecast, percent
from safelight.operations.upscale import UPSCALE, Quality, UpscaleParams
from safelight.people.align import aligning_matrix
from safelight.people.face import Face
from safelight.people.faces import find_faces
from safelight.people.identity import embed_all, similarity
from safelight.people.warp import Matrix, colours, inverted, warp

AUTO = "auto"
_BEST = "gfpgan-v1.4"
_SQUARE = 0.02
_NAMED = 10
_KEPT = 32
"""After so many faces the picture is written to disk: each makes every read a little slower."""
_WITHOUT = "or go without: restorer=detail needs no weights of its own, on_missing_model=skip leaves the faces alone"


class Faces(StrEnum):
    """Which faces are restored."""

    ALL = "all"
    LARGEST = "largest"


class OnMissing(StrEnum):
    """What happens where the restorer cannot be had."""

    REFUSE = "refuse"
    SKIP = "skip"


class RestoreFacesParams(Params):
    """Parameters of ``restore_faces``."""

    restorer: str = Field(
        default=AUTO,
        description="What restores: gfpgan-v1.4, codeformer, detail (an upscaler on each face: no weights of its own), "
        "another face model of yours by its name, or auto: the best that is there.",
    )
    strength: float = Field(
        default=0.5, ge=0, le=1,
        description="How much of the restored face is taken: 0 leaves the faces as they are, 1 is all of it.",
    )  # fmt: skip
    scale: float = Field(
        default=2, ge=1, le=4, description="Size of the result over that of the photo; the background is enlarged."
    )
    quality_level: Quality = Field(
        default=Quality.HIGH, strict=False, title="Quality",
        description="How the background is enlarged: fast, medium or high.",
    )  # fmt: skip
    faces: Faces = Field(default=Faces.ALL, strict=False, description="All faces, or the largest only.")
    indices: tuple[Annotated[int, Field(strict=True, ge=0, lt=10_000)], ...] = Field(
        default=(), strict=False, max_length=1000, title="Faces by number",
        description="Numbers of the faces to restore, as a result tells them, from 0, the largest; empty: all.",
    )  # fmt: skip
    only_center_face: bool = Field(default=False, description="Restore only the face nearest to the middle.")
    min_size: int = Field(
        title="Smallest face",
        default=24,
        ge=0,
        le=10_000,
        description="Faces that are smaller are left as they are, in pixels of the photo.",
    )
    already_aligned: bool = Field(
        default=False, description="The photo is a square crop of one face, aligned as in FFHQ: no face is looked for."
    )
    on_missing_model: OnMissing = Field(
        title="If the restorer is missing", default=OnMissing.REFUSE, strict=False,
        description="Where the restorer cannot be had: refuse the photo, or skip its faces and do the rest.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_choice(self) -> RestoreFacesParams:
        given = {
            "faces": self.faces is not Faces.ALL, "indices": bool(self.indices),
            "only_center_face": self.only_center_face, "already_aligned": self.already_aligned,
        }  # fmt: skip
        named = [name for name, there in given.items() if there]
        if len(named) > 1:
            raise ValueError(f"only one of {', '.join(named)} can say which faces are meant")
        return self


def choose_models(params: RestoreFacesParams, catalog: Catalog) -> tuple[ModelChoice, ...]:
    """Name what enlarges, restores, finds faces, and tells people apart, as far as it is needed.

    Raises:
        UnknownModelError: the restorer asked for is not there, or restores no faces.
    """
    restorer = _restorer(params, catalog)
    upscalers = catalog.candidates("photo", params.quality_level)
    choices = [ModelChoice(candidates=upscalers)] if params.scale > 1 else []
    if params.strength == 0:
        return tuple(choices)
    skip = "faces are left as they are" if params.on_missing_model is OnMissing.SKIP else None
    if params.restorer == AUTO:
        choices.append(ModelChoice(candidates=(*restorer, *upscalers), without=skip))
    elif params.restorer == DETAIL:
        choices.append(ModelChoice(candidates=upscalers, without=skip))
    else:
        choices.append(ModelChoice(candidates=restorer, without=skip, advice=_WITHOUT))
    finder = catalog.get("face-landmarker", ModelTask.FACES)
    choices.append(ModelChoice(candidates=(finder,)))
    unmeasured = "it is not measured whether faces stay who they are"
    choices.append(ModelChoice(candidates=catalog.set("identity"), without=unmeasured))
    return tuple(choices)


def _restorer(params: RestoreFacesParams, catalog: Catalog) -> tuple[ModelSpec[object], ...]:
    if params.restorer == DETAIL:
        return ()
    name = _BEST if params.restorer == AUTO else params.restorer
    known = {spec.id: spec for spec in catalog.list(ModelTask.RESTORE_FACES)}
    # What a user dropped into the models folder may be anything; its file tells once it is read.
    own = {spec.id: replace(spec, task=ModelTask.RESTORE_FACES) for spec in catalog.list() if spec.custom}
    if (spec := known.get(name) or own.get(name)) is None:
        raise UnknownModelError(
            f"there is no face restorer {name!r} in the catalog or in the models folder",
            hint=f"there are: {', '.join([AUTO, DETAIL, *known, *own])}",
        )
    return (spec,)


def forecast(size: Size, params: RestoreFacesParams, chosen: tuple[ModelSpec[object], ...]) -> StepForecast:
    """Tell the size of the result, and room and work for the background; how many faces there are is not known yet."""
    faces = None if params.strength == 0 else 0.0
    if params.scale == 1 or not chosen:
        return StepForecast(size=size, model_pixels=(0,) * len(chosen), guess=faces)
    ahead = UPSCALE.forecast(size, UpscaleParams(scale=params.scale), chosen[:1])
    return replace(ahead, model_pixels=(ahead.network_pixels, *(0 for _ in chosen[1:])), guess=faces)


def run(photo: Photo, params: RestoreFacesParams, context: Context) -> Photo:
    """Restore the faces of ``photo``, and enlarge it.

    Faces are found and aligned in the photo as it is, restored together, given the tones that they had, and put back
    into the enlarged photo as a difference. Faces that look away, and what is not surely a face, stay as they are.

    Raises:
        CancelledError: the run was cancelled.
        OutOfMemoryError: not even one face fits into memory.
        DiskFullError: the workspace is full.
    """
    faces = _found(photo, params, context) if params.strength else ()
    background = _background(photo, params, context)
    restorer = _chosen_restorer(params, context)
    if not faces or restorer is None:
        return background
    return _Faces(photo, background, params, context, faces, restorer).restored()


def _background(photo: Photo, params: RestoreFacesParams, context: Context) -> Photo:
    if params.scale == 1:
        return photo
    upscale = UpscaleParams(scale=params.scale, quality_level=params.quality_level)
    part = replace(context, chosen=context.chosen[:1], progress=lambda share: context.progress(share * 0.7))
    return UPSCALE.run(photo, upscale, part)


def _chosen(context: Context, task: ModelTask) -> ModelSpec[object] | None:
    return next((spec for spec in context.chosen if spec.task is task), None)


def _chosen_restorer(params: RestoreFacesParams, context: Context) -> Restorer | None:
    """What the plan chose: a face network, else an upscaler if ``auto`` or ``detail`` was asked for."""
    begun = 0.7 if params.scale > 1 else 0.0
    part = replace(context, progress=lambda share: context.progress(begun + share * (0.95 - begun)))
    if spec := _chosen(context, ModelTask.RESTORE_FACES):
        return Network(spec, part)
    if params.restorer in (AUTO, DETAIL) and (spec := _chosen(context, ModelTask.UPSCALE)):
        return Detail(spec, part)
    return None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A face to restore, or to leave."""

    face: Face | None
    """What was found; None in a crop that is aligned already and in which no face can be seen."""
    matrix: Matrix
    """From the photo to the aligned face."""
    reason: str
    """Why it is left as it is; an empty text: it is restored."""
    whole: bool = False
    """Whether the photo is the aligned crop itself, so that all of it is changed."""


def _found(photo: Photo, params: RestoreFacesParams, context: Context) -> tuple[_Seen, ...]:
    if params.already_aligned and abs(photo.width - photo.height) <= _SQUARE * photo.width:
        return (_whole(photo, context),)
    if params.already_aligned:
        context.warnings.append("restore_faces: the photo is no square crop of a face, so faces were looked for in it")
    if (finder := _chosen(context, ModelTask.FACES)) is None:
        return ()
    with reading(photo.name):
        faces = find_faces(photo, context.models, finder)
    if not faces:
        context.warnings.append("restore_faces: no face was found")
    if missing := [index for index in params.indices if index >= len(faces)]:
        named = ", ".join(map(str, missing[:_NAMED])) + (" ..." if len(missing) > _NAMED else "")
        context.warnings.append(f"restore_faces: there is no face {named}; found: {len(faces)}")
    wanted = Wanted(
        indices=params.indices, largest=params.faces is Faces.LARGEST, center=params.only_center_face,
        min_size=params.min_size,
    )  # fmt: skip
    why = reasons(faces, wanted, photo.width, photo.height)
    return tuple(_Seen(face, aligning_matrix(face.points), one) for face, one in zip(faces, why, strict=True))


def _whole(photo: Photo, context: Context) -> _Seen:
    """The one face that an aligned crop is; it is looked for only to tell of it."""
    finder = _chosen(context, ModelTask.FACES)
    with reading(photo.name):
        faces = find_faces(photo, context.models, finder, thorough=False) if finder else ()
    if not faces:
        context.warnings.append("restore_faces: no face was found in the crop; it was restored as it is")
    matrix = np.array([[SIDE / photo.width, 0, 0], [0, SIDE / photo.height, 0]], np.float64)
    return _Seen(faces[0] if faces else None, matrix, "", whole=True)


@dataclass(slots=True)
class _Faces:
    """The faces of one photo on their way."""

    photo: Photo
    background: Photo
    params: RestoreFacesParams
    context: Context
    seen: Sequence[_Seen]
    restorer: Restorer

    def restored(self) -> Photo:
        """Restore, put back, and tell what became of each face."""
        seen = [one if one.reason else replace(one, reason=self.restorer.too_good(one.matrix)) for one in self.seen]
        chosen = [one for one in seen if not one.reason]
        result = self.background
        if chosen:
            result = self._pasted(chosen, self.restorer.restore(self.photo, [one.matrix for one in chosen]))
        else:
            self.context.executions.append(Execution(operation="restore_faces", restorer="none"))
        self._tell(seen, result)
        return result

    def _pasted(self, chosen: Sequence[_Seen], restored: Iterable[Values]) -> Photo:
        """Put one face after the other back, each into what the ones before it have left."""
        photo = self.background
        bands = photo.bands - 1 if photo.alpha else photo.bands
        image = photo.image.extract_band(0, n=bands)
        for count, (one, values) in enumerate(zip(chosen, restored, strict=True), 1):
            placed = one.matrix @ np.vstack([self._smaller(), [0, 0, 1]])
            here = scaled(warp(colours(photo.with_image(image)), placed, SIDE))
            mask = np.float32(1) if one.whole else feather()
            change = (same_tones(values, here) - here) * (mask * np.float32(self.params.strength))
            image = paste(image, change, placed)
            if count % _KEPT == 0 and count < len(chosen):
                image = spooled(image, self.context.workspace / f"faces-{count}.tif")
        return photo.with_image(image.bandjoin(photo.image.extract_band(bands)) if photo.alpha else image)

    def _smaller(self) -> Matrix:
        """From the result to the photo."""
        across = self.photo.width / self.background.width
        return np.array([[across, 0, 0], [0, self.photo.height / self.background.height, 0]], np.float64)

    def _tell(self, seen: Sequence[_Seen], result: Photo) -> None:
        alike = self._similarities(seen, result)
        faces = tuple(self._outcome(at, one, result, alike.get(at)) for at, one in enumerate(seen))
        self.context.executions[-1] = replace(self.context.executions[-1], faces=faces)
        reasons = [one.reason for one in seen if one.reason and one.reason != NOT_CHOSEN]
        for reason in dict.fromkeys(reasons):
            count = reasons.count(reason)
            what = "1 face was" if count == 1 else f"{count} faces were"
            self.context.warnings.append(f"restore_faces: {what} left alone: {reason}")

    def _outcome(self, index: int, one: _Seen, result: Photo, alike: float | None) -> FaceOutcome:
        scale = result.width / self.photo.width
        box = one.face.box if one.face else (0.0, 0.0, float(self.photo.width), float(self.photo.height))
        left, top, width, height = (round(side * scale) for side in box)
        return FaceOutcome(
            index=index, box=(left, top, width, height), score=round(one.face.score, 3) if one.face else 0.0,
            yaw=round(one.face.yaw, 1) if one.face else 0.0, restored=not one.reason, reason=one.reason,
            similarity=alike,
        )  # fmt: skip

    def _similarities(self, seen: Sequence[_Seen], result: Photo) -> dict[int, float]:
        """How much each restored face is still who it was, by its number."""
        spec = _chosen(self.context, ModelTask.IDENTITY)
        faces = {at: one.face for at, one in enumerate(seen) if one.face and not one.reason}
        if spec is None or not faces:
            return {}
        larger = inverted(self._smaller())
        before = embed_all(self.photo, list(faces.values()), self.context.models, spec)
        moved = [face.through(larger) for face in faces.values()]
        after = embed_all(result, moved, self.context.models, spec)
        return {
            at: round(similarity(*pair), 3) for at, pair in zip(faces, zip(before, after, strict=True), strict=True)
        }


def for_part(params: RestoreFacesParams, _share: float) -> ForPart[RestoreFacesParams]:
    """Restore all faces of the part where the whole photo decides which; a face's size is the same in its parts."""
    if not (params.indices or params.only_center_face or params.faces is Faces.LARGEST):
        return ForPart(params=params)
    everyone = params.model_copy(update={"faces": Faces.ALL, "indices": (), "only_center_face": False})
    return ForPart(
        params=everyone, note="a preview of a part shows all of its faces restored; the whole photo decides which are"
    )


RESTORE_FACES = Operation(
    id="restore_faces",
    title="Restore faces",
    summary="Repair faces in old or small photos, with the person still themselves, and enlarge the photo.",
    params=RestoreFacesParams,
    run=run,
    models=choose_models,
    forecast=forecast,
    label=lambda params: Label(marks=(f"x{params.scale:g}", percent(params.strength))),
    for_part=for_part,
)
