"""Tells how far a build is: to whoever watches, and on disk for pages that look later."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

from safelight.datasets.dataset import Step, StepState
from safelight.datasets.folder import DatasetFolder
from safelight.datasets.tools import BuildWatch
from safelight.errors import ElsewhereError

_WEIGHTS: Mapping[Step, float] = MappingProxyType({
    Step.UNPACK: 6, Step.LOOK: 50, Step.DEDUP: 2, Step.PREVIEW: 6, Step.FOCUS: 3, Step.CROP: 20, Step.CAPTION: 8,
    Step.PACKAGE: 5,
})  # fmt: skip
"""How long the steps take, each in proportion to the others."""
_EVERY_S = 1.0
WORDS: Mapping[Step, str] = MappingProxyType({
    Step.UNPACK: "unpacking", Step.LOOK: "looking at photos", Step.DEDUP: "finding duplicates",
    Step.PREVIEW: "making previews", Step.FOCUS: "finding what to show", Step.CROP: "cropping",
    Step.CAPTION: "captioning", Step.PACKAGE: "packaging",
})  # fmt: skip
"""What each step does, in words."""


class States:
    """The states of all steps during one build. Safe to use from several threads."""

    def __init__(self, folder: DatasetFolder, watch: BuildWatch, steps: tuple[Step, ...]) -> None:
        """Take where they are kept, who watches, and which steps will run."""
        self._folder = folder
        self._watch = watch
        self._steps = steps
        self._states = {state.step: state for state in folder.states()}
        self._lock = threading.Lock()
        self._saved = 0.0
        self._furthest = 0.0

    def key(self, step: Step) -> str:
        """What the last finished run of a step depended on; empty if it is not finished."""
        state = self._states[step]
        return state.key if state.status == "done" else ""

    def running(self, step: Step) -> RunningStep:
        """Begin a step; to be used as a context."""
        return RunningStep(self, step)

    def change(self, state: StepState, *, save: bool) -> None:
        """Note a state, tell the watcher, and write all states now or, without ``save``, at most once a second."""
        with self._lock:
            self._states[state.step] = state
            self._tell(state)
            if save or time.monotonic() - self._saved >= _EVERY_S:
                self._saved = time.monotonic()
                self._folder.save_states(self._states[step] for step in Step)

    def within(self, step: Step, share: float, words: str) -> None:
        """Tell the watcher how far a step is that counts by itself."""
        with self._lock:
            self._watch.progress(self._overall(step, share), words)

    def later_are_stale(self, step: Step) -> None:
        """Note that what comes after a step has to be done again."""
        order = list(Step)
        with self._lock:
            for later in order[order.index(step) + 1 :]:
                if self._states[later].status == "done":
                    self._states[later] = self._states[later].model_copy(update={"status": "stale"})

    def _tell(self, state: StepState) -> None:
        if state.step not in self._steps:
            return
        share = 1.0 if state.status == "done" else state.done / max(1, state.total)
        count = f" {state.done} of {state.total}" if state.total and state.status == "running" else ""
        self._watch.progress(self._overall(state.step, share), WORDS[state.step] + count)

    def _overall(self, step: Step, share: float) -> float:
        """How far the build is when a step is that far; it never goes back, as when photos turn out damaged."""
        before = sum(_WEIGHTS[one] for one in self._steps[: self._steps.index(step)])
        told = (before + _WEIGHTS[step] * share) / sum(_WEIGHTS[one] for one in self._steps)
        self._furthest = max(self._furthest, told)
        return self._furthest


class RunningStep:
    """One step while it runs."""

    def __init__(self, states: States, step: Step) -> None:
        """Take whose step it is."""
        self._states = states
        self._state = StepState(step=step, status="running")
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """It begins."""
        self._states.change(self._state, save=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It ends, or failed."""
        update: dict[str, object] = {"seconds": round(time.monotonic() - self._start, 3)}
        if error is None:
            update["status"] = "done"
        elif isinstance(error, ElsewhereError):
            update |= {"status": "waiting", "key": ""}
        else:
            update |= {"status": "failed", "message": str(error), "key": ""}
        self._set(update, save=True)

    def expect(self, total: int) -> None:
        """Say how many photos there are to do."""
        self._set({"total": total, "done": 0, "reused": 0}, save=True)

    def one_done(self, *, reused: bool) -> None:
        """One photo more is done."""
        with self._lock:
            update = {"done": self._state.done + 1, "reused": self._state.reused + reused}
            self._state = self._state.model_copy(update=update)
            state = self._state
        self._states.change(state, save=False)

    def watch(self, check_cancelled: Callable[[], None]) -> BuildWatch:
        """What a step is given that tells by itself how far it is."""
        return BuildWatch(
            progress=lambda share, words: self._states.within(self._state.step, share, words),
            check_cancelled=check_cancelled,
        )

    def finished(self, key: str, message: str = "") -> None:
        """Say what it depended on, and what came of it."""
        self._set({"key": key, "message": message}, save=False)

    def _set(self, update: dict[str, object], *, save: bool) -> None:
        with self._lock:
            self._state = self._state.model_copy(update=update)
            state = self._state
        self._states.change(state, save=save)
