"""Regions are made of what a click at each cell would be told, and of a background that never changes."""

import numpy as np
import pytest
import torch

from model.sat2sound import ModelConfig, Sat2Sound
from server.errors import InvalidInput
from server.http.parameters import PointQuery
from server.regions.encode import RegionEncoder, RegionPlan, background_queries, build_for, readers_for
from tiles.imagery import open_imagery
from tiles.region import Condition, Grid

GRID = Grid.over((-0.2, -0.2, 0.2, 0.2), 10)


def test_a_cell_has_the_vector_that_a_click_on_its_centre_has(earshot, look_at, embed_at):
    query = PointQuery(lat=0.05, lon=0.02)
    (looked_at,), (clicked,) = look_at(earshot, [query]), embed_at(earshot, [query])
    encoder = RegionEncoder(earshot.model)
    np.testing.assert_allclose(encoder([looked_at.chip], None)[0], clicked.vector, atol=1e-6)
    assert encoder.busy > 0


def test_a_checkpoint_that_knows_months_is_told_the_one_of_the_condition():
    torch.manual_seed(2)
    encoder = RegionEncoder(Sat2Sound(ModelConfig.tiny(metadata=True)).eval())
    chips = [open_imagery("null-island").read(0.1, 0.1, 10.0, 64)] * 2
    july, january, untold = (encoder(chips, c) for c in (Condition(7, 12), Condition(1, 12), None))
    assert july.shape == (2, encoder._model.config.dim)
    np.testing.assert_allclose(july[0], july[1], atol=1e-6)
    assert not np.allclose(july, january)
    assert not np.allclose(july, untold)


def test_the_background_is_the_same_captions_every_time(earshot):
    first = background_queries(earshot.model, earshot.gallery)
    np.testing.assert_array_equal(first, background_queries(earshot.model, earshot.gallery))
    assert first.shape == (earshot.gallery.count("caption"), earshot.model.config.dim)
    assert first.dtype == np.float32


@pytest.mark.parametrize(
    ("asked", "field"), [({"scale": 2}, "scale"), ({"conditions": (Condition(7, 14),)}, "condition")]
)
def test_what_the_checkpoint_does_not_know_is_refused_before_anything_is_written(earshot, tmp_path, asked, field):
    plan = RegionPlan("corner", GRID, open_imagery("null-island"), **asked)
    with pytest.raises(InvalidInput, match=field):
        build_for(earshot.model, earshot.gallery, plan, tmp_path / "corner.zarr", readers=1)
    assert list(tmp_path.iterdir()) == []


def test_a_region_says_what_it_was_made_with(earshot, tmp_path):
    plan = RegionPlan("corner", GRID, open_imagery("null-island"), scale=3)
    region = build_for(earshot.model, earshot.gallery, plan, tmp_path / "corner.zarr", readers=1)
    assert (region.name, region.scale, region.complete) == ("corner", 3, True)
    assert region.gsd == pytest.approx(3 * plan.source.gsd)
    assert region.checkpoint_hash == earshot.model.checkpoint_hash


def test_an_online_source_is_waited_for_by_more_readers_than_a_local_one_draws(make_settings):
    settings = make_settings(reader_threads=8)
    assert readers_for("esri", settings) == 16
    assert readers_for("null-island", settings) <= 16
