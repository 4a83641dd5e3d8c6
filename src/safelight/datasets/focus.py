"""``focus``: which part of a photo is shown.

A choice by hand wins. Otherwise it is what shows the people best, what a model that looks at pictures says, what draws
the eye, or the middle; and whatever said it, the frame is moved to where it cuts no face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from safelight.datasets import bars, saliency, visionbox
from safelight.datasets.buckets import nearest_bucket
from safelight.datasets.dataset import Choice, Focused, Shot
from safelight.datasets.facts import Facts, Seen
from safelight.datasets.frame import Placed, Scene, fitted, judged, place
from safelight.datasets.framing import Wanted, ideal_of, people_of, scene_of, want
from safelight.datasets.settings import CropParams, DatasetSettings
from safelight.datasets.shots import Person, shot_of
from safelight.datasets.small import open_small
from safelight.datasets.tools import Tools
from safelight.datasets.value import Box
from safelight.errors import CaptionServerError
from safelight.imaging.photo import Photo

FOCUS_REVISION = 1
"""Grows when the same photo and settings give another box."""

_NO_SERVER = "There is no caption server to ask for a box, so that the faces decided."
_NO_BOX = "The caption server gave no box that can be used, so that the faces decided."
_CUTS = "The caption server's box cut a face, so that the faces decided."
_LESS = "There is no room in the photo for the shot that was asked for, so that less of the person is shown."
_SHOTS = (Shot.CLOSE_UP, Shot.PORTRAIT, Shot.UPPER_BODY, Shot.COWBOY, Shot.FULL_BODY)
_NO_FACE = "Nobody was found in the photo, so that what draws the eye decided."


def focus(seen: Seen, path: Path, settings: DatasetSettings, choice: Choice | None, tools: Tools) -> Focused:
    """Choose the part of a photo that is shown. The same arguments give the same part.

    Args:
        seen: what was measured.
        path: the photo's file; a small copy of it is decoded where that is needed.
        settings: ``focus`` and the shape of the pictures count.
        choice: what a person decided.
        tools: ``vision`` is asked where the settings say so.

    Raises:
        PhotoError: the photo cannot be read.
        LocalOnlyError: the caption server was to be asked, and may not be.
        CancelledError: on request.
    """
    looker = _Looker(seen, path, tools)
    if choice is not None and choice.crop is not None:
        found = _by_hand(choice.crop, seen.facts, settings.crop)
    else:
        found = _found(looker, settings)
    return Focused(
        item=seen.item.id, box=found.placed.box, shot=_shot(seen.facts, found.placed.box), method=found.method,
        warnings=(*found.warnings, *_words(found.placed)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A frame, and what found it."""

    placed: Placed
    method: str
    warnings: tuple[str, ...] = ()


class _Looker:
    """A photo, and copies of it when they are first needed."""

    def __init__(self, seen: Seen, path: Path, tools: Tools) -> None:
        self.seen, self.facts, self.tools = seen, seen.facts, tools
        self._path = path

    def small(self, side: int) -> Photo:
        """Decode it with at most so many pixels a side."""
        return open_small(
            self._path, least=side, longest=side, max_pixels=self.tools.max_pixels, name=self.seen.item.name
        ).photo

    def area(self) -> Box:
        """The photo without black bars, in whole pixels."""
        whole = (0.0, 0.0, float(self.facts.width), float(self.facts.height))
        if self.facts.dark < bars.LEAST:
            return whole
        return self.in_photo(bars.without_bars(self.small(bars.SIDE).pixels()))

    def in_photo(self, shares: Box) -> Box:
        """From shares of the photo to whole pixels of it."""
        width, height = self.facts.width, self.facts.height
        left, top = min(width - 1, round(shares[0] * width)), min(height - 1, round(shares[1] * height))
        across = min(width - left, max(1, round(shares[2] * width)))
        return float(left), float(top), float(across), float(min(height - top, max(1, round(shares[3] * height))))


def _found(looker: _Looker, settings: DatasetSettings) -> _Found:
    params = settings.focus
    area = looker.area()
    wanted = want(looker.facts, params, area, 1.0 if settings.crop.mode == "square" else None)
    scene = wanted.scene if wanted else scene_of(looker.facts, area)
    warnings: tuple[str, ...] = ()
    if params.method == "vision":
        asked = _by_vision(looker, settings, scene)
        if isinstance(asked, _Found):
            return asked
        warnings = (asked,)
    if params.method == "centre":
        aspect = _aspect(settings.crop, area[2] / area[3])
        return _Found(placed=place(_middle(area, aspect), aspect, scene), method="centre")
    if params.method != "saliency":
        if wanted is not None:
            found = _by_people(wanted, settings)
            return replace(found, warnings=(*warnings, *found.warnings))
        if params.method != "auto":
            warnings = (*warnings, _NO_FACE)
    return replace(_by_saliency(looker, settings.crop, scene), warnings=warnings)


