"""Whether the server lives, and whether it can answer yet."""

from fastapi import APIRouter

from server.dependencies import Live
from server.schemas.soundscape import Health, Problem

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Problem, "description": "The model is still being loaded."}})
async def readyz(live: Live) -> Health:
    """The model and the gallery are loaded and warm."""
    return Health(status="ready")
