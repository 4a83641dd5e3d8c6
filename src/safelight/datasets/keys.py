"""What the result of each step depends on; a changed setting changes only the keys of what depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safelight.datasets.captions.caption import CAPTION_REVISION, caption_key
from safelight.datasets.crop import CROP_REVISION
from safelight.datasets.dataset import Choice, Dataset, Focused, Item
from safelight.datasets.dedup import DEDUP_REVISION
from safelight.datasets.focus import FOCUS_REVISION
from safelight.datasets.look import LOOK_REVISION
from safelight.datasets.results import key_of
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.tools import Tools


def look_key(item: Item, tools: Tools) -> str:
    """What was seen: the file and who looked."""
    people = tools.people
    specs = (people.faces, people.identity, people.pose, people.tiny_faces)
    return key_of({
        "revision": LOOK_REVISION, "sha256": item.sha256, "models": [spec.id if spec else None for spec in specs],
    })  # fmt: skip


def dedup_key(
    items: Sequence[Item],
    looks: Mapping[str, str],
    unreadable: Mapping[str, str],
    settings: DatasetSettings,
    choices: Mapping[str, Choice],
) -> str:
    """What was decided: all that was seen, the rules, and what a person chose."""
    return key_of({
        "revision": DEDUP_REVISION,
        "items": [[item.id, looks.get(item.id), unreadable.get(item.id)] for item in items],
        "quality": settings.quality.model_dump(mode="json"),
        "dedup": settings.dedup.model_dump(mode="json"),
        "choices": {name: choice.keep for name, choice in choices.items() if choice.keep is not None},
    })  # fmt: skip


def focus_key(look: str, settings: DatasetSettings, choice: Choice | None, tools: Tools) -> str:
    """Which part is shown: what was seen, the rules, the shape of the pictures, and a person's own box."""
    asked = tools.vision.identity if settings.focus.method == "vision" and tools.vision else None
    return key_of({
        "revision": FOCUS_REVISION, "look": look, "focus": settings.focus.model_dump(mode="json"),
        "shape": [settings.crop.mode, settings.crop.size], "choice": choice.crop if choice else None, "asked": asked,
    })  # fmt: skip


def crop_key(item: Item, focused: Focused, settings: DatasetSettings) -> str:
    """The finished picture: the file, the part, and what it is made into."""
    part = focused.model_dump(mode="json", include={"box", "warnings"})
    return key_of({
        "revision": CROP_REVISION, "sha256": item.sha256, "part": part, "crop": settings.crop.model_dump(mode="json"),
    })  # fmt: skip


def picture_caption_key(look: str, crop: str, settings: DatasetSettings, tools: Tools) -> str:
    """The caption: the picture, what was seen, and who describes it how."""
    return key_of({
        "revision": CAPTION_REVISION, "look": look, "crop": crop, "how": caption_key(settings.caption, tools),
    })  # fmt: skip


def package_key(dataset: Dataset, crops: Mapping[str, str], captions: Mapping[str, str], decided: str) -> str:
    """The training sets: all pictures and captions, and how they are laid out."""
    return key_of({
        "name": dataset.name, "decided": decided, "crops": dict(crops), "captions": dict(captions),
        "settings": dataset.settings.model_dump(mode="json"),
    })  # fmt: skip
