"""The pool of ComfyUI servers: who paints what, and who instead when one fails."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from safelight.comfyui.answers import JobStatus, Past
from safelight.comfyui.breaker import State
from safelight.comfyui.owed import Debt, Owed
from safelight.comfyui.painting import Painted, Watcher, Wish
from safelight.comfyui.roles import Role
from safelight.comfyui.server import Server, Ticket
from safelight.comfyui.templates import Templates
from safelight.comfyui.workflow import Values, Workflow
from safelight.errors import (
    PaintError,
    SafelightError,
    ServerAwayError,
    ServerRefusedError,
    ServersAwayError,
    WorkflowError,
)
from safelight.imaging.disk import writing

_MOST_TRIES = 5
_START_S = 6.0
"""How long the first answers of the servers are waited for."""
_LOOK_S = 5.0
"""How often the history is looked at when nothing tells that it is worth a look."""
_CLEAN_S = 5.0
_SAVING, _PASSING = "SaveImage", "PreviewImage"
"""Nodes that give the result: one keeps it for good, the other until the server starts anew."""
_TOLD: Mapping[str, str] = {
    Role.POSITIVE: "prompt", Role.NEGATIVE: "negative prompt", Role.DENOISE: "strength", Role.STEPS: "steps",
}  # fmt: skip

log = structlog.get_logger()


@dataclass(slots=True)
class _Going:
    """A wish on its way."""

    wish: Wish
    workflow: Workflow
    into: Path
    watcher: Watcher
    picture: str
    share: float = 0.0
    begun: int = 0
    """How often a server has accepted it."""

    def progress(self, share: float) -> None:
        """Tell how far it is; another server begins anew, but nobody wants to see it go back."""
        if share > self.share:
            self.share = share
            self.watcher.progress(share)


class _TooLittleError(ServersAwayError):
    """A server has too little memory for it; another one may have more."""


class Pool:
    """Gives every wish to the server that will have done it first, and to another one when that fails."""

    def __init__(
        self, servers: Sequence[Server], templates: Templates, owed: Owed, *, checkpoint: str = "", most: int = 512
    ) -> None:
        """Take the servers, the workflows, the notes of what servers may have of ours, the checkpoint that goes before
        the workflows' own, and how many pictures may be on all servers together.
        """
        self.servers = tuple(servers)
        self._templates = templates
        self._owed = owed
        self._checkpoint = checkpoint
        self._most = most
        self._urgent: list[Workflow] = []
        """What is waited for by those who go first."""
        self._closing = False
        self._news = asyncio.Event()
        self._cleaning = set[asyncio.Task[None]]()

    def start(self) -> None:
        """Begin to look after the servers."""
        for server in self.servers:
            server.start(self._survey)

    async def stop(self) -> None:
        """Stop looking after them."""
        await asyncio.gather(*self._cleaning)
        await asyncio.gather(*(server.stop() for server in self.servers))

    def wind_down(self) -> None:
        """Let go who waits for a server; what servers are at goes on."""
        self._closing = True
        self.changed()

    @property
    def away_s(self) -> float:
        """For how many seconds no server has worked; 0 while one does."""
        if any(one.breaker.open for one in self.servers):
            return 0.0
        return time.monotonic() - max(one.breaker.since for one in self.servers)

    def changed(self) -> None:
        """Let those look who wait for room."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def paint(self, wish: Wish, into: Path, watcher: Watcher) -> Painted:
        """Have a picture painted; see :meth:`safelight.comfyui.painting.Painters.paint`."""
        workflow = self._templates.get(wish.workflow)
        going = _Going(wish, workflow, into, watcher, f"{uuid.uuid4().hex}{wish.picture.suffix}")
        tried: list[str] = []
        while True:
            await self._known(workflow)
            server = await self._chosen(going, tried)
            try:
                await self._paint_on(server, going)
            except ServersAwayError as error:
                tried.append(server.name)
                log.warning("a picture goes to another server", server=server.name, reason=error.message)
                if going.begun >= _MOST_TRIES or (isinstance(error, _TooLittleError) and self._nobody_else(tried)):
                    # It may be the picture that ends them: it must not go round for ever.
                    raise PaintError(f"given up after {going.begun} tries: {error.message}") from error
                continue
            return Painted(server=server.label, tries=len(tried) + 1, notes=self._notes(going))

    def _nobody_else(self, tried: Sequence[str]) -> bool:
        return not any(one.breaker.open and one.name not in tried for one in self.servers)

    async def _known(self, workflow: Workflow) -> None:
        """Look whether servers have what a workflow needs that is new, or was changed."""
        new = [one for one in self.servers if one.breaker.open and not one.knows(workflow)]
        for error in await asyncio.gather(*(self._survey(one) for one in new), return_exceptions=True):
            if error is not None and not isinstance(error, SafelightError):
                raise error

    async def _chosen(self, going: _Going, tried: Sequence[str]) -> Server:
        """Wait for a server that has room and what the workflow needs, and keep a place there."""
        if not going.wish.urgent:
            return await self._place(going, tried)
        self._urgent.append(going.workflow)
        try:
            return await self._place(going, tried)
        finally:
            self._urgent.remove(going.workflow)
            self.changed()

    async def _place(self, going: _Going, tried: Sequence[str]) -> Server:
        workflow, by = going.workflow, time.monotonic() + _START_S
        while True:
            if self._closing:
                raise ServersAwayError("the service is stopping")
            able = [one for one in self.servers if one.breaker.open and not one.lacks(workflow)]
            full = sum(one.ours for one in self.servers) >= self._most
            with_room = [] if full else [one for one in able if one.room]
            if with_room and (going.wish.urgent or not self._wanted(with_room)):
                best = min(with_room, key=lambda one: (tried.count(one.name), self._wait_at(one), one.load))
                best.promise()
                return best
            if not able:
                self._refuse(workflow, starting=time.monotonic() < by)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 1.0)

    def _wanted(self, servers: Sequence[Server]) -> bool:
        """Tell whether somebody who goes first waits for one of these servers."""
        return any(not one.lacks(workflow) for workflow in self._urgent for one in servers)

    def _wait_at(self, server: Server) -> float:
        """Seconds until a server would have done another task; of one that is new, as of the others."""
        known = [one.seconds for one in self.servers if one.seconds is not None]
        usual = sum(known) / len(known) if known else 1.0
        return (server.load + 1) * (server.seconds if server.seconds is not None else usual)

    def _refuse(self, workflow: Workflow, *, starting: bool) -> None:
        if starting and any(one.breaker.state is State.UNKNOWN for one in self.servers):
            return
        up = [one for one in self.servers if one.breaker.open]
        if up and len(up) == len(self.servers):
            lacks = sorted({what for one in up for what in one.lacks(workflow)})
            raise WorkflowError(f"no ComfyUI server has what the workflow {workflow.name} needs: {'; '.join(lacks)}")
        why = "; ".join(f"{one.label}: {_why_not(one, workflow)}" for one in self.servers)
        since = max(one.breaker.since for one in self.servers if not one.breaker.open)
        raise ServersAwayError(
            f"no ComfyUI server answers that could do {workflow.name}: {why}", seconds=time.monotonic() - since
        )

    async def _paint_on(self, server: Server, going: _Going) -> None:
        """Have it done by one server, leaving nothing there that waits or runs."""
        began, ticket = time.monotonic(), None
        try:
            picture = await server.client.upload(going.picture, going.wish.picture, "safelight", kind="temp")
            ticket = Ticket(
                id=str(uuid.uuid4()), progress=going.progress, glimpse=going.watcher.glimpse,
                nodes=len(going.workflow.nodes),
            )  # fmt: skip
            server.add(ticket)
            await self._done(server, ticket, going, self._prompt(going, picture.reference))
        except ServerAwayError as error:
            if server.breaker.open and (ticket is None or ticket.lost is None):
                server.failed(error.reason)
            raise ServersAwayError(f"{server.label}: {error.reason}") from error
        except ServerRefusedError as error:
            raise PaintError(f"ComfyUI: {error.reason}", hint=f"on {server.label}") from error
        finally:
            if ticket is None:
                server.release()
            else:
                server.drop(ticket)
        server.worked(time.monotonic() - began)

    async def _done(self, server: Server, ticket: Ticket, going: _Going, prompt: Mapping[str, object]) -> None:
        done, debt = False, self._owed.note(ticket.id, server.name)
        try:
            ticket.prompt_id = (await server.client.queue_prompt(prompt, ticket.id)).prompt_id
            self._owed.accepted(debt, ticket.prompt_id)
            going.begun += 1
            past = await self._past(server, ticket)
            done = True
            if past.status is not JobStatus.COMPLETED:
                raise _failure(server, past)
            pictures = past.outputs.get(going.workflow.output, ())
            if not pictures:
                raise PaintError(f"{server.label} finished without a picture")
            with writing(going.into):
                await server.client.view(pictures[0], going.into)
        finally:
            # Nobody may stop this half-way, or work of ours would go on there for nobody.
            debt.given_up = True
            cleaning = asyncio.create_task(self._clean(server, debt, done=done))
            self._cleaning.add(cleaning)
            cleaning.add_done_callback(self._cleaning.discard)
            if not done and ticket.lost is None:
                await asyncio.shield(cleaning)

    async def _past(self, server: Server, ticket: Ticket) -> Past:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(ticket.look.wait(), _LOOK_S)
            ticket.look.clear()
            if ticket.lost is not None:
                raise ticket.lost
            # Asked before the history: what ends in between is there.
            gone = server.gone(ticket)
            past = await server.client.history(ticket.prompt_id)
            if past is not None:
                return past
            if gone:
                raise ServersAwayError(f"{server.label} has lost the task")

    async def _clean(self, server: Server, debt: Debt, *, done: bool) -> None:
        """Leave nothing on a server; where that fails, or takes it a while, it is done when the server is looked at."""
        try:
            async with asyncio.timeout(_CLEAN_S):
                if done:
                    await server.client.forget(debt.prompt_id)
                    self._owed.settle(debt)
                else:
                    debt.asked = await server.client.cancel(debt.prompt_id or debt.id)
        except (SafelightError, TimeoutError) as error:
            log.info("could not clean up", server=server.name, error=str(error))

    def _prompt(self, going: _Going, picture: str) -> dict[str, object]:
        """What is sent: nothing of it, and nothing of what it gives, is kept there for good."""
        prompt = going.workflow.filled(self._values(going, picture))
        output = prompt[going.workflow.output]
        if output["class_type"] == _SAVING:
            prompt[going.workflow.output] = {
                **output, "class_type": _PASSING, "inputs": {"images": output["inputs"]["images"]},
            }  # fmt: skip
        return prompt

    def _values(self, going: _Going, picture: str) -> Values:
        wish = going.wish
        return Values(
            picture=picture, prefix=f"safelight/{going.picture}", prompt=wish.prompt,
            negative=wish.negative, strength=wish.strength, seed=wish.seed, steps=wish.steps,
            checkpoint=self._checkpoint,
        )  # fmt: skip

    def _notes(self, going: _Going) -> tuple[str, ...]:
        # A seed is always there; that a workflow knows no chance is nobody's loss.
        unused = [role for role in going.workflow.unused(self._values(going, "")) if role in _TOLD]
        return tuple(f"the workflow {going.workflow.name} has no place for the {_TOLD[role]}" for role in unused)

    async def _survey(self, server: Server) -> None:
        """Look what a server has for the workflows."""
        facts = await server.client.system_stats()
        workflows = self._templates.good()
        classes = {name for one in workflows for name in one.classes} | {_PASSING}
        info = await server.client.object_info(classes)
        found = [(one, one.missing(info, checkpoint=self._checkpoint)) for one in workflows]
        for workflow, lacks in found:
            if lacks and server.lacks(workflow) != lacks:
                log.warning("a workflow cannot run", workflow=workflow.name, server=server.name, lacks="; ".join(lacks))
        server.surveyed(facts, {one.digest: (one.name, lacks) for one, lacks in found})


def _failure(server: Server, past: Past) -> SafelightError:
    error = past.error
    if error is None:
        return ServersAwayError(f"{server.label} was told by somebody else to stop it")
    if "OutOfMemory" in error.type or "out of memory" in error.message.lower():
        return _TooLittleError(f"{server.label} has too little memory for it: {error}")
    return PaintError(f"ComfyUI: {error}", hint=f"on {server.label}")


def _why_not(server: Server, workflow: Workflow) -> str:
    lacks = ", ".join(server.lacks(workflow))
    return f"it lacks {lacks}" if server.breaker.open and lacks else server.breaker.reason or "no answer yet"
