"""The engine of one machine: starts the service's processes, keeps them alive, and ends them in order."""

from __future__ import annotations

import multiprocessing
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess

import psutil
import structlog

from safelight.engine.calling import deaf_to_interrupts
from safelight.engine.overtime import Overtime
from safelight.engine.process import DRAIN_S, Post, work
from safelight.engine.scale import Scale
from safelight.engine.workspace import sweep
from safelight.errors import DatabaseAwayError, LostLeaseError
from safelight.settings import Settings
from safelight.tasks.claims import Claims
from safelight.tasks.task import Lane
from safelight.tasks.workers import Workers

_TICK_S = 0.1
_LOOK_S = 1.0
_STEADY_S = 10.0
_LONGEST_PAUSE_S = 30.0
_GRACE_S = 5.0
_HEARD_S = 10.0
"""A worker that lives is heard within this time once the database can be written again."""

log = structlog.get_logger()


@dataclass(slots=True)
class _Child:
    """A process, and what is known of it."""

    role: str
    start: Callable[[], tuple[str, BaseProcess]]
    name: str = ""
    process: BaseProcess | None = None
    began: float = 0.0
    failures: int = 0
    again_at: float = 0.0
    leaving: bool = False


class LocalEngine:
    """Looks after a service process and its workers on this machine."""

    def __init__(
        self,
        settings: Settings,
        *,
        claims: Claims,
        workers: Workers,
        factory: str,
        serve: Callable[[SpawnContext], BaseProcess] | None = None,
        lanes: Sequence[Lane] = tuple(Lane),
    ) -> None:
        """Take the settings, the tables, and what makes the toolbox of a worker and the process of the service."""
        self._settings = settings
        self._claims = claims
        self._workers = workers
        self._factory = factory
        self._context = multiprocessing.get_context("spawn")
        self._stopping = threading.Event()
        self._lost: dict[str, str] = {}
        self._hung: dict[str, tuple[int, float]] = {}
        self._proved: dict[str, float] = {}
        self._overtime = Overtime(task_s=settings.task_timeout_s, grace_s=settings.cancel_grace_s)
        self._scale = Scale(least=settings.workers_min, most=settings.workers)
        self._devices: list[_Child] = []
        self._others: list[_Child] = []
        self._with_devices = Lane.DEVICE in lanes
        if serve is not None:
            self._others.append(_Child("api", lambda: ("api", serve(self._context))))
        if Lane.REMOTE in lanes:
            self._others.append(_Child("remote", partial(self._hire, Lane.REMOTE, settings)))
        if Lane.COMFYUI in lanes and settings.comfyui_servers:
            self._others.append(
                _Child("comfyui", partial(self._hire, Lane.COMFYUI, settings, slots=settings.max_concurrent_tasks))
            )

    def stop(self) -> None:
        """Ask the engine to end; :meth:`run` returns when all processes have."""
        self._stopping.set()

    def run(self) -> None:
        """Keep everything alive until asked to stop."""
        if not self._settings.comfyui_servers:
            self._bring_home()
        sweep(self._settings.data_dir / "work")
        looked = 0.0
        while not self._stopping.wait(_TICK_S):
            at = time.monotonic()
            for child in self._children():
                self._tend(child, at)
            self._devices = [one for one in self._devices if not (one.leaving and one.process is None)]
            if at - looked >= _LOOK_S:
                looked = at
                self._look(at)
        self._end()

    def _bring_home(self) -> None:
        """Let workers of this machine say what becomes of tasks whose servers are not set up any more."""
        try:
            if count := self._claims.bring(Lane.COMFYUI, Lane.DEVICE):
                log.warning("no ComfyUI server is set up, and tasks waited for one", tasks=count)
        except DatabaseAwayError as error:
            log.warning("database away", error=str(error))

    def _children(self) -> list[_Child]:
        return [*self._others, *self._devices]

    def _tend(self, child: _Child, at: float) -> None:
        """Start a process that is not there, and clear up after one that has ended."""
        if child.process is not None and not child.process.is_alive():
            self._bury(child, at)
        if child.process is None and not child.leaving and at >= child.again_at:
            child.name, child.process = child.start()
            child.began = at
            log.info("started", role=child.role, name=child.name, pid=child.process.pid)

    def _bury(self, child: _Child, at: float) -> None:
        process = child.process
        if process is None:
            return
        process.join()
        code = process.exitcode or 0
        process.close()
        child.process = None
        if child.leaving and code == 0:
            return
        reason = f"the worker died of signal {-code}" if code < 0 else f"the worker ended with exit code {code}"
        child.failures = child.failures + 1 if at - child.began < _STEADY_S else 1
        child.again_at = at + min(_LONGEST_PAUSE_S, 0.1 * 2 ** min(child.failures, 10))
        log.warning("process ended", role=child.role, name=child.name, code=code)
        if child.role != "api":
            self._lost[child.name] = reason

    def _look(self, at: float) -> None:
        """What needs the database."""
        try:
            self._settle()
            self._take_from_dead()
            self._kill_overdue(at)
            self._kill_hung(at)
            waiting = self._claims.waiting(Lane.DEVICE) if self._with_devices else 0
        except DatabaseAwayError as error:
            log.warning("database away", error=str(error))
            self._hung.clear()
            self._proved.clear()
            return
        if self._with_devices:
            self._resize(self._scale.want(len(self._staying()), waiting, at))

    def _settle(self) -> None:
        """Put the tasks of workers that died back in the queue."""
        for name, reason in list(self._lost.items()):
            for task in self._claims.release([name], reason):
                log.warning("task of a dead worker", task=task.id, status=task.status.value, attempts=task.attempts)
            self._workers.leave(name)
            del self._lost[name]
            sweep(self._settings.data_dir / "work")

    def _take_from_dead(self) -> None:
        """The same for workers of this machine whose engine died with them."""
        ours = {child.name for child in self._children()}
        for worker in self._workers.all():
            here = worker.host == socket.gethostname() and worker.id not in ours
            if here and not _lives(worker.pid, worker.started_at):
                self._lost.setdefault(worker.id, "the service died")

    def _kill_overdue(self, at: float) -> None:
        """End workers that go on although their tasks were cancelled, or have had all their time."""
        names = {child.name: child for child in self._devices if child.process is not None}
        for task in self._overtime.late(self._claims.running(names), at):
            if task.cancel_at is None:
                try:
                    self._claims.fail(task, "timed_out", "it took longer than is allowed, and did not stop")
                except LostLeaseError:
                    continue  # it has ended meanwhile
            log.warning("killing a worker that does not stop", name=task.worker, task=task.id)
            _kill(names[str(task.worker)].process)

    def _kill_hung(self, at: float) -> None:
        """End workers that have given no sign of life for three leases.

        Two of these count only from when a write went through: after a time without the database, or with one that
        could only be read, workers need a moment to be heard again.
        """
        seen = {worker.id: worker.seen_at for worker in self._workers.all()}
        for child in self._children():
            if child.name not in seen or child.process is None:
                continue
            last, since = self._hung.get(child.name, (0, at))
            if last != seen[child.name]:
                self._hung[child.name] = (seen[child.name], at)
                self._proved.pop(child.name, None)
            elif at - since > self._settings.lease_s:
                self._workers.check()
                proved = self._proved.setdefault(child.name, time.monotonic())
                if time.monotonic() - proved > max(2 * self._settings.lease_s, _HEARD_S):
                    log.warning("killing a worker that gives no sign of life", name=child.name)
                    _kill(child.process)

    def _resize(self, want: int) -> None:
        staying = self._staying()
        for _ in range(want - len(staying)):
            settings = self._settings_of(len(self._devices))
            self._devices.append(_Child("worker", partial(self._hire, Lane.DEVICE, settings)))
        for child in staying[want:]:
            child.leaving = True
            if child.process is not None:
                child.process.terminate()

    def _staying(self) -> list[_Child]:
        return [child for child in self._devices if not child.leaving]

    def _settings_of(self, index: int) -> Settings:
        devices = [one.strip() for one in self._settings.worker_devices.split(",") if one.strip()]
        if not devices:
            return self._settings
        return self._settings.model_copy(update={"device": devices[index % len(devices)]})

    def _hire(self, lane: Lane, settings: Settings, *, slots: int = 32) -> tuple[str, BaseProcess]:
        name = f"{lane.value}-{secrets.token_hex(6)}"
        post = Post(name=name, lane=lane, factory=self._factory, slots=slots)
        process = self._context.Process(target=work, args=(post, settings), name=name)
        with deaf_to_interrupts():
            process.start()
        return name, process

    def _end(self) -> None:
        """Let the service stop first, then the workers: they finish what they are at, or hand it back."""
        for group in ([one for one in self._others if one.role == "api"], self._children()):
            alive = [one.process for one in group if one.process is not None and one.process.is_alive()]
            for process in alive:
                process.terminate()
            by = time.monotonic() + DRAIN_S + _GRACE_S
            for process in alive:
                process.join(max(0.0, by - time.monotonic()))
                _kill(process)
        for child in self._children():
            if child.process is not None:
                child.process.join()
                if child.role != "api" and child.process.exitcode:
                    self._lost[child.name] = "the service was stopped"
        try:
            self._settle()
        except DatabaseAwayError as error:
            log.warning("database away", error=str(error))


def _kill(process: BaseProcess | None) -> None:
    if process is not None and process.is_alive():
        process.kill()


def _lives(pid: int, started_ms: int) -> bool:
    """Tell whether the process that began before ``started_ms`` is there still, and not another of the same number."""
    try:
        return bool(psutil.Process(pid).create_time() * 1000 <= started_ms + 1000)
    except psutil.Error:
        return False
