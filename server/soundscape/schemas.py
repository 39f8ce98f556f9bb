"""What the server says: the answer bodies of every route, with the examples shown at /docs."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from server.http.wire import Bounds, Point, Schema


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
