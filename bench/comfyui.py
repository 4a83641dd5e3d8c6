"""The pool of ComfyUI servers: how even it shares work, what a dead server costs, what the pool itself costs, and how
fast pictures of the web are accepted. The servers are fakes of the tests, in processes of their own."""

from __future__ import annotations

import functools
import http.server
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2
import psutil
import pyvips

from bench.figures import Cell, Check, Report, table
from bench.harness import ROOT
from bench.serving import Served, ask
from safelight.comfyui.painters import ServerPool
from safelight.comfyui.painting import Watcher, Wish
from safelight.comfyui.templates import Templates
from safelight.settings import Settings

if TYPE_CHECKING:
    from fake_comfyui import FakeComfyUI

NAME = "comfyui"
_SPEEDS = (0.2, 0.4, 0.6, 0.8)
"""Seconds that each of the servers takes for a task."""
_TASKS, _AT_ONCE = 400, 10
_OVERHEADS, _NODE_S = 60, 0.05
_PACED, _PER_S = 500, 100
_BURST = 500
_BEHIND = 15
_SMALL_S = 0.2
_SETTLED_S = 8.0

Cells = list[tuple[Cell, ...]]


def run(say: Callable[[str], None]) -> Report:
    """Measure; about three minutes."""
    with tempfile.TemporaryDirectory(prefix="safelight-bench-") as name:
        folder = Path(name)
        photo = folder / "photo.png"
        pyvips.Image.black(64, 48, bands=3).copy(interpretation="srgb").pngsave(str(photo))
        say("400 pictures over four servers of unequal speed")
        even = _balance(folder, photo, killed=None)
        say("the same, one of them killed halfway")
        killed = _balance(folder, photo, killed=1)
        say("what the pool costs")
        pool, bare = _overhead(folder, photo)
        say("pictures of the web over HTTP")
        paced, burst, refused, done = _posts(folder, photo)
    rows: Cells = [
        ("four servers", round(even[0], 1), round(even[1], 1), round(even[0] / even[1], 3)),
        ("one killed halfway", round(killed[0], 1), round(killed[1], 1), round(killed[0] / killed[1], 3)),
    ]
    return Report(
        name=NAME,
        title="ComfyUI servers",
        tables=(
            table(f"{_TASKS} pictures, servers of {_SPEEDS} seconds a picture", ("", "s", "ideal s", "ratio"), rows),
            table(
                "One picture after the other on one server, ms",
                ("bare protocol, median", "through the pool, median", "more"),
                [(_ms(bare), _ms(pool), _ms(pool - bare))],
            ),
            table(
                "POST /transform",
                ("what", "found"),
                [
                    (f"paced at {_PER_S} a second, p95 ms", _ms(paced)),
                    (f"{_BURST} at once: all accepted after, s", round(burst, 2)),
                    ("refused", refused),
                    ("all of them painted after, s", round(done, 1)),
                ],
            ),
        ),
        checks=(
            Check(what="Time over the ideal, four servers", value=even[0] / even[1], bound=1.10, at_least=False),
            Check(what="The same, one killed halfway", value=killed[0] / killed[1], bound=1.15, at_least=False),
            Check(what="Overhead of the pool", value=_ms(pool - bare), bound=15, at_least=False, unit="ms"),
            Check(what="POST /transform paced, p95", value=_ms(paced), bound=200, at_least=False, unit="ms"),
            Check(what="500 at once, all accepted", value=burst, bound=10, at_least=False, unit="s"),
            Check(what="500 at once, refused", value=refused, bound=0, at_least=False),
        ),
        notes=(
            "The ideal is what the servers could do if none ever waited; with one killed, what the four could do until "
            "then and the three could afterwards.",
            "The bare protocol is one connection that uploads, queues, waits on the socket and fetches, as the pool "
            "does, and knows nothing of other servers or of failures.",
        ),
    )


