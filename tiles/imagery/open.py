"""Opening imagery by name, so that only the libraries of that source are loaded."""

from pathlib import Path

from tiles.errors import UnknownImagery
from tiles.imagery.source import ImagerySource

SOURCE_NAMES = ("null-island", "esri", "sentinel2")
RASTER_SUFFIXES = (".tif", ".tiff", ".vrt")
BANDS = "?bands="


def with_bands(name: str, bands: str | None) -> str:
    """The name of a raster read by those bands ("4,3,2"); as it is for None."""
    return name if bands is None else f"{name}{BANDS}{bands}"


def open_imagery(name: str, *, cache_dir: Path | str | None = None) -> ImagerySource:
    """Open imagery by name: "null-island", "esri", "sentinel2", "xyz:URL" or the path of a GeoTIFF.

    A path may end in "?bands=RED,GREEN,BLUE" (numbers from 1, or names), or one band for grey.

    Tile services keep their tiles on disk under `cache_dir`; without one nothing is kept. Names come from the operator,
    never from a client. Raises UnknownImagery, and InvalidRaster for a file that cannot be read as imagery.
    """
    # Each source is imported when asked for: a server of Null Island alone need load neither GDAL nor an HTTP client.
    if name == "null-island":
        from tiles.imagery.null_island import NullIsland

        return NullIsland()
    if name in ("esri", "sentinel2") or name.startswith("xyz:"):
        from tiles.imagery.xyz import open_xyz

        return open_xyz(name, cache_dir=None if cache_dir is None else Path(cache_dir))
    path, asked, bands = (name, "", "") if Path(name).is_file() else name.partition(BANDS)
    if asked or path.lower().endswith(RASTER_SUFFIXES) or Path(path).is_file():
        from tiles.imagery.raster import RasterImagery

        return RasterImagery(path, bands=bands.split(",") if asked else ())
    known = ", ".join(SOURCE_NAMES)
    raise UnknownImagery(f"imagery: {name!r} is none of {known}, an xyz:URL template or a GeoTIFF's path")
