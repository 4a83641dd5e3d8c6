"""Writes the small pictures on the studio's cards: what each preset and style makes of a sample photo.

There are no people in the samples, so the preset for faces has no picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray
from samples import find_samples
from write_gallery import hazy

import safelight
from safelight.imaging.photo import Photo
from safelight.operations.styles.known import all_styles

FOLDER = Path(__file__).resolve().parents[1] / "web/src/features/studio/recipe/examples"

_WIDTH, _HEIGHT, _QUALITY = 208, 120, 72

Pixels = NDArray[np.float64]
Step = Mapping[str, object]


def small(pixels: Pixels) -> Pixels:
    """A quarter of the size: what a network that enlarges four times gets."""
    image = pyvips.Image.new_from_array((pixels * 255).round().astype(np.uint8)).resize(0.25)
    return np.asarray(image.numpy(), np.float64) / 255


def dusky(pixels: Pixels) -> Pixels:
    """As in the evening."""
    return pixels**1.2 * 0.32


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The picture of one card."""

    name: str
    """Of its file."""
    photo: str
    """Which sample."""
    box: tuple[float, float, float]
    """Which part: left, top and width, in shares of the photo."""
    steps: Sequence[Step]
    """What is done."""
    spoil: Callable[[Pixels], Pixels] | None = None
    """What is done to the photo first, so that there is something to mend: that is the left half of the picture."""


_CAT, _CUP, _ROCKET = "chelsea.png", "coffee.png", "rocket.jpg"
_FACE, _RIM, _TOWER = (0.12, 0.1, 0.75), (0.2, 0.12, 0.6), (0.2, 0.0, 0.8)

CARDS = (
    Card(name="general", photo=_CUP, box=(0.45, 0.35, 0.3), steps=({"operation": "upscale"},), spoil=small),
    Card(name="raw", photo=_CAT, box=(0.25, 0.2, 0.3), steps=({"operation": "upscale", "raw": True},), spoil=small),
    Card(name="anime", photo=_CAT, box=(0.2, 0.15, 0.45), steps=({"operation": "cartoonize", "style": "poster"},)),
    Card(name="dehaze", photo=_ROCKET, box=_TOWER, steps=({"operation": "dehaze", "strength": 1.0},), spoil=hazy),
    Card(name="lowlight", photo=_CUP, box=_RIM, steps=({"operation": "relight"},), spoil=dusky),
    Card(name="cartoon", photo=_CAT, box=_FACE, steps=({"operation": "cartoonize"},)),
    *(
        Card(
            name=f"style-{style}", photo=_CUP if style in ("realistic", "clay") else _CAT,
            box=_RIM if style in ("realistic", "clay") else _FACE,
            steps=({"operation": "stylize", "style": style, "strength": 1.0},),
        )
        for style in all_styles()
    ),
)  # fmt: skip


def main() -> None:
    """Write all pictures anew."""
    samples = {path.name: path for path in find_samples()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    for card in CARDS:
        picture = draw(card, samples[card.photo])
        picture.webpsave(str(FOLDER / f"{card.name}.webp"), Q=_QUALITY, effort=6, keep="none")


def draw(card: Card, photo: Path) -> pyvips.Image:
    """Give the picture of a card; where the photo was spoilt, its left half shows that."""
    pixels = pyvips.Image.new_from_file(str(photo)).numpy()[..., :3] / 255
    before = np.clip(card.spoil(pixels), 0, 1) if card.spoil else pixels
    source = Photo.from_pixels((before * 255).round().astype(np.uint8))
    result = safelight.run(source, card.steps)
    after = _cut(result.image, card.box).copy_memory()
    if card.spoil is None:
        return after
    left = _cut(source.image, card.box).crop(0, 0, _WIDTH // 2, _HEIGHT)
    line = pyvips.Image.black(2, _HEIGHT, bands=3).linear(1, 255).cast("uchar").copy(interpretation="srgb")
    return after.insert(left, 0, 0).insert(line, _WIDTH // 2 - 1, 0)


def _cut(image: pyvips.Image, box: tuple[float, float, float]) -> pyvips.Image:
    left, top, share = box
    width = share * image.width
    height = min(width * _HEIGHT / _WIDTH, image.height * (1 - top))
    part = image.crop(int(left * image.width), int(top * image.height), int(width), int(height))
    return part.thumbnail_image(_WIDTH, height=_HEIGHT, size="force")


if __name__ == "__main__":
    main()