def _balance(folder: Path, photo: Path, *, killed: int | None) -> tuple[float, float]:
    """Seconds that all took, and those that it takes in the ideal."""
    with ExitStack() as stack:
        servers = [stack.enter_context(_fake(node_seconds=seconds)) for seconds in _SPEEDS]
        pool = stack.enter_context(_pool(folder, servers))
        paint = functools.partial(_paint, pool, photo, folder)
        paint()
        before = sum(len(one.journal("executed")) for one in servers)
        rate = sum(1 / one for one in _SPEEDS)
        began, kills = time.perf_counter(), list[float]()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            going = [threads.submit(paint) for _ in range(_TASKS)]
            if killed is not None:
                while sum(one.done() for one in going) < _TASKS / 2:
                    time.sleep(0.01)
                kills.append(time.perf_counter() - began)
                left = _TASKS - sum(one.done() for one in going)
                servers[killed].kill()
            for one in going:
                one.result()
        took = time.perf_counter() - began
        done = sum(len(one.journal("executed")) for one in servers) - before
        # What the dead server had finished and nobody had fetched was done again, and nothing else.
        if not _TASKS <= done <= _TASKS + 2:
            raise RuntimeError(f"{done} tasks were done instead of {_TASKS}")
    if killed is None:
        return took, _TASKS / rate
    return took, kills[0] + left / (rate - 1 / _SPEEDS[killed])


def _overhead(folder: Path, photo: Path) -> tuple[float, float]:
    """Median seconds of one picture, through the pool and by the bare protocol, in turns."""
    with _fake(node_seconds=_NODE_S) as server, _pool(folder, [server]) as pool, _Bare(server.url) as bare:
        through, directly = list[float](), list[float]()
        for _ in range(_OVERHEADS):
            for times, one in ((directly, bare.paint), (through, functools.partial(_paint, pool, folder=folder))):
                began = time.perf_counter()
                one(photo=photo)
                times.append(time.perf_counter() - began)
    return median(through), median(directly)


class _Bare:
    """The least that it takes to have one server paint one picture."""

    def __init__(self, url: str) -> None:
        from websockets.sync.client import connect

        self._client = httpx2.Client(base_url=url, trust_env=False, verify=False, timeout=30)
        self._id = uuid4().hex
        self._socket = connect(f"ws{url.removeprefix('http')}/ws?clientId={self._id}", close_timeout=0.1)
        self._workflow = Templates([]).get("smoke")

    def __enter__(self) -> _Bare:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()
        self._client.close()

    def paint(self, photo: Path) -> None:
        from safelight.comfyui.workflow import Values

        files = {"image": (f"{uuid4().hex}.png", photo.read_bytes(), "image/png")}
        sent = self._client.post("/upload/image", files=files, data={"type": "temp"}).raise_for_status().json()
        prompt = self._workflow.filled(Values(picture=f"{sent['name']} [temp]"))
        number = str(uuid4())
        body = {"prompt": prompt, "prompt_id": number, "client_id": self._id}
        self._client.post("/prompt", json=body).raise_for_status()
        while True:
            message = self._socket.recv()
            if isinstance(message, str):
                told = json.loads(message)
                data = told.get("data", {})
                if told["type"] == "executing" and data.get("prompt_id") == number and data.get("node") is None:
                    break
        past = self._client.get(f"/history/{number}").raise_for_status().json()[number]
        [image] = past["outputs"][self._workflow.output]["images"]
        self._client.get("/view", params=image).raise_for_status()


