"""A query's glow over the map: tiles, their TileJSON and legend, and the scores as a raster."""

from dataclasses import replace
from functools import lru_cache, partial
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from server.dependencies import CurrentService
from server.http.parameters import Column, Row, Zoom
from server.http.problems import BUSY, INVALID, documented
from server.http.responses import prefers_picture, ranged, tagged, unchanged
from server.search.colour_range import legend_of, ramp_of
from server.search.heatmaps import Heatmap
from server.search.queries import HeatmapQuery
from server.search.schemas import Legend, TileJson
from server.search.scoring import QueryScores
from server.service import Service
from tiles.mercator import check_tile

router = APIRouter(tags=["heatmap"])

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
QUERIES_KEPT = 256
RESPONSES = documented(
    {
        404: "There is no such region.",
        422: INVALID,
        503: BUSY,
    }
)
TIFF = "image/tiff; application=geotiff; profile=cloud-optimized"
MapQuery = Annotated[HeatmapQuery, Query()]
PARAMETERS = [
    {"name": name, "in": "query", "required": False, "schema": schema}
    for name, schema in HeatmapQuery.model_json_schema()["properties"].items()
]


@lru_cache(maxsize=QUERIES_KEPT)
def _parsed(text: bytes) -> HeatmapQuery:
    return HeatmapQuery.model_validate(dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True)))


async def _shared(request: Request) -> HeatmapQuery:
    """The parameters of a tile; those of a view are all the same, and are checked once."""
    try:
        return _parsed(request.scope["query_string"])
    except ValidationError as refusal:
        errors = [{**error, "loc": ("query", *error["loc"])} for error in refusal.errors()]
        raise RequestValidationError(errors) from refusal


@router.get("/heatmap/tilejson.json", response_model=TileJson, responses=RESPONSES)
async def tilejson(request: Request, service: CurrentService, query: MapQuery) -> Response:
    """The map of a query for Leaflet, MapLibre, QGIS and others (TileJSON 3.0); its tiles may be kept for ever."""
    heatmap = await _heatmap(service, query)
    root = service.earshot.settings.base_url or str(request.base_url).rstrip("/")
    return tagged(request, heatmap.tilejson(root))


@router.get("/heatmap/legend", response_model=Legend, responses={200: {"content": {"image/png": {}}}, **RESPONSES})
async def legend(request: Request, service: CurrentService, query: MapQuery) -> Response:
    """What the colours stand for: numbers as JSON, or the ramp as a PNG, whichever Accept prefers."""
    region = await service.search.region(query.region)
    region.check_condition(query.when)
    difference = query.minus is not None
    ramp = ramp_of(region, query.by, difference, query.colormap, query.range, query.opacity)
    if prefers_picture(request.headers.get("accept", "")):
        answer = Response(ramp.legend(), media_type="image/png", headers={"Cache-Control": ASK_AGAIN})
    else:
        answer = tagged(request, legend_of(ramp, query.by))
    answer.headers["Vary"] = "Accept"
    return answer


@router.get(
    "/heatmap/{z}/{x}/{y}.{format}",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/webp": {}}}, **RESPONSES},
    openapi_extra={"parameters": PARAMETERS},
)
async def tile(
    request: Request,
    service: CurrentService,
    z: Zoom,
    x: Column,
    y: Row,
    format: Literal["png", "webp"],
    query: Annotated[HeatmapQuery, Depends(_shared)],
) -> Response:
    """A map tile of scores, transparent where there are none; its colours can be read back by /heatmap/legend."""
    check_tile(z, x, y)
    heatmap = await _heatmap(service, query)
    path = f"/{z}/{x}/{y}.{format}"
    name, headers = _named(heatmap, query, path)
    answer = unchanged(request, headers)
    if answer is not None:
        return answer
    image = service.search.drawn.look_up(name)
    if image is None:
        scores, name, headers = await _scores(service, heatmap, query, path)
        draw = partial(heatmap.tile, scores, z, x, y, format)
        # Drawing a PNG takes less than handing it to a thread and back.
        quick = format == "png" and scores.has_pyramid(heatmap.by)
        image = draw() if quick else await service.search.draw(draw)
        service.search.drawn.keep(name, image)
    return Response(image, media_type=f"image/{format}", headers=headers)


@router.get("/heatmap.tif", response_class=Response, responses={200: {"content": {TIFF: {}}}, **RESPONSES})
async def raster(request: Request, service: CurrentService, query: MapQuery) -> Response:
    """The scores as a Cloud-Optimized GeoTIFF: cosine and percentile, one pixel for each cell; Range is understood."""
    heatmap = await _heatmap(service, query)
    name, headers = _named(heatmap, query, ".tif")
    answer = unchanged(request, headers)
    if answer is not None:
        return answer
    file = service.search.drawn.look_up(name)
    if file is None:
        scores, name, headers = await _scores(service, heatmap, query, ".tif")
        file = await service.search.draw(partial(heatmap.raster, scores))
        service.search.drawn.keep(name, file)
    headers["Content-Disposition"] = f'inline; filename="earshot_{heatmap.region.name}.tif"'
    return ranged(request, file, TIFF, headers)


async def _heatmap(service: Service, query: HeatmapQuery) -> Heatmap:
    """The map of a query; the tiles of a view, which differ only in their place, share one."""
    region = await service.search.region(query.region)
    heatmap = service.search.heatmaps.look_up(query)
    if heatmap is None or heatmap.region is not region or heatmap.hash != region.hash:
        heatmap = Heatmap.of(region, await service.search.embed(query), query)
        service.search.heatmaps.keep(query, heatmap)
    return heatmap


async def _scores(
    service: Service, heatmap: Heatmap, query: HeatmapQuery, path: str
) -> tuple[QueryScores, str, dict[str, str]]:
    """The scores, and what a part of their map is called; they may be of a later state of a region that grows."""
    scores = await service.search.score(heatmap.region, heatmap.embedded, heatmap.condition)
    return scores, *_named(replace(heatmap, hash=scores.hash), query, path)


def _named(heatmap: Heatmap, query: HeatmapQuery, path: str) -> tuple[str, dict[str, str]]:
    """What a part of a map is called by content, and what a cache may do with it.

    For ever, when the URL says of which state of the region it is, and that is this one.
    """
    name = f"{heatmap.key}{path}"
    return name, {"ETag": f'"{name}"', "Cache-Control": FOR_EVER if query.v == heatmap.hash else ASK_AGAIN}
