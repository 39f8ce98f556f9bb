"""Regions: imagery embedded once, cell by cell, so that any query is answered by one pass over all cells.

`build_region` fills a store (Zarr) that survives being killed; `Region.open` scores it, whole or half-built.
"""

from tiles.grid import Cells, Grid
from tiles.region.build import build_region
from tiles.region.local import Embed
from tiles.region.manifest import ANY, Condition
from tiles.region.region import Progress, Region

__all__ = ["ANY", "Cells", "Condition", "Embed", "Grid", "Progress", "Region", "build_region"]
