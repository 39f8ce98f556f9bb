"""Where water runs: flow over the coarse terrain, rivers as smooth lines to the sea, and the lakes strung on them."""

import heapq

import numpy as np

from tiles.imagery.null_island.lattice import Doubles, hashed, unit
from tiles.imagery.null_island.routes import smooth
from tiles.imagery.null_island.terrain import SPACING, Terrain

_FACTOR = 6
CELL = SPACING * _FACTOR
_SOURCE_CELLS = 14  # a river begins where this many cells drain through one
_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


def coarse(values: np.ndarray) -> np.ndarray:
    """Means over the drainage cells."""
    side = len(values) // _FACTOR
    return np.asarray(values.reshape(side, _FACTOR, side, _FACTOR).mean(axis=(1, 3)))


def flow(height: np.ndarray, sea: np.ndarray) -> tuple[list[int], list[int]]:
    """Priority flood (Barnes, Lehman and Mulla 2014): every cell's downstream cell, and the cells sea first."""
    side = len(height)
    level, down = height.ravel().tolist(), [-1] * height.size
    heap = [(level[k], k) for k in np.flatnonzero(sea.ravel()).tolist()]
    seen = bytearray(sea.ravel().astype(np.uint8).tobytes())
    heapq.heapify(heap)
    order = []
    while heap:
        here, k = heapq.heappop(heap)
        order.append(k)
        j, i = divmod(k, side)
        for dj, di in _AROUND:
            n = (j + dj) * side + i + di
            if 0 <= j + dj < side and 0 <= i + di < side and not seen[n]:
                seen[n] = 1
                down[n] = k
                heapq.heappush(heap, (max(level[n], here + 0.01), n))
    return down, order


def _accumulate(down: list[int], order: list[int]) -> list[int]:
    drained = [1] * len(down)
    for k in reversed(order):
        if down[k] >= 0:
            drained[down[k]] += drained[k]
    return drained


def _node(k: int, side: int, drained: int) -> tuple[float, float, float]:
    """Place (shaken off the lattice) and width of the river at a cell."""
    j, i = divmod(k, side)
    word = hashed(np.array([i]), np.array([j]), 301)
    dx, dy = float(unit(word)[0]) - 0.5, float(unit(word, 1)[0]) - 0.5
    middle = (side - 1) / 2
    width = 110 + 140 * min(1.0, (drained / 420) ** 0.5)
    return (i - middle + 0.7 * dx) * CELL, (j - middle + 0.7 * dy) * CELL, width


def trace_rivers(terrain: Terrain) -> tuple[list[Doubles], list[Doubles]]:
    """Smooth river lines (n, 3: x, y, width) from the hills to the sea, and lakes (x, y, radius) on them."""
    coast, height = coarse(terrain.coast.values), coarse(terrain.elevation.values)
    sea = coast < 0
    side = len(height)
    jitter = unit(hashed(np.arange(side)[None, :], np.arange(side)[:, None], 302)) * 25
    down, order = flow(height + jitter, sea)
    drained = _accumulate(down, order)
    wet = sea.ravel()
    river = [k for k in range(len(down)) if not wet[k] and drained[k] >= _SOURCE_CELLS]
    fed = {down[k] for k in river}
    lines, done = [], set()
    for head in sorted((k for k in river if k not in fed), key=lambda k: -drained[k]):
        path, k = [head], head
        while down[k] >= 0 and k not in done:
            done.add(k)
            k = down[k]
            path.append(k)
        line = smooth(np.array([_node(k, side, drained[k]) for k in path]))
        line[0, 2] = 50.0  # a brook at its head
        lines.append(line)
    return lines, _lakes(river, side, drained, coast.ravel())


def _lakes(river: list[int], side: int, drained: list[int], coast: np.ndarray) -> list[Doubles]:
    lakes = []
    for k in river:
        word = hashed(np.array([k]), np.array([0]), 303)
        if coast[k] > 9e3 and float(unit(word)[0]) < 0.09:
            x, y, _ = _node(k, side, drained[k])
            lakes.append(np.array([x, y, 500 + 1900 * float(unit(word, 1)[0]) ** 2]))
    return lakes
