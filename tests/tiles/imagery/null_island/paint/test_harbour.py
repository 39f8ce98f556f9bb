"""A harbour: quay ashore, water with a mole before it, and berths that are cargo terminals or marinas."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_at
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.paint.harbour import harbour


def ground(site=0, along=0.0, across=0.0, gsd=1.0, pixels=160):
    """The grounds around a point of a harbour's axes: pixels inside them, their axes, and what is painted."""
    sites = geography().settlements.harbours
    c, s = np.cos(sites.angle[site]), np.sin(sites.angle[site])
    patch = patch_at(sites.x[site] + along * c - across * s, sites.y[site] + along * s + across * c, gsd, pixels)
    patch = patch.part(np.flatnonzero(patch.survey.harbours.which.ravel() == site))
    u, v = patch.turned(sites.x[site], sites.y[site], sites.angle[site])
    return patch, u, v, harbour(patch)


@pytest.mark.parametrize("gsd", [0.3, 1.0, 4.0, 30.0])
@pytest.mark.parametrize("site", [0, -1])
def test_it_is_painted_at_every_scale(site, gsd):
    site %= len(geography().settlements.harbours)
    patch, _, _, colour = ground(site, gsd=gsd, pixels=32)
    assert_paint(colour, patch)
    assert colour.std() > 5


@pytest.mark.parametrize("site", range(3))
def test_the_quay_is_pale_and_the_basin_dark_water(site):
    _, _, v, colour = ground(site, gsd=4.0, pixels=160)
    basin, quay = (v > 190) & (v < 290), (v < -5) & (v > -60)
    assert colour[:, quay].mean() > colour[:, basin].mean() + 10
    assert np.median(colour[2, basin]) > np.median(colour[0, basin]), "water is bluer than red"


def test_a_mole_lies_out_at_sea_with_gaps_to_sail_through():
    _, _, v, colour = ground(0, 0.0, 318.0, gsd=4.0, pixels=250)
    mole = np.abs(v - 318) < 5
    stone = colour[0, mole] > 90
    assert 0.4 < stone.mean() < 1
    assert not stone.all()


def test_berths_are_of_both_kinds_over_all_harbours():
    """Marinas and cargo terminals: pale hulls in rows, or the bright colours of containers ashore."""
    colourful = []
    for site in range(6):
        _, _, v, colour = ground(site, gsd=4.0, pixels=110)
        stacks = (v < -80) & (v > -220)
        colourful.append(np.ptp(colour[:, stacks], axis=0).mean())
    assert max(colourful) > 1.5 * min(colourful)
