"""Whether many users get a fair share of the workers, however much each wants: the real claims, in simulated time.

``FAIR_MINUTES=10 python -m bench fairness`` also lets workers sleep through so many minutes for real.
"""

from __future__ import annotations

import heapq
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.figures import Cell, Check, Report, table
from safelight.tasks.claims import Claims, Done
from safelight.tasks.database import Database, sqlite_url
from safelight.tasks.migrate import migrate
from safelight.tasks.moves import Moves
from safelight.tasks.repository import Repository
from safelight.tasks.task import Lane, NewTask, Task

NAME = "fairness"
_USERS, _WORKERS = 20, 2
_MINUTES = 10.0
_TASK_S = 1.0
_REAL_TASK_S = 0.05
_LEASE_MS = 3_600_000
_LEAST = 0.95
_DONE = Done(result={})


def jain(shares: Sequence[float]) -> float:
    """Jain's index: 1 if all have the same, 1/n if one has all (Jain, Chiu and Hawe 1984)."""
    squares = sum(one * one for one in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 0.0


def appetites(users: int = _USERS) -> dict[str, int]:
    """How many tasks each user always has waiting or running: from 1 to 1,000, each half as much again."""
    return {f"user{number}": max(1, round(1000 ** (number / (users - 1)))) for number in range(users)}


class House:
    """A queue with users who send another task whenever they have fewer than they want."""

    def __init__(self, folder: Path, wanted: Mapping[str, int]) -> None:
        """Begin with an empty database in a folder."""
        self.database = Database(sqlite_url(folder / "fairness.db"))
        migrate(self.database)
        moves = Moves(self.database, posting=False)
        self.tasks = Repository(self.database, moves, most_waiting=1_000_000)
        self.claims = Claims(self.database, moves, lease_ms=_LEASE_MS)
        self.wanted = dict(wanted)
        # The greedy first: the others find a long queue.
        for user in sorted(wanted, key=lambda one: -wanted[one]):
            self.send(user, wanted[user])

    def send(self, user: str, count: int = 1) -> None:
        """Let a user send tasks."""
        self.tasks.accept([NewTask(owner=user, kind="nothing", payload={}) for _ in range(count)])

    def finished(self, task: Task) -> Task | None:
        """Commit a task and claim the next one; its owner sends another one at once."""
        following = self.claims.finish(task, _DONE, then=Lane.DEVICE)
        self.send(task.owner)
        return following


def simulated(folder: Path, wanted: Mapping[str, int], lasts: Mapping[str, float], seconds: float) -> Counter[str]:
    """How many seconds of workers each user got; time stands still but for the work itself."""
    house, got = House(folder, wanted), Counter[str]()
    ends: list[tuple[float, int, Task]] = []
    for number in range(_WORKERS):
        task = house.claims.claim(f"worker{number}", Lane.DEVICE)
        if task is not None:
            heapq.heappush(ends, (lasts[task.owner], number, task))
    while ends:
        at, number, task = heapq.heappop(ends)
        if at > seconds:
            break
        got[task.owner] += round(lasts[task.owner] * 1000)
        following = house.finished(task) or house.claims.claim(f"worker{number}", Lane.DEVICE)
        if following is not None:
            heapq.heappush(ends, (at + lasts[following.owner], number, following))
    house.database.close()
    return got


def real(folder: Path, wanted: Mapping[str, int], seconds: float) -> Counter[str]:
    """The same with workers that sleep; how many tasks of each user were done."""
    house, got, lock = House(folder, wanted), Counter[str](), threading.Lock()
    until = time.monotonic() + seconds

    def work(name: str) -> None:
        task = house.claims.claim(name, Lane.DEVICE)
        while time.monotonic() < until:
            if task is None:
                task = house.claims.claim(name, Lane.DEVICE)
                continue
            time.sleep(_REAL_TASK_S)
            with lock:
                got[task.owner] += 1
            task = house.finished(task)

    workers = [threading.Thread(target=work, args=(f"worker{number}",)) for number in range(_WORKERS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    house.database.close()
    return got


def run(say: Callable[[str], None]) -> Report:
    """Measure; some seconds for each simulated minute, and FAIR_MINUTES in real time, half a minute if not set."""
    wanted, minutes = appetites(), float(os.environ.get("FAIR_MINUTES", "0.5"))
    same = dict.fromkeys(wanted, _TASK_S)
    longer = {user: 0.5 * 8 ** (number / (len(wanted) - 1)) for number, user in enumerate(wanted)}
    with tempfile.TemporaryDirectory(prefix="safelight-bench-") as name:
        folders = [Path(name) / one for one in ("same", "longer", "real")]
        for folder in folders:
            folder.mkdir()
        say(f"{_MINUTES:g} simulated minutes, {len(wanted)} users")
        equal = simulated(folders[0], wanted, same, _MINUTES * 60)
        say("the same with tasks of unequal length")
        unequal = simulated(folders[1], wanted, longer, _MINUTES * 60)
        say(f"{minutes:g} minutes in real time")
        slept = real(folders[2], wanted, minutes * 60)
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, float] = {}
    for what, got in (("simulated", equal), ("simulated, the greedier the longer", unequal), ("real", slept)):
        shares = [float(got[user]) for user in wanted]
        found[what] = jain(shares)
        rows.append((what, round(found[what], 4), round(min(shares) / max(max(shares), 1), 3)))
    return Report(
        name=NAME,
        title="A fair share of the workers",
        tables=(table("Users from 1 to 1,000 tasks at a time", ("how", "Jain's index", "least over most"), rows),),
        checks=tuple(
            Check(what=f"Jain's index, {what}", value=found[what], bound=_LEAST, at_least=True)
            for what in ("simulated", "real")
        ),
        notes=(
            "Turns count tasks, not seconds: who sends tasks that take longer gets more of the workers, as the second "
            "row shows; it has no bound.",
            f"{_WORKERS} workers; a simulated task takes {_TASK_S:g} s, and 0.5 to 4 s in the second row, a real one "
            f"{_REAL_TASK_S:g} s.",
        ),
    )
