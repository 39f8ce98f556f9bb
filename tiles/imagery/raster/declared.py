"""What a file declares of its values: scale and offset, the factors of known products, statistics."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.raster.stretch import BRIGHTEST_GROUND, REFLECTANCE_COUNTS, Stretch, stretch_between
from tiles.imagery.resample import FloatImage

LANDSAT2_SCALE, LANDSAT2_OFFSET = 2.75e-5, -0.2
"""Surface reflectance of Landsat's Collection 2 (USGS, LSDS-1619)."""
SENTINEL2_OFFSET = -1000.0
"""Added to Sentinel-2's counts since processing baseline 04.00 (ESA, January 2022)."""
LANDSAT2 = re.compile(r"L[COTEM]\d\d_L2S[PR]_\d{6}_\d{8}_\d{8}_02_")
SENTINEL2 = re.compile(r"S2[A-D]_MSIL[12][AC]_\d{8}T\d{6}_N(\d{4})_")
LIKELY = 1.6
"""No ground reflects more: what a declared scale brings above is in another unit."""
MOST_DEVIATIONS = 4.0
"""How far from the mean a declared largest value may lie, where the deviation is declared too."""


@dataclass(frozen=True)
class Declared:
    """Factors that make reflectance of each of the picture's bands (3,), and the range that statistics tell."""

    scale: NDArray[np.float32]
    offset: NDArray[np.float32]
    is_scaled: bool
    statistics: tuple[float, float] | None

    def stretch(self, values: FloatImage) -> Stretch | None:
        """The stretch of (n, 3) values by what is declared; None where that does not tell how bright they are."""
        if self.is_scaled and float(np.percentile(values * self.scale + self.offset, 98)) <= LIKELY:
            return Stretch(-self.offset / self.scale, (BRIGHTEST_GROUND - self.offset) / self.scale)
        return stretch_between(*self.statistics) if self.statistics else None


def declared_of(dataset: Any, numbers: Sequence[int], path: Path) -> Declared:
    """What an open dataset declares of the bands that make the picture."""
    scale, offset = _factors(dataset, numbers, path)
    own = bool((scale != 1).any() or (offset != 0).any())
    three = np.broadcast_to(scale, (3,)), np.broadcast_to(offset, (3,))
    return Declared(three[0].astype(np.float32), three[1].astype(np.float32), own, _statistics(dataset, numbers))


def _factors(dataset: Any, numbers: Sequence[int], path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scale = np.array([dataset.scales[number - 1] for number in numbers], float)
    offset = np.array([dataset.offsets[number - 1] for number in numbers], float)
    if (scale != 1).any() or (offset != 0).any():
        return (
            (scale, offset)
            if (np.isfinite(scale) & (scale > 0) & np.isfinite(offset)).all()
            else (scale * 0 + 1, offset * 0)
        )
    tags = {name.upper(): str(text) for name, text in dataset.tags().items()}
    told = " ".join([path.name, *(tags.get(name, "") for name in ("PRODUCT_URI", "LANDSAT_PRODUCT_ID", "PRODUCT_ID"))])
    if LANDSAT2.search(told):
        return scale * LANDSAT2_SCALE, offset + LANDSAT2_OFFSET
    if (added := _sentinel2_offset(tags, told)) is not None:
        return scale / REFLECTANCE_COUNTS, offset + added / REFLECTANCE_COUNTS
    return scale, offset


def _sentinel2_offset(tags: Mapping[str, str], told: str) -> float | None:
    """What is to be added to Sentinel-2's counts; None for other products."""
    for name, text in tags.items():
        if name.startswith(("BOA_ADD_OFFSET", "RADIO_ADD_OFFSET")) and re.fullmatch(r"-?\d+(\.\d+)?", text.strip()):
            return float(text)
    baseline = tags.get("PROCESSING_BASELINE", "")
    if re.fullmatch(r"\d\d\.\d\d", baseline.strip()):
        return SENTINEL2_OFFSET if baseline.strip() >= "04.00" else 0.0
    if found := SENTINEL2.search(told):
        return SENTINEL2_OFFSET if "0400" <= found[1] <= "9998" else 0.0
    return None


def _statistics(dataset: Any, numbers: Sequence[int]) -> tuple[float, float] | None:
    """The least and the largest value over the bands, as far as statistics beside or in the file tell them."""
    ranges = [_range(dataset.tags(number)) for number in numbers]
    if any(one is None for one in ranges):
        return None
    known = [one for one in ranges if one is not None]
    low, high = min(low for low, _ in known), max(high for _, high in known)
    return (low, high) if low < high else None


def _range(tags: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        low, high = (float(tags[f"STATISTICS_{name}"]) for name in ("MINIMUM", "MAXIMUM"))
        if "STATISTICS_MEAN" in tags and "STATISTICS_STDDEV" in tags:
            mean, deviation = float(tags["STATISTICS_MEAN"]), MOST_DEVIATIONS * float(tags["STATISTICS_STDDEV"])
            low, high = max(low, mean - deviation), min(high, mean + deviation)
    except (KeyError, ValueError):
        return None
    return (low, high) if np.isfinite([low, high]).all() else None
