"""A survey says how far inside each kind of land a place is; what shows of a pixel adds up to all of it."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import grid_at, somewhere
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.lattice import Points
from tiles.imagery.null_island.source import to_plane
from tiles.imagery.null_island.survey import CLASSES, Survey


def survey_of(name, gsd=3.0, pixels=24, seed=8):
    grid = grid_at(*to_plane(*somewhere(name, seed)), gsd, pixels)
    return Survey(geography(), grid), grid


@pytest.mark.parametrize("gsd", [0.6, 10.0, 100.0, 600.0])
@pytest.mark.parametrize("name", ["beach", "city", "road", "farmland", "harbour"])
def test_what_shows_of_a_pixel_adds_up_to_all_of_it(name, gsd):
    shares = survey_of(name, gsd)[0].shares()
    total = np.sum(list(shares.values()), axis=0)
    np.testing.assert_allclose(total, 1, atol=0.08)
    assert all(share.min() >= 0 for share in shares.values())


@pytest.mark.parametrize("name", CLASSES)
def test_the_uppermost_class_is_the_first_one_a_place_is_inside(name):
    survey, _ = survey_of(name)
    codes = survey.codes()
    inside = np.stack([survey.inside(each) > 0 for each in CLASSES])
    np.testing.assert_array_equal(codes, inside.argmax(axis=0))


@pytest.mark.parametrize("name", CLASSES)
def test_a_place_of_a_class_is_inside_it(name):
    x, y = to_plane(*somewhere(name))
    survey = Survey(geography(), Points(np.array([x]), np.array([y])))
    assert survey.inside(name)[0] > 0
    assert CLASSES[survey.codes()[0]] == name


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("gsd", [1.0, 40.0])
def test_a_class_that_covers_anything_is_never_ruled_out(name, gsd):
    """`occurs` may say yes in vain, but never no wrongly: half the country would be missing from the picture."""
    for other in ("beach", "city"):
        survey, grid = survey_of(other, gsd, 16)
        if survey.cover(name).max() > 0.01:
            assert survey.occurs(name, grid), f"{name} near {other}"


def test_far_out_at_sea_land_is_ruled_out_at_no_cost():
    grid = grid_at(*to_plane(-2.1, -2.1), 1.0, 16)
    survey = Survey(geography(), grid)
    inland = ("airport", "harbour", "road", "river", "city", "residential", "industry", "lake")
    assert not [name for name in inland if survey.occurs(name, grid)]
    assert "coast" not in survey.__dict__, "nothing was computed for it"


@pytest.mark.parametrize("name", ["coast", "elevation", "sandiness", "beach_width", "reefs"])
def test_a_grid_and_points_are_told_the_same(name):
    grid = grid_at(*to_plane(*somewhere("beach")), 5.0, 16)
    loose = Points(grid.east.ravel(), grid.north.ravel())
    on_grid, at_points = getattr(Survey(geography(), grid), name), getattr(Survey(geography(), loose), name)
    visible = 5.0  # a grid leaves out what its pixels are too coarse for, points do not
    np.testing.assert_allclose(on_grid.ravel(), at_points, atol=visible + 0.02 * np.abs(at_points).max())


def test_cover_is_half_where_a_border_runs_through_the_pixel():
    survey, _ = survey_of("ocean", 2.0, 64, seed=3)
    metres = survey.inside("ocean")
    np.testing.assert_allclose(survey.cover("ocean"), np.clip(metres / 2.0 + 0.5, 0, 1), atol=1e-6)


@pytest.mark.parametrize("name", ["road", "river"])
def test_thin_lines_keep_their_share_from_afar(name):
    near, _ = survey_of(name, 40.0, 64)
    far, _ = survey_of(name, 160.0, 16)
    assert far.cover(name).mean() == pytest.approx(near.cover(name).mean(), rel=0.5)


def test_every_layer_is_computed_once():
    survey, _ = survey_of("city")
    assert survey.towns is survey.towns
    assert survey.river is survey.river
