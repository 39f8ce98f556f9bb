"""Where imagery comes from: tile services, georeferenced rasters and the country that needs no files, Null Island."""

from tiles.imagery.open import SOURCE_NAMES, open_imagery
from tiles.imagery.source import ImagerySource

__all__ = ["SOURCE_NAMES", "ImagerySource", "open_imagery"]
