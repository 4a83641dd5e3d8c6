"""The client that blocks: the methods of the other one, over a wire that never suspends."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from safelight.client.calls import Param, Source
from safelight.client.http import BlockingWire
from safelight.client.line import RETRIES, TIMEOUT_S, Line
from safelight.client.methods import Methods
from safelight.client.values import Batch, Event, Health, Style, Task

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, without an event loop."""
    try:
        work.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    work.close()
    raise RuntimeError("only an AsyncSafelight can wait for a coroutine")


class Safelight:
    """Calls a Safelight service; as ``with`` block it closes its connections. Threads may share it."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        user: str | None = None,
        timeout: float = TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        """Take where the service is; nothing is sent yet.

        Args:
            url: address of the service.
            token: its SAFELIGHT_TOKEN, if it has one.
            user: for whom everything is done; they see only what is theirs. None = for the house itself.
            timeout: longest silence of the service within a request, in seconds.
            retries: how often a request is tried again.

        Raises:
            ValueError: the address or the token cannot be one.
        """
        self._line = Line(wire=BlockingWire(url, token), user=user, timeout_s=timeout, retries=retries)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def close(self) -> None:
        """Close all connections, also those of the clients that :meth:`as_user` gave."""
        at_once(self._line.wire.close())

    def as_user(self, user: str | None) -> Self:
        """Give a client for somebody else over the same connections."""
        found = copy(self)
        found._line = replace(self._line, user=user)
        return found

    def transform(self, image_url: str, style: str = "clay", prompt: str | None = None, strength: float = 0.6) -> Task:
        """Give a picture of the web a style; the task is there at once, the picture when the task is completed.

        Args:
            image_url: where the service is to fetch the picture.
            style: name of a style; :meth:`styles` lists them.
            prompt: what the style is told besides its own prompt.
            strength: how far the result goes away from the picture, 0-1.

        Raises:
            SafelightApiError: the service refuses.
            UnreachableError: it does not answer.
        """
        return at_once(self._does.transform(image_url, style, prompt, strength))

    def transform_many(
        self, image_urls: Sequence[str], style: str = "clay", prompt: str | None = None, strength: float = 0.6
    ) -> Batch:
        """Give several pictures of the web a style, as a batch.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.transform_many(image_urls, style, prompt, strength))

    def enhance(
        self, photo: Source, /, *, preset: str | None = None, filename: str | None = None, **params: Param
    ) -> Task:
        """Enlarge a photo.

        Args:
            photo: path of its file, which is read as it is sent, or its bytes.
            preset: name of a preset; None = that of the service, `general` as a rule.
            filename: name of the photo, if not that of its file.
            params: `scale`, `quality_level`, `format` and all other fields of POST /enhance.

        Raises:
            SafelightApiError: the service refuses.
            UnreachableError: it does not answer.
            OSError: the file cannot be read.
        """
        return at_once(self._does.enhance(photo, preset=preset, filename=filename, **params))

    def stylize(self, photo: Source, /, *, style: str = "clay", filename: str | None = None, **params: Param) -> Task:
        """Give a photo a style; ``params`` are the fields of POST /stylize, `strength` among them.

        Raises: as :meth:`enhance`.
        """
        return at_once(self._does.stylize(photo, style=style, filename=filename, **params))

    def cartoonize(self, photo: Source, /, *, filename: str | None = None, **params: Param) -> Task:
        """Turn a photo into a cartoon; ``params`` are the fields of POST /cartoonize, `style` among them.

        Raises: as :meth:`enhance`.
        """
        return at_once(self._does.cartoonize(photo, filename=filename, **params))

    def restore(self, photo: Source, /, *, filename: str | None = None, **params: Param) -> Task:
        """Restore the faces of a photo; ``params`` are the fields of POST /restore, `strength` among them.

        Raises: as :meth:`enhance`.
        """
        return at_once(self._does.restore(photo, filename=filename, **params))

    def task(self, task_id: str) -> Task:
        """Look where a task is.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.task(task_id))

    def wait(
        self, task_id: str, timeout: float | None = None, on_progress: Callable[[Task], None] | None = None
    ) -> Task:
        """Wait until a task is completed.

        It listens to the service and looks again after everything that could be the end, so it is told at once, and
        goes on when a connection breaks or the service starts anew.

        Args:
            task_id: the task.
            timeout: longest time, in seconds; None = as long as it takes.
            on_progress: hears of every change.

        Raises:
            TaskFailedError: it has failed, or was cancelled.
            TimeoutError: it takes longer; it goes on all the same.
            SafelightApiError: there is no such task.
            UnreachableError: the service has not answered for five minutes.
        """
        return at_once(self._does.wait(task_id, timeout, on_progress))

    def stream(self, task_id: str) -> Iterator[Event]:
        """Give the events of a task from its beginning until it has ended, over as many connections as it takes.

        Raises:
            SafelightApiError: there is no such task.
            UnreachableError: the service has not answered for five minutes.
        """
        events = self._does.stream(task_id)
        try:
            while (event := at_once(_next(events))) is not None:
                yield event
        finally:
            at_once(_closed(events))

    def cancel(self, task_id: str) -> Task:
        """Cancel a task: one that waits at once, one that runs within a tile.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.cancel(task_id))

    def retry(self, task_id: str) -> Task:
        """Try a task again that has failed or was cancelled.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.retry(task_id))

    def batch(self, batch_id: str) -> Batch:
        """Look where a batch is.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.batch(batch_id))

    def wait_batch(
        self, batch_id: str, timeout: float | None = None, on_progress: Callable[[Batch], None] | None = None
    ) -> Batch:
        """Wait until all tasks of a batch have ended; which of them failed is in the batch, and is no error.

        Raises: as :meth:`wait`, but for TaskFailedError.
        """
        return at_once(self._does.wait_batch(batch_id, timeout, on_progress))

    @overload
    def download(self, task: Task | str, to: None = None) -> bytes: ...

    @overload
    def download(self, task: Task | str, to: str | os.PathLike[str]) -> Path: ...

    def download(self, task: Task | str, to: str | os.PathLike[str] | None = None) -> bytes | Path:
        """Fetch the result of a task, or of the task with an id.

        Args:
            task: the task, completed.
            to: the file to write; it appears when it is whole, and takes the place of one that is there.

        Raises:
            SafelightApiError: there is no result, or not yet.
            UnreachableError: the service does not answer.
            OSError: the file cannot be written.
        """
        return at_once(self._does.download(task)) if to is None else at_once(self._does.download(task, to))

    def styles(self) -> tuple[Style, ...]:
        """List the styles.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.styles())

    def health(self) -> Health:
        """Ask how the service is; one that can take no work now is an answer as well.

        Raises: as :meth:`transform`.
        """
        return at_once(self._does.health())

    @property
    def _does(self) -> Methods:
        return Methods(self._line)


async def _next(events: AsyncGenerator[Event, None]) -> Event | None:
    return await anext(events, None)


async def _closed(events: AsyncGenerator[Event, None]) -> None:
    await events.aclose()
