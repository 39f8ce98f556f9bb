"""Shapes of a map in degrees: bent where the map is, cut at the dateline, closed around a pole."""

import pytest
import shapely

from tiles.errors import InvalidRegion
from tiles.projection import in_degrees


def named(name):
    return {"type": "name", "properties": {"name": name}}


def test_straight_edges_of_a_map_bend():
    shape = in_degrees(shapely.box(4e6, 2e6, 5e6, 3e6), named("EPSG:3035"))
    corners = shape.simplify(1e-9).exterior.coords
    assert len(corners) > 100
    assert shape.bounds == pytest.approx((5.52, 40.77, 19.44, 50.11), abs=0.01)


def test_a_shape_across_the_dateline_is_cut_there():
    shape = in_degrees(shapely.box(2.9e6, -1e5, 3.8e6, 1e5), named("EPSG:3832"))
    assert shape.geom_type == "MultiPolygon"
    assert shape.area == pytest.approx(14.6, abs=0.1)


def test_a_shape_around_a_pole_holds_it():
    shape = in_degrees(shapely.box(-2e6, -2e6, 2e6, 2e6), named("EPSG:3031"))
    assert shape.bounds[:3] == (-180, -90, 180)
    assert shape.contains(shapely.Point(100, -85))


@pytest.mark.parametrize("crs", [None, named("EPSG:4326"), named("urn:ogc:def:crs:OGC::CRS84")])
def test_degrees_stay_as_they_are(crs):
    box = shapely.box(170, 0, 190, 10)
    assert in_degrees(box, crs) is box


@pytest.mark.parametrize("crs", [named("EPSG:99999999"), named("my map"), named(7), {"type": "link"}, "EPSG:3857"])
def test_what_names_no_known_system_is_refused(crs):
    with pytest.raises(InvalidRegion, match=r"polygon: crs .* is no coordinate reference system that is known"):
        in_degrees(shapely.box(0, 0, 1, 1), crs)


@pytest.mark.parametrize("side", [1e9, 1e30])
def test_a_shape_outside_of_its_map_is_refused(side):
    with pytest.raises(InvalidRegion, match="polygon: holds coordinates outside of EPSG:32632"):
        in_degrees(shapely.box(0, 0, side, side), named("EPSG:32632"))
