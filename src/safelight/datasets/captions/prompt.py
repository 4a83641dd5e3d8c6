"""What a caption server is asked: the same in a preview and in a build."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from safelight.datasets.captions.filling import filled
from safelight.datasets.settings import CaptionParams


def prompt_of(params: CaptionParams) -> str:
    """Make the prompt: the user's own, or the shipped one of the language.

    In both ``{omit}`` becomes the traits that are left out, ``{max_words}`` the most words and ``{class}`` what the
    picture is of. The trigger word is not in it: it is put in afterwards, so that no model can leave it out.
    """
    values = {
        "omit": ", ".join(params.omit) or "nothing", "max_words": str(params.max_words),
        "class": params.class_word or "subject",
    }  # fmt: skip
    return filled(params.prompt.strip() or shipped_prompt(params.language), values).strip()


@lru_cache(maxsize=8)
def shipped_prompt(language: str) -> str:
    """Read the prompt that comes with Safelight, with its names in braces, as ``prompts/LANGUAGE.txt`` has it."""
    return (files("safelight.datasets.captions") / "prompts" / f"{language}.txt").read_text(encoding="utf-8").strip()
