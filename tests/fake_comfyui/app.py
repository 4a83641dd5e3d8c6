"""The HTTP side of a fake ComfyUI: every route also under ``/api``, as the real one."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from fake_comfyui import validation
from fake_comfyui.executor import Executor
from fake_comfyui.faults import Faults
from fake_comfyui.hub import Hub
from fake_comfyui.nodes import installed
from fake_comfyui.options import Options
from fake_comfyui.places import KINDS, Places
from fake_comfyui.prompts import Item, Prompts
from fake_comfyui.records import Records

Handler = Callable[[Request], Awaitable[Response]]


class ComfyUI:
    """All of one server."""

    def __init__(self, folder: Path, options: Options) -> None:
        self.options = options
        self.places = Places(folder)
        self.records = Records(folder)
        self.hub = Hub(options)
        self.prompts = Prompts(self.records, self._changed)
        self.executor = Executor(options, self.places, self.prompts, self.hub, self.records)

    def app(self) -> ASGIApp:
        """What uvicorn serves."""
        routes: list[Route | WebSocketRoute] = []
        for prefix in ("", "/api"):
            routes.append(WebSocketRoute(f"{prefix}/ws", self.websocket))
            for method, path, handler in self._routes():
                routes.append(Route(prefix + path, handler, methods=[method]))
        for method, path, handler in self._jobs():
            routes.append(Route(path, self._newer(handler), methods=[method]))
        routes += [
            Route("/_control", self.control, methods=["GET", "POST"]),
            Route("/_stats", self.stats, methods=["GET"]),
            # The real one serves its pages from the root: what it does not know is no page, and takes no POST.
            Route("/{path:path}", _no_page, methods=["GET"]),
        ]
        return Faults(Starlette(routes=routes, lifespan=self._lifespan), self.options, self.records)

    def _routes(self) -> list[tuple[str, str, Handler]]:
        return [
            ("POST", "/prompt", self.post_prompt),
            ("GET", "/prompt", self.get_prompt),
            ("GET", "/queue", self.get_queue),
            ("POST", "/queue", self.post_queue),
            ("POST", "/interrupt", self.interrupt),
            ("GET", "/history", self.get_history),
            ("POST", "/history", self.post_history),
            ("GET", "/history/{prompt_id}", self.get_history),
            ("GET", "/view", self.view),
            ("POST", "/upload/image", self.upload),
            ("GET", "/object_info", self.object_info),
            ("GET", "/object_info/{node_class}", self.object_info),
            ("GET", "/system_stats", self.system_stats),
            ("GET", "/features", self.features),
        ]

    def _jobs(self) -> list[tuple[str, str, Handler]]:
        return [("GET", "/api/jobs/{job_id}", self.get_job), ("POST", "/api/jobs/{job_id}/cancel", self.cancel_job)]

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        publishing = asyncio.create_task(self.hub.publish())
        Thread(target=self.executor.run, daemon=True).start()
        yield
        publishing.cancel()

    def _newer(self, handler: Handler) -> Handler:
        """A route that older servers do not know."""

        async def known(request: Request) -> Response:
            if not (self.options.old or self.options.no_jobs):
                return await handler(request)
            return Response(status_code=404 if request.method == "GET" else 405)

        return known

    def _status(self) -> dict[str, Any]:
        return {"exec_info": {"queue_remaining": self.prompts.remaining()}}

    def _changed(self) -> None:
        self.hub.tell("status", {"status": self._status()}, None)

    async def websocket(self, socket: WebSocket) -> None:
        if self.options.no_socket:
            await socket.close()
            return
        mine = socket.query_params.get("clientId") == self.executor.client_id
        await self.hub.serve(socket, self._status(), self.executor.last_node if mine else None)

    async def post_prompt(self, request: Request) -> Response:
        body = await request.json()
        asked = float(body["number"]) if "number" in body else None
        number = self.prompts.number(asked, bool(body.get("front")))
        if "prompt" not in body:
            return self._refused(validation.NO_PROMPT, {})
        prompt_id = None if self.options.old else body.get("prompt_id")
        if prompt_id is not None and not (self.options.no_jobs or validation.canonical(prompt_id)):
            return self._refused(validation.BAD_ID, {})
        prompt_id = str(prompt_id or uuid.uuid4())
        verdict = validation.validated(body["prompt"], self.options, self.places)
        if verdict.error is not None:
            return self._refused(verdict.error, verdict.node_errors)
        extra = dict(body.get("extra_data", {}))
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        extra["create_time"] = int(time.time() * 1000)
        item = Item(number=number, prompt_id=prompt_id, prompt=body["prompt"], extra=extra, outputs=verdict.outputs)
        self.prompts.put(item)
        return JSONResponse({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})

    def _refused(self, error: dict[str, Any], node_errors: dict[str, Any]) -> Response:
        self.records.refused[error["type"]] += 1
        if self.options.old and error is validation.NO_PROMPT:
            return JSONResponse({"error": "no prompt", "node_errors": []}, 400)
        return JSONResponse({"error": error, "node_errors": node_errors}, 400)

    async def get_prompt(self, _request: Request) -> Response:
        return JSONResponse(self._status())

    async def get_queue(self, _request: Request) -> Response:
        return JSONResponse(self.prompts.queue())

    async def post_queue(self, request: Request) -> Response:
        body = await request.json()
        if body.get("clear"):
            self.prompts.clear()
        for one in body.get("delete", []):
            self.prompts.dequeue(one)
        return Response()

    async def interrupt(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = {}
        prompt_id = None if self.options.old else body.get("prompt_id")
        self.prompts.interrupt(prompt_id or None)
        return Response()

    async def get_job(self, request: Request) -> Response:
        job = self.prompts.job(request.path_params["job_id"])
        return JSONResponse({"error": "Job not found"}, 404) if job is None else JSONResponse(job)

    async def cancel_job(self, request: Request) -> Response:
        job_id = request.path_params["job_id"]
        return JSONResponse({"cancelled": self.prompts.interrupt(job_id) or self.prompts.dequeue(job_id)})

    async def get_history(self, request: Request) -> Response:
        found = self.prompts.past(request.path_params.get("prompt_id"))
        most = request.query_params.get("max_items")
        if most is not None and "prompt_id" not in request.path_params:
            found = dict(list(found.items())[max(0, len(found) - int(most)) :])
        return JSONResponse(found)

    async def post_history(self, request: Request) -> Response:
        body = await request.json()
        if body.get("clear"):
            self.prompts.forget(None)
        self.prompts.forget(body.get("delete", []))
        return Response()

    async def view(self, request: Request) -> Response:
        if "filename" not in request.query_params:
            return Response(status_code=404)
        name, folder = self.places.annotated(request.query_params["filename"])
        if not name or name.startswith("/") or ".." in name:
            return Response(status_code=400)
        folder = folder or self.places.of(request.query_params.get("type", "output"))
        if folder is None:
            return Response(status_code=400)
        within = (folder / request.query_params.get("subfolder", "")).resolve()
        if not within.is_relative_to(folder):
            return Response(status_code=403)
        path = within / Path(name).name
        return self._shown(path) if path.is_file() else Response(status_code=404)

    def _shown(self, path: Path) -> Response:
        if self.options.bad_picture:
            return Response(b"<!doctype html><title>no picture</title>", media_type="image/png")
        if self.options.stall_view or self.options.huge_view or self.options.cut_view:
            content = path.read_bytes()
            length = {} if self.options.huge_view else {"content-length": str(len(content))}
            return StreamingResponse(self._badly(content), media_type="image/png", headers=length)
        return FileResponse(path, headers={"Content-Disposition": f'filename="{path.name}"'})

    async def _badly(self, content: bytes) -> AsyncIterator[bytes]:
        yield content[: len(content) // 2]
        while self.options.stall_view:
            await asyncio.sleep(0.02)
        while self.options.huge_view:
            yield bytes(1 << 16)
            await asyncio.sleep(0)

    async def upload(self, request: Request) -> Response:
        if self.options.refuse_pictures:
            return Response(status_code=400)
        async with request.form() as form:
            image, subfolder = form.get("image"), str(form.get("subfolder", ""))
            kind = str(form.get("type", "input"))
            folder = self.places.of(kind)
            if not isinstance(image, UploadFile) or not image.filename or folder is None:
                return Response(status_code=400)
            content = await image.read()
            name = image.filename
            path = (folder / subfolder / name).resolve()
            if not path.is_relative_to(folder):
                return Response(status_code=400)
            path.parent.mkdir(parents=True, exist_ok=True)
            if form.get("overwrite") not in ("true", "1"):
                name, path = _unlike(path, content, name)
            path.write_bytes(content)
        self.records.uploads.append({"name": name, "subfolder": subfolder, "type": kind, "bytes": len(content)})
        return JSONResponse({"name": name, "subfolder": subfolder, "type": kind})

    async def object_info(self, request: Request) -> Response:
        asked = request.path_params.get("node_class")
        nodes = installed(self.options)
        names = nodes if asked is None else [asked] if asked in nodes else []
        return JSONResponse({name: nodes[name].described(name, self.options, self.places) for name in names})

    async def system_stats(self, _request: Request) -> Response:
        system = {
            "os": sys.platform, "ram_total": 68719476736, "ram_free": 34359738368,
            "comfyui_version": "0.1.0" if self.options.old else "0.9.0", "python_version": sys.version,
            "pytorch_version": "2.9.0", "embedded_python": False, "argv": ["main.py"],
        }  # fmt: skip
        device = {
            "name": "cuda:0 Fake", "type": "cuda", "index": 0, "vram_total": 25769803776, "vram_free": 21474836480,
            "torch_vram_total": 0, "torch_vram_free": 0,
        }  # fmt: skip
        return JSONResponse({"system": system, "devices": [device]})

    async def features(self, _request: Request) -> Response:
        return JSONResponse({"supports_preview_metadata": True, "max_upload_size": 104857600})

    async def control(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self.options.change(await request.json())
            except ValueError as error:
                return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(self.options.told())

    async def stats(self, _request: Request) -> Response:
        queue = self.prompts.queue()
        events = ("accepted", "started", "executed", "failed", "cancelled", "dequeued")
        return JSONResponse({
            "routes": dict(self.records.routes), "faults": dict(self.records.faults),
            "refused": dict(self.records.refused), "origins": self.records.origins,
            "uploads": self.records.uploads, **{event: self.records.prompts(event) for event in events},
            "running": [one[1] for one in queue["queue_running"]],
            "pending": [one[1] for one in queue["queue_pending"]], "history": list(self.prompts.past()),
            "sockets": sorted(self.hub.sockets), **{kind: self.places.files(kind) for kind in KINDS},
        })  # fmt: skip


def _unlike(path: Path, content: bytes, name: str) -> tuple[str, Path]:
    """A name that no other picture has, and its path."""
    stem, suffix, folder, number = path.stem, path.suffix, path.parent, 1
    while path.exists() and path.read_bytes() != content:
        name = f"{stem} ({number}){suffix}"
        path = folder / name
        number += 1
    return name, path


async def _no_page(_request: Request) -> Response:
    return Response(status_code=404)
