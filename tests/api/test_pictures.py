"""What pages can show of the photos and results of tasks."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pyvips

from api.running import API, enhance, failure, finished, png, running, same_picture
from safelight.store.keys import screen_of
from safelight.tasks.status import Status


def test_a_task_that_failed_has_a_picture_of_its_photo(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        good = enhance(client, "a.png", seed=1)["task_id"]
        finished(client, good)
        bad = enhance(client, "fail.png", seed=1, scale="3")["task_id"]
        finished(client, bad)
        found = client.get(f"{API}/tasks/{bad}").json()
        assert (found["status"], found["thumbnail_url"], found["screen_url"]) == ("failed", None, None)
        for name in ("original_thumbnail_url", "original_screen_url"):
            assert client.get(found[name]).status_code == 200
        other = enhance(client, "fail.png", seed=2)["task_id"]
        finished(client, other)
        found = client.get(f"{API}/tasks/{other}").json()
        assert (found["original_thumbnail_url"], found["original_screen_url"]) == (None, None)


def test_what_a_browser_shows_is_given_as_it_is_and_else_its_copy(tmp_path: Path) -> None:
    with running(tmp_path) as house, house.client() as client:
        task = enhance(client, seed=3)["task_id"]
        finished(client, task)
        found = client.get(f"{API}/tasks/{task}").json()
        shown = client.get(found["screen_url"])
        assert shown.content == client.get(found["result_url"]).content
        assert shown.headers["content-disposition"].startswith("inline")
        assert client.get(found["original_screen_url"]).content == png(3)
        key = house.service.tasks.find(None, task).result_key
        assert key is not None
        with house.service.store.draft() as draft:
            pyvips.Image.black(5, 5).webpsave(str(draft))
            house.service.store.put(screen_of(key), draft)
        copy = client.get(found["screen_url"])
        assert copy.headers["content-type"] == "image/webp"
        assert same_picture(copy.content).width == 5


def test_what_no_browser_shows_has_to_be_copied_first(tmp_path: Path) -> None:
    tiff = bytes(pyvips.Image.black(9, 9).tiffsave_buffer())
    with running(tmp_path, worker=False) as house, house.client() as client:
        sent = client.post(f"{API}/enhance", files={"file": ("a.tif", tiff)}).json()
        found = client.get(f"{API}/tasks/{sent['task_id']}").json()
        assert (found["status"], found["original_screen_url"]) == (Status.PENDING, None)
        failure(client.get(f"{API}/tasks/{sent['task_id']}/original/screen"), 409, "wrong_state")
        failure(client.get(f"{API}/tasks/{sent['task_id']}/screen"), 409, "wrong_state")


def test_where_no_copy_will_come_the_small_picture_is_given(tmp_path: Path) -> None:
    tiff = bytes(pyvips.Image.black(9, 9).tiffsave_buffer())
    with running(tmp_path) as house, house.client() as client:
        task = client.post(f"{API}/enhance", files={"file": ("a.tif", tiff)}).json()["task_id"]
        finished(client, task)
        # Works of before there were copies for screens have thumbnails only, as those of this worker.
        small = client.get(f"{API}/tasks/{task}/original/thumbnail").content
        shown = client.get(f"{API}/tasks/{task}/original/screen")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
        assert shown.content == small


def test_the_page_of_a_stranger_shows_nothing(client: httpx2.Client) -> None:
    task = enhance(client, seed=5)["task_id"]
    finished(client, task)
    for place in ("screen", "original/screen"):
        failure(client.get(f"{API}/tasks/{task}/{place}", headers={"X-User-Id": "stranger"}), 404, "not_found")
