"""From what is said of a picture to its caption: template, trigger word, what stands before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping

from safelight.datasets.captions.filling import filled, names_in
from safelight.datasets.captions.tidy import tidied
from safelight.datasets.captions.trigger import count_of, without
from safelight.datasets.captions.words import Words, words_of
from safelight.datasets.settings import CaptionParams

_ARTICLE_ALONE = re.compile(r"\b(?:a|an)\s*(?=[,;.]|$)", re.IGNORECASE)
_ARTICLE = re.compile(r"\b([Aa])n?\s+$")
_MARKS = "，。；、,.;:!?"


def composed(params: CaptionParams, said: str, facts: Mapping[str, str]) -> str:
    """Make a caption: the trigger word is in it exactly once, wherever else it was; nothing is said twice around it.

    Args:
        params: template, trigger word, and what stands before and after.
        said: what takes the place of ``{caption}``; may be empty.
        facts: what takes the place of other names, in the language of ``params``.
    """
    words = words_of(params.language)
    trigger, kind = params.trigger.strip(), params.class_word.strip()
    if trigger and kind and re.search(rf"(?:^|\s){re.escape(kind)}$", trigger, re.IGNORECASE):
        kind = ""
    template = params.template.strip() or words.template
    values = dict.fromkeys(words.order, "") | dict(facts) | {"caption": without(trigger, said), "class": kind}
    if trigger and "trigger" not in names_in(template) and not count_of(trigger, template):
        template = f"{{trigger}}{words.between}{template}"
    text = tidied(_articles(filled(template, values | {"trigger": trigger}), trigger or kind))
    return once(params, tidied(_framed(params, words, text)))


def once(params: CaptionParams, text: str) -> str:
    """Give a text in which the trigger word is exactly once: it is put in front, or all after the first taken out."""
    trigger = params.trigger.strip()
    if not trigger or count_of(trigger, text) == 1:
        return text
    if count_of(trigger, text) == 0:
        return tidied(f"{trigger}{words_of(params.language).between}{text}")
    return tidied(without(trigger, text, but_first=True))


def unknown_names(template: str, language: str) -> tuple[str, ...]:
    """Names in a template that nothing takes the place of."""
    known = {"trigger", "class", "caption", *words_of(language).order}
    return tuple(name for name in names_in(template) if name not in known)


def _framed(params: CaptionParams, words: Words, text: str) -> str:
    prefix, suffix = params.prefix.strip(), params.suffix.strip()
    before = "" if params.language == "chinese" else " "
    if prefix:
        between = words.between if params.language == "tags" and prefix[-1] not in _MARKS else before
        text = f"{prefix}{between}{text}"
    if suffix:
        text = f"{text}{'' if suffix[0] in _MARKS else words.between}{suffix}"
    return text


def _articles(text: str, first: str) -> str:
    """Without an article that nothing follows, and with the one that fits the word after it."""
    text = _ARTICLE_ALONE.sub("", text)
    if first and (found := _ARTICLE.search(text[: max(0, text.find(first))])):
        # Only before plain words: how a made-up trigger word is spoken, nobody knows.
        vowel = first[0].lower() in "aeio" and first.isalpha() and len(first) > 4
        article = found[1] + ("n " if vowel else " ")
        return text[: found.start()] + article + text[found.end() :]
    return text
