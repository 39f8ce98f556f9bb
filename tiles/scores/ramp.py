"""Scores as colours: a fixed ramp over a fixed range, so that maps compare and colours can be read back as scores."""

import io
import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tiles.errors import InvalidHeatmap

TileFormat = Literal["png", "webp"]
Bytes = NDArray[np.uint8]

SEQUENTIAL = ("magma", "inferno", "plasma", "viridis", "cividis", "turbo", "thermal", "ylorrd")
DIVERGING = ("puor_r", "puor", "rdbu_r", "rdbu", "brbg_r", "brbg", "piyg_r", "piyg", "coolwarm", "bwr")

STEPS = 254
"""From one end of a ramp to the other; a palette has one entry more, and one for where there is no data."""

NOTHING = 255
"""The palette's entry for where there is no data."""

SOLID = 0.75
"""From this share of the way up a colour hides what lies below it as far as the opacity allows."""

FADING = 2.0
"""Below that, alpha falls with this power of the value, so that only what stands out is seen to glow."""


@dataclass(frozen=True)
class Ramp:
    """The colours from `low` to `high`; values beyond are drawn as the ends.

    A diverging colormap is centred on 0. `opacity` 0 to 1 is that of the strongest colours; fainter ones let more
    of the map through.

    Raises:
        InvalidHeatmap: An unknown colormap, a range that does not rise or is not centred where it must be, an opacity
            beyond 0 to 1; the message begins with the field's name.
    """

    colormap: str
    low: float
    high: float
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if self.colormap not in SEQUENTIAL and not self.diverges:
            raise InvalidHeatmap(f"colormap: {self.colormap!r} is none of {', '.join((*SEQUENTIAL, *DIVERGING))}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise InvalidHeatmap(f"rescale: must be two rising numbers, got {self.low:g},{self.high:g}")
        if self.diverges and self.low != -self.high:
            raise InvalidHeatmap(f"rescale: {self.colormap} is centred on 0: give -v,v, not {self.low:g},{self.high:g}")
        if not 0 <= self.opacity <= 1:
            raise InvalidHeatmap(f"opacity: must be 0 to 1, got {self.opacity:g}")

    @property
    def diverges(self) -> bool:
        """Whether the colormap shows to which side of 0 a value lies."""
        return self.colormap in DIVERGING

    @property
    def step(self) -> float:
        """How much a value changes from one colour to the next."""
        return (self.high - self.low) / STEPS

    @property
    def values(self) -> NDArray[np.float64]:
        """What each colour stands for: (255,) from low to high."""
        return np.linspace(self.low, self.high, STEPS + 1)

    @cached_property
    def colours(self) -> Bytes:
        """RGBA of each step from low to high: (255, 4) uint8; alpha grows with the value, or away from 0."""
        along = np.linspace(0, 1, STEPS + 1)
        colours = np.empty((STEPS + 1, 4), np.uint8)
        colours[:, :3] = _shades(self.colormap)
        away = np.abs(2 * along - 1) if self.diverges else along
        colours[:, 3] = np.rint(255 * self.opacity * np.minimum(away / SOLID, 1) ** FADING)
        return colours

    def indices(self, values: NDArray[np.float32]) -> Bytes:
        """The step of each value, any shape; NOTHING where a value is NaN."""
        steps = values - np.float32(self.low)
        steps /= np.float32(self.step)  # in place: fresh memory costs more than arithmetic
        steps += np.float32(0.5)
        np.clip(steps, 0, STEPS, out=steps)
        steps[np.isnan(steps)] = NOTHING
        return steps.astype(np.uint8)

    def draw(self, values: NDArray[np.float32], format: TileFormat = "png") -> bytes:
        """Values (H, W) as an image, transparent where they are NaN.

        PNG with a palette, or lossless WebP: both keep every colour, so that values can be read back within a step.
        """
        indices = self.indices(values)
        palette = np.vstack([self.colours, np.zeros((1, 4), np.uint8)])  # (256, 4)
        buffer = io.BytesIO()
        if format == "webp":
            Image.fromarray(palette[indices]).save(buffer, "webp", lossless=True, quality=0, method=0, exact=True)
            return buffer.getvalue()
        image = Image.fromarray(indices)
        image.putpalette(palette[:, :3].tobytes())
        image.save(buffer, "png", transparency=palette[:, 3].tobytes(), compress_level=3)
        return buffer.getvalue()

    def stops(self, count: int) -> list[tuple[float, str, float]]:
        """Values evenly from low to high, each with its colour as #rrggbb and its alpha from 0 to 1."""
        steps = np.rint(np.linspace(0, STEPS, count)).astype(int)
        drawn = zip(self.values[steps].tolist(), self.colours[steps].tolist(), strict=True)
        return [(value, f"#{red:02x}{green:02x}{blue:02x}", alpha / 255) for value, (red, green, blue, alpha) in drawn]

    def legend(self, width: int = 255, height: int = 16) -> bytes:
        """The ramp from low (left) to high (right) as a PNG."""
        columns = np.rint(np.linspace(0, STEPS, width)).astype(int)
        bar = np.ascontiguousarray(np.broadcast_to(self.colours[columns], (height, width, 4)))
        buffer = io.BytesIO()
        Image.fromarray(bar).save(buffer, "png")
        return buffer.getvalue()


@cache
def _shades(colormap: str) -> Bytes:
    """RGB of each step (255, 3) uint8; one that a ramp repeats is changed by the least there is, to be told apart."""
    from rio_tiler.colormap import cmap  # brings in GDAL and half a server; one ramp in a process's life needs it

    entries: Any = cmap.get(colormap)
    taken: dict[tuple[int, int, int], None] = {}  # in order
    for entry in np.rint(np.linspace(0, 255, STEPS + 1)).astype(int):
        red, green, blue = (int(part) for part in entries[int(entry)][:3])
        shades = ((red, green, blue + change) for change in (0, 1, -1, 2, -2, 3, -3))
        taken[next(shade for shade in shades if 0 <= shade[2] <= 255 and shade not in taken)] = None
    return np.array(list(taken), np.uint8)
