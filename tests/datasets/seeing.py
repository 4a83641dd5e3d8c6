"""What the tests of captions share: photos looked at with real networks, and made-up people where none is needed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fakes import FakeModels
from safelight.datasets.dataset import Cropped, Item
from safelight.datasets.facts import FaceFacts, Facts, PoseFacts, Seen
from safelight.datasets.tools import PeopleModels, Tools, Vision
from safelight.datasets.value import Box
from safelight.imaging.photo import Photo

TRUTH = tomllib.loads((Path(__file__).parent / "captions.toml").read_text(encoding="utf-8"))["picture"]
ITEM = Item(id="0123456789abcdef", name="a.jpg", file="a.jpg", sha256="0" * 64, bytes=1, width=1000, height=1000)


@dataclass(frozen=True)
class Shown:
    """A finished picture, and what was seen of its photo."""

    seen: Seen
    cropped: Cropped
    picture: Path


def not_enlarged(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
    raise AssertionError("captions enlarge nothing")


def tools_with(vision: Vision | None, folder: Path) -> Tools:
    """Tools in which there are no networks: captions need none."""
    return Tools(
        models=FakeModels(), people=PeopleModels(faces=None, identity=None, pose=None), enlarge=not_enlarged,
        vision=vision, workspace=folder, max_pixels=10**8,
    )  # fmt: skip


def face_at(
    box: Box = (400, 300, 200, 240), *, yaw: float = 0, pitch: float = 0, roll: float = 0, **shapes: float
) -> FaceFacts:
    """A face somewhere; every blendshape that is not named is 0."""
    left, top, width, height = box
    points = ((0.3, 0.35), (0.7, 0.35), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    return FaceFacts(
        box=box, score=0.99, points=tuple((left + x * width, top + y * height) for x, y in points), yaw=yaw,
        pitch=pitch, roll=roll, sharpness=0.5, brightness=0.5, eyes_open=1.0, at_camera=1.0,
        expressions={"_neutral": 0.0} | shapes,
    )  # fmt: skip


def shown(
    pixels: NDArray[np.uint8], folder: Path, *faces: FaceFacts, poses: tuple[PoseFacts, ...] = (),
    box: Box | None = None,
) -> Shown:  # fmt: skip
    """A picture with made-up people; without a box it is all of its photo."""
    height, width = pixels.shape[:2]
    box = box or (0.0, 0.0, float(width), float(height))
    left, top, across, down = (round(side) for side in box)
    picture = folder / "picture.png"
    Image.fromarray(pixels[top : top + down, left : left + across]).save(picture)
    facts = Facts(
        item=ITEM.id, width=width, height=height, phash="0" * 16, sharpness=0.5, brightness=0.5, contrast=0.2,
        dark=0.0, bright=0.0, faces=faces, poses=poses,
    )  # fmt: skip
    seen = Seen(
        item=ITEM, facts=facts, embeddings=np.zeros((0, 0), np.float32),
        patches=np.zeros((len(faces), 64, 64), np.uint8),
    )  # fmt: skip
    cropped = Cropped(item=ITEM.id, file="crops/picture.png", box=box, width=across, height=down, scale=1.0)
    return Shown(seen, cropped, picture)
