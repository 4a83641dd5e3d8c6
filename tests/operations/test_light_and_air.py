"""``dehaze``, ``relight`` and ``denoise``: what they change, what they leave, on known pictures and real weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from fakes import FakeUpscaler, fake_context
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.models.loaders.state import build_network, read_checkpoint
from safelight.operations.context import Context
from safelight.operations.dehaze import DEHAZE, DehazeParams
from safelight.operations.denoise import DENOISE, DenoiseParams
from safelight.operations.operation import Operation
from safelight.operations.relight import RELIGHT, RelightParams
from safelight.settings import Settings
from safelight.wiring import Studio

ALL: list[tuple[Operation[Any], dict[str, object]]] = [
    (DEHAZE, {}), (RELIGHT, {}), (DENOISE, {}), (DEHAZE, {"method": "aodnet"}), (RELIGHT, {"method": "sci"}),
]  # fmt: skip
NAMES = ["dark channel", "curve", "denoise", "aodnet", "sci"]


def done(operation: Operation[Any], pixels: NDArray[np.generic], **params: object) -> NDArray[np.float64]:
    photo = operation.run(Photo.from_pixels(pixels), operation.params(**params), fake_context(Path("/nowhere")))
    return photo.pixels().astype(float)


def hazy(depth: int = 8) -> NDArray[np.generic]:
    """A photo behind a bluish haze that grows to the right."""
    scene = data.coffee().astype(float) / 255
    through = np.linspace(0.9, 0.35, scene.shape[1])[None, :, None]
    pixels = scene * through + np.array([0.8, 0.84, 0.9]) * (1 - through)
    return (pixels * 255).round().astype(np.uint8) if depth == 8 else (pixels * 65535).round().astype(np.uint16)


def real(operation: Operation[Any], photo: Photo, folder: Path, models: Path, **params: object) -> Photo:
    studio = Studio(Settings(data_dir=folder, models_dir=str(models), auto_pull=False))
    chosen = operation.params(**params)
    specs = tuple(choice.candidates[0] for choice in operation.models(chosen, studio.catalog))
    return operation.run(photo, chosen, Context(models=studio.pool, chosen=specs, workspace=folder))


@pytest.mark.parametrize(("operation", "params"), ALL, ids=NAMES)
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_size_depth_and_transparency_stay(
    tmp_path: Path, operation: Operation[Any], params: dict[str, object], depth: int, bands: int
) -> None:
    top = 255 if depth == 8 else 65535
    pixels = np.random.default_rng(1).integers(0, top, (70, 90, bands)).astype(np.uint8 if depth == 8 else np.uint16)
    context = fake_context(tmp_path, FakeUpscaler(scale=4 if operation is DENOISE else 1))
    result = operation.run(Photo.from_pixels(pixels), operation.params(**params), context)
    assert (result.width, result.height, result.bands, result.depth) == (90, 70, bands, depth)
    if bands in (2, 4):
        np.testing.assert_array_equal(result.pixels()[..., -1], pixels[..., -1])
    assert context.executions[0].operation == operation.id


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 2), (2000, 7)])
@pytest.mark.parametrize(("operation", "params"), ALL, ids=NAMES)
def test_odd_sizes_are_photos_too(
    tmp_path: Path, operation: Operation[Any], params: dict[str, object], size: tuple[int, int]
) -> None:
    pixels = np.full((*size, 3), 40, np.uint8)
    context = fake_context(tmp_path, FakeUpscaler(scale=4 if operation is DENOISE else 1))
    assert operation.run(Photo.from_pixels(pixels), operation.params(**params), context).pixels().shape == (*size, 3)


@pytest.mark.parametrize("operation", [DEHAZE, RELIGHT, DENOISE], ids=["dehaze", "relight", "denoise"])
def test_no_strength_changes_nothing(operation: Operation[Any]) -> None:
    np.testing.assert_array_equal(done(operation, hazy(), strength=0), hazy())


def test_haze_goes_and_more_of_it_where_there_is_more() -> None:
    before, after, scene = hazy().astype(float), done(DEHAZE, hazy()), data.coffee().astype(float)
    assert after.std() > 1.15 * before.std()
    far = slice(-150, None)
    assert after[:, far].std() > 1.4 * before[:, far].std()
    assert np.abs(after[:, far] - scene[:, far]).mean() < 0.6 * np.abs(before[:, far] - scene[:, far]).mean()


def test_dehazing_clips_next_to_nothing() -> None:
    after = done(DEHAZE, hazy())
    assert ((after == 0).mean() + (after == 255).mean()) < 0.05


def test_sixteen_bits_are_dehazed_as_eight_are() -> None:
    eight, sixteen = done(DEHAZE, hazy()), done(DEHAZE, hazy(16)) / 257
    assert np.abs(eight - sixteen).mean() < 0.7


@pytest.mark.parametrize("level", [100, 128, 200])
def test_flat_grey_is_no_haze_that_turns_its_colour(level: int) -> None:
    after = done(DEHAZE, np.full((80, 80, 3), level, np.uint8))
    assert np.ptp(after, axis=2).max() <= 1


def test_dark_photos_become_brighter_and_keep_their_colours() -> None:
    dark = (data.astronaut() * 0.18).astype(np.uint8)
    after = done(RELIGHT, dark)
    assert after.mean() > 1.8 * dark.mean()
    seen = dark.max(axis=2) > 24
    before_share = dark[seen] / dark[seen].sum(axis=1, keepdims=True)
    after_share = after[seen] / after[seen].sum(axis=1, keepdims=True)
    assert np.abs(before_share - after_share).max() < 0.03


def test_black_stays_black_and_nothing_is_cut_off() -> None:
    dark = (data.astronaut() * 0.18).astype(np.uint8)
    dark[:40, :40] = 0
    after = done(RELIGHT, dark)
    assert after[:30, :30].max() == 0
    assert (after == 255).mean() < 0.01


def test_a_bright_photo_is_left_as_it_is_and_said_so(tmp_path: Path) -> None:
    bright = np.full((60, 60, 3), 210, np.uint8)
    context = fake_context(tmp_path)
    result = RELIGHT.run(Photo.from_pixels(bright), RelightParams(), context)
    np.testing.assert_array_equal(result.pixels(), bright)
    assert "bright enough" in context.warnings[0]


def test_a_backlit_photo_gets_its_shadows_lifted_and_keeps_its_sky() -> None:
    pixels = np.full((200, 200, 3), 235, np.uint8)
    pixels[60:] = data.astronaut()[60:200, :200] // 5
    after = done(RELIGHT, pixels)
    assert after[100:].mean() > 1.5 * pixels[100:].mean()
    assert np.abs(after[:40] - 235).max() <= 15


@pytest.mark.weights
@pytest.mark.parametrize(
    ("operation", "params", "file"),
    [
        (DEHAZE, {"method": "aodnet", "strength": 1.0}, "aodnet_dehazer.pth"),
        (RELIGHT, {"method": "sci", "darkness": "easy"}, "sci_easy.pt"),
        (RELIGHT, {"method": "sci", "darkness": "medium"}, "sci_medium.pt"),
        (RELIGHT, {"method": "sci", "darkness": "difficult"}, "sci_difficult.pt"),
    ],
    ids=["aodnet", "sci easy", "sci medium", "sci difficult"],
)
def test_the_whole_path_gives_what_the_bare_network_gives(
    tmp_path: Path, shared_models: Path, operation: Operation[Any], params: dict[str, object], file: str
) -> None:
    pixels = data.coffee()[100:260, 100:300] // 2
    result = real(operation, Photo.from_pixels(pixels), tmp_path, shared_models, **params).pixels().astype(float)
    network = build_network(read_checkpoint(shared_models / file))
    assert network is not None
    with torch.inference_mode():
        x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() / 255
        bare = network.eval()(x)[0].permute(1, 2, 0).clamp(0, 1).numpy() * 255
    assert np.abs(result - bare).max() <= 1


@pytest.mark.weights
def test_tiles_of_the_small_networks_leave_no_seam(tmp_path: Path, shared_models: Path) -> None:
    photo = Photo.from_pixels(data.coffee())
    studio = Studio(Settings(data_dir=tmp_path, models_dir=str(shared_models), auto_pull=False))
    results = []
    for tile in (None, 64):
        params = DehazeParams(method="aodnet", strength=1.0)
        specs = tuple(choice.candidates[0] for choice in DEHAZE.models(params, studio.catalog))
        workspace = tmp_path / str(tile)
        workspace.mkdir()
        context = Context(models=studio.pool, chosen=specs, workspace=workspace, tile=tile)
        results.append(DEHAZE.run(photo, params, context).pixels().astype(float))
    assert np.abs(results[0] - results[1]).max() <= 1


@pytest.mark.weights
def test_noise_is_taken_away_more_with_more_strength_and_colours_stay(tmp_path: Path, shared_models: Path) -> None:
    clean = data.chelsea()[60:188, 100:260].astype(float)
    noisy = (clean + np.random.default_rng(3).normal(0, 14, clean.shape)).clip(0, 255).round().astype(np.uint8)
    left = []
    for strength in (0.1, 0.5, 1.0):
        folder = tmp_path / str(strength)
        folder.mkdir()
        after = real(DENOISE, Photo.from_pixels(noisy), folder, shared_models, strength=strength).pixels()
        flat = after[90:120, 10:40].astype(float)
        left.append((flat - flat.mean(axis=(0, 1))).std())
        assert np.abs(after.mean(axis=(0, 1)) - noisy.mean(axis=(0, 1))).max() < 1
    assert left[0] > left[1] > left[2]


@pytest.mark.weights
@pytest.mark.parametrize("name", ["haze/canyon.png", "haze/test10.jpg"])
def test_real_haze_gives_more_contrast(tmp_path: Path, shared_photos: Path, name: str) -> None:
    photo = open_photo(shared_photos / name, max_pixels=10**8)
    before, after = photo.pixels().astype(float), DEHAZE.run(photo, DehazeParams(), fake_context(tmp_path)).pixels()
    assert after.astype(float).std() > 1.05 * before.std()


@pytest.mark.weights
@pytest.mark.parametrize("name", ["lowlight/01.jpg", "lowlight/02.jpg", "lowlight/03.jpg", "lowlight/04.jpg"])
def test_real_darkness_becomes_brighter(tmp_path: Path, shared_photos: Path, name: str) -> None:
    photo = open_photo(shared_photos / name, max_pixels=10**8)
    after = RELIGHT.run(photo, RelightParams(), fake_context(tmp_path)).pixels().astype(float)
    assert after.mean() > 1.2 * photo.pixels().mean()


def test_denoising_asks_for_the_networks_that_it_needs(tmp_path: Path) -> None:
    catalog = Studio(Settings(data_dir=tmp_path)).catalog

    def names(strength: float) -> list[str]:
        return [one.candidates[0].id for one in DENOISE.models(DenoiseParams(strength=strength), catalog)]

    assert names(0.5) == ["realesrgan-general-x4v3", "realesrgan-general-wdn-x4v3"]
    assert names(1.0) == ["realesrgan-general-x4v3"]
    assert names(0.0) == []
