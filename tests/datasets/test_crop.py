"""Finished pictures: the right pixels, in the right colours, in the right size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import pyvips
from framed import Repeat, item_of, tools_of
from PIL import Image, JpegImagePlugin

from safelight.datasets.crop import crop
from safelight.datasets.dataset import Cropped, Focused, Shot
from safelight.datasets.settings import CropParams
from safelight.datasets.tools import Tools
from safelight.errors import BrokenPhotoError, CancelledError, MissingWeightsError, OutputError, PhotoError
from safelight.imaging.formats import Output
from safelight.imaging.photo import Photo
from safelight.recipes.recipe import read_recipe
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.wiring import Studio

Box = tuple[float, float, float, float]

_AS_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How an upright picture lies in a file with each EXIF orientation."""


def cropped(path: Path, box: Box, params: CropParams, folder: Path, tools: Tools | None = None) -> Cropped:
    item = item_of(path)
    focused = Focused(item=item.id, box=box, shot=Shot.PORTRAIT, method="hand")
    target = folder / f"picture.{params.format}"
    return crop(item, path, focused, params, tools or tools_of(folder / "work"), target)


def pixels(folder: Path, kind: str = "png") -> np.ndarray:
    with Image.open(folder / f"picture.{kind}") as image:
        return np.asarray(image.convert("RGB")).astype(int)


