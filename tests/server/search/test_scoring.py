"""Scoring: every cell's cosine, once for each query and state of a region, within a bound of bytes."""

import numpy as np
import pytest

from server.regions.shelf import RegionShelf
from server.search.query_embedding import QueryEmbedder
from server.search.scoring import PYRAMID_WEIGHT, ScoreCache, score_region
from tiles.errors import InvalidRegion
from tiles.region import Condition


@pytest.fixture(scope="module")
def region(earshot, searching):
    folder = searching.app.state.settings.folder("regions")
    return RegionShelf(folder, earshot.model.checkpoint_hash).get("null-island")


@pytest.fixture(scope="module")
def embedder(earshot):
    return QueryEmbedder(earshot.model)


@pytest.fixture(scope="module")
def waves(embedder):
    return embedder.embed_query("waves", None, None)


def test_a_score_is_the_cosine_of_the_query_and_the_cell(region, waves):
    scores = score_region(region, waves, None)
    cells = region.vectors(0, region.grid.count).astype(np.float32)
    np.testing.assert_allclose(scores.cosine, cells @ waves.vector, atol=2e-3)
    np.testing.assert_array_equal(scores.values("cosine"), scores.cosine)
    np.testing.assert_array_equal(scores.values("percentile"), scores.percentile)
    np.testing.assert_array_equal(scores.own, scores.percentile)
    assert scores.others is None


def test_a_difference_is_the_excess_over_the_other_sound_and_its_places_are_not_the_others(region, embedder, waves):
    both = score_region(region, embedder.embed_query("waves", None, "cars"), None)
    cars = score_region(region, embedder.embed_query("cars", None, None), None)
    alone = score_region(region, waves, None)
    np.testing.assert_allclose(both.cosine, alone.cosine - cars.cosine, atol=1e-6)
    np.testing.assert_allclose(both.percentile, alone.percentile - cars.percentile, atol=1e-4)
    np.testing.assert_array_equal(both.others, cars.own)
    kept = (both.own >= 60) & (both.others < 60)
    assert bool(both.places(60.0, 100, None).shown) == kept.any()
    assert all(place.best.percentile >= 60 for place in both.places(60.0, 100, None).shown)


def test_scores_are_worked_out_once(region, waves):
    cache = ScoreCache(10**9)
    assert cache.known(region, waves, None) is None
    first = cache.score(region, waves, None)
    assert cache.score(region, waves, None) is first
    assert cache.known(region, waves, None) is first


def test_no_more_is_kept_than_the_bytes_allow(region, embedder):
    weight = region.grid.rows * region.grid.columns * PYRAMID_WEIGHT
    cache = ScoreCache(2 * weight)
    queries = [embedder.embed_query(words, None, None) for words in ("waves", "cars", "birds")]
    scores = [cache.score(region, query, None) for query in queries]
    assert [one.weight for one in scores] == [weight] * 3
    assert [cache.known(region, query, None) is not None for query in queries] == [False, True, True]
    assert ScoreCache(weight - 1).score(region, queries[0], None) is not None


def test_a_condition_the_region_lacks_is_refused(region, waves):
    with pytest.raises(InvalidRegion, match="condition"):
        ScoreCache(10**9).score(region, waves, Condition(7, 14))


def test_scores_of_a_region_that_grows_meanwhile_are_worked_out_again(region, waves, monkeypatch):
    states = iter(["before", "after", "after", "after"])
    monkeypatch.setattr(type(region), "hash", property(lambda self: next(states)))
    assert score_region(region, waves, None).hash == "after"


def test_a_pyramid_is_built_once_for_each_measure(region, waves):
    scores = score_region(region, waves, None)
    assert not scores.has_pyramid("cosine")
    assert scores.pyramid("cosine") is scores.pyramid("cosine")
    assert scores.has_pyramid("cosine")
    assert not scores.has_pyramid("percentile")
