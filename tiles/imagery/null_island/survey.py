"""What lies where: for every pixel or point of a view, how far inside each kind of land it is, in metres."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.null_island.geography import Geography
from tiles.imagery.null_island.lattice import NOISE_MOST, Floats, Grid, View, Window, fbm
from tiles.imagery.null_island.routes import Nearest
from tiles.imagery.null_island.settlements import Sites

CLASSES = (
    "airport", "harbour", "road", "reef", "ocean", "beach", "lake", "river",
    "industry", "city", "residential", "rock", "forest", "farmland", "meadow",
)  # fmt: skip
"""Class names, uppermost first: a place belongs to the first one it is inside."""

AIRPORT_SOUTH, AIRPORT_NORTH = -230.0, 470.0
HARBOUR_LANDWARD, HARBOUR_SEAWARD = -390.0, 340.0
_COAST_DETAIL = 327 * NOISE_MOST  # metres: the sum of the octaves of `coast`
_FAR = np.float32(-1e6)
_THIN = 90.0  # pixels coarser than this see rivers and roads as thin lines


@dataclass
class Inside:
    """The site each place is most inside of: metres inside (negative outside), and its number (-1: none near)."""

    metres: Floats
    which: NDArray[np.int16]


class Survey:
    """One view of the country; every layer is computed when first asked for."""

    def __init__(self, land: Geography, view: View) -> None:
        self.land, self.view = land, view

    @cached_property
    def coast(self) -> Floats:
        """Metres inland from the shoreline, negative at sea."""
        view = self.view
        total = self._coarse_coast
        for wavelength, metres in ((2400, 210), (1000, 80), (400, 26), (150, 8), (60, 2.5)):
            total = total + view.noise(wavelength, 40 + wavelength) * np.float32(metres)
        return total

    @cached_property
    def _coarse_coast(self) -> Floats:
        """The same before what noise adds."""
        return self.view.sample(self.land.terrain.coast)

    @cached_property
    def elevation(self) -> Floats:
        """Metres above the sea on land, to a kilometre's detail."""
        return self.view.sample(self.land.terrain.elevation)

    @cached_property
    def sandiness(self) -> Floats:
        """Positive where the coast has a beach, negative where it is rocky."""
        return np.asarray(self.view.noise(13e3, 50) + 0.4 * self.view.noise(4e3, 51) + np.float32(0.3))

    @cached_property
    def beach_width(self) -> Floats:
        """Metres of sand between the sea and the land."""
        wide = np.clip(self.sandiness * 5, 0, 1)
        return np.asarray(wide * np.clip(130 + 70 * self.view.noise(3e3, 52), 60, 200))

    @cached_property
    def reefs(self) -> Floats:
        """Metres inside a reef or its lagoon: fringes along the coast and banks off it."""
        wish = self.view.noise(24e3, 60) + 0.3 * self.view.noise(7e3, 61) + np.float32(0.05)
        fringe = np.minimum(self.coast + 150 + 750 * np.clip(wish, 0, 1), wish * 5000)
        banks = (self.view.noise(7e3, 62) + 0.3 * self.view.noise(2e3, 63) - 0.9) * 3500
        shelf = np.minimum(self.coast + 14e3, -1400 - self.coast)
        return np.asarray(np.minimum(np.maximum(fringe, np.minimum(banks, shelf)), -self.coast))

    @cached_property
    def river(self) -> Nearest:
        """The nearest river at its meandering course."""
        dx, dy = self.meander
        return self.land.rivers.nearest(self.view, self.view.east + dx, self.view.north + dy)

    @cached_property
    def meander(self) -> tuple[Floats, Floats]:
        """How far rivers wind off their coarse course, metres east and north."""
        noise = self.view.noise
        return (240 * noise(1500, 70) + 70 * noise(500, 71), 240 * noise(1500, 72) + 70 * noise(500, 73))

    @cached_property
    def bend(self) -> tuple[Floats, Floats]:
        """How far motorways curve off theirs."""
        return 200 * self.view.noise(5e3, 76), 200 * self.view.noise(5e3, 77)

    @cached_property
    def road(self) -> Nearest:
        """The nearest motorway: lateral offset, metres along, width, distance."""
        dx, dy = self.bend
        return self.land.motorways.nearest(self.view, self.view.east + dx, self.view.north + dy)

    @cached_property
    def lakes(self) -> Inside:
        """Lakes, their shores frayed by noise."""
        return self._inside(self.land.lakes, 1 + 0.3 * self.view.noise(1500, 80) + 0.1 * self.view.noise(500, 81), 1.8)

    @cached_property
    def towns(self) -> Inside:
        """Built-up land around the centres of towns."""
        towns = self._inside(self.land.settlements.towns, self._fringe, 2.0)
        ragged = 240 * self.view.noise(650, 88) + 110 * self.view.noise(260, 89) + 40 * self.view.noise(110, 96)
        return Inside(towns.metres + ragged, towns.which)

    @cached_property
    def _fringe(self) -> Floats:
        noise = self.view.noise
        return np.asarray(1 + 0.3 * noise(2500, 82) + 0.16 * noise(900, 83) + 0.1 * noise(380, 85))

    @cached_property
    def _works(self) -> Floats:
        """Metres inside the industrial quarter at the edge of each larger town."""
        towns = self.land.settlements.towns
        larger = slice(0, self.land.settlements.cities + 34)
        away = 0.72 * towns.radius[larger]
        quarter = Sites(
            towns.x[larger] + away * np.cos(towns.angle[larger] + 1.1),
            towns.y[larger] + away * np.sin(towns.angle[larger] + 1.1),
            0.4 * towns.radius[larger],
            towns.angle[larger],
        )
        return self._inside(quarter, self._fringe, 1.8).metres

    def _inside(self, sites: Sites, fringe: Floats, reach: float) -> Inside:
        out = Inside(np.full(self.view.shape, _FAR), np.full(self.view.shape, -1, dtype=np.int16))
        for k in range(len(sites)):
            at = self.view.window(sites.x[k], sites.y[k], reach * float(sites.radius[k]))
            if at is not None:
                away = np.hypot(self.view.east[at] - sites.x[k], self.view.north[at] - sites.y[k])
                metres = (sites.radius[k] * fringe[at] - away).astype(np.float32)
                self._keep_better(out, at, metres, k)
        return out

    @staticmethod
    def _keep_better(out: Inside, at: Window, metres: Floats, k: int) -> None:
        better = metres > out.metres[at]
        out.which[at] = np.where(better, k, out.which[at])
        out.metres[at] = np.maximum(metres, out.metres[at])

    def _boxes(self, sites: Sites, low: float, high: float) -> Inside:
        out = Inside(np.full(self.view.shape, _FAR), np.full(self.view.shape, -1, dtype=np.int16))
        for k in range(len(sites)):
            half = float(sites.radius[k])
            at = self.view.window(sites.x[k], sites.y[k], 1.5 * half)
            if at is not None:
                c, s = np.cos(sites.angle[k]), np.sin(sites.angle[k])
                dx, dy = self.view.east[at] - sites.x[k], self.view.north[at] - sites.y[k]
                u, v = dx * c + dy * s, dy * c - dx * s
                metres = np.minimum(half - np.abs(u), np.minimum(v - low, high - v)).astype(np.float32)
                self._keep_better(out, at, metres, k)
        return out

    @cached_property
    def airports(self) -> Inside:
        """Airport grounds."""
        return self._boxes(self.land.settlements.airports, AIRPORT_SOUTH, AIRPORT_NORTH)

    @cached_property
    def harbours(self) -> Inside:
        """Harbour grounds, quay and basin."""
        return self._boxes(self.land.settlements.harbours, HARBOUR_LANDWARD, HARBOUR_SEAWARD)

    def inside(self, name: str) -> Floats:
        """Metres inside a class, ignoring what lies above it; positive inside."""
        return np.asarray(getattr(self, f"_{name}")(), dtype=np.float32)

    def _airport(self) -> Floats:
        return self.airports.metres

    def _harbour(self) -> Floats:
        return self.harbours.metres

    def _road(self) -> Floats:
        _, _, width, distance = self.road
        return width / 2 - distance

    def _reef(self) -> Floats:
        return self.reefs

    def _ocean(self) -> Floats:
        return -self.coast

    def _beach(self) -> Floats:
        return np.where(self.beach_width > 20, self.beach_width - self.coast, _FAR)

    def _river(self) -> Floats:
        _, _, width, distance = self.river
        return width / 2 * (1 + np.float32(0.15) * self.view.noise(400, 84)) - distance + self._ragged_bank

    def _lake(self) -> Floats:
        return self.lakes.metres + 2 * self._ragged_bank

    @cached_property
    def _ragged_bank(self) -> Floats:
        return 6 * self.view.noise(75, 86) + 3 * self.view.noise(27, 87)

    def _industry(self) -> Floats:
        return self._works

    def _city(self) -> Floats:
        """The dense heart: half of a city's radius, a quarter of a town's, none of a village's."""
        towns, settlements = self.towns, self.land.settlements
        rank = np.arange(len(settlements.towns))
        heart = np.where(rank < settlements.cities, 0.5, np.where(rank < settlements.cities + 34, 0.74, 9.0))
        inset = np.append(heart * settlements.towns.radius, 0).astype(np.float32)
        return towns.metres - inset[towns.which]

    def _residential(self) -> Floats:
        return self.towns.metres

    def _rock(self) -> Floats:
        high = self.elevation + 260 * self.view.noise(3500, 90) + 90 * self.view.noise(1100, 91) - 1150
        cliffs = np.minimum(110 - self.coast, (-0.1 - self.sandiness) * 3000)
        return np.asarray(np.maximum(high * 5, cliffs))

    def _forest(self) -> Floats:
        wet = 0.8 * self.view.noise(17e3, 92) + fbm(self.view, 6e3, 5, 93, 0.45) * 0.6
        ragged = 0.05 * self.view.noise(170, 98) + 0.03 * self.view.noise(70, 99)
        return np.asarray((wet + ragged + np.clip((self.elevation - 180) / 450, 0, 0.9) - 0.2) * 1100)

    def _farmland(self) -> Floats:
        fertile = 0.7 * self.view.noise(14e3, 100) + fbm(self.view, 4500, 4, 101, 0.45) * 0.4
        return np.asarray((fertile + np.clip((420 - self.elevation) / 400, -1, 0.4)) * 1300)

    def _meadow(self) -> Floats:
        return np.full(self.view.shape, 1e6, dtype=np.float32)

    def codes(self) -> NDArray[np.int8]:
        """The index into CLASSES of the uppermost class at every place."""
        code = np.full(self.view.shape, len(CLASSES) - 1, dtype=np.int8)
        for k in range(len(CLASSES) - 2, -1, -1):
            code[self.inside(CLASSES[k]) > 0] = k
        return code

    def cover(self, name: str) -> Floats:
        """The share of every pixel inside a class (0..1), ignoring what lies above it."""
        gsd = self.view.gsd
        if name in ("road", "river") and gsd > _THIN and isinstance(self.view, Grid):
            lines = self.land.motorways if name == "road" else self.land.rivers
            return lines.coverage(self.view, self.bend if name == "road" else self.meander)
        return np.asarray(np.clip(self.inside(name) / np.float32(gsd) + np.float32(0.5), 0, 1))

    def occurs(self, name: str, grid: Grid) -> bool:
        """Whether a class can occur in a grid at all, by bounds that cost nothing next to computing it."""
        box, wide = grid.bounds, 3 * grid.gsd
        built = self.land.settlements
        if name in ("ocean", "reef", "beach"):
            return self._lowest_coast < _COAST_DETAIL + 200 + wide
        if name == "rock":
            low = self._lowest_coast > _COAST_DETAIL + 110 + wide
            return not low or float(self.elevation.max()) > 1150 - 350 * NOISE_MOST - wide
        if name in ("road", "river"):
            lines, bend = (self.land.motorways, 200) if name == "road" else (self.land.rivers, 310)
            return lines.meets(*box, lines.reach + bend * NOISE_MOST + wide)
        if name in ("airport", "harbour"):
            return (built.airports if name == "airport" else built.harbours).meets(*box, 1.5)
        if name in ("city", "residential", "industry"):
            return built.towns.meets(*box, 2.2)
        return name != "lake" or self.land.lakes.meets(*box, 1.8)

    @cached_property
    def _lowest_coast(self) -> float:
        return float(self._coarse_coast.min())

    def shares(self) -> dict[str, Floats]:
        """What each class shows of every pixel: they add up to one; absent classes are left out."""
        rest = np.ones(self.view.shape, dtype=np.float32)
        shown = {}
        for name in CLASSES:
            if isinstance(self.view, Grid) and not self.occurs(name, self.view):
                continue
            share = self.cover(name) * rest
            if float(share.max(initial=0)) > 0.004:
                shown[name] = share
                rest = rest - share
            if float(rest.max(initial=0)) < 0.004:
                break
        return shown