def places(width: int, height: int) -> np.ndarray:
    """A picture whose red tells how far right a pixel is, and whose green how far down."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([across, down, np.full_like(across, 60)], axis=-1).round().astype(np.uint8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("size", "side"), [(256, 1100), (256, 300)])
def test_the_picture_shows_the_part_upright_whatever_way_the_file_lies(
    orientation: int, size: int, side: int, tmp_path: Path
) -> None:
    upright = places(1600, 1200)
    stored = Image.fromarray(upright)
    if orientation > 1:
        stored = stored.transpose(_AS_STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    stored.save(path, quality=97, subsampling=0, exif=exif)
    made = cropped(path, (400.0, 100.0, float(side), float(side)), CropParams(size=size), tmp_path)
    assert (made.width, made.height, made.scale) == (size, size, pytest.approx(size / side, abs=1e-3))
    expected = upright[100 : 100 + side, 400 : 400 + side].astype(int)
    found = pixels(tmp_path)
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1), (size // 2, size // 2)):
        place = [index if abs(index) < 2 else side // 2 for index in (row, column)]
        assert np.abs(found[row, column] - expected[place[0], place[1]]).max() <= 3


def test_the_colours_of_a_wide_profile_are_converted_to_srgb_and_the_profile_goes(tmp_path: Path) -> None:
    image = pyvips.Image.new_from_array(np.full((400, 400, 3), (200, 80, 60), np.uint8))
    wide = image.copy(interpretation="srgb").icc_transform("p3", input_profile="srgb", depth=8)
    path = tmp_path / "photo.png"
    wide.pngsave(str(path))
    with Image.open(path) as stored:
        assert np.abs(np.asarray(stored)[0, 0].astype(int) - (200, 80, 60)).max() > 8
    cropped(path, (0, 0, 300, 300), CropParams(size=256), tmp_path)
    assert np.abs(pixels(tmp_path) - (200, 80, 60)).max() <= 2
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.mode == "RGB"
        assert not {"icc_profile", "exif", "xmp"} & set(picture.info)


def test_a_profile_that_cannot_be_used_is_told_and_the_numbers_stay(tmp_path: Path) -> None:
    profile = bytearray(bytes(pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb")
                              .icc_transform("p3", input_profile="srgb").get("icc-profile-data")))  # fmt: skip
    profile[132:] = bytes(len(profile) - 132)
    path = tmp_path / "photo.png"
    Image.new("RGB", (300, 300), (200, 80, 60)).save(path, icc_profile=bytes(profile))
    made = cropped(path, (0, 0, 300, 300), CropParams(size=256), tmp_path)
    assert np.abs(pixels(tmp_path) - (200, 80, 60)).max() <= 1
    assert "profile" in made.warnings[0]


def test_what_is_transparent_becomes_white_without_a_halo(tmp_path: Path) -> None:
    values = np.zeros((512, 512, 4), np.uint8)
    values[128:384, 128:384] = (200, 40, 40, 255)
    Image.fromarray(values).save(tmp_path / "photo.png")
    cropped(tmp_path / "photo.png", (0, 0, 512, 512), CropParams(size=256), tmp_path)
    found = pixels(tmp_path)
    assert (found[:50, :50] == 255).all()
    assert np.abs(found[100, 100] - (200, 40, 40)).max() <= 1
    assert found[..., 1].min() >= 30


def test_16_bits_grey_and_cmyk_become_8_bits_of_srgb(tmp_path: Path) -> None:
    deep = Photo.from_pixels(np.full((300, 300, 3), (51500, 20560, 15420), np.uint16))
    deep.save(tmp_path / "deep.png", Output())
    cropped(tmp_path / "deep.png", (0, 0, 300, 300), CropParams(size=256), tmp_path)
    assert (pixels(tmp_path) == (200, 80, 60)).all()
    Image.new("L", (300, 300), 77).save(tmp_path / "grey.jpg")
    cropped(tmp_path / "grey.jpg", (0, 0, 300, 300), CropParams(size=256), tmp_path)
    assert np.abs(pixels(tmp_path) - 77).max() <= 1
    Image.new("CMYK", (300, 300), (0, 0, 0, 0)).save(tmp_path / "ink.jpg")
    cropped(tmp_path / "ink.jpg", (0, 0, 300, 300), CropParams(size=256), tmp_path)
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.mode == "RGB"
    assert pixels(tmp_path).min() >= 250


def test_a_heic_is_cropped(shared_photos: Path, tmp_path: Path) -> None:
    made = cropped(shared_photos / "odd" / "portrait-headshot.heic", (0, 0, 1966, 1966), CropParams(), tmp_path)
    assert (made.width, made.height, made.warnings) == (1024, 1024, ())
    assert pixels(tmp_path).std() > 20


def test_a_photo_of_64_pixels_is_enlarged_by_the_network_and_then_to_size(tmp_path: Path) -> None:
    Image.fromarray(places(64, 64)).save(tmp_path / "photo.png")
    enlarge = Repeat()
    made = cropped(
        tmp_path / "photo.png", (0, 0, 64, 64), CropParams(quality_level="medium"), tmp_path,
        tools_of(tmp_path / "work", enlarge=enlarge),
    )  # fmt: skip
    assert enlarge.asked == [(64, 64, 8.0, "medium")]
    assert (made.width, made.scale, made.enlarged_by) == (1024, 16.0, "repeat-x4")
    assert made.warnings == ("It was enlarged 16 times: it has the detail of 64 x 64 pixels.",)
    assert not list((tmp_path / "work").iterdir())


def test_a_little_enlargement_needs_no_network(tmp_path: Path) -> None:
    Image.fromarray(places(1000, 1000)).save(tmp_path / "photo.png")
    made = cropped(tmp_path / "photo.png", (0, 0, 1000, 1000), CropParams(warn_scale=1.1), tmp_path)
    assert (made.width, made.enlarged_by, made.warnings) == (1024, None, ())
    flagged = cropped(tmp_path / "photo.png", (0, 0, 1000, 1000), CropParams(), tmp_path)
    assert "1000 x 1000" in flagged.warnings[0]


def test_without_the_weights_it_is_resampled_and_that_is_said(tmp_path: Path) -> None:
    def missing(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        raise MissingWeightsError("general-x4v3: the weights are not here")

    Image.fromarray(places(256, 256)).save(tmp_path / "photo.png")
    tools = tools_of(tmp_path / "work", enlarge=missing)
    made = cropped(tmp_path / "photo.png", (0, 0, 256, 256), CropParams(), tmp_path, tools)
    assert (made.width, made.enlarged_by) == (1024, None)
    assert "weights are not here" in made.warnings[0]
    assert "256 x 256" in made.warnings[1]


def test_somebody_who_cancels_an_enlargement_leaves_no_picture(tmp_path: Path) -> None:
    def cancelled(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        raise CancelledError("cancelled")

    Image.fromarray(places(256, 256)).save(tmp_path / "photo.png")
    tools = tools_of(tmp_path / "work", enlarge=cancelled)
    with pytest.raises(CancelledError):
        cropped(tmp_path / "photo.png", (0, 0, 256, 256), CropParams(), tmp_path, tools)
    assert not (tmp_path / "picture.png").exists()
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.parametrize(("enlarge", "side"), [("resample", 1024), ("never", 300)])
def test_it_is_resampled_or_kept_small_where_that_was_asked(enlarge: str, side: int, tmp_path: Path) -> None:
    Image.fromarray(places(400, 300)).save(tmp_path / "photo.png")
    params = CropParams.model_validate({"enlarge": enlarge})
    made = cropped(tmp_path / "photo.png", (50, 0, 300, 300), params, tmp_path)
    assert (made.width, made.height, made.enlarged_by) == (side, side, None)
    assert len(made.warnings) == 1
    assert pixels(tmp_path).shape == (side, side, 3)


def test_a_jpeg_keeps_its_colours_at_full_size_and_holds_no_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "maker"
    Image.fromarray(places(600, 600)).save(tmp_path / "photo.jpg", exif=exif)
    cropped(tmp_path / "photo.jpg", (0, 0, 600, 600), CropParams(size=512, format="jpeg"), tmp_path)
    with Image.open(tmp_path / "picture.jpeg") as picture:
        assert JpegImagePlugin.get_sampling(picture) == 0
        assert not {"exif", "icc_profile"} & set(picture.info)
        assert max(picture.quantization[0]) < 15


@pytest.mark.parametrize(("box", "shape"), [((0, 0, 832, 1216), (832, 1216)), ((0, 0, 1200, 900), (1152, 896))])
def test_a_bucket_has_the_shape_nearest_to_the_part(box: Box, shape: tuple[int, int], tmp_path: Path) -> None:
    Image.fromarray(places(1300, 1300)).save(tmp_path / "photo.png")
    made = cropped(tmp_path / "photo.png", box, CropParams(mode="bucket"), tmp_path)
    assert (made.width, made.height) == shape


def test_a_strip_is_cropped(tmp_path: Path) -> None:
    Image.fromarray(places(3000, 300)).save(tmp_path / "photo.png")
    cropped(tmp_path / "photo.png", (2700.0, 0.0, 300.0, 300.0), CropParams(size=256), tmp_path)
    assert pixels(tmp_path)[128, -1, 0] >= 253


def test_the_same_part_gives_the_same_bytes(tmp_path: Path) -> None:
    Image.fromarray(places(1500, 1100)).save(tmp_path / "photo.jpg")
    first = cropped(tmp_path / "photo.jpg", (100, 0, 1100, 1100), CropParams(), tmp_path)
    data = (tmp_path / "picture.png").read_bytes()
    assert cropped(tmp_path / "photo.jpg", (100, 0, 1100, 1100), CropParams(), tmp_path) == first
    assert (tmp_path / "picture.png").read_bytes() == data


def test_a_broken_photo_leaves_an_older_picture_alone(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.effect_noise((1500, 1100), 80).save(path)
    cropped(path, (100, 0, 1100, 1100), CropParams(), tmp_path)
    data = (tmp_path / "picture.png").read_bytes()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BrokenPhotoError, match=r"photo\.jpg"):
        cropped(path, (100, 0, 1100, 1100), CropParams(), tmp_path)
    assert (tmp_path / "picture.png").read_bytes() == data
    assert {one.name for one in tmp_path.iterdir()} == {"photo.jpg", "picture.png"}


def test_a_file_that_was_exchanged_for_a_smaller_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.fromarray(places(900, 900)).save(path)
    item = item_of(path)
    Image.fromarray(places(500, 500)).save(path)
    focused = Focused(item=item.id, box=(400, 400, 500, 500), shot=Shot.PORTRAIT, method="hand")
    with pytest.raises(PhotoError, match="another one"):
        crop(item, path, focused, CropParams(size=256), tools_of(tmp_path), tmp_path / "picture.png")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    Image.fromarray(places(300, 300)).save(tmp_path / "photo.png")
    item = item_of(tmp_path / "photo.png")
    focused = Focused(item=item.id, box=(0, 0, 256, 256), shot=Shot.PORTRAIT, method="hand")
    with pytest.raises(OutputError):
        crop(item, tmp_path / "photo.png", focused, CropParams(size=256), tools_of(tmp_path), tmp_path / "no" / "a.png")


_LARGE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from framed import item_of, tools_of
from safelight.datasets.crop import crop
from safelight.datasets.dataset import Focused, Shot
from safelight.datasets.settings import CropParams
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
item = item_of(path)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for box in ((2000, 500, 9000, 9000), (10500, 8000, 1000, 1000)):
    focused = Focused(item=item.id, box=box, shot=Shot.PORTRAIT, method="hand")
    crop(item, path, focused, CropParams(enlarge="resample"), tools_of(folder), folder / "large.png")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_photo_of_12000_pixels_is_cropped_in_little_memory(tmp_path: Path) -> None:
    noise = pyvips.Image.gaussnoise(1500, 1250, sigma=40, mean=128).cast("uchar")
    rgb = noise.bandjoin([noise, noise]).copy(interpretation="srgb")
    rgb.resize(8, kernel="linear").jpegsave(str(tmp_path / "photo.jpg"), Q=85)
    tests = str(Path(__file__).resolve().parent)
    arguments = [sys.executable, "-c", _LARGE, str(tmp_path / "photo.jpg"), str(tmp_path), tests]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    # All of it would be 360 MB.
    assert int(done.stdout) < 150
    with Image.open(tmp_path / "large.png") as picture:
        assert picture.size == (1024, 1024)


@pytest.mark.weights
def test_the_projects_own_upscale_enlarges(weights_dir: Path, tmp_path: Path) -> None:
    studio = Studio(Settings(models_dir=str(weights_dir), data_dir=tmp_path / "data"))

    def enlarge(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        step = {"operation": "upscale", "scale": scale, "quality_level": quality_level}
        plan = studio.planner.plan(read_recipe({"steps": [step]}), Output())
        result = studio.run(plan, photo, workspace=workspace, watch=Watch())
        return result.photo, plan.steps[0].models[0].id

    Image.fromarray(places(128, 128)).save(tmp_path / "photo.png")
    made = cropped(
        tmp_path / "photo.png", (0, 0, 128, 128), CropParams(size=320), tmp_path,
        tools_of(tmp_path / "work", enlarge=enlarge),
    )  # fmt: skip
    assert made.enlarged_by
    found = pixels(tmp_path)
    assert found.shape == (320, 320, 3)
    expected = np.asarray(Image.fromarray(places(128, 128)).resize((320, 320), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(found - expected).mean() < 4
