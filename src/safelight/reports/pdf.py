"""A report as PDF, set by typst. What users wrote reaches the template as data and is never markup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from safelight.errors import OutputError
from safelight.imaging.replacing import replacing
from safelight.reports.glyphs import FindFont, no_font
from safelight.reports.pictures import side_for, small_jpeg_or_none
from safelight.reports.report import Report
from safelight.reports.typesetting import typeset
from safelight.reports.view import PhotoView, View, write_out
from safelight.reports.words import ENGLISH, Words


def write_pdf(
    report: Report, path: Path, *, find_font: FindFont = no_font, workspace: Path | None = None, words: Words = ENGLISH
) -> tuple[str, ...]:
    """Write the report to a PDF file, whole or not at all; gives what could not be shown, in plain words.

    Pictures are decoded and pages are set, so this is work for a worker or a thread (typst lets other threads run).

    Args:
        report: what is told.
        path: the file.
        find_font: gives the font file for signs that the fonts of typst lack; called only when there are any.
        workspace: where a temporary folder is made for the small pictures; None = where the system has such.
        words: the language.

    Raises:
        OutputError: a file cannot be written.
        InternalError: typst does not take the template.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="report-", dir=workspace) as folder:
            data, warnings = _pdf(report, Path(folder), find_font, words)
        with replacing(path) as (_, draft):
            draft.write_bytes(data)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {(error.strerror or 'error').lower()}") from error
    return warnings


def _pdf(report: Report, folder: Path, find_font: FindFont, words: Words) -> tuple[bytes, tuple[str, ...]]:
    view = write_out(report, words)
    side = side_for(len(view.photos))
    photos = [_photo(photo, folder, side, words) for photo in view.photos]
    data = {**_plain(view), "photos": photos, "text": dict(words.text)}
    return typeset(
        "report.typ", data, folder, shown=_shown(view), find_font=find_font, made_at=report.made_at, words=words
    )


def _shown(view: View) -> str:
    """Give everything that is to be read, in one text; where pictures lie is not shown."""
    return json.dumps(asdict(view), default=lambda _path: None, ensure_ascii=False)


def _photo(photo: PhotoView, folder: Path, side: int, words: Words) -> Mapping[str, object]:
    """Give a photo as plain data; its pictures become files that the template finds by name."""
    shots: list[dict[str, object]] = []
    for shot, plain in zip(photo.shots, asdict(photo)["shots"], strict=True):
        data = small_jpeg_or_none(shot.path, side) if shot.path else None
        absent = shot.absent if shot.path is None else words["bad_picture"]
        name = f"{photo.anchor}-{len(shots)}.jpg" if data else ""
        if data:
            (folder / name).write_bytes(data)
        shots.append({**plain, "path": None, "picture": name, "absent": absent})
    return {**asdict(photo), "shots": shots}


def _plain(view: View) -> dict[str, object]:
    return {key: value for key, value in asdict(view).items() if key != "photos"}
