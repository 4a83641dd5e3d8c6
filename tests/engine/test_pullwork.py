"""Weights that are fetched as a task: watched, cancelled, gone on with."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from models.serving import FileServer, sha
from safelight.engine.attempt import StoppingError
from safelight.engine.job import Job
from safelight.engine.pullwork import PullWork
from safelight.errors import CancelledError, CorruptWeightsError, MissingWeightsError, UnknownModelError
from safelight.models.catalog import Catalog
from safelight.models.weights import Weights
from safelight.settings import Settings
from safelight.tasks.task import Task

DATA = os.urandom(3 << 20)
CATALOG = """
[[model]]
id = "tiny"
title = "A model"
task = "upscale"
architecture = "rrdbnet"
licence = "MIT"
commercial = true
[[model.variants]]
format = "torch"
[[model.variants.files]]
name = "tiny.pth"
sha256 = "{sha256}"
bytes = {size}
sources = [{{ url = "{url}" }}]
"""


@pytest.fixture
def server() -> Iterator[FileServer]:
    one = FileServer()
    yield one
    one.close()


class Pulling:
    """A models folder with a catalog, and a worker's handler."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder / "models"
        self.folder.mkdir()
        text = CATALOG.format(sha256=sha(DATA), size=len(DATA), url=url)
        (self.folder / "catalog.toml").write_text(text)
        settings = Settings(models_dir=str(self.folder), data_dir=folder)
        catalog = Catalog(settings)
        weights = Weights(settings, catalog, environ={"HOME": str(folder)}, retry_wait=0.01)
        self.work = PullWork(catalog, weights)
        self.told: list[tuple[float, str]] = []
        self.trouble: Exception | None = None

    def pull(self, model: str = "tiny") -> dict[str, object]:
        def check() -> None:
            if self.trouble is not None:
                raise self.trouble

        job = Job(
            workspace=self.folder, progress=lambda share, words: self.told.append((share, words)), check_cancelled=check
        )
        done = self.work.pull(cast("Task", SimpleNamespace(payload={"model": model})), job)
        return dict(done.result)


@pytest.fixture
def pulling(tmp_path: Path, server: FileServer) -> Pulling:
    server.files["/tiny"] = DATA
    return Pulling(tmp_path, server.url("/tiny"))


def test_a_model_is_fetched_checked_and_told_of_by_bytes(pulling: Pulling) -> None:
    assert pulling.pull() == {"model": "tiny", "model_bytes": len(DATA), "sha256": sha(DATA), "warnings": []}
    assert (pulling.folder / "tiny.pth").read_bytes() == DATA
    shares = [share for share, _ in pulling.told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert any(0 < share < 1 for share in shares)
    assert pulling.told[-1][1] == "fetching 3.1 of 3.1 MB"


def test_what_is_here_is_checked_and_not_fetched(pulling: Pulling, server: FileServer) -> None:
    (pulling.folder / "tiny.pth").write_bytes(DATA)
    assert pulling.pull()["sha256"] == sha(DATA)
    assert server.requests == []
    (pulling.folder / "tiny.pth").write_bytes(b"other")
    with pytest.raises(CorruptWeightsError):
        pulling.pull()


@pytest.mark.parametrize("reason", [CancelledError("cancelled"), StoppingError("the worker is stopping")])
def test_a_pull_ends_for_the_reason_that_the_worker_has_and_later_goes_on(
    pulling: Pulling, server: FileServer, reason: Exception
) -> None:
    server.hold_at["/tiny"] = 1 << 20
    troubles: list[BaseException] = []

    def pull() -> None:
        try:
            pulling.pull()
        except Exception as error:  # noqa: BLE001 - it is looked at
            troubles.append(error)

    thread = threading.Thread(target=pull)
    thread.start()
    while not any(share > 0 for share, _ in pulling.told):
        thread.join(0.01)
    pulling.trouble = reason
    server.go_on.set()
    thread.join(20)
    assert troubles == [reason]
    pulling.trouble = None
    pulling.pull()
    assert server.asked("/tiny")[-1] is not None, "it began anew"


def test_what_cannot_be_had_says_what_to_do(pulling: Pulling, server: FileServer) -> None:
    server.files.clear()
    with pytest.raises(MissingWeightsError, match=r"tiny\.pth"):
        pulling.pull()
    with pytest.raises(UnknownModelError):
        pulling.pull("gone")
