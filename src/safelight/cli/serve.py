"""``safelight serve``: the service, with its workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import socket
    from multiprocessing.context import SpawnContext
    from multiprocessing.process import BaseProcess

    from safelight.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 = any free one. [default: 8000]")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Where tasks, photos and results are kept. [default: the user's data folder]")
    ] = None,
) -> None:
    """Start the service: HTTP interface and workers, until Ctrl-C.

    Everything that was accepted is still there after the next start, whatever ended this one.
    """
    import signal

    from safelight.api.security import check_binding
    from safelight.engine.chores import Keeper
    from safelight.engine.local import LocalEngine
    from safelight.engine.logs import configure
    from safelight.fetching.rules import rules_of
    from safelight.service import Service
    from safelight.settings import load_settings
    from safelight.tasks.migrate import migrate

    settings = load_settings()
    changes = {"host": host, "port": port, "data_dir": data.expanduser().absolute() if data else None}
    settings = settings.model_copy(update={name: value for name, value in changes.items() if value is not None})
    check_binding(settings)
    rules_of(settings)
    configure(settings.log_level, worker="engine")
    listening = _listen(settings)
    service = Service(settings)
    migrate(service.database)
    keeper = Keeper(service.chores())
    engine = LocalEngine(
        settings, claims=service.claims, workers=service.workers, factory="safelight.toolbox:toolbox",
        serve=lambda context: _api(context, settings, listening),
    )  # fmt: skip
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: engine.stop())
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    typer.echo(f"Safelight serves at http://{name}:{listening.getsockname()[1]} (Ctrl-C ends it)")
    keeper.start()
    try:
        engine.run()
    finally:
        keeper.stop()
        service.store.close()


def _api(context: SpawnContext, settings: Settings, listening: socket.socket) -> BaseProcess:
    from safelight.engine.local import begin

    return begin(context, "safelight.api.server:serve", settings, listening)


def _listen(settings: Settings) -> socket.socket:
    """Open the socket here, so that it stays open when the process that serves it is restarted."""
    import socket

    from safelight.errors import SettingsError

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"cannot listen on {settings.host}:{settings.port}: {(error.strerror or str(error)).lower()}",
            hint="choose another --port",
        ) from error
    listening.listen(2048)
    return listening
