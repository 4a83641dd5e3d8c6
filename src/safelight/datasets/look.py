"""Looks at a photo once, and measures all that later steps decide by."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from math import dist
from pathlib import Path
from types import MappingProxyType

import numpy as np
from pydantic import ValidationError

from safelight.datasets.dataset import Item
from safelight.datasets.faces import look_at_faces
from safelight.datasets.facts import PATCH, FaceFacts, Facts, PoseFacts, Seen, Sense
from safelight.datasets.light import light_of, luma_of
from safelight.datasets.phash import phash
from safelight.datasets.sharpness import SCENE, scene_sharpness
from safelight.datasets.small import Small, open_small
from safelight.datasets.tools import PeopleModels, Tools
from safelight.imaging.disk import writing
from safelight.imaging.replacing import replacing
from safelight.people.pose import Pose, find_poses

LOOK_REVISION = 2
"""Grows when a photo is measured otherwise."""

_LEAST, _LONGEST = 1600, 2048
_NOSE, _NOSE_TIP = 0, 2
_WORDS: Mapping[Sense, str] = MappingProxyType({
    Sense.FACES: "Faces were not looked for: the model for it is not here.",
    Sense.IDENTITY: "Faces were not told apart: the model for it is not here.",
    Sense.POSE: "Bodies were not looked for: the model for it is not here.",
})  # fmt: skip


def look(item: Item, path: Path, tools: Tools) -> Seen:
    """Measure a photo.

    It is looked at in a copy of at most 2,048 pixels; of the photo itself only faces are read that are small in it.

    Raises:
        PhotoError: it cannot be read.
        ModelError: a network that should be here cannot be loaded.
    """
    small = open_small(path, least=_LEAST, longest=_LONGEST, max_pixels=tools.max_pixels, name=item.name)
    light = luma_of(small.photo, SCENE)
    faces = look_at_faces(small, path, tools)
    figures = light_of(light)
    facts = Facts(
        item=item.id, width=small.width, height=small.height,
        phash=phash(light), mirrored_phash=phash(np.ascontiguousarray(light[:, ::-1])),
        sharpness=round(scene_sharpness(light), 4),
        brightness=round(figures.brightness, 4), contrast=round(figures.contrast, 4),
        dark=round(figures.dark, 4), bright=round(figures.bright, 4),
        faces=faces.facts, poses=_poses(small, faces.facts, tools),
        without=tuple(_WORDS[sense] for sense in _lacking(tools.people)), lacking=_lacking(tools.people),
    )  # fmt: skip
    return Seen(item=item, facts=facts, embeddings=faces.embeddings, patches=faces.patches)


def save_seen(seen: Seen, path_without_suffix: Path) -> None:
    """Write what was seen to two files, ``.npz`` and then ``.json``; each whole or not at all.

    Raises:
        DiskFullError, OutputError: it cannot be written.
    """
    arrays, facts = _files(path_without_suffix)
    with writing(facts):
        facts.parent.mkdir(parents=True, exist_ok=True)
        with replacing(arrays) as (_, draft), draft.open("r+b") as file:
            np.savez(file, embeddings=seen.embeddings, patches=seen.patches)
        with replacing(facts) as (_, draft):
            draft.write_text(seen.facts.model_dump_json(indent=1) + "\n", "utf-8")


def load_seen(item: Item, path_without_suffix: Path) -> Seen | None:
    """Read what was seen of a photo, or of another one with the same content; None where it is not there or damaged."""
    arrays, facts = _files(path_without_suffix)
    try:
        known = Facts.model_validate_json(facts.read_bytes())
        # Opened here, as numpy leaves a damaged file open.
        with arrays.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            embeddings, patches = file["embeddings"], file["patches"]
    except (OSError, ValueError, ValidationError, EOFError, LookupError, zipfile.BadZipFile):
        return None
    faces = len(known.faces)
    fits = (
        (embeddings.dtype, patches.dtype) == (np.float32, np.uint8)
        and embeddings.ndim == 2
        and embeddings.shape[0] in (0, faces)
        and patches.shape == (faces, PATCH, PATCH)
    )
    if not fits:
        return None
    facts_of_it = known.model_copy(update={"item": item.id})
    return Seen(item=item, facts=facts_of_it, embeddings=embeddings, patches=patches)


def _files(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}.npz"), path.with_name(f"{path.name}.json")


def _poses(small: Small, faces: Sequence[FaceFacts], tools: Tools) -> tuple[PoseFacts, ...]:
    """Bodies; parts of the photo are looked at only if the whole does not show whose the largest face is."""
    if tools.people.pose is None:
        return ()
    for thorough in (False, True):
        found = find_poses(small.photo, tools.models, tools.people.pose, thorough=thorough)
        poses = tuple(_pose(pose, small) for pose in found)
        if poses and (not faces or any(_belongs(pose, faces[0]) for pose in poses)):
            break
    return poses


def _belongs(pose: PoseFacts, face: FaceFacts) -> bool:
    """Whether the nose of a body is that of a face."""
    return dist(pose.landmarks[_NOSE], face.points[_NOSE_TIP]) < face.box[2] / 2


def _pose(pose: Pose, small: Small) -> PoseFacts:
    across, down = small.factor
    return PoseFacts(
        score=pose.presence,
        landmarks=tuple((round(float(x) * across, 2), round(float(y) * down, 2)) for x, y, _ in pose.landmarks),
        visibility=tuple(round(float(one), 3) for one in pose.visibility),
    )


def _lacking(people: PeopleModels) -> tuple[Sense, ...]:
    models = ((people.faces, Sense.FACES), (people.identity, Sense.IDENTITY), (people.pose, Sense.POSE))
    return tuple(sense for model, sense in models if model is None)
