"""A query's map: named by all that decides how it looks, described for web maps, its raster says what it holds."""

import dataclasses
from types import SimpleNamespace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import numpy as np
import pytest
from rasterio.io import MemoryFile

from server.errors import InvalidInput
from server.regions.shelf import RegionShelf
from server.search.heatmaps import Heatmap, describe, parameters_of
from server.search.queries import HeatmapQuery
from server.search.query_embedding import EmbeddedQuery
from server.search.scoring import score_region
from tiles.errors import InvalidHeatmap, InvalidRegion
from tiles.region import Condition, Grid
from tiles.scores.ramp import Ramp

WAVES = EmbeddedQuery("1d", "1d\0", "waves", "", False, np.ones(1, np.float32), None)


@pytest.fixture(scope="module")
def region(earshot, searching):
    folder = searching.app.state.settings.folder("regions")
    return RegionShelf(folder, earshot.model.checkpoint_hash).get("null-island")


@pytest.fixture(scope="module")
def waves(region):
    """A query of the region's own width, so that it can be scored."""
    vector = np.zeros(region.dim, np.float32)
    vector[0] = 1
    return dataclasses.replace(WAVES, vector=vector)


def heatmap(region, embedded=WAVES, **asked):
    return Heatmap.of(region, embedded, HeatmapQuery(q="waves", **asked))


WAYS = [
    *({}, {"by": "cosine"}, {"pool": "max"}, {"colormap": "viridis"}, {"rescale": "0,100"}, {"rescale": "50,99"}),
    {"opacity": 0.5},
]


def test_maps_that_are_drawn_otherwise_have_keys_of_their_own(region):
    other = dataclasses.replace(WAVES, key="1d\0cars")
    keys = [heatmap(region, **way).key for way in WAYS]
    keys.append(heatmap(region, other).key)
    keys.append(dataclasses.replace(heatmap(region), hash="grown").key)
    keys.append(dataclasses.replace(heatmap(region), condition=Condition(7, 14)).key)
    assert len(set(keys)) == len(WAYS) + 3


def test_a_map_asked_for_by_its_defaults_or_by_name_is_one_map(region):
    named = heatmap(region, by="percentile", pool="mean", colormap="magma", rescale="50,100", opacity=0.8)
    assert named.key == heatmap(region).key


@pytest.mark.parametrize("way", WAYS)
def test_its_parameters_lead_back_to_the_very_map(region, way):
    made = heatmap(region, **way)
    told = dict(parse_qsl(made.parameters()))
    assert (told["q"], told["region"], told["v"]) == ("waves", region.name, region.hash)
    assert Heatmap.of(region, WAVES, HeatmapQuery(**told)).key == made.key


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"condition": "7-14"}, InvalidRegion),
        ({"colormap": "jet"}, InvalidHeatmap),
        ({"colormap": "rdbu_r"}, InvalidInput),
        ({"rescale": "2,1"}, InvalidHeatmap),
    ],
)
def test_what_the_region_or_the_ramp_cannot_do_is_refused(region, asked, error):
    with pytest.raises(error):
        heatmap(region, **asked)


def test_a_tile_shows_the_measure_that_was_asked_for(region, waves):
    scores = score_region(region, waves, None)
    x, y = region.grid.west, region.grid.north
    drawn = {
        by: heatmap(region, waves, by=by, rescale="-1,100").tile(scores, region.grid.zoom, x, y, "png")
        for by in ("cosine", "percentile")
    }
    for by, picture in drawn.items():
        assert picture == Ramp("magma", -1, 100, 0.8).draw(np.full((256, 256), scores.values(by)[0]), "png")
    assert drawn["cosine"] != drawn["percentile"]


def test_a_raster_holds_both_measures_and_says_of_what(region, waves):
    scores = score_region(region, waves, None)
    with MemoryFile(heatmap(region, waves).raster(scores)) as memory, memory.open() as file:
        assert file.descriptions == ("cosine", "percentile")
        np.testing.assert_array_equal(file.read(1)[region.grid.wanted], scores.cosine)
        np.testing.assert_array_equal(file.read(2)[region.grid.wanted], scores.percentile)
        told = file.tags()
    assert told["TIFFTAG_IMAGEDESCRIPTION"] == "waves"
    assert (told["REGION"], told["IMAGERY"]) == (region.name, "null-island")
    assert told["ATTRIBUTION"] == region.attribution
    assert told["CHECKPOINT"].endswith(region.checkpoint_hash)


def at_dateline():
    """A region across it, as far as a description asks for."""
    return SimpleNamespace(grid=Grid.over((170.0, -5.0, -170.0, 5.0), 6), name="fiji", title="Fiji", attribution="us")


def test_a_map_across_the_dateline_is_described_as_reaching_around_the_world():
    told = Heatmap(at_dateline(), "5f", WAVES, None, "cosine", "mean", Ramp("magma", 0, 1)).tilejson("http://here")
    assert (told.bounds[0], told.bounds[2]) == (-180.0, 180.0)
    assert told.center[0] == 0


def test_a_description_names_the_query_the_region_and_urls_with_the_map_in_them(region):
    made = heatmap(region)
    told = made.tilejson("http://here")
    assert told.name == "waves (Null Island)"
    assert told.bounds == pytest.approx(region.grid.bounds)
    assert told.tiles == [f"http://here/heatmap/{{z}}/{{x}}/{{y}}.png?{made.parameters()}"]
    assert told.legend == f"http://here/heatmap/legend?{made.parameters()}"
    assert parse_qs(urlsplit(told.legend).query)["v"] == [region.hash]


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, {"q": "waves"}),
        ({"minus": "cars"}, {"q": "waves", "minus": "cars"}),
        ({"recording": True}, {"query": "1d"}),
        ({"recording": True, "text": ""}, {"query": "1d"}),
        ({"concept": 7}, {"concept": "7"}),
        ({"concept": 0}, {"concept": "0"}),
    ],
)
def test_a_query_is_named_by_what_finds_it_again(changed, asked):
    embedded = dataclasses.replace(WAVES, **changed)
    assert parameters_of(embedded, at_dateline(), None) == {**asked, "region": "fiji"}
    assert parameters_of(embedded, at_dateline(), Condition(7, 14))["condition"] == "7-14"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "waves"),
        ({"minus": "cars"}, "waves rather than cars"),
        ({"recording": True, "text": ""}, "a recording"),
        ({"recording": True, "minus": "cars"}, "a recording and waves rather than cars"),
    ],
)
def test_a_query_is_told_in_words(changed, said):
    assert describe(dataclasses.replace(WAVES, **changed)) == said
