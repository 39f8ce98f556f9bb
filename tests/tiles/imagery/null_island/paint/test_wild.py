"""Forest, meadow and rock, and the colours of a region that pass into one another."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_at, patch_of
from tiles.imagery.null_island.paint.wild import forest, leaves, meadow, region, rock

PAINTERS = {"forest": forest, "meadow": meadow, "rock": rock}
COLOURS = np.array([[10, 20, 30], [200, 100, 50], [0, 255, 128], [90, 90, 90]])


@pytest.mark.parametrize("wavelength", [40.0, 9e3])
def test_a_region_blends_neighbouring_colours_of_its_palette(wavelength):
    here = patch_at(30e3, 41e3, pixels=64)
    place = np.clip(here.noise(wavelength, 3) * 0.42 + 0.5, 0, 0.999) * (len(COLOURS) - 1)
    low = place.astype(int)
    assert (len(np.unique(low)) == 1) == (wavelength > 1000), "one chip of each kind"
    part, table = place - low, COLOURS.astype(np.float32).T
    expected = table[:, low] * (1 - part) + table[:, low + 1] * part
    np.testing.assert_array_equal(region(here, COLOURS, wavelength, 3), expected)


def test_no_pixels_have_no_colours():
    assert region(patch_at(0, 0).part(np.arange(0)), COLOURS, 9e3, 3).shape[1] == 0


@pytest.mark.parametrize("gsd", [0.3, 1.0, 3.0, 20.0, 90.0])
@pytest.mark.parametrize("name", PAINTERS)
def test_it_is_painted_at_every_scale(name, gsd):
    patch = patch_of(name, gsd, 32)
    colour = PAINTERS[name](patch)
    assert_paint(colour, patch)
    assert colour.std() > 1


def test_a_forest_is_darker_and_greener_than_a_meadow():
    wood, grass = (np.median(PAINTERS[name](patch_of(name, 1.0, 96)), axis=1) for name in ("forest", "meadow"))
    assert wood.mean() < grass.mean()
    assert wood[1] > max(wood[0], wood[2])


def test_leaves_are_alike_within_a_chip_and_differ_over_the_country():
    here, far = leaves(patch_at(30e3, 41e3)), leaves(patch_at(-60e3, 20e3))
    assert np.ptp(here, axis=1).max() < 3
    assert np.abs(here.mean(axis=1) - far.mean(axis=1)).max() > 3


def test_rock_is_grey_brown_with_light_and_shade():
    colour = rock(patch_of("rock", 4.0, 128))
    assert colour.mean(axis=0).std() > 10
    median = np.median(colour, axis=1)
    assert median[2] < median[0] + 15


def test_crowns_are_drawn_up_close_only():
    near, far = forest(patch_of("forest", 0.4, 128)), forest(patch_of("forest", 5.0, 64))
    assert near.mean(axis=0).std() > far.mean(axis=0).std()
