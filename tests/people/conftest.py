"""Real networks, and faces of the shared photos, found once."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from people.looking import Find, Open
from safelight.imaging.codecs import open_photo
from safelight.people.faces import find_faces
from safelight.wiring import Studio


@pytest.fixture(scope="session")
def studio(people_studio: Studio) -> Studio:
    """Everything that finds people."""
    return people_studio


@pytest.fixture(scope="session")
def opened(shared_photos: Path) -> Open:
    """Opens a shared photo by its name."""
    return lambda name: open_photo(shared_photos / name, max_pixels=10**8)


@pytest.fixture(scope="session")
def found(studio: Studio, opened: Open) -> Find:
    """The faces of a shared photo, found thoroughly."""
    spec = studio.catalog.get("face-landmarker")
    return functools.cache(lambda name: find_faces(opened(name), studio.pool, spec))
