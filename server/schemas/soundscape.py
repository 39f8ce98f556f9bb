"""What the server says: the answer bodies of every route, with the examples shown at /docs."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Bounds = Annotated[
    tuple[float, float, float, float],
    Field(description="West, south, east, north in degrees; west > east across the dateline, as in RFC 7946."),
]


class Schema(BaseModel):
    """Base of every answer: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Schema):
    """A place on Earth in WGS 84 degrees."""

    lat: float
    lon: float


class ChipReference(Schema):
    """The imagery that was listened to, and where to see it."""

    source: str
    attribution: str
    url: str = Field(description="The chip itself as an image.")
    bounds: Bounds


class CaptionMatch(Schema):
    """A caption near the place in the shared space: of the gallery, or written for the place (`generated`)."""

    id: str
    text: str
    score: float = Field(description="Cosine between the place and the caption, -1 to 1.")
    scene: str | None = Field(default=None, description="The kind of place the caption tells of.")
    gallery: str | None = Field(default=None, description="The name of the gallery it is from, if it is from one.")


class RecordingMatch(Schema):
    """A gallery recording near the place in the shared space."""

    id: str
    gallery: str = Field(description="The name of the gallery it is from.")
    title: str
    score: float = Field(description="Cosine between the place and the recording, -1 to 1.")
    url: str
    peaks: str = Field(description="Its waveform.")
    seconds: float
    author: str
    licence: str


class Concept(Schema):
    """One entry of the codebook and how much of the place it makes up."""

    id: int
    name: str | None = None
    weight: float = Field(description="Sparsemax weight, 0 to 1; all weights of a place sum to 1.")


class Sound(Schema):
    """The sound of the place, rendered when it is first asked for."""

    url: str
    engine: str
    state: Literal["ready", "rendering", "on-request"]
    job: str = Field(description="The content address of the sound: equal jobs are equal sounds.")


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


class ModelReference(Schema):
    """Which checkpoint answered."""

    checkpoint: str
    hash: str


SOUNDSCAPE_EXAMPLE: dict[str, Any] = {
    "point": {"lat": 0.05, "lon": 0.02},
    "scale": 1,
    "gsd": 0.6,
    "route": "retrieval",
    "imagery": {
        "source": "null-island",
        "attribution": "Null Island, drawn by Earshot",
        "url": "/imagery/chip?source=null-island&lat=0.05&lon=0.02&gsd=0.6&pixels=256",
        "bounds": [0.01931, 0.04931, 0.02069, 0.05069],
    },
    "captions": [
        {"id": "c17", "text": "waves breaking on a sandy beach", "score": 0.41, "scene": "beach", "gallery": "embedded"}
    ],
    "recordings": [
        {
            "id": "r3",
            "gallery": "embedded",
            "title": "surf on sand",
            "score": 0.38,
            "url": "/gallery/r3/audio",
            "peaks": "/gallery/r3/peaks",
            "seconds": 10.0,
            "author": "Earshot",
            "licence": "CC0-1.0",
        }
    ],
    "concepts": [{"id": 211, "name": "surf on sand", "weight": 0.12}],
    "confidence": 0.83,
    "sound": {
        "url": "/soundscape/audio?lat=0.05&lon=0.02&scale=1&imagery=null-island",
        "engine": "foley",
        "state": "on-request",
        "job": "6f1c0a52d8b94e07",
    },
    "model": {"checkpoint": "embedded", "hash": "0a1b2c3d"},
    "notes": [],
}


