"""A contact sheet: one photo in several variants side by side, with what made each, as picture and as page."""

from __future__ import annotations

import base64
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import cast

import pyvips
import typst

from safelight.errors import InternalError, OutputError
from safelight.imaging.codecs import save_photo
from safelight.imaging.formats import HOLDS, Format, Output, format_of
from safelight.imaging.photo import Photo
from safelight.imaging.replacing import replacing
from safelight.reports.glyphs import FindFont, dress, no_font
from safelight.reports.html import environment
from safelight.reports.pictures import LONG_SIDE, small_jpeg
from safelight.reports.policy import content_policy, style_sheet
from safelight.reports.words import ENGLISH

_SHARPNESS = 144
_WALL = [19, 17, 16]
_ROW, _MOST_COLUMNS = 3, 5
_TEMPLATE, _STYLE = "contact.typ", "contact.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One cell."""

    title: str
    """What it is told apart by: the value that was varied."""
    picture: Path | None
    """The result; None if there is none."""
    facts: tuple[str, ...] = ()
    """What made it, and what it took; or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSheet:
    """All of it."""

    title: str
    """What is shown."""
    summary: str
    """What is varied, and what all variants have in common."""
    variants: tuple[Variant, ...]
    """The cells, in order; the photo itself is the first."""


def together(sheet: ContactSheet) -> ContactSheet:
    """Say once, above the cells, what is said in each but the first."""
    results = sheet.variants[1:]
    if len(results) < 2:
        return sheet
    common = [fact for fact in results[0].facts if all(fact in one.facts for one in results)]
    fewer = tuple(replace(one, facts=tuple(fact for fact in one.facts if fact not in common)) for one in results)
    summary = "; ".join([sheet.summary, *common])
    return replace(sheet, summary=summary, variants=(sheet.variants[0], *fewer))


def columns(count: int) -> int:
    """How many cells lie side by side: about as many as one below the other, and with few places empty."""
    if count <= _ROW:
        return max(1, count)
    least = min(_MOST_COLUMNS, math.ceil(math.sqrt(count)))
    return min(range(least, _MOST_COLUMNS + 1), key=lambda across: (-count % across, across))


def write_contact_picture(
    sheet: ContactSheet, path: Path, *, find_font: FindFont = no_font, workspace: Path | None = None
) -> tuple[str, ...]:
    """Write the sheet as a picture; gives what could not be shown, in plain words.

    It is made smaller where its format could not hold it.

    Raises:
        OutputError: the file cannot be written, or its suffix names no format.
        PhotoError: a result cannot be read.
    """
    output, sheet = Output(format=format_of(path)), _readable(sheet)
    with tempfile.TemporaryDirectory(prefix="sheet-", dir=workspace) as folder:
        drawn, warnings = _drawn(sheet, Path(folder), find_font)
        image = cast("pyvips.Image", pyvips.Image.new_from_buffer(drawn, ""))
        image = _fitting(image.flatten(background=_WALL), output.format)
        save_photo(Photo(image, name=path.name), path, output)
    return warnings


def write_contact_page(sheet: ContactSheet, path: Path) -> None:
    """Write the sheet as a page that needs nothing else.

    Raises:
        OutputError: the file cannot be written.
        PhotoError: a result cannot be read.
    """
    sheet = _readable(sheet)
    page = environment().get_template("contact.html").render(
        sheet=sheet, pictures=[_data_url(one.picture) for one in sheet.variants],
        style=style_sheet(_STYLE), policy=content_policy(_STYLE), columns=columns(len(sheet.variants)),
    )  # fmt: skip
    try:
        with replacing(path) as (_, draft):
            draft.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {(error.strerror or 'error').lower()}") from error


def _readable(sheet: ContactSheet) -> ContactSheet:
    """The sheet with the odd bytes of names that are no UTF-8 escaped, so that it can be written."""

    def plain(text: str) -> str:
        return text.encode("utf-8", "backslashreplace").decode()

    cells = tuple(replace(one, title=plain(one.title), facts=tuple(map(plain, one.facts))) for one in sheet.variants)
    return replace(sheet, title=plain(sheet.title), summary=plain(sheet.summary), variants=cells)


def _fitting(image: pyvips.Image, output: Format) -> pyvips.Image:
    """Make a picture smaller if files of the format end below its size."""
    most = HOLDS[output].max_side
    longest = max(image.width, image.height)
    return image if longest <= most else image.resize(most / longest)


def _drawn(sheet: ContactSheet, folder: Path, find_font: FindFont) -> tuple[bytes, tuple[str, ...]]:
    fonts = folder / "fonts"
    fonts.mkdir()
    data = {
        "title": sheet.title, "summary": sheet.summary, "columns": columns(len(sheet.variants)),
        "variants": [_cell(one, folder, at) for at, one in enumerate(sheet.variants)],
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False)
    warnings = dress(text, fonts, find_font, ENGLISH)
    (folder / "data.json").write_text(text, encoding="utf-8")
    template = files("safelight.reports").joinpath("templates", _TEMPLATE).read_bytes()
    (folder / "main.typ").write_bytes(template)
    try:
        drawn = typst.compile(
            str(folder / "main.typ"), root=str(folder), font_paths=[str(fonts)], ignore_system_fonts=True,
            package_path=str(fonts), package_cache_path=str(fonts), format="png", ppi=_SHARPNESS,
        )  # fmt: skip
    except typst.TypstError as error:
        raise InternalError(f"the sheet cannot be set: {error}") from error
    return _first(drawn), warnings


def _first(drawn: bytes | Sequence[bytes]) -> bytes:
    return drawn if isinstance(drawn, bytes) else drawn[0]


def _cell(one: Variant, folder: Path, at: int) -> dict[str, object]:
    name = ""
    if one.picture is not None:
        name = f"{at}.jpg"
        (folder / name).write_bytes(small_jpeg(one.picture))
    return {**asdict(one), "picture": name}


def _data_url(picture: Path | None) -> str:
    if picture is None:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(small_jpeg(picture, 2 * LONG_SIDE)).decode('ascii')}"
