"""Where in the image of a place a sound is: numbers, an overlay for the map, and cells."""

import hashlib
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from server.dependencies import CurrentService
from server.explain.maps import ramp_of
from server.explain.queries import AttentionPicture, AttentionQuery
from server.explain.schemas import Attention, AttentionCells
from server.http.responses import tagged, unchanged
from server.routes.soundscape import RESPONSES

router = APIRouter(tags=["attention"])

GEOJSON = "application/geo+json"
OVERLAY: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"image/png": {}},
        "headers": {
            "X-Bounds": {"description": "west,south,east,north in degrees", "schema": {"type": "string"}},
            "X-Rescale": {"description": "lo,hi: the values of the ramp's ends", "schema": {"type": "string"}},
        },
    }
}


@router.get("/attention", response_model=Attention, responses=RESPONSES)
async def attention(request: Request, service: CurrentService, query: Annotated[AttentionQuery, Query()]) -> Response:
    """Which patches of a place's image are what `q`, some words of it or a concept tell of; without any, the place."""
    found = await service.explain.map(query)
    return tagged(request, found.answer(service.earshot.model, service.earshot.settings.base_url))


@router.get("/attention.png", response_class=Response, responses={**OVERLAY, **RESPONSES})
async def overlay(request: Request, service: CurrentService, query: Annotated[AttentionPicture, Query()]) -> Response:
    """The patches in colours, to be laid over the chip: its bounds are in X-Bounds."""
    ramp_of(query)  # refuse before the work
    found = await service.explain.map(query)
    image = await anyio.to_thread.run_sync(partial(found.picture, query))
    headers = {
        "ETag": f'"{hashlib.sha256(image).hexdigest()[:32]}"',
        "Cache-Control": "no-cache",
        "X-Bounds": ",".join(f"{degrees:.8f}" for degrees in found.chip.bounds),
        "X-Rescale": ",".join(f"{end:g}" for end in query.range),
    }
    return unchanged(request, headers) or Response(image, media_type="image/png", headers=headers)


@router.get(
    "/attention.geojson", response_model=AttentionCells, responses={200: {"content": {GEOJSON: {}}}, **RESPONSES}
)
async def cells(request: Request, service: CurrentService, query: Annotated[AttentionQuery, Query()]) -> Response:
    """The patches as GeoJSON polygons, each with its value."""
    found = await service.explain.map(query)
    answer = tagged(request, await anyio.to_thread.run_sync(found.cells))
    if answer.status_code == 200:
        answer.headers["Content-Type"] = GEOJSON
    return answer
