"""The before/after sheet shows every kind of photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from safelight.errors import OutputError
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.reports.sheet import write_sheet


def pair(folder: Path, name: str, shape: tuple[int, ...], dtype: type = np.uint8) -> tuple[Path, Path]:
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape).astype(dtype)
    before, after = folder / f"{name}.png", folder / f"{name}_x2.png"
    Photo.from_pixels(pixels).save(before)
    Photo.from_pixels(pixels.repeat(2, axis=0).repeat(2, axis=1)).save(after)
    return before, after


def test_each_pair_is_a_row_of_three(tmp_path: Path) -> None:
    pairs = [
        pair(tmp_path, "colour", (90, 60, 3)),
        pair(tmp_path, "grey", (40, 300)),
        pair(tmp_path, "deep", (50, 50, 4), np.uint16),
        pair(tmp_path, "tiny", (1, 1, 3)),
        pair(tmp_path, "long", (1, 900, 3)),
    ]
    write_sheet(pairs, tmp_path / "sheet.jpg")

    sheet = open_photo(tmp_path / "sheet.jpg", max_pixels=10**8)
    assert sheet.width == 3 * 480 + 4 * 12
    assert sheet.height == len(pairs) * 480 + (len(pairs) + 1) * 12


def test_the_detail_is_where_the_detail_is(tmp_path: Path) -> None:
    pixels = np.full((600, 600, 3), 40, np.uint8)
    pixels[400:520, 80:200] = np.random.default_rng(0).integers(0, 255, (120, 120, 3))
    Photo.from_pixels(pixels).save(tmp_path / "a.png")
    Photo.from_pixels(pixels.repeat(4, axis=0).repeat(4, axis=1)).save(tmp_path / "b.png")
    write_sheet([(tmp_path / "a.png", tmp_path / "b.png")], tmp_path / "sheet.png")

    sheet = open_photo(tmp_path / "sheet.png", max_pixels=10**8).pixels()
    before, after = sheet[12:492, 504:984], sheet[12:492, 996:1476]
    assert before.std() > 30
    assert after.std() > 30


def test_a_suffix_that_is_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"sheet\.xyz"):
        write_sheet([pair(tmp_path, "a", (9, 9, 3))], tmp_path / "sheet.xyz")
