"""A plan for a part of a photo: what its parameters say of the whole photo, said of the part."""

from __future__ import annotations

from dataclasses import replace

from safelight.recipes.plan import Plan


def needs_whole(plan: Plan) -> bool:
    """Tell whether a part is to be cut out of the result of the whole photo, and that is soon there."""
    wanted = any(step.operation.for_part(step.params, 1.0).whole for step in plan.steps)
    return wanted and not any(step.models for step in plan.steps)


def plan_for_part(plan: Plan, share: float) -> Plan:
    """Give the plan that makes of a part of a photo what ``plan`` makes there of the whole, as far as a part can tell.

    It is for a run only: its values may be out of the range of the parameters, so its signature means nothing. What
    cannot be told from a part is said in a warning.

    Args:
        plan: what is done with the whole photo.
        share: long side of the part over that of the photo, 0-1.
    """
    parts = [step.operation.for_part(step.params, share) for step in plan.steps]
    steps = tuple(replace(step, params=part.params) for step, part in zip(plan.steps, parts, strict=True))
    notes = [f"{step.operation.id}: {part.note}" for step, part in zip(plan.steps, parts, strict=True) if part.note]
    return replace(plan, steps=steps, warnings=(*plan.warnings, *dict.fromkeys(notes)))