def _by_people(wanted: Wanted, settings: DatasetSettings) -> _Found:
    area = wanted.scene.area
    region = _overlap(wanted.region, area)
    aspect = _aspect(settings.crop, region[2] / region[3])
    placed = place(ideal_of(wanted, aspect), aspect, wanted.scene)
    method = "face" if wanted.person.has_face else "pose"
    asked = settings.focus.shot
    if asked != "auto" and _SHOTS.index(_shown(wanted.person, placed.box)) < _SHOTS.index(Shot(asked)):
        return _Found(placed=placed, method=method, warnings=(_LESS,))
    return _Found(placed=placed, method=method)


def _by_vision(looker: _Looker, settings: DatasetSettings, scene: Scene) -> _Found | str:
    """The box that a model gives; or, in words, why there is none."""
    server = looker.tools.vision
    if server is None:
        return _NO_SERVER
    try:
        shares = visionbox.ask_for_box(looker.small(visionbox.SIDE), server, looker.seen.item.id)
    except CaptionServerError as error:
        return f"{error.message}, so that the faces decided."
    if shares is None:
        return _NO_BOX
    box = looker.in_photo(shares)
    if judged(box, scene).cut or _main_is_out(box, scene):
        return _CUTS
    box = _overlap(box, scene.area)
    aspect = _aspect(settings.crop, box[2] / box[3])
    return _Found(placed=place(fitted(box, aspect, scene.area), aspect, scene), method="vision")


def _by_saliency(looker: _Looker, crop: CropParams, scene: Scene) -> _Found:
    area = scene.area
    aspect = _aspect(crop, area[2] / area[3])
    small = looker.small(saliency.SIDE)
    across, down = small.width / looker.facts.width, small.height / looker.facts.height
    left, top = min(small.width - 1, round(area[0] * across)), min(small.height - 1, round(area[1] * down))
    width, height = max(1, round(area[2] * across)), max(1, round(area[3] * down))
    part = small.pixels()[top : top + height, left : left + width]
    x, y, wide, high = saliency.salient_box(part, aspect)
    ideal = area[0] + x * area[2], area[1] + y * area[3], wide * area[2], high * area[3]
    return _Found(placed=place(ideal, aspect, scene), method="saliency")


def _by_hand(box: Box, facts: Facts, crop: CropParams) -> _Found:
    whole = (0.0, 0.0, float(facts.width), float(facts.height))
    inside = _overlap(box, whole)
    aspect = _aspect(crop, inside[2] / inside[3])
    return _Found(placed=judged(fitted(inside, aspect, whole), scene_of(facts, whole)), method="hand")


def _main_is_out(box: Box, scene: Scene) -> bool:
    return bool(scene.faces) and not judged(box, replace(scene, faces=scene.faces[:1], weights=(1.0,))).shown


def _aspect(crop: CropParams, aspect: float) -> float:
    """Shape of the picture, width over height, for something of this shape."""
    if crop.mode == "square":
        return 1.0
    width, height = nearest_bucket(crop.size, aspect)
    return width / height


def _middle(area: Box, aspect: float) -> Box:
    """The largest frame of this shape, in the middle."""
    width = min(area[2], area[3] * aspect)
    height = width / aspect
    return area[0] + (area[2] - width) / 2, area[1] + (area[3] - height) / 2, width, height


def _overlap(box: Box, area: Box) -> Box:
    """The part of a box inside the area; a pixel at least."""
    left = min(max(box[0], area[0]), area[0] + area[2] - 1)
    top = min(max(box[1], area[1]), area[1] + area[3] - 1)
    right = max(left + 1, min(box[0] + box[2], area[0] + area[2]))
    bottom = max(top + 1, min(box[1] + box[3], area[1] + area[3]))
    return left, top, right - left, bottom - top


def _shot(facts: Facts, box: Box) -> Shot:
    """How much the frame shows of the largest person whose head is in it."""
    for person in people_of(facts):
        x, y = person.head[0] + person.head[2] / 2, person.head[1] + person.head[3] / 2
        if box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]:
            return _shown(person, box)
    return Shot.NO_PERSON


def _shown(person: Person, box: Box) -> Shot:
    return shot_of(person, box[1] + box[3], box[3])


def _words(placed: Placed) -> tuple[str, ...]:
    words = []
    if placed.cut:
        words.append(f"{_faces(placed.cut)} cut at the edge.")
    if placed.left_out:
        words.append(f"{_faces(placed.left_out)} not in the picture.")
    return tuple(words)


def _faces(count: int) -> str:
    return "One face is" if count == 1 else f"{count} faces are"
