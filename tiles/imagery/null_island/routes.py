"""Polylines of the country, rivers and motorways, and how far a pixel or point is from them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from tiles.imagery.null_island.lattice import Doubles, Floats, Grid, View

Nearest = tuple[Floats, Floats, Floats, Floats]  # lateral distance (signed m), along (m), width (m), distance (m)


def smooth(path: Doubles, pieces: int = 4) -> Doubles:
    """A Catmull-Rom curve through the path's points (n, k): its points, `pieces` per step."""
    if len(path) < 3:
        return path
    p = np.vstack([2 * path[:1] - path[1:2], path, 2 * path[-1:] - path[-2:-1]])
    t = (np.arange(pieces) / pieces)[None, :, None]
    a, b, c, d = (p[k : len(p) - 3 + k, None, :] for k in range(4))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.vstack([curve.reshape(-1, path.shape[1]), path[-1:]])


@dataclass(frozen=True)
class Routes:
    """Straight segments with a width; `reach` is how far from one a query cares."""

    start: Doubles  # (n, 2)
    end: Doubles  # (n, 2)
    width: Floats  # (n,)
    along: Doubles  # (n,) metres from the head of its line
    reach: float

    @staticmethod
    def of(paths: list[Doubles], reach: float) -> "Routes":
        """Segments of the lines, each (n, 3): x, y, width."""
        steps = [np.hypot(*np.diff(p[:, :2], axis=0).T) for p in paths]
        return Routes(
            np.vstack([p[:-1, :2] for p in paths]),
            np.vstack([p[1:, :2] for p in paths]),
            np.concatenate([p[:-1, 2] for p in paths]).astype(np.float32),
            np.concatenate([np.cumsum(s) - s for s in steps]),
            reach,
        )

    def meets(self, west: float, south: float, east: float, north: float, margin: float) -> bool:
        """Whether any segment comes within `margin` metres of a box (judged by its own box)."""
        low, high = np.minimum(self.start, self.end) - margin, np.maximum(self.start, self.end) + margin
        near = (low[:, 0] < east) & (high[:, 0] > west) & (low[:, 1] < north) & (high[:, 1] > south)
        return bool(near.any())

    def nearest(self, view: View, x: Doubles, y: Doubles) -> Nearest:
        """The nearest segment to every (already warped) position; beyond `reach` only its being far holds."""
        out = (
            np.full(view.shape, self.reach, dtype=np.float32),
            np.zeros(view.shape, dtype=np.float32),
            np.zeros(view.shape, dtype=np.float32),
            np.full(view.shape, self.reach, dtype=np.float32),
        )
        if isinstance(view, Grid):
            self._over_windows(x, y, out)
        else:
            self._over_points(x, y, out)
        return out

    def _over_windows(self, x: Doubles, y: Doubles, out: Nearest) -> None:
        """Every segment on the part of the grid it can reach; x and y only gently bend the grid."""
        low, high = np.minimum(self.start, self.end) - self.reach, np.maximum(self.start, self.end) + self.reach
        meets = (low[:, 0] < x.max()) & (high[:, 0] > x.min()) & (low[:, 1] < y.max()) & (high[:, 1] > y.min())
        slack = self.reach
        columns, rows = x[len(x) // 2], -y[:, x.shape[1] // 2]
        columns, rows = np.maximum.accumulate(columns), np.maximum.accumulate(rows)
        for k in np.flatnonzero(meets).tolist():
            left, right = np.searchsorted(columns, (low[k, 0] - slack, high[k, 0] + slack))
            top, bottom = np.searchsorted(rows, (-high[k, 1] - slack, -low[k, 1] + slack))
            window = (slice(top, bottom), slice(left, right))
            if top < bottom and left < right:
                self._improve(k, x[window], y[window], tuple(a[window] for a in out))

    def _improve(self, k: int, x: Doubles, y: Doubles, out: tuple[Floats, ...]) -> None:
        (x0, y0), (x1, y1) = self.start[k], self.end[k]
        length = float(np.hypot(x1 - x0, y1 - y0)) or 1e-9
        c, s = (x1 - x0) / length, (y1 - y0) / length
        px, py = (x - x0).astype(np.float32), (y - y0).astype(np.float32)
        t, lateral = px * np.float32(c) + py * np.float32(s), py * np.float32(c) - px * np.float32(s)
        over = t - np.clip(t, 0, np.float32(length))
        distance = np.sqrt(lateral * lateral + over * over)
        closer = distance < out[3]
        for target, value in zip(out, (lateral, t + self.along[k], self.width[k], distance), strict=True):
            np.copyto(target, value, where=closer, casting="same_kind")

    @cached_property
    def _index(self) -> tuple[cKDTree, np.ndarray]:
        pieces = np.maximum(1, np.ceil(np.hypot(*(self.end - self.start).T) / 250).astype(int))
        owner = np.repeat(np.arange(len(pieces)), pieces)
        t = (np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 0.5) / pieces[owner]
        return cKDTree(self.start[owner] + (self.end - self.start)[owner] * t[:, None]), owner

    def _over_points(self, x: Doubles, y: Doubles, out: Nearest) -> None:
        tree, owner = self._index
        found = tree.query(np.stack([x, y], axis=-1), k=4, distance_upper_bound=self.reach + 150)
        away, which = np.asarray(found[0]), np.asarray(found[1])
        for rank in range(4):
            at = np.flatnonzero(np.isfinite(away[:, rank]))
            self._improve_points(at, owner[which[at, rank]], x, y, out)

    def _improve_points(self, at: np.ndarray, k: np.ndarray, x: Doubles, y: Doubles, out: Nearest) -> None:
        step = self.end[k] - self.start[k]
        length = np.maximum(np.hypot(*step.T), 1e-9)
        px, py = x[at] - self.start[k, 0], y[at] - self.start[k, 1]
        t = (px * step[:, 0] + py * step[:, 1]) / length
        lateral = (py * step[:, 0] - px * step[:, 1]) / length
        distance = np.hypot(lateral, t - np.clip(t, 0, length))
        closer = distance < out[3][at]
        for target, value in zip(out, (lateral, t + self.along[k], self.width[k], distance), strict=True):
            target[at[closer]] = value[closer]

    def coverage(self, grid: Grid, warp: tuple[Floats, Floats], width: float | None = None) -> Floats:
        """Share of every coarse pixel that the lines cover (H, W): their area, spread bilinearly where it falls."""
        x, y, area = self._beads(grid, width)
        height, columns = grid.shape
        fx = np.interp(x, grid.x, np.arange(columns), -9, -9)
        fy = np.interp(y, grid.y[::-1], np.arange(height)[::-1], -9, -9)
        bent = (fx >= 0) & (fy >= 0)
        i, j = np.round(fx[bent]).astype(int), np.round(fy[bent]).astype(int)
        fx, fy, area = fx[bent] - warp[0][j, i] / grid.gsd, fy[bent] + warp[1][j, i] / grid.gsd, area[bent]
        total = np.zeros((height + 2) * (columns + 2), dtype=np.float64)
        i, j = np.floor(fx).astype(int).clip(-1, columns - 1), np.floor(fy).astype(int).clip(-1, height - 1)
        for di, wx in ((0, 1 - (fx - i)), (1, fx - i)):
            for dj, wy in ((0, 1 - (fy - j)), (1, fy - j)):
                where = (j + dj + 1) * (columns + 2) + i + di + 1
                total += np.bincount(where, wx.clip(0, 1) * wy.clip(0, 1) * area, len(total))
        return np.asarray(total.reshape(height + 2, -1)[1:-1, 1:-1].clip(0, 1), dtype=np.float32)

    def _beads(self, grid: Grid, width: float | None) -> tuple[Doubles, Doubles, Doubles]:
        """Points half a pixel apart along the lines near the grid, and the area (pixels) each stands for."""
        margin = 3 * grid.gsd
        middle = (self.start + self.end) / 2
        half = np.abs(self.end - self.start).max(axis=1) / 2 + margin
        keep = (middle[:, 0] > grid.x[0] - half) & (middle[:, 0] < grid.x[-1] + half)
        keep &= (middle[:, 1] > grid.y[-1] - half) & (middle[:, 1] < grid.y[0] + half)
        start, step = self.start[keep], (self.end - self.start)[keep]
        length = np.hypot(*step.T)
        pieces = np.maximum(1, np.ceil(length / (grid.gsd / 2)).astype(int))
        owner = np.repeat(np.arange(len(pieces)), pieces)
        t = (np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 0.5) / pieces[owner]
        at = start[owner] + step[owner] * t[:, None]
        wide = np.full(len(pieces), width) if width else self.width[keep].astype(np.float64)
        return at[:, 0], at[:, 1], (length * wide / pieces)[owner] / grid.gsd**2
