"""The fake ComfyUI is like the real one where Safelight could be wrong about it."""

from __future__ import annotations

import json
import struct
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from socket import create_connection
from typing import Any

import httpx2
import numpy as np
import pytest
import pyvips
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from fake_comfyui import FakeComfyUI, comfyui
from fake_comfyui.looks import as_bytes, sampled
from fake_comfyui.options import Options
from fake_comfyui.workflows import inverted, restyled
from service_process import wait_until

LONG_S = 20.0
QUIET_S = 0.3
Json = dict[str, Any]


def png(value: int = 100, size: tuple[int, int] = (32, 48)) -> bytes:
    return bytes(pyvips.Image.new_from_array(np.full((*size, 3), value, np.uint8)).pngsave_buffer())


def pixels(content: bytes) -> np.ndarray:
    return pyvips.Image.new_from_buffer(content, "").numpy()


class Caller:
    """A client of one server."""

    def __init__(self, url: str, timeout: float = LONG_S) -> None:
        self.id = uuid.uuid4().hex
        self.url = url
        self.http = httpx2.Client(base_url=url, timeout=timeout, trust_env=False, verify=False)

    def upload(self, content: bytes, name: str = "a.png", **fields: str) -> str:
        answer = self.http.post("/upload/image", files={"image": (name, content)}, data=fields).raise_for_status()
        return str(answer.json()["name"])

    def post(self, prompt: Json, **more: object) -> httpx2.Response:
        return self.http.post("/prompt", json={"prompt": prompt, "client_id": self.id, **more})

    def queue(self, prompt: Json, **more: object) -> str:
        return str(self.post(prompt, **more).raise_for_status().json()["prompt_id"])

    def history(self, prompt_id: str) -> Json | None:
        return dict(self.http.get(f"/history/{prompt_id}").json()).get(prompt_id)

    def ended(self, prompt_id: str) -> Json:
        wait_until(lambda: self.history(prompt_id) is not None, LONG_S, "it does not end", step=0.02)
        found = self.history(prompt_id)
        assert found is not None
        return found

    def runs(self, prompt_id: str) -> None:
        def running() -> bool:
            return prompt_id in [one[1] for one in self.http.get("/queue").json()["queue_running"]]

        wait_until(running, LONG_S, "it does not run", step=0.02)

    def saved(self, prompt_id: str) -> bytes:
        pictures = [one for node in self.ended(prompt_id)["outputs"].values() for one in node["images"]]
        return self.http.get("/view", params=pictures[0]).raise_for_status().content

    def remaining(self) -> int:
        return int(self.http.get("/prompt").json()["exec_info"]["queue_remaining"])

    @contextmanager
    def socket(self, client_id: str | None = None) -> Iterator[ClientConnection]:
        address = f"{self.url.replace('http', 'ws', 1)}/ws?clientId={client_id or self.id}"
        with connect(address, proxy=None, open_timeout=LONG_S) as socket:
            yield socket


def frame(socket: ClientConnection, timeout: float = LONG_S) -> Json | bytes:
    told = socket.recv(timeout)
    return told if isinstance(told, bytes) else dict(json.loads(told))


def frames(socket: ClientConnection) -> list[Json | bytes]:
    """All until a prompt has ended for good."""
    told: list[Json | bytes] = []
    while True:
        told.append(frame(socket))
        last = told[-1]
        if isinstance(last, dict) and last["type"] == "executing" and last["data"]["node"] is None:
            return told


def until(socket: ClientConnection, kind: str) -> Json:
    """What is told next of a kind."""
    while True:
        told = frame(socket)
        if isinstance(told, dict) and told["type"] == kind:
            return dict(told["data"])


def kinds(told: list[Json | bytes]) -> list[str]:
    return [f"binary {one[3]}" if isinstance(one, bytes) else one["type"] for one in told]


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeComfyUI]:
    with comfyui() as server:
        yield server


@pytest.fixture
def server(shared: FakeComfyUI) -> Iterator[FakeComfyUI]:
    """One server for all tests, with nothing changed and nothing to do."""
    yield shared
    shared.control(**Options().told())
    httpx2.post(f"{shared.url}/queue", json={"clear": True}, trust_env=False, verify=False)
    httpx2.post(f"{shared.url}/interrupt", trust_env=False, verify=False)


