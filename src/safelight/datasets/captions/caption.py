"""The step that captions a picture."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from safelight.datasets.captions.lint import lint_caption, mended_answer
from safelight.datasets.captions.measuring import measure
from safelight.datasets.captions.prompt import prompt_of
from safelight.datasets.captions.template import composed, unknown_names
from safelight.datasets.captions.tidy import parts_once
from safelight.datasets.captions.words import Words, words_of
from safelight.datasets.dataset import Captioned, Cropped
from safelight.datasets.facts import Seen
from safelight.datasets.settings import CaptionParams
from safelight.datasets.tools import Tools
from safelight.datasets.vision.picture import outgoing
from safelight.errors import CaptionServerError

CAPTION_REVISION = 1
"""Grows when the same picture gets another caption."""


def caption(seen: Seen, cropped: Cropped, picture: Path, params: CaptionParams, tools: Tools) -> Captioned:
    """Write the caption of a finished picture.

    What was measured is in ``facts`` in English, whoever writes the caption and in whatever language.

    Args:
        seen: what was found in its photo.
        cropped: which part of the photo the picture shows.
        picture: its file.
        params: who writes, and how.
        tools: what the step works with.

    Raises:
        PhotoError: the picture cannot be read.
        CaptionServerError: a caption server is to write, and there is none, or it gives no answer.
        LocalOnlyError: it is on another machine, and those are not to be asked.
        CancelledError: on request.
    """
    measured = measure(seen, cropped, picture, max_pixels=tools.max_pixels)
    words = words_of(params.language)
    facts = {name: said for name, said in words.facts(measured).items() if name not in params.omit}
    told = words_of("english").facts(measured)
    if params.captioner == "server":
        return _asked(seen.item.id, picture, params, facts, told, tools)
    said = "" if params.captioner == "none" else said_of(facts, words)
    return Captioned(
        item=seen.item.id, text=composed(params, said, facts), source="local", facts=told, issues=_unknown(params)
    )


def said_of(facts: Mapping[str, str], words: Words) -> str:
    """Say facts one after the other, each part once."""
    return parts_once(words.between.join(facts.values()), words.between)


def caption_key(params: CaptionParams, tools: Tools) -> str:
    """What captions depend on besides the picture and what was found in its photo, in hexadecimal digits."""
    identity = tools.vision.identity if params.captioner == "server" and tools.vision is not None else ""
    told = f"{CAPTION_REVISION}\0{params.model_dump_json()}\0{identity}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _asked(
    item: str, picture: Path, params: CaptionParams, facts: Mapping[str, str], told: dict[str, str], tools: Tools
) -> Captioned:
    """Let a caption server write."""
    if tools.vision is None:
        raise CaptionServerError(
            "a caption server is to write the captions, and there is none",
            hint="set its address and its models, or let this machine write",
        )
    sent = outgoing(picture, max_pixels=tools.max_pixels)
    answer, model = tools.vision.ask(sent, prompt_of(params), item=item)
    found = mended_answer(answer, params)
    whole = lint_caption(composed(params, _inside(found.text), facts), params)
    mended = tuple(dict.fromkeys((*found.mended, *whole.mended)))
    return Captioned(
        item=item, text=whole.text, source=f"server:{model}", facts=told, mended=mended,
        issues=(*whole.issues, *_unknown(params)),
    )  # fmt: skip


def _inside(text: str) -> str:
    """As it stands inside a caption: without the capital of a sentence that begins, or its stop."""
    small = text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
    return small.rstrip(".。") if not re.search(r"[.。!?！？].", small) else small


def _unknown(params: CaptionParams) -> tuple[str, ...]:
    names = unknown_names(params.template, params.language)
    return tuple(f"the template names {{{name}}}, which is nothing that is measured" for name in names)
