"""``cartoonize``: sizes, depths and transparency, what is refused and said, cancel, and the networks' whole path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from skimage import data

from fakes import FakeUpscaler, fake_context
from safelight.errors import CancelledError, MissingWeightsError, RecipeError
from safelight.imaging.arrays import Pixels, Values
from safelight.imaging.codecs import open_photo
from safelight.imaging.colour import grey_to_srgb
from safelight.imaging.formats import Format, Output
from safelight.imaging.photo import Photo
from safelight.models.networks.cartoongan import CartoonGan
from safelight.models.networks.painting import Norms, Painting
from safelight.models.painter import Condition
from safelight.models.spec import ModelTask
from safelight.models.upscaler import Precision
from safelight.operations.cartoonize import CARTOONIZE, LOOKS, MODELS, CartoonizeParams, CartoonStyle
from safelight.operations.context import Context
from safelight.operations.operation import Size
from safelight.recipes.recipe import preset, read_recipe
from safelight.settings import Settings
from safelight.wiring import Studio

STYLES = pytest.mark.parametrize("style", ["ink", "soft", "poster", "hayao"])
NETWORKS = [style for style in CartoonStyle if style not in LOOKS]


@dataclass
class FakePainter(FakeUpscaler):
    """Turns colours to their negatives and ties nothing."""

    scale: int = 1
    context: int = 4

    @property
    def studied(self) -> int:
        return 1024 * 704

    def facing(
        self, width: int, height: int, thumbnail: Callable[[int], Pixels], condition: Condition | None = None
    ) -> FakePainter:
        self.thumbnail = thumbnail(self.studied)
        return self

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        return 1 - tiles.astype(np.float32) / np.float32(np.iinfo(tiles.dtype).max)


def drawn(pixels: NDArray[np.generic], folder: Path, context: Context | None = None, **params: object) -> Photo:
    context = context or fake_context(folder, FakePainter())
    return CARTOONIZE.run(Photo.from_pixels(pixels), CartoonizeParams(**params), context)


def strip(bands: int = 3, depth: int = 8) -> NDArray[np.generic]:
    """A strip of a photo, of any form; long and low, so that it is drawn in no time."""
    pixels = data.astronaut()[60:84, 100:340]
    grey = pixels[..., 1:2]
    alpha = np.broadcast_to(np.linspace(0, 255, 240).astype(np.uint8)[None, :, None], (24, 240, 1))
    pixels = {1: grey, 2: np.concatenate([grey, alpha], 2), 3: pixels, 4: np.concatenate([pixels, alpha], 2)}[bands]
    return np.ascontiguousarray(pixels.astype(np.uint16) * 257 if depth == 16 else pixels)


@STYLES
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_size_depth_and_transparency_stay(tmp_path: Path, style: str, depth: int, bands: int) -> None:
    pixels = strip(bands, depth)
    result = drawn(pixels, tmp_path, style=style, resolution=None)
    colours = 3 if style not in LOOKS or bands > 2 else 1
    assert (result.width, result.height, result.depth) == (240, 24, depth)
    assert result.bands == colours + (bands in (2, 4))
    assert not np.array_equal(result.pixels()[..., :1], pixels[..., :1])
    if bands in (2, 4):
        np.testing.assert_array_equal(result.pixels()[..., -1], pixels[..., -1])


@pytest.mark.parametrize("style", list(LOOKS))
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 2), (2000, 7), (64, 64)])
def test_odd_sizes_are_photos_too(tmp_path: Path, style: str, size: tuple[int, int]) -> None:
    if style != "ink" and size[0] == size[1]:
        pytest.skip("one look is enough for what takes longest")
    pixels = np.random.default_rng(2).integers(0, 255, (*size, 3)).astype(np.uint8)
    assert drawn(pixels, tmp_path, style=style, resolution=None).pixels().shape == (*size, 3)


@pytest.mark.parametrize("style", list(LOOKS))
def test_sixteen_bits_are_drawn_as_eight_are_but_finer(tmp_path: Path, style: str) -> None:
    eight = drawn(strip(), tmp_path, style=style, resolution=None).pixels().astype(float)
    sixteen = drawn(strip(depth=16), tmp_path, style=style, resolution=None).pixels()
    assert np.abs(eight - sixteen / 257).max() <= 1
    assert (sixteen % 257 > 0).mean() > 0.5


def test_strength_is_the_share_of_the_drawing(tmp_path: Path) -> None:
    pixels = strip().astype(float)
    full = drawn(strip(), tmp_path, strength=1.0, resolution=None).pixels().astype(float)
    some = drawn(strip(), tmp_path, strength=0.3, resolution=None).pixels().astype(float)
    assert np.abs(some - (0.7 * pixels + 0.3 * full)).max() <= 0.51


@pytest.mark.parametrize(("side", "shape"), [(512, (51, 512, 3)), (None, (24, 240, 3))])
def test_the_resolution_is_the_long_side_and_enlarging_is_said(
    tmp_path: Path, side: int | None, shape: tuple[int, ...]
) -> None:
    context = fake_context(tmp_path)
    assert drawn(strip(), tmp_path, context, resolution=side).pixels().shape == shape
    assert ["enlarged from 240 x 24 to 512 x 51" in text for text in context.warnings] == [True] * (side is not None)


def test_a_large_photo_is_made_smaller_without_a_word(tmp_path: Path) -> None:
    context = fake_context(tmp_path)
    pixels = np.repeat(np.repeat(strip(), 4, 0), 4, 1)
    assert drawn(pixels, tmp_path, context, resolution=512).pixels().shape == (51, 512, 3)
    assert context.warnings == []


def test_colours_under_full_transparency_do_not_show(tmp_path: Path) -> None:
    pixels = np.full((24, 240, 4), 200, np.uint8)
    pixels[:, 120:] = (0, 0, 0, 0)
    result = drawn(pixels, tmp_path, resolution=512).pixels()
    assert np.abs(result[result[..., 3] > 20][:, :3].astype(int) - 200).max() <= 1


def test_a_forecast_knows_the_size_and_that_networks_give_colour() -> None:
    size = Size(width=6000, height=3000, bands=2, depth=16)
    ahead = CARTOONIZE.forecast(size, CartoonizeParams(resolution=2048), ())
    assert (ahead.size.width, ahead.size.height, ahead.size.bands, ahead.network_pixels) == (2048, 1024, 2, 0)
    assert ahead.guess is not None
    assert 1 < ahead.guess < 60
    whole = CARTOONIZE.forecast(size, CartoonizeParams(style="hosoda", resolution=None), (fake_context(Path()).chosen))
    assert (whole.size.width, whole.size.bands, whole.network_pixels) == (6000, 4, 18_000_000)
    assert whole.disk >= whole.size.bytes


def test_an_unknown_style_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(RecipeError, match="nonesuch") as caught:
        read_recipe({"steps": [{"operation": "cartoonize", "style": "nonesuch"}]})
    assert all(style in str(caught.value) for style in CartoonStyle)


@pytest.mark.parametrize("name", ["dctnet", "DCT-Net", "dct_net"])
def test_dct_net_goes_by_the_names_that_people_write(name: str) -> None:
    recipe = read_recipe({"steps": [{"operation": "cartoonize", "style": name}]})
    assert recipe.steps[0].bind()[1].model_dump()["style"] is CartoonStyle.DCTNET


@pytest.mark.parametrize(
    ("name", "value"), [("strength", 0.05), ("strength", 1.1), ("resolution", 511), ("resolution", 2049)]
)
def test_values_out_of_range_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(RecipeError, match=rf"cartoonize\.{name}"):
        read_recipe({"steps": [{"operation": "cartoonize", name: value}]})


def test_every_style_has_a_look_or_a_model_of_the_catalog(tmp_path: Path) -> None:
    catalog = Studio(Settings(data_dir=tmp_path)).catalog
    assert set(LOOKS).isdisjoint(MODELS)
    assert set(LOOKS) | set(MODELS) == set(CartoonStyle)
    for style in NETWORKS:
        choice, *finder = CARTOONIZE.models(CartoonizeParams(style=style), catalog)
        assert [one.candidates[0].id for one in finder] == ["face-landmarker"] * (style == "dctnet")
        assert choice.candidates[0].task is ModelTask.CARTOONIZE
    assert CARTOONIZE.models(CartoonizeParams(), catalog) == ()


@pytest.mark.parametrize(("style", "words"), [("hayao", "conv01_1"), ("face-paint", "face_paint_512_v2.pt")])
def test_a_style_without_weights_says_what_is_missing_and_what_needs_none(
    tmp_path: Path, style: str, words: str
) -> None:
    studio = Studio(Settings(data_dir=tmp_path, models_dir=str(tmp_path), auto_pull=False))
    recipe = preset("cartoon").changed({"cartoonize": {"style": style}})
    with pytest.raises(MissingWeightsError, match=words) as caught:
        studio.planner.plan(recipe, Output(format=Format.PNG))
    assert "https://" in str(caught.value)
    assert "ink, soft, poster need no weights" in str(caught.value)


def test_the_name_of_a_result_tells_style_resolution_and_strength(tmp_path: Path) -> None:
    studio = Studio(Settings(data_dir=tmp_path))
    recipe = preset("cartoon").changed({"cartoonize": {"style": "poster", "strength": 0.85}})
    plan = studio.planner.plan(recipe, Output(format=Format.PNG))
    assert plan.file_name("cat") == "cat_poster_r1024_s085.png"


@pytest.mark.parametrize("style", list(LOOKS))
def test_progress_grows_to_the_end_and_a_cancel_is_heard_at_every_step(tmp_path: Path, style: str) -> None:
    seen: list[float] = []
    context = replace(fake_context(tmp_path), progress=seen.append)
    drawn(strip(), tmp_path, context, style=style, resolution=None)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) >= 6
    for last in range(len(seen)):
        heard = 0

        def check(last: int = last) -> None:
            nonlocal heard
            heard += 1
            if heard > last:
                raise CancelledError("enough")

        stopped = replace(fake_context(tmp_path), check_cancelled=check)
        with pytest.raises(CancelledError):
            drawn(strip(), tmp_path, stopped, style=style, resolution=None)


def real(folder: Path, models: Path, pixels: Pixels, studio: Studio | None = None, **options: object) -> Photo:
    studio = studio or Studio(Settings(data_dir=folder, models_dir=str(models), auto_pull=False, device="cpu"))
    tile = options.pop("tile", None)
    params = CartoonizeParams(**options)
    specs = tuple(choice.candidates[0] for choice in CARTOONIZE.models(params, studio.catalog))
    workspace = folder / f"tile-{tile}"
    workspace.mkdir(exist_ok=True)
    context = Context(models=studio.pool, chosen=specs, workspace=workspace, tile=tile)
    return CARTOONIZE.run(Photo.from_pixels(pixels), params, context)


@pytest.mark.weights
@pytest.mark.parametrize("style", ["hosoda", "shinkai"])
def test_the_whole_path_gives_what_the_bare_network_gives(tmp_path: Path, shared_models: Path, style: str) -> None:
    pixels = np.ascontiguousarray(data.coffee()[100:260, 100:300])
    result = real(tmp_path, shared_models, pixels, style=style, resolution=None).pixels().astype(float)
    network = CartoonGan().eval()
    network.load_state_dict(load_file(shared_models / f"cartoongan_{style}.fp16.safetensors"))
    with torch.inference_mode():
        x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
        bare = network(x, Norms(), None)[0].permute(1, 2, 0).clamp(0, 1).numpy() * 255
    assert np.abs(result - bare).max() <= 3
    assert np.abs(result - bare).mean() <= 0.6


@pytest.mark.weights
@pytest.mark.parametrize("style", ["hosoda", "shinkai"])
def test_tiles_of_a_network_are_the_whole_at_fifty_db(tmp_path: Path, shared_models: Path, style: str) -> None:
    studio = Studio(Settings(data_dir=tmp_path, models_dir=str(shared_models), auto_pull=False, device="cpu"))
    pixels = np.ascontiguousarray(data.chelsea())
    whole, tiled = (
        real(tmp_path, shared_models, pixels, studio, style=style, resolution=None, tile=tile).pixels().astype(float)
        for tile in (2048, 192)
    )
    assert np.mean((whole - tiled) ** 2) < 255**2 / 10**5
    assert list(studio.pool.resident()) == [f"cartoongan-{style}"]


@pytest.mark.weights
def test_a_network_draws_what_it_is_known_for(tmp_path: Path, shared_models: Path) -> None:
    """Golden figures of the published weights on a free picture."""
    pixels = np.ascontiguousarray(data.astronaut()[:256, 100:356])
    result = real(tmp_path, shared_models, pixels, style="hosoda", resolution=None).pixels().astype(float)
    np.testing.assert_allclose(result.mean(axis=(0, 1)), GOLDEN_HOSODA, atol=2)


GOLDEN_HOSODA = (204.0, 200.5, 197.2)


@pytest.mark.parametrize(("width", "height"), [(3000, 2000), (1024, 1024), (300, 200), (40_000, 3)])
def test_statistics_are_taken_of_no_more_pixels_than_fit_a_tile(tmp_path: Path, width: int, height: int) -> None:
    painter = FakePainter(memory=1 << 26)
    pixels = np.zeros((height, width, 3), np.uint8)
    drawn(pixels, tmp_path, fake_context(tmp_path, painter), style="hayao", resolution=None)
    found = painter.thumbnail.shape
    assert found[0] * found[1] <= Painting.studied * 1.01
    assert found[0] * found[1] > 0.9 * min(Painting.studied, width * height)
    assert abs(found[1] / found[0] - width / height) < 0.01 * width / height or min(found[:2]) < 8


@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_grey_with_a_profile_is_painted_as_the_tones_that_it_shows(
    tmp_path: Path, shared_photos: Path, strength: float
) -> None:
    grey = open_photo(shared_photos / "scenes/wolf_gray.jpg", max_pixels=10**9)
    grey = grey.with_image(grey.image.crop(0, 0, grey.width, 60))
    shown, icc = grey_to_srgb(grey.image, grey.metadata.icc or b"")
    assert np.abs(shown.numpy()[..., :1].astype(int) - grey.pixels()).max() > 3, "its profile is not that of sRGB"
    params = CartoonizeParams(style="hayao", resolution=None, strength=strength)
    result = CARTOONIZE.run(grey, params, fake_context(tmp_path, FakePainter()))
    assert (result.metadata.icc, result.metadata.exif) == (icc, grey.metadata.exif)
    expected = shown.numpy() * (1 - strength) + (255.0 - shown.numpy()) * strength
    assert np.abs(result.pixels() - expected).max() <= 1
