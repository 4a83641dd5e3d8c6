"""The limits that the service tells are those that it keeps."""

from __future__ import annotations

from pathlib import Path

import httpx2

from api.running import API, Running, failure, png, running

MIB = 2**20


def sent(client: httpx2.Client, content: bytes) -> httpx2.Response:
    return client.post(f"{API}/photos", files={"file": ("a.png", content)})


def test_everybody_is_told_how_large_photos_may_be(house: Running) -> None:
    with house.client("somebody") as client:
        told = client.get(f"{API}/limits").json()
    settings = house.service.settings
    assert told == {"upload_bytes": settings.max_upload_mb * MIB, "pixels": settings.max_input_pixels}


def test_what_is_within_the_limits_is_taken_and_what_is_over_them_is_not(tmp_path: Path) -> None:
    with running(tmp_path, worker=False, max_upload_mb=1, max_input_pixels=120) as house, house.client() as client:
        told = client.get(f"{API}/limits").json()
        assert told == {"upload_bytes": MIB, "pixels": 12 * 10}
        # What follows the end of a PNG is no part of the photo.
        fits = png(1).ljust(told["upload_bytes"], b"\0")
        assert sent(client, fits).status_code == 201
        failure(sent(client, fits + b"\0"), 413, "upload_too_large")
        failure(sent(client, png(1, width=13)), 422, "photo_too_large")
