from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import anyio
import httpx2
import pytest
import pyvips
import uvicorn
from hypothesis import given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from imaging.photo_files import smooth, vips
from safelight.api.filenames import LONGEST, clean_name
from safelight.api.multipart import Form
from safelight.api.uploads import receive
from safelight.errors import BadRequestError, SafelightError
from safelight.settings import Settings
from safelight.store.folder import FolderStore
from safelight.store.keys import Kind, key_of

STATUS = {"bad_request": 400, "upload_too_large": 413}
BOUNDARY = "b0undary"


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A small photo."""
    return bytes(vips(smooth(40, 60)).jpegsave_buffer())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FolderStore]:
    opened = FolderStore(tmp_path / "files")
    yield opened
    opened.close()


def drafts(store: FolderStore) -> list[str]:
    """Unfinished files."""
    return sorted(path.name for path in store.drafts.folder.iterdir() if path.name != "lock")


def app_of(store: FolderStore, settings: Settings | None = None, max_files: int | None = None) -> Starlette:
    """A service that keeps every file that is sent and tells what it got."""
    limits = settings or Settings(max_upload_mb=4, max_batch=5)

    async def upload(request: Request) -> Response:
        try:
            received = await receive(request, store=store, settings=limits, max_files=max_files)
        except SafelightError as error:
            return JSONResponse({"code": error.code, "error": str(error)}, STATUS[error.code])
        with received:
            for file in received.files:
                store.put(key_of(Kind.ORIGINAL, file.sha256), file.draft)
            told = [
                {
                    "name": file.name, "sha256": file.sha256, "size": file.size,
                    "width": file.measured and file.measured.width,
                    "error": file.error and file.error.code,
                }
                for file in received.files
            ]  # fmt: skip
            return JSONResponse({"fields": dict(received.fields), "files": told})

    return Starlette(routes=[Route("/", upload, methods=["POST"])])


def sent(app: Starlette, **request: object) -> httpx2.Response:
    """The answer to a request."""

    async def post() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
            return await client.post("/", **request)

    return anyio.run(post)


def part(name: str, content: bytes, file: str | bytes | None = None) -> bytes:
    """A part of a form, its file name as it is."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
    if file is not None:
        head += b'; filename="' + (file if isinstance(file, bytes) else file.encode()) + b'"'
    return head + b"\r\n\r\n" + content + b"\r\n"


def raw(app: Starlette, *parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> httpx2.Response:
    """The answer to a form of these parts."""
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return sent(app, content=b"".join(parts) + end, headers={"Content-Type": kind})


def test_importing_it_loads_no_decoder_and_no_object_store() -> None:
    heavy = "{'pyvips', 'numpy', 'torch', 'obstore'}"
    code = f"import safelight.api.uploads, safelight.store.opening, sys; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_form_gives_its_fields_and_files(store: FolderStore, photo: bytes) -> None:
    got = sent(app_of(store), data={"preset": "general", "text": "ümlaut"}, files={"file": ("a.jpg", photo)}).json()
    assert got["fields"] == {"preset": "general", "text": "ümlaut"}
    digest = hashlib.sha256(photo).hexdigest()
    assert got["files"] == [{"name": "a.jpg", "sha256": digest, "size": len(photo), "width": 60, "error": None}]
    assert b"".join(store.stream(key_of(Kind.ORIGINAL, digest))) == photo
    assert drafts(store) == []


def test_files_of_the_same_name_stay_apart_and_in_order(store: FolderStore) -> None:
    contents = [bytes(vips(smooth(10, width)).pngsave_buffer()) for width in (11, 12, 13)]
    got = sent(app_of(store), files=[("files", ("same.png", content)) for content in contents]).json()["files"]
    assert [file["width"] for file in got] == [11, 12, 13]
    assert [file["name"] for file in got] == ["same.png"] * 3
    assert [file["sha256"] for file in got] == [hashlib.sha256(content).hexdigest() for content in contents]


def test_what_is_no_photo_does_not_stop_the_others(store: FolderStore, photo: bytes) -> None:
    files = [
        ("files", ("a.jpg", photo)),
        ("files", ("b.jpg", b"")),
        ("files", ("c.jpg", b"GIF89a")),
        ("files", ("d", photo)),
    ]
    got = sent(app_of(store), files=files).json()["files"]
    assert [file["error"] for file in got] == [None, "unsupported_format", "unsupported_format", None]
    assert [file["size"] for file in got] == [len(photo), 0, 6, len(photo)]


def test_a_large_file_is_written_as_it_comes(store: FolderStore) -> None:
    content = b"\xff\xd8\xff" + os.urandom(3 << 20) + f"\r\n--{BOUNDARY}x\r\n--".encode() * 1000
    got = raw(app_of(store), part("file", content, "a.jpg")).json()["files"]
    assert got[0]["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.jpg", "y.jpg"),
        ("\\\\host\\share\\y.jpg", "y.jpg"),
        ("/", "photo"),
        (".", "photo"),
        ("..", "photo"),
        ("...", "photo"),
        (" ", "photo"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("\u2066a\u2069.jpg", "a.jpg"),
        ("a\tb  c.jpg", "a b c.jpg"),
        ("a\x00\x1b[31m\x7f.jpg", "a[31m.jpg"),
        ("u\u0308.jpg", "ü.jpg"),
        ("照片.jpg", "照片.jpg"),
        ("👩\u200d🚀.png", "👩\u200d🚀.png"),
        (".hidden", ".hidden"),
        ("x" * 300 + ".jpeg", "x" * 195 + ".jpeg"),
        ("a." + "x" * 300, "a." + "x" * 198),
    ],
)
def test_names_are_never_paths_and_hide_nothing(told: str, name: str) -> None:
    found = clean_name(told)
    assert len(found) <= LONGEST
    assert found[:20] == name[:20] if len(told) > LONGEST else found == name


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_saved_under(told: str) -> None:
    name = clean_name(told)
    assert name
    assert name not in (".", "..")
    assert len(name) <= LONGEST
    assert not set(name) & set("/\\\0\n\r\t\u202e")
    assert clean_name(name) == name


