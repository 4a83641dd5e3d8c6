"""The process that serves HTTP."""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import multiprocessing.connection
import platform
import signal
import socket
import sys
import threading
from contextlib import suppress
from multiprocessing.synchronize import Event
from types import FrameType
from typing import Literal, cast

import uvicorn

from safelight.api.app import create_app
from safelight.api.live import Hub
from safelight.api.parts import Parts
from safelight.engine.logs import configure
from safelight.service import Service
from safelight.settings import Settings

_DRAIN_S = 5
_LOOK_S = 1.0
_M_ARENA_MAX = -8
_MOST_FILES = 65_536


def serve(settings: Settings, listening: socket.socket, tables: Event | None = None) -> None:
    """Serve on a socket that listens already, until told to stop or until the parent process is gone.

    ``tables`` is set once the tables of the database are there; until then it waits.
    """
    configure(settings.log_level, worker="api")
    _few_arenas()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    while tables is not None and not tables.wait(_LOOK_S):
        if parent is not None and not parent.is_alive():
            return
    app = create_app(Service(settings, answers=True))
    _many_connections()
    server = _Server(
        uvicorn.Config(
            app, http=_connection(), log_config=None, access_log=False, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=_DRAIN_S, ws="websockets-sansio", ws_max_size=1 << 16,
            h11_max_incomplete_event_size=1 << 16, backlog=2048, timeout_keep_alive=30,
        )
    )  # fmt: skip
    server.hub = cast("Parts", app.state.parts).hub
    threading.Thread(target=_outlive_no_parent, args=(server,), daemon=True).start()
    server.run(sockets=[listening])


def _few_arenas() -> None:
    """Let the threads of this process share two pools of memory; with one for each, what is free in them adds up."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _connection() -> type[asyncio.Protocol] | Literal["auto"]:
    """What takes requests: with limits of our own, but on Windows, whose parser has some."""
    try:
        from safelight.api.connection import Connection
    except ImportError:
        return "auto"
    return Connection


def _many_connections() -> None:
    """Take as many connections as the system lets a process have; by default it is a few, and strangers fill them."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class _Server(uvicorn.Server):
    """Lets those go who only listen, as it would wait for them otherwise."""

    hub: Hub | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        if self.hub is not None:
            self.hub.stop()
        super().handle_exit(sig, frame)


def _outlive_no_parent(server: uvicorn.Server) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        server.should_exit = True
