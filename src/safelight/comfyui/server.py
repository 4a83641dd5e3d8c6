"""One ComfyUI server: what it is at, which of its tasks are ours, and whether anything moves.

Its queue and its history are the truth; its socket only tells when it is worth a look, and how far a task is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import structlog

from safelight.comfyui.answers import Queue, Queued, SystemStats
from safelight.comfyui.breaker import Breaker, State
from safelight.comfyui.client import ComfyClient
from safelight.comfyui.frames import Executing, Frame, Preview, Started, Step
from safelight.comfyui.owed import Owed
from safelight.comfyui.workflow import Workflow
from safelight.errors import SafelightError, ServersAwayError

_BUSY_S, _IDLE_S = 0.5, 2.0
_LOOK_S, _LONG_S = 60.0, 600.0
"""How often it is looked at what it has: where it lacks something, and where it does not."""
_SOCKET_AGAIN_S, _CLOSED_S = 2.0, 0.1
_STUCK_S = 15.0
"""Tasks wait and none runs: a server that works begins one at once."""
_GONE_S = 1.5
"""Neither in the queue nor in the history for so long: it is lost, and not between the two."""
_DEAF = 3
"""So many questions in a row without an answer, while tasks of ours are there: it is away."""
_MOST_SWEPT = 20
"""So many tasks that nobody waits for are looked after at a time."""
_TELLS = 0.2
"""Weight of the newest task in the mean time of a task."""

log = structlog.get_logger()


@dataclass(slots=True)
class Ticket:
    """One of our tasks on a server."""

    id: str
    """What we call it."""
    progress: Callable[[float], None]
    """Takes the finished share, 0-1."""
    glimpse: Callable[[bytes], None]
    """Takes pictures of what it looks like so far."""
    prompt_id: str = ""
    """What the server calls it; old ones give ids of their own. Empty until it was accepted."""
    nodes: int = 1
    """How many steps the graph has, to tell the share by."""
    look: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is worth a look at the history."""
    lost: SafelightError | None = None
    """Why nothing will come of it there."""
    missing_since: float | None = None
    """Since when it is not in the queue."""
    runs: bool = False
    """Whether the server has told that it is at it."""
    begun: set[str] = field(default_factory=set)
    """Nodes that were begun."""
    share: float = 0.0
    """The finished share that was told last."""

    def tell(self, of_node: float) -> None:
        """Tell how far it is, from the share of the node that runs; never less than before."""
        share = min(0.99, (max(0, len(self.begun) - 1) + of_node) / max(1, self.nodes))
        if share >= self.share:
            self.share = share
            self.progress(share)


