"""Where people live and travel: cities, towns, villages, harbours, airports, and the motorways between the cities."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from tiles.imagery.null_island.lattice import Doubles, Floats, Points, fbm, hashed, unit
from tiles.imagery.null_island.rivers import CELL, coarse
from tiles.imagery.null_island.routes import smooth
from tiles.imagery.null_island.terrain import Terrain

MOTORWAY_WIDTH = 58.0
_CANDIDATES = 6000
_AROUND = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (2, -1), (1, -2))


@dataclass(frozen=True)
class Sites:
    """Places with a heading: centre (n,) metres, radius (n,) metres, angle (n,) of their own u axis from east."""

    x: Doubles
    y: Doubles
    radius: Floats
    angle: Floats

    def __len__(self) -> int:
        return len(self.x)

    def meets(self, west: float, south: float, east: float, north: float, reach: float) -> bool:
        """Whether any site, taken as `reach` times its radius, meets a box."""
        far = reach * self.radius
        near = (self.x - far < east) & (self.x + far > west) & (self.y - far < north) & (self.y + far > south)
        return bool(near.any())

    @staticmethod
    def of(rows: list[tuple[float, float, float, float]]) -> "Sites":
        """From rows of x, y, radius, angle."""
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        return Sites(table[:, 0], table[:, 1], table[:, 2].astype(np.float32), table[:, 3].astype(np.float32))


@dataclass(frozen=True)
class Settlements:
    """Every built place. Towns come capital first, then ports, inland cities, towns, villages."""

    towns: Sites
    cities: int  # the first so many towns are cities
    ports: int  # the first so many cities lie at a harbour
    harbours: Sites
    airports: Sites


def _draw(count: int, seed: int, channel: int = 0) -> Floats:
    return unit(hashed(np.arange(count), np.array([0]), seed), channel)


def _spread(x: Doubles, y: Doubles, taken: list[tuple[float, float]], count: int, apart: float) -> list[int]:
    """Greedy choice of up to `count` candidates, in order, no two (nor any taken) nearer than `apart`."""
    chosen: list[int] = []
    free = np.ones(len(x), dtype=bool)
    for tx, ty in taken:
        free &= np.hypot(x - tx, y - ty) > apart
    while len(chosen) < count and free.any():
        k = int(np.argmax(free))
        chosen.append(k)
        free &= np.hypot(x - x[k], y - y[k]) > apart
    return chosen


def place_settlements(terrain: Terrain) -> Settlements:
    """Choose every site from hashed candidates by what the land allows."""
    x = (_draw(_CANDIDATES, 401).astype(np.float64) - 0.5) * 440e3
    y = (_draw(_CANDIDATES, 401, 1).astype(np.float64) - 0.5) * 440e3
    here = Points(x, y)
    coast, high = here.sample(terrain.coast), here.sample(terrain.elevation)
    kinds = (
        ((coast > 1.6e3) & (coast < 3.4e3) & (high < 150), 8, 52e3, 4300, 1200),
        ((coast > 16e3) & (high < 420), 6, 45e3, 3900, 1300),
        ((coast > 3.5e3) & (high < 520), 34, 17e3, 1700, 900),
        ((coast > 1.5e3) & (high < 800), 150, 7.5e3, 480, 420),
    )
    rows: list[tuple[float, float, float, float]] = []
    counts = []
    for rank, (fits, count, apart, radius, extra) in enumerate(kinds):
        at = np.flatnonzero(fits)
        chosen = at[_spread(x[at], y[at], [row[:2] for row in rows], count, apart)]
        size, angle = _draw(len(chosen), 410 + rank), _draw(len(chosen), 420 + rank) * np.pi
        rows += [(x[k], y[k], radius + extra * s, a) for k, s, a in zip(chosen, size, angle, strict=True)]
        counts.append(len(chosen))
    rows[0] = (*rows[0][:2], 7200.0, rows[0][3])
    towns = Sites.of(rows)
    cities = counts[0] + counts[1]
    coastal = [*range(counts[0]), *_coastal_towns(towns, cities, counts[2], terrain)]
    harbours = Sites.of([_harbour(terrain, towns.x[k], towns.y[k], k < counts[0]) for k in coastal])
    return Settlements(towns, cities, counts[0], harbours, _airports(terrain, towns, cities))


def _coastal_towns(towns: Sites, first: int, count: int, terrain: Terrain) -> list[int]:
    away = Points(towns.x, towns.y).sample(terrain.coast)
    return [k for k in range(first, first + count) if away[k] < 9e3][:5]


def _slope(terrain: Terrain, x: float, y: float) -> tuple[float, Doubles]:
    """Distance to the coast and the unit vector that leads inland."""
    step = 400.0
    at = Points(np.array([x, x + step, x - step, x, x]), np.array([y, y, y, y + step, y - step]))
    d = at.sample(terrain.coast).astype(np.float64)
    inland = np.array([d[1] - d[2], d[3] - d[4]])
    return float(d[0]), inland / max(1e-9, float(np.hypot(*inland)))


def _harbour(terrain: Terrain, x: float, y: float, large: bool) -> tuple[float, float, float, float]:
    """Walk down to the shore; the harbour's u axis follows the coast and its v axis points out to sea."""
    for _ in range(40):
        away, inland = _slope(terrain, x, y)
        x, y = x - 0.7 * away * inland[0], y - 0.7 * away * inland[1]
    seaward = np.arctan2(-inland[1], -inland[0])
    return x, y, 1300.0 if large else 800.0, float(seaward - np.pi / 2)


