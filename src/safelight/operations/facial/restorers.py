"""What restores aligned faces: a network made for faces, or an upscaler where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from safelight.errors import OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.imaging.photo import Photo
from safelight.models.restorer import SIDE, FaceRestorer
from safelight.models.spec import ModelSpec
from safelight.models.upscaler import Precision, Upscaler
from safelight.operations.context import Context, Execution
from safelight.people.warp import Matrix, colours, enlargement, warp

DETAIL = "detail"
"""Name of the restorer that needs no weights of its own."""

_SMALL, _LARGE = 128, 256
_ENOUGH = 400


class Restorer(Protocol):
    """Restores faces of one photo."""

    def too_good(self, matrix: Matrix) -> str:
        """Say why a face would gain nothing; an empty text: it may."""

    def restore(self, photo: Photo, faces: Sequence[Matrix]) -> Iterator[Values]:
        """Give each face restored, aligned, (512, 512, 3) float32, 0-1 and a little beyond, as many as fit at once.

        Args:
            photo: as it was opened.
            faces: from the photo to each aligned face.
        """


@dataclass(slots=True)
class Network:
    """A network made for faces."""

    spec: ModelSpec[object]
    """Which one."""
    context: Context
    """Models, progress, cancel."""

    def too_good(self, matrix: Matrix) -> str:
        """Whatever its size, a face may gain."""
        return ""

    def restore(self, photo: Photo, faces: Sequence[Matrix]) -> Iterator[Values]:
        """Restore all faces at once, or as many at once as fit into memory."""
        image = colours(photo)
        with self.context.models.use(cast("ModelSpec[FaceRestorer]", self.spec)) as network:
            at, most = 0, network.most
            while at < len(faces):
                self.context.check_cancelled()
                crops = [scaled(warp(image, matrix, SIDE)) for matrix in faces[at : at + most]]
                try:
                    found = network.restore(np.stack(crops))
                except OutOfMemoryError:
                    if len(crops) == 1:
                        raise
                    most = len(crops) // 2
                    continue
                yield from found
                at += len(crops)
                self.context.progress(at / len(faces))
            _tell(self.context, self.spec, network.device, network.precision, self.spec.id)


@dataclass(slots=True)
class Detail:
    """An upscaler, run on small aligned faces."""

    spec: ModelSpec[object]
    """Which one."""
    context: Context
    """Models, progress, cancel."""

    def too_good(self, matrix: Matrix) -> str:
        """A large face has all the detail that an upscaler could add."""
        return "large enough as it is" if _side(matrix) >= _ENOUGH else ""

    def restore(self, photo: Photo, faces: Sequence[Matrix]) -> Iterator[Values]:
        """Enlarge each face from about the size that it has in the photo."""
        image = colours(photo)
        with self.context.models.use(cast("ModelSpec[Upscaler]", self.spec)) as network:
            precision = Precision.FLOAT32 if photo.depth == 16 else network.precision
            for at, matrix in enumerate(faces):
                self.context.check_cancelled()
                side = _SMALL if _side(matrix) <= _SMALL * 1.25 else _LARGE
                crop = np.ascontiguousarray(warp(image, matrix * (side / SIDE), side)[None])
                yield _resized(network.upscale(crop, precision=precision, tie=True)[0])
                self.context.progress((at + 1) / len(faces))
            _tell(self.context, self.spec, network.device, precision, DETAIL)


def scaled(pixels: Pixels) -> Values:
    """Bring pixels to float32, 0-1."""
    return pixels.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)


def _side(matrix: Matrix) -> float:
    """How many pixels of the photo an aligned face is across."""
    return SIDE / enlargement(matrix)


def _resized(values: Values) -> Values:
    import cv2

    if values.shape[0] == SIDE:
        return values
    kernel = cv2.INTER_AREA if values.shape[0] > SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(values, (SIDE, SIDE), interpolation=kernel), np.float32)


def _tell(context: Context, spec: ModelSpec[object], device: str, precision: Precision, name: str) -> None:
    context.executions.append(
        Execution(operation="restore_faces", model=spec.id, device=device, precision=precision, restorer=name)
    )
