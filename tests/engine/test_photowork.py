"""Previews of parts: what the whole run gives there, under the signature of the whole run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from skimage import data

from safelight.engine.job import Job
from safelight.engine.photowork import PhotoWork, Run
from safelight.errors import RecipeError
from safelight.hashing import sha256_of
from safelight.imaging.codecs import open_photo
from safelight.imaging.formats import Format, Output
from safelight.imaging.photo import Photo
from safelight.operations.styles.own import OWN
from safelight.recipes.plan import Plan
from safelight.recipes.recipe import read_recipe
from safelight.recipes.runner import Result, Watch
from safelight.settings import Settings
from safelight.store.keys import Kind, key_of
from safelight.store.opening import open_store
from safelight.tasks.claims import Done
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


def test_what_was_replaced_while_it_ran_is_planned_anew_and_never_stored_under_the_old_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "styles").mkdir()
    studio, store = Studio(Settings(data_dir=tmp_path)), open_store(Settings(data_dir=tmp_path))
    monkeypatch.setattr(OWN, "folder", tmp_path / "styles")
    row, saturation, runs = tmp_path / "styles" / "noir.toml", 0.0, 0

    def write() -> None:
        row.write_text(f'title = "Noir"\nsteps = [{{ filter = "tone", saturation = {saturation} }}]\n')

    def replaced(times: int) -> Run:
        def run(plan: Plan, photo: Photo, *, workspace: Path, tile: int | None, watch: Watch) -> Result:
            nonlocal saturation, runs
            result, runs = studio.run(plan, photo, workspace=workspace, tile=tile, watch=watch), runs + 1
            if runs <= times:
                saturation += 0.125
                write()
            return result

        return run

    write()
    path = tmp_path / "a.png"
    Photo.from_pixels(data.astronaut()[:64, :64]).save(path)
    key = key_of(Kind.ORIGINAL, sha256_of(path))
    store.put(key, path)
    step = {"operation": "stylize", "style": "noir", "strength": 1, "backend": "local"}
    payload = {"recipe": {"name": "noir", "steps": [step]}, "format": "png"}
    task = cast("Task", SimpleNamespace(payload=payload, input_key=key, input_name="a.png", attempts=1))

    def done(times: int) -> Done:
        nonlocal runs
        runs, folder = 0, tmp_path / f"job-{times}"
        folder.mkdir()
        job = Job(workspace=folder, progress=lambda _share, _text: None, check_cancelled=lambda: None)
        work = PhotoWork(planner=studio.planner, run=replaced(times), store=store, max_pixels=10**9)
        return work.photo(task, job)

    plain = done(0)
    assert runs == 1
    again = done(1)
    assert runs == 2
    now = studio.planner.plan(read_recipe(payload["recipe"]), Output(format=Format.PNG))
    assert again.signature == now.signature != plain.signature
    assert again.result_key != plain.result_key
    with pytest.raises(RecipeError, match="was replaced each time while it ran"):
        done(9)
    store.close()
