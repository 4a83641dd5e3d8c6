"""Sends files of datasets, with headers that let no browser do anything but show a picture."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from fastapi.responses import FileResponse, Response, StreamingResponse

from safelight.api.files import disposition, media_type
from safelight.api.zipping import Sink
from safelight.engine.shown import SHOWN
from safelight.errors import UnknownDatasetError
from safelight.imaging.formats import sniff

_HEAD, _BLOCK = 512, 1 << 20
_OURS = ".safelight"
_NAMES_PLACES = ("dataset.toml", "metadata.json")
"""Files of kohya's layout that name others by their whole paths."""


def picture_response(path: Path, *, name: str, etag: str) -> Response:
    """Answer with a picture: what it is, its content says.

    Raises:
        UnknownDatasetError: it is not there.
    """
    try:
        with path.open("rb") as file:
            form = sniff(file.read(_HEAD))
    except OSError as error:
        raise UnknownDatasetError("the file is not there") from error
    headers = {
        "Content-Disposition": disposition(name, inline=form in SHOWN),
        "Cache-Control": "private, max-age=31536000, immutable",
        "ETag": f'"{etag}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path, media_type=media_type(form.value if form else ""), headers=headers)


def folder_zip(root: Path, folders: Sequence[str], *, name: str) -> Response:
    """Answer with folders as a ZIP that is made while it is sent; a single one without its own name."""
    headers = {"Content-Disposition": disposition(name, inline=False), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(zipped_folders(root, folders), media_type="application/zip", headers=headers)


def zipped_folders(root: Path, folders: Sequence[str]) -> Iterator[bytes]:
    """Give the ZIP in parts. Pictures are compressed already and go in as they are.

    Raises:
        UnknownDatasetError: a build has put another set in its place, or it was deleted. Half of each would be worse
            than a download that breaks off.
    """
    sink = Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED) as archive:
        for folder in folders:
            begun = _which(root / folder)
            for path in sorted((root / folder).rglob("*")):
                if path.is_symlink() or path.name.startswith(_OURS):
                    continue
                if _which(root / folder) != begun:
                    raise UnknownDatasetError("the set was made anew while it was sent", hint="download it again")
                yield from _entry(archive, sink, path, str(path.relative_to(root)).replace("\\", "/"))
    yield sink.take()


def _which(folder: Path) -> tuple[int, int] | None:
    """Which folder has this name now: a build puts a new one in the place of the old one."""
    try:
        about = folder.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def _entry(archive: zipfile.ZipFile, sink: Sink, path: Path, name: str) -> Iterator[bytes]:
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    if path.name in _NAMES_PLACES:
        # They hold absolute paths, which mean nothing elsewhere; in a ZIP they begin at its folder.
        text = path.read_text("utf-8").replace(f"{path.parent.resolve().as_posix()}/", "")
        archive.writestr(entry, text)
        yield sink.take()
        return
    if path.is_dir():
        # Empty folders, as that for logs, are part of a layout.
        archive.writestr(entry, b"")
        yield sink.take()
        return
    with path.open("rb") as source, archive.open(entry, "w") as target:
        while block := source.read(_BLOCK):
            target.write(block)
            yield sink.take()
    yield sink.take()
