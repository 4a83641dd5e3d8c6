"""Which signs typst can show, and the font that is brought for the others."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import typst

from safelight.reports.font import CJK_FONT
from safelight.reports.words import Words

FindFont = Callable[[], Path | None]

_MISSING = re.compile(r'the text `"(?P<sign>[^`]+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_CHECK = "#for sign in json(bytes(sys.inputs.signs)) [#sign \\ ]"
_MOST_NAMED = 12


def no_font() -> Path | None:
    """Have no font beside those that typst brings along."""
    return None


def dress(text: str, fonts: Path, find_font: FindFont, words: Words) -> tuple[str, ...]:
    """Bring the font into the folder ``fonts`` if a text needs it; give what cannot be shown all the same, in words."""
    signs = {sign for sign in text if ord(sign) > 0x7E}
    missing = undisplayable(signs, fonts)
    if not missing:
        return ()
    font = find_font()
    if font is not None:
        _link(font, fonts / font.name)
        missing = undisplayable(missing, fonts)
    if not missing:
        return ()
    named = [f"U+{ord(sign[0]):04X}" for sign in missing[:_MOST_NAMED]]
    if len(missing) > _MOST_NAMED:
        named.append(words["more"].format(count=len(missing) - _MOST_NAMED))
    hint = words["missing_glyphs.hint"].format(command=f"safelight models pull {CJK_FONT}") if font is None else ""
    return (" ".join((words["missing_glyphs"].format(signs=", ".join(named)), hint)).strip(),)


def undisplayable(signs: Iterable[str], fonts: Path) -> tuple[str, ...]:
    """Give those signs for which neither typst nor the folder ``fonts`` has a glyph; writes to that folder."""
    check = fonts / "signs.typ"
    check.write_text(_CHECK, encoding="utf-8")
    try:
        typst.compile(
            str(check), root=str(fonts), font_paths=[str(fonts)], ignore_system_fonts=True,
            # Archival PDF is the one form in which a missing glyph is an error.
            pdf_standards="a-2b", sys_inputs={"signs": json.dumps(sorted(signs))},
        )  # fmt: skip
    except typst.TypstError as error:
        found = (match["sign"] for match in _MISSING.finditer(error.diagnostic))
        return tuple(dict.fromkeys(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), sign) for sign in found))
    return ()


def _link(font: Path, to: Path) -> None:
    try:
        to.symlink_to(font.resolve())
    except OSError:
        shutil.copyfile(font, to)
