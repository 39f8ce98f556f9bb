"""What routes are handed: named once, used as annotations."""

from typing import Annotated

from fastapi import Depends, Request

from server.errors import NotReady
from server.service import LiveEarshot
from server.settings import Settings


# Coroutines, although they wait for nothing: others are run in a thread, which takes longer than they do.
async def _live(request: Request) -> LiveEarshot:
    live: LiveEarshot | None = request.app.state.live
    if live is None:
        raise NotReady("The model and the gallery are still being loaded; try again in a moment.")
    return live


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Live = Annotated[LiveEarshot, Depends(_live)]
CurrentSettings = Annotated[Settings, Depends(_settings)]
