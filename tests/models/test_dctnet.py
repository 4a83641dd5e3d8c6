"""DCT-Net's form: small frozen graphs that are fed, tiled and put together as its own are."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from models.frozen_graph import painting_graph
from safelight.errors import CorruptWeightsError, MissingWeightsError, ModelError
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.models.loaders.dctnet import load_dctnet
from safelight.models.loaders.device import Device
from safelight.models.spec import ResolvedModel
from safelight.models.upscaler import Precision
from safelight.operations.looks.heads import HEAD_POINTS
from safelight.people.align import fitted
from safelight.people.faces import find_faces
from safelight.people.warp import moved
from safelight.recipes.recipe import Recipe
from safelight.recipes.runner import Watch
from safelight.settings import Settings, load_settings
from safelight.wiring import Studio

CPU = Device(name="cpu", precision=Precision.BFLOAT16, memory=2**28, batch=1)
FOLDER = "cv_unet_person-image-cartoon_compound-models"


def only_blue() -> NDArray[np.float32]:
    """Everything becomes as dark as its blue: the first channel, as the graph sees colours."""
    weight = np.zeros((1, 1, 3, 3), np.float32)
    weight[0, 0, 0, :] = 1
    return weight


def nothing() -> NDArray[np.float32]:
    return np.zeros((1, 1, 3, 3), np.float32)


def blurred() -> NDArray[np.float32]:
    weight = np.zeros((15, 15, 3, 3), np.float32)
    for channel in range(3):
        weight[:, :, channel, channel] = 1 / 225
    return weight


def write(folder: Path, *, head: bytes | None = None, scene: bytes | None = None, mask: bytes | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cartoon_h.pb").write_bytes(painting_graph(nothing(), 255) if head is None else head)
    (folder / "cartoon_bg.pb").write_bytes(painting_graph(only_blue()) if scene is None else scene)
    place = np.hypot(*np.mgrid[-1:1:600j, -1:1:600j])
    picture = cv2.imencode(".jpg", ((place < 0.8) * 255).astype(np.uint8))[1].tobytes()
    (folder / "alpha.jpg").write_bytes(picture if mask is None else mask)
    return folder


def resolved(folder: Path) -> ResolvedModel:
    spec = Studio(Settings(data_dir=folder)).catalog.get("dctnet")
    names = [Path(file.name).name for file in spec.variants[0].files]
    return ResolvedModel(spec=spec, variant=spec.variants[0], paths=tuple(folder / name for name in names), sha256="")


def test_colours_go_in_with_blue_first_from_0_to_255_and_come_back(tmp_path: Path) -> None:
    network = load_dctnet(resolved(write(tmp_path)), CPU)
    pixels = data.astronaut()[100:137, 150:203]
    assert network.precision is Precision.FLOAT32
    for tiles in (pixels[None], pixels[None].astype(np.uint16) * 257):
        result = network.upscale(tiles, precision=Precision.FLOAT32, tie=False)
        np.testing.assert_allclose(result, np.repeat(pixels[None, ..., 2:] / 255, 3, axis=3), atol=1e-5)


def test_heads_are_painted_by_the_other_graph(tmp_path: Path) -> None:
    network = load_dctnet(resolved(write(tmp_path, head=painting_graph(only_blue(), 10))), CPU)
    heads = np.random.default_rng(1).integers(0, 200, (2, 288, 288, 3), dtype=np.uint8)
    wanted = np.repeat((heads[..., 2:].astype(np.float32) + 10) / 255, 3, axis=3)
    np.testing.assert_allclose(network.paint_heads(heads), wanted, atol=1e-5)
    assert network.paint_heads(heads[:0]).shape == (0, 288, 288, 3)
    assert network.head_mask.shape == (288, 288, 1)
    assert network.head_mask[144, 144, 0] > 0.99
    assert network.head_mask[3, 3, 0] < 0.01


def test_many_threads_may_paint_at_once(tmp_path: Path) -> None:
    network = load_dctnet(resolved(write(tmp_path)), CPU)
    pictures = [np.full((1, 32, 32, 3), level, np.uint8) for level in range(0, 240, 10)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda one: network.upscale(one, precision=Precision.FLOAT32, tie=False), pictures))
    for picture, result in zip(pictures, found, strict=True):
        np.testing.assert_allclose(result, picture / 255, atol=1e-5)


@pytest.mark.parametrize(
    "broken",
    [
        {"head": b""}, {"head": b"no graph at all" * 20}, {"scene": painting_graph(only_blue())[:-40]},
        {"mask": b""}, {"mask": b"no picture"},
    ],
)  # fmt: skip
def test_what_is_no_graph_or_no_mask_says_which_file(tmp_path: Path, broken: dict[str, bytes]) -> None:
    names = {"head": "cartoon_h", "scene": "cartoon_bg", "mask": "alpha"}
    with pytest.raises(CorruptWeightsError, match=names[next(iter(broken))]):
        load_dctnet(resolved(write(tmp_path, **broken)), CPU)


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ModelError) as refused:
        load_dctnet(resolved(write(tmp_path)), CPU)
    assert "safelight[dctnet]" in str(refused.value)


def painted(studio: Studio, photo: Photo, folder: Path, tile: int | None = None, **params: object) -> tuple[Photo, str]:
    recipe = Recipe(steps=({"operation": "cartoonize", "style": "dctnet", "resolution": None, **params},))
    plan = studio.planner.plan(recipe, Output())
    result = studio.run(plan, photo, workspace=folder, tile=tile, watch=Watch())
    return result.photo, "; ".join(result.warnings)


def test_tiles_have_no_borders(tmp_path: Path) -> None:
    write(tmp_path / FOLDER, scene=painting_graph(blurred()))
    studio = Studio(Settings(models_dir=str(tmp_path), data_dir=tmp_path, auto_pull=False))
    photo = Photo.from_pixels(data.chelsea())
    whole, said = painted(studio, photo, tmp_path)
    tiled, _ = painted(studio, photo, tmp_path, tile=100)
    assert np.abs(whole.pixels().astype(int) - tiled.pixels()).max() <= 1
    assert "dctnet is unverified" in said
    assert "heads are painted as the rest" in said


def test_a_head_has_its_eyes_and_its_mouth_where_the_graph_was_trained_to_see_them() -> None:
    # Worked out by hand: (x + 1 + 8, y + 1) of MTCNN's points, three quarters of it about 56, times 288 / 112.
    eye, _, nose, _, corner = HEAD_POINTS
    np.testing.assert_allclose(eye, (111.782, 137.629), atol=0.01)
    np.testing.assert_allclose(nose, (145.977, 176.278), atol=0.01)
    np.testing.assert_allclose(corner, (174.336, 215.751), atol=0.01)


@pytest.mark.weights
def test_heads_are_laid_over_the_scene_by_the_mask_where_the_faces_are(tmp_path: Path, people_dir: Path) -> None:
    write(tmp_path / FOLDER)
    studio = Studio(Settings(models_dir=f"{tmp_path}:{people_dir}", data_dir=tmp_path, auto_pull=False))
    photo = Photo.from_pixels(data.astronaut())
    result, said = painted(studio, photo, tmp_path)
    assert "heads" not in said
    (face,) = find_faces(photo, studio.pool, studio.catalog.get("face-landmarker"))
    matrix = fitted(face.points, HEAD_POINTS)
    rows, columns = np.mgrid[0:512, 0:512]
    there = moved(matrix, np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5])).reshape(512, 512, 2)
    away = np.hypot(there[..., 0] / 144 - 1, there[..., 1] / 144 - 1)
    pixels = result.pixels()
    assert (pixels[away < 0.75] >= 253).all()
    scene = np.repeat(photo.pixels()[..., 2:], 3, axis=2)
    assert np.abs(pixels[away > 0.85].astype(int) - scene[away > 0.85]).max() <= 2


@pytest.mark.weights
def test_a_photo_without_faces_and_all_kinds_of_photos_are_painted(tmp_path: Path, people_dir: Path) -> None:
    write(tmp_path / FOLDER)
    studio = Studio(Settings(models_dir=f"{tmp_path}:{people_dir}", data_dir=tmp_path, auto_pull=False))
    _, said = painted(studio, Photo.from_pixels(data.coffee()), tmp_path)
    assert "no face was found" in said
    face = data.astronaut()[:256, 100:356]
    alpha = np.full((256, 256, 1), 90, np.uint8)
    for pixels in (face[..., :1], np.concatenate([face, alpha], axis=2), face.astype(np.uint16) * 257, face[:3, :3]):
        photo = Photo.from_pixels(np.ascontiguousarray(pixels))
        result, _ = painted(studio, photo, tmp_path)
        assert (result.width, result.height, result.depth) == (photo.width, photo.height, photo.depth)
        assert result.alpha == photo.alpha
    part = painted(studio, Photo.from_pixels(np.ascontiguousarray(face)), tmp_path, resolution=512, strength=0.5)[0]
    assert part.width == 512


@pytest.mark.parametrize("layout", ["models/damo", "hub/models/iic", "hub/damo", "damo"])
def test_the_folder_is_found_in_the_cache_of_modelscope(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SAFELIGHT_MODELS_DIR", str(tmp_path / "models"))
    studio = Studio(load_settings())
    with pytest.raises(MissingWeightsError) as missing:
        studio.weights.resolve(studio.catalog.get("dctnet"))
    assert "alpha.jpg" in str(missing.value) or "1 more" in str(missing.value)
    assert "ModelScope" in str(missing.value)
    folder = write(tmp_path / "cache" / layout / FOLDER)
    assert studio.weights.resolve(studio.catalog.get("dctnet")).paths[0] == folder / "cartoon_h.pb"


def test_no_connection_is_made_by_what_runs_the_graphs(tmp_path: Path) -> None:
    write(tmp_path)
    code = f"""
import socket, sys
made = []
def refuse(*given): made.append(given); raise OSError("no network here")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from models.test_dctnet import CPU, load_dctnet, resolved, Path, np, Precision
network = load_dctnet(resolved(Path({str(tmp_path)!r})), CPU)
network.upscale(np.zeros((1, 16, 16, 3), np.uint8), precision=Precision.FLOAT32, tie=False)
import threading
assert [one.name for one in threading.enumerate()] == ["MainThread"], threading.enumerate()
print(len(made))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "0"
