"""The pool of ComfyUI servers, against servers that are slow, full of strangers' work, liars, dying or dead."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast
from uuid import uuid4

import httpx2
import pytest
import pyvips

from fake_comfyui import FakeComfyUI, comfyui
from fake_comfyui.workflows import inverted as inverting
from safelight.comfyui.answers import JobStatus, Past
from safelight.comfyui.frames import Preview, Started
from safelight.comfyui.owed import Owed
from safelight.comfyui.painters import ServerPool
from safelight.comfyui.painting import Painted, Watcher, Wish
from safelight.comfyui.pool import Pool
from safelight.comfyui.server import Server, Ticket
from safelight.comfyui.templates import Templates
from safelight.errors import (
    CancelledError,
    DiskFullError,
    PaintError,
    ServersAwayError,
    UnknownWorkflowError,
    WorkflowError,
)
from safelight.settings import Settings
from service_process import wait_until

CHECKPOINT = "sd15.safetensors"
PATIENCE_S = 60


def nothing(_value: object) -> None:
    """Nobody watches."""


def go_on() -> None:
    """Nobody cancels."""


class Studio:
    """A pool over some servers, and pictures for it."""

    def __init__(self, pool: ServerPool, folder: Path) -> None:
        self.pool = pool
        self.folder = folder
        self.photo = folder / "photo.png"
        pyvips.Image.black(48, 32, bands=3).copy(interpretation="srgb").pngsave(str(self.photo))

    def paint(
        self, workflow: str = "smoke", *, check: Callable[[], None] = go_on, watcher: Watcher | None = None,
        **values: object,
    ) -> tuple[Painted, Path]:  # fmt: skip
        into = self.folder / f"{uuid4().hex}.png"
        wish = Wish(workflow=workflow, picture=self.photo, **values)  # type: ignore[arg-type]
        return self.pool.paint(wish, into, watcher or Watcher(nothing, nothing), check), into

    def many(self, count: int, workflow: str = "smoke", at_once: int = 8) -> list[tuple[Painted, Path]]:
        with ThreadPoolExecutor(at_once) as threads:
            return list(threads.map(lambda _: self.paint(workflow), range(count)))

    def label(self, server: FakeComfyUI) -> object:
        return self.facts(server)["label"]

    def facts(self, server: FakeComfyUI) -> dict[str, object]:
        return next(one for one in self.pool.facts() if one["name"] == server.url)


@contextmanager
def studio(
    servers: Sequence[FakeComfyUI], folder: Path, templates: Templates | None = None, **values: object
) -> Iterator[Studio]:
    settings = Settings(
        data_dir=folder, comfyui_urls=",".join(one.url for one in servers), comfyui_checkpoint=CHECKPOINT,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip
    pool = ServerPool(settings, templates or Templates([]))
    try:
        yield Studio(pool, folder)
    finally:
        pool.close()


def inverted(path: Path) -> bool:
    """Whether a result is what `smoke` makes of a black photo: white."""
    return float(pyvips.Image.new_from_file(str(path)).min()) == 255


def executed(*servers: FakeComfyUI) -> Counter[str]:
    return Counter(str(one["prompt_id"]) for server in servers for one in server.journal("executed"))


def test_a_picture_is_painted_and_nothing_is_left_for_good(tmp_path: Path) -> None:
    with comfyui() as server, studio([server], tmp_path) as house:
        painted, path = house.paint()
        assert painted == Painted(server=str(house.label(server)), tries=1)
        assert inverted(path)
        wait_until(lambda: server.stats()["history"] == [], PATIENCE_S, "the history still has it")
        left = server.stats()
        assert (left["input"], left["output"], left["pending"], left["running"]) == ([], [], [], [])
        assert left["origins"] == []


def test_the_prompt_and_the_strength_reach_the_server_and_steps_are_told(tmp_path: Path) -> None:
    shares: list[float] = []
    glimpses: list[bytes] = []
    with comfyui(step_seconds=0.02) as server, studio([server], tmp_path) as house:
        house.paint()  # the socket is open after that
        wait_until(lambda: bool(server.stats()["sockets"]), PATIENCE_S, "no socket")
        said = 'a "quoted" {brace} 黏土'
        painted, path = house.paint("style", prompt=said, strength=1.0, watcher=Watcher(shares.append, glimpses.append))
        assert painted.notes == ()
        other = house.paint("style", prompt="something else", strength=1.0)[1]
        assert path.read_bytes() != other.read_bytes()
        assert any(said in one["texts"] for one in server.journal("accepted"))
    assert shares == sorted(shares)
    assert len({share for share in shares if 0 < share < 1}) > 5
    assert all(one.startswith((b"\xff\xd8", b"\x89PNG")) for one in glimpses)
    assert glimpses


def tone(jpeg: bytes) -> float:
    return float(pyvips.Image.new_from_buffer(jpeg, "").avg())


def test_what_an_old_server_shows_is_only_shown_to_whom_it_is(tmp_path: Path) -> None:
    # It names no task with a picture, and has one of ours that runs and one that waits.
    seen: dict[int, list[bytes]] = {0: [], 1: []}
    with comfyui(old=True, step_seconds=0.05) as server, studio([server], tmp_path) as house:
        house.paint()
        wait_until(lambda: bool(server.stats()["sockets"]), PATIENCE_S, "no socket")
        white = house.folder / "white.png"
        (pyvips.Image.black(48, 32, bands=3) + 255).cast("uchar").copy(interpretation="srgb").pngsave(str(white))

        def paint(number: int) -> None:
            wish = Wish(workflow="style", picture=(house.photo, white)[number], strength=0.05)
            house.pool.paint(wish, tmp_path / f"{number}.png", Watcher(nothing, seen[number].append), go_on)

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(paint, range(2)))
    assert seen[0]
    assert seen[1]
    assert max(map(tone, seen[0])) < 60 < 200 < min(map(tone, seen[1]))


def test_without_its_begin_nobody_is_shown_what_an_old_server_does_not_name(tmp_path: Path) -> None:
    seen: list[bytes] = []
    with comfyui(old=True, step_seconds=0.05) as server, studio([server], tmp_path) as house:
        house.paint()
        wait_until(lambda: bool(server.stats()["sockets"]), PATIENCE_S, "no socket")
        [one] = house.pool._pool.servers
        ticket = Ticket(id="ours", progress=nothing, glimpse=seen.append, prompt_id="theirs-1")
        one._ours[ticket.id] = ticket
        frame = Preview(kind="jpeg", data=b"x", prompt_id=None)
        one._told(frame)
        assert seen == []
        one._told(Started(prompt_id="theirs-1"))
        one._told(frame)
        assert seen == [b"x"]
        # Another prompt has begun: of a stranger, or one of ours whose id is not known yet.
        one._told(Started(prompt_id="other"))
        one._told(frame)
        assert seen == [b"x"]


def test_what_a_workflow_has_no_place_for_is_told(tmp_path: Path) -> None:
    with comfyui() as server, studio([server], tmp_path) as house:
        painted, _ = house.paint("smoke", prompt="a cat", strength=0.5)
    assert painted.notes == (
        "the workflow smoke has no place for the prompt", "the workflow smoke has no place for the strength"
    )  # fmt: skip


def test_the_server_with_less_to_do_is_chosen(tmp_path: Path) -> None:
    with comfyui(node_seconds=0.2) as busy, comfyui(node_seconds=0.2) as idle:
        for _ in range(30):
            stranger(busy)
        with studio([busy, idle], tmp_path) as house:
            wait_until(lambda: house.facts(busy)["state"] == "up" == house.facts(idle)["state"], PATIENCE_S, "not up")
            assert {painted.server for painted, _ in house.many(4, at_once=2)} == {house.label(idle)}


def stranger(server: FakeComfyUI) -> str:
    """Somebody else's task on a server."""
    name = f"{uuid4().hex}.png"
    content = pyvips.Image.black(16, 16, bands=3).pngsave_buffer()
    httpx2.post(f"{server.url}/upload/image", files={"image": (name, content)}, verify=False).raise_for_status()
    sent = {"prompt": inverting(name), "prompt_id": str(uuid4()), "client_id": "stranger"}
    return str(httpx2.post(f"{server.url}/prompt", json=sent, verify=False).raise_for_status().json()["prompt_id"])


