"""Links to results that need no token: signed, and for a while."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from api.running import API, enhance, failure, finished, running
from safelight.api import links
from safelight.secret import service_secret


def test_a_signed_link_needs_no_token_and_cannot_be_changed(tmp_path: Path) -> None:
    with running(tmp_path, token="secret") as house:
        with house.client(Authorization="Bearer secret") as client:
            done = finished(client, enhance(client)["task_id"])
            other = finished(client, enhance(client, seed=1)["task_id"])
        with house.client() as stranger:
            link = done["output_image_url"]
            assert link.startswith(house.url)
            assert stranger.get(link).status_code == 200
            assert stranger.head(link).status_code == 200
            failure(stranger.get(done["result_url"]), 401, "not_signed_in")
            last = "0" if link[-1] != "0" else "1"
            query = link.split("?")[1]
            for wrong in (
                link[:-1] + last,
                re.sub(r"expires=\d+", "expires=99999999999", link),
                f"{other['result_url']}?{query}",
                f"{done['result_url'].replace('download', 'task')}?{query}",
            ):
                failure(stranger.get(wrong), 401, "not_signed_in")
            failure(stranger.post(link), 401, "not_signed_in")


def test_a_signed_link_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = links.Links(b"secret")
    with monkeypatch.context() as past:
        past.setattr(links.time, "time", lambda: 1_000_000.0)
        path, _, query = signed.sign("/x").partition("?")
        scope = {"method": "GET", "path": path, "query_string": query.encode()}
        assert signed.valid(scope)
        past.setattr(links.time, "time", lambda: 1_003_700.0)
        assert not signed.valid(scope)


def test_links_begin_with_the_public_address(tmp_path: Path) -> None:
    with running(tmp_path, public_url="https://photos.example/") as house, house.client() as client:
        done = finished(client, enhance(client)["task_id"])
        assert done["output_image_url"].startswith(f"https://photos.example{API}/download/")


def test_the_secret_stays_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    secret = service_secret(tmp_path / "data")
    assert len(secret) >= 32
    assert service_secret(tmp_path / "data") == secret
    [path] = (tmp_path / "data").iterdir()
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", [b"", b"0" * 31])
def test_a_secret_that_was_cut_short_is_made_anew(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "secret").write_bytes(left)
    secret = service_secret(tmp_path)
    assert len(secret) >= 32
    assert secret == service_secret(tmp_path) != left
