"""Tools with real networks, and photos looked at once."""

from __future__ import annotations

import functools
import os
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
from safelight.errors import MissingWeightsError
from safelight.imaging.codecs import open_photo
from safelight.imaging.photo import Photo
from safelight.settings import Settings
from safelight.wiring import Studio

PEOPLE = ("face-landmarker", "pose-landmarker-full", "dlib-face-recognition")
ROOT = Path(__file__).resolve().parents[2]
SERVICES_REQUIRED = os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0")


def not_enlarged(photo: Photo, scale: float, quality_level: str, workspace: Path) -> tuple[Photo, str | None]:
    """Stands for ``upscale`` where no test is about it."""
    return photo.with_image(photo.image.resize(scale)), None


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory, shared_models: Path) -> Tools:
    """Real networks that see people, fetched as a user's would be."""
    folders = (ROOT / ".cache" / "models", shared_models)
    studio = Studio(Settings(models_dir=os.pathsep.join(map(str, folders)), data_dir=tmp_path_factory.mktemp("people")))
    faces, pose, identity = (studio.catalog.get(name) for name in PEOPLE)
    try:
        studio.weights.pull([faces, pose, identity])
    except MissingWeightsError as error:
        if SERVICES_REQUIRED:
            raise
        pytest.skip(f"the networks for people cannot be fetched: {error}")
    return Tools(
        models=studio.pool, people=PeopleModels(faces=faces, identity=identity, pose=pose), enlarge=not_enlarged,
        vision=None, workspace=tmp_path_factory.mktemp("workspace"), max_pixels=10**8,
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
