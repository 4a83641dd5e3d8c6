"""One attempt at a task: run its handler, and commit what comes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import structlog

from safelight.engine.heart import Heart, Held
from safelight.engine.job import HandOn, Job, Toolbox
from safelight.engine.workspace import workspace
from safelight.errors import (
    BusyDatasetError,
    CancelledError,
    DatabaseAwayError,
    DiskFullError,
    InternalError,
    LostFileError,
    LostLeaseError,
    OutOfMemoryError,
    SafelightError,
    ServersAwayError,
    StoreError,
    TimedOutError,
)
from safelight.tasks.claims import Claims, Done
from safelight.tasks.task import Lane, Task, now

_LATER_MS = 10_000
_AGAIN_S = 1.0

log = structlog.get_logger()


class StoppingError(CancelledError):
    """The worker has to end; the task is handed back."""


class Stop:
    """Whether a worker was asked to end, and until when its tasks may go on."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._asked = threading.Event()
        self.by = float("inf")
        """Until when, on the monotonic clock."""

    def ask(self, drain_s: float) -> None:
        """Ask the worker to end; the first call sets the time, unless a later one wants it sooner."""
        self.by = min(self.by, time.monotonic() + drain_s)
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether somebody has asked."""
        return self._asked.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until somebody asks."""
        self._asked.wait(seconds)


class Attempts:
    """Makes attempts for one worker."""

    def __init__(
        self, lane: Lane, *, claims: Claims, toolbox: Toolbox, task_s: float, folder: Path, heart: Heart, stop: Stop
    ) -> None:
        """Take what an attempt needs; ``folder`` is for unfinished files, ``task_s`` the longest time, in seconds."""
        self._lane = lane
        self._claims = claims
        self._toolbox = toolbox
        self._task_s = task_s
        self._folder = folder
        self._heart = heart
        self._stop = stop

    def make(self, task: Task, *, between: Callable[[], None] | None = None, chain: bool = False) -> Task | None:
        """Make an attempt at a task that was just claimed.

        ``between`` is called whenever the work may be interrupted. With ``chain`` the next task is claimed in the
        transaction that commits this one, and given.
        """
        with structlog.contextvars.bound_contextvars(task=task.id), ExitStack() as stack:
            held = self._heart.hold(task)
            stack.callback(self._heart.drop, held)
            outcome = self._outcome(held, stack, between)
            try:
                return self._committed(held, outcome, chain and not self._stop.asked)
            except LostLeaseError as lost:
                log.warning("lease lost", error=str(lost))
                self._clear_away(outcome)
                return None

    def _outcome(
        self, held: Held, stack: ExitStack, between: Callable[[], None] | None
    ) -> Done | HandOn | SafelightError:
        """Run the handler. Its folder stays until the stack is closed, since files may be needed for the commit."""
        handler = self._toolbox.handlers.get(held.task.kind)
        if handler is None:
            return InternalError(f"no worker can do tasks of the kind {held.task.kind!r}")

        def check() -> None:
            self._check(held)
            if between is not None:
                between()

        try:
            folder = stack.enter_context(workspace(self._folder, held.task))
            check()
            return handler(held.task, Job(workspace=folder, progress=held.progress.set, check_cancelled=check))
        except ServersAwayError as error:
            # Let go because the worker has to end: it is nobody's fault, and it need not wait.
            return StoppingError("the worker is stopping") if self._stop.asked else error
        except SafelightError as error:
            return error
        except MemoryError:
            return OutOfMemoryError("the memory is not enough for this task")
        except Exception as error:  # a fault of one task must not end the worker
            log.exception("fault in a handler")
            return InternalError(f"a fault in Safelight: {type(error).__name__}: {error}")

    def _check(self, held: Held) -> None:
        at = time.monotonic()
        if held.unwanted.is_set():
            raise CancelledError("cancelled")
        if at > self._stop.by:
            raise StoppingError("the worker is stopping")
        if at - held.began > self._task_s:
            raise TimedOutError(f"it took longer than the {self._task_s:g} seconds that are allowed")

    def _committed(self, held: Held, outcome: Done | HandOn | SafelightError, chain: bool) -> Task | None:
        try:
            return self._until_there(lambda: self._commit(held, outcome, chain))
        except (DiskFullError, StoreError) as error:
            # The result could not be kept; the task is not done yet.
            trouble = error
        return self._until_there(lambda: self._commit(held, trouble, chain))

    def _commit(self, held: Held, outcome: Done | HandOn | SafelightError, chain: bool) -> Task | None:
        task, seconds = held.task, round(time.monotonic() - held.began, 3)
        match outcome:
            case Done():
                following = self._claims.finish(task, outcome, then=self._lane if chain else None)
                log.info("completed", kind=task.kind, seconds=seconds)
                return following
            case HandOn():
                self._claims.hand_on(task, outcome.lane, outcome.found, outcome.payload)
            case StoppingError():
                self._claims.hand_back(task, message="the service is restarting")
            case CancelledError():
                self._claims.cancelled(task)
            case LostFileError():
                # It will not come back by itself, as a store that is away does.
                self._claims.fail(task, outcome.code, "the photo is not in the store any more", seconds=seconds)
            case DiskFullError() | StoreError() | DatabaseAwayError() | ServersAwayError() | BusyDatasetError():
                log.warning("tried again later", error=str(outcome))
                self._claims.hand_back(task, message=f"waits: {outcome}", not_before=now() + _LATER_MS)
            case _:
                log.warning("failed", code=outcome.code, error=str(outcome))
                self._claims.fail(task, outcome.code, str(outcome), seconds=seconds)
        return None

    def _clear_away(self, outcome: Done | HandOn | SafelightError) -> None:
        """Give up the file that was made or found for nothing."""
        key = None
        if isinstance(outcome, Done):
            key = outcome.result_key
        elif isinstance(outcome, HandOn) and outcome.found is not None:
            key = outcome.found.key
        if key is not None:
            found = key
            # If the database is away for good, the file is left to the scrub.
            with suppress(LostLeaseError):
                self._until_there(lambda: self._claims.litter(found))

    def _until_there(self, commit: Callable[[], Task | None]) -> Task | None:
        """Commit, however long the database is away: the work must not be lost for that."""
        while True:
            try:
                return commit()
            except DatabaseAwayError as error:
                log.warning("database away", error=str(error))
                if time.monotonic() > self._stop.by:
                    raise LostLeaseError("the worker is stopping while the database is away") from error
                time.sleep(_AGAIN_S)
