"""One map of attention: what was looked for in which chip, told as numbers, as a picture and as cells."""

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.explain import words_of
from model.sat2sound import Sat2Sound
from server.errors import InvalidInput
from server.explain.queries import AttentionPicture, AttentionQuery
from server.explain.schemas import (
    Attention,
    AttentionCells,
    Patch,
    PatchProperties,
    Peak,
    WordOf,
)
from server.http.wire import Point
from server.soundscape.references import chip_reference, heaviest_concepts, model_reference
from tiles.chip import Chip
from tiles.polygon import net_polygons
from tiles.scores.ramp import DIVERGING, Ramp

Floats = NDArray[np.float32]

PATCH_PIXELS = 16
"""Of a picture, a side of each patch."""
DIGITS = 4


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """`values` (grid, grid) of a chip, row 0 in the north, where 0 is the middle of the background and 1 its most.

    `focus` (codebook_size,) weighs what was looked for.
    """

    query: AttentionQuery
    chip: Chip
    focus: Floats
    values: Floats

    def picture(self, drawn: AttentionPicture) -> bytes:
        """The patches in colours as a PNG that covers the chip; what is below the background's middle is clear.

        Raises:
            InvalidHeatmap, InvalidInput: A colormap, range or opacity it cannot be drawn with.
        """
        side = len(self.values) * PATCH_PIXELS
        how = Image.Resampling.BILINEAR if drawn.smooth else Image.Resampling.NEAREST
        wide = Image.fromarray(np.ascontiguousarray(self.values)).resize((side, side), how)
        return ramp_of(drawn).draw(np.asarray(wide, np.float32))

    def answer(self, model: Sat2Sound, base_url: str) -> Attention:
        """The map in numbers."""
        grid = len(self.values)
        row, column = (int(at) for at in np.unravel_index(int(self.values.argmax()), self.values.shape))
        lat, lon = self.chip.patch_centre(grid, row, column)
        lats, lons = self.chip.patch_corners(1)
        ends = [(0, 0), (0, 1), (1, 1), (1, 0)]
        concepts = heaviest_concepts(model, self.focus)
        return Attention(
            point=Point(lat=self.query.lat, lon=self.query.lon),
            scale=self.query.scale,
            gsd=self.chip.gsd,
            imagery=chip_reference(self.chip, base_url),
            bounds=self.chip.bounds,
            corners=[(float(lons[at]), float(lats[at])) for at in ends],
            rows=grid,
            columns=grid,
            grid=np.round(self.values.astype(np.float64), DIGITS).tolist(),
            rescale=(0.0, 1.0),
            method=self.query.method,
            q=self.query.q,
            concept=None if self.query.concept is None else concepts[0],
            words=self._words(),
            concepts=concepts,
            peak=Peak(row=row, column=column, lat=lat, lon=lon, value=round(float(self.values.max()), DIGITS)),
            png=base_url + self._path("png"),
            geojson=base_url + self._path("geojson"),
            model=model_reference(model),
        )

    def cells(self) -> AttentionCells:
        """The patches as GeoJSON."""
        grid = len(self.values)
        patches = [
            Patch(
                geometry=geometry,
                properties=PatchProperties(
                    row=number // grid,
                    column=number % grid,
                    value=round(value, DIGITS),
                    glow=round(min(max(value, 0.0), 1.0), DIGITS),
                ),
            )
            for number, (geometry, value) in enumerate(
                zip(net_polygons(*self.chip.patch_corners(grid)), self.values.ravel().tolist(), strict=True)
            )
        ]
        return AttentionCells(
            bbox=self.chip.bounds, rescale=(0.0, 1.0), attribution=self.chip.attribution, features=patches
        )

    def _words(self) -> list[WordOf]:
        if self.query.q is None:
            return []
        chosen = self.query.chosen
        return [
            WordOf(word=word.word, start=word.start, end=word.end, chosen=not chosen or word in chosen)
            for word in words_of(self.query.q)
        ]

    def _path(self, format: str) -> str:
        asked = self.query.model_dump(include=set(AttentionQuery.model_fields), exclude_none=True)
        return f"/attention.{format}?{urlencode({**asked, 'imagery': self.chip.source})}"


def ramp_of(drawn: AttentionPicture) -> Ramp:
    """The colours a picture is drawn in.

    Raises:
        InvalidHeatmap: An unknown colormap, a range that does not rise.
        InvalidInput: A colormap that diverges.
    """
    if drawn.colormap in DIVERGING:
        raise InvalidInput("colormap", f"attention has no two sides, and {drawn.colormap} diverges")
    return Ramp(drawn.colormap, *drawn.range, drawn.opacity)
