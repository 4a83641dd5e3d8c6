"""What all tests start from: a clean environment, the shared pictures and models, real weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from safelight.errors import MissingWeightsError
from safelight.models.spec import ModelTask
from safelight.reports.font import CJK_FONT, CjkFont
from safelight.settings import Settings
from safelight.wiring import Studio

hypothesis.settings.register_profile("safelight", deadline=None)
hypothesis.settings.load_profile("safelight")

ROOT = Path(__file__).resolve().parents[1]
SERVICES_REQUIRED = os.environ.get("SAFELIGHT_REQUIRE_SERVICES", "") not in ("", "0")
"""Whether what cannot be reached is a failure; otherwise the tests that need it are skipped."""

_FOR_TESTS = ("SAFELIGHT_SHARED", "SAFELIGHT_REQUIRE_SERVICES")
_MODELS = ROOT / ".cache" / "models"


@pytest.fixture(autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings or the data of the person who runs it; subprocesses do not either."""
    for name in list(os.environ):
        if name.startswith("SAFELIGHT_") and name not in _FOR_TESTS:
            monkeypatch.delenv(name)
    monkeypatch.setenv("SAFELIGHT_DATA_DIR", str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with pictures and models that are not part of the project."""
    folder = Path(os.environ.get("SAFELIGHT_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("the shared folder is not beside the project; SAFELIGHT_SHARED names it")
    return folder.resolve()


@pytest.fixture(scope="session")
def shared_models(shared: Path) -> Path:
    """The shared folder's models; some are in no asset package."""
    return _below(shared, "models")


@pytest.fixture(scope="session")
def shared_photos(shared: Path) -> Path:
    """The shared folder's photos."""
    return _below(shared, "photos")


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    """A models folder with the default set, fetched as a user's would be, and kept for the next time."""
    return _pulled("default")


@pytest.fixture(scope="session")
def people_dir() -> Path:
    """The same folder, with what finds people and tells them apart."""
    return _pulled("people")


@pytest.fixture(scope="session")
def styles_dir() -> Path:
    """The same folder, with the style networks."""
    return _pulled("styles")


@pytest.fixture(scope="session")
def people_studio(people_dir: Path, tmp_path_factory: pytest.TempPathFactory, shared_models: Path) -> Studio:
    """A studio that has what finds people, and the models of the shared folder besides."""
    folders = os.pathsep.join(map(str, (people_dir, shared_models)))
    return Studio(Settings(models_dir=folders, data_dir=tmp_path_factory.mktemp("people")))


@pytest.fixture(scope="session")
def font() -> CjkFont:
    """The font for Chinese, Japanese and Korean in reports, fetched and kept in the same folder."""
    studio = _kept()
    _or_skip(lambda: studio.weights.ensure(studio.catalog.get(CJK_FONT, ModelTask.FONT)))
    return CjkFont(studio.weights, studio.catalog)


def _pulled(name: str) -> Path:
    studio = _kept()
    _or_skip(lambda: studio.weights.pull(studio.catalog.set(name)))
    return _MODELS


def _kept() -> Studio:
    return Studio(Settings(models_dir=str(_MODELS), data_dir=_MODELS.parent))


def _or_skip(fetch: Callable[[], object]) -> None:
    try:
        fetch()
    except MissingWeightsError as error:
        if SERVICES_REQUIRED:
            raise
        pytest.skip(f"weights cannot be fetched: {error}")


def _below(folder: Path, name: str) -> Path:
    if not (folder / name).is_dir():
        pytest.skip(f"the shared folder has no {name}")
    return folder / name
