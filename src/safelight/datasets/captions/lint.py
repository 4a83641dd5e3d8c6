"""Looks a caption over: what can be put right is, and what cannot is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from safelight.datasets.captions.chatter import without_doubt, without_marks, without_opening, without_quotes
from safelight.datasets.captions.template import once
from safelight.datasets.captions.tidy import tidied, words_in
from safelight.datasets.captions.traits import leaks, without_traits
from safelight.datasets.captions.trigger import count_of
from safelight.datasets.settings import CaptionParams
from safelight.datasets.vision.sense import nonsense, refused

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_ENGLISH = frozenset(re.findall(r"\w+", "the a an and with in of on is at to wearing looking light background"))
_FOREIGN = frozenset(
    re.findall(
        r"\w+",
        "le la les une un avec des dans est sur et der die das ein eine und mit ist von im il con una uno el los las "
        "en por para del que het een van met op",
    )
)
_ENDS = re.compile(r"[,，;；.。、]")
_MOST = 20_000


class Mend(StrEnum):
    """What is put right, in plain words."""

    MARKS = "Markdown was taken off"
    QUOTES = "quotes were taken off"
    OPENING = "an introduction was taken off"
    LINES = "more than one line became one"
    DOUBTS = "doubts were taken out"
    TRAITS = "traits that are left out were taken out"
    LENGTH = "it was too long and was cut"
    MISSING = "the trigger word was missing"
    REPEATED = "the trigger word was there more than once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """A caption that was looked over."""

    text: str
    """The caption with everything put right that could be."""
    mended: tuple[str, ...] = ()
    """What was put right, in plain words."""
    issues: tuple[str, ...] = ()
    """What is still wrong, in plain words."""


def lint_caption(text: str, params: CaptionParams) -> Linted:
    """Look a whole caption over: done twice, the second time finds nothing to put right.

    The user's own words are never taken for a trait: trigger word, class, what stands before and after, template.
    What is no caption at all is left as it is.
    """
    found = _mended(text, params)
    if nonsense(found.text):
        return found
    trigger, most = params.trigger.strip(), params.max_words + _own_words(params)
    mended = list(found.mended)
    if trigger and count_of(trigger, found.text) != 1:
        mended.append(Mend.REPEATED if count_of(trigger, found.text) else Mend.MISSING)
    whole = once(params, found.text)
    if (cut := _cut(whole, most)) != whole:
        mended.append(Mend.LENGTH)
        whole = cut if count_of(trigger, cut) or not trigger else once(params, _cut(cut, most - words_in(trigger)))
    return Linted(text=whole, mended=tuple(mended), issues=issues_of(whole, params))


def mended_answer(text: str, params: CaptionParams) -> Linted:
    """Look over what a model says of a picture, before the trigger word is put in."""
    found = _mended(text, params)
    cut = tidied(_cut(found.text, params.max_words))
    mended = found.mended if cut == found.text else (*found.mended, Mend.LENGTH)
    return Linted(text=cut, mended=mended, issues=issues_of(cut, params, trigger=False))


def _mended(text: str, params: CaptionParams) -> Linted:
    mended: list[str] = []
    text = text[:_MOST].strip().replace("\r", "\n")
    for words, mend in _steps(params):
        after = mend(text)
        if _bare(after) != _bare(text) or (words is Mend.LINES and "\n" in text):
            mended.append(words)
        text = after
    text = tidied(text)
    return Linted(text=text, mended=tuple(dict.fromkeys(mended)), issues=issues_of(text, params, trigger=False))


def _steps(params: CaptionParams) -> tuple[tuple[Mend, Callable[[str], str]], ...]:
    return (
        (Mend.MARKS, without_marks), (Mend.QUOTES, without_quotes), (Mend.OPENING, without_opening),
        (Mend.LINES, _one_line), (Mend.QUOTES, without_quotes), (Mend.OPENING, without_opening),
        (Mend.DOUBTS, without_doubt), (Mend.TRAITS, lambda told: without_traits(told, _omitted(params))),
    )  # fmt: skip


def issues_of(text: str, params: CaptionParams, *, trigger: bool = True) -> tuple[str, ...]:
    """Tell what is wrong with a caption as it stands; ``trigger``: whether the trigger word belongs into it."""
    if wrong := nonsense(text):
        return ("it is a refusal and no caption" if refused(text) else wrong,)
    issues = [f"it gives away {leak.trait}: {leak.word}" for leak in leaks(text, _omitted(params))]
    if trigger and params.trigger.strip() and count_of(params.trigger.strip(), text) != 1:
        issues.append("the trigger word is not in it exactly once")
    if words_in(text) > params.max_words + _own_words(params):
        issues.append(f"it has more than {params.max_words} words")
    if wrong := _language(text, params):
        issues.append(wrong)
    return tuple(issues)


def _omitted(params: CaptionParams) -> tuple[str, ...]:
    """The traits that are left out, but for those that the user's own words name."""
    own = " ".join((params.class_word, params.prefix, params.suffix, params.template, params.trigger))
    return tuple(trait for trait in params.omit if trait.strip() and not leaks(own, (trait,)))


def _language(text: str, params: CaptionParams) -> str:
    own = (params.trigger, params.class_word, params.prefix, params.suffix)
    for word in own:
        text = text.replace(word, " ") if word.strip() else text
    letters = len(_LETTER.findall(text))
    if letters < 8:
        return ""
    if params.language == "chinese":
        return "" if len(_CHINESE.findall(text)) * 3 >= letters else "it is not in Chinese"
    if len(_LATIN.findall(text)) < 0.8 * letters:
        return "it is not in English"
    words = [word.casefold() for word in re.findall(r"\w+", text)]
    foreign, english = (sum(word in known for word in words) for known in (_FOREIGN, _ENGLISH))
    return "it is not in English" if foreign >= 3 and foreign > english else ""


def _one_line(text: str) -> str:
    """Lines as one: a sentence goes on after its stop, everything else after a comma."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    # A line that only announces what follows.
    while len(lines) > 1 and lines[0].endswith((":", "：")):
        lines = lines[1:]
    joined = ""
    for line in lines:
        between = "" if not joined else " " if joined[-1] in ".!?,;:，。；：！？" else ", "
        joined += between + line
    return joined


def _cut(text: str, most: int) -> str:
    """As many whole parts as fit; at least as many words."""
    if words_in(text) <= most:
        return text
    ends = [found.start() for found in _ENDS.finditer(text)]
    fits = [end for end in ends if words_in(text[:end]) <= most]
    if fits and words_in(text[: fits[-1]]) >= most // 2:
        return text[: fits[-1]]
    if _CHINESE.search(text):
        return text[: most * 2]
    return " ".join(text.split()[:most])


def _own_words(params: CaptionParams) -> int:
    return sum(words_in(text) for text in (params.trigger, params.class_word, params.prefix, params.suffix)) + 2


def _bare(text: str) -> str:
    return tidied(text).casefold().rstrip(".。")