@pytest.mark.parametrize("old", [False, True])
def test_to_cancel_what_waits_behind_a_strangers_task_never_stops_the_strangers(tmp_path: Path, old: bool) -> None:
    with comfyui(node_seconds=1.0, old=old) as server, studio([server], tmp_path) as house:
        house.paint()
        theirs = [stranger(server) for _ in range(2)]
        before, stop = set(executed(server)), threading.Event()

        def check() -> None:
            if stop.is_set():
                raise CancelledError("cancelled")

        with ThreadPoolExecutor(1) as threads:
            mine = threads.submit(house.paint, check=check)
            wait_until(lambda: house.facts(server)["ours"] == 1, PATIENCE_S, "it was not sent")
            wait_until(lambda: len(server.stats()["pending"]) >= 1, PATIENCE_S, "it does not wait")
            stop.set()
            with pytest.raises(CancelledError):
                mine.result(PATIENCE_S)
        # What is ours is gone when the cancel returns.
        assert house.facts(server)["ours"] == 0
        wait_until(lambda: not server.stats()["pending"] and not server.stats()["running"], PATIENCE_S, "not empty")
        assert set(executed(server)) - before == set(theirs)


def test_to_cancel_what_runs_stops_it(tmp_path: Path) -> None:
    with comfyui(step_seconds=0.5) as server, studio([server], tmp_path) as house:
        stop = threading.Event()

        def check() -> None:
            if stop.is_set():
                raise CancelledError("cancelled")

        with ThreadPoolExecutor(1) as threads:
            mine = threads.submit(house.paint, "style", check=check)
            wait_until(lambda: bool(server.stats()["running"]), PATIENCE_S, "it does not run")
            stop.set()
            with pytest.raises(CancelledError):
                mine.result(PATIENCE_S)
        wait_until(lambda: not server.stats()["running"], PATIENCE_S, "it still runs")
        assert server.journal("executed") == []
        # What was asked is nobody's business afterwards, also where it took the server a while to stop.
        wait_until(lambda: server.stats()["history"] == [], PATIENCE_S, "the history still has it")


