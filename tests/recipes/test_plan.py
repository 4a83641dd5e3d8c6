"""Signatures name what decides a picture, and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from safelight.errors import CorruptWeightsError, MissingWeightsError
from safelight.imaging.formats import Format, Output, Strip
from safelight.models.catalog import Catalog
from safelight.models.weights import Weights
from safelight.recipes.plan import Plan, Planner
from safelight.recipes.recipe import Recipe, preset, read_recipe
from safelight.settings import Settings


def planner(models: Path, data: Path, **settings: object) -> Planner:
    values = Settings(data_dir=data, models_dir=str(models), auto_pull=False, **settings)
    catalog = Catalog(values)
    return Planner(catalog, Weights(values, catalog))


@pytest.fixture
def plan(shared_models: Path, tmp_path: Path) -> Planner:
    """A planner that has the compact network for photos."""
    return planner(shared_models, tmp_path)


def fast(**values: object) -> Recipe:
    return preset("general").changed({"upscale": {"quality_level": "fast", **values}})


def test_defaults_that_are_spelled_out_give_the_same_signature(plan: Planner) -> None:
    short = read_recipe({"steps": [{"operation": "upscale", "quality_level": "fast"}]})
    long = read_recipe(
        {"name": "long", "steps": [{"operation": "upscale", "scale": 4, "quality_level": "fast", "raw": False}]}
    )

    assert plan.plan(short, Output()).signature == plan.plan(long, Output()).signature


def test_everything_that_changes_the_picture_changes_the_signature(plan: Planner) -> None:
    plans = [
        plan.plan(fast(), Output()),
        plan.plan(fast(scale=3.5), Output()),
        plan.plan(fast(raw=True), Output()),
        plan.plan(fast().changed({"tune": {"sharpen": 0.2}}), Output()),
        plan.plan(fast(model="realesrgan-general-wdn-x4v3"), Output()),
        plan.plan(fast(), Output(format=Format.JPEG)),
        plan.plan(fast(), Output(format=Format.JPEG, quality=80)),
        plan.plan(fast(), Output(strip=Strip.GPS)),
    ]

    assert len({one.signature for one in plans}) == len(plans)


def test_a_new_revision_of_an_operation_changes_the_signature(plan: Planner) -> None:
    before = plan.plan(fast(), Output())
    step = before.steps[0]
    newer = replace(step, operation=replace(step.operation, revision=step.operation.revision + 1))

    assert replace(before, steps=(newer, *before.steps[1:])).signature != before.signature


def test_the_signature_does_not_depend_on_where_things_are_or_run(
    plan: Planner, shared_models: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for part in ("param", "bin"):
        shutil.copy(shared_models / f"RealESRGAN_General_x4_v3.{part}", elsewhere)
    other = planner(elsewhere, tmp_path / "data", device="cpu", memory_mb=100, precision="float32")

    assert plan.plan(fast(), Output()).signature == other.plan(fast(), Output()).signature


def test_the_signature_is_stable_over_releases(plan: Planner) -> None:
    signature = plan.plan(fast(), Output()).signature

    assert signature == "82ee9fb00a5f1ba583d4b22088972fcbc6f6e6de7a57a3d046b0e3e4034d04c8", (
        "results of earlier runs would be made again"
    )


def test_fast_falls_back_to_the_network_that_can_be_had_and_says_so(weights_dir: Path, tmp_path: Path) -> None:
    made = planner(weights_dir, tmp_path).plan(fast(), Output())

    assert [spec.id for spec in made.steps[0].models] == ["realesr-animevideov3"]
    assert any("realesrgan-general-x4v3 cannot be had here" in text for text in made.warnings)


def test_weights_that_cannot_be_had_are_an_error_that_says_which_and_where_from(tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError, match=r"REALESRGAN_X4PLUS_UP4X\.bin.*713ee713"):
        planner(tmp_path / "models", tmp_path).plan(preset("general"), Output())


def test_a_plan_without_fetching_names_what_would_be_fetched(tmp_path: Path) -> None:
    values = Settings(data_dir=tmp_path, models_dir=str(tmp_path / "models"))
    catalog = Catalog(values)
    made: Plan = Planner(catalog, Weights(values, catalog)).plan(preset("general"), Output(), fetch=False)

    assert "realesrgan-x4plus are not here yet" in made.warnings[0]
    assert not (tmp_path / "models").exists()


CATALOG = """
[quality.photo]
fast = ["wanted", "there"]

[[model]]
id = "wanted"
title = "Wanted"
task = "upscale"
architecture = "rrdbnet"
licence = "MIT"
scale = 4
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "wanted.pth"
sha256 = "{sha}"
bytes = 7
sources = [{{ url = "http://127.0.0.1:9/wanted.pth" }}]

[[model]]
id = "there"
title = "There"
task = "upscale"
architecture = "rrdbnet"
licence = "MIT"
scale = 4
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "there.pth"
sha256 = "{sha}"
bytes = 7
"""


def in_a_process_of_its_own(models: Path, data: Path) -> Planner:
    values = Settings(data_dir=data, models_dir=str(models))
    catalog = Catalog(values)
    return Planner(catalog, Weights(values, catalog, retry_wait=0))


def test_what_a_worker_could_not_fetch_is_not_promised_while_something_else_is_there(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "catalog.toml").write_text(CATALOG.format(sha=hashlib.sha256(b"weights").hexdigest()))
    (models / "there.pth").write_bytes(b"weights")
    service = in_a_process_of_its_own(models, tmp_path)
    before = service.plan(fast(), Output(), fetch=False)
    assert [spec.id for spec in before.steps[0].models] == ["wanted"]

    done = in_a_process_of_its_own(models, tmp_path).plan(fast(), Output())
    assert [spec.id for spec in done.steps[0].models] == ["there"]
    after = service.plan(fast(), Output(), fetch=False)
    assert after.signature == done.signature
    assert any("wanted cannot be had here, there is used instead" in text for text in after.warnings)

    (models / "there.pth").unlink()
    alone = service.plan(fast(), Output(), fetch=False)
    assert [spec.id for spec in alone.steps[0].models] == ["wanted"]


def test_a_plan_says_which_of_its_models_are_not_tried_with_their_real_weights(
    shared_models: Path, tmp_path: Path
) -> None:
    (tmp_path / "paprika.pt").write_bytes(b"weights")
    made = planner(tmp_path, tmp_path), planner(shared_models, tmp_path)
    styles = "anime-paprika", "hosoda"
    recipes = [Recipe(steps=({"operation": "cartoonize", "style": style},)) for style in styles]
    unverified, verified = (one.plan(recipe, Output()) for one, recipe in zip(made, recipes, strict=True))

    assert any("animegan2-paprika is unverified" in text for text in unverified.warnings)
    assert not any("unverified" in text for text in verified.warnings)


def test_a_corrupt_weights_file_is_refused_by_hash_and_named(shared_models: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for part in ("param", "bin"):
        shutil.copy(shared_models / f"RealESRGAN_General_x4_v3.{part}", models)
    damaged = models / "RealESRGAN_General_x4_v3.bin"
    damaged.chmod(0o644)
    content = bytearray(damaged.read_bytes())
    content[1000] ^= 1
    damaged.write_bytes(content)

    with pytest.raises(CorruptWeightsError, match=r"RealESRGAN_General_x4_v3\.bin"):
        planner(models, tmp_path).plan(fast(), Output())
