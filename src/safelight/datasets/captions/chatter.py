"""What models say around a description: introductions, doubts, marks of a markup."""

from __future__ import annotations

import re
from typing import Final

_PICTURE: Final = r"(?:image|photo|photograph|picture|portrait|shot|scene|snapshot)"
_OPENINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\s*(?:sure|certainly|of course|absolutely|okay|ok|great|alright|got it)\b[^\w\n]*(?=\S)",
        r"^\s*(?:here(?:['’]s| is| are)|below is|this is|the following is)\b[^:\n]{0,120}:\s*",
        r"^\s*(?:(?:image |photo )?description|caption|output|answer|response|tags|prompt|alt text)\s*[:：]\s*",
        rf"^\s*in (?:this|the) {_PICTURE},?\s*(?:we (?:can )?see|you can see|there (?:is|are)|one can see)?\s*",
        rf"^\s*(?:this|the)(?: [\w-]+){{0,3}} {_PICTURE}\s+(?:shows|depicts|features|captures|displays|presents|"
        r"portrays|contains|illustrates|showcases|is of|is)\s+",
        rf"^\s*(?:this|here) is (?:a|an)(?: [\w-]+){{0,3}} {_PICTURE} (?:of|showing|depicting|with)\s+",
        rf"^\s*(?:an?|the)(?: [\w-]+){{0,2}} {_PICTURE} (?:of|showing|depicting)\s+(?=(?:a|an|the)\b)",
        r"^\s*(?:we (?:can )?see|you can see|there (?:is|are))\s+",
        r"^\s*(?:好的|当然|没问题)[，,。！!：:\s]+",
        r"^\s*(?:以下|下面)是[^：:\n]{0,40}[：:]\s*",
        r"^\s*(?:描述|标题|说明|标签|图片描述)\s*[:：]\s*",
        r"^\s*(?:在)?(?:这张|这幅|该|此)?(?:图片|照片|图像|画面|图)(?:中|里)?(?:展示|显示|描绘|呈现|拍摄|捕捉)(?:了|的是|出)?[，,：:]?\s*",
        r"^\s*(?:在)?(?:这张|这幅|该|此)?(?:图片|照片|图像|画面|图)(?:中|里)[，,]?\s*(?:有|是|可以看到)?\s*",
        r"^\s*这是一(?:张|幅)[^，,。]{0,12}?的?(?:图片|照片|图像|肖像)[，,。：:]?\s*",
    )
)  # fmt: skip
_DOUBTS = tuple(
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"\bwhat (?:appears|seems|looks like) (?:to be|like)?\s*", ""),
        (r"\b(?:who|which|that) (?:appears|seems) to be\b", "who is"),
        (r"\b(?:appears?|seems?) to be\b", "is"),
        (r"\b(?:appears?|seems?) to have\b", "has"),
        (r"\b(?:appears?|seems?) to (\w+)\b", r"\1s"),
        (r"\b(?:appears|seems)(?= \w+)", "is"),
        (r"\b(?:might|may|could|must) (?:be|have been)\b", "is"),
        (r",?\s*\b(?:which |that )?(?:suggest(?:s|ing)|indicat(?:es|ing)|impl(?:ies|ying)|hinting at|evok(?:es|ing)|"
         r"conveying|giving (?:off )?(?:a|an|the) (?:sense|impression))\b[^,.;]*", ""),
        (r"\b(?:possibly|perhaps|probably|presumably|likely|maybe|apparently|seemingly|potentially)\b,?\s*", ""),
        (r"\b(?:a )?(?:kind|sort) of (?=\w)", ""),
        (r"\bI (?:think|believe|guess|suppose)(?: that)?\b,?\s*", ""),
        (r"(?:似乎|好像|仿佛|可能|也许|大概|或许|看起来|看上去|看似)(?:像)?(?:是)?", ""),
    )
)  # fmt: skip
_DOUBT = re.compile("|".join(pattern.pattern for pattern, _ in _DOUBTS), re.IGNORECASE)
_MARKS = tuple(
    (re.compile(pattern, re.MULTILINE), by)
    for pattern, by in (
        (r"```\w*\n?|```", ""),
        (r"^\s{0,3}#{1,6}\s+", ""),
        (r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+", ""),
        (r"^\s*>\s?", ""),
        (r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1"),
        (r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2"),
        (r"(?<!\w)([*_`])(?=\S)([^*_`\n]+?)(?<=\S)\1(?!\w)", r"\2"),
        (r"</?[a-zA-Z][^>\n]{0,80}>", ""),
    )
)  # fmt: skip
_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("「", "」"), ("«", "»"))


def without_opening(text: str) -> str:
    """Take off introductions, one after the other."""
    for _ in range(4):
        before = text
        for pattern in _OPENINGS:
            text = pattern.sub("", text, count=1)
        if text == before:
            break
    return text


def without_doubt(text: str) -> str:
    """Say as a fact what is said with doubt; clauses that only guess are left out."""
    for pattern, by in _DOUBTS:
        text = pattern.sub(by, text)
    return text


def doubts(text: str) -> bool:
    """Tell whether a text says something with doubt."""
    return _DOUBT.search(text) is not None


def without_marks(text: str) -> str:
    """Take off marks of Markdown and HTML; list items stay lines."""
    for pattern, by in _MARKS:
        text = pattern.sub(by, text)
    return text


def without_quotes(text: str) -> str:
    """Take off quotes around the whole text."""
    text = text.strip()
    for left, right in _QUOTES:
        if len(text) > 1 and text.startswith(left) and text.endswith(right) and left not in text[1:-1]:
            return text[1:-1].strip()
    return text
