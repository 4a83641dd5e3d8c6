"""Small copies of pictures for pages: thumbnails of all, and copies for screens of what browsers cannot show."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pyvips
import structlog

from safelight.engine.shown import needs_copy
from safelight.errors import SafelightError
from safelight.imaging.formats import Format
from safelight.imaging.photo import Photo
from safelight.store.blobs import Store
from safelight.store.keys import screen_of, thumbnail_of

THUMBNAIL, SCREEN = 512, 3072
"""Longest sides in pixels."""

_THUMBNAIL_QUALITY, _SCREEN_QUALITY = 80, 88
_SRGB = "srgb"

_NAMES_OF_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))
"""What profiles of sRGB are called, in their second and in their fourth version."""


class Shrink(Protocol):
    """Decodes a picture smaller."""

    def __call__(self, side: int, *, managed: bool) -> pyvips.Image:
        """Give it with sides of at most so many pixels; ``managed``: by its profile, in the colours of sRGB."""


log = structlog.get_logger()


class Showing:
    """Makes copies of pictures, once for each file; pages can do without, so no failure is anybody's trouble."""

    def __init__(self, store: Store) -> None:
        """Take the store, where the copies go beside the files."""
        self._store = store

    def original(self, photo: Photo, path: Path, key: str, folder: Path) -> bool:
        """Make the copies of a photo that is about to be worked on, from its file at ``path``.

        Returns:
            False if it could not be decoded: ``photo`` has to be opened anew then, to tell the true reason.
        """

        def shrink(side: int, *, managed: bool) -> pyvips.Image:
            # A JPEG is decoded smaller at once; what others decode is kept for the work itself.
            if photo.format is Format.JPEG:
                return _of_file(path, side, managed=managed)
            return _of_photo(photo, side, managed=managed)

        return self._make(shrink, photo, photo.format, key, folder)

    def result(self, path: Path, photo: Photo, form: Format, key: str, folder: Path) -> None:
        """Make the copies of a result, from the file of this format at ``path`` that it was written to."""

        def shrink(side: int, *, managed: bool) -> pyvips.Image:
            return _of_file(path, side, managed=managed)

        self._make(shrink, photo, form, key, folder)

    def _make(self, shrink: Shrink, photo: Photo, form: Format | None, key: str, folder: Path) -> bool:
        copied = needs_copy(form, photo.width, photo.height)
        draft = folder / "shown.webp"
        try:
            # The thumbnail comes last: where it is, all is.
            if self._store.exists(thumbnail_of(key)) and not (copied and not self._store.exists(screen_of(key))):
                return True
            image = _shrunk(shrink, SCREEN if copied else THUMBNAIL, photo.metadata.icc)
            if copied:
                self._put(image, screen_of(key), draft, _SCREEN_QUALITY)
                image = image.thumbnail_image(THUMBNAIL, height=THUMBNAIL, size="down")
            self._put(image, thumbnail_of(key), draft, _THUMBNAIL_QUALITY)
        except (pyvips.Error, SafelightError, OSError, MemoryError) as error:
            log.warning("no copy for pages", key=key, error=str(error))
            return False
        return True

    def _put(self, image: pyvips.Image, key: str, draft: Path, quality: int) -> None:
        image.colourspace(_SRGB).cast("uchar").webpsave(str(draft), Q=quality, effort=2, keep="none")
        try:
            self._store.put(key, draft)
        finally:
            # The next one has a file of the same name, and a store may have linked this one.
            draft.unlink(missing_ok=True)


def _shrunk(shrink: Shrink, side: int, icc: bytes | None) -> pyvips.Image:
    """Give the pixels of a copy in sRGB; they are in memory, as several files are made of them."""
    try:
        # To bring millions of pixels from sRGB into sRGB takes longer than all the rest.
        image = shrink(side, managed=icc is not None and not any(name in icc for name in _NAMES_OF_SRGB))
        return image.copy_memory()
    except pyvips.Error:
        # A profile that cannot be used must not be the reason that there is no picture.
        if icc is None:
            raise
        return shrink(side, managed=False).copy_memory()


def _of_file(path: Path, side: int, *, managed: bool) -> pyvips.Image:
    fit = {"height": side, "size": "down"} | ({"export_profile": _SRGB} if managed else {})
    # The operation's own `fail_on` does not reach the decoder; an option of the decoder does.
    source = pyvips.Source.new_from_file(str(path))
    return pyvips.Image.thumbnail_source(source, side, option_string="[fail_on=error]", **fit)


def _of_photo(photo: Photo, side: int, *, managed: bool) -> pyvips.Image:
    image, fit = photo.image, {"height": side, "size": "down"}
    if managed:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", photo.metadata.icc)
        fit["export_profile"] = _SRGB
    return image.thumbnail_image(side, **fit)
