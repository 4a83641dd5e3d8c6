"""``safelight serve``: the service, with its workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import socket
    from multiprocessing.context import SpawnContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.synchronize import Event

    from safelight.settings import Settings


_PATIENCE_S = 8.0


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
    import multiprocessing

    from safelight.api.security import check_binding
    from safelight.comfyui.address import address_of
    from safelight.engine.calling import begin
    from safelight.fetching.rules import rules_of
    from safelight.settings import load_settings

    settings = load_settings()
    changes = {"host": host, "port": port, "data_dir": data.expanduser().absolute() if data else None}
    settings = settings.model_copy(update={name: value for name, value in changes.items() if value is not None})
    check_binding(settings, users=_has_users(settings))
    rules_of(settings)
    for one in settings.comfyui_servers:
        address_of(one)
    _make_home(settings.data_dir)
    listening, context = _listen(settings), multiprocessing.get_context("spawn")
    tables = context.Event()
    # It is begun first, as it takes longest to be ready; meanwhile the tables are made.
    begun = [begin(context, "safelight.api.server:serve", settings, listening, tables)]
    try:
        _run(settings, listening, tables, begun)
    finally:
        for process in begun:
            process.terminate()


def _run(settings: Settings, listening: socket.socket, tables: Event, begun: list[BaseProcess]) -> None:
    """Look after the process of the service, which is taken out of ``begun``, and after the workers."""
    import signal

    from safelight.engine.calling import begin
    from safelight.engine.chores import Keeper
    from safelight.engine.local import LocalEngine
    from safelight.engine.logs import configure
    from safelight.service import Service
    from safelight.tasks.migrate import migrate

    configure(settings.log_level, worker="engine")
    service = Service(settings)
    migrate(service.database)
    tables.set()
    port = int(listening.getsockname()[1])

    def serve_again(context: SpawnContext) -> BaseProcess:
        return begun.pop() if begun else begin(context, "safelight.api.server:serve", settings, listening, tables)

    keeper = Keeper(service.chores())
    engine = LocalEngine(
        settings, claims=service.claims, workers=service.workers, factory="safelight.toolbox:toolbox",
        serve=serve_again,
    )  # fmt: skip
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: engine.stop())
    typer.echo(f"Safelight serves at {address_of_pages(settings, port)} (Ctrl-C ends it)")
    if settings.accounts and not service.users.any():
        from safelight.accounts.role import Role
        from safelight.tasks.accounts.invites import FIRST_MS

        code, _ = service.invites.make(Role.ADMIN, valid_ms=FIRST_MS)
        link = f"{address_of_pages(settings, port, public=True)}/welcome#{code}"
        typer.echo(f"There is no user yet. The first admin signs up here, once and within an hour:\n  {link}")
    keeper.start()
    try:
        engine.run()
    finally:
        keeper.stop()
        service.store.close()


def address_of_pages(settings: Settings, port: int, *, public: bool = False) -> str:
    """Where the pages are: here, or with ``public`` at the address that a proxy shows, if there is one."""
    if public and settings.public_url:
        return settings.public_url.rstrip("/")
    # What means every address of the machine is none that a browser opens everywhere.
    host = "localhost" if public and settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - not to listen
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _has_users(settings: Settings) -> bool:
    """Tell whether there are users; where nobody can tell, there are none."""
    from sqlalchemy.exc import SQLAlchemyError

    from safelight.errors import SafelightError
    from safelight.tasks.accounts.users import Users
    from safelight.tasks.database import Database

    if settings.accounts:
        return True
    if not settings.database_url and not (settings.data_dir / "safelight.db").exists():
        return False
    try:
        database = Database(settings.database_address)
        try:
            return Users(database).any()
        finally:
            database.close()
    except (SafelightError, SQLAlchemyError):
        # An older version had no such table.
        return False


def _make_home(folder: Path) -> None:
    """Make the data folder, for this user alone; one that is there keeps its mode."""
    from safelight.imaging.disk import writing

    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)


def _listen(settings: Settings) -> socket.socket:
    """Open the socket here, so that it stays open when the process that serves it is restarted."""
    import errno
    import socket
    import time

    from safelight.errors import SettingsError

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            listening.bind((settings.host, settings.port))
            break
        except OSError as error:
            # A service that was killed holds its port for some seconds, until its processes have noticed.
            if error.errno == errno.EADDRINUSE and time.monotonic() < until:
                time.sleep(0.2)
                continue
            listening.close()
            raise SettingsError(
                f"cannot listen on {settings.host}:{settings.port}: {(error.strerror or str(error)).lower()}",
                hint="choose another --port",
            ) from error
    listening.listen(2048)
    return listening
