"""How bodies stand: 33 landmarks for each person.

Source: Bazarevsky and others, "BlazePose: On-device Real-time Body Pose tracking", 2020, and MediaPipe's pose
landmarker, whose networks these are (Apache-2.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, hypot, pi
from typing import cast

import numpy as np
from numpy.typing import NDArray

from safelight.imaging.photo import Photo
from safelight.models.spec import Models, ModelSpec
from safelight.people.detection import Detection, averaged, decode
from safelight.people.networks import Networks, Tensor, as_input
from safelight.people.view import View
from safelight.people.warp import Square, enlargement

_LONGEST = 1024
_SEEN, _STRIDES = 224, (8, 16, 32, 32, 32)
_LEAST, _LEAST_PART, _PRESENT, _OVERLAP = 0.5, 0.7, 0.5, 0.3
_SIZE, _AROUND = 256, 1.25
_OUTPUTS, LANDMARKS = 39, 33
_WINDOW, _SURE = 3, 0.5
_UPPER = (0, 7, 8, 11, 12)
_STEP = 0.5
_NEAR = 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pose:
    """One person. Landmarks are numbered as MediaPipe's: 0 nose, 11 and 12 shoulders, 23 and 24 hips, ..., 32."""

    score: float
    """The detector's confidence, 0-1."""
    presence: float
    """The landmark network's confidence that a person is there, 0-1."""
    landmarks: NDArray[np.float32]
    """(33, 3): x, y in pixels of the photo; z in the same unit, 0 at the hips, smaller towards the camera."""
    visibility: NDArray[np.float32]
    """(33,): how likely each is inside the picture and not hidden, 0-1."""
    within: NDArray[np.float32]
    """(33,): how likely each is inside the picture, 0-1."""
    world: NDArray[np.float32]
    """(33, 3) in metres from the middle of the hips: x to the picture's right, y down, z away from the camera."""


def find_poses(photo: Photo, models: Models, spec: ModelSpec[object], *, thorough: bool = True) -> tuple[Pose, ...]:
    """Find the people of a photo, largest first. A person's shoulders have to be seen.

    Args:
        photo: any size, grey or colour, 8 or 16 bits; looked at in a copy of at most 1,024 pixels.
        models: lends the networks.
        spec: the pose landmarker (``pose-landmarker-full``).
        thorough: look into parts of the photo as well, where people are small; False takes a fifth of the time.

    Raises:
        BrokenPhotoError: the photo's data is cut short or damaged.
        ModelError: the networks are missing or damaged.
    """
    view = View(photo, _LONGEST)
    poses: list[tuple[float, Pose]] = []
    with models.use(cast("ModelSpec[Networks]", spec)) as networks:
        for one in _detected(view, networks, thorough):
            square = _square(one)
            pose = _read(view, square, one.score, networks)
            if pose.presence >= _PRESENT and not any(_same(pose, other) for _, other in poses):
                poses.append((square.side, pose))
    return tuple(pose for _, pose in sorted(poses, key=lambda pair: -pair[0]))


def _detected(view: View, networks: Networks, thorough: bool) -> list[Detection]:
    """People in the whole picture, then, if ``thorough``, in the halves of its longer side."""
    found = []
    looks = _looks(view.width, view.height)
    for number, square in enumerate(looks if thorough else looks[:1]):
        values = as_input(view.square(square, _SEEN, repeat=False), lowest=-1)
        regressors, logits = networks.run("pose_detector", values)
        corner = np.array([square.x, square.y]) - square.side / 2
        # Somebody cut off by a square's edge looks like somebody else, so that a part has to be surer than the whole.
        least = _LEAST_PART if number else _LEAST
        for one in averaged(decode(regressors, logits, _SEEN, _STRIDES, least), _OVERLAP):
            box = np.concatenate([one.box[:2] * square.side + corner, one.box[2:] * square.side])
            found.append(Detection(box, one.points * square.side + corner, one.score))
    return sorted(found, key=lambda one: -one.score)


def _looks(width: int, height: int) -> list[Square]:
    longer = max(width, height)
    looks = [Square(width / 2, height / 2, longer)]
    side = longer / 2
    for x in _middles(width, side):
        looks += [Square(x, y, side) for y in _middles(height, side)]
    return looks


def _middles(length: int, side: float) -> list[float]:
    if side >= length:
        return [length / 2]
    count = int(np.ceil((length - side) / (_STEP * side))) + 1
    return [float(middle) for middle in np.linspace(side / 2, length - side / 2, count)]


def _square(one: Detection) -> Square:
    """Around the hips, as large as the circle around the body, turned until the body is upright."""
    hips, end = one.points[0], one.points[1]
    across, down = float(end[0] - hips[0]), float(end[1] - hips[1])
    return Square(float(hips[0]), float(hips[1]), 2 * _AROUND * hypot(across, down), pi / 2 - atan2(-down, across))


def _same(pose: Pose, other: Pose) -> bool:
    """Whether two are one person: heads and shoulders are in one place, whatever is below the picture's edge."""
    ours, theirs = pose.landmarks[list(_UPPER), :2], other.landmarks[list(_UPPER), :2]
    size = max(float(np.ptp(points, axis=0).max()) for points in (ours, theirs))
    return float(np.linalg.norm(ours - theirs, axis=1).mean()) < _NEAR * size


def _read(view: View, square: Square, score: float, networks: Networks) -> Pose:
    pixels = view.square(square, _SIZE)
    values, presence, _, heat, world = networks.run("pose_landmarks_detector", as_input(pixels, lowest=0))
    raw = values.reshape(_OUTPUTS, 5)[:LANDMARKS].astype(np.float64)
    flat = view.back(square, _SIZE, _refined(raw[:, :2] / _SIZE, heat[0]) * _SIZE)
    turn = square.matrix(_SIZE)[:, :2] / enlargement(square.matrix(_SIZE))
    metres = world.reshape(_OUTPUTS, 3)[:LANDMARKS].astype(np.float64)
    metres[:, :2] = metres[:, :2] @ turn
    chances = 1 / (1 + np.exp(-raw[:, 3:].clip(-50, 50)))
    return Pose(
        score=score, presence=float(presence.item()),
        landmarks=np.column_stack([flat, raw[:, 2] * (square.side / _SIZE)]).astype(np.float32),
        visibility=chances[:, 0].astype(np.float32), within=chances[:, 1].astype(np.float32),
        world=metres.astype(np.float32),
    )  # fmt: skip


def _refined(places: NDArray[np.float64], heat: Tensor) -> NDArray[np.float64]:
    """Move each place (N, 2; 0-1) to the mean of its heat map (H, W, at least N) nearby, where that is sure of it."""
    height, width, _ = heat.shape
    refined = places.copy()
    for number, (x, y) in enumerate(places):
        column, row = int(x * width), int(y * height)
        if not (0 <= column < width and 0 <= row < height):
            continue
        rows = np.arange(max(0, row - _WINDOW), min(height, row + _WINDOW + 1))
        columns = np.arange(max(0, column - _WINDOW), min(width, column + _WINDOW + 1))
        chance = 1 / (1 + np.exp(-heat[rows[:, None], columns, number].astype(np.float64)))
        if chance.max() >= _SURE:
            refined[number] = (chance @ columns).sum() / width, (rows @ chance).sum() / height
            refined[number] /= chance.sum()
    return refined
