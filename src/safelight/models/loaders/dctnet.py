"""DCT-Net from a user's own ModelScope folder: two frozen TensorFlow graphs and a mask, run with OpenVINO.

Source: Men et al., "DCT-Net: Domain-Calibrated Translation for Portrait Stylization", 2022; how its graphs are fed:
ModelScope, ``pipelines/cv/image_cartoon_pipeline.py``. Both graphs take ``input_image`` and give ``output_image``, each
(H, W, 3), blue first, 0-255; that for whole photos wants sides that are multiples of 16, that for heads 288 pixels.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from safelight.errors import CorruptWeightsError, ModelError, OutOfMemoryError
from safelight.imaging.arrays import Pixels, Values
from safelight.models.loaders.device import Device
from safelight.models.painter import HEAD_SIDE, Condition
from safelight.models.spec import ResolvedModel
from safelight.models.upscaler import Precision

if TYPE_CHECKING:
    from openvino import CompiledModel, Core

_REPORTER = "openvino_telemetry"
_ONE_AT_A_TIME = threading.Lock()
_MULTIPLE = 16
_CONTEXT = 64
"""More than its published generator looks around itself: four halved residual blocks, and what is before and after."""
_TILE_BYTES = 1600
"""Float32 features of such a network, 32 channels at full size, several at a time."""


def load_dctnet(model: ResolvedModel, device: Device) -> DctNet:
    """Load both graphs and the mask; they run on the CPU.

    Raises:
        CorruptWeightsError: a file is no graph that takes and gives a picture, or the mask no picture.
        ModelError: OpenVINO is not installed.
    """
    try:
        core = _openvino()()
    except ImportError as error:
        raise ModelError(
            f"{model.spec.id} needs OpenVINO, which is not installed", hint="pip install 'safelight[dctnet]'"
        ) from error
    head, scene, mask = model.paths
    size = sum(path.stat().st_size for path in model.paths)
    return DctNet(_graph(core, head), _graph(core, scene), _mask(mask), memory=device.memory, weight_bytes=size)


def _openvino() -> type[Core]:
    """Import OpenVINO without the part that reports its use: that part calls a host as soon as it is imported.

    OpenVINO has a stand-in for it, which it takes where it is not installed.
    """
    with _ONE_AT_A_TIME:
        reporter = sys.modules.get(_REPORTER)
        sys.modules[_REPORTER] = cast("ModuleType", None)
        try:
            from openvino import Core
        finally:
            del sys.modules[_REPORTER]
            if reporter is not None:
                sys.modules[_REPORTER] = reporter
    return cast("type[Core]", Core)


class DctNet:
    """A :class:`~safelight.models.painter.HeadPainter`, and an upscaler of scale 1 for the tiles of any photo.

    It normalises nothing by what it sees, so that no statistics of the whole photo are needed.
    """

    scale = 1
    context = _CONTEXT
    device = "cpu"
    precision = Precision.FLOAT32
    batch = 1
    studied = 0

    def __init__(
        self, head: CompiledModel, scene: CompiledModel, mask: Values, *, memory: int, weight_bytes: int
    ) -> None:
        """Take over the graphs; ``mask`` is (288, 288, 1), 0-1."""
        self._head = head
        self._scene = scene
        self._memory = memory
        self._bytes = weight_bytes
        self.head_mask = mask
        """How much of a painted head is taken at each place: (288, 288, 1), 0-1."""

    @property
    def weight_bytes(self) -> int:
        """Memory that the weights take, in bytes."""
        return self._bytes

    @property
    def memory(self) -> int:
        """Working memory for one tile, in bytes."""
        return self._memory

    def lower_memory(self, limit: int) -> None:
        """Use at most ``limit`` bytes for a tile from now on."""
        self._memory = min(self._memory, limit)

    def tile_bytes(self, _precision: Precision) -> int:
        """Working memory per pixel of a tile, in bytes; a guess."""
        return _TILE_BYTES

    def facing(
        self, _width: int, _height: int, _thumbnail: Callable[[int], Pixels], _condition: Condition | None = None
    ) -> DctNet:
        """Give itself: all photos are painted alike."""
        return self

    def upscale(self, tiles: Pixels, *, precision: Precision, tie: bool) -> Values:
        """Paint (N, H, W, 3), whatever the precision asked for is: there is one; ``tie`` is not known to it.

        Raises:
            OutOfMemoryError: too little memory for tiles of this size.
            ModelError: the graph gives no picture of the same size.
        """
        del precision, tie
        height, width = tiles.shape[1:3]
        down, across = (-side % _MULTIPLE for side in (height, width))
        top = np.float32(255 / np.iinfo(tiles.dtype).max)
        padded = np.pad(tiles.astype(np.float32) * top, ((0, 0), (0, down), (0, across), (0, 0)), mode="edge")
        return np.stack([_painted(self._scene, one)[:height, :width] for one in padded])

    def paint_heads(self, heads: Pixels) -> Values:
        """Paint heads; see :class:`~safelight.models.painter.HeadPainter`."""
        painted = [_painted(self._head, head.astype(np.float32)) for head in heads]
        return np.stack(painted) if painted else np.empty((0, HEAD_SIDE, HEAD_SIDE, 3), np.float32)


def _painted(graph: CompiledModel, picture: Values) -> Values:
    """Run a graph on a picture, (H, W, 3), RGB, 0-255; gives RGB, 0-1."""
    fed = np.ascontiguousarray(picture[..., ::-1])
    rank = len(graph.input(0).partial_shape)
    if graph.input(0).element_type.to_dtype() == np.uint8:
        fed = fed.round().astype(np.uint8)
    try:
        # A request of its own for each picture, so that two threads do not share one.
        result = graph.create_infer_request().infer({0: fed[None] if rank == 4 else fed})[0]
    except RuntimeError as error:
        if "alloc" not in str(error).lower():
            raise ModelError(f"the graph of DCT-Net cannot be run: {str(error).splitlines()[-1]}") from error
        raise OutOfMemoryError(f"no memory for a tile of {picture.shape[1]}x{picture.shape[0]}") from error
    values = np.asarray(result, np.float32)
    if values.size != picture.size:
        raise ModelError("the graph of DCT-Net gives no picture of the size that it was given")
    painted: Values = values.reshape(picture.shape)[..., ::-1] / np.float32(255)
    return painted


def _graph(core: Core, path: Path) -> CompiledModel:
    try:
        model = core.read_model(path)
        if len(model.inputs) != 1 or len(model.outputs) != 1 or len(model.inputs[0].partial_shape) not in (3, 4):
            raise CorruptWeightsError(f"{path}: not a graph that takes one picture and gives one")
        return core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1:]
        raise CorruptWeightsError(
            f"{path}: not a frozen TensorFlow graph that OpenVINO reads: {' '.join(reason)[:200]}"
        ) from error


def _mask(path: Path) -> Values:
    data = np.frombuffer(path.read_bytes(), np.uint8)
    grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    if grey is None:
        raise CorruptWeightsError(f"{path}: the mask of heads is no picture")
    small = cv2.resize(grey, (HEAD_SIDE, HEAD_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)[..., None] / np.float32(255)
