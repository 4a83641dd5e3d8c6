"""What several of these tests start from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import pyvips


@pytest.fixture(scope="session")
def srgb() -> bytes:
    """An sRGB profile."""
    return bytes(pyvips.Image.profile_load("srgb"))


@pytest.fixture(scope="session")
def photographs() -> Path:
    """The folder of shared photographs."""
    named = os.environ.get("SAFELIGHT_SHARED")
    folder = (Path(named) if named else Path(__file__).resolve().parents[3] / "shared") / "photos"
    if not folder.is_dir():
        pytest.skip("the shared photographs are not here; SAFELIGHT_SHARED names their parent folder")
    return folder
