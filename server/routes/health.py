"""Whether the server lives, whether it can answer yet, and how it fares."""

import asyncio

from fastapi import APIRouter, Request, Response

from server.about.schemas import BackgroundTrouble, Health, Readiness
from server.dependencies import CurrentService, Tasks
from server.errors import NotReady
from server.http.metrics import Metrics
from server.http.problems import documented

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@router.get(
    "/readyz",
    response_model_exclude_defaults=True,
    responses=documented({503: "The model is still being loaded, or could not be."}),
)
async def readyz(service: CurrentService, tasks: Tasks) -> Readiness:
    """The model and the gallery are loaded and warm; what has failed in the background meanwhile is named."""
    troubles = tasks.troubles
    for trouble in troubles:
        if trouble.essential:
            raise NotReady(f"{trouble.task}: {trouble.detail}")
    if not troubles:
        return Readiness(status="ready")
    told = [BackgroundTrouble(task=found.task, state=found.state, detail=found.detail) for found in troubles]
    return Readiness(status="degraded", troubles=told)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Requests, queues and the process in figures, as Prometheus reads them."""
    written: Metrics = request.app.state.metrics
    content, media_type = await asyncio.to_thread(
        written.written, request.app.state.service, request.headers.get("accept", "")
    )
    return Response(content, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