def test_what_a_dead_server_had_goes_to_another(tmp_path: Path) -> None:
    with comfyui(node_seconds=0.3) as one, comfyui(node_seconds=0.3) as other:
        with studio([one, other], tmp_path) as house, ThreadPoolExecutor(4) as threads:
            wait_until(lambda: house.pool.ready(), PATIENCE_S, "not ready")
            going: list[Future[tuple[Painted, Path]]] = [threads.submit(house.paint) for _ in range(12)]
            wait_until(lambda: len(one.journal("executed")) >= 2, PATIENCE_S, "the first did nothing")
            one.kill()
            done = [future.result(PATIENCE_S) for future in going]
            assert all(inverted(path) for _, path in done)
            assert any(painted.tries > 1 for painted, _ in done)
            assert house.facts(one)["state"] == "resting"
        assert max(executed(one, other).values()) == 1


def test_one_that_comes_back_is_given_work_again(tmp_path: Path) -> None:
    with comfyui(node_seconds=0.1) as server, studio([server], tmp_path) as house:
        house.paint()
        server.kill()
        wait_until(lambda: house.facts(server)["state"] == "resting", PATIENCE_S, "nobody noticed")
        with pytest.raises(ServersAwayError, match=r"no ComfyUI server answers.* server-[0-9a-f]{6}: it ") as told:
            house.paint()
        # Users read that: they are told no address.
        assert server.url not in str(told.value)
        assert "127.0.0.1" not in str(told.value)
        assert not house.pool.ready()
        server.start()
        wait_until(house.pool.ready, PATIENCE_S, "it is not taken back")
        assert inverted(house.paint()[1])


