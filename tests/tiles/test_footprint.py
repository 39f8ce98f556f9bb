import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.warp import transform

from tiles.errors import InvalidPoint
from tiles.footprint import (
    LATTICE,
    MAX_SIDE,
    check_point,
    chip_bounds,
    chip_lattice,
    pixel_grid,
    to_geographic,
    wrap_longitude,
)

PLACES = [(0, 0), (60, 10), (-77, 166.6), (51, 179.9999), (-17, -180), (89.999, 30), (90, 0), (-90, 5), (45, 180)]


def metres_from(lat, lon, lats, lons):
    """East and north metres of places from a centre, by PROJ's geodesic azimuthal equidistant projection."""
    plane = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m"
    xs, ys = transform("EPSG:4326", plane, np.ravel(lons), np.ravel(lats))
    return np.reshape(xs, np.shape(lats)), np.reshape(ys, np.shape(lats))


@pytest.mark.parametrize(("lat", "lon"), PLACES)
@pytest.mark.parametrize("gsd", [0.3, 0.6, 10.0, 50.0])
def test_one_pixel_is_gsd_metres_everywhere_on_earth(lat, lon, gsd):
    lats, lons = pixel_grid(lat, lon, gsd, 64)
    east, north = metres_from(lat, lon, lats, lons)
    np.testing.assert_allclose(np.diff(east, axis=1), gsd, rtol=1e-6)
    np.testing.assert_allclose(np.diff(north, axis=0), -gsd, rtol=1e-6)


@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_the_closed_form_is_projs_geodesic_solution(lat, lon):
    side = np.linspace(-12_500, 12_500, 9)
    east, north = np.meshgrid(side, side)
    back_east, back_north = metres_from(lat, lon, *to_geographic(lat, lon, east, north))
    np.testing.assert_allclose(back_east, east, atol=1e-4)
    np.testing.assert_allclose(back_north, north, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(-MAX_SIDE / 2, MAX_SIDE / 2),
    st.floats(-MAX_SIDE / 2, MAX_SIDE / 2),
)
def test_even_the_largest_footprint_is_a_metre_exact(lat, lon, east, north):
    lats, lons = to_geographic(lat, lon, np.array([east]), np.array([north]))
    assert -90 <= lats[0] <= 90
    assert -180 <= lons[0] <= 180
    back_east, back_north = metres_from(lat, lon, lats, lons)
    assert math.hypot(back_east[0] - east, back_north[0] - north) < 1


def test_rows_run_south_and_columns_run_east():
    lats, lons = pixel_grid(45, 7, 10, 16)
    assert (np.diff(lats, axis=0) < 0).all()
    assert (np.diff(lons, axis=1) > 0).all()


@pytest.mark.parametrize("pixels", [1, 2, 7, 256])
def test_the_grid_is_centred_on_the_point(pixels):
    lats, lons = pixel_grid(45, 7, 10, pixels)
    assert lats.shape == lons.shape == (pixels, pixels)
    east, north = metres_from(45, 7, lats, lons)
    assert abs(east.mean()) < 1e-3
    assert abs(north.mean()) < 1e-3


def test_the_lattice_spans_the_grid_from_corner_to_corner():
    lats, lons = chip_lattice(60, 10, 2, 100)
    assert lats.shape == lons.shape == (LATTICE, LATTICE)
    east, north = metres_from(60, 10, lats, lons)
    np.testing.assert_allclose([east[0, 0], north[0, 0]], [-100, 100], atol=1e-4)
    np.testing.assert_allclose([east[-1, -1], north[-1, -1]], [100, -100], atol=1e-4)


def test_bounds_hold_every_pixel():
    for lat, lon in [(0, 0), (60, 10), (-77, 166)]:
        west, south, east, north = chip_bounds(lat, lon, 10, 256)
        lats, lons = pixel_grid(lat, lon, 10, 256)
        assert west < lons.min() < lons.max() < east
        assert south < lats.min() < lats.max() < north
        assert west < lon < east


def test_bounds_measure_the_footprint():
    west, south, east, north = chip_bounds(0, 0, 0.6, 256)
    assert (east - west) * 111_319.49 == pytest.approx(153.6, rel=1e-6)
    assert (north - south) * 110_574.28 == pytest.approx(153.6, rel=1e-6)


@pytest.mark.parametrize("lon", [180, -180, 179.9999, -179.9999])
def test_bounds_across_the_dateline_run_from_east_to_west(lon):
    west, south, east, north = chip_bounds(10, lon, 1, 256)
    assert west > 179.99
    assert east < -179.99
    assert south < 10 < north
    assert (east + 360) - west == pytest.approx(256 / (111_319.49 * math.cos(math.radians(10))), rel=1e-3)


@pytest.mark.parametrize(("lat", "pole"), [(89.9999, 90), (90, 90), (-89.9999, -90), (-90, -90)])
def test_bounds_around_a_pole_are_the_whole_turn(lat, pole):
    west, south, east, north = chip_bounds(lat, 20, 1, 256)
    assert (west, east) == (-180, 180)
    assert pole in (south, north)
    assert north - south < 0.01


def test_bounds_beside_a_pole_stop_short_of_it():
    _, _, _, north = chip_bounds(89.99, 20, 1, 256)
    assert north < 90


@pytest.mark.parametrize("field", ["lat", "lon", "gsd", "pixels"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1000, 1e9, "north", None])
def test_a_bad_field_is_named(field, value):
    asked = {"lat": 0.0, "lon": 0.0, "gsd": 1.0, "pixels": 8, field: value}
    with pytest.raises(InvalidPoint, match=f"^{field}: "):
        check_point(**asked)


def test_the_edges_of_the_earth_are_on_it():
    for lat, lon in [(90, 0), (-90, 0), (0, 180), (0, -180)]:
        check_point(lat, lon)
    for lat, lon in [(90.0001, 0), (0, 180.0001)]:
        with pytest.raises(InvalidPoint):
            check_point(lat, lon)


def test_half_a_pixel_is_refused():
    with pytest.raises(InvalidPoint, match=r"^pixels: .*whole"):
        check_point(0, 0, 1, 2.5)


def test_a_footprint_too_large_for_its_plane_is_refused():
    with pytest.raises(InvalidPoint, match=r"^gsd: .*500 km"):
        check_point(0, 0, 1000, 512)


@given(st.floats(-1000, 1000))
def test_wrapped_longitudes_are_the_same_meridian(lon):
    wrapped = float(wrap_longitude(lon))
    assert -180 <= wrapped <= 180
    assert math.isclose(math.cos(math.radians(wrapped - lon)), 1, abs_tol=1e-9)
