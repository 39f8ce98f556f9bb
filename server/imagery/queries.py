"""What may be asked of imagery."""

from pydantic import BaseModel, ConfigDict, Field

from server.http.parameters import Latitude, Longitude, SourceName


class ChipQuery(BaseModel):
    """A square of imagery around a point."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: SourceName = Field(examples=["null-island"])
    lat: Latitude = Field(examples=[0.05])
    lon: Longitude = Field(examples=[0.02])
    gsd: float = Field(default=0.6, ge=0.05, le=1000, allow_inf_nan=False, description="Metres per pixel.")
    pixels: int = Field(default=256, ge=16, le=4096, description="Width and height.")
