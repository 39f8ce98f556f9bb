"""A picture is its classes, each painted where it shows and nowhere else, seen through the air."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import grid_at, somewhere
from tiles.imagery.null_island import CLASSES
from tiles.imagery.null_island import render as module
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.render import PAINTERS, _add, render
from tiles.imagery.null_island.source import to_plane


@pytest.fixture
def painted(monkeypatch):
    """The classes whose painters were asked, and for how many pixels."""
    asked = {}

    def counted(name, painter):
        def paint(patch):
            asked[name] = len(patch.at)
            return painter(patch)

        return paint

    monkeypatch.setattr(module, "PAINTERS", {name: counted(name, painter) for name, painter in PAINTERS.items()})
    return asked


def picture(x, y, gsd=0.6, pixels=32):
    grid = grid_at(x, y, gsd, pixels)
    return render(geography(), grid.x, grid.y, gsd)


def test_every_class_has_a_painter():
    assert set(PAINTERS) == set(CLASSES)


def test_far_out_at_sea_only_the_sea_is_painted(painted):
    """What cannot show costs nothing: a layer too many is what makes a chip slow."""
    picture(*to_plane(-2.1, -2.1))
    assert set(painted) == {"ocean"}


@pytest.mark.parametrize("name", ["forest", "farmland", "meadow", "rock", "city", "airport"])
def test_a_small_chip_is_painted_with_few_classes_its_own_among_them(painted, name):
    picture(*to_plane(*somewhere(name)), pixels=24)
    assert name in painted
    assert len(painted) <= 5


def test_a_class_is_painted_for_the_pixels_that_show_it_only(painted):
    picture(*to_plane(*somewhere("road")), gsd=1.0, pixels=64)
    pixels = (64 + 2) ** 2
    assert 0 < painted["road"] < pixels
    assert sum(painted.values()) < 2 * pixels


@pytest.mark.parametrize("covered", [0.3, 1.0])
def test_a_class_is_added_to_the_picture_by_its_share(covered):
    random = np.random.default_rng(5)
    drawn = random.random((3, 400)).astype(np.float32)
    share = np.where(random.random(400) < covered, random.random(400) + 0.01, 0).astype(np.float32)
    at = np.flatnonzero(share)
    paint = random.random((3, len(at))) * 255
    expected = drawn.copy()
    expected[:, at] += paint * share[at]
    _add(drawn, paint, share, at)
    np.testing.assert_array_equal(drawn, expected)


def test_a_picture_may_be_of_any_shape():
    grid = grid_at(*to_plane(*somewhere("meadow")), 1.0, 20)
    assert render(geography(), grid.x, grid.y[:5], 1.0).shape == (5, 20, 3)
    assert render(geography(), grid.x[:1], grid.y[:1], 1.0).shape == (1, 1, 3)


def test_a_part_of_a_picture_is_that_part():
    """Its edge too: slopes there are those of the pixels beyond."""
    grid = grid_at(*to_plane(*somewhere("forest")), 0.6, 48)
    whole = render(geography(), grid.x, grid.y, 0.6).astype(int)
    part = render(geography(), grid.x[10:30], grid.y[5:25], 0.6).astype(int)
    assert np.abs(part - whole[5:25, 10:30]).max() <= 2


def test_the_higher_one_looks_from_the_hazier_it_is():
    near, far = (picture(*to_plane(*somewhere("forest")), gsd=gsd, pixels=24) for gsd in (0.6, 20.0))
    assert far[..., 2].mean() > near[..., 2].mean()


def test_row_0_is_the_north():
    """The road to the sea: south of a point on the southern coast there is water."""
    x, y = to_plane(*somewhere("beach"))
    tall = picture(x, y, gsd=400.0, pixels=32).astype(int)
    turned = picture(x, y + 6400, gsd=400.0, pixels=32).astype(int)
    assert np.abs(tall[:16] - turned[16:]).mean() < np.abs(tall[:16] - turned[:16]).mean()
