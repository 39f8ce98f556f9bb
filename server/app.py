"""The application: settings in, a FastAPI out. It only wires; what happens is in the routes and in `service`."""

import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial

from fastapi import FastAPI

from server.concurrency.supervised import Supervisor
from server.http.metrics import Metrics
from server.http.middleware import install_middleware
from server.http.page import install_page
from server.http.problems import install_problems
from server.routes import (
    attention,
    capabilities,
    concepts,
    gallery,
    health,
    heatmap,
    imagery,
    regions,
    search,
    soundscape,
    synthesis,
)
from server.service import LOADING, Service
from server.settings import Settings, installed_version

StartFailed = Callable[[Exception], None]

DESCRIPTION = (
    "Hear any place on Earth: a satellite image in, its soundscape out. "
    "Every error is an RFC 9457 problem that names the field or says what to do."
)


def create_app(settings: Settings | None = None, on_start_failure: StartFailed | None = None) -> FastAPI:
    """Build the application; loading begins when it is started, and /readyz tells when it is done.

    `on_start_failure` is handed the exception when the model, the gallery or the imagery cannot be loaded.
    """
    settings = settings or Settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        supervisor: Supervisor = app.state.supervisor
        loading = supervisor.watch(LOADING, partial(_load, app), essential=True, told=on_start_failure)
        async with contextlib.AsyncExitStack() as closing:  # the last first
            closing.push_async_callback(supervisor.close)
            closing.push_async_callback(_close_service, app)
            closing.push_async_callback(loading.stop)
            yield

    app = FastAPI(
        title="Earshot",
        version=installed_version(),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.service = None
    app.state.supervisor = Supervisor()
    app.state.metrics = Metrics(app.state.supervisor.failures)
    install_problems(app)
    listening = (soundscape, attention, synthesis, search, heatmap)
    for routes in (*listening, regions, imagery, gallery, concepts, capabilities, health):
        app.include_router(routes.router)
    install_page(app)
    install_middleware(app, settings, app.state.metrics)
    return app


async def _load(app: FastAPI) -> None:
    """Load and warm everything off the event loop, then let the routes have it."""
    service = await Service.open(app.state.settings)
    try:
        service.start(app.state.supervisor)
    except BaseException:
        await service.close()
        raise
    app.state.service = service


async def _close_service(app: FastAPI) -> None:
    service, app.state.service = app.state.service, None
    if service is not None:
        await service.close()
