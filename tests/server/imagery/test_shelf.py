"""The shelf of imagery: what is offered, and which of it suits a point."""

import pytest

from server.errors import InvalidInput, StartError
from server.imagery.shelf import ImageryShelf, Offered, needs_network
from tiles.errors import InvalidRaster, NoImagery, UnknownImagery
from tiles.imagery import open_imagery
from tiles.imagery.xyz import XYZImagery


def offline_xyz(name="world"):
    """A tile service that no one has asked yet."""
    return Offered(XYZImagery("http://127.0.0.1:9/{z}/{x}/{y}", name=name), online=True, bounds=None)


def null_island():
    source = open_imagery("null-island")
    return Offered(source, online=False, bounds=source.bounds)


def test_inside_a_local_source_it_is_picked_even_when_an_online_one_answers():
    shelf = ImageryShelf([offline_xyz(), null_island()], online=True)
    assert shelf.pick(0.1, 0.1).name == "null-island"


def test_elsewhere_the_first_online_source_that_answers_is_picked():
    shelf = ImageryShelf([null_island(), offline_xyz("a"), offline_xyz("b")], online=True)
    assert shelf.pick(48, 2).name == "a"


def test_before_and_after_a_probe_that_fails_online_imagery_is_not_offered():
    shelf = ImageryShelf([null_island(), offline_xyz()])
    assert shelf.reachable("world") is None
    with pytest.raises(NoImagery, match="world cannot be reached"):
        shelf.pick(48, 2)
    shelf.probe()
    assert shelf.reachable("world") is False
    with pytest.raises(NoImagery, match=r"--imagery FILE\.tif"):
        shelf.pick(48, 2)
    shelf.close()


def test_a_probe_is_made_only_for_points_no_local_source_covers():
    shelf = ImageryShelf([null_island(), offline_xyz()])
    shelf.probe_for(0.1, 0.1)
    assert shelf.reachable("world") is None
    shelf.probe_for(48, 2)
    assert shelf.reachable("world") is False
    shelf.close()


def test_a_source_named_outright_is_taken_wherever_the_point_is():
    shelf = ImageryShelf([null_island(), offline_xyz()])
    assert shelf.pick(0.1, 0.1, "world").name == "world"
    with pytest.raises(InvalidInput, match="null-island, world"):
        shelf.pick(0, 0, "mars")


def test_the_map_opens_on_live_imagery_when_it_answers_and_on_null_island_when_not():
    offered = [null_island(), offline_xyz()]
    assert ImageryShelf(offered, online=True).default == "world"
    assert ImageryShelf(offered).default == "null-island"


def test_online_sources_are_left_out_when_the_server_is_told_to_stay_offline(tmp_path):
    shelf = ImageryShelf.open(["esri", "null-island", "sentinel2"], cache_dir=tmp_path, online=False)
    assert list(shelf.offered) == ["null-island"]
    with pytest.raises(StartError, match="online is false"):
        ImageryShelf.open(["esri"], cache_dir=tmp_path, online=False)


def test_what_cannot_be_opened_is_refused_by_name(tmp_path):
    (tmp_path / "broken.tif").write_bytes(b"II*\0 no raster")
    with pytest.raises(InvalidRaster, match=r"broken\.tif"):
        ImageryShelf.open([str(tmp_path / "broken.tif")], cache_dir=None)
    with pytest.raises(UnknownImagery, match="mars"):
        ImageryShelf.open(["mars"], cache_dir=None)
    with pytest.raises(UnknownImagery, match="http"):
        ImageryShelf.open(["xyz:ftp://x/{z}/{x}/{y}"], cache_dir=None)


def test_two_sources_of_one_name_are_refused():
    with pytest.raises(StartError, match="null-island"):
        ImageryShelf([null_island(), null_island()])


@pytest.mark.parametrize(
    ("bounds", "lon", "covered"),
    [
        ((170, -10, -170, 10), 179, True),
        ((170, -10, -170, 10), -175, True),
        ((170, -10, -170, 10), 0, False),
        ((-10, -10, 10, 10), 10, True),
        ((-10, -10, 10, 10), 11, False),
        (None, 123, True),
    ],
)
def test_bounds_may_cross_the_dateline(bounds, lon, covered):
    assert Offered(open_imagery("null-island"), online=False, bounds=bounds).covers(0, lon) is covered


def test_only_tile_services_need_the_network():
    assert [needs_network(name) for name in ("esri", "sentinel2", "xyz:http://a/{z}/{x}/{y}")] == [True] * 3
    assert [needs_network(name) for name in ("null-island", "/maps/a.tif")] == [False] * 2
