"""Plans for parts of photos: what is said of the whole photo, said of the part."""

from __future__ import annotations

import pytest

from safelight.imaging.formats import Output
from safelight.operations.operation import Params
from safelight.recipes.part import needs_whole, plan_for_part
from safelight.recipes.plan import BoundStep, Plan
from safelight.recipes.recipe import read_recipe


def plan(**step: object) -> Plan:
    recipe = read_recipe({"steps": [step]})
    operation, params = recipe.steps[0].bind()
    bound = BoundStep(operation=operation, params=params, models=(), identities=())
    return Plan(recipe=recipe, steps=(bound,), output=Output(), warnings=("before",))


def params(found: Plan) -> Params:
    return found.steps[0].params


@pytest.mark.parametrize(("resolution", "part"), [(1024, 154), (512, 77), (None, None)])
def test_the_resolution_is_that_of_the_part(resolution: int | None, part: int | None) -> None:
    found = plan_for_part(plan(operation="cartoonize", style="hosoda", resolution=resolution, strength=0.5), 0.15)
    assert params(found).model_dump() == {"style": "hosoda", "strength": 0.5, "resolution": part}
    assert found.warnings == ("before",)


@pytest.mark.parametrize(("values", "part"), [({}, 384), ({"canvas": 2000}, 1000), ({"style": "realistic"}, None)])
def test_the_canvas_is_that_of_the_part(values: dict[str, object], part: int | None) -> None:
    assert params(plan_for_part(plan(operation="stylize", **values), 0.5)).model_dump()["canvas"] == part


@pytest.mark.parametrize("values", [{"indices": [2]}, {"faces": "largest"}, {"only_center_face": True}])
def test_all_faces_of_a_part_are_restored_and_that_is_said(values: dict[str, object]) -> None:
    asked = plan(operation="restore_faces", min_size=40, **values)
    found = plan_for_part(asked, 0.5)
    assert params(found).model_dump() == params(plan(operation="restore_faces", min_size=40)).model_dump()
    assert "shows all of its faces restored" in found.warnings[-1]
    assert plan_for_part(plan(operation="restore_faces", min_size=40), 0.5).warnings == ("before",)


def test_a_classical_look_is_cut_out_of_the_whole_where_that_is_small() -> None:
    small, large = (plan(operation="cartoonize", style="ink", resolution=side) for side in (1024, None))
    assert needs_whole(small)
    assert not needs_whole(large)
    assert "finer than in the whole" in plan_for_part(large, 0.5).warnings[-1]
    assert not needs_whole(plan(operation="cartoonize", style="hosoda"))


def test_what_says_nothing_of_the_whole_photo_stays() -> None:
    asked = plan(operation="upscale", scale=2)
    assert plan_for_part(asked, 0.1) == asked
