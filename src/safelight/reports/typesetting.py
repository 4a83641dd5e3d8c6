"""Setting a PDF with typst: the template is ours, and all that users wrote is data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import typst

from safelight.errors import InternalError
from safelight.reports.glyphs import FindFont, dress
from safelight.reports.words import Words


def typeset(
    template: str, data: Mapping[str, object], folder: Path, *, shown: str, find_font: FindFont, made_at: int,
    words: Words,
) -> tuple[bytes, tuple[str, ...]]:  # fmt: skip
    """Set a template of the templates folder; gives the PDF, and what could not be shown, in plain words.

    Args:
        template: name of the template; it reads ``data.json``, where ``notes`` is what could not be shown.
        data: what the template shows, as plain values.
        folder: an empty folder for the work, or one with the pictures that the data names.
        shown: all that is to be read, in one text, to find signs that the fonts of typst lack.
        find_font: gives the font file for these; called only when there are any.
        made_at: when the report was made, in ms since 1970.
        words: the language.

    Raises:
        InternalError: typst does not take the template.
    """
    fonts = folder / "fonts"
    fonts.mkdir()
    warnings = dress(shown, fonts, find_font, words)
    (folder / "data.json").write_text(json.dumps({**data, "notes": warnings}), encoding="utf-8")
    (folder / "main.typ").write_bytes(files("safelight.reports").joinpath("templates", template).read_bytes())
    try:
        done = typst.compile(
            str(folder / "main.typ"), root=str(folder), font_paths=[str(fonts)], ignore_system_fonts=True,
            package_path=str(fonts), package_cache_path=str(fonts), timestamp=made_at // 1000,
        )  # fmt: skip
    except typst.TypstError as error:
        raise InternalError(f"the PDF cannot be set: {error}") from error
    return done, warnings
