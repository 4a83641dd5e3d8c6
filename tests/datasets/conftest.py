"""Tools with real networks, and photos looked at once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from items import item_of
from numpy.typing import NDArray

from safelight.datasets.facts import Seen
from safelight.datasets.look import look
from safelight.datasets.tools import PeopleModels, Tools
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.wiring import Studio

PEOPLE = ("face-landmarker", "pose-landmarker-full", "dlib-face-recognition")


def not_enlarged(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
    """Stands for ``upscale`` where no test is about it."""
    return photo.with_image(photo.image.resize(scale)), None


@pytest.fixture(scope="session")
def tools(people_studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """Real networks that see people."""
    faces, pose, identity = (people_studio.catalog.get(name) for name in PEOPLE)
    return Tools(
        models=people_studio.pool, people=PeopleModels(faces=faces, identity=identity, pose=pose),
        enlarge=not_enlarged, vision=None, workspace=tmp_path_factory.mktemp("workspace"), max_pixels=10**8,
    )  # fmt: skip


@pytest.fixture(scope="session")
def blind(tools: Tools) -> Tools:
    """The same without any network that sees people."""
    return replace(tools, people=PeopleModels(faces=None, identity=None, pose=None, missing=("no network at all",)))


@pytest.fixture(scope="session")
def seen(tools: Tools, shared_photos: Path) -> Callable[[str], Seen]:
    """Looks at a shared photo by its name, once."""
    return functools.cache(lambda name: look(item_of(shared_photos / name), shared_photos / name, tools))


@pytest.fixture(scope="session")
def opened(shared_photos: Path) -> Callable[[str], NDArray[np.uint8]]:
    """The pixels of a shared photo, upright: (H, W, 3)."""

    def pixels(name: str) -> NDArray[np.uint8]:
        photo = open_photo(shared_photos / name, max_pixels=10**8)
        return np.ascontiguousarray(photo.pixels()[..., :3])

    return pixels
