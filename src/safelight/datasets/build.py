"""Builds a dataset: the steps in their order, each photo once.

What a step finds for a photo is kept by all that it depends on (:mod:`safelight.datasets.keys`), so that a build that
was stopped, even killed, goes on where it was, and a changed setting redoes only what depends on it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from safelight.datasets import keys
from safelight.datasets.captions.caption import caption
from safelight.datasets.captions.hand import captioned_by_hand
from safelight.datasets.crop import crop
from safelight.datasets.dataset import (
    Captioned,
    Choice,
    Cropped,
    Dataset,
    Decided,
    Focused,
    Item,
    Step,
)
from safelight.datasets.dedup import decide
from safelight.datasets.editing import note_what_came_later, take_choices_along
from safelight.datasets.facts import Seen
from safelight.datasets.focus import focus
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.look import load_seen, look, save_seen
from safelight.datasets.package import Ready, package
from safelight.datasets.preview import make_preview
from safelight.datasets.results import Results, key_of
from safelight.datasets.sole import sole
from safelight.datasets.states import RunningStep, States
from safelight.datasets.together import each
from safelight.datasets.tools import BuildWatch, Tools
from safelight.datasets.unpack import source_key, unpack
from safelight.errors import CaptionServerError, OutOfMemoryError, PhotoError
from safelight.imaging.disk import writing

R = TypeVar("R")

_OURS = re.compile(r"[0-9a-f]{16}-[0-9a-f]{12}\.(png|jpg)")
_GIVE_UP = 3
"""After so many photos in a row without an answer a caption server counts as gone."""
_ASKED_FOR = ("vision", "hand")
"""How a part was found where a caption server was to find it."""
_OF_ONE_PHOTO = (PhotoError, OutOfMemoryError)
"""What is the fault of one photo; everything else ends the build."""


def _never(_step: Step) -> bool:
    return False


@dataclass(slots=True)
class _Work:
    """What a build knows so far."""

    dataset: Dataset
    choices: Mapping[str, Choice] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    looks: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    decided: Decided = field(default_factory=lambda: Decided(decisions=()))
    decided_key: str = ""
    focused: dict[str, Focused] = field(default_factory=dict)
    crop_keys: dict[str, str] = field(default_factory=dict)
    cropped: dict[str, Cropped] = field(default_factory=dict)
    caption_keys: dict[str, str] = field(default_factory=dict)
    captioned: dict[str, Captioned] = field(default_factory=dict)

    @property
    def kept(self) -> list[Item]:
        """Photos that go in."""
        going = {one.item for one in self.decided.decisions if one.keep}
        return [item for item in self.items if item.id in going]


class Build:
    """One run over a dataset's folder; nobody else runs over it meanwhile."""

    def __init__(self, folder: DatasetFolder, tools: Tools, watch: BuildWatch) -> None:
        """Take the folder, what the steps work with, and who watches."""
        self._folder = folder
        self._tools = tools
        self._watch = watch
        self._results = Results(folder.results)
        self._work = _Work(folder.dataset())

    def run(self, until: Step = Step.PACKAGE, *, pause: Callable[[Step], bool] = _never) -> Step | None:
        """Do all steps up to ``until``, or up to the first one that ``pause`` holds back: that one is given.

        Raises:
            BusyDatasetError: somebody else works on it.
            DatasetError: the source holds nothing that can be used, or a file of the dataset cannot be read.
            CaptionServerError: the caption server does not answer; what it had answered is kept.
            CancelledError: on request; what is done is kept.
            DiskFullError, OutputError: a file cannot be written.
            ModelError: weights are damaged.
        """
        order = list(Step)
        steps = tuple(order[: order.index(until) + 1])
        with sole(self._folder.path):
            _sweep(self._folder.path)
            self._work.choices = self._folder.choices()
            try:
                return self._steps(steps, pause)
            finally:
                # While it ran it alone wrote how far the steps are.
                note_what_came_later(self._folder, self._work.dataset.settings, self._work.choices)

    def _steps(self, steps: tuple[Step, ...], pause: Callable[[Step], bool]) -> Step | None:
        states = States(self._folder, self._watch, steps)
        todo = deque(steps)
        while todo:
            step = todo.popleft()
            if pause(step):
                return step
            self._watch.check_cancelled()
            with states.running(step) as running:
                changed = self._do(step, running, states.key(step))
            if changed:
                states.later_are_stale(step)
            if self._work.lost:
                # Its duplicates may have been dropped for it.
                self._work.lost = False
                todo = deque(steps[steps.index(Step.DEDUP) :])
        return None

    def _do(self, step: Step, running: RunningStep, before: str) -> bool:
        """Do a step; tells whether anything of it is new."""
        does: dict[Step, Callable[[RunningStep, str], str]] = {
            Step.UNPACK: self._unpack, Step.LOOK: self._look, Step.DEDUP: self._dedup, Step.PREVIEW: self._preview,
            Step.FOCUS: self._focus, Step.CROP: self._crop, Step.CAPTION: self._caption, Step.PACKAGE: self._package,
        }  # fmt: skip
        after = does[step](running, before)
        running.finished(after, self._told(step))
        return after != before

    def _told(self, step: Step) -> str:
        """What came of a step, in a few words."""
        work = self._work
        match step:
            case Step.UNPACK:
                return f"{len(work.items)} photos"
            case Step.LOOK:
                return f"{len(work.seen)} seen" + (f", {len(work.unreadable)} unreadable" if work.unreadable else "")
            case Step.DEDUP:
                return f"{len(work.kept)} of {len(work.items)} kept"
            case Step.CROP:
                enlarged = sum(one.scale > 1 for one in work.cropped.values())
                return f"{len(work.cropped)} pictures" + (f", {enlarged} enlarged" if enlarged else "")
            case Step.CAPTION:
                wrong = sum(bool(one.issues) for one in work.captioned.values())
                return f"{len(work.captioned)} captions" + (f", {wrong} to look at" if wrong else "")
            case _:
                return ""

    def _unpack(self, running: RunningStep, before: str) -> str:
        work, folder, params = self._work, self._folder, self._work.dataset.settings.unpack
        source = Path(work.dataset.source) if work.dataset.source else None
        found = known = folder.unpacked()
        # Asked for before anything is looked at: what is uploaded meanwhile is for the next run.
        key = source_key(source, folder, params)
        if not known.items or key != before:
            watch = running.watch(self._watch.check_cancelled)
            found = unpack(source, folder, params, max_pixels=self._tools.max_pixels, watch=watch)
            take_choices_along(folder, known, found)
            folder.save_unpacked(found)
        work.items = found.items
        running.expect(len(found.items))
        return key

    def _look(self, running: RunningStep, _before: str) -> str:
        work = self._work
        running.expect(len(work.items))
        work.looks = {item.id: keys.look_key(item, self._tools) for item in work.items}
        self._folder.save_looks(work.looks)
        for item, seen in self._each(self._seen, work.items, running):
            if isinstance(seen, Seen):
                work.seen[item.id] = seen
            else:
                work.unreadable[item.id] = str(seen)
        return key_of({"looks": work.looks, "unreadable": work.unreadable})

    def _seen(self, item: Item) -> tuple[Seen, bool]:
        place = self._results.place(Step.LOOK, self._work.looks[item.id])
        known = load_seen(item, place)
        if known is not None:
            return known, True
        seen = look(item, self._folder.file_of(item), self._tools)
        save_seen(seen, place)
        return seen, False

    def _dedup(self, running: RunningStep, before: str) -> str:
        work, settings = self._work, self._work.dataset.settings
        running.expect(len(work.items))
        work.choices = self._folder.choices()
        key = keys.dedup_key(work.items, work.looks, work.unreadable, settings, work.choices)
        found = self._folder.decided()
        if key != before or len(found.decisions) != len(work.items):
            seen = [
                work.seen[item.id] for item in work.items if item.id in work.seen and item.id not in work.unreadable
            ]
            found = decide(seen, work.unreadable, settings, work.choices, work.items)
            self._folder.save_decided(found)
        work.decided, work.decided_key = found, key
        return key

    def _preview(self, running: RunningStep, _before: str) -> str:
        items = [item for item in self._work.items if item.id in self._work.seen]
        running.expect(len(items))
        for _ in self._each(self._previewed, items, running):
            pass
        return key_of({"items": [item.id for item in items]})

    def _previewed(self, item: Item) -> tuple[None, bool]:
        target = self._folder.preview_of(item.id)
        if target.is_file():
            return None, True
        path = self._folder.file_of(item)
        make_preview(path, target, max_pixels=self._tools.max_pixels, name=item.name)
        return None, False

    def _focus(self, running: RunningStep, _before: str) -> str:
        work = self._work
        running.expect(len(work.kept))
        found = {item.id: one for item, one in self._each(self._focused, work.kept, running)}
        work.focused = {name: one for name, one in found.items() if isinstance(one, Focused)}
        self._lose({name: str(one) for name, one in found.items() if not isinstance(one, Focused)})
        self._folder.save_focused(work.focused.values())
        return key_of({"focused": {name: one.model_dump(mode="json") for name, one in work.focused.items()}})

    def _focused(self, item: Item) -> tuple[Focused, bool]:
        work, settings = self._work, self._work.dataset.settings
        choice = work.choices.get(item.id)
        key = keys.focus_key(work.looks[item.id], settings, choice, self._tools)
        known = self._results.get(Step.FOCUS, key, Focused)
        if known is None:
            known = focus(work.seen[item.id], self._folder.file_of(item), settings, choice, self._tools)
            if settings.focus.method != "vision" or known.method in _ASKED_FOR:
                # Otherwise the server gave no box, and is asked again the next time; what it answered is kept there.
                self._results.put(Step.FOCUS, key, known)
            return known, False
        return known.model_copy(update={"item": item.id}), True

    def _crop(self, running: RunningStep, _before: str) -> str:
        work = self._work
        items = [item for item in work.kept if item.id in work.focused]
        running.expect(len(items))
        work.crop_keys = {
            item.id: keys.crop_key(item, work.focused[item.id], work.dataset.settings) for item in items
        }  # fmt: skip
        found = {item.id: one for item, one in self._each(self._cropped, items, running)}
        work.cropped = {name: one for name, one in found.items() if isinstance(one, Cropped)}
        lost = {name: str(one) for name, one in found.items() if not isinstance(one, Cropped)}
        work.crop_keys = {name: key for name, key in work.crop_keys.items() if name in work.cropped}
        self._lose(lost)
        self._folder.save_cropped(work.cropped.values())
        self._prune({Path(one.file).name for one in work.cropped.values()})
        return key_of({"crops": work.crop_keys})

    def _cropped(self, item: Item) -> tuple[Cropped, bool]:
        key = self._work.crop_keys[item.id]
        params = self._work.dataset.settings.crop
        suffix = "png" if params.format == "png" else "jpg"
        target = self._folder.crops / f"{item.id}-{key[:12]}.{suffix}"
        known = self._results.get(Step.CROP, key, Cropped)
        if known is not None and target.is_file():
            return known.model_copy(update={"item": item.id, "file": f"crops/{target.name}"}), True
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        focused = self._work.focused[item.id]
        made = crop(item, self._folder.file_of(item), focused, params, self._tools, target)
        self._results.put(Step.CROP, key, made)
        return made, False

    def _caption(self, running: RunningStep, _before: str) -> str:
        work, settings = self._work, self._work.dataset.settings
        items = [item for item in work.kept if item.id in work.cropped]
        running.expect(len(items))
        work.captioned = {}
        work.caption_keys = {
            item.id: keys.picture_caption_key(work.looks[item.id], work.crop_keys[item.id], settings, self._tools)
            for item in items
        }
        silent = 0
        for item, one in self._each(self._captioned, items, running, also=(CaptionServerError,)):
            if isinstance(one, CaptionServerError):
                silent += 1
                if silent >= _GIVE_UP or silent == len(items):
                    raise one
                one = self._written_here(item, one)
            elif isinstance(one, Captioned):
                silent = 0
            if isinstance(one, Captioned):
                work.captioned[item.id] = one
        for name, choice in work.choices.items():
            if choice.caption is not None and name in work.captioned:
                work.captioned[name] = captioned_by_hand(work.captioned[name], choice.caption, settings.caption)
        self._folder.save_captioned(work.captioned.values())
        return key_of({"captions": {name: one.model_dump(mode="json") for name, one in work.captioned.items()}})

    def _captioned(self, item: Item) -> tuple[Captioned, bool]:
        work, params = self._work, self._work.dataset.settings.caption
        key = work.caption_keys[item.id]
        known = self._results.get(Step.CAPTION, key, Captioned)
        if known is not None:
            return known.model_copy(update={"item": item.id}), True
        cropped = work.cropped[item.id]
        made = caption(work.seen[item.id], cropped, self._folder.path / cropped.file, params, self._tools)
        self._results.put(Step.CAPTION, key, made)
        return made, False

    def _written_here(self, item: Item, error: CaptionServerError) -> Captioned:
        """Let this machine describe what the caption server did not; it is asked again the next time."""
        work = self._work
        params = work.dataset.settings.caption.model_copy(update={"captioner": "local"})
        cropped = work.cropped[item.id]
        made = caption(work.seen[item.id], cropped, self._folder.path / cropped.file, params, self._tools)
        return made.model_copy(update={"issues": (*made.issues, f"written on this machine: {error}")})

    def _package(self, running: RunningStep, before: str) -> str:
        work, folder = self._work, self._folder
        ready = [
            Ready(item=item, cropped=work.cropped[item.id], captioned=work.captioned[item.id], seen=work.seen[item.id])
            for item in work.kept
            if item.id in work.captioned
        ]
        running.expect(len(ready))
        texts = {name: one.text for name, one in work.captioned.items()}
        key = keys.package_key(work.dataset, work.crop_keys, texts, work.decided_key)
        there = folder.packaged()
        whole = bool(there.exports) and all((folder.path / one.folder).is_dir() for one in there.exports)
        if key != before or not whole:
            watch = running.watch(self._watch.check_cancelled)
            params, font = work.dataset.settings.package, self._tools.find_font
            folder.save_packaged(package(folder, work.dataset, ready, params, watch, find_font=font))
        return key

    def _lose(self, lost: Mapping[str, str]) -> None:
        """Note photos whose data turned out to be damaged when all of it was read."""
        self._work.unreadable.update(lost)
        self._work.lost = bool(lost)

    def _prune(self, needed: set[str]) -> None:
        """Remove pictures that nothing refers to any more."""
        for path in self._folder.crops.iterdir() if self._folder.crops.is_dir() else ():
            if path.name not in needed and _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)

    def _each(
        self,
        work: Callable[[Item], tuple[R, bool]],
        items: Sequence[Item],
        running: RunningStep,
        also: tuple[type[CaptionServerError], ...] = (),
    ) -> Iterator[tuple[Item, R | PhotoError | OutOfMemoryError | CaptionServerError]]:
        """Give each item with what came of it: a value, or why there is none."""
        faults: tuple[type[PhotoError] | type[OutOfMemoryError] | type[CaptionServerError], ...]
        faults = (*_OF_ONE_PHOTO, *also)

        def one(item: Item) -> tuple[Item, R | PhotoError | OutOfMemoryError | CaptionServerError]:
            try:
                value, reused = work(item)
            except faults as error:
                running.one_done(reused=False)
                return item, error
            running.one_done(reused=reused)
            return item, value

        return each(one, items, check=self._watch.check_cancelled)


def _sweep(folder: Path) -> None:
    """Remove drafts of builds that were killed. Files beside ``dataset.json`` are written by others too."""
    for draft in folder.glob("*/**/.*.part"):
        draft.unlink(missing_ok=True)