@pytest.fixture
def caller(server: FakeComfyUI) -> Iterator[Caller]:
    caller = Caller(server.url)
    with closing(caller.http):
        yield caller


def test_a_prompt_is_told_of_in_the_order_of_the_real_one(caller: Caller) -> None:
    name = caller.upload(png(11))
    with caller.socket() as socket:
        first = frame(socket)
        # What no other test asks for, so that nothing of it was done before.
        prompt_id = caller.queue(restyled(name, "in order", steps=1, checkpoint="sdxl.safetensors"))
        told = frames(socket)
    assert first == {"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": caller.id}}
    node = ["progress_state", "executing", "progress_state"]
    step = ["progress_state", "executing", "progress_state", "progress", "binary 1", "progress_state"]
    save = ["progress_state", "executing", "executed", "progress_state"]
    start, end = (
        ["status", "status", "execution_start", "execution_cached"],
        ["execution_success", "status", "executing"],
    )
    assert kinds(told) == [*start, *node * 5, *step, *node, *save, *end]
    executed = next(one for one in told if isinstance(one, dict) and one["type"] == "executed")
    assert executed["data"]["node"] == "save"
    assert executed["data"]["output"] == caller.ended(prompt_id)["outputs"]["save"]


def test_previews_are_jpeg_and_carry_metadata_for_whoever_asks(caller: Caller) -> None:
    name = caller.upload(png())
    with caller.socket() as socket:
        plain = caller.queue(restyled(name, "plain", steps=1))
        old = next(one for one in frames(socket) if isinstance(one, bytes))
    with caller.socket() as socket:
        socket.send(json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}}))
        assert [frame(socket), frame(socket)][1]["type"] == "feature_flags"
        newer = caller.queue(restyled(name, "newer", steps=1))
        new = next(one for one in frames(socket) if isinstance(one, bytes))
    assert struct.unpack(">II", old[:8]) == (1, 1)
    assert pixels(old[8:]).shape == (32, 48, 3)
    kind, length = struct.unpack(">II", new[:8])
    words = json.loads(new[8 : 8 + length])
    assert (kind, words["prompt_id"], words["node_id"], words["image_type"]) == (4, newer, "sample", "image/jpeg")
    assert pixels(new[8 + length :]).shape == (32, 48, 3)
    assert plain != newer


def test_the_news_of_the_end_comes_before_the_history(server: FakeComfyUI, caller: Caller) -> None:
    server.control(history_delay=0.5)
    name = caller.upload(png())
    with caller.socket() as socket:
        prompt_id = caller.queue(inverted(name, "early"))
        until(socket, "execution_success")
        assert caller.history(prompt_id) is None
        assert caller.http.get(f"/api/jobs/{prompt_id}").json()["status"] == "in_progress"
        assert kinds([frame(socket), frame(socket)]) == ["status", "executing"]
        assert caller.history(prompt_id) is not None


def test_a_reconnect_replays_nothing(caller: Caller) -> None:
    with caller.socket() as socket:
        frame(socket)
        caller.queue(inverted(caller.upload(png()), "once"))
        frames(socket)
    with caller.socket() as socket:
        assert kinds([frame(socket)]) == ["status"]
        with pytest.raises(TimeoutError):
            frame(socket, QUIET_S)


def test_a_second_socket_of_a_client_falls_silent_when_the_first_one_closes(caller: Caller) -> None:
    with caller.socket() as first:
        frame(first)
        with caller.socket() as second:
            frame(second)
            first.close()
            caller.queue(inverted(caller.upload(png()), "unheard"))
            with pytest.raises(TimeoutError):
                frame(second, QUIET_S)


def test_a_prompt_without_a_client_tells_everybody_of_its_progress(caller: Caller) -> None:
    name = caller.upload(png())
    with caller.socket("somebody-else") as socket:
        frame(socket)
        body = {"prompt": restyled(name, "everybody's", steps=1)}
        prompt_id = caller.http.post("/prompt", json=body).raise_for_status().json()["prompt_id"]
        caller.ended(prompt_id)
        heard = until(socket, "progress")
    assert heard["prompt_id"] == prompt_id


