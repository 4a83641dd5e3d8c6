"""Loading the networks for people: what is resident, and what is said about files that are none."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from safelight.errors import CorruptWeightsError
from safelight.models.loaders.dlib import load_embedder
from safelight.models.loaders.tflite import load_networks
from safelight.models.loaders.yunet import load_yunet
from safelight.models.spec import ResolvedModel
from safelight.people.head import standard_face
from safelight.wiring import Studio


def resolved(studio: Studio, name: str, path: Path) -> ResolvedModel:
    spec = studio.catalog.get(name)
    return ResolvedModel(spec=spec, variant=spec.variants[0], paths=(path,), sha256="")


@pytest.mark.weights
@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("face-landmarker", load_networks),
        ("pose-landmarker-full", load_networks),
        ("dlib-face-recognition", load_embedder),
        ("yunet", load_yunet),
    ],
)
def test_what_is_no_network_says_so(studio: Studio, tmp_path: Path, name: str, load: object) -> None:
    path = tmp_path / "weights.bin"
    for content in (b"", b"no network at all" * 50, b"PK\x03\x04 damaged"):
        path.write_bytes(content)
        with pytest.raises(CorruptWeightsError, match="weights"):
            load(resolved(studio, name, path))


@pytest.mark.weights
def test_an_archive_without_networks_or_with_another_says_so(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "face.task"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "nothing")
    with pytest.raises(CorruptWeightsError, match="no network"):
        load_networks(resolved(studio, "face-landmarker", path))
    spec = studio.catalog.get("pose-landmarker-full")
    pose = load_networks(studio.weights.ensure(spec))
    with pytest.raises(CorruptWeightsError, match="face_detector"):
        pose.run("face_detector", np.zeros((1, 128, 128, 3), np.float32))
    with pytest.raises(CorruptWeightsError, match="geometry"):
        standard_face(pose)


@pytest.mark.weights
def test_what_is_resident_says_its_size(studio: Studio) -> None:
    sizes = {}
    for name in ("face-landmarker", "dlib-face-recognition", "yunet"):
        with studio.pool.use(studio.catalog.get(name)):
            sizes[name] = studio.pool.resident()[name]
    assert 3 << 20 < sizes["face-landmarker"] < 64 << 20
    assert sizes["dlib-face-recognition"] == 22466066
    assert sizes["yunet"] == 317466


@pytest.mark.weights
def test_two_that_run_one_network_at_once_have_one_each(studio: Studio) -> None:
    networks = load_networks(studio.weights.ensure(studio.catalog.get("face-landmarker")))
    black = np.full((1, 128, 128, 3), -1, np.float32)
    alone = networks.run("face_detector", black)
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda _: networks.run("face_detector", black), range(24)))
    for outputs in together:
        for output, expected in zip(outputs, alone, strict=True):
            np.testing.assert_array_equal(output, expected)
    assert networks.weight_bytes < 64 << 20


def test_stderr_is_still_there_after_many_threads_have_loaded(people_dir: Path) -> None:
    code = """
import os, sys, threading
from safelight.models.loaders.tflite import _Ready
import zipfile
data = zipfile.ZipFile(sys.argv[1]).read("face_blendshapes.tflite")
before = os.fstat(2)
threads = [threading.Thread(target=lambda: [_Ready(data) for _ in range(5)]) for _ in range(8)]
[one.start() for one in threads]; [one.join() for one in threads]
after = os.fstat(2)
assert (before.st_dev, before.st_ino) == (after.st_dev, after.st_ino)
print("still heard", file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(people_dir / "face_landmarker.task")], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == "still heard\n"
