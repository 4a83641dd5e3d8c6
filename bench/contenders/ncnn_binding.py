"""ncnn's own Python binding on the ncnn weights, the whole photo at once, with its default number of threads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.harness import Unavailable
from bench.pictures import flat, read
from bench.weights import cpu_studio, ncnn_files
from safelight.imaging.arrays import Pixels


class NcnnBinding:
    """A network that ncnn runs on the CPU."""

    def __init__(self, files: tuple[Path, Path], *, bfloat16: bool) -> None:
        try:
            import ncnn
        except ImportError as error:
            raise Unavailable(f"the package ncnn is not installed ({error})") from error
        self._ncnn = ncnn
        self._net = ncnn.Net()
        self._net.opt.use_vulkan_compute = False
        self._net.opt.use_bf16_storage = bfloat16
        if not bfloat16:
            self._net.opt.use_fp16_packed = self._net.opt.use_fp16_storage = self._net.opt.use_fp16_arithmetic = False
        if self._net.load_param(str(files[0])) or self._net.load_model(str(files[1])):
            raise Unavailable("ncnn cannot read these weights")
        self.facts: Mapping[str, Any] = {"threads": self._net.opt.num_threads, "version": ncnn.__version__}
        self._pixels: Pixels = flat(128, 64)
        self.run()

    def prepare(self, photo: Path) -> None:
        """Read the photo."""
        self._pixels = read(photo)

    def run(self) -> None:
        """Enlarge, from array to array."""
        self._result = (self.values(self._pixels).clip(0, 1) * 255).round().astype(np.uint8)

    def values(self, pixels: Pixels) -> NDArray[np.float32]:
        """Give the network's own result for (H, W, 3) uint8: (H * scale, W * scale, 3) float32, not clipped."""
        source = np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32) / np.float32(255)
        extractor = self._net.create_extractor()
        extractor.input(self._net.input_names()[0], self._ncnn.Mat(source))
        failed, result = extractor.extract(self._net.output_names()[0])
        if failed:
            raise Unavailable(f"ncnn failed with {failed}")
        return np.array(result).transpose(1, 2, 0)

    def result(self) -> Pixels:
        """Give the picture."""
        return self._result


def open_contender(options: Mapping[str, Any]) -> NcnnBinding:
    """Load it: ``model`` is the id of one that is here in ncnn's form."""
    return NcnnBinding(ncnn_files(cpu_studio(), options["model"]), bfloat16=True)