def test_what_was_done_before_is_not_done_again(caller: Caller) -> None:
    prompt = restyled(caller.upload(png(7)), "again")
    first = caller.queue(prompt)
    caller.ended(first)
    with caller.socket() as socket:
        second = caller.queue(prompt)
        told = frames(socket)
    cached = next(one for one in told if isinstance(one, dict) and one["type"] == "execution_cached")
    assert sorted(cached["data"]["nodes"]) == sorted(prompt)
    assert "progress" not in kinds(told)
    assert caller.ended(second)["outputs"] == caller.ended(first)["outputs"]
    done = [one["data"]["node"] for one in told if isinstance(one, dict) and one["type"] == "executed"]
    assert done == ["save"], "of what leads there nothing is told"


def test_the_picture_tells_which_prompt_made_it(caller: Caller) -> None:
    name = caller.upload(png(100, (33, 50)))
    made = pixels(caller.saved(caller.queue(restyled(name, "clay", seed=5, denoise=0.4))))
    begun = np.full((32, 48, 3), np.float32(100) / np.float32(255), np.float32)
    assert np.array_equal(made, as_bytes(sampled(begun, "clay", 5, 0.4)))
    other = pixels(caller.saved(caller.queue(restyled(name, "anime", seed=5, denoise=0.4))))
    assert not np.array_equal(made, other)


def test_pictures_are_scaled_and_enlarged(caller: Caller) -> None:
    sizes = {"image": ["1", 0], "upscale_method": "lanczos"}
    prompt: Json = {
        "1": {"class_type": "LoadImage", "inputs": {"image": caller.upload(png(60))}},
        "2": {"class_type": "ImageScale", "inputs": {**sizes, "width": 24, "height": 0, "crop": "disabled"}},
        "3": {"class_type": "ImageScaleBy", "inputs": {**sizes, "image": ["2", 0], "scale_by": 2}},
        "4": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "RealESRGAN_x4plus.pth"}},
        "5": {"class_type": "ImageUpscaleWithModel", "inputs": {"upscale_model": ["4", 0], "image": ["3", 0]}},
        "6": {"class_type": "PreviewImage", "inputs": {"images": ["5", 0]}},
    }
    prompt_id = caller.queue(prompt)
    made = pixels(caller.saved(prompt_id))
    assert made.shape == (128, 192, 3)
    assert np.ptp(made) <= 2
    assert caller.ended(prompt_id)["outputs"]["6"]["images"][0]["type"] == "temp"


def _changed(**inputs: object) -> Json:
    """The inputs of KSampler, changed; None takes one away."""
    prompt = restyled("a.png", "wrong")
    for name, value in inputs.items():
        prompt["sample"]["inputs"][name] = value
        if value is None:
            del prompt["sample"]["inputs"][name]
    return prompt


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        (_changed(cfg=None), "required_input_missing"),
        (_changed(positive=["positive"]), "bad_linked_input"),
        (_changed(positive=["picture", 0]), "return_type_mismatch"),
        (_changed(scheduler="fast"), "value_not_in_list"),
        (_changed(steps=0), "value_smaller_than_min"),
        (_changed(denoise=1.5), "value_bigger_than_max"),
        (_changed(seed="none"), "invalid_input_type"),
    ],
)
def test_a_node_with_wrong_inputs_is_named(caller: Caller, prompt: Json, kind: str) -> None:
    caller.upload(png(), overwrite="true")
    answer = caller.post(prompt)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "prompt_outputs_failed_validation")
    errors = answer.json()["node_errors"]
    assert set(errors) == {"sample"}
    assert [one["type"] for one in errors["sample"]["errors"]] == [kind]
    assert (errors["sample"]["class_type"], errors["sample"]["dependent_outputs"]) == ("KSampler", ["save"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "no_prompt"),
        ({"prompt": inverted("a.png"), "prompt_id": "mine"}, "invalid_prompt_id"),
        ({"prompt": inverted("a.png"), "prompt_id": str(uuid.uuid4()).upper()}, "invalid_prompt_id"),
        ({"prompt": {"1": {"class_type": "Unheard", "inputs": {}}}}, "missing_node_type"),
        ({"prompt": {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}}, "prompt_no_outputs"),
    ],
)
def test_a_prompt_that_cannot_be_says_why(caller: Caller, body: Json, kind: str) -> None:
    caller.upload(png(), overwrite="true")
    answer = caller.http.post("/api/prompt", json=body)
    assert (answer.status_code, answer.json()["error"]["type"], answer.json()["node_errors"]) == (400, kind, {})


