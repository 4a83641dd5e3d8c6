"""The report on a dataset, as one web page that needs nothing else and as a PDF. What users wrote is data in both."""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from safelight.datasets.reportview import DatasetView, Shown
from safelight.datasets.reportwords import WORDS
from safelight.datasets.tools import BuildWatch
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing
from safelight.reports.glyphs import FindFont, no_font
from safelight.reports.html import environment
from safelight.reports.pictures import small_jpeg_or_none
from safelight.reports.policy import content_policy, style_sheet
from safelight.reports.typesetting import typeset
from safelight.reports.words import ENGLISH

_STYLES = ("report.css", "dataset.css")
_BUFFERED = 16
_SIDE = 240
_MOST_PICTURED, _MOST_PRINTED = 600, 160
"""How many photos of the set, and of what was left out, have a picture on the page and in the PDF."""


class Thumbnails:
    """Small pictures for the page and the PDF, each made once."""

    def __init__(self, watch: BuildWatch) -> None:
        """Take who may stop it; nothing is read yet."""
        self._watch = watch
        self._made: dict[Path, bytes | None] = {}

    def __call__(self, picture: Path | None) -> bytes | None:
        """Give a picture as a small JPEG; None if there is none, or it cannot be read. Raises CancelledError."""
        if picture is None:
            return None
        if picture not in self._made:
            self._watch.check_cancelled()
            self._made[picture] = small_jpeg_or_none(picture, _SIDE)
        return self._made[picture]


def write_report_page(view: DatasetView, path: Path, thumbnails: Thumbnails) -> None:
    """Write the page, whole or not at all. Pictures that cannot be read have a word in their place.

    Raises:
        DiskFullError, OutputError: it cannot be written.
        CancelledError: on request.
    """

    def data_url(picture: Path | None) -> str:
        data = thumbnails(picture)
        return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}" if data else ""

    stream = environment().get_template("dataset.html").stream(
        view=view, words=WORDS, styles=[style_sheet(name) for name in _STYLES], policy=content_policy(*_STYLES),
        data_url=data_url, most=_MOST_PICTURED,
    )  # fmt: skip
    stream.enable_buffering(_BUFFERED)
    with writing(path), replacing(path) as (_, draft), draft.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(stream)


def write_report_pdf(
    view: DatasetView, path: Path, thumbnails: Thumbnails, *, find_font: FindFont = no_font
) -> tuple[str, ...]:
    """Write the PDF, whole or not at all; gives what could not be shown, in plain words.

    Raises:
        DiskFullError, OutputError: it cannot be written.
        InternalError: typst does not take the template.
        CancelledError: on request.
    """
    with writing(path), tempfile.TemporaryDirectory(prefix="report-") as work:
        folder = Path(work)
        data = _printed(view, folder, thumbnails)
        shown = json.dumps(data, ensure_ascii=False)
        done, warnings = typeset(
            "dataset.typ", {**data, "text": dict(WORDS)}, folder, shown=shown, find_font=find_font,
            made_at=view.made_at,
            words=ENGLISH,
        )  # fmt: skip
        with replacing(path) as (_, draft):
            draft.write_bytes(done)
    return warnings


def _printed(view: DatasetView, folder: Path, thumbnails: Thumbnails) -> dict[str, object]:
    """Give all of it as plain values; pictures become files that the template finds by name."""
    left = _MOST_PRINTED
    groups = []
    for group in view.dropped:
        photos = [_photo(one, folder, thumbnails) for one in group.photos[:left]]
        left -= len(photos)
        groups.append({"title": group.title, "count": group.count, "photos": photos})
    data = asdict(view)
    kept = [_photo(one, folder, thumbnails) for one in view.kept[:_MOST_PRINTED]]
    return {**data, "kept": kept, "kept_count": len(view.kept), "dropped": groups}


def _photo(one: Shown, folder: Path, thumbnails: Thumbnails) -> dict[str, object]:
    return {
        **asdict(one), "picture": _file(one.picture, folder, thumbnails),
        "keeper_picture": _file(one.keeper_picture, folder, thumbnails) if one.keeper_picture else "",
    }  # fmt: skip


def _file(picture: Path, folder: Path, thumbnails: Thumbnails) -> str:
    """Make a small picture; the same one is made once."""
    name = f"{picture.stem}-{picture.parent.name}.jpg"
    if not (folder / name).exists():
        data = thumbnails(picture)
        if data is None:
            return ""
        (folder / name).write_bytes(data)
    return name
