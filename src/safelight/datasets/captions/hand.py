"""A person's own caption: it stands as it was written."""

from __future__ import annotations

from safelight.datasets.captions.lint import Mend, issues_of, lint_caption
from safelight.datasets.dataset import Captioned
from safelight.datasets.settings import CaptionParams

_LOOK_AT = {
    Mend.MARKS: "it has marks of Markdown", Mend.QUOTES: "it stands in quotes",
    Mend.OPENING: "it begins with an introduction", Mend.LINES: "it has more than one line",
    Mend.DOUBTS: "it is in doubt",
}  # fmt: skip
"""What of the things that are put right in a machine's caption is worth a word in a person's, beside its issues."""


def captioned_by_hand(before: Captioned, text: str, params: CaptionParams) -> Captioned:
    """Put a person's caption in the place of the one that was made; facts stay.

    Not a letter of it is changed: what would be put right in another's is an issue here.
    """
    mended = lint_caption(text, params).mended
    more = tuple(words for mend, words in _LOOK_AT.items() if mend in mended)
    issues = tuple(dict.fromkeys((*issues_of(text, params), *more)))
    return Captioned(item=before.item, text=text, source="hand", facts=before.facts, issues=issues)
