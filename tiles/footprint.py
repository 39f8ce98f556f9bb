"""The exact metric footprint around a point: a square of metres on the WGS84 ellipsoid, north up, row 0 in the north.

A chip's plane is the azimuthal equidistant projection about its centre (`+proj=aeqd +ellps=WGS84` there), so one pixel
is `gsd` metres at every latitude, the dateline is nowhere special and the poles are ordinary points. The projection is
evaluated in closed form (a tangent plane dropped onto the ellipsoid, Snyder 1987 section 20, with the radial scale made
equidistant), which agrees with PROJ's geodesic solution to 0.1 mm over 25 km and to 0.5 m over 500 km.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.errors import InvalidPoint

Bounds = tuple[float, float, float, float]
FloatGrid = NDArray[np.float64]

SEMI_MAJOR = 6378137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY2 = FLATTENING * (2 - FLATTENING)

MIN_GSD, MAX_GSD = 0.01, 20_000.0
MAX_PIXELS = 2048
MAX_SIDE = 500_000.0
LATTICE = 33


def check_point(lat: float, lon: float, gsd: float = 1.0, pixels: int = 1) -> None:
    """Raise InvalidPoint, its message beginning with the field's name, unless a chip can be cut there.

    `lat` in degrees [-90, 90], `lon` in degrees [-180, 180], `gsd` in metres per pixel, `pixels` the side of the chip.
    """
    _check_within("lat", lat, -90, 90, "degrees")
    _check_within("lon", lon, -180, 180, "degrees")
    _check_within("gsd", gsd, MIN_GSD, MAX_GSD, "metres per pixel")
    _check_within("pixels", pixels, 1, MAX_PIXELS, "pixels")
    if pixels != int(pixels):
        raise InvalidPoint(f"pixels: must be a whole number, got {pixels}")
    if gsd * pixels > MAX_SIDE:
        raise InvalidPoint(f"gsd: {pixels} pixels of {gsd:g} m span more than {MAX_SIDE / 1000:g} km")


def pixel_grid(lat: float, lon: float, gsd: float, pixels: int) -> tuple[FloatGrid, FloatGrid]:
    """Latitudes and longitudes of a chip's pixel centres: two (pixels, pixels) arrays in degrees, row 0 in the north.

    Longitudes lie in [-180, 180]. Raises InvalidPoint.
    """
    check_point(lat, lon, gsd, pixels)
    offsets = (np.arange(pixels) - (pixels - 1) / 2) * gsd  # (pixels,) metres from the centre
    return to_geographic(lat, lon, offsets[None, :], -offsets[:, None])


def chip_bounds(lat: float, lon: float, gsd: float, pixels: int) -> Bounds:
    """West, south, east, north in degrees of the box that holds the whole footprint.

    As in RFC 7946 (GeoJSON) section 5.2-5.3, a box across the dateline has west > east, and a box that holds a pole
    spans -180 to 180 and ends at that pole. Raises InvalidPoint.
    """
    check_point(lat, lon, gsd, pixels)
    half = gsd * pixels / 2
    side = np.linspace(-half, half, 33)
    edge = np.full_like(side, half)
    east = np.concatenate([side, edge, -side, -edge])  # clockwise from the north-west corner
    north = np.concatenate([edge, -side, -edge, side])
    lats, lons = to_geographic(lat, lon, east, north)
    turned = wrap_longitude(np.diff(lons, append=lons[0])).sum()
    if abs(turned) > 180 or abs(lat) == 90:  # the outline goes once around a pole
        return (-180.0, float(lats.min()), 180.0, 90.0) if lat > 0 else (-180.0, -90.0, 180.0, float(lats.max()))
    offsets = wrap_longitude(lons - lon)
    west, east_ = wrap_longitude(lon + offsets.min()), wrap_longitude(lon + offsets.max())
    return float(west), float(lats.min()), float(east_), float(lats.max())


def to_geographic(lat: float, lon: float, east: ArrayLike, north: ArrayLike) -> tuple[FloatGrid, FloatGrid]:
    """Latitude and longitude, in degrees, of points `east` and `north` metres from a centre (arrays that broadcast)."""
    sin, cos = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    prime = SEMI_MAJOR / math.sqrt(1 - ECCENTRICITY2 * sin * sin)  # radius of curvature in the prime vertical
    x, y = _equidistant(np.asarray(east, np.float64), np.asarray(north, np.float64), prime, sin)
    # Where the plumb line through (x, y) meets the ellipsoid: the small root of a u^2 + 2 b u + c = 0, in units of
    # the semi-axes; the centre's own terms cancel exactly, so metres stay exact to the last digits.
    flat = 1 / (1 - ECCENTRICITY2)
    a = cos * cos + sin * sin * flat
    b = prime + (flat - 1) * sin * cos * y
    c = x * x + (sin * sin + cos * cos * flat) * y * y
    up = -c / (b + np.sqrt(b * b - a * c))
    outward = prime * cos - sin * y + cos * up
    axial = (1 - ECCENTRICITY2) * prime * sin + cos * y + sin * up
    lats = np.degrees(np.arctan2(axial, (1 - ECCENTRICITY2) * np.sqrt(outward * outward + x * x)))
    lons = lon + np.degrees(np.arctan2(x, outward))
    return lats, wrap_longitude(lons) if lons.size and (lons.min() < -180 or lons.max() > 180) else lons


def chip_lattice(lat: float, lon: float, gsd: float, pixels: int) -> tuple[FloatGrid, FloatGrid]:
    """Latitudes and longitudes of a LATTICE x LATTICE net from the north-west to the south-east corner.

    Source positions computed on the net and spread bilinearly (tiles.imagery.resample) stay exact to a hundredth of a
    pixel, and save projecting every pixel. Raises InvalidPoint.
    """
    check_point(lat, lon, gsd, pixels)
    side = np.linspace(-0.5, 0.5, LATTICE) * gsd * pixels
    return to_geographic(lat, lon, side[None, :], -side[:, None])


def wrap_longitude(lon: ArrayLike) -> FloatGrid:
    """Degrees brought into [-180, 180]."""
    degrees = np.asarray(lon, np.float64)
    return np.where(np.abs(degrees) <= 180, degrees, (degrees + 180) % 360 - 180)


def _equidistant(east: FloatGrid, north: FloatGrid, prime: float, sin: float) -> tuple[FloatGrid, FloatGrid]:
    """Distances on the ground to distances on the tangent plane: shortened by sin(t)/t, t the angle at the core."""
    gauss2 = prime * prime * (1 - ECCENTRICITY2) / (1 - ECCENTRICITY2 * sin * sin)
    t2 = (east * east + north * north) / gauss2
    shorten = 1 - t2 / 6 * (1 - t2 / 20 * (1 - t2 / 42))
    return east * shorten, north * shorten


def _check_within(field: str, value: float, low: float, high: float, unit: str) -> None:
    try:
        finite = math.isfinite(value)
    except TypeError:
        raise InvalidPoint(f"{field}: must be a number, got {value!r}") from None
    if not finite or not low <= value <= high:
        raise InvalidPoint(f"{field}: must be {low:g} to {high:g} {unit}, got {value}")
