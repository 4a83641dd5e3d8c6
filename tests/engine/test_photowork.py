"""Previews of parts: what the whole run gives there, under the signature of the whole run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from skimage import data

from safelight.engine.job import Job
from safelight.engine.photowork import PhotoWork
from safelight.hashing import sha256_of
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Format, Output
from safelight.imaging.photo import Photo
from safelight.recipes.recipe import read_recipe
from safelight.recipes.runner import Watch
from safelight.settings import Settings
from safelight.store.keys import Kind, key_of
from safelight.store.opening import open_store
from safelight.tasks.task import Task
from safelight.wiring import Studio


def test_a_preview_of_a_part_has_the_size_that_the_part_has_in_the_result(tmp_path: Path) -> None:
    studio, store = Studio(Settings(data_dir=tmp_path)), open_store(Settings(data_dir=tmp_path))
    path = tmp_path / "a.png"
    Photo.from_pixels(data.astronaut()).save(path)
    key = key_of(Kind.ORIGINAL, sha256_of(path))
    store.put(key, path)
    recipe = {"name": "a", "steps": [{"operation": "cartoonize", "style": "soft", "resolution": 1024}]}
    region = {"left": 0.25, "top": 0.25, "width": 0.25, "height": 0.125}
    payload = {"recipe": recipe, "format": "png", "region": region}
    task = cast("Task", SimpleNamespace(payload=payload, input_key=key, input_name="a.png"))
    (tmp_path / "job").mkdir()
    job = Job(workspace=tmp_path / "job", progress=lambda _share, _text: None, check_cancelled=lambda: None)
    work = PhotoWork(planner=studio.planner, run=studio.run, store=store, max_pixels=10**9)
    done = work.preview(task, job)
    assert done.result is not None
    assert (done.result["width"], done.result["height"]) == (256, 128)
    assert done.result_key is not None
    shown = store.fetch(done.result_key, tmp_path / "shown")
    plan = studio.planner.plan(read_recipe(recipe), Output(format=Format.PNG))
    (tmp_path / "run").mkdir()
    whole = studio.run(plan, Photo.from_pixels(data.astronaut()), workspace=tmp_path / "run", watch=Watch()).photo
    expected = whole.pixels()[256:384, 256:512].astype(float)
    assert np.abs(open_photo(shown, max_pixels=10**9).pixels() - expected).mean() < 3
    assert done.signature == plan.signature
    store.close()