def test_names_of_a_form_are_cleaned(store: FolderStore, photo: bytes) -> None:
    names = ["../../etc/passwd", "照片.jpg", "", "a\u202eb.jpg"]
    got = raw(app_of(store), *(part("files", photo, name) for name in names), part("file", photo, b"f\xfcr.jpg"))
    assert [file["name"] for file in got.json()["files"]] == ["passwd", "照片.jpg", "photo", "ab.jpg", "für.jpg"]
    assert {path.name for path in store.drafts.home.parent.iterdir()} == {"incoming", "originals"}


def test_a_field_in_which_no_file_was_chosen_is_no_file(store: FolderStore, photo: bytes) -> None:
    got = raw(app_of(store), part("file", b"", ""), part("files", photo, "a.jpg")).json()
    assert [file["name"] for file in got["files"]] == ["a.jpg"]


@pytest.mark.parametrize(
    "kind",
    [None, "", "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=",
     "multipart/mixed; boundary=b0undary", "application/x-www-form-urlencoded",
     "multipart/form-data; boundary=" + "x" * 300],
)  # fmt: skip
def test_another_type_of_content_is_refused(store: FolderStore, photo: bytes, kind: str | None) -> None:
    body = part("file", photo, "a.jpg") + f"--{BOUNDARY}--\r\n".encode()
    answer = sent(app_of(store), content=body, headers={} if kind is None else {"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert drafts(store) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"--wrong\r\n", f"--{BOUNDARY}\r\n\r\n\r\n".encode(),
        part("file", b"\xff\xd8\xff" * 1000, "a.jpg"),
        part("file", b"x", "a.jpg")[:-2], part("file", b"x", "a.jpg")[:30],
        f'--{BOUNDARY}\r\nContent-Disposition: attachment; name="file"; filename="a"\r\n\r\nx\r\n'.encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode(),
        f"--{BOUNDARY}\r\nX: {'y' * 20_000}\r\n\r\nx\r\n".encode(),
        f"--{BOUNDARY}\r\n".encode() + b"X: y\r\n" * 5000 + b"\r\nx\r\n",
    ],
)  # fmt: skip
def test_a_body_that_is_damaged_or_cut_short_is_refused(store: FolderStore, photo: bytes, body: bytes) -> None:
    answer = raw(app_of(store), part("files", photo, "first.jpg") if body.startswith(b"--b0") else b"", body, end=b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert drafts(store) == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([part("file", bytes((4 << 20) + 1), "a.jpg")], "more than 4 MB"),
        ([part("files", b"x", f"{at}.jpg") for at in range(6)], "at most 5 files"),
        ([part("files", b"", f"{at}.jpg") for at in range(6)], "at most 5 files"),
        ([part("text", b"x" * 65_537)], "more than 64 KB"),
        ([part(f"f{at}", b"x") for at in range(65)], "more than 64 fields"),
        ([part("x", b""), bytes(30 << 20)], "in one request"),
    ],
)
def test_what_is_too_much_is_refused(store: FolderStore, photo: bytes, parts: list[bytes], words: str) -> None:
    answer = raw(app_of(store), part("files", photo, "first.jpg") if len(parts) == 1 else b"", *parts)
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    assert words in answer.json()["error"]
    assert drafts(store) == []


def test_what_is_just_within_the_limits_is_taken(store: FolderStore) -> None:
    parts = [part("files", bytes(4 << 20), f"{at}.jpg") for at in range(5)]
    fields = [part(f"f{at}", b"x" * 65_536) for at in range(64)]
    got = raw(app_of(store), *parts, *fields).json()
    assert (len(got["files"]), len(got["fields"])) == (5, 64)


def test_one_file_may_be_all_that_is_allowed(store: FolderStore, photo: bytes) -> None:
    answer = raw(app_of(store, max_files=1), part("file", photo, "a.jpg"), part("file", photo, "b.jpg"))
    assert "at most one file" in answer.json()["error"]


