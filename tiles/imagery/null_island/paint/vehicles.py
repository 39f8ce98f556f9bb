"""Cars in lanes and in car parks."""

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Patch, box, cells, over, palette, rgb

CARS = np.array(
    [[222, 222, 222], [52, 54, 58], [128, 132, 136], [168, 52, 44], [58, 80, 118], [196, 190, 176], [30, 32, 34]]
)
_ROW = 16.0  # two stalls nose to nose and the alley between


def lane_of_cars(
    patch: Patch,
    colour: Floats,
    along: Floats,
    lane: Floats,
    across: Floats,
    where: NDArray[np.bool_],
    share: float,
    gap: float,
) -> None:
    """Cars one behind another: `lane` tells lanes apart, `across` is metres from its middle, a place every `gap` m."""
    seen = patch.sees(1.5)
    if seen == 0:
        return
    at = np.flatnonzero((np.abs(across) < 2.2) & where)
    small, part, across = patch.part(at), colour[:, at], across[at]
    spot = cells(along[at], lane[at], gap, 1.0, 771)
    there = (spot.draw(5) < share) * np.float32(seen)
    u = spot.u - (spot.draw(1) - 0.5) * np.float32(max(0.0, gap - 6))
    over(part, rgb(30, 32, 36), box(u - 0.4, across + 0.6, 2.4, 1.1, small.gsd) * there * 0.4)
    body = box(u, across, 2.2, 0.95, small.gsd) * there
    over(part, palette(CARS, spot.draw(2)), body)
    glass = box(u + 0.5, across, 0.5, 0.75, small.gsd) + box(u - 1.3, across, 0.35, 0.7, small.gsd)
    over(part, rgb(46, 52, 60), glass * body * 0.7)
    colour[:, at] = part


def car_park(
    patch: Patch, colour: Floats, u: Floats, v: Floats, where: NDArray[np.bool_], share: float, seed: int
) -> None:
    """Rows of stalls along u, `share` of them taken; finer than the pixel they are a grain on it."""
    at = np.flatnonzero(where)
    seen = patch.sees(2.0)
    over(colour, rgb(128, 126, 126) * (1 + 0.25 * patch.noise(7, seed)), where * np.float32(0.6 * share * (1 - seen)))
    if seen == 0 or len(at) == 0:
        return
    part = colour[:, at]
    row = cells(u[at], v[at], 2.7, _ROW, seed)
    for side in (-2.7, 2.7):
        stall = cells(u[at], row.j * 4.0 + side, 2.7, 1.0, seed)
        body = box(stall.u, row.v - np.float32(side), 0.95, 2.2, patch.gsd) * (stall.draw(1) < share)
        over(part, palette(CARS, stall.draw(2)), body * np.float32(seen))
    colour[:, at] = part