def test_a_picture_that_is_not_there_is_refused(caller: Caller) -> None:
    errors = caller.post(inverted("nobody's.png")).json()["node_errors"]
    assert [one["type"] for one in errors["1"]["errors"]] == ["custom_validation_failed"]


def test_a_picture_that_goes_meanwhile_fails_the_prompt(server: FakeComfyUI, caller: Caller) -> None:
    server.control(zombie=True)
    name = caller.upload(png(), "going.png")
    prompt_id = caller.queue(inverted(name))
    (server.folder / "input" / name).unlink()
    server.control(zombie=False)
    status = caller.ended(prompt_id)["status"]
    event, data = status["messages"][-1]
    assert (status["status_str"], event, data["exception_type"]) == ("error", "execution_error", "FileNotFoundError")


def test_good_outputs_run_though_others_are_dropped(caller: Caller) -> None:
    prompt = inverted(caller.upload(png(), "partial.png"))
    prompt["9"] = {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}}
    answer = caller.post(prompt)
    assert answer.status_code == 200
    assert set(answer.json()["node_errors"]) == {"9"}
    assert set(caller.ended(answer.json()["prompt_id"])["outputs"]) == {"3"}


def test_lower_numbers_and_the_front_go_first(server: FakeComfyUI, caller: Caller) -> None:
    server.control(zombie=True)
    prompt = inverted(caller.upload(png(), "ordered.png"))
    last = caller.queue(prompt)
    later, front, lowest = caller.queue(prompt), caller.queue(prompt, front=True), caller.queue(prompt, number=-1e6)
    waiting = [one[1] for one in caller.http.get("/queue").json()["queue_pending"]]
    assert waiting == [lowest, front, last, later]


def test_the_same_id_twice_is_two_prompts(server: FakeComfyUI, caller: Caller) -> None:
    name, prompt_id = caller.upload(png()), str(uuid.uuid4())
    assert [caller.queue(inverted(name), prompt_id=prompt_id) for _ in range(2)] == [prompt_id] * 2
    wait_until(lambda: caller.remaining() == 0, LONG_S, "they do not end")
    assert [one["prompt_id"] for one in server.stats()["executed"]].count(prompt_id) == 2


def test_a_cancel_hits_no_one_elses_prompt(server: FakeComfyUI, caller: Caller) -> None:
    server.control(step_seconds=0.05)
    name = caller.upload(png())
    running = caller.queue(restyled(name, "long", steps=10000))
    mine, strangers = caller.queue(inverted(name, "mine")), caller.queue(inverted(name, "strangers"), client_id="other")
    caller.runs(running)

    def cancel(prompt_id: str) -> object:
        return caller.http.post(f"/api/jobs/{prompt_id}/cancel").json()["cancelled"]

    assert [cancel(mine), cancel(running), cancel(str(uuid.uuid4()))] == [True, True, False]
    assert caller.ended(running)["status"]["messages"][-1][0] == "execution_interrupted"
    assert caller.http.get(f"/api/jobs/{running}").json()["status"] == "cancelled"
    assert caller.http.get(f"/api/jobs/{mine}").status_code == 404
    assert caller.ended(strangers)["status"]["completed"]
    stats = server.stats()
    assert {"prompt_id": strangers, "client_id": "other"} in stats["executed"]
    assert {"prompt_id": mine, "client_id": caller.id} in stats["dequeued"]
    assert {"prompt_id": running, "client_id": caller.id} in stats["cancelled"]


