"""What one user may have: requests, tasks, bytes, pixels; each says what is used up and when to come again."""

from __future__ import annotations

import time
from pathlib import Path
from secrets import token_hex

import anyio
import httpx2
import pytest

from api.callers import key_of, person
from api.running import API, enhance, failure, finished, png, running
from safelight.accounts.role import Role
from safelight.api.app import create_app
from safelight.api.rates import Rates
from safelight.errors import SettingsError, TooManyRequestsError
from safelight.service import Service
from safelight.settings import Settings

FILE = {"file": ("a.png", png())}


def sent(client: httpx2.Client, seed: int = 0, width: int = 12, **fields: str) -> httpx2.Response:
    return client.post(f"{API}/enhance", files={"file": ("a.png", png(seed, width=width))}, data=fields)


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, user_rate="5/day") as house:
        for name, role in (("root", Role.ADMIN), ("anna", Role.USER), ("ben", Role.USER)):
            person(house, name, role)
        keys = [key_of(house, "anna"), key_of(house, "anna")]
        statuses = []
        for number in range(8):
            with house.client(**keys[number % 2]) as client:
                statuses.append(client.get(f"{API}/stats").status_code)
        assert statuses == [200] * 5 + [429] * 3
        with house.client(**keys[0]) as anna:
            answer = anna.get(f"{API}/stats")
            assert "5 per 1 day" in failure(answer, 429, "too_many_requests")["message"]
            assert 1 <= int(answer.headers["retry-after"]) <= 86_400
        with house.client(**key_of(house, "ben")) as ben:
            assert ben.get(f"{API}/stats").status_code == 200
        with house.client(**key_of(house, "root", acts=True)) as back_end:
            assert {back_end.get(f"{API}/stats").status_code for _ in range(8)} == {200}


def test_without_accounts_nobody_is_counted(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, user_rate="2/day") as house, house.client() as client:
        assert {client.get(f"{API}/stats").status_code for _ in range(6)} == {200}


def test_a_rate_that_is_none_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_USER_RATE"):
        create_app(Service(Settings(data_dir=tmp_path, user_rate="often")))


async def _counted(settings: Settings, user: str) -> int:
    """How many of a user's requests are let through, by two processes in turn."""
    through, rates = 0, (Rates(settings), Rates(settings))
    for number in range(12):
        try:
            await rates[number % 2].check(user)
            through += 1
        except TooManyRequestsError:
            pass
    for one in rates:
        await one.close()
    return through


def test_several_processes_count_together_in_redis(redis_url: str) -> None:
    assert anyio.run(_counted, Settings(user_rate="4/day", redis_url=redis_url), token_hex(8)) == 4


def test_without_redis_each_process_counts_for_itself() -> None:
    settings = Settings(user_rate="4/day", redis_url="redis://127.0.0.1:1/0")
    start = time.monotonic()
    assert anyio.run(_counted, settings, token_hex(8)) == 8
    assert time.monotonic() - start < 5


def test_a_user_has_only_so_many_tasks_at_a_time(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, user_tasks=3) as house:
        with house.client("anna") as anna:
            tasks = [enhance(anna, seed=number)["task_id"] for number in range(3)]
            answer = sent(anna, 4)
            assert "3 tasks of yours" in failure(answer, 429, "too_many_tasks")["message"]
            assert int(answer.headers["retry-after"]) > 0
            both = [("files", ("a.png", png(5))), ("files", ("b.png", png(6)))]
            anna.post(f"{API}/tasks/{tasks[0]}/cancel")
            failure(anna.post(f"{API}/enhance/batch", files=both), 429, "too_many_tasks")
            assert sent(anna, 7).status_code == 200
        with house.client("ben") as ben:
            assert sent(ben, 8).status_code == 200
        with house.client() as nobody:
            assert {sent(nobody, number).status_code for number in range(10, 15)} == {200}


def test_a_user_sends_only_so_many_pixels_a_day(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, user_megapixels=1) as house, house.client("anna") as anna:
        # Each has a hundred thousand.
        for number in range(9):
            assert sent(anna, number, width=10_000).status_code == 200
        answer = sent(anna, 20, width=10_001)
        error = failure(answer, 429, "pixels_spent")
        assert "0.9 of 1.0 megapixels" in error["message"]
        midnight = 86_400 - time.time() % 86_400
        assert midnight - 5 < int(answer.headers["retry-after"]) <= midnight + 5
        # What was refused is not counted.
        assert sent(anna, 21, width=10_000).status_code == 200
        failure(sent(anna, 22), 429, "pixels_spent")
        by_address = {"image_url": "http://photos.example/a.png"}
        failure(anna.post(f"{API}/tasks", json=by_address), 429, "pixels_spent")
        # Deleting makes no room.
        for one in anna.get(f"{API}/tasks").json()["tasks"]:
            anna.post(f"{API}/tasks/{one['task_id']}/cancel")
            anna.delete(f"{API}/tasks/{one['task_id']}")
        failure(sent(anna, 23), 429, "pixels_spent")
        with house.client("ben") as ben:
            assert sent(ben, 24).status_code == 200


def test_a_user_keeps_only_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.tasks.quotas._COUNTED_S", 0.0)
    large = png(1, 700, 400).ljust(700_000, b"\0")

    def upload(client: httpx2.Client, seed: int) -> httpx2.Response:
        content = large[:-1] + bytes([seed])
        return client.post(f"{API}/photos", files={"file": ("a.png", content)})

    with running(tmp_path, worker=False, user_storage_mb=2) as house, house.client("anna") as anna:
        first = [upload(anna, seed) for seed in (1, 2)]
        assert [one.status_code for one in first] == [201, 201]
        # The same photo again is there once.
        assert upload(anna, 2).status_code == 507
        answer = upload(anna, 3)
        assert "2 MB may be kept" in failure(answer, 507, "quota_full")["message"]
        assert sent(anna, 4).status_code == 200
        with house.client("ben") as ben:
            assert upload(ben, 3).status_code == 201
        assert anna.delete(f"{API}/photos/{first[0].json()['photo_id']}").status_code == 204
        assert upload(anna, 3).status_code == 201


def test_results_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safelight.tasks.quotas._COUNTED_S", 0.0)
    with running(tmp_path, user_storage_mb=1) as house, house.client("anna") as anna:
        before = house.service.quotas._sum("anna")
        task = enhance(anna)["task_id"]
        finished(anna, task, "completed")
        result = anna.get(f"{API}/tasks/{task}").json()
        size = len(anna.get(f"{API}/download/{task}").content)
        assert size > 0
        assert house.service.quotas._sum("anna") == before + len(png()) + size, result
