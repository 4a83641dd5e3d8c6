"""``stylize``: styles as data, what they change and what they leave, networks on real weights."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError
from skimage import data

from fakes import FakeUpscaler, fake_context
from safelight.errors import CancelledError, RecipeError
from safelight.imaging.photo import Metadata, Photo
from safelight.operations.context import Context
from safelight.operations.operation import Size
from safelight.operations.styles.known import all_styles, find_style
from safelight.operations.styles.picture import LONGEST, picture_of, style_pixels
from safelight.operations.styles.rows import STYLES, network_styles, read_style, shares
from safelight.operations.stylize import STYLIZE, StylizeParams
from safelight.recipes.recipe import Step
from safelight.settings import Settings
from safelight.wiring import Studio

Pixels = NDArray[np.uint8]

PROMPTS = {
    "clay": "Clay Style, lovely, 3d, cute", "anime": "Anime Style, beautiful, detailed",
    "realistic": "Realistic Style, high quality, detailed", "cartoon": "Cartoon Style, colorful, fun",
    "oil_painting": "Oil Painting Style, artistic, classical",
}  # fmt: skip


def stylized(pixels: NDArray[np.generic], folder: Path, **params: object) -> NDArray[np.generic]:
    return STYLIZE.run(Photo.from_pixels(pixels), StylizeParams(**params), fake_context(folder)).pixels()


def real(photo: Photo, folder: Path, models: Path, *, tile: int | None = None, **params: object) -> Photo:
    studio = Studio(Settings(data_dir=folder, models_dir=str(models), auto_pull=False, device="cpu"))
    chosen = StylizeParams(**params)
    specs = tuple(choice.candidates[0] for choice in STYLIZE.models(chosen, studio.catalog))
    context = Context(models=studio.pool, chosen=specs, workspace=folder, tile=tile)
    return STYLIZE.run(photo, chosen, context)


def small(pixels: Pixels, side: int) -> Pixels:
    shrink = side / max(pixels.shape[:2])
    return cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


def distance(a: Pixels, b: Pixels) -> float:
    """Mean CIE76 colour difference, plus that of fine structure, which colours alone do not show.

    Structure is lightness less its blur (sigma 2 px); its mean absolute difference counts twice.
    """
    one, two = (cv2.cvtColor(x[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for x in (a, b))
    fine = [x[..., 0] - cv2.GaussianBlur(x[..., 0], (0, 0), 2) for x in (one, two)]
    return float(np.linalg.norm(one - two, axis=2).mean() + 2 * np.abs(fine[0] - fine[1]).mean())


def uri(pixels: Pixels, kind: str = "png") -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def test_five_styles_have_the_prompts_that_people_know() -> None:
    assert {name: find_style(name).prompt for name in STYLES} == PROMPTS
    assert (StylizeParams().style, StylizeParams().strength) == ("clay", 0.6)


def test_the_network_has_26_styles_of_different_names() -> None:
    assert len({name for name, _ in network_styles()}) == 26
    assert list(all_styles()) == [*STYLES, *(name for name, _ in network_styles())]


def test_weights_of_a_blend_become_shares_in_the_order_of_the_network() -> None:
    names = [name for name, _ in network_styles()]
    found = shares({"mist": 3.0, "ember": 1.0})
    assert (found[names.index("ember")], found[names.index("mist")], sum(found)) == (0.25, 0.75, 1.0)


def test_an_unknown_style_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(RecipeError, match=r"no style 'watercolour'.*clay.*starry-blue"):
        Step(operation="stylize", style="watercolour").bind()


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"mix": {"ember": 1.0, "nothing": 1.0}}, "no style nothing"),
        ({"mix": {"ember": -1.0}}, "0 or more"),
        ({"mix": {"ember": 0.0}}, "more than 0"),
        ({"mix": {}}, "more than 0"),
        ({"style": "anime", "mix": {"ember": 1.0}}, "style and mix"),
        ({"mix": {"ember": 1.0}, "picture": uri(np.zeros((8, 8, 3), np.uint8))}, "mix and picture"),
        ({"picture": "https://example.org/a.png"}, "data URI"),
        ({"picture": "data:image/svg+xml;base64,PHN2Zz4="}, "data URI"),
        ({"picture": "data:image/png;base64,PHN2Zz4="}, "says that it is PNG"),
        ({"strength": 1.01}, "less than or equal to 1"),
        ({"canvas": 100}, "greater than or equal to 256"),
    ],
)
def test_what_makes_no_sense_is_refused(params: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        StylizeParams(**params)


@pytest.mark.parametrize(
    "look", [{}, {"style": "anime"}, {"mix": {"ember": 1.0}}, {"picture": uri(np.zeros((8, 8, 3), np.uint8))}]
)
def test_parameters_that_were_saved_in_full_can_be_read_again(look: dict[str, object]) -> None:
    params = StylizeParams(**look)
    again = Step(operation="stylize", **json.loads(params.model_dump_json())).bind()[1]
    assert again == params


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_style_picture_of_each_kind_is_taken(kind: str) -> None:
    assert StylizeParams(picture=uri(data.coffee()[:64, :64], kind)).row is None


def test_a_picture_that_is_too_large_is_refused_with_what_is_smaller() -> None:
    large = uri(data.coffee()[:256, :256])
    assert len(large) > LONGEST
    with pytest.raises(RecipeError, match=r"48,000 characters.*JPEG or WebP"):
        Step(operation="stylize", picture=large).bind()


def test_a_file_of_noise_fits_as_a_style_picture(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 400, 3)).astype(np.uint8)).save(path)
    assert StylizeParams(picture=picture_of(path)).row is None


def test_a_busy_photo_keeps_its_quality_and_fits_a_field_of_a_form(shared_photos: Path) -> None:
    text = picture_of(shared_photos / "scenes" / "OST_009.png")
    assert text.startswith("data:image/webp;base64,")
    assert 10_000 < len(text) < 48_000


def style_seen(image: pyvips.Image, folder: Path) -> Pixels:
    image.pngsave(str(folder / "style.png"))
    pixels: Pixels = style_pixels(picture_of(folder / "style.png"), folder)
    own = style_pixels(uri_of(folder / "style.png"), folder)
    assert np.abs(own.astype(float) - pixels).mean() < 2
    assert pixels.shape == (256, 256, 3)
    return pixels


def uri_of(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


@pytest.mark.parametrize("depth", ["uchar", "ushort"])
def test_a_transparent_style_picture_lies_on_white(tmp_path: Path, depth: str) -> None:
    top = 255 if depth == "uchar" else 65535
    colours = np.zeros((300, 300, 4), np.uint8 if depth == "uchar" else np.uint16)
    colours[..., 0], colours[:, :150, 3] = top, top
    seen = style_seen(pyvips.Image.new_from_array(colours), tmp_path)
    np.testing.assert_allclose(seen[128, [10, 245]], [[255, 0, 0], [255, 255, 255]], atol=8)


def test_a_style_picture_shows_the_colours_that_its_profile_means(tmp_path: Path) -> None:
    plain = pyvips.Image.new_from_array(np.full((300, 300, 3), (180, 120, 60), np.uint8))
    wide = plain.copy(interpretation="srgb").icc_transform("p3", input_profile="srgb")
    assert np.abs(wide.numpy()[0, 0].astype(int) - (180, 120, 60)).max() > 8
    np.testing.assert_allclose(style_seen(wide, tmp_path)[128, 128], (180, 120, 60), atol=4)


@pytest.mark.parametrize("value", [1.0, "much"])
def test_of_many_unknown_names_a_few_are_told(value: object) -> None:
    mix = {f"{'n' * 60}{number}": value for number in range(20_000)}
    with pytest.raises(RecipeError, match=r"no style .* and 19,997 more; it has: .*ember") as refused:
        Step(operation="stylize", mix=mix).bind()
    assert len(str(refused.value)) < 1200


def test_a_long_value_that_is_refused_is_shown_in_part() -> None:
    with pytest.raises(RecipeError) as refused:
        Step(operation="stylize", picture="data:image/png;base64," + "A" * 200_000).bind()
    assert len(str(refused.value)) < 600


def test_a_damaged_style_picture_is_refused_when_it_is_read(tmp_path: Path) -> None:
    text = uri(data.coffee()[:64, :64])
    head = base64.b64decode(text.split(",")[1])[:400]
    cut = "data:image/png;base64," + base64.b64encode(head).decode()
    with pytest.raises(RecipeError, match="style picture"):
        stylized(data.astronaut()[:64, :64], tmp_path, picture=cut)


def test_only_what_a_network_paints_needs_one(tmp_path: Path) -> None:
    catalog = Studio(Settings(data_dir=tmp_path)).catalog

    def needed(**params: object) -> list[str]:
        return [one.candidates[0].id for one in STYLIZE.models(StylizeParams(**params), catalog)]

    assert [needed(style=name) for name in STYLES] == [[]] * 5
    assert needed(style="ember") == needed(mix={"ember": 1, "mist": 2}) == ["multistyle26"]
    assert needed(picture=uri(np.zeros((8, 8, 3), np.uint8))) == ["arbitrary-style"]


@pytest.mark.parametrize("style", [*STYLES, "ember"])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_size_depth_transparency_and_metadata_stay(tmp_path: Path, style: str, depth: int, bands: int) -> None:
    top = 255 if depth == 8 else 65535
    pixels = np.random.default_rng(1).integers(0, top, (60, 90, bands)).astype(np.uint8 if depth == 8 else np.uint16)
    photo = Photo.from_pixels(pixels, metadata=Metadata(xmp=b"<x/>"))
    context = fake_context(tmp_path, FakePainter())
    params = StylizeParams(style=style)
    result = STYLIZE.run(photo, params, context)
    assert (result.width, result.height, result.depth) == (90, 60, depth)
    assert result.alpha == photo.alpha
    assert result.metadata == photo.metadata
    told = STYLIZE.forecast(Size(width=90, height=60, bands=bands, depth=depth), params, ())
    assert told.size.bands == result.bands
    if photo.alpha:
        np.testing.assert_array_equal(result.pixels()[..., -1], pixels[..., -1])
    assert context.executions[-1].operation == "stylize"


class FakePainter(FakeUpscaler):
    """A network of size 1 that is asked as painters are."""

    def __init__(self) -> None:
        super().__init__(scale=1)

    @property
    def studied(self) -> int:
        return 1024 * 704

    def facing(self, *_args: object) -> FakePainter:
        return self


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 2), (1400, 7)])
@pytest.mark.parametrize("style", [*STYLES, "ember"])
def test_odd_sizes_are_photos_too(tmp_path: Path, style: str, size: tuple[int, int]) -> None:
    context = fake_context(tmp_path, FakePainter())
    photo = Photo.from_pixels(np.full((*size, 3), 40, np.uint8))
    assert STYLIZE.run(photo, StylizeParams(style=style), context).pixels().shape == (*size, 3)


@pytest.mark.parametrize("style", [*STYLES, "ember"])
def test_no_strength_changes_nothing(tmp_path: Path, style: str) -> None:
    pixels = data.astronaut()[:80, :100]
    np.testing.assert_array_equal(stylized(pixels, tmp_path, style=style, strength=0), pixels)


@pytest.mark.parametrize("style", STYLES)
def test_more_strength_is_further_from_the_photo(tmp_path: Path, style: str) -> None:
    pixels = small(data.astronaut(), 200)
    away = [distance(pixels, stylized(pixels, tmp_path, style=style, strength=s)) for s in (0.2, 0.6, 1.0)]
    assert away[0] < away[1] < away[2]


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
def test_realistic_leaves_flat_grey_as_it_is(tmp_path: Path, level: int) -> None:
    pixels = np.full((80, 90, 3), level, np.uint8)
    result = stylized(pixels, tmp_path, style="realistic", strength=1).astype(int)
    assert np.abs(result - level).max() <= 1


@pytest.mark.parametrize("style", STYLES)
def test_flat_grey_gets_no_texture_of_edges(tmp_path: Path, style: str) -> None:
    result = stylized(np.full((80, 90, 3), 128, np.uint8), tmp_path, style=style, strength=1).astype(float)
    assert result.std(axis=(0, 1)).max() < 8


def test_realistic_does_not_bring_out_noise(tmp_path: Path) -> None:
    noisy = (128 + np.random.default_rng(2).normal(0, 1.2, (90, 90, 1))).round().astype(np.uint8).repeat(3, axis=2)
    assert stylized(noisy, tmp_path, style="realistic", strength=1).std() < 1.15 * noisy.std()


def test_realistic_has_more_contrast_and_colour_and_clips_little(tmp_path: Path) -> None:
    pixels = data.chelsea()
    result = stylized(pixels, tmp_path, style="realistic", strength=1)
    before, after = (cv2.cvtColor(x.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for x in (pixels, result))
    fine = [x[..., 0] - cv2.GaussianBlur(x[..., 0], (0, 0), 8) for x in (before, after)]
    assert 1.15 < fine[1].std() / fine[0].std() < 2
    assert np.hypot(*np.moveaxis(after[..., 1:], 2, 0)).mean() > np.hypot(*np.moveaxis(before[..., 1:], 2, 0)).mean()
    assert ((result == 0) | (result == 255)).mean() < ((pixels == 0) | (pixels == 255)).mean() + 0.02


@pytest.mark.parametrize("style", STYLES)
def test_colours_stay_the_photos_where_that_is_asked(tmp_path: Path, style: str) -> None:
    pixels = small(data.coffee(), 240)
    result = stylized(pixels, tmp_path, style=style, strength=1, preserve_color=True).astype(float)
    inside = (result > 0).all(axis=2) & (result < 255).all(axis=2)
    change = result - pixels
    assert np.ptp(change, axis=2)[inside].max() <= 1


@pytest.mark.parametrize("style", STYLES)
def test_grey_stays_grey_where_colours_are_kept(tmp_path: Path, style: str) -> None:
    assert stylized(data.camera()[::4, ::4], tmp_path, style=style, preserve_color=True).shape[2:] in ((), (1,))


@pytest.mark.parametrize("style", STYLES)
def test_sixteen_bits_look_like_eight(tmp_path: Path, style: str) -> None:
    pixels = small(data.chelsea(), 200)
    eight = stylized(pixels, tmp_path, style=style).astype(float)
    sixteen = stylized(pixels.astype(np.uint16) * 257, tmp_path, style=style).astype(float) / 257
    assert np.abs(eight - sixteen).mean() < 0.6


@pytest.mark.parametrize("style", STYLES)
def test_a_style_looks_the_same_at_every_size_of_a_photo(tmp_path: Path, style: str) -> None:
    pixels = cv2.GaussianBlur(small(data.astronaut(), 500), (0, 0), 1)
    large = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    params = {"style": style, "strength": 1.0, "canvas": 500}
    one, two = stylized(pixels, tmp_path, **params), stylized(large, tmp_path, **params)
    apart = np.abs(small(two, 500).astype(float) - one).mean()
    assert apart < (6 if style == "realistic" else 3)


def test_a_large_result_is_as_sharp_as_the_photo_at_its_edges(tmp_path: Path) -> None:
    pixels = np.full((600, 900, 3), 60, np.uint8)
    pixels[:, 450:] = 190
    row = stylized(pixels, tmp_path, style="oil_painting", strength=1, canvas=256)[300, 400:500, 1].astype(float)
    assert np.abs(np.diff(row)).max() > 0.5 * np.ptp(row)


def test_hidden_colours_do_not_bleed_into_what_is_seen(tmp_path: Path) -> None:
    pixels = np.full((80, 80, 4), 255, np.uint8)
    pixels[..., :3] = (200, 120, 60)
    pixels[:, :40] = 0
    result = stylized(pixels, tmp_path, style="clay", strength=1).astype(float)
    assert np.abs(result[20:60, 40:42, :3] - result[20:60, 60:62, :3]).mean() < 2


def test_a_prompt_that_nothing_here_reads_is_told(tmp_path: Path) -> None:
    context = fake_context(tmp_path)
    params = StylizeParams(style="realistic", custom_prompt="with a red hat")
    STYLIZE.run(Photo.from_pixels(data.astronaut()[:64, :64]), params, context)
    assert "custom_prompt was not used" in context.warnings[0]


def test_a_cancel_is_heard_between_the_steps(tmp_path: Path) -> None:
    heard = []

    def cancel() -> None:
        heard.append(1)
        if len(heard) == 3:
            raise CancelledError("enough")

    context = replace(fake_context(tmp_path), check_cancelled=cancel)
    with pytest.raises(CancelledError):
        STYLIZE.run(Photo.from_pixels(data.astronaut()[:64, :64]), StylizeParams(), context)


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    told: list[float] = []
    context = replace(fake_context(tmp_path), progress=told.append)
    STYLIZE.run(Photo.from_pixels(data.astronaut()[:64, :64]), StylizeParams(style="anime"), context)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_style_is_read_from_a_file_and_named_after_it(tmp_path: Path) -> None:
    path = tmp_path / "dusk.toml"
    path.write_text('title = "Dusk"\nprompt = "At dusk"\nsteps = [{ filter = "tone", warmth = 0.5 }]', "utf-8")
    assert (read_style(path).id, read_style(path).prompt) == ("dusk", "At dusk")


@pytest.mark.parametrize(
    "text",
    [
        "title = 1 =", 'title = "x"', 'title = "x"\nsteps = [{ filter = "magic" }]',
        'title = "x"\nsteps = [{ filter = "tone", warmth = 7.0 }]',
        'title = "x"\nsteps = [{ filter = "network", mix = { nobody = 1.0 } }]',
        'title = "x"\nsteps = [{ filter = "enhance" }, { filter = "tone" }]',
    ],
)  # fmt: skip
def test_a_file_that_is_no_style_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(RecipeError, match=r"bad\.toml"):
        read_style(path)


GOLDEN = {
    "clay": (57.3, 23.9, 7.2), "anime": (57.8, 27.9, 9.7), "realistic": (48.5, 21.0, 8.8),
    "cartoon": (52.6, 26.5, 12.0), "oil_painting": (48.5, 25.8, 6.75),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_each_style_keeps_its_look(tmp_path: Path, style: str) -> None:
    """Mean lightness, mean chroma, and spread of fine structure of the astronaut at 320 px; within 4%, or 0.4."""
    result = stylized(small(data.astronaut(), 320), tmp_path, style=style, strength=1)
    lab = cv2.cvtColor(result.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    fine = lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 2)
    found = (lab[..., 0].mean(), np.hypot(lab[..., 1], lab[..., 2]).mean(), fine.std())
    np.testing.assert_allclose(found, GOLDEN[style], rtol=0.04, atol=0.4)


def test_the_five_are_told_apart_from_each_other_and_from_the_photo(tmp_path: Path, shared_photos: Path) -> None:
    photos = [data.astronaut(), data.coffee(), data.chelsea(), data.rocket()]
    for folder, count in (("faces", 6), ("people", 5), ("scenes", 5)):
        found = sorted(path for path in (shared_photos / folder).iterdir() if path.suffix in (".jpg", ".png"))
        photos += [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in found[:count]]
    assert len(photos) == 20
    apart: dict[tuple[str, str], list[float]] = {}
    for photo in photos:
        seen = {"photo": small(photo, 320)}
        seen |= {name: stylized(seen["photo"], tmp_path, style=name) for name in STYLES}
        for one in seen:
            for two in seen:
                if one < two:
                    apart.setdefault((one, two), []).append(distance(seen[one], seen[two]))
    means = {pair: np.mean(found) for pair, found in apart.items()}
    assert min(means.values()) > 5, means
    assert min(min(found) for found in apart.values()) > 2.5, apart


@pytest.mark.weights
@pytest.mark.parametrize("params", [{"style": "starry-blue"}, {"picture": uri(data.coffee()[:256, :256], "jpeg")}])
def test_tiles_of_the_networks_leave_no_seam(tmp_path: Path, styles_dir: Path, params: dict[str, object]) -> None:
    photo = Photo.from_pixels(data.astronaut())
    pixels = []
    for tile in (None, 192):
        folder = tmp_path / str(tile)
        folder.mkdir()
        pixels.append(real(photo, folder, styles_dir, tile=tile, strength=1.0, **params).pixels().astype(float))
    assert 10 * np.log10(255**2 / ((pixels[0] - pixels[1]) ** 2).mean()) > 50


@pytest.mark.weights
def test_a_blend_lies_between_its_styles(tmp_path: Path, styles_dir: Path) -> None:
    photo = Photo.from_pixels(small(data.astronaut(), 192))

    def mean(**params: object) -> NDArray[np.float64]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return real(photo, folder, styles_dir, strength=1.0, **params).pixels().astype(float).mean(axis=(0, 1))

    red, blue, both = mean(style="ember"), mean(style="ice-blue"), mean(mix={"ember": 1, "ice-blue": 1})
    assert (np.minimum(red, blue) <= both + 5).all()
    assert (both - 5 <= np.maximum(red, blue)).all()


@pytest.mark.weights
def test_a_style_picture_gives_its_colours(tmp_path: Path, styles_dir: Path) -> None:
    blue = small(data.astronaut(), 256)[..., ::-1].copy()
    photo, results = Photo.from_pixels(small(data.chelsea(), 192)), []
    for index, style in enumerate((data.coffee()[:256, :256], blue)):
        folder = tmp_path / str(index)
        folder.mkdir()
        results.append(real(photo, folder, styles_dir, strength=1.0, picture=uri(style, "jpeg")).pixels().astype(float))
    warmth = [float((one[..., 0] - one[..., 2]).mean()) for one in results]
    assert warmth[0] > warmth[1] + 40
