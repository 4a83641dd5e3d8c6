"""Photos that nobody took: what would have been seen in them, as the tests need it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from hashlib import sha256
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from safelight.datasets.dataset import Item, item_id
from safelight.datasets.facts import PATCH, FaceFacts, Facts, PoseFacts, Seen, Sense
from safelight.datasets.ssim import FacePatches

WIDTH, HEIGHT = 1000, 1250
_APART = 3.0


def face_facts(
    *, middle: tuple[float, float] = (0.5, 0.3), size: tuple[float, float] = (0.2, 0.2), sharpness: float = 0.6,
    brightness: float = 0.5, eyes_open: float = 1.0, at_camera: float = 0.8,
) -> FaceFacts:  # fmt: skip
    """A face whose middle and size are given in shares of the photo."""
    box = ((middle[0] - size[0] / 2) * WIDTH, (middle[1] - size[1] / 2) * HEIGHT, size[0] * WIDTH, size[1] * HEIGHT)
    return FaceFacts(
        box=box, score=0.9, points=((0.0, 0.0),) * 5, yaw=0.0, pitch=0.0, roll=0.0, sharpness=sharpness,
        brightness=brightness, eyes_open=eyes_open, at_camera=at_camera,
    )  # fmt: skip


def embedding(who: int = 0, *, similarity: float = 1.0) -> NDArray[np.float32]:
    """A face of a person whose similarity to that person's others, with ``similarity`` 1, is as given."""
    found = np.zeros(128, np.float32)
    found[who] = _APART
    found[127] = 0.6 * sqrt(log(similarity) / log(0.5))
    return found


@functools.cache
def patch(number: int = 0, *, ssim: float = 1.0) -> NDArray[np.uint8]:
    """An aligned face that has an SSIM near ``ssim`` to that with the same number and ``ssim`` 1."""
    base, other = (_texture(2 * number + step) for step in (0, 1))
    low, high = 0.0, 1.0
    for _ in range(24):
        share = (low + high) / 2
        mixed = (base * (1 - share) + other * share).round().astype(np.uint8)
        alike = FacePatches(np.stack([base.round().astype(np.uint8), mixed])).ssim(0, np.array([1]))[0]
        low, high = (share, high) if alike > ssim else (low, share)
    return base.round().astype(np.uint8) if ssim == 1 else mixed


def body(*, arm: float = 0.0, size: float = 1.0, shift: float = 0.0) -> PoseFacts:
    """A standing body with the nose in the face of :func:`face_facts`; one arm is turned by ``arm`` degrees."""
    places = np.zeros((33, 2))
    places[0], places[7], places[8] = (500, 375), (460, 370), (540, 370)
    places[11], places[12], places[23], places[24] = (620, 600), (380, 600), (580, 950), (420, 950)
    places[13], places[15], places[14], places[16] = (640, 760), (640, 920), (360, 760), (360, 920)
    places[25], places[26], places[27], places[28] = (580, 1200), (420, 1200), (580, 1450), (420, 1450)
    turn = np.radians(arm)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for joint in (13, 15):
        places[joint] = places[11] + matrix @ (places[joint] - places[11])
    places = (places - places[0]) * size + places[0] + shift
    return PoseFacts(score=0.9, landmarks=tuple((float(x), float(y)) for x, y in places), visibility=(0.9,) * 33)


def sight(
    name: str, *, content: str | None = None, phash: int | None = None, mirrored_phash: int | None = None,
    faces: Sequence[FaceFacts] | None = None, embeddings: Sequence[NDArray[np.float32]] | None = None,
    patches: Sequence[NDArray[np.uint8]] | None = None, poses: Sequence[PoseFacts] | None = None,
    lacking: tuple[Sense, ...] = (), width: int = WIDTH, height: int = HEIGHT, size: int = 1_000_000,
    sharpness: float = 0.6, brightness: float = 0.5,
) -> Seen:  # fmt: skip
    """A photo of one person, framed and posed as all others, with a hash that is like no other's."""
    sha = sha256((content or name).encode()).hexdigest()
    item = Item(
        id=item_id(sha, name), name=name, file=f"originals/{name}", sha256=sha, bytes=size, width=width, height=height
    )
    faces = [face_facts()] if faces is None else faces
    embeddings = [embedding()] * len(faces) if embeddings is None else embeddings
    patches = [patch()] * len(faces) if patches is None else patches
    own = int(sha[:16], 16) if phash is None else phash
    mirrored = int(sha[16:32], 16) if mirrored_phash is None else mirrored_phash
    facts = Facts(
        item=item.id, width=width, height=height, phash=f"{own:016x}", mirrored_phash=f"{mirrored:016x}",
        sharpness=sharpness, brightness=brightness, contrast=0.2, dark=0.0, bright=0.0, faces=tuple(faces),
        poses=tuple([body()] if poses is None else poses), lacking=lacking,
    )  # fmt: skip
    return Seen(
        item=item, facts=facts,
        embeddings=np.array(embeddings, np.float32) if embeddings else np.zeros((0, 0), np.float32),
        patches=np.array(patches, np.uint8).reshape(-1, PATCH, PATCH),
    )  # fmt: skip


def _texture(seed: int) -> NDArray[np.float64]:
    """Soft blotches over the whole range of greys."""
    coarse = np.random.default_rng(seed).uniform(0, 255, (9, 9))
    places = np.linspace(0, 8, PATCH)
    rows = np.array([np.interp(places, np.arange(9), row) for row in coarse])
    return np.array([np.interp(places, np.arange(9), column) for column in rows.T]).T
