"""Real networks, and faces of the shared photos, found once."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

from people.looking import Find, Open
from safelight.errors import MissingWeightsError
from safelight.imaging.codecs import open_photo
from safelight.people.faces import find_faces
from safelight.settings import Settings
from safelight.wiring import Studio

PEOPLE = ("face-landmarker", "pose-landmarker-full", "dlib-face-recognition")
ROOT = Path(__file__).resolve().parents[2]
SERVICES_REQUIRED = os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0")


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, shared_models: Path) -> Studio:
    """Its own models folder, fetched as a user's would be, and the shared one."""
    folders = (ROOT / ".cache" / "models", shared_models)
    studio = Studio(Settings(models_dir=os.pathsep.join(map(str, folders)), data_dir=tmp_path_factory.mktemp("people")))
    try:
        studio.weights.pull([studio.catalog.get(name) for name in PEOPLE])
    except MissingWeightsError as error:
        if SERVICES_REQUIRED:
            raise
        pytest.skip(f"the networks for people cannot be fetched: {error}")
    return studio


@pytest.fixture(scope="session")
def opened(shared_photos: Path) -> Open:
    """Opens a shared photo by its name."""
    return lambda name: open_photo(shared_photos / name, max_pixels=10**8)


@pytest.fixture(scope="session")
def found(studio: Studio, opened: Open) -> Find:
    """The faces of a shared photo, found thoroughly."""
    spec = studio.catalog.get("face-landmarker")
    return functools.cache(lambda name: find_faces(opened(name), studio.pool, spec))
