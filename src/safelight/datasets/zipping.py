"""All exports as one ZIP, written file by file."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from safelight.datasets.layouts.layout import File
from safelight.datasets.tools import BuildWatch
from safelight.imaging.disk import sync_folder, writing

_WHEN = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


def write_zip(path: Path, exports: Mapping[str, Iterable[File]], watch: BuildWatch) -> None:
    """Write exports, each into a folder of its name, to a ZIP: whole or not at all.

    Pictures are compressed already and go in as they are. The same files give the same bytes.

    Raises:
        DiskFullError, OutputError: it cannot be written.
        CancelledError: on request.
    """
    # One name for all runs, as what a killed one leaves may be large.
    draft = path.with_name(f".{path.name}.draft")
    with writing(path):
        try:
            with draft.open("wb") as out:
                with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
                    for folder, files in exports.items():
                        for file in files:
                            watch.check_cancelled()
                            _add(archive, f"{folder}/{file.name}", file)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)


def _add(archive: zipfile.ZipFile, name: str, file: File) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o100644 << 16
    if file.picture is not None:
        size = file.picture.stat().st_size
        with file.picture.open("rb") as source, archive.open(entry, "w", force_zip64=size > 0x7000_0000) as target:
            shutil.copyfileobj(source, target, _CHUNK)
    else:
        archive.writestr(entry, (file.text or "").encode())
