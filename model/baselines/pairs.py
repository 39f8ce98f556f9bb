"""What encoders are compared on: a satellite image, a recording and captions of one place (specification §13)."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image
from torch import Tensor

MOST = 0.5
"""Share of a crop that an image must fill to be shown at its scale."""


@dataclass(frozen=True)
class Imagery:
    """One kind of satellite image of a data set: crops of `tile_pixels` × scale pixels of `gsd` metres each."""

    name: str
    tile_pixels: int
    gsd: float
    scales: tuple[int, ...]
    image_column: str

    def fills(self, image: Image.Image, scale: int) -> bool:
        """Whether an image fills most of the crop at `scale`: what it does not reach would be black."""
        side = self.tile_pixels * scale
        return min(image.width, side) * min(image.height, side) >= MOST * side * side

    def caption_column(self, scale: int) -> str:
        """Where the caption of the crop at `scale` is written."""
        return f"llava_caption_{self.name}_zl{scale}"


IMAGERIES: dict[str, Imagery] = {
    imagery.name: imagery
    for imagery in (
        Imagery("bingmap", 300, 0.6, (1, 3, 5), "bingmap_image"),
        Imagery("sentinel", 256, 10.0, (1, 3, 5), "sentinel_image"),
        Imagery("googleearth", 256, 0.2, (1,), "googleearth_image"),
    )
}


@dataclass(frozen=True, eq=False)
class PairedRow:
    """One row that can be used.

    image: the whole tile, RGB; log_mel (clips, 1001, 64) float32 in dB, one clip where it was made from `audio`;
    image_captions by scale, without the scales that have none; latitude and longitude in degrees, both or neither;
    month 1-12, hour 0-23; None where unknown. `position` counts the rows, usable or not, that came before it in
    this pass: `shuffled(seed, epoch, skip=row.position + 1)` goes on right behind it.
    """

    id: str
    image: Image.Image
    log_mel: Tensor
    audio_caption: str
    image_captions: dict[int, str]
    latitude: float | None = None
    longitude: float | None = None
    month: int | None = None
    hour: int | None = None
    audio_source: str | None = None
    caption_source: str | None = None
    position: int = 0
