"""``upscale`` with a network whose result is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FakeUpscaler, fake_context, fake_spec
from safelight.errors import UnknownModelError
from safelight.imaging.photo import Metadata, Photo
from safelight.models.catalog import Catalog
from safelight.models.upscaler import Precision
from safelight.operations.operation import Size
from safelight.operations.upscale import UPSCALE, UpscaleParams
from safelight.settings import load_settings


def enlarge(photo: Photo, folder: Path, network: FakeUpscaler | None = None, **params: object) -> tuple[Photo, object]:
    context = fake_context(folder, network)
    return UPSCALE.run(photo, UpscaleParams(**params), context), context


@settings(max_examples=20, deadline=None)
@given(width=st.integers(1, 90), height=st.integers(1, 90), scale=st.floats(1, 8), bands=st.integers(1, 4))
def test_the_result_has_the_size_that_was_forecast(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int, scale: float, bands: int
) -> None:
    photo = Photo.from_pixels(np.zeros((height, width, bands), np.uint8))
    result, _ = enlarge(photo, tmp_path_factory.mktemp("w"), scale=scale)
    ahead = UPSCALE.forecast(
        Size(width=width, height=height, bands=bands, depth=8), UpscaleParams(scale=scale), (fake_spec(),)
    )

    assert (result.width, result.height, result.bands) == (ahead.size.width, ahead.size.height, bands)
    assert ahead.size.width == max(1, round(width * scale))
    assert result.pixels().shape == (result.height, result.width, bands)


def test_what_belongs_to_the_photo_stays_with_it(tmp_path: Path) -> None:
    metadata = Metadata(icc=b"icc", exif=b"II*\0", xmp=b"<x/>")
    photo = Photo.from_pixels(np.zeros((8, 8, 3), np.uint8), metadata=metadata, name="me.png")

    result, _ = enlarge(photo, tmp_path)

    assert result.metadata == metadata
    assert result.name == "me.png"


def test_grey_stays_grey_and_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    photo = Photo.from_pixels(np.full((8, 8), 40_000, np.uint16))

    result, _ = enlarge(photo, tmp_path)

    assert (result.bands, result.depth) == (1, 16)
    assert set(result.pixels().ravel()) == {40_000}


def test_sixteen_bit_photos_are_computed_in_float32(tmp_path: Path) -> None:
    network = FakeUpscaler()
    _, context = enlarge(Photo.from_pixels(np.zeros((8, 8, 3), np.uint16)), tmp_path, network)
    enlarge(Photo.from_pixels(np.zeros((8, 8, 3), np.uint8)), tmp_path, network)

    assert [precision for _, precision in network.calls] == [Precision.FLOAT32, Precision.BFLOAT16]
    assert context.executions[0].precision == "float32"


def test_the_execution_says_how_it_was_computed(tmp_path: Path) -> None:
    context = fake_context(tmp_path, FakeUpscaler(), tile=64)
    UPSCALE.run(Photo.from_pixels(np.zeros((100, 130, 3), np.uint8)), UpscaleParams(), context)

    assert context.executions[0].to_dict() == {
        "operation": "upscale", "model": "fake", "device": "cpu", "precision": "bfloat16", "tile": "44x52",
        "tiles": 6, "context": 12, "halved": 0, "redone": 0,
    }  # fmt: skip


def test_more_than_the_network_enlarges_is_done_by_resampling_and_said(tmp_path: Path) -> None:
    photo = Photo.from_pixels(np.zeros((8, 8, 3), np.uint8))
    _, within = enlarge(photo, tmp_path, scale=2)
    _, beyond = enlarge(photo, tmp_path, scale=3)

    assert within.warnings == []
    assert "resampling" in beyond.warnings[0]


def test_an_alpha_that_hides_nothing_costs_no_second_pass(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 20, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    network = FakeUpscaler()

    result, _ = enlarge(Photo.from_pixels(pixels), tmp_path, network, scale=2)

    assert len(network.calls) == 1
    assert (result.pixels()[..., 3] == 255).all()


@pytest.mark.parametrize("depth", [8, 16])
def test_transparent_edges_have_no_halo(tmp_path: Path, depth: int) -> None:
    top = 2**depth - 1
    y, x = np.mgrid[:64, :64]
    inside = (x - 32) ** 2 + (y - 32) ** 2 < 20**2
    pixels = np.zeros((64, 64, 4), np.uint16 if depth == 16 else np.uint8)
    pixels[inside] = (top * 0.8, top * 0.5, top * 0.1, top)

    result, _ = enlarge(Photo.from_pixels(pixels), tmp_path, scale=3)

    values = result.pixels().astype(float) / top
    visible = values[..., 3] > 0.02
    assert np.abs(values[visible][:, :3] - (0.8, 0.5, 0.1)).max() < 0.02


def test_a_model_that_does_not_exist_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownModelError, match=r"nonesuch.*realesrgan-x4plus"):
        UPSCALE.models(UpscaleParams(model="nonesuch"), Catalog(load_settings()))


def test_a_model_for_something_else_is_no_upscaler() -> None:
    with pytest.raises(UnknownModelError):
        UPSCALE.models(UpscaleParams(model="yunet"), Catalog(load_settings()))


def test_quality_and_content_lead_to_models_and_medium_says_what_it_runs() -> None:
    catalog = Catalog(load_settings())

    def ids(**params: object) -> list[str]:
        return [spec.id for spec in UPSCALE.models(UpscaleParams(**params), catalog)[0].candidates]

    assert ids() == ["realesrgan-x4plus"]
    assert ids(quality_level="fast") == ["realesrgan-general-x4v3", "realesr-animevideov3"]
    assert ids(content="anime") == ["realesrgan-x4plus-anime"]
    assert ids(model="realesrgan-x2plus") == ["realesrgan-x2plus"]
    assert "int8" in (UPSCALE.models(UpscaleParams(quality_level="medium"), catalog)[0].note or "")