class Soundscape(Schema):
    """What a place sounds like: captions, recordings, concepts and a sound, each with where it came from."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [SOUNDSCAPE_EXAMPLE]})

    point: Point
    scale: int
    gsd: float = Field(description="Metres per pixel the model was told: the source's GSD times the scale.")
    route: Literal["retrieval", "generation"] = Field(
        description="How its captions came about: the gallery's nearest, or one written for the image."
    )
    imagery: ChipReference
    captions: list[CaptionMatch]
    recordings: list[RecordingMatch]
    concepts: list[Concept]
    confidence: float | None = Field(
        description="Share of probability on the top caption's scene; null without scenes."
    )
    sound: Sound
    model: ModelReference
    notes: list[str] = Field(default=[], description="What the reader should know about this answer, in plain words.")


class GalleryEntry(Schema):
    """A caption or a recording of a gallery."""

    id: str
    gallery: str = Field(description="The name of the gallery it is from.")
    kind: Literal["caption", "recording"]
    text: str
    scene: str | None = None
    scale: int | None = Field(default=None, description="The scale a caption belongs to; null: it fits all.")
    author: str
    licence: str
    audio: str = Field(description="Where to hear it.")


class ImageryCapability(Schema):
    """An imagery source this server was started with."""

    name: str
    attribution: str
    gsd: float
    min_zoom: int
    max_zoom: int
    bounds: Bounds | None = Field(default=None, description="Where the source has imagery; null: everywhere.")
    online: bool = Field(description="Whether the source needs the network.")
    reachable: bool | None = Field(description="Whether it answers now; null: not known yet.")
    tiles: str = Field(description="Tile URL template with {z}, {x} and {y}.")


class CheckpointCapability(Schema):
    """The checkpoint in use: its name, content hash and sizes."""

    name: str
    hash: str
    precision: Literal["float32", "bfloat16"] = Field(description="What images are computed in.")
    config: dict[str, Any]


class EngineCapability(Schema):
    """An engine that renders captions, whether or not it is installed here."""

    name: str
    default: bool = Field(description="Whether requests that name no engine get this one.")
    available: bool = Field(description="Whether it can be used now.")
    needs: str = Field(description="What it takes to use it.")
    licence: str = Field(description="Of the sounds it makes.")
    notice: str = Field(description="What its licence wants said wherever its sounds are heard.")
    steps: int | None = Field(description="Usual steps; null: it has none.")
    guidance: float | None = Field(description="Usual guidance; null: it has none.")
    checkpoint: str | None = Field(description="What identifies its weights; null: it is not open, or has none.")
    device: str | None = Field(description="Where it computes; null: it is not open.")
    seconds_per_10s: float | None = Field(description="How long ten seconds take on this machine; null: not known yet.")
    knows_time: bool = Field(description="Whether it can be told the hour and the month, and to close a loop.")
    formats: list[str]
    loudness: float = Field(description="Integrated loudness of every sound, LUFS.")
    max_seconds: float


class GalleryPart(Schema):
    """One of the galleries asked side by side."""

    name: str = Field(description="Entries of all but the first carry it in their ids, before a tilde.")
    captions: int
    recordings: int


class CaptionerCapability(Schema):
    """What writes captions for `caption=generate`, whether or not it is installed here."""

    name: str
    available: bool
    needs: str = Field(description="What it takes to use it.")
    licence: str = Field(description="Of its weights.")
    prompt: str = Field(description="What it is asked of every image.")


class GalleryCapability(Schema):
    """How many entries the galleries hold and under which licences."""

    captions: int
    recordings: int
    licences: dict[str, int]
    scales: list[int] = Field(description="Scales with captions of their own; other captions fit all.")
    parts: list[GalleryPart]


class Colormaps(Schema):
    """The colour ramps of heatmaps: from little to much, and from one sound to another."""

    sequential: list[str]
    diverging: list[str]


class Limits(Schema):
    """The bounds every request is held to."""

    max_k: int
    max_seconds: float
    max_pixels: int
    max_body_bytes: int
    max_query: int = Field(description="Characters of a query.")
    max_places: int
    max_upload_bytes: int = Field(description="Of a recording that is searched for.")
    max_upload_seconds: float = Field(description="What lies beyond is not decoded.")


class Capabilities(Schema):
    """What this server can do, and with what."""

    version: str
    checkpoint: CheckpointCapability
    engines: list[EngineCapability]
    captioner: CaptionerCapability
    imagery: list[ImageryCapability]
    default_imagery: str
    scales: list[int]
    gallery: GalleryCapability
    regions: list[str] = Field(description="What can be searched; the first is the default.")
    colormaps: Colormaps
    limits: Limits


class Health(Schema):
    """Whether the server lives, and whether it can answer."""

    status: Literal["ok", "ready"]


class FieldProblem(Schema):
    """One field of a request that was refused."""

    field: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details: what went wrong and what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/invalid-input",
                    "title": "Invalid input",
                    "status": 422,
                    "detail": "lat: Input should be less than or equal to 90",
                    "errors": [{"field": "lat", "detail": "Input should be less than or equal to 90"}],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldProblem] = []
