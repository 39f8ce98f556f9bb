"""Null Island: a procedural country some 400 km across around 0N 0E, an imagery source without files.

The coarse geography (coast, ranges, rivers, towns, motorways) is built once in memory from a constant seed. A `Survey`
says for any pixels or points how far inside each kind of land they are; `land_cover` names the uppermost, and the
painters in `paint` draw each class where it shows, with detail that fades as pixels grow.
"""

from tiles.imagery.null_island.places import Place, land_cover, places, sample_land_cover
from tiles.imagery.null_island.source import NullIsland
from tiles.imagery.null_island.survey import CLASSES

__all__ = ["CLASSES", "NullIsland", "Place", "land_cover", "places", "sample_land_cover"]
