"""Imagery from a georeferenced raster: a GeoTIFF or COG in any CRS, or a VRT that the operator trusts."""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.warp import transform as project
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from tiles.chip import Bounds, Chip, Pixels
from tiles.errors import InvalidRaster, NoImagery
from tiles.footprint import MAX_GSD, MIN_GSD, FloatGrid, chip_lattice, wrap_longitude
from tiles.imagery.raster.bands import choose_bands
from tiles.imagery.raster.declared import declared_of
from tiles.imagery.raster.georeference import open_placed, without_numbers
from tiles.imagery.raster.presence import Windows, alpha_of, is_another_band, is_masked, weights
from tiles.imagery.raster.stretch import Stretch, measure_stretch
from tiles.imagery.resample import FloatImage, sample, step, to_bytes
from tiles.mercator import CIRCUMFERENCE, TILE_PIXELS, check_tile, tile_lattice, zoom_for

# For servers: files beside a raster belong to it, but a folder of thousands is not listed; keep the block cache small.
GDAL_ENV = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "GDAL_READDIR_LIMIT_ON_OPEN": 1000,
    "GDAL_CACHEMAX": 128,
    "GDAL_NUM_THREADS": 1,
}
WGS84 = "EPSG:4326"
ATTRIBUTION_TAGS = ("ATTRIBUTION", "TIFFTAG_COPYRIGHT", "COPYRIGHT", "TIFFTAG_ARTIST", "LICENCE", "LICENSE")
MAX_READ_PIXELS = 1 << 26
SURVEYED = 128
"""Side of the windows that are looked at when a file is opened."""
DIGITS = 4
"""Significant digits of a gsd: a projection's own scale and the ellipsoid move the others."""


