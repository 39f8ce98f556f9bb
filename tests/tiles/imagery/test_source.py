"""Every source of imagery can do the same: what is asked of one may be asked of all."""

import inspect

import pytest

from tests.tiles.region.maker import Ground
from tiles.errors import InvalidPoint
from tiles.imagery import ImagerySource
from tiles.imagery.null_island import NullIsland
from tiles.imagery.raster import RasterImagery
from tiles.imagery.xyz import XYZImagery

KINDS = [NullIsland, RasterImagery, XYZImagery, Ground]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["read", "tile"])
def test_every_source_is_asked_in_the_same_words(kind, method):
    asked = list(inspect.signature(getattr(kind, method)).parameters)
    assert asked == list(inspect.signature(getattr(ImagerySource, method)).parameters)


@pytest.mark.parametrize(
    "source", [NullIsland(), Ground(), XYZImagery("http://127.0.0.1:9/{z}/{x}/{y}")], ids=lambda source: source.name
)
def test_what_has_all_of_it_is_a_source(source):
    assert isinstance(source, ImagerySource)


def test_what_lacks_something_is_none():
    class Half:
        name, attribution, gsd, min_zoom = "half", "nobody", 1.0, 0

        def read(self, lat, lon, gsd, pixels):
            raise NotImplementedError

    assert not isinstance(Half(), ImagerySource)


@pytest.mark.parametrize("source", [NullIsland(), XYZImagery("http://127.0.0.1:9/{z}/{x}/{y}")], ids=lambda s: s.name)
@pytest.mark.parametrize(
    ("tile", "field"), [((6, 64, 0), "x"), ((6, -1, 0), "x"), ((6, 0, 64), "y"), ((6, 0, -1), "y")]
)
def test_a_tile_that_is_not_in_the_scheme_is_refused_by_every_source_alike(source, tile, field):
    with pytest.raises(InvalidPoint, match=f"^{field}: must be 0 to 63 at zoom 6"):
        source.tile(*tile)


@pytest.mark.parametrize("source", [NullIsland(), XYZImagery("http://127.0.0.1:9/{z}/{x}/{y}")], ids=lambda s: s.name)
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ((91.0, 0.0, 1.0, 8), "lat"),
        ((0.0, 181.0, 1.0, 8), "lon"),
        ((0.0, 0.0, float("nan"), 8), "gsd"),
        ((0.0, 0.0, 1.0, 0), "pixels"),
        ((0.0, 0.0, 1.0, 2049), "pixels"),
        ((float("inf"), 0.0, 1.0, 8), "lat"),
    ],
)
def test_a_chip_that_cannot_be_cut_is_refused_by_every_source_alike(source, asked, field):
    with pytest.raises(InvalidPoint, match=f"^{field}: "):
        source.read(*asked)
