"""Presets, operations and styles: what there is to choose from."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from safelight.api.bodies import example
from safelight.api.caller import Calling
from safelight.api.parts import Having
from safelight.api.views import OperationView, PresetView, StyleView
from safelight.errors import RecipeError
from safelight.operations import OPERATIONS
from safelight.operations.styles.known import all_styles
from safelight.operations.styles.own import OWN
from safelight.operations.styles.steps import Network
from safelight.recipes.recipe import PRESETS, Recipe, preset, read_recipe

router = APIRouter(tags=["presets, operations, styles"])

Name = Annotated[
    str, Path(min_length=1, max_length=100, description="Name of the preset.", pattern=r"^[^\x00-\x1f\x7f/\\]+$")
]


_PRESET = {"recipe": {"title": "Twice the size", "steps": [{"operation": "upscale", "scale": 2}]}}


class PresetBody(BaseModel):
    """A recipe to keep."""

    model_config = ConfigDict(extra="forbid")

    recipe: dict[str, Any] = Field(description="The recipe: `{title?, summary?, steps: [{operation, ...}]}`.")


@router.get("/presets", summary="All presets")
def presets(having: Having, caller: Calling) -> list[PresetView]:
    """Give the presets that come with Safelight, then the user's own."""
    own = having.service.presets.all(caller.owner)
    return [
        *(_view(preset(name), own=False) for name in PRESETS),
        *(_view(read_recipe({**one.recipe, "name": one.name}), own=True) for one in own),
    ]


@router.get("/presets/{name}", summary="A preset")
def show(name: Name, having: Having, caller: Calling) -> PresetView:
    """Give one preset."""
    if name in PRESETS:
        return _view(preset(name), own=False)
    found = having.service.presets.find(caller.owner, name)
    return _view(read_recipe({**found.recipe, "name": name}), own=True)


@router.put("/presets/{name}", summary="Make or change a preset of one's own", openapi_extra=example(_PRESET))
def save(name: Name, body: PresetBody, having: Having, caller: Calling) -> PresetView:
    """Keep a recipe under a name; it can then be used like the presets that come with Safelight."""
    if name in PRESETS:
        raise RecipeError(f"{name} comes with Safelight and stays as it is; choose another name")
    recipe = read_recipe({**body.recipe, "name": name})
    having.service.presets.save(caller.owner, name, recipe.model_dump(mode="json"))
    return _view(recipe, own=True)


@router.delete("/presets/{name}", status_code=204, summary="Delete a preset of one's own")
def delete(name: Name, having: Having, caller: Calling) -> None:
    """Delete a preset; tasks that were made with it keep their recipe."""
    having.service.presets.delete(caller.owner, name)


@router.get("/operations", summary="All operations")
def operations() -> list[OperationView]:
    """Give the operations with the JSON Schema of their parameters."""
    return [
        OperationView(id=one.id, title=one.title, summary=one.summary, params=one.params.model_json_schema())
        for one in OPERATIONS.values()
    ]


@router.get("/styles", summary="All styles")
def styles() -> list[StyleView]:
    """Give the styles of `stylize`, those that need no weights first."""
    own = OWN.all()
    return [
        StyleView(
            id=one.id, title=one.title, summary=one.summary, prompt=one.prompt,
            network=any(isinstance(step, Network) for step in one.steps), local=bool(one.steps), own=one.id in own,
        )
        for one in all_styles().values()
    ]  # fmt: skip


def _view(recipe: Recipe, *, own: bool) -> PresetView:
    return PresetView(
        name=recipe.name, title=recipe.title, summary=recipe.summary, own=own, recipe=recipe.model_dump(mode="json")
    )