def _airports(terrain: Terrain, towns: Sites, cities: int) -> Sites:
    """One airport beside every city that has flat dry room for it."""
    rows = []
    for k in range(cities):
        turn = (np.arange(24) * 0.2618 + float(_draw(k + 1, 430)[k]) * 6.28)[None, :]
        reach = np.array([1.0, 1.3, 1.6])[:, None] * (float(towns.radius[k]) * 1.25 + 2600)
        x, y = (towns.x[k] + reach * np.cos(turn)).ravel(), (towns.y[k] + reach * np.sin(turn)).ravel()
        at = Points(x, y)
        clear = np.hypot(x[:, None] - towns.x, y[:, None] - towns.y) - towns.radius * 1.3
        fits = (at.sample(terrain.coast) > 3600) & (at.sample(terrain.elevation) < 450) & (clear.min(axis=1) > 2000)
        if fits.any():
            best = int(np.argmax(fits))
            rows.append((x[best], y[best], 1500.0, float(_draw(k + 1, 431)[k]) * np.pi))
    return Sites.of(rows)


def trace_motorways(terrain: Terrain, settlements: Settlements) -> list[Doubles]:
    """Smooth lines (n, 3: x, y, width) that link the cities the cheapest way over land, and a few shortcuts."""
    cost, coast = _cost(terrain), coarse(terrain.coast.values)
    side = len(cost)
    towns, count = settlements.towns, settlements.cities
    middle = (side - 1) / 2
    nodes = (np.round(towns.y[:count] / CELL + middle) * side + np.round(towns.x[:count] / CELL + middle)).astype(int)
    toll, before = dijkstra(_graph(cost), directed=False, indices=nodes, return_predecessors=True)
    between = toll[:, nodes]
    tree = minimum_spanning_tree(between).toarray() > 0
    nearest = np.argsort(between, axis=1)[:, 1:3]
    tree[np.repeat(np.arange(count), 2), nearest.ravel()] = True
    lines = []
    for a, b in sorted({(min(p), max(p)) for p in np.argwhere(tree).tolist()}):
        path, k = [], int(nodes[b])
        while k != nodes[a]:
            path.append(k)
            k = int(before[a, k])
        if sum(coast.flat[k] < 0 for k in path) > 2:
            continue  # an island keeps its ferry
        inner = np.array([((k % side - middle) * CELL, (k // side - middle) * CELL) for k in path[1:]]).reshape(-1, 2)
        ends = np.array([[towns.x[b], towns.y[b]], [towns.x[a], towns.y[a]]])
        line = smooth(np.vstack([ends[:1], inner[::2], ends[1:]]))
        lines.append(np.column_stack([line, np.full(len(line), MOTORWAY_WIDTH)]))
    return lines


def _cost(terrain: Terrain) -> np.ndarray:
    """What a step costs: the sea and the mountains are dear, and a little noise makes roads wander."""
    coast, high = coarse(terrain.coast.values), coarse(terrain.elevation.values)
    axis = coarse(np.broadcast_to(terrain.axis, terrain.coast.values.shape))[0]
    x, y = np.meshgrid(axis, axis)
    wander = fbm(Points(x.ravel(), y.ravel()), 30e3, 2, 440).reshape(x.shape)
    return np.asarray(1 + 25 * (coast < 1500) + np.clip(high - 250, 0, None) / 120 + 0.6 * np.clip(wander, 0, None))


def _graph(cost: np.ndarray) -> csr_array:
    side = len(cost)
    index = np.arange(side * side).reshape(side, side)
    rows, columns, tolls = [], [], []
    for dj, di in _AROUND:
        a = index[: side - dj, max(0, -di) : side - max(0, di)]
        b = index[dj:, max(0, di) : side + min(0, di)]
        rows.append(a.ravel())
        columns.append(b.ravel())
        tolls.append((cost.ravel()[a] + cost.ravel()[b]).ravel() / 2 * np.hypot(di, dj))
    return coo_array(
        (np.concatenate(tolls), (np.concatenate(rows), np.concatenate(columns))), shape=(side * side, side * side)
    ).tocsr()
