"""Harbours: quay and basin behind a mole, divided into berths that are cargo terminals or marinas."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, hashed, unit
from tiles.imagery.null_island.paint.brush import Patch, cells, over, palette, rgb, strip
from tiles.imagery.null_island.paint.cargo import cargo
from tiles.imagery.null_island.paint.marina import marina
from tiles.imagery.null_island.paint.water import waves
from tiles.imagery.null_island.paint.wild import region

_BASIN = np.array([[28, 60, 62], [36, 66, 58], [22, 52, 66], [44, 70, 66]])
_QUAYS = np.array([[168, 162, 150], [146, 143, 138], [132, 130, 128]])
_BERTH = 420.0
_MOLE = 318.0


def harbour(patch: Patch) -> Floats:
    """The grounds in their own axes: u along the quay, v out to sea."""
    sites = patch.survey.land.settlements.harbours
    which = patch.of(patch.survey.harbours.which).astype(np.intp)
    u, v = patch.turned(sites.x[which], sites.y[which], sites.angle[which])
    berth = cells(u, which + np.float32(0.5), _BERTH, 1.0, 861)
    colour: Floats = region(patch, _BASIN, 30e3, 862) * (1 + 0.8 * waves(patch))
    stain = 0.06 * patch.noise(30, 864) + 0.05 * patch.noise(8, 865) + 0.04 * patch.noise(2, 866)
    quay = palette(_QUAYS, unit(hashed(which, np.array([1]), 863))) * (1 + stain)
    over(colour, quay, np.clip(-v / np.float32(patch.gsd) + 0.5, 0, 1))
    _breakwater(patch, colour, u, v, sites.radius[which])
    yachts = berth.draw(1) < np.where(sites.radius[which] < 1000, 0.75, 0.4)
    for painter, chosen in ((cargo, ~yachts), (marina, yachts)):
        at = np.flatnonzero(chosen)
        if len(at):
            part = colour[:, at]
            painter(patch.part(at), part, u[at], v[at], berth.u[at])
            colour[:, at] = part
    return colour


def _breakwater(patch: Patch, colour: Floats, u: Floats, v: Floats, half: Floats) -> None:
    """A rubble mole out at sea with gaps to sail through, and a pier between every two berths."""
    gap = np.abs(np.mod(u, 2 * _BERTH) - _BERTH) > 60
    rough = patch.noise(9, 867) + patch.noise(4, 868)
    rubble = rgb(134, 126, 114) * (1 + 0.22 * patch.relief(4, 869) + 0.15 * patch.noise(2, 870))
    over(colour, rubble, strip(v - _MOLE + rough, 11, patch.gsd) * gap)
    over(colour, rgb(172, 166, 154), strip(v - _MOLE, 2.5, patch.gsd) * gap)
    pier = strip(np.mod(u + _BERTH / 2, _BERTH) - _BERTH / 2, 13, patch.gsd) * strip(v - 110, 120, patch.gsd)
    side = np.clip((half - 8 - np.abs(u)) / np.float32(patch.gsd), 0, 1)
    over(colour, rgb(156, 151, 142) * (1 + 0.06 * patch.noise(12, 871)), pier * side)