def test_a_restart_that_loses_the_queue_loses_no_picture(tmp_path: Path) -> None:
    with (
        comfyui(node_seconds=2.0) as server,
        comfyui(node_seconds=2.0) as spare,
        studio([server, spare], tmp_path) as house,
        ThreadPoolExecutor(4) as threads,
    ):
        going = [threads.submit(house.paint) for _ in range(4)]
        wait_until(lambda: bool(server.stats()["running"]), PATIENCE_S, "it does not run")
        server.restart(node_seconds=0.1)
        assert all(inverted(future.result(PATIENCE_S)[1]) for future in going)


def test_a_server_that_accepts_and_does_nothing_is_taken_out(tmp_path: Path) -> None:
    with (
        comfyui(zombie=True) as dead,
        comfyui(node_seconds=0.1) as alive,
        studio([dead, alive], tmp_path, comfyui_stall_s=2) as house,
    ):
        done = house.many(6)
        assert {painted.server for painted, _ in done} == {house.label(alive)}
        assert house.facts(dead)["state"] in ("resting", "trying")
        assert "does none" in str(house.facts(dead)["reason"])
        wait_until(lambda: not dead.stats()["pending"], PATIENCE_S, "work was left with it")
        # HTTP answers all the time: only a task that is done lets it be trusted again.
        dead.control(zombie=False)
        wait_until(lambda: house.many(2) and house.facts(dead)["state"] == "up", PATIENCE_S, "not trusted again")


@pytest.mark.parametrize(
    "fault",
    [
        {"silent_socket": True}, {"no_socket": True}, {"history_delay": 0.5}, {"fail_http": 0.15},
        {"http_delay": 0.2}, {"cut_sockets": 3}, {"odd_frames": True}, {"old": True}, {"no_jobs": True},
    ],
    ids=lambda fault: next(iter(fault)),
)  # fmt: skip
def test_a_faulty_server_still_gives_every_picture(tmp_path: Path, fault: dict[str, object]) -> None:
    with comfyui(**fault) as server, comfyui() as spare, studio([server, spare], tmp_path) as house:
        done = house.many(8, at_once=4)
        assert all(inverted(path) for _, path in done)


def test_a_history_that_is_lost_means_another_try_and_not_a_picture_that_is_not_there(tmp_path: Path) -> None:
    with comfyui(lose_history=True) as server, comfyui() as good, studio([server, good], tmp_path) as house:
        done = house.many(4, at_once=4)
        assert {painted.server for painted, _ in done} == {house.label(good)}


def test_labels_stay_and_are_not_made_of_the_address_alone(tmp_path: Path) -> None:
    with comfyui() as server:
        labels = []
        for folder in ("one", "one", "other"):
            (tmp_path / folder).mkdir(exist_ok=True)
            with studio([server], tmp_path / folder) as house:
                labels.append(house.label(server))
    assert labels[0] == labels[1] != labels[2]


def test_what_comfyui_says_of_a_failure_is_told(tmp_path: Path) -> None:
    with (
        comfyui(execution_error=1, error_message="negative dimensions") as server,
        studio([server], tmp_path) as house,
    ):
        with pytest.raises(PaintError, match=r"KSampler.*negative dimensions"):
            house.paint("style")
        # One bad task tells nothing of the server.
        assert house.facts(server)["state"] == "up"
        house.paint("style")


def test_too_little_memory_sends_it_to_another_server(tmp_path: Path) -> None:
    small = {"execution_error": 99, "error_type": "torch.cuda.OutOfMemoryError", "error_message": "Allocation failed"}
    with comfyui(**small) as little, comfyui() as large, studio([little, large], tmp_path) as house:
        assert {house.paint("style")[0].server for _ in range(3)} == {house.label(large)}


