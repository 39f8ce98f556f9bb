"""Imagery as map tiles, and as the very chips that were listened to."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from server.dependencies import CurrentService, CurrentSettings
from server.errors import InvalidInput
from server.http.parameters import Column, Row, SourceName, Zoom
from server.http.problems import INVALID, documented
from server.http.responses import picture
from server.imagery.queries import ChipQuery
from tiles.mercator import check_tile

DAY = 86_400

router = APIRouter(prefix="/imagery", tags=["imagery"])

RESPONSES = documented(
    {
        404: "The source has no imagery there.",
        422: INVALID,
        503: "The source is down: see Retry-After.",
    }
)


# Declared before the tiles, whose pattern would otherwise have to be tried first.
@router.get("/chip", response_class=Response, responses={200: {"content": {"image/png": {}}}, **RESPONSES})
async def chip(service: CurrentService, settings: CurrentSettings, query: Annotated[ChipQuery, Query()]) -> Response:
    """A square of imagery around a point, every pixel `gsd` metres wide."""
    if query.pixels > settings.max_chip_pixels:
        raise InvalidInput("pixels", f"at most {settings.max_chip_pixels} are served")
    source = service.earshot.imagery.get(query.source, "source")

    def draw() -> Response:
        return picture(source.read(query.lat, query.lon, query.gsd, query.pixels).pixels, "png", DAY)

    return await service.soundscapes.readers.read(source.name, "chip", draw)


@router.get(
    "/{source}/{z}/{x}/{y}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}, **RESPONSES},
)
async def tile(service: CurrentService, source: Annotated[SourceName, Path()], z: Zoom, x: Column, y: Row) -> Response:
    """A Web Mercator tile (256 x 256), in the z/x/y scheme of every web map; a PNG where parts of it are clear."""
    check_tile(z, x, y)
    found = service.earshot.imagery.get(source, "source")
    return await service.soundscapes.readers.read(source, "tile", partial(_draw_tile, found.tile, z, x, y))


def _draw_tile(read: Any, z: int, x: int, y: int) -> Response:
    pixels = read(z, x, y)
    return picture(pixels, "jpeg" if pixels.shape[2] == 3 else "png", DAY)
