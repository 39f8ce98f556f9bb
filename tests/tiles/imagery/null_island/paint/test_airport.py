"""An airport lies in its own axes: a runway with markings, an apron with aircraft, the terminal and its car park."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_at
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.paint.airport import airport


def ground(along=0.0, across=0.0, gsd=1.0, pixels=160):
    """The grounds around a point of the first airport's axes: pixels inside them, their axes, and what is painted."""
    sites = geography().settlements.airports
    c, s = np.cos(sites.angle[0]), np.sin(sites.angle[0])
    patch = patch_at(sites.x[0] + along * c - across * s, sites.y[0] + along * s + across * c, gsd, pixels)
    patch = patch.part(np.flatnonzero(patch.survey.airports.which.ravel() == 0))
    u, v = patch.turned(sites.x[0], sites.y[0], sites.angle[0])
    return patch, u, v, airport(patch)


@pytest.mark.parametrize("gsd", [0.3, 0.6, 2.0, 10.0, 30.0])
def test_it_is_painted_at_every_scale(gsd):
    patch, _, _, colour = ground(gsd=gsd, pixels=32)
    assert_paint(colour, patch)
    assert colour.std() > 2


def test_the_runway_is_dark_between_green_verges():
    _, _, v, colour = ground(300.0, -150.0)
    runway, verge = np.abs(v + 150) < 24, (v < -200) & (v > -225)
    assert colour[:, runway].mean() < colour[:, verge].mean()
    assert np.ptp(colour[:, runway].mean(axis=1)) < 12, "asphalt is grey"
    assert colour[1, verge].mean() > colour[2, verge].mean() + 20, "grass is not"


def test_the_runways_centre_line_is_dashed_white():
    _, u, v, colour = ground(300.0, -150.0, gsd=0.5)
    line = (np.abs(v + 150) < 0.4) & (np.abs(u) < 1300)
    white = colour[:, line].min(axis=0) > 180
    assert 0.2 < white.mean() < 0.9


def test_the_runway_has_edge_lines_and_worn_ends():
    _, _, v, colour = ground(300.0, -150.0, gsd=0.5)
    edge = np.abs(np.abs(v + 150) - 26.5) < 0.4
    assert colour[:, edge].mean() > 190
    _, u, v, worn = ground(1120.0, -150.0, gsd=1.0)
    inner = np.abs(v + 150) < 7
    assert worn[:, inner & (np.abs(u - 1120) < 50)].mean() < colour[:, np.abs(v + 150) < 7].mean()


def test_the_apron_is_pale_and_aircraft_stand_on_it():
    _, _, v, colour = ground(0.0, 150.0, gsd=0.6, pixels=256)
    apron = (v > 60) & (v < 290)
    tone = colour[:, apron].mean(axis=0)
    assert 95 < np.median(tone) < 210
    assert (tone > 215).mean() > 0.01, "white fuselages"
    assert (tone < 75).mean() > 0.005, "and their shadows"


def test_aircraft_too_small_to_see_are_not_drawn():
    _, _, v, colour = ground(0.0, 150.0, gsd=15.0, pixels=32)
    assert colour[:, (v > 80) & (v < 270)].mean(axis=0).max() < 225


def test_behind_the_terminal_cars_are_parked():
    _, _, v, colour = ground(0.0, 410.0, gsd=0.4, pixels=200)
    park = (v > 370) & (v < 450)
    assert colour[:, park].std() > 15


def test_it_is_the_same_whichever_part_of_it_is_looked_at():
    patch, _, _, colour = ground(gsd=0.6, pixels=64)
    chosen = np.arange(0, len(patch.at), 7)
    np.testing.assert_allclose(airport(patch.part(chosen)), colour[:, chosen], atol=0.6)
