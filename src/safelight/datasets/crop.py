"""``crop``: the finished picture of a part of a photo."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from safelight.datasets.buckets import nearest_bucket
from safelight.datasets.dataset import Cropped, Focused, Item
from safelight.datasets.part import read_part, to_size
from safelight.datasets.settings import CropParams
from safelight.datasets.tools import Tools
from safelight.datasets.value import Box
from safelight.errors import ModelError
from safelight.imaging.encode import save_photo
from safelight.imaging.formats import Format, Output, Strip
from safelight.imaging.photo import Photo, Region
from safelight.imaging.vips import reading

CROP_REVISION = 1
"""Grows when the same part and settings give another picture."""

_WORTH = 1.2
"""Less enlargement than this is not worth a network: nobody could tell."""
_MOST = 8.0
_FORMATS = {"png": Format.PNG, "jpeg": Format.JPEG}
_QUALITY = 95


def crop(item: Item, path: Path, focused: Focused, params: CropParams, tools: Tools, target: Path) -> Cropped:
    """Write the picture of a part of a photo: upright, sRGB, 8 bits, on white, without metadata.

    Where the part has fewer pixels than the picture, it is enlarged as the parameters say; without the weights for
    that, by plain resampling, with a warning. The picture is there whole or not at all, and replaces an older one.

    Args:
        item: the photo.
        path: its file.
        focused: which part.
        params: what the picture is like.
        tools: what enlarges it.
        target: where it is written.

    Raises:
        PhotoError: the photo cannot be read.
        OutputError: the picture cannot be written.
        CancelledError: on request.
    """
    part = _whole(focused.box, item)
    width, height = _size(part, params)
    scale = width / part.width
    photo = read_part(path, part, (width, height), max_pixels=tools.max_pixels, name=item.name)
    made = _enlarged(photo, width, height, params, tools) if scale > 1 else _Made(photo=photo)
    save_photo(made.photo, target, Output(format=_FORMATS[params.format], quality=_QUALITY, strip=Strip.ALL))
    return Cropped(
        item=item.id, file=f"crops/{target.name}", box=_box(part), width=width, height=height, scale=round(scale, 4),
        enlarged_by=made.by, warnings=(*photo.warnings, *made.warnings, *_words(part, width, height, params)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A picture, and how it was enlarged."""

    photo: Photo
    by: str | None = None
    warnings: tuple[str, ...] = ()


def _enlarged(photo: Photo, width: int, height: int, params: CropParams, tools: Tools) -> _Made:
    scale = max(width / photo.width, height / photo.height)
    if params.enlarge != "network" or scale < _WORTH:
        return _Made(photo=_resampled(photo, width, height))
    tools.workspace.mkdir(parents=True, exist_ok=True)
    workspace = Path(tempfile.mkdtemp(prefix="crop-", dir=tools.workspace))
    try:
        large, model = tools.enlarge(photo, min(scale, _MOST), params.quality_level, workspace)
        return _Made(photo=_resampled(large, width, height), by=model)
    except ModelError as error:
        words = f"It was enlarged by plain resampling, as the network cannot be used: {error.message}"
        return _Made(photo=_resampled(photo, width, height), warnings=(words,))
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def _resampled(photo: Photo, width: int, height: int) -> Photo:
    with reading(photo.name):
        image = to_size(photo.image, width, height).copy_memory()
    return Photo(image, name=photo.name)


def _whole(box: Box, item: Item) -> Region:
    """The box in whole pixels, inside the photo."""
    left = min(max(0, round(box[0])), item.width - 1)
    top = min(max(0, round(box[1])), item.height - 1)
    width = min(max(1, round(box[2])), item.width - left)
    return Region(left, top, width, min(max(1, round(box[3])), item.height - top))


def _box(part: Region) -> Box:
    return float(part.left), float(part.top), float(part.width), float(part.height)


def _size(part: Region, params: CropParams) -> tuple[int, int]:
    """Pixels across and down of the picture."""
    width = height = params.size
    if params.mode == "bucket":
        width, height = nearest_bucket(params.size, part.width / part.height)
    if params.enlarge == "never" and (part.width < width or part.height < height):
        return part.width, part.height
    return width, height


def _words(part: Region, width: int, height: int, params: CropParams) -> tuple[str, ...]:
    """What is to be said of the detail in it."""
    scale = width / part.width
    if scale > params.warn_scale:
        return (f"It was enlarged {scale:.2g} times: it has the detail of {part.width} x {part.height} pixels.",)
    wanted = params.size if params.mode == "square" else None
    if params.enlarge == "never" and (wanted is not None and width < wanted):
        return (f"It is only {width} x {height} pixels, as it was not to be enlarged.",)
    return ()
