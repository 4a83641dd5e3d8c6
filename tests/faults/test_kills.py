"""``kill -9`` of any process at any moment, and workers that sleep past their lease."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress

import psutil
from clients import colour_of
from invariants import all_tasks, check, check_lives
from scenes import LONG, Site, both, either

from safelight.tasks.claims import ATTEMPTS
from safelight.tasks.status import Status
from service_process import API, wait_until

ROUNDS = 5
TASKS = 200


class Killer(threading.Thread):
    """Kills processes of a service, one after the other, and starts the service again when its first one has gone."""

    def __init__(self, site: Site, rng: random.Random) -> None:
        super().__init__(name="killer")
        self._site, self._rng = site, rng
        last = rng.choice(["engine", "power"])
        whom = ["worker", "worker", "api", "engine", "power"] * ROUNDS if LONG else ["worker", "api", last]
        rng.shuffle(whom)
        self.whom = whom
        self.killed: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        for role in self.whom:
            time.sleep(self._rng.uniform(0.2, 1.2))
            self._kill(role)
        # A first process that began while what it comes after still held the port has ended again.
        while not self.over.wait(0.3):
            self._site.service.keep_running()

    def _kill(self, role: str) -> None:
        service = self._site.service
        if role == "power":
            service.kill_all()
        elif role == "engine":
            # What it has started goes on for a moment, and ends by itself.
            assert service.process is not None
            service.processes()
            service.process.kill()
            service.process.wait()
        else:
            wait_until(lambda: self._kill_child(role), 60, f"there is no {role} to be killed")
        self.killed.append(role)
        service.keep_running()

    def _kill_child(self, role: str) -> bool:
        """Kill the newest process of a role; tells whether there was one."""
        self._site.service.keep_running()
        pid = self._site.service.pid_of(role)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False


@both
def test_nothing_is_lost_and_nothing_done_twice_whatever_is_killed(site: Site, rng: random.Random) -> None:
    killer = Killer(site, rng)
    names = [f"{rng.choice(['sleep', 'slow', 'plain'])}-{rng.uniform(0, 0.08):.3f}.png" for _ in range(TASKS)]
    killer.start()
    try:
        sent = site.client.send_all(names, threads=8)
        wait_until(lambda: killer.killed == killer.whom or not killer.is_alive(), 120, "not all were killed")
    finally:
        killer.over.set()
        killer.join()
    print(f"killed: {killer.killed}")
    assert killer.killed == killer.whom
    found = {task.id: task for task in check(site.service, site.database, [one.id for one in sent])}
    for one in sent:
        task = found[one.id]
        if task.status is Status.FAILED:
            # Chance may have hit the same task three times.
            assert (task.error_code, task.attempts) == ("worker_crashed", ATTEMPTS)
            continue
        assert task.status is Status.COMPLETED
    for one in rng.sample([one for one in sent if found[one.id].status is Status.COMPLETED], 20):
        assert site.client.colour(one) == one.colour


@both
def test_a_worker_that_slept_past_its_lease_may_not_commit(site: Site, rng: random.Random) -> None:
    sent = site.client.send("slow-1.png", colour_of(rng.randrange(4096)))
    site.client.wait(sent, "processing")
    time.sleep(rng.uniform(0.1, 0.5))
    [before] = all_tasks(site.database, [sent.id])
    started = {told["name"]: int(str(told["pid"])) for told in site.service.started()}
    sleeper = psutil.Process(started[before.worker])
    sleeper.suspend()
    try:
        wait_until(lambda: all_tasks(site.database, [sent.id])[0].fence > before.fence, 30, site.service.tail)
    finally:
        sleeper.resume()
    site.client.wait(sent, "completed")
    refused = f'"task": "{sent.id}", "worker": "{before.worker}"'
    wait_until(lambda: any("lease lost" in line and refused in line for line in site.service.lines()), 30,
               lambda: f"the late commit was not refused\n{site.service.tail()}")  # fmt: skip
    [task] = all_tasks(site.database, [sent.id])
    assert task.worker is None
    assert task.fence > before.fence
    # Its file goes with the next sweep of the service itself, long before files are scrubbed.
    results = site.service.data / "files" / "results"
    needed = {str(one.result_key)[-64:] for one in all_tasks(site.database)}
    wait_until(lambda: {path.name for path in results.glob("??/*")} <= needed, 20, "the late result is an orphan")
    check(site.service, site.database, [sent.id])
    assert site.client.colour(sent) == sent.colour


@either
def test_a_photo_that_kills_its_worker_fails_after_three_attempts_and_takes_no_other_along(site: Site) -> None:
    sent = site.client.send_all(["plain-0.png", "crash-1.png", "plain-2.png", "plain-3.png"])
    found = check(site.service, site.database, [one.id for one in sent])
    for task in found:
        if not task.input_name.startswith("crash"):
            assert task.status is Status.COMPLETED
            continue
        assert (task.status, task.attempts, task.error_code) == (Status.FAILED, ATTEMPTS, "worker_crashed")
        assert "signal 9" in str(task.error)
        assert site.client.get(f"{API}/download/{task.id}", task.owner).status_code == 409
    assert len(found) == 4


@either
def test_a_task_that_does_not_stop_when_cancelled_is_killed(site: Site) -> None:
    hangs, other = site.client.send_all(["hang-0.png", "plain-1.png"], threads=1)
    site.client.wait(hangs, "processing")
    site.client.cancel(hangs)
    found = {task.id: task.status for task in check(site.service, site.database, [hangs.id, other.id])}
    assert found == {hangs.id: Status.CANCELLED, other.id: Status.COMPLETED}
    check_lives(site.database)