def test_too_little_memory_everywhere_is_told_and_does_not_go_round(tmp_path: Path) -> None:
    small = {"execution_error": 99, "error_type": "torch.cuda.OutOfMemoryError", "error_message": "Allocation failed"}
    with comfyui(**small) as one, comfyui(**small) as other, studio([one, other], tmp_path) as house:
        with pytest.raises(PaintError, match="too little memory"):
            house.paint("style")
        assert len(one.journal("failed")) + len(other.journal("failed")) == 2


def test_a_picture_that_ends_servers_is_given_up(tmp_path: Path) -> None:
    with (
        comfyui(lose_history=True) as server,
        studio([server], tmp_path) as house,
        pytest.raises(PaintError, match="given up after 5 tries"),
    ):
        house.paint()


def test_a_strangers_long_task_is_no_reason_to_give_a_server_up(tmp_path: Path) -> None:
    with comfyui(node_seconds=3.0) as server, studio([server], tmp_path, comfyui_stall_s=1) as house:
        stranger(server)
        wait_until(lambda: bool(server.stats()["running"]), PATIENCE_S, "the stranger's does not run")
        server.control(node_seconds=0.1)
        assert inverted(house.paint()[1])
        assert house.facts(server)["failures"] == 0


def test_a_picture_that_a_server_refuses_fails_with_its_words(tmp_path: Path) -> None:
    with (
        comfyui(refuse_pictures=True) as server,
        studio([server], tmp_path) as house,
        pytest.raises(PaintError, match="ComfyUI"),
    ):
        house.paint()


def test_a_workflow_that_no_server_can_run_is_refused_by_name(tmp_path: Path) -> None:
    with comfyui(missing_nodes=["ImageInvert"]) as server, studio([server], tmp_path) as house:
        with pytest.raises(WorkflowError, match="smoke needs: the node class ImageInvert"):
            house.paint()
        assert house.facts(server)["lacks"] == {"smoke": ["the node class ImageInvert"]}


def test_a_checkpoint_that_only_one_server_has_is_asked_of_that_one(tmp_path: Path) -> None:
    with (
        comfyui(checkpoints=["other.safetensors"]) as without,
        comfyui() as having,
        studio([without, having], tmp_path) as house,
    ):
        assert {house.paint("style")[0].server for _ in range(3)} == {house.label(having)}
        assert CHECKPOINT in str(house.facts(without)["lacks"])


def test_a_workflow_that_was_added_while_it_runs_is_looked_at_first(tmp_path: Path) -> None:
    own = tmp_path / "own"
    templates = Templates([own])
    with comfyui() as server, studio([server], tmp_path, templates) as house:
        house.paint()
        with pytest.raises(UnknownWorkflowError, match="there are: "):
            house.paint("mine")
        graph = templates.get("smoke").text.replace("ImageInvert", "ImageTurnedInside")
        templates.save("mine", graph.encode())
        with pytest.raises(WorkflowError, match="ImageTurnedInside"):
            house.paint("mine")


@pytest.mark.parametrize("fault", ["bad_picture", "cut_view"])
def test_a_result_that_does_not_arrive_whole_is_an_error_or_another_try(tmp_path: Path, fault: str) -> None:
    with comfyui(**{fault: True}) as server, comfyui() as good, studio([server, good], tmp_path) as house:
        for painted, path in house.many(4, at_once=4):
            # What is no picture is found when it is opened; what is cut short is fetched from another.
            assert painted.server == house.label(good) or (
                fault == "bad_picture" and not path.read_bytes().startswith(b"\x89P")
            )


def test_many_more_than_fit_at_once_wait_their_turn(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(comfyui(node_seconds=0.05)) for _ in range(3)]
        house = stack.enter_context(studio(servers, tmp_path, comfyui_capacity=1))
        most, stop = [0], threading.Event()

        def watch() -> None:
            while not stop.is_set():
                most[0] = max(most[0], *(int(str(one["ours"])) for one in house.pool.facts()))
                time.sleep(0.01)

        thread = threading.Thread(target=watch)
        thread.start()
        done = house.many(30, at_once=10)
        stop.set()
        thread.join()
        assert len({path for _, path in done}) == 30
        assert most[0] == 1
        assert {painted.server for painted, _ in done} == set(map(house.label, servers))


