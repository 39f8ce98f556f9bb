"""What this server says about itself, as JSON."""

from typing import Any, Literal

from pydantic import Field

from server.http.wire import Bounds, Schema


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
    """Whether the server lives."""

    status: Literal["ok"]


class BackgroundTrouble(Schema):
    """A background task that does not run as it should."""

    task: str
    state: Literal["waiting", "failed"] = Field(description="waiting: it is tried again soon; failed: for good.")
    detail: str


class Readiness(Schema):
    """Whether the server can answer; degraded: it can, but something in the background does not run as it should."""

    status: Literal["ready", "degraded"]
    troubles: list[BackgroundTrouble] = Field(default=[], description="Told when degraded.")
