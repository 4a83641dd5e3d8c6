"""Makes docs/gallery.md and its pictures from public-domain and CC0 photos that come with scikit-image."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray
from samples import find_samples

from safelight.folders.vary import Varied, Vary
from safelight.imaging.photo import Photo
from safelight.operations.styles.picture import picture_of
from safelight.recipes.recipe import read_recipe
from safelight.reports.contact import ContactSheet, write_contact_picture
from safelight.wiring import Studio, build

HERE = Path(__file__).parent
PAGE, IMAGES = HERE / "gallery.md", HERE / "images" / "gallery"
_WIDTH, _QUALITY = 1280, 78

Pixels = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sheet of the gallery."""

    name: str
    """Of its picture."""
    title: str
    text: str
    photo: str
    """Which sample."""
    operation: str
    parameter: str
    values: tuple[object, ...]
    settings: dict[str, object] = field(default_factory=dict)
    """What all have in common."""
    spoil: Callable[[Pixels], Pixels] | None = None
    """What is done to the photo first: (H, W, 3), 0-1."""
    command: str = ""


def hazy(pixels: Pixels) -> Pixels:
    """A haze that grows towards the top."""
    through = np.linspace(0.35, 0.85, len(pixels))[:, None, None]
    return pixels * through + np.array([0.80, 0.84, 0.88]) * (1 - through)


def dark(pixels: Pixels) -> Pixels:
    """As in the last light."""
    return pixels**1.6 * 0.22


def noisy(pixels: Pixels) -> Pixels:
    """As at a high sensitivity."""
    return pixels + np.random.default_rng(1).normal(0, 0.08, pixels.shape)


ROWS = (
    Row(
        name="cartoons", title="Cartoons", photo="chelsea.png", operation="cartoonize", parameter="style",
        values=("ink", "soft", "poster", "shinkai", "hosoda"), command="safelight sheet cat.jpg --vary style",
        text="`ink`, `soft` and `poster` need no weights; the others are CartoonGAN networks.",
    ),
    Row(
        name="styles", title="Named styles", photo="coffee.png", operation="stylize", parameter="style",
        values=("clay", "anime", "realistic", "cartoon", "oil_painting"), settings={"strength": 1.0},
        command="safelight sheet cup.jpg --of stylize --vary style --values clay,anime,realistic,oil_painting",
        text="None of the five needs weights. `realistic` is an enhancement and not a painting.",
    ),
    Row(
        name="paintings", title="Paintings by a network", photo="chelsea.png", operation="stylize", parameter="style",
        values=(), settings={"strength": 1.0}, command="safelight sheet cat.jpg --of stylize --vary style",
        text="Some of the 26 styles of one small network; they can be mixed: `--mix NAME=2,NAME=1`.",
    ),
    Row(
        name="pictures", title="Any picture as the style", photo="coffee.png", operation="stylize", parameter="picture",
        values=("chelsea.png", "rocket.jpg"), settings={"strength": 1.0},
        command="safelight stylize cup.jpg --style-image cat.jpg", text="The styles of the cat and of the rocket.",
    ),
    Row(
        name="strength", title="Strength", photo="chelsea.png", operation="cartoonize", parameter="strength",
        values=(0.2, 0.4, 0.6, 0.8, 1.0), settings={"style": "poster"},
        command="safelight sheet cat.jpg --vary strength --set cartoonize.style=poster",
        text="Every look can be taken in part.",
    ),
    Row(
        name="haze", title="Haze", photo="rocket.jpg", operation="dehaze", parameter="strength", values=(0.4, 0.8),
        spoil=hazy, command="safelight run hazy.jpg --preset dehaze", text="The haze was added for this page.",
    ),
    Row(
        name="darkness", title="Darkness", photo="coffee.png", operation="relight", parameter="strength",
        values=(0.5, 1.0), spoil=dark, command="safelight run dark.jpg --preset lowlight",
        text="The photo was darkened for this page; its colours come back as they were.",
    ),
    Row(
        name="noise", title="Noise", photo="chelsea.png", operation="denoise", parameter="strength", values=(0.3, 1.0),
        spoil=noisy, command="safelight run noisy.jpg --recipe denoise.toml", text="The noise was added for this page.",
    ),
)  # fmt: skip
"""What is shown, in order."""


def main() -> None:
    """Make all pictures, then the page."""
    studio = build()
    samples = {path.name: path for path in find_samples()}
    IMAGES.mkdir(parents=True, exist_ok=True)
    for row in ROWS:
        with tempfile.TemporaryDirectory(prefix="gallery-") as folder:
            sheet = _sheet(row, samples, Path(folder), studio)
            _write(sheet, IMAGES / f"{row.name}.jpg", Path(folder))
    PAGE.write_text("\n".join(_page()), encoding="utf-8")


def _sheet(row: Row, samples: dict[str, Path], folder: Path, studio: Studio) -> ContactSheet:
    photo = samples[row.photo]
    if row.spoil is not None:
        pixels = pyvips.Image.new_from_file(str(photo)).numpy()[..., :3] / 255
        photo = folder / row.photo
        spoilt = (np.clip(row.spoil(pixels), 0, 1) * 255).round().astype(np.uint8)
        Photo.from_pixels(spoilt).save(photo)
    values, names = _values(row, samples, studio)
    recipe = read_recipe({"steps": [{"operation": row.operation, **row.settings}]})
    varied = Varied(operation=row.operation, parameter=row.parameter, values=values, named=True)
    found = Vary(studio=studio, workspace=folder).sheet(photo, recipe, varied)
    if missing := [one.facts for one in found.variants if one.picture is None]:
        raise SystemExit(f"{row.name}: {missing}")
    shown = (
        found.variants[0],
        *(replace(one, title=name) for one, name in zip(found.variants[1:], names, strict=True)),
    )
    # Times are the machine's, and tell nothing here.
    return replace(found, title=row.title, summary="", variants=tuple(replace(one, facts=()) for one in shown))


def _values(row: Row, samples: dict[str, Path], studio: Studio) -> tuple[tuple[object, ...], tuple[str, ...]]:
    if row.parameter == "picture":
        return tuple(picture_of(samples[str(name)]) for name in row.values), tuple(map(str, row.values))
    if row.values:
        return row.values, tuple(map(str, row.values))
    from safelight.recipes.variants import values_of

    some = values_of(row.operation, row.parameter, studio.catalog)[5:31:3]
    return some, tuple(map(str, some))


def _write(sheet: ContactSheet, path: Path, folder: Path) -> None:
    draft = folder / "drawn.png"
    write_contact_picture(sheet, draft)
    image = pyvips.Image.new_from_file(str(draft))
    image.resize(min(1.0, _WIDTH / image.width)).jpegsave(str(path), Q=_QUALITY, keep="none")


def _page() -> Iterator[str]:
    yield "# Gallery\n"
    yield (
        "Written by `make gallery`; do not edit it by hand. The photos are public domain or CC0 and come with"
        "\nscikit-image: a cat, a cup of coffee, a rocket. There are no people in it, so for faces see for yourself:"
        "\n`safelight restore portrait.jpg --sheet before-after.jpg`.\n"
    )
    for row in ROWS:
        yield f"## {row.title}\n\n{row.text}\n\n```sh\n{row.command}\n```\n"
        yield f"![{row.title}: the photo and its variants](images/gallery/{row.name}.jpg)\n"


if __name__ == "__main__":
    main()
