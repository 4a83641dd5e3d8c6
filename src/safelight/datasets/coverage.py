"""What a training set shows and what it lacks: shots, angles, expressions, light, backgrounds, and advice with figures.

What was measured is counted as the captions tell it, so that both agree. The advice is what makes a LoRA of a person
steady: some 20 pictures or more that differ in everything but the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from safelight.datasets.captions.words import words_of
from safelight.datasets.dataset import Shot
from safelight.datasets.facts import FaceFacts
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.ready import Ready
from safelight.datasets.value import DESCRIBED, Box, Value

COVERAGE = "coverage.json"
"""Its file in the folder of a dataset."""

LEAST, GOOD, MANY = 10, 20, 200
"""Pictures: fewer are too few, fewer still work, and more than a person needs."""

_AHEAD, _PROFILE, _UP, _DOWN = 12.0, 55.0, 14.0, -20.0
"""Degrees, as the captions have them: turned aside, in profile, up, down."""
_MOST_ALIKE = 0.7
"""The share from which on one kind of picture is said to be too frequent."""
_SAME = 0.5
"""The same for backgrounds and clothes, which are learned with the person."""
_ENOUGH = 5
"""Of fewer pictures nothing is said in shares."""
_ADD = 3

_NEAR, _HALF = (Shot.CLOSE_UP, Shot.PORTRAIT), (Shot.UPPER_BODY, Shot.COWBOY)
_SIDES = ("profile_left", "left", "ahead", "right", "profile_right")
_TILTS = ("up", "level", "down")


class Share(Value):
    """How many pictures are of one kind."""

    model_config = DESCRIBED

    name: str
    """Which kind."""
    count: int
    """How many."""


class Place(Value):
    """Where the head in one picture is turned."""

    model_config = DESCRIBED

    item: str
    """Of which photo."""
    yaw: float
    """Degrees; positive = to the picture's right."""
    pitch: float
    """Degrees; positive = up."""


class Advice(Value):
    """One thing that would make the set better."""

    model_config = DESCRIBED

    name: str
    """What it is about, for programs, such as `few_pictures`."""
    words: str
    """What to do, with the figures, in plain words."""


class Coverage(Value):
    """What a training set shows."""

    model_config = DESCRIBED

    pictures: int
    """How many it has."""
    shots: tuple[Share, ...]
    """How much of the person they show: every kind of Shot, also those that are not there."""
    directions: tuple[Share, ...]
    """Where heads are turned: `profile_left`, `left`, `ahead`, `right`, `profile_right`."""
    tilts: tuple[Share, ...]
    """`up`, `level`, `down`."""
    expressions: tuple[Share, ...]
    """In words, the most frequent first; what was not measured is not there. So are the next three."""
    light: tuple[Share, ...]
    """How they are lit."""
    backgrounds: tuple[Share, ...]
    """What is behind."""
    clothes: tuple[Share, ...]
    """What is worn."""
    places: tuple[Place, ...]
    """Where each head is turned."""
    enlarged: int
    """How many pictures are larger than what they show of the photo."""
    advice: tuple[Advice, ...]
    """What is missing, the most important first."""


def coverage(ready: Sequence[Ready], shots: Mapping[str, Shot], *, warn_scale: float = 1.0) -> Coverage:
    """Tell what the pictures of a set show.

    Args:
        ready: the pictures.
        shots: how much of the person each shows, by id of the photo, where its caption has no word for it; one that
            is left out counts as no person.
        warn_scale: from which enlargement on a picture counts as enlarged.
    """
    faces = [(one, face_in(one)) for one in ready]
    places = tuple(
        Place(item=one.item.id, yaw=round(face.yaw, 1), pitch=round(face.pitch, 1)) for one, face in faces if face
    )
    counted = Coverage(
        pictures=len(ready),
        shots=_counted((_shot(one) or shots.get(one.item.id, Shot.NO_PERSON) for one in ready), tuple(Shot)),
        directions=_counted((_direction(place.yaw) for place in places), _SIDES),
        tilts=_counted((_tilt(place.pitch) for place in places), _TILTS),
        expressions=_said(ready, "expression"),
        light=_said(ready, "light"),
        backgrounds=_said(ready, "background"),
        clothes=_said(ready, "clothing"),
        places=places,
        enlarged=sum(one.cropped.scale > warn_scale for one in ready),
        advice=(),
    )
    return counted.model_copy(update={"advice": tuple(_advice(counted))})


def face_in(one: Ready) -> FaceFacts | None:
    """Give the face that a picture shows most of; None = it shows none."""
    shown = [(_shared(face.box, one.cropped.box), face) for face in one.seen.facts.faces]
    area, face = max(shown, key=lambda pair: pair[0], default=(0.0, None))
    return face if area > 0 else None


def save_coverage(folder: DatasetFolder, value: Coverage) -> None:
    """Write it. Raises as :func:`safelight.imaging.disk.writing` does."""
    folder.save(COVERAGE, value.model_dump_json(indent=1))


def load_coverage(folder: DatasetFolder) -> Coverage | None:
    """Read what the last training set showed; None = there is none yet, or it cannot be read."""
    try:
        return Coverage.model_validate_json((folder.path / COVERAGE).read_bytes())
    except (OSError, ValidationError):
        return None


