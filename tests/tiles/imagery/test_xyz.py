import numpy as np
import pytest

from tests.tiles.imagery.tile_server import Answer, place_tile, png
from tiles.errors import ImageryUnavailable, InvalidPoint, NoImagery, UnknownImagery
from tiles.footprint import pixel_grid
from tiles.imagery.cache import TileCache
from tiles.imagery.tile_service import RequestPolicy
from tiles.imagery.xyz import XYZImagery, open_xyz
from tiles.mercator import to_world

QUICK = RequestPolicy(attempts=2, connect=1.0, read=1.0, patience=3.0, backoff=0.01, longest_wait=0.5)
GREY = Answer(body=png(np.full((256, 256, 3), 204, np.uint8)))


@pytest.fixture
def source(server):
    opened = XYZImagery(server.url, max_zoom=19, policy=QUICK)
    yield opened
    opened.close()


def expected(lat, lon, gsd, pixels):
    """Red and green of the served world at a chip's pixel centres."""
    x, y = to_world(*pixel_grid(lat, lon, gsd, pixels))
    return 128 + 100 * np.sin(2 * np.pi * x), 30 + 200 * y


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (60, 10), (-77, 166), (46.6, 12.2), (84.4, 0)])
@pytest.mark.parametrize("gsd", [2000.0, 300.0])
def test_a_chip_shows_the_place_it_is_of(source, lat, lon, gsd):
    chip = source.read(lat, lon, gsd, 64)
    red, green = expected(lat, lon, gsd, 64)
    np.testing.assert_allclose(chip.pixels[..., 0], red, atol=1.6)
    np.testing.assert_allclose(chip.pixels[..., 1], green, atol=1.6)
    assert (chip.lat, chip.lon, chip.gsd, chip.source) == (lat, lon, gsd, "xyz")


@pytest.mark.parametrize("lon", [180.0, -180.0, 179.9, -179.9])
def test_a_chip_across_the_dateline_is_whole(source, lon):
    chip = source.read(10.0, lon, 1000.0, 128)
    red, green = expected(10.0, lon, 1000.0, 128)
    np.testing.assert_allclose(chip.pixels[..., 0], red, atol=1.6)
    np.testing.assert_allclose(chip.pixels[..., 1], green, atol=1.6)
    west, _, east, _ = chip.bounds
    assert west > east


@pytest.mark.parametrize(("lat", "gsd", "zoom"), [(0, 0.6, 18), (60, 0.6, 17), (0, 10, 14), (0, 0.1, 19)])
def test_the_zoom_is_just_fine_enough_for_the_gsd(source, server, lat, gsd, zoom):
    source.read(lat, 0.001, gsd, 256)
    assert {z for z, _, _ in server.asked} == {zoom}
    assert server.total <= 16


