"""Whether an answer is one at all."""

from __future__ import annotations

import re
from itertools import pairwise

LONGEST = 8_000
"""Most characters of an answer."""

_LOOKED_AT = 240
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_PAGE = re.compile(r"^\s*(?:<!doctype|<html|<\?xml|<head|<body)", re.IGNORECASE)
_NOT = r"(?:can(?:no|['’])t|can not|am (?:un|not )able to|['’]m (?:un|not )able to|won['’]?t|will not|do not|don['’]t)"
_REFUSED = re.compile(
    rf"\bI(?:['’]m| am)? (?:very |really |so )?sorry\b|^\W*sorry,|\bI {_NOT} "
    r"(?:help|assist|identify|recogni[sz]e|describe|provide|comply|fulfil|process|analy[sz]e|view|see|access|do that|"
    r"engage|caption|comment|discuss|generate|create|support|determine|tell|actually|have)"
    rf"|\bI['’]m (?:un|not )able to\b|\bas an AI\b|\bunable to (?:help|assist|process|view|see|provide|describe|fulfil)"
    r"|\bno image (?:was|is|has been) (?:provided|attached|uploaded)|\bplease (?:upload|provide|share|attach) "
    r"(?:the|an|a) (?:image|picture|photo)|against (?:my|the) (?:policy|policies|guidelines)"
    r"|抱歉|对不起|我(?:无法|不能|没有办法)|作为(?:一个|一名)?\s*(?:AI|人工智能)|无法(?:提供|协助|识别|描述|处理)",
    re.IGNORECASE,
)  # fmt: skip
_RUN = 12


def answer_of(text: str) -> str:
    """Give an answer without what a model thought aloud before it."""
    return _THOUGHTS.sub("", text).strip()


def refused(text: str) -> bool:
    """Tell whether a text is a refusal: what it begins with decides."""
    return _REFUSED.search(text[:_LOOKED_AT]) is not None


def nonsense(text: str) -> str:
    """Say why a text is no answer; empty = it is one."""
    if not text.strip():
        return "it is empty"
    if _PAGE.match(text):
        return "it is a web page"
    if refused(text):
        return "it is a refusal"
    if len(text) > LONGEST:
        return "it is far too long"
    if not any(sign.isalnum() for sign in text) or text.count("\ufffd") > len(text) / 20:
        return "it has no words"
    return "it says the same word over and over" if _stuck(text) else ""


def _stuck(text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    run = 1
    for before, word in pairwise(words):
        run = run + 1 if word == before else 1
        if run >= _RUN:
            return True
    return False
