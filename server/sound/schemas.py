"""What synthesis says: a job as it is now, and the waveform of its sound."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from server.http.wire import Schema

JOB_EXAMPLE: dict[str, Any] = {
    "id": "6f1c0a52d8b94e07a1b2c3d4e5f60718",
    "state": "queued",
    "position": 2,
    "percent": 0,
    "reason": None,
    "engine": "foley",
    "caption": "waves break on rocks",
    "seconds": 10.0,
    "seed": 0,
    "steps": None,
    "guidance": None,
    "hour": 5,
    "month": 5,
    "loop": False,
    "place": None,
    "licence": "CC0-1.0",
    "notice": "",
    "url": "/synthesis/6f1c0a52d8b94e07a1b2c3d4e5f60718",
    "events": "/synthesis/6f1c0a52d8b94e07a1b2c3d4e5f60718/events",
    "audio": "/synthesis/6f1c0a52d8b94e07a1b2c3d4e5f60718/audio",
    "peaks": "/synthesis/6f1c0a52d8b94e07a1b2c3d4e5f60718/peaks",
}


class JobStatus(Schema):
    """A sound job as it is now. Equal requests are one job."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [JOB_EXAMPLE]})

    id: str = Field(description="The content address of the sound.")
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    position: int | None = Field(description="Its turn among the queued, from 1; null: not queued.")
    percent: int = Field(ge=0, le=100)
    reason: str | None = Field(description="Why it failed; null: it did not.")
    engine: str
    caption: str
    seconds: float
    seed: int
    steps: int | None
    guidance: float | None
    hour: int | None
    month: int | None = Field(description="As the northern half of the world counts its seasons.")
    loop: bool
    place: str | None = Field(description="Latitude and longitude said inside the file; null: of no place.")
    licence: str
    notice: str
    url: str
    events: str = Field(description="The same as server-sent events, until the job has ended.")
    audio: str
    peaks: str


class Peaks(Schema):
    """The waveform of a sound: the greatest amplitude of each of equal parts, 0 to 1."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"seconds": 10.0, "peaks": [0.1, 0.42, 0.3]}]}
    )

    seconds: float
    peaks: list[float]
