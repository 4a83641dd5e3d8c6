"""A plan for a part of a photo: what its parameters say of the whole photo, said of the part."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeGuard

from safelight.operations.cartoonize import LOOKS, CartoonizeParams
from safelight.operations.operation import Params
from safelight.operations.restore_faces import Faces, RestoreFacesParams
from safelight.operations.styles.steps import Enhance
from safelight.operations.stylize import StylizeParams, canvas_side
from safelight.recipes.plan import Plan


def needs_whole(plan: Plan) -> bool:
    """Tell whether a part has to be cut out of the whole result, and that result is small and soon there.

    Classical looks draw with lines and areas of a size that follows from the whole photo.
    """
    small = any(_classical(step.params) and step.params.resolution is not None for step in plan.steps)
    return small and not any(step.models for step in plan.steps)


def plan_for_part(plan: Plan, share: float) -> Plan:
    """Give the plan that makes of a part of a photo what ``plan`` makes there of the whole, as far as a part can tell.

    Lengths that are those of the whole photo are shortened; all faces of the part are restored where the whole photo
    decides which, and a warning says so. It is for a run only: its values may be out of the range of the parameters,
    so its signature means nothing.

    Args:
        plan: what is done with the whole photo.
        share: long side of the part over that of the photo, 0-1.
    """
    steps = tuple(replace(step, params=_for_part(step.params, share)) for step in plan.steps)
    warnings = [
        f"{step.operation.id}: a preview of a part shows all of its faces restored; the whole photo decides which are"
        for step in plan.steps
        if isinstance(step.params, RestoreFacesParams) and _chooses(step.params)
    ]
    warnings += [
        f"{step.operation.id}: in a preview of a part, lines and areas are finer than in the whole photo"
        for step in plan.steps
        if _classical(step.params)
    ]
    return replace(plan, steps=steps, warnings=(*plan.warnings, *dict.fromkeys(warnings)))


def _for_part(params: Params, share: float) -> Params:
    match params:
        case CartoonizeParams(resolution=int(side)):
            return params.model_copy(update={"resolution": _shortened(side, share)})
        case StylizeParams(row=row) if row is None or not isinstance(row.steps[0], Enhance):
            return params.model_copy(update={"canvas": _shortened(canvas_side(params), share)})
        case RestoreFacesParams() if _chooses(params):
            return params.model_copy(update={"faces": Faces.ALL, "indices": (), "only_center_face": False})
        case _:
            return params


def _classical(params: Params) -> TypeGuard[CartoonizeParams]:
    return isinstance(params, CartoonizeParams) and params.style in LOOKS


def _chooses(params: RestoreFacesParams) -> bool:
    """Whether the whole photo decides which faces are restored; a face's size in pixels is the same in its parts."""
    return bool(params.indices) or params.only_center_face or params.faces is Faces.LARGEST


def _shortened(side: int, share: float) -> int:
    return max(1, round(side * share))
