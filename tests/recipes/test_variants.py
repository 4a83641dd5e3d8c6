"""Variants of a recipe: which values are worth a look."""

from __future__ import annotations

import pytest

from safelight.errors import RecipeError, UnknownOperationError
from safelight.models.catalog import Catalog
from safelight.operations import OPERATIONS
from safelight.recipes.recipe import read_recipe
from safelight.recipes.variants import shown, values_of, variants
from safelight.settings import Settings


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(Settings())


def test_all_of_a_choice(catalog: Catalog) -> None:
    assert values_of("dehaze", "method", catalog) == ("dark_channel", "aodnet")
    assert values_of("upscale", "raw", catalog) == (False, True)


def test_five_across_a_range_without_the_strength_that_does_nothing(catalog: Catalog) -> None:
    assert values_of("dehaze", "strength", catalog) == (0.2, 0.4, 0.6, 0.8, 1.0)
    assert values_of("cartoonize", "strength", catalog) == (0.1, 0.325, 0.55, 0.775, 1.0)
    assert values_of("cartoonize", "resolution", catalog) == (512, 896, 1280, 1664, 2048)


def test_all_models_of_the_operation(catalog: Catalog) -> None:
    assert "realesrgan-x4plus" in values_of("upscale", "model", catalog)
    assert "gfpgan-v1.4" not in values_of("upscale", "model", catalog)


def test_all_restorers_and_the_one_that_needs_no_weights(catalog: Catalog) -> None:
    found = values_of("restore_faces", "restorer", catalog)
    assert {"gfpgan-v1.4", "codeformer", "detail"} <= set(found)
    assert "realesrgan-x4plus" not in found


def test_a_mix_cannot_be_varied_and_that_is_said(catalog: Catalog) -> None:
    with pytest.raises(RecipeError, match=r"stylize\.mix cannot be varied"):
        values_of("stylize", "mix", catalog)
    base = read_recipe({"steps": [{"operation": "stylize"}]})
    with pytest.raises(RecipeError, match=r"stylize\.mix cannot be varied"):
        variants(base, "stylize", "mix", ["harvest=1"])


def test_more_values_than_fit_a_sheet_are_refused() -> None:
    base = read_recipe({"steps": [{"operation": "dehaze"}]})
    with pytest.raises(RecipeError, match="101 values are too many"):
        variants(base, "dehaze", "strength", [at / 200 for at in range(101)])


@pytest.mark.parametrize("operation", ["cartoonize", "stylize"])
def test_all_styles(catalog: Catalog, operation: str) -> None:
    found = values_of(operation, "style", catalog)
    assert len(found) >= 5
    base = read_recipe({"steps": [{"operation": operation}]})
    assert len(variants(base, operation, "style", found)) == len(found)


def test_what_nobody_can_guess_has_to_be_named(catalog: Catalog) -> None:
    with pytest.raises(RecipeError, match="--values"):
        values_of("restore_faces", "indices", catalog)
    with pytest.raises(RecipeError, match="it has: method"):
        values_of("dehaze", "colour", catalog)
    with pytest.raises(UnknownOperationError):
        values_of("paint", "style", catalog)


def test_every_value_worth_a_look_is_valid(catalog: Catalog) -> None:
    for operation in OPERATIONS.values():
        base = read_recipe({"steps": [{"operation": operation.id}]})
        for name in operation.params.model_fields:
            try:
                values = values_of(operation.id, name, catalog)
            except RecipeError:
                continue
            assert len(variants(base, operation.id, name, values)) == len(values) > 0


def test_a_value_out_of_range_is_refused() -> None:
    base = read_recipe({"steps": [{"operation": "dehaze"}]})
    with pytest.raises(RecipeError, match=r"dehaze\.strength"):
        variants(base, "dehaze", "strength", [0.5, 7])
    assert [shown(one) for one in ("ink", 0.5, True, None)] == ["ink", "0.5", "true", "null"]
