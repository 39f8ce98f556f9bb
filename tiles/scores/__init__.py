"""Scores as maps: a pyramid of tiles, its colour ramp, the best places, and a cloud-optimised GeoTIFF."""
