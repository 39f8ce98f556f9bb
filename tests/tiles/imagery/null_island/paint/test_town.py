"""Towns: streets in a grid of their own, blocks of flat roofs in the heart, houses in gardens around it."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_of
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.paint.town import city, frame, residential

PAINTERS = {"city": city, "residential": residential}


def painted(name, gsd=0.6, pixels=96, seed=8):
    patch = patch_of(name, gsd, pixels, seed)
    return patch, PAINTERS[name](patch)


@pytest.mark.parametrize("gsd", [0.3, 1.0, 3.0, 10.0, 60.0])
@pytest.mark.parametrize("name", PAINTERS)
def test_it_is_painted_at_every_scale(name, gsd):
    patch, colour = painted(name, gsd, 32)
    assert_paint(colour, patch)


def test_every_pixel_lies_in_the_grid_of_its_own_town():
    patch = patch_of("city", 1.0)
    u, v, angle, taste = frame(patch)
    towns = geography().settlements.towns
    which = patch.of(patch.survey.towns.which).astype(int)
    np.testing.assert_allclose(np.hypot(u, v), np.hypot(patch.x - towns.x[which], patch.y - towns.y[which]), rtol=1e-3)
    np.testing.assert_array_equal(angle, towns.angle[which])
    assert len(set(taste.tolist())) == len(set(which.tolist()))


def test_the_heart_is_greyer_than_the_suburbs():
    heart, suburb = (np.mean([painted(name, 1.0, seed=s)[1].mean(axis=1) for s in (3, 8)], axis=0) for name in PAINTERS)
    assert heart[1] - heart[2] < suburb[1] - suburb[2], "gardens are green"


@pytest.mark.parametrize("name", PAINTERS)
def test_up_close_there_are_bright_roofs_and_dark_shadows(name):
    tone = painted(name, 0.4, 128)[1].mean(axis=0)
    assert np.percentile(tone, 95) - np.percentile(tone, 5) > 60


@pytest.mark.parametrize("name", PAINTERS)
def test_from_afar_it_is_calmer(name):
    near, far = painted(name, 0.6)[1], painted(name, 20.0, 32)[1]
    assert far.std(axis=1).mean() < near.std(axis=1).mean()


@pytest.mark.parametrize("name", PAINTERS)
def test_one_town_is_not_built_as_another(name):
    one, other = (painted(name, 1.0, seed=seed)[1].mean(axis=1) for seed in (3, 8))
    assert np.abs(one - other).max() > 0.5
