"""The client of a ComfyUI server, with a fake of one in a process of its own, and with servers that are none."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import socket
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import httpx2
import pytest
import pyvips
from websockets.sync.server import ServerConnection, serve

from fake_comfyui import FakeComfyUI, comfyui
from fake_comfyui.options import Options
from fake_comfyui.workflows import inverted, restyled
from fetching.strangers import Answer, Stranger, gives, leads
from safelight.comfyui.answers import JobStatus, Past, problems_of
from safelight.comfyui.client import ComfyClient
from safelight.comfyui.frames import (
    MOST_PREVIEW,
    Cached,
    Executing,
    Failed,
    Frame,
    Image,
    Interrupted,
    NodeOutput,
    Preview,
    Started,
    Status,
    Step,
    Succeeded,
)
from safelight.comfyui.line import Timeouts
from safelight.comfyui.roles import Role
from safelight.comfyui.templates import Templates
from safelight.comfyui.workflow import Values
from safelight.errors import PromptRefusedError, ServerAwayError, ServerRefusedError
from service_process import wait_until

T = TypeVar("T")
Act = Callable[[ComfyClient], Awaitable[T]]

LONG_S = 30.0
QUICK = Timeouts(connect_s=0.5, answer_s=0.5, transfer_s=0.5, ping_s=0.3)
ENDLESS = 10_000
"""So many steps that nobody waits for their end."""


def photo(value: int = 90, width: int = 40, height: int = 24) -> bytes:
    return bytes((pyvips.Image.black(width, height, bands=3) + value).cast("uchar").pngsave_buffer())


def talk(url: str, act: Act[T], **options: Any) -> T:
    """Do something with a client, and close it."""

    async def whole() -> T:
        async with asyncio.timeout(LONG_S), ComfyClient(url, **options) as client:
            return await act(client)

    return asyncio.run(whole())


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """Look until there is something."""
    while not (found := await look()):
        await asyncio.sleep(0.02)
    return found


async def ended(client: ComfyClient, prompt_id: str) -> Past:
    return await until(lambda: client.history(prompt_id))


async def running(client: ComfyClient, prompt_id: str) -> None:
    async def look() -> bool:
        return (await client.queue()).runs(prompt_id)

    await until(look)


async def restyle(client: ComfyClient, text: str = "clay", **values: Any) -> str:
    """Upload a photo and queue a workflow that paints over it; gives its id."""
    uploaded = await client.upload("photo.png", photo())
    return (await client.queue_prompt(restyled(uploaded.reference, text, **values), str(uuid.uuid4()))).prompt_id


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeComfyUI]:
    with comfyui() as server:
        yield server


@pytest.fixture
def server(shared: FakeComfyUI) -> Iterator[FakeComfyUI]:
    """One server for all tests, with nothing changed and nothing to do."""
    yield shared
    shared.control(**Options().told())
    with httpx2.Client(base_url=shared.url, trust_env=False, verify=False) as rest:
        rest.post("/queue", json={"clear": True})
        rest.post("/interrupt")
        wait_until(lambda: rest.get("/queue").json()["queue_running"] == [], LONG_S, "it does not stop", step=0.02)


def served(body: object, status: str = "200 OK") -> Answer:
    return gives(json.dumps(body).encode(), "Connection: close", status=status)


def test_a_photo_goes_there_and_its_result_comes_back(server: FakeComfyUI, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(photo(10))

    async def whole(client: ComfyClient) -> Past:
        uploaded = await client.upload("task.png", tmp_path / "photo.png", "safelight")
        assert (uploaded.name, uploaded.subfolder, uploaded.reference) == (
            "task.png",
            "safelight",
            "safelight/task.png",
        )
        asked = str(uuid.uuid4())
        accepted = await client.queue_prompt(inverted(uploaded.reference), asked)
        assert accepted.prompt_id == asked
        past = await ended(client, asked)
        size = await client.view(past.outputs["3"][0], tmp_path / "result.png")
        assert size == (tmp_path / "result.png").stat().st_size
        assert await client.remaining() == 0
        await client.forget(asked)
        assert await client.history(asked) is None
        return past

    past = talk(server.url, whole)
    assert (past.status, past.error) == (JobStatus.COMPLETED, None)
    assert pyvips.Image.new_from_file(str(tmp_path / "result.png")).avg() == 245


def test_the_name_that_the_server_gave_is_the_one_that_counts(server: FakeComfyUI) -> None:
    async def both(client: ComfyClient) -> list[str]:
        return [(await client.upload('名 前".png', photo(value))).reference for value in (1, 2)]

    first, second = talk(server.url, both)
    assert first != second
    assert second.endswith(" (1).png")
    assert server.file(second) == photo(2)


def test_a_picture_for_once_is_sent_where_servers_empty_the_folder(server: FakeComfyUI) -> None:
    async def send(client: ComfyClient) -> Past:
        uploaded = await client.upload("once.png", photo(200), kind="temp")
        assert uploaded.reference == "once.png [temp]"
        prompt_id = (await client.queue_prompt(inverted(uploaded.reference), str(uuid.uuid4()))).prompt_id
        return await ended(client, prompt_id)

    assert talk(server.url, send).outputs["3"]
    assert server.file("once.png", "temp") == photo(200)


@pytest.mark.parametrize("name", ["smoke", "upscale", "style"])
def test_shipped_templates_run(server: FakeComfyUI, tmp_path: Path, name: str) -> None:
    workflow = Templates([]).get(name)
    checkpoint = "sd15.safetensors"

    async def run(client: ComfyClient) -> tuple[int, int]:
        assert workflow.missing(await client.object_info(workflow.classes), checkpoint=checkpoint) == ()
        uploaded = await client.upload("shipped.png", photo())
        prompt = workflow.filled(Values(picture=uploaded.reference, prompt="clay", strength=0.5, checkpoint=checkpoint))
        past = await ended(client, (await client.queue_prompt(prompt, str(uuid.uuid4()))).prompt_id)
        [image] = past.outputs[workflow.output]
        assert image.subfolder == "safelight"
        await client.view(image, tmp_path / "result.png")
        made = pyvips.Image.new_from_file(str(tmp_path / "result.png"))
        return made.width, made.height

    assert talk(server.url, run) == {"smoke": (80, 48), "upscale": (160, 96), "style": (1024, 616)}[name]


def test_a_server_tells_what_it_has_and_lacks(server: FakeComfyUI) -> None:
    server.control(checkpoints=["mine.safetensors"], missing_nodes=["VAEDecode"])
    workflow = Templates([]).get("style")
    info = talk(server.url, lambda client: client.object_info(workflow.classes))
    assert workflow.choices(info, Role.CHECKPOINT) == ("mine.safetensors",)
    lacks = workflow.missing(info)
    assert "the node class VAEDecode" in lacks
    assert "v1-5-pruned-emaonly-fp16.safetensors, the ckpt_name of CheckpointLoaderSimple (3)" in lacks
    assert workflow.missing(info, checkpoint="mine.safetensors") == ("the node class VAEDecode",)


def test_a_class_with_an_odd_name_is_one_class(server: FakeComfyUI) -> None:
    odd = ["Reroute (rgthree)", "A/B", "..", "../system_stats", "a?b#c", "節點"]
    assert talk(server.url, lambda client: client.object_info([*odd, "LoadImage"])).keys() == {"LoadImage"}


def test_a_refused_prompt_says_why_for_each_node(server: FakeComfyUI) -> None:
    async def send(client: ComfyClient) -> None:
        prompt = restyled((await client.upload("a.png", photo())).reference, "x", checkpoint="none.safetensors")
        prompt["sample"]["inputs"].update(steps=0)
        await client.queue_prompt(prompt, str(uuid.uuid4()))

    with pytest.raises(PromptRefusedError) as failure:
        talk(server.url, send)
    problems = failure.value.problems
    assert any(
        one.startswith("CheckpointLoaderSimple (load): value_not_in_list: ckpt_name: 'none.saf") for one in problems
    )
    assert "KSampler (sample): value_smaller_than_min: steps" in problems
    assert failure.value.status == 400
    assert str(failure.value).startswith(f"{server.url}: it does not take the workflow: ")
    assert str(pickle.loads(pickle.dumps(failure.value))) == str(failure.value)


def test_a_node_that_is_not_installed_is_named(server: FakeComfyUI) -> None:
    async def send(client: ComfyClient) -> None:
        prompt = {"1": {"class_type": "Unheard", "inputs": {}, "_meta": {"title": "My node"}}}
        await client.queue_prompt(prompt, str(uuid.uuid4()))

    with pytest.raises(PromptRefusedError, match=r"missing_node_type: Node 'My node' not found"):
        talk(server.url, send)


def test_an_answer_of_the_first_servers_is_told_too() -> None:
    assert problems_of({"error": "no prompt", "node_errors": []}) == ("no prompt",)
    answer = gives(b"Bad Request", status="400 Bad Request")
    with Stranger(answer) as stranger, pytest.raises(PromptRefusedError, match="it says nothing more"):
        talk(stranger.url(""), lambda client: client.queue_prompt({}, "1"))


def test_what_is_taken_in_part_is_refused_and_does_not_run(server: FakeComfyUI) -> None:
    server.control(step_seconds=0.05)

    async def send(client: ComfyClient) -> tuple[str, PromptRefusedError]:
        busy = await restyle(client, steps=ENDLESS)
        await running(client, busy)
        prompt = inverted((await client.upload("a.png", photo())).reference)
        prompt["9"] = {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}}
        with pytest.raises(PromptRefusedError, match=r"SaveImage \(9\): required_input_missing") as failure:
            await client.queue_prompt(prompt, str(uuid.uuid4()))
        queue = await client.queue()
        assert [one.prompt_id for one in queue.running] == [busy]
        assert queue.pending == ()
        return busy, failure.value

    busy, error = talk(server.url, send)
    assert "filename_prefix" in error.problems[0]
    assert [one["prompt_id"] for one in server.stats()["cancelled"]].count(busy) == 0


def test_the_queue_tells_whose_prompts_are_there(server: FakeComfyUI) -> None:
    server.control(zombie=True)

    async def look(client: ComfyClient) -> None:
        mine = await restyle(client)
        body = {"prompt": inverted("photo.png"), "client_id": "somebody"}
        httpx2.post(f"{server.url}/prompt", json=body, trust_env=False, verify=False).raise_for_status()
        queue = await client.queue()
        assert queue.remaining == 2 == await client.remaining()
        found = queue.find(mine)
        assert found is not None
        assert (found.client_id, found.mark) == (client.client_id, mine)
        assert [one.mark for one in (*queue.running, *queue.pending) if one.client_id == "somebody"] == [""]
        assert queue.find("nobody") is None

    talk(server.url, look, client_id="me")


@pytest.mark.parametrize("kind", [{}, {"no_jobs": True}, {"old": True}])
def test_it_is_told_how_it_stands_with_a_prompt(server: FakeComfyUI, kind: dict[str, bool]) -> None:
    server.control(step_seconds=0.05, **kind)

    async def look(client: ComfyClient) -> None:
        assert await client.job(str(uuid.uuid4())) is None
        first = await restyle(client, "first", steps=ENDLESS)
        await running(client, first)
        second = await restyle(client, "second", steps=1)
        assert (await client.job(first), await client.job(second)) == (JobStatus.IN_PROGRESS, JobStatus.PENDING)
        assert await client.cancel(first)
        assert (await ended(client, second)).status == await client.job(second) == JobStatus.COMPLETED
        assert (await ended(client, first)).status == await client.job(first) == JobStatus.CANCELLED

    talk(server.url, look)


@pytest.mark.parametrize("kind", [{}, {"no_jobs": True}, {"old": True}])
def test_a_cancel_stops_ones_own_prompt_and_no_other(server: FakeComfyUI, kind: dict[str, bool]) -> None:
    server.control(step_seconds=0.05, **kind)

    async def act(client: ComfyClient) -> tuple[str, str, str]:
        async with ComfyClient(server.url) as other:
            theirs = await restyle(other, "theirs", steps=40)
            await running(other, theirs)
            waiting = await restyle(client, "waiting", steps=100)
            last = await restyle(client, "last", steps=ENDLESS)
            assert await client.cancel(waiting)
            assert not await client.cancel(waiting)
            assert not await client.cancel(str(uuid.uuid4()))
            assert (await ended(other, theirs)).status == JobStatus.COMPLETED
            await running(client, last)
            assert await client.cancel(last)
            assert (await ended(client, last)).status == JobStatus.CANCELLED
            assert await client.history(waiting) is None
            assert not await client.cancel(last)
            return theirs, waiting, last

    theirs, waiting, last = talk(server.url, act)
    stats = server.stats()
    assert waiting in [one["prompt_id"] for one in stats["dequeued"]]
    assert [one for one in stats["cancelled"] if one["prompt_id"] in (theirs, waiting)] == []
    assert last in [one["prompt_id"] for one in stats["cancelled"]]


def test_an_old_server_is_never_interrupted_for_a_prompt_that_does_not_run(server: FakeComfyUI) -> None:
    server.control(old=True, step_seconds=0.05)
    before = server.stats()["routes"].get("POST /interrupt", 0)

    async def act(client: ComfyClient) -> None:
        busy = await restyle(client, "busy", steps=ENDLESS)
        await running(client, busy)
        await client.cancel(await restyle(client, "waiting"))
        await client.cancel(str(uuid.uuid4()))

    talk(server.url, act)
    assert server.stats()["routes"].get("POST /interrupt", 0) == before


def test_a_prompt_is_found_by_its_mark_where_servers_give_ids_of_their_own(server: FakeComfyUI) -> None:
    server.control(old=True, zombie=True)

    async def act(client: ComfyClient) -> None:
        uploaded = await client.upload("a.png", photo())
        asked = str(uuid.uuid4())
        accepted = await client.queue_prompt(inverted(uploaded.reference), asked)
        assert accepted.prompt_id != asked
        assert (await client.features()).own_ids is False
        found = (await client.queue()).find(asked)
        assert found is not None
        assert (found.prompt_id, found.mark) == (accepted.prompt_id, asked)
        assert await client.cancel(asked)
        assert (await client.queue()).find(asked) is None

    talk(server.url, act)


def test_a_prompt_whose_answer_is_lost_can_be_found(server: FakeComfyUI) -> None:
    async def act(client: ComfyClient) -> None:
        uploaded = await client.upload("a.png", photo())
        server.control(zombie=True, lose_answer=1, fault_path="/prompt")
        asked = str(uuid.uuid4())
        with pytest.raises(ServerAwayError):
            await client.queue_prompt(inverted(uploaded.reference), asked)
        assert (await client.queue()).find(asked) is not None
        assert await client.job(asked) in (JobStatus.PENDING, JobStatus.IN_PROGRESS)

    talk(server.url, act)


@pytest.mark.parametrize(
    ("kind", "jobs"), [({}, True), ({"no_jobs": True}, False), ({"old": True}, False)], ids=["new", "between", "old"]
)
def test_what_a_server_can_is_found_out_once(server: FakeComfyUI, kind: dict[str, bool], jobs: bool) -> None:
    server.control(**kind)
    before = server.stats()["routes"].get("GET /jobs/{id}", 0)

    async def look(client: ComfyClient) -> None:
        found, again = await asyncio.gather(client.features(), client.features())
        assert found == again
        assert (found.jobs, found.cancel, found.own_ids) == (jobs, jobs, None)
        assert found.version == (await client.system_stats()).version
        await restyle(client)
        assert (await client.features()).own_ids is ("old" not in kind)

    talk(server.url, look)
    assert server.stats()["routes"]["GET /jobs/{id}"] == before + 1


def test_new_routes_that_a_proxy_forbids_are_not_used() -> None:
    def proxy(connection: socket.socket, request: bytes) -> None:
        # All of it is read, or the answer may be lost with what is left.
        head, _, body = request.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(4096)
        if b" /api/jobs/" in request:
            gives(b"Forbidden", "Connection: close", status="403 Forbidden")(connection, request)
        elif b" /queue " in request:
            served({"queue_running": [[1, "p", {}, {}, []]], "queue_pending": []})(connection, request)
        else:
            served({"system": {"comfyui_version": "0.9"}, "devices": []})(connection, request)

    async def act(client: ComfyClient) -> JobStatus | None:
        found = await client.features()
        assert (found.version, found.jobs, found.cancel) == ("0.9", False, False)
        assert await client.cancel("p")
        return await client.job("p")

    with Stranger(proxy) as stranger:
        assert talk(stranger.url(""), act) == JobStatus.IN_PROGRESS
    [interrupt] = [request for request in stranger.requests if request.startswith(b"POST /interrupt ")]
    assert b"json" in interrupt


@pytest.mark.parametrize(("entry", "status"), [
    ({"outputs": {"9": {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]}}}, JobStatus.COMPLETED),
    ({"outputs": {"9": None, "8": {"images": [None, {"filename": "../x"}, {"filename": "a", "type": "etc"}]}}}, None),
    ({"status": {"status_str": "error", "messages": None}}, JobStatus.FAILED),
    ({"status": {"status_str": "error", "messages": [["execution_interrupted", {}]]}}, JobStatus.CANCELLED),
    ({"status": {"status_str": "success", "completed": True}, "outputs": []}, JobStatus.COMPLETED),
])  # fmt: skip
def test_histories_of_all_ages_are_read(entry: dict[str, Any], status: JobStatus | None) -> None:
    with Stranger(served({"p": entry})) as stranger:
        past = talk(stranger.url(""), lambda client: client.history("p"))
    assert past is not None
    assert past.status == (status or JobStatus.COMPLETED)
    if status is None:
        assert past.outputs == {"9": (), "8": ()}


def test_a_long_queue_is_read() -> None:
    waiting = [[number, str(number), {"1": "x" * 9_000}, {}, []] for number in range(1_000)]
    with Stranger(served({"queue_running": [], "queue_pending": waiting})) as stranger:
        assert talk(stranger.url(""), lambda client: client.queue()).remaining == 1_000


def test_a_prompt_that_fails_says_what_failed(server: FakeComfyUI) -> None:
    server.control(execution_error=1, error_message="out of\x00 \x1b[31mmemory\u202e " + "x" * 5_000)

    async def act(client: ComfyClient) -> Past:
        return await ended(client, await restyle(client, "raises"))

    past = talk(server.url, act)
    assert past.status == JobStatus.FAILED
    assert past.error is not None
    assert past.error.message.startswith("out of [31mmemory ")
    assert len(past.error.message) == 500
    assert str(past.error).startswith("KSampler (sample): out of")
    assert (past.error.type, past.error.blocked) == ("RuntimeError", False)


async def heard(client: ComfyClient, text: str, *, steps: int = 3) -> tuple[str, list[Frame]]:
    """The frames of a prompt until its end, with those that belong to no prompt."""
    found: list[Frame] = []
    async with aclosing(client.events()) as frames:
        found.append(await anext(frames))
        prompt_id = await restyle(client, text, steps=steps)
        async for frame in frames:
            found.append(frame)
            if frame == Executing(prompt_id=prompt_id, node=None):
                return prompt_id, found
    raise AssertionError("the server said goodbye")


@pytest.mark.parametrize("kind", [{}, {"old": True}])
def test_what_happens_to_a_prompt_is_heard_in_order(server: FakeComfyUI, kind: dict[str, bool]) -> None:
    server.control(**kind)
    prompt_id, frames = talk(server.url, lambda client: heard(client, f"heard {kind}"))
    assert frames[0] == Status(remaining=0)
    assert {getattr(frame, "prompt_id", prompt_id) for frame in frames} - {None} == {prompt_id}
    # Nodes that need no work tell of outputs too: of none.
    told = [frame for frame in frames if not isinstance(frame, NodeOutput) or frame.images]
    kinds = [type(frame) for frame in told if not isinstance(frame, Status | Executing)]
    before = {"old": [Step, Preview], "new": [Preview, Step]}["old" if kind else "new"]
    assert kinds == [Started, Cached, *before * 3, NodeOutput, Succeeded]
    steps = [frame for frame in frames if isinstance(frame, Step)]
    assert [(one.value, one.max, one.node) for one in steps] == [(1, 3, "sample"), (2, 3, "sample"), (3, 3, "sample")]
    shown = [frame for frame in frames if isinstance(frame, Preview)]
    assert {(one.kind, one.prompt_id) for one in shown} == {("jpeg", None if kind else prompt_id)}
    assert pyvips.Image.new_from_buffer(shown[0].data, "").width > 0
    [output] = [frame for frame in told if isinstance(frame, NodeOutput)]
    assert (output.node, output.images[0].type) == ("save", "output")


def test_what_extensions_say_is_passed_over(server: FakeComfyUI) -> None:
    server.control(odd_frames=True)
    _, frames = talk(server.url, lambda client: heard(client, "odd", steps=2))
    assert sum(isinstance(frame, Step) for frame in frames) == 2


def test_failures_and_interrupts_are_heard(server: FakeComfyUI) -> None:
    server.control(execution_error=1)

    async def listen(client: ComfyClient, text: str, *, cancel: bool) -> Frame:
        async with aclosing(client.events()) as frames:
            await anext(frames)
            prompt_id = await restyle(client, text, steps=ENDLESS if cancel else 1)
            async for frame in frames:
                if cancel and isinstance(frame, Step):
                    await client.cancel(prompt_id)
                if isinstance(frame, Failed | Interrupted):
                    return frame
        raise AssertionError("the server said goodbye")

    failed = talk(server.url, lambda client: listen(client, "fails", cancel=False))
    assert isinstance(failed, Failed)
    assert (failed.node_type, failed.blocked) == ("KSampler", False)
    server.control(step_seconds=0.02)
    assert isinstance(talk(server.url, lambda client: listen(client, "stops", cancel=True)), Interrupted)


def test_a_branch_that_is_blocked_is_not_the_end(server: FakeComfyUI) -> None:
    server.control(blocked=1)
    _, frames = talk(server.url, lambda client: heard(client, "blocked"))
    [failed] = [frame for frame in frames if isinstance(frame, Failed)]
    assert failed.blocked
    assert any(isinstance(frame, Succeeded) for frame in frames)


def test_a_socket_that_is_cut_or_refused_is_told(server: FakeComfyUI) -> None:
    async def listen(client: ComfyClient) -> None:
        async with aclosing(client.events()) as frames:
            async for _ in frames:
                await restyle(client, "cut")

    server.control(cut_sockets=3)
    with pytest.raises(ServerAwayError, match="its WebSocket broke off"):
        talk(server.url, listen)
    server.control(no_socket=True)
    with pytest.raises(ServerAwayError, match="its WebSocket answered 403"):
        talk(server.url, listen)


def test_a_socket_that_answers_no_pings_is_given_up() -> None:
    with comfyui() as server:

        async def listen(client: ComfyClient) -> None:
            async with aclosing(client.events()) as frames:
                async for _ in frames:
                    server.pause()

        with pytest.raises(ServerAwayError, match="was silent for too long"):
            talk(server.url, listen, timeouts=Timeouts(connect_s=5, ping_s=0.3))
        server.resume()


def test_a_socket_that_closes_as_it_should_ends_the_frames() -> None:
    def goodbye(connection: ServerConnection) -> None:
        assert connection.request is not None
        assert "Origin" not in connection.request.headers
        connection.send(json.dumps({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 4}}}}))
        connection.send(b"\0" * (MOST_PREVIEW + 100))

    async def listen(client: ComfyClient) -> list[Frame]:
        async with aclosing(client.events()) as frames:
            return [frame async for frame in frames]

    with serve(goodbye, "127.0.0.1", 0) as bound:
        thread = Thread(target=bound.serve_forever)
        thread.start()
        try:
            found = talk(f"http://127.0.0.1:{bound.socket.getsockname()[1]}", listen)
        finally:
            bound.shutdown()
            thread.join()
    assert found == [Status(remaining=4)]


@pytest.mark.parametrize("place", ["/", "ws://127.0.0.1:1/ws"])
def test_a_socket_that_leads_elsewhere_is_not_followed(place: str) -> None:
    async def listen(client: ComfyClient) -> None:
        async with aclosing(client.events()) as frames:
            await anext(frames)

    with Stranger(leads(place)) as stranger, pytest.raises(ServerAwayError, match="its WebSocket answered 302"):
        talk(stranger.url(""), listen)
    assert stranger.connections == 1


def test_no_server_ever_hears_of_an_origin(server: FakeComfyUI) -> None:
    talk(server.url, lambda client: heard(client, "origin", steps=1))
    assert server.stats()["origins"] == []


STATUSES: Sequence[tuple[Answer, str]] = [
    (gives(b"", status="500 Internal Server Error"), "it answered 500 (Internal Server Error)"),
    (gives(b"busy", status="503 Service Unavailable"), "it answered 503 (Service Unavailable)"),
    (leads("http://127.0.0.1:1/"), "it answered 302 (Found): redirects are not followed"),
    (gives(b"<html>"), "what it answers is not JSON, so it is no ComfyUI"),
    (gives(b"[" * 200_000), "what it answers is not JSON, so it is no ComfyUI"),
    (served(["queue"]), "what it answers is not what ComfyUI would"),
    (served({"queue_running": [], "queue_pending": [["1"]]}), "what it answers is not what ComfyUI would"),
    (gives(b'{"queue_running"', length=1_000), "it broke off, or what it says is not HTTP"),
    (gives(b"x", "Content-Encoding: gzip"), "it packs its answer, which was not asked for"),
    (lambda connection, _: connection.close(), "it broke off"),
    (lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH\r\n"), "it broke off, or what it says is not HTTP"),
]


@pytest.mark.parametrize(("answer", "why"), STATUSES, ids=range(len(STATUSES)))
def test_whatever_is_no_answer_of_a_comfyui_is_one_error(answer: Answer, why: str) -> None:
    with Stranger(answer) as stranger, pytest.raises(ServerAwayError) as failure:
        talk(stranger.url(""), lambda client: client.queue())
    assert failure.value.reason.startswith(why)
    assert failure.value.server == stranger.url("")
    assert str(failure.value) == f"{stranger.url('')}: {failure.value.reason}"


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        for act in (lambda client: client.queue(), lambda client: anext(client.events())):
            with pytest.raises(ServerAwayError, match="cannot be connected to"):
                talk(url, act)


def test_a_server_that_does_not_answer_is_not_waited_for() -> None:
    def silent(connection: socket.socket, _: bytes) -> None:
        stranger.closing.wait(5)

    def slow(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{")
        while not stranger.closing.wait(0.05):
            connection.sendall(b" ")

    for answer in (silent, slow):
        with Stranger(answer) as stranger, pytest.raises(ServerAwayError, match=r"longer than 0\.5 seconds"):
            talk(stranger.url(""), lambda client: client.queue(), timeouts=QUICK)


def test_an_answer_without_end_is_cut_off() -> None:
    def endless(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b" " * 65_536)

    with Stranger(endless) as stranger, pytest.raises(ServerAwayError, match="its answer is larger than 8 MB"):
        talk(stranger.url(""), lambda client: client.system_stats())


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429])
def test_a_refusal_is_told_in_short_clean_words(status: int) -> None:
    words = "no\x00 \x1b[2J\nway \u202e" + "y" * 100_000
    with Stranger(gives(words.encode(), status=f"{status} X")) as stranger:
        with pytest.raises(ServerRefusedError) as failure:
            talk(stranger.url(""), lambda client: client.queue())
        again = pickle.loads(pickle.dumps(failure.value))
    assert failure.value.status == again.status == status
    assert "no [2J way yyy" in failure.value.reason
    assert len(failure.value.reason) < 600
    assert not any(ord(sign) < 32 for sign in str(failure.value))
    assert (failure.value.hint is not None) == (status == 403)
    assert (str(again), again.hint) == (str(failure.value), failure.value.hint)


def test_faults_of_a_comfyui_are_the_same_error(server: FakeComfyUI) -> None:
    server.control(fail_http=1)
    with pytest.raises(ServerAwayError, match="it answered 500"):
        talk(server.url, lambda client: client.queue())
    server.control(refuse_pictures=True)
    with pytest.raises(ServerRefusedError, match="it answered 400"):
        talk(server.url, lambda client: client.upload("a.png", photo()))


@pytest.mark.parametrize(("fault", "error", "why"), [
    ({"stall_view": True}, ServerAwayError, r"longer than 0\.5 seconds"),
    ({"huge_view": True}, ServerRefusedError, "the picture is larger than 1 MB"),
    ({"cut_view": True}, ServerAwayError, "it broke off"),
    ({"fail_http": 1, "fault_path": "/view"}, ServerAwayError, "it answered 500"),
])  # fmt: skip
def test_a_result_that_does_not_come_is_told(
    server: FakeComfyUI, tmp_path: Path, fault: dict[str, Any], error: type[Exception], why: str
) -> None:
    async def view(client: ComfyClient) -> None:
        past = await ended(client, await restyle(client, f"view {fault}", steps=1))
        server.control(**fault)
        await client.view(past.outputs["save"][0], tmp_path / "result.png")

    timeouts = Timeouts(transfer_s=0.5) if "stall_view" in fault else Timeouts()
    with pytest.raises(error, match=why):
        talk(server.url, view, max_bytes=1 << 20, timeouts=timeouts)


def test_a_result_is_not_begun_if_its_size_is_too_much(tmp_path: Path) -> None:
    huge = Image(filename="a")
    with Stranger(gives(b"x", length=5 << 20)) as stranger, pytest.raises(ServerRefusedError, match="than 1 MB"):
        talk(stranger.url(""), lambda client: client.view(huge, tmp_path / "a"), max_bytes=1 << 20)
    assert (tmp_path / "a").stat().st_size == 0


def test_a_result_that_is_not_there_or_nowhere_to_be_put_is_told(server: FakeComfyUI, tmp_path: Path) -> None:
    gone = Image(filename="none.png")
    with pytest.raises(ServerRefusedError) as failure:
        talk(server.url, lambda client: client.view(gone, tmp_path / "a.png"))
    assert failure.value.status == 404
    with pytest.raises(FileNotFoundError):
        talk(server.url, lambda client: client.upload("a.png", tmp_path / "none.png"))


def test_whether_a_result_is_a_picture_is_for_the_caller_to_see(server: FakeComfyUI, tmp_path: Path) -> None:
    async def view(client: ComfyClient) -> int:
        past = await ended(client, await restyle(client, "bad picture", steps=1))
        server.control(bad_picture=True)
        return await client.view(past.outputs["save"][0], tmp_path / "result.png")

    assert talk(server.url, view) == (tmp_path / "result.png").stat().st_size > 0


def test_a_server_behind_a_path_and_a_password_is_reached_and_neither_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    async def all_of_it(client: ComfyClient) -> str:
        assert client.server == f"http://127.0.0.1:{stranger.port}/comfy"
        with pytest.raises(ServerAwayError) as socket_failure:
            async with aclosing(client.events()) as frames:
                await anext(frames)
        with pytest.raises(ServerAwayError) as failure:
            await client.queue()
        return f"{socket_failure.value!r} {socket_failure.value} {failure.value!r} {failure.value} {vars(client)!r}"

    with Stranger(gives(b"{}", status="500 No")) as stranger:
        said = talk(f"http://me%40home:s%3Acret@127.0.0.1:{stranger.port}/comfy/", all_of_it)
    said += caplog.text
    assert [request.split(b"\r\n")[0].split(b"?")[0] for request in stranger.requests] == [
        b"GET /comfy/ws", b"GET /comfy/queue HTTP/1.1"
    ]  # fmt: skip
    for request in stranger.requests:
        assert b"authorization: basic bwvaag9tztpzomnyzxq=" in request.lower()
        assert b"origin:" not in request.lower()
    for secret in ("cret", "bWVAaG9tZTpzOmNyZXQ", "me@home", "me%40home"):
        assert secret not in said


def test_proxies_and_passwords_of_the_machine_are_not_for_it(
    server: FakeComfyUI, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Stranger(gives(b"{}")) as proxy, Stranger(served({"queue_running": [], "queue_pending": []})) as stranger:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "ws_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert talk(stranger.url(""), lambda client: client.queue()).remaining == 0
        talk(server.url, lambda client: heard(client, "proxy", steps=1))
    assert proxy.connections == 0
    assert b"authorization" not in stranger.requests[0].lower()
