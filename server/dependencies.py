"""What routes are handed: named once, used as annotations."""

from typing import Annotated

from fastapi import Depends, Request

from server.concurrency.supervised import Supervisor
from server.errors import NotReady
from server.service import LOADING, Service
from server.settings import Settings


# Coroutines, although they wait for nothing: others are run in a thread, which takes longer than they do.
async def _service(request: Request) -> Service:
    service: Service | None = request.app.state.service
    if service is None:
        raise NotReady(_why_not(request.app.state.supervisor))
    return service


def _why_not(supervisor: Supervisor) -> str:
    """Why nothing can be answered yet, or never will be."""
    loading = supervisor.task(LOADING)
    if loading is None or loading.trouble is None:
        return "The model and the gallery are still being loaded; try again in a moment."
    return f"This server could not be started: {loading.trouble.detail}"


async def _supervisor(request: Request) -> Supervisor:
    supervisor: Supervisor = request.app.state.supervisor
    return supervisor


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


CurrentService = Annotated[Service, Depends(_service)]
Tasks = Annotated[Supervisor, Depends(_supervisor)]
CurrentSettings = Annotated[Settings, Depends(_settings)]