def _shared(one: Box, other: Box) -> float:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)


def _shot(one: Ready) -> Shot | None:
    """Give how much of the person a picture shows, as its caption has it."""
    said = one.captioned.facts.get("shot")
    return next((Shot(code) for code, words in words_of("english").phrases["shot"].items() if words == said), None)


def _direction(yaw: float) -> str:
    if abs(yaw) < _AHEAD:
        return "ahead"
    side = "right" if yaw > 0 else "left"
    return side if abs(yaw) < _PROFILE else f"profile_{side}"


def _tilt(pitch: float) -> str:
    return "up" if pitch >= _UP else "down" if pitch <= _DOWN else "level"


def _counted(names: Iterable[str], order: Sequence[str]) -> tuple[Share, ...]:
    counts = Counter(names)
    return tuple(Share(name=str(name), count=counts[name]) for name in order)


def _said(ready: Sequence[Ready], name: str) -> tuple[Share, ...]:
    counts = Counter(text for one in ready if (text := one.captioned.facts.get(name, "")))
    return tuple(
        Share(name=text, count=count) for text, count in sorted(counts.items(), key=lambda one: (-one[1], one))
    )


def _advice(found: Coverage) -> Iterable[Advice]:
    yield from _size(found)
    if found.pictures:
        yield from _shots(found)
        yield from _angles(found)
        yield from _kinds(found)
    if found.enlarged:
        words = "had to be enlarged. Take larger photos, or show more of them."
        yield Advice(name="enlarged", words=f"{_of(found.enlarged, found.pictures)} {words}")


def _size(found: Coverage) -> Iterable[Advice]:
    count = found.pictures
    pictures = "1 picture" if count == 1 else f"{count} pictures"
    if count < LEAST:
        yield Advice(name="few_pictures", words=f"{pictures}: too few to learn from. Add at least {GOOD - count} more.")
    elif count < GOOD:
        yield Advice(name="few_pictures", words=f"{pictures}: this works; {GOOD} or more that differ are steadier.")
    elif count > MANY:
        words = f"{pictures}: more than a person needs. The best {GOOD} to 60 train faster and as well."
        yield Advice(name="many_pictures", words=words)


def _shots(found: Coverage) -> Iterable[Advice]:
    counts = {share.name: share.count for share in found.shots}
    near, half = sum(counts[one] for one in _NEAR), sum(counts[one] for one in _HALF)
    if not counts[Shot.FULL_BODY]:
        yield Advice(name="no_full_body", words=f"No picture shows the whole body. Add {_ADD} or more.")
    if not half:
        yield Advice(name="no_half_body", words=f"No picture shows the body down to hips or knees. Add {_ADD} or more.")
    if not near:
        yield Advice(name="no_close_up", words=f"No picture shows the face from near. Add {_ADD} close-ups or more.")
    yield from _too_frequent(found.shots, "one_shot", "have the same framing ({name})", _MOST_ALIKE, found.pictures)


def _angles(found: Coverage) -> Iterable[Advice]:
    known = len(found.places)
    if known < _ENOUGH:
        return
    counts = {share.name: share.count for share in found.directions}
    for side in ("left", "right"):
        if not counts[side] + counts[f"profile_{side}"]:
            yield Advice(name=f"no_{side}", words=f"No head is turned to the {side}. Add {_ADD} or more.")
    if not counts["profile_left"] + counts["profile_right"]:
        yield Advice(name="no_profile", words=f"No face is seen in profile. Add {_ADD} or more.")
    tilts = {share.name: share.count for share in found.tilts}
    if not tilts["up"] and not tilts["down"]:
        yield Advice(name="level", words="Every head is level. Add some that look up or down.")


def _kinds(found: Coverage) -> Iterable[Advice]:
    known = sum(share.count for share in found.expressions)
    if len(found.expressions) == 1 and known >= _ENOUGH:
        (only,) = found.expressions
        yield Advice(
            name="one_expression", words=f"There is only one expression ({only.name}). Add two or more others."
        )
    else:
        yield from _too_frequent(
            found.expressions, "one_expression", "have one expression ({name})", _MOST_ALIKE, known
        )
    lit = sum(share.count for share in found.light)
    yield from _too_frequent(found.light, "one_light", "are lit alike ({name})", _MOST_ALIKE, lit)
    # Both at once are what photos of one session have in common.
    same = [
        *_too_frequent(found.backgrounds, "one_background", "have the same background ({name})", _SAME, found.pictures),
        *_too_frequent(found.clothes, "one_outfit", "have the same clothes ({name})", _SAME, found.pictures),
    ]
    yield from same
    if len(same) > 1:
        words = "Most pictures seem to be from one session: what stays the same in them is learned with the person."
        yield Advice(name="one_session", words=f"{words} Add photos of other days and places.")


def _too_frequent(shares: Sequence[Share], name: str, words: str, most: float, of: int) -> Iterable[Advice]:
    top = max(shares, key=lambda share: share.count, default=None)
    if top is not None and of >= _ENOUGH and top.count > most * of:
        told = words.format(name=top.name.replace("_", " "))
        yield Advice(name=name, words=f"{_of(top.count, of)} {told}. Vary it.")


def _of(count: int, of: int) -> str:
    return f"{count} of {of} pictures"
