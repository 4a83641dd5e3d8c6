"""Identity in captions: traits that are to be left out, and the words that give them away."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from safelight.datasets.captions.tidy import tidied

_DESCRIBING = (
    r"(?:very|rather|slightly|neatly|well|short|long|medium|shoulder|waist|chin|light|dark|pale|fair|deep|bright|soft|thick|thin|"
    r"thinning|full|fine|wavy|curly|straight|messy|tousled|sleek|slicked|slicked-back|styled|trimmed|groomed|cropped|"
    r"receding|grizzled|blond|blonde|brown|black|red|auburn|ginger|gr[ea]y|greying|graying|white|silver|golden|chestnut|sandy|"
    r"strawberry|tan|tanned|olive|smooth|rough|clear|warm|cool|rosy|strong|sharp|square|round|oval|pointed|high|low|prominent|"
    r"defined|chiselled|chiseled|angular|narrow|wide|broad|full|small|large|big|little|neat|bushy|loose|tied|flowing|natural|"
    r"length|coloured|colored|toned|back|up|down|and|pulled|tied-back)"
)
_ADJECTIVE = rf"(?:{_DESCRIBING}[\s-]+)*"
_WITH_MANY = rf"\b(?:with|has|having)\s+(?:(?:a|an|his|her|their)\s+)?(?:{_DESCRIBING}[\s,-]+)*"
"""As in ``with a short, neatly trimmed beard``: only after such a word does a comma not begin something else."""
_LEAD = (
    r"(?:\b(?:and|with|has|have|having|featuring|sporting|showing|wearing)\s+)*"
    r"(?:\b(?:a|an|the|his|her|their|some)\s+)?"
)
_CHINESE_LEAD = r"(?:有着?|留着|一双|一头|长着|的|色|[长短卷直黑金棕红白灰蓝绿褐深浅大小高浓密])*"
_EMPTY = re.compile(
    r"^(?:the|a|an|his|her|their|its|he|she|they|it|is|are|has|have|with|and|of|that|which|in|on|at|to|down|up|back|"
    r"looks?|worn|tied|falls?|falling|framing|pulled|behind|over|shoulders?|"
    r"cheeks?|face|head|forehead|\W)*$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"([,;，；、]|[.!?。！？](?=\s|$|[\u3400-\u9fff]))")


@dataclass(frozen=True, slots=True)
class Leak:
    """A trait that a text gives away."""

    trait: str
    """Which, as the settings call it."""
    word: str
    """By what word."""


@dataclass(frozen=True, slots=True)
class _Trait:
    finds: re.Pattern[str]
    """What gives it away."""
    mends: re.Pattern[str]
    """The same with what describes it, within a part between commas."""
    many: re.Pattern[str]
    """The same with all of a list before it."""


def leaks(text: str, omit: Iterable[str]) -> tuple[Leak, ...]:
    """Find what a text gives away of traits; one for each trait."""
    found = ((trait, _trait(trait).finds.search(text)) for trait in omit if trait.strip())
    return tuple(Leak(trait, match[0].strip()) for trait, match in found if match)


def without_traits(text: str, omit: Sequence[str]) -> str:
    """Take traits out of a text: the words for it, and parts between commas in which nothing else is said."""
    if not leaks(text, omit):
        return text
    for trait in omit:
        if trait.strip():
            text = _trait(trait).many.sub(" ", text)
    pieces = _PARTS.split(text)
    kept = []
    for part, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        left = part
        for trait in omit:
            if trait.strip() and _trait(trait).finds.search(left):
                left = _trait(trait).mends.sub(" ", left)
        if left != part and _EMPTY.match(left):
            continue
        kept.append(left + mark)
    return _articles(tidied("".join(kept)))


def _articles(text: str) -> str:
    """Articles that fit what follows them now."""
    text = re.sub(r"\b([Aa])n(?= [bcdfgjklmnpqrstvwxyz])", r"\1", text)
    return re.sub(r"\b([Aa])(?= (?:[aio]|e(?!u))[a-z])(?! one\b)", r"\1n", text)


@lru_cache(maxsize=256)
def _trait(name: str) -> _Trait:
    plain = name.strip().casefold()
    told = next((row for key, row in _table().items() if plain == key or plain in row.get("also", ())), None)
    if told is None:
        own = re.escape(plain)
        latin = plain.isascii()
        pattern = rf"\b{own}(?:s|es|ed)?\b" if latin else own
        return _compiled(pattern, _LEAD + _ADJECTIVE + pattern, _WITH_MANY + pattern)
    nouns, words, chinese = (list(told.get(kind, ())) for kind in ("nouns", "words", "chinese"))
    latin_parts = [rf"\b(?:{one})\b" for one in (*nouns, *words)]
    finds = "|".join([*latin_parts, *chinese])
    mends = [_LEAD + _ADJECTIVE + rf"\b(?:{'|'.join(nouns)})\b"] if nouns else []
    mends += [rf"(?:\band\s+|\bwith\s+(?=(?:{one})\b(?!\s+\w)))?\b(?:{one})\b" for one in words]
    mends += [rf"{_CHINESE_LEAD}(?:{one})的?" for one in chinese]
    return _compiled(finds, "|".join(mends), _WITH_MANY + rf"\b(?:{'|'.join(nouns)})\b" if nouns else r"(?!)")


def _compiled(finds: str, mends: str, many: str) -> _Trait:
    return _Trait(*(re.compile(pattern, re.IGNORECASE) for pattern in (finds, mends, many)))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    text = (files("safelight.datasets.captions") / "traits.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
