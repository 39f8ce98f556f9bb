"""What may be asked of synthesis: a caption or a place, the engine, and how it renders."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from server.errors import InvalidInput
from server.http.parameters import MAX_SECONDS, MAX_SEED, Latitude, Longitude, PointQuery, SoundFormat, SourceName

MAX_CAPTION = 1000
MAX_STEPS = 200
MAX_GUIDANCE = 20.0
MAX_POINTS = 4000

Caption = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CAPTION)]


class SynthesisOptions(BaseModel):
    """What is rendered and how, without where; equal options give equal sounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    caption: Caption | None = Field(default=None, examples=["waves break on rocks"])
    seconds: float = Field(default=10.0, ge=1.0, le=MAX_SECONDS, allow_inf_nan=False)
    seed: int = Field(default=0, ge=0, le=MAX_SEED, description="Equal seeds give equal sounds.")
    engine: str | None = Field(default=None, min_length=1, max_length=50, description="One of /capabilities.")
    steps: int | None = Field(default=None, ge=1, le=MAX_STEPS, description="Of engines that have them.")
    guidance: float | None = Field(default=None, ge=0, le=MAX_GUIDANCE, allow_inf_nan=False)
    month: int | None = Field(default=None, ge=1, le=12, description="Heard in this month, by engines that know time.")
    hour: int | None = Field(default=None, ge=0, le=23, description="Heard at this local hour of the day.")
    loop: bool = Field(default=False, description="Whether the end meets the beginning, of engines that close loops.")


class SynthesisRequest(SynthesisOptions):
    """A sound to be made: of a caption, of the caption nearest to a place, or of a caption that tells of a place."""

    lat: Latitude | None = None
    lon: Longitude | None = None
    scale: int = Field(default=1, ge=1, le=100, description="How many times wider than the source's own GSD to look.")
    imagery: SourceName = Field(default="auto", description="A source of /capabilities; auto: the best one here.")

    def point(self) -> PointQuery | None:
        """The place; None when there is a caption alone.

        Raises:
            InvalidInput: Half a point, or neither a caption nor a point.
        """
        if self.lat is not None and self.lon is not None:
            where = self.model_dump(include={"lat", "lon", "scale", "month", "hour", "imagery"})
            return PointQuery(**where)
        if self.lat is not None or self.lon is not None:
            raise InvalidInput("lat" if self.lat is None else "lon", "is missing: a place has lat and lon")
        if self.caption is None:
            raise InvalidInput("caption", "is missing: say what to render, or where (lat and lon)")
        return None


class AudioQuery(BaseModel):
    """In which format a sound is wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: SoundFormat | None = Field(default=None, description="Default: what Accept prefers, Ogg first.")


class PeaksQuery(BaseModel):
    """How finely a waveform is drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: int = Field(default=800, ge=1, le=MAX_POINTS, description="How many peaks, evenly over the sound.")