def test_detail_finer_than_the_chip_does_not_alias(source, server):
    board = np.repeat((np.indices((256, 256)).sum(axis=0) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8)
    server.answer = lambda z, x, y, nth: Answer(body=png(board))
    chip = source.read(0.0, 0.0, 1.0, 64)  # from zoom 18: 0.597 m
    assert chip.pixels.std() < 40
    assert chip.pixels.mean() == pytest.approx(127.5, abs=3)


@pytest.mark.parametrize("missing", [GREY, Answer(404), Answer(204, b"")], ids=["placeholder", "404", "204"])
def test_where_tiles_are_missing_the_chip_is_read_coarser(source, server, missing):
    server.answer = lambda z, x, y, nth: missing if z > 16 else None
    chip = source.read(10.0, 20.0, 0.6, 64)
    assert (np.abs(chip.pixels[..., 2].astype(int) - 8 * 16) <= 1).all()
    assert chip.gsd == 0.6
    red, _ = expected(10.0, 20.0, 0.6, 64)
    np.testing.assert_allclose(chip.pixels[..., 0], red, atol=1.6)


@pytest.mark.parametrize("missing", [GREY, Answer(404)], ids=["placeholder", "404"])
def test_where_tiles_are_missing_four_zooms_deep_there_is_no_imagery(source, server, missing):
    server.answer = lambda z, x, y, nth: missing
    with pytest.raises(NoImagery, match="10, 20"):
        source.read(10.0, 20.0, 0.6, 64)
    assert {z for z, _, _ in server.asked} == {18, 17, 16, 15}


@pytest.mark.parametrize("lat", [85.06, 90.0, -90.0])
def test_beyond_the_maps_end_there_is_no_imagery(source, server, lat):
    with pytest.raises(NoImagery, match=r"85\.05"):
        source.read(lat, 0.0, 10.0, 64)
    assert server.total == 0


@pytest.mark.parametrize("field", ["lat", "lon", "gsd", "pixels"])
def test_a_bad_point_names_its_field_and_asks_for_nothing(source, server, field):
    asked = {"lat": 10.0, "lon": 20.0, "gsd": 1.0, "pixels": 8, field: float("nan")}
    with pytest.raises(InvalidPoint, match=f"^{field}: "):
        source.read(**asked)
    assert server.total == 0


def test_a_tile_is_the_services_own(source):
    np.testing.assert_array_equal(source.tile(7, 66, 50), place_tile(7, 66, 50))


def test_a_missing_tile_is_cut_from_a_coarser_one(source, server):
    server.answer = lambda z, x, y, nth: GREY if z > 5 else None
    tile = source.tile(7, 66, 50).astype(int)
    assert (np.abs(tile[..., 2] - 40) <= 1).all()
    np.testing.assert_allclose(tile[..., :2], place_tile(7, 66, 50)[..., :2], atol=2)


def test_a_tile_missing_too_deep_has_no_imagery(source, server):
    server.answer = lambda z, x, y, nth: Answer(404)
    with pytest.raises(NoImagery, match="9/1/1"):
        source.tile(9, 1, 1)
    with pytest.raises(NoImagery, match="zooms"):
        source.tile(20, 1, 1)


def test_a_tile_that_does_not_exist_names_its_field(source, server):
    with pytest.raises(InvalidPoint, match=r"^y: "):
        source.tile(3, 0, 8)
    assert server.total == 0


def test_a_caller_may_write_on_its_tile(source):
    source.tile(3, 1, 1)[:] = 0
    assert source.tile(3, 1, 1).any()


def test_a_service_that_is_down_is_unavailable_for_a_while(server):
    source = XYZImagery(server.url, policy=QUICK)
    server.answer = lambda z, x, y, nth: Answer(503, headers={"Retry-After": "120"})
    with pytest.raises(ImageryUnavailable) as error:
        source.read(10.0, 20.0, 0.6, 64)
    assert error.value.retry_after == 120
    source.close()


def test_a_chip_read_again_comes_from_the_disk(server, tmp_path):
    cache = TileCache(tmp_path)
    first = XYZImagery(server.url, policy=QUICK, cache=cache)
    chip = first.read(10.0, 20.0, 0.6, 64)
    asked = server.total
    first.close()
    again = XYZImagery(server.url, policy=QUICK, cache=cache)
    np.testing.assert_array_equal(again.read(10.0, 20.0, 0.6, 64).pixels, chip.pixels)
    assert server.total == asked
    again.close()
    cache.close()


def test_a_template_says_what_it_is_called_and_whose(server):
    source = XYZImagery(server.url, name="mine", attribution="The Survey", gsd=2.5, max_zoom=12)
    assert (source.name, source.attribution, source.gsd, source.max_zoom) == ("mine", "The Survey", 2.5, 12)
    assert source.read(0, 0, 100, 8).attribution == "The Survey"
    source.close()


@pytest.mark.parametrize("options", [{"max_zoom": -1}, {"max_zoom": 99}, {"gsd": 0.0}, {"gsd": float("nan")}])
def test_a_service_that_makes_no_sense_is_refused(server, options):
    with pytest.raises(UnknownImagery):
        XYZImagery(server.url, **options)


def test_a_name_that_is_no_service_is_refused():
    with pytest.raises(UnknownImagery, match="tile service"):
        open_xyz("nowhere")


def test_the_probe_says_whether_the_service_can_be_reached(server, source):
    assert source.probe()
    server.answer = lambda z, x, y, nth: Answer(503)
    assert not source.probe()
    away = XYZImagery("http://127.0.0.1:9/{z}/{x}/{y}")
    assert not away.probe()
    away.close()