def test_who_looks_at_a_page_goes_before_all_who_wait(tmp_path: Path) -> None:
    ended: list[str] = []
    with comfyui(node_seconds=0.5) as server, studio([server], tmp_path, comfyui_capacity=1) as house:

        def paint(name: str) -> None:
            house.paint(urgent=name == "urgent")
            ended.append(name)

        with ThreadPoolExecutor(6) as threads:
            going = [threads.submit(paint, "first")]
            wait_until(lambda: house.facts(server)["ours"] == 1, PATIENCE_S, "it was not sent")
            going += [threads.submit(paint, f"usual-{index}") for index in range(4)]
            time.sleep(0.2)
            going.append(threads.submit(paint, "urgent"))
            for one in going:
                one.result(PATIENCE_S)
    assert ended[:2] == ["first", "urgent"]
    assert len(ended) == 6


def test_all_servers_together_have_no_more_than_may_be_in_flight(tmp_path: Path) -> None:
    with (
        comfyui(node_seconds=0.2) as one,
        comfyui(node_seconds=0.2) as other,
        studio([one, other], tmp_path, max_concurrent_tasks=1) as house,
        ThreadPoolExecutor(4) as threads,
    ):
        going = [threads.submit(house.paint) for _ in range(4)]
        most = 0
        while not all(future.done() for future in going):
            most = max(most, sum(int(str(facts["ours"])) for facts in house.pool.facts()))
            time.sleep(0.005)
        assert all(inverted(future.result()[1]) for future in going)
    assert most == 1


def test_at_the_end_who_waits_is_let_go_and_what_is_sent_goes_on(tmp_path: Path) -> None:
    with (
        comfyui(node_seconds=2.0) as server,
        studio([server], tmp_path, comfyui_capacity=1) as house,
        ThreadPoolExecutor(2) as threads,
    ):
        sent = threads.submit(house.paint)
        wait_until(lambda: bool(server.stats()["running"]), PATIENCE_S, "it does not run")
        waits = threads.submit(house.paint)
        time.sleep(0.2)
        house.pool.wind_down()
        with pytest.raises(ServersAwayError, match="is stopping"):
            waits.result(1.5)
        assert inverted(sent.result(PATIENCE_S)[1])


def test_a_full_disk_is_no_fault_of_the_picture_or_of_the_server(tmp_path: Path) -> None:
    full = tmp_path / "full.png"
    full.symlink_to("/dev/full")
    with comfyui() as server, studio([server], tmp_path) as house:
        wish = Wish(workflow="smoke", picture=house.photo)
        with pytest.raises(DiskFullError):
            house.pool.paint(wish, full, Watcher(nothing, nothing), go_on)
        assert house.facts(server)["failures"] == 0
        assert inverted(house.paint()[1])


KILLED = """
import sys
from pathlib import Path
from safelight.comfyui.painters import ServerPool
from safelight.comfyui.painting import Watcher, Wish
from safelight.comfyui.templates import Templates
from safelight.settings import Settings
from concurrent.futures import ThreadPoolExecutor

folder, url = Path(sys.argv[1]), sys.argv[2]
pool = ServerPool(Settings(data_dir=folder, comfyui_urls=url), Templates([]))
wish = Wish(workflow="smoke", picture=folder / "photo.png")
with ThreadPoolExecutor(2) as threads:
    for index in range(2):
        threads.submit(pool.paint, wish, folder / f"{index}.png", Watcher(print, print), lambda: None)
"""


