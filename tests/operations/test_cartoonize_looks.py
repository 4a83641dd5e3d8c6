"""The classical looks: golden figures, flat and grey pictures, the same look at every size, and no borders of parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from fakes import fake_context
from safelight.imaging.photo import Photo
from safelight.operations.cartoonize import CARTOONIZE, LOOKS, CartoonizeParams
from safelight.operations.flow import flow_of
from safelight.operations.looks import drawing
from safelight.operations.looks.lines import Pen, response_of
from safelight.operations.looks.palette import palette_of
from safelight.operations.looks.tones import tones_of

EVERY = pytest.mark.parametrize("style", list(LOOKS))


@dataclass(frozen=True)
class Figures:
    """What a drawing is like."""

    colour: tuple[float, float, float]
    """Mean of red, green and blue."""
    dark: float
    """Share of pixels that are darker than 30."""
    flat: float
    """Share of pixels that differ from their neighbours by less than 1.5."""
    colours: int
    """How many colours, in steps of 16, half of the picture has at least."""


GOLDEN = {
    "ink": Figures(colour=(139.7, 99.9, 89.3), dark=0.233, flat=0.569, colours=8),
    "soft": Figures(colour=(143.6, 100.5, 90.1), dark=0.179, flat=0.408, colours=21),
    "poster": Figures(colour=(146.1, 99.3, 88.8), dark=0.198, flat=0.759, colours=4),
}


def drawn(pixels: NDArray[np.generic], style: str) -> NDArray[np.uint8]:
    with TemporaryDirectory() as folder:
        params = CartoonizeParams(style=style, resolution=None, strength=1.0)
        result = CARTOONIZE.run(Photo.from_pixels(pixels), params, fake_context(Path(folder)))
        return result.pixels()


@cache
def astronaut(style: str) -> NDArray[np.uint8]:
    return drawn(data.astronaut(), style)


def figures(pixels: NDArray[np.uint8]) -> Figures:
    values = pixels.astype(float)
    steps = np.maximum(np.abs(np.diff(values, axis=0))[:, 1:].max(2), np.abs(np.diff(values, axis=1))[1:].max(2))
    cells = (pixels // 16).astype(int) @ (256, 16, 1)
    counts = np.sort(np.bincount(cells.ravel()))[::-1].cumsum()
    return Figures(
        tuple(values.mean(axis=(0, 1))), float((values.max(2) < 30).mean()), float((steps < 1.5).mean()),
        int(np.searchsorted(counts, cells.size / 2)) + 1,
    )  # fmt: skip


@EVERY
def test_a_look_has_its_golden_figures(style: str) -> None:
    found, wanted = figures(astronaut(style)), GOLDEN[style]
    np.testing.assert_allclose(found.colour, wanted.colour, atol=1.5)
    assert found.dark == pytest.approx(wanted.dark, abs=0.01)
    assert found.flat == pytest.approx(wanted.flat, abs=0.02)
    assert abs(found.colours - wanted.colours) <= 2


def test_looks_are_flatter_than_the_photo_and_each_in_its_own_way() -> None:
    photo = figures(data.astronaut())
    ink, soft, poster = (figures(astronaut(style)) for style in ("ink", "soft", "poster"))
    assert photo.flat < soft.flat < ink.flat < poster.flat
    assert ink.dark > soft.dark
    assert poster.colours < photo.colours


@EVERY
@pytest.mark.parametrize("level", [0, 40, 128, 255])
def test_flat_grey_stays_what_it_is(style: str, level: int) -> None:
    result = drawn(np.full((30, 400, 3), level, np.uint8), style).astype(int)
    assert np.abs(result - level).max() <= 1


@EVERY
def test_what_is_grey_has_no_colour_afterwards(style: str) -> None:
    grey = np.repeat(data.camera()[200:240, :, None], 3, axis=2)
    assert np.ptp(drawn(grey, style).astype(int), axis=2).max() <= 1


@EVERY
def test_grey_photos_are_drawn_as_grey_colours_are(style: str) -> None:
    grey = data.camera()[200:240, :, None]
    one, three = drawn(grey, style).astype(int), drawn(np.repeat(grey, 3, axis=2), style).astype(int)
    assert np.abs(one - three).max() <= 1


@EVERY
def test_strips_leave_no_border(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.ascontiguousarray(np.repeat(np.repeat(data.astronaut()[60:160, :400], 3, 0), 3, 1))
    whole = drawn(pixels, style)
    monkeypatch.setattr(drawing, "_STRIP_PIXELS", 1200 * 7)
    np.testing.assert_array_equal(drawn(pixels, style), whole)


@EVERY
def test_a_photo_of_another_size_gets_the_same_drawing(style: str) -> None:
    pixels = data.astronaut()[60:190]
    large = cv2.resize(pixels, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small, shrunk = drawn(pixels, style), cv2.resize(drawn(large, style), (512, 130), interpolation=cv2.INTER_AREA)
    error = np.mean((small.astype(float) - shrunk) ** 2)
    assert 10 * np.log10(255**2 / error) > 24


@EVERY
def test_noise_becomes_no_specks(style: str) -> None:
    """Grain of a flat surface does not become lines: what is left of it is far below what can be seen."""
    grain = np.random.default_rng(5).normal(0, 6, (64, 1024, 3))
    result = drawn((140 + grain).clip(0, 255).astype(np.uint8), style).astype(float)
    assert result.min() > 100
    assert result.mean(axis=2).std() < 5


def test_lines_are_drawn_where_there_are_edges_and_nowhere_else() -> None:
    pixels = np.full((200, 1024, 3), 220, np.uint8)
    pixels[60:140, 300:700] = 90
    result = drawn(pixels, "ink").astype(float).max(axis=2)
    assert result[100, 296:306].min() < 60
    assert np.abs(result[100, 340:660] - 90).max() <= 2
    assert np.abs(result[100, :270] - 220).max() <= 2


def test_a_speck_is_no_line_and_a_stroke_is_one() -> None:
    light = np.full((80, 200), 70, np.float32)
    light[20:23, 30:33] = 40
    light[60:63, 20:180] = 40
    flow = flow_of(np.repeat(light[:, :, None], 3, axis=2), 2.5)
    response = response_of(light, light, flow, Pen(detail=0, sigma=1.2, along=5, weak=0.35, strong=1.2, area=60))
    assert response[:40].max() == 0
    assert response[61, 40:160].min() > 1.2


def test_tones_of_a_flat_picture_are_its_own() -> None:
    light = np.full((8, 8), 53.0, np.float32)
    np.testing.assert_allclose(tones_of(light, 6, 0.9).of(light), light, atol=1e-4)


def test_tones_rise_with_the_light() -> None:
    light = np.linspace(0, 100, 500, dtype=np.float32)
    tones = tones_of(light, 5, 0.9).of(light)
    assert (np.diff(tones) >= 0).all()
    assert tones[0] < 15 < 85 < tones[-1]


def test_a_palette_has_rare_colours_that_stand_out_and_no_more_than_there_are() -> None:
    lab = np.zeros((100, 100, 3), np.float32)
    lab[..., 0] = np.linspace(20, 90, 100)
    lab[:4, :4] = (50, 70, 40)
    palette = palette_of(lab, 8)
    assert np.abs(palette - (50, 70, 40)).max(axis=1).min() < 4
    assert len(palette_of(np.full((9, 9, 3), 30, np.float32), 8)) == 1


def test_the_flow_runs_along_edges() -> None:
    x, y = np.meshgrid(np.arange(60, dtype=np.float32), np.arange(60, dtype=np.float32))
    slanted = np.repeat(np.tanh((x + 2 * y - 90) / 4)[:, :, None], 3, axis=2).astype(np.float32)
    flow = flow_of(slanted, 2.0)
    along = np.abs(flow.x * 2 - flow.y) / np.sqrt(5)
    assert along[15:45, 15:45].min() > 0.98
    smooth = flow.smooth(slanted, 3.0)
    assert np.abs(smooth - slanted)[15:45, 15:45].max() < 0.05
