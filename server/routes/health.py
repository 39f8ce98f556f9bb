"""Whether the server lives, whether it can answer yet, and how it fares."""

import asyncio

from fastapi import APIRouter, Request, Response

from server.about.schemas import Health
from server.dependencies import Live
from server.http.metrics import Metrics
from server.http.wire import Problem

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Problem, "description": "The model is still being loaded."}})
async def readyz(live: Live) -> Health:
    """The model and the gallery are loaded and warm."""
    return Health(status="ready")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Requests, queues and the process in figures, as Prometheus reads them."""
    written: Metrics = request.app.state.metrics
    content, media_type = await asyncio.to_thread(
        written.written, request.app.state.live, request.headers.get("accept", "")
    )
    return Response(content, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