@pytest.mark.parametrize("old", [False, True])
def test_what_a_killed_process_left_is_taken_away_and_nothing_of_strangers(tmp_path: Path, old: bool) -> None:
    with comfyui(node_seconds=3.0, old=old) as server:
        pyvips.Image.black(8, 8, bands=3).pngsave(str(tmp_path / "photo.png"))
        source = Path(__file__).parents[2] / "src"
        killed = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), server.url], env={**os.environ, "PYTHONPATH": str(source)}
        )
        try:
            wait_until(lambda: len(server.journal("accepted")) == 2, PATIENCE_S, "it sent nothing")
            mine = {str(one["prompt_id"]) for one in server.journal("accepted")}
        finally:
            killed.kill()
            killed.wait()
        theirs = [stranger(server) for _ in range(2)]
        with studio([server], tmp_path):
            wait_until(
                lambda: not mine & {*server.stats()["pending"], *server.stats()["running"]}, PATIENCE_S, "still there"
            )  # fmt: skip
            server.control(node_seconds=0.1)
            wait_until(lambda: set(theirs) <= set(executed(server)), PATIENCE_S, "the strangers' were stopped")
            wait_until(lambda: not list((tmp_path / "owed").iterdir()), PATIENCE_S, "the notes are still there")
            wait_until(lambda: not mine & set(server.stats()["history"]), PATIENCE_S, "the history has it")
        assert not mine & set(executed(server))
        assert set(theirs) <= set(server.stats()["history"])


def test_notes_of_a_process_that_lives_are_left_alone(tmp_path: Path) -> None:
    mine = Owed(tmp_path)
    debt = mine.note(str(uuid4()), "http://one")
    mine.accepted(debt, "another id")
    assert Owed(tmp_path).given_up("http://one") == []
    for name, content in (("a.json", "{"), (f"{uuid4()}.json", "{}"), ("../x.json", "{}"), (f"{uuid4()}.json", "[]")):
        (tmp_path / Path(name).name).write_text(content)
    assert Owed(tmp_path).given_up("http://one") == []
    assert [path.stem for path in tmp_path.iterdir()] == [debt.id]
    note = json.loads((tmp_path / f"{debt.id}.json").read_text())
    (tmp_path / f"{debt.id}.json").write_text(json.dumps({**note, "began": note["began"] - 1000}))
    [left] = Owed(tmp_path).given_up("http://one")
    assert (left.id, left.prompt_id) == (debt.id, "another id")


def test_what_could_not_be_cancelled_is_stopped_later(tmp_path: Path) -> None:
    with comfyui(step_seconds=0.5) as server, studio([server], tmp_path) as house:
        stop = threading.Event()

        def check() -> None:
            if stop.is_set():
                raise CancelledError("cancelled")

        with ThreadPoolExecutor(1) as threads:
            mine = threads.submit(house.paint, "style", check=check)
            wait_until(lambda: bool(server.stats()["running"]), PATIENCE_S, "it does not run")
            server.control(fail_http=1, fault_path="/jobs")
            stop.set()
            with pytest.raises(CancelledError):
                mine.result(PATIENCE_S)
        wait_until(lambda: not server.stats()["running"], PATIENCE_S, "it still runs")
        wait_until(lambda: server.stats()["history"] == [], PATIENCE_S, "the history still has it")
        assert server.journal("executed") == []
        wait_until(lambda: not list((tmp_path / "owed").iterdir()), PATIENCE_S, "the note is still there")


def test_what_ends_between_two_looks_is_not_lost(tmp_path: Path) -> None:
    past = Past(prompt_id="x", status=JobStatus.COMPLETED, outputs={})

    class Ending:
        """Writes its history just after it was asked for."""

        label, asked = "server-1", 0

        def gone(self, _ticket: Ticket) -> bool:
            return self.asked > 0

        async def history(self, _prompt: str) -> Past | None:
            self.asked += 1
            ticket.look.set()
            return None if self.asked == 1 else past

        @property
        def client(self) -> Ending:
            return self

    ticket = Ticket(id="x", progress=nothing, glimpse=nothing)
    ticket.look.set()
    pool = Pool([], Templates([]), Owed(tmp_path))
    assert asyncio.run(pool._past(cast("Server", Ending()), ticket)) is past


def test_the_digest_of_a_workflow_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    workflow, counted = Templates([]).get("style"), []
    real = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", lambda *parts: counted.append(parts) or real(*parts))
    assert {workflow.digest for _ in range(100)} == {Templates([]).get("style").digest}
    assert len(counted) == 1