class Server:
    """Looks after one server until it is stopped."""

    def __init__(
        self, client: ComfyClient, *, label: str, owed: Owed, capacity: int, stall_s: float, changed: Callable[[], None]
    ) -> None:
        """Take how to talk to it, what users may call it, the notes of what it may have of ours, how many tasks of ours
        it may have, and after how long without movement it is given up; ``changed`` is called when it may have room.
        """
        self.client = client
        self.name = client.server
        """Its address, for operators and the log; what reaches users says the label instead."""
        self.label = label
        self.breaker = Breaker()
        self.seconds: float | None = None
        """Mean time of a task, newest ones count most."""
        self._lacks: Mapping[str, tuple[str, tuple[str, ...]]] = {}
        self._surveyed = 0.0
        self.facts = SystemStats(version="", devices=())
        """Version and devices, as it tells them."""
        self.finished = self.failures = 0
        self._owed = owed
        self._capacity = capacity
        self._stall_s = stall_s
        self._changed = changed
        self._ours: dict[str, Ticket] = {}
        self._promised = 0
        self._others = 0
        self._deaf = 0
        self._moved = time.monotonic()
        self._seen: object = None
        self._poke = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.running = self.pending = 0

    def start(self, survey: Callable[[Server], Awaitable[None]]) -> None:
        """Begin to look after it; ``survey`` is awaited when it answers for the first time and after each rest."""
        self._survey = survey
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.aclose()

    def surveyed(self, facts: SystemStats, lacks: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
        """Take what it said of itself, and, by the digest of a workflow, its name and what there is not for it."""
        self.facts, self._lacks, self._surveyed = facts, lacks, time.monotonic()
        self._changed()

    def knows(self, workflow: Workflow) -> bool:
        """Tell whether it was looked at for a workflow."""
        return workflow.digest in self._lacks

    def lacks(self, workflow: Workflow) -> tuple[str, ...]:
        """Say what it does not have for a workflow; nothing where that was not looked at yet."""
        return self._lacks.get(workflow.digest, ("", ()))[1]

    @property
    def lacking(self) -> dict[str, tuple[str, ...]]:
        """By name of a workflow, what it does not have for it."""
        return {name: lacks for name, lacks in self._lacks.values() if lacks}

    @property
    def load(self) -> int:
        """How many tasks it has, ours and others'."""
        return len(self._ours) + self._promised + self._others

    @property
    def ours(self) -> int:
        """How many tasks of ours it has, or will in a moment."""
        return len(self._ours) + self._promised

    @property
    def room(self) -> bool:
        """Whether it may be given another task."""
        most = 1 if self.breaker.state is State.TRYING else self._capacity
        return self.breaker.open and self.ours < most

    def promise(self) -> None:
        """Keep a place for a task that is about to be sent."""
        self._promised += 1

    def release(self) -> None:
        """Give the place back."""
        self._promised -= 1
        self._changed()

    def add(self, ticket: Ticket) -> None:
        """Note a task of ours; it has taken its place."""
        self._ours[ticket.id] = ticket
        self._promised -= 1
        self._moved = max(self._moved, time.monotonic()) if len(self._ours) == 1 else self._moved
        self._poke.set()

    def drop(self, ticket: Ticket) -> None:
        """Forget a task of ours."""
        self._ours.pop(ticket.id, None)
        self._changed()

    def worked(self, seconds: float) -> None:
        """Note a task that it has finished in so many seconds."""
        self.finished += 1
        self.seconds = seconds if self.seconds is None else self.seconds + _TELLS * (seconds - self.seconds)
        self.breaker.worked()
        self._moved = time.monotonic()

    def failed(self, reason: str, *, idle: bool = False) -> None:
        """Let it rest, and everybody who waits for it go elsewhere."""
        self.failures += 1
        self.breaker.failed(reason, time.monotonic(), idle=idle)
        log.warning("a ComfyUI server rests", server=self.name, label=self.label, reason=reason)
        self._others, self._seen, self._deaf = 0, None, 0
        for ticket in list(self._ours.values()):
            ticket.lost = ServersAwayError(f"{self.label}: {reason}")
            ticket.look.set()
        self._changed()

    async def _sweep(self, queue: Queue) -> None:
        """Stop what nobody waits for any more, and take it out of the history when it has ended.

        What was cancelled ends some time later; what was there when this process or the server was away is found now.
        """
        for debt in self._owed.given_up(self.name)[:_MOST_SWEPT]:
            found = queue.find(debt.id) or (queue.find(debt.prompt_id) if debt.prompt_id else None)
            if found is None:
                await self.client.forget(debt.prompt_id or debt.id)
                self._owed.settle(debt)
            elif not debt.asked:
                log.info("a task that nobody waits for is stopped", server=self.name, prompt=found.prompt_id)
                debt.prompt_id = found.prompt_id
                debt.asked = await self.client.cancel(found.prompt_id)

    async def _watch(self) -> None:
        while True:
            at = time.monotonic()
            if self.breaker.state is State.RESTING and at < self.breaker.until:
                await asyncio.sleep(min(_IDLE_S, self.breaker.until - at))
                continue
            try:
                queue = await self.client.queue()
                old = at - self._surveyed > (_LOOK_S if self.lacking else _LONG_S)
                if old or self.breaker.state in (State.UNKNOWN, State.RESTING):
                    await self._survey(self)
                self._answered(_ids(queue.running), _ids(queue.pending))
                await self._sweep(queue)
            except SafelightError as error:
                self._silent(getattr(error, "reason", str(error)))
            except Exception as error:  # a fault must not end the watch: nobody would be told of a dead server
                log.exception("fault while looking at a ComfyUI server", server=self.name)
                self._silent(f"{type(error).__name__}")
            self._poke.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._poke.wait(), _BUSY_S if self._ours else _IDLE_S)

    def _silent(self, reason: str) -> None:
        self._deaf += 1
        if not self._ours or self._deaf >= _DEAF or self.breaker.state is State.RESTING:
            if self.breaker.open or self._ours or self.breaker.state is State.UNKNOWN:
                self.failed(reason)
            else:
                self.breaker.failed(reason, time.monotonic())

    def _answered(self, running: Sequence[str], pending: Sequence[str]) -> None:
        """Take what its queue says."""
        at = time.monotonic()
        self._deaf = 0
        self.running, self.pending = len(running), len(pending)
        self.breaker.heard()
        there = {*running, *pending}
        self._others = len(there - self._ours.keys() - {one.prompt_id for one in self._ours.values()})
        for ticket in self._ours.values():
            if not ticket.prompt_id or ticket.id in there or ticket.prompt_id in there:
                ticket.missing_since = None
            else:
                # Done, or lost: the history tells.
                ticket.missing_since = at if ticket.missing_since is None else ticket.missing_since
                ticket.look.set()
        seen = (tuple(running), len(pending))
        if seen != self._seen or not there:
            self._seen, self._moved = seen, at
        stuck = bool(pending) and not running and at - self._moved > min(_STUCK_S, self._stall_s)
        # A stranger's task may take as long as it likes.
        ours = any(one in running for ticket in self._ours.values() for one in (ticket.id, ticket.prompt_id))
        if stuck or (ours and at - self._moved > self._stall_s):
            self.failed("it accepts work and does none", idle=True)
        self._changed()

    async def _listen(self) -> None:
        while True:
            if self.breaker.open:
                with suppress(SafelightError):
                    async with aclosing(self.client.events()) as frames:
                        # What was said before this connection began was not heard.
                        self._runs(None)
                        async for frame in frames:
                            self._told(frame)
            await asyncio.sleep(_SOCKET_AGAIN_S if self.breaker.open else _CLOSED_S)

    def _told(self, frame: Frame) -> None:
        prompt = getattr(frame, "prompt_id", None)
        ticket = next((one for one in self._ours.values() if prompt and prompt in (one.id, one.prompt_id)), None)
        if prompt is None and isinstance(frame, Preview | Step):
            # Old servers do not say whose it is. The socket is ours alone, and tells of one end and the next begin in
            # their order; so it is of the one that runs, unless its begin was not heard.
            ticket = next((one for one in self._ours.values() if one.runs), None)
        if isinstance(frame, Started | Executing) and prompt is not None:
            self._runs(None if isinstance(frame, Executing) and frame.node is None else ticket)
        if ticket is None:
            return
        self._moved = time.monotonic()
        match frame:
            case Preview():
                ticket.glimpse(frame.data)
            case Step():
                ticket.tell(frame.value / frame.max)
            case Started():
                ticket.tell(0.0)
            case Executing(node=None):
                ticket.look.set()
            case Executing():
                ticket.begun.add(str(frame.node))
                ticket.tell(0.0)

    def _runs(self, ticket: Ticket | None) -> None:
        """Note which of ours runs, as the socket tells; a server works on one at a time."""
        for one in self._ours.values():
            one.runs = one is ticket

    def gone(self, ticket: Ticket) -> bool:
        """Tell whether a task of ours is neither in the queue nor, as the caller has seen, in the history."""
        return ticket.missing_since is not None and time.monotonic() - ticket.missing_since > _GONE_S


def _ids(queued: Sequence[Queued]) -> list[str]:
    """What we call them where they are ours, else what the server calls them."""
    return [one.mark or one.prompt_id for one in queued]
