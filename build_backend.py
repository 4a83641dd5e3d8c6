"""How packages of Safelight are built: as hatchling does, with the pages of the web studio in the wheel.

An editable installation has no pages, and so needs no Node; `make studio` builds them for it.
"""

from __future__ import annotations

from typing import Any

from hatchling.build import (
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
)
from hatchling.build import build_wheel as _build_wheel
from hatchling.build import get_requires_for_build_wheel as _get_requires_for_build_wheel

import node
import pages

__all__ = [
    "build_editable", "build_sdist", "build_wheel", "get_requires_for_build_editable", "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]  # fmt: skip

Config = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: Config = None) -> list[str]:
    """Give what has to be installed to build a wheel: Node as well, where pages are to be built and it has none."""
    wanted = [node.PACKAGE] if pages.needed() and not node.on_machine() else []
    return [*_get_requires_for_build_wheel(config_settings), *wanted]


def build_wheel(wheel_directory: str, config_settings: Config = None, metadata_directory: str | None = None) -> str:
    """Build a wheel, and before it the pages where they are missing or made of other sources."""
    if pages.needed():
        pages.build()
    return _build_wheel(wheel_directory, config_settings, metadata_directory)
