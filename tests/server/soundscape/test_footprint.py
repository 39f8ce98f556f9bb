"""Which ground a click covers: the checkpoint's pixels of the source's metres, times the scale."""

import pytest

from server.errors import InvalidInput
from server.http.parameters import PlaceQuery
from server.soundscape.footprint import footprint_of
from tiles.errors import NoImagery


def at(lat=0.05, lon=0.02, **more):
    return PlaceQuery(lat=lat, lon=lon, **more)


@pytest.mark.parametrize("scale", [1, 3, 5])
def test_a_click_covers_the_checkpoints_pixels_of_the_sources_metres_times_the_scale(earshot, scale):
    config = earshot.model.config
    ground = footprint_of(at(scale=scale), config, earshot.imagery)
    assert (ground.source.name, ground.lat, ground.lon) == ("null-island", 0.05, 0.02)
    assert ground.pixels == config.tile_pixels
    assert ground.gsd == pytest.approx(scale * ground.source.gsd, rel=1e-12)


def test_a_wider_gsd_is_told_as_people_write_it(earshot):
    assert footprint_of(at(scale=3), earshot.model.config, earshot.imagery).gsd == 1.8


def test_what_is_read_is_that_ground(earshot):
    ground = footprint_of(at(scale=3), earshot.model.config, earshot.imagery)
    chip = ground.read()
    assert chip.pixels.shape == (ground.pixels, ground.pixels, 3)
    assert (chip.lat, chip.lon, chip.gsd) == (ground.lat, ground.lon, ground.gsd)
    west, south, east, north = chip.bounds
    assert west < 0.02 < east
    assert south < 0.05 < north
    assert (north - south) * 111_000 == pytest.approx(ground.pixels * ground.gsd, rel=0.01)


def test_a_scale_the_checkpoint_was_not_trained_for_is_refused_by_name(earshot):
    with pytest.raises(InvalidInput, match=r"scale: .* at scales 1, 3, 5, not 2"):
        footprint_of(at(scale=2), earshot.model.config, earshot.imagery)


def test_imagery_that_is_not_offered_is_refused_by_name(earshot):
    with pytest.raises(InvalidInput, match="imagery: 'esri' is not offered here"):
        footprint_of(at(imagery="esri"), earshot.model.config, earshot.imagery)


def test_ground_that_no_imagery_covers_is_said_to_be_so(earshot):
    with pytest.raises(NoImagery, match="latitude 48"):
        footprint_of(at(lat=48, lon=11), earshot.model.config, earshot.imagery)
