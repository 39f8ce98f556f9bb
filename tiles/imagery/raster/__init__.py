"""Imagery from a georeferenced raster file: its place, its bands, what of it is data, and its values as bytes."""

from tiles.imagery.raster.raster_imagery import RasterImagery

__all__ = ["RasterImagery"]
