"""The application: what a request passes, from the outside to the routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from safelight import __version__
from safelight.api import errors
from safelight.api.accepting import Acceptor
from safelight.api.accounts import Accounts
from safelight.api.document import mended
from safelight.api.links import Links
from safelight.api.live import Hub
from safelight.api.measuring import Measuring
from safelight.api.methods import Allowed, Methods
from safelight.api.parts import Parts
from safelight.api.plain import Plain
from safelight.api.rates import Rates, Throttle
from safelight.api.repeat import Repeat
from safelight.api.routes import (
    account,
    audit,
    batches,
    captioning,
    classic,
    dataset_items,
    dataset_sets,
    datasets,
    events,
    keys,
    looks,
    models,
    monitor,
    photos,
    pictures,
    plans,
    presets,
    reference,
    session,
    tasks,
    transform,
    users,
    workflows,
)
from safelight.api.security import Door, Guard, Rules, rules
from safelight.api.session import Sessions
from safelight.api.shaping import API, Shaper
from safelight.api.shield import Shield
from safelight.api.studio import BUNDLE, Pages
from safelight.api.views import ErrorView
from safelight.api.watching import Watching
from safelight.operations.styles.own import OWN
from safelight.secret import service_secret
from safelight.service import Service
from safelight.settings import Settings

_THREADS = 16
"""For what waits for disks and the database. Each keeps some memory once it has worked."""

_DESCRIPTION = """Enlarge photos, one or ten thousand, losing nothing.

Send a photo to `POST /api/v1/enhance`, ask `GET /api/v1/task/{id}` until it reads `completed`, and get the result
from `GET /api/v1/download/{id}`. What goes wrong comes as `{"error": {"code", "message", "details"}, "detail"}`.
POST requests with an `Idempotency-Key` are done once, however often they come.
"""


class _App(FastAPI):
    """The application, with a document that tells the whole."""

    def openapi(self) -> dict[str, Any]:
        """Give the OpenAPI document; it is made when it is first asked for."""
        if self.openapi_schema is None:
            self.openapi_schema = mended(super().openapi())
        return self.openapi_schema


def create_app(service: Service, bundle: Path = BUNDLE) -> FastAPI:
    """Make the application around a service whose tables are there; ``bundle`` holds the pages of the web studio."""
    secret = service_secret(service.settings.data_dir)
    # Recipes are read before anything else of the studio is needed.
    OWN.folder = service.settings.style_folder
    links, found, pages = Links(secret), rules(service.settings), Pages(bundle)
    accounts = Accounts(service, secret)
    door = Door(found, Sessions(secret, found.token), accounts)
    guard = Middleware(Guard, rules=found, door=door, links=links, pages=pages.shows)
    rates = Rates(service.settings)
    guards = [guard, Middleware(Throttle, rates=rates)]
    measuring, hub = Measuring(service), Hub(service.database, service.events)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        hub.start()
        measuring.start()
        yield
        hub.stop()
        measuring.stop()
        await rates.close()

    allowed = Allowed(lambda: app.openapi())
    app = _App(
        title="Safelight", version=__version__, description=_DESCRIPTION, lifespan=lifespan,
        middleware=_middleware(service, found, guards, allowed), docs_url=None, redoc_url=None,
        responses={422: {"model": ErrorView}}, separate_input_output_schemas=False, redirect_slashes=False,
    )  # fmt: skip
    app.state.parts = Parts(
        service=service,
        acceptor=Acceptor(service, secret),
        shaper=Shaper(service.settings, service.tasks, service.performance, links, service.store),
        hub=hub,
        performance=service.performance,
        measuring=measuring,
        door=door,
    )
    errors.install(app, _hidden(service.settings))
    _add_routes(app, pages)
    return app


def _add_routes(app: FastAPI, pages: Pages) -> None:
    """Give the application its routes, and the pages of the web studio where there is none."""
    api = APIRouter(prefix=API)
    # The events of a task before the task itself: the more special path first.
    for one in (
        classic,
        transform,
        looks,
        events,
        tasks,
        pictures,
        batches,
        photos,
        plans,
        presets,
        models,
        session,
        account,
        users,
        keys,
        audit,
        monitor,
        workflows,
        captioning,
        datasets,
        dataset_items,
        dataset_sets,
    ):
        api.include_router(one.router)
    app.include_router(api)
    app.include_router(monitor.root)
    app.include_router(reference.router)
    app.router.default = pages.before(app.router.default)


def _middleware(service: Service, found: Rules, guards: list[Middleware], allowed: Allowed) -> list[Middleware]:
    """What a request passes, the outermost first."""
    shield = Middleware(Shield, shared=bool(found.origins))
    inner = [
        *guards,
        Middleware(Watching, audit=service.audit),
        Middleware(Plain),
        Middleware(Repeat, answers=service.answers),
        Middleware(Methods, allowed=allowed),
    ]
    if not found.origins:
        return [shield, *inner]
    cors = Middleware(
        CORSMiddleware, allow_origins=sorted(found.origins), allow_methods=["*"], allow_headers=["*"],
        expose_headers=["Retry-After", "Content-Disposition", "Idempotent-Replayed"],
    )  # fmt: skip
    return [shield, cors, *inner]


def _hidden(settings: Settings) -> dict[str, str]:
    """Folders of this machine, and what clients are told instead of their names."""
    models = {str(folder): "the models folder" for folder in settings.model_folders}
    return {**models, str(settings.data_dir): "the data folder"}
