"""The pool of servers for code that runs in threads: an event loop of its own, in a thread of its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import threading
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from safelight.comfyui.client import ComfyClient
from safelight.comfyui.owed import Owed
from safelight.comfyui.painting import Painted, Watcher, Wish
from safelight.comfyui.pool import Pool
from safelight.comfyui.server import Server
from safelight.comfyui.templates import Templates
from safelight.errors import OutputError
from safelight.secret import service_secret
from safelight.settings import Settings

T = TypeVar("T")

_LOOK_S = 0.1
_END_S = 10.0


class ServerPool:
    """The pool, as operations see it; looks after the servers from when it is made until it is closed."""

    def __init__(self, settings: Settings, templates: Templates) -> None:
        """Begin to look after the servers of the settings."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="comfyui", daemon=True)
        self._thread.start()
        self._pool = self._do(self._made(settings, templates))

    def paint(self, wish: Wish, into: Path, watcher: Watcher, check_cancelled: Callable[[], None]) -> Painted:
        """Have a picture painted; see :meth:`safelight.comfyui.painting.Painters.paint`."""
        began, ended = threading.Event(), threading.Event()

        async def painted() -> Painted:
            began.set()
            try:
                return await self._pool.paint(wish, into, watcher)
            finally:
                ended.set()

        future = asyncio.run_coroutine_threadsafe(painted(), self._loop)
        while True:
            try:
                return future.result(_LOOK_S)
            except TimeoutError:
                if future.done():
                    # It ended in between, or the time-out is its own.
                    return future.result()
            try:
                check_cancelled()
            except BaseException:
                future.cancel()
                # Nothing of it is left on the server when this returns.
                if began.is_set():
                    ended.wait(_END_S)
                raise

    def facts(self) -> list[dict[str, Any]]:
        """What is known of each server, as plain values."""
        return [_facts(server) for server in self._pool.servers]

    def ready(self) -> bool:
        """Tell whether a server would take work now, or may in a moment."""
        return any(server.breaker.open or server.breaker.state == "unknown" for server in self._pool.servers)

    def away_s(self) -> float:
        """Tell for how many seconds no server has worked; 0 while one does."""
        return self._pool.away_s

    def wind_down(self) -> None:
        """Let go who waits for a server: they get a ServersAwayError. What servers are at goes on."""
        self._loop.call_soon_threadsafe(self._pool.wind_down)

    def close(self) -> None:
        """Stop looking after the servers."""
        self._do(self._pool.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_END_S)
        self._loop.close()

    async def _made(self, settings: Settings, templates: Templates) -> Pool:
        # Servers show what is done to whoever has this id: it is nobody else's, and new each time.
        client_id = f"safelight-{uuid.uuid4().hex}"
        pool: Pool

        def changed() -> None:
            pool.changed()

        secret, owed = _secret(settings), Owed(settings.data_dir / "owed")
        servers = []
        for address in settings.comfyui_servers:
            client = ComfyClient(address, client_id=client_id)
            servers.append(
                Server(
                    client, label=label_of(client.server, secret), owed=owed, capacity=settings.comfyui_capacity,
                    stall_s=settings.comfyui_stall_s, changed=changed,
                )
            )  # fmt: skip
        pool = Pool(
            servers, templates, owed, checkpoint=settings.comfyui_checkpoint, most=settings.max_concurrent_tasks
        )
        pool.start()
        return pool

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_END_S)


def label_of(address: str, secret: bytes) -> str:
    """What users may call a server: always the same, and nothing that its address could be guessed from."""
    return f"server-{hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()[:6]}"


def _secret(settings: Settings) -> bytes:
    try:
        return service_secret(settings.data_dir)
    except OutputError:
        # Without a place to keep it, labels are others each time.
        return secrets.token_bytes(32)


def _facts(server: Server) -> dict[str, Any]:
    return {
        "name": server.name, "label": server.label, "state": server.breaker.state.value,
        "reason": server.breaker.reason,
        "running": server.running, "pending": server.pending, "ours": server.ours, "finished": server.finished,
        "failures": server.failures, "seconds": round(server.seconds, 3) if server.seconds is not None else None,
        "version": server.facts.version, "devices": [one.name for one in server.facts.devices],
        "lacks": {name: list(lacks) for name, lacks in server.lacking.items()},
    }  # fmt: skip