@pytest.mark.parametrize(
    "wrong",
    [part("file", b"text"), part("other", b"x", "a.jpg"), part("text", b"\xff\xfe"), part("a", b"1") + part("a", b"2")],
)
def test_fields_that_do_not_fit_are_refused(store: FolderStore, photo: bytes, wrong: bytes) -> None:
    answer = raw(app_of(store), part("file", photo, "a.jpg"), wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert drafts(store) == []


def test_what_there_is_no_room_for_is_refused_before_it_comes(
    store: FolderStore, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STATUS, "store_full", 507)
    app, body = app_of(store, Settings(min_free_mb=1)), part("file", photo, "a.jpg")
    size = len(body) + len(f"--{BOUNDARY}--\r\n")
    for free, status in ((size, 200), (size - 1, 507)):
        monkeypatch.setattr(FolderStore, "free_bytes", lambda _store, free=free: (1 << 20) + free)
        monkeypatch.setattr(FolderStore, "put", lambda *_: None)
        assert raw(app, body).status_code == status
    assert drafts(store) == []


def test_an_upload_that_would_fill_the_disk_is_stopped(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STATUS, "store_full", 507)
    sent_mb = 0

    def free(_store: FolderStore) -> int:
        return (100 << 20) - sum(path.stat().st_size for path in store.drafts.folder.iterdir())

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent_mb
        for number in range(30):
            yield part("files", b"x", f"{number}.jpg")[:-2]
            for _ in range(4):
                sent_mb += 1
                yield bytes(1 << 20)
            yield b"\r\n"

    monkeypatch.setattr(FolderStore, "free_bytes", free)
    app = app_of(store, Settings(min_free_mb=70))
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    answer = sent(app, content=body(), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (507, "store_full")
    assert 30 < sent_mb <= 30 + 16 + 4
    assert drafts(store) == []


def test_a_full_disk_leaves_no_draft(store: FolderStore, photo: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STATUS, "disk_full", 507)
    opened, real = list[Path](), Path.open

    def full(path: Path, mode: str = "r", *rest: int) -> object:
        if mode == "ab" and opened:
            raise OSError(28, "No space left on device")
        opened.append(path)
        return real(path, mode, *rest)

    monkeypatch.setattr(Path, "open", full)
    answer = raw(app_of(store), part("files", photo, "a.jpg"), part("files", photo, "b.jpg"))
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert str(store.drafts.home) not in answer.text
    assert drafts(store) == []


@fuzzing(max_examples=200)
@given(data=st.data())
def test_a_form_is_the_same_however_it_is_cut_and_nothing_else_is_raised(data: st.DataObject) -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    body = bytearray(
        part("a", b"1\r\n--b0und") + part("file", b"\r\n--b0undar\r\n" * 3, "x") + f"--{BOUNDARY}--".encode()
    )
    if damaged := data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + 2] = data.draw(st.binary(min_size=0, max_size=4))

    def taken(step: int) -> list[object]:
        form, out = Form(kind), list[object]()
        try:
            for start in range(0, len(body), step):
                form.feed(bytes(body[start : start + step]))
                for one in form.take():
                    if isinstance(one, bytes) and out and isinstance(out[-1], bytes):
                        out[-1] += one
                    else:
                        out.append(one if isinstance(one, bytes) else repr(one).split(" at ")[0])
        except BadRequestError:
            return ["refused"]
        return [*out, form.complete]

    whole = taken(10**6)
    assert taken(data.draw(st.integers(1, 40))) == whole
    assert damaged or whole[-1] is True


@pytest.fixture
def service(store: FolderStore) -> Iterator[tuple[str, int]]:
    """The service, on a real port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app_of(store), log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        eventually(lambda: server.started)
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


def eventually(what: Callable[[], bool]) -> None:
    """Wait for something that has to come."""
    for _ in range(500):
        if what():
            return
        time.sleep(0.01)
    pytest.fail("it did not come")


def test_a_client_that_leaves_in_the_middle_leaves_no_file(store: FolderStore, service: tuple[str, int]) -> None:
    head = (
        f"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4000000\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    with socket.create_connection(service) as client:
        client.sendall(
            head.encode() + part("files", b"\xff\xd8\xff", "done.jpg") + part("files", bytes(2_500_000), "a.jpg")[:-2]
        )
        eventually(lambda: len(drafts(store)) == 2)
    eventually(lambda: drafts(store) == [])


def test_many_clients_at_once_get_their_own_files(store: FolderStore, service: tuple[str, int]) -> None:
    address, wrong = f"http://{service[0]}:{service[1]}/", list[str]()

    def work() -> None:
        for _ in range(5):
            content = os.urandom(200_000)
            got = httpx2.post(address, files={"file": ("a.jpg", content)}).json()
            if got["files"][0]["sha256"] != hashlib.sha256(content).hexdigest():
                wrong.append(json.dumps(got))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert drafts(store) == []


def test_the_shared_photo_is_measured_upright(store: FolderStore) -> None:
    image = vips(smooth(40, 60)).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    got = raw(app_of(store), part("file", bytes(image.jpegsave_buffer()), "a.jpg")).json()
    assert got["files"][0]["width"] == 40
