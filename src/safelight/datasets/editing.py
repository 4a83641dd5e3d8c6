"""What people change of a dataset: its settings, and what they decide of single photos."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from safelight.datasets.dataset import Choice, Dataset, Step, Unpacked
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.settings import DatasetSettings
from safelight.datasets.sole import sole
from safelight.datasets.value import Box
from safelight.errors import DatasetError, SafelightError, UnknownDatasetError

_LOCK = ".editing"
_FIRST = {
    "unpack": Step.UNPACK, "quality": Step.DEDUP, "dedup": Step.DEDUP, "focus": Step.FOCUS, "crop": Step.FOCUS,
    "caption": Step.CAPTION, "package": Step.PACKAGE,
}  # fmt: skip
"""The first step that depends on each group of settings."""
_LEAST_CROP = 16
_LONGEST_CAPTION = 2_000


def changed(settings: DatasetSettings, changes: Mapping[str, Any]) -> DatasetSettings:
    """Give settings with some of them changed, as ``{"dedup": {"face_sim_th1": 0.8}, "local_only": true}``.

    Raises:
        DatasetError: a name or a value is not valid.
    """
    content = settings.model_dump(mode="json")
    for group, values in changes.items():
        if isinstance(values, Mapping) and isinstance(content.get(group), dict):
            content[group] |= values
        else:
            content[group] = values
    return read_settings(content)


def read_settings(content: Mapping[str, Any]) -> DatasetSettings:
    """Read settings from plain values; what is left out keeps its default.

    Raises:
        DatasetError: a name or a value is not valid.
    """
    try:
        return DatasetSettings.model_validate_json(json.dumps(content))
    except (ValidationError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise DatasetError(f"the settings cannot be read: {error}") from error
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DatasetError(f"{place}: {first['msg'].removeprefix('Value error, ')}") from error


def change_dataset(
    folder: DatasetFolder, *, name: str | None = None, settings: Mapping[str, Any] | None = None
) -> Dataset:
    """Change the name of a dataset, or some of its settings; what depends on them has to be built again.

    Raises:
        UnknownDatasetError: it is gone.
        DatasetError: a setting is not valid; nothing was changed then.
    """
    with sole(folder.path, _LOCK, wait=True):
        before = folder.dataset()
        update: dict[str, object] = {} if name is None else {"name": name}
        if settings:
            update["settings"] = changed(before.settings, settings)
        after = before.model_copy(update=update)
        folder.save_dataset(after)
        groups = [group for group in _FIRST if getattr(before.settings, group) != getattr(after.settings, group)]
        _stale(folder, [_FIRST[group] for group in groups])
        return after


def choose(folder: DatasetFolder, items: Iterable[str], change: Callable[[str, Choice], Choice]) -> dict[str, Choice]:
    """Change what a person decided of some photos; a choice that says nothing is forgotten.

    ``change`` takes the id of a photo and what was decided of it. Gives all choices there are now.

    Raises:
        UnknownDatasetError: there is no such photo.
        DatasetError: a crop or a caption is not valid; nothing was changed then.
    """
    with sole(folder.path, _LOCK, wait=True):
        sizes = {item.id: (item.width, item.height) for item in folder.unpacked().items}
        choices, steps = folder.choices(), []
        for item in items:
            if item not in sizes:
                raise UnknownDatasetError(f"there is no photo {item[:64]} in this dataset")
            before = choices.get(item, Choice())
            after = change(item, before)
            _check(after, *sizes[item])
            steps += [step for name, step in _CHOSEN.items() if getattr(before, name) != getattr(after, name)]
            choices[item] = after
        choices = {item: choice for item, choice in choices.items() if choice != Choice()}
        folder.save_choices(choices)
        _stale(folder, steps)
        return choices


def note_what_came_later(folder: DatasetFolder, settings: DatasetSettings, choices: Mapping[str, Choice]) -> None:
    """Note which finished steps have to be done again, since settings and choices are not those that a build went by.

    Nothing is noted of a dataset that is gone, or whose disk is full: the next build finds it by itself.
    """
    with suppress(SafelightError), sole(folder.path, _LOCK, wait=True):
        now, chosen = folder.dataset().settings, folder.choices()
        steps = [step for group, step in _FIRST.items() if getattr(settings, group) != getattr(now, group)]
        for item in {*choices, *chosen}:
            before, after = choices.get(item, Choice()), chosen.get(item, Choice())
            steps += [step for name, step in _CHOSEN.items() if getattr(before, name) != getattr(after, name)]
        _stale(folder, steps)


def take_choices_along(folder: DatasetFolder, before: Unpacked, after: Unpacked) -> None:
    """Let photos that come back under another name, or with other content under their own, keep what was decided.

    A crop is taken along only to a photo of the same size; what was decided of the new one stays.

    Raises:
        DiskFullError, OutputError: it cannot be written.
    """
    here = {item.id for item in after.items}
    gone = [item for item in before.items if item.id not in here]
    if not gone:
        return
    known = {item.id for item in before.items}
    with sole(folder.path, _LOCK, wait=True):
        choices = folder.choices()
        new = [item for item in after.items if item.id not in choices and item.id not in known]
        for old in (item for item in gone if item.id in choices):
            same = [item for item in new if item.sha256 == old.sha256] or [
                item for item in new if item.name == old.name
            ]
            if same:
                new.remove(same[0])
                fits = (same[0].width, same[0].height) == (old.width, old.height)
                choices[same[0].id] = choices[old.id].model_copy(update={} if fits else {"crop": None})
        folder.save_choices({item: choice for item, choice in choices.items() if choice != Choice()})


_CHOSEN = {"keep": Step.DEDUP, "crop": Step.FOCUS, "caption": Step.CAPTION}


def _check(choice: Choice, width: int, height: int) -> None:
    if choice.crop is not None:
        _check_crop(choice.crop, width, height)
    caption = choice.caption
    if caption is not None and (not caption.strip() or len(caption) > _LONGEST_CAPTION or not caption.isprintable()):
        raise DatasetError(f"a caption is one line of 1 to {_LONGEST_CAPTION:,} characters")


def _check_crop(box: Box, width: int, height: int) -> None:
    left, top, wide, high = box
    inside = left >= 0 and top >= 0 and left + wide <= width + 0.5 and top + high <= height + 0.5
    if not inside or min(wide, high) < _LEAST_CROP:
        raise DatasetError(
            f"the crop is not inside the photo of {width} x {height} pixels, or has less than {_LEAST_CROP} a side"
        )


def _stale(folder: DatasetFolder, firsts: Iterable[Step]) -> None:
    """Note which finished steps have to be done again."""
    order = list(Step)
    begin = min((order.index(step) for step in firsts), default=len(order))
    states = [
        state.model_copy(update={"status": "stale"})
        if order.index(state.step) >= begin and state.status == "done"
        else state
        for state in folder.states()
    ]
    if begin < len(order):
        folder.save_states(states)
