"""A dataset as a user of the service builds it: real processes, real networks, a photo that is broken, a power cut."""

from __future__ import annotations

import io
import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from safelight.datasets.lint import lint
from safelight.datasets.settings import Layout
from service_process import API, ServiceProcess, wait_until

Json = dict[str, Any]
PHOTOS = {
    "1.jpg": "people/knn/train/obama/obama.jpg", "2.jpg": "people/knn/train/obama/obama2.jpg",
    "3.jpg": "people/knn/test/obama1.jpg", "again.jpg": "people/knn/train/obama/obama.jpg",
    "other.jpg": "people/knn/train/rose_leslie/img1.jpg",
}  # fmt: skip
SETTINGS = {
    "caption": {"trigger": "sks"}, "crop": {"enlarge": "resample", "size": 512}, "local_only": True,
}  # fmt: skip


@pytest.fixture
def service(tmp_path: Path, people_dir: Path) -> Iterator[ServiceProcess]:
    found = ServiceProcess(tmp_path / "service", factory="safelight.toolbox:toolbox", models_dir=str(people_dir))
    with found:
        yield found


@pytest.mark.weights
def test_a_dataset_is_whole_though_its_worker_is_killed_in_the_middle(
    service: ServiceProcess, shared_photos: Path, tmp_path: Path
) -> None:
    with httpx2.Client(base_url=f"{service.url}{API}", timeout=120) as client:
        dataset = client.post("/datasets", json={"name": "Barack", "settings": SETTINGS}).json()["dataset_id"]
        broken = (shared_photos / PHOTOS["2.jpg"]).read_bytes()[:5_000]
        sent = {name: (shared_photos / path).read_bytes() for name, path in PHOTOS.items()} | {"broken.jpg": broken}
        files = [("files", (name, content)) for name, content in sent.items()]
        added = client.post(f"/datasets/{dataset}/photos", files=files)
        assert added.status_code == 201, added.text
        task = client.post(f"/datasets/{dataset}/build").json()["task_id"]
        results = service.settings.dataset_folder

        def looked() -> int:
            return len(list(results.glob(f"*/{dataset}/results/look/*/*.json")))

        wait_until(lambda: looked() >= 1, 120, lambda: service.tail(), step=0.01)
        worker = service.pid_of("worker")
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        state = client.get(f"/tasks/{task}").json()
        assert state["status"] == "processing", "it was killed too late to say anything"
        before = {path: path.stat().st_mtime_ns for path in results.glob(f"*/{dataset}/results/look/*/*.json")}

        def ended() -> bool:
            state.update(client.get(f"/tasks/{task}").json())
            return state["status"] in ("completed", "failed", "cancelled")

        wait_until(ended, 300, lambda: f"{state}\n{service.tail()}")
        assert state["status"] == "completed", state
        assert {path: path.stat().st_mtime_ns for path in before} == before, "nothing is looked at twice"

        found = client.get(f"/datasets/{dataset}").json()
        rows = client.get(f"/datasets/{dataset}/items").json()["items"]
        told = {row["name"]: row["decision"]["reason"] for row in rows}
        skipped = {line.split(":")[0] for line in found["skipped"]}
        refused = {one["filename"] for one in added.json() if not one["accepted"]}
        assert set(told) | skipped | refused == set(sent), "every photo is accounted for"
        assert told.get("broken.jpg", "unreadable") == "unreadable"
        assert told["other.jpg"] == "stranger"
        assert sorted([told["1.jpg"], told["again.jpg"]]) == ["exact_copy", "good"]
        assert found["kept"] == 3
        assert found["sent_bytes"] == 0
        assert {one["layout"]: (one["pictures"], one["problems"]) for one in found["exports"]} == {
            layout.value: (3, []) for layout in Layout
        }  # fmt: skip

        data = client.get(found["download_url"].removeprefix(API)).content
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path / "got")
        for layout in Layout:
            assert not [one for one in lint(tmp_path / "got" / layout.value, layout) if one.fatal], layout
        captions = [path.read_text("utf-8") for path in (tmp_path / "got" / "onetrainer").glob("*.txt")]
        assert [text.count("sks") for text in captions] == [1, 1, 1]
        assert client.get(found["report_url"].removeprefix(API)).status_code == 200
        assert client.get(found["pdf_url"].removeprefix(API)).content.startswith(b"%PDF")
