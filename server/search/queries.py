"""What may be searched for and how its map may be drawn: the parameters of /search and /heatmap."""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from server.errors import InvalidInput
from server.http.parameters import MAX_OFFSET
from tiles.chip import Bounds
from tiles.region import Condition

MAX_QUERY = 1000
MAX_PLACES = 100
MIN_PERCENTILE = 90.0

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY)]
QueryId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
RegionName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Numbers = Annotated[str, StringConstraints(min_length=1, max_length=200)]

Measure = Literal["percentile", "cosine"]
Pool = Literal["mean", "max"]


class RegionQuery(BaseModel):
    """What is looked for, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Words | None = Field(default=None, description="A sound in words.", examples=["waves crashing on rocks"])
    query: QueryId | None = Field(default=None, description="The id of a query of POST /search, kept for a day.")
    concept: int | None = Field(default=None, ge=0, le=MAX_OFFSET, description="A concept of /concepts instead.")
    minus: Words | None = Field(default=None, description="Another sound: what sounds like `q` rather than like this.")
    region: RegionName | None = Field(default=None, description="A region of /regions; default: the first.")
    condition: Annotated[str, Field(max_length=20)] | None = Field(
        default=None,
        description="One of the region's conditions: month-hour, like 7-14, or any where none was told; default: the "
        "region's first.",
    )

    @property
    def when(self) -> Condition | None:
        """The condition asked for; None: the region's first.

        Raises:
            InvalidRegion: The condition is none.
        """
        return None if self.condition is None else Condition.parse(self.condition)


class SearchQuery(RegionQuery):
    """Which places are listed."""

    limit: int = Field(default=20, ge=1, le=MAX_PLACES, description="At most this many places.")
    bbox: Numbers | None = Field(
        default=None,
        description="west,south,east,north in degrees; west > east across the dateline.",
        examples=["-1,-1,1,1"],
    )
    min_percentile: float = Field(
        default=MIN_PERCENTILE, ge=0, le=100, allow_inf_nan=False, description="What every cell of a place reaches."
    )

    @property
    def box(self) -> Bounds | None:
        """The box asked for.

        Raises:
            InvalidInput: Not four numbers.
        """
        if self.bbox is None:
            return None
        west, south, east, north = numbers_of("bbox", self.bbox, 4)
        return west, south, east, north


class HeatmapQuery(RegionQuery):
    """How a map of scores is drawn."""

    by: Measure = Field(default="percentile", description="percentile: of the region's background; cosine: as it is.")
    pool: Pool = Field(default="mean", description="What a pixel shows that is wider than a cell.")
    colormap: Annotated[str, Field(max_length=50)] | None = Field(
        default=None, description="A ramp of /capabilities; default: magma, puor_r for differences."
    )
    rescale: Numbers | None = Field(default=None, description="lo,hi: the values of the ramp's ends.")
    opacity: float = Field(default=0.8, ge=0, le=1, allow_inf_nan=False)
    v: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The region's hash: with it an answer never changes, and may be kept for ever."
    )

    @property
    def range(self) -> tuple[float, float] | None:
        """The values of the ramp's ends.

        Raises:
            InvalidInput: Not two numbers.
        """
        if self.rescale is None:
            return None
        low, high = numbers_of("rescale", self.rescale, 2)
        return low, high


def numbers_of(field: str, text: str, count: int) -> list[float]:
    """Finite numbers separated by commas.

    Raises:
        InvalidInput: Anything else.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(math.isfinite(number) for number in numbers):
        raise InvalidInput(field, f"must be {count} numbers separated by commas, not {text[:60]!r}")
    return numbers
