"""Polygons are read as people draw them and written as GeoJSON asks; the dateline and the poles are no exceptions."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping, shape
from shapely.ops import unary_union

from tiles.chip import Chip
from tiles.errors import InvalidRegion
from tiles.polygon import contains, net_polygons, read_polygon, span

SQUARE = {"type": "Polygon", "coordinates": [[[10, 40], [14, 40], [14, 44], [10, 44], [10, 40]]]}
HOLE = [[11, 41], [11, 43], [13, 43], [13, 41], [11, 41]]
EAST, WEST = shapely.box(170, -20, 180, -10), shapely.box(-180, -20, -170, -10)
CUT = {"type": "MultiPolygon", "coordinates": [mapping(EAST)["coordinates"], mapping(WEST)["coordinates"]]}
LINE = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}


def feature(geometry):
    return {"type": "Feature", "properties": {"name": "here"}, "geometry": geometry}


@pytest.mark.parametrize(
    "geojson",
    [
        SQUARE,
        feature(SQUARE),
        {"type": "FeatureCollection", "features": [feature(SQUARE)]},
        {"type": "GeometryCollection", "geometries": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]},
        feature({"type": "GeometryCollection", "geometries": [LINE, SQUARE]}),
        {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": [SQUARE]}, LINE]},
        {"type": "FeatureCollection", "features": [feature(None), feature(SQUARE)]},
        {"type": "FeatureCollection", "features": [feature(LINE), feature(SQUARE)]},
        {**SQUARE, "crs": None},
        {**SQUARE, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        {**SQUARE, "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}},
    ],
)
def test_an_area_is_the_same_however_geojson_wraps_it(geojson):
    assert read_polygon(geojson).equals(shapely.box(10, 40, 14, 44))


def test_what_holds_no_area_at_all_is_refused():
    for nothing in (feature(None), {"type": "FeatureCollection", "features": []}, feature(LINE)):
        with pytest.raises(InvalidRegion, match="holds no Polygon or MultiPolygon with an area"):
            read_polygon(nothing)


def test_an_area_in_the_metres_of_a_map_is_turned_into_degrees():
    metres = {"type": "Polygon", "coordinates": [[[0, 0], [222638.98, 0], [222638.98, 111325.14], [0, 111325.14]]]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    shape = read_polygon({"type": "FeatureCollection", "features": [feature(metres)], "crs": crs})
    assert shape.bounds == pytest.approx((0, 0, 2, 1), abs=1e-4)


def test_several_features_are_one_area():
    other = mapping(shapely.box(12, 42, 20, 46))
    both = {"type": "FeatureCollection", "features": [feature(SQUARE), feature(other)]}
    assert read_polygon(both).area == pytest.approx(4 * 4 + 8 * 4 - 2 * 2)


def test_a_hole_is_not_of_the_area():
    shape = read_polygon({"type": "Polygon", "coordinates": [SQUARE["coordinates"][0], HOLE]})
    lat, lon = np.array([42.0, 40.5]), np.array([12.0, 10.5])
    assert contains(shape, lat, lon).tolist() == [False, True]


def test_a_ring_that_crosses_itself_keeps_both_its_lobes():
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    assert read_polygon(bow).area == pytest.approx(2)


def test_heights_are_left_aside():
    tall = {"type": "Polygon", "coordinates": [[[x, y, 500] for x, y in SQUARE["coordinates"][0]]]}
    assert read_polygon(tall).area == pytest.approx(16)


@pytest.mark.parametrize(
    "geojson",
    [
        {},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": 7},
        {"type": "Polygon", "coordinates": [[[0, 0], [1]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"]]]},
        {"type": "Feature"},
        {"type": "FeatureCollection", "features": [None]},
        {"type": "Circle", "coordinates": [0, 0]},
        {"type": "FeatureCollection"},
    ],
)
def test_what_is_not_geojson_is_refused_in_one_line(geojson):
    with pytest.raises(InvalidRegion, match=r"^polygon: is not GeoJSON") as caught:
        read_polygon(geojson)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "geojson",
    [
        LINE,
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]},
        {"type": "FeatureCollection", "features": []},
    ],
)
def test_what_has_no_area_is_refused(geojson):
    with pytest.raises(InvalidRegion, match=r"^polygon: holds no"):
        read_polygon(geojson)


@pytest.mark.parametrize(
    "box", [(0, -91, 1, 0), (0, 0, 1, 90.5), (-361, 0, 1, 1), (0, 0, 361, 1), (5e5, 4e6, 6e5, 5e6)]
)
def test_coordinates_that_are_no_degrees_are_refused(box):
    with pytest.raises(InvalidRegion, match="longitude and latitude"):
        read_polygon(mapping(shapely.box(*box)))


def test_the_span_of_a_shape_is_its_box():
    assert span(read_polygon(SQUARE)) == (10, 40, 14, 44)


def test_the_span_of_a_shape_cut_at_the_dateline_is_the_narrow_one():
    assert span(read_polygon(CUT)) == (170, -20, 190, -10)


def test_the_span_of_parts_far_apart_leaves_out_the_widest_gap():
    parts = unary_union([shapely.box(west, 0, west + 10, 1) for west in (-170, -100, 150)])
    assert span(parts) == (150, 0, 270, 1)


def test_the_span_of_parts_that_overlap_is_that_of_them_all():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 10, 1), shapely.box(5, 2, 20, 3), shapely.box(7, 4, 9, 5)])
    assert span(parts) == (0, 0, 20, 5)


def test_the_span_never_goes_round_the_world_twice():
    west, _, east, _ = span(shapely.box(-300, 0, 300, 1))
    assert east - west == 360


@settings(max_examples=40, deadline=None)
@given(west=st.floats(-180, 179), width=st.floats(0.5, 170), lon=st.floats(-180, 180))
def test_a_point_is_inside_whichever_side_of_the_dateline_the_shape_is_drawn_on(west, width, lon):
    drawn = read_polygon(mapping(shapely.box(west, 0, west + width, 10)))
    away = min(abs((lon - edge + 180) % 360 - 180) for edge in (west, west + width))
    if away > 1e-6:
        assert contains(drawn, np.array([5.0]), np.array([lon]))[0] == ((lon - west) % 360 < width)


def net(lat, lon, grid, gsd=30.0):
    return Chip.around(lat, lon, gsd, np.zeros((56, 56, 3), np.uint8), "made", "up").patch_corners(grid)


@pytest.mark.parametrize(
    ("lat", "lon"), [(0.0, 0.0), (60.0, -120.0), (-45.0, 179.99), (10.0, 179.9999), (10.0, -180.0), (-89.99, 5.0)]
)
def test_cells_are_valid_counterclockwise_and_cover_the_net(lat, lon):
    shapes = [shape(cell) for cell in net_polygons(*net(lat, lon, 4))]
    assert len(shapes) == 16
    for cell in shapes:
        assert cell.is_valid
        assert cell.area > 0
        for part in getattr(cell, "geoms", [cell]):
            assert part.exterior.is_ccw
        west, _, east, _ = cell.bounds
        assert west >= -180
        assert east <= 180
    assert unary_union(shapes).area == pytest.approx(sum(cell.area for cell in shapes), rel=1e-6)


def test_cells_go_row_by_row_from_the_north_west():
    shapes = [shape(cell).centroid for cell in net_polygons(*net(47.0, 8.0, 3))]
    assert [round(point.y, 6) for point in shapes[:3]] > [round(point.y, 6) for point in shapes[3:6]]
    assert shapes[0].x < shapes[1].x < shapes[2].x


def test_neighbours_share_their_corners_to_the_last_digit():
    cells = [set(cell["coordinates"][0]) for cell in net_polygons(*net(47.0, 8.0, 2))]
    assert all(len(one & other) == 2 for one, other in [(cells[0], cells[1]), (cells[0], cells[2])])
    assert len(set.intersection(*cells)) == 1


def test_a_cell_the_dateline_cuts_has_a_part_on_either_side():
    cells = [shape(cell) for cell in net_polygons(*net(10.0, 180.0, 3))]
    across = [cell for cell in cells if cell.geom_type == "MultiPolygon"]
    assert len(across) == 3
    for cell in across:
        (one, other) = cell.geoms
        assert {one.bounds[0] < 0, other.bounds[0] < 0} == {True, False}


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_the_cell_that_holds_a_pole_reaches_it_all_round(pole):
    cells = [shape(cell) for cell in net_polygons(*net(pole, 0.0, 3))]
    assert all(cell.is_valid for cell in cells)
    west, south, east, north = cells[4].bounds
    assert (west, east) == (-180, 180)
    assert pole in (south, north)
    assert all(abs(edge) < 90 for edge in (cells[0].bounds[1], cells[0].bounds[3]))
