"""Files that are no photos, or are more than they say, on every way that a file can come in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import pyvips

from fetching.strangers import Stranger, gives
from hostile.pictures import archive, files
from hostile.site import API, NOTHING, PATIENCE_S, Outcome, Site
from hostile.table import Told
from safelight.imaging.formats import Format, sniff
from service_process import wait_until

FILES = files()
REFUSED = frozenset({"unsupported_format", "photo_too_large", "broken_photo", "unreadable_photo"})
OPENED = frozenset({
    "png with 256 MB behind its pixels", "png with a profile of 256 MB", "png with a text of 256 MB",
    "png with XMP of 256 MB", "png with 60,000 texts", "png without an end", "png and zip", "png and page",
    "jpeg and page", "jpeg and pdf", "jpeg and script", "webp and page", "tiff and page", "tiff with strips of 4 GB",
    "tiff that leads to itself", "tiff that unpacks to 256 MB",
})  # fmt: skip
"""Of these there is a photo to be had, of which nothing but its pixels may come out; all others are errors."""
FOREIGN = (b"<script", b"%PDF", b"PK\x03\x04", b"alert(")
_LARGEST = 1 << 20
_TAKEN = (".png", ".jpg", ".tif", ".webp", ".avif", ".heic")


@pytest.fixture(scope="module")
def contents() -> Mapping[str, bytes]:
    """What is in every file."""
    return {name: make() for name, (_, make) in FILES.items()}


@pytest.fixture(scope="module")
def uploaded(site: Site, contents: Mapping[str, bytes]) -> Mapping[str, Outcome]:
    """What comes of each as an upload."""
    tasks = {name: site.upload(FILES[name][0], data) for name, data in contents.items()}
    return {name: site.ended(task) for name, task in tasks.items()}


@pytest.fixture(scope="module")
def fetched(site: Site, contents: Mapping[str, bytes]) -> Mapping[str, Outcome]:
    """What comes of each from an address of the internet."""
    servers = {name: Stranger(gives(data), host="127.0.0.9") for name, data in contents.items()}
    try:
        for server in servers.values():
            server.__enter__()
        tasks = {name: site.task({"image_url": servers[name].url(f"/{FILES[name][0]}")}) for name in servers}
        return {name: site.ended(task) for name, task in tasks.items()}
    finally:
        for server in servers.values():
            server.__exit__()


@pytest.fixture(scope="module")
def unpacked(site: Site, contents: Mapping[str, bytes]) -> Mapping[str, str]:
    """What comes of each in a ZIP: ``kept``, or why it was left out."""
    made = site.http.post(f"{API}/datasets", json={"name": "hostile"})
    dataset = made.json()["dataset_id"]
    entries = {f"{number:03}-{FILES[name][0]}": data for number, (name, data) in enumerate(contents.items())}
    answer = site.http.post(f"{API}/datasets/{dataset}/photos", files={"files": ("a.zip", archive(entries))})
    assert answer.status_code == 201, answer.text
    site.http.post(f"{API}/datasets/{dataset}/photos", files={"files": ("fine.png", _fine())})
    task = site.http.post(f"{API}/datasets/{dataset}/build", json={"until": "unpack"}).json()["task_id"]

    def over() -> bool:
        return site.http.get(f"{API}/tasks/{task}").json()["status"] in ("completed", "failed")

    wait_until(over, PATIENCE_S, lambda: f"the build does not end: {site.service.tail()}")
    found = json.loads(next(site.service.data.rglob(f"{dataset}/items.json")).read_text())
    kept = {one["name"] for one in found["items"]}
    reasons = {one["name"]: one["reason"] for one in found["skipped"]}
    assert "fine.png" in kept
    names = dict(zip(contents, entries, strict=True))
    assert site.http.delete(f"{API}/datasets/{dataset}").status_code == 204
    assert site.http.delete(f"{API}/tasks/{task}").status_code in (200, 204)
    return {name: "kept" if _in(kept, entry) else _reason(reasons, entry) for name, entry in names.items()}


@pytest.fixture(scope="module")
def enhanced(contents: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    """What the command line makes of each: all in one folder, beside a photo that is fine."""
    folder = tmp_path_factory.mktemp("command")
    photos, out = folder / "in", folder / "out"
    photos.mkdir()
    places = {name: photos / f"{number:03}-{FILES[name][0]}" for number, name in enumerate(contents)}
    for name, place in places.items():
        # Whatever it is called, it is looked at: the command leaves other suffixes aside.
        places[name] = (
            place if place.suffix in (".png", ".jpg", ".tif", ".webp", ".avif", ".heic") else Path(f"{place}.png")
        )
        places[name].write_bytes(contents[name])
    (photos / "fine.png").write_bytes(_fine())
    recipe = folder / "nothing.json"
    recipe.write_text(json.dumps({"summary": "Nothing.", **NOTHING}))
    program = "from safelight.cli.main import main; main()"
    command = [sys.executable, "-c", program, "run", str(photos), "--recipe", str(recipe), "-o", str(out), "--json"]
    limits = {"SAFELIGHT_MAX_INPUT_PIXELS": "4000000", "SAFELIGHT_MAX_OUTPUT_PIXELS": "8000000"}
    done = subprocess.run(command, env={**os.environ, **limits}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    rows = {Path(one["input"]).name: one for one in lines if "input" in one}
    assert rows["fine.png"]["status"] == "completed"
    found = {}
    for name, place in places.items():
        row = rows[place.name]
        data = Path(row["output"]).read_bytes() if row["output"] and Path(row["output"]).exists() else b""
        found[name] = Outcome(row["error_code"] or "completed", row["error"] or "", data)
    assert not list(out.rglob("*.part")), "something half done was left"
    return found


@pytest.mark.parametrize("name", FILES)
def test_as_an_upload(uploaded: Mapping[str, Outcome], told: Told, name: str) -> None:
    told(FILES[name][0], f"{uploaded[name].end}: {uploaded[name].words}")
    judge(name, uploaded[name])


@pytest.mark.parametrize("name", FILES)
def test_from_an_address(fetched: Mapping[str, Outcome], told: Told, name: str) -> None:
    told(FILES[name][0], f"{fetched[name].end}: {fetched[name].words}")
    judge(name, fetched[name])


@pytest.mark.parametrize("name", FILES)
def test_on_the_command_line(enhanced: Mapping[str, Outcome], told: Told, name: str) -> None:
    told(FILES[name][0], f"{enhanced[name].end}: {enhanced[name].words}")
    judge(name, enhanced[name])


@pytest.mark.parametrize("name", FILES)
def test_in_a_zip(unpacked: Mapping[str, str], told: Told, name: str) -> None:
    """Only headers are looked at here; pixels are decoded by the steps that follow, as those of uploads are."""
    told(FILES[name][0], unpacked[name])
    assert unpacked[name]
    assert name not in OPENED or unpacked[name] == "kept" or "times its size" in unpacked[name]


def test_the_service_is_as_it_was(
    unharmed: Site, uploaded: object, fetched: object, unpacked: object, told: Told
) -> None:
    told(f"{len(FILES)} files", "no process died, none grew over 1 GB, no file is left")
    assert unharmed.service.health() is not None


def judge(name: str, found: Outcome) -> None:
    """Check that a file ended as it should, and that a result is a picture and nothing else."""
    if name not in OPENED:
        assert found.end in REFUSED, found.words
        assert found.result == b""
        return
    assert found.end == "completed", found.words
    assert sniff(found.result[:64]) is Format.PNG
    assert len(found.result) < _LARGEST
    pyvips.Image.new_from_buffer(found.result, "").avg()
    assert not [mark for mark in FOREIGN if mark in found.result]


def test_words_of_errors_are_one_line(
    uploaded: Mapping[str, Outcome], fetched: Mapping[str, Outcome], told: Told
) -> None:
    words = [one.words for one in (*uploaded.values(), *fetched.values()) if one.end != "completed"]
    told("all messages", f"{len(words)} messages, none of more than a line")
    assert all(text.isprintable() and len(text) < 300 for text in words)


def _fine() -> bytes:
    return bytes(
        (pyvips.Image.black(300, 300, bands=3) + 90).cast("uchar").copy(interpretation="srgb").pngsave_buffer()
    )


def _in(kept: set[str], entry: str) -> bool:
    return any(one.endswith(entry) for one in kept)


def _reason(reasons: Mapping[str, str], entry: str) -> str:
    return next((reason for name, reason in reasons.items() if name.endswith(entry)), "")
