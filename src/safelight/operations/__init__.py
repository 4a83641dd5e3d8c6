"""All operations, one line each; schemas, options, forms and reference pages follow from this list."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from safelight.errors import UnknownOperationError
from safelight.operations.cartoonize import CARTOONIZE
from safelight.operations.comfyui import COMFYUI
from safelight.operations.dehaze import DEHAZE
from safelight.operations.denoise import DENOISE
from safelight.operations.operation import Operation
from safelight.operations.relight import RELIGHT
from safelight.operations.restore_faces import RESTORE_FACES
from safelight.operations.stylize import STYLIZE
from safelight.operations.tune import TUNE
from safelight.operations.upscale import UPSCALE

_ALL = (UPSCALE, TUNE, RESTORE_FACES, DEHAZE, RELIGHT, DENOISE, STYLIZE, CARTOONIZE, COMFYUI)

OPERATIONS: MappingProxyType[str, Operation[Any]] = MappingProxyType({one.id: one for one in _ALL})
"""Operations by their id, in the order in which people meet them."""


def find_operation(name: str) -> Operation[Any]:
    """Give the operation of that name.

    Raises:
        UnknownOperationError: there is none; the message lists the names that there are.
    """
    if name not in OPERATIONS:
        raise UnknownOperationError(f"there is no operation {name!r}", hint=f"there are: {', '.join(OPERATIONS)}")
    return OPERATIONS[name]
