"""The WebSockets of a fake ComfyUI: one sender, in order, with the faults of the real one."""

from __future__ import annotations

import asyncio
import json
import struct
import uuid
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from fake_comfyui.options import Options

PREVIEW, TEXT, PREVIEW_WITH_METADATA = 1, 3, 4
_JPEG = 1


class Hub:
    """Sockets by client id; a second socket of an id takes its place."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._loop: asyncio.AbstractEventLoop | None = None
        self._messages: asyncio.Queue[tuple[str | None, str | bytes]] = asyncio.Queue()
        self.sockets: dict[str, WebSocket] = {}
        self.flags: dict[str, dict[str, Any]] = {}

    async def publish(self) -> None:
        """Send what is told, one after the other, for ever."""
        self._loop = asyncio.get_running_loop()
        while True:
            client_id, told = await self._messages.get()
            sockets = list(self.sockets.values()) if client_id is None else [self.sockets.get(client_id)]
            for socket in sockets:
                if socket is not None and not self._options.silent_socket:
                    await _send(socket, told)
            if self._options.last("cut_sockets"):
                for socket in list(self.sockets.values()):
                    await _close(socket)

    def tell(self, event: str, data: dict[str, Any], client_id: str | None) -> None:
        """Tell one client or, with None, all; from any thread."""
        self._put(client_id, json.dumps({"type": event, "data": data}))

    def show(self, jpeg: bytes, metadata: dict[str, Any], client_id: str | None) -> None:
        """Show a picture, in the newer way to whoever asked for it."""
        if self.knows_metadata(client_id):
            words = json.dumps({**metadata, "image_type": "image/jpeg"}).encode()
            self._put(client_id, struct.pack(">II", PREVIEW_WITH_METADATA, len(words)) + words + jpeg)
        else:
            self._put(client_id, struct.pack(">II", PREVIEW, _JPEG) + jpeg)

    def tell_odd(self, node: str, client_id: str | None) -> None:
        """Tell what extensions tell, for which no client is made."""
        self._put(client_id, json.dumps({"type": "crystools.monitor", "data": {"cpu_utilization": 12.5}}))
        self._put(client_id, json.dumps({"type": "progress", "data": None}))
        self._put(client_id, json.dumps(["no", "frame"]))
        self._put(client_id, "no JSON")
        self._put(client_id, struct.pack(">II", TEXT, len(node)) + node.encode() + b"a text")
        self._put(client_id, b"\0")

    def knows_metadata(self, client_id: str | None) -> bool:
        """Whether a client said that it takes previews with metadata."""
        flags = self.flags.get(client_id or "", {})
        return flags.get("supports_preview_metadata") is True and not self._options.old

    def hears(self, client_id: str | None) -> bool:
        """Whether anybody would get what is told now."""
        return bool(self.sockets) if client_id is None else client_id in self.sockets

    def _put(self, client_id: str | None, told: str | bytes) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._messages.put_nowait, (client_id, told))

    async def serve(self, socket: WebSocket, status: dict[str, Any], runs: str | None) -> None:
        """Be one socket: tell the status, then take feature flags; ``runs`` is the node of its prompt that runs."""
        await socket.accept()
        client_id = socket.query_params.get("clientId", "") or uuid.uuid4().hex
        self.sockets[client_id] = socket
        self.flags[client_id] = {}
        first = True
        try:
            await _send(socket, json.dumps({"type": "status", "data": {"status": status, "sid": client_id}}))
            if runs is not None and not self._options.silent_socket:
                await _send(socket, json.dumps({"type": "executing", "data": {"node": runs}}))
            while (said := await socket.receive())["type"] != "websocket.disconnect":
                if first and said.get("text") is not None and not self._options.old:
                    self._learn(client_id, said["text"])
                first = False
        finally:
            # As the real one: what is removed may be the socket that came after this one.
            self.sockets.pop(client_id, None)
            self.flags.pop(client_id, None)

    def _learn(self, client_id: str, text: str) -> None:
        try:
            said = json.loads(text)
            known = said["type"] == "feature_flags"
        except (ValueError, TypeError, KeyError):
            return
        if known and isinstance(said.get("data"), dict):
            self.flags[client_id] = said["data"]
            features = {"supports_preview_metadata": True, "max_upload_size": 104857600}
            self.tell("feature_flags", features, client_id)


async def _close(socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        await socket.close(1011)


async def _send(socket: WebSocket, told: str | bytes) -> None:
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        if isinstance(told, str):
            await socket.send_text(told)
        else:
            await socket.send_bytes(told)
