"""Colours that nobody sees must not come out."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import pyvips
from photo_files import noise, opened, vips

from safelight.errors import BrokenPhotoError
from safelight.imaging.alpha import fill_transparent, is_opaque
from safelight.operations.upscale import UpscaleParams, run


def disc(background: int) -> pyvips.Image:
    """A red disc on transparent pixels of any colour."""
    y, x = np.mgrid[:80, :80]
    inside = (x - 40) ** 2 + (y - 40) ** 2 < 20**2
    pixels = np.full((80, 80, 4), background, np.uint8)
    pixels[inside] = (200, 30, 20, 255)
    pixels[~inside, 3] = 0
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")


def test_the_colour_of_transparent_pixels_becomes_that_of_their_neighbours() -> None:
    filled = fill_transparent(disc(0)).numpy()

    near = filled[40, 62:75]
    assert np.abs(near.astype(int) - (200, 30, 20)).max() <= 1


def test_what_is_under_transparent_pixels_makes_no_difference_nearby() -> None:
    black, white = (fill_transparent(disc(background)).numpy() for background in (0, 255))

    np.testing.assert_array_equal(black[20:60, 20:60], white[20:60, 20:60])


def test_visible_pixels_stay_exactly_as_they_are() -> None:
    image = disc(9)
    visible = image.numpy()[..., 3] > 0

    np.testing.assert_array_equal(fill_transparent(image).numpy()[visible], image.numpy()[visible][:, :3])


def test_sixteen_bits_stay_sixteen_bits() -> None:
    image = (disc(0).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    filled = fill_transparent(image)

    assert filled.format == "ushort"
    assert filled.numpy()[40, 65, 0] == 200 * 257


def test_an_alpha_that_hides_nothing_is_recognised() -> None:
    assert not is_opaque(disc(0))
    assert is_opaque(disc(0).extract_band(0, n=3).bandjoin_const([255]))


def test_a_cut_short_alpha_is_a_broken_photo(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    vips(noise(300, 400, bands=4)).pngsave(str(path))
    path.write_bytes(path.read_bytes()[:-2000])
    context = SimpleNamespace(chosen=(None,), models=SimpleNamespace(use=nullcontext))
    with pytest.raises(BrokenPhotoError, match=r"^a\.png: "):
        run(opened(path), UpscaleParams(), context)
