"""A report as one HTML page that needs nothing else: pictures inside, no script, no request to anywhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from safelight.errors import OutputError
from safelight.imaging.replacing import replacing
from safelight.reports.pictures import side_for, small_jpeg_or_none
from safelight.reports.policy import content_policy, style_sheet
from safelight.reports.report import Report
from safelight.reports.view import write_out
from safelight.reports.words import ENGLISH, Words

_BUFFERED = 16
_STYLE = "report.css"


def html_page(report: Report, words: Words = ENGLISH) -> Iterator[str]:
    """Give the page in pieces, as it is made: only a few pictures are in memory at a time.

    Pictures are decoded while it is made, so this is work for a worker or a thread. A picture that cannot be read has
    a word in its place.
    """
    side = side_for(len(report.entries))

    def data_url(path: Path | None) -> str:
        data = small_jpeg_or_none(path, side) if path is not None else None
        return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}" if data else ""

    stream = environment().get_template("report.html").stream(
        view=write_out(report, words), words=words, style=style_sheet(_STYLE), policy=report_policy(), data_url=data_url
    )  # fmt: skip
    stream.enable_buffering(_BUFFERED)
    return iter(stream)


def write_html(report: Report, path: Path, words: Words = ENGLISH) -> None:
    """Write the page to a file, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        with replacing(path) as (_, draft), draft.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(html_page(report, words))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {(error.strerror or 'error').lower()}") from error


def report_policy() -> str:
    """Give the Content-Security-Policy under which the page is shown as it is meant."""
    return content_policy(_STYLE)


@cache
def environment() -> Environment:
    """Templates that take everything as text."""
    loader = PackageLoader("safelight.reports")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