class RasterImagery:
    """An ImagerySource over one raster file; each thread reads through a dataset handle of its own.

    RGB comes from the `bands` asked for (three numbers or names, one for grey), else from the bands' colour
    interpretation, names or wavelengths, else from the first three, or one band as grey or through its palette; values
    that are no picture yet are stretched by one rule for the whole file. Files beside it (.aux.xml, .msk, .ovr, world
    file and .prj) are read with it. `gsd` is the pixel's size in metres of ground at the raster's centre, whatever unit
    its CRS counts in; `bounds` are west, south, east, north in degrees (west > east across the dateline); `notes` say
    what of all this was not plain.

    A VRT can name other files and addresses, so one is refused unless `trusted`. Raises InvalidRaster.
    """

    def __init__(self, path: Path | str, *, trusted: bool = False, bands: Sequence[str] = ()) -> None:
        self.path = Path(path)
        self._asked = tuple(bands)
        self.name = f"raster:{self.path.stem}"
        self._driver = "VRT" if self.path.suffix.lower() == ".vrt" else "GTiff"  # no other format is ever opened
        self._local = threading.local()
        if not self.path.is_file():
            raise InvalidRaster(f"{self.path}: no such file")
        if self._driver == "VRT" and not trusted:
            raise InvalidRaster(f"{self.path}: a VRT can name other files, so it is opened only when trusted")
        with self._reading() as dataset:
            self._describe(dataset)

    def read(self, lat: float, lon: float, gsd: float, pixels: int) -> Chip:
        """The chip around a point, antialiased when the raster is finer, bilinear when it is coarser.

        Raises NoImagery where more than half of the chip is outside the raster or has no data; a smaller part without
        data takes the mean colour of the rest. Raises InvalidPoint, and InvalidRaster if the file cannot be read.
        """
        values, weight = self._render(*chip_lattice(lat, lon, gsd, pixels), pixels)
        if weight.mean() < 0.5:
            raise NoImagery(f"{self.name}: less than half of the chip at {lat:g}, {lon:g} has imagery")
        there = weight >= 0.5
        values[~there] = values[there].mean(axis=0)
        return Chip.around(lat, lon, gsd, to_bytes(values), self.name, self.attribution, self.notes)

    def tile(self, z: int, x: int, y: int) -> Pixels:
        """The Web Mercator tile (256, 256, 3), or (256, 256, 4) and clear where the raster has no data.

        Raises NoImagery for a tile without any data or outside the raster's zooms; InvalidPoint; InvalidRaster.
        """
        check_tile(z, x, y)
        if not self.min_zoom <= z <= self.max_zoom:
            raise NoImagery(f"{self.name}: has zooms {self.min_zoom} to {self.max_zoom}, not {z}")
        values, weight = self._render(*tile_lattice(z, x, y), TILE_PIXELS)
        if not (there := weight >= 0.5).any():
            raise NoImagery(f"{self.name}: no imagery in tile {z}/{x}/{y}")
        pixels = to_bytes(values)
        return pixels if there.all() else np.dstack([pixels * there[..., None], 255 * there.astype(np.uint8)])

    def _describe(self, dataset: Any) -> None:
        """Take from the open dataset all that reading needs to know. Raises InvalidRaster."""
        if dataset.transform.is_degenerate:
            raise InvalidRaster(f"{self.path}: its geotransform has no inverse")
        if not (dataset.crs.is_geographic or dataset.crs.is_projected):
            raise InvalidRaster(f"{self.path}: its CRS is not one of places on Earth")
        self._crs, self._to_pixel = dataset.crs, ~dataset.transform
        self._height, self._width = dataset.shape
        chosen = choose_bands(dataset, self._asked)
        self._bands, self._palette = list(chosen.numbers), chosen.palette
        self._masked = is_masked(dataset)
        windows = self._windows()
        alpha = alpha_of(dataset)
        if alpha and is_another_band(dataset, alpha, windows):
            self._masked = False
            alpha_note = f"Band {alpha} is declared as alpha but holds many values, so it was not taken for a mask."
        else:
            alpha_note = ""
        self._period = self._period_of(dataset)
        self.bounds = self._bounds_of(dataset)
        lat, gsd = self._measure_gsd(dataset)
        self.gsd = min(max(float(f"{gsd:.{DIGITS}g}"), MIN_GSD), MAX_GSD)
        self.max_zoom = zoom_for(lat, self.gsd)
        self.min_zoom = max(0, self.max_zoom - math.ceil(math.log2(max(dataset.shape) / TILE_PIXELS + 1)) - 2)
        self.attribution = self._attribution_of(dataset)
        self._stretch = self._stretch_of(dataset, windows)
        gsd_note = "" if MIN_GSD <= gsd <= MAX_GSD else f"Its pixels of {gsd:.3g} m are read at {self.gsd:g} m."
        self.notes = tuple(note for note in (self._placed, chosen.note, alpha_note, gsd_note) if note)

    def _stretch_of(self, dataset: Any, windows: Windows) -> Stretch | None:
        if self._palette is not None:
            return None
        is_byte = all(dataset.dtypes[number - 1] == "uint8" for number in self._bands)
        values = self._survey(dataset, windows)
        declared = declared_of(dataset, self._bands, self.path)
        by_declaration = None if is_byte and not declared.is_scaled else declared.stretch(values)
        return by_declaration or measure_stretch(values, is_byte=is_byte, is_grey=len(self._bands) == 1)

    def _bounds_of(self, dataset: Any) -> Bounds:
        corners = [dataset.transform @ (col, row) for col in (0, self._width) for row in (0, self._height)]
        xs, ys = zip(*corners, strict=True)
        west, south, east, north = transform_bounds(self._crs, WGS84, min(xs), min(ys), max(xs), max(ys))
        if self._period and self._width >= self._period - 1:
            return -180.0, float(south), 180.0, float(north)
        return float(wrap_longitude(west)), float(south), float(wrap_longitude(east)), float(north)

    def _measure_gsd(self, dataset: Any) -> tuple[float, float]:
        """Latitude of the raster's centre and the side in metres, on the ellipsoid, of a pixel there."""
        row, col = self._height / 2, self._width / 2
        corners = [dataset.transform @ at for at in ((col, row), (col + 1, row), (col, row + 1))]
        (lon,), (lat,) = project(self._crs, WGS84, [corners[0][0]], [corners[0][1]])
        if not (math.isfinite(lat) and math.isfinite(lon)):
            raise InvalidRaster(f"{self.path}: its centre is not on Earth")
        plane = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m"
        x, y = project(self._crs, plane, [at[0] for at in corners], [at[1] for at in corners])
        area = abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]))
        if not math.isfinite(area) or area <= 0:
            raise InvalidRaster(f"{self.path}: its pixels have no size on Earth")
        return lat, math.sqrt(area)

    def _attribution_of(self, dataset: Any) -> str:
        tags = dataset.tags()
        named = (" ".join(str(tags[tag]).split()) for tag in ATTRIBUTION_TAGS if tag in tags)
        return next((text[:200] for text in named if text), self.path.name)

    def _period_of(self, dataset: Any) -> float:
        """Columns in one turn around the Earth, 0 where the raster's CRS does not turn around it along its rows."""
        if dataset.transform.b or dataset.transform.d:
            return 0.0
        if dataset.crs.is_geographic:
            return 360.0 / abs(float(dataset.transform.a))
        return CIRCUMFERENCE / abs(float(dataset.transform.a)) if dataset.crs.to_epsg() == 3857 else 0.0

    def _windows(self) -> Windows:
        """Windows (top, left, height, width) spread evenly over the raster: bounded work, however large the file."""
        size = min(SURVEYED, self._height), min(SURVEYED, self._width)
        return [(row, col, *size) for row in _spread_starts(self._height) for col in _spread_starts(self._width)]

    def _survey(self, dataset: Any, windows: Windows) -> FloatImage:
        """Valid values (n, 3) of some windows."""
        found = []
        for window in windows:
            image = self._read_window(dataset, *window, 1.0)
            there = image[..., 3] > 0
            found.append(image[..., :3][there] / image[..., 3:][there])
        values = np.concatenate(found)
        if not len(values):
            raise InvalidRaster(f"{self.path}: no valid pixels")
        return values

    def _render(self, lats: FloatGrid, lons: FloatGrid, n: int) -> tuple[FloatImage, FloatImage]:
        """Colours (n, n, 3) on the byte scale and how much of each pixel has data (n, n), over a lattice of places."""
        rows, cols = self._locate(lats, lons)
        reach = step(rows, cols, n)
        if math.isnan(reach):
            raise NoImagery(f"{self.name}: that place lies outside the raster's projection")
        total = np.zeros((n, n, 4), np.float32)
        with self._reading() as dataset:
            for turn in (-1, 0, 1) if self._period else (0,):
                total += self._sample_turn(dataset, rows, cols + turn * self._period, max(1.0, reach), n)
        weight = total[..., 3]
        values = np.asarray(total[..., :3] / np.maximum(weight, 1e-6)[..., None], np.float32)
        return (values if self._stretch is None else self._stretch.apply(values)), weight

    def _locate(self, lats: FloatGrid, lons: FloatGrid) -> tuple[FloatGrid, FloatGrid]:
        """Rows and columns of places, counted from the raster's outer corner; columns go on across the dateline."""
        xs, ys = project(WGS84, self._crs, lons.ravel(), lats.ravel())
        x, y = (np.where(np.isfinite(v), v, np.nan).reshape(lats.shape) for v in (xs, ys))
        a, b, c, d, e, f = self._to_pixel[:6]
        cols, rows = a * x + b * y + c, d * x + e * y + f
        return rows, self._unroll(cols) if self._period else cols

    def _unroll(self, cols: FloatGrid) -> FloatGrid:
        """Columns that go on across the dateline instead of jumping, in the turn nearest to the raster."""
        period, middle = self._period, cols.shape[1] // 2
        cols = np.unwrap(cols, axis=1, period=period)
        centre = cols[middle, middle]
        cols = cols - period * np.round((cols[:, middle : middle + 1] - centre) / period)
        if np.nan_to_num(np.abs(np.diff(cols, axis=0))).max() > period / 4:
            raise NoImagery(f"{self.name}: the chip holds a pole, which the raster's projection cannot show whole")
        return cols if math.isnan(centre) else cols + period * round((self._width / 2 - centre) / period)

    def _sample_turn(self, dataset: Any, rows: FloatGrid, cols: FloatGrid, factor: float, n: int) -> FloatImage:
        """Premultiplied colours and weight (n, n, 4) of what the raster holds of a lattice, zeros elsewhere."""
        margin = 2 * factor
        top, bottom = _clip_span(rows, margin, self._height)
        left, right = _clip_span(cols, margin, self._width)
        if bottom <= top or right <= left:
            return np.zeros((n, n, 4), np.float32)
        height, width = bottom - top, right - left
        factor = max(factor, math.sqrt(height * width / MAX_READ_PIXELS))
        image = self._read_window(dataset, top, left, height, width, factor)
        if factor >= 2 and height * width <= MAX_READ_PIXELS and image[..., 3].mean() < 0.5:
            # Means of values that are no numbers are none, in overviews too: the finest data may know more.
            with self._reading(overviews=False) as finest:
                image = self._read_window(finest, top, left, height, width, factor)
        rows = (rows - top) * (image.shape[0] / height)
        return sample(image, rows, (cols - left) * (image.shape[1] / width), n)

    def _read_window(self, dataset: Any, top: int, left: int, height: int, width: int, factor: float) -> FloatImage:
        """A window read `factor` times smaller (through overviews where there are some): (h, w, 4) premultiplied."""
        window = Window(left, top, width, height)
        shape = (math.ceil(height / factor), math.ceil(width / factor))
        how = Resampling.average if factor > 1 and self._palette is None else Resampling.nearest
        values = dataset.read(self._bands, window=window, out_shape=(len(self._bands), *shape), resampling=how)
        weight = weights(dataset, window, shape) if self._masked else np.ones(shape, np.float32)
        if self._palette is not None:
            known = np.clip(values[0], 0, len(self._palette) - 1)
            colours = np.where((values[0] == known)[..., None], self._palette[known], 0)
            values = np.moveaxis(colours[..., :3], -1, 0)
            weight = np.asarray(weight * (colours[..., 3].astype(np.float32) / 255), np.float32)
        if np.iscomplexobj(values):
            values = np.abs(values)
        values = np.broadcast_to(values, (3, *shape)).astype(np.float32)
        there = (weight > 0) & np.isfinite(values).all(axis=0)
        image = np.concatenate([np.where(there, values, 0), there[None]]) * weight
        return np.moveaxis(image, 0, -1).astype(np.float32)

    @contextmanager
    def _reading(self, *, overviews: bool = True) -> Iterator[Any]:
        """Give this thread's dataset inside GDAL's settings; what GDAL raises becomes InvalidRaster in one line."""
        kept = "dataset" if overviews else "finest"
        try:
            with rasterio.Env(**GDAL_ENV):
                if not hasattr(self._local, kept):
                    options = {} if overviews else {"OVERVIEW_LEVEL": "NONE"}
                    dataset, self._placed = open_placed(self.path, self._driver, **options)
                    setattr(self._local, kept, dataset if overviews else without_numbers(dataset))
                yield getattr(self._local, kept)
        except (RasterioError, CPLE_BaseError) as error:
            cause = " ".join(str(error.__cause__ or error).split())
            raise InvalidRaster(f"{self.path}: cannot be read as a GeoTIFF ({cause})") from error


def _spread_starts(size: int, window: int = SURVEYED, most: int = 5) -> list[int]:
    """Where up to five windows start so that they spread over `size`, and cover it where they can."""
    count = min(most, math.ceil(size / window))
    return [int(start) for start in np.linspace(0, max(0, size - window), count)]


def _clip_span(positions: FloatGrid, margin: float, size: int) -> tuple[int, int]:
    """The whole source pixels that positions, with a margin, need of `size`."""
    finite = positions[np.isfinite(positions)]
    return max(0, math.floor(finite.min() - margin)), min(size, math.ceil(finite.max() + margin))
