"""Scores are exact, percentiles comparable, and a region opens only with the checkpoint that made it."""

from pathlib import Path

import numpy as np
import pytest

from tests.tiles.region.maker import DIM, QUERIES, Ground, files_of, make, truth
from tiles.errors import NoImagery, RegionMismatch, RegionUnreadable
from tiles.region import Region
from tiles.region.score import ArrayShard


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """A region with a hole."""
    source = Ground(lambda lat, lon, nth: NoImagery("none here") if lat > 1.5 and lon > 1.5 else None)
    return make(tmp_path_factory.mktemp("region") / "ground.zarr", source=source)


def test_what_was_stored_is_what_is_read(region):
    again = Region.open(region.path)
    for field in (
        "name",
        "dim",
        "checkpoint",
        "imagery",
        "attribution",
        "gsd",
        "scale",
        "pixels",
        "conditions",
        "hash",
    ):
        assert getattr(again, field) == getattr(region, field)
    assert np.array_equal(again.grid.wanted, region.grid.wanted)
    assert np.array_equal(again.valid, region.valid)
    assert again.title == "Ground"


def test_vectors_have_unit_length_within_their_rounding(region):
    lengths = np.linalg.norm(region.vectors(0, 36).astype(np.float64), axis=1)
    np.testing.assert_allclose(lengths[region.valid], 1, atol=2e-3)
    assert (lengths[~region.valid] == 0).all()


def test_a_score_is_the_cosine_within_float16_rounding_and_nan_where_there_is_no_cell(region):
    for query in QUERIES:
        scores = region.score(query * 17)
        assert scores.dtype == np.float32
        assert scores.shape == (36,)
        np.testing.assert_allclose(scores, truth(region, query), atol=5e-4)
        assert np.array_equal(np.isnan(scores), ~region.valid)


def test_several_queries_at_once_are_those_queries_one_by_one(region):
    fresh = Region.open(region.path)
    together = fresh.score(QUERIES)
    assert together.shape == (len(QUERIES), 36)
    for row, query in zip(together, QUERIES, strict=True):
        np.testing.assert_array_equal(row, region.score(query))


def test_a_grid_is_computed_once_and_kept_until_the_budget_is_spent(region):
    fresh = Region.open(region.path, cache_bytes=2 * 36 * 4)
    first = fresh.score(QUERIES[0])
    assert fresh.score(QUERIES[0]) is first
    assert not first.flags.writeable
    fresh.score(QUERIES[1])
    fresh.score(QUERIES[2])
    assert fresh.score(QUERIES[0]) is not first


def test_slices_in_other_places_give_the_same_scores(region):
    asked = []

    class Counted(ArrayShard):
        def score(self, queries):
            asked.append(self.start)
            return super().score(queries)

    def open_shards(path, slice_, cells):
        store = Region.open(path)
        return [Counted(start, store.vectors(start, min(start + 10, cells))) for start in range(0, cells, 10)]

    apart = Region.open(region.path, shards=open_shards)
    np.testing.assert_array_equal(apart.score(QUERIES), region.score(QUERIES))
    assert sorted(asked) == [0, 10, 20, 30]


@pytest.mark.parametrize(
    "vector", [np.zeros(DIM), np.full(DIM, np.nan), np.full(DIM, np.inf), np.ones(DIM + 1), np.ones((1, 2, DIM))]
)
def test_a_vector_without_a_direction_or_of_another_size_is_refused(region, vector):
    with pytest.raises(ValueError, match=r"^vector: "):
        region.score(vector)


def test_percentiles_rise_with_scores_and_span_the_background(region):
    background = region.background
    assert background.shape == (4096,)
    assert (np.diff(background) >= 0).all()
    scores = np.linspace(-1, 1, 201, dtype=np.float32)
    percentiles = region.percentile(scores)
    assert (np.diff(percentiles) >= 0).all()
    assert (percentiles[0], percentiles[-1]) == (0, 100)


def test_a_percentile_is_the_share_of_the_background_below(region):
    everything = np.concatenate([truth(region, query)[region.valid] for query in QUERIES])
    for score in np.quantile(everything, [0.1, 0.5, 0.9]):
        assert region.percentile(score) == pytest.approx((everything < score).mean() * 100, abs=1)


def test_a_query_that_nothing_resembles_stays_low_on_the_scale_that_others_top(region):
    vectors = region.vectors(0, 36).astype(np.float32)
    mean = vectors[region.valid].mean(axis=0)
    opposite = region.percentile(region.score(-mean))
    assert np.nanmax(opposite) < 20
    assert np.nanmax(region.percentile(region.score(mean))) > 90


def test_another_checkpoint_is_refused_by_name(region):
    with pytest.raises(RegionMismatch, match=r"tiny \(c0ffee\).*deadbeef"):
        Region.open(region.path, "deadbeef")
    assert Region.open(region.path, "c0ffee").checkpoint == "tiny"


def test_what_is_no_region_is_refused_and_nothing_is_made_of_it(tmp_path):
    (tmp_path / "text.zarr").mkdir()
    (tmp_path / "text.zarr" / "zarr.json").write_text("{")
    for name in ("none.zarr", "text.zarr"):
        with pytest.raises(RegionUnreadable, match=name):
            Region.open(tmp_path / name)
    assert not (tmp_path / "none.zarr").exists()


@pytest.mark.parametrize("lost", ["wanted/zarr.json", "vectors/zarr.json", "state/zarr.json"])
def test_a_region_that_lost_a_part_is_refused(region, tmp_path, lost):
    for name, content in files_of(Path(region.path)).items():
        if name != lost:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
    with pytest.raises(RegionUnreadable, match="is not a region"):
        Region.open(tmp_path)