def _posts(folder: Path, photo: Path) -> tuple[float, float, int, float]:
    """p95 of paced posts, seconds until a burst was accepted, how many of it were refused, seconds until all is done.

    The servers are other machines in earnest, so they go after the service here.
    """
    with ExitStack() as stack:
        servers = [stack.enter_context(_fake(behind=True, node_seconds=_SMALL_S)) for _ in range(2)]
        _keep_small_style(folder)
        url = stack.enter_context(_photos(photo))
        served = stack.enter_context(
            Served(
                folder / "posts", COMFYUI_URLS=",".join(one.url for one in servers), FETCH_ALLOW="127.0.0.1",
                COMFYUI_CHECKPOINT="sd15.safetensors", WORKFLOWS_DIR=str(folder / "workflows"),
            )
        )  # fmt: skip
        # The worker for networks loads much when it starts.
        time.sleep(_SETTLED_S)
        began = time.perf_counter()
        paced = _paced(served, url)
        burst_began = time.perf_counter()
        with ThreadPoolExecutor(50) as threads:
            answers = list(threads.map(lambda index: _post(served, f"{url}/photo.png?b{index}")[0], range(_BURST)))
        burst = time.perf_counter() - burst_began
        refused = sum(status >= 400 for status in answers)
        connection = served.connect()
        while True:
            counts = ask(connection, "GET", "/api/v1/stats")
            if counts["pending"] + counts["processing"] == 0:
                break
            time.sleep(0.2)
        connection.close()
        if counts["completed"] != _PACED + _BURST - refused:
            raise RuntimeError(f"not all were painted: {counts}")
        return paced, burst, refused, time.perf_counter() - began


def _keep_small_style(folder: Path) -> None:
    """Let the style's workflow be one that takes no time to compute: in earnest other machines would do that."""
    prompt = json.loads(Templates([]).get("style").text)
    for node in prompt.values():
        small = {"megapixels": 0.02, "steps": 2}
        node["inputs"].update({name: value for name, value in small.items() if name in node["inputs"]})
    Templates([folder / "workflows"]).save("style", json.dumps(prompt).encode())


def _paced(served: Served, url: str) -> float:
    times: list[float] = []
    began = time.perf_counter()

    def one(index: int) -> None:
        # Each at its time, whatever became of those before.
        time.sleep(max(0.0, began + index / _PER_S - time.perf_counter()))
        times.append(_post(served, f"{url}/photo.png?p{index}")[1])

    with ThreadPoolExecutor(50) as threads:
        list(threads.map(one, range(_PACED)))
    return sorted(times)[int(len(times) * 0.95)]


def _post(served: Served, url: str) -> tuple[int, float]:
    connection = served.connect()
    body = json.dumps({"user_id": "bench", "image_url": url, "style_type": "anime"})
    began = time.perf_counter()
    connection.request("POST", "/api/v1/transform", body=body, headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    connection.close()
    return answer.status, took


def _paint(pool: ServerPool, photo: Path, folder: Path) -> None:
    into = folder / f"{uuid4().hex}.png"
    wish = Wish(workflow="smoke", picture=photo)
    pool.paint(wish, into, Watcher(lambda _share: None, lambda _picture: None), lambda: None)
    into.unlink()


@contextmanager
def _pool(folder: Path, servers: Sequence[FakeComfyUI]) -> Iterator[ServerPool]:
    settings = Settings(data_dir=folder, comfyui_urls=",".join(one.url for one in servers))
    pool = ServerPool(settings, Templates([]))
    try:
        yield pool
    finally:
        pool.close()


@contextmanager
def _fake(*, behind: bool = False, node_seconds: float = 0.0) -> Iterator[FakeComfyUI]:
    """A server of the tests, which are not there where Safelight is only used; ``behind`` lets all else go first."""
    tests = str(ROOT / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    from fake_comfyui import comfyui

    with comfyui(previews=False, node_seconds=node_seconds) as server:
        if behind and server.process is not None:
            psutil.Process(server.process.pid).nice(_BEHIND)
        yield server


@contextmanager
def _photos(photo: Path) -> Iterator[str]:
    """A server with one photo."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
            """Say nothing."""

    class Many(http.server.ThreadingHTTPServer):
        request_queue_size = 512

    server = Many(("127.0.0.1", 0), functools.partial(Quiet, directory=str(photo.parent)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
