"""A client of one ComfyUI server: what can be asked of it, as typed methods."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

from safelight.comfyui.address import address_of
from safelight.comfyui.answers import (
    MARK,
    Accepted,
    Features,
    JobStatus,
    Past,
    Queue,
    SystemStats,
    Uploaded,
    accepted_of,
    cancelled_of,
    job_of,
    past_of,
    problems_of,
    queue_of,
    remaining_of,
    stats_of,
    uploaded_of,
)
from safelight.comfyui.frames import Frame, Image
from safelight.comfyui.line import MOST_LISTS, Line, Timeouts
from safelight.comfyui.listening import listened
from safelight.comfyui.nodes import NodeClass, node_classes_of
from safelight.errors import PromptRefusedError, SafelightError, ServerAwayError

MOST_BYTES = 512 << 20
"""Bytes of the largest picture that is taken from a server."""

_NO_ROUTE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FORBIDDEN)
"""What is answered where a route is not there, or where a proxy lets only the old ones through."""

T = TypeVar("T")


class ComfyClient:
    """A client of one ComfyUI server.

    Every method raises ServerAwayError when the server cannot be reached, breaks off, takes too long, answers 5xx or
    a redirect, or says what no ComfyUI would, and ServerRefusedError when it answers 4xx. Use it as an async context
    manager, or call :meth:`aclose`; it stays in the event loop of its first request.
    """

    def __init__(
        self, base_url: str, *, client_id: str = "", timeouts: Timeouts | None = None, max_bytes: int = MOST_BYTES
    ) -> None:
        """Take the address; nothing is sent yet.

        Args:
            base_url: as ``http://host:8188``, also with a path and with ``user:password@``.
            client_id: by which the server sends what happens to the right WebSocket; one is made if there is none.
            timeouts: how long it is waited for.
            max_bytes: of the largest picture taken from it.

        Raises:
            SettingsError: the address cannot be used.
        """
        self._address = address_of(base_url)
        self._timeouts = timeouts or Timeouts()
        self._line = Line(self._address, self._timeouts)
        self._max_bytes = max_bytes
        self._features: Features | None = None
        self._own_ids: bool | None = None
        self._probing = asyncio.Lock()
        self.client_id = client_id or str(uuid4())

    @property
    def server(self) -> str:
        """The address as it may be shown, without user and password."""
        return str(self._address)

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, and forget what the server can do."""
        self._features = None
        await self._line.aclose()

    async def upload(
        self, name: str, content: bytes | Path, subfolder: str = "", *, kind: Literal["input", "temp"] = "input"
    ) -> Uploaded:
        """Send a picture; ``content`` is the file or where it is. The server may give it another name.

        Servers empty their folder for ``temp`` when they start, and keep that for ``input``.

        Raises:
            OSError: the file cannot be read.
        """
        fields = {"type": kind, "subfolder": subfolder}
        if isinstance(content, Path):
            with content.open("rb") as file:
                answer = await self._line.send("/upload/image", name, file, fields)
        else:
            answer = await self._line.send("/upload/image", name, content, fields)
        return self._read(uploaded_of, answer.content)

    async def queue_prompt(self, prompt: Mapping[str, object], prompt_id: str) -> Accepted:
        """Put a workflow in the queue, all of it or nothing.

        When no answer comes, the server may have it all the same: ``queue().find(prompt_id)`` and ``history`` tell.
        Sent twice, it runs twice.

        Args:
            prompt: in the API format.
            prompt_id: a UUID as ``str(uuid4())``. Old servers give an id of their own in its place.

        Raises:
            PromptRefusedError: it is not taken, or only some of its outputs are; then it is cancelled first.
        """
        body = {
            "prompt": prompt, "prompt_id": prompt_id, "client_id": self.client_id, "extra_data": {MARK: prompt_id},
        }  # fmt: skip
        answer = await self._line.post("/prompt", body, also=(HTTPStatus.BAD_REQUEST,))
        problems = problems_of(answer.content)
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise PromptRefusedError(self.server, problems or ("it says nothing more",), status=answer.status)
        accepted = self._read(accepted_of, answer.content)
        self._own_ids = accepted.prompt_id == prompt_id
        if problems:
            try:
                await self.cancel(accepted.prompt_id)
                await self.forget(accepted.prompt_id)
            except SafelightError as error:
                problems = (*problems, f"what it took of it could not be cancelled: {error}")
            raise PromptRefusedError(self.server, problems, status=answer.status)
        return accepted

    async def queue(self) -> Queue:
        """Tell what waits and runs there, of everybody."""
        return self._read(queue_of, (await self._line.get("/queue", most=MOST_LISTS)).content)

    async def remaining(self) -> int:
        """Tell how many prompts wait or run there, of everybody; cheaper than :meth:`queue`."""
        return self._read(remaining_of, (await self._line.get("/prompt")).content)

    async def history(self, prompt_id: str) -> Past | None:
        """Tell how a prompt ended; None as long as it has not, or if the server does not know it."""
        answer = await self._line.get(f"/history/{_part(prompt_id)}")
        return self._read(lambda content: past_of(content, prompt_id), answer.content)

    async def job(self, prompt_id: str) -> JobStatus | None:
        """Tell how it stands with a prompt; None if it is lost: it neither waits, nor runs, nor has ended."""
        if (await self.features()).jobs:
            answer = await self._line.get(f"/api/jobs/{_part(prompt_id)}", also=(HTTPStatus.NOT_FOUND,))
            return None if answer.status == HTTPStatus.NOT_FOUND else self._read(job_of, answer.content)
        # In this order, so that one which ends meanwhile is found: it leaves the queue as it enters the history.
        queue = await self.queue()
        if (found := queue.find(prompt_id)) is not None:
            return JobStatus.IN_PROGRESS if queue.runs(found.prompt_id) else JobStatus.PENDING
        past = await self.history(prompt_id)
        return None if past is None else past.status

    async def view(self, image: Image, to: Path) -> int:
        """Write a picture of the server to a file; gives its size. Whether it is a picture, nobody has looked.

        What is written before a failure stays there.

        Raises:
            ServerRefusedError: it is not there, or larger than ``max_bytes``.
            OSError: the file cannot be written.
        """
        params = {"filename": image.filename, "subfolder": image.subfolder, "type": image.type}
        return await self._line.receive("/view", params, to, self._max_bytes)

    async def cancel(self, prompt_id: str) -> bool:
        """Stop a prompt, whether it waits or runs; gives False if it did neither.

        Servers of today do this by its id, and nothing else is touched. For others it is deleted from the queue, and
        they are interrupted only if it is what runs, looked up just before. Of those, the ones that know the id in an
        interrupt are safe too; the oldest stop whatever runs when the interrupt arrives. There one race is left: if the
        prompt ends in the milliseconds between the look and the interrupt, the one after it is stopped.
        """
        if (await self.features()).cancel:
            answer = await self._line.post(f"/api/jobs/{_part(prompt_id)}/cancel")
            return self._read(cancelled_of, answer.content)
        if (found := (await self.queue()).find(prompt_id)) is None:
            return False
        await self.delete_pending((found.prompt_id,))
        queue = await self.queue()
        if queue.runs(found.prompt_id):
            await self._line.post("/interrupt", {"prompt_id": found.prompt_id}, answers=False)
        return True

    async def delete_pending(self, prompt_ids: Iterable[str]) -> None:
        """Take prompts out of the queue; those that run or are not there are left alone."""
        await self._line.post("/queue", {"delete": list(prompt_ids)}, answers=False)

    async def forget(self, prompt_id: str) -> None:
        """Delete a prompt that has ended from the history; its files stay."""
        await self._line.post("/history", {"delete": [prompt_id]}, answers=False)

    async def features(self) -> Features:
        """Tell what the server can do; asked once, until :meth:`aclose`."""
        async with self._probing:
            found = self._features
            if found is None:
                # Nobody has this id: servers with the routes answer that, others that there is no such route.
                nobody = f"/api/jobs/{uuid4()}"
                job = await self._line.get(nobody, also=(*_NO_ROUTE, HTTPStatus.OK))
                cancel = await self._line.post(f"{nobody}/cancel", also=_NO_ROUTE)
                found = self._features = Features(
                    version=(await self.system_stats()).version,
                    jobs=job.status == HTTPStatus.NOT_FOUND and isinstance(job.content, dict),
                    cancel=isinstance(cancel.content, dict) and "cancelled" in cancel.content,
                    own_ids=None,
                )
        return replace(found, own_ids=self._own_ids)

    async def object_info(self, classes: Collection[str]) -> dict[str, NodeClass]:
        """Tell what node classes are like; those that the server lacks are not in the answer."""
        found: dict[str, NodeClass] = {}
        for name in sorted(set(classes)):
            # Servers say that a class is not there with nothing; proxies before them, of odd names, with a 404.
            path = f"/object_info/{_part(name)}"
            answer = await self._line.get(path, most=MOST_LISTS, also=(HTTPStatus.NOT_FOUND,))
            known = {} if answer.status == HTTPStatus.NOT_FOUND else self._read(node_classes_of, answer.content)
            if name in known:
                found[name] = known[name]
        return found

    async def system_stats(self) -> SystemStats:
        """Tell what the server says of itself: its version and its devices."""
        return self._read(stats_of, (await self._line.get("/system_stats")).content)

    def events(self, client_id: str = "") -> AsyncGenerator[Frame]:
        """Listen to what happens, until the server says goodbye; close it with ``contextlib.aclosing``.

        It is a hint, as a reconnect replays nothing, and a socket may stay silent though it is open: look at the queue
        and the history too. Listen before :meth:`queue_prompt`.

        Raises:
            ServerAwayError: the server cannot be connected to, broke off, or answers no pings.
        """
        return listened(self._address, client_id or self.client_id, self._timeouts)

    def _read(self, reader: Callable[[object], T], content: object) -> T:
        try:
            return reader(content)
        except (ValueError, OverflowError) as error:
            raise ServerAwayError(self.server, "what it answers is not what ComfyUI would") from error


def _part(text: str) -> str:
    # A dot alone would be taken for a folder.
    return quote(text, safe="").replace(".", "%2E")
