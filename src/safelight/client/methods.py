"""What the service can be asked for: written once, for both clients."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import overload
from urllib.parse import quote

from safelight.client.calls import API, Param, Source, fields_of, get, post, upload_of
from safelight.client.downloading import content_of, file_of
from safelight.client.errors import TaskFailedError
from safelight.client.following import Clock, Follower, Told
from safelight.client.line import Line
from safelight.client.streaming import stream
from safelight.client.subjects import BatchSubject, TaskSubject
from safelight.client.values import Accepted, Batch, Event, Health, Status, Style, Task


class Methods:
    """Asks over a line, whose wire decides how it is waited."""

    def __init__(self, line: Line) -> None:
        """Take the line."""
        self._line = line

    async def transform(
        self, image_url: str, style: str = "clay", prompt: str | None = None, strength: float = 0.6
    ) -> Task:
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
        body = {"image_url": image_url, "style_type": style, "custom_prompt": prompt, "strength": strength}
        return await self._line.ask(post(f"{API}/transform", body=body), Task)

    async def transform_many(
        self, image_urls: Sequence[str], style: str = "clay", prompt: str | None = None, strength: float = 0.6
    ) -> Batch:
        """Give several pictures of the web a style, as a batch.

        Raises: as :meth:`transform`.
        """
        body = {"image_urls": list(image_urls), "style_type": style, "custom_prompt": prompt, "strength": strength}
        accepted = await self._line.ask(post(f"{API}/transform/batch", body=body), Accepted)
        return accepted.batch()

    async def enhance(
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
        return await self._send("enhance", photo, filename, {**params, **({"preset": preset} if preset else {})})

    async def stylize(
        self, photo: Source, /, *, style: str = "clay", filename: str | None = None, **params: Param
    ) -> Task:
        """Give a photo a style; ``params`` are the fields of POST /stylize, `strength` among them.

        Raises: as :meth:`enhance`.
        """
        return await self._send("stylize", photo, filename, {"style": style, **params})

    async def cartoonize(self, photo: Source, /, *, filename: str | None = None, **params: Param) -> Task:
        """Turn a photo into a cartoon; ``params`` are the fields of POST /cartoonize, `style` among them.

        Raises: as :meth:`enhance`.
        """
        return await self._send("cartoonize", photo, filename, params)

    async def restore(self, photo: Source, /, *, filename: str | None = None, **params: Param) -> Task:
        """Restore the faces of a photo; ``params`` are the fields of POST /restore, `strength` among them.

        Raises: as :meth:`enhance`.
        """
        return await self._send("restore", photo, filename, params)

    async def task(self, task_id: str) -> Task:
        """Look where a task is.

        Raises: as :meth:`transform`.
        """
        return await self._line.ask(TaskSubject(task_id).look, Task)

    async def wait(
        self,
        task_id: str,
        timeout: float | None = None,
        on_progress: Told[Task] | None = None,
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
        clock = Clock(timeout, f"task {task_id}")
        return succeeded(await Follower[Task](self._line, TaskSubject(task_id), clock).wait(on_progress))

    def stream(self, task_id: str) -> AsyncGenerator[Event, None]:
        """Give the events of a task from its beginning until it has ended, over as many connections as it takes.

        Raises:
            SafelightApiError: there is no such task.
            UnreachableError: the service has not answered for five minutes.
        """
        return stream(self._line, task_id)

    async def cancel(self, task_id: str) -> Task:
        """Cancel a task: one that waits at once, one that runs within a tile.

        Raises: as :meth:`transform`.
        """
        return await self._line.ask(post(f"{API}/tasks/{quote(task_id, safe='')}/cancel"), Task)

    async def retry(self, task_id: str) -> Task:
        """Try a task again that has failed or was cancelled.

        Raises: as :meth:`transform`.
        """
        return await self._line.ask(post(f"{API}/tasks/{quote(task_id, safe='')}/retry"), Task)

    async def batch(self, batch_id: str) -> Batch:
        """Look where a batch is.

        Raises: as :meth:`transform`.
        """
        return await self._line.ask(BatchSubject(batch_id).look, Batch)

    async def wait_batch(
        self,
        batch_id: str,
        timeout: float | None = None,
        on_progress: Told[Batch] | None = None,
    ) -> Batch:
        """Wait until all tasks of a batch have ended; which of them failed is in the batch, and is no error.

        Raises: as :meth:`wait`, but for TaskFailedError.
        """
        clock = Clock(timeout, f"batch {batch_id}")
        return await Follower[Batch](self._line, BatchSubject(batch_id), clock).wait(on_progress)

    @overload
    async def download(self, task: Task | str, to: None = None) -> bytes: ...

    @overload
    async def download(self, task: Task | str, to: str | os.PathLike[str]) -> Path: ...

    async def download(self, task: Task | str, to: str | os.PathLike[str] | None = None) -> bytes | Path:
        """Fetch the result of a task, or of the task with an id.

        Args:
            task: the task, completed.
            to: the file to write; it appears when it is whole, and takes the place of one that is there.

        Raises:
            SafelightApiError: there is no result, or not yet.
            UnreachableError: the service does not answer.
            OSError: the file cannot be written.
        """
        task_id = task.task_id if isinstance(task, Task) else task
        return await (content_of(self._line, task_id) if to is None else file_of(self._line, task_id, Path(to)))

    async def styles(self) -> tuple[Style, ...]:
        """List the styles.

        Raises: as :meth:`transform`.
        """
        return await self._line.ask(get(f"{API}/styles"), tuple[Style, ...])

    async def health(self) -> Health:
        """Ask how the service is; one that can take no work now is an answer as well.

        Raises: as :meth:`transform`.
        """
        return await self._line.ask(get("/health"), Health, also=(503,))

    async def _send(self, route: str, photo: Source, filename: str | None, params: dict[str, Param]) -> Task:
        call = post(f"{API}/{route}", form=fields_of(params), upload=upload_of(photo, filename))
        return await self._line.ask(call, Task)


def succeeded(task: Task) -> Task:
    """Give a task that is completed.

    Raises:
        TaskFailedError: it is not.
    """
    if task.status is not Status.COMPLETED:
        raise TaskFailedError(task)
    return task
