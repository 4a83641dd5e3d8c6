"""A caption server as the steps of a build see it: it answers, whatever has to be tried for that, or says why not."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from pathlib import Path
from queue import Empty, Queue

from safelight.datasets.ledger import Ledger
from safelight.datasets.tools import Vision
from safelight.datasets.vision.answers import Answer, Answers
from safelight.datasets.vision.endpoint import Endpoint, Judge
from safelight.datasets.vision.failure import CallError, Then
from safelight.datasets.vision.line import Line
from safelight.datasets.vision.picture import check_bare
from safelight.datasets.vision.sense import answer_of, nonsense
from safelight.errors import CaptionServerError, LocalOnlyError
from safelight.operations.context import go_on

_SLICE_S = 0.1
_FIRST_S, _MOST_S, _MOST_ASKED_S = 0.5, 20.0, 60.0
_NONSENSE = 2
"""How often a model may answer nonsense to one question."""
_GIVEN_UP = 3
"""A model that failed for so many pictures in a row is passed over from then on."""


def open_vision(
    endpoint: Endpoint,
    key: str,
    ledger: Path,
    cache_folder: Path,
    *,
    local_only: bool,
    judge: Judge | None = None,
    check_cancelled: Callable[[], None] = go_on,
) -> Vision:
    """Get a caption server ready; nothing is sent yet.

    Args:
        endpoint: where it is, and how it is asked.
        key: its key; empty = it needs none. It is never written, logged or shown.
        ledger: the file in which every call is noted.
        cache_folder: where answers are kept.
        local_only: every question is an error, before any connection; answers that were given before are still given.
        judge: says which addresses of a host may be connected to; None = all.
        check_cancelled: raises CancelledError once nobody wants the answers any more.
    """
    return _Server(endpoint, key, Ledger(ledger), Answers(cache_folder), local_only, judge, check_cancelled)


class _Server:
    """See :class:`safelight.datasets.tools.Vision`."""

    def __init__(
        self,
        endpoint: Endpoint,
        key: str,
        ledger: Ledger,
        answers: Answers,
        local_only: bool,
        judge: Judge | None,
        check_cancelled: Callable[[], None],
    ) -> None:
        self._endpoint = endpoint
        self._open_line: Callable[[], Line] = partial(Line, endpoint, key, judge, ledger)
        self._line: Line | None = None
        self._answers = answers
        self._local_only = local_only
        self._check_cancelled = check_cancelled
        self._places = threading.BoundedSemaphore(endpoint.concurrency)
        self._lock = threading.Lock()
        self._calls = 0
        self._failed = dict.fromkeys(endpoint.models, 0)
        self._over = ""

    @property
    def identity(self) -> str:
        """Host and models."""
        return " ".join((self._endpoint.host, *self._endpoint.models))

    def ask(self, picture: bytes, prompt: str, *, item: str) -> tuple[str, str]:
        """See :meth:`safelight.datasets.tools.Vision.ask`."""
        known = self._answers.find(picture, prompt, self._endpoint.models)
        if known is not None:
            return known.text, known.model
        if self._local_only:
            raise LocalOnlyError(
                f"the caption server {self._endpoint.host} was to be asked, and no call to another machine is allowed",
                hint="choose the captioner of this machine, or leave out --local-only",
            )
        check_bare(picture)
        answer = self._any_model(picture, prompt, item)
        self._answers.keep(picture, prompt, self._endpoint.models, answer)
        return answer.text, answer.model

    def _any_model(self, picture: bytes, prompt: str, item: str) -> Answer:
        """Ask one model after the other."""
        if self._over:
            raise self._error(self._over)
        reasons = []
        for model in self._in_use():
            try:
                text = self._one_model(model, picture, prompt, item)
            except CallError as failure:
                with self._lock:
                    self._failed[model] += 1
                    if failure.then is Then.STOP:
                        self._over = failure.words
                if failure.then is Then.STOP:
                    raise self._error(failure.words) from failure
                reasons.append(f"{model}: {failure.words}")
                continue
            with self._lock:
                self._failed[model] = 0
            return Answer(text=text, model=model)
        raise self._error("; ".join(reasons))

    def _in_use(self) -> tuple[str, ...]:
        """The models that are worth a question: those that failed again and again are not, unless all did."""
        with self._lock:
            good = tuple(model for model, times in self._failed.items() if times < _GIVEN_UP)
        return good or self._endpoint.models

    def _one_model(self, model: str, picture: bytes, prompt: str, item: str) -> str:
        """Ask a model until it answers, or until it is no use."""
        tries = nonsenses = 0
        with self._lock:
            # One that failed again and again gets one chance for each picture, in case it is back.
            retries = self._endpoint.retries if self._failed[model] < _GIVEN_UP else 0
        while True:
            try:
                said = answer_of(self._one_call(lambda: self._opened().ask(model, prompt, picture, item=item)))
                if not (wrong := nonsense(said)):
                    return said
                nonsenses += 1
                failure = CallError(f"its answer is no use: {wrong}", Then.AGAIN, after_s=0)
                if nonsenses >= _NONSENSE:
                    raise CallError(failure.words, Then.NEXT)
            except CallError as caught:
                failure = caught
                if failure.then is not Then.AGAIN or tries >= retries:
                    raise
            tries += 1
            self._rest(failure, tries)

    def _rest(self, failure: CallError, tries: int) -> None:
        """Wait as long as the server asks for; otherwise longer each time, and never in step with others."""
        if failure.after_s is not None and failure.after_s > _MOST_ASKED_S:
            raise CallError(f"{failure.words}; it asks to wait for {failure.after_s:,.0f} seconds", Then.NEXT)
        usual = min(_MOST_S, _FIRST_S * 2 ** (tries - 1))
        # No secret depends on it.
        wait = failure.after_s if failure.after_s is not None else usual * random.uniform(0.5, 1.5)  # noqa: S311
        until = time.monotonic() + wait
        while (left := until - time.monotonic()) > 0:
            self._check_cancelled()
            time.sleep(min(_SLICE_S, left))

    def _one_call(self, call: Callable[[], str]) -> str:
        """Make a call in a thread of its own, so that a cancel need not wait for a server that says nothing."""
        while not self._places.acquire(timeout=_SLICE_S):
            self._check_cancelled()
        try:
            self._check_cancelled()
            self._count()
            outcome: Queue[str | BaseException] = Queue()
            threading.Thread(target=copy_context().run, args=(self._make, call, outcome), daemon=True).start()
        except BaseException:
            self._places.release()
            raise
        until = time.monotonic() + self._endpoint.timeout_s + 1
        while True:
            try:
                found = outcome.get(timeout=_SLICE_S)
            except Empty:
                self._check_cancelled()
                if time.monotonic() > until:
                    raise CallError(
                        f"it does not answer within {self._endpoint.timeout_s:g} seconds", Then.AGAIN
                    ) from None
                continue
            if isinstance(found, BaseException):
                raise found
            return found

    def _make(self, call: Callable[[], str], outcome: Queue[str | BaseException]) -> None:
        try:
            outcome.put(call())
        except BaseException as error:  # noqa: BLE001 - told where it is waited for
            outcome.put(error)
        finally:
            self._places.release()

    def _count(self) -> None:
        with self._lock:
            if self._endpoint.max_calls and self._calls >= self._endpoint.max_calls:
                raise self._error(f"the most calls of one build, {self._endpoint.max_calls:,}, are used up")
            self._calls += 1

    def _opened(self) -> Line:
        with self._lock:
            if self._line is None:
                self._line = self._open_line()
            return self._line

    def _error(self, words: str) -> CaptionServerError:
        return CaptionServerError(f"the caption server {self._endpoint.host} gave no answer: {words}")
