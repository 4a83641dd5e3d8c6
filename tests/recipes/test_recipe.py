"""Recipes are strict, and say in one line what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safelight.errors import RecipeError, UnknownOperationError, UnknownPresetError
from safelight.operations import OPERATIONS
from safelight.recipes.recipe import PRESETS, load_recipe, preset, read_recipe


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_valid_recipe_with_a_title_and_a_summary(name: str) -> None:
    recipe = preset(name)

    assert recipe.name == name
    assert recipe.title
    assert recipe.summary


def test_an_unknown_preset_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownPresetError, match=r"nonesuch.*general, anime, face, dehaze, lowlight, cartoon, raw"):
        preset("nonesuch")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "at least 1"),
        ([{"operation": "upscale", "scale": 9}], r"upscale\.scale = 9.*less than or equal to 8"),
        ([{"operation": "upscale", "sharpness": 1}], r"no parameter 'sharpness' \(it has: scale"),
        ([{"operation": "tune", "sharpen": float("nan")}], r"tune\.sharpen"),
        ([{"scale": 2}], "operation"),
    ],
)
def test_what_is_wrong_with_a_step_is_said_in_one_line(steps: list[dict[str, object]], message: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        read_recipe({"steps": steps})
    assert "\n" not in str(caught.value)


def test_an_unknown_operation_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownOperationError, match=r"nonesuch.*upscale, tune"):
        read_recipe({"steps": [{"operation": "nonesuch"}]})


def test_a_recipe_file_may_be_toml_or_json(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[steps]]\noperation = "upscale"\nscale = 2\n')
    (tmp_path / "mine.json").write_text('{"steps": [{"operation": "upscale", "scale": 2}]}')

    assert load_recipe(tmp_path / "mine.toml") == load_recipe(tmp_path / "mine.json")
    assert load_recipe(tmp_path / "mine.toml").name == "mine"


@pytest.mark.parametrize("content", ["[[steps", "[1, 2]", "", '{"steps": 5}', "\x00"])
@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_file_that_is_no_recipe_is_refused_by_name(tmp_path: Path, content: str, suffix: str) -> None:
    path = tmp_path / f"bad{suffix}"
    path.write_text(content)

    with pytest.raises(RecipeError, match="bad"):
        load_recipe(path)


def test_a_recipe_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"missing\.toml.*no such file"):
        load_recipe(tmp_path / "missing.toml")


def test_values_are_changed_in_every_step_of_an_operation_and_checked() -> None:
    changed = preset("general").changed({"upscale": {"scale": 2.5}, "tune": {"sharpen": 0}})

    assert [step.bind()[1].model_dump()["scale"] for step in changed.steps[:1]] == [2.5]
    with pytest.raises(RecipeError, match="scale"):
        preset("general").changed({"upscale": {"scale": 0}})
    with pytest.raises(RecipeError, match="no step denoise"):
        preset("general").changed({"denoise": {"strength": 1}})


def test_values_for_every_step_that_has_them() -> None:
    face = preset("face").everywhere({"scale": 2, "quality_level": "fast"})
    assert [step.values.get("scale") for step in face.steps] == [2, None]
    assert [step.values.get("quality_level") for step in face.steps] == ["fast", None]
    assert preset("general").everywhere({"scale": 2}).steps[0].values == {"scale": 2}
    with pytest.raises(RecipeError, match="no step of the recipe cartoon has a parameter 'scale'"):
        preset("cartoon").everywhere({"scale": 2})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_step_with_every_parameter_filled_in_is_the_step_that_it_was(operation: str) -> None:
    needed = {"comfyui": {"workflow": "style"}}.get(operation, {})
    short = read_recipe({"steps": [{"operation": operation, **needed}]}).steps[0].bind()[1]
    full = json.loads(short.model_dump_json())
    assert set(full) == set(type(short).model_fields)
    assert read_recipe({"steps": [{"operation": operation, **full}]}).steps[0].bind()[1] == short


def test_a_recipe_has_64_steps_at_most() -> None:
    """More would keep a worker busy for as long as a stranger likes, over a request of some kilobytes."""
    assert len(read_recipe({"steps": [{"operation": "tune"}] * 64}).steps) == 64
    with pytest.raises(RecipeError, match="64"):
        read_recipe({"steps": [{"operation": "tune"}] * 65})
