from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.fft import dct

from safelight.datasets.light import luma_of
from safelight.datasets.phash import hash_distance, phash
from safelight.datasets.small import open_small

PHOTOS = ("people/biden.jpg", "people/obama2.jpg", "scenes/0014.jpg", "scenes/wolf_gray.jpg", "people/two_people.jpg")


def light_of(path: Path) -> np.ndarray:
    return luma_of(open_small(path, least=1600, longest=2048, max_pixels=10**8, name=path.name).photo, 768)


def by_definition(light: np.ndarray) -> str:
    """As imagehash does it, with Pillow's Lanczos and SciPy's cosine transform."""
    pixels = np.asarray(Image.fromarray(light).resize((32, 32), Image.Resampling.LANCZOS))
    low = dct(dct(pixels.astype(float), axis=0), axis=1)[:8, :8]
    bits = (low > np.median(low)).ravel()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


@pytest.mark.parametrize("name", PHOTOS)
def test_it_is_the_hash_that_the_definition_gives(shared_photos: Path, name: str) -> None:
    light = light_of(shared_photos / name)
    # A frequency may lie so near the median that another rounding of 32 x 32 pixels turns its bit.
    assert hash_distance(phash(light), by_definition(light)) <= 2


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "half as large": lambda pixels: cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "a bit brighter": lambda pixels: np.clip(pixels.astype(int) + 15, 0, 255).astype(np.uint8),
    "recompressed": lambda pixels: cv2.imdecode(
        cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", PHOTOS)
def test_a_changed_copy_has_nearly_the_same_hash(shared_photos: Path, tmp_path: Path, name: str, change: str) -> None:
    pixels = cv2.imread(str(shared_photos / name))
    copy = tmp_path / "copy.png"
    cv2.imwrite(str(copy), CHANGES[change](pixels))
    assert hash_distance(phash(light_of(shared_photos / name)), phash(light_of(copy))) <= 6


def test_different_photos_have_different_hashes(shared_photos: Path) -> None:
    hashes = [phash(light_of(shared_photos / name)) for name in PHOTOS]
    pairs = [hash_distance(one, other) for at, one in enumerate(hashes) for other in hashes[:at]]
    assert min(pairs) > 12


def test_an_even_picture_and_a_picture_of_one_pixel_have_a_hash() -> None:
    hashes = [phash(np.full(size, 77, np.uint8)) for size in ((1, 1), (100, 30), (2000, 2000))]
    assert hashes == ["8000000000000000"] * 3


def test_the_distance_counts_bits() -> None:
    assert hash_distance("0000000000000000", "ffffffffffffffff") == 64
    assert hash_distance("00000000000000f0", "0000000000000080") == 3
