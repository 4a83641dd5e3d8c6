"""What the tests of focus and crop share: photos as they are seen, tools, and boxes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from safelight.datasets.dataset import Item, item_id
from safelight.datasets.facts import PATCH, FaceFacts, Facts, PoseFacts, Seen
from safelight.datasets.tools import PeopleModels, Tools
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo

Box = tuple[float, float, float, float]
MAX_PIXELS = 200_000_000


def item_of(path: Path, name: str | None = None) -> Item:
    photo = open_photo(path, max_pixels=MAX_PIXELS)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    name = name or path.name
    return Item(
        id=item_id(sha256, name), name=name, file=str(path), sha256=sha256, bytes=path.stat().st_size,
        width=photo.width, height=photo.height,
    )  # fmt: skip


def seen_of(
    path: Path, faces: tuple[FaceFacts, ...] = (), poses: tuple[PoseFacts, ...] = (), dark: float = 0.0
) -> Seen:
    """A photo in which these people were seen."""
    item = item_of(path)
    facts = Facts(
        item=item.id, width=item.width, height=item.height, phash="0" * 16, sharpness=0.5, brightness=0.5, contrast=0.2,
        dark=dark, bright=0.0, faces=faces, poses=poses,
    )  # fmt: skip
    count = len(faces)
    return Seen(
        item=item, facts=facts, embeddings=np.zeros((count, 128), np.float32),
        patches=np.zeros((count, PATCH, PATCH), np.uint8),
    )  # fmt: skip


def face_of(box: Box, *, yaw: float = 0.0) -> FaceFacts:
    """A face that looks straight ahead, or to a side."""
    left, top, width, height = box
    points = ((0.3, 0.35), (0.7, 0.35), (0.5, 0.55), (0.35, 0.75), (0.65, 0.75))
    return FaceFacts(
        box=box, score=1.0, points=tuple((left + x * width, top + y * height) for x, y in points), yaw=yaw, pitch=0.0,
        roll=0.0, sharpness=0.5, brightness=0.5, eyes_open=1.0, at_camera=1.0,
    )  # fmt: skip


def tools_of(workspace: Path, *, enlarge: object = None, vision: object = None) -> Tools:
    return Tools(
        models=None, people=PeopleModels(faces=None, identity=None, pose=None), enlarge=enlarge or NoEnlarge(),
        vision=vision, workspace=workspace, max_pixels=MAX_PIXELS,
    )  # type: ignore[arg-type]  # fmt: skip


class NoEnlarge:
    """Fails the test that comes here."""

    def __call__(self, photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        raise AssertionError("nothing was to be enlarged")


@dataclass
class Repeat:
    """Enlarges by repeating pixels, and remembers what it was asked."""

    asked: list[tuple[int, int, float, str]] = field(default_factory=list)

    def __call__(self, photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
        assert not list(workspace.iterdir())
        self.asked.append((photo.width, photo.height, scale, quality_level))
        times = int(np.ceil(scale))
        return photo.with_image(photo.image.zoom(times, times)), "repeat-x4"


@dataclass
class Oracle:
    """Answers every question with the same words, or an error."""

    answer: str | Exception
    pictures: list[bytes] = field(default_factory=list)
    identity: str = "oracle"

    def ask(self, picture: bytes, prompt: str, *, item: str) -> tuple[str, str]:
        assert "JSON" in prompt
        self.pictures.append(picture)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer, "seer"


def overlap(box: Box, other: Box) -> float:
    """Shared area over the area that both cover."""
    sides = [max(0.0, min(box[i] + box[i + 2], other[i] + other[i + 2]) - max(box[i], other[i])) for i in (0, 1)]
    shared = sides[0] * sides[1]
    return shared / (box[2] * box[3] + other[2] * other[3] - shared)


def share_inside(face: Box, box: Box, width: float, height: float) -> float:
    """How much of a face, as far as it is in the photo, is in a box."""
    left, top = max(0.0, face[0]), max(0.0, face[1])
    right, bottom = min(width, face[0] + face[2]), min(height, face[1] + face[3])
    across = min(right, box[0] + box[2]) - max(left, box[0])
    down = min(bottom, box[1] + box[3]) - max(top, box[1])
    return max(0.0, across) * max(0.0, down) / ((right - left) * (bottom - top))
