"""The service as a client meets it: `safelight serve` with real weights, over HTTP."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import numpy as np
import pytest
import pyvips

from acceptance_run import run_process
from service_process import API, ServiceProcess, wait_until

ENDED = ("completed", "partial_completed", "failed")


def photo(seed: int, width: int = 40, height: int = 30) -> bytes:
    """A small photo with some structure."""
    coarse = np.random.default_rng(seed).integers(0, 255, (height // 5, width // 5, 3), dtype=np.uint8)
    return bytes(pyvips.Image.new_from_array(coarse).resize(5).jpegsave_buffer(Q=95))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, shared_models: Path) -> Iterator[httpx2.Client]:
    """Calls a service that runs, with the compact network for photos and no network."""
    data = tmp_path_factory.mktemp("service")
    service = ServiceProcess(data, factory="safelight.toolbox:toolbox", models_dir=str(shared_models))
    with service, httpx2.Client(base_url=service.url, timeout=60) as found:
        yield found


def ended(client: httpx2.Client, path: str) -> dict[str, object]:
    """Poll as clients do, until it has ended."""
    found: dict[str, object] = {}

    def over() -> bool:
        found.update(client.get(f"{API}{path}").json())
        return found["status"] in ENDED

    wait_until(over, 180, lambda: f"{path} did not end: {found}")
    return found


@pytest.mark.weights
def test_a_photo_over_http_gives_the_same_bytes_as_the_command_line(
    client: httpx2.Client, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(photo(1))
    run = run_process(
        "enhance", "a.jpg", "-o", "out", "--quality", "fast", "--json", "--device", "cpu", environment=environment,
        folder=tmp_path,
    )  # fmt: skip
    assert run.code == 0, run.err
    [row] = run.rows

    sent = client.post(f"{API}/enhance", files={"file": ("a.jpg", photo(1))}, data={"quality_level": "fast"})
    assert sent.status_code == 200, sent.text
    task = sent.json()["task_id"]
    assert ended(client, f"/task/{task}")["status"] == "completed"
    got = client.get(f"{API}/download/{task}")

    assert (
        hashlib.sha256(got.content).hexdigest() == hashlib.sha256((tmp_path / row["output"]).read_bytes()).hexdigest()
    )
    told = client.get(f"{API}/tasks/{task}").json()
    assert told["signature"] == row["signature"]
    assert told["result"]["sha256"] == hashlib.sha256(got.content).hexdigest()
    assert told["result"]["name"] == Path(row["output"]).name
    assert client.get(f"{API}/tasks/{task}/original").content == photo(1)
    assert client.get(told["output_image_url"]).content == got.content


@pytest.mark.weights
def test_a_batch_of_twenty_with_a_corrupt_file_gives_nineteen(client: httpx2.Client) -> None:
    photos = [(f"picture {index}.jpg", photo(index, 20, 15)) for index in range(20)]
    name, whole = photos[7]
    # Its headers are whole, so it is accepted; its picture is not.
    photos[7] = (name, whole[: len(whole) * 2 // 3])
    sent = client.post(
        f"{API}/enhance/batch", files=[("files", one) for one in photos],
        data={"quality_level": "fast", "scale": "2", "format": "webp"},
    )  # fmt: skip
    assert sent.status_code == 200, sent.text
    batch = sent.json()["batch_task_id"]

    done = ended(client, f"/batch/status/{batch}")
    assert (done["status"], done["total_files"]) == ("partial_completed", 20)
    assert (done["completed_files"], done["failed_files"], done["progress"]) == (19, 1, 1.0)
    failed = [one for one in done["sub_tasks"] if one["status"] == "failed"]
    assert [one["filename"] for one in failed] == [name]
    assert "damaged" in failed[0]["error"] or "cut" in failed[0]["error"] or name in failed[0]["error"]

    with zipfile.ZipFile(io.BytesIO(client.get(f"{API}/batch/download/{batch}").content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"picture {index}.webp" for index in range(20) if index != 7]
        for entry in archive.namelist():
            image = pyvips.Image.new_from_buffer(archive.read(entry), "")
            assert (image.width, image.height) == (40, 30)


@pytest.mark.weights
def test_a_preview_is_the_picture_that_the_whole_run_gives_there(client: httpx2.Client) -> None:
    kept = client.post(f"{API}/photos", files={"file": ("a.jpg", photo(3))}).json()["photo_id"]
    asked = {"photo": kept, "params": {"upscale": {"quality_level": "fast", "scale": 2}}}
    plan = client.post(f"{API}/plan", json=asked).json()
    shown = client.post(f"{API}/preview", json=asked).json()
    assert shown["signature"] == plan["signature"]
    assert (shown["width"], shown["height"]) == (plan["forecast"]["width"], plan["forecast"]["height"]) == (80, 60)
    preview = pyvips.Image.new_from_buffer(client.get(shown["url"]).content, "")

    task = client.post(f"{API}/tasks", json=asked).json()["task_id"]
    assert ended(client, f"/task/{task}")["status"] == "completed"
    result = pyvips.Image.new_from_buffer(client.get(f"{API}/download/{task}").content, "")
    assert abs(result.cast("float") - preview.cast("float")).avg() < 3
