"""What the server says of regions, places and maps: the answer bodies of /regions, /search and /heatmap."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from server.http.wire import Schema


class BestCellAnswer(Schema):
    """The brightest cell of a place."""

    lat: float
    lon: float
    score: float
    percentile: float


class PlaceProperties(Schema):
    """How well a place answers the query."""

    rank: int
    score: float = Field(description="Of the best cell: cosine, -1 to 1; its excess over `minus` in a difference.")
    percentile: float = Field(description="Of the best cell: 0 to 100 among what the region might be asked for.")
    mean_score: float
    area_km2: float
    cells: int
    best: BestCellAnswer
    soundscape: str = Field(description="What the best cell sounds like.")


class Place(Schema):
    """A connected bright area (GeoJSON Feature)."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any] = Field(description="GeoJSON MultiPolygon, cut at the dateline.")
    properties: PlaceProperties


class QueryReference(Schema):
    """The query as the server understood it; `id` names it by content."""

    id: str
    text: str
    minus: str
    recording: bool


class ProgressAnswer(Schema):
    """How much of the region the answer rests on."""

    done: int
    failed: int
    total: int


SEARCH_EXAMPLE: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[[0.0, 0.0], [0.09, 0.0], [0.09, 0.09], [0.0, 0.09], [0.0, 0.0]]]],
            },
            "properties": {
                "rank": 1,
                "score": 0.52,
                "percentile": 99.1,
                "mean_score": 0.52,
                "area_km2": 99.7,
                "cells": 1,
                "best": {"lat": 0.045, "lon": 0.045, "score": 0.52, "percentile": 99.1},
                "soundscape": "/soundscape?lat=0.045&lon=0.045&scale=1&imagery=null-island",
            },
        }
    ],
    "query": {"id": "9f86d081884c7d659a2feaa0c55ad015", "text": "waves", "minus": "", "recording": False},
    "region": "null-island",
    "found": 1,
    "heatmap": "/heatmap/tilejson.json?q=waves&region=null-island",
    "progress": {"done": 2500, "failed": 0, "total": 2500},
    "notes": [],
}


class SearchAnswer(Schema):
    """The places that sound most like a query, best first (GeoJSON FeatureCollection)."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [SEARCH_EXAMPLE]})

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Place]
    query: QueryReference
    region: str
    found: int = Field(description="How many places there are, listed or not.")
    heatmap: str = Field(description="URL of the TileJSON of the query's map.")
    progress: ProgressAnswer
    notes: list[str] = Field(default=[], description="What the reader should know about this answer, in plain words.")


class TileJson(Schema):
    """A map of scores, as every web map takes it (TileJSON 3.0)."""

    tilejson: Literal["3.0.0"] = "3.0.0"
    name: str
    description: str
    attribution: str
    scheme: Literal["xyz"] = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]
    center: tuple[float, float, int]
    vector_layers: list[Any] = Field(default=[], description="None: asked for by validators of vector maps.")
    legend: str


class LegendStop(Schema):
    """A value and how it is drawn."""

    value: float
    colour: str = Field(description="#rrggbb")
    alpha: float


class Legend(Schema):
    """What the colours of a map stand for."""

    by: Literal["percentile", "cosine"]
    colormap: str
    rescale: tuple[float, float]
    opacity: float
    difference: bool
    step: float = Field(description="From one colour to the next.")
    stops: list[LegendStop]
