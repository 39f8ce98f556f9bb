"""What may be asked: the bounded, typed parameters shared by the routes and the command line."""

from typing import Annotated, Literal, TypeVar

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.errors import InvalidInput
from tiles.mercator import MAX_ZOOM

MAX_K = 50
MAX_PAGE = 1000
MAX_OFFSET = 2**31 - 1
MAX_SECONDS = 60.0
"""Of the engine that renders the longest sounds; others end sooner."""
MAX_SEED = 2**32 - 1

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="Degrees north, -90 to 90.")]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="Degrees east, -180 to 180.")]
Zoom = Annotated[int, Path(ge=0, le=MAX_ZOOM)]
Column = Annotated[int, Path(ge=0, lt=2**MAX_ZOOM)]
Row = Annotated[int, Path(ge=0, lt=2**MAX_ZOOM)]
SourceName = Annotated[str, Field(min_length=1, max_length=500)]
SoundFormat = Literal["ogg", "flac", "wav"]

QueryT = TypeVar("QueryT", bound=BaseModel)


def checked(kind: type[QueryT], **values: object) -> QueryT:
    """A query from the command line's values.

    Raises:
        InvalidInput: Naming the first value out of bounds.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(".".join(str(step) for step in first["loc"]), first["msg"]) from error


class SoundOptions(BaseModel):
    """How a caption is rendered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=0, ge=0, le=MAX_SEED, description="Equal seeds give equal sounds.")
    seconds: float = Field(default=10.0, ge=1.0, le=MAX_SECONDS, allow_inf_nan=False)
    format: SoundFormat | None = Field(default=None, description="Default: what Accept prefers, Ogg first.")


class PlaceQuery(BaseModel):
    """Which place to look at and listen to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lat: Latitude = Field(examples=[0.05])
    lon: Longitude = Field(examples=[0.02])
    scale: int = Field(default=1, ge=1, le=100, description="How many times wider than the source's own GSD to look.")
    month: int | None = Field(default=None, ge=1, le=12)
    hour: int | None = Field(default=None, ge=0, le=23, description="Local hour of the day.")
    imagery: SourceName = Field(default="auto", description="A source of /capabilities; auto: the best one here.")
    caption: Literal["retrieve", "generate"] = Field(
        default="retrieve", description="Whether captions are the gallery's nearest, or one is written for the image."
    )

    def place(self, imagery: str) -> "PlaceQuery":
        """The place alone, seen on this imagery."""
        told = self.model_dump(include=set(PlaceQuery.model_fields))
        return PlaceQuery(**{**told, "imagery": imagery})


class PointQuery(PlaceQuery):
    """Which place to listen to, and how much to tell of it."""

    k: int = Field(default=5, ge=1, le=MAX_K, description="How many captions and recordings to answer.")


class SoundQuery(PointQuery, SoundOptions):
    """The sound of a place: which place, and how it is rendered."""


class PageQuery(BaseModel):
    """Which part of a long list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=100, ge=1, le=MAX_PAGE, description="At most this many.")
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET, description="How many to pass over.")