def test_an_interrupt_with_an_id_stops_that_prompt_alone(server: FakeComfyUI, caller: Caller) -> None:
    server.control(step_seconds=0.05)
    running = caller.queue(restyled(caller.upload(png()), "longer", steps=10000))
    caller.runs(running)
    assert caller.http.post("/interrupt", json={"prompt_id": str(uuid.uuid4())}).status_code == 200
    caller.runs(running)
    assert caller.http.post("/interrupt", json={"prompt_id": running}).status_code == 200
    assert caller.ended(running)["status"]["messages"][-1][0] == "execution_interrupted"


def test_an_old_server_has_its_own_ids_and_stops_whatever_runs(server: FakeComfyUI, caller: Caller) -> None:
    server.control(old=True, step_seconds=0.05)
    assert caller.http.post("/prompt", json={}).json() == {"error": "no prompt", "node_errors": []}
    asked = str(uuid.uuid4())
    given = caller.queue(restyled(caller.upload(png()), "old", steps=10000), prompt_id=asked)
    caller.runs(given)
    assert given != asked
    assert caller.http.get(f"/api/jobs/{given}").status_code == 404
    assert caller.http.post(f"/api/jobs/{given}/cancel").status_code == 405
    caller.http.post("/interrupt", json={"prompt_id": asked})
    assert caller.ended(given)["status"]["messages"][-1][0] == "execution_interrupted"


def test_a_server_from_between_takes_ids_but_knows_no_jobs(server: FakeComfyUI, caller: Caller) -> None:
    server.control(no_jobs=True)
    asked = str(uuid.uuid4())
    assert caller.queue(inverted(caller.upload(png())), prompt_id=asked) == asked
    assert caller.http.post(f"/api/jobs/{asked}/cancel").status_code == 405
    assert caller.queue(inverted("a.png"), prompt_id="no uuid") == "no uuid"
    unheard = caller.post({"1": {"class_type": "Unheard", "inputs": {}}}).json()["error"]
    words = "Cannot execute because node Unheard does not exist."
    assert (unheard["type"], unheard["message"]) == ("invalid_prompt", words)


def test_a_server_from_between_misses_an_upscale_model_only_when_it_runs(server: FakeComfyUI, caller: Caller) -> None:
    prompt = inverted(caller.upload(png()))
    prompt["2"] = {"class_type": "ImageUpscaleWithModel", "inputs": {"upscale_model": ["4", 0], "image": ["1", 0]}}
    prompt["4"] = {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "none.pth"}}
    refused = caller.post(prompt).json()["node_errors"]["4"]["errors"]
    assert [one["type"] for one in refused] == ["value_not_in_list"]
    server.control(no_jobs=True)
    event, data = caller.ended(caller.queue(prompt))["status"]["messages"][-1]
    assert (event, data["node_id"], data["exception_type"]) == ("execution_error", "4", "FileNotFoundError")


def test_a_node_may_go_on_for_a_while_although_it_is_to_stop() -> None:
    with comfyui(step_seconds=0.05, stop_delay=60) as server, closing((caller := Caller(server.url)).http):
        prompt_id = caller.queue(restyled(caller.upload(png()), "slow to stop", steps=500))
        caller.runs(prompt_id)
        caller.http.post("/interrupt", json={"prompt_id": prompt_id})
        time.sleep(QUIET_S)
        assert caller.history(prompt_id) is None
        assert caller.remaining() == 1


def test_a_picture_carries_the_prompt_that_made_it(caller: Caller) -> None:
    prompt = inverted(caller.upload(png()))
    made = pyvips.Image.new_from_buffer(caller.saved(caller.queue(prompt)), "")
    assert json.loads(made.get("png-comment-0-prompt")) == prompt


def test_an_upload_is_renamed_unless_it_is_the_same_or_overwrites(server: FakeComfyUI, caller: Caller) -> None:
    first, second = png(1), png(2)
    names = [caller.upload(one, "name.png") for one in (first, second, first, second, png(3))]
    assert names == ["name.png", "name (1).png", "name.png", "name (1).png", "name (2).png"]
    assert caller.upload(second, "name.png", overwrite="true", subfolder="") == "name.png"
    assert server.file("name.png") == second
    assert caller.upload(first, "name.png", subfolder="a/b") == "name.png"
    made = caller.saved(caller.queue(inverted("a/b/name.png")))
    assert np.array_equal(pixels(made), 255 - pixels(first))


