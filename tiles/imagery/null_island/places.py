"""What is where, in words: the land cover at a point, named places, and random points of a class."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import binary_dilation

from tiles.imagery.null_island.geography import Geography, geography
from tiles.imagery.null_island.lattice import Doubles, Grid, Points, hashed
from tiles.imagery.null_island.settlements import Sites
from tiles.imagery.null_island.source import EAST_METRES_PER_DEGREE, NORTH_METRES_PER_DEGREE, to_plane
from tiles.imagery.null_island.survey import CLASSES, Survey
from tiles.imagery.null_island.terrain import SPACING

_NAMES = np.array(CLASSES)
_FIRST = ("Port", "San", "Cape", "New", "Mount", "Fort", "Lower", "Upper", "Saint", "Old")
_HEAD = ("Mar", "Bel", "Tor", "Lin", "Cal", "Ver", "Sol", "Dun", "Ash", "Ros", "Nor", "Hal", "Pel", "Quin", "Os", "Gar")
_TAIL = (
    "ena",
    "ham",
    "illo",
    "mouth",
    "aro",
    "wick",
    "ora",
    "ford",
    "anza",
    "ton",
    "eve",
    "haven",
    "ila",
    "bury",
    "is",
)


@dataclass(frozen=True)
class Place:
    """A named place; `kind` is capital, city, town, village, harbour, airport, beach, reef or lake."""

    name: str
    kind: str
    lat: float
    lon: float


def land_cover(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.str_]:
    """The class name at every point (degrees, any shape that broadcasts); beyond the bounds all is ocean.

    The imagery is painted from the same geography, so this is its exact ground truth.
    """
    lats, lons = np.broadcast_arrays(np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64))
    x, y = to_plane(lats.ravel(), lons.ravel())
    return np.asarray(_NAMES[Survey(geography(), Points(x, y)).codes()].reshape(lats.shape))


def sample_land_cover(name: str, count: int, seed: int = 0) -> tuple[Doubles, Doubles]:
    """`count` random points (lat, lon) of a class, evenly over its area. Raises ValueError for an unknown class."""
    if name not in CLASSES:
        raise ValueError(f"land cover: {name!r} is none of {', '.join(CLASSES)}")
    random = np.random.default_rng(seed)
    west, south = _likely(name)  # the lower left corners of the squares that may hold it
    found: list[Doubles] = []
    while sum(len(part) for part in found) < count:
        square, shift = random.integers(len(west), size=20_000), random.random((20_000, 2)) * SPACING
        x, y = west[square] + shift[:, 0], south[square] + shift[:, 1]
        holds = _NAMES[Survey(geography(), Points(x, y)).codes()] == name
        found.append(np.stack([y / NORTH_METRES_PER_DEGREE, x / EAST_METRES_PER_DEGREE], axis=-1)[holds])
    points = np.concatenate(found)[:count]
    return points[:, 0], points[:, 1]


@cache
def _likely(name: str) -> tuple[Doubles, Doubles]:
    """Lower left corners (metres) of the coarse squares where a class can occur."""
    axis = np.arange(-330, 330) * SPACING + SPACING / 2
    survey = Survey(geography(), Grid(axis, axis[::-1], SPACING))
    near = survey.cover(name) > 0 if name in ("road", "river") else survey.inside(name) > -1200
    rows, columns = np.nonzero(binary_dilation(near, iterations=2))
    return axis[columns] - SPACING / 2, axis[::-1][rows] - SPACING / 2


def places() -> list[Place]:
    """Named places, the capital first: where a map of the country opens."""
    return list(_places())


@cache
def _places() -> tuple[Place, ...]:
    land = geography()
    settled = land.settlements
    ranks = ["capital"] + ["city"] * (settled.cities - 1) + ["town"] * 34
    ranks += ["village"] * (len(settled.towns) - len(ranks))
    names = [_name(k) for k in range(len(settled.towns))]
    listed = [_place(names[k], ranks[k], settled.towns, k) for k in range(len(settled.towns))]
    for kind, sites in (("harbour", settled.harbours), ("airport", settled.airports), ("lake", land.lakes)):
        for k in range(len(sites)):
            near = names[int(np.argmin(np.hypot(settled.towns.x - sites.x[k], settled.towns.y - sites.y[k])))]
            listed.append(_place(f"{near} {kind}", kind, sites, k))
    return (*listed, *_shores(land, names))


def _name(k: int) -> str:
    word = int(hashed(np.array([k]), np.array([0]), 951)[0])
    core = _HEAD[word % 16] + _TAIL[word // 16 % 15]
    return f"{_FIRST[word // 256 % 10]} {core}" if word // 4096 % 4 == 0 else core


def _place(name: str, kind: str, sites: Sites, k: int) -> Place:
    lat, lon = float(sites.y[k]) / NORTH_METRES_PER_DEGREE, float(sites.x[k]) / EAST_METRES_PER_DEGREE
    return Place(name, kind, lat, lon)


def _shores(land: Geography, names: list[str]) -> list[Place]:
    """A dozen beaches and reefs, far from one another."""
    towns = land.settlements.towns
    listed = []
    for kind in ("beach", "reef"):
        lats, lons = sample_land_cover(kind, 40, seed=952)
        chosen: list[int] = []
        for k in range(40):
            if all(np.hypot(lats[k] - lats[o], lons[k] - lons[o]) > 0.25 for o in chosen) and len(chosen) < 12:
                chosen.append(k)
        x, y = to_plane(lats, lons)
        for k in chosen:
            near = names[int(np.argmin(np.hypot(towns.x - x[k], towns.y - y[k])))]
            listed.append(Place(f"{near} {kind}", kind, float(lats[k]), float(lons[k])))
    return listed
