"""Pictures of the class, for regularisation: made fit for trainers from a folder of the user's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyvips

from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.tools import BuildWatch
from safelight.errors import DatasetError, PhotoError
from safelight.imaging.codecs import open_photo
from safelight.imaging.disk import writing
from safelight.imaging.formats import FORMAT_OF_SUFFIX
from safelight.imaging.vips import bare, reading

_WORK = ".regularisation"
_MOST_PIXELS = 500_000_000
_MOST_NAMED = 5
_QUALITY = 95
_WHITE = [255, 255, 255]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regular:
    """What was made of the folder."""

    pictures: tuple[Path, ...] = ()
    """Upright sRGB without metadata, named by numbers."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""


@contextmanager
def regular_pictures(
    folder: DatasetFolder, source: str, settings: DatasetSettings, watch: BuildWatch
) -> Iterator[Regular]:
    """Make all photos in a folder, and those below it, fit for trainers; they are there while the block runs.

    A photo that cannot be read is left out with a warning. The shorter side is at most the size that is trained on.

    Raises:
        DatasetError: there is no such folder, or no photo in it.
        DiskFullError, OutputError: they cannot be written.
        CancelledError: on request.
    """
    if not source:
        yield Regular()
        return
    photos = _photos(Path(source))
    work = folder.path / _WORK
    try:
        with writing(work):
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
        yield _made(photos, work, settings, watch)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _photos(source: Path) -> list[Path]:
    if not source.is_dir():
        raise DatasetError(f"{source}: there is no such folder with pictures for regularisation")
    found = sorted(
        path for path in source.rglob("*")
        if path.suffix.lower() in FORMAT_OF_SUFFIX and path.is_file() and not path.name.startswith(".")
    )  # fmt: skip
    if not found:
        raise DatasetError(f"{source}: no pictures for regularisation are in this folder")
    return found


def _made(photos: list[Path], work: Path, settings: DatasetSettings, watch: BuildWatch) -> Regular:
    suffix = ".jpg" if settings.crop.format == "jpeg" else ".png"
    pictures: list[Path] = []
    wrong: list[str] = []
    for photo in photos:
        watch.check_cancelled()
        target = work / f"{len(pictures) + 1:04}{suffix}"
        try:
            _convert(photo, target, settings.crop.size)
        except PhotoError as error:
            target.unlink(missing_ok=True)
            wrong.append(str(error))
        else:
            pictures.append(target)
    if not pictures:
        raise DatasetError(f"{photos[0].parent}: no picture for regularisation can be read")
    warnings = [f"Left out of the regularisation: {one}." for one in wrong[:_MOST_NAMED]]
    if len(wrong) > _MOST_NAMED:
        warnings.append(f"{len(wrong) - _MOST_NAMED} more were left out of the regularisation.")
    return Regular(pictures=tuple(pictures), warnings=tuple(warnings))


def _convert(photo: Path, target: Path, side: int) -> None:
    opened = open_photo(photo, max_pixels=_MOST_PIXELS)
    with writing(target), reading(photo.name):
        image = _srgb(opened.image, opened.metadata.icc)
        scale = side / min(image.width, image.height)
        if scale < 1:
            image = image.resize(scale)
        save = {"keep": "none"}
        if target.suffix == ".jpg":
            data = bare(image).jpegsave_buffer(Q=_QUALITY, optimize_coding=True, subsample_mode="off", **save)
        else:
            data = bare(image).pngsave_buffer(compression=3, **save)
        target.write_bytes(data)


def _srgb(image: pyvips.Image, icc: bytes | None) -> pyvips.Image:
    """Bring to 8 bits of sRGB without transparency."""
    alpha = image.bands in (2, 4)
    opaque = image.extract_band(0, n=image.bands - 1) if alpha else image
    if icc is not None:
        opaque = opaque.copy()
        opaque.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
        colours = opaque.icc_transform("srgb", embedded=True, depth=8)
    else:
        colours = opaque.colourspace("srgb")
    if alpha:
        veil = image.extract_band(image.bands - 1)
        veil = (veil / 257).rint().cast("uchar") if image.format == "ushort" else veil
        colours = colours.bandjoin(veil).flatten(background=_WHITE)
    return colours.cast("uchar")
