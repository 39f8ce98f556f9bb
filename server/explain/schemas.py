"""What the server says of why: the answer bodies of /attention, /soundscape/why and /concepts/{id}."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from model.explain import Method
from server.http.wire import Bounds, Point, Schema
from server.search.schemas import BestCellAnswer
from server.soundscape.schemas import ChipReference, Concept, ModelReference

Range = Annotated[tuple[float, float], Field(description="The values drawn as a ramp's ends, the same at every place.")]


class WordOf(Schema):
    """A word of the query, and the characters [start, end) it stands at."""

    word: str
    start: int
    end: int
    chosen: bool = Field(description="Whether it is looked for.")


class Peak(Schema):
    """The brightest patch, and its middle."""

    row: int
    column: int
    lat: float
    lon: float
    value: float


ATTENTION_EXAMPLE: dict[str, Any] = {
    "point": {"lat": 0.05, "lon": 0.02},
    "scale": 1,
    "gsd": 0.6,
    "imagery": {
        "source": "null-island",
        "attribution": "Null Island, drawn by Earshot",
        "url": "/imagery/chip?source=null-island&lat=0.05&lon=0.02&gsd=0.6&pixels=256",
        "bounds": [0.01931, 0.04931, 0.02069, 0.05069],
    },
    "bounds": [0.01931, 0.04931, 0.02069, 0.05069],
    "corners": [[0.01931, 0.05069], [0.02069, 0.05069], [0.02069, 0.04931], [0.01931, 0.04931]],
    "rows": 2,
    "columns": 2,
    "grid": [[0.12, 0.95], [-0.3, 0.4]],
    "rescale": [0.0, 1.0],
    "method": "aggregate",
    "q": "waves on rocks",
    "concept": None,
    "words": [
        {"word": "waves", "start": 0, "end": 5, "chosen": True},
        {"word": "on", "start": 6, "end": 8, "chosen": True},
        {"word": "rocks", "start": 9, "end": 14, "chosen": True},
    ],
    "concepts": [{"id": 211, "name": "surf on sand", "weight": 0.12}],
    "peak": {"row": 0, "column": 1, "lat": 0.0503, "lon": 0.0203, "value": 0.95},
    "png": "/attention.png?lat=0.05&lon=0.02&q=waves+on+rocks",
    "geojson": "/attention.geojson?lat=0.05&lon=0.02&q=waves+on+rocks",
    "model": {"checkpoint": "embedded", "hash": "0a1b2c3d"},
}


class Attention(Schema):
    """Where in the image of a place a sound is."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [ATTENTION_EXAMPLE]})

    point: Point
    scale: int
    gsd: float
    imagery: ChipReference
    bounds: Bounds
    corners: list[tuple[float, float]] = Field(description="Longitude and latitude: NW, NE, SE, SW of the chip.")
    rows: int
    columns: int
    grid: list[list[float]] = Field(
        description="Row 0 in the north. 0: the middle of the background for what is sought; 1: its top 1%."
    )
    rescale: Range
    method: Method
    q: str | None
    concept: Concept | None = Field(description="The concept looked for, if one was asked for.")
    words: list[WordOf]
    concepts: list[Concept] = Field(description="What was looked for, heaviest first; at most 8.")
    peak: Peak
    png: str
    geojson: str
    model: ModelReference


class PatchProperties(Schema):
    """A patch and how much it is what is sought."""

    row: int
    column: int
    value: float
    glow: float = Field(description="The value held between the ends of the range: 0 to 1.")


class Patch(Schema):
    """A patch (GeoJSON Feature)."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon; a MultiPolygon where the dateline cuts it.")
    properties: PatchProperties


class AttentionCells(Schema):
    """The patches as a GeoJSON FeatureCollection, row by row from the north-west."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    bbox: Bounds
    rescale: Range
    attribution: str
    features: list[Patch]


class EntryReference(Schema):
    """The entry a place is held against."""

    id: str
    kind: Literal["caption", "recording"]
    text: str


class ConceptContribution(Schema):
    """What one concept adds to a score."""

    id: int
    name: str | None
    place: float = Field(description="Its weight in the place.")
    entry: float = Field(description="Its weight in the entry.")
    contribution: float


class Why(Schema):
    """Why a place and an entry of the gallery are alike: their score as a sum over concepts."""

    entry: EntryReference
    score: float = Field(description="Cosine between the place and the entry, -1 to 1.")
    concepts: list[ConceptContribution] = Field(description="Those that add or take most.")
    rest: float = Field(description="What all other concepts add: contributions and rest sum to the score.")
    shared: int = Field(description="How many concepts both weigh.")
    formula: str
    model: ModelReference


class WeighingCaption(Schema):
    """A caption and how much of it is the concept."""

    id: str
    text: str
    scene: str | None
    weight: float


class WeighingRecording(Schema):
    """A recording and how much of it is the concept."""

    id: str
    title: str
    weight: float
    url: str


class WeighingProgress(Schema):
    """How many entries of the gallery have been weighed; none: not begun."""

    done: int
    total: int


class ConceptDetail(Schema):
    """A concept of the codebook: its name, what weighs it most, and where it is."""

    id: int
    name: str | None
    captions: list[WeighingCaption]
    recordings: list[WeighingRecording]
    weighed: WeighingProgress
    region: str | None = Field(description="null: there is no region yet.")
    cells: list[BestCellAnswer] = Field(description="The brightest cell of each place nearest to the concept.")
    heatmap: str | None = Field(description="TileJSON of its map.")
    notes: list[str] = Field(default=[], description="What the reader should know about this answer.")


class ConceptReference(Schema):
    """One entry of the codebook and what it is called."""

    id: int
    name: str | None = Field(description="null: not named.")


class ConceptPage(Schema):
    """A part of the codebook, in order of id."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 512,
                    "named": 1,
                    "offset": 210,
                    "concepts": [{"id": 210, "name": None}, {"id": 211, "name": "surf on sand"}],
                }
            ]
        }
    )

    total: int = Field(description="How many concepts the codebook has.")
    named: int = Field(description="How many of them have a name.")
    offset: int = Field(description="How many were passed over.")
    concepts: list[ConceptReference]