def test_nothing_outside_the_folders_is_read_or_written(caller: Caller) -> None:
    files = {"image": ("a.png", png())}
    assert caller.http.post("/upload/image", files=files, data={"subfolder": "../.."}).status_code == 400
    assert caller.http.get("/view", params={"filename": "../comfyui.log"}).status_code == 400
    assert caller.http.get("/view", params={"filename": "comfyui.log", "subfolder": ".."}).status_code == 403
    assert caller.http.get("/view", params={"filename": "none.png"}).status_code == 404


def test_nodes_are_described_as_they_are_installed(server: FakeComfyUI, caller: Caller) -> None:
    server.control(checkpoints=["mine.safetensors"], missing_nodes=["KSampler"])
    nodes = caller.http.get("/object_info").json()
    assert nodes["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0] == ["mine.safetensors"]
    assert nodes["SaveImage"]["output_node"] is True
    assert "KSampler" not in nodes
    assert caller.http.get("/object_info/KSampler").json() == {}
    seed = server.control(missing_nodes=[]) and caller.http.get("/api/object_info/KSampler").json()
    assert seed["KSampler"]["input"]["required"]["seed"][1]["max"] == 2**64 - 1
    refused = caller.post(restyled(caller.upload(png()), "gone")).json()["node_errors"]["load"]["errors"]
    assert [one["type"] for one in refused] == ["value_not_in_list"]


def test_a_page_of_another_site_is_refused(caller: Caller) -> None:
    assert caller.http.get("/queue", headers={"Origin": "http://evil.example"}).status_code == 403
    assert caller.http.get("/queue", headers={"Origin": caller.url}).status_code == 200
    assert caller.http.get("/api/system_stats").json()["system"]["comfyui_version"]


def test_requests_fail_as_they_are_told(server: FakeComfyUI, caller: Caller) -> None:
    server.control(fail_http=2, fault_path="/queue")
    codes = [caller.http.get(path).status_code for path in ("/prompt", "/queue", "/api/queue", "/queue")]
    assert codes == [200, 500, 500, 200]
    server.control(fail_http=0.5)
    assert sorted(caller.http.get("/queue").status_code for _ in range(4)) == [200, 200, 500, 500]


def test_an_upload_over_100_mb_is_refused(server: FakeComfyUI) -> None:
    with create_connection(("127.0.0.1", server.port), LONG_S) as connection:
        connection.sendall(b"POST /upload/image HTTP/1.1\r\nHost: here\r\nContent-Length: 104857601\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_lost_answer_leaves_the_prompt_accepted(server: FakeComfyUI, caller: Caller) -> None:
    name, prompt_id = caller.upload(png()), str(uuid.uuid4())
    server.control(lose_answer=1, fault_path="/prompt")
    with pytest.raises(httpx2.RemoteProtocolError):
        caller.post(inverted(name), prompt_id=prompt_id)
    assert caller.ended(prompt_id)["status"]["completed"]


def test_a_slow_server_outlasts_the_patience_of_a_client(server: FakeComfyUI, caller: Caller) -> None:
    server.control(http_delay=5.0)
    with pytest.raises(httpx2.ReadTimeout):
        caller.http.get("/queue", timeout=0.1)


def test_pictures_come_badly_as_they_are_told(server: FakeComfyUI, caller: Caller) -> None:
    prompt_id = caller.queue(inverted(caller.upload(png())))
    good = caller.saved(prompt_id)
    server.control(bad_picture=True)
    with pytest.raises(pyvips.Error):
        pixels(caller.saved(prompt_id))
    server.control(bad_picture=False, cut_view=True)
    with pytest.raises(httpx2.RemoteProtocolError):
        caller.saved(prompt_id)
    server.control(cut_view=False, stall_view=True)
    caller.http.timeout = httpx2.Timeout(LONG_S, read=0.3)
    with pytest.raises(httpx2.ReadTimeout):
        caller.saved(prompt_id)
    server.control(stall_view=False, huge_view=True)
    where = {"filename": caller.ended(prompt_id)["outputs"]["3"]["images"][0]["filename"]}
    with caller.http.stream("GET", "/view", params=where) as answer:
        parts = answer.iter_bytes()
        assert sum(len(next(parts)) for _ in range(50)) > len(good) * 10
    server.control(refuse_pictures=True)
    assert caller.http.post("/upload/image", files={"image": ("a.png", png())}).status_code == 400


def test_a_socket_may_be_refused_or_silent(server: FakeComfyUI, caller: Caller) -> None:
    server.control(no_socket=True)
    with pytest.raises(InvalidStatus), caller.socket():
        pass
    server.control(no_socket=False, silent_socket=True)
    with caller.socket() as socket:
        assert kinds([frame(socket)]) == ["status"]
        caller.ended(caller.queue(inverted(caller.upload(png()))))
        with pytest.raises(TimeoutError):
            frame(socket, QUIET_S)


def test_sockets_are_cut_in_the_middle_and_the_prompt_goes_on(server: FakeComfyUI, caller: Caller) -> None:
    name = caller.upload(png())
    with caller.socket() as socket:
        frame(socket)
        server.control(cut_sockets=5)
        prompt_id = caller.queue(restyled(name, "cut"))
        assert len(kinds([frame(socket) for _ in range(5)])) == 5
        with pytest.raises(ConnectionClosedError):
            frame(socket)
    assert caller.ended(prompt_id)["status"]["completed"]


def test_a_socket_may_hear_what_is_for_nobody(server: FakeComfyUI, caller: Caller) -> None:
    server.control(odd_frames=True, previews=False)
    with caller.socket() as socket:
        caller.queue(restyled(caller.upload(png()), "odd", steps=1))
        heard: list[str | bytes] = []
        while not heard or '"node": null' not in str(heard[-1]):
            heard.append(socket.recv(LONG_S))
    assert "no JSON" in heard
    assert {one[:4] for one in heard if isinstance(one, bytes)} == {b"\0", struct.pack(">I", 3)}


def test_a_prompt_without_steps_can_take_time_and_be_stopped(server: FakeComfyUI, caller: Caller) -> None:
    server.control(node_seconds=600.0)
    prompt_id = caller.queue(inverted(caller.upload(png(9))))
    caller.runs(prompt_id)
    assert caller.http.post(f"/api/jobs/{prompt_id}/cancel").json() == {"cancelled": True}
    assert caller.ended(prompt_id)["status"]["messages"][-1][0] == "execution_interrupted"


def test_a_zombie_takes_prompts_and_runs_none(server: FakeComfyUI, caller: Caller) -> None:
    server.control(step_seconds=0.02)
    name = caller.upload(png())
    running = caller.queue(restyled(name, "frozen", steps=20))
    caller.runs(running)
    server.control(zombie=True)
    waiting = caller.queue(inverted(name))
    stats = server.stats()
    assert (stats["running"], stats["pending"]) == ([running], [waiting])
    server.control(zombie=False)
    assert caller.ended(running)["status"]["completed"]
    assert caller.ended(waiting)["status"]["completed"]


def test_an_error_of_a_node_is_told_to_socket_history_and_job(server: FakeComfyUI, caller: Caller) -> None:
    server.control(execution_error=1, error_type="torch.OutOfMemoryError", error_message="Allocation on device")
    prompt = restyled(caller.upload(png()), "failing")
    with caller.socket() as socket:
        prompt_id = caller.queue(prompt)
        told = frames(socket)
    assert kinds(told)[-3:] == ["execution_error", "status", "executing"]
    error = told[-3]
    assert isinstance(error, dict)
    data = error["data"]
    assert (data["node_id"], data["node_type"]) == ("sample", "KSampler")
    assert (data["exception_type"], data["exception_message"]) == ("torch.OutOfMemoryError", "Allocation on device")
    ended = caller.ended(prompt_id)
    assert (ended["status"]["status_str"], ended["outputs"]) == ("error", {})
    assert caller.http.get(f"/api/jobs/{prompt_id}").json()["execution_error"] == data
    assert caller.ended(caller.queue(prompt))["status"]["completed"]


def test_a_blocked_branch_is_an_error_that_ends_nothing(server: FakeComfyUI, caller: Caller) -> None:
    server.control(blocked=1)
    name = caller.upload(png())
    with caller.socket() as socket:
        prompt_id = caller.queue(inverted(name, "blocked"))
        told = frames(socket)
    error = next(one for one in told if isinstance(one, dict) and one["type"] == "execution_error")
    assert error["data"]["exception_type"] == "ExecutionBlocked"
    assert kinds(told)[-3:] == ["execution_success", "status", "executing"]
    assert caller.saved(prompt_id)
    server.control(blocked_save=1)
    ended = caller.ended(caller.queue(inverted(name, "blocked for good")))
    assert (ended["status"]["status_str"], ended["outputs"]) == ("success", {})


def test_a_prompt_can_be_lost_at_its_end(server: FakeComfyUI, caller: Caller) -> None:
    server.control(lose_history=True)
    name = caller.upload(png())
    with caller.socket() as socket:
        prompt_id = caller.queue(inverted(name, "lost"))
        frames(socket)
    assert caller.remaining() == 0
    assert caller.history(prompt_id) is None
    assert caller.http.get(f"/api/jobs/{prompt_id}").status_code == 404


def test_the_history_forgets_what_it_is_told_to(caller: Caller) -> None:
    name = caller.upload(png())
    first, second = caller.queue(inverted(name, "first")), caller.queue(inverted(name, "second"))
    caller.ended(first), caller.ended(second)
    caller.http.post("/history", json={"delete": [first]})
    assert (caller.history(first), caller.history(second) is None) == (None, False)


def test_options_that_do_not_exist_are_refused(server: FakeComfyUI) -> None:
    with pytest.raises(ValueError, match="there is no option speed"):
        server.control(speed=1)
    with pytest.raises(ValueError, match="old is bool"):
        server.control(old=1)


def test_a_kill_loses_the_queue_and_the_history_but_no_files() -> None:
    with comfyui(step_seconds=0.05) as server:
        caller = Caller(server.url)
        with closing(caller.http):
            name = caller.upload(png())
            done = caller.queue(inverted(name))
            caller.ended(done)
            running = caller.queue(restyled(name, "lost", steps=10000))
            caller.runs(running)
            waiting = caller.queue(inverted(name))
            server.kill()
            with pytest.raises(httpx2.ConnectError):
                caller.http.get("/queue")
            server.restart(step_seconds=0)
            assert caller.http.get("/queue").json() == {"queue_running": [], "queue_pending": []}
            assert [caller.history(one) for one in (done, running, waiting)] == [None] * 3
            assert server.stats()["input"] == [name]
            assert [one["prompt_id"] for one in server.journal("accepted")] == [done, running, waiting]
            assert [one["prompt_id"] for one in server.journal("executed")] == [done]
            assert server.control()["step_seconds"] == 0


@pytest.mark.parametrize(
    ("option", "finished"), [("die_after_steps", False), ("die_after_nodes", False), ("die_after_prompts", True)]
)
def test_it_dies_at_a_moment_that_was_chosen(option: str, finished: bool) -> None:
    with comfyui(**{option: 1}) as server:
        caller = Caller(server.url)
        with closing(caller.http):
            prompt_id = caller.queue(restyled(caller.upload(png()), "the last"))
            server.wait_dead()
        assert not server.alive
        assert [one["prompt_id"] for one in server.journal("executed")] == [prompt_id] * finished


def test_one_that_is_paused_answers_later(server: FakeComfyUI, caller: Caller) -> None:
    server.pause()
    try:
        with pytest.raises(httpx2.ReadTimeout):
            caller.http.get("/queue", timeout=0.2)
    finally:
        server.resume()
    assert caller.http.get("/queue").status_code == 200


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="there is no option speed"), comfyui(speed=1):
        pass
