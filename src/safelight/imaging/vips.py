"""libvips, set up once for this process: no untrusted decoders, no stale cache, large photos on disk."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A decoded photo above this size goes to a temporary file. libvips reads the variable when it first decodes.
os.environ.setdefault("VIPS_DISC_THRESHOLD", "64m")

import pyvips

from safelight.errors import BrokenPhotoError, DiskFullError

# A file that changed under the same name must not come back from libvips' cache of operations.
pyvips.cache_set_max(0)
pyvips.block_untrusted_set(True)
# Its warnings are libvips' words for errors that are raised as well.
logging.getLogger("pyvips").setLevel(logging.ERROR)
if pyvips.API_mode:
    # They quote what is in files, and pyvips fails, with pages on stderr, at what is no UTF-8: so it does not look.
    pyvips.ffi.def_extern(name="_log_handler_callback")(lambda *_: None)

_FULL = ("No space left on device", "File too large", "Disk quota exceeded")
_CORE = frozenset({
    b"width", b"height", b"bands", b"format", b"coding", b"interpretation", b"xoffset", b"yoffset", b"xres", b"yres",
    b"filename",
})  # fmt: skip
_SHORT = ("premature end", "truncated", "bad seek", "end of file", "read error", "Not enough data", "unable to parse")


def use_scratch(folder: Path) -> None:
    """Keep the pixels of large photos in ``folder`` from now on; it must exist. For the start of a process."""
    os.environ["TMPDIR"] = str(folder)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn errors of libvips while pixels of the photo ``name`` are computed into one line for its user.

    Raises:
        BrokenPhotoError: the data of the photo is cut short or damaged.
        DiskFullError: the temporary file for its pixels does not fit.
    """
    try:
        yield
    except pyvips.Error as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> BrokenPhotoError | DiskFullError:
    """Explain why decoding ``name`` failed, from libvips' own words."""
    text = str(error)
    if is_full(text):
        return DiskFullError(f"{name}: the disk is full, where the pixels of large photos are kept")
    if any(word.lower() in text.lower() for word in _SHORT):
        return BrokenPhotoError(f"{name}: the file is cut short or damaged")
    return BrokenPhotoError(f"{name}: the picture data is damaged")


def is_full(text: str) -> bool:
    """Whether an error text of libvips speaks of a full disk."""
    return any(words in text for words in _FULL)


def bare(image: pyvips.Image) -> pyvips.Image:
    """The same pixels without any metadata: those are kept in the photo, and a stale copy must not be written."""
    clean = image.copy()
    for field in fields(image):
        if field not in _CORE:
            pyvips.vips_lib.vips_image_remove(clean.pointer, field)
    return clean


def fields(image: pyvips.Image) -> list[bytes]:
    """The names of all that an image tells of itself.

    They are bytes: a PNG names its texts in Latin-1, a damaged file in anything, and pyvips takes all for UTF-8.
    """
    found = pyvips.vips_lib.vips_image_get_fields(image.pointer)
    names: list[bytes] = []
    while found[len(names)] != pyvips.ffi.NULL:
        names.append(bytes(pyvips.ffi.string(found[len(names)])))
        pyvips.glib_lib.g_free(found[len(names) - 1])
    pyvips.glib_lib.g_free(found)
    return names
